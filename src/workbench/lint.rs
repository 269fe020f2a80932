//! What can be said of a rule file that is right and yet may not be meant: the codes, and what stands behind each.
//!
//! Finding them is [`lints`](super::lints)'s. It must not know rules.

use std::fmt;
use std::str::FromStr;

/// Something in a right file that looks like a mistake. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Lint {
    /// A class or an id looks as if a build tool had made it.
    HashedName,
    /// A selector names elements that may be anything.
    BroadSelector,
    /// An attribute is compared with five letters or fewer.
    ShortSubstring,
    /// A phrase of five letters or fewer is enough for a text rule.
    ShortPhrase,
    /// A bound is so wide that a story fits in.
    WideBound,
    /// What a rule takes, another takes as well.
    NeedlessRule,
    /// What an entry of a list hits, another entry of it hits as well.
    NeedlessEntry,
    /// Two files speak of the same hosts.
    OverlappingHosts,
    /// No test hits a rule.
    UntestedRule,
    /// No test says what must stay.
    TestWithoutStays,
    /// Nobody has seen the rules hold for a year.
    StaleCheck,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// What sort of finding it is.
    pub lint: Lint,
    /// The file as it was named to the reader.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// How many characters from there on, on the same line, are meant.
    pub length: u32,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Lint {
    /// Every lint, in the order of the documentation.
    pub const ALL: [Self; 11] = [
        Self::HashedName,
        Self::BroadSelector,
        Self::ShortSubstring,
        Self::ShortPhrase,
        Self::WideBound,
        Self::NeedlessRule,
        Self::NeedlessEntry,
        Self::OverlappingHosts,
        Self::UntestedRule,
        Self::TestWithoutStays,
        Self::StaleCheck,
    ];

    /// The code by which it is named, allowed and explained.
    ///
    /// ```
    /// use storysieve::workbench::Lint;
    /// assert_eq!(Lint::HashedName.code(), "hashed-name");
    /// assert_eq!("hashed-name".parse(), Ok(Lint::HashedName));
    /// ```
    pub const fn code(self) -> &'static str {
        match self {
            Self::HashedName => "hashed-name",
            Self::BroadSelector => "broad-selector",
            Self::ShortSubstring => "short-substring",
            Self::ShortPhrase => "short-phrase",
            Self::WideBound => "wide-bound",
            Self::NeedlessRule => "needless-rule",
            Self::NeedlessEntry => "needless-entry",
            Self::OverlappingHosts => "overlapping-hosts",
            Self::UntestedRule => "untested-rule",
            Self::TestWithoutStays => "test-without-stays",
            Self::StaleCheck => "stale-check",
        }
    }

    /// What it is about, why it matters, and an example of what to write, in Markdown, a few short paragraphs.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::HashedName => include_str!("lints/hashed-name.md"),
            Self::BroadSelector => include_str!("lints/broad-selector.md"),
            Self::ShortSubstring => include_str!("lints/short-substring.md"),
            Self::ShortPhrase => include_str!("lints/short-phrase.md"),
            Self::WideBound => include_str!("lints/wide-bound.md"),
            Self::NeedlessRule => include_str!("lints/needless-rule.md"),
            Self::NeedlessEntry => include_str!("lints/needless-entry.md"),
            Self::OverlappingHosts => include_str!("lints/overlapping-hosts.md"),
            Self::UntestedRule => include_str!("lints/untested-rule.md"),
            Self::TestWithoutStays => include_str!("lints/test-without-stays.md"),
            Self::StaleCheck => include_str!("lints/stale-check.md"),
        }
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// No lint has this code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no warning {0:?}: write one of {codes}", codes = Lint::ALL.map(Lint::code).join(", "))]
pub struct UnknownLint(String);

impl FromStr for Lint {
    type Err = UnknownLint;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|lint| lint.code() == code).ok_or_else(|| UnknownLint(code.to_owned()))
    }
}
