//! storysieve takes a web page and gives back its story, without the appeals that stand in it.

mod access;
mod error;
mod filter;
mod gate;
pub mod import;
mod judge;
mod matcher;
mod memo;
mod meta;
mod page;
mod pass;
mod plain;
mod record;
mod render;
mod report;
mod rules;
mod scan;
mod select;
mod selector;
mod sieve;
mod story;
mod text;
#[cfg(feature = "training")]
#[doc(hidden)]
pub mod training;
pub mod workbench;

pub use access::{Access, AccessState};
pub use error::{Error, ErrorKind, RuleError};
pub use filter::{Filter, PageWriter};
pub use judge::story::Focus;
pub use meta::Metadata;
pub use report::{NearMiss, Removed, Report, Why};
pub use rules::Kind;
pub use sieve::{Builder, Replaced, RuleInfo, Rules, Sieve, has_markup};
pub use story::{BlockReport, Story};
