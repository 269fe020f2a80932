//! One page going by: events come in, the judge hears of elements and blocks, the recorder (if a story is wanted) keeps them.
//!
//! This is where a page's text becomes blocks: between two tags that begin or end a block, at double line breaks, never inside what no
//! reader sees. It decides nothing about what goes. It must not know lol_html, files or how output is written.

use std::sync::Arc;

use url::Url;

use crate::judge::appeal::{Judge, Leaf};
use crate::judge::running::{RunningText, excerpt};
use crate::matcher::set::{Active, Role, RuleSet};
use crate::record::Recorder;
use crate::rules::Kind;
use crate::scan::moment::Step;
use crate::scan::stack::DEEP;
use crate::scan::tag::{self, Tag, TagSet};
use crate::scan::{Ended, Events, Opened};
use crate::select::{Fate, HEAD, Selecting, TELLING};

/// What may be removed: kinds, as bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kinds(pub(crate) u32);

impl Kinds {
    pub(crate) fn has(self, kind: Kind) -> bool {
        self.0 >> kind as u32 & 1 == 1
    }
}

/// See the module.
pub(crate) struct Pass {
    rules: Arc<RuleSet>,
    selecting: Selecting,
    pub(crate) judge: Judge,
    pub(crate) text: RunningText,
    pub(crate) recorder: Option<Recorder>,
    leaf: Option<OpenLeaf>,
    /// Open elements, as deep as they are heard of.
    open: Vec<Depth>,
    /// What begins inside this element is not heard of.
    deaf: Option<Deaf>,
    /// Line breaks since the last word.
    breaks: u8,
    /// Nothing of the page's body has been heard of.
    in_head: bool,
    pub(crate) frame: PageFrame,
    /// With so many words in `noscript` elements, the page is to be read otherwise.
    pub(crate) enough_noscript: usize,
    /// The place after the last event.
    at: u64,
    max_hold: u64,
    /// See [`Pass::settle`].
    most_unsettled: u64,
    /// A place before which nothing is held; in a story, where what is decided was last forgotten.
    held_from: u64,
    pub(crate) most_held: u64,
}

/// What goes around a page's content: its navigation and its own footer. A story is looked for without reading them; a third of all blocks
/// stand there, and of 2.5 million words of story on the training pages one in two thousand.
#[derive(Debug, Default)]
pub(crate) struct PageFrame {
    /// What was left unread, in page order.
    pub(crate) skipped: Vec<(u64, u64)>,
    /// What was left unread may hold a story after all: the page's markup is not what it seems.
    pub(crate) strange: bool,
}

/// A block that has begun.
#[derive(Clone, Copy, Debug)]
struct OpenLeaf {
    start: u64,
    text: u64,
    soft_chars: u32,
    limit: u32,
    outgrown: bool,
    /// An inline element that is decided by its text: read on for its sake until the block has so many characters.
    wanted: Option<(usize, u32)>,
}

/// What an open element says of the text in it, a bit each.
#[derive(Clone, Copy, Debug, Default)]
struct Depth(u8);

impl Depth {
    /// White space counts.
    const PRE: Self = Self(1);
    const HEADING: Self = Self(1 << 1);
    const SOFT: Self = Self(1 << 2);
    const BLOCK: Self = Self(1 << 3);
    const MAY_END: Self = Self(1 << 4);

    /// Those that hold for all that is inside too.
    const INHERITED: Self = Self(Self::PRE.0 | Self::HEADING.0 | Self::SOFT.0);

    fn has(self, bit: Self) -> bool {
        self.0 & bit.0 != 0
    }

    /// For an element in this one.
    fn inside(self, tag: Tag) -> Self {
        Self(self.0 & Self::INHERITED.0 | DEPTHS[tag as usize].0)
    }
}

/// What an element says by its tag.
static DEPTHS: [Depth; tag::ALL.len() + 1] = {
    let mut table = [Depth(0); tag::ALL.len() + 1];
    let mut i = 0;
    while i < tag::ALL.len() {
        table[tag::ALL[i] as usize] = depth(tag::ALL[i]);
        i += 1;
    }
    table
};

const fn depth(tag: Tag) -> Depth {
    const SETS: [(TagSet, Depth); 5] = [
        (TagSet::of(&[Tag::Pre, Tag::Listing, Tag::Xmp, Tag::Plaintext]), Depth::PRE),
        (tag::HEADING, Depth::HEADING),
        (SOFT, Depth::SOFT),
        (tag::BLOCK, Depth::BLOCK),
        (OPTIONAL_END, Depth::MAY_END),
    ];
    let mut bits = 0;
    let mut i = 0;
    while i < SETS.len() {
        if SETS[i].0.has(tag) {
            bits |= SETS[i].1.0;
        }
        i += 1;
    }
    Depth(bits)
}

#[derive(Debug)]
struct Deaf {
    depth: usize,
    /// The rule that drops the element, and where it begins; none if it is only unseen.
    drop: Option<(u32, u64)>,
    excerpt: String,
    /// It belongs to the page's frame: its tag, and where it begins.
    frame: Option<(Tag, u64)>,
}

impl Deaf {
    fn wants_excerpt(&self) -> bool {
        self.drop.is_some() && self.excerpt.len() < EXCERPT_BYTES
    }
}

/// Elements whose words are labels of something to click.
const SOFT: TagSet = TagSet::of(&[Tag::A, Tag::Button, Tag::Label, Tag::Select, Tag::Legend, Tag::Summary]);
/// Inline elements that stand apart from the words beside them.
const APART: TagSet = TagSet::of(&[Tag::Button, Tag::Label, Tag::Select, Tag::Textarea, Tag::Input, Tag::Iframe, Tag::Img]);
/// A text in a `nav` with so many bytes is a paragraph. On the training pages one in a hundred has such, and none of them is story.
const PARAGRAPH: u64 = 400;
/// Blocks whose end tag may be left out.
const OPTIONAL_END: TagSet = TagSet::of(&[Tag::P, Tag::Li, Tag::Dd, Tag::Dt, Tag::Td, Tag::Th, Tag::Body, Tag::Html]);
/// In a story, what is decided is forgotten every so many bytes.
const SETTLED: u64 = 32 << 10;
/// A text this long at the end of a dropped element's excerpt is enough.
const EXCERPT_BYTES: usize = 400;

impl Pass {
    pub(crate) fn new(
        rules: Arc<RuleSet>,
        active: Active,
        kinds: Kinds,
        url: Option<&Url>,
        max_hold: u64,
        recorder: Option<Recorder>,
    ) -> Self {
        let selecting = Selecting::new(&rules, active, kinds, url);
        Self {
            judge: Judge::new(Arc::clone(&rules), selecting.active().clone(), recorder.is_some()),
            selecting,
            rules,
            text: RunningText::default(),
            most_unsettled: if recorder.is_some() { SETTLED } else { max_hold },
            recorder,
            leaf: None,
            open: Vec::with_capacity(DEEP),
            deaf: None,
            breaks: 0,
            in_head: true,
            frame: PageFrame::default(),
            enough_noscript: usize::MAX,
            at: 0,
            max_hold,
            held_from: 0,
            most_held: 0,
        }
    }

    /// From now on the page's frame is left unread, unless a site's rules say where its story is.
    pub(crate) fn skip_frame(&mut self) {
        self.selecting.skip_frame();
    }

    /// The first byte of the input that may still go, or the next byte that will be read.
    pub(crate) fn hold(&self) -> u64 {
        let leaf = self.leaf.filter(|leaf| !leaf.outgrown && self.judge.reads()).map(|leaf| leaf.start);
        let deaf = self.deaf.as_ref().and_then(|deaf| deaf.drop).map(|(_, start)| start);
        [leaf, deaf, self.judge.hold()].into_iter().flatten().fold(self.at, u64::min)
    }

    /// While an element is dropped and nothing else is held: what comes need not be kept.
    pub(crate) fn discarding(&self) -> bool {
        let Some((_, start)) = self.deaf.as_ref().and_then(|deaf| deaf.drop) else { return false };
        self.leaf.is_none_or(|leaf| leaf.outgrown || !self.judge.reads()) && self.judge.hold().is_none_or(|hold| hold >= start)
    }

    /// The place after the last event.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// The input has ended, and so have all elements.
    pub(crate) fn finish(&mut self, at: u64) {
        self.end_leaf(at, true);
        if let Some(Deaf { drop: Some((rule, start)), excerpt: text, .. }) = self.deaf.take() {
            self.judge.cuts.cut(rule, start, at, excerpt(&text), false);
        }
        self.judge.finish(&self.text);
        self.at = at;
    }

    fn inherited(&self) -> Depth {
        self.open.last().copied().unwrap_or_default()
    }

    /// How much was read since the place before which nothing is held.
    fn held(&self) -> u64 {
        self.at.saturating_sub(self.held_from)
    }

    /// Keeps to the budget, and forgets what is decided. What is held only ever begins later, so while `held` is within bounds nothing can have
    /// been overstepped.
    #[inline]
    fn settle(&mut self, at: u64) {
        self.at = self.at.max(at);
        if self.held() > self.most_unsettled {
            self.settle_now();
        }
    }

    #[cold]
    fn settle_now(&mut self) {
        if self.recorder.is_some() {
            // A story's page stays whole, so there is no budget; but what is decided need not be searched again.
            self.held_from = self.at;
            self.judge.forget(self.hold());
        } else {
            self.keep_to_budget();
        }
    }

    fn keep_to_budget(&mut self) {
        loop {
            let hold = self.hold();
            let dropped = if self.discarding() { self.at } else { hold };
            self.held_from = dropped;
            let held = self.at - dropped.min(self.at);
            if held <= self.max_hold {
                break;
            }
            let leaf_first = self.leaf.is_some_and(|leaf| !leaf.outgrown && leaf.start == hold && self.judge.reads());
            if self.judge.hold() == Some(hold) && self.judge.let_go() {
                // What is let go was held until the budget was full, wherever the input was cut.
                self.most_held = self.most_held.max(self.max_hold);
                continue;
            }
            if leaf_first {
                // Not counted: whether a long text was let go for its bytes or for its characters depends on how the input was cut.
                self.outgrow();
                continue;
            }
            self.most_held = self.most_held.max(held);
            break;
        }
    }

    /// A tag begins at `at`: what is held now is the most since the tag before. Only tags are measured, because where pieces of a text end
    /// depends on how the input was cut.
    #[inline]
    fn arrive_at(&mut self, at: u64) {
        if self.recorder.is_some() {
            return;
        }
        self.settle(at);
        if self.held() > self.most_held {
            self.held_from = if self.discarding() { self.at } else { self.hold() };
            self.most_held = self.most_held.max(self.held());
        }
    }

    /// Is the text of the block worth keeping, as far as rules go?
    fn leaf_wants_text(&self) -> bool {
        self.leaf.is_none_or(|leaf| !leaf.outgrown || leaf.wanted.is_some())
    }

    fn outgrow(&mut self) {
        if let Some(leaf) = &mut self.leaf {
            leaf.outgrown = true;
        }
        if self.recorder.is_none() && self.leaf.is_none_or(|leaf| leaf.wanted.is_none()) {
            self.text.drop_block();
        }
    }

    fn begin_leaf(&mut self, start: u64) {
        if self.leaf.is_none() {
            let limit = self.judge.block_limit();
            self.held_from = self.held_from.min(start);
            self.leaf = Some(OpenLeaf { start, text: self.text.block(), soft_chars: 0, limit, outgrown: false, wanted: None });
            if let Some(recorder) = &mut self.recorder {
                recorder.begin_block(start);
            }
        }
    }

    /// A block ends at `at`, if one was open.
    fn end_leaf(&mut self, at: u64, input_ended: bool) {
        self.breaks = 0;
        let Some(leaf) = self.leaf.take() else {
            self.text.end_block();
            return;
        };
        let inherited = self.inherited();
        let chars = self.text.chars();
        // The text's end is cut off its trailing space, and the block is closed behind it.
        let block = self.text.block();
        let kept = self.recorder.is_some() || !leaf.outgrown;
        let end = self.text.end_block();
        let empty = chars == 0 || kept && end == block;
        if !empty {
            let judged = Leaf {
                start: leaf.start,
                end: at,
                text: leaf.text,
                chars,
                soft_chars: leaf.soft_chars,
                heading: inherited.has(Depth::HEADING),
                outgrown: leaf.outgrown,
                cut_off: input_ended
                    && !self.open.iter().rev().find(|d| d.has(Depth::BLOCK)).is_none_or(|d| d.has(Depth::MAY_END)),
            };
            self.judge.block(&judged, &self.text);
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.end_block(at, (block, end), &self.text);
            if !empty {
                recorder.evidence(&self.judge.evidence());
            }
        } else if self.text.is_long() {
            self.text.forget(self.judge.needs(self.text.block()));
        }
    }

    /// The words before and behind belong to different blocks.
    fn boundary(&mut self, at: u64) {
        self.end_leaf(at, false);
    }

    fn line_break(&mut self, start: u64) {
        self.breaks += 1;
        if self.breaks > 1 {
            self.end_leaf(start, false);
            self.breaks = 2;
        } else if self.leaf.is_some() {
            self.text.line();
            if let Some(recorder) = &mut self.recorder {
                recorder.line_break();
            }
        }
    }

    /// A paragraph of a text without markup.
    pub(crate) fn paragraph(&mut self, opened: &Opened<'_>, line: &str, end: u64) {
        self.selecting.forget();
        self.selecting.open(&self.rules, opened.tag, opened.text, (false, false), opened.depth);
        self.open(opened);
        self.text(line, opened.start.0, end);
        self.selecting.close(&self.rules, opened.depth, opened.tag);
        self.close(opened.depth, opened.tag, (end, end), Ended::Tag);
    }

    /// The body begins: the rules are chosen.
    #[cold]
    fn leave_head(&mut self) {
        if std::mem::take(&mut self.in_head) {
            self.judge.active.clone_from(self.selecting.active());
        }
    }
}

/// Tells the recorder what a site says with its selectors.
fn said_by_site(rules: &RuleSet, active: &Active, lists: &[u32], recorder: &mut Recorder) {
    for role in lists.iter().flat_map(|list| rules.roles(*list)) {
        match *role {
            Role::Story(site, place) if active.sites.contains(&site) => recorder.story_root(place),
            Role::Said(said, site, place) if active.sites.contains(&site) => recorder.said_here(said, place),
            _ => {}
        }
    }
}

impl Events for Pass {
    fn look_ahead(&mut self, step: &mut Step<'_>) {
        self.selecting.step(&self.rules, step);
    }

    fn open(&mut self, opened: &Opened<'_>) {
        self.arrive_at(opened.start.0);
        if let Some(deaf) = &self.deaf {
            debug_assert!(opened.depth > deaf.depth || opened.void);
            if deaf.frame.is_some() {
                self.frame.strange |= opened.tag == Tag::Main;
                if let Some(recorder) = self.recorder.as_mut().filter(|_| TELLING.has(opened.tag)) {
                    recorder.head(opened);
                }
            }
            self.settle(opened.start.1);
            return;
        }
        let Some(note) = self.selecting.note(opened.note) else { return };
        if self.in_head {
            if opened.tag == Tag::Html
                && let Some(code) = opened.text.get("lang").or_else(|| opened.text.get("xml:lang"))
            {
                self.judge.language(&code);
            }
            if !HEAD.has(opened.tag) {
                self.leave_head();
            }
        }
        let block = tag::BLOCK.has(opened.tag) && !(opened.tag == Tag::Noscript && self.leaf.is_some());
        if block {
            self.boundary(opened.start.0);
        }
        let lists = self.selecting.lists(&note);
        let dropped = match note.fate {
            Fate::Dropped(rule) => Some(rule),
            _ => None,
        };
        if let (None, Some(recorder)) = (dropped, &mut self.recorder) {
            if !self.judge.active.sites.is_empty() {
                said_by_site(&self.rules, &self.judge.active, lists, recorder);
            }
            if note.protect {
                recorder.keep_element();
            }
        }
        self.judge.open(opened, lists, note.protect, dropped.is_some(), &self.text);
        if let Some(rule) = dropped {
            if opened.void {
                self.judge.cuts.cut(rule, opened.start.0, opened.start.1, String::new(), false);
            } else {
                let drop = Some((rule, opened.start.0));
                self.deaf = Some(Deaf { depth: opened.depth, drop, excerpt: String::new(), frame: None });
            }
            self.settle(opened.start.1);
            return;
        }
        if opened.tag == Tag::Br {
            self.line_break(opened.start.0);
        } else if opened.tag != Tag::Wbr && opened.void {
            self.breaks = 0;
        }
        if APART.has(opened.tag) {
            self.text.space();
        }
        let seen_inline = !block && !HEAD.has(opened.tag) && !matches!(opened.tag, Tag::Br | Tag::Wbr);
        if seen_inline {
            self.begin_leaf(opened.start.0);
        }
        if seen_inline && !opened.void {
            let limit = self.judge.named_limit();
            if let Some(leaf) = self.leaf.as_mut().filter(|leaf| limit > 0 && leaf.wanted.is_none()) {
                leaf.wanted = Some((opened.depth, self.text.chars().saturating_add(limit)));
            }
        }
        if let Some(recorder) = &mut self.recorder {
            if seen_inline {
                // A space before the element stays outside it, but is no word between two links.
                let (before, chars) = (self.text.end(), self.text.chars());
                self.text.write_space();
                recorder.text(before, self.text.end());
                if let Some(leaf) = self.leaf.as_mut().filter(|_| SOFT.has(opened.tag)) {
                    leaf.soft_chars += self.text.chars() - chars;
                }
            }
            recorder.open(opened, self.text.end());
        }
        if !opened.void {
            self.open.push(self.inherited().inside(opened.tag));
            if note.fate != Fate::Heard {
                let frame = (note.fate == Fate::Frame).then_some((opened.tag, opened.start.0));
                self.deaf = Some(Deaf { depth: opened.depth, drop: None, excerpt: String::new(), frame });
            }
        }
        self.settle(opened.start.1);
    }

    fn close(&mut self, depth: usize, tag: Tag, end: (u64, u64), how: Ended) {
        self.arrive_at(end.0);
        if let Some(deaf) = &self.deaf {
            if depth > deaf.depth {
                self.settle(end.1);
                return;
            }
            if depth == deaf.depth {
                let Some(deaf) = self.deaf.take() else { return };
                if let Some((tag, start)) = deaf.frame {
                    self.frame.skipped.push((start, end.1));
                    // Whatever comes after a `nav` that never ends was left unread too.
                    self.frame.strange |= how == Ended::Input && tag == Tag::Nav;
                }
                if let Some((rule, start)) = deaf.drop {
                    self.judge.cuts.cut(rule, start, end.1, excerpt(&deaf.excerpt), false);
                    self.settle(end.1);
                    return;
                }
            }
        }
        if let Some(deaf) = &mut self.deaf {
            // A misnested element ends below the one that is not heard of. Its end tag stays, and what is dropped is not held any more, so
            // the range is cut in two around the tag.
            deaf.depth -= 1;
            if let Some((rule, start)) = &mut deaf.drop {
                self.judge.cuts.cut(*rule, *start, end.0, excerpt(&deaf.excerpt), false);
                *start = end.1;
            }
        }
        let block = tag::BLOCK.has(tag) && !(tag == Tag::Noscript && self.leaf.is_some());
        if block {
            self.end_leaf(end.0, how == Ended::Input);
        }
        if tag == Tag::Head {
            // What follows is no head any more, whatever it is.
            self.leave_head();
        }
        let went = self.judge.close(depth, end, how, &self.text);
        if let Some(leaf) = self.leaf.as_mut().filter(|leaf| leaf.wanted.is_some_and(|(at, _)| at >= depth)) {
            leaf.wanted = None;
            if leaf.outgrown {
                self.outgrow();
            }
        }
        if APART.has(tag) {
            self.text.space();
        }
        // Nearly always it is the innermost.
        if depth + 1 == self.open.len() {
            self.open.pop();
        } else if depth < self.open.len() {
            self.open.remove(depth);
        }
        if let Some(recorder) = &mut self.recorder {
            if went {
                recorder.drop_inline(depth);
            }
            recorder.close(depth, self.text.end());
        }
        self.settle(end.1);
    }

    fn wants_text(&self, white: bool) -> bool {
        match &self.deaf {
            Some(deaf) => deaf.wants_excerpt(),
            None if white && self.leaf.is_none() => false,
            None => self.recorder.is_some() || self.leaf_wants_text(),
        }
    }

    fn text(&mut self, text: &str, node: u64, end: u64) {
        if let Some(deaf) = &mut self.deaf {
            if deaf.wants_excerpt() {
                deaf.excerpt.extend(text.chars().take(EXCERPT_BYTES));
            }
            let in_nav = deaf.frame.is_some_and(|(tag, _)| tag == Tag::Nav);
            self.frame.strange |= in_nav && end.saturating_sub(node) >= PARAGRAPH;
            self.settle(end);
            return;
        }
        let inherited = self.inherited();
        let white = node >= end;
        if white && self.leaf.is_none() {
            self.settle(end);
            return;
        }
        if !white {
            self.breaks = 0;
            if self.in_head {
                self.leave_head();
            }
            self.begin_leaf(node);
        }
        let (before, place) = (self.text.chars(), self.text.end());
        if self.recorder.is_some() || self.leaf_wants_text() {
            self.text.append(text, inherited.has(Depth::PRE));
        }
        let chars = self.text.chars();
        if let Some(leaf) = &mut self.leaf {
            if inherited.has(Depth::SOFT) {
                leaf.soft_chars += chars - before;
            }
            let spent = leaf.wanted.is_some_and(|(_, limit)| chars > limit);
            if spent {
                leaf.wanted = None;
            }
            if chars > leaf.limit && (spent || !leaf.outgrown) {
                self.outgrow();
            }
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.text(place, self.text.end());
        }
        self.settle(end);
    }

    fn pause(&mut self, at: u64) {
        self.settle(at);
    }

    fn wants_raw(&self, tag: Tag) -> bool {
        tag == Tag::Title && self.in_head
            || self.recorder.as_ref().is_some_and(|recorder| {
                let heard = self.deaf.as_ref().is_none_or(|deaf| deaf.frame.is_some() && tag == Tag::Script);
                heard && recorder.wants_raw(tag)
            })
    }

    fn raw(&mut self, tag: Tag, text: &str) {
        if tag == Tag::Title && self.in_head {
            self.judge.title(text);
        }
        if let Some(recorder) = self.recorder.as_mut().filter(|recorder| recorder.wants_raw(tag)) {
            recorder.raw(tag, text);
        }
    }

    fn has_enough(&self) -> bool {
        self.recorder.as_ref().is_some_and(|recorder| recorder.noscript_words() >= self.enough_noscript)
    }
}
