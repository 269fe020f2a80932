//! Boxes that ask by all of their words, where no block of theirs tells enough.
//!
//! "Still hungry?", an invitation in words that no cue says, "Pull up a chair": each may stand in a story, all three in one box with a button
//! hardly do. So the learned words of such an element are weighed together. This module must not know how words are weighed.

use super::super::wording::Wording;
use super::recognize::ENOUGH_CORE;
use super::verdict::{OF_MANY, TABLES};
use super::widget::MOST_CALL;
use super::*;

/// A box has so many characters, and no more blocks.
const LEAST_CHARS: u64 = 30;
const MOST_CHARS: u64 = 900;
const MOST_PARTS: usize = 12;
/// More items of lists make a menu, more links and buttons a list of offers.
const MOST_ITEMS: usize = 6;
const MOST_BUTTONS: usize = 3;
/// What its words must ask for if it ends in a button; and if it does not, but what its blocks ask for alone is enough of a core. Chosen by
/// appeals that no list had learned from; with an earlier
/// list as many story sentences stayed with 0 and 1 as with 0.5 and 1.5, on 1,683 pages that appeals were put into.
const BY_BUTTON: f32 = 0.3;
const BY_WORDS: f32 = 1.2;
/// So many paragraphs of so many characters in all may say nothing of it; and a line of so many bytes whose words are as far from asking is a
/// story's. With -2.5 nearly three in a hundred lines of such appeals more stayed, with -8 four story sentences in 3,273
/// more went (another list, too).
const PLAIN: (u32, u32) = (3, 450);
const LEAST_TELLING: usize = 40;
const A_STORY: f32 = -3.7;
/// What holds parts of a whole, or is one: it is judged with the whole.
const LISTS: TagSet = TagSet::of(&[Tag::Td, Tag::Ul, Tag::Ol, Tag::Li, Tag::Dl]);
const NO_BOX: TagSet = OF_MANY.and(TABLES).and(LISTS);

impl Judge {
    /// Is the element such a box? Names the rule, and the words that say so.
    #[inline]
    pub(super) fn asking_box(&mut self, frame: &Frame, seen: u64, text: &RunningText) -> Option<(u32, Vec<u32>)> {
        let fits = (LEAST_CHARS..=MOST_CHARS).contains(&seen) && self.media == frame.media && !NO_BOX.has(frame.tag);
        if !fits || !self.recognizer.on {
            return None;
        }
        self.asks_by_words(frame, text)
    }

    #[inline(never)]
    fn asks_by_words(&mut self, frame: &Frame, text: &RunningText) -> Option<(u32, Vec<u32>)> {
        let (least, unsaid) = self.least_to_ask(frame)?;
        let shown = text.since(frame.text);
        let (wording, hashes) = (Wording::bundled(), &mut self.recognizer.hashes);
        let wanted = wording.weigh(&fold(shown), false, hashes)?;
        let worth = wanted.worth - unsaid;
        if worth < least {
            return None;
        }
        // What asks loudly enough would take a paragraph of a story along.
        let mut tells = |line: &str| wording.weigh(&fold(line), true, hashes).is_some_and(|wanted| wanted.worth < A_STORY);
        if shown.lines().any(|line| line.len() >= LEAST_TELLING && tells(line)) {
            return None;
        }
        let enough = worth >= least + self.topic(Some(wanted.kind));
        let rule = self.rules.appeal(wanted.kind).filter(|rule| enough && self.active.rule(*rule))?;
        self.recognizer.cut_since(frame.start);
        Some((rule, wanted.top.into_iter().flatten().collect()))
    }

    /// What the words of an element must come to, if it has the form of a box, and what its cues say against that.
    fn least_to_ask(&self, frame: &Frame) -> Option<(f32, f32)> {
        let recognizer = &self.recognizer;
        let inside = || recognizer.since(frame.start);
        let (mut parts, mut items, mut buttons, mut core, mut unsaid) = (0, 0, 0, 0.0, 0.0_f32);
        let (mut says, mut uncut) = (false, false);
        let mut plain = (0, 0);
        for seen in inside() {
            let evidence = &seen.evidence;
            if seen.teaser {
                return None;
            }
            parts += 1;
            items += usize::from(seen.item);
            buttons += usize::from(seen.soft);
            core += evidence.core;
            // What tells is told again in every sentence.
            unsaid = evidence.unsaid().max(unsaid);
            says |= evidence.prose || !seen.soft && evidence.core > 0.0;
            uncut |= !seen.cut;
            if evidence.prose && !evidence.speaks() {
                plain = (plain.0 + 1, plain.1 + seen.chars);
            }
        }
        // What stands in a form is judged with all of it.
        let form = self.writes(frame) || self.in_form();
        let small = parts <= MOST_PARTS && items <= MOST_ITEMS && plain.0 <= PLAIN.0 && plain.1 <= PLAIN.1;
        if !says || !uncut || form || !small {
            return None;
        }
        let ends_in_button = inside().next().is_some_and(|last| last.soft && last.chars <= MOST_CALL);
        match ends_in_button && buttons <= MOST_BUTTONS {
            true => Some((BY_BUTTON, unsaid)),
            false => (core >= ENOUGH_CORE).then_some((BY_WORDS, unsaid)),
        }
    }
}
