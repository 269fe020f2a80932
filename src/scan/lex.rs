//! lol_html, driven as a tokenizer: bytes in, places of start tags and comments out.
//!
//! One handler for every start tag and one for comments write what they see into a log, which the caller empties after each
//! write. Nothing is rewritten and no text is asked for, which keeps lol_html in its fastest mode; how far it has come is told by
//! what its output was given. The log is behind a mutex only so that a sieve can move between threads; nobody waits for
//! it. This module must not know what is done with a tag.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
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
    /// A start tag; inside svg or math, `foreign`.
    Start {
        foreign: bool,
    },
    Comment,
}

/// See the module.
pub(crate) struct Lexer {
    rewriter: Option<HtmlRewriter<'static, Progress>>,
    log: Arc<Mutex<Vec<Token>>>,
    passed: Arc<AtomicU64>,
}

/// Counts what lol_html puts out. Nothing is changed, so this is how far it has read for good.
struct Progress(Arc<AtomicU64>);

impl OutputSink for Progress {
    fn handle_chunk(&mut self, chunk: &[u8]) {
        self.0.fetch_add(chunk.len() as u64, Ordering::Relaxed);
    }
}

impl Lexer {
    /// `memory`: bytes lol_html may use for what it has to hold, which is the one tag it is in and its own stack.
    pub(crate) fn new(memory: usize) -> Self {
        let log = Arc::new(Mutex::new(Vec::with_capacity(1024)));
        let passed = Arc::new(AtomicU64::new(0));
        let (tags, comments) = (Arc::clone(&log), Arc::clone(&log));
        let on_tag = move |element: &mut Element<'_, '_>| {
            let place = element.source_location().bytes();
            let foreign = !element.namespace_uri().ends_with("xhtml");
            push(&tags, Token { start: place.start as u64, end: place.end as u64, kind: TokenKind::Start { foreign } });
            Ok(())
        };
        let on_comment = move |comment: &mut Comment<'_>| {
            let place = comment.source_location().bytes();
            push(&comments, Token { start: place.start as u64, end: place.end as u64, kind: TokenKind::Comment });
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
        let rewriter = Some(HtmlRewriter::new(settings, Progress(Arc::clone(&passed))));
        Self { rewriter, log, passed }
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
        std::mem::swap(out, &mut self.log.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Shown bytes that no later token can begin before.
    pub(crate) fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }
}

fn push(log: &Mutex<Vec<Token>>, token: Token) {
    log.lock().unwrap_or_else(PoisonError::into_inner).push(token);
}
