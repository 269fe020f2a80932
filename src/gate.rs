//! Held output: the page's bytes from the first that may still go, and the cuts among them.
//!
//! Bytes come in, and go out when the judge says that nothing before a place can go any more, less what it cut. This module must not know
//! why a span is kept or cut.

use crate::judge::cuts::Cut;

/// Room that is made beforehand: what is held of most pages, and the piece behind it.
const ROOM: usize = 96 << 10;

/// See the module.
#[derive(Debug)]
pub(crate) struct Gate {
    held: Vec<u8>,
    /// Where the first held byte stands in the input.
    base: u64,
    /// How many of the held bytes are out already; they are dropped from time to time.
    out: usize,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { held: Vec::with_capacity(ROOM), base: 0, out: 0 }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.out > 0 && self.out >= self.held.len() / 2 {
            self.held.drain(..self.out);
            self.base += self.out as u64;
            self.out = 0;
        }
        self.held.extend_from_slice(bytes);
    }

    /// The bytes at hand, and where they begin in the input.
    pub(crate) fn window(&self) -> (&[u8], u64) {
        (&self.held, self.base)
    }

    /// Lets everything before `to` out, less the cuts, which are in page order. Cuts behind `to` are not looked at.
    pub(crate) fn release(&mut self, to: u64, cuts: &[Cut], write: &mut impl FnMut(&[u8])) {
        let from = self.position();
        let mut at = from;
        let to = to.min(self.base + self.held.len() as u64);
        if at >= to {
            return;
        }
        for (start, end) in cuts.iter().skip_while(|cut| cut.end <= from).flat_map(Cut::spans) {
            if start >= to {
                break;
            }
            if start > at {
                write(self.slice(at, start));
            }
            at = at.max(end);
        }
        if at < to {
            write(self.slice(at, to));
        }
        self.out = (to - self.base) as usize;
    }

    /// Throws away everything before `to`.
    pub(crate) fn discard(&mut self, to: u64) {
        self.out = self.out.max((to.saturating_sub(self.base) as usize).min(self.held.len()));
    }

    /// The place of the first byte that is neither out nor thrown away.
    pub(crate) fn position(&self) -> u64 {
        self.base + self.out as u64
    }

    fn slice(&self, start: u64, end: u64) -> &[u8] {
        let from = start.saturating_sub(self.base) as usize;
        self.held.get(from..(end - self.base) as usize).unwrap_or_default()
    }
}
