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
    /// The values of the first `id`, `class` and `href`, which nearly everybody asks for.
    id: Option<Range<usize>>,
    class: Option<Range<usize>>,
    href: Option<Range<usize>>,
    /// It has an ampersand, so there may be character references in its values.
    references: bool,
}

/// What a byte means in a tag.
static MEANING: [u8; 256] = {
    let mut table = [0; 256];
    table[b' ' as usize] = SPACE;
    table[b'\t' as usize] = SPACE;
    table[b'\n' as usize] = SPACE;
    table[b'\r' as usize] = SPACE;
    table[0x0c] = SPACE;
    table[b'/' as usize] = SLASH;
    table[b'>' as usize] = CLOSE;
    table[b'=' as usize] = EQUALS;
    table
};
const SPACE: u8 = 1;
const SLASH: u8 = 2;
const CLOSE: u8 = 4;
const EQUALS: u8 = 8;

/// The raw name of a tag. `text` begins with `<`.
pub(crate) fn name(text: &str) -> &str {
    let name = text.get(1..).unwrap_or_default();
    let end = name.bytes().position(|b| MEANING[usize::from(b)] & (SPACE | SLASH | CLOSE) != 0);
    &name[..end.unwrap_or(name.len())]
}

impl TagText {
    /// No tag.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.name = 0..0;
        self.attrs.clear();
        (self.id, self.class, self.href) = (None, None, None);
        self.references = false;
    }

    /// Takes in a new tag. `text` begins with `<`.
    pub(crate) fn read(&mut self, text: &str) {
        self.read_on(text, name(text).len());
    }

    /// The same of a tag whose name is known to have so many bytes.
    pub(crate) fn read_on(&mut self, text: &str, name: usize) {
        self.text.clear();
        self.text.push_str(text);
        self.attrs.clear();
        (self.id, self.class, self.href) = (None, None, None);
        self.references = memchr::memchr(b'&', text.as_bytes()).is_some();
        let b = self.text.as_bytes();
        // The first place from `i` on whose byte means one of `set`; the first whose byte means none of it.
        let find = |set: u8, mut i: usize| {
            while i < b.len() && MEANING[usize::from(b[i])] & set == 0 {
                i += 1;
            }
            i
        };
        let skip = |set: u8, mut i: usize| {
            while i < b.len() && MEANING[usize::from(b[i])] & set != 0 {
                i += 1;
            }
            i
        };
        let start = 1.min(b.len());
        let mut i = start + name;
        self.name = start..i;
        loop {
            i = skip(SPACE | SLASH, i);
            if i >= b.len() || b[i] == b'>' {
                return;
            }
            // An equals sign in the first place is part of the name.
            let name = i..find(SPACE | SLASH | CLOSE | EQUALS, i + 1);
            i = skip(SPACE, name.end);
            let mut value = i..i;
            if i < b.len() && b[i] == b'=' {
                i = skip(SPACE, i + 1);
                match b.get(i) {
                    Some(&quote @ (b'"' | b'\'')) => {
                        let end = memchr::memchr(quote, &b[i + 1..]).map_or(b.len(), |n| i + 1 + n);
                        value = i + 1..end;
                        i = (end + 1).min(b.len());
                    }
                    _ => {
                        value = i..find(SPACE | CLOSE, i);
                        i = value.end;
                    }
                }
            }
            match &b[name.clone()] {
                [b'i' | b'I', b'd' | b'D'] => _ = self.id.get_or_insert(value.clone()),
                four if four.len() == 4 && four.eq_ignore_ascii_case(b"href") => _ = self.href.get_or_insert(value.clone()),
                five if five.len() == 5 && five.eq_ignore_ascii_case(b"class") => _ = self.class.get_or_insert(value.clone()),
                _ => {}
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

    /// The names in the page's case, in page order, doubles included.
    pub(crate) fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.attrs.iter().map(|(name, _)| &self.text.as_bytes()[name.clone()])
    }

    /// The raw value of one of them, by place.
    pub(crate) fn value(&self, at: usize) -> &str {
        self.attrs.get(at).map_or("", |(_, value)| &self.text[value.clone()])
    }

    /// The raw value of the first attribute of that name (given in lower case), character references and all.
    #[inline]
    pub(crate) fn raw(&self, name: &str) -> Option<&str> {
        let at = match name {
            "id" => self.id.clone(),
            "class" => self.class.clone(),
            "href" => self.href.clone(),
            _ => return self.search(name),
        };
        at.map(|at| &self.text[at])
    }

    fn search(&self, name: &str) -> Option<&str> {
        let same = |n: &[u8]| n.len() == name.len() && n.eq_ignore_ascii_case(name.as_bytes());
        self.names().position(same).map(|at| self.value(at))
    }

    /// The value of the first attribute of that name (given in lower case), decoded.
    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.raw(name).map(|raw| if self.references { decoded(raw) } else { Cow::Borrowed(raw) })
    }
}

/// An attribute's raw value as a reader of the attribute sees it.
pub(crate) fn decoded(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', raw.as_bytes()).is_none() { Cow::Borrowed(raw) } else { htmlize::unescape_attribute(raw) }
}
