//! storysieve
pub(crate) mod error;
pub(crate) mod meta;
pub(crate) mod page;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod selector;
pub(crate) mod text;

pub use error::{Error, ErrorKind, RuleError};
pub use meta::Metadata;
pub use rules::Kind;
