//! How alike two short texts are, by their words.
//!
//! A headline stands on a page several times, with other quotes, another dash, a site's name behind it, a word more or less. This
//! module counts the words two wordings share; what a share is worth is for the caller. It must not know what the texts are.

use crate::text::{fold, is_unspaced};

/// A text longer than this (in bytes) is compared by its beginning only: no headline is that long.
const LONGEST: usize = 2000;

/// A text made ready for comparing.
#[derive(Debug)]
pub(super) struct Wording {
    folded: String,
    /// Its words in their order.
    said: Vec<String>,
    /// The same, sorted, each once.
    sorted: Vec<String>,
}

impl Wording {
    pub(super) fn of(text: &str) -> Self {
        let folded = fold(beginning(text));
        let said = words(&folded);
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
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Words of a folded text; where a script is written without spaces, each pair of neighbours.
fn words(folded: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut run = String::new();
    let mut before: Option<char> = None;
    let mut paired = false;
    for c in folded.chars().chain([' ']) {
        let unspaced = is_unspaced(c) && c.is_alphanumeric();
        if (unspaced || !c.is_alphanumeric()) && !run.is_empty() {
            out.push(std::mem::take(&mut run));
        }
        if let Some(b) = before {
            if unspaced {
                out.push([b, c].iter().collect());
                paired = true;
            } else if !paired {
                out.push(b.to_string());
            }
        }
        if !unspaced {
            paired = false;
            if c.is_alphanumeric() {
                run.push(c);
            }
        }
        before = unspaced.then_some(c);
    }
    out
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
            assert_eq!(words(text), expected, "{text}");
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
