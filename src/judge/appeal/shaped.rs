//! What shapes a block beside its words: buttons, fields, where its links lead, and the elements around it.
//!
//! Tags are told as they go by; a block that ends takes what has gathered. This module must not know what a shape is worth.

use super::super::evidence::Shape;
use super::recognize::Recognizer;
use super::widget::{MOST_CALL, button_asks, field_asks};
use super::*;
use crate::matcher::cues::Cues;
use crate::scan::attrs::TagText;

/// Buttons and fields.
const SHAPING: TagSet = TagSet::of(&[Tag::Button, Tag::Input, Tag::Select, Tag::Textarea]);
/// Bytes of a link's address, and of all in a block, that are looked at.
const MOST_ADDRESS: usize = 160;
const MOST_ADDRESSES: usize = 2048;

/// Elements around a block among which its list is looked for.
const MOST_DEEP: usize = 6;

/// The elements around a block, as far as they tell what it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around {
    /// Where its list begins.
    pub(super) list: Option<u64>,
    /// The list is numbered.
    pub(super) steps: bool,
    pub(super) nav: bool,
    pub(super) menu: bool,
    pub(super) code: bool,
}

impl Around {
    pub(super) fn of(frames: &[Frame]) -> Self {
        let mut around = Self::default();
        // A bound that is not known beforehand keeps the loop small, and what runs for each block near.
        for frame in frames[frames.len().saturating_sub(MOST_DEEP)..].iter().rev() {
            match frame.tag {
                Tag::Ul | Tag::Ol | Tag::Dl if around.list.is_none() => {
                    around.list = Some(frame.start);
                    around.steps = frame.tag == Tag::Ol;
                }
                Tag::Nav | Tag::Menu => {
                    around.menu = true;
                    around.nav |= frame.tag == Tag::Nav;
                }
                Tag::Pre => around.code = true,
                _ => {}
            }
        }
        around
    }
}

impl Recognizer {
    /// A tag that may shape the block it stands in.
    #[inline]
    pub(super) fn tag(&mut self, cues: &Cues, tag: Tag, text: &TagText<'_>, at: u64) {
        if tag == Tag::A {
            self.link(text);
        } else if SHAPING.has(tag) {
            self.control(cues, tag, text, at);
        }
    }

    fn link(&mut self, text: &TagText<'_>) {
        if self.addresses.len() < MOST_ADDRESSES
            && let Some(href) = text.raw("href")
        {
            let end = (0..=href.len().min(MOST_ADDRESS)).rev().find(|end| href.is_char_boundary(*end)).unwrap_or(0);
            self.addresses.push_str(&href[..end]);
            self.addresses.push('\n');
        }
    }

    #[cold]
    fn control(&mut self, cues: &Cues, tag: Tag, text: &TagText<'_>, at: u64) {
        match tag {
            Tag::Textarea => {
                self.shape.fields += 1;
                self.area = Some(at);
            }
            Tag::Button => self.shape.buttons += 1,
            _ => {
                let kind = text.raw("type").unwrap_or_default();
                if kind.eq_ignore_ascii_case("submit") || kind.eq_ignore_ascii_case("button") {
                    self.shape.buttons += 1;
                } else if !kind.eq_ignore_ascii_case("hidden") {
                    self.shape.fields += 1;
                    if kind.eq_ignore_ascii_case("password") {
                        self.area = Some(at);
                    }
                    if tag == Tag::Input && !kind.eq_ignore_ascii_case("checkbox") && !kind.eq_ignore_ascii_case("radio") {
                        let names = ["type", "name", "id", "placeholder"].iter().filter_map(|name| text.raw(name));
                        let cue = names.filter_map(|name| cues.field(name)).find(|cue| field_asks(cues, *cue));
                        self.field = cue.map(|cue| (at, cue)).or(self.field);
                    }
                }
            }
        }
    }

    /// What the block looks like, and a new beginning.
    pub(super) fn take_shape(&mut self) -> Shape {
        self.addresses.clear();
        std::mem::take(&mut self.shape)
    }
}

impl Judge {
    /// The cue that says of a button that it leads to where one gives or subscribes, and how many links lead to such places.
    #[inline]
    pub(super) fn call(&mut self, leaf: &Leaf, shape: &Shape, asks: bool) -> (Option<u32>, usize) {
        let button = shape.soft && !shape.listed && leaf.chars <= MOST_CALL;
        if self.recognizer.addresses.is_empty() || !button && !asks {
            return (None, 0);
        }
        self.targets(button)
    }

    #[inline(never)]
    fn targets(&mut self, button: bool) -> (Option<u32>, usize) {
        let (cues, recognizer) = (&self.rules.cues, &mut self.recognizer);
        recognizer.addresses.make_ascii_lowercase();
        cues.addresses(&recognizer.addresses, &mut recognizer.targets);
        let call = recognizer.targets.iter().map(|target| target.cue).find(|cue| button && button_asks(cues, *cue));
        (call, recognizer.targets.len())
    }
}
