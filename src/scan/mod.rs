//! Bytes to plain events: which element begins, which text follows, which element ends.
//!
//! The only room that knows lol_html ([`lex`]). It also knows encodings ([`encoding`], [`decode`]), HTML's optional end tags
//! ([`stack`]) and what stands between tags ([`gap`]). A step of the page is first written down ([`reader`]), then told ([`moment`]). Whatever
//! the bytes, every place it names is a place in the input, and any cut of the input into chunks gives the same events. It must not know
//! what an appeal or a story is.

pub(crate) mod attrs;
pub(crate) mod decode;
pub(crate) mod encoding;
mod gap;
mod lex;
pub(crate) mod moment;
mod reader;
pub(crate) mod stack;
pub(crate) mod tag;
mod window;

use encoding_rs::Encoding;

use attrs::TagText;
use decode::TextDecoder;
use encoding::Lens;
use lex::{Lexer, Token};
use moment::Step;
use reader::Reader;
use tag::Tag;
use window::look;

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

    /// Text that stands between tags, decoded; empty if it was not wanted. `node` is where its text node begins, white space aside, `end` where
    /// the piece ends; they are equal as long as the node is nothing but white space.
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

/// How many bytes go through lol_html before its findings are read. Enough that the code of each turn is fetched once for many tags, and little
/// enough that what is written down stays near. From 16 to 64 KiB are alike, 8 KiB cost stories 1 to 2%.
const STEP: usize = 32 << 10;

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
            reader: Reader::new(width),
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
