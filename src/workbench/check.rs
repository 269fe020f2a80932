//! Rule files held against all that can be said of them without a page.
//!
//! It puts together the reader's mistakes, the lints and, by running their own tests, the rules that no test hits. It must not know how any
//! of them is found.

use std::path::{Path, PathBuf};

use super::lint::{Lint, Warning};
use super::lints::{self, Subject};
use super::suite::Suite;
use crate::error::{Error, RuleError};
use crate::rules::read::{self, Source, Survey};
use crate::{Rules, Sieve};

/// What [`check`] found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Checked {
    /// Mistakes: a file with one cannot be used.
    pub errors: Vec<RuleError>,
    /// What is right and may not be meant, in the order of the files.
    pub warnings: Vec<Warning>,
    /// How many files were read, right or wrong.
    pub files: usize,
    /// How many rules the right files have.
    pub rules: usize,
    texts: Vec<(String, String)>,
}

impl Checked {
    /// The text of a file, by the name that errors and warnings call it.
    pub fn text(&self, file: &str) -> Option<&str> {
        self.texts.iter().find(|(name, _)| name == file).map(|(_, text)| text.as_str())
    }
}

/// Reads rule files and folders of them, and says all that is wrong and all that looks wrong. `today` is the day against which `checked` is
/// held, `YYYY-MM-DD`; without it nothing is called stale.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("harbour.toml");
/// std::fs::write(&file, "schema = 1\nhosts = ['harbour.example']\n[[remove]]\nid = 'box'\nkind = 'ad'\nselect = ['.css-1x2y3z']\n")?;
/// let checked = storysieve::workbench::check(&[&file], Some("2026-11-24"))?;
/// assert!(checked.errors.is_empty());
/// assert!(checked.warnings.iter().any(|warning| warning.lint.code() == "hashed-name" && warning.line == 6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if a path cannot be read. Mistakes in files are no error here but what was asked for.
pub fn check(paths: &[impl AsRef<Path>], today: Option<&str>) -> Result<Checked, Error> {
    let mut sources: Vec<Source> = Vec::new();
    let mut checked = Checked::default();
    for path in distinct(paths) {
        let Survey { sources: more, errors } = read::survey(path)?;
        sources.extend(more);
        checked.errors.extend(errors);
    }
    let files: Vec<_> = sources.iter().filter_map(|source| source.file.clone()).collect();
    if let Err(error) = read::check_unique(&files) {
        checked.errors.extend_from_slice(error.rule_errors());
    }
    checked.files = sources.len();
    checked.rules = files.iter().map(|file| file.remove.len()).sum();

    let subjects: Vec<_> = sources.iter().filter_map(Subject::new).collect();
    checked.warnings = lints::find(&subjects, today);
    if checked.errors.is_empty() {
        let rules = Rules::of(files);
        // Compiled here, since that is where the last mistakes can show.
        match Sieve::builder().rules(rules.clone()).build() {
            Ok(_) => untested(&subjects, &rules, &sources, &mut checked)?,
            Err(error) if !error.rule_errors().is_empty() => checked.errors.extend_from_slice(error.rule_errors()),
            Err(error) => return Err(error),
        }
    }
    let order = |file: &str| sources.iter().position(|source| source.name == file).unwrap_or(usize::MAX);
    checked.warnings.sort_by_key(|warning| (order(&warning.file), warning.line, warning.column, warning.lint));
    checked.texts = sources.into_iter().map(|source| (source.name, source.text)).collect();
    Ok(checked)
}

/// The paths without those that an earlier or a wider one covers.
pub(super) fn distinct(paths: &[impl AsRef<Path>]) -> Vec<&Path> {
    let real: Vec<PathBuf> =
        paths.iter().map(|path| path.as_ref().canonicalize().unwrap_or_else(|_| path.as_ref().to_owned())).collect();
    let covered =
        |at: usize| real.iter().enumerate().any(|(other, path)| real[at].starts_with(path) && (real[at] != *path || other < at));
    paths.iter().enumerate().filter(|(at, _)| !covered(*at)).map(|(_, path)| path.as_ref()).collect()
}

/// `untested-rule`: a file without a test is named once, else every rule that no test of these files hits.
fn untested(subjects: &[Subject<'_>], rules: &Rules, sources: &[Source], checked: &mut Checked) -> Result<(), Error> {
    let suite = Suite::of(rules, sources.iter().map(|source| (source.name.as_str(), source.path.as_path())))?;
    checked.errors.extend_from_slice(suite.missing());
    let hit = suite.hit();
    let found = &mut checked.warnings;
    for subject in subjects {
        let Some(first) = subject.file.remove.first() else { continue };
        if subject.file.tests.is_empty() && !subject.file.remove.iter().any(|rule| hit.contains(&subject.id(rule))) {
            let message = "this file has rules and no [[test]]".to_owned();
            let help = "add a [[test]] with html = \"...\", gone = [...] and stays = [...]";
            subject.warn(found, Lint::UntestedRule, subject.place_of(first), message, help);
            continue;
        }
        for rule in subject.file.remove.iter().filter(|rule| !hit.contains(&subject.id(rule))) {
            let message = format!("no test hits {:?}", rule.id);
            let help = "add a [[test]] with a notice that only this rule takes";
            subject.warn(found, Lint::UntestedRule, subject.place_of(rule), message, help);
        }
    }
    Ok(())
}
