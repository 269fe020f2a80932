//! `[[remove]]`: which of the three ways a rule goes, and whether it has what that way needs.
//!
//! Phrases are [`phrases`]'s, selectors the selector parser's. It must not know how a rule is matched.

use rustc_hash::FxHashMap;
use toml::de::{DeTable, DeValue};

use super::keys::{self, Table};
use super::phrases;
use super::walk::{Value, Walk, shorten};
use crate::rules::host::Hosts;
use crate::rules::{Kind, RemoveRule, TextTest, What};
use crate::selector::SelectorList;
use crate::selector::parse::{self as selector, SelectorError};

const MAX_CHARS: u32 = 1_000_000;
const MAX_BLOCKS: u32 = 1_000_000;
/// What most notices keep within; named in help.
const USUAL_CHARS: u32 = 600;
const USUAL_RUN_CHARS: u32 = 4000;
const USUAL_BLOCKS: u32 = 12;

/// Reads one rule; `at` is where its `[[remove]]` stands, `ids` the ids of those before it with their lines. None: something was wrong.
pub(super) fn read<'t>(
    walk: &mut Walk<'_>,
    at: usize,
    table: &'t DeTable<'_>,
    ids: &mut FxHashMap<&'t str, u32>,
) -> Option<RemoveRule> {
    walk.unknown_keys(Table::Remove, table);
    let id = id(walk, at, table, ids);
    let kind = kind(walk, at, table);
    let hosts = table.get("hosts").map(|value| hosts(walk, value));
    let has = table.get("has").map(|value| inside(walk, "has", value, "[\"a.sponsor\"]")).unwrap_or_default();
    if let Some((key, _)) = table.get_key_value("has")
        && !table.contains_key("select")
        && !table.contains_key("from")
        && !table.contains_key("to")
    {
        let help = "name with `select` the elements that may go if they hold it";
        walk.error(key.span().start, "`has` is for rules with `select`", help);
    }
    let unless_has = table.get("unless_has").map(|value| inside(walk, "unless_has", value, "[\"h1\", \"article\"]"));
    let what = what(walk, at, table);
    Some(RemoveRule {
        id: id?.to_owned(),
        kind: kind?,
        line: walk.line(at),
        hosts: hosts.unwrap_or_default(),
        has,
        unless_has: unless_has.unwrap_or_default(),
        what: what?,
    })
}

/// The hosts of a file or a rule.
pub(super) fn hosts(walk: &mut Walk<'_>, value: &Value<'_>) -> Hosts {
    let texts = walk.texts("hosts", value, "[\"example.com\"]");
    let patterns: Vec<_> = texts.iter().map(|text| text.text).collect();
    match Hosts::parse(&patterns) {
        Ok(hosts) => hosts,
        Err(errors) => {
            for error in errors {
                let at = texts.get(error.index).map_or(value.span().start, |text| text.span.start);
                walk.error(at, error.message, error.help);
            }
            Hosts::default()
        }
    }
}

/// A list of selectors; wrong ones are reported and left out.
pub(super) fn selectors(walk: &mut Walk<'_>, key: &str, value: &Value<'_>, example: &str) -> Vec<SelectorList> {
    list(walk, key, value, example, selector::parse)
}

/// The same for what an element holds.
fn inside(walk: &mut Walk<'_>, key: &str, value: &Value<'_>, example: &str) -> Vec<SelectorList> {
    list(walk, key, value, example, selector::parse_inside)
}

fn list(
    walk: &mut Walk<'_>,
    key: &str,
    value: &Value<'_>,
    example: &str,
    parse: fn(&str) -> Result<SelectorList, SelectorError>,
) -> Vec<SelectorList> {
    let mut lists = Vec::new();
    for source in walk.texts(key, value, example) {
        match parse(source.text) {
            Ok(list) => lists.push(list),
            Err(error) => {
                let at = walk.inside(&source, error.offset);
                walk.error(at, format!("the selector {:?} is wrong: {}", shorten(source.text), error.message), error.help);
            }
        }
    }
    lists
}

/// What ids and the names of fixtures are made of.
pub(super) fn is_slug(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// The nearest text that [`is_slug`] takes.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().take(60) {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "ad-free-box".to_owned() } else { slug.to_owned() }
}

fn id<'t>(walk: &mut Walk<'_>, at: usize, table: &'t DeTable<'_>, ids: &mut FxHashMap<&'t str, u32>) -> Option<&'t str> {
    let Some(value) = table.get("id") else {
        walk.error(at, "this rule has no id", "write id = \"ad-free-box\", or another name that no rule of this file has");
        return None;
    };
    let id = walk.text("id", value, "\"ad-free-box\"")?;
    if !is_slug(id.text) {
        let message = format!("the id {:?} has other characters than a-z, 0-9 and -", shorten(id.text));
        walk.error(id.span.start, message, format!("write {:?}", slug(id.text)));
        return None;
    }
    if let Some(line) = ids.get(id.text) {
        let message = format!("the id {:?} is taken by the rule of line {line}", shorten(id.text));
        walk.error(id.span.start, message, "give one of the two another id");
        return None;
    }
    ids.insert(id.text, walk.line(at));
    Some(id.text)
}

fn kind(walk: &mut Walk<'_>, at: usize, table: &DeTable<'_>) -> Option<Kind> {
    let names = Kind::ALL.map(Kind::name);
    let Some(value) = table.get("kind") else {
        walk.error(at, "this rule has no kind", format!("write kind = \"...\" with one of {}", names.join(", ")));
        return None;
    };
    let kind = walk.text("kind", value, "\"ad-free\"")?;
    if let Some(known) = Kind::ALL.into_iter().find(|known| known.name() == kind.text) {
        return Some(known);
    }
    let help = match keys::nearest(kind.text, names.into_iter()) {
        Some(near) => format!("write {near:?}; the kinds are {}", names.join(", ")),
        None => format!("the kinds are {}", names.join(", ")),
    };
    walk.error(kind.span.start, format!("there is no kind {:?}", shorten(kind.text)), help);
    None
}

fn what(walk: &mut Walk<'_>, at: usize, table: &DeTable<'_>) -> Option<What> {
    if table.contains_key("from") || table.contains_key("to") {
        return run(walk, at, table);
    }
    if let Some(value) = table.get("max_blocks") {
        let help = "take it out; the bound of a text rule is `max_chars`";
        walk.error(value.span().start, "`max_blocks` is for rules with `from` and `to`", help);
    }
    let select = table.get("select").map(|value| selectors(walk, "select", value, "[\".contribute-banner\"]"));
    let max_chars = bound(walk, table, "max_chars", MAX_CHARS, USUAL_CHARS);
    let Some(value) = table.get("text") else {
        if let Some(value) = table.get("max_chars") {
            let help = "take it out, or say with `text` what the element must hold";
            walk.error(value.span().start, "`max_chars` is for rules with a text; without one an element goes at once", help);
        }
        if select.is_none() {
            let help = "write `select` for markup, `text` for words, or `from` and `to` for what stands between two texts";
            walk.error(at, "this rule does not say what to remove", help);
        }
        return Some(What::Markup { select: select? });
    };
    let read = phrases::read(walk, value);
    let max_chars = need(walk, at, table, max_chars, "max_chars", USUAL_CHARS)?;
    for (at, phrase) in &read.wanted {
        let chars = phrase.trim().chars().count();
        if chars > max_chars as usize {
            let message = format!("this phrase can never hit: it has {chars} characters, and `max_chars` is {max_chars}");
            walk.error(*at, message, "raise `max_chars`, or write a shorter piece of the notice");
        }
    }
    Some(What::Text { select: select.unwrap_or_default(), text: read.test, max_chars })
}

fn run(walk: &mut Walk<'_>, at: usize, table: &DeTable<'_>) -> Option<What> {
    for (key, help) in [
        ("select", "take `select` out, or make it a rule of its own"),
        ("text", "take `text` out, or make it a rule of its own"),
        ("has", "take it out; what must stand in between is for `to` to say"),
        ("unless_has", "take it out; what must not be in between is said by `max_blocks` and `max_chars`"),
    ] {
        if let Some((key, _)) = table.get_key_value(key) {
            let name = key.get_ref();
            walk.error(key.span().start, format!("a rule with `from` and `to` has no `{name}`"), help);
        }
    }
    let from = end(walk, at, table, "from", "to");
    let to = end(walk, at, table, "to", "from");
    let max_blocks = bound(walk, table, "max_blocks", MAX_BLOCKS, USUAL_BLOCKS);
    let max_blocks = need(walk, at, table, max_blocks, "max_blocks", USUAL_BLOCKS);
    let max_chars = bound(walk, table, "max_chars", MAX_CHARS, USUAL_RUN_CHARS);
    let max_chars = need(walk, at, table, max_chars, "max_chars", USUAL_RUN_CHARS);
    Some(What::Run { from: from?, to: to?, max_blocks: max_blocks?, max_chars: max_chars? })
}

fn end(walk: &mut Walk<'_>, at: usize, table: &DeTable<'_>, key: &str, other: &str) -> Option<TextTest> {
    let example = format!("{key} = {{ text = [\"a message from\"] }}");
    let Some(value) = table.get(key) else {
        walk.error(at, format!("this rule has `{other}` and no `{key}`"), format!("write {example}"));
        return None;
    };
    let DeValue::Table(end) = value.get_ref() else {
        walk.wrong_type(key, value, "a table with a text", format!("write {example}"));
        return None;
    };
    walk.unknown_keys(Table::End, end);
    let Some(text) = end.get("text") else {
        walk.error(value.span().start, format!("`{key}` has no text"), format!("write {example}"));
        return None;
    };
    Some(phrases::read(walk, text).test)
}

fn bound(walk: &mut Walk<'_>, table: &DeTable<'_>, key: &str, max: u32, usual: u32) -> Option<u32> {
    table.get(key).and_then(|value| walk.number(key, value, max, usual))
}

/// A bound that must be there; one that was there and wrong has been reported.
fn need(walk: &mut Walk<'_>, at: usize, table: &DeTable<'_>, bound: Option<u32>, key: &str, usual: u32) -> Option<u32> {
    if !table.contains_key(key) {
        let message = format!("this rule has no `{key}`, and without bounds nothing can be decided while a page passes");
        walk.error(at, message, format!("write what the largest such notice has, as in {key} = {usual}"));
    }
    bound
}
