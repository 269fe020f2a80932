//! Page mode: the page, byte for byte, less what the rules take, as it comes in.
//!
//! [`Filter`] is the push interface without I/O; [`PageWriter`] wraps it around a writer. Both hold no more than the budget allows
//! and let out what is decided as early as possible. This module must not know what a rule is.

use std::io::{self, Write};
use std::sync::Arc;

use crate::error::Error;
use crate::gate::Gate;
use crate::pass::Pass;
use crate::report::{NearMiss, Removed, Report};
use crate::scan::{Reading, Scanner, encoding};
use crate::sieve::Settings;

/// Takes a page in chunks and gives it back in chunks, less what the rules take. It is `Send`, so it may live in a task that moves
/// between threads.
///
/// ```
/// let sieve = storysieve::Sieve::builder().build()?;
/// let mut filter = sieve.filter();
/// let mut out = Vec::new();
/// for chunk in [&b"<p>The harbour re"[..], b"opened.</p>"] {
///     filter.write(chunk, &mut out);
/// }
/// let report = filter.finish(&mut out);
/// assert_eq!(out, b"<p>The harbour reopened.</p>");
/// assert!(report.removed.is_empty());
/// # Ok::<(), storysieve::Error>(())
/// ```
pub struct Filter {
    settings: Arc<Settings>,
    state: State,
    report: Report,
}

enum State {
    /// The encoding is not known yet.
    Head(Vec<u8>),
    Body(Box<Body>),
    /// The rest goes through unread.
    Blind,
}

struct Body {
    scanner: Scanner,
    pass: Pass,
    gate: Gate,
}

/// How much goes through the scanner before output is let out; bounds what is copied at a time.
const PIECE: usize = 32 << 10;

impl Filter {
    pub(crate) fn new(settings: Arc<Settings>) -> Self {
        Self { settings, state: State::Head(Vec::new()), report: Report::default() }
    }

    /// Takes in the next bytes of the page, and appends to `out` what can go out.
    pub fn write(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        self.push(chunk, &mut |bytes| out.extend_from_slice(bytes));
    }

    /// The page is over: appends what was held to `out` and tells what was done.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Report {
        self.end(&mut |bytes| out.extend_from_slice(bytes))
    }

    /// Takes out of the report what is removed so far, so that it does not grow with an endless page. What was taken is not in the
    /// report of [`Filter::finish`].
    pub fn take_removed(&mut self) -> Vec<Removed> {
        std::mem::take(&mut self.report.removed)
    }

    /// The first byte of the page that is not decided yet.
    pub(crate) fn undecided(&self) -> u64 {
        match &self.state {
            State::Head(_) => 0,
            State::Body(body) => body.pass.hold().min(body.scanner.position()),
            State::Blind => u64::MAX,
        }
    }

    fn push(&mut self, chunk: &[u8], write: &mut impl FnMut(&[u8])) {
        self.report.bytes += chunk.len() as u64;
        match &mut self.state {
            State::Head(head) => {
                head.extend_from_slice(chunk);
                self.begin(false, write);
            }
            State::Body(_) => self.read(chunk, write),
            State::Blind => write(chunk),
        }
    }

    /// Chooses the encoding if that can be done, and reads what was kept for it.
    fn begin(&mut self, complete: bool, write: &mut impl FnMut(&[u8])) {
        let State::Head(head) = &mut self.state else { return };
        let Some(encoding) = encoding::detect(head, complete, self.settings.encoding) else { return };
        let head = std::mem::take(head);
        let mut scanner = Scanner::new(encoding, self.settings.max_memory, Reading::Browser);
        scanner.skip_mark(encoding::mark(&head));
        self.report.encoding = encoding.name();
        let pass = self.settings.pass(None);
        self.state = State::Body(Box::new(Body { scanner, pass, gate: Gate::new() }));
        self.read(&head, write);
    }

    fn read(&mut self, chunk: &[u8], write: &mut impl FnMut(&[u8])) {
        let mut rest = chunk;
        while let State::Body(body) = &mut self.state {
            if rest.is_empty() {
                return;
            }
            let (piece, after) = rest.split_at(rest.len().min(PIECE));
            rest = after;
            body.gate.push(piece);
            let (window, base) = body.gate.window();
            let fine = body.scanner.feed(piece, window, base, &mut body.pass);
            if fine {
                let hold = body.pass.hold().min(body.scanner.position());
                self.let_out(hold, write);
            } else {
                let at = body.scanner.position();
                body.scanner.abandon(&mut body.pass);
                body.pass.finish(at);
                self.report.unread_from = Some(at);
                self.close(write);
            }
        }
        write(rest);
    }

    /// Lets out everything before `hold`, and reports the cuts that are final.
    fn let_out(&mut self, hold: u64, write: &mut impl FnMut(&[u8])) {
        let State::Body(body) = &mut self.state else { return };
        body.gate.release(hold, body.pass.judge.cuts.list(), write);
        if body.pass.discarding() {
            body.gate.discard(body.pass.at().min(body.scanner.position()));
        }
        let rules = &self.settings.rules;
        let judge = &mut body.pass.judge;
        for cut in judge.cuts.take_final(hold) {
            // Near misses are few, and cuts rare.
            judge.near.retain(|near| near.start < cut.start || near.start >= cut.end);
            self.report.removed.push(Removed::new(cut, rules));
        }
        body.pass.judge.forget(hold);
    }

    /// Lets out all that is held, and stops reading.
    fn close(&mut self, write: &mut impl FnMut(&[u8])) {
        self.let_out(u64::MAX, write);
        if let State::Body(body) = &mut self.state {
            self.report.held = body.pass.most_held;
            self.report.budget_spent = body.pass.judge.spent;
            self.report.sites = self.settings.sites(&body.pass.judge.active);
            let near = std::mem::take(&mut body.pass.judge.near);
            self.report.near = near.into_iter().map(|near| NearMiss::new(near, &self.settings.rules)).collect();
        }
        self.state = State::Blind;
    }

    fn end(&mut self, write: &mut impl FnMut(&[u8])) -> Report {
        self.begin(true, write);
        if let State::Body(body) = &mut self.state {
            let (window, base) = body.gate.window();
            body.scanner.finish(window, base, &mut body.pass);
            let at = body.scanner.position();
            body.pass.finish(at);
            self.close(write);
        }
        std::mem::take(&mut self.report)
    }
}

/// A writer that passes a page on to another writer, less what the rules take. Call [`PageWriter::finish`] at its end: what
/// is still held goes out then.
///
/// ```
/// use std::io::Write;
///
/// let sieve = storysieve::Sieve::builder().build()?;
/// let mut page = sieve.page(Vec::new());
/// page.write_all(b"<p>Rain is expected.</p>").unwrap();
/// let (out, report) = page.finish()?;
/// assert_eq!(out, b"<p>Rain is expected.</p>");
/// assert_eq!(report.bytes, 24);
/// # Ok::<(), storysieve::Error>(())
/// ```
pub struct PageWriter<W: Write> {
    filter: Filter,
    inner: W,
}

impl<W: Write> PageWriter<W> {
    pub(crate) fn new(filter: Filter, inner: W) -> Self {
        Self { filter, inner }
    }

    /// The page is over: writes what was held, flushes, and gives back the writer and what was done.
    ///
    /// # Errors
    ///
    /// Those of the writer, as [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn finish(mut self) -> Result<(W, Report), Error> {
        let mut result = Ok(());
        let inner = &mut self.inner;
        let report = self.filter.end(&mut |bytes| {
            if result.is_ok() {
                result = inner.write_all(bytes);
            }
        });
        result.and_then(|()| self.inner.flush()).map_err(|error| Error::io("output", error))?;
        Ok((self.inner, report))
    }

    /// See [`Filter::take_removed`].
    pub fn take_removed(&mut self) -> Vec<Removed> {
        self.filter.take_removed()
    }
}

impl<W: Write> Write for PageWriter<W> {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        let mut result = Ok(());
        let inner = &mut self.inner;
        self.filter.push(chunk, &mut |bytes| {
            if result.is_ok() {
                result = inner.write_all(bytes);
            }
        });
        result.map(|()| chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
