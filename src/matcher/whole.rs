//! Texts that are compared whole with those of a large set.
//!
//! Nearly none is in the set. So what is longer than all of them is not looked for; of other texts a few bytes from both ends are, in a
//! table of bits, and only what may be in the set is hashed to its end. This module must not know what a text is for.

use rustc_hash::FxHashMap;

use super::starts::{Bits, key};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Whole<T> {
    of: FxHashMap<String, T>,
    ends: Bits,
    /// Bytes of the longest.
    longest: usize,
}

/// Bits of the table for each text.
const BITS_EACH: usize = 8;
/// Bytes of either end that are looked at.
const END: usize = size_of::<u64>();

impl<T> Whole<T> {
    pub(super) fn of(texts: FxHashMap<String, T>) -> Self {
        let mut ends = Bits::for_many(texts.len(), BITS_EACH);
        texts.keys().for_each(|text| ends.insert(ends_of(text)));
        let longest = texts.keys().map(String::len).max().unwrap_or_default();
        Self { of: texts, ends, longest }
    }

    // One copy for all who ask: what runs for every block must stay near.
    #[inline(never)]
    pub(super) fn get(&self, text: &str) -> Option<&T> {
        let may_be = text.len() <= self.longest && self.ends.may_hold(ends_of(text));
        if may_be { self.of.get(text) } else { None }
    }
}

/// The first and the last bytes of a text and its length, as a number.
fn ends_of(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let last = &bytes[bytes.len().saturating_sub(END)..];
    key(bytes, END) ^ key(last, END).rotate_left(29) ^ bytes.len() as u64
}

#[cfg(test)]
mod tests {
    use super::Whole;

    #[test]
    fn only_what_is_in_the_set_is_found() {
        let texts = ["", "x", "log in", "sign up", "sign up now", "購読する", "subscribe to our newsletter"];
        let whole = Whole::of(texts.into_iter().zip(0..).map(|(text, number)| (text.to_owned(), number)).collect());
        for (text, number) in texts.into_iter().zip(0..) {
            assert_eq!(whole.get(text), Some(&number), "{text}");
        }
        for text in ["y", "log  in", "sign up nowhere", "購読", "subscribe to any newsletter"] {
            assert_eq!(whole.get(text), None, "{text}");
        }
        assert_eq!(Whole::<()>::default().get(""), None);
    }
}
