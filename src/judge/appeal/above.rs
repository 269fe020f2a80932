//! The heading of an appeal that has no element of its own around both.
//!
//! A heading is kept in mind until something follows it. Does that go, as a block or an element right behind it in the same element, and
//! does it ask for something, then the heading goes with it. A heading that the page's title repeats never does. This module must not know why
//! something goes.

use super::element::MOST_ELEMENT;
use super::recognize::MOST;
use super::*;
use crate::rules::Kind;

/// A heading that may be an appeal's.
#[derive(Debug)]
pub(super) struct Above {
    pub(super) run: Run,
    /// Where it ends, in bytes and in the running text.
    end: u64,
    text_end: u64,
    /// The element that it stands in.
    parent: Option<u32>,
    /// Where the element begins that follows it in there, if that is no text itself.
    beside: Option<u64>,
}

/// A heading of more characters is no appeal's.
const MOST_HEADING: u32 = 90;
/// More bytes between a heading and what follows it are something else: pictures, what a rule removed.
const MOST_BETWEEN: u64 = 400;
/// Elements that are a block of text themselves.
const TEXTS: TagSet = TagSet::of(&[Tag::P, Tag::H1, Tag::H2, Tag::H3, Tag::H4, Tag::H5, Tag::H6]);
/// What stands under headings that are not its own: buttons to share a story, a notice under the name of what is praised.
const WITHOUT_HEADING: [Kind; 5] = [Kind::Social, Kind::Affiliate, Kind::Related, Kind::Comments, Kind::Ad];

impl Above {
    /// Is it the heading of what goes from `start` on, on a page of this title? A button has none: what stands above it is not about it.
    pub(super) fn heads(&self, start: u64, chars: u64, kind: Kind, title: &str, text: &RunningText) -> bool {
        let shown = text.since(self.run.text).get(..self.text_end.saturating_sub(self.run.text) as usize).unwrap_or_default();
        start <= self.end + MOST_BETWEEN
            && chars >= self.run.chars
            && !WITHOUT_HEADING.contains(&kind)
            && !fold(title).contains(&fold(shown))
    }

    /// A run with its heading.
    pub(super) fn with(self, run: &Run) -> Run {
        Run { rule: run.rule, blocks: self.run.blocks + run.blocks, chars: self.run.chars + run.chars, ..self.run }
    }
}

impl Judge {
    /// A heading ended that asks for nothing. `before`: the counters before it.
    #[inline(never)]
    pub(super) fn heading(&mut self, leaf: &Leaf, before: Counts, text: &RunningText) {
        let h1 = self.frames.iter().rev().take(4).any(|frame| frame.tag == Tag::H1);
        // One that is a link is a teaser's.
        if !h1 && leaf.soft_chars < leaf.chars && leaf.chars <= MOST_HEADING {
            let (run, parent) = (self.run_from(0, leaf, before, MOST), self.parent());
            let above = Above { run, end: leaf.end, text_end: text.end(), parent, beside: None };
            self.recognizer.above = Some(Box::new(above));
        }
    }

    /// The heading right above a block that ends now, if both stand in one element. One above an element around the block is kept in mind.
    pub(super) fn take_above(&mut self, leaf: &Leaf, before: Counts) -> Option<Box<Above>> {
        self.recognizer.above.take().and_then(|above| self.right_above(above, leaf, before))
    }

    // Apart, for most blocks have no heading above.
    #[inline(never)]
    fn right_above(&mut self, mut above: Box<Above>, leaf: &Leaf, before: Counts) -> Option<Box<Above>> {
        if self.parent() == above.parent {
            return above.beside.is_none().then_some(above);
        }
        let parent = self.frames.binary_search_by_key(&above.parent?, |frame| frame.id).ok()?;
        let beside = self.frames.get(parent + 1)?.start;
        let short = before.seen - above.run.before.seen <= MOST_ELEMENT;
        if !leaf.heading && short && above.beside.is_none_or(|start| start == beside) {
            above.beside = Some(beside);
            self.recognizer.above = Some(above);
        }
        None
    }

    /// The element that a block which ends now stands in.
    fn parent(&self) -> Option<u32> {
        self.frames.iter().rev().find(|frame| !TEXTS.has(frame.tag)).map(|frame| frame.id)
    }

    /// An element ends that a heading stands in: if it holds nothing else, the heading stands for it; else it is nothing's that follows.
    pub(super) fn unwrap_heading(&mut self, frame: &Frame) {
        let Some(mut above) = self.recognizer.above.take_if(|above| above.parent == Some(frame.id)) else { return };
        if above.beside.is_none() && frame.seen == above.run.before.seen {
            above.parent = self.parent();
            self.recognizer.above = Some(above);
        }
    }

    /// The frame of an element that goes, with the heading right above it.
    pub(super) fn frame_with_heading(&mut self, rule: u32, frame: &Frame, text: &RunningText) -> Frame {
        let kind = self.rules.rules[rule as usize].kind;
        let Some(above) = self.recognizer.above.take_if(|above| above.beside == Some(frame.start)) else { return *frame };
        if !above.heads(frame.start, self.seen - frame.seen, kind, &self.recognizer.title, text) {
            return *frame;
        }
        let Counts { seen, cut, matched, plain } = above.run.before;
        Frame { start: self.start_of(&above.run), text: above.run.text, seen, cut, matched, plain, ..*frame }
    }
}
