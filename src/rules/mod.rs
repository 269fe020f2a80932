//! Rules as a person writes them: what a TOML file says, checked, and not yet compiled.
//!
//! One [`RuleFile`] is one file. Reading is strict ([`read`]): a file with one mistake is refused whole, and each mistake is named with
//! its place and its mend. Compiling for speed is `matcher`'s, running `[[test]]`s the workbench's. This module must not know
//! pages, bytes or lol_html.

pub(crate) mod bundled;
pub(crate) mod cue;
pub(crate) mod host;
pub(crate) mod pattern;
pub(crate) mod read;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use self::pattern::Pattern;
use crate::selector::SelectorList;

/// What a removed block was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// "To continue reading": a wall in front of the rest.
    Paywall,
    /// A plea for money.
    Donation,
    /// A plea that speaks of the page being free of ads.
    AdFree,
    /// "Please turn off your ad blocker".
    Adblock,
    /// "Become a member".
    Membership,
    /// An offer of a paid subscription that walls nothing off.
    Subscription,
    /// "Sign up or log in".
    Registration,
    /// A newsletter form or teaser.
    Newsletter,
    /// A cookie or privacy notice.
    Consent,
    /// "Get our app".
    App,
    /// Share and follow buttons.
    Social,
    /// The publisher's own events, books, offers.
    Promo,
    /// A notice that links earn the publisher money.
    Affiliate,
    /// Links to other stories.
    Related,
    /// Readers' comments.
    Comments,
    /// An advertisement or its label.
    Ad,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 16] = [
        Self::Paywall,
        Self::Donation,
        Self::AdFree,
        Self::Adblock,
        Self::Membership,
        Self::Subscription,
        Self::Registration,
        Self::Newsletter,
        Self::Consent,
        Self::App,
        Self::Social,
        Self::Promo,
        Self::Affiliate,
        Self::Related,
        Self::Comments,
        Self::Ad,
    ];

    /// The kind as rule files write it.
    ///
    /// ```
    /// assert_eq!(storysieve::Kind::AdFree.name(), "ad-free");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paywall => "paywall",
            Self::Donation => "donation",
            Self::AdFree => "ad-free",
            Self::Adblock => "adblock",
            Self::Membership => "membership",
            Self::Subscription => "subscription",
            Self::Registration => "registration",
            Self::Newsletter => "newsletter",
            Self::Consent => "consent",
            Self::App => "app",
            Self::Social => "social",
            Self::Promo => "promo",
            Self::Affiliate => "affiliate",
            Self::Related => "related",
            Self::Comments => "comments",
            Self::Ad => "ad",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = crate::Error;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| crate::Error::unknown_kind(name))
    }
}

/// One rule file.
#[derive(Clone, Debug)]
pub(crate) struct RuleFile {
    /// Where it was read: a path, or `rules/...` for a bundled one. Named in reports and errors.
    pub(crate) source: String,
    /// What stands before the slash in the full ids of its rules: `generic` for files in a folder of that name, else the file's stem.
    pub(crate) prefix: String,
    pub(crate) name: Option<String>,
    /// Empty: the rules hold on every host.
    pub(crate) hosts: host::Hosts,
    /// Empty: on every path.
    pub(crate) paths: Vec<Pattern>,
    /// The day somebody last saw the rules hold, `YYYY-MM-DD`.
    pub(crate) checked: Option<String>,
    /// Full ids of rules of other files that are off where this file is on.
    pub(crate) disable: Vec<String>,
    /// Short texts that go with a removed block they stand beside ("close", "monthly", "read more").
    pub(crate) leftovers: Vec<String>,
    pub(crate) story: Option<StoryRule>,
    pub(crate) remove: Vec<RemoveRule>,
    /// The language of its cues; files without cues have none.
    pub(crate) language: Option<String>,
    /// Shared by what was merged of it.
    pub(crate) cues: Arc<[cue::Cue]>,
    pub(crate) tests: Vec<RuleTest>,
}

/// `[story]`: where a site keeps its story.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoryRule {
    pub(crate) select: Vec<SelectorList>,
    pub(crate) title: Vec<SelectorList>,
    pub(crate) author: Vec<SelectorList>,
    pub(crate) date: Vec<SelectorList>,
    pub(crate) keep: Vec<SelectorList>,
}

/// `[[remove]]`.
#[derive(Clone, Debug)]
pub(crate) struct RemoveRule {
    /// The id as written; the full id is `prefix/id`.
    pub(crate) id: String,
    pub(crate) kind: Kind,
    /// The line of its `[[remove]]` in the file, from 1.
    pub(crate) line: u32,
    /// Where it holds, of the places where its file does. Empty: everywhere there.
    pub(crate) hosts: host::Hosts,
    /// The element must hold one of these, unless it is empty.
    pub(crate) has: Vec<SelectorList>,
    pub(crate) unless_has: Vec<SelectorList>,
    pub(crate) what: What,
}

/// Which of the three ways a rule recognizes its blocks.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// Every element the selectors match, at once.
    Markup { select: Vec<SelectorList> },
    /// An element, decided at its end by its text. `select` empty: the innermost block that matches.
    Text { select: Vec<SelectorList>, text: TextTest, max_chars: u32 },
    /// From a block to a block, and what is between.
    Run { from: TextTest, to: TextTest, max_blocks: u32, max_chars: u32 },
}

/// What a text must hold. Phrases are folded (`text::fold`). All parts that are given must be true.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextTest {
    /// One of these, unless it is empty.
    pub(crate) any: Vec<String>,
    pub(crate) all: Vec<String>,
    pub(crate) none: Vec<String>,
    /// Matched on the folded text, so in lower case; case-insensitive all the same.
    pub(crate) regex: Option<Pattern>,
}

/// `[[test]]`.
#[derive(Clone, Debug)]
pub(crate) struct RuleTest {
    pub(crate) line: u32,
    pub(crate) url: Option<String>,
    pub(crate) page: TestPage,
    pub(crate) gone: Vec<String>,
    pub(crate) stays: Vec<String>,
}

/// The page of a test: written in the file, or a folder of `fixtures/cases`.
#[derive(Clone, Debug)]
pub(crate) enum TestPage {
    Html(String),
    Fixture(String),
}
