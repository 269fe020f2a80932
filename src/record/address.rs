//! Where a picture is to be had: what a browser shows once the scripts of a page have run.
//!
//! Loaders of lazy pictures keep the address in an attribute of their own and put something small in its place. An address is
//! told from such a stand-in by what it says, never by where it leads. It must not know what stands around the picture.

use std::borrow::Cow;

use crate::scan::attrs::{TagText, decoded};

/// What the tag of a picture says of its address.
pub(super) struct Address<'t> {
    /// It may have white space around it; empty if there is none.
    pub(super) value: Cow<'t, str>,
    /// It does not look like the stand-in of a picture that comes later.
    pub(super) certain: bool,
}

/// What a loader puts in the place of `src` comes first, then `src`, then what other attributes hold, last a stand-in.
pub(super) fn of<'t>(tag: &TagText<'t>) -> Address<'t> {
    let certain = |value| Address { value, certain: true };
    if let Some(value) = LOADED.iter().find_map(|name| tag.get(name).filter(|value| may_be(value))) {
        return certain(value);
    }
    let own = tag.get("src");
    if own.as_ref().is_some_and(|value| !is_stand_in(value)) {
        return certain(own.unwrap_or_default());
    }
    let all = || tag.names().enumerate();
    let lazy = all().find_map(|(at, name)| {
        let holds = |value: &Cow<'_, str>| may_be(value) && holds_picture(name, value.trim());
        (!name.eq_ignore_ascii_case(b"src")).then(|| decoded(tag.value(at))).filter(holds)
    });
    let set = || all().find_map(|(at, name)| if is_set(name) { largest(decoded(tag.value(at))) } else { None });
    match lazy.or_else(set) {
        Some(value) => certain(value),
        None => Address { value: own.unwrap_or_default(), certain: false },
    }
}

/// The address in a `source` of a `picture`.
pub(super) fn of_source<'t>(tag: &TagText<'t>) -> Option<Cow<'t, str>> {
    tag.names().enumerate().filter(|(_, name)| is_set(name)).find_map(|(at, _)| largest(decoded(tag.value(at))))
}

/// Does an attribute of this name hold the address of a picture, if its value begins so? For who must know before there is a page.
pub(crate) fn is_read(name: &str, begin: &str) -> bool {
    // `http` is the beginning of an address, though none yet.
    let begin = if begin.starts_with("http") && "https://".starts_with(begin) { "https://" } else { begin };
    LOADED.contains(&name) || !name.contains("template") && holds_picture(name.as_bytes(), begin)
}

/// Attributes from which loaders fill `src`, whatever it held.
pub(crate) const LOADED: [&str; 4] = ["data-src", "data-lazy-src", "data-original", "data-lazy"];
/// Words in the names of attributes for which an address is enough, and no file type need show.
const NAMES: [&str; 5] = ["original", "image", "img", "media", "lazy"];
/// How files of pictures end.
const TYPES: [&str; 7] = ["jpg", "jpeg", "png", "webp", "gif", "avif", "svg"];
/// Words in the file names of stand-ins. A picture that has one too loses nothing: only a better address is preferred to it.
const STAND_INS: [&str; 18] = [
    "1px",
    "1x1",
    "blank",
    "default",
    "dummy",
    "empty",
    "gray",
    "grey",
    "lazy",
    "leer",
    "loader",
    "loading",
    "missing",
    "ph",
    "pixel",
    "spaceball",
    "spacer",
    "transparent",
];

/// Is it nothing, a picture inside the page, or a file that stands in for one that comes later?
pub(crate) fn is_stand_in(address: &str) -> bool {
    let address = address.trim();
    if address.is_empty() || address.starts_with("data:") || address.starts_with("about:") || address.starts_with('#') {
        return true;
    }
    let mut words = stem(address).0.as_bytes().split(|b| !b.is_ascii_alphanumeric());
    let mut none = false;
    words.any(|word| {
        let no_image = std::mem::replace(&mut none, word.eq_ignore_ascii_case(b"no")) && word.eq_ignore_ascii_case(b"image");
        no_image || stands_in(word)
    }) || has_placeholder(address)
}

/// Is it one of [`STAND_INS`]? Most words are told by their first byte.
fn stands_in(word: &[u8]) -> bool {
    static BEGIN: [bool; 256] = {
        let mut begin = [false; 256];
        let mut at = 0;
        while at < STAND_INS.len() {
            let first = STAND_INS[at].as_bytes()[0];
            (begin[first as usize], begin[first.to_ascii_uppercase() as usize]) = (true, true);
            at += 1;
        }
        begin
    };
    word.first().is_some_and(|first| BEGIN[usize::from(*first)])
        && STAND_INS.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()))
}

/// `str::contains` would make a table of the word for each address.
fn has_placeholder(address: &str) -> bool {
    const WORD: &str = "placeholder";
    memchr::memchr_iter(b'p', address.as_bytes()).any(|at| address[at..].starts_with(WORD))
}

/// The name of the file and its type.
fn stem(address: &str) -> (&str, &str) {
    let path = memchr::memchr2(b'?', b'#', address.as_bytes()).map_or(address, |end| &address[..end]);
    let file = path.rsplit('/').next().unwrap_or_default();
    file.rsplit_once('.').unwrap_or((file, ""))
}

/// No stand-in, no pattern that a script fills, no data.
fn may_be(value: &str) -> bool {
    !is_stand_in(value) && !value.contains(['{', '}', '<', '"', '['])
}

/// See [`is_read`].
fn holds_picture(name: &[u8], value: &str) -> bool {
    let has = |word: &str| name.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    let is = |word: &str| name.eq_ignore_ascii_case(word.as_bytes());
    if value.contains(char::is_whitespace) || value.starts_with('{') || is_set(name) {
        return false;
    }
    let data = name.len() > 5 && name[..5].eq_ignore_ascii_case(b"data-");
    let from_root = value.starts_with("http://") || value.starts_with("https://") || value.starts_with('/');
    let typed = || TYPES.iter().any(|of| stem(value).1.eq_ignore_ascii_case(of));
    has("src") || is("data-url") || is("data-image") || data && (typed() || from_root && NAMES.iter().any(|word| has(word)))
}

/// `srcset`, `data-srcset`, `data-lazy-srcset` and the like.
fn is_set(name: &[u8]) -> bool {
    name.len() >= 6 && name[name.len() - 6..].eq_ignore_ascii_case(b"srcset")
}

/// The widest candidate of a `srcset`; the first of several.
fn largest(set: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let mut best: Option<(f64, std::ops::Range<usize>)> = None;
    let mut at = 0;
    // As the HTML standard parts them: an address goes to the white space, and may have commas in it, though not at its end.
    while let Some(skip) = set[at..].find(|c: char| !c.is_ascii_whitespace() && c != ',') {
        let start = at + skip;
        let end = set[start..].find(|c: char| c.is_ascii_whitespace()).map_or(set.len(), |len| start + len);
        let address = set[start..end].trim_end_matches(',');
        let alone = start + address.len() < end;
        at = if alone { end } else { set[end..].find(',').map_or(set.len(), |len| end + len) };
        let size =
            set[end..at].trim().split_ascii_whitespace().next().map_or(Ok(1.0), |size| size.trim_end_matches(['w', 'x']).parse());
        let size = size.unwrap_or(0.0);
        if may_be(address) && best.as_ref().is_none_or(|(most, _)| size > *most) {
            best = Some((size, start..start + address.len()));
        }
    }
    let (_, place) = best?;
    Some(match set {
        Cow::Borrowed(set) => Cow::Borrowed(&set[place]),
        Cow::Owned(set) => Cow::Owned(set[place].to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::attrs::Apart;

    fn address(tag: &str) -> (String, bool) {
        let apart = Apart::of(tag);
        let tag = apart.tag();
        let found = of(&tag);
        (found.value.into_owned(), found.certain)
    }

    #[test]
    fn the_address_of_a_picture() {
        for (attributes, expected) in [
            ("src='/a.jpg'", "/a.jpg"),
            ("src='/a.jpg' srcset='/b.jpg 900w'", "/a.jpg"),
            // What the loader puts there in the end.
            ("src='/tiny.jpg' data-src='/a.jpg'", "/a.jpg"),
            ("src='/tiny.jpg' data-original='/a.jpg'", "/a.jpg"),
            ("src='/a.jpg' data-src='{\"w\":1}'", "/a.jpg"),
            ("src='/a.jpg' data-src='/i/{width}.jpg'", "/a.jpg"),
            ("src='/a.jpg' data-runner-src='/b.jpg'", "/a.jpg"),
            // Instead of a stand-in.
            ("src='data:image/gif;base64,R0' data-src=a.jpg", "a.jpg"),
            ("src='' data-runner-src='a'", "a"),
            ("src='/img/1x1_spacer.png' sf-src='a'", "a"),
            ("src='/no_image.svg?v=2' data-original-mos='https://i.example/a'", "https://i.example/a"),
            ("data-pin-media='https://i.example/a'", "https://i.example/a"),
            ("data-full='big/a.webp?w=9'", "big/a.webp?w=9"),
            ("data-url='a'", "a"),
            ("DATA-IMG-URL='//i.example/a'", "//i.example/a"),
            ("src='data:,' srcset='/s.jpg 320w, /l.jpg 900w,/m.jpg 640w'", "/l.jpg"),
            ("data-srcset='https://i.example/w_9,h_9/a.jpg 2x, b.jpg'", "https://i.example/w_9,h_9/a.jpg"),
            ("data-lazy-srcset='a.jpg, b.jpg, '", "a.jpg"),
            ("srcset='a.jpg?x=1&amp;y=2 2x'", "a.jpg?x=1&y=2"),
            ("srcset='data:,x 9w, a.jpg 1w'", "a.jpg"),
        ] {
            assert_eq!(address(&format!("<img {attributes}>")), (expected.to_owned(), true), "{attributes}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_picture() {
        for (attributes, left) in [
            ("", ""),
            ("src=data:,", "data:,"),
            ("src='/img/blank.gif'", "/img/blank.gif"),
            ("data-share='https://a.example/page'", ""),
            ("data-page-url='https://a.example/page'", ""),
            ("data-image-alt='A boat'", ""),
            ("data-srcs='{\"a.jpg\":1}'", ""),
            ("data-img-id='77'", ""),
            ("alt='a.jpg'", ""),
            ("srcset=' , '", ""),
        ] {
            assert_eq!(address(&format!("<img {attributes}>")), (left.to_owned(), false), "{attributes}");
        }
    }

    #[test]
    fn a_stand_in_is_known_by_words_of_its_file_name() {
        for (address, expected) in [
            ("", true),
            ("data:image/png;base64,AA", true),
            ("https://a.example/i/transparent.png", true),
            ("/i/missing-image.svg", true),
            ("/i/no_image", true),
            ("/i/1px.png?v=3", true),
            ("/placeholder/x.jpg", true),
            ("/blank/boat.jpg", false),
            ("/i/blankets.jpg", false),
            ("/i/image-no-7.jpg", false),
        ] {
            assert_eq!(is_stand_in(address), expected, "{address}");
        }
    }
}
