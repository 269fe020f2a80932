//! lol_html, driven as a tokenizer: bytes in, places of start tags and comments out.
//!
//! What it sees is written into a log, which the caller empties after each write. Nothing is put out and no text is asked for, which
//! keeps lol_html in its fastest mode. Its tokenizer is driven directly: a handler for every start tag, which is all its public interface
//! has for this, makes its selectors' machine keep every open element a second time and took a tenth of the time of all. The log is made of
//! atomics only so that a sieve can move between threads: writer and reader take turns, so it needs no lock and no order. This module must
//! not know what is done with a tag.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::WINDOWS_1252;
use lol_html::errors::RewritingError;
use lol_html::html_content::DocumentEnd;
use lol_html::{
    AsciiCompatibleEncoding, LocalName, Namespace, OutputSink, SharedMemoryLimiter, StartTagHandlingResult, Token as LolToken,
    TokenCaptureFlags, TransformController, TransformStream, TransformStreamSettings,
};

/// A start tag or a comment, as a range of the shown bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) kind: TokenKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Start,
    /// A start tag inside svg or math.
    ForeignStart,
    Comment,
}

impl TokenKind {
    fn of(number: u64) -> Self {
        [Self::Start, Self::ForeignStart, Self::Comment][number as usize % 3]
    }
}

/// See the module.
pub(crate) struct Lexer {
    /// None once it has given up.
    stream: Option<TransformStream<Listener, Nowhere>>,
    log: Arc<Log>,
}

/// What the handlers tell the caller. Its two sides take turns, so a plain load and store is as good as an exchange, and ten times cheaper.
struct Log {
    /// The newest tokens, and how many there are.
    slots: [(AtomicU64, AtomicU64); SLOTS],
    used: AtomicUsize,
    /// Those before them.
    earlier: Mutex<Vec<Token>>,
}

/// Room for a tag that a piece of the input breaks, as lol_html has it by itself.
const BUFFER: usize = 1024;

/// So many tokens are logged without a lock; 4 KiB of them.
const SLOTS: usize = 256;

impl Log {
    fn new() -> Self {
        Self { slots: std::array::from_fn(|_| Default::default()), used: AtomicUsize::new(0), earlier: Mutex::default() }
    }

    fn push(&self, place: std::ops::Range<usize>, kind: TokenKind) {
        let mut used = self.used.load(Relaxed);
        if used == SLOTS {
            self.drain_into(&mut self.earlier.lock().unwrap_or_else(PoisonError::into_inner));
            used = 0;
        }
        if let Some((start, end)) = self.slots.get(used) {
            start.store((place.start as u64) << 2 | kind as u64, Relaxed);
            end.store(place.end as u64, Relaxed);
            self.used.store(used + 1, Relaxed);
        }
    }

    /// Moves the newest tokens to the end of `out`.
    fn drain_into(&self, out: &mut Vec<Token>) {
        let token = |(start, end): &(AtomicU64, AtomicU64)| {
            let start = start.load(Relaxed);
            Token { start: start >> 2, end: end.load(Relaxed), kind: TokenKind::of(start & 3) }
        };
        out.extend(self.slots[..self.used.load(Relaxed)].iter().map(token));
        self.used.store(0, Relaxed);
    }
}

/// Writes start tags and comments into the log.
struct Listener {
    log: Arc<Log>,
    /// The start tag that comes next is one inside svg or math.
    foreign: bool,
}

/// What lol_html is to tell of, from each tag on to the next.
const WANTED: TokenCaptureFlags = TokenCaptureFlags::COMMENTS.union(TokenCaptureFlags::NEXT_START_TAG);

impl TransformController for Listener {
    fn initial_capture_flags(&self) -> TokenCaptureFlags {
        WANTED
    }

    fn handle_start_tag(&mut self, _: LocalName<'_>, namespace: Namespace) -> StartTagHandlingResult<Self> {
        self.foreign = namespace != Namespace::Html;
        Ok(WANTED)
    }

    fn handle_end_tag(&mut self, _: LocalName<'_>) -> TokenCaptureFlags {
        WANTED
    }

    fn handle_token(&mut self, token: &mut LolToken<'_>) -> Result<(), RewritingError> {
        match token {
            LolToken::StartTag(tag) => {
                let kind = if self.foreign { TokenKind::ForeignStart } else { TokenKind::Start };
                self.log.push(tag.source_location().bytes(), kind);
            }
            LolToken::Comment(comment) => self.log.push(comment.source_location().bytes(), TokenKind::Comment),
            _ => {}
        }
        Ok(())
    }

    fn handle_end(&mut self, _: &mut DocumentEnd<'_>) -> Result<(), RewritingError> {
        Ok(())
    }

    fn should_emit_content(&self) -> bool {
        false
    }
}

/// Nothing is put out.
struct Nowhere;

impl OutputSink for Nowhere {
    fn handle_chunk(&mut self, _: &[u8]) {}
}

impl Lexer {
    /// `memory`: bytes lol_html may use for what it has to hold, which is the one tag it is in.
    pub(crate) fn new(memory: usize) -> Self {
        let log = Arc::new(Log::new());
        let stream = AsciiCompatibleEncoding::new(WINDOWS_1252).map(|encoding| {
            TransformStream::new(TransformStreamSettings {
                transform_controller: Listener { log: Arc::clone(&log), foreign: false },
                output_sink: Nowhere,
                preallocated_parsing_buffer_size: BUFFER.min(memory),
                memory_limiter: SharedMemoryLimiter::new(memory),
                encoding,
                next_encoding: Default::default(),
                strict: false,
                graceful_bail_out_on_memory_limit_exceeded: false,
                graceful_bail_out_on_content_handler_error: false,
            })
        });
        Self { stream, log }
    }

    /// Reads on. `false`: it has given up (its memory is spent) and will say no more.
    pub(crate) fn write(&mut self, shown: &[u8]) -> bool {
        let fine = self.stream.as_mut().is_some_and(|stream| stream.write(shown).is_ok());
        if !fine {
            self.stream = None;
        }
        fine
    }

    /// The input has ended.
    pub(crate) fn end(&mut self) -> bool {
        self.stream.take().is_some_and(|mut stream| stream.end().is_ok())
    }

    /// Moves what was logged since the last call into `out`.
    pub(crate) fn take(&self, out: &mut Vec<Token>) {
        out.clear();
        std::mem::swap(out, &mut self.log.earlier.lock().unwrap_or_else(PoisonError::into_inner));
        self.log.drain_into(out);
    }
}
