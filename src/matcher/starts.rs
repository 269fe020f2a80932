//! Where in a text a phrase of a large set begins, found by the first bytes of its words.
//!
//! Phrases begin with words, so only the beginnings of words are looked at: their first bytes are hashed into a table of bits small
//! enough for the first cache, and where the bit is set, the phrases that begin so are compared. A text without any is passed in
//! one look at each of its words, whatever the number of phrases. This module must not know what a phrase is for.

use rustc_hash::FxHashMap;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Starts {
    phrases: Vec<String>,
    /// Phrases by their first bytes, a table for each length of key that there is.
    tables: Vec<Table>,
}

#[derive(Debug)]
struct Table {
    length: usize,
    bits: Vec<u64>,
    phrases: FxHashMap<u64, Vec<u32>>,
}

/// Lengths of keys. A phrase stands in the table of the longest key that it fills.
const LENGTHS: [usize; 4] = [8, 5, 3, 1];
/// A table has two to this many bits.
const BITS: u32 = 17;

impl Starts {
    pub(super) fn of(phrases: Vec<String>) -> Self {
        let mut tables: Vec<Table> = Vec::new();
        for (phrase, number) in phrases.iter().zip(0..) {
            let Some(length) = LENGTHS.into_iter().find(|length| phrase.len() >= *length) else { continue };
            let table = match tables.iter().position(|table| table.length == length) {
                Some(at) => &mut tables[at],
                None => {
                    tables.push(Table { length, bits: vec![0; 1 << (BITS - 6)], phrases: FxHashMap::default() });
                    let last = tables.len() - 1;
                    &mut tables[last]
                }
            };
            let key = key(phrase.as_bytes(), length);
            let place = place(key);
            table.bits[place >> 6] |= 1 << (place & 63);
            table.phrases.entry(key).or_default().push(number);
        }
        Self { phrases, tables }
    }

    /// Calls `found` with the number of each phrase and the place where it stands in a folded text. Where a phrase ends is for the caller to judge.
    pub(super) fn find(&self, text: &str, mut found: impl FnMut(u32, usize)) {
        if self.tables.is_empty() {
            return;
        }
        let bytes = text.as_bytes();
        // What stands before: the beginning of the text is one of a word.
        let mut before = b' ';
        for (at, byte) in bytes.iter().enumerate() {
            let letter = byte.is_ascii_alphanumeric() || *byte >= 0x80;
            let start = *byte != b' '
                && (!letter
                    || !(before.is_ascii_alphanumeric() || before >= 0x80)
                    || matches!(byte, 0xe0..=0xed) // scripts without spaces
                    || matches!(before, 0xa1 | 0xbf) && at > 1 && bytes[at - 2] == 0xc2); // ¡ ¿
            before = *byte;
            if start {
                self.at(text, at, &mut found);
            }
        }
    }

    fn at(&self, text: &str, at: usize, found: &mut impl FnMut(u32, usize)) {
        let bytes = &text.as_bytes()[at..];
        for table in &self.tables {
            if bytes.len() < table.length {
                continue;
            }
            let key = key(bytes, table.length);
            let place = place(key);
            if table.bits[place >> 6] >> (place & 63) & 1 == 0 {
                continue;
            }
            for number in table.phrases.get(&key).into_iter().flatten() {
                if bytes.starts_with(self.phrases[*number as usize].as_bytes()) {
                    found(*number, at);
                }
            }
        }
    }
}

/// The first bytes as a number.
fn key(bytes: &[u8], length: usize) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight) & (u64::MAX >> (64 - 8 * length as u32)),
        None => bytes.iter().take(length).rev().fold(0, |key, byte| key << 8 | u64::from(*byte)),
    }
}

fn place(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::Starts;

    #[test]
    fn phrases_are_found_where_words_begin() {
        let phrases = ["support our work", "abonn", "donate", "€5", "/month", "購読", "구독", "été", "a"];
        let starts = Starts::of(phrases.map(String::from).into());
        for (text, want) in [
            ("please support our work", vec![(0, 7)]),
            ("unsupport our work", vec![]),
            ("¡donate! s'abonner €5/month", vec![(2, 2), (1, 12), (8, 12), (3, 20), (4, 24)]),
            ("今すぐ購読する", vec![(5, 9)]),
            ("지금구독하세요", vec![(6, 6)]),
            ("cet été", vec![(7, 4)]),
            ("donat", vec![]),
            ("", vec![]),
            ("a", vec![(8, 0)]),
        ] {
            let mut found = Vec::new();
            starts.find(text, |number, at| found.push((number, at)));
            assert_eq!(found, want, "{text}");
        }
    }
}
