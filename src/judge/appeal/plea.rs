//! Pleas in the last sentences of a story's paragraph.
//!
//! Such a paragraph stays as a block, because most of it tells something; a story is written without the sentences that ask. They must be
//! an appeal by themselves, and what stands before them must say nothing of one. Page mode leaves such a paragraph whole. This module must
//! not know how sentences are weighed, or how a story is written.

use super::*;
use crate::judge::evidence::Evidence;
use crate::matcher::cues::Folded;
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
/// Elements around a paragraph among which a `pre` is looked for.
const MOST_DEEP: usize = 4;

impl Judge {
    /// A paragraph that stays: does it ask in its last sentences? `folded` and `shown`: its text.
    pub(super) fn plea(&mut self, leaf: &Leaf, evidence: &Evidence, folded: &str, shown: &str) {
        let code = || self.frames.iter().rev().take(MOST_DEEP).any(|frame| frame.tag == Tag::Pre);
        if self.pleas.is_none() || leaf.heading || evidence.core < recognize::ENOUGH_CORE || code() {
            return;
        }
        let raise = self.topic(evidence.kind);
        let rules = Arc::clone(&self.rules);
        let folded = Folded { text: folded, lines: &self.lines };
        let Some((at, plea)) = self.recognizer.plea(&rules.cues, folded, &self.anchored, evidence.language) else { return };
        let rule = plea
            .kind
            .filter(|kind| ASKING.contains(kind))
            .and_then(|kind| rules.appeal(kind))
            .filter(|rule| self.active.rule(*rule));
        if plea.sum < recognize::ENOUGH + raise || plea.core < recognize::ENOUGH_CORE || plea.asks <= 0.0 {
            return;
        }
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
        if folded(&shown[..next]).len() <= at {
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
                let place = folded(&text[..at]).len();
                let place = place + usize::from(folded(text).as_bytes().get(place) == Some(&b' '));
                let found = unfolded(text, place);
                assert_eq!(folded(&text[found..]), folded(&text[at..]), "{text:?} at {at}");
            }
        }
    }
}
