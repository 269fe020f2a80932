//! Texts that were looked into in vain: what stood on a page before need not be looked into again.
//!
//! Most values of `class` on a page stand there many times. They are remembered whole, so nothing is ever mistaken for another. This module must not
//! know what was looked for.

use std::hash::Hasher as _;

use rustc_hash::FxHasher;

/// See the module.
#[derive(Debug)]
pub(crate) struct Barren {
    /// The bytes of all places, and how many of each are in use.
    texts: Vec<u8>,
    lengths: [u8; PLACES],
}

/// Texts that are remembered at a time, each at a place of its own, and the bytes of one.
const PLACES: usize = 128;
const MOST_BYTES: usize = 128;

impl Default for Barren {
    fn default() -> Self {
        Self { texts: vec![0; PLACES * MOST_BYTES], lengths: [0; PLACES] }
    }
}

impl Barren {
    fn place(text: &str) -> usize {
        let mut hasher = FxHasher::default();
        hasher.write(text.as_bytes());
        (hasher.finish() >> 32) as usize % PLACES
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        let place = Self::place(text);
        let length = usize::from(self.lengths[place]);
        length == text.len() && self.texts[place * MOST_BYTES..][..length] == *text.as_bytes()
    }

    pub(crate) fn add(&mut self, text: &str) {
        if text.len() <= MOST_BYTES {
            let place = Self::place(text);
            self.lengths[place] = text.len() as u8;
            self.texts[place * MOST_BYTES..][..text.len()].copy_from_slice(text.as_bytes());
        }
    }
}
