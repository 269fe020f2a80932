//! Keep, drop or wait; story or not: verdicts from recorded facts.
//!
//! [`appeal`] decides what goes while the page streams by. This room must not know bytes, lol_html or TOML.

pub(crate) mod appeal;
pub(crate) mod cuts;
pub(crate) mod evidence;
pub(crate) mod features;
mod forest;
pub(crate) mod model;
pub(crate) mod running;
mod runs;
mod sentences;
pub(crate) mod short;
pub(crate) mod story;
pub(crate) mod wording;
