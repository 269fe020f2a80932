//! The page as it goes by, written into a [`Page`].
//!
//! The recorder is told of elements, texts and the ends of blocks, and keeps what a judge of stories and a writer of stories may want:
//! counts, places, inline markup, what the head says. It drops nothing and judges nothing; what a rule removed is marked afterwards.
//! It must not know rules.

pub(crate) mod address;
mod count;
mod looks;
mod picture;
pub(crate) mod streamed;

pub(crate) use self::count::{count, words};
use self::looks::Look;
use crate::judge::evidence::Evidence;
use crate::judge::running::RunningText;
use crate::page::{Block, Element, Inline, Mark, NONE, Page, Said, SaidHere, Span, StoryRoot, Value};
use crate::scan::Opened;
use crate::scan::attrs::TagText;
use crate::scan::stack::DEEP;
use crate::scan::tag::{self, Tag, TagSet};
use crate::text::trim;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    page: Page,
    /// Open elements that were recorded: stack depth and index.
    open: Vec<(usize, u32)>,
    /// How many of them are `noscript`.
    noscripts: u32,
    /// An open `span` that no reader sees: stack depth, and how many bytes of text it may hold to be left out.
    unseen: Option<(usize, usize)>,
    /// Open inline elements: stack depth, tag, address.
    inline: Vec<(usize, Tag, Span)>,
    block: Option<OpenBlock>,
    roots: Vec<u32>,
    said: Vec<(Said, u32)>,
    /// Open elements of [`Page::said`]: stack depth and index.
    saying: Vec<(usize, usize)>,
    marks: u8,
    /// The open `script` holds JSON-LD.
    json_ld: bool,
    in_title: bool,
    /// Text of the last `noscript`, markup and all, and how many words of all of them are no tags.
    noscript: String,
    noscript_words: usize,
    /// The element is known to name the author: blocks inside it do.
    author: Vec<usize>,
    looks: looks::Looks,
    around: picture::Around,
}

#[derive(Clone, Copy, Debug)]
struct OpenBlock {
    start: u64,
    inlines: u32,
    images: u16,
    /// Pictures that a browser with scripting does not see there. They make a block of one without text, and tell nothing of a text.
    unseen: u16,
    controls: u16,
    links: u16,
}

/// Elements that stand in a line of text.
const INLINE: TagSet = TagSet::of(&[
    Tag::A,
    Tag::B,
    Tag::Basefont,
    Tag::Bgsound,
    Tag::Br,
    Tag::Button,
    Tag::Cite,
    Tag::Code,
    Tag::Del,
    Tag::Em,
    Tag::Font,
    Tag::I,
    Tag::Img,
    Tag::Input,
    Tag::Ins,
    Tag::Kbd,
    Tag::Label,
    Tag::Mark,
    Tag::Nobr,
    Tag::Q,
    Tag::Rb,
    Tag::Rp,
    Tag::Rt,
    Tag::Rtc,
    Tag::Ruby,
    Tag::S,
    Tag::Samp,
    Tag::Small,
    Tag::Span,
    Tag::Strike,
    Tag::Strong,
    Tag::Sub,
    Tag::Sup,
    Tag::Time,
    Tag::U,
    Tag::Wbr,
]);
const CONTROLS: TagSet = TagSet::of(&[Tag::Button, Tag::Input, Tag::Select, Tag::Textarea]);
/// JSON-LD beyond this is no metadata of one story.
const MOST_JSON_LD: usize = 1 << 20;
/// Inline elements around each other that are recorded; each block opens and closes all of them.
const MOST_INLINE: usize = 32;
const MOST_NOSCRIPT: usize = 4 << 20;
/// Room is made for a page of so many bytes at most.
const MOST_ROOM: usize = 4 << 20;

impl Recorder {
    /// For a page of so many bytes: room for what most have, so that little is moved while it grows.
    pub(crate) fn for_page(bytes: usize) -> Self {
        let bytes = bytes.min(MOST_ROOM);
        let mut recorder = Self::default();
        recorder.page.elements.reserve(bytes / 384);
        recorder.page.blocks.reserve(bytes / 1024);
        recorder.page.inlines.reserve(bytes / 192);
        recorder.page.strings.reserve(bytes / 24);
        recorder.open.reserve(DEEP);
        recorder.inline.reserve(MOST_INLINE);
        recorder
    }

    /// The page, when everything has ended.
    pub(crate) fn into_page(mut self, text: RunningText) -> Page {
        self.page.text = text.into_text();
        self.page.looks = self.looks.len();
        self.page
    }

    /// Words of the blocks so far.
    pub(crate) fn words(&self) -> usize {
        self.page.blocks.iter().map(|block| block.words as usize).sum()
    }

    pub(crate) fn story_root(&mut self, place: u32) {
        self.roots.push(place);
    }

    pub(crate) fn said_here(&mut self, said: Said, selector: u32) {
        self.said.push((said, selector));
        if said == Said::Title {
            self.marks |= Mark::TITLE;
        }
    }

    pub(crate) fn keep_element(&mut self) {
        self.marks |= Mark::KEEP;
    }

    /// An element begins; if it is inline, its block was begun before. `at`: the end of the running text.
    pub(crate) fn open(&mut self, opened: &Opened<'_>, at: u64) {
        let marked = !self.roots.is_empty() || self.marks != 0;
        let elements = self.page.elements.len();
        let inline = INLINE.has(opened.tag) || opened.foreign;
        self.head(opened);
        if let Some(block) = &mut self.block {
            block.controls += u16::from(CONTROLS.has(opened.tag));
        }
        if opened.tag == Tag::Img {
            self.image(opened.text, at);
            if let Some(block) = &mut self.block {
                block.images = block.images.saturating_add(1);
            }
        } else if !opened.void && (!inline || marked) {
            self.element(opened);
        }
        match opened.tag {
            Tag::Picture => self.begin_picture(),
            Tag::Source => self.source(opened.text),
            Tag::Noscript => self.begin_noscript(opened.start),
            Tag::Other if opened.text.name().eq_ignore_ascii_case("amp-img") => {
                self.image(opened.text, at);
                if let Some(block) = &mut self.block {
                    block.unseen = block.unseen.saturating_add(1);
                }
            }
            _ => {}
        }
        if !self.said.is_empty() {
            let element = if self.page.elements.len() > elements { elements as u32 } else { NONE };
            self.say(opened, element, at);
        }
        if inline && !opened.void && !opened.foreign && self.inline.len() < MOST_INLINE {
            let href = if opened.tag == Tag::A { opened.text.get("href") } else { None };
            let value = href.map_or_else(Span::default, |href| self.string(trim(&href)));
            if let Some(block) = &mut self.block {
                block.links = block.links.saturating_add(u16::from(opened.tag == Tag::A));
            }
            if opened.tag == Tag::Span && self.unseen.is_none() {
                self.unseen = unseen(opened.text).map(|most| (opened.depth, most));
            }
            self.inline.push((opened.depth, opened.tag, value));
            self.page.inlines.push(Inline::Open { tag: opened.tag, value });
        }
    }

    /// The element is where a site says its title or the like. As in microdata, an attribute made for it counts before the text.
    fn say(&mut self, opened: &Opened<'_>, element: u32, at: u64) {
        let attribute =
            opened.text.get("content").or_else(|| opened.text.get("datetime")).filter(|value| !value.trim().is_empty());
        let value = match attribute {
            Some(value) => Value::Declared(self.string(value.trim())),
            None => Value::Shown(Span { start: at as u32, end: at as u32 }),
        };
        for (said, selector) in std::mem::take(&mut self.said) {
            if !opened.void && matches!(value, Value::Shown(_)) {
                self.saying.push((opened.depth, self.page.said.len()));
            }
            self.page.said.push(SaidHere { said, selector, element, value });
        }
        if opened.void {
            self.marks = 0;
        }
    }

    /// An element that ends has said what it had to say.
    fn said(&mut self, depth: usize, at: u64) {
        for place in (0..self.saying.len()).rev().filter(|place| self.saying[*place].0 == depth).collect::<Vec<_>>() {
            let (_, index) = self.saying.remove(place);
            let value = if self.in_title {
                let title = self.page.head.title.clone();
                Value::Declared(self.string(title.trim()))
            } else if let Value::Shown(span) = self.page.said[index].value {
                Value::Shown(Span { end: at as u32, ..span })
            } else {
                continue;
            };
            self.page.said[index].value = value;
        }
        self.saying.iter_mut().for_each(|(of, _)| *of -= usize::from(*of > depth));
    }

    fn element(&mut self, opened: &Opened<'_>) {
        let parent = self.open.last().map_or(NONE, |(_, index)| *index);
        let around = self.page.elements.get(parent as usize).copied();
        let start = self.page.strings.len();
        let mut hidden = false;
        let (mut aria, mut style) = (None, None);
        let mut streamed = false;
        for (at, name) in opened.text.names().enumerate() {
            match name.len() {
                2 | 4 | 5 | 8 => {
                    if names_itself(name) {
                        push_words(opened.text.value(at), start, &mut self.page.strings);
                        // React sends late parts of a page hidden, as `S:1`, and shows them in their place.
                        streamed |= name.len() == 2 && opened.text.value(at).starts_with("S:");
                    } else if style.is_none() && name.eq_ignore_ascii_case(b"style") {
                        style = Some(opened.text.value(at));
                    }
                }
                6 => hidden |= name.eq_ignore_ascii_case(b"hidden"),
                11 if aria.is_none() && name.eq_ignore_ascii_case(b"aria-hidden") => aria = Some(opened.text.value(at)),
                _ => {}
            }
        }
        hidden &= !streamed;
        self.page.streamed |= streamed;
        hidden |= aria.is_some_and(|value| value.eq_ignore_ascii_case("true")) || style.is_some_and(hides);
        let (look, Look { words, author }) = self.looks.of(&mut self.page.strings, start);
        let number = match opened.tag {
            Tag::Ol => opened.text.get("start").and_then(|n| n.trim().parse().ok()).unwrap_or(1),
            Tag::Td | Tag::Th => opened.text.get("colspan").and_then(|n| n.trim().parse().ok()).unwrap_or(1_u32).clamp(1, 1000),
            _ => 1,
        };
        let language = if opened.tag == Tag::Pre { self.language(words) } else { Span::default() };
        let index = self.page.elements.len() as u32;
        let blocks = self.page.blocks.len() as u32;
        self.page.elements.push(Element {
            tag: opened.tag,
            parent,
            depth: around.map_or(0, |e| e.depth + 1),
            words,
            look,
            blocks: Span { start: blocks, end: blocks },
            marks: std::mem::take(&mut self.marks),
            hidden: hidden || around.is_some_and(|e| e.hidden),
            number,
            language,
        });
        for selector in self.roots.drain(..) {
            self.page.roots.push(StoryRoot { selector, element: index });
        }
        if author {
            self.author.push(opened.depth);
        }
        self.noscripts += u32::from(opened.tag == Tag::Noscript);
        self.open.push((opened.depth, index));
    }

    /// `language-rust` or `lang-rust` among the words: `rust`.
    fn language(&self, words: Span) -> Span {
        let mut at = words.start;
        for word in self.page.string(words).split(' ') {
            for prefix in ["language-", "lang-"] {
                if word.starts_with(prefix) {
                    return Span { start: at + prefix.len() as u32, end: at + word.len() as u32 };
                }
            }
            at += word.len() as u32 + 1;
        }
        Span::default()
    }

    /// What an element tells of the page, wherever it stands.
    pub(crate) fn head(&mut self, opened: &Opened<'_>) {
        let text = opened.text;
        let value = |name: &str| text.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let head = &mut self.page.head;
        match opened.tag {
            Tag::Html if head.lang.is_empty() => head.lang = value("lang"),
            Tag::Meta => {
                let names = ["property", "name", "itemprop", "http-equiv"];
                if let (Some(name), Some(content)) = (names.iter().find_map(|name| text.get(name)), text.get("content")) {
                    head.metas.push((name.trim().to_ascii_lowercase(), content.into_owned()));
                }
            }
            Tag::Link if head.canonical.is_empty() && value("rel").eq_ignore_ascii_case("canonical") => {
                head.canonical = value("href")
            }
            Tag::Base if head.base.is_empty() => head.base = value("href"),
            Tag::Script => {
                self.json_ld = value("type").eq_ignore_ascii_case("application/ld+json");
                if self.json_ld {
                    head.json_ld.push(String::new());
                }
            }
            Tag::Title => self.in_title = !opened.foreign && head.title.is_empty(),
            Tag::Time if text.raw("datetime").is_some() => {
                let at = self.page.blocks.len() as u32;
                head.times.push((value("datetime"), at));
            }
            Tag::A if text.get("rel").is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word == "author")) => {
                self.author.push(opened.depth);
            }
            Tag::Span
                if ["class", "itemprop"].iter().any(|name| {
                    let strings = &mut self.page.strings;
                    let start = strings.len();
                    text.get(name).is_some_and(|value| {
                        push_words(&value, start, strings);
                        self.looks.of(strings, start).1.author
                    })
                }) =>
            {
                self.author.push(opened.depth);
            }
            _ => {}
        }
    }

    fn string(&mut self, value: &str) -> Span {
        let start = self.page.strings.len() as u32;
        self.page.strings.push_str(value);
        Span { start, end: self.page.strings.len() as u32 }
    }

    /// The inline element at a depth of the stack goes, with what it holds in the open block. Call before [`Recorder::close`].
    pub(crate) fn drop_inline(&mut self, depth: usize) {
        self.drop_short_inline(depth, usize::MAX);
    }

    /// The same, if it holds no more than `most` bytes of text.
    fn drop_short_inline(&mut self, depth: usize, most: usize) {
        let (Some(block), Some((_, tag, _))) = (&self.block, self.inline.last().filter(|(at, ..)| *at == depth)) else { return };
        let begin = block.inlines as usize;
        let opened = |step: &Inline| matches!(step, Inline::Open { tag: of, .. } if of == tag);
        // Its own start is the last one of its tag that is still open.
        let mut open = 0_usize;
        let at = self.page.inlines[begin..].iter().rposition(|step| {
            open += usize::from(*step == Inline::Close(*tag));
            let own = opened(step) && open == 0;
            open -= usize::from(opened(step) && open > 0);
            own
        });
        if let Some(at) = at {
            let held = self.page.inlines[begin + at..].iter().map(|step| match step {
                Inline::Text(span) => span.range().len(),
                _ => 0,
            });
            if held.sum::<usize>() <= most {
                self.page.inlines.truncate(begin + at + 1);
            }
        }
    }

    /// The element at a depth of the stack ends. `at`: the end of the running text.
    pub(crate) fn close(&mut self, depth: usize, at: u64) {
        if !self.saying.is_empty() {
            self.said(depth, at);
        }
        if let Some((at, most)) = self.unseen.filter(|(at, _)| *at >= depth) {
            if at == depth {
                self.drop_short_inline(depth, most);
                self.unseen = None;
            } else {
                // An element around it ended first.
                self.unseen = Some((at - 1, most));
            }
        }
        let above = self.inline.iter().rev().take_while(|(at, ..)| *at > depth).count();
        if let Some(at) = (self.inline.len() - above).checked_sub(1).filter(|at| self.inline[*at].0 == depth) {
            for (_, tag, _) in self.inline[at + 1..].iter().rev() {
                self.page.inlines.push(Inline::Close(*tag));
            }
            let (_, tag, _) = self.inline.remove(at);
            self.page.inlines.push(Inline::Close(tag));
            for (_, tag, value) in &self.inline[at..] {
                self.page.inlines.push(Inline::Open { tag: *tag, value: *value });
            }
        }
        let at_text = at;
        // Depths only grow, so an inline element is known to be none of them at the first that is less.
        let above = self.open.iter().rev().take_while(|(at, _)| *at > depth).count();
        let at = self.open.len() - above;
        if let Some(at) = at.checked_sub(1).filter(|at| self.open[*at].0 == depth) {
            let (_, index) = self.open.remove(at);
            let tag = self.page.elements[index as usize].tag;
            self.noscripts -= u32::from(tag == Tag::Noscript);
            match tag {
                Tag::Picture => self.end_picture(),
                Tag::Noscript => self.end_noscript(at_text),
                _ => {}
            }
            self.page.elements[index as usize].blocks.end = self.page.blocks.len() as u32;
        }
        self.author.retain(|at| *at != depth);
        // What stood above a misnested element is one less deep now.
        let sink = |at: &mut usize| *at -= usize::from(*at > depth);
        self.inline.iter_mut().rev().take(above).for_each(|(at, ..)| sink(at));
        self.open.iter_mut().rev().take_while(|(at, _)| *at > depth).for_each(|(at, _)| *at -= 1);
        self.author.iter_mut().for_each(sink);
        self.in_title = false;
    }

    pub(crate) fn begin_block(&mut self, start: u64) {
        let inlines = self.page.inlines.len() as u32;
        let links = self.inline.iter().filter(|(_, tag, _)| *tag == Tag::A).count() as u16;
        self.block = Some(OpenBlock { start, inlines, images: 0, unseen: 0, controls: 0, links });
        for (_, tag, value) in &self.inline {
            self.page.inlines.push(Inline::Open { tag: *tag, value: *value });
        }
    }

    /// Text was appended to the running text, from `start` on.
    pub(crate) fn text(&mut self, start: u64, end: u64) {
        let Some(block) = self.block.as_ref().filter(|_| start < end) else { return };
        let (start, end) = (start as u32, end as u32);
        // What a block before held of white space is gone, so that its end is this one's beginning.
        if let Some(Inline::Text(span)) = self.page.inlines.get_mut(block.inlines as usize..).and_then(|own| own.last_mut())
            && span.end == start
        {
            span.end = end;
            return;
        }
        self.page.inlines.push(Inline::Text(Span { start, end }));
    }

    pub(crate) fn line_break(&mut self) {
        if self.block.is_some() {
            self.page.inlines.push(Inline::Break);
        }
    }

    /// The block ends at byte `at`; its text is `range` of the running text.
    pub(crate) fn end_block(&mut self, at: u64, range: (u64, u64), text: &RunningText) {
        let span = Span { start: range.0 as u32, end: range.1 as u32 };
        let text = text.since(range.0).get(..(range.1 - range.0) as usize).unwrap_or_default();
        self.end_open_block(at, span, text);
    }

    /// The same, of a text that is at hand.
    fn end_open_block(&mut self, at: u64, span: Span, text: &str) {
        let Some(mut open) = self.block.take() else { return };
        if span.is_empty() {
            open.images = open.images.saturating_add(open.unseen);
        }
        if span.is_empty() && open.images == 0 {
            self.page.inlines.truncate(open.inlines as usize);
            return;
        }
        for (_, tag, _) in self.inline.iter().rev() {
            self.page.inlines.push(Inline::Close(*tag));
        }
        let inlines = Span { start: open.inlines, end: self.page.inlines.len() as u32 };
        let element = self.open.last().map_or(NONE, |(_, index)| *index);
        let mut block = Block {
            element,
            inlines,
            text: span,
            bytes: (open.start, at),
            links: open.links,
            images: open.images,
            controls: open.controls,
            ..Block::default()
        };
        count(&mut block, text);
        // A link without an address opens something here, or only names the place; a heading that links to itself leads nowhere else.
        let heading = self.page.elements.get(element as usize).is_some_and(|e| tag::HEADING.has(e.tag));
        let mut links = 0_u32;
        for step in &mut self.page.inlines[inlines.range()] {
            match step {
                Inline::Text(part) => {
                    // The block's trailing white space is gone from its text.
                    part.end = part.end.min(span.end).max(part.start);
                    if links > 0 && part.start == span.start && part.end == span.end {
                        block.link_words = block.words;
                    } else if links > 0 {
                        let (from, to) = (part.start - span.start, part.end - span.start);
                        block.link_words += words(text.get(from as usize..to as usize).unwrap_or_default());
                    }
                }
                Inline::Open { tag: Tag::A, value } => {
                    let own =
                        value.is_empty() || heading && self.page.strings.as_bytes().get(value.start as usize) == Some(&b'#');
                    links += u32::from(!own);
                }
                Inline::Close(Tag::A) => links = links.saturating_sub(1),
                _ => {}
            }
        }
        block.link_words = block.link_words.min(block.words);
        if let Some(around) = self.page.elements.get(element as usize) {
            block.hidden = around.hidden;
        }
        block.noscript = self.noscripts > 0;
        if !self.author.is_empty() {
            self.page.head.author_blocks.push(self.page.blocks.len() as u32);
        }
        self.page.blocks.push(block);
    }

    /// What the last block speaks for.
    pub(crate) fn evidence(&mut self, evidence: &Evidence) {
        if let Some(block) = self.page.blocks.last_mut() {
            block.asks = evidence.core;
            block.section = evidence.section.is_some();
            block.aside = evidence.aside;
            block.wall = evidence.wall >= 2.0;
        }
    }

    /// Words that stand where only browsers without scripting see them.
    pub(crate) fn noscript_words(&self) -> usize {
        self.noscript_words
    }

    pub(crate) fn wants_raw(&self, tag: Tag) -> bool {
        match tag {
            Tag::Title => self.in_title,
            Tag::Script => self.json_ld,
            Tag::Noscript => self.noscript.len() < MOST_NOSCRIPT,
            _ => false,
        }
    }

    pub(crate) fn raw(&mut self, tag: Tag, text: &str) {
        let head = &mut self.page.head;
        match tag {
            Tag::Title => {
                for word in text.split_inclusive(char::is_whitespace) {
                    let ends = head.title.is_empty() || head.title.ends_with(' ');
                    let word_only = word.trim_end();
                    head.title.push_str(word_only);
                    if word.len() > word_only.len() && !(ends && word_only.is_empty()) {
                        head.title.push(' ');
                    }
                }
            }
            Tag::Script => {
                if let Some(script) = head.json_ld.last_mut().filter(|script| script.len() < MOST_JSON_LD) {
                    script.push_str(text);
                }
            }
            _ => self.noscript.push_str(text),
        }
    }
}

/// Is what an element is called in an attribute of this name?
fn names_itself(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(match name.len() {
        2 => b"id",
        4 => b"role",
        5 => b"class",
        _ => b"itemprop",
    })
}

/// Appends the words of an attribute's value, in lower case, to what stands from `start` on.
fn push_words(value: &str, start: usize, out: &mut String) {
    let bytes = value.as_bytes();
    let behind = bytes.get(1..).unwrap_or_default();
    let parted = bytes.iter().zip(behind).fold(false, |odd, (b, next)| odd | (*b < b' ') | ((*b == b' ') & (*next == b' ')));
    if let (Some(b'!'..), Some(b'!'..), false) = (bytes.first(), bytes.last(), parted) {
        // Single spaces already part its words.
        if out.len() > start {
            out.push(' ');
        }
        let at = out.len();
        out.push_str(value);
        out[at..].make_ascii_lowercase();
        return;
    }
    for word in value.split_ascii_whitespace() {
        if out.len() > start {
            out.push(' ');
        }
        let at = out.len();
        out.push_str(word);
        out[at..].make_ascii_lowercase();
    }
}

/// Does no reader see what a `span` holds, or only who points at it? If so, up to how many bytes of text: a longer one that is hidden may be the
/// rest of a paragraph behind "read more".
fn unseen(text: &TagText<'_>) -> Option<usize> {
    // The last stands behind the headings of a wiki ("[edit]"): nobody reads it as one of their words.
    const BESIDE_THE_TEXT: [&str; 7] = [
        "sr-only",
        "visually-hidden",
        "visuallyhidden",
        "screen-reader-text",
        "element-invisible",
        "screenreader",
        "mw-editsection",
    ];
    const TOOLTIPS: [&str; 5] = ["tooltiptext", "tooltip-text", "tooltip-content", "tooltip__text", "tooltip__content"];
    let mut most = None;
    for (at, name) in text.names().enumerate() {
        let value = || text.value(at);
        most = most.max(match name.len() {
            4 if name.eq_ignore_ascii_case(b"role") => (value() == "tooltip").then_some(usize::MAX),
            5 if name.eq_ignore_ascii_case(b"class") => {
                let value = value();
                let one_of = |names: &[&str]| value.split_ascii_whitespace().any(|word| names.contains(&word));
                let tooltip = one_of(&TOOLTIPS).then_some(usize::MAX);
                tooltip.or_else(|| one_of(&BESIDE_THE_TEXT).then_some(UNSEEN_BYTES))
            }
            5 if name.eq_ignore_ascii_case(b"style") => hides(value()).then_some(UNSEEN_BYTES),
            6 if name.eq_ignore_ascii_case(b"hidden") => Some(UNSEEN_BYTES),
            _ => None,
        });
    }
    most
}

/// See [`unseen`]. Chosen, not measured: "(opens in a new window)", "we dont want spam".
const UNSEEN_BYTES: usize = 60;

/// Does an inline style hide its element?
fn hides(style: &str) -> bool {
    // What stands behind a colon comes first: in most styles it is neither.
    let hidden = |at: usize| style[at + 1..].trim_start().starts_with(['n', 'N', 'h', 'H']);
    if !memchr::memchr_iter(b':', style.as_bytes()).any(hidden) {
        return false;
    }
    let style: String = style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    style.contains("display:none") || style.contains("visibility:hidden")
}
