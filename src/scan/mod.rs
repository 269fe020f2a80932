//! Bytes to plain events: which element begins, which text follows, which element ends.
//!
//! The only room that knows lol_html. It must not know what an appeal or a story is.

pub(crate) mod attrs;
pub(crate) mod tag;
