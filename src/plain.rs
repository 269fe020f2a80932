//! Text without markup: paragraphs in place of elements.
//!
//! A scraped text has a paragraph a line, or paragraphs between empty lines. Each is told to the same judge as a block of its own, so the same
//! text rules find the same appeals. This module must not know rules.

use encoding_rs::Encoding;

use crate::pass::Pass;
use crate::scan::Opened;
use crate::scan::attrs::Apart;
use crate::scan::tag::Tag;

/// Reads a text's lines as paragraphs. Places are bytes of the input for UTF-8, of its decoded form for other encodings.
pub(crate) fn read(input: &[u8], encoding: &'static Encoding, pass: &mut Pass) {
    let (text, _, _) = encoding.decode(input);
    let mark = if input.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut at = mark;
    let tag = Apart::of("<p>");
    let tag = tag.tag();
    let mut id = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len() as u64;
        if !line.trim().is_empty() {
            let start = (at, at);
            pass.paragraph(
                &Opened { tag: Tag::P, depth: 0, id, start, text: &tag, void: false, foreign: false, note: 0 },
                line,
                end,
            );
            id += 1;
        }
        at = end;
    }
    pass.finish(at);
}

/// Words of a piece of markup, without its tags.
pub(crate) fn words_without_tags(markup: &str) -> usize {
    let mut words = 0;
    let mut rest = markup;
    while let Some(open) = rest.find('<') {
        words += rest[..open].split_ascii_whitespace().count();
        rest = rest[open..].find('>').map_or("", |close| &rest[open + close + 1..]);
    }
    words + rest.split_ascii_whitespace().count()
}
