//! Goes over the chosen blocks and works out what stands around them: lists, quotes, tables, figures, headings.
//!
//! Each block's chain of structural elements is compared with the chain of the block before; what differs is closed and
//! opened. All other elements are transparent. Strays get what they lack (an `li` a list, text in a list an item), tables
//! that only lay out are taken apart. How a thing is spelled is for the [`Sink`]s; this module must not know any form.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::Selection;
use super::inline::{KEPT, Piece, Pieces};
use super::tables::{self, Table};
use crate::page::Page;
use crate::scan::tag::{HEADING, Tag, TagSet};

/// More levels than a reader can tell apart; deeper ones are left out, so that output stays in proportion to input.
const MAX_DEPTH: usize = 24;

/// A thing that holds blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    List { ordered: bool, start: u32 },
    Item,
    Dl,
    Dt,
    Dd,
    Quote,
    Figure,
    Figcaption,
}

/// What a block is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeafKind<'a> {
    Para,
    /// A paragraph without text.
    Images,
    Heading(u8),
    Pre {
        language: &'a str,
        code: bool,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Leaf<'a> {
    pub(super) kind: LeafKind<'a>,
    pub(super) pieces: Range<usize>,
    /// It is all the text its container has of its own, so it needs no paragraph around it.
    pub(super) bare: bool,
}

/// A writer.
pub(super) trait Sink {
    /// The inline elements it spells.
    const INLINE: TagSet = KEPT;

    fn open(&mut self, kind: Kind);
    fn close(&mut self, kind: Kind);
    fn leaf(&mut self, pieces: &Pieces, leaf: &Leaf<'_>);
    fn table(&mut self, pieces: &Pieces, table: &Table);
}

/// Drives a writer over a selection.
pub(super) fn walk<S: Sink>(selection: &Selection<'_>, sink: &mut S) {
    let mut walker = Walker {
        selection,
        pieces: Pieces::new(S::INLINE),
        steps: Vec::new(),
        frames: Vec::new(),
        holders: Vec::new(),
        layout: FxHashSet::default(),
        ups: Vec::new(),
    };
    walker.run();
    for step in &walker.steps {
        match step {
            Step::Open(kind) => sink.open(*kind),
            Step::Close(kind) => sink.close(*kind),
            Step::Leaf(leaf) => sink.leaf(&walker.pieces, leaf),
            Step::Table(table) => sink.table(&walker.pieces, table),
        }
    }
}

enum Step<'a> {
    Open(Kind),
    Close(Kind),
    Leaf(Leaf<'a>),
    Table(Table),
}

/// One link of a chain: an element, or something made up in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Frame {
    made: Made,
    key: u32,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    /// Not made up: `key` is the element.
    No,
    /// A list for the strays in the element `key`.
    List,
    /// An item for the stray block `key`.
    Item,
}

/// What an open container was given so far.
#[derive(Default)]
struct Holder {
    children: u32,
    leaves: u32,
    /// The step of its first child, if that is a paragraph.
    first: Option<usize>,
    /// It has a child that is neither a paragraph nor a list.
    other: bool,
}

/// The element that says what the block itself is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Plain,
    Heading(u32),
    Pre(u32),
    /// In a data table, with the end of its blocks in the selection.
    Table(u32, usize),
}

struct Walker<'a> {
    selection: &'a Selection<'a>,
    pieces: Pieces,
    steps: Vec<Step<'a>>,
    frames: Vec<Frame>,
    holders: Vec<Holder>,
    /// Tables known to only lay out.
    layout: FxHashSet<u32>,
    ups: Vec<u32>,
}

impl<'a> Walker<'a> {
    fn run(&mut self) {
        let selection = self.selection;
        if let Some(pieces) = selection.headline.and_then(|h| self.pieces.plain(h)) {
            self.steps.push(Step::Leaf(Leaf { kind: LeafKind::Heading(1), pieces, bare: false }));
        }
        let mut at = 0;
        while let Some((frames, own)) = self.chain(at) {
            let mut end = at + 1;
            if let Own::Table(table, last) = own {
                end = last.max(end);
                let run = selection.blocks.get(at..end).unwrap_or(&[]);
                if let Some(built) = tables::build(selection, &mut self.pieces, table, run) {
                    self.enter(frames);
                    self.child(false, true, None);
                    self.steps.push(Step::Table(built));
                }
            } else {
                // One heading or `pre` may hold several blocks; it is written once.
                while own != Own::Plain && self.chain(end).is_some_and(|(next, same)| same == own && next == frames) {
                    end += 1;
                }
                self.leaf(frames, own, selection.blocks.get(at..end).unwrap_or(&[]));
            }
            at = end;
        }
        self.leave(0);
    }

    fn leaf(&mut self, frames: Vec<Frame>, own: Own, blocks: &[u32]) {
        let page = self.selection.page;
        let built = match own {
            Own::Pre(_) => self.pieces.verbatim(self.selection, blocks),
            _ => self.pieces.line(self.selection, blocks),
        };
        let Some(pieces) = built else { return };
        let words = self.pieces.of(&pieces).iter().any(|p| matches!(p, Piece::Text(r) if !self.pieces.text(r).trim().is_empty()));
        let kind = match own {
            Own::Pre(element) => LeafKind::Pre { language: language(page, element), code: has_code(page, blocks) },
            _ if !words => LeafKind::Images,
            Own::Heading(element) => LeafKind::Heading(level(page, element)),
            _ => LeafKind::Para,
        };
        self.enter(frames);
        let bare = kind == LeafKind::Images && self.frames.last().is_some_and(|f| f.kind == Kind::Figure);
        let plain = matches!(kind, LeafKind::Para | LeafKind::Images);
        let step = self.steps.len();
        self.child(plain, !plain, plain.then_some(step));
        self.steps.push(Step::Leaf(Leaf { kind, pieces, bare }));
    }

    /// Tells the innermost container of a child of its own.
    fn child(&mut self, leaf: bool, other: bool, step: Option<usize>) {
        if let Some(holder) = self.holders.last_mut() {
            if holder.children == 0 {
                holder.first = step;
            }
            holder.children += 1;
            holder.leaves += u32::from(leaf);
            holder.other |= other;
        }
    }

    fn enter(&mut self, frames: Vec<Frame>) {
        let same = self.frames.iter().zip(&frames).take_while(|(a, b)| a == b).count();
        self.leave(same);
        for frame in frames.iter().skip(same) {
            self.child(false, !matches!(frame.kind, Kind::List { .. }), None);
            self.holders.push(Holder::default());
            self.steps.push(Step::Open(frame.kind));
        }
        self.frames = frames;
    }

    fn leave(&mut self, depth: usize) {
        while self.frames.len() > depth {
            let (Some(frame), Some(holder)) = (self.frames.pop(), self.holders.pop()) else { break };
            let tight = matches!(frame.kind, Kind::Item | Kind::Dt | Kind::Dd | Kind::Figcaption);
            if tight
                && holder.leaves == 1
                && !holder.other
                && let Some(Step::Leaf(leaf)) = holder.first.and_then(|at| self.steps.get_mut(at))
            {
                leaf.bare = true;
            }
            self.steps.push(Step::Close(frame.kind));
        }
    }

    /// The containers around a block of the selection, outermost first, and what it is itself.
    fn chain(&mut self, at: usize) -> Option<(Vec<Frame>, Own)> {
        let page = self.selection.page;
        let index = *self.selection.blocks.get(at)?;
        let mut ups = std::mem::take(&mut self.ups);
        ups.clear();
        if let Some(block) = page.blocks.get(index as usize) {
            ups.extend(page.around(block).map(|(i, _)| i));
        }
        let mut frames = Vec::new();
        let mut own = Own::Plain;
        for &element in ups.iter().rev() {
            let Some(e) = page.elements.get(element as usize) else { continue };
            let within = frames.last().map(|f: &Frame| f.kind);
            let kind = match e.tag {
                Tag::Ul | Tag::Menu | Tag::Dir => Kind::List { ordered: false, start: 1 },
                Tag::Ol => Kind::List { ordered: true, start: e.number },
                Tag::Li => Kind::Item,
                Tag::Dl => Kind::Dl,
                Tag::Dt if within == Some(Kind::Dl) => Kind::Dt,
                Tag::Dd if within == Some(Kind::Dl) => Kind::Dd,
                Tag::Blockquote => Kind::Quote,
                Tag::Figure => Kind::Figure,
                Tag::Figcaption if within == Some(Kind::Figure) => Kind::Figcaption,
                Tag::Pre | Tag::Listing | Tag::Xmp => {
                    own = Own::Pre(element);
                    continue;
                }
                tag if HEADING.has(tag) => {
                    own = Own::Heading(element);
                    continue;
                }
                Tag::Table => {
                    if self.layout.contains(&element) {
                        continue;
                    }
                    if let Some(end) = tables::data(self.selection, element, at) {
                        own = Own::Table(element, end);
                        break;
                    }
                    self.layout.insert(element);
                    continue;
                }
                _ => continue,
            };
            if frames.len() + 2 > MAX_DEPTH {
                continue;
            }
            // A heading or a `pre` around a container is none: it holds words only.
            own = Own::Plain;
            let frame = Frame { made: Made::No, key: element, kind };
            if kind == Kind::Item {
                if !matches!(within, Some(Kind::List { .. })) {
                    let list = Frame { made: Made::List, key: e.parent, kind: Kind::List { ordered: false, start: 1 } };
                    self.fill(&mut frames, index, Some(list));
                    frames.push(list);
                }
            } else if !matches!((within, kind), (Some(Kind::Dl), Kind::Dt | Kind::Dd)) {
                self.fill(&mut frames, index, Some(frame));
            }
            frames.push(frame);
        }
        self.fill(&mut frames, index, None);
        self.ups = ups;
        Some((frames, own))
    }

    /// Gives what stands right in a list or a `dl` the item it lacks. A list goes into the item before it, as its author meant.
    fn fill(&self, frames: &mut Vec<Frame>, block: u32, next: Option<Frame>) {
        let kind = match frames.last().map(|f| f.kind) {
            Some(Kind::List { .. }) => Kind::Item,
            Some(Kind::Dl) => Kind::Dd,
            _ => return,
        };
        let depth = frames.len();
        let before = self.frames.get(depth).filter(|f| f.kind == kind && self.frames.get(..depth) == Some(frames.as_slice()));
        let reuse = before.filter(|_| match (self.frames.get(depth + 1), next) {
            (Some(held), Some(next)) => *held == next,
            (None, Some(next)) => matches!(next.kind, Kind::List { .. }),
            (_, None) => false,
        });
        frames.push(reuse.copied().unwrap_or(Frame { made: Made::Item, key: block, kind }));
    }
}

fn level(page: &Page, element: u32) -> u8 {
    match page.elements.get(element as usize).map(|e| e.tag) {
        Some(Tag::H1) => 1,
        Some(Tag::H2) => 2,
        Some(Tag::H3) => 3,
        Some(Tag::H4) => 4,
        Some(Tag::H5) => 5,
        _ => 6,
    }
}

/// The language of a `pre`, if it is a word that can stand in a class name and after a fence.
fn language(page: &Page, element: u32) -> &str {
    let name = page.elements.get(element as usize).and_then(|e| page.strings.get(e.language.range())).unwrap_or("");
    let name = name.strip_prefix("language-").unwrap_or(name);
    if name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_' | '#' | '.')) { name } else { "" }
}

fn has_code(page: &Page, blocks: &[u32]) -> bool {
    blocks
        .iter()
        .filter_map(|&b| page.blocks.get(b as usize))
        .flat_map(|b| page.inlines.get(b.inlines.range()).unwrap_or(&[]))
        .any(|step| matches!(step, crate::page::Inline::Open { tag: Tag::Code, .. }))
}
