//! Finds what a right rule file may not mean.
//!
//! Each function looks for one thing, in one file or between files, and notes it at the place of the file where it is written. The codes
//! and their meaning are [`Lint`]'s; whether a test hits a rule is found by running it ([`check`](super::check)). It must not know pages.

mod between;
mod markup;
mod words;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::lint::{Lint, Warning};
use crate::rules::read::Source;
use crate::rules::read::place::{self, Places};
use crate::rules::{RemoveRule, RuleFile};
use crate::selector::SelectorList;

/// A right file with the places of what is written in it.
pub(super) struct Subject<'a> {
    pub(super) file: &'a RuleFile,
    text: &'a str,
    table: DeTable<'a>,
    places: Places<'a>,
}

impl<'a> Subject<'a> {
    /// None: the file is wrong, and what it may mean is of no interest yet.
    pub(super) fn new(source: &'a Source) -> Option<Self> {
        let file = source.file.as_ref()?;
        let (table, _) = DeTable::parse_recoverable(&source.text);
        Some(Self { file, text: &source.text, table: table.into_inner(), places: Places::new(&source.text) })
    }

    /// The rules, each with its table.
    fn rules(&self) -> impl Iterator<Item = (&RemoveRule, &DeTable<'a>)> {
        self.file.remove.iter().zip(self.tables("remove"))
    }

    fn tables(&self, key: &str) -> impl Iterator<Item = &DeTable<'a>> {
        let values = match self.table.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(values)) => &values[..],
            _ => &[],
        };
        values.iter().filter_map(|value| value.get_ref().as_table())
    }

    /// A finding at a byte of the file, unless a comment beside it allows it.
    pub(super) fn warn(&self, found: &mut Vec<Warning>, lint: Lint, at: usize, message: String, help: impl Into<String>) {
        let (line, column) = self.places.of(at);
        if self.allowed(lint, line) {
            return;
        }
        let length = place::extent(self.text, at);
        found.push(Warning { lint, file: self.file.source.clone(), line, column, length, message, help: help.into() });
    }

    /// Does a comment on the line, or on the comment lines right above it, say `allow: CODE`?
    fn allowed(&self, lint: Lint, line: u32) -> bool {
        let names = |comment: &str| {
            let codes = comment.split_once("allow:").map_or("", |(_, codes)| codes);
            codes.split([',', ' ', ':', ';']).any(|code| code == lint.code())
        };
        let upto: Vec<_> = self.text.lines().take(line as usize).collect();
        let Some((own, above)) = upto.split_last() else { return false };
        own.split_once('#').is_some_and(|(_, comment)| names(comment))
            || above.iter().rev().map(|line| line.trim()).take_while(|line| line.starts_with('#')).any(names)
    }

    /// The full id of a rule of the file.
    pub(super) fn id(&self, rule: &RemoveRule) -> String {
        format!("{}/{}", self.file.prefix, rule.id)
    }

    /// Where a rule's `[[remove]]` stands.
    pub(super) fn place_of(&self, rule: &RemoveRule) -> usize {
        self.places.start(rule.line)
    }

    /// The place of a key's value, or of the first of these keys that there is.
    fn value(&self, table: &DeTable<'a>, keys: &[&str]) -> usize {
        keys.iter().find_map(|key| table.get(*key)).map_or(0, |value| value.span().start)
    }
}

/// The places of the texts in an array.
fn places_of(table: &DeTable<'_>, key: &str) -> Vec<usize> {
    match table.get(key).map(Spanned::get_ref) {
        Some(DeValue::Array(values)) => values.iter().map(|value| value.span().start).collect(),
        _ => Vec::new(),
    }
}

/// A rule's selectors with their places.
fn selectors<'r>(lists: &'r [SelectorList], table: &DeTable<'_>, key: &str) -> Vec<(usize, &'r SelectorList)> {
    places_of(table, key).into_iter().zip(lists).collect()
}

/// All findings of all files but those that need tests run, in no order.
pub(super) fn find(subjects: &[Subject<'_>], today: Option<&str>) -> Vec<Warning> {
    let mut found = Vec::new();
    for subject in subjects {
        markup::hashed_names(subject, &mut found);
        markup::broad_selectors(subject, &mut found);
        markup::short_substrings(subject, &mut found);
        words::short_phrases(subject, &mut found);
        words::wide_bounds(subject, &mut found);
        words::needless_phrases(subject, &mut found);
        markup::needless_selectors(subject, &mut found);
        tests_without_stays(subject, &mut found);
        if let Some(today) = today {
            stale_check(subject, today, &mut found);
        }
    }
    between::needless_rules(subjects, &mut found);
    between::overlapping_hosts(subjects, &mut found);
    found
}

fn tests_without_stays(subject: &Subject<'_>, found: &mut Vec<Warning>) {
    let file = subject.file;
    // A fixture's own case may say what stays.
    let only_gone = |test: &crate::rules::RuleTest| test.stays.is_empty() && matches!(test.page, crate::rules::TestPage::Html(_));
    if let Some(first) = file.tests.first().filter(|_| !file.remove.is_empty() && file.tests.iter().all(only_gone)) {
        let message = "no test of this file says what must stay".to_owned();
        let help = "add stays = [...] with sentences of a story that come near to what the rules take";
        subject.warn(found, Lint::TestWithoutStays, subject.places.start(first.line), message, help);
    }
}

fn stale_check(subject: &Subject<'_>, today: &str, found: &mut Vec<Warning>) {
    let Some(checked) = &subject.file.checked else { return };
    let at = subject.value(&subject.table, &["checked"]);
    let help = format!("look at the site, mend what does not hold, and write checked = {today}");
    // Days written year first compare as texts do.
    let year_ago = a_year_before(today);
    if checked.as_str() > today {
        let help = format!("write the day somebody last looked: checked = {today}");
        subject.warn(found, Lint::StaleCheck, at, format!("{checked} is in the future"), help);
    } else if *checked < year_ago {
        subject.warn(
            found,
            Lint::StaleCheck,
            at,
            format!("nobody has looked at this since {checked}, more than a year ago"),
            help,
        );
    }
}

fn a_year_before(day: &str) -> String {
    let (year, rest) = day.split_once('-').unwrap_or((day, "01-01"));
    format!("{:04}-{rest}", year.parse::<u32>().unwrap_or_default().saturating_sub(1))
}
