//! The headline: which of a page's titles it is, and which block shows it.
//!
//! Looked at on 1,319 real pages before this was written: on five of six stories the headline is an `h1` in the page's own wording,
//! mostly one that says what `og:title` says, often one that says it in other words. The `h1`s that mislead are the site's
//! name, or stand behind the story. So an `h1` near the beginning that shares words with a declared title wins, and what is
//! declared is the fallback. It must not know where a declared title comes from.

use std::cell::OnceCell;

use super::likeness::Wording;
use super::site::{Site, is_shorter_end};
use crate::page::{Block, Element, Mark, Page, Said, Value};
use crate::scan::tag::{HEADING, Tag, TagSet};

/// So many words of running text may stand before a headline (a notice, a teaser); further down it is a heading of the story.
const NEAR: u32 = 120;

/// Likeness from which two wordings are one headline wherever they stand.
const ALIKE: usize = 600;

/// Likeness a heading below `h1`, or an element named like a title, must reach.
const SURELY_ALIKE: usize = 800;

/// The most `h1`s, and the most other headings, looked at.
const MANY: usize = 50;
const MANY_OTHERS: usize = 400;

/// The most blocks in a heading; one that was never closed has more.
const MOST_BLOCKS: usize = 8;

/// The most bytes in a heading.
const LONGEST: usize = 4000;

const NOT_STORY: TagSet = TagSet::of(&[Tag::Nav, Tag::Footer, Tag::Aside, Tag::Dialog]);

/// The places of a page that may show its headline.
#[derive(Debug)]
pub(super) struct Headings<'p> {
    page: &'p Page,
    near_end: u32,
    /// Of the element that a `[story] title` selector matched.
    marked: Option<Heading>,
    /// What it says, if it is no heading that a reader sees.
    said: Option<String>,
    h1: Vec<Heading>,
    /// See [`Headings::others`]: looked for on the few pages whose `h1` is not the headline.
    others: OnceCell<Vec<Heading>>,
}

#[derive(Debug)]
struct Heading {
    text: String,
    wording: Wording,
    /// Its first block.
    block: u32,
    near: bool,
}

impl<'p> Headings<'p> {
    pub(super) fn of(page: &'p Page) -> Self {
        let near_end = near_end(page);
        let (mut marked, mut said) = (None, None);
        for place in page.said(Said::Title) {
            let element = page.elements.get(place.element as usize);
            marked = element.and_then(|e| heading(page, e, near_end));
            let unseen = element.is_none_or(|e| e.blocks.range().is_empty()) || matches!(place.value, Value::Declared(_));
            said = if marked.is_none() && unseen { super::clean(page.value(place.value)) } else { None };
            if marked.is_some() || said.is_some() {
                break;
            }
        }
        let h1 = page
            .elements
            .iter()
            .filter(|e| e.tag == Tag::H1 && !is_named(page, e, &["logo", "site-title", "site-name", "brand"]));
        let h1 = h1.filter_map(|e| heading(page, e, near_end)).take(MANY).collect();
        Self { page, near_end, marked, said, h1, others: OnceCell::new() }
    }

    /// `h2` to `h6` and elements whose class or id says title or headline.
    fn others(&self) -> &[Heading] {
        self.others.get_or_init(|| {
            let named = |e: &Element| is_named(self.page, e, &["headline", "entry-title", "post-title", "article-title"]);
            let others = self.page.elements.iter().filter(|e| e.tag != Tag::H1 && (HEADING.has(e.tag) || named(e)));
            others.filter_map(|e| heading(self.page, e, self.near_end)).take(MANY_OTHERS).collect()
        })
    }

    /// What the `h1`s say.
    pub(super) fn wordings(&self) -> impl Iterator<Item = Wording> {
        self.h1.iter().map(|heading| Wording::of(&heading.text))
    }

    /// The headline of the page.
    ///
    /// In order: the element the site's rules name; the `h1` most like a declared title, which near the beginning must share
    /// two words (or all that one of the two has) and a third of its own, elsewhere most; a lower heading that says the same as a declared
    /// title; the first declared title that is whole, without the site's name; without any, the first `h1` that is not the site's name.
    pub(super) fn title(&self, declared: &[Declared], site: &Site) -> Option<String> {
        if let Some(marked) = &self.marked {
            return Some(marked.text.clone());
        }
        if self.said.is_some() {
            return self.said.clone();
        }
        let titles: Vec<&Declared> = declared.iter().filter(|d| !site.is(&d.text)).collect();
        let is_site = |heading: &Heading| {
            let said = |d: &&Declared| Wording::of(&d.text).same(&heading.wording);
            let ends_one = titles.iter().any(|d| is_shorter_end(&d.text, &heading.text));
            (site.is(&heading.text) || ends_one) && !titles.iter().any(said)
        };
        let h1: Vec<&Heading> = self.h1.iter().filter(|heading| !is_site(heading)).collect();
        let mut texts: Vec<&str> = titles.iter().flat_map(|d| [d.text.as_str(), d.short(site)]).collect();
        texts.sort_unstable();
        texts.dedup();
        let wordings: Vec<Wording> = texts.into_iter().map(Wording::of).collect();
        let shown = best_of(h1.iter().copied().filter(|h| wordings.iter().any(|w| agrees(h, w))), &wordings)
            .or_else(|| best_of(self.others().iter().filter(|h| surely(h, &wordings)), &wordings));
        if let Some(heading) = shown {
            let text = site.cut(&heading.text, false);
            let bare = titles.iter().map(|d| d.text.as_str()).find(|title| follows_kicker(text, title));
            return Some(bare.unwrap_or(text).to_owned());
        }
        let first = || h1.iter().find(|h| h.near).or(h1.first()).map(|h| h.text.clone());
        whole(&titles, site).or_else(first).or_else(|| declared.first().map(|d| d.text.clone()))
    }

    /// The block that shows the headline: its first, if it has several.
    ///
    /// In order: the element the site's rules name; an `h1`, then a lower heading, that says the title; an `h1` like it; a heading much
    /// like it; an ordinary block before the running text that says it, as pages without headings have it. Of two
    /// `h1`s alike the later one near the beginning counts: the earlier belongs to a bar that follows the reader.
    pub(super) fn shown(&self, title: Option<&str>) -> Option<u32> {
        match (&self.marked, title) {
            (Some(marked), _) => Some(marked.block),
            (None, Some(title)) => self.block(title),
            (None, None) => None,
        }
    }

    fn block(&self, title: &str) -> Option<u32> {
        let title = [Wording::of(title)];
        let said = |heading: &&Heading| title.iter().any(|t| t.same(&heading.wording));
        let shown = best_of(self.h1.iter().filter(said), &title)
            .or_else(|| self.others().iter().find(said))
            .or_else(|| best_of(self.h1.iter().filter(|h| title.iter().any(|t| agrees(h, t))), &title))
            .or_else(|| best_of(self.others().iter().filter(|h| surely(h, &title)), &title));
        shown.map(|heading| heading.block).or_else(|| title.first().and_then(|t| plain_block(self.page, self.near_end, t)))
    }
}

/// A title from the page's head.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) text: String,
    /// It is made to carry the site's name, as `title` is and `headline` is not.
    pub(super) with_site: bool,
}

impl Declared {
    fn short(&self, site: &Site) -> &str {
        site.cut(&self.text, self.with_site)
    }
}

/// Does the heading say what the title says, in other words perhaps?
fn agrees(heading: &Heading, title: &Wording) -> bool {
    let shared = heading.wording.shared(title);
    // A single word is enough if one of the two says nothing else.
    let whole = shared > 0 && (shared == heading.wording.len() || shared == title.len());
    let related = 3 * shared >= heading.wording.len() && (shared >= 2 || whole);
    related && (heading.near || heading.wording.likeness(title) >= ALIKE)
}

fn surely(heading: &Heading, titles: &[Wording]) -> bool {
    titles.iter().any(|title| heading.wording.likeness(title) >= SURELY_ALIKE)
}

fn best_of<'h>(headings: impl Iterator<Item = &'h Heading>, titles: &[Wording]) -> Option<&'h Heading> {
    headings.max_by_key(|heading| {
        let likeness = titles.iter().map(|title| heading.wording.likeness(title)).max().unwrap_or(0);
        (likeness, heading.near, if heading.near { heading.block } else { u32::MAX - heading.block })
    })
}

/// Is the title what the heading says behind a kicker, a date or the like? The page's head gives it without.
fn follows_kicker(heading: &str, title: &str) -> bool {
    let before = heading.strip_suffix(title).filter(|before| before.ends_with(char::is_whitespace));
    let words = |text: &str| text.split_whitespace().count();
    before.is_some_and(|before| (1..=MOST_KICKER).contains(&words(before)) && words(title) >= LEAST_BEHIND_KICKER)
}

/// See [`follows_kicker`]. Chosen, not measured.
const MOST_KICKER: usize = 5;
const LEAST_BEHIND_KICKER: usize = 3;

/// The first title, unless it was cut short and another one goes on.
fn whole(titles: &[&Declared], site: &Site) -> Option<String> {
    let short: Vec<&str> = titles.iter().map(|d| d.short(site)).filter(|t| !t.is_empty()).collect();
    let first = short.first()?;
    let stem = first.strip_suffix('…').or_else(|| first.strip_suffix("...")).map(str::trim_end);
    let longer = stem.and_then(|stem| short.iter().find(|t| t.len() > first.len() && t.starts_with(stem)));
    Some((*longer.unwrap_or(first)).to_owned())
}

fn heading(page: &Page, element: &Element, near_end: u32) -> Option<Heading> {
    let range = element.blocks.range();
    let most = if HEADING.has(element.tag) || element.marks & Mark::TITLE != 0 { MOST_BLOCKS } else { 1 };
    if element.hidden || range.is_empty() || range.len() > most {
        return None;
    }
    let first = element.blocks.start;
    let blocks = page.blocks.get(range)?;
    if blocks.iter().map(|block| block.text.range().len()).sum::<usize>() > LONGEST {
        return None;
    }
    let words = blocks.iter().filter(|block| is_seen(block)).flat_map(|block| page.text_of(block).split_whitespace());
    let text = words.collect::<Vec<_>>().join(" ");
    let around = blocks.first().is_some_and(|block| page.closest(block, NOT_STORY).is_some());
    let wording = Wording::of(&text);
    if around || wording.is_empty() {
        return None;
    }
    Some(Heading { text, wording, block: first, near: first <= near_end })
}

fn plain_block(page: &Page, near_end: u32, title: &Wording) -> Option<u32> {
    let words = title.len() as u32;
    let alike = |block: &Block| {
        let size = block.words <= 2 * words + 4 && block.words > 0 && block.link_words == 0;
        size && is_seen(block) && Wording::of(page.text_of(block)).same(title)
    };
    let elsewhere = NOT_STORY.with(Tag::Li);
    let beginning = (0..=near_end).zip(&page.blocks);
    beginning.into_iter().find(|(_, b)| alike(b) && page.closest(b, elsewhere).is_none()).map(|(index, _)| index)
}

/// The last block with less than [`NEAR`] words of running text before it.
fn near_end(page: &Page) -> u32 {
    let mut prose = 0;
    for (index, block) in (0u32..).zip(&page.blocks) {
        prose = prose_words(block).saturating_add(prose);
        if prose >= NEAR {
            return index;
        }
    }
    u32::MAX
}

/// The words of a block that reads like running text.
fn prose_words(block: &Block) -> u32 {
    let is_prose = is_seen(block) && block.words >= 20 && block.sentences > 0 && block.link_words.saturating_mul(3) < block.words;
    if is_prose { block.words } else { 0 }
}

fn is_seen(block: &Block) -> bool {
    !block.removed && !block.hidden && !block.noscript
}

/// Is one of the element's class, id, role and itemprop words one of these, or does it end in one?
fn is_named(page: &Page, element: &Element, names: &[&str]) -> bool {
    let is_one = |word: &[u8]| names.iter().any(|name| word.last() == name.as_bytes().last() && word.ends_with(name.as_bytes()));
    page.string(element.words).as_bytes().split(|b| *b == b' ').any(is_one)
}
