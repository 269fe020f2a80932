//! Learned weights of words: how much a class word, or a word of the text, speaks for a story or against it.
//!
//! A list of pairs, the hash of a word and its weight, learned from labelled pages (`model/README.md`). It must not know where a word
//! stands.

use rustc_hash::FxHashMap;

/// Two lists: words of class names and ids, and words of texts.
#[derive(Debug, Default)]
pub(crate) struct Words {
    classes: List,
    texts: List,
}

#[derive(Debug, Default)]
struct List {
    weights: FxHashMap<u32, i8>,
    /// Bits of the hashes: many words are in no list.
    filter: Vec<u64>,
}

/// Bits of a filter.
const FILTER: u32 = 1 << 14;

/// Weights are kept in steps of so much.
const STEP: f32 = 1.0 / 24.0;

impl Words {
    /// Reads what `model/train.py` wrote: for each list its length, then hashes (four bytes) and weights (one byte) in turn.
    pub(crate) fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self { classes: list(bytes)?, texts: list(bytes)? })
    }

    /// The weight of a word of a class or an id.
    pub(crate) fn class(&self, hash: u32) -> f32 {
        self.classes.weight(hash)
    }

    /// The weight of a word of a text.
    pub(crate) fn text(&self, hash: u32) -> f32 {
        self.texts.weight(hash)
    }
}

impl List {
    fn weight(&self, hash: u32) -> f32 {
        let bit = hash % FILTER;
        if self.filter.get((bit / 64) as usize).is_none_or(|word| word >> (bit % 64) & 1 == 0) {
            return 0.0;
        }
        self.weights.get(&hash).map_or(0.0, |weight| f32::from(*weight) * STEP)
    }
}

fn list(bytes: &mut &[u8]) -> Option<List> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (entries, rest) = rest.split_at_checked(length.checked_mul(5)?)?;
    *bytes = rest;
    let entry = |e: &[u8]| Some((u32::from_le_bytes(*e.first_chunk()?), e[4] as i8));
    let weights: FxHashMap<u32, i8> = entries.chunks_exact(5).map(entry).collect::<Option<_>>()?;
    let mut filter = vec![0; (FILTER / 64) as usize];
    for bit in weights.keys().map(|hash| hash % FILTER) {
        filter[(bit / 64) as usize] |= 1 << (bit % 64);
    }
    Some(List { weights, filter })
}

/// The hash of a word over its bytes, the same as in `model/words.py`. Nothing in it waits for a multiplication until the word ends.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WordHash(u64);

impl WordHash {
    /// The next byte.
    pub(crate) fn push(&mut self, byte: u8) {
        self.0 = self.0.rotate_left(9) ^ u64::from(byte);
    }

    /// A word, told by its own hash.
    pub(crate) fn push_word(&mut self, hash: u32) {
        self.0 = (self.0.rotate_left(9) ^ u64::from(hash)).wrapping_mul(MIX);
    }

    pub(crate) fn get(self) -> u32 {
        (self.0.wrapping_mul(MIX) >> 32) as u32
    }
}

/// 2⁶⁴ by the golden ratio, made odd (Knuth, The Art of Computer Programming, 6.4).
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
