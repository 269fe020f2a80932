//! Spells a story as HTML.
//!
//! What is written is what an HTML parser and serializer give back unchanged: references for the characters they use, a
//! `tbody` in every table, line feeds only where parsing leaves them. What to write is decided in `walk` and `inline`.

use std::fmt::Write as _;

use super::inline::{Piece, Pieces};
use super::tables::Table;
use super::walk::{Kind, Leaf, LeafKind, Sink};

#[derive(Default)]
pub(super) struct Html {
    out: String,
    /// The last thing written is a bare line, whose container closes on the same line.
    bare: bool,
}

impl Html {
    pub(super) fn finish(mut self) -> String {
        self.new_line();
        self.out
    }

    fn new_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.bare = false;
    }

    fn pieces(&mut self, pieces: &Pieces, list: &[Piece]) {
        for piece in list {
            match piece {
                Piece::Text(range) => escape(&mut self.out, pieces.text(range)),
                Piece::Open(tag, address) if !address.is_empty() => {
                    let _ = write!(self.out, "<{} href=\"", tag.name());
                    escape_value(&mut self.out, pieces.string(address));
                    self.out.push_str("\">");
                }
                Piece::Open(tag, _) => self.start(tag.name()),
                Piece::Close(tag) => self.end(tag.name()),
                Piece::Break => self.out.push_str("<br>"),
                Piece::Image { src, alt } => {
                    self.out.push_str("<img src=\"");
                    escape_value(&mut self.out, pieces.string(src));
                    self.out.push_str("\" alt=\"");
                    escape_value(&mut self.out, pieces.string(alt));
                    self.out.push_str("\">");
                }
            }
        }
    }

    fn start(&mut self, name: &str) {
        let _ = write!(self.out, "<{name}>");
    }

    fn end(&mut self, name: &str) {
        let _ = write!(self.out, "</{name}>");
    }

    fn wrapped(&mut self, name: &str, pieces: &Pieces, list: &[Piece]) {
        self.new_line();
        self.start(name);
        self.pieces(pieces, list);
        self.end(name);
    }
}

impl Sink for Html {
    fn open(&mut self, kind: Kind) {
        self.new_line();
        match kind {
            Kind::List { ordered: true, start } if start != 1 => {
                let _ = write!(self.out, "<ol start=\"{start}\">");
            }
            other => self.start(name(other)),
        }
        // Until something else comes, the container may close where it opened.
        self.bare = true;
    }

    fn close(&mut self, kind: Kind) {
        if !self.bare {
            self.new_line();
        }
        self.end(name(kind));
        self.bare = false;
    }

    fn leaf(&mut self, pieces: &Pieces, leaf: &Leaf<'_>) {
        let list = pieces.of(&leaf.pieces);
        if leaf.bare {
            if !self.bare {
                self.new_line();
            }
            self.pieces(pieces, list);
            self.bare = true;
            return;
        }
        match leaf.kind {
            LeafKind::Para => self.wrapped("p", pieces, list),
            LeafKind::Images => self.wrapped("figure", pieces, list),
            LeafKind::Heading(level) => self.wrapped(HEADINGS.get(usize::from(level)).unwrap_or(&"h6"), pieces, list),
            LeafKind::Pre { language: "", code: false } => self.wrapped("pre", pieces, list),
            LeafKind::Pre { language, .. } => {
                self.new_line();
                self.out.push_str("<pre><code");
                if !language.is_empty() {
                    let _ = write!(self.out, " class=\"language-{language}\"");
                }
                self.out.push('>');
                self.pieces(pieces, list);
                self.out.push_str("</code></pre>");
            }
        }
    }

    fn table(&mut self, pieces: &Pieces, table: &Table) {
        self.new_line();
        self.out.push_str("<table>");
        if let Some(caption) = &table.caption {
            self.wrapped("caption", pieces, pieces.of(caption));
        }
        if !table.rows.is_empty() {
            self.new_line();
            self.out.push_str("<tbody>");
        }
        for row in &table.rows {
            self.new_line();
            self.out.push_str("<tr>");
            for cell in row {
                let name = if cell.header { "th" } else { "td" };
                if cell.span > 1 {
                    let _ = write!(self.out, "<{name} colspan=\"{}\">", cell.span);
                } else {
                    self.start(name);
                }
                if let Some(range) = &cell.pieces {
                    self.pieces(pieces, pieces.of(range));
                }
                self.end(name);
            }
            self.out.push_str("</tr>");
        }
        if !table.rows.is_empty() {
            self.new_line();
            self.out.push_str("</tbody>");
        }
        self.new_line();
        self.out.push_str("</table>");
    }
}

const HEADINGS: [&str; 7] = ["p", "h1", "h2", "h3", "h4", "h5", "h6"];

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::List { ordered: false, .. } => "ul",
        Kind::List { ordered: true, .. } => "ol",
        Kind::Item => "li",
        Kind::Dl => "dl",
        Kind::Dt => "dt",
        Kind::Dd => "dd",
        Kind::Quote => "blockquote",
        Kind::Figure => "figure",
        Kind::Figcaption => "figcaption",
    }
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            c => out.push(c),
        }
    }
}

fn escape_value(out: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '"' => out.push_str("&quot;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            c => out.push(c),
        }
    }
}
