//! `rules fmt`: rule files laid out the same way, with every comment where it was.
//!
//! It decides the layout: keys in the order of the README, one blank line before a table, lists that are too long for a line broken into one
//! entry a line. What a file means must not change, and that is checked for each before it is written. It must not know what rules do.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use toml_edit::{Array, DocumentMut, Item, RawString, Table, TableLike, Value};

use super::args::rules::FmtArgs;
use super::output::Output;
use super::{Outcome, show};

/// Columns of a line, as in the rest of the project.
const WIDTH: usize = 130;

/// The order of keys in their tables; what is not named here comes last, as it was.
const ORDER: [&str; 34] = [
    "schema",
    "language",
    "name",
    "hosts",
    "paths",
    "checked",
    "disable",
    "leftovers",
    "story",
    "id",
    "role",
    "kind",
    "weight",
    "phrases",
    "select",
    "title",
    "author",
    "date",
    "keep",
    "text",
    "from",
    "to",
    "max_blocks",
    "max_chars",
    "has",
    "unless_has",
    "remove",
    "cue",
    "url",
    "html",
    "fixture",
    "gone",
    "stays",
    "test",
];

/// `rules fmt`.
pub(crate) fn fmt(args: &FmtArgs) -> anyhow::Result<Outcome> {
    if let [path] = &args.paths[..]
        && path == Path::new("-")
    {
        return standard_input(args);
    }
    let mut files = Vec::new();
    for path in &args.paths {
        collect(path, &mut files).with_context(|| format!("{} cannot be read", path.display()))?;
    }
    files.sort();
    files.dedup();
    if files.is_empty() {
        bail!("no .toml file is in {}: give a folder with rule files, or a rule file", show::list(&args.paths));
    }
    let (mut changed, mut wrong) = (0, 0);
    for path in &files {
        let name = path.display();
        let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
        match formatted(&text) {
            Ok(new) if new == text => {}
            Ok(new) => {
                changed += 1;
                if args.check {
                    show::note(&format!("{name} is not formatted"));
                } else {
                    let mut out = Output::file(path)?;
                    out.write_all(new.as_bytes()).with_context(|| format!("{name} cannot be written"))?;
                    out.finish()?;
                }
            }
            Err(error) => {
                wrong += 1;
                show::note(&format!("{name}: {error}"));
            }
        }
    }
    let files = show::count(files.len(), "file");
    let mut out = Output::stdout();
    match (args.check, changed) {
        (_, 0) if wrong > 0 => {}
        (_, 0) => out.text(&format!("ok: {files} formatted already\n"))?,
        (true, _) => out.text(&format!("{changed} of {files} would change; run `storysieve rules fmt` to format\n"))?,
        (false, _) => out.text(&format!("formatted {changed} of {files}\n"))?,
    }
    out.finish()?;
    Ok(match (wrong, args.check && changed > 0) {
        (0, false) => Outcome::Written,
        (0, true) => Outcome::Unmet,
        _ => Outcome::Wrong,
    })
}

/// For editors, which format what is not saved yet.
fn standard_input(args: &FmtArgs) -> anyhow::Result<Outcome> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
    let new = formatted(&text)?;
    if args.check {
        return Ok(if new == text { Outcome::Written } else { Outcome::Unmet });
    }
    let mut out = Output::stdout();
    out.text(&new)?;
    out.finish().map(|()| Outcome::Written)
}

/// The rule files at a path. Fixture folders hold TOML that is no rule file.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    if path.join("case.toml").is_file() {
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if kind.is_dir() && !hidden {
            collect(&path, files)?;
        } else if kind.is_file() && !hidden && path.extension().is_some_and(|end| end == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

/// The text, laid out.
pub(crate) fn formatted(text: &str) -> anyhow::Result<String> {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut document: DocumentMut = match bare.parse() {
        Ok(document) => document,
        Err(_) => bail!("this is not valid TOML, so it was left alone; `storysieve rules check` says what is wrong"),
    };
    let before = Some(said(document.as_table()));
    let header = take_header(document.as_table_mut());
    table(document.as_table_mut(), true);
    let trailing = trimmed_comments(document.trailing().as_str().unwrap_or_default());
    document.set_trailing(if trailing.is_empty() { String::new() } else { format!("\n{}\n", trailing.trim_end()) });
    let new = document.to_string();
    let new = format!("{header}{}\n", new.trim_start_matches('\n').trim_end());
    // A mistake here would be one nobody looks for.
    if new.parse::<DocumentMut>().map(|new| said(new.as_table())).ok() != before {
        bail!("formatting would change what this file means, so it was left alone; please report this");
    }
    Ok(new)
}

/// What a table says, whatever its layout and the order of its keys.
fn said(table: &dyn TableLike) -> String {
    let mut pairs: Vec<_> = table.iter().map(|(key, item)| format!("{key:?}: {}", said_by(item))).collect();
    pairs.sort();
    format!("{{{}}}", pairs.join(", "))
}

fn said_by(item: &Item) -> String {
    match item {
        Item::None => String::new(),
        Item::Table(table) => said(table),
        Item::ArrayOfTables(tables) => format!("[{}]", tables.iter().map(|table| said(table)).collect::<Vec<_>>().join(", ")),
        Item::Value(value) => said_in(value),
    }
}

fn said_in(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", text.value()),
        Value::Integer(number) => number.value().to_string(),
        Value::Float(number) => number.value().to_string(),
        Value::Boolean(yes) => yes.value().to_string(),
        Value::Datetime(day) => day.value().to_string(),
        Value::Array(values) => format!("[{}]", values.iter().map(said_in).collect::<Vec<_>>().join(", ")),
        Value::InlineTable(table) => said(table),
    }
}

/// The comment at the top of the file, if a blank line sets it off from the first key: it is the file's, wherever that key goes.
fn take_header(root: &mut Table) -> String {
    let Some((mut key, _)) = root.iter_mut().next() else { return String::new() };
    let before = trimmed_comments(key.leaf_decor().prefix().and_then(RawString::as_str).unwrap_or_default());
    let raw = key.leaf_decor().prefix().and_then(RawString::as_str).unwrap_or_default();
    let (header, own) = if is_apart(raw) { (before.as_str(), "") } else { before.rsplit_once("\n\n").unwrap_or(("", &before)) };
    let header = if header.is_empty() { String::new() } else { format!("{}\n\n", header.trim_end()) };
    key.leaf_decor_mut().set_prefix(own);
    header
}

/// Tables keep their order: tests may stand behind the rule they are for.
fn table(table: &mut Table, is_root: bool) {
    let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    table.sort_values_by(|one, _, other, _| rank(one.get()).cmp(&rank(other.get())));
    if !is_root {
        let raw = table.decor().prefix().and_then(RawString::as_str).unwrap_or_default();
        let before = trimmed_comments(raw);
        // A comment that is set off heads what follows, and is not the next table's alone.
        let apart = if !before.is_empty() && is_apart(raw) { "\n" } else { "" };
        table.decor_mut().set_prefix(format!("\n{before}{apart}"));
        let behind = behind(table.decor().suffix());
        table.decor_mut().set_suffix(behind);
    }
    let mut first = true;
    for (mut key, item) in table.iter_mut() {
        match item {
            Item::Value(value) => {
                let before = trimmed_comments(key.leaf_decor().prefix().and_then(RawString::as_str).unwrap_or_default());
                let raw = key.leaf_decor().prefix().and_then(RawString::as_str).unwrap_or_default();
                // A blank line between keys stays.
                let above = if !first && (raw.starts_with('\n') || raw.starts_with("\r\n")) { "\n" } else { "" };
                key.leaf_decor_mut().set_prefix(format!("{above}{before}"));
                key.leaf_decor_mut().set_suffix(" ");
                let name = key.get().to_owned();
                self::value(value, name.chars().count() + 3);
            }
            Item::Table(inner) => self::table(inner, false),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(|inner| self::table(inner, false)),
            Item::None => {}
        }
        first = false;
    }
}

/// A value behind ` = `, `taken` columns into its line.
fn value(value: &mut Value, taken: usize) {
    let behind = behind(value.decor().suffix());
    if let Value::Array(array) = value {
        self::array(array, taken, behind.chars().count());
    }
    value.decor_mut().set_prefix(" ");
    value.decor_mut().set_suffix(behind);
}

/// An array with a comment in it keeps its lines. Where its writer began a line, one begins: entries may be grouped by lines. A line that
/// is too long is broken, and an array that does not fit on its own line gets lines of its own.
fn array(array: &mut Array, taken: usize, behind: usize) {
    let raw = |decor: Option<&RawString>| decor.and_then(RawString::as_str).unwrap_or_default().to_owned();
    let layout: String = array
        .iter()
        .map(|value| raw(value.decor().prefix()) + &raw(value.decor().suffix()))
        .chain([array.trailing().as_str().unwrap_or_default().to_owned()])
        .collect();
    if layout.contains('#') || array.is_empty() {
        return;
    }
    let begins: Vec<bool> = array.iter().map(|value| raw(value.decor().prefix()).contains('\n')).collect();
    for value in array.iter_mut() {
        value.decor_mut().clear();
    }
    let entries: Vec<String> = array.iter().map(|value| value.to_string().trim().to_owned()).collect();
    let long = taken + entries.join(", ").chars().count() + 2 + behind > WIDTH;
    let lines = layout.contains('\n') || long;
    let mut column = 0;
    for (index, (value, entry)) in array.iter_mut().zip(&entries).enumerate() {
        let width = entry.chars().count() + ", ".len();
        let new_line = lines && (index == 0 || begins[index] || column + width > WIDTH);
        column = if new_line { width + 2 } else { column + width };
        value.decor_mut().set_prefix(match index {
            _ if new_line => "\n  ",
            0 => "",
            _ => " ",
        });
        value.decor_mut().set_suffix("");
    }
    array.set_trailing(if lines { "\n" } else { "" });
    array.set_trailing_comma(lines);
}

/// A comment at the end of a line, one space before it.
fn behind(suffix: Option<&RawString>) -> String {
    let comment = suffix.and_then(RawString::as_str).unwrap_or_default().trim();
    if comment.is_empty() { String::new() } else { format!(" {comment}") }
}

/// Does a blank line stand between the comments above something and that?
fn is_apart(before: &str) -> bool {
    before.trim_end_matches([' ', '\t']).replace('\r', "").ends_with("\n\n")
}

/// The comment lines above a key or a table, without the blank lines around them; one blank line between two comments stays.
fn trimmed_comments(before: &str) -> String {
    let mut out = String::new();
    let mut blank = false;
    for line in before.lines().map(str::trim) {
        if line.is_empty() {
            blank = !out.is_empty();
            continue;
        }
        if blank {
            out.push('\n');
        }
        blank = false;
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::formatted;

    #[test]
    fn the_layout_is_that_of_the_readme_and_comments_stay() {
        let before = "# The top.\n\n\n  # Of the name.\nname='Harbour'  # here\nschema=1\n\n\n\n# Of the box.\n[[remove]] # and here\nmax_chars=20\n\
            text=[ 'a ship','b boat' ]\nkind   = \"ad\"\n# Of the id.\nid='box'\n[[test]]\nstays = ['x y']\nhtml='''\n<p>  x y\n'''\n# The end.\n";
        let after = "# The top.\n\nschema = 1\n# Of the name.\nname = 'Harbour' # here\n\n# Of the box.\n[[remove]] # and here\n# Of the id.\nid = 'box'\n\
            kind = \"ad\"\ntext = ['a ship', 'b boat']\nmax_chars = 20\n\n[[test]]\nhtml = '''\n<p>  x y\n'''\nstays = ['x y']\n\n# The end.\n";
        assert_eq!(formatted(before).unwrap(), after);
        assert_eq!(formatted(after).unwrap(), after);
    }

    #[test]
    fn a_comment_that_heads_several_tables_stays_set_off() {
        let text = "schema = 1\n\n# Of boats\n\n# Of the first.\n[[test]]\nhtml = ''\n\n# Of rope\n\n[[test]]\nhtml = ''\n";
        assert_eq!(formatted(text).unwrap(), text);
        assert_eq!(formatted(&text.replace("\n\n", "\n\n\n")).unwrap(), text);
    }

    #[test]
    fn lists_keep_their_manner_and_their_width() {
        let long =
            |entries: usize, between: &str| (0..entries).map(|n| format!("'phrase {n:03}'")).collect::<Vec<_>>().join(between);
        let widest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap();
        for (what, list, lines) in [
            ("short on one line", long(3, ","), 1),
            ("long on one line", long(30, ","), 6),
            ("one entry a line", format!("\n{}", long(3, ",\n")), 5),
            ("groups of entries", format!("\n{}", long(30, " ,").replacen(",", ",\n", 1)), 7),
            ("with a comment", "\n  'a ship', # of oak\n     'b boat',\n".to_owned(), 4),
            ("empty", " ".to_owned(), 1),
        ] {
            let text = format!("schema = 1\nleftovers = [{list}]\n");
            let new = formatted(&text).unwrap();
            assert_eq!(new.lines().count(), lines + 1, "{what}:\n{new}");
            assert!(widest(&new) <= 130, "{what}:\n{new}");
            assert_eq!(formatted(&new).unwrap(), new, "{what}");
        }
    }

    #[test]
    fn what_is_no_toml_is_left_alone() {
        assert!(formatted("schema = = 1").unwrap_err().to_string().contains("rules check"));
        assert_eq!(formatted("\u{feff}schema=1\r\nname='x'\r\n").unwrap(), "schema = 1\nname = 'x'\n");
    }
}
