//! Learned weights of words: how much a class word, or a word of the text, speaks for a story or against it, and how much a word of the text
//! speaks for an appeal.
//!
//! Lists of words by their hashes, each with its weights, learned from labelled pages and appeals (`model/README.md`). It must not know where
//! a word stands.

use rustc_hash::FxHashMap;

/// Two lists: words of class names and ids, and words of texts.
#[derive(Debug, Default)]
pub(crate) struct Words {
    classes: List<1>,
    texts: List<2>,
}

/// What a word of a text speaks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Weight {
    /// Above zero a story.
    pub(crate) story: f32,
    /// Above zero an appeal, against the story of a page.
    pub(crate) asking: f32,
}

/// Words of `N` weights each.
#[derive(Debug, Default)]
struct List<const N: usize> {
    weights: FxHashMap<u32, [i8; N]>,
    /// Bits of the hashes: many words are in no list.
    filter: Vec<u64>,
}

/// Bits of a filter.
const FILTER: u32 = 1 << 15;

/// Weights are kept in steps of so much.
const STEP: f32 = 1.0 / 24.0;

impl Words {
    /// Reads what `model/train.py` wrote: for each list its length, then hashes (four bytes) and weights (a byte each) in turn.
    pub(crate) fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self { classes: list(bytes)?, texts: list(bytes)? })
    }

    /// The weight of a word of a class or an id.
    pub(crate) fn class(&self, hash: u32) -> f32 {
        self.classes.weights(hash).map_or(0.0, |[weight]| weight)
    }

    /// The weights of a word of a text; none if it tells nothing, as most words.
    pub(crate) fn text(&self, hash: u32) -> Option<Weight> {
        self.texts.weights(hash).map(|[story, asking]| Weight { story, asking })
    }
}

impl<const N: usize> List<N> {
    fn weights(&self, hash: u32) -> Option<[f32; N]> {
        let bit = hash % FILTER;
        if self.filter.get((bit / 64) as usize).is_none_or(|word| word >> (bit % 64) & 1 == 0) {
            return None;
        }
        self.weights.get(&hash).map(|weights| weights.map(|weight| f32::from(weight) * STEP))
    }
}

fn list<const N: usize>(bytes: &mut &[u8]) -> Option<List<N>> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (entries, rest) = rest.split_at_checked(length.checked_mul(4 + N)?)?;
    *bytes = rest;
    let entry = |e: &[u8]| Some((u32::from_le_bytes(*e.first_chunk()?), e.last_chunk::<N>()?.map(|weight| weight as i8)));
    let weights: FxHashMap<u32, [i8; N]> = entries.chunks_exact(4 + N).map(entry).collect::<Option<_>>()?;
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

    /// The next eight bytes, or what is left of them.
    pub(crate) fn push_eight(&mut self, bytes: u64) {
        self.0 = (self.0.rotate_left(9) ^ bytes).wrapping_mul(MIX);
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

#[cfg(test)]
mod tests {
    use super::{STEP, Weight, WordHash, Words};

    fn hash(word: &str) -> u32 {
        let mut hash = WordHash::default();
        word.bytes().for_each(|byte| hash.push(byte));
        hash.get()
    }

    #[test]
    fn each_word_has_the_weights_of_its_list() {
        let mut bytes = 1_u32.to_le_bytes().to_vec();
        bytes.extend(hash("sidebar").to_le_bytes().into_iter().chain([(-12_i8) as u8]));
        bytes.extend(2_u32.to_le_bytes());
        for (word, story, asking) in [("harbour", 24_i8, 0_i8), ("abonnés", -6, 48)] {
            bytes.extend(hash(word).to_le_bytes().into_iter().chain([story as u8, asking as u8]));
        }
        let rest = &mut &bytes[..];
        let words = Words::read(rest).expect("the lists are whole");
        assert!(rest.is_empty());
        assert_eq!(words.class(hash("sidebar")), -12.0 * STEP);
        assert_eq!(words.class(hash("harbour")), 0.0);
        assert_eq!(words.text(hash("harbour")), Some(Weight { story: 24.0 * STEP, asking: 0.0 }));
        assert_eq!(words.text(hash("abonnés")), Some(Weight { story: -6.0 * STEP, asking: 48.0 * STEP }));
        assert_eq!(words.text(hash("sidebar")), None);
        assert!(Words::read(&mut &bytes[..bytes.len() - 1]).is_none(), "a list that was cut off");
    }
}
