//! storysieve
pub(crate) mod error;
pub(crate) mod gate;
pub(crate) mod judge;
pub(crate) mod matcher;
pub(crate) mod meta;
pub(crate) mod page;
pub(crate) mod pass;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod selector;
pub(crate) mod text;

pub use error::{Error, ErrorKind, RuleError};
pub use meta::Metadata;
pub use rules::Kind;
