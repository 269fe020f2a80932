//! What was removed and why, what nearly was, and what could not be finished.
//!
//! Plain data for whoever asks "which rule did this?". This module must not print.

use std::sync::Arc;

use crate::Kind;
use crate::judge::appeal::Plea;
use crate::judge::cuts::Cut;
use crate::judge::wording;
use crate::matcher::set::{How, RuleSet};

/// A removed piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Removed {
    /// The rule's full id: `generic/newsletter-form`.
    pub rule: String,
    /// What the rule takes it for.
    pub kind: Kind,
    /// The rule's file, as it was named when it was read; bundled ones begin with `rules/`. `model/appeal.words` for learned words.
    pub file: String,
    /// The line of its `[[remove]]`, from 1; for appeals told by evidence, that of the heaviest cue, or of a learned word where there is none.
    pub line: u32,
    /// The phrases or words that led to it, or the piece of an address or a field's name, as their file writes them, when it was told by evidence
    /// (`appeals/...`).
    pub evidence: Vec<String>,
    /// The bytes of the input from the first to behind the last that went. In page mode tags in between may have stayed.
    pub start: u64,
    /// See `start`.
    pub end: u64,
    /// The spans inside `start..end` that stayed: tags of elements that reach out of the range.
    pub kept: Vec<(u64, u64)>,
    /// Of the block of text in this range only the last sentences went, from the excerpt on: the rest of it is story. Never in page mode.
    pub sentences: bool,
    /// The first 80 characters of its text, on one line.
    pub excerpt: String,
    /// The cues that led to it, by number.
    pub(crate) cues: Vec<u32>,
}

/// A block that a rule nearly took.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearMiss {
    /// The rule's full id.
    pub rule: String,
    /// The rule's file.
    pub file: String,
    /// The line of its `[[remove]]`, from 1.
    pub line: u32,
    /// Where the block begins, in bytes of the input.
    pub start: u64,
    /// What saved it.
    pub why: Why,
    /// The phrases that spoke for an appeal, for [`Why::TooLittle`].
    pub evidence: Vec<String>,
    /// The first 80 characters of its text; empty for [`Why::Budget`].
    pub excerpt: String,
    /// The cues that spoke for an appeal, by number.
    pub(crate) cues: Vec<u32>,
}

/// Why a block stayed although a rule's text matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// It has more characters than the rule's `max_chars`.
    TooLong {
        /// Characters of the block.
        chars: u64,
        /// The bound.
        max_chars: u32,
    },
    /// It holds an element that the rule's `unless_has` names.
    UnlessHas,
    /// It holds an element that the site keeps (`[story] keep`).
    Kept,
    /// The text of `to` was not found within `max_blocks` and `max_chars`.
    RunUnfinished,
    /// More bytes would have had to be held than may be.
    Budget,
    /// The input ended before the element did.
    EndOfInput,
    /// What speaks for an appeal (see [`NearMiss::evidence`]) is not enough.
    TooLittle {
        /// It is so many hundredths of what would be.
        percent: u8,
    },
}

/// What one page was worth telling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What was removed, in page order.
    pub removed: Vec<Removed>,
    /// What nearly was; at most 200.
    pub near: Vec<NearMiss>,
    /// Rule files with hosts or paths that were on.
    pub sites: Vec<String>,
    /// The encoding the page was read in, by its WHATWG name.
    pub encoding: &'static str,
    /// Bytes read.
    pub bytes: u64,
    /// How often an element or a run was let go undecided because more would have had to be held than `max_hold`.
    pub budget_spent: u64,
    /// The most bytes that were held at a time on account of rules.
    pub held: u64,
    /// The rewriter's memory limit was reached here; what follows was passed on unread.
    pub unread_from: Option<u64>,
}

/// A near miss, by rule number.
#[derive(Clone, Debug)]
pub(crate) struct Near {
    pub(crate) rule: u32,
    pub(crate) start: u64,
    pub(crate) why: Why,
    pub(crate) cues: Vec<u32>,
    pub(crate) excerpt: String,
}

/// Phrases that are named of one removed piece.
const MOST_EVIDENCE: usize = 8;

impl Removed {
    pub(crate) fn new(cut: Cut, rules: &RuleSet) -> Self {
        let rule = &rules.rules[cut.rule as usize];
        let source = |file: u32| rules.sites[file as usize].source.clone();
        // A rule stands in its own file, whatever was found besides.
        let told = matches!(rule.how, How::Appeal);
        let heaviest = rules.cues.named(&cut.cues).rev().max_by_key(|cue| cue.weight).filter(|_| told);
        let word = cut.cues.iter().find_map(|cue| wording::learned(*cue)).filter(|_| told);
        let (file, line) = match (heaviest, word) {
            (Some(cue), _) => (source(cue.file), cue.line),
            (None, Some((_, line))) => (wording::FILE.to_owned(), line),
            (None, None) => (source(rule.file), rule.line),
        };
        Self {
            rule: rule.id.clone(),
            kind: rule.kind,
            file,
            line,
            evidence: phrases(&cut.cues, rules),
            start: cut.start,
            end: cut.end,
            kept: cut.kept,
            sentences: false,
            excerpt: cut.excerpt,
            cues: cut.cues,
        }
    }
}

impl Removed {
    /// The end of a paragraph.
    pub(crate) fn of_sentences(plea: Plea, rules: &RuleSet) -> Self {
        let Plea { rule, bytes: (start, end), cues, excerpt, .. } = plea;
        let cut = Cut { rule, start, end, kept: Vec::new(), excerpt, climbs: false, cues };
        Self { sentences: true, ..Self::new(cut, rules) }
    }
}

/// The phrases of cues as their files write them, each once.
fn phrases(cues: &[u32], rules: &RuleSet) -> Vec<String> {
    let mut phrases: Vec<String> = Vec::new();
    for cue in cues {
        let phrase = wording::learned(*cue).map_or_else(|| rules.cues.written(*cue), |(word, _)| word.to_owned());
        if phrases.len() == MOST_EVIDENCE {
            break;
        }
        if !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    }
    phrases
}

impl NearMiss {
    pub(crate) fn new(near: Near, rules: &Arc<RuleSet>) -> Self {
        let rule = &rules.rules[near.rule as usize];
        Self {
            rule: rule.id.clone(),
            file: rules.sites[rule.file as usize].source.clone(),
            line: rule.line,
            start: near.start,
            why: near.why,
            evidence: phrases(&near.cues, rules),
            excerpt: near.excerpt,
            cues: near.cues,
        }
    }
}
