//! What stopped a rule that nearly took a block.

use std::fmt;

use crate::report::Why;

/// What stopped a rule that nearly took a block.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Bound {
    /// The block, or the element around it, has more characters than the rule's `max_chars`.
    TooLong {
        /// Characters it has.
        chars: u64,
        /// The bound.
        max_chars: u32,
    },
    /// The element holds something that the rule's `unless_has` names.
    UnlessHas,
    /// The element holds something that the site keeps (`[story] keep`).
    Kept,
    /// The text of the rule's `to` did not come within its bounds.
    RunUnfinished,
    /// Page mode would have to hold more bytes than it may.
    Budget,
    /// The page ended before the element did.
    EndOfInput,
    /// Phrases of the rule's `all` are not there.
    Missing(Vec<String>),
    /// Phrases of the rule's `none` are there.
    Forbidden(Vec<String>),
    /// The rule's `regex` does not match.
    Regex,
    /// Words that ask the reader for something, but too few for an appeal.
    Evidence {
        /// They are so many hundredths of what would be enough.
        percent: u8,
    },
}

impl Bound {
    /// A word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "max-chars",
            Self::UnlessHas => "unless-has",
            Self::Kept => "keep",
            Self::RunUnfinished => "run-unfinished",
            Self::Budget => "max-hold",
            Self::EndOfInput => "end-of-input",
            Self::Missing(_) => "all",
            Self::Forbidden(_) => "none",
            Self::Regex => "regex",
            Self::Evidence { .. } => "evidence",
        }
    }

    /// What the judge says.
    pub(super) fn of(why: Why) -> Self {
        match why {
            Why::TooLong { chars, max_chars } => Self::TooLong { chars, max_chars },
            Why::UnlessHas => Self::UnlessHas,
            Why::Kept => Self::Kept,
            Why::RunUnfinished => Self::RunUnfinished,
            Why::Budget => Self::Budget,
            Why::EndOfInput => Self::EndOfInput,
            Why::TooLittle { percent } => Self::Evidence { percent },
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { chars, max_chars } => write!(f, "it has {chars} characters, and max_chars is {max_chars}"),
            Self::UnlessHas => f.write_str("it holds an element that unless_has names"),
            Self::Kept => f.write_str("it holds an element that the site's [story] keep names"),
            Self::RunUnfinished => f.write_str("the text of `to` did not come within max_blocks and max_chars"),
            Self::Budget => f.write_str("page mode would have to hold more bytes than --max-hold"),
            Self::EndOfInput => f.write_str("the page ended before the element did"),
            Self::Missing(phrases) => write!(f, "of `all` it does not say {}", listed(phrases)),
            Self::Forbidden(phrases) => write!(f, "it says {}, which is in `none`", listed(phrases)),
            Self::Regex => f.write_str("its regex does not match"),
            Self::Evidence { percent } => write!(f, "what speaks for an appeal is {percent}% of what would be enough"),
        }
    }
}

fn listed(phrases: &[String]) -> String {
    phrases.iter().map(|phrase| format!("{phrase:?}")).collect::<Vec<_>>().join(", ")
}
