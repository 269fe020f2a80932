//! A rule file from its top: what it says of itself, `[story]`, `[[test]]`.
//!
//! Rules are [`remove`]'s. It must not know where a file comes from.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::keys::Table;
use super::walk::{Text, Value, Walk, shorten};
use super::{cues, phrases, remove};
use crate::rules::{RuleFile, RuleTest, StoryRule, TestPage};
use crate::text;

/// The language this crate reads.
const SCHEMA: u32 = 1;

/// Reads a file. What comes back is only right if the walk has found no mistake. None: the file is for a newer storysieve.
pub(super) fn file(walk: &mut Walk<'_>, table: &DeTable<'_>, source: &str, prefix: &str) -> Option<RuleFile> {
    if !schema(walk, table) {
        return None;
    }
    walk.unknown_keys(Table::Top, table);
    let mut file = RuleFile {
        source: source.to_owned(),
        prefix: prefix.to_owned(),
        name: table
            .get("name")
            .and_then(|value| walk.text("name", value, "\"The Moscow Times\""))
            .map(|name| name.text.to_owned()),
        hosts: table.get("hosts").map(|value| remove::hosts(walk, value)).unwrap_or_default(),
        paths: Vec::new(),
        checked: table.get("checked").and_then(|value| date(walk, value)),
        disable: table.get("disable").map(|value| disable(walk, value)).unwrap_or_default(),
        leftovers: table.get("leftovers").map(|value| leftovers(walk, value)).unwrap_or_default(),
        story: table.get("story").map(|value| story(walk, value)),
        remove: Vec::new(),
        language: None,
        cues: Arc::default(),
        tests: Vec::new(),
    };
    if let Some(value) = table.get("paths") {
        for path in walk.texts("paths", value, "['^/\\d{4}/']") {
            file.paths.extend(phrases::regex(walk, "paths", &path));
        }
    }
    if let Some(value) = table.get("remove") {
        let mut ids = FxHashMap::default();
        for (at, table) in walk.tables("remove", value) {
            file.remove.extend(remove::read(walk, at, table, &mut ids));
        }
    }
    cues::read(walk, table, &mut file);
    if let Some(value) = table.get("test") {
        for (at, table) in walk.tables("test", value) {
            file.tests.extend(test(walk, at, table));
        }
    }
    // They stay as long as the program runs, some thousands to a file.
    file.remove.shrink_to_fit();
    file.tests.shrink_to_fit();
    Some(file)
}

/// False: nothing else of the file is to be read, since it may mean something else.
fn schema(walk: &mut Walk<'_>, table: &DeTable<'_>) -> bool {
    let help = format!("write schema = {SCHEMA}");
    let Some(value) = table.get("schema") else {
        walk.error(0, "`schema` is missing", format!("{help} in the first line"));
        return true;
    };
    let at = value.span().start;
    let DeValue::Integer(number) = value.get_ref() else {
        walk.wrong_type("schema", value, "a whole number", help);
        return true;
    };
    match i128::from_str_radix(number.as_str(), number.radix()) {
        Ok(n) if n == i128::from(SCHEMA) => true,
        Ok(n) if n < i128::from(SCHEMA) => {
            walk.error(at, format!("there is no schema {n}"), help);
            true
        }
        _ => {
            let message = format!("this file is written for a newer storysieve: its schema is {}", shorten(number.as_str()));
            walk.error(at, message, format!("update storysieve; this one reads schema {SCHEMA}"));
            false
        }
    }
}

fn date(walk: &mut Walk<'_>, value: &Value<'_>) -> Option<String> {
    let help = "write the day alone, without quotes: checked = 2026-11-23";
    match value.get_ref() {
        DeValue::Datetime(day) if day.time.is_none() && day.offset.is_none() => day.date.map(|date| date.to_string()),
        DeValue::Datetime(_) => {
            walk.error(value.span().start, "`checked` must be a day, and this has a time", help);
            None
        }
        _ => {
            walk.wrong_type("checked", value, "a day", help);
            None
        }
    }
}

fn disable(walk: &mut Walk<'_>, value: &Value<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    for id in walk.texts("disable", value, "[\"generic/newsletter-form\"]") {
        let right = id
            .text
            .split_once('/')
            .is_some_and(|(prefix, id)| !prefix.is_empty() && !prefix.contains(char::is_whitespace) && remove::is_slug(id));
        if right {
            ids.push(id.text.to_owned());
            continue;
        }
        let message = format!("{:?} is no full id of a rule", shorten(id.text));
        let example = remove::slug(id.text.rsplit('/').next().unwrap_or_default());
        walk.error(id.span.start, message, format!("write the file before the id, as in \"generic/{example}\""));
    }
    ids
}

fn leftovers(walk: &mut Walk<'_>, value: &Value<'_>) -> Vec<String> {
    let mut leftovers = Vec::new();
    for one in walk.texts("leftovers", value, "[\"close\", \"read more\"]") {
        let folded = text::fold(one.text);
        if folded.is_empty() {
            let message = "this text is empty: it holds only characters that do not show";
            walk.error(one.span.start, message, "take it out");
        } else {
            leftovers.push(folded);
        }
    }
    leftovers
}

fn story(walk: &mut Walk<'_>, value: &Value<'_>) -> StoryRule {
    let DeValue::Table(table) = value.get_ref() else {
        walk.wrong_type("story", value, "one table", "write [story] with one bracket, once");
        return StoryRule::default();
    };
    walk.unknown_keys(Table::Story, table);
    if table.is_empty() {
        let help = "write select = [\"article\"] below it, or take it out; without it the story is found";
        walk.error(value.span().start, "[story] is empty", help);
    }
    let mut list =
        |key: &str, example: &str| table.get(key).map(|value| remove::selectors(walk, key, value, example)).unwrap_or_default();
    StoryRule {
        select: list("select", "[\"article\"]"),
        title: list("title", "[\"h1\"]"),
        author: list("author", "[\".byline a\"]"),
        date: list("date", "[\"time\"]"),
        keep: list("keep", "[\"figure\"]"),
    }
}

fn test(walk: &mut Walk<'_>, at: usize, table: &DeTable<'_>) -> Option<RuleTest> {
    walk.unknown_keys(Table::Test, table);
    let url = table.get("url").and_then(|value| walk.text("url", value, "\"https://example.com/2026/x\""));
    if let Some(url) = &url {
        check_url(walk, url);
    }
    let page = page(walk, at, table);
    let mut list =
        |key: &str| table.get(key).map(|value| walk.texts(key, value, "[\"some words of the page\"]")).unwrap_or_default();
    let (gone, stays) = (list("gone"), list("stays"));
    if !table.contains_key("gone") && !table.contains_key("stays") {
        let help = "write gone = [...] with words the rules must take, stays = [...] with words they must leave";
        walk.error(at, "this test expects nothing", help);
    }
    for text in &stays {
        if gone.iter().any(|gone| gone.text == text.text) {
            let message = format!("{:?} cannot be gone and stay", shorten(text.text));
            walk.error(text.span.start, message, "take it out of `gone` or of `stays`");
        }
    }
    let own = |texts: Vec<Text<'_>>| texts.into_iter().map(|text| text.text.to_owned()).collect();
    Some(RuleTest {
        line: walk.line(at),
        url: url.map(|url| url.text.to_owned()),
        page: page?,
        gone: own(gone),
        stays: own(stays),
    })
}

fn check_url(walk: &mut Walk<'_>, url: &Text<'_>) {
    let reason = match Url::parse(url.text) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => return,
        Ok(parsed) => format!("its scheme is {:?}", shorten(parsed.scheme())),
        Err(error) => error.to_string(),
    };
    let message = format!("{:?} is no address of a page: {reason}", shorten(url.text));
    walk.error(url.span.start, message, "write the whole address, as in \"https://example.com/2026/x\"");
}

fn page(walk: &mut Walk<'_>, at: usize, table: &DeTable<'_>) -> Option<TestPage> {
    match (table.get("html"), table.get("fixture")) {
        (Some(html), None) => Some(TestPage::Html(walk.text("html", html, "\"<p>...\"")?.text.to_owned())),
        (None, Some(fixture)) => {
            let name = walk.text("fixture", fixture, "\"moscow-times\"")?;
            if !remove::is_slug(name.text) {
                let message = format!("the fixture {:?} has other characters than a-z, 0-9 and -", shorten(name.text));
                let help = format!("write the name of a folder of fixtures/cases, as in {:?}", remove::slug(name.text));
                walk.error(name.span.start, message, help);
                return None;
            }
            Some(TestPage::Fixture(name.text.to_owned()))
        }
        (Some(_), Some(fixture)) => {
            walk.error(fixture.span().start, "a test has `html` or `fixture`, and this has both", "take one of the two out");
            None
        }
        (None, None) => {
            walk.error(at, "this test has no page", "write html = \"<p>...\" or fixture = \"moscow-times\"");
            None
        }
    }
}
