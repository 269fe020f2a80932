//! `rules import`: other programs' rules from the disk, rule files to the disk, and an account of what was dropped.
//!
//! It decides what a path holds (a folder of site configs, a filter list), where the files go and how the account reads. What a line
//! means is the library's. It must not know any foreign syntax beyond telling the two apart.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use serde_json::json;
use storysieve::Kind;
use storysieve::import::{Fate, Folder, Imported, filter_list, site_config};

use super::Outcome;
use super::output::Output;
use super::show;

/// What to convert, and where to.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportArgs {
    /// Folders of full-text site configs (example.com.txt), or single ones; cosmetic filter lists (EasyList, uBlock Origin, AdGuard)
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// The folder for the rule files, made if it is not there; without it the rules of a single file go to standard output
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,

    /// What the paths hold [default: a folder holds site configs, a file is looked into]
    #[arg(long, value_enum, value_name = "SORT")]
    from: Option<From>,

    /// The kind of all rules of filter lists [default: what their words say, or else ad]
    #[arg(long, value_name = "KIND", value_parser = super::args::kind(), hide_possible_values = true)]
    kind: Option<Kind>,

    /// Write what became of each line to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Replace rule files that are there already
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "\
Examples:
  Site configs, a rule file each:
    storysieve rules import ftr-site-config/ --to my-rules/

  A filter list, and what became of each of its lines:
    storysieve rules import easylist.txt --to my-rules/ --report import.jsonl

The licence of what is imported holds for what is made of it.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum From {
    SiteConfig,
    FilterList,
}

/// A converted file.
struct Made {
    source: PathBuf,
    /// The name of the rule file.
    name: String,
    imported: Imported,
}

pub(crate) fn run(args: &ImportArgs) -> anyhow::Result<Outcome> {
    let mut made = Vec::new();
    for path in &args.paths {
        read(args, path, &mut made)?;
    }
    let nothing = made.iter().all(|made| made.imported.rules.is_empty());
    if let Some(path) = &args.report {
        write_report(path, &made)?;
    }
    match &args.to {
        _ if nothing => {}
        Some(folder) => write_files(folder, &made, args.force)?,
        None => {
            let [only] = made.as_slice() else { bail!("the rules of several files need a folder: add --to FOLDER") };
            let mut out = Output::stdout();
            match out.write_all(only.imported.rules.as_bytes()) {
                Err(error) if !out.closed() => return Err(error).context("standard output cannot be written"),
                _ => out.finish()?,
            }
        }
    }
    show::say(&account(&made));
    if nothing {
        bail!("nothing could be carried over: give site configs or cosmetic filter lists, and say by --from which they are");
    }
    Ok(Outcome::Written)
}

fn read(args: &ImportArgs, path: &Path, made: &mut Vec<Made>) -> anyhow::Result<()> {
    let what = || format!("{} cannot be read", path.display());
    if !fs::metadata(path).with_context(what)?.is_dir() {
        let text = String::from_utf8_lossy(&fs::read(path).with_context(what)?).into_owned();
        made.push(convert(args.from.unwrap_or_else(|| looks_like(&text)), args, path, &text, &Folder::default()));
        return Ok(());
    }
    let entries = fs::read_dir(path).with_context(what)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files: Vec<_> = entries.collect::<Result<_, _>>().with_context(what)?;
    files.retain(|file| file.extension() == Some(OsStr::new("txt")) || name_of(file) == ".txt");
    files.sort();
    if files.is_empty() {
        bail!("{} holds no .txt file: give a folder of site configs, or a filter list", path.display());
    }
    let mut folder = Folder::default();
    let mut texts = Vec::new();
    for file in files {
        let bytes = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let name = name_of(&file);
        if name.to_ascii_uppercase().starts_with("LICEN") {
            folder.licence = text.lines().find(|line| !line.trim().is_empty()).map(str::to_owned);
        } else if !name.to_ascii_uppercase().starts_with("README") {
            folder.hosts.push(host_of(&name).to_owned());
            texts.push((file, text));
        }
    }
    for (file, text) in texts {
        made.push(convert(args.from.unwrap_or(From::SiteConfig), args, &file, &text, &folder));
    }
    Ok(())
}

fn convert(from: From, args: &ImportArgs, path: &Path, text: &str, folder: &Folder) -> Made {
    let name = name_of(path);
    let imported = match from {
        From::SiteConfig => site_config(&name, text, folder),
        From::FilterList => filter_list(&name, text, args.kind),
    };
    // A config for all subdomains has a dot in front, which would hide its rule file.
    let stem = if name.starts_with('.') { format!("{}-subdomains", host_of(&name)) } else { host_of(&name).to_owned() };
    Made { source: path.to_owned(), name: format!("{stem}.toml"), imported }
}

/// A filter list has filters with hosts or without; a site config has names of directives.
fn looks_like(text: &str) -> From {
    let list =
        |line: &str| line.starts_with("[Adblock") || line.starts_with("! ") || line.contains("##") || line.starts_with("||");
    let config =
        |line: &str| ["body:", "title:", "strip:", "test_url:", "strip_id_or_class:"].iter().any(|key| line.starts_with(key));
    match text.lines().map(str::trim).find(|line| list(line) || config(line)) {
        Some(line) if config(line) => From::SiteConfig,
        _ => From::FilterList,
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The host that a site config is named after.
fn host_of(name: &str) -> &str {
    let name = name.strip_suffix(".txt").unwrap_or(name);
    name.strip_prefix('.').unwrap_or(name)
}

fn write_files(folder: &Path, made: &[Made], force: bool) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let files: Vec<_> = made.iter().filter(|made| !made.imported.rules.is_empty()).collect();
    let there = files.iter().map(|made| folder.join(&made.name)).find(|path| path.exists());
    if let Some(path) = there.filter(|_| !force) {
        bail!("{} is there already, and may have been changed by hand: add --force to replace it", path.display());
    }
    for made in files {
        let path = folder.join(&made.name);
        // Thousands of files, which can be made again: not worth waiting for the disk at each.
        fs::write(&path, &made.imported.rules).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

fn write_report(path: &Path, made: &[Made]) -> anyhow::Result<()> {
    let mut out = Output::file(path)?;
    for made in made {
        for line in &made.imported.lines {
            let (fate, reason) = match &line.fate {
                Fate::Carried => ("carried", None),
                Fate::Needless(reason) => ("needless", Some(reason)),
                Fate::Dropped(reason) => ("dropped", Some(reason)),
                _ => ("unknown", None),
            };
            let line = json!({
                "file": made.source.display().to_string(), "line": line.number, "sort": line.sort, "text": line.text,
                "fate": fate, "reason": reason,
            });
            writeln!(out, "{line}").with_context(|| format!("{} cannot be written", path.display()))?;
        }
    }
    out.finish()
}

/// Reasons, how often each was given, and a place of the first.
type Reasons<'a> = BTreeMap<&'a str, (usize, &'a Made, u32)>;

/// What a person wants to know: how much was carried over, and why the rest was not.
fn account(made: &[Made]) -> String {
    let (mut carried, mut needless, mut dropped) = (0, 0, 0);
    let (mut why_not_needed, mut why_dropped) = (Reasons::new(), Reasons::new());
    for made in made {
        let counts = made.imported.counts();
        (carried, needless, dropped) = (carried + counts.0, needless + counts.1, dropped + counts.2);
        for line in &made.imported.lines {
            let (reasons, reason) = match &line.fate {
                Fate::Needless(reason) => (&mut why_not_needed, reason),
                Fate::Dropped(reason) => (&mut why_dropped, reason),
                _ => continue,
            };
            reasons.entry(reason).or_insert((0, made, line.number)).0 += 1;
        }
    }
    let files = made.iter().filter(|made| !made.imported.rules.is_empty()).count();
    let mut text = format!(
        "{} lines of rules: {carried} carried over into {files} file{}, {needless} not needed here, {dropped} dropped\n",
        carried + needless + dropped,
        if files == 1 { "" } else { "s" }
    );
    for (title, reasons) in [("not needed, because", why_not_needed), ("dropped, because each of them", why_dropped)] {
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, (count, ..))| usize::MAX - count);
        if !reasons.is_empty() {
            text.push_str(&format!("{title} (one place of each in brackets)\n"));
        }
        for (reason, (count, made, line)) in reasons {
            let reason = show::wrapped(&format!("{reason} ({}:{line})", name_of(&made.source)), 9);
            text.push_str(&format!("{count:>7}  {reason}\n"));
        }
    }
    text
}
