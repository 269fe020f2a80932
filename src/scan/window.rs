//! The bytes of a page that are at hand.
//!
//! The rewriter may be shown other bytes than the page has (see [`super::encoding`]); places are told in shown bytes. This module must not know
//! what stands in them.

use encoding_rs::{Encoding, UTF_8};

use super::STEP;
use super::encoding::Lens;

/// What the rewriter was shown, and the input itself.
#[derive(Clone, Copy)]
pub(super) struct Window<'a> {
    shown: &'a [u8],
    shown_base: u64,
    pub(super) input: &'a [u8],
    input_base: u64,
    pub(super) encoding: &'static Encoding,
    pub(super) width: u64,
    pub(super) open_noscript: bool,
    /// The part of the input that will be read now, as far as it was found to be UTF-8: checked once, not a piece at a time.
    text: &'a str,
    text_base: u64,
}

impl<'a> Window<'a> {
    /// Checks the input from `start` to `end` of an UTF-8 page. Bounded, so that a long tag that comes in pieces costs no more.
    pub(super) fn check(&mut self, start: u64, end: u64) {
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
    pub(super) fn text(&self, start: u64, end: u64) -> Option<&'a str> {
        self.text.get(start.checked_sub(self.text_base)? as usize..end.checked_sub(self.text_base)? as usize)
    }

    pub(super) fn shown(&self, start: u64, end: u64) -> &[u8] {
        let from = (start - self.shown_base) as usize;
        let to = ((end - self.shown_base) as usize).min(self.shown.len());
        self.shown.get(from..to).unwrap_or_default()
    }

    pub(super) fn input(&self, start: u64, end: u64) -> &'a [u8] {
        let from = (start * self.width - self.input_base) as usize;
        let to = ((end * self.width - self.input_base) as usize).min(self.input.len());
        self.input.get(from..to).unwrap_or_default()
    }
}

pub(super) fn look<'a>(
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
