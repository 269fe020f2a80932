//! What of a rule was found in a block: the selector, the phrases, the cues.
//!
//! Matching keeps none of this, because nearly nobody asks; so it is looked up in the rules as they were read.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Explanation, Matched};
use crate::error::Error;
use crate::filter::Filter;
use crate::judge::wording;
use crate::report::Removed;
use crate::rules::{RemoveRule, RuleFile, TextTest, What};
use crate::sieve::{Settings, Sieve};
use crate::text::fold;
use crate::{Kind, Rules};

/// The rules of a sieve, by their place.
pub(super) struct Evidence<'a> {
    settings: &'a Settings,
    rules: FxHashMap<(&'a str, u32), &'a RemoveRule>,
}

/// Cues and phrases that are named of one removal.
const MOST: usize = 12;

impl<'a> Evidence<'a> {
    pub(super) fn of(settings: &'a Settings) -> Self {
        let files = settings.read.files().iter();
        let rules = files.flat_map(|file| file.remove.iter().map(|rule| ((file.source.as_str(), rule.line), rule)));
        Self { settings, rules: rules.collect() }
    }

    /// The rule that stands at a place.
    pub(super) fn rule(&self, file: &str, line: u32) -> Option<&'a RemoveRule> {
        self.rules.get(&(file, line)).copied()
    }

    /// What led to a removal of these texts.
    pub(super) fn of_removed(&self, removed: &Removed, texts: Vec<&str>) -> Vec<Matched> {
        let mut found = Vec::new();
        if let Some(rule) = self.rule(&removed.file, removed.line).filter(|_| !removed.rule.starts_with("appeals/")) {
            let here = |what: &'static str, text: String| Matched {
                what,
                text,
                weight: None,
                file: removed.file.clone(),
                line: removed.line,
            };
            let texts: Vec<String> = texts.into_iter().map(fold).collect();
            let phrases = |what, test: &TextTest| {
                let found = texts.iter().flat_map(|text| in_text(test, text));
                found.map(|(regex, phrase)| here(if regex { "regex" } else { what }, phrase)).collect::<Vec<_>>()
            };
            match &rule.what {
                What::Markup { select } => {
                    found.extend(select.first().filter(|_| select.len() == 1).map(|list| here("select", list.source.clone())))
                }
                What::Text { text, .. } => found.extend(phrases("text", text)),
                What::Run { from, to, .. } => {
                    found.extend(phrases("from", from));
                    found.extend(phrases("to", to));
                }
            }
        }
        found.extend(removed.cues.iter().filter_map(|cue| self.cue(*cue)));
        once(found)
    }

    /// What the rule of a full id takes its blocks for.
    pub(super) fn kind(&self, rule: &str) -> Kind {
        let rules = &self.settings.rules;
        rules.rule_by_id(rule).and_then(|rule| rules.rules.get(rule as usize)).map_or(Kind::Promo, |rule| rule.kind)
    }

    /// A cue or a learned word, by its number.
    pub(super) fn cue(&self, cue: u32) -> Option<Matched> {
        if let Some((word, line)) = wording::learned(cue) {
            let file = wording::FILE.to_owned();
            return Some(Matched { what: "learned word", text: word.to_owned(), weight: None, file, line });
        }
        let known = self.settings.rules.cues.known.get(cue as usize)?;
        let file = self.settings.rules.sites.get(known.file as usize)?;
        Some(Matched {
            what: known.role.name(),
            text: self.settings.rules.cues.written(cue),
            weight: Some(known.weight),
            file: file.source.clone(),
            line: known.line,
        })
    }
}

/// Each once, and not too many.
pub(super) fn once(found: Vec<Matched>) -> Vec<Matched> {
    let mut known: Vec<Matched> = Vec::new();
    for one in found {
        if known.len() < MOST && !known.iter().any(|other| other.what == one.what && other.text == one.text) {
            known.push(one);
        }
    }
    known
}

/// A folded text as phrases meet it: a space at the end of one asks for the edge of a word.
pub(super) fn spaced(folded: &str) -> String {
    format!(" {folded} ")
}

/// What of a test stands in a folded text: `true` for what its regex found.
fn in_text(test: &TextTest, text: &str) -> Vec<(bool, String)> {
    let spaced = spaced(text);
    let phrases = test.any.iter().chain(&test.all).filter(|phrase| spaced.contains(phrase.as_str()));
    let regex = test.regex.as_ref().and_then(|regex| regex.find(text)).map(|found| (true, found.as_str().to_owned()));
    phrases.map(|phrase| (false, phrase.clone())).chain(regex).collect()
}

/// Finds out which of several selectors of a rule it was: each is made a rule of its own, and the page read with these.
pub(super) fn add_selectors(explanation: &mut Explanation, sieve: &Sieve, page: &[u8]) -> Result<(), Error> {
    let settings = sieve.settings();
    let evidence = Evidence::of(settings);
    let removals = || explanation.blocks.iter().flat_map(|block| &block.removals);
    let mut asked: Vec<(&str, u32)> =
        removals().filter(|removal| removal.matched.is_empty()).map(|removal| (removal.file.as_str(), removal.line)).collect();
    asked.sort_unstable();
    asked.dedup();
    let mut alone = Vec::new();
    let mut sources = Vec::new();
    for (file, line) in asked {
        let Some(rule) = evidence.rule(file, line) else { continue };
        let What::Markup { select } = &rule.what else { continue };
        for list in select {
            let rule = RemoveRule {
                id: sources.len().to_string(),
                hosts: Default::default(),
                what: What::Markup { select: vec![list.clone()] },
                ..rule.clone()
            };
            alone.push(rule);
            sources.push((file.to_owned(), line, list.source.clone()));
        }
    }
    if alone.is_empty() {
        return Ok(());
    }
    let rules = Rules::of(vec![file_of(alone)]);
    let mut filter = Filter::new(std::sync::Arc::new(Settings { kinds: settings.kinds, ..settings.with(rules)? }));
    let mut out = Vec::new();
    filter.write(page, &mut out);
    let found: FxHashMap<u64, usize> = filter
        .finish(&mut out)
        .removed
        .into_iter()
        .filter_map(|removed| Some((removed.start, removed.rule.rsplit('/').next()?.parse().ok()?)))
        .collect();
    for removal in explanation.blocks.iter_mut().flat_map(|block| &mut block.removals) {
        let source = found.get(&removal.bytes.start).and_then(|source| sources.get(*source));
        if let Some((file, line, selector)) = source.filter(|(file, line, _)| *file == removal.file && *line == removal.line)
            && removal.matched.is_empty()
        {
            let (text, file) = (selector.clone(), file.clone());
            removal.matched.push(Matched { what: "select", text, weight: None, file, line: *line });
        }
    }
    Ok(())
}

/// A rule file that has nothing but these rules.
pub(super) fn file_of(remove: Vec<RemoveRule>) -> RuleFile {
    RuleFile {
        source: "selectors".to_owned(),
        prefix: "selectors".to_owned(),
        name: None,
        hosts: Default::default(),
        paths: Vec::new(),
        checked: None,
        disable: Vec::new(),
        leftovers: Vec::new(),
        story: None,
        remove,
        language: None,
        cues: Arc::default(),
        tests: Vec::new(),
    }
}
