//! Fixture folders: which folders are some, and what their `case.toml` says.
//!
//! The format is told in `fixtures/README.md`. It must not know how a test is run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Page, Trial};
use crate::error::RuleError;
use crate::rules::read::CASE;
use crate::rules::read::place::{self, Places};

pub(super) const PAGE: &str = "page.html";

/// Folders in folders; more are no order that a person made.
const MAX_DEPTH: u32 = 32;

/// Adds the fixture folders at a path and below it.
pub(super) fn find(path: &Path, depth: u32, cases: &mut BTreeSet<PathBuf>) {
    if path.join(CASE).is_file() {
        cases.insert(path.to_owned());
        return;
    }
    for folder in folders(path, depth) {
        find(&folder, depth + 1, cases);
    }
}

/// Is there a rule file at the path or below it, fixtures aside?
pub(super) fn has_rules(path: &Path, depth: u32) -> bool {
    let is_rules = |path: &Path| path.is_file() && path.extension().is_some_and(|end| end == "toml");
    if path.join(CASE).is_file() {
        return false;
    }
    let own = fs::read_dir(path).into_iter().flatten().flatten().any(|entry| is_rules(&entry.path()));
    own || path.is_file() || folders(path, depth).iter().any(|folder| has_rules(folder, depth + 1))
}

fn folders(path: &Path, depth: u32) -> Vec<PathBuf> {
    if depth > MAX_DEPTH {
        return Vec::new();
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    // Links are not followed: a circle of them would give a page many names.
    entries
        .filter(|entry| {
            entry.file_type().is_ok_and(|kind| kind.is_dir()) && !entry.file_name().as_encoded_bytes().starts_with(b".")
        })
        .map(|entry| entry.path())
        .collect()
}

/// Reads a fixture folder, strictly.
pub(super) fn read(folder: &Path) -> Result<Trial, Vec<RuleError>> {
    let path = folder.join(CASE);
    let name = path.display().to_string();
    let whole = |message: String, help: &str| {
        vec![RuleError { file: name.clone(), line: 0, column: 0, length: 0, message, help: help.to_owned() }]
    };
    let text =
        fs::read_to_string(&path).map_err(|error| whole(format!("this cannot be read: {error}"), "mend its permissions"))?;
    let page = folder.join(PAGE);
    if !page.is_file() {
        return Err(whole(format!("there is no {PAGE} beside this file"), "put the page there, or take the folder away"));
    }
    let places = Places::new(&text);
    let mut errors = Vec::new();
    let mut wrong = |at: usize, message: String, help: &str| {
        let (line, column) = places.of(at);
        let length = place::extent(&text, at);
        errors.push(RuleError { file: name.clone(), line, column, length, message, help: help.to_owned() });
    };

    let (table, broken) = DeTable::parse_recoverable(&text);
    for error in &broken {
        let at = error.span().map_or(0, |span| span.start);
        wrong(at, format!("not valid TOML: {}", error.message()), "write key = value, texts in quotes, lists in [ ]");
    }
    let mut trial = Trial {
        file: folder.display().to_string(),
        line: 0,
        url: None,
        page: Page::File(page),
        gone: Vec::new(),
        stays: Vec::new(),
        story: Vec::new(),
        not_story: Vec::new(),
        rules: Vec::new(),
    };
    for (key, value) in table.get_ref() {
        let at = value.span().start;
        let list = match &**key.get_ref() {
            "url" => {
                match value.get_ref() {
                    DeValue::String(url) if url::Url::parse(url).is_ok_and(|url| url.has_host()) => {
                        trial.url = Some(url.to_string())
                    }
                    _ => wrong(
                        at,
                        "`url` is no address of a page".to_owned(),
                        "write the whole address, as in \"https://example.com/x\"",
                    ),
                }
                continue;
            }
            "gone" => &mut trial.gone,
            "stays" => &mut trial.stays,
            "story" => &mut trial.story,
            "not_story" => &mut trial.not_story,
            "rules" => &mut trial.rules,
            other => {
                let message = format!("a case has no key `{other}`");
                wrong(key.span().start, message, "write one of `url`, `story`, `gone`, `stays`, `not_story` and `rules`");
                continue;
            }
        };
        match texts(value) {
            Some(texts) => *list = texts,
            None => wrong(at, format!("`{}` must be an array of texts", key.get_ref()), "write [\"some words of the page\"]"),
        }
    }
    if errors.is_empty() { Ok(trial) } else { Err(errors) }
}

fn texts(value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    let DeValue::Array(values) = value.get_ref() else { return None };
    values.iter().map(|value| value.get_ref().as_str().map(str::to_owned)).collect()
}
