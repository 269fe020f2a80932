//! Tells tables that hold data from those that lay out a page, and lines up the cells of the former.
//!
//! A table holds data when each of its cells has at most one block of plain text, or a few short ones, and it has more than one column. How it
//! is spelled is for the writers. This module must not know any output form.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::Selection;
use super::inline::Pieces;
use crate::scan::tag::{HEADING, Tag, TagSet};

/// More columns than anyone reads: such a table lays something out.
const MAX_COLUMNS: usize = 256;

/// What no cell of a data table holds.
const RICH: TagSet = TagSet::of(&[
    Tag::Ul,
    Tag::Ol,
    Tag::Menu,
    Tag::Dir,
    Tag::Li,
    Tag::Dl,
    Tag::Table,
    Tag::Blockquote,
    Tag::Pre,
    Tag::Listing,
    Tag::Xmp,
    Tag::Figure,
])
.and(HEADING);

/// A data table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) caption: Option<Range<usize>>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// Of the longest row, spans counted.
    pub(super) columns: usize,
}

#[derive(Debug)]
pub(super) struct Cell {
    pub(super) header: bool,
    pub(super) span: usize,
    /// None: empty.
    pub(super) pieces: Option<Range<usize>>,
}

/// What a cell holds of the selection.
#[derive(Clone, Copy, Default)]
struct Held {
    blocks: u32,
    words: u32,
}

/// A table some of whose cells hold several blocks has so many cells, and these so few blocks and words. Chosen, not measured: a number and
/// its unit, a name and what it is.
const LEAST_CELLS: usize = 4;
const MOST_PARTS: u32 = 3;
const MOST_PARTED_WORDS: u32 = 40;

/// If the table around the block at `from` holds data: where its blocks end in the selection.
pub(super) fn data(selection: &Selection<'_>, table: u32, from: usize) -> Option<usize> {
    let page = selection.page;
    let mut cells: FxHashMap<u32, Held> = FxHashMap::default();
    let mut end = from;
    for &index in selection.blocks.get(from..)? {
        let mut cell = None;
        let mut rich = false;
        let mut inside = false;
        for (i, e) in page.blocks.get(index as usize).into_iter().flat_map(|b| page.around(b)) {
            if i == table {
                inside = true;
                break;
            }
            rich |= RICH.has(e.tag);
            if cell.is_none() && matches!(e.tag, Tag::Td | Tag::Th | Tag::Caption) {
                cell = Some((i, e.tag));
            }
        }
        if !inside {
            break;
        }
        let (cell, tag) = cell.filter(|_| !rich)?;
        if tag != Tag::Caption {
            let held = cells.entry(cell).or_default();
            held.blocks += 1;
            held.words += page.blocks.get(index as usize).map_or(0, |block| block.words);
        }
        end += 1;
    }
    // A few cells with paragraphs in them lay out a page.
    let parted = cells.values().any(|held| held.blocks > 1);
    let small = |held: &Held| held.blocks == 1 || held.blocks <= MOST_PARTS && held.words <= MOST_PARTED_WORDS;
    if parted && (cells.len() < LEAST_CELLS || !cells.values().all(small)) {
        return None;
    }
    let grid = grid(selection, table);
    for (_, row) in &grid {
        for cell in row {
            cells.remove(cell);
        }
    }
    let columns = grid.iter().map(|(_, row)| row.iter().map(|&c| span(selection, c)).sum::<usize>()).max()?;
    // What is left stands in no row of this table: nothing may be lost for the sake of a grid.
    (cells.is_empty() && (2..=MAX_COLUMNS).contains(&columns)).then_some(end)
}

/// The table, with these blocks in it; none if they have nothing to show.
pub(super) fn build(selection: &Selection<'_>, pieces: &mut Pieces, table: u32, blocks: &[u32]) -> Option<Table> {
    let page = selection.page;
    let mut captions = Vec::new();
    let mut held: Vec<(u32, Vec<u32>)> = Vec::new();
    for &index in blocks {
        let around = page.blocks.get(index as usize)?;
        let (cell, e) = page.closest(around, TagSet::of(&[Tag::Td, Tag::Th, Tag::Caption]))?;
        if e.tag == Tag::Caption {
            captions.push(index);
        } else {
            match held.last_mut().filter(|(last, _)| *last == cell) {
                Some((_, parts)) => parts.push(index),
                None => held.push((cell, vec![index])),
            }
        }
    }
    let lines = held.into_iter().filter_map(|(cell, parts)| Some((cell, pieces.line(selection, &parts)?)));
    let cells: FxHashMap<u32, Range<usize>> = lines.collect();
    let caption = if captions.is_empty() { None } else { pieces.line(selection, &captions) };
    let mut rows = Vec::new();
    for (_, row) in grid(selection, table) {
        if !row.iter().any(|c| cells.contains_key(c)) {
            continue;
        }
        let cell = |c: &u32| Cell {
            header: page.elements.get(*c as usize).is_some_and(|e| e.tag == Tag::Th),
            span: span(selection, *c),
            pieces: cells.get(c).cloned(),
        };
        rows.push(row.iter().map(cell).collect::<Vec<_>>());
    }
    let columns = rows.iter().map(|r| r.iter().map(|c| c.span).sum()).max().unwrap_or(0);
    (columns > 0 || caption.is_some()).then_some(Table { caption, rows, columns })
}

fn span(selection: &Selection<'_>, cell: u32) -> usize {
    selection.page.elements.get(cell as usize).map_or(1, |e| e.number.clamp(1, 1000) as usize)
}

/// The rows of a table with their cells, also those without a block.
fn grid(selection: &Selection<'_>, table: u32) -> Vec<(u32, Vec<u32>)> {
    let elements = &selection.page.elements;
    let depth = elements.get(table as usize).map_or(0, |e| e.depth);
    let mut rows: Vec<(u32, Vec<u32>)> = Vec::new();
    for (index, e) in (table + 1..).zip(elements.iter().skip(table as usize + 1)) {
        if e.depth <= depth {
            break;
        }
        if e.tag == Tag::Tr {
            let group = elements.get(e.parent as usize);
            let around = group.filter(|g| matches!(g.tag, Tag::Tbody | Tag::Thead | Tag::Tfoot)).map_or(e.parent, |g| g.parent);
            if around == table {
                rows.push((index, Vec::new()));
            }
        } else if matches!(e.tag, Tag::Td | Tag::Th)
            && let Some((_, row)) = rows.last_mut().filter(|(tr, _)| *tr == e.parent)
        {
            row.push(index);
        }
    }
    rows
}
