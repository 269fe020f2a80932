//! lol_html, driven as a tokenizer: bytes in, places of start tags and comments out.
//!
//! One handler for every start tag and one for comments write what they see into a log, which the caller empties after each
//! write. Nothing is rewritten and no text is asked for, which keeps lol_html in its fastest mode; how far it has come is told by
//! what its output was given. The log is made of atomics only so that a sieve can move between threads: writer and reader take turns,
//! so it needs no lock and no order. This module must not know what is done with a tag.

use std::borrow::Cow;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::WINDOWS_1252;
use lol_html::html_content::Comment;
use lol_html::send::{DocumentContentHandlers, Element, ElementContentHandlers, HtmlRewriter, Settings};
use lol_html::{AsciiCompatibleEncoding, MemorySettings, OutputSink, Selector};

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
    rewriter: Option<HtmlRewriter<'static, Progress>>,
    log: Arc<Log>,
}

/// What the handlers tell the caller. Its two sides take turns, so a plain load and store is as good as an exchange, and ten times cheaper.
struct Log {
    /// The newest tokens, and how many there are.
    slots: [(AtomicU64, AtomicU64); SLOTS],
    used: AtomicUsize,
    /// Those before them.
    earlier: Mutex<Vec<Token>>,
    passed: AtomicU64,
}

/// So many tokens are logged without a lock; 4 KiB of them.
const SLOTS: usize = 256;

impl Log {
    fn new() -> Self {
        Self {
            slots: std::array::from_fn(|_| Default::default()),
            used: AtomicUsize::new(0),
            earlier: Mutex::default(),
            passed: AtomicU64::new(0),
        }
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

/// Counts what lol_html puts out. Nothing is changed, so this is how far it has read for good.
struct Progress(Arc<Log>);

impl OutputSink for Progress {
    fn handle_chunk(&mut self, chunk: &[u8]) {
        self.0.passed.store(self.0.passed.load(Relaxed) + chunk.len() as u64, Relaxed);
    }
}

impl Lexer {
    /// `memory`: bytes lol_html may use for what it has to hold, which is the one tag it is in and its own stack.
    pub(crate) fn new(memory: usize) -> Self {
        let log = Arc::new(Log::new());
        let (tags, comments) = (Arc::clone(&log), Arc::clone(&log));
        let on_tag = move |element: &mut Element<'_, '_>| {
            let foreign = !element.namespace_uri().ends_with("xhtml");
            tags.push(element.source_location().bytes(), if foreign { TokenKind::ForeignStart } else { TokenKind::Start });
            Ok(())
        };
        let on_comment = move |comment: &mut Comment<'_>| {
            comments.push(comment.source_location().bytes(), TokenKind::Comment);
            Ok(())
        };
        let mut settings = Settings::new_send()
            .with_strict(false)
            .with_memory_settings(MemorySettings::new().with_max_allowed_memory_usage(memory))
            .append_document_content_handler(DocumentContentHandlers::default().comments(on_comment));
        if let Some(encoding) = AsciiCompatibleEncoding::new(WINDOWS_1252) {
            settings = settings.with_encoding(encoding);
        }
        if let Ok(every) = "*".parse::<Selector>() {
            settings =
                settings.append_element_content_handler((Cow::Owned(every), ElementContentHandlers::default().element(on_tag)));
        }
        let rewriter = Some(HtmlRewriter::new(settings, Progress(Arc::clone(&log))));
        Self { rewriter, log }
    }

    /// Reads on. `false`: it has given up (its memory is spent) and will say no more.
    pub(crate) fn write(&mut self, shown: &[u8]) -> bool {
        let Some(rewriter) = &mut self.rewriter else { return false };
        let fine = rewriter.write(shown).is_ok();
        if !fine {
            self.rewriter = None;
        }
        fine
    }

    /// The input has ended.
    pub(crate) fn end(&mut self) -> bool {
        self.rewriter.take().is_some_and(|rewriter| rewriter.end().is_ok())
    }

    /// Moves what was logged since the last call into `out`.
    pub(crate) fn take(&self, out: &mut Vec<Token>) {
        out.clear();
        std::mem::swap(out, &mut self.log.earlier.lock().unwrap_or_else(PoisonError::into_inner));
        self.log.drain_into(out);
    }

    /// Shown bytes that no later token can begin before.
    pub(crate) fn passed(&self) -> u64 {
        self.log.passed.load(Relaxed)
    }
}
