//! Elements that are an appeal as a whole: what their blocks say together, whatever stands between them.
//!
//! This module must not know how a block's evidence came about.

use super::recognize::{ENOUGH, ENOUGH_ALONE, ENOUGH_CORE, strongest};
use super::verdict::OF_MANY;
use super::*;
use crate::rules::Kind;

/// An element of more characters is no widget.
pub(super) const MOST_ELEMENT: u64 = 1600;
/// What has no evidence in an element that goes has at most this share of the characters of what has.
const MOST_BESIDE: f32 = 0.4;
const MOST_BESIDE_CHARS: f32 = 80.0;
const MOST_ENCLOSED: f32 = 0.9;

impl Judge {
    /// Is the element an appeal as a whole? Names the rule.
    pub(super) fn appeal_element(&mut self, frame: &Frame, seen: u64) -> Option<u32> {
        if self.recognizer.last_core.is_none_or(|start| start < frame.start) || seen > MOST_ELEMENT || OF_MANY.has(frame.tag) {
            return None;
        }
        let inside = || self.recognizer.since(frame.start);
        let mut kinds = [0.0_f32; Kind::ALL.len()];
        let mut peak = 0.0_f32;
        let (mut sum, mut core, mut with, mut without, mut uncut, mut teasers, mut h1s) = (0.0, 0.0, 0, 0, false, false, 0);
        // Prose at either end of the element is more likely a story's than prose between two blocks that ask.
        let (mut first, mut last) = (None, None);
        for seen in inside() {
            let evidence = &seen.evidence;
            uncut |= !seen.cut;
            teasers |= seen.teaser;
            h1s += u64::from(seen.h1);
            let prose = evidence.prose;
            if prose || evidence.speaks() {
                last = last.or(Some(prose));
                first = Some(prose);
            }
            core += evidence.core;
            peak = peak.max(evidence.alone());
            if evidence.speaks() {
                sum += if evidence.core > 0.0 { evidence.sum } else { evidence.beside };
                with += seen.chars;
            } else {
                sum += evidence.sum / 2.0;
                without += if prose || seen.item { seen.chars } else { 0 };
            }
            if let Some(kind) = evidence.kind {
                kinds[kind as usize] += evidence.core;
            }
        }
        let kind = strongest(&kinds)?;
        let enclosed = first == Some(false) && last == Some(false);
        let (share, most) = if enclosed { (MOST_ENCLOSED, f32::MAX) } else { (MOST_BESIDE, MOST_BESIDE_CHARS) };
        let enough = uncut
            && !teasers
            && self.media == frame.media + h1s
            && sum >= ENOUGH + self.topic(Some(kind))
            && core >= ENOUGH_CORE
            && peak >= ENOUGH_ALONE
            && without as f32 <= (with as f32 * share).min(most);
        let rule = self.rules.appeal(kind).filter(|rule| enough && self.active.rule(*rule))?;
        self.recognizer.cut_since(frame.start);
        Some(rule)
    }

    /// The cues of an element's blocks.
    pub(super) fn cues_since(&self, start: u64) -> Vec<u32> {
        let inside = self.recognizer.recent.iter().filter(|seen| seen.start >= start);
        inside.flat_map(|seen| &seen.evidence.top[..usize::from(seen.evidence.cues)]).copied().collect()
    }
}
