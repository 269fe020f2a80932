//! Rules that nearly took a block that stayed, and what stopped them.
//!
//! The judge notes what held to its last bound. Here texts are asked besides which rules found a phrase in them and not the rest of what they
//! ask for.

use super::matched::{Evidence, once, spaced};
use super::{Bound, Explained, Explanation, Matched, Near, Verdict};
use crate::matcher::set::{How, Part};
use crate::report::{NearMiss, Report, Why};
use crate::rules::{RemoveRule, What};
use crate::sieve::Sieve;
use crate::story::Story;
use crate::text::fold;

/// Near misses that are told of one block.
const MOST: usize = 6;
/// Blocks behind the beginning of an element among which the one with the phrase is looked for.
const AHEAD: usize = 40;

/// Adds the near misses of a story. `page_mode`: what page mode reports of the same page.
pub(super) fn add(explanation: &mut Explanation, sieve: &Sieve, story: &Story, page_mode: &Report) {
    let evidence = Evidence::of(sieve.settings());
    let folded: Vec<String> = explanation.blocks.iter().map(|block| fold(&block.text)).collect();
    let in_page_mode = page_mode.near.iter().filter(|near| near.why == Why::Budget);
    for near in story.report().near.iter().chain(in_page_mode) {
        noted(explanation, &evidence, &folded, near);
    }
    for (block, folded) in explanation.blocks.iter_mut().zip(&folded).filter(|(block, _)| block.verdict != Verdict::Removed) {
        half_matched(block, sieve, story, &evidence, folded);
        block.near.truncate(MOST);
    }
}

/// What the judge noted goes to the block that it is about: the first from its place on in which the rule finds something.
fn noted(explanation: &mut Explanation, evidence: &Evidence<'_>, folded: &[String], near: &NearMiss) {
    let from = explanation.blocks.partition_point(|block| block.bytes.end <= near.start);
    let rule = evidence.rule(&near.file, near.line).filter(|_| near.cues.is_empty());
    let cues: Vec<Matched> = near.cues.iter().filter_map(|cue| evidence.cue(*cue)).collect();
    let says = |cue: &Matched, at: usize| folded[at].contains(cue.text.trim_matches(['^', '$', '*']));
    let matched = |at: usize| match rule {
        Some(rule) => phrases(rule, &folded[at], &near.file),
        None => cues.iter().filter(|cue| says(cue, at)).cloned().collect(),
    };
    let stays = |at: &usize| explanation.blocks[*at].verdict != Verdict::Removed;
    let ahead = || (from..explanation.blocks.len().min(from + AHEAD)).filter(stays);
    let Some(at) = ahead().find(|at| !matched(*at).is_empty()).or(ahead().next()) else { return };
    let heaviest = cues.iter().max_by_key(|cue| cue.weight);
    let near = Near {
        rule: near.rule.clone(),
        kind: evidence.kind(&near.rule),
        file: heaviest.map_or(&near.file, |cue| &cue.file).clone(),
        line: heaviest.map_or(near.line, |cue| cue.line),
        bound: Bound::of(near.why),
        matched: if rule.is_some() { matched(at) } else { once(cues) },
    };
    let block = &mut explanation.blocks[at];
    // An element around another is judged after it, and may be too long as well: the innermost tells most.
    if !block.near.iter().any(|known| known.rule == near.rule && known.bound.code() == near.bound.code()) {
        block.near.push(near);
    }
}

/// What of the rule's text stands in a block.
fn phrases(rule: &RemoveRule, folded: &str, file: &str) -> Vec<Matched> {
    let (what, test) = match &rule.what {
        What::Markup { .. } => return Vec::new(),
        What::Text { text, .. } => ("text", text),
        What::Run { from, .. } => ("from", from),
    };
    let spaced = spaced(folded);
    let found = test.any.iter().chain(&test.all).filter(|phrase| spaced.contains(phrase.as_str()));
    let matched = |text: &String| Matched { what, text: text.clone(), weight: None, file: file.to_owned(), line: rule.line };
    found.map(matched).collect()
}

/// Rules that find a phrase in the block, and not all that they ask for.
fn half_matched(block: &mut Explained, sieve: &Sieve, story: &Story, evidence: &Evidence<'_>, folded: &str) {
    let rules = &sieve.settings().rules;
    let spaced = spaced(folded);
    let mut found: Vec<u32> = Vec::new();
    let found_phrase = |phrase| {
        let tests = rules.tests_of(phrase).iter().filter_map(|(test, _)| rules.tests.get(*test as usize));
        found.extend(tests.filter(|test| test.part == Part::Whole && story.active.rule(test.rule)).map(|test| test.rule));
    };
    rules.search(&spaced, found_phrase, |_| {});
    found.sort_unstable();
    found.dedup();
    let chars = block.text.chars().count() as u64;
    for rule in found.iter().filter_map(|rule| rules.rules.get(*rule as usize)) {
        let (How::Innermost { .. }, Some(file)) = (&rule.how, rules.sites.get(rule.file as usize)) else { continue };
        let Some(read) = evidence.rule(&file.source, rule.line) else { continue };
        let What::Text { text, max_chars, .. } = &read.what else { continue };
        let holds = |phrase: &&String| spaced.contains(phrase.as_str());
        let (any, all) = (text.any.iter().filter(holds).count(), text.all.iter().filter(holds).count());
        let half = if text.any.is_empty() { all > 0 && all * 2 >= text.all.len() } else { any > 0 };
        if !half {
            continue;
        }
        let missing: Vec<String> = text.all.iter().filter(|phrase| !holds(phrase)).cloned().collect();
        let forbidden: Vec<String> = text.none.iter().filter(holds).cloned().collect();
        let bound = if !missing.is_empty() {
            Bound::Missing(missing)
        } else if !forbidden.is_empty() {
            Bound::Forbidden(forbidden)
        } else if text.regex.as_ref().is_some_and(|regex| !regex.is_match(folded)) {
            Bound::Regex
        } else if chars > u64::from(*max_chars) && !block.near.iter().any(|near| near.rule == rule.id) {
            // The judge notes this of a block that is short enough for some other rule.
            Bound::TooLong { chars, max_chars: *max_chars }
        } else {
            continue;
        };
        block.near.push(Near {
            rule: rule.id.clone(),
            kind: rule.kind,
            file: file.source.clone(),
            line: rule.line,
            bound,
            matched: phrases(read, folded, &file.source),
        });
    }
}
