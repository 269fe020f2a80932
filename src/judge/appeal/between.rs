//! Rules that take what stands between two phrases, and where a run of siblings begins and ends.
//!
//! This module must not know which phrases are meant, or why a run goes.

use super::*;

impl Judge {
    /// The runs that this block's text would end.
    pub(super) fn run_ends(&self, found: &[(u32, u64)], folded: &str) -> Vec<u32> {
        let mut ends = Vec::new();
        for (test, bits) in found {
            let test = &self.rules.tests[*test as usize];
            if test.part == Part::To && test.holds(*bits, || folded) {
                ends.push(test.rule);
            }
        }
        ends
    }

    pub(super) fn go_through_runs(
        &mut self,
        leaf: &Leaf,
        folded: &str,
        found: &[(u32, u64)],
        ends: &[u32],
        before: Counts,
        text: &RunningText,
    ) {
        self.runs.grow(leaf.chars);
        if found.is_empty() && self.runs.is_empty() {
            return;
        }
        let rules = Arc::clone(&self.rules);
        for (test, bits) in found {
            let test = &rules.tests[*test as usize];
            if test.part == Part::From && !leaf.cut_off && test.holds(*bits, || folded) {
                let How::Run { max_blocks, max_chars, .. } = rules.rules[test.rule as usize].how else { continue };
                self.runs.begin(self.run_from(test.rule, leaf, before, (max_blocks, max_chars)));
            }
        }
        for rule in ends {
            if let Some(run) = self.runs.finish(*rule) {
                self.end_run(&run, leaf.end, text);
            }
        }
        while let Some(run) = self.runs.expire() {
            self.note(run.rule, run.start, Why::RunUnfinished, text.since(run.text));
        }
    }

    /// A run that begins with a block. `before`: the counters before it; `most`: how many blocks and characters it may have.
    pub(super) fn run_from(&self, rule: u32, leaf: &Leaf, before: Counts, most: (u32, u32)) -> Run {
        let wrappers = self.wrappers(before.seen);
        let hold = wrappers.first().map_or(leaf.start, |(_, start)| *start).min(leaf.start);
        let (max_blocks, max_chars) = most;
        let chars = u64::from(leaf.chars);
        Run { rule, start: leaf.start, hold, wrappers, text: leaf.text, before, blocks: 1, chars, max_blocks, max_chars }
    }

    /// Open candidates that hold no text yet, outermost first: a run that begins now begins at the outermost of them that ends in it.
    fn wrappers(&self, seen: u64) -> Vec<(u32, u64)> {
        let first = self.candidates.get(self.alive).copied().unwrap_or(u32::MAX) as usize;
        let goes = |f: &Frame| !NEVER.has(f.tag) && f.tag != Tag::Article && !self.holds_kept(f.start);
        let is_one = |at: usize, f: &Frame| at >= first && f.seen == seen && goes(f);
        let many = self.frames.iter().enumerate().rev().take_while(|(at, f)| is_one(*at, f)).count();
        self.frames[self.frames.len() - many..].iter().map(|f| (f.id, f.start)).collect()
    }

    /// Where what goes with a run begins: at its first block, or the outermost element around that which has ended since.
    pub(super) fn start_of(&self, run: &Run) -> u64 {
        let closed = |id: u32| self.frames.binary_search_by_key(&id, |f| f.id).is_err();
        run.wrappers.iter().find(|(id, _)| closed(*id)).map_or(run.start, |(_, start)| run.start.min(*start))
    }

    pub(super) fn end_run(&mut self, run: &Run, end: u64, text: &RunningText) {
        let start = self.start_of(run);
        let loose = self.take_loose(run.rule, start);
        self.cuts.cut(run.rule, start, end, excerpt(text.since(run.text)), true);
        let Counts { seen, cut, matched, plain } = run.before;
        self.cut = cut + loose + (self.seen - seen);
        self.matched = matched + loose + (self.seen - seen);
        self.plain = plain;
        for frame in self.frames.iter_mut().rev().take_while(|f| f.start > start) {
            frame.cut = self.cut - (self.seen - frame.seen);
            frame.matched = self.matched - (self.seen - frame.seen);
            frame.plain = self.plain;
        }
        self.last_cut = Some(run.rule);
    }
}
