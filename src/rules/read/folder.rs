//! Rule files from the disk: a file, or every file of a folder.
//!
//! It decides which files of a folder are rule files and in which order they come. What stands in them is [`read_bytes`]'s. It must not
//! know TOML.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use super::{MAX_BYTES, check_unique, prefix_of, read_bytes, whole};
use crate::error::{Error, RuleError};
use crate::rules::RuleFile;

/// Folders in folders; more are no order that a person made.
const MAX_DEPTH: u32 = 32;

/// Reads a rule file, or all `.toml` files of a folder and the folders in it, sorted by path. Hidden ones are passed over. Every mistake
/// of every file is reported at once, and so are ids that two files share.
pub(crate) fn load(path: &Path) -> Result<Vec<RuleFile>, Error> {
    let meta = fs::metadata(path).map_err(|error| Error::io(name(path), error))?;
    let mut found = Found::default();
    if meta.is_dir() {
        found.folder(path, 0);
        if found.files.is_empty() && found.errors.is_empty() {
            found.errors.push(whole(&name(path), "no .toml file is in this folder".to_owned(), "give a folder with rule files, or a rule file"));
        }
        found.files.sort();
    } else {
        found.files.push(path.to_owned());
    }

    let mut files = Vec::with_capacity(found.files.len());
    let mut errors = found.errors;
    for path in &found.files {
        let source = name(path);
        match bytes(path) {
            Ok(bytes) => match read_bytes(&source, &prefix_of(path), &bytes) {
                Ok(file) => files.push(file),
                Err(wrong) => errors.extend(wrong),
            },
            // The one file that was asked for.
            Err(error) if !meta.is_dir() => return Err(Error::io(source, error)),
            Err(error) => errors.push(unreadable(&source, &error)),
        }
    }
    if let Err(error) = check_unique(&files) {
        errors.extend_from_slice(error.rule_errors());
    }
    if errors.is_empty() { Ok(files) } else { Err(Error::rules(errors)) }
}

#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    errors: Vec<RuleError>,
    /// Where files and folders really are, so that links in a circle, or two to the same file, are followed once.
    seen: FxHashSet<PathBuf>,
}

impl Found {
    fn folder(&mut self, folder: &Path, depth: u32) {
        if folder.extension().is_some_and(|end| end == "toml") {
            let help = "rename it if it is a folder of rule files; if it should be one, put a file in its place";
            self.errors.push(whole(&name(folder), "this is a folder, and it is named like a rule file".to_owned(), help));
            return;
        }
        if depth > MAX_DEPTH {
            let message = format!("folders stand more than {MAX_DEPTH} deep in each other here");
            self.errors.push(whole(&name(folder), message, "give a folder that holds rule files only"));
            return;
        }
        if let Err(error) = self.entries(folder, depth) {
            self.errors.push(unreadable(&name(folder), &error));
        }
    }

    fn entries(&mut self, folder: &Path, depth: u32) -> io::Result<()> {
        if !self.seen.insert(fs::canonicalize(folder)?) {
            return Ok(());
        }
        let mut paths = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
        // What links lead to twice is named by the first path, so the order must not be the disk's.
        paths.sort();
        for path in paths {
            let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
            if hidden {
                continue;
            }
            let rules = path.extension().is_some_and(|end| end == "toml");
            match fs::metadata(&path) {
                Ok(meta) if meta.is_dir() => self.folder(&path, depth + 1),
                Ok(meta) if rules && meta.is_file() => {
                    if self.seen.insert(fs::canonicalize(&path)?) {
                        self.files.push(path);
                    }
                }
                Ok(_) => {}
                // A link to nowhere is somebody's rule file that is gone; other strays are none of ours.
                Err(error) if rules => self.errors.push(unreadable(&name(&path), &error)),
                Err(_) => {}
            }
        }
        Ok(())
    }
}

/// At most one byte more than a rule file may have, so that an endless file ends.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn unreadable(source: &str, error: &io::Error) -> RuleError {
    whole(source, format!("this cannot be read: {error}"), "mend its permissions or its link, or take it away")
}
