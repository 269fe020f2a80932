//! What can go wrong, as one type.
//!
//! A page never fails: whatever bytes come in, something sensible goes out. Only rule files, limits, addresses and the reader's or
//! writer's own errors do. This module must not print.

use std::fmt;
use std::io;

/// A failure of this crate. Match on [`Error::kind`]; its text says what happened and what to do.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error {
    repr: Repr,
}

#[derive(Debug, thiserror::Error)]
enum Repr {
    #[error("{}", RuleErrors(.0))]
    Rules(Vec<RuleError>),
    /// Its text has the cause already, which is why that is no `source`: whoever prints a chain would print it twice.
    #[error("{path}: {cause}")]
    Io { path: String, cause: io::Error },
    #[error("{0}")]
    Config(String),
}

/// The sort of failure. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A rule file is wrong; [`Error::rule_errors`] has each mistake with its place.
    Rules,
    /// A file could not be read or an output not be written.
    Io,
    /// A setting given to a builder makes no sense (an address that is none, a kind that does not exist, a limit of 0).
    Config,
}

/// One mistake in a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The file as it was named to the reader.
    pub file: String,
    /// From 1; 0 when the whole file is meant.
    pub line: u32,
    /// In characters, from 1; 0 when the whole file is meant.
    pub column: u32,
    /// How many characters from there on, on the same line, are meant: a key, a value, a word of a selector. 0 when the whole file is.
    pub length: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}; {}", self.file, self.message, self.help)
        } else {
            write!(f, "{}:{}:{}: {}; {}", self.file, self.line, self.column, self.message, self.help)
        }
    }
}

struct RuleErrors<'a>(&'a [RuleError]);

impl fmt::Display for RuleErrors<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl Error {
    /// The sort of failure.
    pub fn kind(&self) -> ErrorKind {
        match self.repr {
            Repr::Rules(_) => ErrorKind::Rules,
            Repr::Io { .. } => ErrorKind::Io,
            Repr::Config(_) => ErrorKind::Config,
        }
    }

    /// The mistakes of the rule files; empty for the other kinds.
    pub fn rule_errors(&self) -> &[RuleError] {
        match &self.repr {
            Repr::Rules(errors) => errors,
            _ => &[],
        }
    }

    pub(crate) fn rules(errors: Vec<RuleError>) -> Self {
        Self { repr: Repr::Rules(errors) }
    }

    pub(crate) fn io(path: impl Into<String>, cause: io::Error) -> Self {
        Self { repr: Repr::Io { path: path.into(), cause } }
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self { repr: Repr::Config(message.into()) }
    }

    pub(crate) fn unknown_kind(name: &str) -> Self {
        let known: Vec<_> = crate::Kind::ALL.iter().map(|kind| kind.name()).collect();
        Self::config(format!("unknown kind {name:?}: write one of {}", known.join(", ")))
    }
}
