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

/// A folder that holds this is a page to test rules on, with what is expected of them; see `fixtures/README.md`.
pub(crate) const CASE: &str = "case.toml";

/// Reads a rule file, or all `.toml` files of a folder and the folders in it, sorted by path. Hidden ones are passed over. Every mistake
/// of every file is reported at once, and so are ids that two files share.
pub(crate) fn load(path: &Path) -> Result<Vec<RuleFile>, Error> {
    let Survey { sources, mut errors } = survey(path)?;
    let files: Vec<_> = sources.into_iter().filter_map(|source| source.file).collect();
    if let Err(error) = check_unique(&files) {
        errors.extend_from_slice(error.rule_errors());
    }
    if errors.is_empty() { Ok(files) } else { Err(Error::rules(errors)) }
}

/// What stands at a path, right or wrong.
#[derive(Default)]
pub(crate) struct Survey {
    pub(crate) sources: Vec<Source>,
    pub(crate) errors: Vec<RuleError>,
}

/// A file that could be read from the disk.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// None: it is wrong.
    pub(crate) file: Option<RuleFile>,
}

/// As [`load`], for whoever wants to go on with the files that are right. Ids that two files share are not looked for.
pub(crate) fn survey(path: &Path) -> Result<Survey, Error> {
    let meta = fs::metadata(path).map_err(|error| Error::io(name(path), error))?;
    let mut found = Found::default();
    if meta.is_dir() {
        found.folder(path, 0);
        if found.files.is_empty() && found.errors.is_empty() {
            found.errors.push(whole(
                &name(path),
                "no .toml file is in this folder".to_owned(),
                "give a folder with rule files, or a rule file",
            ));
        }
        found.files.sort();
    } else {
        found.files.push(path.to_owned());
    }

    let mut survey = Survey { sources: Vec::with_capacity(found.files.len()), errors: found.errors };
    for path in found.files {
        let source = name(&path);
        match bytes(&path) {
            Ok(bytes) => {
                let file = read_bytes(&source, &prefix_of(&path), &bytes).map_err(|wrong| survey.errors.extend(wrong)).ok();
                let text = String::from_utf8_lossy(&bytes).into_owned();
                survey.sources.push(Source { name: source, path, text, file });
            }
            // The one file that was asked for.
            Err(error) if !meta.is_dir() => return Err(Error::io(source, error)),
            Err(error) => survey.errors.push(unreadable(&source, &error)),
        }
    }
    Ok(survey)
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
        if folder.join(CASE).is_file() {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot make its own files should fail")]

    use super::*;
    use crate::error::ErrorKind;

    /// A folder with these files in it.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir
    }

    fn rule(id: &str) -> String {
        format!("schema = 1\n[[remove]]\nid = '{id}'\nkind = 'ad'\nselect = ['.x']\n")
    }

    fn refused(path: &Path) -> Vec<RuleError> {
        load(path).unwrap_err().rule_errors().to_vec()
    }

    #[test]
    fn a_folder_gives_its_rule_files_sorted_and_nothing_else() {
        let dir = folder(&[
            ("sites/b.toml", &rule("one")),
            ("sites/a.toml", &rule("one")),
            ("generic/en/x.toml", &rule("one")),
            ("generic/y.toml", &rule("two")),
            (".hidden.toml", "no"),
            (".git/x.toml", "no"),
            ("README.md", "no"),
            ("x.toml.bak", "no"),
        ]);
        let files = load(dir.path()).unwrap();
        let found: Vec<_> = files.iter().map(|f| (f.prefix.as_str(), f.source.rsplit(['/', '\\']).next().unwrap())).collect();
        assert_eq!(found, [("generic", "x.toml"), ("generic", "y.toml"), ("a", "a.toml"), ("b", "b.toml")]);
    }

    #[test]
    fn a_file_is_read_whatever_its_name() {
        let dir = folder(&[("my rules", &rule("one"))]);
        let files = load(&dir.path().join("my rules")).unwrap();
        assert_eq!((files.len(), files[0].prefix.as_str()), (1, "my rules"));
    }

    #[test]
    fn every_mistake_of_every_file_is_reported_at_once() {
        let dir = folder(&[
            ("a.toml", "schema = 1\nhost = 1\nnam = 2\n"),
            ("b.toml", ""),
            ("c.toml", "schema = 1\nname = 'right'\n"),
            ("generic/d.toml", &rule("same")),
            ("generic/e.toml", &rule("same")),
        ]);
        let errors = refused(dir.path());
        let found: Vec<_> = errors.iter().map(|e| (e.file.rsplit(['/', '\\']).next().unwrap(), e.line)).collect();
        assert_eq!(found, [("a.toml", 2), ("a.toml", 3), ("b.toml", 0), ("e.toml", 2)]);
        assert!(errors[3].message.contains("d.toml:2"), "{}", errors[3]);
    }

    #[test]
    fn what_is_no_rule_folder_says_so() {
        let dir = folder(&[("empty/x.txt", ""), ("named.toml/x.toml", &rule("one")), ("in/site.toml/x.txt", "")]);
        for (path, message) in
            [("empty", "no .toml file"), ("named.toml", "named like a rule file"), ("in", "named like a rule file")]
        {
            let errors = refused(&dir.path().join(path));
            assert!(errors.len() == 1 && errors[0].line == 0, "{path}: {errors:?}");
            assert!(errors[0].message.contains(message) && !errors[0].help.is_empty(), "{path}: {}", errors[0]);
        }
    }

    #[test]
    fn a_path_to_nothing_is_an_io_error() {
        let error = load(Path::new("no/such/file.toml")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("no/such/file.toml"), "{error}");
    }

    #[test]
    fn a_file_too_large_is_refused_and_not_read_to_its_end() {
        let dir = folder(&[]);
        let path = dir.path().join("large.toml");
        File::create(&path).unwrap().set_len(1 << 32).unwrap();
        assert!(refused(&path)[0].message.contains("too large"));
        assert!(refused(dir.path())[0].message.contains("too large"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_circles_end() {
        use std::os::unix::fs::symlink;
        let dir = folder(&[("a/x.toml", &rule("one")), ("elsewhere.txt", "")]);
        symlink(dir.path(), dir.path().join("a/up")).unwrap();
        symlink(dir.path().join("a"), dir.path().join("b")).unwrap();
        symlink(dir.path().join("a/x.toml"), dir.path().join("a/y.toml")).unwrap();
        assert_eq!(load(dir.path()).unwrap().len(), 1);

        symlink(dir.path().join("gone"), dir.path().join("a/gone.toml")).unwrap();
        let errors = refused(dir.path());
        assert!(errors.len() == 1 && errors[0].file.ends_with("gone.toml"), "{errors:?}");
        assert!(errors[0].message.contains("cannot be read"), "{}", errors[0]);
    }
}
