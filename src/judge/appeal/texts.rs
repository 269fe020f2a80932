//! Rules that ask for a text: of an element they name, or of the innermost block or element that satisfies them.
//!
//! This module must not know where phrases are looked for; it is told which were found.

use super::*;

/// A text that is so many times as long as its rule allows is no near miss.
const NEAR_MISS: u64 = 2;

impl Judge {
    /// Does a rule that names the element take it?
    pub(super) fn goes_by_name(&mut self, frame: &Frame, end: u64, inline: u32, text: &RunningText) -> bool {
        // Most elements hold no phrase, and few rules take an element without one.
        let no_phrase = inline == 0 && frame.hits >= self.hits_gone + self.hits.len() as u64;
        if !self.named.iter().skip(frame.named as usize).any(|group| !no_phrase || self.active.group(*group).without_phrases) {
            return false;
        }
        let rules = Arc::clone(&self.rules);
        let seen = self.seen - frame.seen + u64::from(inline);
        let whole = OnceCell::new();
        for at in frame.named as usize..self.named.len() {
            for index in rules.group(self.named[at]) {
                let rule = &rules.rules[*index as usize];
                if !self.active.rule(*index) || !rule.has.is_empty() && !self.holds_one(&rule.has, frame.start) {
                    continue;
                }
                let (test, max_chars) = match rule.how {
                    How::Selected { test, max_chars } => (Some(test), max_chars),
                    _ => (None, u32::MAX),
                };
                if is_far(seen, max_chars) {
                    continue;
                }
                if let Some(test) = test {
                    let bits = self.bits(test, frame, inline, text);
                    if !rules.tests[test as usize].holds(bits, || whole.get_or_init(|| fold(text.since(frame.text)))) {
                        continue;
                    }
                }
                if seen > u64::from(max_chars) {
                    self.note(*index, frame.start, Why::TooLong { chars: seen, max_chars }, text.since(frame.text));
                } else if self.holds_one(&rule.unless, frame.start) {
                    self.note(*index, frame.start, Why::UnlessHas, text.since(frame.text));
                } else if self.holds_kept(frame.start) {
                    self.note(*index, frame.start, Why::Kept, text.since(frame.text));
                } else {
                    let loose = self.take_loose(*index, frame.start);
                    self.cuts.cut(*index, frame.start, end, excerpt(text.since(frame.text)), false);
                    self.runs.drop_since(frame.start);
                    (self.seen, self.plain) = (frame.seen, frame.plain);
                    (self.cut, self.matched) = (frame.cut + loose, frame.matched + loose);
                    self.drop_hits(frame.hits);
                    self.last_cut = Some(*index);
                    return true;
                }
            }
        }
        false
    }

    /// The first rule without selectors that an element of several blocks satisfies.
    pub(super) fn innermost(&mut self, frame: &Frame, seen: u64, text: &RunningText) -> Option<u32> {
        let from = frame.hits.saturating_sub(self.hits_gone) as usize;
        if from >= self.hits.len() && self.rules.regex_tests.is_empty() {
            return None;
        }
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        self.gather(from, &mut found);
        for test in &self.rules.regex_tests {
            add(&mut found, *test, 0);
        }
        let (shown, whole) = (text.since(frame.text), OnceCell::new());
        let rule = self.choose(&found, seen, frame.start, || whole.get_or_init(|| fold(shown)), shown);
        self.found = found;
        rule
    }

    /// Adds up the hits from an index on, if they can amount to anything.
    pub(super) fn gather(&self, from: usize, found: &mut Vec<(u32, u64)>) {
        let hits = || self.hits.range(from.min(self.hits.len())..).filter(|hit| !hit.spent);
        if self.rules.regex_tests.is_empty() && !hits().any(|hit| hit.speaks_for) {
            return;
        }
        for (test, bit) in hits().flat_map(|hit| self.rules.tests_of(hit.phrase)) {
            if self.active.rule(self.rules.tests[*test as usize].rule) {
                add(found, *test, *bit);
            }
        }
    }

    /// The first rule by place in the files whose test holds within its bounds.
    pub(super) fn choose<'t>(
        &mut self,
        found: &[(u32, u64)],
        seen: u64,
        start: u64,
        folded: impl Fn() -> &'t str,
        shown: &str,
    ) -> Option<u32> {
        let rules = Arc::clone(&self.rules);
        let mut best = None;
        for (test, bits) in found {
            let test = &rules.tests[*test as usize];
            let rule = &rules.rules[test.rule as usize];
            let How::Innermost { max_chars, .. } = rule.how else { continue };
            if is_far(seen, max_chars)
                || !self.active.rule(test.rule)
                || best.is_some_and(|b| b <= test.rule)
                || !test.holds(*bits, &folded)
            {
                continue;
            }
            if seen > u64::from(max_chars) {
                self.note(test.rule, start, Why::TooLong { chars: seen, max_chars }, shown);
            } else if self.holds_one(&rule.unless, start) {
                self.note(test.rule, start, Why::UnlessHas, shown);
            } else {
                best = Some(test.rule);
            }
        }
        best
    }

    /// The bits of one test in an element, the block that is still open included.
    pub(super) fn bits(&self, test: u32, frame: &Frame, inline: u32, text: &RunningText) -> u64 {
        let from = (frame.hits.saturating_sub(self.hits_gone) as usize).min(self.hits.len());
        let bit_of =
            |phrase: u32| self.rules.tests_of(phrase).iter().filter(|(of, _)| *of == test).fold(0, |bits, (_, bit)| bits | bit);
        let mut bits = self.hits.range(from..).fold(0, |bits, hit| bits | bit_of(hit.phrase));
        if inline > 0 {
            let mut open = String::new();
            fold_lines(text.since(frame.text.max(text.block())), &mut open, &mut Vec::new());
            self.rules.search(&open, |phrase| bits |= bit_of(phrase), |_| {});
        }
        bits
    }
}

/// What is so much longer than its rule allows is no near miss, and its regex need not be asked.
fn is_far(seen: u64, max_chars: u32) -> bool {
    seen > u64::from(max_chars) * NEAR_MISS
}

pub(super) fn add(found: &mut Vec<(u32, u64)>, test: u32, bit: u64) {
    match found.iter_mut().find(|(of, _)| *of == test) {
        Some((_, bits)) => *bits |= bit,
        None => found.push((test, bit)),
    }
}
