//! Pleas in the last sentences of a story's paragraph.
//!
//! Such a paragraph stays, because it tells something; a story is written without the sentences that ask. They must be an appeal by
//! themselves, and what stands before them must say nothing of one. Page mode leaves the paragraph whole. This module must not know how sentences are weighed, or how a story is written.

use super::recognize::{ENOUGH, ENOUGH_CORE};
use super::*;
use crate::judge::evidence::Evidence;
use crate::matcher::cues::{Anchored, Cues, Folded};
use crate::rules::Kind;

/// The end of a paragraph that asks.
#[derive(Clone, Debug)]
pub(crate) struct Plea {
    pub(crate) rule: u32,
    /// Where its paragraph stands, in bytes of the input.
    pub(crate) bytes: (u64, u64),
    /// Where it begins in the running text.
    pub(crate) text: u64,
    pub(crate) cues: Vec<u32>,
    pub(crate) excerpt: String,
}

/// What a paragraph of a story ends with. Of other things ("follow me on", "you can change your choices") stories speak themselves.
const ASKING: [Kind; 8] = [
    Kind::Paywall,
    Kind::Donation,
    Kind::AdFree,
    Kind::Adblock,
    Kind::Membership,
    Kind::Subscription,
    Kind::Newsletter,
    Kind::Affiliate,
];

impl Recognizer {
    /// Where a text that tells something begins to ask; what it asks, and what stands before it.
    pub(super) fn plea(
        &mut self,
        cues: &Cues,
        folded: Folded<'_>,
        anchored: &[Anchored],
        language: Option<u8>,
    ) -> Option<(usize, Evidence, Evidence)> {
        let (at, plea, head) = self.scale.plea(cues, folded, anchored, self.language, language)?;
        let enough = plea.sum >= ENOUGH && plea.core >= ENOUGH_CORE && plea.asks > 0.0;
        (enough && plea.kind.is_some_and(|kind| ASKING.contains(&kind))).then_some((at, plea, head))
    }
}

impl Judge {
    /// A paragraph that stays asks from the place `at` of its folded text on. `shown`: its text.
    pub(super) fn note_plea(&mut self, leaf: &Leaf, at: usize, plea: &Evidence, shown: &str) {
        if self.pleas.is_none() || plea.sum < ENOUGH + self.topic(plea.kind) {
            return;
        }
        let rule = plea.kind.and_then(|kind| self.rules.appeal(kind)).filter(|rule| self.active.rule(*rule));
        let (Some(rule), Some(pleas)) = (rule, &mut self.pleas) else { return };
        let begin = unfolded(shown, at);
        pleas.push(Plea {
            rule,
            bytes: (leaf.start, leaf.end),
            text: leaf.text + begin as u64,
            cues: plea.top[..usize::from(plea.cues)].to_vec(),
            excerpt: excerpt(&shown[begin..]),
        });
    }
}

/// The place in a text that is the place `at` of it folded.
fn unfolded(shown: &str, at: usize) -> usize {
    // What is folded is never shorter than what of it was folded before: the place can be halved in on.
    let (mut low, mut high) = (0, shown.len());
    while low < high {
        let middle = (low..=low + (high - low) / 2).rev().find(|at| shown.is_char_boundary(*at)).unwrap_or(low);
        let next = shown[middle..].chars().next().map_or(high, |c| middle + c.len_utf8());
        if fold(&shown[..next]).len() <= at {
            low = next;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_a_folded_text_is_found_in_the_text() {
        for text in ["It rained. Give today.", "Straße “naß”. Give today.", "一二三。今すぐ。", "x  y.\u{ad} \n Give"]
        {
            for (at, _) in text.char_indices().filter(|(_, c)| !c.is_whitespace() && *c != '\u{ad}') {
                let place = fold(&text[..at]).len();
                let place = place + usize::from(fold(text).as_bytes().get(place) == Some(&b' '));
                let found = unfolded(text, place);
                assert_eq!(fold(&text[found..]), fold(&text[at..]), "{text:?} at {at}");
            }
        }
    }
}
