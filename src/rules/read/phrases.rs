//! What a rule says of a text: phrases and regexes, checked and folded.
//!
//! Refuses what would hit every block (a phrase of a letter, a regex that matches nothing at all, `none` alone) and what can hit none
//! (a phrase that another part forbids, a regex for characters that folding takes away). Which block is held against it is for the matcher.
//! It must not know any page.

use toml::de::DeValue;

use super::keys::Table;
use super::walk::{Text, Value, Walk, shorten, shorten_to};
use crate::rules::TextTest;
use crate::rules::pattern::Pattern;
use crate::text;

const EXAMPLE: &str = "[\"enjoying ad-free content\"]";

/// A text test with the places of its phrases.
#[derive(Default)]
pub(super) struct Read {
    pub(super) test: TextTest,
    /// Phrases of `any` and `all` with their places.
    pub(super) wanted: Vec<(usize, String)>,
}

/// Reads `text`: a phrase, an array of phrases, a table, or an array that has tables among its phrases. Whatever the form, the phrases
/// of all parts come together in one test.
pub(super) fn read(walk: &mut Walk<'_>, value: &Value<'_>) -> Read {
    let mut read = Read::default();
    match value.get_ref() {
        DeValue::Table(_) => table(walk, value, &mut read),
        DeValue::String(_) => {
            if let Some(one) = walk.text("text", value, EXAMPLE) {
                any(walk, &one, &mut read);
            }
        }
        _ => {
            let values = walk.array("text", value, "an array of phrases or a table", EXAMPLE);
            for value in values.into_iter().flatten() {
                if let DeValue::Table(_) = value.get_ref() {
                    table(walk, value, &mut read);
                } else if let Some(one) = walk.item("text", value) {
                    any(walk, &one, &mut read);
                }
            }
        }
    }
    check_whole(walk, value, &read);
    read
}

/// A regex; one of a file that comes with the crate is compiled when a page needs it.
pub(super) fn regex(walk: &mut Walk<'_>, key: &str, source: &Text<'_>) -> Option<Pattern> {
    if walk.trusts() {
        return Some(Pattern::trusted(source.text));
    }
    let at = source.span.start;
    match Pattern::compiled(source.text) {
        Ok(regex) if key == "regex" && regex.is_match("") => {
            let help = "write something that must be there: take off the `*` or `?` that makes all of it optional";
            walk.error(at, "this regex matches an empty text, so it would hit every block", help);
            None
        }
        Ok(regex) => Some(regex),
        Err(regex::Error::CompiledTooBig(_)) => {
            walk.error(at, "this regex is too large when compiled", "use smaller repeat counts, or `[a-z]` for `\\w`");
            None
        }
        Err(error) => {
            let error = error.to_string();
            let line = error.lines().rev().find_map(|line| line.strip_prefix("error: "));
            let reason = shorten_to(line.unwrap_or_else(|| error.lines().last().unwrap_or_default()), 160);
            let help = "write it as Rust's regex crate has it: a backslash before a sign that is meant as itself, no look-around, no back-references";
            walk.error(at, format!("this regex is wrong: {reason}"), help);
            None
        }
    }
}

fn any(walk: &mut Walk<'_>, one: &Text<'_>, read: &mut Read) {
    if let Some(phrase) = phrase(walk, one) {
        read.wanted.push((one.span.start, phrase.clone()));
        read.test.any.push(phrase);
    }
}

fn table(walk: &mut Walk<'_>, value: &Value<'_>, read: &mut Read) {
    let DeValue::Table(table) = value.get_ref() else { return };
    walk.unknown_keys(Table::Text, table);
    if table.is_empty() {
        let help = "write one of { any = [...] }, { all = [...] }, { none = [...] }, { regex = '...' }";
        walk.error(value.span().start, "this text table is empty", help);
    }
    for (key, into) in [("any", &mut read.test.any), ("all", &mut read.test.all), ("none", &mut read.test.none)] {
        let Some(value) = table.get(key) else { continue };
        for one in walk.texts(key, value, EXAMPLE) {
            let Some(phrase) = phrase(walk, &one) else { continue };
            if key != "none" {
                read.wanted.push((one.span.start, phrase.clone()));
            }
            into.push(phrase);
        }
    }
    let Some(value) = table.get("regex") else { return };
    let Some(source) = walk.text("regex", value, "'\\bad-?free\\b'") else { return };
    if read.test.regex.is_some() {
        walk.error(source.span.start, "a text has one regex, and this is the second", "join the two: '(?:one|other)'");
        return;
    }
    check_folded(walk, &source);
    read.test.regex = regex(walk, "regex", &source);
}

/// A phrase in folded form. A space at one of its ends stays: a word begins or ends there.
fn phrase(walk: &mut Walk<'_>, one: &Text<'_>) -> Option<String> {
    let folded = text::fold(one.text);
    let least = if folded.chars().any(is_dense) { 2 } else { 3 };
    let help = "write some words of the notice";
    if folded.is_empty() {
        walk.error(one.span.start, "this phrase is empty: it holds only characters that do not show", help);
    } else if !folded.chars().any(char::is_alphanumeric) {
        walk.error(one.span.start, "this phrase has no letter and no digit, so it would hit everything", help);
    } else if folded.chars().count() < least {
        let message = format!("the phrase {:?} is too short: it would hit everything", shorten(one.text));
        walk.error(one.span.start, message, help);
    } else {
        return Some(folded_phrase(one.text));
    }
    None
}

/// A phrase as it is compared: folded, with a space at its ends where the edge of a word is asked for.
pub(crate) fn folded_phrase(text: &str) -> String {
    let edge = |is_space: bool| if is_space { " " } else { "" };
    let (before, behind) = (text.starts_with(char::is_whitespace), text.ends_with(char::is_whitespace));
    format!("{}{}{}", edge(before), text::fold(text), edge(behind))
}

fn check_whole(walk: &mut Walk<'_>, value: &Value<'_>, read: &Read) {
    let TextTest { any, all, none, regex } = &read.test;
    if any.is_empty() && all.is_empty() && regex.is_none() && !none.is_empty() && !names_more(value) {
        let help = "add `any`, `all` or `regex` for what the notice does say";
        walk.error(value.span().start, "`none` alone would hit every other text", help);
    }
    for (at, phrase) in &read.wanted {
        if let Some(never) = none.iter().find(|never| format!(" {phrase} ").contains(never.as_str())) {
            let message = format!("the phrase {:?} can never hit: `none` forbids {:?}", shorten(phrase), shorten(never));
            walk.error(*at, message, "take one of the two out");
        }
    }
}

/// Parts other than `none` were written, and found wrong; that is enough said.
fn names_more(value: &Value<'_>) -> bool {
    match value.get_ref() {
        DeValue::Table(table) => ["any", "all", "regex"].iter().any(|key| table.contains_key(*key)),
        DeValue::Array(values) => values.iter().any(names_more),
        _ => true,
    }
}

/// A character that folding changes is in no folded text. Inside brackets it does no harm: there it is one of several.
fn check_folded(walk: &mut Walk<'_>, source: &Text<'_>) {
    let mut brackets = 0_u32;
    let mut escaped = false;
    for (offset, c) in source.text.char_indices() {
        match c {
            _ if escaped => {}
            '[' => brackets += 1,
            ']' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if brackets > 0 || c.is_ascii() {
            continue;
        }
        let folded = text::fold(c.encode_utf8(&mut [0; 4]));
        if !c.to_lowercase().eq(folded.chars()) {
            let at = walk.inside(source, offset);
            let message = format!("this regex wants {c:?}, which no text has once it is folded");
            let help = if folded.is_empty() { "take it out, or write a space".to_owned() } else { format!("write {folded:?}") };
            walk.error(at, message, help);
        }
    }
}

/// Is the character one of a script in which two of them make a word?
fn is_dense(c: char) -> bool {
    text::is_unspaced(c) || matches!(c, '\u{ac00}'..='\u{d7af}')
}
