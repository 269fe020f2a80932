//! What goes: verdicts over blocks of text, elements and runs of siblings, from the inside out.
//!
//! A text is looked at once, when its block ends. Phrases found in it are remembered with their place, so an element that ends later
//! knows what it holds without a second look. Whatever is undecided is *held*: [`Judge::hold`] names the first byte that may still
//! go. What outgrows every rule that could take it is held no longer, and when in doubt the answer is keep. This module must
//! not know bytes, files or how a page is read; it is told of elements and blocks, and answers with [`Cuts`].

mod above;
mod between;
mod boxed;
mod element;
mod plea;
mod recognize;
mod shaped;
mod texts;
mod verdict;
mod widget;
mod worded;

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

pub(crate) use self::plea::Plea;
use self::recognize::Recognizer;
use self::texts::add;
use super::cuts::Cuts;
use super::running::{RunningText, excerpt};
use super::runs::{Counts, Run, Runs};
use crate::matcher::cues::Anchored;
use crate::matcher::set::{Active, CLIMB_CHARS, How, Part, Role, RuleSet};
use crate::report::{Near, Why};
use crate::scan::stack::DEEP;
use crate::scan::tag::{self, Tag, TagSet};
use crate::scan::{Ended, Opened};
use crate::text::{fold, fold_into};

/// A block of text, at its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf {
    /// Its bytes.
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Where its text begins in the running text.
    pub(crate) text: u64,
    pub(crate) chars: u32,
    /// Characters inside links, buttons, labels.
    pub(crate) soft_chars: u32,
    pub(crate) heading: bool,
    /// It is longer than any rule could want: its text was not kept.
    pub(crate) outgrown: bool,
    /// Its end is not told by the page but by the end of the input.
    pub(crate) cut_off: bool,
}

/// An open element, as far as verdicts go.
#[derive(Clone, Copy, Debug)]
struct Frame {
    tag: Tag,
    id: u32,
    start: u64,
    text: u64,
    /// The page's counters when it began.
    seen: u64,
    cut: u64,
    matched: u64,
    plain: u64,
    media: u64,
    controls: u64,
    blocks: u64,
    hits: u64,
    /// Where its own groups of rules begin in `Judge::named`.
    named: u32,
    /// How many characters it may hold and still be judged.
    limit: u32,
    /// The most characters that a rule named for it or an element around it would read.
    text_limit: u32,
    /// Characters of the block that was open when it began.
    chars: u32,
    /// A rule says never to drop it.
    safe: bool,
}

/// A phrase was found.
#[derive(Clone, Copy, Debug)]
struct Hit {
    phrase: u32,
    /// It does not only speak against.
    speaks_for: bool,
    /// It led to a verdict on a block that was not named, and may not lead to another.
    spent: bool,
}

/// See the module.
pub(crate) struct Judge {
    rules: Arc<RuleSet>,
    pub(crate) active: Active,
    pub(crate) cuts: Cuts,
    frames: Vec<Frame>,
    /// Groups of rules whose selectors matched open elements, innermost last.
    named: Vec<u32>,
    /// Open candidates by index into `frames`; those before `alive` have outgrown what could take them.
    candidates: Vec<u32>,
    alive: usize,
    hits: VecDeque<Hit>,
    hits_gone: u64,
    /// Where selector lists that `has` and `unless_has` name matched last.
    inside: FxHashMap<u32, u64>,
    /// The same for those that name a level: the list and where the open element begins that it was asked of.
    below: Vec<(u32, u64)>,
    /// Where the last element begins that never goes: nor does what holds it.
    kept: Option<u64>,
    runs: Runs,
    /// Short texts that go if what follows them goes.
    loose: Vec<(Leaf, String)>,
    /// The rule of the cut that nothing but such short texts has followed yet.
    last_cut: Option<u32>,
    /// Characters of blocks that ended: all, those cut, those of them that a rule itself matched, and those that make a parent more than
    /// a wrapper.
    seen: u64,
    cut: u64,
    matched: u64,
    plain: u64,
    media: u64,
    controls: u64,
    blocks: u64,
    /// The last block's text, folded, between two spaces, and where its lines begin.
    spaced: String,
    lines: Vec<u32>,
    /// Anchors of cues in the last block.
    anchored: Vec<Anchored>,
    found: Vec<(u32, u64)>,
    pub(crate) near: Vec<Near>,
    /// Ends of paragraphs that ask. None: they are not looked for.
    pub(crate) pleas: Option<Vec<Plea>>,
    /// Times the budget was spent.
    pub(crate) spent: u64,
    recognizer: Recognizer,
}

/// Elements that no text rule takes: what they hold is the page.
const NEVER: TagSet = TagSet::of(&[Tag::Html, Tag::Head, Tag::Body, Tag::Main]);
/// Where one part of a page ends and another begins: short texts on either side have nothing to do with each other.
const PARTS: TagSet = TagSet::of(&[Tag::Nav, Tag::Header, Tag::Main, Tag::Article]);
/// Content that a wrapper is not "nearly nothing" with.
const MEDIA: TagSet = TagSet::of(&[Tag::Figure, Tag::Video, Tag::Audio, Tag::Table, Tag::H1, Tag::Nav]);
/// What makes a wrapper a widget.
const CONTROLS: TagSet = TagSet::of(&[Tag::Form, Tag::Input, Tag::Button, Tag::Select, Tag::Textarea]);
/// Labels (headings, links, buttons, single words) of so many characters go with what is cut beside them.
const LABELS_CHARS: u32 = 100;
/// A block of fewer characters without a full stop is a label, not a sentence of a story.
const LABEL_CHARS: u32 = 25;
/// Near misses that are kept for the explanation of one page.
const MOST_NEAR: usize = 200;
/// Room that is made beforehand for phrases that are found. Chosen.
const HITS: usize = 128;
/// Short texts in a row that may go with what follows them.
const MOST_LOOSE: usize = 12;

impl Judge {
    /// `sentences`: the ends of paragraphs that ask are looked for too.
    pub(crate) fn new(rules: Arc<RuleSet>, active: Active, sentences: bool) -> Self {
        let recognizer = Recognizer::new(rules.recognizes(&active));
        Self {
            recognizer,
            rules,
            active,
            cuts: Cuts::default(),
            frames: Vec::with_capacity(DEEP),
            named: Vec::new(),
            candidates: Vec::with_capacity(DEEP),
            alive: 0,
            hits: VecDeque::with_capacity(HITS),
            hits_gone: 0,
            inside: FxHashMap::default(),
            below: Vec::new(),
            kept: None,
            runs: Runs::default(),
            loose: Vec::new(),
            last_cut: None,
            seen: 0,
            cut: 0,
            matched: 0,
            plain: 0,
            media: 0,
            controls: 0,
            blocks: 0,
            spaced: String::new(),
            lines: Vec::new(),
            anchored: Vec::new(),
            found: Vec::new(),
            near: Vec::new(),
            pleas: sentences.then(Vec::new),
            spent: 0,
        }
    }

    /// The most characters of a block that any rule could want to see.
    pub(crate) fn block_limit(&self) -> u32 {
        self.active.block_chars.max(self.frames.last().map_or(0, |f| f.text_limit))
    }

    /// How many characters the rules named for the innermost open element want to read of it; 0 if none is named for it.
    pub(crate) fn named_limit(&self) -> u32 {
        self.frames.last().filter(|f| (f.named as usize) < self.named.len()).map_or(0, |f| f.text_limit)
    }

    /// Is anything decided by texts on this page?
    pub(crate) fn reads(&self) -> bool {
        self.active.block_chars > 0 || !self.named.is_empty()
    }

    /// An element begins. `lists`: the selector lists that match it. `protect`: it never goes, nor does what it holds. `dropped`: it is gone
    /// already, and neither what it holds nor its end will be told.
    pub(crate) fn open(&mut self, opened: &Opened<'_>, lists: &[u32], protect: bool, dropped: bool, text: &RunningText) {
        let (above, mut text_limit) = self.frames.last().map_or((false, 0), |f| (f.safe, f.text_limit));
        let safe = protect || above;
        let named = self.named.len() as u32;
        let mut limit = 0;
        for list in lists {
            for role in self.rules.roles(*list) {
                match *role {
                    Role::Candidate(group) if !safe && !opened.void => {
                        let on = self.active.group(group);
                        if on.chars > 0 {
                            self.named.push(group);
                        }
                        limit = limit.max(on.chars);
                        text_limit = text_limit.max(on.text_chars);
                    }
                    Role::Inside(0) => _ = self.inside.insert(*list, opened.start.0),
                    Role::Inside(levels) => {
                        let outer = self.frames.len().checked_sub(levels as usize).and_then(|at| self.frames.get(at));
                        if let Some(found) = outer.map(|outer| (*list, outer.start)).filter(|found| !self.below.contains(found)) {
                            self.below.push(found);
                        }
                    }
                    _ => {}
                }
            }
        }
        if PARTS.has(opened.tag) {
            self.part();
        }
        if protect {
            self.keep(opened.start.0, text);
        }
        self.media += u64::from(MEDIA.has(opened.tag));
        self.controls += u64::from(CONTROLS.has(opened.tag));
        // Of links right in an item of a list there are hundreds on a page: the words of the few that ask must do without where they lead.
        let item = opened.tag == Tag::A && self.frames.last().is_some_and(|frame| frame.tag == Tag::Li);
        if self.recognizer.on && !item {
            self.recognizer.tag(&self.rules.cues, opened.tag, opened.text, opened.start.0);
        }
        if dropped {
            self.named.truncate(named as usize);
            return;
        }
        if opened.void {
            return;
        }
        let block = tag::BLOCK.has(opened.tag) && !NEVER.has(opened.tag);
        if block && !safe {
            limit = limit.max(self.active.element_chars);
        }
        if limit > 0 {
            self.candidates.push(self.frames.len() as u32);
        }
        if self.reads() {
            self.cuts.mark(opened.start.0, opened.start.1, opened.id, true);
        }
        self.frames.push(Frame {
            tag: opened.tag,
            id: opened.id,
            start: opened.start.0,
            text: text.end(),
            seen: self.seen,
            cut: self.cut,
            matched: self.matched,
            plain: self.plain,
            media: self.media,
            controls: self.controls,
            blocks: self.blocks,
            hits: self.hits_gone + self.hits.len() as u64,
            named,
            limit,
            text_limit,
            chars: text.chars(),
            safe,
        });
    }

    /// A block of text ends.
    pub(crate) fn block(&mut self, leaf: &Leaf, text: &RunningText) {
        self.blocks += 1;
        let safe = self.frames.last().is_some_and(|f| f.safe) || self.holds_kept(leaf.start);
        if !self.reads() || leaf.outgrown || safe {
            self.seen += u64::from(leaf.chars);
            self.plain += u64::from(leaf.chars);
            self.runs.grow(leaf.chars);
            self.unread();
            self.settle();
            self.after_plain();
            return;
        }
        let shown = text.since(leaf.text);
        let mut spaced = std::mem::take(&mut self.spaced);
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        fold_lines(shown, &mut spaced, &mut self.lines);
        let folded = &spaced[1..spaced.len() - 1];
        let first_hit = self.hits_gone + self.hits.len() as u64;
        let (rules, hits, anchored) = (&self.rules, &mut self.hits, &mut self.anchored);
        anchored.clear();
        rules.search(
            &spaced,
            |phrase| hits.push_back(Hit { phrase, speaks_for: rules.speaks_for(phrase), spent: false }),
            |found| anchored.push(found),
        );
        self.gather((first_hit - self.hits_gone) as usize, &mut found);
        let ends: Vec<u32> = self.run_ends(&found, folded);
        for test in self.rules.regex_tests.iter().filter(|test| self.active.rule(self.rules.tests[**test as usize].rule)) {
            add(&mut found, *test, 0);
        }
        let before = Counts { seen: self.seen, cut: self.cut, matched: self.matched, plain: self.plain };
        self.seen += u64::from(leaf.chars);
        let fits = leaf.chars <= self.active.block_chars && !leaf.cut_off;
        let rule =
            if found.is_empty() || !fits { None } else { self.choose(&found, leaf.chars.into(), leaf.start, || folded, shown) };
        let leftover = leaf.chars <= CLIMB_CHARS && self.rules.is_leftover(folded);
        if let Some(rule) = rule {
            let loose = self.take_loose(rule, leaf.start);
            self.cut += loose;
            self.matched += loose;
            self.cut_leaf(rule, leaf, shown);
            self.spend_hits(first_hit);
        } else if leftover && self.last_cut.is_some() {
            if let Some(rule) = self.last_cut {
                self.cut_leaf(rule, leaf, shown);
            }
        } else if leftover && self.active.element_chars > 0 {
            if self.loose.len() >= MOST_LOOSE {
                self.loose.remove(0);
            }
            self.loose.push((*leaf, excerpt(shown)));
        } else {
            let label = leaf.heading
                || leaf.soft_chars >= leaf.chars
                || leaf.chars <= LABEL_CHARS && !folded.ends_with(['.', '!', '?', '。', '！', '？']);
            if !label {
                self.plain += u64::from(leaf.chars);
            }
            self.after_plain();
        }
        self.go_through_runs(leaf, folded, &found, &ends, before, text);
        let cut = self.cut > before.cut;
        self.recognize(leaf, folded, cut, before, text);
        self.settle();
        self.spaced = spaced;
        self.found = found;
    }

    fn cut_leaf(&mut self, rule: u32, leaf: &Leaf, shown: &str) {
        self.cuts.cut(rule, leaf.start, leaf.end, excerpt(shown), true);
        self.cut += u64::from(leaf.chars);
        self.matched += u64::from(leaf.chars);
        self.last_cut = Some(rule);
    }

    /// What stands beside the place cannot go with what comes.
    fn part(&mut self) {
        self.loose.clear();
        self.last_cut = None;
        self.recognizer.end();
    }

    fn after_plain(&mut self) {
        self.loose.clear();
        self.last_cut = None;
    }

    /// Cuts the short texts that stand right before `start`; returns their characters.
    fn take_loose(&mut self, rule: u32, start: u64) -> u64 {
        let mut chars = 0;
        for (leaf, shown) in std::mem::take(&mut self.loose) {
            if leaf.end <= start {
                self.cuts.cut(rule, leaf.start, leaf.end, shown, true);
                chars += u64::from(leaf.chars);
            }
        }
        chars
    }

    /// Candidates that have outgrown everything are held no longer.
    fn settle(&mut self) {
        let run = self.runs.first_start();
        while let Some(at) = self.candidates.get(self.alive) {
            let frame = &self.frames[*at as usize];
            let uncut = (self.seen - frame.seen).saturating_sub(self.cut.saturating_sub(frame.cut));
            if uncut <= u64::from(frame.limit) || run.is_some_and(|start| start >= frame.start) {
                return;
            }
            self.alive += 1;
        }
    }

    fn revive(&mut self) {
        self.alive = self.alive.min(self.candidates.len());
        self.settle();
    }

    /// The first byte that may still go, besides the block that is being read.
    pub(crate) fn hold(&self) -> Option<u64> {
        let candidate = self.candidates.get(self.alive).map(|at| self.frames[*at as usize].start);
        let loose = self.loose.first().map(|(leaf, _)| leaf.start);
        [candidate, self.runs.hold(), loose, self.recognizer.hold()].into_iter().flatten().min()
    }

    /// The place in the running text from which on it is still needed.
    pub(crate) fn needs(&self, block: u64) -> u64 {
        let candidate = self.candidates.get(self.alive).map(|at| self.frames[*at as usize].text);
        [candidate, self.runs.text(), self.recognizer.text()].into_iter().flatten().fold(block, u64::min)
    }

    /// More is held than may be: lets go of what was held first. `false`: there was nothing. Near misses of this sort have no excerpt,
    /// because how much of the text was there depends on how the input was cut.
    pub(crate) fn let_go(&mut self) -> bool {
        let hold = self.hold();
        let Some(start) = hold else { return false };
        self.spent += 1;
        if self.loose.first().is_some_and(|(leaf, _)| leaf.start == start) {
            self.loose.remove(0);
        } else if self.recognizer.hold() == hold {
            self.recognizer.end();
        } else if self.runs.hold() == hold {
            if let Some(run) = self.runs.drop_first() {
                self.note(run.rule, run.start, Why::Budget, "");
            }
        } else {
            if let Some(frame) = self.candidates.get(self.alive).map(|at| self.frames[*at as usize])
                && let Some(group) = self.named.get(frame.named as usize)
                && let Some(rule) = self.rules.group(*group).iter().copied().find(|rule| self.active.rule(*rule))
            {
                self.note(rule, frame.start, Why::Budget, "");
            }
            self.alive += 1;
        }
        true
    }

    /// What is behind `hold` is final: forgets what was only needed to decide it.
    pub(crate) fn forget(&mut self, hold: u64) {
        self.cuts.forget(hold);
        let needed = match self.candidates.get(self.alive) {
            Some(at) => self.frames[*at as usize].hits,
            None => self.hits_gone + self.hits.len() as u64,
        };
        while self.hits_gone < needed && self.hits.pop_front().is_some() {
            self.hits_gone += 1;
        }
    }

    /// Runs that did not finish before now stay.
    pub(crate) fn finish(&mut self, text: &RunningText) {
        while let Some(run) = self.runs.drop_first() {
            self.note(run.rule, run.start, Why::RunUnfinished, text.since(run.text));
        }
    }

    /// An element begins that never goes: what stands before it ends there.
    fn keep(&mut self, start: u64, text: &RunningText) {
        self.kept = Some(start);
        self.part();
        self.finish(text);
    }

    /// Does what began at `start`, and has not ended before now, hold something that never goes?
    fn holds_kept(&self, start: u64) -> bool {
        self.kept.is_some_and(|kept| kept >= start)
    }

    /// Does the element that began at `start`, and has not ended before now, hold a match of one of these lists?
    fn holds_one(&self, lists: &[u32], start: u64) -> bool {
        let held = |list: &u32| self.inside.get(list).is_some_and(|at| *at > start) || self.below.contains(&(*list, start));
        lists.iter().any(held)
    }

    fn spend_hits(&mut self, since: u64) {
        let from = (since.saturating_sub(self.hits_gone) as usize).min(self.hits.len());
        self.hits.range_mut(from..).for_each(|hit| hit.spent = true);
    }

    fn drop_hits(&mut self, since: u64) {
        self.hits.truncate(since.saturating_sub(self.hits_gone) as usize);
    }

    fn note(&mut self, rule: u32, start: u64, why: Why, shown: &str) {
        if self.near.len() < MOST_NEAR {
            self.near.push(Near { rule, start, why, cues: Vec::new(), excerpt: excerpt(shown) });
        }
    }
}

/// A text in folded form between two spaces, and where in it, the first space not counted, its lines begin, the first aside.
fn fold_lines(shown: &str, spaced: &mut String, lines: &mut Vec<u32>) {
    spaced.clear();
    lines.clear();
    spaced.push(' ');
    let mut rest = shown;
    while let Some(end) = memchr::memchr(b'\n', rest.as_bytes()) {
        let before = spaced.len();
        fold_into(&rest[..end], spaced);
        if spaced.len() > before {
            spaced.push(' ');
            lines.push(spaced.len() as u32 - 1);
        }
        rest = &rest[end + 1..];
    }
    let before = spaced.len();
    fold_into(rest, spaced);
    if spaced.len() > before || before == 1 {
        spaced.push(' ');
    } else {
        lines.pop();
    }
}
