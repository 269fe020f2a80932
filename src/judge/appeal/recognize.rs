//! The recognizer: blocks, elements and runs of siblings that ask the reader for something, told by their evidence and no rule of a site.
//!
//! Each block's evidence is added to the run that goes on before it. A run begins with a block that speaks for an appeal, takes in what
//! follows as long as that has evidence of its own or is no sentence, and ends at the first paragraph of a story. What of it has
//! summed up highest goes, once the sum is enough. An element whose blocks together are enough goes whole, with what stands between
//! them. When in doubt nothing goes. This module must not know cues or how they are weighed; that is [`evidence`]'s.

use std::collections::VecDeque;

use super::super::evidence::{Evidence, Scale, Shape};
use super::super::runs::{Counts, Run};
use super::above::Above;
use super::shaped::Around;
use super::worded::Block;
use super::*;
use crate::matcher::cues::{Folded, Hit};
use crate::rules::Kind;

/// So much evidence is enough.
pub(super) const ENOUGH: f32 = 2.4;
/// One block must have so much alone, for several that only hint are a story about such things.
pub(super) const ENOUGH_ALONE: f32 = 1.5;
/// Of that, so much must ask, bar, thank or offer.
pub(super) const ENOUGH_CORE: f32 = 1.4;
/// One in so many characters of a line that leads away is a link's.
const LINKED: u32 = 3;
/// A greeting is no longer, and paragraphs of a letter that speak of other things are no longer than this together.
const MOST_GREETING: u32 = 60;
const MOST_LETTER_PLAIN: u32 = 600;
/// Only a sentence whose words are as sure begins a run, if they ask without a cue.
const BEGINS: f32 = 1.2;
/// A block that names so much of terms goes with one that asks before it.
const ENOUGH_TERMS: f32 = 1.2;
/// More is asked where the page's own title speaks of such things.
const ON_TOPIC: f32 = 1.5;
/// And in a numbered list: a step of instructions commands as an appeal does.
const A_STEP: f32 = 1.2;
/// A run ends when its sum has fallen by so much from its highest.
const MOST_FALL: f32 = 1.5;
/// A line without evidence takes no more than this from a run that is being cut.
const A_LINE: f32 = 0.15;
/// A long block goes with those that ask before it if it says so much itself.
const ENOUGH_ALONG: f32 = 1.2;
pub(super) const LONG: f32 = 0.9;
/// A run is no longer than the longest letters.
const MOST_BLOCKS: u32 = 32;
const MOST_CHARS: u32 = 5000;
pub(super) const MOST: (u32, u32) = (MOST_BLOCKS, MOST_CHARS);
/// A link of so many characters is a headline; one of fewer, in a list, an item of a menu.
const TEASER_CHARS: u32 = 28;
/// Blocks that are remembered for the elements around them.
const REMEMBERED: usize = 48;
/// What comes to so many hundredths of enough is told as a near miss.
const NEARLY: f32 = 50.0;

/// A block that went by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) start: u64,
    pub(super) chars: u32,
    pub(super) evidence: Evidence,
    pub(super) cut: bool,
    /// It is a first heading that asks, so no headline of a story.
    pub(super) h1: bool,
    /// It is an item of a list that asks for nothing.
    pub(super) item: bool,
    /// It is a link to something else, as long as a headline.
    pub(super) teaser: bool,
    /// All of it is a link, a button, a label.
    pub(super) soft: bool,
    /// It is a button that leads to where one gives or subscribes: the cue that says so.
    pub(super) call: Option<u32>,
}

/// A run of siblings that may go.
#[derive(Debug)]
struct Suspicion {
    run: Run,
    /// The heading right above it.
    above: Option<Box<Above>>,
    sum: f32,
    best: f32,
    /// It began with a greeting: some of its paragraphs may say nothing of what is asked for in the end.
    letter: bool,
    /// Characters of those.
    plain: u32,
    /// Characters without evidence behind the block with which the run was strongest.
    between: u32,
    /// The most that one of its blocks had.
    peak: f32,
    core: f32,
    kinds: [f32; Kind::ALL.len()],
    cues: Vec<u32>,
    language: Option<u8>,
    media: u64,
    /// The block before ended in a colon: a list that follows belongs to it.
    colon: bool,
    /// This block is of such a list.
    listed: bool,
    /// It is being cut.
    cut: bool,
}

/// What is known of a block besides its evidence.
#[derive(Clone, Copy, Debug)]
struct Known {
    shape: Shape,
    around: Around,
    /// All of its words invite to where a link in it leads.
    invites: bool,
    /// It ends in a colon.
    colon: bool,
    /// A rule took it.
    cut: bool,
    /// The counters before it.
    before: Counts,
}

/// What the recognizer knows of a page.
#[derive(Debug, Default)]
pub(super) struct Recognizer {
    pub(super) on: bool,
    pub(super) scale: Scale,
    /// What stood before the block's end since the one before.
    pub(super) shape: Shape,
    pub(super) addresses: String,
    /// Those of them that lead to where one pays, subscribes or signs in.
    pub(super) targets: Vec<Hit>,
    /// The last field that makes an appeal of a few words around it: where it begins, and the cue that says so.
    pub(super) field: Option<(u64, u32)>,
    /// Where the last field for a text of several lines begins, or for a password.
    pub(super) area: Option<u64>,
    pub(super) recent: VecDeque<Seen>,
    suspicion: Option<Suspicion>,
    /// The heading that ended last, if nothing has followed it yet.
    pub(super) above: Option<Box<Above>>,
    /// Where the last block with a cue that asks begins, and the last button to where one gives.
    pub(super) last_core: Option<u64>,
    pub(super) last_call: Option<u64>,
    pub(super) title: String,
    /// What the page says it is in.
    pub(super) language: Option<u8>,
    topic: Option<Option<Kind>>,
    /// The evidence of the last block.
    pub(super) last: Evidence,
    /// What its words were weighed with.
    pub(super) hashes: Vec<u32>,
}

impl Recognizer {
    pub(super) fn new(on: bool) -> Self {
        let recent = VecDeque::with_capacity(if on { REMEMBERED } else { 0 });
        Self { on, recent, ..Self::default() }
    }

    /// A piece of the page's title.
    pub(super) fn title(&mut self, piece: &str) {
        if self.title.len() < 500 {
            self.title.push_str(piece);
        }
    }

    /// The language of the run that goes on, if its cues told one.
    pub(super) fn suspected_language(&self) -> Option<u8> {
        self.suspicion.as_ref().and_then(|s| s.language)
    }

    /// The blocks since a place, the last one first.
    pub(super) fn since(&self, start: u64) -> impl Iterator<Item = &Seen> {
        self.recent.iter().rev().take_while(move |seen| seen.start >= start)
    }

    /// The blocks since a place go.
    pub(super) fn cut_since(&mut self, start: u64) {
        self.recent.iter_mut().rev().take_while(|seen| seen.start >= start).for_each(|seen| seen.cut = true);
    }

    /// What may go with what comes.
    fn held(&self) -> impl Iterator<Item = &Run> {
        let above = self.suspicion.as_ref().and_then(|s| s.above.as_deref()).or(self.above.as_deref());
        self.suspicion.iter().map(|s| &s.run).chain(above.map(|above| &above.run))
    }

    pub(super) fn hold(&self) -> Option<u64> {
        self.held().map(|run| run.hold).min()
    }

    pub(super) fn text(&self) -> Option<u64> {
        self.held().map(|run| run.text).min()
    }

    /// The run is over; what of it was cut stays so.
    pub(super) fn end(&mut self) {
        self.suspicion = None;
        self.above = None;
    }
}

impl Judge {
    /// A block ended that was not looked at: it is too long, or kept by a rule.
    pub(super) fn unread(&mut self) {
        self.recognizer.take_shape();
        self.recognizer.last = Evidence::default();
        self.recognizer.end();
    }

    /// The last block's evidence.
    pub(crate) fn evidence(&self) -> Evidence {
        self.recognizer.last
    }

    /// What the page says its language is.
    pub(crate) fn language(&mut self, code: &str) {
        self.recognizer.language = self.recognizer.language.or_else(|| self.rules.cues.language(code));
    }

    /// A piece of the page's title went by.
    pub(crate) fn title(&mut self, piece: &str) {
        if self.recognizer.on {
            self.recognizer.title(piece);
        }
    }

    /// A block of text ended, and the rules have decided on it. `before`: the counters before it.
    pub(super) fn recognize(&mut self, leaf: &Leaf, folded: &str, cut: bool, before: Counts, text: &RunningText) {
        if !self.recognizer.on {
            return;
        }
        let around = Around::of(&self.frames);
        let shape = Shape {
            heading: leaf.heading,
            soft: leaf.soft_chars >= leaf.chars,
            listed: around.list.is_some() || around.nav,
            ..std::mem::take(&mut self.recognizer.shape)
        };
        let (rules, recognizer) = (&self.rules, &mut self.recognizer);
        let lined = Folded { text: folded, lines: &self.lines };
        let (suspected, language) = (recognizer.suspicion.is_some(), recognizer.suspected_language());
        // Most of what one clicks in a menu or a list says no part of a cue, and as a label it asks for nothing.
        let idle = self.anchored.is_empty() && !suspected && (around.menu || is_item(&shape, leaf));
        let mut evidence = if idle {
            Evidence::without_cues(folded, &shape)
        } else {
            recognizer.scale.weigh(&rules.cues, lined, &self.anchored, &shape, recognizer.language, language)
        };
        let block = Block { leaf, folded: lined, anchored: &self.anchored, shape: &shape, around: &around };
        let (asked, may_invite) = (block.is_asked(suspected), block.may_invite());
        let mut invites = false;
        if asked || may_invite {
            let worded = recognizer.worded(&rules.cues, &block, (asked, may_invite), evidence);
            (evidence, invites) = worded.unwrap_or((evidence, false));
        }
        let for_story = self.pleas.is_some();
        if for_story && leaf.heading {
            evidence.section = rules.cues.section(folded);
        } else if for_story && !shape.listed {
            let linked = leaf.soft_chars * LINKED >= leaf.chars;
            evidence.aside = rules.cues.is_aside(folded, linked, shape.soft);
        }
        if cut || evidence.speaks() || evidence.label || recognizer.suspicion.is_some() {
            let known = Known { shape, around, invites, colon: folded.ends_with([':', '：']), cut, before };
            self.recognize_cues(leaf, folded, evidence, &known, text);
            return;
        }
        // Most blocks say nothing of an appeal, and stand behind nothing that does.
        let (call, _) = self.call(leaf, &shape, false);
        self.recognizer.addresses.clear();
        self.recognizer.last = evidence;
        self.remember(leaf, &evidence, &shape, cut, call);
        if leaf.cut_off || around.menu || around.code {
            self.recognizer.end();
            return;
        }
        self.take_above(leaf, before);
        if leaf.heading {
            self.heading(leaf, before, text);
        }
    }

    /// A block went by.
    #[inline]
    fn remember(&mut self, leaf: &Leaf, evidence: &Evidence, shape: &Shape, cut: bool, call: Option<u32>) {
        let recognizer = &mut self.recognizer;
        if recognizer.recent.len() >= REMEMBERED {
            recognizer.recent.pop_front();
        }
        let quiet = !evidence.speaks() && !evidence.label;
        let bare = shape.buttons + shape.fields == 0;
        recognizer.recent.push_back(Seen {
            start: leaf.start,
            chars: leaf.chars,
            evidence: *evidence,
            cut,
            h1: evidence.core > 0.0 && leaf.heading && self.frames.iter().rev().take(4).any(|f| f.tag == Tag::H1),
            item: quiet && shape.listed,
            teaser: quiet && shape.soft && bare && call.is_none() && leaf.chars >= TEASER_CHARS,
            soft: shape.soft,
            call,
        });
        if call.is_some() {
            recognizer.last_call = Some(leaf.start);
        }
    }

    /// The same for a block that says something of an appeal, or stands behind one that does. Apart, for few are.
    #[inline(never)]
    fn recognize_cues(&mut self, leaf: &Leaf, folded: &str, mut evidence: Evidence, known: &Known, text: &RunningText) {
        let Known { shape, around, cut, .. } = known;
        if around.code || is_item(shape, leaf) && evidence.terms <= 0.0 {
            (evidence.core, evidence.asks, evidence.voice) = (0.0, 0.0, 0.0);
            evidence.sum = evidence.sum.min(0.0);
        }
        let (call, targets) = self.call(leaf, shape, evidence.core > 0.0);
        let recognizer = &mut self.recognizer;
        let mut plea = None;
        if evidence.core > 0.0 {
            evidence.add_targets(targets);
            let among = recognizer.suspicion.as_ref().is_some_and(|s| s.cut || s.letter);
            if !cut && !among && !leaf.heading && !leaf.cut_off && !around.code && !known.invites {
                let folded = Folded { text: folded, lines: &self.lines };
                plea = recognizer.plea(&self.rules.cues, folded, &self.anchored, evidence.language);
            }
        }
        if let Some((_, _, head)) = plea {
            // It tells something and asks in the end: it stays, as what it begins with.
            evidence = head;
        }
        recognizer.addresses.clear();
        recognizer.last = evidence;
        if known.cut
            && let Some(rule) = self.last_cut
        {
            // A rule has recognized it: what stands beside it is judged by that.
            evidence.core = evidence.core.max(ENOUGH_CORE);
            evidence.asks = evidence.core;
            evidence.sum = evidence.sum.max(ENOUGH);
            evidence.kind = Some(self.rules.rules[rule as usize].kind);
        }
        self.remember(leaf, &evidence, shape, *cut, call);
        if evidence.core > 0.0 {
            self.recognizer.last_core = Some(leaf.start);
        }
        if let Some((at, plea, _)) = plea {
            self.note_plea(leaf, at, &plea, text.since(leaf.text));
        }
        // A menu asks for nothing, whatever its items are called, and a program for less.
        if leaf.cut_off || around.menu || around.code {
            self.recognizer.end();
            return;
        }
        self.go_on(leaf, &evidence, known, text);
    }

    fn go_on(&mut self, leaf: &Leaf, evidence: &Evidence, known: &Known, text: &RunningText) {
        let Known { around, colon, cut, before, .. } = *known;
        let above = self.take_above(leaf, before);
        let h1 = self.recognizer.recent.back().is_some_and(|seen| seen.h1);
        let media = self.media - u64::from(h1);
        let plain = evidence.prose || leaf.heading && !evidence.speaks();
        // What is an appeal by itself needs no help of those before it, and shall not take along what stands between.
        let alone = evidence.core >= ENOUGH_CORE && evidence.sum >= ENOUGH;
        if alone && self.recognizer.suspicion.as_ref().is_some_and(|s| !s.letter && s.between >= LABEL_CHARS) {
            self.recognizer.suspicion = None;
        }
        if let Some(s) = &mut self.recognizer.suspicion {
            // A list behind a colon belongs to what stands before it.
            let listed = s.colon && around.list.is_some_and(|list| list > s.run.start);
            let gain = if listed && !evidence.speaks() {
                0.01
            } else if evidence.core > 0.0 {
                evidence.sum
            } else if s.cut && !evidence.speaks() {
                evidence.beside.max(-A_LINE)
            } else {
                evidence.beside
            };
            // A letter may have a heading.
            s.letter |= evidence.greets && leaf.chars <= MOST_GREETING;
            s.run.blocks += 1;
            s.run.chars += u64::from(leaf.chars);
            s.between += if listed || evidence.speaks() || evidence.label { 0 } else { leaf.chars };
            let tells = plain || evidence.core <= 0.0 && gain < 0.0;
            let lettered = s.letter && !s.cut && tells && s.plain + leaf.chars <= MOST_LETTER_PLAIN;
            s.plain += if plain || lettered { leaf.chars } else { 0 };
            s.sum += if lettered { 0.0 } else { gain };
            let over = plain && !listed && !lettered
                || s.sum < s.best - MOST_FALL
                || s.sum <= 0.0
                || s.media != media
                || s.run.blocks > MOST_BLOCKS
                || s.run.chars > u64::from(MOST_CHARS);
            if over {
                self.recognizer.suspicion = None;
            } else {
                s.colon = colon || listed;
                s.listed = listed;
                s.media = self.media;
            }
        }
        if self.recognizer.suspicion.is_none() {
            if leaf.heading && !evidence.speaks() {
                self.heading(leaf, before, text);
                return;
            }
            let sure = evidence.most_alone.is_none_or(|most| most >= BEGINS);
            let begins = evidence.core > 0.0 && evidence.sum > 0.0 && sure || evidence.voice > 0.0 && evidence.beside > 0.0;
            if !begins {
                return;
            }
            self.recognizer.suspicion = Some(Suspicion {
                run: self.run_from(0, leaf, before, MOST),
                above,
                sum: if evidence.core > 0.0 { evidence.sum } else { evidence.beside },
                letter: evidence.greets && leaf.chars <= MOST_GREETING,
                plain: 0,
                between: 0,
                best: 0.0,
                peak: 0.0,
                core: 0.0,
                kinds: [0.0; Kind::ALL.len()],
                cues: Vec::new(),
                language: evidence.language,
                media: self.media,
                colon,
                listed: false,
                cut: false,
            });
        }
        let raise = self.topic(evidence.kind).max(if around.steps { A_STEP } else { 0.0 });
        let Some(s) = &mut self.recognizer.suspicion else { return };
        s.core += evidence.core;
        s.peak = s.peak.max(evidence.alone());
        if let Some(kind) = evidence.kind {
            s.kinds[kind as usize] += evidence.core;
        }
        s.cues.extend(&evidence.top[..usize::from(evidence.cues)]);
        // What asks for nothing is taken along only by what asks behind it.
        let along = s.cut && (s.listed && !evidence.speaks() || evidence.terms >= ENOUGH_TERMS || evidence.label);
        let weak = evidence.core <= 0.0 || evidence.prior >= LONG && evidence.sum < ENOUGH_ALONG;
        if !along && (s.sum <= s.best || weak) {
            return;
        }
        s.best = s.best.max(s.sum);
        s.between = 0;
        let share = (s.best / (ENOUGH + raise)).min(s.core / ENOUGH_CORE).min(s.peak / ENOUGH_ALONE);
        if share < 1.0 {
            if share * 100.0 >= NEARLY {
                self.nearly((share * 100.0) as u8, text);
            }
            return;
        }
        let Some(kind) = strongest(&s.kinds) else { return };
        let Some(rule) = self.rules.appeal(kind).filter(|rule| self.active.rule(*rule)) else { return };
        // What a rule took goes by that rule.
        let by_rule = self.last_cut.filter(|_| cut && s.run.blocks == 1);
        let is_its = |above: &Above| above.heads(s.run.start, s.run.chars, kind, &self.recognizer.title, text);
        if let Some(above) = s.above.take_if(|above| is_its(above)) {
            s.run = above.with(&s.run);
        }
        s.above = None;
        s.cut = true;
        s.run.rule = rule;
        let (run, cues) = (s.run.clone(), std::mem::take(&mut s.cues));
        match by_rule {
            None => {
                self.end_run(&run, leaf.end, text);
                self.cuts.explain(&cues);
            }
            Some(rule) if run.blocks > 1 => self.end_run(&Run { rule, ..run.clone() }, leaf.end, text),
            Some(_) => {}
        }
        if let Some(s) = &mut self.recognizer.suspicion {
            s.cues = cues;
        }
        self.recognizer.cut_since(run.start);
    }

    /// The run that goes on is not enough of an appeal yet. If it goes in the end, the note goes with it.
    fn nearly(&mut self, percent: u8, text: &RunningText) {
        let Some(s) = &self.recognizer.suspicion else { return };
        let Some(rule) = strongest(&s.kinds).and_then(|kind| self.rules.appeal(kind)) else { return };
        let near = Near {
            rule,
            start: s.run.start,
            why: Why::TooLittle { percent },
            cues: s.cues.clone(),
            excerpt: excerpt(text.since(s.run.text)),
        };
        if self.near.last().is_some_and(|last| last.start == near.start && matches!(last.why, Why::TooLittle { .. })) {
            self.near.pop();
        }
        if self.near.len() < MOST_NEAR {
            self.near.push(near);
        }
    }

    /// How much more is asked where the page's title speaks of any such thing.
    pub(super) fn topic(&mut self, kind: Option<Kind>) -> f32 {
        if kind.is_none() {
            return 0.0;
        }
        let recognizer = &mut self.recognizer;
        let topic = *recognizer.topic.get_or_insert_with(|| {
            let title = crate::text::fold(&recognizer.title);
            let mut anchored = Vec::new();
            self.rules.search(&format!(" {title} "), |_| {}, |found| anchored.push(found));
            let languages = [recognizer.language, recognizer.last.language];
            recognizer.scale.topic(&self.rules.cues, &title, &anchored, languages)
        });
        if topic.is_some() { ON_TOPIC } else { 0.0 }
    }
}

/// A short link in a list is an item of a menu, whatever it is called.
fn is_item(shape: &Shape, leaf: &Leaf) -> bool {
    shape.listed && shape.soft && shape.buttons + shape.fields == 0 && leaf.chars < TEASER_CHARS
}

/// The kind that most of the evidence is of.
pub(super) fn strongest(kinds: &[f32; Kind::ALL.len()]) -> Option<Kind> {
    let kind = Kind::ALL.into_iter().max_by(|one, other| kinds[*one as usize].total_cmp(&kinds[*other as usize]))?;
    (kinds[kind as usize] > 0.0).then_some(kind)
}
