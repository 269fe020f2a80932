//! A quick no: which texts hold no phrase, told from six bytes of each phrase.
//!
//! Most blocks of a page hold no phrase, and a walk through the automaton of all phrases misses the cache at many a byte. Of each phrase
//! the six bytes in a row that are rarest in ordinary text set two bits in tables small enough for the first cache; a text none of
//! whose own six bytes find both bits set holds no phrase. Several sets of phrases are asked about in one pass: they share the first table,
//! which nearly always says no. A yes means nothing. This module must not know what a phrase is for.

use aho_corasick::{AhoCorasick, BuildError, MatchKind};

/// See the module. `N`: sets of phrases.
#[derive(Debug)]
pub(crate) struct Grams<const N: usize> {
    first: Vec<u64>,
    second: [Vec<u64>; N],
    /// The phrases that are shorter; they are few.
    short: [Option<AhoCorasick>; N],
}

const LENGTH: usize = 6;
/// A table has two to this many bits.
const BITS: u32 = 18;

impl<const N: usize> Grams<N> {
    pub(crate) fn of(sets: [&[&String]; N]) -> Result<Self, BuildError> {
        let table = || vec![0; 1 << (BITS - 6)];
        let mut grams = Self { first: table(), second: std::array::from_fn(|_| table()), short: std::array::from_fn(|_| None) };
        for (set, phrases) in sets.into_iter().enumerate() {
            let mut short = Vec::new();
            for phrase in phrases {
                let Some(gram) =
                    phrase.as_bytes().windows(LENGTH).min_by_key(|gram| gram.iter().map(|b| commonness(*b)).sum::<u32>())
                else {
                    short.push(phrase);
                    continue;
                };
                let (one, other) = places(gram);
                grams.first[one >> 6] |= 1 << (one & 63);
                grams.second[set][other >> 6] |= 1 << (other & 63);
            }
            if !short.is_empty() {
                // Leftmost matches are found by many bytes at a time; whether there is one does not depend on it.
                grams.short[set] = Some(AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(short)?);
            }
        }
        Ok(grams)
    }

    /// Of which sets may this text hold a phrase?
    pub(crate) fn may_hold(&self, text: &str) -> [bool; N] {
        let is_set = |table: &[u64], place: usize| table.get(place >> 6).is_some_and(|word| word >> (place & 63) & 1 == 1);
        let mut may = [false; N];
        for gram in text.as_bytes().windows(LENGTH) {
            let (one, other) = places(gram);
            if is_set(&self.first, one) {
                may.iter_mut().zip(&self.second).for_each(|(may, table)| *may |= is_set(table, other));
            }
        }
        for (may, short) in may.iter_mut().zip(&self.short) {
            *may = *may || short.as_ref().is_some_and(|short| short.is_match(text));
        }
        may
    }
}

/// The two bits of six bytes.
fn places(gram: &[u8]) -> (usize, usize) {
    let number = match gram {
        [a, b, c, d, e, f] => u64::from(u32::from_le_bytes([*a, *b, *c, *d])) << 16 | u64::from(u16::from_le_bytes([*e, *f])),
        _ => 0,
    };
    let hash = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((hash >> (64 - BITS)) as usize, (hash >> (64 - 2 * BITS)) as usize & ((1 << BITS) - 1))
}

/// How common a byte is in folded text, roughly; only the speed depends on it.
fn commonness(byte: u8) -> u32 {
    match byte {
        b' ' | b'e' | b't' | b'a' => 9,
        b'o' | b'i' | b'n' | b's' | b'r' => 8,
        b'h' | b'l' | b'd' | b'u' => 6,
        b'c' | b'm' | b'f' | b'p' | b'g' => 4,
        b'w' | b'y' | b'b' | b'v' => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot build its own table should fail")]

    use super::Grams;

    #[test]
    fn a_text_with_a_phrase_is_never_refused() {
        let phrases: Vec<String> =
            ["support our work", "newsletter", "abonnés", "購読する", "iban", "€5"].map(String::from).into();
        let (some, others) = phrases.split_at(3);
        let grams = Grams::of([&some.iter().collect::<Vec<_>>(), &others.iter().collect::<Vec<_>>()]).unwrap();
        for phrase in &phrases {
            let want = [some.contains(phrase), others.contains(phrase)];
            assert_eq!(grams.may_hold(phrase), want, "{phrase}");
            assert_eq!(grams.may_hold(&format!("words before {phrase} and behind")), want, "{phrase}");
        }
        for text in ["the harbour reopened on monday after eleven months", "", "short", "é"] {
            assert_eq!(grams.may_hold(text), [false; 2], "{text}");
        }
    }

    #[test]
    fn without_phrases_no_text_holds_one() {
        assert_eq!(Grams::of([&[]]).unwrap().may_hold("support our work"), [false]);
    }
}
