//! The rule language as a JSON schema, for editors.
//!
//! The file is written by hand, so that what an editor shows is as well put as the README. The tests of this module hold it against the reader:
//! neither knows a key that the other does not, and what one takes of the bundled files the other takes. It must not know rules.

/// The JSON schema of rule files (draft 2020-12). An editor that knows it completes and checks TOML.
///
/// ```
/// assert!(storysieve::workbench::SCHEMA.contains("\"max_chars\""));
/// ```
pub const SCHEMA: &str = include_str!("../../rules/rule.schema.json");
