//! Findings about texts and their bounds.
//!
//! It must not know selectors, or other files.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Subject, Warning};
use crate::rules::read::folded_phrase;
use crate::rules::{TextTest, What};
use crate::text;
use crate::workbench::lint::Lint;

/// Letters up to which a phrase stands in too many words of a story.
const FEW_LETTERS: usize = 5;
/// Characters beyond which a block is longer than nearly any notice; a story's paragraphs are not. Chosen, not measured.
const LONG_BLOCK: u32 = 2_000;
const LONG_RUN: u32 = 12_000;
const MANY_BLOCKS: u32 = 60;

/// The phrases of `any` in a text, with their places. A text is a phrase, a list, a table, or a list with tables.
fn any_phrases<'t>(value: &'t Spanned<DeValue<'_>>) -> Vec<(usize, &'t str)> {
    match value.get_ref() {
        DeValue::String(phrase) => vec![(value.span().start, phrase)],
        DeValue::Array(values) => values.iter().flat_map(any_phrases).collect(),
        DeValue::Table(table) => table.get("any").map(any_phrases).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The texts of a rule, as they are written and as they were read.
fn texts<'t, 'i>(table: &'t DeTable<'i>, what: &'t What) -> Vec<(&'t Spanned<DeValue<'i>>, &'t TextTest)> {
    let end = |key: &str| table.get(key).and_then(|end| end.get_ref().as_table()).and_then(|end| end.get("text"));
    match what {
        What::Markup { .. } => Vec::new(),
        What::Text { text, .. } => table.get("text").map(|value| (value, text)).into_iter().collect(),
        What::Run { from, to, .. } => end("from").map(|v| (v, from)).into_iter().chain(end("to").map(|v| (v, to))).collect(),
    }
}

/// A short phrase is fine beside a regex or `all`, which must be true besides, and in an element that a selector names.
pub(super) fn short_phrases(subject: &Subject<'_>, found: &mut Vec<Warning>) {
    for (rule, table) in subject.rules() {
        if matches!(&rule.what, What::Text { select, .. } if !select.is_empty()) {
            continue;
        }
        for (value, test) in texts(table, &rule.what) {
            if test.regex.is_some() || !test.all.is_empty() {
                continue;
            }
            for (at, phrase) in any_phrases(value) {
                let folded = text::fold(phrase);
                let letters = folded.chars().filter(|c| c.is_alphanumeric()).count();
                if letters <= FEW_LETTERS && folded.is_ascii() {
                    let message = format!("the phrase {phrase:?} has so few letters that words of a story hold it");
                    let help = "write more words of the notice, or say with `regex` or `all` what must stand beside it";
                    subject.warn(found, Lint::ShortPhrase, at, message, help);
                }
            }
        }
    }
}

pub(super) fn wide_bounds(subject: &Subject<'_>, found: &mut Vec<Warning>) {
    for (rule, table) in subject.rules() {
        let (wide, usual) = match rule.what {
            What::Markup { .. } => continue,
            What::Text { max_chars, .. } if max_chars > LONG_BLOCK => ("max_chars", 600),
            What::Run { max_chars, .. } if max_chars > LONG_RUN => ("max_chars", 4000),
            What::Run { max_blocks, .. } if max_blocks > MANY_BLOCKS => ("max_blocks", 12),
            _ => continue,
        };
        let message = format!("a story fits in this `{wide}`, and would go with one word of the notice");
        let help = format!("write what the longest notice you have seen has, and a little more; {usual} is usual");
        subject.warn(found, Lint::WideBound, subject.value(table, &[wide]), message, help);
    }
}

/// A phrase that holds another of the same `any`.
pub(super) fn needless_phrases(subject: &Subject<'_>, found: &mut Vec<Warning>) {
    for (rule, table) in subject.rules() {
        for (value, _) in texts(table, &rule.what) {
            let phrases: Vec<_> = any_phrases(value).into_iter().map(|(at, phrase)| (at, folded_phrase(phrase))).collect();
            for (index, (at, phrase)) in phrases.iter().enumerate() {
                let shorter = phrases.iter().enumerate().find(|(other, (_, part))| {
                    *other != index && phrase.contains(part.as_str()) && (part != phrase || *other < index)
                });
                if let Some((_, (_, part))) = shorter {
                    let message = format!("a text with {phrase:?} holds {part:?}, which is enough");
                    subject.warn(found, Lint::NeedlessEntry, *at, message, "take one of the two out");
                }
            }
        }
    }
}
