//! Rules compiled and frozen: what a start tag and a text are looked up in, shared between threads.
//!
//! [`selectors`] answers which selectors a start tag matches, [`set`] which rules that and the phrases of a text concern. This room
//! must not know any one page.

pub(crate) mod cues;
pub(crate) mod finder;
mod patterns;
pub(crate) mod selectors;
pub(crate) mod set;
pub(crate) mod starts;
mod whole;

/// What belongs to a number in a list that holds all of theirs one after the other. `ends`: where those of each number end.
#[inline]
fn range_of(ends: &[u32], number: usize) -> std::ops::Range<usize> {
    let start = if number == 0 { 0 } else { ends[number - 1] };
    start as usize..ends[number] as usize
}

/// Of a product as many of the lowest bytes as one likes depend on no more bytes of the factors: it is a hash of every shorter word that a word
/// begins with.
#[inline]
fn hash(word: u64) -> u64 {
    word.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
