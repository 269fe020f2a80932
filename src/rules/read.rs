//! Rule files from the disk or from memory to [`RuleFile`]s, strictly.
//!
//! A file with a mistake is refused whole, and every mistake in it is named with its line, its column and its mend, so that one run
//! shows all there is to do. This module turns bytes and text into files and holds a set of files together (unique ids); what a
//! folder holds is [`folder`]'s, which keys there are is [`keys`]'s, what they mean is [`file`]'s, [`remove`]'s and [`phrases`]'s. It must
//! not know which rules are bundled, or any page.

mod cues;
mod file;
mod folder;
pub(crate) mod keys;
mod phrases;
pub(crate) mod place;
mod remove;
#[cfg(test)]
mod tests;
mod walk;

use std::path::Path;

use rustc_hash::FxHashMap;
use toml::de::DeTable;

use super::RuleFile;
use crate::error::{Error, RuleError};
use walk::Walk;

pub(crate) use folder::{CASE, Source, Survey, load, survey};
pub(crate) use phrases::folded_phrase;

/// Larger than any file a person would write, small enough to be read at once.
const MAX_BYTES: usize = 4 << 20;

/// Reads the text of a rule file. `source` is its name in reports and errors, `prefix` what its ids begin with.
pub(crate) fn read(source: &str, prefix: &str, text: &str) -> Result<RuleFile, Vec<RuleError>> {
    walk(Walk::new(text, false), source, prefix, text)
}

/// As [`read`], for a file that a test of the crate has read: its regexes are compiled when a page needs them.
pub(crate) fn read_trusted(source: &str, prefix: &str, text: &str) -> Result<RuleFile, Vec<RuleError>> {
    walk(Walk::new(text, true), source, prefix, text)
}

fn walk(mut walk: Walk<'_>, source: &str, prefix: &str, text: &str) -> Result<RuleFile, Vec<RuleError>> {
    check_bytes(source, text.as_bytes())?;
    let (table, errors) = DeTable::parse_recoverable(text);
    // What the parser guesses after broken TOML would only be blamed for things its writer never did.
    let file = if walk.syntax(&errors) { None } else { file::file(&mut walk, table.get_ref(), source, prefix) };
    let errors = walk.finish(source);
    match file {
        Some(file) if errors.is_empty() => Ok(file),
        _ => Err(errors),
    }
}

/// Reads the bytes of a rule file: as [`read`], for a file that may be anything.
pub(crate) fn read_bytes(source: &str, prefix: &str, bytes: &[u8]) -> Result<RuleFile, Vec<RuleError>> {
    check_bytes(source, bytes)?;
    match std::str::from_utf8(bytes) {
        Ok(text) => read(source, prefix, text),
        Err(error) => {
            let (line, column) = place::of_bytes(bytes, error.valid_up_to());
            let message = "this file is not UTF-8: there are bytes here that are no character".to_owned();
            let help = "save it as UTF-8, the only encoding of TOML".to_owned();
            Err(vec![RuleError { file: source.to_owned(), line, column, length: 1, message, help }])
        }
    }
}

/// What the ids of files in a folder of that name begin with.
pub(crate) const GENERIC: &str = "generic";

/// What the full ids of a file's rules begin with: `generic` below a folder of that name, else the file's name without its ending.
pub(crate) fn prefix_of(path: &Path) -> String {
    let generic = path.parent().is_some_and(|folder| folder.iter().any(|part| part == GENERIC));
    if generic { GENERIC.to_owned() } else { path.file_stem().unwrap_or_default().to_string_lossy().into_owned() }
}

/// Refuses a set of files in which two rules have the same full id.
pub(crate) fn check_unique(files: &[RuleFile]) -> Result<(), Error> {
    let mut seen: FxHashMap<(&str, &str), (&RuleFile, u32)> = FxHashMap::default();
    let mut errors = Vec::new();
    for file in files {
        for rule in &file.remove {
            if let Some((other, line)) = seen.get(&(&file.prefix, &rule.id)) {
                errors.push(RuleError {
                    file: file.source.clone(),
                    line: rule.line,
                    column: 1,
                    length: "[[remove]]".len() as u32,
                    message: format!("the id \"{}/{}\" is taken by a rule of {}:{line}", file.prefix, rule.id, other.source),
                    help: "give one of the two another id, or rename its file".to_owned(),
                });
            } else {
                seen.insert((&file.prefix, &rule.id), (file, rule.line));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::rules(errors)) }
}

/// What can be said of a file before it is parsed.
fn check_bytes(source: &str, bytes: &[u8]) -> Result<(), Vec<RuleError>> {
    let refuse = |message: String, help: &str| Err(vec![whole(source, message, help)]);
    if bytes.len() > MAX_BYTES {
        let message = format!("this file is too large: more than {} MiB", MAX_BYTES >> 20);
        return refuse(message, "a rule file has a few thousand lines at most; was another file meant?");
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return refuse("this file is UTF-16".to_owned(), "save it as UTF-8, the only encoding of TOML");
    }
    if let Some(at) = memchr::memchr(0, bytes) {
        let message = format!("this is a binary file: its byte {at} is NUL");
        return refuse(message, "a rule file is a text file in TOML; was another file meant?");
    }
    if bytes.trim_ascii().is_empty() {
        return refuse("this file is empty".to_owned(), "begin it with `schema = 1`, or delete it");
    }
    Ok(())
}

/// A mistake that has no one place in its file.
fn whole(source: &str, message: String, help: &str) -> RuleError {
    RuleError { file: source.to_owned(), line: 0, column: 0, length: 0, message, help: help.to_owned() }
}
