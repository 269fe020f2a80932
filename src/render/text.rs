//! Spells a story as plain text.
//!
//! A block is a paragraph, with blank lines between; items of a list stand line below line. Images leave nothing. What to
//! write is decided in `walk` and `inline`.

use super::inline::{Piece, Pieces};
use super::lines::{Gap, Lines};
use super::tables::Table;
use super::walk::{Kind, Leaf, LeafKind, Sink};
use crate::scan::tag::TagSet;
use crate::text::{push_seen, trim};

#[derive(Default)]
pub(super) struct Text {
    lines: Lines,
    /// The lists around, each with the number of its next item if it has numbers.
    lists: Vec<Option<u32>>,
    /// The line at hand, kept for its memory.
    line: String,
    /// The last line is the bare text of an item.
    tight: bool,
    /// An item of the list at hand was written.
    items: bool,
}

impl Text {
    pub(super) fn finish(self) -> String {
        self.lines.finish()
    }

    fn fill(&mut self, pieces: &Pieces, list: &[Piece]) {
        for piece in list {
            match piece {
                Piece::Text(range) => {
                    let text = pieces.text(range);
                    // Where an image was left out, its spaces meet.
                    let meet = self.line.is_empty() || self.line.ends_with([' ', '\n']);
                    push_seen(if meet { text.trim_start_matches(' ') } else { text }, &mut self.line);
                }
                Piece::Break => self.line.push('\n'),
                _ => {}
            }
        }
    }

    fn block(&mut self, pieces: &Pieces, list: &[Piece]) {
        self.line.clear();
        self.fill(pieces, list);
        self.flush();
    }

    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        let text = trim(&line);
        if !text.is_empty() {
            self.lines.block(text);
            self.items = true;
        }
        self.line = line;
    }
}

impl Sink for Text {
    const INLINE: TagSet = TagSet::EMPTY;

    fn open(&mut self, kind: Kind) {
        match kind {
            Kind::List { ordered, start } => {
                if self.tight {
                    self.lines.gap(Gap::Line);
                }
                self.items = false;
                self.lists.push(ordered.then_some(start));
            }
            Kind::Item => {
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let mark = format!("{number}. ");
                        *number = number.saturating_add(1);
                        mark
                    }
                    _ => "- ".to_owned(),
                };
                if self.items {
                    self.lines.gap(Gap::Line);
                }
                self.lines.push(mark, "  ".to_owned());
            }
            Kind::Quote => self.lines.push("> ".to_owned(), "> ".to_owned()),
            _ => {}
        }
        self.tight = false;
    }

    fn close(&mut self, kind: Kind) {
        match kind {
            Kind::List { .. } => {
                self.lists.pop();
                self.lines.gap(Gap::Blank);
            }
            Kind::Item | Kind::Quote => self.lines.pop(),
            _ => {}
        }
        self.tight = false;
    }

    fn leaf(&mut self, pieces: &Pieces, leaf: &Leaf<'_>) {
        let list = pieces.of(&leaf.pieces);
        if let LeafKind::Pre { .. } = leaf.kind {
            for piece in list {
                if let Piece::Text(range) = piece {
                    self.lines.block(pieces.text(range));
                    self.items = true;
                }
            }
        } else {
            self.block(pieces, list);
        }
        self.tight = leaf.bare;
    }

    fn table(&mut self, pieces: &Pieces, table: &Table) {
        if let Some(caption) = &table.caption {
            self.block(pieces, pieces.of(caption));
        }
        self.line.clear();
        for row in &table.rows {
            let mut text = String::new();
            let mut full = false;
            for (i, cell) in row.iter().enumerate() {
                if i > 0 {
                    text.push_str(" | ");
                }
                self.line.clear();
                self.fill(pieces, cell.pieces.as_ref().map_or(&[], |r| pieces.of(r)));
                let words = self.line.trim();
                full |= !words.is_empty();
                text.push_str(&words.replace('\n', " "));
            }
            if full {
                self.line.clear();
                self.line.push_str(text.trim_end());
                self.flush();
                self.lines.gap(Gap::Line);
            }
        }
        self.lines.gap(Gap::Blank);
        self.tight = false;
    }
}
