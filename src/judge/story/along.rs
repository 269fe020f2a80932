//! What goes with the blocks that were chosen, and what does not stay without others.
//!
//! The model judges each block by itself, and thinks little of what is short: a heading, the last sentence, a standfirst, one item of a list. What
//! stands beside them says more. Each step adds to the choice or takes from it; which blocks promise most is decided before.

use super::{FIGURE, UNDER_HEADLINE, kept_by_rule};
use crate::judge::features::{Feature, Table};
use crate::judge::model::Judged;
use crate::page::{Block, Element, Page, Span};
use crate::scan::tag::{self, Tag, TagSet};

/// A short block between or beside its like goes with it, unless the model is surer than [`UNLIKELY`] that it is none: the last sentence of a
/// story, one item of a list; a note that leads back to where the story names it needs no such neighbour. It changes the F measure by nothing
/// and what a reader sees by much.
pub(super) fn with_siblings(page: &Page, probabilities: &[f32], allowed: &[bool], kept: &mut [bool]) {
    let alike = |a: usize, b: usize| {
        let element = |i: usize| page.blocks.get(i).and_then(|block| page.elements.get(block.element as usize));
        let table =
            |i: usize| page.blocks.get(i).and_then(|block| page.closest(block, TagSet::of(&[Tag::Table]))).map(|(at, _)| at);
        matches!((element(a), element(b)), (Some(a), Some(b))
            if a.parent == b.parent && look_alike(page, a, b))
            || table(a).is_some() && table(a) == table(b)
    };
    // Forwards and backwards, so that what was added takes its own like along.
    let rows = 0..kept.len();
    for (i, other) in rows.clone().map(|i| (i, i.wrapping_sub(1))).chain(rows.rev().map(|i| (i, i + 1))) {
        let may = !kept[i] && allowed[i] && probabilities[i] >= NOTE_LIKELY && is_whole(page, &page.blocks[i]);
        let beside = || kept.get(other).copied().unwrap_or(false) && alike(i, other) || is_between(page, kept, i);
        kept[i] |= may && (probabilities[i] >= UNLIKELY && beside() || leads_back(page.text_of(&page.blocks[i])));
    }
    with_cousins(page, probabilities, allowed, kept);
}

/// Stand right before a block and right behind it blocks of the story, all three side by side in one element? That is a line of code or a note.
fn is_between(page: &Page, kept: &[bool], i: usize) -> bool {
    let parent = |i: usize| page.elements.get(page.blocks[i].element as usize).map(|element| element.parent);
    let beside = |mut rows: std::ops::Range<usize>, back: bool| {
        let mut words = |i: &usize| page.blocks[*i].words > 0;
        let other = if back { rows.rfind(&mut words) } else { rows.find(&mut words) };
        other.is_some_and(|other| kept[other] && parent(other) == parent(i))
    };
    parent(i).is_some() && beside(0..i, true) && beside(i + 1..kept.len(), false)
}

/// Answers to questions, texts of cards, paragraphs: where most of what stands at the same place of the items of a list is story, the one that is
/// left out is too. Items are elements of one kind beside each other: the blocks' own, or some levels above them.
fn with_cousins(page: &Page, probabilities: &[f32], allowed: &[bool], kept: &mut [bool]) {
    for i in 0..kept.len() {
        if kept[i] || !allowed[i] || probabilities[i] < UNLIKELY || page.blocks[i].sentences == 0 {
            continue;
        }
        let near = i.saturating_sub(ITEM_BLOCKS)..(i + 1 + ITEM_BLOCKS).min(kept.len());
        let (mut story, mut other) = (0, 0);
        for row in near.filter(|row| *row != i && are_cousins(page, i, *row)) {
            *if kept[row] { &mut story } else { &mut other } += 1;
        }
        kept[i] = story >= ITEMS && other <= OTHER_ITEMS;
    }
}

/// The same tag, the same class words.
fn look_alike(page: &Page, one: &Element, other: &Element) -> bool {
    one.tag == other.tag && page.string(one.words) == page.string(other.words)
}

/// Do two blocks stand at the same place of two items?
fn are_cousins(page: &Page, one: usize, other: usize) -> bool {
    let mut at = (page.blocks[one].element, page.blocks[other].element);
    for _ in 0..ITEM_LEVELS {
        let (Some(a), Some(b)) = (page.elements.get(at.0 as usize), page.elements.get(at.1 as usize)) else { return false };
        if at.0 == at.1 || !look_alike(page, a, b) {
            return false;
        }
        if a.parent == b.parent {
            return true;
        }
        at = (a.parent, b.parent);
    }
    false
}

/// An answer that is hidden until someone asks goes with its question, where that is the first of the element around both, and story. `least`: how
/// likely a block must be, but for its being hidden.
pub(super) fn with_answers(page: &Page, probabilities: &[f32], least: impl Fn(u32) -> f32, kept: &mut [bool]) {
    for i in 0..kept.len() {
        let block = &page.blocks[i];
        if kept[i] || !block.hidden || block.sentences == 0 || probabilities[i] < UNLIKELY.max(least(i as u32)) {
            continue;
        }
        let items = page.around(block).map(|(_, element)| element.blocks.range()).take_while(|item| item.len() <= ANSWER_BLOCKS);
        let mut firsts = items.filter_map(|item| item.into_iter().find(|at| page.blocks[*at].words > 0));
        kept[i] = firsts.find(|first| !page.blocks[*first].hidden).is_some_and(|first| {
            let asks = page.text_of(&page.blocks[first]).trim_end().ends_with(QUESTION_MARKS);
            first < i && asks && kept[first]
        });
    }
}

/// A heading goes with the text that stands right under it, and so does the caption of a table: short ones look like labels to the model, what
/// they head does not.
pub(super) fn with_headings(page: &Page, judged: &Judged, table: &Table, allowed: &[bool], kept: &mut [bool]) {
    let mut below: Option<usize> = None;
    for i in (0..kept.len()).rev().filter(|i| page.blocks[*i].words > 0) {
        let story = |below: &usize| kept[*below] && table.get(*below, Feature::Heading) == 0.0;
        let may = || {
            allowed[i]
                && judged.probabilities[i] >= HEADING_LIKELY
                && table.get(i, Feature::LinkShare) < HEADING_LINKED
                && table.get(i, Feature::Section) == 0.0
        };
        // What stands around a block is looked at last: most blocks have no story below them.
        if let Some(below) = below.filter(story)
            && !kept[i]
            && may()
        {
            kept[i] = headed(page, i).is_some_and(|headed| headed.range().contains(&below));
        }
        below = Some(i);
    }
}

/// Of a heading, the blocks of the element that it stands in.
pub(super) fn headed(page: &Page, block: usize) -> Option<Span> {
    let (_, heading) = page.closest(&page.blocks[block], tag::HEADING.with(Tag::Caption))?;
    page.elements.get(heading.parent as usize).map(|around| around.blocks)
}

/// An article does not end with a heading, nor with a line that announces something ("Read on:"): what they lead to was left out.
pub(super) fn without_dangling(page: &Page, table: &Table, kept: &mut [bool]) {
    while let Some(last) = kept.iter().rposition(|kept| *kept) {
        let block = &page.blocks[last];
        let text = page.text_of(block);
        let heading = |i: usize| table.get(i, Feature::Heading) > 0.0;
        // Where one heading follows the other, headings are the story.
        let alone = heading(last) && kept[..last].iter().rposition(|kept| *kept).is_some_and(|before| !heading(before));
        // Before a wall a story breaks off in the middle; what is announced by a page are links.
        let behind = page.blocks[last + 1..].iter().find(|block| block.words > 0);
        let links = behind.is_some_and(|block| !block.removed && 2 * block.link_words >= block.words);
        let announces = links && block.words <= ANNOUNCING_WORDS && block.sentences == 0 && text.trim_end().ends_with(':');
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
pub(super) fn with_standfirst(
    page: &Page,
    judged: &Judged,
    table: &Table,
    allowed: &[bool],
    headline: Option<u32>,
    kept: &mut [bool],
) {
    // A headline that reads otherwise than the page's title is the last first heading above the story.
    let heading = || {
        let story = kept.iter().position(|kept| *kept)?;
        (0..story).rev().find(|i| table.get(*i, Feature::Heading) == 1.0)
    };
    let Some(headline) = headline.map(|headline| headline as usize).or_else(heading) else { return };
    let start = headline + 1;
    let Some(first) = kept.iter().skip(start).position(|kept| *kept) else { return };
    let mut place = 0;
    // Lists of other stories may stand between: then what is right over the story.
    let over_story = start + first.saturating_sub(OVER_STORY);
    for i in (start..start + first).filter(|i| *i < start + UNDER_HEADLINE || *i >= over_story) {
        let block = &page.blocks[i];
        place += usize::from(block.words > 0);
        let least = if place == 1 && block.sentences > 0 { NEXT_LIKELY } else { STANDFIRST_LIKELY };
        let likely = block.words >= STANDFIRST_WORDS && judged.probabilities[i] >= least;
        let named = (place <= 2 || i >= over_story)
            && block.words >= DESCRIBED_WORDS
            && judged.probabilities[i] >= NAMED_LIKELY
            // A paragraph is named by what is around it.
            && page.around(block).take(2).any(|(_, element)| is_standfirst(page.string(element.words)));
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
/// So many blocks above the story: a byline and a date stand between. On the training pages 3 to 6 did alike.
const OVER_STORY: usize = 4;
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
pub(super) fn is_whole(page: &Page, block: &Block) -> bool {
    let part = TagSet::of(&[Tag::Li, Tag::Td, Tag::Th, Tag::Dd, Tag::Dt, Tag::Pre]);
    block.words > 0 && (block.sentences > 0 || page.closest(block, part).is_some())
}

/// See [`with_headings`]. On the training pages two of three such headings are story from here on, linked ones and those that announce something
/// else counted; below it half of them.
const HEADING_LIKELY: f32 = 0.3;
const HEADING_LINKED: f32 = 0.3;
/// See [`without_dangling`]. Chosen, not measured.
const ANNOUNCING_WORDS: u32 = 12;

/// See [`with_siblings`]. Values from 0.2 to 0.4 did alike on the training pages.
const UNLIKELY: f32 = 0.25;
/// A note that leads back. Over two folds no page is chosen otherwise by it; with appeals put in, one note between 0.2 and [`UNLIKELY`] was lost.
const NOTE_LIKELY: f32 = 0.1;

/// See [`with_answers`]. Over two folds six of seven such answers are story; of those in items of any length a quarter are.
const ANSWER_BLOCKS: usize = 12;
/// Greek's own is a semicolon, which lines of code end in.
const QUESTION_MARKS: [char; 3] = ['?', '？', '؟'];

/// See [`with_cousins`]. Chosen so that it costs articles nothing on the training pages; with one kept item instead of three it did.
const ITEMS: usize = 3;
const OTHER_ITEMS: usize = 1;
const ITEM_BLOCKS: usize = 18;
const ITEM_LEVELS: usize = 4;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;
    use crate::{Rules, Sieve};

    /// The blocks of a page that go along with those that hold `chosen`, where every other has the probability `likely`.
    fn taken(page: &str, chosen: &str, likely: f32, step: impl Fn(&Page, &[f32], &mut [bool])) -> Vec<String> {
        let story = Sieve::builder().rules(Rules::none()).build().unwrap().story(page.as_bytes()).unwrap();
        let page = &story.page;
        let mut kept: Vec<bool> = page.blocks.iter().map(|block| page.text_of(block).contains(chosen)).collect();
        let (before, probabilities) = (kept.clone(), vec![likely; kept.len()]);
        step(page, &probabilities, &mut kept);
        let rows = page.blocks.iter().zip(before.iter().zip(&kept)).filter(|(_, (before, now))| before != now);
        rows.map(|(block, _)| page.text_of(block).trim().to_owned()).collect()
    }

    #[test]
    fn a_folded_answer_goes_with_its_question() {
        let item = |question: &str, hidden: &str| {
            format!("<div><p>{question}</p><div {hidden}><p>In the second week of May, as a rule.</p></div></div>")
        };
        let answers = |page: &str, likely: f32| {
            taken(page, "swallows", likely, |page, probabilities, kept| with_answers(page, probabilities, |_| 0.0, kept))
        };
        let answer = vec!["In the second week of May, as a rule.".to_owned()];
        let folded = item("When do the swallows come?", "hidden");
        assert_eq!(answers(&folded, UNLIKELY), answer);
        assert_eq!(answers(&folded, UNLIKELY - 0.01), Vec::<String>::new());
        assert_eq!(answers(&item("The swallows came late.", "hidden"), 0.9), Vec::<String>::new());
        // What is seen is judged by itself.
        assert_eq!(answers(&item("When do the swallows come?", ""), 0.9), Vec::<String>::new());
    }

    #[test]
    fn what_stands_between_two_blocks_of_the_story_goes_with_them() {
        let between = |page: &str| {
            taken(page, "swallows", UNLIKELY, |page, probabilities, kept| {
                with_siblings(page, probabilities, &vec![true; kept.len()], kept);
            })
        };
        let code = "<pre>wake --at dawn</pre>";
        let (one, other) = ("<p>The swallows wake us, so we wrote:</p>", "<p>Since then the swallows sleep longer.</p>");
        assert_eq!(between(&format!("<div>{one}{code}{other}</div>")), ["wake --at dawn"]);
        assert_eq!(between(&format!("<div>{one}<div>{code}</div>{other}</div>")), Vec::<String>::new());
        assert_eq!(between(&format!("<div>{one}{code}</div>")), Vec::<String>::new());
        // A note that leads back needs no neighbour.
        assert_eq!(between("<div><p>Not the ones under the eaves. ↩</p></div>"), ["Not the ones under the eaves. ↩"]);
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
