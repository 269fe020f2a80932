//! Other people's rules in our language: full-text site configs and cosmetic filter lists, converted where they are used.
//!
//! Two pure functions, [`site_config`] and [`filter_list`], from a text to the text of a rule file and an account of every line: carried
//! over, needless here, or dropped and why. What is decided only after the whole page is known, by a script or by a style sheet cannot
//! be carried over. No converted list comes with the crate: lists have their own licences, and change daily. These modules must not
//! know any page, and read no file.

mod config;
mod cosmetic;
mod path;
mod pictures;
mod predicate;
mod procedural;
mod replace;
mod target;
#[cfg(test)]
mod tests;
mod values;
mod write;
mod xpath;

pub use config::{Folder, site_config};
pub use cosmetic::filter_list;

/// A converted text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// The text of a rule file, which reads without a mistake; empty if nothing was carried over.
    pub rules: String,
    /// What became of each directive or filter, in the order of the source; comments are not among them.
    pub lines: Vec<Line>,
}

/// What became of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// Its number in the source, from 1.
    pub number: u32,
    /// What it says.
    pub text: String,
    /// What sort of line it is, as its source calls it: a directive's name, a separator such as `##`.
    pub sort: String,
    /// What became of it.
    pub fate: Fate,
}

/// See [`Line`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// It is among the rules.
    Carried,
    /// It tells another program how to fetch or to clean, or storysieve does so anyway: the reason.
    Needless(String),
    /// It cannot be said in our rules: the reason.
    Dropped(String),
}

impl Imported {
    /// How many lines were carried over, needless and dropped.
    pub fn counts(&self) -> (usize, usize, usize) {
        self.lines.iter().fold((0, 0, 0), |(carried, needless, dropped), line| match line.fate {
            Fate::Carried => (carried + 1, needless, dropped),
            Fate::Needless(_) => (carried, needless + 1, dropped),
            Fate::Dropped(_) => (carried, needless, dropped + 1),
        })
    }
}
