//! How likely a block must be to be story, by what it looks like.
//!
//! Most blocks need nothing. Bylines and dates are metadata, pointers lead to other stories, copies stand where they are seen as well. It
//! must not know what the model said of a block.

use rustc_hash::FxHashSet;

use super::{About, FIGURE, UNDER_HEADLINE};
use crate::page::{Block, Page};
use crate::scan::tag::{self, Tag, TagSet};
use crate::text::CURRENCIES;

/// How likely a block must be to be story: nothing for most, [`NEVER`] for what is none whatever the model says.
pub(crate) fn least_likely(page: &Page, index: u32, about: About<'_>, doubles: &Doubles<'_>) -> f32 {
    let prose = |block: &Block| block.words >= PROSE_WORDS && block.sentences > 0;
    let between = |at: u32| page.blocks.get(at as usize + 1..index as usize).unwrap_or_default();
    let near = |at: u32| at < index && index - at < UNDER_HEADLINE as u32;
    let under_headline = || about.headline.is_some_and(|at| near(at) && !between(at).iter().any(prose));
    if !usable(page, index, about, doubles) || is_aside(page, index) {
        NEVER
    } else if is_credit(page, index, about.byline) {
        if under_headline() { NEVER } else { CREDIT_LIKELY }
    } else {
        0.0
    }
}

/// See [`least_likely`]. Short lines with a date or the author's name are metadata under the headline; further down, likelier ones are cells of a table, events, steps of
/// the story: above 0.6 five of six on the training pages. From 0.5 to 0.8 the figures are the same.
const CREDIT_LIKELY: f32 = 0.7;
pub(crate) const NEVER: f32 = 2.0;
/// Where a sentence of so many words stands, the story has begun.
const PROSE_WORDS: u32 = 20;

fn usable(page: &Page, index: u32, about: About<'_>, doubles: &Doubles<'_>) -> bool {
    let block = &page.blocks[index as usize];
    !block.removed && Some(index) != about.headline && !doubles.has(page, block)
}

/// Says a short line who wrote the story, or when? That is metadata, and stands on the page for it.
pub(super) fn is_credit(page: &Page, index: u32, byline: Option<&str>) -> bool {
    let block = &page.blocks[index as usize];
    let part = TagSet::of(&[Tag::Li, Tag::Td, Tag::Th, Tag::Dd, Tag::Dt, Tag::Pre]).and(tag::HEADING);
    if block.words == 0 || block.words > CREDIT_WORDS || block.sentences > 0 || page.closest(block, part).is_some() {
        return false;
    }
    let text = page.text_of(block);
    let named = || byline.is_some_and(|byline| text.contains(byline));
    let dated =
        || block.words <= DATE_WORDS && text.bytes().filter(u8::is_ascii_digit).count() >= DATE_DIGITS && holds_date(text);
    let marked = || page.head.author_blocks.binary_search(&index).is_ok() || page.head.times.iter().any(|(_, at)| *at == index);
    marked() || named() || dated()
}

/// Is there a year, or two numbers of a day or an hour, in a text? Prices, shares, numbers of telephones and models are none.
fn holds_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    if text.contains('%') || text.contains(CURRENCIES) {
        return false;
    }
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut at = 0;
    while at < bytes.len() {
        let (long, before) = (digits(at), at.checked_sub(1).map(|before| bytes[before]));
        if long == 0 {
            at += 1;
            continue;
        }
        let end = at + long;
        let begins = before.is_none_or(|b| !b.is_ascii_alphanumeric() && b != b'-');
        let year =
            long == 4 && matches!(&bytes[at..at + 2], b"19" | b"20") && !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
        let pair = long <= 2
            && bytes.get(end).is_some_and(|b| matches!(b, b'.' | b':' | b'/' | b'-'))
            && matches!(digits(end + 1), 1 | 2);
        if begins && (year || pair) {
            return true;
        }
        at = end;
    }
    // The characters of days and months in Chinese and Japanese need no other sign.
    text.contains('月')
}

/// Does a short line only lead to another story, or say whose a picture is? What stands under a picture goes with it.
pub(super) fn is_aside(page: &Page, index: u32) -> bool {
    let block = &page.blocks[index as usize];
    block.aside && page.closest(block, FIGURE).is_none()
}

/// See [`is_credit`]. Chosen, not measured: "By Ada Lovelace and Charles Babbage, 3 May 2024, 10:15".
const CREDIT_WORDS: u32 = 12;
const DATE_WORDS: u32 = 5;
const DATE_DIGITS: usize = 5;

/// Texts that stand in a `noscript`, or hidden, and once more where they are seen.
pub(crate) struct Doubles<'p>(FxHashSet<&'p str>);

impl<'p> Doubles<'p> {
    pub(crate) fn of(page: &'p Page) -> Self {
        let unseen = |block: &Block| block.noscript || block.hidden;
        if !page.blocks.iter().any(may_be_double) {
            return Self(FxHashSet::default());
        }
        Self(page.blocks.iter().filter(|block| !unseen(block)).map(|block| page.text_of(block)).collect())
    }

    pub(super) fn has(&self, page: &Page, block: &Block) -> bool {
        may_be_double(block) && self.0.contains(page.text_of(block))
    }
}

fn may_be_double(block: &Block) -> bool {
    block.noscript || block.hidden && block.words >= DOUBLE_WORDS
}

/// A hidden text of fewer words says the same as another by chance: a label in each of several tabs. Chosen, not measured.
const DOUBLE_WORDS: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_other_numbers() {
        for text in ["19.10.2019 07:49 Uhr", "Updated: 2025-03-14", "3 May 2024", "Fri 12/05 at 9:30", "2012年6月4日"] {
            assert!(holds_date(text), "{text}");
        }
        for text in
            ["$149 - $1,210", "82 (55.41%)", "Bosch SHP78CM5N 800", "+81 158-23-2012", "22,000 employees", "302ms → 261ms"]
        {
            assert!(!holds_date(text), "{text}");
        }
    }
}
