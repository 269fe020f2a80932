//! Widgets told by their form: a few words around a field for an e-mail address, or around a button that leads to where one gives or subscribes.
//!
//! Whatever the words are, in whatever language. This module must not know how words are weighed.

use super::recognize::{LONG, Seen};
use super::verdict::{OF_MANY, TABLES};
use super::*;
use crate::matcher::cues::Cues;
use crate::rules::cue::Subject;

/// A piece of an address, or of a field's name, that weighs so much makes a few words around it an appeal.
const BY_FORM: u8 = 4;
/// One of an address that weighs so much makes an appeal of a box: a text and a button, and no more links than these.
const BY_BOX: u8 = 3;
const MOST_BOX_LINKS: usize = 2;
/// A link that is a button is no longer.
pub(super) const MOST_CALL: u32 = 48;
/// A widget has so many characters at most.
const MOST_WIDGET: u64 = 900;
/// What of it is sentences that say nothing of an appeal: so many paragraphs of so many characters in all, beside a field, beside a button,
/// in a box, and where a sentence asks by its words. With these bounds none of 3,274 story sentences of the development pages went on this
/// account.
const FIELD_PROSE: (u32, u32) = (3, 400);
const CALL_PROSE: (u32, u32) = (3, 600);
const BOX_PROSE: (u32, u32) = (2, 300);
const TOLD_PROSE: (u32, u32) = (1, 160);
/// A form with more fields, hidden ones too, is an order.
const MOST_CONTROLS: u64 = 16;
/// More items of lists, or more blocks at all, make a menu or a footer.
const MOST_ITEMS: usize = 6;
const MOST_PARTS: usize = 12;

/// Does what a field is called make an appeal of a few words around it?
pub(super) fn field_asks(cues: &Cues, cue: u32) -> bool {
    cues.known[cue as usize].weight >= BY_FORM
}

/// May an address that a button leads to make an appeal of the words around it?
pub(super) fn button_asks(cues: &Cues, cue: u32) -> bool {
    cues.known[cue as usize].weight >= BY_BOX
}

impl Judge {
    /// Is the element such a widget? Names the rule, and the cue that says so.
    pub(super) fn widget(&mut self, frame: &Frame, seen: u64) -> Option<(u32, u32)> {
        let recognizer = &self.recognizer;
        let holds = |at: Option<u64>| at.is_some_and(|at| at >= frame.start);
        if !holds(recognizer.last_call) && !holds(recognizer.field.map(|(at, _)| at))
            || seen > MOST_WIDGET
            || self.media != frame.media
            || OF_MANY.and(TABLES).has(frame.tag)
        {
            return None;
        }
        let inside = || recognizer.since(frame.start);
        // What a form is for is known when it ends.
        let other = self.writes(frame) || self.controls - frame.controls > MOST_CONTROLS;
        let field = recognizer.field.filter(|(at, _)| holds(Some(*at)) && !other).map(|(_, cue)| cue);
        let field = field.filter(|_| !self.in_form());
        let weight = |cue: u32| self.rules.cues.known[cue as usize].weight;
        let cue = field.or_else(|| inside().filter_map(|seen| seen.call).max_by_key(|cue| weight(*cue)))?;
        let is_box = weight(cue) < BY_FORM;
        let links = inside().filter(|seen| seen.soft && seen.call.is_none()).count();
        let says = |seen: &Seen| !seen.soft && (seen.evidence.prose || seen.evidence.speaks());
        if is_box && (links > MOST_BOX_LINKS || !inside().any(says)) {
            return None;
        }
        let plain = inside().filter(|seen| seen.evidence.prose && !seen.evidence.speaks());
        let (count, chars) = plain.fold((0, 0), |(count, chars), seen| (count + 1, chars + seen.chars));
        // Where a sentence asks by its words, what says nothing of it is less likely part of that.
        let told = inside().any(|seen| seen.cut && seen.evidence.prior >= LONG);
        let (most_count, most_chars) = match (told, field) {
            (true, _) => TOLD_PROSE,
            (false, Some(_)) => FIELD_PROSE,
            (false, None) if is_box => BOX_PROSE,
            (false, None) => CALL_PROSE,
        };
        let enough = inside().any(|seen| !seen.cut)
            && !inside().any(|seen| seen.teaser || seen.h1)
            && inside().filter(|seen| seen.item).count() <= MOST_ITEMS
            && inside().count() <= MOST_PARTS
            && count <= most_count
            && chars <= most_chars;
        let Subject::Kind(kind) = self.rules.cues.known[cue as usize].subject else { return None };
        let rule = self.rules.appeal(kind).filter(|rule| enough && self.active.rule(*rule))?;
        self.recognizer.cut_since(frame.start);
        Some((rule, cue))
    }
}
