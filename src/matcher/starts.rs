//! Where in a text a phrase of a large set begins, found by the first bytes of its words.
//!
//! Phrases begin with words, so only the beginnings of words are looked at: their first bytes are hashed into a table of bits small
//! enough for the first cache, and where theirs are set, the phrases that begin so are compared. A text without any is passed in
//! one look at each of its words, whatever the number of phrases. This module must not know what a phrase is for.

use super::{hash, range_of};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Starts {
    /// All phrases, and where each ends.
    text: String,
    ends: Vec<u32>,
    /// Phrases by their first bytes, a table for each length of key that there is.
    tables: Vec<Table>,
    /// The first bytes of all phrases that have so many.
    first: Bits,
    /// The first bytes of those that have fewer, and of those that have just one.
    short: Bits,
    single: Bits,
}

#[derive(Debug)]
struct Table {
    length: usize,
    bits: Bits,
    /// Where the phrases of each slot end.
    slots: Vec<u32>,
    /// Keys and phrases, slot by slot.
    phrases: Vec<(u64, u32)>,
}

impl Table {
    fn of(length: usize, phrases: &[(&String, u32)]) -> Self {
        let keys = phrases.iter().map(|(phrase, number)| (key(phrase.as_bytes(), length), *number));
        let mut table = Self {
            length,
            bits: Bits::for_many(phrases.len(), BITS_EACH),
            slots: vec![0; phrases.len().next_power_of_two()],
            phrases: keys.collect(),
        };
        let count = table.slots.len();
        table.phrases.sort_unstable_by_key(|(key, number)| (slot(*key, count), *number));
        for (key, _) in &table.phrases {
            table.bits.insert(*key);
            table.slots[slot(*key, count)] += 1;
        }
        let mut end = 0;
        for slot in &mut table.slots {
            end += *slot;
            *slot = end;
        }
        table
    }

    /// Phrases with a key, by their numbers.
    fn numbers(&self, key: u64) -> impl Iterator<Item = u32> {
        let phrases = &self.phrases[range_of(&self.slots, slot(key, self.slots.len()))];
        phrases.iter().filter(move |(other, _)| *other == key).map(|(_, number)| *number)
    }
}

/// The slot of a key among so many, a power of two.
fn slot(key: u64, slots: usize) -> usize {
    (hash(key) >> 32) as usize & (slots - 1)
}

/// A set of numbers that may hold more than was put in: two bits of one word are set for each.
#[derive(Debug, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
    shift: u32,
}

impl Bits {
    /// A set for so many numbers, with so many bits for each at least.
    pub(super) fn for_many(count: usize, bits_each: usize) -> Self {
        // Two words at least: by all bits of a hash none can be shifted.
        let words = (count * bits_each / 64).next_power_of_two().max(2);
        Self { words: vec![0; words], shift: u64::BITS - words.trailing_zeros() }
    }

    fn place(&self, key: u64) -> (usize, u64) {
        // Any bits of a hash but the highest, which choose the word, and the lowest, which few bytes tell.
        let hash = hash(key);
        ((hash >> self.shift) as usize, 1 << (hash >> 26 & 63) | 1 << (hash >> 20 & 63))
    }

    pub(super) fn insert(&mut self, key: u64) {
        let (word, bits) = self.place(key);
        self.words[word] |= bits;
    }

    pub(super) fn may_hold(&self, key: u64) -> bool {
        let (word, bits) = self.place(key);
        self.words.get(word).is_some_and(|word| word & bits == bits)
    }
}

/// Lengths of keys. A phrase stands in the table of the longest key that it fills.
const LENGTHS: [usize; 5] = [LONGEST, 5, 3, SHORT, 1];
const LONGEST: usize = size_of::<u64>();
/// Bits of a set for each number in it.
const BITS_EACH: usize = 16;
/// Most words are told from all phrases by so many bytes.
const FIRST: usize = 4;
/// And shorter ones by so many.
const SHORT: usize = 2;

/// What a byte of a folded text is part of.
const SPACE: u8 = 0;
const LETTER: u8 = 1;
/// A word of its own: a sign, or the lead byte of a script without spaces.
const ALONE: u8 = 2;

static CLASSES: [u8; 256] = {
    let mut classes = [ALONE; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b' ' => SPACE,
            0xe0..=0xed => ALONE,
            letter if letter.is_ascii_alphanumeric() || letter >= 0x80 => LETTER,
            _ => ALONE,
        };
        byte += 1;
    }
    classes
};

impl Starts {
    pub(super) fn of(phrases: &[String]) -> Self {
        let mut starts = Self::default();
        let set = |length: usize, below: usize| {
            let of = phrases.iter().filter(|phrase| (length..below).contains(&phrase.len()));
            let mut keys: Vec<u64> = of.map(|phrase| key(phrase.as_bytes(), length)).collect();
            keys.sort_unstable();
            // Many begin alike, and a set that is no larger than it must be is near.
            keys.dedup();
            let mut bits = Bits::for_many(keys.len(), BITS_EACH);
            keys.into_iter().for_each(|key| bits.insert(key));
            bits
        };
        starts.first = set(FIRST, usize::MAX);
        starts.short = set(SHORT, FIRST);
        starts.single = set(1, SHORT);
        for length in LENGTHS {
            let longer = LENGTHS.into_iter().filter(|other| *other > length).min().unwrap_or(usize::MAX);
            let of: Vec<(&String, u32)> =
                phrases.iter().zip(0..).filter(|(phrase, _)| (length..longer).contains(&phrase.len())).collect();
            if !of.is_empty() {
                starts.tables.push(Table::of(length, &of));
            }
        }
        for phrase in phrases {
            starts.text.push_str(phrase);
            starts.ends.push(starts.text.len() as u32);
        }
        starts
    }

    fn phrase(&self, number: u32) -> &[u8] {
        &self.text.as_bytes()[range_of(&self.ends, number as usize)]
    }

    /// Calls `found` with the number of each phrase and the place where it stands in a folded text, whose [`words`] are given. Where a phrase ends
    /// is for the caller to judge.
    pub(super) fn find(&self, text: &str, words: &[u32], mut found: impl FnMut(u32, usize)) {
        if self.tables.is_empty() {
            return;
        }
        for at in words {
            let at = *at as usize;
            let first = key(&text.as_bytes()[at..], LONGEST);
            if self.may_begin(first) {
                self.at(text, at, first, &mut found);
            }
        }
    }

    /// May a phrase begin with such bytes?
    fn may_begin(&self, first: u64) -> bool {
        let may = |set: &Bits, length| set.may_hold(shorter(first, length));
        may(&self.first, FIRST) || may(&self.short, SHORT) || may(&self.single, 1)
    }

    fn at(&self, text: &str, at: usize, first: u64, found: &mut impl FnMut(u32, usize)) {
        let bytes = &text.as_bytes()[at..];
        for table in self.tables.iter().filter(|table| bytes.len() >= table.length) {
            let key = shorter(first, table.length);
            if !table.bits.may_hold(key) {
                continue;
            }
            for number in table.numbers(key) {
                if bytes.starts_with(self.phrase(number)) {
                    found(number, at);
                }
            }
        }
    }
}

/// Where the words of a folded text begin; asked once, however many sets are searched.
pub(crate) fn words(text: &str, out: &mut Vec<u32>) {
    out.clear();
    let bytes = text.as_bytes();
    // What stands before: the beginning of the text is one of a word.
    let mut before = SPACE;
    for (at, byte) in bytes.iter().enumerate() {
        let class = CLASSES[*byte as usize];
        // ¡ and ¿ are two bytes that look like letters.
        let starts = class == ALONE
            || class == LETTER && (before != LETTER || at > 1 && matches!(bytes[at - 1], 0xa1 | 0xbf) && bytes[at - 2] == 0xc2);
        before = class;
        if starts {
            out.push(at as u32);
        }
    }
}

/// The first bytes as a number.
pub(crate) fn key(bytes: &[u8], length: usize) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(eight) => shorter(u64::from_le_bytes(*eight), length),
        None => bytes.iter().take(length).rev().fold(0, |key, byte| key << 8 | u64::from(*byte)),
    }
}

/// The key of the first of the bytes that a key is of.
#[inline]
fn shorter(key: u64, length: usize) -> u64 {
    key & (u64::MAX >> (64 - 8 * length as u32))
}

#[cfg(test)]
mod tests {
    use super::{Starts, words};

    #[test]
    fn phrases_are_found_where_words_begin() {
        let phrases = ["support our work", "abonn", "donate", "€5", "/month", "購読", "구독", "été", "a", "we", "ten"];
        let starts = Starts::of(&phrases.map(String::from));
        for (text, want) in [
            ("please support our work", vec![(0, 7)]),
            ("unsupport our work", vec![]),
            ("¡donate! s'abonner €5/month", vec![(2, 2), (1, 12), (8, 12), (3, 20), (4, 24)]),
            ("今すぐ購読する", vec![(5, 9)]),
            ("지금구독하세요", vec![(6, 6)]),
            ("cet été", vec![(7, 4)]),
            ("we went ten times", vec![(9, 0), (9, 3), (10, 8)]),
            ("w", vec![]),
            ("donat", vec![]),
            ("", vec![]),
            ("a", vec![(8, 0)]),
        ] {
            let (mut at, mut found) = (Vec::new(), Vec::new());
            words(text, &mut at);
            starts.find(text, &at, |number, at| found.push((number, at)));
            assert_eq!(found, want, "{text}");
        }
    }
}
