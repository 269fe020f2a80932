//! A start tag taken apart: its name and its attributes, as ranges of the tag's own text.
//!
//! Attributes are found as the HTML standard's tokenizer finds them (the first of two with one name counts, quotes may be
//! missing, values keep their character references). A value is decoded only when somebody asks for it. One [`TagText`] serves a
//! whole page, so a tag costs no allocation. This module must not know what any attribute means.

use std::borrow::Cow;
use std::ops::Range;

/// The text of one start tag, `<` to `>`, and where its parts are. Refilled for every tag.
#[derive(Clone, Debug, Default)]
pub(crate) struct TagText {
    text: String,
    name: Range<usize>,
    attrs: Vec<(Range<usize>, Range<usize>)>,
}

impl TagText {
    /// Takes in a new tag. `text` begins with `<`.
    pub(crate) fn read(&mut self, text: &str) {
        self.text.clear();
        self.text.push_str(text);
        self.attrs.clear();
        let b = self.text.as_bytes();
        let space = |c: u8| matches!(c, b' ' | b'\t' | b'\n' | b'\r' | 0x0c);
        let mut i = 1.min(b.len());
        let start = i;
        while i < b.len() && !space(b[i]) && b[i] != b'/' && b[i] != b'>' {
            i += 1;
        }
        self.name = start..i;
        loop {
            while i < b.len() && (space(b[i]) || b[i] == b'/') {
                i += 1;
            }
            if i >= b.len() || b[i] == b'>' {
                return;
            }
            let start = i;
            i += 1; // an equals sign in the first place is part of the name
            while i < b.len() && !space(b[i]) && !matches!(b[i], b'/' | b'>' | b'=') {
                i += 1;
            }
            let name = start..i;
            while i < b.len() && space(b[i]) {
                i += 1;
            }
            let mut value = i..i;
            if i < b.len() && b[i] == b'=' {
                i += 1;
                while i < b.len() && space(b[i]) {
                    i += 1;
                }
                match b.get(i) {
                    Some(&quote @ (b'"' | b'\'')) => {
                        let end = memchr::memchr(quote, &b[i + 1..]).map_or(b.len(), |n| i + 1 + n);
                        value = i + 1..end;
                        i = (end + 1).min(b.len());
                    }
                    _ => {
                        let start = i;
                        while i < b.len() && !space(b[i]) && b[i] != b'>' {
                            i += 1;
                        }
                        value = start..i;
                    }
                }
            }
            self.attrs.push((name, value));
        }
    }

    /// The raw name, in the case of the page.
    pub(crate) fn name(&self) -> &str {
        &self.text[self.name.clone()]
    }

    /// Does the tag end in `/>`? (Only elements of SVG and MathML heed it.)
    pub(crate) fn self_closing(&self) -> bool {
        self.text.ends_with("/>") && self.attrs.last().is_none_or(|(_, value)| value.end < self.text.len() - 1)
    }

    /// Names (in the page's case) and raw values, in page order, doubles included.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attrs.iter().map(|(n, v)| (&self.text[n.clone()], &self.text[v.clone()]))
    }

    /// The raw value of the first attribute of that name (given in lower case), character references and all.
    pub(crate) fn raw(&self, name: &str) -> Option<&str> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v)
    }

    /// The value of the first attribute of that name (given in lower case), decoded.
    pub(crate) fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.raw(name).map(decoded)
    }
}

/// An attribute's raw value as a reader of the attribute sees it.
pub(crate) fn decoded(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', raw.as_bytes()).is_none() { Cow::Borrowed(raw) } else { htmlize::unescape_attribute(raw) }
}
