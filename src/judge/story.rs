//! Which blocks are the story.
//!
//! A site's `[story]` decides where there is one. Else a learned model gives every block of the recorded table the probability that it is
//! story, and the blocks that promise the best F measure of the page's words are taken. What a rule removed never comes back, and what a
//! rule keeps stays. This module must not know how the table was filled, or how a story is written.

mod along;
mod barred;
pub(crate) mod why;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use self::along::{is_whole, with_answers, with_headings, with_siblings, with_standfirst, without_dangling};
use self::barred::NEVER;
pub(crate) use self::barred::{Doubles, least_likely};
pub(crate) use super::features::About;
use super::features::{FEATURES, Feature, Table};
use super::model::{Judged, Model};
use crate::page::{Block, Element, Mark, Page};
use crate::scan::tag::{Tag, TagSet};

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
    let (mut kept, _) = best_prefix(page, &judged.probabilities, &allowed, focus.beta());
    if is_small(page) {
        let (more, _) = best_prefix(page, &judged.probabilities, &allowed, focus.beta() * SMALL_BETA);
        // Tags and menus are lists too.
        let linked = |i: usize| 5 * page.blocks[i].link_words >= 4 * page.blocks[i].words;
        let whole = |i: usize| more[i] && is_whole(page, &page.blocks[i]) && !linked(i);
        (0..kept.len()).for_each(|i| kept[i] |= whole(i));
    }
    with_siblings(page, &judged.probabilities, &allowed, &mut kept);
    with_answers(page, &judged.probabilities, |i| least_likely(page, i, about, &doubles), &mut kept);
    with_standfirst(page, &judged, &table, &allowed, about.headline, &mut kept);
    with_headings(page, &judged, &table, &allowed, &mut kept);
    if judged.article > 0.5 {
        without_dangling(page, &table, &mut kept);
    }
    // Few sites keep anything.
    if page.elements.iter().any(keeps) {
        for (kept, (block, allowed)) in kept.iter_mut().zip(page.blocks.iter().zip(&allowed)) {
            *kept |= *allowed && kept_by_rule(page, block);
        }
    }
    let in_comments = |i: usize| table.get(i, Feature::InComments) > 0.0;
    let rows = 0..page.blocks.len();
    Choice {
        comments: rows.clone().filter(|i| !kept[*i] && allowed[*i] && in_comments(*i)).map(|i| i as u32).collect(),
        figures: figures(page, &allowed, &kept, about.headline),
        blocks: rows.filter(|i| kept[*i]).map(|i| i as u32).collect(),
    }
}

/// Does the page have few words?
fn is_small(page: &Page) -> bool {
    page.blocks.iter().map(|block| block.words).sum::<u32>() < SMALL_PAGE
}

/// Of each block, whether it is likely enough for what it looks like.
fn allowed(page: &Page, about: About<'_>, doubles: &Doubles<'_>, judged: &Judged) -> Vec<bool> {
    let hidden = |block: &Block| if block.hidden { hidden_likely(judged) } else { 0.0 };
    let rows = (0..).zip(&page.blocks).zip(&judged.probabilities);
    rows.map(|((i, block), probability)| *probability >= least_likely(page, i, about, doubles).max(hidden(block))).collect()
}

/// On an article, what is hidden is story only if it is likely; elsewhere it may be one tab of several.
fn hidden_likely(judged: &Judged) -> f32 {
    HIDDEN_LIKELY * judged.article
}
/// On an article. Measured on the training pages: from 0.5 to 0.7 did alike.
const HIDDEN_LIKELY: f32 = 0.7;

/// Of the blocks in the order of their probability, so many that the F measure that may be expected of their words is greatest; and above which
/// probability a block was worth it.
///
/// With the probabilities taken at their word, a choice that holds `p·w` story words of `w` is expected to have
/// `(1 + β²)·Σp·w / (Σw + β²·T)`, where `T` is what all blocks together hold (after Lewis, "Evaluating and optimizing autonomous text
/// classification systems", 1995).
fn best_prefix(page: &Page, probabilities: &[f32], allowed: &[bool], beta: f32) -> (Vec<bool>, f32) {
    let rows = (0..).zip(page.blocks.iter().zip(allowed).zip(probabilities));
    let rows = rows.filter(|(_, ((block, allowed), _))| **allowed && block.words > 0);
    let total: f32 = rows.clone().map(|(_, ((block, _), probability))| probability * block.words as f32).sum();
    // The bits of such numbers are in the same order as they are.
    let mut order: BinaryHeap<(u32, Reverse<u32>)> = rows.map(|(i, (_, p))| (p.to_bits(), Reverse(i))).collect();
    let mut kept = vec![false; page.blocks.len()];
    let (mut story, mut taken, mut best) = (0.0, 0.0, 0.0);
    while let Some((_, Reverse(i))) = order.pop() {
        let words = page.blocks[i as usize].words as f32;
        story += probabilities[i as usize] * words;
        taken += words;
        let expected = story / (taken + beta * beta * total).max(f32::MIN_POSITIVE);
        // Once a block is not worth it, no less likely one is.
        if expected <= best {
            break;
        }
        best = expected;
        kept[i as usize] = true;
    }
    (kept, best)
}

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

fn kept_by_rule(page: &Page, block: &Block) -> bool {
    page.around(block).any(|(_, element)| keeps(element))
}

/// Does a rule of the site keep it?
fn keeps(element: &Element) -> bool {
    element.marks & Mark::KEEP != 0
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
