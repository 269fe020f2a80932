//! What happens in a step of the page: elements that begin and end, texts, in page order.
//!
//! A step is gone through three times, each time by a part of the code, so that less of it must be fetched anew for each tag: first what stands
//! where is written down, as moments; then [`Events::look_ahead`] sees all of them; then they are told one by one. This module must not know
//! how bytes become moments.

use std::num::NonZeroU32;

use super::attrs::{Parts, Places, TagText};
use super::decode::TextDecoder;
use super::tag::{Tag, TagSet};
use super::window::Window;
use super::{Ended, Events, Opened};

/// Something that happened. Places are shown bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// An element begins: which of [`Log::openings`].
    Open(u32),
    /// The element at index `depth` of the stack ends.
    Close { depth: u32, tag: Tag, start: u64, end: u64, how: Ended },
    /// Text. Its node begins at `node`, white space aside, and is white so far if that is where the text ends. `last`: the node ends too.
    Text { start: u64, end: u64, node: u64, last: bool },
    /// Text of an element that holds no markup.
    Raw { tag: Tag, start: u64, end: u64 },
    /// A text node ends whose text was told before; `raw`: in which element without markup.
    NodeEnd { raw: Option<Tag>, node: u64, end: u64 },
    /// Something that changes nothing, up to here.
    Pause(u64),
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening {
    pub(crate) tag: Tag,
    pub(crate) void: bool,
    pub(crate) foreign: bool,
    pub(crate) depth: u32,
    pub(super) id: u32,
    pub(super) start: u64,
    pub(super) end: u64,
    /// Which of [`Log::decoded`] is its text, if the input does not hold it as it is.
    pub(super) decoded: Option<NonZeroU32>,
    pub(super) parts: Parts,
    /// See [`Opened::note`].
    pub(crate) note: u32,
}

/// What happened in a step, in order.
pub(super) struct Log {
    pub(super) moments: Vec<Moment>,
    pub(super) openings: Vec<Opening>,
    /// Start tags whose text had to be decoded, and where each ends.
    decoded: Decoded,
    /// Where the attributes of start tags stand.
    places: Places,
}

/// Texts one behind the other.
#[derive(Default)]
struct Decoded {
    text: String,
    ends: Vec<usize>,
}

impl Decoded {
    /// One of them, counted from 1.
    #[cold]
    fn get(&self, number: NonZeroU32) -> Option<&str> {
        let at = number.get() as usize - 1;
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(at)?)
    }
}

/// Elements whose raw content has character references.
const RCDATA: TagSet = TagSet::of(&[Tag::Title, Tag::Textarea]);
/// A step with more decoded text in its tags is a rare one: its room is given back.
const MOST_DECODED: usize = 1 << 20;

/// Room that is made beforehand. Chosen, so that little is moved while a step is written down.
const MOMENTS: usize = 2048;
const OPENINGS: usize = 512;
const PLACES: usize = 1024;

impl Log {
    pub(super) fn new() -> Self {
        Self {
            moments: Vec::with_capacity(MOMENTS),
            openings: Vec::with_capacity(OPENINGS),
            decoded: Decoded::default(),
            places: Places::with_capacity(PLACES),
        }
    }

    /// Keeps the text of a start tag.
    pub(super) fn decode(&mut self, text: &str) -> Option<NonZeroU32> {
        self.decoded.text.push_str(text);
        self.decoded.ends.push(self.decoded.text.len());
        NonZeroU32::new(self.decoded.ends.len() as u32)
    }

    /// Does a start tag with a name of that length end in `/>`?
    pub(super) fn self_closing(
        &mut self,
        (start, end): (u64, u64),
        name: usize,
        decoded: Option<NonZeroU32>,
        window: &Window<'_>,
    ) -> bool {
        let text = text(start, end, decoded, &self.decoded, window);
        if !text.ends_with("/>") {
            return false;
        }
        let before = self.places.len();
        let parts = Parts::read(text, name, &mut self.places);
        let closes = TagText::new(text, parts, &self.places).self_closing();
        self.places.truncate(before);
        closes
    }

    /// The text of a start tag.
    pub(super) fn text<'s>(&'s self, start: u64, end: u64, decoded: Option<NonZeroU32>, window: &'s Window<'_>) -> &'s str {
        text(start, end, decoded, &self.decoded, window)
    }

    /// Tells all that is written down, and forgets it.
    pub(super) fn tell(&mut self, window: &Window<'_>, decoder: &mut TextDecoder, events: &mut impl Events) {
        let Self { moments, openings, decoded, places } = self;
        events.look_ahead(&mut Step { moments, openings, decoded, places, window });
        for moment in &*moments {
            tell(moment, openings, &Texts { decoded, places, window }, decoder, events);
        }
        self.moments.clear();
        self.openings.clear();
        self.places.clear();
        self.decoded.ends.clear();
        self.decoded.text.clear();
        if self.decoded.text.capacity() > MOST_DECODED {
            self.decoded = Decoded::default();
        }
    }
}

/// Where the texts of start tags are.
struct Texts<'s> {
    decoded: &'s Decoded,
    places: &'s Places,
    window: &'s Window<'s>,
}

impl<'s> Texts<'s> {
    fn of(&self, opening: &Opening) -> TagText<'s> {
        TagText::new(text(opening.start, opening.end, opening.decoded, self.decoded, self.window), opening.parts, self.places)
    }
}

fn text<'s>(start: u64, end: u64, number: Option<NonZeroU32>, decoded: &'s Decoded, window: &'s Window<'_>) -> &'s str {
    let text = match number {
        Some(number) => decoded.get(number),
        None => window.text(start, end),
    };
    text.unwrap_or_default()
}

/// A step, before its moments are told.
pub(crate) struct Step<'s> {
    moments: &'s [Moment],
    openings: &'s mut [Opening],
    decoded: &'s Decoded,
    places: &'s mut Places,
    window: &'s Window<'s>,
}

impl<'s> Step<'s> {
    pub(crate) fn moments(&self) -> &'s [Moment] {
        self.moments
    }

    pub(crate) fn opening(&mut self, at: u32) -> &mut Opening {
        &mut self.openings[at as usize]
    }

    /// Takes a start tag apart, so that [`Opened::text`] has its name and attributes.
    pub(crate) fn take_apart(&mut self, at: u32) -> TagText<'_> {
        let opening = &mut self.openings[at as usize];
        let text = text(opening.start, opening.end, opening.decoded, self.decoded, self.window);
        opening.parts = Parts::read(text, opening.parts.name(), self.places);
        TagText::new(text, opening.parts, self.places)
    }
}

fn tell(moment: &Moment, openings: &[Opening], texts: &Texts<'_>, decoder: &mut TextDecoder, events: &mut impl Events) {
    let window = texts.window;
    let width = window.width;
    match *moment {
        Moment::Open(at) => {
            let opening = &openings[at as usize];
            events.open(&Opened {
                tag: opening.tag,
                depth: opening.depth as usize,
                id: opening.id,
                start: (opening.start * width, opening.end * width),
                text: &texts.of(opening),
                void: opening.void,
                foreign: opening.foreign,
                note: opening.note,
            });
        }
        Moment::Close { depth, tag, start, end, how } => events.close(depth as usize, tag, (start * width, end * width), how),
        Moment::Text { start, end: to, node, last } => {
            let (white, node, end) = (node == to, node * width, to * width);
            if !events.wants_text(white) {
                events.text("", node, end);
            } else {
                match window.text(start, to) {
                    Some(text) if white => events.text(text, node, end),
                    Some(text) => decoder.text(text, &mut |text| events.text(text, node, end)),
                    None => decoder.piece(window.input(start, to), false, &mut |text| events.text(text, node, end)),
                }
            }
            if last && decoder.owes() {
                decoder.end(false, &mut |text| events.text(text, node, end));
            }
        }
        Moment::Raw { tag, start, end } => {
            if events.wants_raw(tag) {
                decoder.piece(window.input(start, end), !RCDATA.has(tag), &mut |text| events.raw(tag, text));
            }
        }
        Moment::NodeEnd { raw, node, end } => {
            let (node, end) = (node * width, end * width);
            match raw {
                _ if !decoder.owes() => {}
                Some(tag) => decoder.end(!RCDATA.has(tag), &mut |text| events.raw(tag, text)),
                None => decoder.end(false, &mut |text| events.text(text, node, end)),
            }
        }
        Moment::Pause(at) => events.pause(at * width),
    }
}
