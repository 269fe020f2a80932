//! Where phrases of large sets stand in a text, found by a few bytes of each.
//!
//! Most blocks of a page hold no phrase, and a walk through an automaton of many thousand misses the cache at many a byte. Of each phrase
//! those eight bytes in a row that are rarest in ordinary text (four, of a short one) set some bits of one word in a table, and so do the eight
//! that begin one byte later: one of the two stands at an even place of any text that holds the phrase. So a text is passed with one look
//! into that table at every other byte, and only where all those bits are set the phrases with those bytes are compared. Several sets are
//! searched in one pass. This module must not know what a phrase is for.

use aho_corasick::{AhoCorasick, BuildError};

use super::{hash, range_of};

/// See the module. `N`: sets of phrases.
#[derive(Debug)]
pub(crate) struct Finder<const N: usize> {
    /// All phrases, and where each ends.
    text: String,
    ends: Vec<u32>,
    /// How many phrases stand before the end of each set.
    sets: [u32; N],
    long: Grams<8>,
    short: Grams<4>,
    /// The phrases that are shorter still; they are few.
    tiny: Option<(AhoCorasick, Vec<u32>)>,
}

/// Phrases by `L` bytes of each; where a phrase has just four, by the last three as well.
#[derive(Debug, Default)]
struct Grams<const L: usize> {
    /// Some bits of one word are set for each gram. None if there is no phrase.
    filter: Vec<u64>,
    /// Where the entries of each slot end.
    slots: Vec<u32>,
    entries: Vec<Entry>,
}

/// Eight bytes, and the gram's own are not among them: what is looked at must be near, and the phrase tells the rest.
#[derive(Clone, Copy, Debug)]
struct Entry {
    phrase: u32,
    /// Of the bytes of the phrase from the gram on, as many as are known.
    tag: u16,
    /// Where in the phrase the gram stands.
    offset: u8,
    known: u8,
}

/// A phrase is found by these bytes of it, as [`word`] reads them, zeros behind its end.
#[derive(Clone, Copy, Debug)]
struct Gram {
    bytes: u64,
    entry: Entry,
}

impl Gram {
    fn of(phrase: &str, number: u32, at: usize) -> Self {
        let bytes = phrase.as_bytes().get(at..).unwrap_or_default();
        let known = bytes.len().min(WORD);
        let bytes = number_of(&bytes[..known]);
        Self { bytes, entry: Entry { phrase: number, tag: tag(bytes), offset: at as u8, known: known as u8 } }
    }
}

impl Entry {
    /// May a text with such bytes here have the phrase, as far as they tell?
    fn may_be(&self, word: u64) -> bool {
        tag(word & u64::MAX >> (8 * (WORD as u32 - u32::from(self.known)))) == self.tag
    }
}

/// Bits of a hash that do not tell a place.
fn tag(word: u64) -> u16 {
    (hash(word) >> 28) as u16
}

/// Room in the filter for each gram in it, in bits: the filter of the bundled rules stays in the second cache. Short grams are few: theirs has
/// more.
const fn room_each(length: usize) -> usize {
    if length < WORD { 256 } else { 16 }
}
/// Entries that share a slot at least: few are asked for, and then it is better that they are near than that they are alone.
const EACH_SLOT: usize = 2;
const WORD: usize = size_of::<u64>();
/// A gram is sought no further behind the beginning of a phrase.
const MOST_OFFSET: usize = u8::MAX as usize;
/// A text is looked at every so many bytes.
const STRIDE: usize = 2;
/// Places of a text that are looked at together, and the bytes that takes.
const TOGETHER: usize = 8;
const CHUNK: usize = (TOGETHER - 1) * STRIDE + WORD;

impl<const N: usize> Finder<N> {
    pub(crate) fn of(sets: [&[String]; N]) -> Result<Self, BuildError> {
        let (mut text, mut ends) = (String::new(), Vec::new());
        let (mut long, mut short, mut tiny) = (Vec::new(), Vec::new(), Vec::new());
        let mut sizes = [0; N];
        for (size, phrases) in sizes.iter_mut().zip(sets) {
            for phrase in phrases {
                let number = ends.len() as u32;
                let gram = |at| Gram::of(phrase, number, at);
                if let Some(at) = rarest::<8>(phrase) {
                    long.extend(at.map(gram));
                } else if let Some(at) = rarest::<4>(phrase).or_else(|| rarest::<3>(phrase)) {
                    short.extend(at.map(gram));
                } else {
                    tiny.push((phrase, number));
                }
                text.push_str(phrase);
                ends.push(text.len() as u32);
            }
            *size = ends.len() as u32;
        }
        let tiny = if tiny.is_empty() {
            None
        } else {
            let numbers = tiny.iter().map(|(_, number)| *number).collect();
            Some((AhoCorasick::new(tiny.iter().map(|(phrase, _)| phrase))?, numbers))
        };
        Ok(Self { text, ends, sets: sizes, long: Grams::of(&long), short: Grams::of(&short), tiny })
    }

    /// Calls `found` with the set and the number of each phrase, and the place where it stands in the text.
    pub(crate) fn find(&self, text: &str, mut found: impl FnMut(usize, u32, usize)) {
        let bytes = text.as_bytes();
        if !self.long.filter.is_empty() || !self.short.filter.is_empty() {
            let mut padded = [0; CHUNK];
            for at in (0..bytes.len()).step_by(TOGETHER * STRIDE) {
                let rest = &bytes[at..];
                let chunk = rest.first_chunk().unwrap_or_else(|| {
                    // No phrase has a zero byte.
                    padded = [0; CHUNK];
                    padded[..rest.len()].copy_from_slice(rest);
                    &padded
                });
                // Several places are looked at before one is gone into: nearly always it is none of them.
                let mut places = 0_u32;
                for place in 0..TOGETHER {
                    let hash = hash(word(chunk, place));
                    places |= u32::from(self.long.may_hold(hash) | self.short.may_hold(hash)) << place;
                }
                while places > 0 {
                    let place = places.trailing_zeros() as usize;
                    self.look(word(chunk, place), bytes, at + place * STRIDE, &mut found);
                    places &= places - 1;
                }
            }
        }
        if let Some((tiny, numbers)) = &self.tiny {
            for hit in tiny.find_overlapping_iter(text) {
                let (set, number) = self.set_of(numbers[hit.pattern().as_usize()]);
                found(set, number, hit.start());
            }
        }
    }

    fn look(&self, word: u64, bytes: &[u8], at: usize, found: &mut impl FnMut(usize, u32, usize)) {
        if self.long.may_hold(hash(word)) {
            self.long.compare(word, |entry| self.compare(entry, bytes, at, found));
        }
        if self.short.may_hold(hash(word)) {
            self.short.compare(word, |entry| self.compare(entry, bytes, at, found));
        }
    }

    fn compare(&self, entry: &Entry, bytes: &[u8], at: usize, found: &mut impl FnMut(usize, u32, usize)) {
        let Some(start) = at.checked_sub(entry.offset as usize) else { return };
        if bytes[start..].starts_with(self.phrase(entry.phrase)) {
            let (set, number) = self.set_of(entry.phrase);
            found(set, number, start);
        }
    }

    fn phrase(&self, number: u32) -> &[u8] {
        &self.text.as_bytes()[range_of(&self.ends, number as usize)]
    }

    /// The set of a phrase, and its number there.
    fn set_of(&self, number: u32) -> (usize, u32) {
        let set = self.sets.iter().take_while(|end| **end <= number).count();
        (set, number - if set == 0 { 0 } else { self.sets[set - 1] })
    }
}

impl<const L: usize> Grams<L> {
    /// From which bit on a hash tells the place, up to which at most; of the bits between others [`Grams::bits`] makes more. A hash has below bit
    /// `8 * n` what `n` bytes tell: three of a short gram tell its place, so that one of three finds it too.
    const PLACE: u32 = if L < WORD { 11 } else { 44 };
    const MOST_PLACES: usize = if L < WORD { 1 << (8 * 3 - 11) } else { 1 << (64 - 44) };

    fn of(all: &[Gram]) -> Self {
        if all.is_empty() {
            return Self::default();
        }
        let words = (all.len() * room_each(L) / 64).next_power_of_two().min(Self::MOST_PLACES);
        let slots = (all.len() / EACH_SLOT).next_power_of_two().min(Self::MOST_PLACES);
        let mut grams = Self { filter: vec![0; words], slots: vec![0; slots], entries: Vec::new() };
        for gram in all {
            let hash = hash(gram.bytes);
            // A gram of three bytes stands for those of four that begin with it.
            let bits = if usize::from(gram.entry.known) < L { u64::MAX } else { Self::bits(hash) };
            grams.filter[place::<L>(hash, words)] |= bits;
            grams.slots[place::<L>(hash, slots)] += 1;
        }
        let mut start = 0;
        for slot in &mut grams.slots {
            start += std::mem::replace(slot, start);
        }
        // Each goes to its slot at once; where a slot begins moves on until it is where the slot ends.
        grams.entries = all.iter().map(|gram| gram.entry).collect();
        for gram in all {
            let start = &mut grams.slots[place::<L>(hash(gram.bytes), slots)];
            grams.entries[*start as usize] = gram.entry;
            *start += 1;
        }
        grams
    }

    /// The bits of a word of the filter that are a gram's.
    #[inline]
    fn bits(hash: u64) -> u64 {
        let bit = |from: u32| 1 << (hash >> from & 63);
        if L < WORD { bit(26) } else { bit(38) | bit(32) | bit(26) }
    }

    #[inline]
    fn may_hold(&self, hash: u64) -> bool {
        let bits = Self::bits(hash);
        self.filter.get(place::<L>(hash, self.filter.len())).is_some_and(|word| word & bits == bits)
    }

    #[cold]
    fn compare(&self, word: u64, mut compare: impl FnMut(&Entry)) {
        let slot = place::<L>(hash(word), self.slots.len());
        for entry in &self.entries[range_of(&self.slots, slot)] {
            if entry.may_be(word) {
                compare(entry);
            }
        }
    }
}

/// The bytes from one of the places of a chunk on.
#[inline]
fn word(chunk: &[u8; CHUNK], place: usize) -> u64 {
    chunk[place * STRIDE..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word))
}

/// The place of a hash of `L` bytes among so many, a power of two.
#[inline]
fn place<const L: usize>(hash: u64, places: usize) -> usize {
    (hash >> Grams::<L>::PLACE) as usize & places.wrapping_sub(1)
}

/// Bytes as a number, as [`word`] reads them.
fn number_of(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Where the `L` bytes in a row stand that are rarest in ordinary text, and those that begin one byte later. `None`: the phrase is too short to
/// have two such.
fn rarest<const L: usize>(phrase: &str) -> Option<[usize; STRIDE]> {
    let bytes = phrase.as_bytes();
    let common = |at: usize| bytes.get(at..at + 2).map_or(0, |pair| u32::from(COMMON[pair_of(pair[0], pair[1])]));
    let mut sum: u32 = (0..L).map(common).sum();
    let mut least = None;
    for at in 0..bytes.len().saturating_sub(L).min(MOST_OFFSET) {
        if least.is_none_or(|(least, _)| sum < least) {
            least = Some((sum, at));
        }
        sum = sum + common(at + L) - common(at);
    }
    least.map(|(_, at)| [at, at + 1])
}

/// A number for two bytes in a row: that of letters and spaces is theirs alone.
const fn pair_of(one: u8, other: u8) -> usize {
    (one as usize & 31) << 5 | (other as usize & 31)
}

/// How common two bytes in a row are in folded text: the logarithm of their share, as counted over the development pages, in steps of about
/// a half. Where it is not counted it is low. Only the speed depends on it.
const COMMON: [u8; 1 << 10] = {
    let ranks = [
        ("e |in|er|s | a| t|re|en|an|t |th|es|n |on", 9),
        (" s|d |r |te|he|or|ti|at|st| i| c|nd|ng|ar|it", 8),
        ("nt|al|de|le|se| o|ou| d|to| p| m| f| w|ch|y |ne|me|co| b|ve|is|ed", 7),
        ("ic|g |li|o |ur|ra|ri|ro|io| e|ta|ea|ce|l |ge|ma|el|ie|si| r|as|ha|a |om|ll|ns|pr|ca|us", 6),
        (" h|et|be|di| l|fo|un|ac|la|ec|h |ss|of|il|ho|lo|tr|rs|pe|ct|rt|hi|ts|f |yo| n|na| y|nc| u|so|ut|em|wi| g", 5),
        ("pa|ei|ni|vi|mo|mi|we|po|fi|am|ol|pl|ad|ai|ig|ee|m |da|os|ow|ot|ke|no|ly|su|ag|fe|op|id|ab|im|mp|tu|sc|ia", 4),
    ];
    let mut of = [2; 1 << 10];
    let mut rank = 0;
    while rank < ranks.len() {
        let pairs = ranks[rank].0.as_bytes();
        let mut at = 0;
        while at + 1 < pairs.len() {
            of[pair_of(pairs[at], pairs[at + 1])] = ranks[rank].1;
            at += 3;
        }
        rank += 1;
    }
    of
};

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot build its own table should fail")]

    use super::Finder;

    #[test]
    fn every_phrase_is_found_where_it_stands() {
        let some = ["support our work", "newsletter", "our", "€5"].map(String::from);
        let others = ["abonnés", "購読する", "iban", "support", "s"].map(String::from);
        let finder = Finder::of([&some, &others]).unwrap();
        for text in [
            "support our work",
            "please support our work for €5, our newsletter",
            "les abonnés",
            "今すぐ購読する",
            "iban",
            "ibans",
            "unsupport",
            "",
            "s",
            "the harbour reopened",
        ] {
            // A phrase is found at even and at odd places.
            for text in [text.to_owned(), format!("x{text}")] {
                let mut want = Vec::new();
                for (set, phrases) in [&some[..], &others[..]].into_iter().enumerate() {
                    for (phrase, number) in phrases.iter().zip(0_u32..) {
                        let starts = (0..text.len()).filter(|at| text.as_bytes()[*at..].starts_with(phrase.as_bytes()));
                        want.extend(starts.map(|at| (set, number, at)));
                    }
                }
                let mut found = Vec::new();
                finder.find(&text, |set, number, at| found.push((set, number, at)));
                found.sort_unstable();
                want.sort_unstable();
                assert_eq!(found, want, "{text:?}");
            }
        }
    }

    #[test]
    fn without_phrases_nothing_is_found() {
        Finder::of([&[]]).unwrap().find("support our work", |_, _, _| panic!("found"));
    }
}
