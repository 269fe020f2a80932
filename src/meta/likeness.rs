//! How alike two short texts are, by their words.
//!
//! A headline stands on a page several times, with other quotes, another dash, a site's name behind it, a word more or less. This
//! module counts the words two wordings share; what a share is worth is for the caller. It must not know what the texts are.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::text::{fold, is_unspaced};

/// A text longer than this (in bytes) is compared by its beginning only: no headline is that long.
const LONGEST: usize = 2000;

/// A word and the space behind it have seldom fewer bytes. Chosen: room is made by it.
const WORD_BYTES: usize = 5;

/// A text made ready for comparing. A word is kept as its hash: a page has hundreds of headings.
#[derive(Debug)]
pub(super) struct Wording {
    folded: String,
    /// Its words in their order.
    said: Vec<u64>,
    /// The same, sorted, each once.
    sorted: Vec<u64>,
}

impl Wording {
    pub(super) fn of(text: &str) -> Self {
        let folded = fold(beginning(text));
        let mut said = Vec::with_capacity(folded.len() / WORD_BYTES + 1);
        words(&folded, |word| {
            let mut hasher = FxHasher::default();
            hasher.write(word.as_bytes());
            said.push(hasher.finish());
        });
        let mut sorted = said.clone();
        sorted.sort_unstable();
        sorted.dedup();
        Self { folded, said, sorted }
    }

    /// How many different words it has.
    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Do both have the same words in the same order? Punctuation does not matter, unless there is nothing else.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.said == other.said && (!self.said.is_empty() || self.folded == other.folded)
    }

    /// How many different words both have.
    pub(super) fn shared(&self, other: &Self) -> usize {
        let (mut i, mut j, mut count) = (0, 0, 0);
        while let (Some(a), Some(b)) = (self.sorted.get(i), other.sorted.get(j)) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    (i, j, count) = (i + 1, j + 1, count + 1);
                }
            }
        }
        count
    }

    /// 0 (no word in common) to 1000 (the same words): shared words against the words of both.
    pub(super) fn likeness(&self, other: &Self) -> usize {
        2000 * self.shared(other) / (self.len() + other.len()).max(1)
    }
}

/// The letters and digits of a text, folded, without anything between them: how a name reads inside a host name.
pub(super) fn letters(text: &str) -> String {
    let mut letters = fold(text);
    letters.retain(char::is_alphanumeric);
    letters
}

/// Words of a folded text; where a script is written without spaces, each pair of neighbours.
fn words<'t>(folded: &'t str, mut word: impl FnMut(&'t str)) {
    if folded.is_ascii() {
        return folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).for_each(word);
    }
    let mut give = |from: usize, to: usize| word(folded.get(from..to).unwrap_or_default());
    // Where the word at hand begins, and where the unspaced character before this one does.
    let mut run: Option<usize> = None;
    let mut before: Option<usize> = None;
    let mut paired = false;
    for (at, c) in folded.char_indices().chain([(folded.len(), ' ')]) {
        let letter = c.is_alphanumeric();
        let unspaced = letter && is_unspaced(c);
        if (unspaced || !letter)
            && let Some(from) = run.take()
        {
            give(from, at);
        }
        if let Some(from) = before {
            if unspaced {
                give(from, at + c.len_utf8());
                paired = true;
            } else if !paired {
                give(from, at);
            }
        }
        if !unspaced {
            paired = false;
            if letter {
                run.get_or_insert(at);
            }
        }
        before = unspaced.then_some(at);
    }
}

/// The first [`LONGEST`] bytes, or a few less where that would cut a character.
fn beginning(text: &str) -> &str {
    (0..=LONGEST.min(text.len())).rev().find_map(|n| text.get(..n)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Wording, letters, words};

    #[test]
    fn words_are_split_by_script() {
        for (text, expected) in [
            ("what's new: rust 2.0", &["what", "s", "new", "rust", "2", "0"][..]),
            ("日本語", &["日本", "本語"]),
            ("日 本", &["日", "本"]),
            ("rust日本x", &["rust", "日本", "x"]),
            ("日本。語", &["日本", "語"]),
            ("--", &[]),
        ] {
            let mut found = Vec::new();
            words(text, |word| found.push(word));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn punctuation_and_case_do_not_matter_and_order_does() {
        for (one, other, same) in [
            ("The “Big” Day – 2024", "the 'big' day: 2024", true),
            ("dog bites man", "man bites dog", false),
            ("???", "!!!", false),
            ("???", "???", true),
            ("", "", true),
        ] {
            assert_eq!(Wording::of(one).same(&Wording::of(other)), same, "{one} / {other}");
        }
    }

    #[test]
    fn likeness_counts_shared_words_of_both() {
        for (one, other, expected) in
            [("a b c d", "a b c d", 1000), ("a b c d", "a b x y", 500), ("a b", "c d", 0), ("", "", 0), ("a a a b", "a b", 1000)]
        {
            assert_eq!(Wording::of(one).likeness(&Wording::of(other)), expected, "{one} / {other}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let long = "é".repeat(LONGEST);
        assert_eq!(Wording::of(&long).len(), 1);
        let odd = format!("x{long}");
        assert_eq!(Wording::of(&odd).len(), 1);
    }

    #[test]
    fn letters_drop_everything_else() {
        assert_eq!(letters("Gold’s Gym – U.S."), "goldsgymus");
    }
}
