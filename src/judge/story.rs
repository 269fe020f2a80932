//! Which blocks are the story.
//!
//! A site's `[story]` decides where there is one. Else a learned model gives every block of the recorded table the probability that it is
//! story, and the blocks that promise the best F measure of the page's words are taken. What a rule removed never comes back, and what a
//! rule keeps stays. This module must not know how the table was filled, or how a story is written.

pub(crate) mod why;

use rustc_hash::FxHashSet;

pub(crate) use super::features::About;
use super::features::{FEATURES, Feature, Table};
use super::model::{Judged, Model};
use crate::page::{Block, Mark, Page, Span};
use crate::scan::tag::{self, Tag, TagSet};
use crate::text::CURRENCIES;

/// What is worse: to lose a part of the story, or to let something else in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Focus {
    /// Both are equally bad: the best F measure.
    #[default]
    Balanced,
    /// What is taken is surely story.
    Precision,
    /// All of the story is taken, with what may belong to it.
    Recall,
}

impl Focus {
    /// How much more recall counts than precision: the beta of the F measure.
    fn beta(self) -> f32 {
        match self {
            Self::Precision => 0.4,
            Self::Balanced => 1.0,
            Self::Recall => 2.5,
        }
    }
}

/// The blocks that were chosen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// Indexes of the page's blocks, in page order.
    pub(crate) blocks: Vec<u32>,
    /// Pictures and captions that stand in the story and are not among its blocks, in page order: for forms that show pictures.
    pub(crate) figures: Vec<u32>,
    /// Blocks of reader comments that are not among them, in page order.
    pub(crate) comments: Vec<u32>,
}

/// On a page that is surely an article, precision counts for more: half of what is wrong there is foreign matter with the looks of a
/// paragraph. Measured on the training pages (`model/README.md`).
const ARTICLE_BETA: f32 = 0.9;
/// Behind the headline so many blocks may stand before the story: byline, date, buttons, a standfirst.
const UNDER_HEADLINE: usize = 9;
/// On a page of few words a sentence is much of the story, and there is little else. Measured likewise.
const SMALL_PAGE: u32 = 200;
const SMALL_BETA: f32 = 1.5;
/// A picture belongs to the story if the story goes on so many blocks before and behind it.
const NEAR: usize = 3;

impl Choice {
    /// All that no rule removed: for texts that are nothing but their story.
    pub(crate) fn everything(page: &Page) -> Self {
        let blocks = (0..page.blocks.len() as u32).filter(|i| !page.blocks[*i as usize].removed).collect();
        Self { blocks, ..Self::default() }
    }
}

/// Chooses the story's blocks. The block that shows the headline is not among them: it is written apart.
pub(crate) fn choose(page: &Page, about: About<'_>, focus: Focus) -> Choice {
    let doubles = Doubles::of(page);
    if let Some(selector) = page.roots.iter().map(|root| root.selector).min() {
        let mut blocks: Vec<u32> = page
            .roots
            .iter()
            .filter(|root| root.selector == selector)
            .flat_map(|root| page.elements[root.element as usize].blocks.range())
            .map(|i| i as u32)
            .filter(|i| least_likely(page, *i, about, &doubles) < NEVER)
            .collect();
        blocks.sort_unstable();
        blocks.dedup();
        return Choice { blocks, ..Choice::default() };
    }
    let model = Model::bundled();
    let table = Table::of(page, about, &model.words);
    let judged = model.judge(&table);
    let allowed = allowed(page, about, &doubles, &judged);
    let small = page.blocks.iter().map(|block| block.words).sum::<u32>() < SMALL_PAGE;
    let article = 1.0 + (ARTICLE_BETA - 1.0) * judged.article;
    let mut kept = best_prefix(page, &judged.probabilities, &allowed, focus.beta() * article);
    if small {
        let more = best_prefix(page, &judged.probabilities, &allowed, focus.beta() * SMALL_BETA);
        // Tags and menus are lists too.
        let linked = |i: usize| 5 * page.blocks[i].link_words >= 4 * page.blocks[i].words;
        let whole = |i: usize| more[i] && is_whole(page, &page.blocks[i]) && !linked(i);
        (0..kept.len()).for_each(|i| kept[i] |= whole(i));
    }
    with_siblings(page, &judged.probabilities, &allowed, &mut kept);
    with_standfirst(page, &judged, &table, &allowed, about.headline, &mut kept);
    with_headings(page, &judged, &table, &allowed, &mut kept);
    if judged.article > 0.5 {
        without_dangling(page, &table, &mut kept);
    }
    for (kept, (block, allowed)) in kept.iter_mut().zip(page.blocks.iter().zip(&allowed)) {
        *kept |= *allowed && kept_by_rule(page, block);
    }
    let in_comments = |i: usize| table.get(i, Feature::InComments) > 0.0;
    let rows = 0..page.blocks.len();
    Choice {
        comments: rows.clone().filter(|i| !kept[*i] && allowed[*i] && in_comments(*i)).map(|i| i as u32).collect(),
        figures: figures(page, &allowed, &kept, about.headline),
        blocks: rows.filter(|i| kept[*i]).map(|i| i as u32).collect(),
    }
}

/// Of each block, whether it is likely enough for what it looks like.
fn allowed(page: &Page, about: About<'_>, doubles: &Doubles<'_>, judged: &Judged) -> Vec<bool> {
    // On an article, what is hidden is story only if it is likely; elsewhere it may be one tab of several.
    let hidden = |block: &Block| if block.hidden { HIDDEN_LIKELY * judged.article } else { 0.0 };
    let rows = (0..).zip(&page.blocks).zip(&judged.probabilities);
    rows.map(|((i, block), probability)| *probability >= least_likely(page, i, about, doubles).max(hidden(block))).collect()
}

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
/// On an article. Measured on the training pages: from 0.5 to 0.7 did alike.
const HIDDEN_LIKELY: f32 = 0.7;

fn usable(page: &Page, index: u32, about: About<'_>, doubles: &Doubles<'_>) -> bool {
    let block = &page.blocks[index as usize];
    !block.removed && Some(index) != about.headline && !doubles.has(page, block)
}

/// Of the blocks in the order of their probability, so many that the F measure that may be expected of their words is greatest.
///
/// With the probabilities taken at their word, a choice that holds `p·w` story words of `w` is expected to have
/// `(1 + β²)·Σp·w / (Σw + β²·T)`, where `T` is what all blocks together hold (after Lewis, "Evaluating and optimizing autonomous text
/// classification systems", 1995).
fn best_prefix(page: &Page, probabilities: &[f32], allowed: &[bool], beta: f32) -> Vec<bool> {
    let mut order: Vec<u32> =
        (0..page.blocks.len() as u32).filter(|i| allowed[*i as usize] && page.blocks[*i as usize].words > 0).collect();
    order.sort_by(|a, b| probabilities[*b as usize].total_cmp(&probabilities[*a as usize]).then(a.cmp(b)));
    let words = |i: &u32| page.blocks[*i as usize].words as f32;
    let total: f32 = order.iter().map(|i| probabilities[*i as usize] * words(i)).sum();
    let (mut story, mut taken, mut best, mut count) = (0.0, 0.0, 0.0, 0);
    for (place, i) in order.iter().enumerate() {
        story += probabilities[*i as usize] * words(i);
        taken += words(i);
        let expected = story / (taken + beta * beta * total).max(f32::MIN_POSITIVE);
        if expected > best {
            (best, count) = (expected, place + 1);
        }
    }
    let mut kept = vec![false; page.blocks.len()];
    order.iter().take(count).for_each(|i| kept[*i as usize] = true);
    kept
}

/// Says a short line who wrote the story, or when? That is metadata, and stands on the page for it.
fn is_credit(page: &Page, index: u32, byline: Option<&str>) -> bool {
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
fn is_aside(page: &Page, index: u32) -> bool {
    let block = &page.blocks[index as usize];
    block.aside && page.closest(block, FIGURE).is_none()
}

/// See [`is_credit`]. Chosen, not measured: "By Ada Lovelace and Charles Babbage, 3 May 2024, 10:15".
const CREDIT_WORDS: u32 = 12;
const DATE_WORDS: u32 = 5;
const DATE_DIGITS: usize = 5;

/// A short block between or beside its like goes with it, unless the model is surer than [`UNLIKELY`] that it is none: the last sentence of a
/// story, one item of a list; so does a note that leads back to where the story names it. It changes the F measure by nothing and what a reader sees by much.
fn with_siblings(page: &Page, probabilities: &[f32], allowed: &[bool], kept: &mut [bool]) {
    let alike = |a: usize, b: usize| {
        let element = |i: usize| page.blocks.get(i).and_then(|block| page.elements.get(block.element as usize));
        let table =
            |i: usize| page.blocks.get(i).and_then(|block| page.closest(block, TagSet::of(&[Tag::Table]))).map(|(at, _)| at);
        matches!((element(a), element(b)), (Some(a), Some(b))
            if a.tag == b.tag && a.parent == b.parent && page.string(a.words) == page.string(b.words))
            || table(a).is_some() && table(a) == table(b)
    };
    // Forwards and backwards, so that what was added takes its own like along.
    let rows = 0..kept.len();
    for (i, other) in rows.clone().map(|i| (i, i.wrapping_sub(1))).chain(rows.rev().map(|i| (i, i + 1))) {
        let may = !kept[i] && allowed[i] && probabilities[i] >= UNLIKELY && is_whole(page, &page.blocks[i]);
        let beside = || kept.get(other).copied().unwrap_or(false) && alike(i, other);
        kept[i] |= may && (beside() || leads_back(page.text_of(&page.blocks[i])));
    }
}

/// A heading goes with the text that stands right under it, and so does the caption of a table: short ones look like labels to the model, what
/// they head does not.
fn with_headings(page: &Page, judged: &Judged, table: &Table, allowed: &[bool], kept: &mut [bool]) {
    let mut below: Option<usize> = None;
    for i in (0..kept.len()).rev().filter(|i| page.blocks[*i].words > 0) {
        let heads = |below: usize, headed: Span| {
            kept[below] && table.get(below, Feature::Heading) == 0.0 && headed.range().contains(&below)
        };
        let may = || {
            allowed[i]
                && judged.probabilities[i] >= HEADING_LIKELY
                && table.get(i, Feature::LinkShare) < HEADING_LINKED
                && table.get(i, Feature::Section) == 0.0
        };
        if !kept[i] && below.zip(headed(page, i)).is_some_and(|(below, headed)| heads(below, headed)) && may() {
            kept[i] = true;
        }
        below = Some(i);
    }
}

/// Of a heading, the blocks of the element that it stands in.
fn headed(page: &Page, block: usize) -> Option<Span> {
    let (_, heading) = page.closest(&page.blocks[block], tag::HEADING.with(Tag::Caption))?;
    page.elements.get(heading.parent as usize).map(|around| around.blocks)
}

/// An article does not end with a heading, nor with a line that announces something ("Read on:"): what they lead to was left out.
fn without_dangling(page: &Page, table: &Table, kept: &mut [bool]) {
    while let Some(last) = kept.iter().rposition(|kept| *kept) {
        let block = &page.blocks[last];
        let text = page.text_of(block);
        let heading = |i: usize| table.get(i, Feature::Heading) > 0.0;
        // Where one heading follows the other, headings are the story.
        let alone = heading(last) && kept[..last].iter().rposition(|kept| *kept).is_some_and(|before| !heading(before));
        // Before a wall a story breaks off in the middle.
        let walled = page.blocks[last + 1..].iter().find(|block| block.words > 0).is_some_and(|block| block.removed);
        let announces = !walled && block.words <= ANNOUNCING_WORDS && block.sentences == 0 && text.trim_end().ends_with(':');
        if !(alone || announces) || kept_by_rule(page, block) {
            break;
        }
        kept[last] = false;
    }
}

/// Does a text end in the arrow with which footnotes lead back?
fn leads_back(text: &str) -> bool {
    text.trim_end_matches(['\u{fe0e}', '\u{fe0f}', ' ']).ends_with('↩')
}

/// What stands between the headline and the story introduces it: ground truths often leave a standfirst out, so the model thinks little of it,
/// but readers miss it. What the page also gives as its description need not be likely at all.
fn with_standfirst(page: &Page, judged: &Judged, table: &Table, allowed: &[bool], headline: Option<u32>, kept: &mut [bool]) {
    let Some(start) = headline.map(|headline| headline as usize + 1) else { return };
    let Some(first) = kept.iter().skip(start).position(|kept| *kept) else { return };
    let mut place = 0;
    for i in start..start + first.min(UNDER_HEADLINE) {
        let block = &page.blocks[i];
        place += usize::from(block.words > 0);
        let least = if place == 1 && block.sentences > 0 { NEXT_LIKELY } else { STANDFIRST_LIKELY };
        let likely = block.words >= STANDFIRST_WORDS && judged.probabilities[i] >= least;
        let named = place <= 2
            && block.words >= DESCRIBED_WORDS
            && judged.probabilities[i] >= NAMED_LIKELY
            && is_standfirst(page.around(block).next().map_or("", |(_, element)| page.string(element.words)));
        let described = block.words >= DESCRIBED_WORDS
            && table.get(i, Feature::SummaryCover) >= DESCRIBED_COVER
            && table.get(i, Feature::SummaryShare) >= DESCRIBED_SHARE;
        let text = block.link_words as f32 <= STANDFIRST_LINKED * block.words as f32
            && page.closest(block, FIGURE).is_none()
            && table.get(i, Feature::TitleCover) < TITLE_AGAIN;
        kept[i] |= allowed[i] && text && (likely || described || named);
    }
}

/// Do class words call an element a standfirst? Names in use at newspapers and in themes of blogs, in several languages.
fn is_standfirst(words: &str) -> bool {
    const NAMES: [&str; 23] = [
        "abstract",
        "bajada",
        "catenaccio",
        "chapeau",
        "chapo",
        "dek",
        "entradilla",
        "excerpt",
        "ingress",
        "intro",
        "lead",
        "lede",
        "shortdescription",
        "standfirst",
        "strapline",
        "subhead",
        "subheading",
        "subheadline",
        "subhed",
        "subline",
        "subtitle",
        "summary",
        "vorspann",
    ];
    let mut before = "";
    words.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let split = before == "sub" && matches!(word, "title" | "head" | "heading" | "headline" | "line");
        before = word;
        split || NAMES.contains(&word)
    })
}

/// See [`with_standfirst`]. From 6 to 10 words did alike on the training pages; less likely ones are found too at 0.1, but other things
/// with them.
const STANDFIRST_LIKELY: f32 = 0.25;
/// A sentence right under the headline.
const NEXT_LIKELY: f32 = 0.1;
/// What is called a standfirst: names of authors and dates, which are called so too, are less likely than this.
const NAMED_LIKELY: f32 = 0.02;
const STANDFIRST_WORDS: u32 = 8;
const STANDFIRST_LINKED: f32 = 0.3;
/// Nearly all of its words, and half of those of the description, which may go on or be cut off.
const DESCRIBED_COVER: f32 = 0.7;
const DESCRIBED_SHARE: f32 = 0.5;
const DESCRIBED_WORDS: u32 = 5;
/// What says the headline once more is no standfirst.
const TITLE_AGAIN: f32 = 0.9;

/// A sentence, or a part of a list or table: no byline, no label.
fn is_whole(page: &Page, block: &Block) -> bool {
    let part = TagSet::of(&[Tag::Li, Tag::Td, Tag::Th, Tag::Dd, Tag::Dt, Tag::Pre]);
    block.words > 0 && (block.sentences > 0 || page.closest(block, part).is_some())
}

/// See [`with_headings`]. On the training pages such headings are story three times of four from here on, below it half of them.
const HEADING_LIKELY: f32 = 0.3;
const HEADING_LINKED: f32 = 0.3;
/// See [`without_dangling`]. Chosen, not measured.
const ANNOUNCING_WORDS: u32 = 12;

/// See [`with_siblings`]. Values from 0.2 to 0.4 did alike on the training pages.
const UNLIKELY: f32 = 0.25;

/// Pictures and their captions with the story before and behind them.
fn figures(page: &Page, allowed: &[bool], kept: &[bool], headline: Option<u32>) -> Vec<u32> {
    let story = |i: usize| kept.get(i).copied().unwrap_or(false);
    let near = |mut rows: std::ops::Range<usize>| rows.any(story);
    let belongs = |i: &usize| {
        let block = &page.blocks[*i];
        let picture = block.words == 0 && block.images > 0 && page.closest(block, FIGURE.with(Tag::P)).is_some();
        let caption = block.words > 0 && block.words <= CAPTION_WORDS && page.closest(block, FIGURE).is_some();
        allowed[*i] && !kept[*i] && !block.hidden && (picture || caption)
    };
    let under_headline =
        |i: usize| headline.is_some_and(|headline| (headline as usize + 1..headline as usize + UNDER_HEADLINE).contains(&i));
    let between = |i: &usize| (near(i.saturating_sub(NEAR)..*i) || under_headline(*i)) && near(*i + 1..*i + 1 + NEAR);
    (0..page.blocks.len()).filter(|i| belongs(i) && between(i)).map(|i| i as u32).collect()
}

const FIGURE: TagSet = TagSet::of(&[Tag::Figure, Tag::Figcaption]);
/// A caption with more words is something else in a `figure`: a table, a quotation. Chosen, not measured.
const CAPTION_WORDS: u32 = 100;

/// Texts that stand in a `noscript`, or hidden, and once more where they are seen.
pub(crate) struct Doubles<'p>(FxHashSet<&'p str>);

impl<'p> Doubles<'p> {
    pub(crate) fn of(page: &'p Page) -> Self {
        let unseen = |block: &Block| block.noscript || block.hidden;
        if !page.blocks.iter().any(unseen) {
            return Self(FxHashSet::default());
        }
        Self(page.blocks.iter().filter(|block| !unseen(block)).map(|block| page.text_of(block)).collect())
    }

    fn has(&self, page: &Page, block: &Block) -> bool {
        (block.noscript || block.hidden && block.words >= DOUBLE_WORDS) && self.0.contains(page.text_of(block))
    }
}

/// A hidden text of fewer words says the same as another by chance: a label in each of several tabs. Chosen, not measured.
const DOUBLE_WORDS: u32 = 8;

fn kept_by_rule(page: &Page, block: &Block) -> bool {
    page.around(block).any(|(_, e)| e.marks & Mark::KEEP != 0)
}

/// What the model said of a block.
#[derive(Clone, Debug)]
pub(crate) struct Reasons {
    /// How likely it is story, from 0 to 1.
    pub(crate) probability: f32,
    /// The features that moved the answer most, with what each added to the log odds.
    pub(crate) features: Vec<(&'static str, f32)>,
}

/// What the model said of each block, and why: judged once more, with the weights written down. Empty where a site's `[story]` decided.
pub(crate) fn explain(page: &Page, about: About<'_>, most: usize) -> Vec<Reasons> {
    if !page.roots.is_empty() {
        return Vec::new();
    }
    let model = Model::bundled();
    let table = Table::of(page, about, &model.words);
    let judged = model.judge(&table);
    let named = |(place, weight): (usize, f32)| FEATURES.get(place).map(|(name, _)| (*name, weight));
    (0..)
        .zip(&judged.probabilities)
        .map(|(row, probability)| Reasons {
            probability: *probability,
            features: model.reasons(&table.row(row), judged.article).into_iter().take(most).filter_map(named).collect(),
        })
        .collect()
}

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

    #[test]
    fn class_words_call_a_standfirst_by_its_name() {
        for words in ["article__subtitle", "sub-head", "c-header__standfirst u-center", "post_lead"] {
            assert!(is_standfirst(words), "{words}");
        }
        for words in ["title", "leaderboard", "subscribe", "sub-nav title", "headline"] {
            assert!(!is_standfirst(words), "{words}");
        }
    }
}
