//! What stands where: start tags and comments as lol_html names them, and between them texts and end tags, written down as moments.
//!
//! It keeps the stack of open elements and decodes nothing but names. This module must not know who hears of it.

use std::borrow::Cow;

use encoding_rs::UTF_8;

use super::Ended;
use super::attrs::Parts;
use super::encoding::SHOWN_NOSCRIPT;
use super::gap::{self, Piece, Raw, ScriptState};
use super::lex::{Token, TokenKind};
use super::moment::{Log, Moment, Opening};
use super::stack::{End, Stack, Start};
use super::tag::{self, Tag};
use super::window::Window;

/// A tag of fewer bytes that is not seen to end is looked at with each byte that comes.
const PATIENT: usize = 4 << 10;

/// What is known of the page up to the place that was read.
pub(super) struct Reader {
    /// Shown bytes up to here have become moments.
    pub(super) at: u64,
    pub(super) width: u64,
    stack: Stack,
    pub(super) log: Log,
    /// The open element holds text and no markup.
    raw: Option<Tag>,
    script: ScriptState,
    /// A CDATA section of svg or math is open.
    cdata: bool,
    /// Where the text node begins that is being read, and the element whose raw text it is, if so.
    node: Option<u64>,
    raw_node: Option<Tag>,
    /// Where its first character stands that is no white space, once there is one.
    word: Option<u64>,
    doctype: bool,
    tags: u64,
    /// So many bytes are not enough to tell what begins at `at`.
    unfinished: usize,
}

/// A tag's text, in our encoding, where the window does not have it as such.
fn tag_text<'a>(token: &Token, window: &Window<'a>) -> Cow<'a, str> {
    let bytes = window.input(token.start, token.end);
    if window.encoding == UTF_8 || bytes.is_ascii() && window.width == 1 {
        String::from_utf8_lossy(bytes)
    } else {
        window.encoding.decode_without_bom_handling(bytes).0
    }
}

impl Reader {
    /// `width`: bytes of the input to one that is shown.
    pub(super) fn new(width: u64) -> Self {
        Self {
            at: 0,
            width,
            stack: Stack::default(),
            log: Log::new(),
            raw: None,
            script: ScriptState::default(),
            cdata: false,
            node: None,
            raw_node: None,
            word: None,
            doctype: false,
            tags: 0,
            unfinished: 0,
        }
    }

    pub(super) fn tokens(&mut self, tokens: &[Token], window: &Window<'_>) {
        for token in tokens {
            if token.start > self.at {
                self.gap(token.start, true, window);
            }
            self.end_node();
            match token.kind {
                TokenKind::Comment => self.log.moments.push(Moment::Pause(token.end)),
                kind => self.start_tag(token, kind == TokenKind::ForeignStart, window),
            }
            self.at = token.end;
            self.unfinished = 0;
        }
    }

    fn start_tag(&mut self, token: &Token, foreign: bool, window: &Window<'_>) {
        self.cdata = false;
        if self.raw.take().is_some() {
            // The rewriter saw markup where a raw text was expected: it is right, it has the whole page's view.
            let keep = self.stack.frames().len().saturating_sub(1);
            self.close_down_to(keep, (token.start, token.start), Ended::Implied);
        }
        if self.tags == 0 {
            self.stack.quirks = !self.doctype;
        }
        self.tags += 1;
        let mut decoded = None;
        let text = match window.text(token.start, token.end) {
            Some(text) => text,
            None => {
                decoded = self.log.decode(&tag_text(token, window));
                self.log.text(token.start, token.end, decoded, window)
            }
        };
        let (length, hash) = tag::name_at(text.as_bytes().get(1..).unwrap_or_default());
        let name = text.get(1..=length).unwrap_or_default();
        let tag = Tag::from_hash(name.as_bytes(), hash);
        let Start::Open(keep) = self.stack.start(tag) else {
            self.log.moments.push(Moment::Pause(token.end));
            return;
        };
        self.close_down_to(keep, (token.start, token.start), Ended::Implied);
        let in_foreign = self.stack.in_foreign();
        let foreign = foreign || in_foreign;
        let seen = if in_foreign { Tag::Other } else { tag };
        let void =
            if foreign { self.log.self_closing((token.start, token.end), length, decoded, window) } else { tag::VOID.has(tag) };
        let depth = self.stack.frames().len() as u32;
        let id = if void { self.stack.pass_void() } else { self.stack.push(tag, hash) };
        self.log.moments.push(Moment::Open(self.log.openings.len() as u32));
        self.log.openings.push(Opening {
            tag: seen,
            void,
            foreign,
            depth,
            id,
            start: token.start,
            end: token.end,
            decoded,
            parts: Parts::named(length),
            note: 0,
        });
        let raw = tag::RAW_TEXT.has(tag) && !(tag == Tag::Noscript && window.open_noscript);
        if !void && !foreign && raw {
            self.raw = Some(tag);
            self.script = ScriptState::default();
        }
    }

    /// Reads on to `end`, where no start tag and no comment ends. `complete`: nor does any begin there.
    pub(super) fn gap(&mut self, end: u64, complete: bool, window: &Window<'_>) {
        while self.at < end {
            let gap = window.shown(self.at, end);
            if gap.is_empty() {
                return;
            }
            if let Some(tag) = self.raw {
                let (content, ends) = match gap::raw_end(gap, tag.name().as_bytes(), &mut self.script) {
                    Raw::Ends(at) => (at, true),
                    Raw::Goes(_) if complete => (gap.len(), false),
                    Raw::Goes(at) => (at, false),
                };
                self.raw_text(tag, content as u64);
                if ends {
                    self.raw = None;
                } else {
                    return;
                }
                continue;
            }
            if self.cdata {
                // What looks like an end tag in it is text.
                let (text, ends) = gap::cdata(gap, complete);
                if text > 0 {
                    let to = self.at + text as u64;
                    self.text(gap::white(&gap[..text]), to);
                    self.at = to;
                }
                let Some(ends) = ends else { return };
                self.cdata = false;
                self.end_node();
                self.at += (ends - text) as u64;
                self.log.moments.push(Moment::Pause(self.at));
                continue;
            }
            // What is not seen to end is looked at anew when there is twice as much of it, so that a long one costs no more than its length.
            if !complete && self.unfinished > PATIENT && gap.len() < 2 * self.unfinished {
                return;
            }
            let Some(piece) = gap::next(gap, complete, self.stack.in_foreign()) else {
                self.unfinished = gap.len();
                return;
            };
            self.unfinished = 0;
            let (from, to) = (self.at, self.at + piece.end() as u64);
            match piece {
                Piece::Text { white, .. } => self.text(white, to),
                Piece::End { name, hash, .. } => {
                    let name = &gap[name.0..name.1];
                    let (name, hash) = if name.eq_ignore_ascii_case(SHOWN_NOSCRIPT) {
                        (&b"noscript"[..], tag::name_at(b"noscript").1)
                    } else {
                        (name, hash)
                    };
                    let tag = Tag::from_hash(name, hash);
                    self.end_node();
                    self.end_tag(tag, hash, (from, to));
                }
                Piece::Skip { doctype, .. } => {
                    self.doctype |= doctype;
                    self.end_node();
                    self.log.moments.push(Moment::Pause(to));
                }
                Piece::Cdata { .. } => {
                    self.cdata = true;
                    self.end_node();
                    self.log.moments.push(Moment::Pause(to));
                }
            }
            self.at = to;
        }
    }

    /// A text goes on to `to`; so many bytes of `white` space come first.
    fn text(&mut self, white: usize, to: u64) {
        self.node.get_or_insert(self.at);
        if self.word.is_none() {
            let word = self.at + white as u64;
            self.word = (word < to).then_some(word);
            let keep = self.stack.text();
            if let Some(word) = self.word.filter(|_| keep < self.stack.frames().len()) {
                self.close_down_to(keep, (word, word), Ended::Implied);
            }
        }
        self.log.moments.push(Moment::Text { start: self.at, end: to, node: self.word.unwrap_or(to), last: false });
    }

    fn raw_text(&mut self, tag: Tag, length: u64) {
        let to = self.at + length;
        if length > 0 {
            self.node.get_or_insert(self.at);
            self.raw_node = Some(tag);
            self.log.moments.push(Moment::Raw { tag, start: self.at, end: to });
        }
        self.at = to;
    }

    /// Ends the text node that is being read, if there is one.
    #[inline]
    pub(super) fn end_node(&mut self) {
        let Some(node) = self.node.take() else { return };
        let (word, inside) = (self.word.take(), self.raw_node.take());
        match self.log.moments.last_mut() {
            Some(Moment::Text { last, .. }) => *last = true,
            _ => self.log.moments.push(Moment::NodeEnd { raw: inside, node: word.unwrap_or(node), end: self.at }),
        }
    }

    fn end_tag(&mut self, tag: Tag, name: u64, at: (u64, u64)) {
        match self.stack.end(tag, name) {
            End::PopTo(index) => {
                self.close_down_to(index + 1, (at.0, at.0), Ended::Implied);
                self.close_down_to(index, at, Ended::Tag);
            }
            End::Remove(index) => {
                if let Some(frame) = self.stack.remove(index) {
                    self.log.moments.push(Moment::Close {
                        depth: index as u32,
                        tag: frame.tag,
                        start: at.0,
                        end: at.1,
                        how: Ended::Tag,
                    });
                }
            }
            End::Ignore => self.log.moments.push(Moment::Pause(at.1)),
        }
    }

    pub(super) fn close_down_to(&mut self, keep: usize, end: (u64, u64), how: Ended) {
        while self.stack.frames().len() > keep {
            let Some(frame) = self.stack.pop() else { return };
            self.log.moments.push(Moment::Close {
                depth: self.stack.frames().len() as u32,
                tag: frame.tag,
                start: end.0,
                end: end.1,
                how,
            });
        }
    }
}
