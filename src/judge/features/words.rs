//! Learned weights of words: how much a class word, or a word of the text, speaks for a story or against it.
//!
//! A list of pairs, the hash of a word and its weight, learned from labelled pages (`model/README.md`). It must not know where a word
//! stands.

use rustc_hash::FxHashMap;

/// Two lists: words of class names and ids, and words of texts.
#[derive(Debug, Default)]
pub(crate) struct Words {
    classes: FxHashMap<u32, i8>,
    texts: FxHashMap<u32, i8>,
}

/// Weights are kept in steps of so much.
const STEP: f32 = 1.0 / 24.0;

impl Words {
    /// Reads what `model/train.py` wrote: for each list its length, then hashes (four bytes) and weights (one byte) in turn.
    pub(crate) fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self { classes: list(bytes)?, texts: list(bytes)? })
    }

    /// The weight of a word of a class or an id.
    pub(crate) fn class(&self, hash: u32) -> f32 {
        self.classes.get(&hash).map_or(0.0, |weight| f32::from(*weight) * STEP)
    }

    /// The weight of a word of a text.
    pub(crate) fn text(&self, hash: u32) -> f32 {
        self.texts.get(&hash).map_or(0.0, |weight| f32::from(*weight) * STEP)
    }
}

fn list(bytes: &mut &[u8]) -> Option<FxHashMap<u32, i8>> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (entries, rest) = rest.split_at_checked(length.checked_mul(5)?)?;
    *bytes = rest;
    let entry = |e: &[u8]| Some((u32::from_le_bytes(*e.first_chunk()?), e[4] as i8));
    entries.chunks_exact(5).map(entry).collect()
}

/// The hash of a word: FNV-1a over its bytes, the same as in `model/words.py`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WordHash(u32);

impl Default for WordHash {
    fn default() -> Self {
        Self(0x811c_9dc5)
    }
}

impl WordHash {
    /// The next byte.
    pub(crate) fn push(&mut self, byte: u8) {
        self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }

    /// A word, told by its own hash.
    pub(crate) fn push_word(&mut self, word: Self) {
        self.0 = (self.0.rotate_left(5) ^ word.0).wrapping_mul(0x9e37_79b1);
    }

    pub(crate) fn get(self) -> u32 {
        self.0
    }
}
