//! An element ends: does it go, by what rule, and what goes with it?
//!
//! Rules that name it are asked first. Of the others the one that tells most is: an appeal as a whole, a widget, a box, a rule's text, and
//! last a wrapper around what went. This module must not know how any of them judges.

use super::*;

/// Elements the standard lets end with the page.
const MAY_END_WITH_INPUT: TagSet = TagSet::of(&[
    Tag::P,
    Tag::Li,
    Tag::Dd,
    Tag::Dt,
    Tag::Td,
    Tag::Th,
    Tag::Tr,
    Tag::Tbody,
    Tag::Thead,
    Tag::Tfoot,
    Tag::Option,
    Tag::Optgroup,
    Tag::Rt,
    Tag::Rp,
    Tag::Body,
    Tag::Html,
]);
/// Elements that are made of many things, whatever one of them asks: no appeal is one as a whole.
pub(super) const OF_MANY: TagSet = TagSet::of(&[Tag::Article, Tag::Nav, Tag::Menu, Tag::Header, Tag::Footer]);
/// Tables of which each row is something else.
pub(super) const TABLES: TagSet = TagSet::of(&[Tag::Table, Tag::Tbody, Tag::Tr]);

impl Judge {
    /// The element at index `depth` ends. Does it go by a rule that names it?
    pub(crate) fn close(&mut self, depth: usize, end: (u64, u64), how: Ended, text: &RunningText) -> bool {
        if depth >= self.frames.len() {
            return false;
        }
        let last = depth + 1 == self.frames.len();
        let Some(frame) = (if last { self.frames.pop() } else { Some(self.frames.remove(depth)) }) else { return false };
        if self.reads() {
            self.cuts.mark(end.0, end.1, frame.id, false);
        }
        let alive = self.leave(depth);
        let mut went = false;
        let sure = how != Ended::Input || MAY_END_WITH_INPUT.has(frame.tag);
        if alive && sure && last {
            went = self.verdict(&frame, end.1, text);
        } else if alive && !sure && self.cuts.climb_since(frame.start) {
            self.note(
                self.cuts.first_since(frame.start).map_or(0, |cut| cut.rule),
                frame.start,
                Why::EndOfInput,
                text.since(frame.text),
            );
        }
        if last {
            self.named.truncate(frame.named as usize);
        }
        if !self.below.is_empty() {
            self.below.retain(|(_, start)| *start != frame.start);
        }
        if PARTS.has(frame.tag) {
            self.part();
        }
        self.unwrap_heading(&frame);
        self.revive();
        went
    }

    /// Takes the frame that stood at `depth` off the candidates; was it still one?
    fn leave(&mut self, depth: usize) -> bool {
        let depth = depth as u32;
        // Nearly always it is the innermost.
        let inner = self.candidates.last().is_none_or(|last| *last < depth);
        let at = if inner {
            self.candidates.len()
        } else if self.candidates.last() == Some(&depth) {
            self.candidates.len() - 1
        } else {
            self.candidates.partition_point(|candidate| *candidate < depth)
        };
        let was = self.candidates.get(at) == Some(&depth);
        if was && at + 1 == self.candidates.len() {
            self.candidates.pop();
        } else if was {
            self.candidates.remove(at);
        }
        // A misnested element leaves from the middle: what stands above it moves down.
        self.candidates[at..].iter_mut().for_each(|later| *later -= 1);
        let alive = at >= self.alive;
        if was && !alive {
            self.alive -= 1;
        }
        was && alive
    }

    fn verdict(&mut self, frame: &Frame, end: u64, text: &RunningText) -> bool {
        // An inline element ends inside a block: what it holds of that block is not counted yet.
        let inline = if frame.text >= text.block() { text.chars().saturating_sub(frame.chars) } else { text.chars() };
        let seen = self.seen - frame.seen + u64::from(inline);
        if self.goes_by_name(frame, end, inline, text) {
            return true;
        }
        let never = NEVER.has(frame.tag) || self.holds_kept(frame.start);
        if never || !tag::BLOCK.has(frame.tag) || self.active.element_chars == 0 {
            return false;
        }
        if self.blocks - frame.blocks > 1
            && let Some(rule) = self.appeal_element(frame, seen)
        {
            let cues = self.cues_since(frame.start);
            self.cut_element(rule, frame, end, true, text);
            self.cuts.explain(&cues);
            return false;
        }
        if (self.blocks - frame.blocks > 1 || frame.tag == Tag::Form)
            && let Some((rule, cue)) = self.widget(frame, seen)
        {
            self.cut_element(rule, frame, end, true, text);
            self.cuts.explain(&[cue]);
            return false;
        }
        if self.blocks - frame.blocks > 1
            && let Some((rule, words)) = self.asking_box(frame, seen, text)
        {
            self.cut_element(rule, frame, end, true, text);
            self.cuts.explain(&words);
            return false;
        }
        if self.blocks - frame.blocks > 1
            && seen <= u64::from(self.active.element_chars)
            && let Some(rule) = self.innermost(frame, seen, text)
        {
            self.cut_element(rule, frame, end, true, text);
            return false;
        }
        if self.is_wrapper(frame, seen)
            && let Some(cut) = self.cuts.first_since(frame.start)
        {
            let rule = cut.rule;
            if !self.holds_one(&self.rules.rules[rule as usize].unless, frame.start) {
                self.cut_element(rule, frame, end, false, text);
            }
        }
        false
    }

    /// Does the element hold something that went, and nearly nothing else?
    fn is_wrapper(&self, frame: &Frame, seen: u64) -> bool {
        // What went only because it stood beside a notice is no notice: it does not let more go in its turn.
        let matched = self.matched.saturating_sub(frame.matched);
        let rest = seen.saturating_sub(matched);
        matched > 0
            && (self.plain <= frame.plain && rest <= u64::from(LABELS_CHARS).min(matched.max(u64::from(LABEL_CHARS)))
                || self.controls > frame.controls && rest <= u64::from(CLIMB_CHARS))
            && self.media == frame.media
            && frame.tag != Tag::Article
            && self.cuts.climb_since(frame.start)
    }

    /// `matched`: the rule's text test holds for the element, it is not only wrapped around what was matched.
    fn cut_element(&mut self, rule: u32, frame: &Frame, end: u64, matched: bool, text: &RunningText) {
        let frame = &self.frame_with_heading(rule, frame, text);
        let loose = self.take_loose(rule, frame.start);
        self.cuts.cut(rule, frame.start, end, excerpt(text.since(frame.text)), true);
        self.cut = frame.cut + loose + (self.seen - frame.seen);
        self.matched = if matched { frame.matched + (self.seen - frame.seen) } else { self.matched } + loose;
        self.plain = frame.plain;
        self.spend_hits(frame.hits);
        self.last_cut = Some(rule);
    }

    /// Is the element inside a form?
    pub(super) fn in_form(&self) -> bool {
        self.frames.iter().any(|frame| frame.tag == Tag::Form)
    }

    /// Does a form write to somebody, or is it for who is known? Who writes several lines comments; who has a password is no stranger.
    pub(super) fn writes(&self, frame: &Frame) -> bool {
        self.recognizer.area.is_some_and(|at| at >= frame.start)
    }
}
