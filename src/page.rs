//! What is recorded of a page while it streams by: its blocks of text, the elements around them, and what its head says.
//!
//! A *block* is the text between two tags that begin or end a block on the page (a paragraph, a list item, a table cell, loose
//! text beside either). Blocks and elements stand in flat tables in page order and refer to each other by index; there is
//! no tree. Nothing here is judged: which blocks are the story is for `judge::story`, how they are written for `render`. This
//! module must not know why anything was recorded.

use std::ops::Range;

use crate::scan::tag::{Tag, TagSet};

/// No element: the parent of the outermost ones.
pub(crate) const NONE: u32 = u32::MAX;

/// A range of [`Page::text`] or [`Page::strings`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(crate) fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// One step of a block's content. Every [`Inline::Open`] of a block has its [`Inline::Close`] in the same block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inline {
    /// Text, character references decoded, white space collapsed to single spaces (kept as it is inside `pre`).
    Text(Span),
    /// An inline element begins. `value` is the raw-decoded `href` of an `a` (a range of [`Page::strings`]), else empty.
    Open { tag: Tag, value: Span },
    /// It ends.
    Close(Tag),
    /// A `br`.
    Break,
    /// An image, by index into [`Page::images`].
    Image(u32),
}

/// An `img` with what it says of itself; every span is a range of [`Page::strings`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Image {
    /// The address: `src`, or what a lazy loader would put there (`data-src`, the best of `srcset`, ...). Empty: none was found, or the
    /// picture stands beside it once more.
    pub(crate) src: Span,
    pub(crate) alt: Span,
    /// The `width` and `height` attributes in pixels; 0 where not given.
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// An element that can hold blocks (every element that is not inline, and inline ones that hold block elements).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element {
    pub(crate) tag: Tag,
    /// Index of the element around it, or [`NONE`].
    pub(crate) parent: u32,
    /// How many elements stand around it.
    pub(crate) depth: u32,
    /// Its `class` and `id` and `role` and `itemprop`, lower case, one space between, as a range of [`Page::strings`].
    pub(crate) words: Span,
    /// Elements of one number here have the same words; there are [`Page::looks`] numbers.
    pub(crate) look: u32,
    /// Its blocks: a range of [`Page::blocks`].
    pub(crate) blocks: Span,
    /// The same selectors' list index that matched it, see [`Mark`]; a bit each.
    pub(crate) marks: u8,
    /// `hidden`, `aria-hidden="true"` or an inline style that hides it, here or around it.
    pub(crate) hidden: bool,
    /// For `ol`: its `start`, 1 if not given. For `td` and `th`: its `colspan`, 1 if not given.
    pub(crate) number: u32,
    /// For `pre` and `code`: the language its class names (`language-rust`), in [`Page::strings`].
    pub(crate) language: Span,
}

/// Bits of [`Element::marks`].
pub(crate) struct Mark;

impl Mark {
    /// A `[story] keep` selector of the page's site matched it.
    pub(crate) const KEEP: u8 = 1;
    /// A `[story] title` selector matched it.
    pub(crate) const TITLE: u8 = 2;
}

/// A block of text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Block {
    /// The innermost [`Element`] around it.
    pub(crate) element: u32,
    /// Its steps: a range of [`Page::inlines`].
    pub(crate) inlines: Span,
    /// Its words: a range of [`Page::text`].
    pub(crate) text: Span,
    /// Where it stands in the input, in bytes.
    pub(crate) bytes: (u64, u64),
    /// White-space separated words (for scripts without spaces: letters by two).
    pub(crate) words: u32,
    /// Words inside links.
    pub(crate) link_words: u32,
    /// Links.
    pub(crate) links: u16,
    /// `.`, `!`, `?` and their kin of other scripts at the end of a sentence.
    pub(crate) sentences: u16,
    /// Images in it.
    pub(crate) images: u16,
    /// Buttons, inputs, selects and text areas in it.
    pub(crate) controls: u16,
    /// How much its words ask, bar, thank or offer; 0 for a text without such words.
    pub(crate) asks: f32,
    /// It is a heading behind which no story stands ("read also").
    pub(crate) section: bool,
    /// It is a line that only leads to another story ("read also: …") or says whose a picture is ("photo: …").
    pub(crate) aside: bool,
    /// It says that the rest is for some only.
    pub(crate) wall: bool,
    /// A rule removed it.
    pub(crate) removed: bool,
    /// It is hidden (see [`Element::hidden`]).
    pub(crate) hidden: bool,
    /// It comes from inside a `noscript`.
    pub(crate) noscript: bool,
}

/// An element that one of the `[story] select` selectors of the page's site matched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoryRoot {
    /// Which selector of the list, from 0.
    pub(crate) selector: u32,
    pub(crate) element: u32,
}

/// What a site's rules name the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Title,
    Author,
    Date,
}

/// A place that one of a site's `[story] title`, `author` or `date` selectors matched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SaidHere {
    pub(crate) said: Said,
    /// Which selector of the list, from 0.
    pub(crate) selector: u32,
    /// The element, or [`NONE`] for one that holds no text.
    pub(crate) element: u32,
    pub(crate) value: Value,
}

/// Where a place says what it says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    /// In an attribute, or in the head: a range of [`Page::strings`].
    Declared(Span),
    /// In its text: a range of [`Page::text`].
    Shown(Span),
}

/// What the page's head, and marked places of its body, say about the story.
#[derive(Debug, Default)]
pub(crate) struct Head {
    /// `meta` elements in page order: the `name`, `property`, `itemprop` or `http-equiv` in lower case, and the `content`, decoded.
    pub(crate) metas: Vec<(String, String)>,
    /// `script type=application/ld+json` texts, raw.
    pub(crate) json_ld: Vec<String>,
    /// The text of the first `title` element outside svg, decoded and collapsed.
    pub(crate) title: String,
    /// The `lang` of `html`.
    pub(crate) lang: String,
    /// `link rel=canonical`.
    pub(crate) canonical: String,
    /// `base href`.
    pub(crate) base: String,
    /// `datetime` of the `time` elements in page order, with the index of the block they stand in.
    pub(crate) times: Vec<(String, u32)>,
    /// Texts of `a rel=author`, and blocks of elements with `itemprop=author` or a class word `byline` or `author`, by block index.
    pub(crate) author_blocks: Vec<u32>,
}

/// Nothing a reader sees as the structure of a page is deeper; bounds what a hostile page costs.
const MOST_LEVELS: usize = 256;

/// A page as it was seen.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) strings: String,
    pub(crate) inlines: Vec<Inline>,
    pub(crate) images: Vec<Image>,
    pub(crate) elements: Vec<Element>,
    /// How many wordings the elements have, see [`Element::look`].
    pub(crate) looks: usize,
    pub(crate) blocks: Vec<Block>,
    pub(crate) roots: Vec<StoryRoot>,
    pub(crate) said: Vec<SaidHere>,
    pub(crate) head: Head,
    /// Parts of it were sent late, see [`streamed`](crate::record::streamed).
    pub(crate) streamed: bool,
}

impl Page {
    /// The words of a block, as a reader sees them.
    pub(crate) fn text_of(&self, block: &Block) -> &str {
        &self.text[block.text.range()]
    }

    /// Takes the end of a block away, from a place in the text on; not of one that a rule removed. `bytes`: where the block stands. Is
    /// there such a block?
    pub(crate) fn shorten(&mut self, bytes: (u64, u64), at: u32) -> bool {
        let Ok(index) = self.blocks.binary_search_by_key(&bytes.0, |block| block.bytes.0) else { return false };
        let block = &mut self.blocks[index];
        if block.removed || block.bytes != bytes || at <= block.text.start || at >= block.text.end {
            return false;
        }
        let head = self.text[block.text.start as usize..at as usize].trim_end();
        block.text.end = block.text.start + head.len() as u32;
        crate::record::count(block, head);
        block.link_words = block.link_words.min(block.words);
        for step in &mut self.inlines[block.inlines.range()] {
            if let Inline::Text(span) = step {
                span.end = span.end.min(block.text.end).max(span.start);
            }
        }
        true
    }

    /// A recorded attribute value.
    pub(crate) fn string(&self, span: Span) -> &str {
        &self.strings[span.range()]
    }

    /// The places where a site's rules say that this stands: by selector first, in page order second.
    pub(crate) fn said(&self, said: Said) -> Vec<SaidHere> {
        let mut places: Vec<_> = self.said.iter().filter(|place| place.said == said).copied().collect();
        places.sort_by_key(|place| place.selector);
        places
    }

    /// What such a place says.
    pub(crate) fn value(&self, value: Value) -> &str {
        match value {
            Value::Declared(span) => self.string(span),
            Value::Shown(span) => self.text.get(span.range()).unwrap_or_default(),
        }
    }

    /// The elements around a block, innermost first.
    pub(crate) fn around(&self, block: &Block) -> impl Iterator<Item = (u32, &Element)> {
        self.up(block.element)
    }

    /// An element and those around it, innermost first; at most [`MOST_LEVELS`].
    pub(crate) fn up(&self, element: u32) -> impl Iterator<Item = (u32, &Element)> {
        let mut at = element;
        let mut levels = 0;
        std::iter::from_fn(move || {
            levels += 1;
            let here = self.elements.get(at as usize).filter(|_| levels <= MOST_LEVELS)?;
            let index = at;
            at = here.parent;
            Some((index, here))
        })
    }

    /// The innermost element of these tags around a block.
    pub(crate) fn closest(&self, block: &Block, tags: TagSet) -> Option<(u32, &Element)> {
        self.around(block).find(|(_, e)| tags.has(e.tag))
    }
}
