//! How much a text holds: words, ends of sentences.
//!
//! ASCII is looked at some bytes at a time, also where it stands between other characters; those are looked at one by one. This module must not
//! know whose text it is.

use crate::page::Block;
use crate::text::is_unspaced;

/// Counts what a block's text holds.
pub(crate) fn count(block: &mut Block, text: &str) {
    let [words, sentences] = if text.is_ascii() {
        tally(text.as_bytes(), |b, next| [!ascii_white(b) & ascii_white(next), stops(b) & (white(next) | closes(next))])
    } else {
        look_over(text)
    };
    block.words = words;
    block.sentences = sentences.min(u32::from(u16::MAX)) as u16;
}

/// Words of a text; scripts without spaces count two letters as one.
pub(crate) fn words(text: &str) -> u32 {
    if text.is_ascii() {
        let [words] = tally(text.as_bytes(), |b, next| [!ascii_white(b) & ascii_white(next)]);
        return words;
    }
    let [words, ..] = look_over(text);
    words
}

/// Bytes that are looked at together.
const CHUNK: usize = 16;

/// Counts the places of a text where things are true of a byte and the one behind it, a space behind the last. They are true of no space, so
/// the last chunk is filled up with them: tests without a branch are what lets a whole chunk be looked at together.
fn tally<const N: usize>(bytes: &[u8], of: impl Fn(u8, u8) -> [bool; N]) -> [u32; N] {
    let mut sums = [0; N];
    let mut count = |chunk: &[u8; CHUNK], behind: &[u8; CHUNK]| {
        let mut found = [[0_u8; CHUNK]; N];
        for (at, (b, next)) in chunk.iter().zip(behind).enumerate() {
            for (found, of) in found.iter_mut().zip(of(*b, *next)) {
                found[at] = u8::from(of);
            }
        }
        for (sum, found) in sums.iter_mut().zip(found) {
            // The highest byte of the product is the sum of all bytes.
            let found = u128::from_le_bytes(found);
            *sum += ((found as u64 + (found >> 64) as u64).wrapping_mul(0x0101_0101_0101_0101) >> 56) as u32;
        }
    };
    let mut rest = bytes;
    while let (Some(chunk), Some(behind)) = (rest.first_chunk(), rest.get(1..).and_then(|behind| behind.first_chunk())) {
        count(chunk, behind);
        rest = &rest[CHUNK..];
    }
    let mut last = [b' '; CHUNK];
    let mut behind = last;
    last[..rest.len()].copy_from_slice(rest);
    behind[..CHUNK - 1].copy_from_slice(&last[1..]);
    count(&last, &behind);
    sums
}

/// `u8::is_ascii_whitespace`, without a branch.
fn ascii_white(b: u8) -> bool {
    (b == b' ') | ((b.wrapping_sub(b'\t') < 5) & (b != 0x0b))
}

/// The same with the vertical tab, which Unicode calls white too.
fn white(b: u8) -> bool {
    (b == b' ') | (b.wrapping_sub(b'\t') < 5)
}

/// Ends a sentence, if white space stands behind it or what closes one.
fn stops(b: u8) -> bool {
    (b == b'.') | (b == b'!') | (b == b'?')
}

fn closes(b: u8) -> bool {
    (b == b'"') | (b == b')') | (b == b'\'')
}

/// Words and ends of sentences of a text with characters beyond ASCII.
fn look_over(text: &str) -> [u32; 2] {
    let mut counts = Counts::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (ascii, other) = rest.split_at(rest.bytes().take_while(u8::is_ascii).count());
        if ascii.len() >= CHUNK {
            counts.stretch(ascii.as_bytes());
        } else {
            ascii.bytes().for_each(|b| counts.byte(b));
        }
        let mut chars = other.chars();
        if let Some(c) = chars.next() {
            counts.other(c);
        }
        rest = chars.as_str();
    }
    [counts.words + counts.unspaced / 2, counts.sentences + u32::from(counts.stopped)]
}

/// What was counted of a text so far, and how it ends.
#[derive(Default)]
struct Counts {
    words: u32,
    unspaced: u32,
    sentences: u32,
    /// In a word.
    inside: bool,
    /// With what ends a sentence, if the next character agrees.
    stopped: bool,
}

impl Counts {
    /// Some ASCII.
    fn stretch(&mut self, bytes: &[u8]) {
        let ([first, ..], [.., last]) = (bytes, bytes) else { return };
        // As if white space stood around it.
        let [words, sentences] = tally(bytes, |b, next| [!white(b) & white(next), stops(b) & (white(next) | closes(next))]);
        self.words += words - u32::from(self.inside && !white(*first));
        self.sentences += sentences - u32::from(stops(*last));
        self.sentences += u32::from(self.stopped && (white(*first) || closes(*first)));
        (self.inside, self.stopped) = (!white(*last), stops(*last));
    }

    /// An ASCII character.
    fn byte(&mut self, b: u8) {
        self.words += u32::from(!white(b) & !self.inside);
        self.sentences += u32::from(self.stopped & (white(b) | closes(b)));
        (self.inside, self.stopped) = (!white(b), stops(b));
    }

    /// Any other.
    fn other(&mut self, c: char) {
        let white = c.is_whitespace();
        self.sentences += u32::from(self.stopped && (white || matches!(c, '”' | '»')));
        self.sentences += u32::from(matches!(c, '。' | '！' | '？' | '｡' | '؟' | '।'));
        self.stopped = c == '…';
        if c >= '\u{e00}' && is_unspaced(c) {
            self.unspaced += 1;
            self.inside = false;
        } else if white {
            self.inside = false;
        } else if !self.inside && !is_zero_width(c) {
            self.words += 1;
            self.inside = true;
        }
    }
}

/// Characters that nobody sees: a paragraph of them is empty.
fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, look_over, tally, words};

    #[test]
    fn words_are_counted_alike_at_any_length() {
        let text = "The harbour of Brennick reopened, and 12 boats\tleft.  Then it rained on all of them.";
        for length in 0..=text.len() {
            let part = &text[..length];
            assert_eq!(words(part) as usize, part.split_ascii_whitespace().count(), "{part:?}");
            let [letters] = tally(part.as_bytes(), |b, _| [b == b'e']);
            assert_eq!(letters as usize, part.matches('e').count(), "{part:?}");
        }
        assert!(text.len() > 4 * CHUNK, "it reaches over some chunks");
    }

    #[test]
    fn ascii_between_other_characters_is_counted_as_by_itself() {
        for (text, expected) in [
            ("“The pier is open.” It rained; nobody came… So what?", [10, 3]),
            ("A café, then the quay and the long way home.\u{a0}Rain", [11, 1]),
            ("It says “No.”, and he says nothing of the kind…", [10, 2]),
            ("end of the line.\u{200b} and one more word here", [9, 0]),
            ("\u{200b} a", [1, 0]),
            ("日本。語, and some words after it follow.", [9, 2]),
        ] {
            assert_eq!(look_over(text), expected, "{text}");
        }
    }
}
