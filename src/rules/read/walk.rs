//! The walk over a parsed TOML table: values taken by type, mistakes collected with their places.
//!
//! It decides how a wrong type is reported and what any list of texts must be. Which keys there are and what their values
//! mean is for others; it must not know a rule.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{self, Table};
use super::place::{self, Places};
use crate::error::RuleError;

/// After these the rest is not listed: nobody reads them, and a hostile file could make millions.
const MAX_ERRORS: usize = 100;

pub(super) struct Walk<'a> {
    text: &'a str,
    places: Places<'a>,
    found: Vec<Mistake>,
    trusts: bool,
}

struct Mistake {
    at: usize,
    message: String,
    help: String,
}

/// A text of the file with the place it is written at, quotes included.
#[derive(Clone, Debug)]
pub(super) struct Text<'t> {
    pub(super) text: &'t str,
    pub(super) span: Range<usize>,
}

pub(super) type Value<'t> = Spanned<DeValue<'t>>;

impl<'a> Walk<'a> {
    /// `trusts`: what takes long to check was checked before.
    pub(super) fn new(text: &'a str, trusts: bool) -> Self {
        Self { text, places: Places::new(text), found: Vec::new(), trusts }
    }

    pub(super) fn trusts(&self) -> bool {
        self.trusts
    }

    /// Notes a mistake at a byte of the file.
    pub(super) fn error(&mut self, at: usize, message: impl Into<String>, help: impl Into<String>) {
        // Some more than are listed, since they do not come in the order of the file.
        if self.found.len() < MAX_ERRORS * 100 {
            self.found.push(Mistake { at, message: message.into(), help: help.into() });
        }
    }

    /// Notes what the TOML parser found. True: it is no TOML, and there is no use in going on.
    pub(super) fn syntax(&mut self, errors: &[toml::de::Error]) -> bool {
        let mut broken = false;
        let mut last_line = 0;
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            if error.message() == "duplicate key" {
                let key = shorten(self.text.get(span.clone()).unwrap_or_default());
                self.error(span.start, format!("the key `{key}` is written twice"), "keep one of the two, or join them");
                continue;
            }
            broken = true;
            // Behind the first stumble of a line the parser mostly trips over its own feet.
            let line = self.places.line(span.start);
            if line != last_line {
                let help = syntax_help(error.message(), self.text.get(span.start..).unwrap_or_default());
                self.error(span.start, format!("not valid TOML: {}", error.message()), help);
                last_line = line;
            }
        }
        broken
    }

    /// The mistakes as they are shown: in the order of the file, each once.
    pub(super) fn finish(mut self, source: &str) -> Vec<RuleError> {
        self.found.sort_by(|a, b| (a.at, &a.message).cmp(&(b.at, &b.message)));
        self.found.dedup_by(|a, b| a.at == b.at && a.message == b.message);
        let more = self.found.len().saturating_sub(MAX_ERRORS);
        self.found.truncate(MAX_ERRORS);
        let places = &self.places;
        let mut errors: Vec<_> = self
            .found
            .into_iter()
            .map(|mistake| {
                let (line, column) = places.of(mistake.at);
                let length = place::extent(self.text, mistake.at);
                RuleError { file: source.to_owned(), line, column, length, message: mistake.message, help: mistake.help }
            })
            .collect();
        if more > 0 {
            errors.push(super::whole(source, format!("there are {more} mistakes more"), "mend these first"));
        }
        errors
    }

    /// The line of a byte of the file, from 1.
    pub(super) fn line(&self, at: usize) -> u32 {
        self.places.line(at)
    }

    /// Where in the file a text has its byte `offset`.
    pub(super) fn inside(&self, text: &Text<'_>, offset: usize) -> usize {
        place::inside(self.text, text.span.clone(), text.text, offset)
    }

    /// Reports every key that this table does not have.
    pub(super) fn unknown_keys(&mut self, kind: Table, table: &DeTable<'_>) {
        for (key, _) in table {
            let name: &str = key.get_ref();
            if !kind.keys().contains(&name) {
                let message = format!("{} has no key `{}`", kind.name(), shorten(name));
                self.error(key.span().start, message, keys::help(kind, name));
            }
        }
    }

    /// Reports a value of a wrong type.
    pub(super) fn wrong_type(&mut self, key: &str, value: &Value<'_>, expected: &str, help: impl Into<String>) {
        let found = describe(value.get_ref());
        self.error(value.span().start, format!("`{key}` must be {expected}, and this is {found}"), help);
    }

    /// A text that is not blank.
    pub(super) fn text<'t>(&mut self, key: &str, value: &'t Value<'_>, example: &str) -> Option<Text<'t>> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, value, "a text", format!("write {key} = {example}"));
            return None;
        };
        if text.trim().is_empty() {
            self.error(
                value.span().start,
                format!("`{key}` is an empty text"),
                format!("write {key} = {example}, or leave it out"),
            );
            return None;
        }
        Some(Text { text, span: value.span() })
    }

    /// A list of texts, none of them blank and at least one. The wrong ones are reported and left out.
    pub(super) fn texts<'t>(&mut self, key: &str, value: &'t Value<'_>, example: &str) -> Vec<Text<'t>> {
        let Some(values) = self.array(key, value, "an array of texts", example) else { return Vec::new() };
        values.iter().filter_map(|value| self.item(key, value)).collect()
    }

    /// One text of a list.
    pub(super) fn item<'t>(&mut self, key: &str, value: &'t Value<'_>) -> Option<Text<'t>> {
        let at = value.span().start;
        let DeValue::String(text) = value.get_ref() else {
            let message = format!("`{key}` must hold texts, and this is {}", describe(value.get_ref()));
            self.error(at, message, "put it in quotes, or take it out");
            return None;
        };
        if text.trim().is_empty() {
            self.error(at, format!("`{key}` holds an empty text"), "take it out, or write what is missing");
            return None;
        }
        Some(Text { text, span: value.span() })
    }

    /// An array that is not empty.
    pub(super) fn array<'t, 'i>(
        &mut self,
        key: &str,
        value: &'t Value<'i>,
        expected: &str,
        example: &str,
    ) -> Option<&'t toml::de::DeArray<'i>> {
        let DeValue::Array(values) = value.get_ref() else {
            self.wrong_type(key, value, expected, format!("write {key} = {example}"));
            return None;
        };
        if values.is_empty() {
            self.error(
                value.span().start,
                format!("`{key}` is an empty array"),
                format!("write {key} = {example}, or leave it out"),
            );
            return None;
        }
        Some(values)
    }

    /// A table written as `[[key]]`, as often as there is one.
    pub(super) fn tables<'t, 'i>(&mut self, key: &str, value: &'t Value<'i>) -> Vec<(usize, &'t DeTable<'i>)> {
        let help = format!("write [[{key}]] with two brackets, once for each");
        let values = match value.get_ref() {
            DeValue::Array(values) if !values.is_empty() => values,
            _ => {
                self.wrong_type(key, value, "a list of tables", help);
                return Vec::new();
            }
        };
        let mut tables = Vec::with_capacity(values.len());
        for value in values {
            match value.get_ref() {
                DeValue::Table(table) => tables.push((value.span().start, table)),
                _ => self.wrong_type(key, value, "a list of tables", help.clone()),
            }
        }
        tables
    }

    /// A whole number of at least 1 and at most `max`.
    pub(super) fn number(&mut self, key: &str, value: &Value<'_>, max: u32, usual: u32) -> Option<u32> {
        let at = value.span().start;
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong_type(key, value, "a whole number", format!("write {key} = {usual}"));
            return None;
        };
        let digits: String = number.as_str().chars().filter(|&c| c != '_').collect();
        match i128::from_str_radix(&digits, number.radix()) {
            Ok(n) if n < 1 => {
                let message = format!("`{key}` is {n}, and nothing is as small as that");
                self.error(at, message, format!("write 1 or more; {usual} is usual"));
                None
            }
            Ok(n) if n <= i128::from(max) => u32::try_from(n).ok(),
            _ => {
                let message = format!("`{key}` is absurdly large: a bound above {max} bounds nothing");
                self.error(at, message, format!("write what the largest notice has; {usual} is usual"));
                None
            }
        }
    }
}

/// A text of the file as a message can hold it.
pub(super) fn shorten(text: &str) -> String {
    shorten_to(text, 60)
}

/// At most so many characters of it.
pub(super) fn shorten_to(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(values) if values.is_empty() => "an empty array",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

fn syntax_help(message: &str, rest: &str) -> &'static str {
    if message.contains("escape") || rest.starts_with('\\') {
        "in \"...\" a backslash begins an escape; write regexes in '...', where it stands for itself"
    } else if message.contains("date") || message.contains("month") || message.contains("day") {
        "write a day that is in the calendar, year first, without quotes: 2026-11-23"
    } else if message.contains("unquoted") {
        "write a key with letters, digits, - and _, or put it in quotes"
    } else if message.contains("quote") || message.contains("string") {
        "put a text in quotes, and close them on the same line"
    } else if message.contains("comma") {
        "put one comma between two values"
    } else if message.contains("unclosed") {
        "close the bracket"
    } else {
        "write key = value, texts in quotes, lists in [ ], tables as [name] or [[name]] on a line of their own"
    }
}
