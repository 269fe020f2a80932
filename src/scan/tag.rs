//! The element names the sieve knows, and the sets of them that the HTML standard and this crate speak of.
//!
//! A name becomes a one-byte [`Tag`] once, when its tag is read; everything above compares bytes and asks bit sets. What
//! a set *means* for a page is decided elsewhere: the open-element stack reads the standard's sets, the judges ours.
//! This module must not know any page.

/// A set of tags, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TagSet([u64; 2]);

impl TagSet {
    pub(crate) const fn of(tags: &[Tag]) -> Self {
        let mut set = Self::EMPTY;
        let mut i = 0;
        while i < tags.len() {
            set = set.with(tags[i]);
            i += 1;
        }
        set
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self([self.0[0] | other.0[0], self.0[1] | other.0[1]])
    }

    pub(crate) const fn has(self, tag: Tag) -> bool {
        let bit = tag as u8;
        self.0[(bit >> 6 & 1) as usize] >> (bit & 63) & 1 == 1
    }

    pub(crate) const fn with(self, tag: Tag) -> Self {
        let bit = tag as u8;
        let mut bits = self.0;
        bits[(bit >> 6 & 1) as usize] |= 1 << (bit & 63);
        Self(bits)
    }

    pub(crate) const EMPTY: Self = Self([0; 2]);
}

macro_rules! tags {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// An element's name; [`Tag::Other`] stands for every name that is not in the list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub(crate) enum Tag { Other, $($variant),* }

        /// Those that have a name.
        pub(crate) const ALL: &[Tag] = &[$(Tag::$variant),*];

        impl Tag {
            /// The name in lower case; empty for [`Tag::Other`].
            pub(crate) const fn name(self) -> &'static str {
                match self { Self::Other => "", $(Self::$variant => $name),* }
            }
        }
    };
}

tags! {
    A = "a", Address = "address", Applet = "applet", Area = "area", Article = "article", Aside = "aside",
    Audio = "audio", B = "b", Base = "base", Basefont = "basefont", Bgsound = "bgsound", Big = "big",
    Blockquote = "blockquote", Body = "body", Br = "br", Button = "button", Caption = "caption",
    Center = "center", Cite = "cite", Code = "code", Col = "col", Colgroup = "colgroup", Dd = "dd", Del = "del",
    Desc = "desc", Details = "details", Dialog = "dialog", Dir = "dir", Div = "div", Dl = "dl", Dt = "dt",
    Em = "em", Embed = "embed", Fieldset = "fieldset", Figcaption = "figcaption", Figure = "figure", Font = "font",
    Footer = "footer", ForeignObject = "foreignobject", Form = "form", Frame = "frame", Frameset = "frameset", H1 = "h1",
    H2 = "h2", H3 = "h3", H4 = "h4", H5 = "h5", H6 = "h6", Head = "head", Header = "header", Hgroup = "hgroup", Hr = "hr",
    Html = "html", I = "i", Iframe = "iframe", Img = "img", Input = "input", Ins = "ins", Kbd = "kbd", Keygen = "keygen",
    Label = "label", Legend = "legend", Li = "li", Link = "link", Listing = "listing", Main = "main", Mark = "mark",
    Marquee = "marquee", Math = "math", Menu = "menu", Meta = "meta", Nav = "nav", Nobr = "nobr", Noembed = "noembed",
    Noframes = "noframes", Noscript = "noscript", Object = "object", Ol = "ol", Optgroup = "optgroup", Option = "option",
    P = "p", Param = "param", Picture = "picture", Plaintext = "plaintext", Pre = "pre", Q = "q", Rb = "rb", Rp = "rp",
    Rt = "rt", Rtc = "rtc", Ruby = "ruby", S = "s", Samp = "samp", Script = "script", Search = "search",
    Section = "section", Select = "select", Small = "small", Source = "source", Span = "span", Strike = "strike",
    Strong = "strong", Style = "style", Sub = "sub", Summary = "summary", Sup = "sup", Svg = "svg", Table = "table",
    Tbody = "tbody", Td = "td", Template = "template", Textarea = "textarea", Tfoot = "tfoot", Th = "th", Thead = "thead",
    Time = "time", Title = "title", Tr = "tr", Track = "track", Tt = "tt", U = "u", Ul = "ul",
    Video = "video", Wbr = "wbr", Xmp = "xmp",
}

/// The raw name at the beginning of some bytes, in any case: its length, and its hash, which tells names apart that are [`Tag::Other`]. Of a
/// name of at most [`SHORT`] bytes the hash is the length and the bytes themselves, so no other name has it; of a longer one it is FNV-1a of
/// the name in lower case, above all hashes of short ones.
pub(crate) const fn name_at(bytes: &[u8]) -> (usize, u64) {
    let mut hash = 0;
    let mut i = 0;
    while i < bytes.len() && IN_NAME[bytes[i] as usize] != 0 {
        hash = hash << 8 | IN_NAME[bytes[i] as usize] as u64;
        i += 1;
    }
    if i <= SHORT {
        return (i, hash | (i as u64) << (8 * SHORT));
    }
    let length = i;
    hash = 0xcbf2_9ce4_8422_2325;
    i = 0;
    while i < length {
        hash = (hash ^ IN_NAME[bytes[i] as usize] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    (length, hash | 1 << 63)
}

/// The bytes of names in lower case, and zero for what ends one. A zero byte in a name stands for no character, as one does that is never in
/// UTF-8.
static IN_NAME: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'/' | b'>' => 0,
            0 => 0xff,
            byte => byte.to_ascii_lowercase(),
        };
        byte += 1;
    }
    table
};

const SHORT: usize = 7;

/// Where a hash is looked for first in [`BY_HASH`].
const fn place(hash: u64) -> usize {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize % PLACES
}

const PLACES: usize = 1024;

/// The tags by the hashes of their names; one whose place is taken stands at the next that is free.
static BY_HASH: [Tag; PLACES] = {
    let mut table = [Tag::Other; PLACES];
    let mut i = 0;
    while i < ALL.len() {
        let mut at = place(name_at(ALL[i].name().as_bytes()).1);
        while table[at] as u8 != Tag::Other as u8 {
            at = (at + 1) % PLACES;
        }
        table[at] = ALL[i];
        i += 1;
    }
    table
};

/// The hashes of the names, by tag.
static HASHES: [u64; ALL.len() + 1] = {
    let mut hashes = [0; ALL.len() + 1];
    let mut i = 0;
    while i < ALL.len() {
        hashes[ALL[i] as usize] = name_at(ALL[i].name().as_bytes()).1;
        i += 1;
    }
    hashes
};

impl Tag {
    /// The tag of a raw name, in any case.
    pub(crate) fn from_name(name: &[u8]) -> Self {
        Self::from_hash(name, name_at(name).1)
    }

    /// The tag of a raw name whose hash is known.
    pub(crate) fn from_hash(name: &[u8], hash: u64) -> Self {
        let mut at = place(hash);
        loop {
            let tag = BY_HASH[at];
            if tag == Self::Other {
                return tag;
            }
            if HASHES[tag as usize] == hash {
                let same = name.len() <= SHORT || tag.name().as_bytes().eq_ignore_ascii_case(name);
                return if same { tag } else { Self::Other };
            }
            at = (at + 1) % PLACES;
        }
    }
}

const fn at_most_128() {
    assert!((Tag::Xmp as u8) < 128, "a TagSet has 128 bits");
}
const _: () = at_most_128();

use Tag as T;

/// Elements without content or end tag (HTML standard, 13.1.2).
pub(crate) const VOID: TagSet = TagSet::of(&[
    T::Area,
    T::Base,
    T::Basefont,
    T::Bgsound,
    T::Br,
    T::Col,
    T::Embed,
    T::Frame,
    T::Hr,
    T::Img,
    T::Input,
    T::Keygen,
    T::Link,
    T::Meta,
    T::Param,
    T::Source,
    T::Track,
    T::Wbr,
]);

/// Elements whose content is text, not markup. `noscript` is among them because the rewriter reads pages as a browser
/// with scripting does.
pub(crate) const RAW_TEXT: TagSet = TagSet::of(&[
    T::Iframe,
    T::Noembed,
    T::Noframes,
    T::Noscript,
    T::Plaintext,
    T::Script,
    T::Style,
    T::Textarea,
    T::Title,
    T::Xmp,
]);

/// Elements that begin and end a block of text on the page: between two of their tags stands one block.
pub(crate) const BLOCK: TagSet = TagSet::of(&[
    T::Address,
    T::Article,
    T::Aside,
    T::Blockquote,
    T::Body,
    T::Caption,
    T::Center,
    T::Dd,
    T::Details,
    T::Dialog,
    T::Dir,
    T::Div,
    T::Dl,
    T::Dt,
    T::Fieldset,
    T::Figcaption,
    T::Figure,
    T::Footer,
    T::Form,
    T::Frameset,
    T::H1,
    T::H2,
    T::H3,
    T::H4,
    T::H5,
    T::H6,
    T::Head,
    T::Header,
    T::Hgroup,
    T::Hr,
    T::Html,
    T::Legend,
    T::Li,
    T::Listing,
    T::Main,
    T::Marquee,
    T::Menu,
    T::Nav,
    T::Noscript,
    T::Ol,
    T::Optgroup,
    T::Option,
    T::P,
    T::Plaintext,
    T::Pre,
    T::Search,
    T::Section,
    T::Summary,
    T::Table,
    T::Tbody,
    T::Td,
    T::Template,
    T::Tfoot,
    T::Th,
    T::Thead,
    T::Title,
    T::Tr,
    T::Ul,
    T::Xmp,
]);

/// `h1` to `h6`.
pub(crate) const HEADING: TagSet = TagSet::of(&[T::H1, T::H2, T::H3, T::H4, T::H5, T::H6]);
