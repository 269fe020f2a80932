//! Texts that were looked into in vain: what stood on a page before need not be looked into again.
//!
//! Most values of `class` on a page stand there many times. They are remembered whole, so nothing is ever mistaken for another. This module must not
//! know what was looked for.

use std::hash::Hasher as _;

use rustc_hash::FxHasher;

/// See the module.
#[derive(Debug)]
pub(crate) struct Barren(Vec<String>);

/// Texts that are remembered at a time, each at a place of its own, and the bytes of one.
const PLACES: usize = 128;
const MOST_BYTES: usize = 200;

impl Default for Barren {
    fn default() -> Self {
        Self(vec![String::new(); PLACES])
    }
}

impl Barren {
    fn place(text: &str) -> usize {
        let mut hasher = FxHasher::default();
        hasher.write(text.as_bytes());
        (hasher.finish() >> 32) as usize % PLACES
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.0[Self::place(text)] == text
    }

    pub(crate) fn add(&mut self, text: &str) {
        if text.len() <= MOST_BYTES {
            let place = &mut self.0[Self::place(text)];
            place.clear();
            place.push_str(text);
        }
    }
}
