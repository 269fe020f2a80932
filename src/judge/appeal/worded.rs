//! Blocks that ask in words no cue says: of which blocks the learned words are weighed, and what their evidence is then.
//!
//! Words are weighed where they could change what happens to a block, and where they tell: not in lists of links, nor where something
//! else says what the text is for. This module must not know how words are weighed, nor what is done with the evidence.

use super::super::evidence::{Evidence, Shape};
use super::super::wording::Wording;
use super::Leaf;
use super::recognize::Recognizer;
use super::shaped::Around;
use crate::matcher::cues::{Anchored, Cues, Folded};

/// A block, as far as it tells whether its words are to be weighed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'b> {
    pub(super) leaf: &'b Leaf,
    pub(super) folded: Folded<'b>,
    pub(super) anchored: &'b [Anchored],
    pub(super) shape: &'b Shape,
    pub(super) around: &'b Around,
}

/// A block of fewer characters tells too little to be asked for learned words; one of more is a paragraph of a story, or says some cue.
const LEAST_WORDED: u32 = 24;
const MOST_WORDED: u32 = 200;
/// Of a text in Chinese, Japanese or Korean so many tell enough. It has more than eleven bytes to five characters.
const LEAST_DENSE: u32 = 10;
const DENSE: (usize, usize) = (11, 5);
/// One of more than so many is a story's too, if nothing else speaks: no part of a cue is there, and no run that may go.
const MOST_UNASKED: u32 = 100;
/// A paragraph that invites, with a link of so many characters in it that is no more than half of it, is no longer than this.
const MOST_INVITING: u32 = 450;
const LINK: std::ops::RangeInclusive<u32> = 3..=70;

impl Block<'_> {
    /// May its words tell what nothing else does? `suspected`: a run goes on before it.
    #[inline]
    pub(super) fn is_asked(&self, suspected: bool) -> bool {
        let shape = self.shape;
        let speaks = suspected || !self.anchored.is_empty();
        let most = if speaks { MOST_WORDED } else { MOST_UNASKED };
        // Of a list of links there are hundreds on a page, and their words are headlines. Other links and other items ask beside what speaks.
        let links = if speaks { shape.listed && shape.soft && shape.buttons == 0 } else { shape.listed || shape.soft };
        // What a field is for is a cue's to say.
        (self.least()..=most).contains(&self.leaf.chars) && !links && !self.is_told()
    }

    /// May it be a paragraph with a link to where its words invite?
    #[inline]
    pub(super) fn may_invite(&self) -> bool {
        let (leaf, shape) = (self.leaf, self.shape);
        let linked = LINK.contains(&leaf.soft_chars) && 2 * leaf.soft_chars <= leaf.chars;
        linked && !shape.listed && !leaf.heading && (self.least()..=MOST_INVITING).contains(&leaf.chars) && !self.is_told()
    }

    fn least(&self) -> u32 {
        let dense = self.folded.text.len() * DENSE.1 > self.leaf.chars as usize * DENSE.0;
        if dense { LEAST_DENSE } else { LEAST_WORDED }
    }

    /// Does something else say what it is for?
    fn is_told(&self) -> bool {
        self.shape.fields > 0 || self.around.steps || self.around.code || self.around.menu
    }
}

impl Recognizer {
    /// The evidence of a block by its words, if they add to that of its cues or take from it, and whether all of them invite. `asked`: it is asked for them
    /// as any block; `may_invite`: also as a paragraph with a link.
    #[inline(never)]
    pub(super) fn worded(
        &mut self,
        cues: &Cues,
        block: &Block<'_>,
        (asked, may_invite): (bool, bool),
        evidence: Evidence,
    ) -> Option<(Evidence, bool)> {
        let wanted = Wording::bundled().weigh(block.folded.text, asked && evidence.core > 0.0, &mut self.hashes)?;
        let mut inviting = evidence;
        if may_invite && inviting.add_invitation(&wanted) {
            return Some((inviting, true));
        }
        if !asked {
            return None;
        }
        // Of most blocks the words ask for nothing, and there is no cue to doubt.
        if wanted.worth <= 0.0 && evidence.core <= 0.0 {
            return None;
        }
        let mut worded = evidence;
        if wanted.worth > 0.0 && evidence.cues == 0 && self.suspected_language().is_none() {
            // What counts only under suspicion is looked for too.
            let page = self.language;
            worded = self.scale.weigh(cues, block.folded, block.anchored, block.shape, page, page);
        }
        worded.add_words(block.folded.text, &wanted).then_some((worded, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_items_and_long_texts_are_asked_beside_what_speaks() {
        let part = [Anchored { anchor: 0, at: 0 }];
        let (plain, soft) = (Shape::default(), Shape { soft: true, ..Shape::default() });
        let item = Shape { listed: true, ..Shape::default() };
        let link = Shape { listed: true, soft: true, ..Shape::default() };
        let field = Shape { fields: 1, ..Shape::default() };
        let around = Around::default();
        let (text, dense) = ("", "구독하고 함께해요 지금");
        // What it says and looks like, its characters; whether it is asked alone, with a part of a cue in it, and behind a run that may go.
        for (text, shape, chars, alone, with, behind) in [
            (text, plain, 23, false, false, false),
            (text, plain, 24, true, true, true),
            (text, plain, 100, true, true, true),
            (text, plain, 101, false, true, true),
            (text, plain, 201, false, false, false),
            (text, soft, 40, false, true, true),
            (text, item, 40, false, true, true),
            (text, link, 40, false, false, false),
            (text, Shape { buttons: 1, ..link }, 40, false, true, true),
            (text, field, 40, false, false, false),
            (dense, plain, 9, false, false, false),
            (dense, plain, 12, true, true, true),
        ] {
            let leaf = Leaf { start: 0, end: 0, text: 0, chars, soft_chars: 0, heading: false, outgrown: false, cut_off: false };
            let block =
                |anchored| Block { leaf: &leaf, folded: Folded { text, lines: &[] }, anchored, shape: &shape, around: &around };
            let asked = [block(&[]).is_asked(false), block(&part).is_asked(false), block(&[]).is_asked(true)];
            assert_eq!(asked, [alone, with, behind], "{chars} characters, {shape:?}");
        }
    }

    #[test]
    fn a_paragraph_with_a_link_in_it_may_invite() {
        let (plain, around) = (Shape::default(), Around::default());
        // What it looks like, its characters and those of links; whether it may.
        for (shape, heading, chars, soft_chars, may) in [
            (plain, false, 120, 20, true),
            (plain, false, 450, 70, true),
            (plain, false, 451, 70, false),
            (plain, false, 450, 71, false),
            (plain, false, 120, 0, false),
            (plain, false, 60, 31, false),
            (plain, true, 120, 20, false),
            (Shape { listed: true, ..plain }, false, 120, 20, false),
            (Shape { fields: 1, ..plain }, false, 120, 20, false),
        ] {
            let leaf = Leaf { start: 0, end: 0, text: 0, chars, soft_chars, heading, outgrown: false, cut_off: false };
            let folded = Folded { text: "", lines: &[] };
            let block = Block { leaf: &leaf, folded, anchored: &[], shape: &shape, around: &around };
            assert_eq!(block.may_invite(), may, "{chars} characters, {soft_chars} of links, {shape:?}");
        }
    }
}
