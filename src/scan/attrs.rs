//! A start tag taken apart: its name and its attributes, as ranges of the tag's own text.
//!
//! Attributes are found as the HTML standard's tokenizer finds them (the first of two with one name counts, quotes may be
//! missing, values keep their character references). A value is decoded only when somebody asks for it. The places of a tag's
//! attributes go where those of the last one stood, so a tag costs no allocation. This module must not know what any attribute means.

use std::borrow::Cow;

/// The text of one start tag, `<` to `>`, and where its parts are.
#[derive(Debug, Default)]
pub(crate) struct TagText<'t> {
    text: &'t str,
    name: &'t str,
    attrs: Places,
    /// The values of the first `id`, `class` and `href`, which nearly everybody asks for.
    id: Option<&'t str>,
    class: Option<&'t str>,
    href: Option<&'t str>,
    /// It has an ampersand, so there may be character references in its values.
    references: bool,
}

/// Where the names of a tag's attributes stand in its text, and their values.
pub(crate) type Places = Vec<(Place, Place)>;

/// A range of a tag's text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    start: u32,
    end: u32,
}

impl Place {
    fn of(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
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

impl<'t> TagText<'t> {
    /// Takes a tag apart. `text` begins with `<`.
    pub(crate) fn read(text: &'t str) -> Self {
        Self::read_on(text, name(text), Places::new())
    }

    /// The same of a tag whose name is known. `places` is where to write, see [`TagText::into_places`].
    pub(crate) fn read_on(text: &'t str, name: &'t str, places: Places) -> Self {
        let mut tag = Self { text, name, attrs: places, ..Self::default() };
        tag.attrs.clear();
        // Places have 32 bits; a tag of 4 GiB is left as it is.
        if u32::try_from(text.len()).is_ok() {
            tag.find_attributes();
        }
        tag
    }

    /// What the next tag's attributes can be written to.
    pub(crate) fn into_places(self) -> Places {
        self.attrs
    }

    fn find_attributes(&mut self) {
        let text = self.text;
        let b = text.as_bytes();
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
        let mut i = 1.min(b.len()) + self.name.len();
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
                        let from = i + 1;
                        let mut end = memchr::memchr2(quote, b'&', &b[from..]).map_or(b.len(), |n| from + n);
                        if b.get(end) == Some(&b'&') {
                            self.references = true;
                            end = memchr::memchr(quote, &b[end..]).map_or(b.len(), |n| end + n);
                        }
                        value = from..end;
                        i = (end + 1).min(b.len());
                    }
                    _ => {
                        value = i..find(SPACE | CLOSE, i);
                        self.references |= b[value.clone()].contains(&b'&');
                        i = value.end;
                    }
                }
            }
            match &b[name.clone()] {
                [b'i' | b'I', b'd' | b'D'] => _ = self.id.get_or_insert(&text[value.clone()]),
                four if four.len() == 4 && four.eq_ignore_ascii_case(b"href") => {
                    _ = self.href.get_or_insert(&text[value.clone()])
                }
                five if five.len() == 5 && five.eq_ignore_ascii_case(b"class") => {
                    self.class.get_or_insert(&text[value.clone()]);
                }
                _ => {}
            }
            self.attrs.push((Place::of(name.start, name.end), Place::of(value.start, value.end)));
        }
    }

    /// Its whole text.
    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    /// The raw name, in the case of the page.
    pub(crate) fn name(&self) -> &'t str {
        self.name
    }

    /// Does the tag end in `/>`? (Only elements of SVG and MathML heed it.)
    pub(crate) fn self_closing(&self) -> bool {
        self.text.ends_with("/>") && self.attrs.last().is_none_or(|(_, value)| (value.end as usize) < self.text.len() - 1)
    }

    /// The names in the page's case, in page order, doubles included.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'t [u8]> {
        self.attrs.iter().map(|(name, _)| &self.text.as_bytes()[name.range()])
    }

    /// The raw value of one of them, by place.
    pub(crate) fn value(&self, at: usize) -> &'t str {
        self.attrs.get(at).map_or("", |(_, value)| &self.text[value.range()])
    }

    /// The raw value of the first attribute of that name (given in lower case), character references and all.
    #[inline(always)]
    pub(crate) fn raw(&self, name: &str) -> Option<&'t str> {
        match name {
            "id" => self.id,
            "class" => self.class,
            "href" => self.href,
            _ => self.search(name),
        }
    }

    fn search(&self, name: &str) -> Option<&'t str> {
        let same = |n: &[u8]| n.len() == name.len() && n.eq_ignore_ascii_case(name.as_bytes());
        self.names().position(same).map(|at| self.value(at))
    }

    /// The value of the first attribute of that name (given in lower case), decoded.
    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<Cow<'t, str>> {
        self.raw(name).map(|raw| if self.references { decoded(raw) } else { Cow::Borrowed(raw) })
    }
}

/// An attribute's raw value as a reader of the attribute sees it.
pub(crate) fn decoded(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', raw.as_bytes()).is_none() { Cow::Borrowed(raw) } else { htmlize::unescape_attribute(raw) }
}
