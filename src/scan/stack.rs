//! The stack of open elements, with HTML's optional end tags.
//!
//! lol_html's own stack knows nothing of omitted end tags (`<p>ad<p>story`), so a cut by it would end in the wrong place. This one
//! follows the tree construction stage of the HTML standard as far as it decides where an element *ends*: implied end tags, scopes,
//! misnested formatting, foreign content. It does not move anything: what the standard would foster-parent or reopen stays where
//! it stands. Every question is answered from bits that a frame inherits from its parent, so a deep page costs no more a tag than
//! a flat one. This module must not know bytes, rules or what elements are for.

use super::tag::{self, Tag, TagSet};

/// An open element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// [`Tag::Other`] for names without a tag of their own, and inside svg and math.
    pub(crate) tag: Tag,
    /// Its hash, see [`tag::name_at`]; tells names apart that share [`Tag::Other`].
    pub(crate) name: u64,
    /// Element of svg or math.
    pub(crate) foreign: bool,
    /// A foreign element whose content is HTML again (`foreignObject`, `desc`, svg `title`).
    pub(crate) integration: bool,
    scope: TagSet,
    table_scope: TagSet,
    reach: u8,
}

/// Bits of `Frame::reach`: which element would be found on the way up before the scope ends.
const P: u8 = 1;
const LI: u8 = 2;
const LI_END: u8 = 4;
const DD: u8 = 8;

/// What of these bits an element lets through to what it holds, and what it adds, by its tag.
static REACH: [(u8, u8); tag::ALL.len() + 1] = {
    let mut table = [reach(Tag::Other); tag::ALL.len() + 1];
    let mut i = 0;
    while i < tag::ALL.len() {
        table[tag::ALL[i] as usize] = reach(tag::ALL[i]);
        i += 1;
    }
    table
};

const fn reach(tag: Tag) -> (u8, u8) {
    let boundary = BOUNDARY.has(tag);
    let special = SPECIAL.has(tag) && !matches!(tag, Tag::Address | Tag::Div | Tag::P);
    let p = if boundary || matches!(tag, Tag::Button) { 0 } else { P };
    let items = if special { 0 } else { LI | DD };
    let ends = if boundary || matches!(tag, Tag::Ol | Tag::Ul) { 0 } else { LI_END };
    let own = match tag {
        Tag::P => P,
        Tag::Li => LI | LI_END,
        Tag::Dd | Tag::Dt => DD,
        _ => 0,
    };
    (p | items | ends, own)
}

/// How far misnested end tags are followed up; beyond it they are strays. The standard bounds the same search by other means
/// (three equal formatting elements, eight rounds).
const FAR: usize = 512;

const HEAD_CONTENT: TagSet = TagSet::of(&[
    Tag::Base,
    Tag::Basefont,
    Tag::Bgsound,
    Tag::Link,
    Tag::Meta,
    Tag::Noframes,
    Tag::Noscript,
    Tag::Script,
    Tag::Style,
    Tag::Template,
    Tag::Title,
]);
const TABLE_PARTS: TagSet =
    TagSet::of(&[Tag::Caption, Tag::Col, Tag::Colgroup, Tag::Tbody, Tag::Td, Tag::Tfoot, Tag::Th, Tag::Thead, Tag::Tr]);
const BOUNDARY: TagSet = TagSet::of(&[
    Tag::Applet,
    Tag::Caption,
    Tag::Html,
    Tag::Marquee,
    Tag::Object,
    Tag::Select,
    Tag::Table,
    Tag::Td,
    Tag::Template,
    Tag::Th,
]);
const TABLE_BOUNDARY: TagSet = TagSet::of(&[Tag::Html, Tag::Table, Tag::Template]);
const FORMATTING: TagSet = TagSet::of(&[
    Tag::A,
    Tag::B,
    Tag::Code,
    Tag::Em,
    Tag::Font,
    Tag::I,
    Tag::Nobr,
    Tag::S,
    Tag::Small,
    Tag::Strike,
    Tag::Strong,
    Tag::U,
]);
/// Start tags that end an open `p`.
const ENDS_P: TagSet = TagSet::of(&[
    Tag::Address,
    Tag::Article,
    Tag::Aside,
    Tag::Blockquote,
    Tag::Center,
    Tag::Dd,
    Tag::Details,
    Tag::Dialog,
    Tag::Dir,
    Tag::Div,
    Tag::Dl,
    Tag::Dt,
    Tag::Fieldset,
    Tag::Figcaption,
    Tag::Figure,
    Tag::Footer,
    Tag::Form,
    Tag::H1,
    Tag::H2,
    Tag::H3,
    Tag::H4,
    Tag::H5,
    Tag::H6,
    Tag::Header,
    Tag::Hgroup,
    Tag::Hr,
    Tag::Li,
    Tag::Listing,
    Tag::Main,
    Tag::Menu,
    Tag::Nav,
    Tag::Ol,
    Tag::P,
    Tag::Plaintext,
    Tag::Pre,
    Tag::Search,
    Tag::Section,
    Tag::Summary,
    Tag::Ul,
    Tag::Xmp,
]);
/// The standard's "special" category.
const SPECIAL: TagSet = ENDS_P.and(BOUNDARY).and(tag::VOID).and(HEAD_CONTENT).and(TABLE_PARTS).and(TagSet::of(&[
    Tag::Body,
    Tag::Button,
    Tag::Frameset,
    Tag::Head,
    Tag::Iframe,
    Tag::Noembed,
    Tag::Textarea,
]));
/// End tags that end everything above the nearest such element.
const CLOSES_ALL: TagSet = TagSet::of(&[
    Tag::Address,
    Tag::Applet,
    Tag::Article,
    Tag::Aside,
    Tag::Blockquote,
    Tag::Button,
    Tag::Center,
    Tag::Dd,
    Tag::Details,
    Tag::Dialog,
    Tag::Dir,
    Tag::Div,
    Tag::Dl,
    Tag::Dt,
    Tag::Fieldset,
    Tag::Figcaption,
    Tag::Figure,
    Tag::Footer,
    Tag::Header,
    Tag::Hgroup,
    Tag::Listing,
    Tag::Main,
    Tag::Marquee,
    Tag::Menu,
    Tag::Nav,
    Tag::Object,
    Tag::Ol,
    Tag::Pre,
    Tag::Search,
    Tag::Section,
    Tag::Select,
    Tag::Summary,
    Tag::Ul,
]);
/// HTML start tags that end svg and math.
const BREAKS_OUT: TagSet = TagSet::of(&[
    Tag::B,
    Tag::Blockquote,
    Tag::Body,
    Tag::Br,
    Tag::Center,
    Tag::Code,
    Tag::Dd,
    Tag::Div,
    Tag::Dl,
    Tag::Dt,
    Tag::Em,
    Tag::Embed,
    Tag::H1,
    Tag::H2,
    Tag::H3,
    Tag::H4,
    Tag::H5,
    Tag::H6,
    Tag::Head,
    Tag::Hr,
    Tag::I,
    Tag::Img,
    Tag::Li,
    Tag::Listing,
    Tag::Menu,
    Tag::Meta,
    Tag::Nobr,
    Tag::Ol,
    Tag::P,
    Tag::Pre,
    Tag::Ruby,
    Tag::S,
    Tag::Small,
    Tag::Span,
    Tag::Strong,
    Tag::Strike,
    Tag::Sub,
    Tag::Sup,
    Tag::Table,
    Tag::U,
    Tag::Ul,
]);

/// What a start tag does to the stack.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// It opens an element, after the frames from this index on were closed.
    Open(usize),
    /// The standard ignores it.
    Ignore,
}

/// What an end tag does to the stack.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It ends the element at this index and, before it, those above.
    PopTo(usize),
    /// It ends the element at this index; those above stay open (`<b><p>x</b>y`).
    Remove(usize),
    /// It ends nothing.
    Ignore,
}

/// More elements than most pages have open at a time: room for them is made beforehand.
pub(crate) const DEEP: usize = 64;

/// See the module.
#[derive(Debug)]
pub(crate) struct Stack {
    frames: Vec<Frame>,
    forms: u32,
    started: u32,
    /// The page has no doctype, so a `table` does not end a `p`.
    pub(crate) quirks: bool,
}

impl Default for Stack {
    fn default() -> Self {
        Self { frames: Vec::with_capacity(DEEP), forms: 0, started: 0, quirks: false }
    }
}

impl Stack {
    pub(crate) fn frames(&self) -> &[Frame] {
        &self.frames
    }

    fn top(&self) -> Option<&Frame> {
        self.frames.last()
    }

    /// Is the innermost open element one of svg or math, with markup of their own inside?
    pub(crate) fn in_foreign(&self) -> bool {
        self.top().is_some_and(|f| f.foreign && !f.integration)
    }

    /// What a start tag of HTML does. Call before [`Stack::push`].
    pub(crate) fn start(&self, tag: Tag) -> Start {
        let mut keep = self.frames.len();
        if self.in_foreign() {
            if !BREAKS_OUT.has(tag) {
                return Start::Open(keep);
            }
            keep = self.frames.iter().rposition(|f| !f.foreign || f.integration).map_or(0, |i| i + 1);
        }
        let Some(top) = keep.checked_sub(1).map(|i| &self.frames[i]) else { return Start::Open(keep) };
        match tag {
            Tag::Html | Tag::Body if top.scope.has(tag) => return Start::Ignore,
            Tag::Head if top.scope.has(Tag::Head) || top.scope.has(Tag::Body) => return Start::Ignore,
            Tag::Form if self.forms > 0 && !top.scope.has(Tag::Template) => return Start::Ignore,
            _ => {}
        }
        if top.tag == Tag::Head && !HEAD_CONTENT.has(tag) {
            return Start::Open(keep - 1);
        }
        if TABLE_PARTS.has(tag) {
            return self.start_table_part(tag, keep);
        }
        let find = |keep: usize, set: TagSet| self.frames[..keep].iter().rposition(|f| set.has(f.tag)).unwrap_or(keep);
        let reach = |keep: usize, bit: u8| keep > 0 && self.frames[keep - 1].reach & bit != 0;
        match tag {
            Tag::Li if reach(keep, LI) => keep = find(keep, TagSet::of(&[Tag::Li])),
            Tag::Dd | Tag::Dt if reach(keep, DD) => keep = find(keep, TagSet::of(&[Tag::Dd, Tag::Dt])),
            Tag::Button if top.scope.has(tag) => keep = find(keep, TagSet::EMPTY.with(tag)),
            Tag::A | Tag::Nobr if top.scope.has(tag) => {
                if let End::PopTo(i) = self.end_formatting(tag, keep) {
                    keep = i;
                }
            }
            Tag::Option if top.tag == Tag::Option => keep -= 1,
            Tag::Optgroup | Tag::Hr if top.scope.has(Tag::Select) || matches!(top.tag, Tag::Option) => {
                while keep > 0 && matches!(self.frames[keep - 1].tag, Tag::Option | Tag::Optgroup) {
                    keep -= 1;
                }
            }
            Tag::Rb | Tag::Rp | Tag::Rt | Tag::Rtc if top.scope.has(Tag::Ruby) => {
                while keep > 0
                    && (matches!(self.frames[keep - 1].tag, Tag::Rb | Tag::Rp | Tag::Rt)
                        || self.frames[keep - 1].tag == Tag::Rtc && matches!(tag, Tag::Rb | Tag::Rtc))
                {
                    keep -= 1;
                }
            }
            _ => {}
        }
        if (ENDS_P.has(tag) || tag == Tag::Table && !self.quirks) && reach(keep, P) {
            keep = find(keep, TagSet::of(&[Tag::P]));
        }
        if tag::HEADING.has(tag) && keep > 0 && tag::HEADING.has(self.frames[keep - 1].tag) {
            keep -= 1;
        }
        Start::Open(keep)
    }

    /// `tr`, `td` and the like end what stands open up to the part of the table that holds them; outside a table they are ignored.
    fn start_table_part(&self, tag: Tag, keep: usize) -> Start {
        let top = &self.frames[keep - 1];
        if !top.table_scope.has(Tag::Table) {
            return if top.scope.has(Tag::Template) || matches!(top.tag, Tag::Template) {
                Start::Open(keep)
            } else {
                Start::Ignore
            };
        }
        let until: TagSet = match tag {
            Tag::Td | Tag::Th => TagSet::of(&[Tag::Tr, Tag::Tbody, Tag::Thead, Tag::Tfoot, Tag::Table, Tag::Template]),
            Tag::Tr => TagSet::of(&[Tag::Tbody, Tag::Thead, Tag::Tfoot, Tag::Table, Tag::Template]),
            Tag::Col => TagSet::of(&[Tag::Colgroup, Tag::Table, Tag::Template]),
            _ => TagSet::of(&[Tag::Table, Tag::Template]),
        };
        Start::Open(self.frames[..keep].iter().rposition(|f| until.has(f.tag)).map_or(keep, |i| i + 1))
    }

    /// What visible text does: it ends an open `head`.
    pub(crate) fn text(&self) -> usize {
        self.frames.len() - usize::from(self.top().is_some_and(|f| f.tag == Tag::Head))
    }

    /// What an end tag does.
    pub(crate) fn end(&self, tag: Tag, name: u64) -> End {
        let Some(top) = self.top() else { return End::Ignore };
        // Nearly always it is the innermost.
        if top.name == name && !matches!(tag, Tag::Html | Tag::Body) {
            return End::PopTo(self.frames.len() - 1);
        }
        let nearest =
            |set: TagSet| self.frames.iter().rposition(|f| set.has(f.tag) && !f.foreign).map_or(End::Ignore, End::PopTo);
        if top.foreign && (!top.integration || top.name == name) {
            let found = self.frames.iter().rev().take(FAR).take_while(|f| f.foreign).position(|f| f.name == name);
            if let Some(up) = found {
                return End::PopTo(self.frames.len() - 1 - up);
            }
        }
        match tag {
            Tag::Html | Tag::Body => End::Ignore,
            Tag::P if top.reach & P != 0 => nearest(TagSet::of(&[Tag::P])),
            Tag::Li if top.reach & LI_END != 0 => nearest(TagSet::of(&[Tag::Li])),
            Tag::P | Tag::Li => End::Ignore,
            _ if tag::HEADING.has(tag) => {
                if [Tag::H1, Tag::H2, Tag::H3, Tag::H4, Tag::H5, Tag::H6].iter().any(|h| top.scope.has(*h)) {
                    nearest(tag::HEADING)
                } else {
                    End::Ignore
                }
            }
            Tag::Form if self.forms > 0 && top.scope.has(Tag::Form) => {
                let End::PopTo(at) = nearest(TagSet::of(&[Tag::Form])) else { return End::Ignore };
                let implied = TagSet::of(&[
                    Tag::Dd,
                    Tag::Dt,
                    Tag::Li,
                    Tag::Optgroup,
                    Tag::Option,
                    Tag::P,
                    Tag::Rb,
                    Tag::Rp,
                    Tag::Rt,
                    Tag::Rtc,
                ]);
                let clean = self.frames[at + 1..].iter().rev().take(FAR).all(|f| implied.has(f.tag));
                if clean { End::PopTo(at) } else { End::Remove(at) }
            }
            _ if TABLE_PARTS.has(tag) || tag == Tag::Table => {
                if top.table_scope.has(tag) {
                    nearest(TagSet::EMPTY.with(tag))
                } else {
                    End::Ignore
                }
            }
            Tag::Template | Tag::Head => nearest_if(top.scope.has(tag), || nearest(TagSet::EMPTY.with(tag))),
            _ if CLOSES_ALL.has(tag) => nearest_if(top.scope.has(tag), || nearest(TagSet::EMPTY.with(tag))),
            _ if FORMATTING.has(tag) => nearest_if(top.scope.has(tag), || self.end_formatting(tag, self.frames.len())),
            _ if tag != Tag::Other && !top.scope.has(tag) => End::Ignore,
            _ => {
                for (up, frame) in self.frames.iter().rev().take(FAR).enumerate() {
                    if frame.name == name {
                        return End::PopTo(self.frames.len() - 1 - up);
                    }
                    if SPECIAL.has(frame.tag) {
                        break;
                    }
                }
                End::Ignore
            }
        }
    }

    /// The standard's adoption agency, as far as it decides what ends: a block inside the formatting element outlives it.
    fn end_formatting(&self, tag: Tag, keep: usize) -> End {
        let mut block = false;
        for (up, frame) in self.frames[..keep].iter().rev().take(FAR).enumerate() {
            if frame.tag == tag {
                let at = keep - 1 - up;
                return if block { End::Remove(at) } else { End::PopTo(at) };
            }
            if BOUNDARY.has(frame.tag) {
                break;
            }
            block |= SPECIAL.has(frame.tag);
        }
        End::Ignore
    }

    /// Opens an element. The frames [`Stack::start`] named were popped before.
    pub(crate) fn push(&mut self, tag: Tag, name: u64) -> u32 {
        let (scope, table_scope, reach, inside) = self.frames.last().map_or((TagSet::EMPTY, TagSet::EMPTY, 0, false), |around| {
            (around.scope, around.table_scope, around.reach, around.foreign && !around.integration)
        });
        let foreign = inside || matches!(tag, Tag::Svg | Tag::Math);
        let integration = inside && matches!(tag, Tag::ForeignObject | Tag::Desc | Tag::Title);
        let tag = if inside { Tag::Other } else { tag };
        let (passes, begins) = REACH[tag as usize];
        let passes = if integration { 0 } else { passes };
        let own = TagSet::EMPTY.with(tag);
        let id = self.started;
        self.started += 1;
        self.forms += u32::from(tag == Tag::Form);
        let frame = Frame {
            tag,
            name,
            foreign,
            integration,
            scope: if BOUNDARY.has(tag) || integration { own } else { scope.and(own) },
            table_scope: if TABLE_BOUNDARY.has(tag) { own } else { table_scope.and(own) },
            reach: reach & passes | begins,
        };
        self.frames.push(frame);
        id
    }

    /// Counts an element that has no content and so is never open.
    pub(crate) fn pass_void(&mut self) -> u32 {
        self.started += 1;
        self.started - 1
    }

    /// Takes the innermost frame off.
    pub(crate) fn pop(&mut self) -> Option<Frame> {
        let frame = self.frames.pop()?;
        self.forms -= u32::from(frame.tag == Tag::Form);
        Some(frame)
    }

    /// Takes a misnested frame out of the middle.
    pub(crate) fn remove(&mut self, at: usize) -> Option<Frame> {
        if at >= self.frames.len() {
            return None;
        }
        let frame = self.frames.remove(at);
        self.forms -= u32::from(frame.tag == Tag::Form);
        Some(frame)
    }
}

fn nearest_if(open: bool, nearest: impl Fn() -> End) -> End {
    if open { nearest() } else { End::Ignore }
}
