//! Turns the recorded steps of a block into the pieces the writers spell.
//!
//! Decided here: which inline elements survive, where white space goes (outside of emphasis, single, none at the edges),
//! which images are written and what addresses become. How a piece is spelled is for the writers. This module must not
//! know lists, tables or any output form.

use std::ops::Range;

use rustc_hash::FxHashSet;
use url::{ParseError, Url};

use super::Selection;
use crate::page::{Image, Inline, Page};
use crate::scan::tag::{Tag, TagSet};
use crate::text::is_plain;

/// Inline elements that forms with markup write; others leave their content only.
pub(super) const KEPT: TagSet = TagSet::of(&[
    Tag::A,
    Tag::B,
    Tag::Cite,
    Tag::Code,
    Tag::Del,
    Tag::Em,
    Tag::I,
    Tag::Ins,
    Tag::Kbd,
    Tag::Mark,
    Tag::Q,
    Tag::S,
    Tag::Small,
    Tag::Strike,
    Tag::Strong,
    Tag::Sub,
    Tag::Sup,
]);

/// One piece of a written block. Ranges are of [`Pieces::text`] for texts, of [`Pieces::strings`] for the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(Range<usize>),
    /// With the address of an `a`, empty for others. Never inside its like.
    Open(Tag, Range<usize>),
    Close(Tag),
    Break,
    Image {
        src: Range<usize>,
        alt: Range<usize>,
    },
}

/// The pieces of all blocks written so far, in flat buffers.
#[derive(Debug)]
pub(super) struct Pieces {
    /// The inline elements that are written.
    kept: TagSet,
    pub(super) text: String,
    pub(super) strings: String,
    pub(super) list: Vec<Piece>,
    /// Addresses of images that were written.
    seen: FxHashSet<String>,
}

/// An open inline element of the block at hand.
struct Slot {
    tag: Tag,
    kept: bool,
    written: bool,
    address: Range<usize>,
}

/// White space that waits for content to stand before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space,
    Breaks(usize),
}

impl Pieces {
    pub(super) fn new(kept: TagSet) -> Self {
        Self { kept, text: String::new(), strings: String::new(), list: Vec::new(), seen: FxHashSet::default() }
    }

    pub(super) fn text(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or("")
    }

    pub(super) fn string(&self, range: &Range<usize>) -> &str {
        self.strings.get(range.clone()).unwrap_or("")
    }

    pub(super) fn of(&self, range: &Range<usize>) -> &[Piece] {
        self.list.get(range.clone()).unwrap_or(&[])
    }

    /// A line of plain words.
    pub(super) fn plain(&mut self, words: &str) -> Option<Range<usize>> {
        let mut line = Line::new(self);
        line.words(words);
        line.finish()
    }

    /// The pieces of some blocks, a space between two of them; none if there is nothing to see in them.
    pub(super) fn line(&mut self, selection: &Selection<'_>, blocks: &[u32]) -> Option<Range<usize>> {
        let page = selection.page;
        let mut line = Line::new(self);
        for block in blocks.iter().filter_map(|&b| page.blocks.get(b as usize)) {
            line.space();
            let mut steps = page.inlines.get(block.inlines.range()).unwrap_or(&[]);
            while let Some((step, rest)) = steps.split_first() {
                if let Some(behind) = permalink(page, steps) {
                    steps = behind;
                    continue;
                }
                steps = rest;
                match *step {
                    Inline::Text(span) => line.words(page.text.get(span.range()).unwrap_or("")),
                    Inline::Open { tag, value } => {
                        let raw = if tag == Tag::A { page.strings.get(value.range()).unwrap_or("") } else { "" };
                        line.open(tag, raw, selection.base);
                    }
                    Inline::Close(tag) => line.close(tag),
                    Inline::Break => line.line_break(),
                    Inline::Image(index) => {
                        if let Some(image) = page.images.get(index as usize) {
                            let src = page.strings.get(image.src.range()).unwrap_or("");
                            let alt = page.strings.get(image.alt.range()).unwrap_or("");
                            line.image(image, src, alt, selection.base);
                        }
                    }
                }
            }
            line.close_to(0);
        }
        line.finish()
    }

    /// The text of some `pre` blocks as one piece, line feeds and spaces as they are, a line feed between two blocks.
    pub(super) fn verbatim(&mut self, selection: &Selection<'_>, blocks: &[u32]) -> Option<Range<usize>> {
        let page = selection.page;
        let (start, from) = (self.list.len(), self.text.len());
        for (i, block) in blocks.iter().filter_map(|&b| page.blocks.get(b as usize)).enumerate() {
            if i > 0 {
                self.text.push('\n');
            }
            for step in page.inlines.get(block.inlines.range()).unwrap_or(&[]) {
                match *step {
                    Inline::Text(span) => self.push_verbatim(page.text.get(span.range()).unwrap_or("")),
                    Inline::Break => self.text.push('\n'),
                    _ => {}
                }
            }
        }
        let raw = self.text.get(from..).unwrap_or("");
        // A line feed right after `<pre>` is not part of its text, and empty lines at the ends say nothing anywhere.
        let end = from + raw.trim_end().len();
        let body = raw.trim_end().trim_start_matches(['\n', '\r']);
        if body.trim().is_empty() {
            self.text.truncate(from);
            return None;
        }
        let first = end - body.len();
        self.text.truncate(end);
        self.list.push(Piece::Text(first..end));
        Some(start..self.list.len())
    }

    fn push_verbatim(&mut self, raw: &str) {
        let mut after_return = false;
        for c in raw.chars() {
            match c {
                '\n' if after_return => {}
                '\r' | '\n' => self.text.push('\n'),
                '\t' => self.text.push(c),
                c if c.is_control() => self.text.push(' '),
                c => self.text.push(c),
            }
            after_return = c == '\r';
        }
    }
}

/// What follows a link that leads to the very place it stands at ("Installation¶"), if the steps begin with one.
fn permalink<'p>(page: &Page, steps: &'p [Inline]) -> Option<&'p [Inline]> {
    const SIGNS: [&str; 6] = ["¶", "#", "§", "🔗", "⚓", "∞"];
    let [Inline::Open { tag: Tag::A, value }, rest @ ..] = steps else { return None };
    if !page.string(*value).starts_with('#') {
        return None;
    }
    let end = rest.iter().position(|step| *step == Inline::Close(Tag::A))?;
    let mut texts = rest[..end].iter().filter_map(|step| match step {
        Inline::Text(span) => Some(page.text.get(span.range()).unwrap_or_default().trim()),
        _ => None,
    });
    let sign = texts.next()?;
    (SIGNS.contains(&sign) && texts.next().is_none()).then(|| &rest[end + 1..])
}

/// The line being built.
struct Line<'p> {
    pieces: &'p mut Pieces,
    start: usize,
    text_start: usize,
    gap: Gap,
    slots: Vec<Slot>,
}

impl<'p> Line<'p> {
    fn new(pieces: &'p mut Pieces) -> Self {
        let (start, text_start) = (pieces.list.len(), pieces.text.len());
        Self { pieces, start, text_start, gap: Gap::None, slots: Vec::new() }
    }

    fn begun(&self) -> bool {
        self.pieces.list.len() > self.start
    }

    fn space(&mut self) {
        if self.begun() && self.gap == Gap::None {
            self.gap = Gap::Space;
        }
    }

    fn line_break(&mut self) {
        if self.begun() {
            self.gap = Gap::Breaks(if let Gap::Breaks(n) = self.gap { n + 1 } else { 1 });
        }
    }

    fn words(&mut self, raw: &str) {
        if is_plain(raw) {
            let words = raw.trim_matches(' ');
            if raw.starts_with(' ') {
                self.space();
            }
            if !words.is_empty() {
                self.before_content();
                self.push(words);
            }
            if raw.len() > words.len() && raw.ends_with(' ') {
                self.space();
            }
            return;
        }
        // Control characters say nothing to a reader and survive no parser; they part words like a space.
        for (i, word) in raw.split(|c: char| c == ' ' || c.is_control()).enumerate() {
            if i > 0 {
                self.space();
            }
            if !word.is_empty() {
                self.before_content();
                self.push(word);
            }
        }
    }

    fn open(&mut self, tag: Tag, raw: &str, base: Option<&Url>) {
        let mut slot = Slot { tag, kept: self.pieces.kept.has(tag) && !self.inside(tag), written: false, address: 0..0 };
        if slot.kept && tag == Tag::A {
            match address(raw, base, true) {
                Some(address) => slot.address = self.string(&address),
                None => slot.kept = false,
            }
        }
        self.slots.push(slot);
    }

    fn inside(&self, tag: Tag) -> bool {
        self.slots.iter().any(|s| s.kept && alike(s.tag) == alike(tag))
    }

    fn close(&mut self, tag: Tag) {
        if let Some(at) = self.slots.iter().rposition(|s| s.tag == tag) {
            self.close_to(at);
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.slots.len() > depth {
            if let Some(slot) = self.slots.pop()
                && slot.written
            {
                self.pieces.list.push(Piece::Close(spelled(slot.tag)));
            }
        }
    }

    fn image(&mut self, image: &Image, src: &str, alt: &str, base: Option<&Url>) {
        // One or two pixels: a counter or a spacer.
        if (1..=2).contains(&image.width) || (1..=2).contains(&image.height) {
            return;
        }
        let Some(address) = address(src, base, false) else { return };
        if self.pieces.seen.contains(&address) {
            return;
        }
        self.before_content();
        let src = self.string(&address);
        let from = self.pieces.strings.len();
        for (i, word) in alt.split(|c: char| c == ' ' || c.is_control()).filter(|w| !w.is_empty()).enumerate() {
            if i > 0 {
                self.pieces.strings.push(' ');
            }
            self.pieces.strings.push_str(word);
        }
        let alt = from..self.pieces.strings.len();
        self.pieces.seen.insert(address);
        self.pieces.list.push(Piece::Image { src, alt });
    }

    fn string(&mut self, value: &str) -> Range<usize> {
        let from = self.pieces.strings.len();
        self.pieces.strings.push_str(value);
        from..self.pieces.strings.len()
    }

    /// Writes the white space and the opening tags that waited: the space outside, so that emphasis hugs its words.
    fn before_content(&mut self) {
        match std::mem::replace(&mut self.gap, Gap::None) {
            Gap::None => {}
            Gap::Space => self.push(" "),
            Gap::Breaks(n) => self.pieces.list.extend(std::iter::repeat_n(Piece::Break, n)),
        }
        for slot in self.slots.iter_mut().filter(|s| s.kept && !s.written) {
            slot.written = true;
            // What closed right here goes on: two codes side by side are one.
            let goes_on = slot.tag != Tag::A && self.pieces.list.len() > self.start;
            if goes_on && self.pieces.list.last() == Some(&Piece::Close(spelled(slot.tag))) {
                self.pieces.list.pop();
                continue;
            }
            self.pieces.list.push(Piece::Open(spelled(slot.tag), slot.address.clone()));
        }
    }

    fn push(&mut self, text: &str) {
        let from = self.pieces.text.len();
        self.pieces.text.push_str(text);
        let end = self.pieces.text.len();
        let begun = self.begun();
        match self.pieces.list.last_mut() {
            Some(Piece::Text(range)) if begun && range.end == from => range.end = end,
            _ => self.pieces.list.push(Piece::Text(from..end)),
        }
    }

    fn finish(mut self) -> Option<Range<usize>> {
        self.close_to(0);
        let images = self.pieces.of(&(self.start..self.pieces.list.len())).iter().any(|p| matches!(p, Piece::Image { .. }));
        let words = self.pieces.text.get(self.text_start..).is_some_and(|t| !t.trim().is_empty());
        if images || words {
            return Some(self.start..self.pieces.list.len());
        }
        self.pieces.list.truncate(self.start);
        self.pieces.text.truncate(self.text_start);
        None
    }
}

/// Elements that look the same stand for one: `b` inside `strong` adds nothing.
fn alike(tag: Tag) -> Tag {
    match tag {
        Tag::I => Tag::Em,
        Tag::B => Tag::Strong,
        Tag::Del | Tag::Strike => Tag::S,
        other => other,
    }
}

fn spelled(tag: Tag) -> Tag {
    if tag == Tag::Strike { Tag::S } else { tag }
}

/// The address to write, if it is one a reader can follow (or, for an image, fetch).
fn address(raw: &str, base: Option<&Url>, link: bool) -> Option<String> {
    let clean: String = raw.chars().filter(|c| !c.is_control()).collect();
    let clean = clean.trim();
    if clean.is_empty() {
        return None;
    }
    let parsed = base.map_or_else(|| Url::parse(clean), |base| base.join(clean));
    match parsed {
        Ok(url) => {
            let good = match url.scheme() {
                "http" | "https" => true,
                "mailto" | "tel" => link,
                _ => false,
            };
            good.then(|| url.into())
        }
        Err(ParseError::RelativeUrlWithoutBase) if base.is_none() => Some(clean.to_owned()),
        Err(_) => None,
    }
}
