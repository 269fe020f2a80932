//! A start tag taken apart: its name and its attributes, as ranges of the tag's own text.
//!
//! Attributes are found as the HTML standard's tokenizer finds them (the first of two with one name counts, quotes may be
//! missing, values keep their character references). A value is decoded only when somebody asks for it. The places of all
//! attributes go into one list, so a tag costs no allocation. This module must not know what any attribute means.

use std::borrow::Cow;

/// The text of one start tag, `<` to `>`, and where its parts are.
#[derive(Debug)]
pub(crate) struct TagText<'t> {
    text: &'t str,
    attrs: &'t [(Place, Place)],
    parts: Parts,
}

/// Where the parts of a start tag stand in its text; its attributes in [`Places`] shared with others.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts {
    /// The name's length.
    name: u32,
    attrs: Place,
    /// Which attribute is the first `id`, `class` and `href`, which nearly everybody asks for; counted from 1, 0 for none.
    id: u32,
    class: u32,
    href: u32,
    /// It has an ampersand, so there may be character references in its values.
    references: bool,
}

/// Where the names of a tag's attributes stand in its text, and their values.
pub(crate) type Places = Vec<(Place, Place)>;

/// A range.
#[derive(Clone, Copy, Debug, Default)]
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

/// A start tag by itself, taken apart.
pub(crate) struct Apart<'t> {
    text: &'t str,
    parts: Parts,
    places: Places,
}

impl<'t> Apart<'t> {
    /// `text` begins with `<`.
    pub(crate) fn of(text: &'t str) -> Self {
        let mut places = Places::new();
        Self { text, parts: Parts::read(text, name(text).len(), &mut places), places }
    }

    pub(crate) fn tag(&self) -> TagText<'_> {
        TagText::new(self.text, self.parts, &self.places)
    }
}

impl Parts {
    /// Of a tag that was not taken apart.
    pub(crate) fn named(length: usize) -> Self {
        Self { name: length as u32, ..Self::default() }
    }

    pub(crate) fn name(&self) -> usize {
        self.name as usize
    }

    /// Takes a tag apart. `text` begins with `<` and a name of that length; its attributes go to the end of `places`.
    pub(crate) fn read(text: &str, name: usize, places: &mut Places) -> Self {
        let mut parts = Self::named(name);
        let start = places.len();
        // Places have 32 bits; a tag of 4 GiB is left as it is.
        if u32::try_from(text.len()).is_ok() {
            parts.find_attributes(text, places);
        }
        parts.attrs = Place::of(start, places.len());
        parts
    }

    fn find_attributes(&mut self, text: &str, places: &mut Places) {
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
        let mut i = 1.min(b.len()) + self.name();
        let mut number = 1;
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
                [b'i' | b'I', b'd' | b'D'] if self.id == 0 => self.id = number,
                four if four.len() == 4 && self.href == 0 && four.eq_ignore_ascii_case(b"href") => self.href = number,
                five if five.len() == 5 && self.class == 0 && five.eq_ignore_ascii_case(b"class") => self.class = number,
                _ => {}
            }
            number += 1;
            places.push((Place::of(name.start, name.end), Place::of(value.start, value.end)));
        }
    }
}

impl<'t> TagText<'t> {
    /// `parts` were read from this text, into these `places`.
    pub(crate) fn new(text: &'t str, parts: Parts, places: &'t Places) -> Self {
        Self { text, attrs: &places[parts.attrs.range()], parts }
    }

    /// Its whole text.
    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    /// The raw name, in the case of the page.
    pub(crate) fn name(&self) -> &'t str {
        self.text.get(1..=self.parts.name()).unwrap_or_default()
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
            "id" => self.part(self.parts.id),
            "class" => self.part(self.parts.class),
            "href" => self.part(self.parts.href),
            _ => self.search(name),
        }
    }

    #[inline]
    fn part(&self, number: u32) -> Option<&'t str> {
        let (_, value) = self.attrs.get((number as usize).wrapping_sub(1))?;
        self.text.get(value.range())
    }

    fn search(&self, name: &str) -> Option<&'t str> {
        let same = |n: &[u8]| n.len() == name.len() && n.eq_ignore_ascii_case(name.as_bytes());
        self.names().position(same).map(|at| self.value(at))
    }

    /// The value of the first attribute of that name (given in lower case), decoded.
    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<Cow<'t, str>> {
        self.raw(name).map(|raw| if self.parts.references { decoded(raw) } else { Cow::Borrowed(raw) })
    }
}

/// An attribute's raw value as a reader of the attribute sees it.
pub(crate) fn decoded(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', raw.as_bytes()).is_none() { Cow::Borrowed(raw) } else { htmlize::unescape_attribute(raw) }
}
