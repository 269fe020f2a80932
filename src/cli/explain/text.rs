//! An explanation for a person at a terminal: three lines a block or so, none wider than the screen.
//!
//! It decides the words and colours. What is the page's own is quoted with its control characters escaped, because this is a terminal.

use anstyle::{AnsiColor, Style};
use storysieve::workbench::{Change, Explained, Explanation, Matched, Near, Remedy, Removal, Verdict, Weighed};

use crate::cli::diagnostics::wrap;
use crate::cli::show::count;

/// The column in which what is told of a block begins.
const INDENT: usize = 7;
/// Characters of a block's text that are shown.
const MOST_TEXT: usize = 300;

/// The page, with the blocks of these indexes. With colours. `remedies`: for each of these; then it is told in more detail.
pub(super) fn page(explanation: &Explanation, file: &str, told: &[usize], remedies: &[Vec<Remedy>], width: usize) -> String {
    let mut text = head(explanation, file, width);
    let mut before = None;
    for (place, block) in told.iter().enumerate().filter_map(|(place, at)| Some((place, explanation.blocks.get(*at)?))) {
        text.push('\n');
        text.push_str(&self::block(block, before, !remedies.is_empty(), width));
        text.extend(remedies.get(place).into_iter().flatten().map(|remedy| self::remedy(remedy, width)));
        before = Some(block);
    }
    text
}

fn head(explanation: &Explanation, file: &str, width: usize) -> String {
    let Explanation { title, encoding, bytes, access, sites, held, max_hold, budget_spent, blocks, .. } = explanation;
    let title = title.as_ref().map_or_else(|| "no headline".to_owned(), |title| format!("{:?}", shortened(title, 100)));
    let counts: Vec<String> = Verdict::ALL
        .into_iter()
        .map(|verdict| (verdict, blocks.iter().filter(|block| block.verdict == verdict).count()))
        .filter(|(_, number)| *number > 0)
        .map(|(verdict, number)| format!("{number} {verdict}"))
        .collect();
    let sites = if sites.is_empty() { "none".to_owned() } else { sites.join(", ") };
    let encoding = if encoding.is_empty() { "nothing" } else { encoding };
    let evidence: String = access.evidence.iter().map(|evidence| format!("; {evidence}")).collect();
    let lines = [
        format!("{file}: {title}"),
        format!("{bytes} bytes as {encoding}; {}: {}", count(blocks.len(), "block"), counts.join(", ")),
        format!("access: {}{evidence}", access.state),
        format!("site rules: {sites}"),
        format!("page mode holds at most {held} bytes of {max_hold} and lets go {budget_spent} times"),
    ];
    lines.iter().map(|line| format!("{}\n", wrap(line, width, 2).replace('\n', "\n  "))).collect()
}

/// `before`: the block that was told last. `detail`: each feature of the story model on a line, with what it is.
fn block(block: &Explained, before: Option<&Explained>, detail: bool, width: usize) -> String {
    let (style, verdict) = (style(block.verdict), block.verdict);
    let path = path(&block.path, width.saturating_sub(INDENT + 10));
    let mut text = format!("{:>5}  {style}{verdict:9}{style:#} {path}\n", block.line);
    text.push_str(&told(&words(block), width));
    if verdict != Verdict::Removed {
        text.push_str(&why(block, detail, width));
    }
    for removal in &block.removals {
        let again = before.is_some_and(|before| before.removals.iter().any(|other| other.bytes == removal.bytes));
        text.push_str(&self::removal(removal, verdict, again, width));
    }
    text.extend(block.near.iter().map(|one| near(one, width)));
    text.push_str(&told(&held(block), width));
    text
}

/// The file is not broken into lines that fit, so that it can be copied.
fn remedy(remedy: &Remedy, width: usize) -> String {
    let what = match remedy.change {
        Change::Remove => "this rule file would remove it:",
        Change::Keep => "this rule file would keep it:",
        Change::TakeIn => "this rule file would take it into the story:",
        _ => "this rule file would change that:",
    };
    let toml: String = remedy.toml.lines().map(|line| format!("{:1$}{line}\n", "", INDENT + 2)).collect();
    told(what, width) + &toml.replace(&format!("{:1$}\n", "", INDENT + 2), "\n")
}

fn words(block: &Explained) -> String {
    let pictures = if block.pictures > 0 { format!("({})", count(block.pictures.into(), "picture")) } else { String::new() };
    if block.text.is_empty() {
        return pictures;
    }
    let shown = format!("{:?} {pictures}", shortened(&one_line(&block.text), MOST_TEXT));
    shown.trim_end().to_owned()
}

fn why(block: &Explained, detail: bool, width: usize) -> String {
    let mut why = match block.probability {
        Some(probability) => format!("{probability:.2}: {}", block.cause),
        None => block.cause.to_string(),
    };
    if detail {
        let feature = |feature: &Weighed| told(&format!("  {:+.1} {}: {}", feature.weight, feature.name, feature.means), width);
        return told(&why, width) + &block.features.iter().map(feature).collect::<String>() + &asking(block, width);
    }
    let features: Vec<String> = block.features.iter().map(|feature| format!("{} {:+.1}", feature.name, feature.weight)).collect();
    if !features.is_empty() {
        why.push_str(&format!(" ({})", features.join(", ")));
    }
    told(&why, width) + &asking(block, width)
}

/// The words that the model knows from appeals.
fn asking(block: &Explained, width: usize) -> String {
    if block.asking.is_empty() {
        return String::new();
    }
    let words: Vec<String> = block.asking.iter().map(|word| format!("{word:?}")).collect();
    told(&format!("  words of appeals: {}", words.join(", ")), width)
}

fn held(block: &Explained) -> String {
    if block.held == 0 {
        "decided at its start tag: nothing is held".to_owned()
    } else {
        format!("held for {} bytes", block.held)
    }
}

/// `again`: the block above went by the same.
fn removal(removal: &Removal, verdict: Verdict, again: bool, width: usize) -> String {
    let Removal { rule, kind, file, line, .. } = removal;
    if again {
        return told(&format!("{kind}, with the block above"), width);
    }
    let what = if verdict == Verdict::Removed { String::new() } else { format!("{:?} of it went: ", removal.excerpt) };
    let said = format!("{what}{kind}, by {rule} ({file}:{line})");
    told(&said, width) + &matches(&removal.matched, (file, *line), width)
}

fn near(near: &Near, width: usize) -> String {
    let Near { rule, kind, file, line, bound, .. } = near;
    let said = format!("nearly {kind}, by {rule} ({file}:{line}): {bound}");
    told(&said, width) + &matches(&near.matched, (file, *line), width)
}

/// What was found, a line each. `rule`: the place that is named already.
fn matches(matched: &[Matched], rule: (&String, u32), width: usize) -> String {
    let line = |matched: &Matched| {
        let Matched { what, text, weight, file, line, .. } = matched;
        let weight = weight.map_or_else(String::new, |weight| format!(", weight {weight}"));
        let place = if (file, *line) == rule { String::new() } else { format!(" ({file}:{line})") };
        told(&format!("  {what} {}{weight}{place}", quoted(text)), width)
    };
    matched.iter().map(line).collect()
}

/// In quotes that need no escapes, where there are such.
fn quoted(text: &str) -> String {
    let double = format!("{text:?}");
    let apart = text.contains('"') && !text.contains('\'') && double.len() == text.len() + 2 + text.matches('"').count();
    if apart { format!("'{text}'") } else { double }
}

/// Text under a block.
fn told(text: &str, width: usize) -> String {
    let deeper = text.len() - text.trim_start().len();
    let wrapped = wrap(text.trim_start(), width, INDENT + deeper + 2).replace('\n', &format!("\n{:1$}", "", INDENT + deeper + 2));
    format!("{:1$}{wrapped}\n", "", INDENT + deeper)
}

/// The innermost elements of a path, as many as there is room for.
fn path(path: &[String], room: usize) -> String {
    let mut shown = String::new();
    for (at, element) in path.iter().enumerate().rev() {
        let element: String = element.escape_debug().collect();
        let more = if shown.is_empty() { element } else { format!("{element} > {shown}") };
        let dots = if at > 0 { "... > ".len() } else { 0 };
        if more.chars().count() + dots > room && !shown.is_empty() {
            return format!("... > {shown}");
        }
        shown = more;
    }
    shown
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text, up to a word's end.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most).collect();
    let words =
        start.rsplit_once(' ').filter(|(words, _)| words.len() > start.len() / 2).map_or(start.as_str(), |(words, _)| words);
    format!("{words} ...")
}

fn style(verdict: Verdict) -> Style {
    let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
    match verdict {
        Verdict::Story => colour(AnsiColor::Green),
        Verdict::Headline => colour(AnsiColor::Green).bold(),
        Verdict::Removed => colour(AnsiColor::Red).bold(),
        _ => colour(AnsiColor::Yellow),
    }
}
