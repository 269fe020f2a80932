//! Rules compiled and frozen: what a start tag and a text are looked up in, shared between threads.
//!
//! [`selectors`] answers which selectors a start tag matches, [`set`] which rules that and the phrases of a text concern. This room
//! must not know any one page.

pub(crate) mod cues;
pub(crate) mod finder;
mod patterns;
pub(crate) mod selectors;
pub(crate) mod set;
mod starts;
mod whole;
