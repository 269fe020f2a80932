//! Cues: the words by which an appeal, or a story that only speaks of one, is told.
//!
//! A cue is a phrase with a role and a weight, as `rules/appeals/` has them a file a language. Cues decide nothing alone: the judge adds
//! them up. This module says what a cue is; it must not know pages, or how texts are searched.

use std::fmt;
use std::sync::Arc;

use super::Kind;

/// `[[cue]]`, one of its phrases.
#[derive(Clone, Debug)]
pub(crate) struct Cue {
    pub(crate) role: Role,
    pub(crate) subject: Subject,
    /// 1 (a hint) to 4 (nearly enough alone).
    pub(crate) weight: u8,
    /// The line of the phrase in its file, from 1.
    pub(crate) line: u32,
    /// The phrase as written, where that is not how the pattern shows itself: nearly all are, and there are tens of thousands of them.
    pub(crate) written: Option<Arc<str>>,
    pub(crate) pattern: Pattern,
}

/// What a cue's phrase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// What the reader is asked to do.
    Ask,
    /// A barrier before the rest.
    Wall,
    /// The publisher speaks of itself.
    Speaker,
    /// The reader is addressed.
    Reader,
    /// Conditions of an offer.
    Term,
    Thanks,
    /// The whole text of a button or of a short line.
    Label,
    /// Reported prose.
    Against,
    /// A heading behind which no story stands.
    Section,
    /// A piece of a link's address.
    Address,
    /// A piece of what a form's field is called.
    Field,
}

impl Role {
    pub(crate) const ALL: [Self; 11] = [
        Self::Ask,
        Self::Wall,
        Self::Speaker,
        Self::Reader,
        Self::Term,
        Self::Thanks,
        Self::Label,
        Self::Against,
        Self::Section,
        Self::Address,
        Self::Field,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Wall => "wall",
            Self::Speaker => "speaker",
            Self::Reader => "reader",
            Self::Term => "term",
            Self::Thanks => "thanks",
            Self::Label => "label",
            Self::Against => "against",
            Self::Section => "section",
            Self::Address => "address",
            Self::Field => "field",
        }
    }

    /// Is it looked for in the markup, not in what a reader sees?
    pub(crate) const fn is_markup(self) -> bool {
        matches!(self, Self::Address | Self::Field)
    }

    /// Is the whole text of a block compared, not a part of it?
    pub(crate) const fn is_whole(self) -> bool {
        matches!(self, Self::Label | Self::Section)
    }

    /// The kinds a cue of this role may be of; none if it has no kind.
    pub(crate) const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Ask | Self::Label | Self::Address | Self::Field => &[
                Kind::Donation,
                Kind::Paywall,
                Kind::Subscription,
                Kind::Membership,
                Kind::Registration,
                Kind::Newsletter,
                Kind::Adblock,
                Kind::AdFree,
                Kind::Consent,
                Kind::App,
                Kind::Social,
                Kind::Promo,
                Kind::Affiliate,
            ],
            Self::Wall => &[Kind::Paywall, Kind::Registration, Kind::Adblock],
            _ => &[],
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a cue is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    None,
    Kind(Kind),
    Section(Section),
}

/// What stands behind a heading in place of a story, or what a short line is instead of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Related,
    Comments,
    Social,
    Ad,
    Newsletter,
    Promo,
    About,
    /// Whose a picture is.
    Credit,
}

impl Section {
    pub(crate) const ALL: [Self; 8] =
        [Self::Related, Self::Comments, Self::Social, Self::Ad, Self::Newsletter, Self::Promo, Self::About, Self::Credit];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Related => "related",
            Self::Comments => "comments",
            Self::Social => "social",
            Self::Ad => "ad",
            Self::Newsletter => "newsletter",
            Self::Promo => "promo",
            Self::About => "about",
            Self::Credit => "credit",
        }
    }
}

/// A phrase taken apart: folded words and what may stand between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// `^`: only at the beginning of a sentence.
    pub(crate) at_start: bool,
    /// `$`: only at the end of one.
    pub(crate) at_end: bool,
    pub(crate) parts: Box<[Part]>,
}

/// As a file writes it in lower case with single spaces.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts.iter().map(|part| (&*part.words, part.open, part.gap));
        write_pattern(f, self.at_start, self.at_end, parts)
    }
}

/// `parts`: the words of each, whether the last of them is open, and whether a gap follows.
pub(crate) fn write_pattern<'p>(
    to: &mut impl fmt::Write,
    at_start: bool,
    at_end: bool,
    parts: impl Iterator<Item = (&'p str, bool, bool)>,
) -> fmt::Result {
    to.write_str(if at_start { "^" } else { "" })?;
    let mut between = "";
    for (words, open, gap) in parts {
        to.write_str(between)?;
        to.write_str(words)?;
        to.write_str(if open { "*" } else { "" })?;
        between = if gap { " .. " } else { " " };
    }
    to.write_str(if at_end { "$" } else { "" })
}

/// Words, and what follows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Part {
    pub(crate) words: Box<str>,
    /// `*`: the last of them has any ending.
    pub(crate) open: bool,
    /// ` .. `: up to five words before the next part. Else it follows after one space.
    pub(crate) gap: bool,
}

/// Words that ` .. ` may stand for.
pub(crate) const MOST_BETWEEN: usize = 5;
