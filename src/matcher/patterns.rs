//! The phrases of cues, taken apart and side by side, and where they stand in a text.
//!
//! A phrase was found by one of its parts; here is told whether the rest of it stands around that. This module must not know what a phrase
//! speaks for.

use super::cues::Folded;
use crate::rules::cue::{MOST_BETWEEN, Pattern, write_pattern};
use crate::text::{is_dense, is_unspaced};

/// See the module. What is looked at of one phrase is near what is looked at of the next.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    all: Vec<Phrase>,
    parts: Vec<PhrasePart>,
    words: String,
}

/// A phrase: a range of parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phrase {
    /// Its parts.
    start: u32,
    end: u32,
    /// See [`Pattern`].
    pub(super) at_start: bool,
    pub(super) at_end: bool,
    /// It is the whole text of a block, not a part of one.
    pub(super) whole: bool,
}

/// See [`Part`](crate::rules::cue::Part).
#[derive(Clone, Copy, Debug)]
pub(super) struct PhrasePart {
    /// Where its words stand among those of all.
    start: u32,
    end: u32,
    open: bool,
    gap: bool,
}

impl Patterns {
    pub(super) fn with_room_for<'p>(patterns: impl Iterator<Item = &'p Pattern> + Clone) -> Self {
        let parts = || patterns.clone().flat_map(|pattern| &pattern.parts);
        Self {
            all: Vec::with_capacity(patterns.clone().count()),
            parts: Vec::with_capacity(parts().count()),
            words: String::with_capacity(parts().map(|part| part.words.len()).sum()),
        }
    }

    pub(super) fn push(&mut self, pattern: &Pattern, whole: bool) {
        let start = self.parts.len() as u32;
        for part in &pattern.parts {
            let at = self.words.len() as u32;
            self.words.push_str(&part.words);
            self.parts.push(PhrasePart { start: at, end: self.words.len() as u32, open: part.open, gap: part.gap });
        }
        let end = self.parts.len() as u32;
        self.all.push(Phrase { start, end, at_start: pattern.at_start, at_end: pattern.at_end, whole });
    }

    /// A phrase as [`Pattern`] shows it.
    pub(super) fn written(&self, cue: u32) -> String {
        let phrase = self.get(cue);
        let mut written = String::new();
        let parts = self.parts(phrase).iter().map(|part| (self.words(part), part.open, part.gap));
        // To a string nothing fails.
        let _ = write_pattern(&mut written, phrase.at_start, phrase.at_end, parts);
        written
    }

    pub(super) fn get(&self, cue: u32) -> Phrase {
        self.all[cue as usize]
    }

    pub(super) fn parts(&self, phrase: Phrase) -> &[PhrasePart] {
        &self.parts[phrase.start as usize..phrase.end as usize]
    }

    pub(super) fn words(&self, part: &PhrasePart) -> &str {
        &self.words[part.start as usize..part.end as usize]
    }

    /// The place of a phrase one of whose parts stands at `at`. Of a first part the caller has seen that there is the edge of a
    /// word, and the beginning of a sentence if there must be.
    pub(super) fn around(&self, phrase: Phrase, part: u8, at: usize, folded: Folded<'_>) -> Option<(usize, usize)> {
        if part == 0 {
            return self.matches_behind(phrase, at, folded).map(|end| (at, end));
        }
        // What stands before: back over as many words as the parts before may take.
        let before = &self.parts(phrase)[..part as usize];
        let count = |part: &PhrasePart| self.words(part).split(' ').count() + if part.gap { MOST_BETWEEN } else { 0 };
        let words: usize = before.iter().map(count).sum();
        let mut start = at;
        for _ in 0..words * if folded.text[..at].chars().next_back().is_some_and(is_unspaced) { DENSE_WORD } else { 1 } {
            start = word_before(folded.text, start)?;
            if let Some(end) = self.matches(phrase, start, folded).filter(|end| *end > at) {
                return Some((start, end));
            }
        }
        None
    }

    /// Where a phrase ends, if it begins at `start`.
    fn matches(&self, phrase: Phrase, start: usize, folded: Folded<'_>) -> Option<usize> {
        let first = self.parts(phrase).first()?;
        let is_here = folded.text.get(start..)?.starts_with(self.words(first))
            && border(folded.text, start)
            && (!phrase.at_start || begins(folded, start));
        if is_here { self.matches_behind(phrase, start, folded) } else { None }
    }

    /// The same where its first words stand for sure, and may begin it.
    fn matches_behind(&self, phrase: Phrase, start: usize, folded: Folded<'_>) -> Option<usize> {
        let parts = self.parts(phrase);
        let first = parts.first()?;
        let end = self.rest(parts, start + (first.end - first.start) as usize, folded.text)?;
        (!phrase.at_end || ends(folded, end)).then_some(end)
    }

    /// Where the parts end, the first of which has its words before `at`.
    fn rest(&self, parts: &[PhrasePart], at: usize, text: &str) -> Option<usize> {
        let (part, after) = parts.split_first()?;
        let mut end = at;
        if part.open {
            end += text[at..].chars().take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum::<usize>();
        } else if !border(text, end) {
            return None;
        }
        let Some(next) = after.first() else { return Some(end) };
        let words = self.words(next);
        if !part.gap {
            let begins = text[end..].strip_prefix(' ').is_some_and(|text| text.starts_with(words));
            return if begins { self.rest(after, end + 1 + words.len(), text) } else { None };
        }
        let dense = words.chars().next().is_some_and(is_unspaced);
        let mut between = 0;
        let mut inside = false;
        for (offset, c) in text[end..].char_indices() {
            let here = end + offset;
            if matches!(c, '.' | '!' | '?') && text[here + 1..].chars().next().is_none_or(char::is_whitespace)
                || matches!(c, '。' | '！' | '？')
            {
                return None;
            }
            let letter = c.is_alphanumeric();
            // A sign stands apart from the word before it: "9€".
            if (dense || !inside || !letter)
                && text[here..].starts_with(words)
                && let Some(end) = self.rest(after, here + words.len(), text)
            {
                return Some(end);
            }
            if letter && (dense || !inside) {
                between += 1;
                if between > if dense { MOST_BETWEEN * DENSE_WORD } else { MOST_BETWEEN } {
                    return None;
                }
            }
            inside = letter;
        }
        None
    }
}

/// Characters that stand for a word where there are no spaces.
const DENSE_WORD: usize = 3;

/// Does no word go through this place?
pub(super) fn border(text: &str, at: usize) -> bool {
    // Nearly always a space stands on one side.
    let space = |at: usize| text.as_bytes().get(at).is_none_or(|byte| *byte == b' ');
    if at == 0 || space(at - 1) || space(at) {
        return true;
    }
    let free = |c: char| !c.is_alphanumeric() || is_dense(c);
    let before = text[..at].chars().next_back();
    let behind = text[at..].chars().next();
    before.is_none_or(free) || behind.is_none_or(free)
}

/// The beginning of the word before a place, in the same sentence.
fn word_before(text: &str, at: usize) -> Option<usize> {
    let mut start = None;
    for (here, c) in text[..at].char_indices().rev() {
        if c.is_alphanumeric() {
            start = Some(here);
            if is_dense(c) {
                break;
            }
        } else if start.is_some() {
            break;
        } else if matches!(c, '.' | '!' | '?' | '。' | '！' | '？') {
            return None;
        }
    }
    start
}

/// Does a sentence begin here?
pub(super) fn begins(folded: Folded<'_>, at: usize) -> bool {
    if folded.lines.binary_search(&(at as u32)).is_ok() {
        return true;
    }
    let before = folded.text[..at].trim_end_matches([' ', '"', '\'', '(', '[', '¡', '¿']);
    before.chars().next_back().is_none_or(|c| match c {
        ',' | '&' | '/' | '%' | '$' | '+' | '=' | '@' | '#' | ')' => false,
        '-' => before.ends_with(" -") || before == "-",
        _ => !c.is_alphanumeric(),
    })
}

fn ends(folded: Folded<'_>, at: usize) -> bool {
    let after = folded.text[at..].trim_start_matches(['"', '\'', ')', ']']);
    let next = after.trim_start();
    next.is_empty()
        || folded.lines.iter().any(|line| *line as usize >= at && folded.text[at..*line as usize].trim().is_empty())
        || next.starts_with(['.', '!', '?', ':', '。', '！', '？', '؟', '>', '|', '→'])
}
