//! What elements are called, each wording once.
//!
//! Most elements of a page have the `class` of another one, or none. Their words are kept once, and what is to be known of the words is asked
//! once. A wording may be kept again if another took its place, so equal numbers mean equal words and other numbers mean nothing. This module
//! must not know what the words are asked for later.

use std::hash::Hasher as _;

use memchr::memmem::Finder;
use once_cell::sync::Lazy;
use rustc_hash::FxHasher;

use crate::page::Span;

/// A wording.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// Where it stands in [`Page::strings`](crate::page::Page::strings).
    pub(super) words: Span,
    /// It names the author.
    pub(super) author: bool,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Looks {
    looks: Vec<Look>,
    /// The last one of each place; a number that nobody has where none came.
    last: [u32; PLACES],
}

/// More than most pages have wordings.
const PLACES: usize = 256;

impl Default for Looks {
    fn default() -> Self {
        Self { looks: Vec::with_capacity(PLACES), last: [u32::MAX; PLACES] }
    }
}

impl Looks {
    /// The number of what was appended to the strings from `start` on; it is taken away again if it stands there before.
    pub(super) fn of(&mut self, strings: &mut String, start: usize) -> (u32, Look) {
        let (before, words) = strings.split_at(start);
        let mut hasher = FxHasher::default();
        hasher.write(words.as_bytes());
        let last = &mut self.last[(hasher.finish() >> 32) as usize % PLACES];
        if let Some(look) = self.looks.get(*last as usize).filter(|look| before.get(look.words.range()) == Some(words)) {
            strings.truncate(start);
            return (*last, *look);
        }
        let words_at = Span { start: start as u32, end: strings.len() as u32 };
        let look = Look { words: words_at, author: is_author(words) };
        *last = self.looks.len() as u32;
        self.looks.push(look);
        (*last, look)
    }

    /// How many numbers were given.
    pub(super) fn len(&self) -> usize {
        self.looks.len()
    }
}

static AUTHOR: Lazy<Finder<'static>> = Lazy::new(|| Finder::new("author"));
static BYLINE: Lazy<Finder<'static>> = Lazy::new(|| Finder::new("byline"));

/// Do an element's words say that it names the author?
fn is_author(words: &str) -> bool {
    (AUTHOR.find(words.as_bytes()).is_some() || BYLINE.find(words.as_bytes()).is_some())
        && words.split([' ', '-', '_']).any(|word| matches!(word, "byline" | "author" | "authors"))
}

#[cfg(test)]
mod tests {
    use super::Looks;

    #[test]
    fn equal_words_are_kept_once() {
        let mut looks = Looks::default();
        let mut strings = String::from("before");
        let mut numbers = Vec::new();
        for words in ["", "byline", "story wide", "", "byline", "story"] {
            let start = strings.len();
            strings.push_str(words);
            let (number, look) = looks.of(&mut strings, start);
            assert_eq!(&strings[look.words.range()], words);
            assert_eq!(look.author, words == "byline");
            numbers.push(number);
        }
        assert_eq!(numbers, [0, 1, 2, 0, 1, 3]);
        assert_eq!((strings.as_str(), looks.len()), ("beforebylinestory widestory", 4));
    }
}
