//! Bytes to plain events: which element begins, which text follows, which element ends.
//!
//! The only room that knows lol_html ([`lex`]). It also knows encodings ([`encoding`], [`decode`]), HTML's optional end tags
//! ([`stack`]) and what stands between tags ([`gap`]). Whatever the bytes, every place it names is a place in the input, and any
//! cut of the input into chunks gives the same events. It must not know what an appeal or a story is.

pub(crate) mod attrs;
pub(crate) mod decode;
pub(crate) mod encoding;
mod gap;
mod lex;
pub(crate) mod moment;
pub(crate) mod stack;
pub(crate) mod tag;

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use attrs::{Apart, Parts, TagText};
use decode::TextDecoder;
use encoding::{Lens, SHOWN_NOSCRIPT};
use gap::{Piece, Raw, ScriptState};
use lex::{Lexer, Token, TokenKind};
use moment::{Log, Moment, Opening, Step};
use stack::{End, Stack, Start};
use tag::Tag;

/// A start tag.
pub(crate) struct Opened<'a> {
    /// [`Tag::Other`] inside svg and math too.
    pub(crate) tag: Tag,
    /// How many elements are open around it: its index on the stack.
    pub(crate) depth: usize,
    /// Which element of the page it is, from 0.
    pub(crate) id: u32,
    /// The start tag, in bytes of the input.
    pub(crate) start: (u64, u64),
    /// Its name and attributes; empty if it was not taken apart, see [`Events::look_ahead`].
    pub(crate) text: &'a TagText<'a>,
    /// It has no content: no close follows.
    pub(crate) void: bool,
    pub(crate) foreign: bool,
    /// What [`Events::look_ahead`] wrote down for itself.
    pub(crate) note: u32,
}

/// How an element came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// By its end tag.
    Tag,
    /// By another tag.
    Implied,
    /// With the page.
    Input,
}

/// Who hears of the events.
pub(crate) trait Events {
    /// Sees what will be told next, before any of it is. Only tags that it takes apart have attributes then.
    fn look_ahead(&mut self, step: &mut Step<'_>);

    /// An element begins.
    fn open(&mut self, opened: &Opened<'_>);

    /// The element at index `depth` of the stack ends before (`implied`) or with the bytes `end`.
    fn close(&mut self, depth: usize, tag: Tag, end: (u64, u64), how: Ended);

    /// Whether [`Events::text`] would read the text itself; `white`: as far as it is nothing but white space.
    fn wants_text(&self, white: bool) -> bool;

    /// Text that stands between tags, decoded; empty if it was not wanted. `node` is where its text node begins, white space aside, `end` where the piece ends; they are
    /// equal as long as the node is nothing but white space.
    fn text(&mut self, text: &str, node: u64, end: u64);

    /// A text node has ended, or a tag came that changes nothing. The next byte is at `at`.
    fn pause(&mut self, at: u64);

    /// Whether [`Events::raw`] wants the content of such an element.
    fn wants_raw(&self, tag: Tag) -> bool;

    /// Content of an element that holds text and no markup (`script`, `title`, `noscript`), in pieces.
    fn raw(&mut self, tag: Tag, text: &str);

    /// Whether what comes need not be read. Asked now and then.
    fn has_enough(&self) -> bool {
        false
    }
}

/// What is made of `noscript`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Its content is text nobody sees.
    Browser,
    /// Its content is markup like any other.
    WithoutScripting,
}

/// How many bytes go through lol_html before its findings are read; keeps the log small and in the cache.
const STEP: usize = 32 << 10;

/// A tag of fewer bytes that is not seen to end is looked at with each byte that comes.
const PATIENT: usize = 4 << 10;

/// How many bytes of the input lol_html gets next. What it is given in the middle of a tag it copies, so a piece ends behind a tag; and one
/// that goes on with a `torn` tag ends where that does.
fn piece(input: &[u8], torn: bool) -> usize {
    let most = &input[..input.len().min(STEP)];
    let end = if torn { memchr::memchr(b'>', most) } else { memchr::memrchr(b'>', most) };
    end.map_or(most.len(), |at| at + 1)
}

/// See the module.
pub(crate) struct Scanner {
    lexer: Lexer,
    /// The last piece it was given may have ended inside a tag.
    torn: bool,
    tokens: Vec<Token>,
    lens: Lens,
    encoding: &'static Encoding,
    decoder: TextDecoder,
    /// What the rewriter was shown and has not been read yet, from `shown_base` on; unused for [`Lens::Plain`].
    shown: Vec<u8>,
    shown_base: u64,
    /// Shown bytes that the rewriter was given.
    given: u64,
    reader: Reader,
}

/// What is known of the page up to the place that was read.
struct Reader {
    /// Shown bytes up to here have become events.
    at: u64,
    width: u64,
    stack: Stack,
    log: Log,
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

/// Bytes of the page that are at hand: what the rewriter was shown, and the input itself.
#[derive(Clone, Copy)]
struct Window<'a> {
    shown: &'a [u8],
    shown_base: u64,
    input: &'a [u8],
    input_base: u64,
    encoding: &'static Encoding,
    width: u64,
    open_noscript: bool,
    /// The part of the input that will be read now, as far as it was found to be UTF-8: checked once, not a piece at a time.
    text: &'a str,
    text_base: u64,
}

impl<'a> Window<'a> {
    /// Checks the input from `start` to `end` of an UTF-8 page. Bounded, so that a long tag that comes in pieces costs no more.
    fn check(&mut self, start: u64, end: u64) {
        if self.encoding != UTF_8 || self.width != 1 || end.saturating_sub(start) > 2 * STEP as u64 {
            return;
        }
        let from = start.saturating_sub(self.input_base) as usize;
        let to = (end.saturating_sub(self.input_base) as usize).min(self.input.len());
        let bytes = self.input.get(from..to).unwrap_or_default();
        let right = match simdutf8::compat::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        };
        (self.text, self.text_base) = (right, start);
    }

    /// A part of the input as text, if it is known to be some.
    fn text(&self, start: u64, end: u64) -> Option<&'a str> {
        self.text.get(start.checked_sub(self.text_base)? as usize..end.checked_sub(self.text_base)? as usize)
    }

    fn shown(&self, start: u64, end: u64) -> &[u8] {
        let from = (start - self.shown_base) as usize;
        let to = ((end - self.shown_base) as usize).min(self.shown.len());
        self.shown.get(from..to).unwrap_or_default()
    }

    fn input(&self, start: u64, end: u64) -> &'a [u8] {
        let from = (start * self.width - self.input_base) as usize;
        let to = ((end * self.width - self.input_base) as usize).min(self.input.len());
        self.input.get(from..to).unwrap_or_default()
    }
}

fn look<'a>(
    lens: &Lens,
    shown: &'a [u8],
    shown_base: u64,
    input: &'a [u8],
    input_base: u64,
    encoding: &'static Encoding,
) -> Window<'a> {
    let (shown, shown_base) = if matches!(lens, Lens::Plain) { (input, input_base) } else { (shown, shown_base) };
    Window {
        shown,
        shown_base,
        input,
        input_base,
        encoding,
        width: lens.width(),
        open_noscript: matches!(lens, Lens::OpenNoscript(_)),
        text: "",
        text_base: 0,
    }
}

impl Scanner {
    /// `memory`: see [`Lexer::new`].
    pub(crate) fn new(encoding: &'static Encoding, memory: usize, reading: Reading) -> Self {
        let lens = match Lens::new(encoding) {
            Lens::Plain if reading == Reading::WithoutScripting => Lens::OpenNoscript(0),
            lens => lens,
        };
        let width = lens.width();
        Self {
            lexer: Lexer::new(memory),
            torn: false,
            tokens: Vec::new(),
            lens,
            encoding,
            decoder: TextDecoder::new(encoding),
            shown: Vec::new(),
            shown_base: 0,
            given: 0,
            reader: Reader {
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
            },
        }
    }

    /// Leaves out the first bytes of the input: a byte order mark.
    pub(crate) fn skip_mark(&mut self, bytes: usize) {
        self.reader.at = bytes as u64 / self.reader.width;
    }

    /// Bytes of the input before this place have become events and are not needed again.
    pub(crate) fn position(&self) -> u64 {
        self.reader.at * self.reader.width
    }

    /// Reads `input`, the last part of `window`, which holds all bytes of the page from `base` (at most
    /// [`Scanner::position`]) on. `false`: the memory it may use is spent, or the events are enough; what comes after is not read.
    pub(crate) fn feed(&mut self, input: &[u8], window: &[u8], base: u64, events: &mut impl Events) -> bool {
        let mut rest = input;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(piece(rest, self.torn));
            self.torn = !piece.ends_with(b">");
            if !self.step(piece, window, base, events) || events.has_enough() {
                return false;
            }
            rest = behind;
        }
        true
    }

    fn step(&mut self, piece: &[u8], window: &[u8], base: u64, events: &mut impl Events) -> bool {
        let plain = matches!(self.lens, Lens::Plain);
        let fine = if plain {
            self.lexer.write(piece)
        } else {
            let before = self.shown.len();
            self.lens.show(piece, &mut self.shown);
            self.lexer.write(&self.shown[before..])
        };
        self.lexer.take(&mut self.tokens);
        self.given = if plain { self.given + piece.len() as u64 } else { self.shown_base + self.shown.len() as u64 };
        let mut window = look(&self.lens, &self.shown, self.shown_base, window, base, self.encoding);
        window.check(self.reader.at, self.given);
        self.reader.tokens(&self.tokens, &window);
        if fine {
            self.reader.gap(self.given, false, &window);
        }
        self.reader.log.tell(&window, &mut self.decoder, events);
        self.trim();
        fine
    }

    /// The input has ended.
    pub(crate) fn finish(&mut self, window: &[u8], base: u64, events: &mut impl Events) -> bool {
        let fine = self.lexer.end();
        self.lexer.take(&mut self.tokens);
        let window = look(&self.lens, &self.shown, self.shown_base, window, base, self.encoding);
        self.reader.tokens(&self.tokens, &window);
        let end = if matches!(self.lens, Lens::Plain) {
            base + window.input.len() as u64
        } else {
            self.shown_base + self.shown.len() as u64
        };
        self.reader.gap(end, true, &window);
        self.reader.end_node();
        self.reader.close_down_to(0, (end, end), Ended::Input);
        self.reader.log.tell(&window, &mut self.decoder, events);
        fine
    }

    /// A page over: the elements that are open, when the rest will not be read.
    pub(crate) fn abandon(&mut self, events: &mut impl Events) {
        let at = self.reader.at;
        self.reader.end_node();
        self.reader.close_down_to(0, (at, at), Ended::Input);
        let window = look(&self.lens, &[], 0, &[], 0, self.encoding);
        self.reader.log.tell(&window, &mut self.decoder, events);
    }

    fn trim(&mut self) {
        let done = (self.reader.at - self.shown_base.min(self.reader.at)) as usize;
        if done > STEP && done <= self.shown.len() {
            self.shown.drain(..done);
            self.shown_base += done as u64;
        }
    }
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
    fn tokens(&mut self, tokens: &[Token], window: &Window<'_>) {
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
        let slash = text.ends_with("/>");
        let Start::Open(keep) = self.stack.start(tag) else {
            self.log.moments.push(Moment::Pause(token.end));
            return;
        };
        self.close_down_to(keep, (token.start, token.start), Ended::Implied);
        let in_foreign = self.stack.in_foreign();
        let foreign = foreign || in_foreign;
        let seen = if in_foreign { Tag::Other } else { tag };
        let void = if foreign {
            slash && Apart::of(self.log.text(token.start, token.end, decoded, window)).tag().self_closing()
        } else {
            tag::VOID.has(tag)
        };
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
    fn gap(&mut self, end: u64, complete: bool, window: &Window<'_>) {
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
    fn end_node(&mut self) {
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

    fn close_down_to(&mut self, keep: usize, end: (u64, u64), how: Ended) {
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
