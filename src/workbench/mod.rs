//! The rule author's workbench: rule files checked, tested, formatted in meaning and made.
//!
//! What a person who writes rules needs and a reader of pages does not: [`check`] finds mistakes and what looks like one, [`Suite`] runs
//! tests, [`explain`] tells what became of each block of a page, [`SCHEMA`] tells editors the language. It stands above the sieve and uses it as anybody would. It must not print, or know the
//! terminal.

mod check;
mod explain;
mod hashed;
mod lint;
mod lints;
mod outline;
mod propose;
mod schema;
mod seen;
mod suite;

pub use check::{Checked, check};
pub use explain::{
    Bound, Cause, Change, Explained, Explanation, Matched, Near, Remedies, Remedy, Removal, Verdict, Weighed, explain,
    explain_text,
};
pub use lint::{Lint, Warning};
pub use propose::{Group, Means, Proposal, Proposals, Wish, propose};
pub use schema::SCHEMA;
pub use suite::{Failure, Fault, Ran, Suite, Trial};
