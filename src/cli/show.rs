//! What the command says: errors, explanations for a person, JSON for a program.
//!
//! It decides the wording and the order of keys. What is worth telling is the library's. It must not read files, or know what the
//! output goes to beyond being written.

use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;

use serde_json::{Map, Value, json};
use storysieve::{Access, BlockReport, Error, NearMiss, Removed, Report, Story, Why};

use super::args::Body;
use super::diagnostics;

/// As many near misses as a report holds at most; there may have been more.
const NEAR_LIMIT: usize = 200;

/// Prints why a run ended. Mistakes in rule files come a line each and begin with their place, so that an editor finds it.
pub(crate) fn error(error: &anyhow::Error) {
    say(&error_text(error));
}

/// What [`error`] prints.
pub(crate) fn error_text(error: &anyhow::Error) -> String {
    let mut text = String::new();
    let rules = error.chain().find_map(|cause| cause.downcast_ref::<Error>()).map_or(&[][..], Error::rule_errors);
    for mistake in rules {
        text.push_str(&format!("{mistake}\n"));
    }
    // The outermost cause is the mistakes themselves when nothing was said about them.
    match (rules.is_empty(), error.downcast_ref::<Error>().is_some() && error.chain().len() == 1) {
        (true, _) => text.push_str(&line(&format!("storysieve: {error:#}"))),
        (false, true) => {}
        (false, false) => text.push_str(&line(&format!("storysieve: {error}"))),
    }
    text
}

/// `1 rule`, `2 rules`
pub(crate) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// `a, b and c`
pub(crate) fn list(paths: &[PathBuf]) -> String {
    let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// A line for a person.
pub(crate) fn note(text: &str) {
    say(&line(&format!("storysieve: {text}")));
}

fn line(text: &str) -> String {
    text.lines().map(|line| wrapped(line, 0) + "\n").collect()
}

/// On a terminal, broken between words, with further lines indented by so many columns, which stand before the first already; for a
/// program as it is.
pub(crate) fn wrapped(text: &str, indent: usize) -> String {
    if !io::stderr().is_terminal() {
        return text.to_owned();
    }
    diagnostics::wrap(text, diagnostics::width(), indent).replace('\n', &format!("\n{:indent$}", ""))
}

/// What is said is not worth failing for when nobody listens, as `eprint!` would.
pub(crate) fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// The name of a page in an explanation.
pub(crate) fn explain_page(name: &str) {
    say(&format!("{name}:\n"));
}

/// A removed block for a person. The text is quoted with its control characters escaped: it is the page's, and this is a terminal.
pub(crate) fn explain_removed(removed: &Removed) {
    let Removed { rule, kind, file, line, start, end, excerpt, evidence, .. } = removed;
    let part = if removed.sentences { "the last sentences of " } else { "" };
    say(&format!("  removed as {kind} by {rule} ({file}:{line}), {part}bytes {start} to {end}\n    {excerpt:?}\n"));
    if !evidence.is_empty() {
        say(&format!("    because of {evidence:?}\n"));
    }
}

/// Whether it is the whole story, for a person.
pub(crate) fn explain_access(access: &Access) {
    let evidence: String = access.evidence.iter().map(|evidence| format!("\n    {evidence}")).collect();
    say(&format!("  access: {}{evidence}\n", access.state));
}

/// What a page's report tells a person beside what was removed.
pub(crate) fn explain_rest(report: &Report, page_mode: bool) {
    let mut text = String::new();
    for near in &report.near {
        let NearMiss { rule, file, line, start, excerpt, .. } = near;
        text.push_str(&format!(
            "  nearly removed by {rule} ({file}:{line}), at byte {start}: {}\n    {excerpt:?}\n",
            why(near.why)
        ));
        if !near.evidence.is_empty() {
            text.push_str(&format!("    spoke for it: {:?}\n", near.evidence));
        }
    }
    if report.near.len() >= NEAR_LIMIT {
        text.push_str(&format!("  only the first {NEAR_LIMIT} that were nearly removed are told\n"));
    }
    let sites = if report.sites.is_empty() { "none".to_owned() } else { report.sites.join(", ") };
    text.push_str(&format!("  site rules: {sites}\n"));
    if page_mode {
        text.push_str(&format!(
            "  held at most {} bytes, let go undecided {} times (--max-hold)\n",
            report.held, report.budget_spent
        ));
    }
    let encoding = if report.encoding.is_empty() { "nothing" } else { report.encoding };
    text.push_str(&format!("  read {} bytes as {encoding}\n", report.bytes));
    say(&text);
}

/// What was made of each block of the page.
pub(crate) fn explain_blocks(blocks: &[BlockReport]) {
    let mut text = String::from(
        "  blocks of the page (+ story, - left out, x removed by a rule, # headline), how likely each is story, and what weighed most:\n",
    );
    for block in blocks {
        let mark = match block {
            BlockReport { removed: true, .. } => 'x',
            BlockReport { headline: true, .. } => '#',
            BlockReport { story: true, .. } => '+',
            _ => '-',
        };
        let probability = block.probability.map_or_else(|| "site rule".to_owned(), |probability| format!("{probability:.2}"));
        let reasons: Vec<String> = block.reasons.iter().map(|(name, weight)| format!("{name} {weight:+.1}")).collect();
        text.push_str(&format!("  {mark} {probability} {} {:?}\n", reasons.join(", "), block.excerpt));
    }
    say(&text);
}

/// Why a block stayed.
pub(crate) fn why(why: Why) -> String {
    match why {
        Why::TooLong { chars, max_chars } => format!("it has {chars} characters, and the rule's max_chars is {max_chars}"),
        Why::UnlessHas => "it holds an element that the rule's unless_has names".to_owned(),
        Why::Kept => "it holds an element that the site's [story] keep names".to_owned(),
        Why::RunUnfinished => "the text of the rule's `to` did not come within its max_blocks and max_chars".to_owned(),
        Why::Budget => "more bytes would have had to be held than may be (--max-hold)".to_owned(),
        Why::EndOfInput => "the input ended before the block did".to_owned(),
        Why::TooLittle { percent } => format!("what speaks for an appeal is {percent}% of what would be enough"),
        _ => "the rule did not hold to its end".to_owned(),
    }
}

/// A removed block for a program.
pub(crate) fn removed_json(removed: &Removed) -> Map<String, Value> {
    let pairs = [
        ("rule", json!(removed.rule)),
        ("kind", json!(removed.kind.name())),
        ("file", json!(removed.file)),
        ("line", json!(removed.line)),
        ("evidence", json!(removed.evidence)),
        ("start", json!(removed.start)),
        ("end", json!(removed.end)),
        ("sentences", json!(removed.sentences)),
        ("text", json!(removed.excerpt)),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// A story for a program. Every key is there on every line, `file` aside; what the page does not say is null.
pub(crate) fn story_json(story: &Story, file: Option<&str>, body: Body, comments: Option<String>) -> Value {
    let said = story.metadata();
    let removed: Vec<_> = story.removed().iter().map(removed_json).collect();
    let (body_key, body) = match body {
        Body::Text => ("text", story.text()),
        Body::Html => ("html", story.html()),
        Body::Markdown => ("markdown", story.markdown()),
    };
    let mut object = Map::new();
    if let Some(file) = file {
        object.insert("file".to_owned(), json!(file));
    }
    let pairs = [
        ("title", json!(said.title)),
        ("byline", json!(said.byline)),
        ("published", json!(said.published)),
        ("modified", json!(said.modified)),
        ("language", json!(said.language)),
        ("site", json!(said.site)),
        ("url", json!(said.url)),
        ("description", json!(said.description)),
        ("image", json!(said.image)),
        ("word_count", json!(story.word_count())),
        ("access", json!({ "state": story.access().state.name(), "evidence": story.access().evidence })),
        (body_key, json!(body)),
        ("removed", json!(removed)),
    ];
    object.extend(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)));
    if let Some(comments) = comments {
        object.insert("comments".to_owned(), json!(comments));
    }
    Value::Object(object)
}
