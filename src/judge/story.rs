//! Which blocks are the story.
//!
//! A site's `[story]` decides where there is one. Else the smallest element that holds nearly all of the page's running text is looked for,
//! and of its blocks those are kept that read like a story and not like what surrounds one: by link density, length, tag, the
//! words of class names, and headings that announce something else. All of it works on the recorded block table; this module must
//! not know how that was filled, or how a story is written.

use once_cell::sync::Lazy;
use rustc_hash::FxHashSet;

use crate::page::{Block, Mark, NONE, Page};
use crate::scan::tag::{self, Tag, TagSet};
use crate::text::fold;

/// The blocks that were chosen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// Indexes of the page's blocks, in page order.
    pub(crate) blocks: Vec<u32>,
}

impl Choice {
    /// All that no rule removed: for texts that are nothing but their story.
    pub(crate) fn everything(page: &Page) -> Self {
        Self { blocks: (0..page.blocks.len() as u32).filter(|i| !page.blocks[*i as usize].removed).collect() }
    }
}

/// A block of so many words that are mostly no links is running text.
const RUNNING_WORDS: u32 = 10;
/// More of a block's words in links than this, and it is a list of links.
const LINKED: f32 = 0.5;
/// An element that holds this share of the running text is no side matter, whatever it is called.
const MAIN_SHARE: f32 = 0.4;
/// More blocks between headline and story than this, and they are something else.
const MOST_LEAD: usize = 12;
/// The search for the story's element goes down into a child that holds this share of its parent's running text.
const DOWN_SHARE: f32 = 0.8;

const SIDE: TagSet = TagSet::of(&[
    Tag::Nav,
    Tag::Footer,
    Tag::Aside,
    Tag::Dialog,
    Tag::Menu,
    Tag::Search,
    Tag::Fieldset,
    Tag::Select,
    Tag::Optgroup,
]);
const LISTS: TagSet = TagSet::of(&[Tag::Ul, Tag::Ol, Tag::Menu, Tag::Dl]);

/// Words of class names, ids and roles that side matter goes by.
const SIDE_WORDS: &[&str] = &[
    "nav",
    "navigation",
    "navbar",
    "menu",
    "submenu",
    "breadcrumb",
    "breadcrumbs",
    "footer",
    "sidebar",
    "complementary",
    "contentinfo",
    "comment",
    "comments",
    "commentlist",
    "disqus",
    "respond",
    "reply",
    "related",
    "recommended",
    "recommendations",
    "recirc",
    "share",
    "sharing",
    "sharebar",
    "social",
    "sharedaddy",
    "promo",
    "promotion",
    "sponsor",
    "sponsored",
    "newsletter",
    "signup",
    "subscribe",
    "subscription",
    "cookie",
    "cookies",
    "consent",
    "gdpr",
    "ad",
    "ads",
    "advert",
    "advertisement",
    "banner",
    "popup",
    "modal",
    "dialog",
    "tags",
    "taglist",
    "byline",
    "pagination",
    "pager",
    "toolbar",
    "login",
    "copyright",
    "outbrain",
    "taboola",
    "trending",
    "popular",
    "teaser",
    "teasers",
    "widget",
    "skip",
    "print",
    "rating",
    "hidden",
    "noprint",
    "authorbox",
    "bio",
    "meta",
    "metadata",
    "replies",
    "similar",
    "foot",
    "dateline",
    "timestamp",
    "toc",
    "paywall",
    "donate",
    "donation",
    "carousel",
    "slider",
    "prevnext",
    "readmore",
];

static SIDE_WORDS_SET: Lazy<FxHashSet<&'static [u8]>> = Lazy::new(|| SIDE_WORDS.iter().map(|word| word.as_bytes()).collect());

/// Headings that announce what is no part of the story, folded.
const OTHER_MATTER: &[&str] = &[
    "related",
    "read more",
    "read next",
    "more from",
    "more on",
    "more stories",
    "you may also like",
    "you might also like",
    "see also",
    "comments",
    "leave a comment",
    "leave a reply",
    "share this",
    "about the author",
    "about author",
    "recommended",
    "popular",
    "most read",
    "most popular",
    "trending",
    "tags",
    "latest",
    "sign up",
    "newsletter",
    "subscribe",
    "follow us",
    "advertisement",
    "mehr zum thema",
    "mehr zu",
    "das konnte sie auch interessieren",
    "das könnte sie auch interessieren",
    "kommentare",
    "lesen sie auch",
    "weitere artikel",
    "articulos relacionados",
    "artículos relacionados",
    "comentarios",
    "te puede interesar",
    "sur le même sujet",
    "à lire aussi",
    "commentaires",
    "articles similaires",
    "leggi anche",
    "commenti",
    "articoli correlati",
    "lees ook",
    "reacties",
    "читайте также",
    "комментарии",
    "похожие материалы",
    "powiązane",
    "komentarze",
    "czytaj także",
    "関連記事",
    "相关文章",
    "コメント",
];

/// Chooses the story's blocks. `headline`: the block that shows the headline, which is written apart.
pub(crate) fn choose(page: &Page, headline: Option<u32>) -> Choice {
    let doubles = Doubles::of(page);
    let usable = |i: u32| {
        let block = &page.blocks[i as usize];
        !block.removed && Some(i) != headline && !doubles.has(page, block)
    };
    if let Some(selector) = page.roots.iter().map(|root| root.selector).min() {
        let mut blocks: Vec<u32> = page
            .roots
            .iter()
            .filter(|root| root.selector == selector)
            .flat_map(|root| page.elements[root.element as usize].blocks.range())
            .map(|i| i as u32)
            .filter(|i| usable(*i))
            .collect();
        blocks.sort_unstable();
        blocks.dedup();
        return Choice { blocks };
    }
    let side = side_elements(page);
    let is_side = |block: &Block| block.element != NONE && side[block.element as usize];
    let good: Vec<bool> = (0..page.blocks.len() as u32)
        .map(|i| {
            let block = &page.blocks[i as usize];
            usable(i) && !block.hidden && !is_side(block)
        })
        .collect();
    let sums = sums(page, |i, block| if good[i] { running_words(block) } else { 0 });
    let range = main_range(page, &sums);
    let mut kept: Vec<bool> = vec![false; page.blocks.len()];
    let mut muted: Option<u8> = None;
    for i in range.clone() {
        let block = &page.blocks[i];
        let level = heading_level(page, block);
        if let Some(level) = level.filter(|_| good[i]) {
            if muted.is_some_and(|since| level <= since) {
                muted = None;
            }
            if announces_other(page.text_of(block)) {
                muted = Some(level);
            }
        }
        kept[i] = good[i] && muted.is_none() && (level.is_some() || reads_like_story(page, block) || kept_by_rule(page, block));
    }
    trim(page, &range, &mut kept);
    let range = with_lead(page, headline, range, &good, &mut kept);
    let mut blocks: Vec<u32> = range.filter(|i| kept[*i]).map(|i| i as u32).collect();
    if blocks.iter().map(|i| page.blocks[*i as usize].words).sum::<u32>() < RUNNING_WORDS {
        // No running text to go by: what is no side matter and no link is all there is.
        let all = 0..page.blocks.len() as u32;
        blocks = all
            .filter(|i| good[*i as usize] && page.blocks[*i as usize].words > 0 && !is_linked(&page.blocks[*i as usize]))
            .collect();
    }
    Choice { blocks }
}

/// Texts that stand in a `noscript` and once more outside.
struct Doubles(FxHashSet<String>);

impl Doubles {
    fn of(page: &Page) -> Self {
        if !page.blocks.iter().any(|block| block.noscript) {
            return Self(FxHashSet::default());
        }
        Self(page.blocks.iter().filter(|block| !block.noscript).map(|block| fold(page.text_of(block))).collect())
    }

    fn has(&self, page: &Page, block: &Block) -> bool {
        block.noscript && self.0.contains(&fold(page.text_of(block)))
    }
}

fn is_linked(block: &Block) -> bool {
    block.words > 0 && block.link_words as f32 / block.words as f32 > LINKED
}

fn running_words(block: &Block) -> u32 {
    if block.words >= RUNNING_WORDS && !is_linked(block) { block.words } else { 0 }
}

/// Sums over the blocks before each block, and over all.
fn sums(page: &Page, value: impl Fn(usize, &Block) -> u32) -> Vec<u32> {
    let mut total = 0;
    let mut sums = Vec::with_capacity(page.blocks.len() + 1);
    sums.push(0);
    for (i, block) in page.blocks.iter().enumerate() {
        total += value(i, block);
        sums.push(total);
    }
    sums
}

/// For each element: is it, or one around it, side matter?
fn side_elements(page: &Page) -> Vec<bool> {
    let sums = sums(page, |_, block| if block.removed { 0 } else { running_words(block) });
    let total = sums.last().copied().unwrap_or(0) as f32;
    let mut side = Vec::with_capacity(page.elements.len());
    for element in &page.elements {
        let inside = sums[element.blocks.end as usize] - sums[element.blocks.start as usize];
        let main = total > 0.0 && inside as f32 >= total * MAIN_SHARE;
        let around = element.parent != NONE && side[element.parent as usize];
        let header =
            element.tag == Tag::Header && !page.up(element.parent).any(|(_, e)| matches!(e.tag, Tag::Article | Tag::Main));
        let source = element.tag == Tag::Footer && page.up(element.parent).take(1).any(|(_, e)| e.tag == Tag::Blockquote);
        let called = || {
            let words = page.string(element.words).as_bytes();
            words.split(|byte| matches!(byte, b' ' | b'-' | b'_')).any(|word| SIDE_WORDS_SET.contains(word))
        };
        // A box of facts beside the text has no links; what leads elsewhere is made of them.
        let facts = element.tag == Tag::Aside
            && inside_story(page, element.parent)
            && page.blocks[element.blocks.range()].iter().all(|b| b.links == 0 && b.controls == 0);
        let quiet = source || facts;
        side.push(around || !main && (SIDE.has(element.tag) && !quiet || header || called()));
    }
    side
}

fn inside_story(page: &Page, parent: u32) -> bool {
    page.up(parent).any(|(_, e)| e.tag == Tag::Article)
}

/// The blocks of the smallest element that holds nearly all running text.
fn main_range(page: &Page, sums: &[u32]) -> std::ops::Range<usize> {
    let inside = |index: usize| {
        let blocks = page.elements[index].blocks;
        sums[blocks.end as usize] - sums[blocks.start as usize]
    };
    // Elements stand in the table in page order, so the parent of each comes before it.
    let mut range = 0..page.blocks.len();
    let mut here = NONE;
    let mut words = sums.last().copied().unwrap_or(0);
    for (index, element) in page.elements.iter().enumerate() {
        if element.parent == here && words > 0 && inside(index) as f32 >= words as f32 * DOWN_SHARE && element.tag != Tag::P {
            here = index as u32;
            words = inside(index);
            range = element.blocks.range();
        }
    }
    range
}

fn heading_level(page: &Page, block: &Block) -> Option<u8> {
    let (_, heading) = page.closest(block, tag::HEADING)?;
    Some(heading.tag as u8 - Tag::H1 as u8 + 1)
}

pub(crate) fn announces_other(text: &str) -> bool {
    if text.len() > 200 {
        return false;
    }
    let folded = fold(text);
    let folded = folded.trim_end_matches([':', '.', ' ']);
    OTHER_MATTER.iter().any(|phrase| {
        folded.strip_prefix(phrase).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ') && rest.split(' ').count() <= 4)
    })
}

fn kept_by_rule(page: &Page, block: &Block) -> bool {
    page.around(block).any(|(_, e)| e.marks & Mark::KEEP != 0)
}

fn reads_like_story(page: &Page, block: &Block) -> bool {
    if block.words == 0 {
        return block.images > 0 && page.closest(block, TagSet::of(&[Tag::Figure, Tag::P])).is_some();
    }
    if block.controls > 0 && block.words < 3 * RUNNING_WORDS {
        return false;
    }
    if let Some((_, list)) = page.closest(block, LISTS) {
        return !is_list_of_links(page, list.blocks.range()) && !is_linked(block);
    }
    let tag = page.elements.get(block.element as usize).map_or(Tag::Body, |e| e.tag);
    if is_linked(block) {
        return false;
    }
    match tag {
        Tag::Footer => true, // only that of a quotation comes so far
        Tag::P | Tag::Blockquote | Tag::Pre | Tag::Td | Tag::Th | Tag::Figcaption | Tag::Caption => true,
        _ => block.words >= RUNNING_WORDS || block.sentences > 0 && block.words > 3,
    }
}

fn is_list_of_links(page: &Page, range: std::ops::Range<usize>) -> bool {
    let blocks = &page.blocks[range];
    let words: u32 = blocks.iter().map(|b| b.words).sum();
    let linked: u32 = blocks.iter().map(|b| b.link_words).sum();
    words > 0 && linked as f32 / words as f32 > LINKED
}

/// What stands between the headline and the story's element and belongs to both: a picture's caption, a standfirst.
fn with_lead(
    page: &Page,
    headline: Option<u32>,
    range: std::ops::Range<usize>,
    good: &[bool],
    kept: &mut [bool],
) -> std::ops::Range<usize> {
    let Some(start) = headline.map(|h| h as usize + 1).filter(|start| *start < range.start && range.start - start <= MOST_LEAD)
    else {
        return range;
    };
    for i in start..range.start {
        let block = &page.blocks[i];
        let caption = page.closest(block, TagSet::of(&[Tag::Figcaption])).is_some();
        let tag = page.elements.get(block.element as usize).map_or(Tag::Body, |e| e.tag);
        let standfirst = matches!(tag, Tag::P | Tag::H2) && running_words(block) > 0;
        kept[i] = good[i] && (caption || standfirst) && !is_linked(block);
    }
    start..range.end
}

/// Takes off what stands before the first and behind the last block of running text, and headings with nothing under them.
fn trim(page: &Page, range: &std::ops::Range<usize>, kept: &mut [bool]) {
    let strong = |i: &usize| {
        let block = &page.blocks[*i];
        let paragraph = page.elements.get(block.element as usize).is_some_and(|e| e.tag == Tag::P);
        kept[*i]
            && (running_words(block) > 0 || block.sentences > 0 && (block.words > 4 || paragraph))
            && heading_level(page, block).is_none()
    };
    let (Some(first), Some(last)) = (range.clone().find(strong), range.clone().rev().find(strong)) else { return };
    let in_list =
        |i: usize| page.closest(&page.blocks[i], LISTS.and(TagSet::of(&[Tag::Table, Tag::Pre, Tag::Blockquote]))).is_some();
    for (i, kept) in kept.iter_mut().enumerate().take(first).skip(range.start) {
        *kept &= heading_level(page, &page.blocks[i]).is_some() || in_list(i) || page.blocks[i].images > 0;
    }
    for (i, kept) in kept.iter_mut().enumerate().take(range.end).skip(last + 1) {
        *kept &= in_list(i);
    }
    let mut below = false;
    for i in range.clone().rev() {
        if kept[i] && heading_level(page, &page.blocks[i]).is_some() {
            kept[i] = below;
        } else if kept[i] {
            below = true;
        }
    }
}
