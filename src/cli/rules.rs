//! Rule files: where a run finds them, and the subcommand that lists them.
//!
//! It decides which files are used and in which order: those given by `--rules`, those of the environment, those of the config folder,
//! the built-in ones. What stands in them is the library's to judge. It must not know pages.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;
use storysieve::{Replaced, RuleInfo, Rules};

use super::args::RuleArgs;
use super::args::rules::ListFormat;
use super::output::Output;
use super::{Outcome, show};

/// A path list, as PATH is one.
const VARIABLE: &str = "STORYSIEVE_RULES";

/// The files and folders that a run takes rules from, and what named them.
pub(crate) fn sources(args: &RuleArgs) -> Vec<(PathBuf, &'static str)> {
    let mut sources: Vec<(PathBuf, &'static str)> = args.rules.iter().map(|path| (path.clone(), "--rules")).collect();
    if !args.no_default_rules {
        if let Some(list) = std::env::var_os(VARIABLE) {
            sources.extend(std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).map(|path| (path, VARIABLE)));
        }
        if let Some(folders) = directories::BaseDirs::new() {
            let folder = folders.config_dir().join("storysieve").join("rules");
            // A folder that was made and not filled yet is no mistake; one that was asked for by name is.
            if folder.is_dir() && holds_rules(&folder, 8) {
                sources.push((folder, "the config folder"));
            }
        }
    }
    sources
}

/// The rules that a run uses. A file of one place is used instead of those of the same name in the places behind it.
pub(crate) fn gather(args: &RuleArgs) -> anyhow::Result<Rules> {
    let mut places: Vec<(&str, Rules)> = Vec::new();
    let mut seen = HashSet::new();
    for (path, named_by) in sources(args) {
        // The same file named twice, say by the environment and by hand, is one file.
        if seen.insert(fs::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
            let more = Rules::load(&path).with_context(|| format!("the rules given by {named_by} cannot be used"))?;
            match places.last_mut() {
                Some((place, rules)) if *place == named_by => {
                    *rules = std::mem::replace(rules, Rules::none()).merge(more).context("the rules cannot be used together")?;
                }
                _ => places.push((named_by, more)),
            }
        }
    }
    let last = if args.no_default_rules { Rules::none() } else { Rules::bundled() };
    Ok(places.into_iter().rev().fold(last, |farther, (_, rules)| rules.instead_of(farther)))
}

/// Says for a person which files are not used because others are.
pub(crate) fn tell_replaced(rules: &Rules) {
    for Replaced { file, by, whole, .. } in rules.replaced() {
        let what = if *whole { "" } else { "rules of " };
        show::note(&format!("{by} is used in place of {what}{file}"));
    }
}

/// `rules list`.
pub(crate) fn list(args: &RuleArgs, format: ListFormat) -> anyhow::Result<Outcome> {
    let gathered = gather(args)?;
    tell_replaced(&gathered);
    let rules = gathered.list();
    let mut out = Output::stdout();
    let text = match format {
        ListFormat::Text => table(&rules),
        ListFormat::Json => rules
            .iter()
            .map(|rule| {
                let line =
                    json!({"id": rule.id, "kind": rule.kind.name(), "file": rule.file, "line": rule.line, "name": rule.name});
                format!("{line}\n")
            })
            .collect(),
    };
    out.text(&text)?;
    out.finish().map(|()| Outcome::Written)
}

/// Is a rule file in the folder, or in those in it? Also yes when it cannot be read, so that reading it tells.
fn holds_rules(folder: &Path, depth: u32) -> bool {
    fs::read_dir(folder).map_or(true, |entries| {
        entries.flatten().any(|entry| {
            let path = entry.path();
            path.extension().is_some_and(|end| end == "toml") || depth > 0 && path.is_dir() && holds_rules(&path, depth - 1)
        })
    })
}

fn table(rules: &[RuleInfo]) -> String {
    let widest = |cell: fn(&RuleInfo) -> usize| rules.iter().map(cell).max().unwrap_or(0);
    let (id, kind) = (widest(|rule| rule.id.chars().count()), widest(|rule| rule.kind.name().len()));
    rules.iter().map(|rule| format!("{:id$}  {:kind$}  {}:{}\n", rule.id, rule.kind.name(), rule.file, rule.line)).collect()
}
