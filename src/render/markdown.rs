//! Spells a story as Markdown: `CommonMark` with pipe tables.
//!
//! A reader of that dialect gets the same words in the same order. So what would mean something is escaped, and emphasis
//! that the flanking rules could read otherwise is left out. What to write is decided in `walk` and `inline`.

use std::fmt::Write as _;

use super::inline::{Piece, Pieces};
use super::lines::{Gap, Lines};
use super::tables::Table;
use super::walk::{Kind, Leaf, LeafKind, Sink};
use crate::scan::tag::Tag;

/// The longest number a list item may begin with has nine digits.
const MAX_NUMBER: u32 = 999_999_999;

#[derive(Default)]
pub(super) struct Markdown {
    lines: Lines,
    lists: Vec<List>,
    /// The list that closed right before, whose mark a list next to it must not use.
    closed: Option<List>,
    /// The last line is the bare text of an item.
    tight: bool,
    /// An item of the list at hand was written.
    items: bool,
}

#[derive(Clone, Copy)]
struct List {
    ordered: bool,
    next: u32,
    /// It uses the second of the two marks.
    other: bool,
}

impl Markdown {
    pub(super) fn finish(self) -> String {
        self.lines.finish()
    }

    fn moved(&mut self) {
        self.closed = None;
        self.tight = false;
    }
}

impl Sink for Markdown {
    fn open(&mut self, kind: Kind) {
        match kind {
            Kind::List { ordered, start } => {
                // Only a list that begins with 1 can stand right below a paragraph.
                if self.tight && (!ordered || start == 1) {
                    self.lines.gap(Gap::Line);
                }
                let other = self.closed.is_some_and(|l| l.ordered == ordered && !l.other);
                self.lists.push(List { ordered, next: start.min(MAX_NUMBER), other });
                self.items = false;
            }
            Kind::Item => {
                let mark = self.lists.last_mut().map_or_else(String::new, |list| match (list.ordered, list.other) {
                    (false, false) => "- ".to_owned(),
                    (false, true) => "* ".to_owned(),
                    (true, other) => {
                        let number = list.next;
                        list.next = (number + 1).min(MAX_NUMBER);
                        format!("{number}{} ", if other { ')' } else { '.' })
                    }
                });
                if self.items {
                    self.lines.gap(Gap::Line);
                }
                let rest = " ".repeat(mark.len());
                self.lines.push(mark, rest);
            }
            Kind::Quote => self.lines.push("> ".to_owned(), "> ".to_owned()),
            _ => {}
        }
        self.moved();
    }

    fn close(&mut self, kind: Kind) {
        self.moved();
        match kind {
            Kind::List { .. } => {
                self.closed = self.lists.pop();
                self.lines.gap(Gap::Blank);
            }
            Kind::Item => {
                self.lines.pop();
                self.items = true;
            }
            Kind::Quote => self.lines.pop(),
            _ => {}
        }
    }

    fn leaf(&mut self, pieces: &Pieces, leaf: &Leaf<'_>) {
        self.moved();
        let list = pieces.of(&leaf.pieces);
        match leaf.kind {
            LeafKind::Pre { language, .. } => {
                for piece in list {
                    if let Piece::Text(range) = piece {
                        let text = pieces.text(range);
                        let fence = "`".repeat(longest_run(text).max(2) + 1);
                        self.lines.block(&format!("{fence}{language}\n{text}\n{fence}"));
                    }
                }
            }
            LeafKind::Heading(level) => {
                let line = inline(pieces, list, Place::Heading);
                self.lines.block(&format!("{} {line}", "#".repeat(usize::from(level))));
            }
            LeafKind::Para | LeafKind::Images => {
                self.lines.block(&inline(pieces, list, Place::Paragraph));
                self.tight = leaf.bare;
            }
        }
    }

    fn table(&mut self, pieces: &Pieces, table: &Table) {
        self.moved();
        if let Some(caption) = &table.caption {
            self.lines.block(&inline(pieces, pieces.of(caption), Place::Paragraph));
        }
        if table.rows.is_empty() {
            return;
        }
        let header = table.rows.first().is_some_and(|row| row.iter().all(|c| c.header));
        let mut text = String::new();
        if !header {
            text.push_str(&"|  ".repeat(table.columns));
            text.push_str("|\n");
        }
        for (i, row) in table.rows.iter().enumerate() {
            if i == usize::from(header) {
                rule(&mut text, table.columns);
            }
            let mut columns = 0;
            for cell in row {
                let line = cell.pieces.as_ref().map(|r| inline(pieces, pieces.of(r), Place::Cell)).unwrap_or_default();
                let _ = write!(text, "| {line} ");
                text.push_str(&"|  ".repeat(cell.span.saturating_sub(1)));
                columns += cell.span;
            }
            text.push_str(&"|  ".repeat(table.columns.saturating_sub(columns)));
            text.push_str("|\n");
        }
        if header && table.rows.len() == 1 {
            rule(&mut text, table.columns);
        }
        self.lines.block(text.trim_end_matches('\n'));
    }
}

fn rule(text: &mut String, columns: usize) {
    text.push_str(&"| --- ".repeat(columns));
    text.push_str("|\n");
}

/// Where a line stands decides what a break becomes and what must be escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Paragraph,
    Heading,
    Cell,
}

fn inline(pieces: &Pieces, list: &[Piece], place: Place) -> String {
    let keep = emphasis(pieces, list);
    let mut out = String::new();
    let mut line_start = place != Place::Cell;
    let mut at = 0;
    while let Some(piece) = list.get(at) {
        at += 1;
        match piece {
            Piece::Text(range) => {
                let after = || list.get(at..).unwrap_or(&[]).iter().find_map(|piece| seen(pieces, piece, false, ' '));
                escape(&mut out, pieces.text(range), place, line_start, after);
                line_start = false;
            }
            Piece::Break if place == Place::Paragraph => {
                out.push_str("\\\n");
                line_start = true;
            }
            Piece::Break => out.push(' '),
            Piece::Image { src, alt } => {
                image(&mut out, pieces.string(src), pieces.string(alt), place);
                line_start = false;
            }
            Piece::Open(Tag::Code, _) => {
                let len = list.get(at..).unwrap_or(&[]).iter().take_while(|p| **p != Piece::Close(Tag::Code)).count();
                let inner = list.get(at..at + len).unwrap_or(&[]);
                let mut code = String::new();
                for piece in inner {
                    match piece {
                        Piece::Text(range) => code.push_str(pieces.text(range)),
                        Piece::Break => code.push(' '),
                        _ => {}
                    }
                }
                at += len + 1;
                code_span(&mut out, &code, place, line_start);
                // A code span holds text only.
                for piece in inner {
                    if let Piece::Image { src, alt } = piece {
                        image(&mut out, pieces.string(src), pieces.string(alt), place);
                    }
                }
                line_start = false;
            }
            Piece::Open(Tag::A, _) => {
                out.push('[');
                line_start = false;
            }
            Piece::Close(Tag::A) => {
                out.push(']');
                let open = list.get(..at).unwrap_or(&[]).iter().rev().find_map(|p| match p {
                    Piece::Open(Tag::A, address) => Some(address),
                    _ => None,
                });
                destination(&mut out, open.map_or("", |a| pieces.string(a)));
            }
            Piece::Open(..) | Piece::Close(_) if !keep.get(at - 1).is_some_and(|k| *k) => {}
            Piece::Open(tag, _) | Piece::Close(tag) => {
                out.push_str(if matches!(tag, Tag::B | Tag::Strong) { "**" } else { "*" });
            }
        }
    }
    out
}

/// Which opens and closes of `em` and `strong` may be written as marks: those where every reader sees an opening mark that
/// cannot close and a closing mark that cannot open.
fn emphasis(pieces: &Pieces, list: &[Piece]) -> Vec<bool> {
    let mut keep = vec![false; list.len()];
    // The last character a reader of marks sees before each piece, and the first one after it. A space stands for an edge.
    let mut before = Vec::with_capacity(list.len());
    let mut last = ' ';
    for piece in list {
        before.push(last);
        last = seen(pieces, piece, true, last).unwrap_or(last);
    }
    let mut after = vec![' '; list.len()];
    let mut first = ' ';
    for (piece, slot) in list.iter().zip(&mut after).rev() {
        *slot = first;
        first = seen(pieces, piece, false, first).unwrap_or(first);
    }
    let mut open = Vec::new();
    let mut code = false;
    for (at, piece) in list.iter().enumerate() {
        match piece {
            Piece::Open(Tag::Code, _) => code = true,
            Piece::Close(Tag::Code) => code = false,
            Piece::Open(tag, _) => open.push((*tag, at, code)),
            Piece::Close(tag) => {
                let Some((opened, from, in_code)) = open.pop() else { continue };
                if opened != *tag || in_code || !matches!(tag, Tag::Em | Tag::I | Tag::Strong | Tag::B) {
                    continue;
                }
                let char_at = |list: &[char], i: usize| list.get(i).copied().unwrap_or(' ');
                let good = hugs(char_at(&before, from), char_at(&after, from)) && hugs(char_at(&after, at), char_at(&before, at));
                for i in [from, at] {
                    if let Some(k) = keep.get_mut(i) {
                        *k = good;
                    }
                }
            }
            _ => {}
        }
    }
    keep
}

fn hugs(outside: char, inside: char) -> bool {
    !inside.is_whitespace() && (outside == ' ' || outside.is_ascii_punctuation() && inside.is_alphanumeric())
}

/// The last or first character of a piece; none for marks that leave nothing between. `so_far` is what was seen next to it.
fn seen(pieces: &Pieces, piece: &Piece, last: bool, so_far: char) -> Option<char> {
    match piece {
        Piece::Text(range) => {
            let text = pieces.text(range);
            if last { text.chars().next_back() } else { text.chars().next() }
        }
        Piece::Break => Some(' '),
        Piece::Image { .. } => Some('!'),
        Piece::Open(Tag::A, _) | Piece::Close(Tag::A) => Some('['),
        // Whether code gets its backticks is not known here: neither a letter nor punctuation, which nothing may lean on.
        Piece::Open(Tag::Code, _) | Piece::Close(Tag::Code) => Some(if so_far.is_whitespace() { so_far } else { '\u{fffc}' }),
        _ => None,
    }
}

/// `after`: the character that follows the text.
fn escape(out: &mut String, text: &str, place: Place, line_start: bool, after: impl Fn() -> Option<char>) {
    let mut before = if line_start { None } else { Some('x') };
    let mut in_word = false;
    let mut number = line_start;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        let first = before.is_none();
        let special = match c {
            '|' if place == Place::Cell => {
                // Rows are cut at bars before backslashes are read.
                out.push_str("&#124;");
                before = Some(c);
                number = false;
                continue;
            }
            '\\' | '*' | '`' | '[' | ']' | '<' | '|' | '~' => true,
            '_' => !(in_word && next.is_some_and(char::is_alphanumeric)),
            '&' => {
                let behind = rest.as_str().trim_start_matches(|c: char| c == '#' || c.is_ascii_alphanumeric());
                behind.starts_with(';') || behind.is_empty() && after().is_some()
            }
            '!' => next.or_else(&after) == Some('['),
            // The first mark of a heading at the beginning of a line, or of those that may stand behind one.
            '#' if first || before == Some(' ') => {
                let behind = rest.as_str().trim_start_matches('#');
                behind.is_empty() || behind.starts_with(' ')
            }
            '>' | '+' | '-' | '=' | ':' => first,
            '.' | ')' => number && !first,
            _ => false,
        };
        number &= c.is_ascii_digit();
        in_word = c.is_alphanumeric();
        if special {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
}

fn code_span(out: &mut String, code: &str, place: Place, line_start: bool) {
    // Next to another backtick the marks of the two would run together.
    if code.is_empty() || out.ends_with('`') || place == Place::Cell && code.contains('|') {
        escape(out, code, place, line_start, || Some('['));
        return;
    }
    let fence = "`".repeat(longest_run(code) + 1);
    let pad = if code.starts_with(['`', ' ']) || code.ends_with(['`', ' ']) { " " } else { "" };
    let _ = write!(out, "{fence}{pad}{code}{pad}{fence}");
}

fn image(out: &mut String, src: &str, alt: &str, place: Place) {
    out.push_str("![");
    escape(out, alt, place, false, || Some(']'));
    out.push(']');
    destination(out, src);
}

fn destination(out: &mut String, address: &str) {
    let odd = address.is_empty() || address.contains(['(', ')', ' ']);
    out.push_str(if odd { "(<" } else { "(" });
    let mut rest = address.chars();
    while let Some(c) = rest.next() {
        match c {
            ' ' | '<' | '>' | '`' | '|' | '\\' => {
                let _ = write!(out, "%{:02X}", u32::from(c));
            }
            '&' if rest.clone().next().is_some_and(|n| n == '#' || n.is_ascii_alphanumeric()) => out.push_str("\\&"),
            c => out.push(c),
        }
    }
    out.push_str(if odd { ">)" } else { ")" });
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
