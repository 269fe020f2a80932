//! Findings about two rules, or two files, together.
//!
//! It must not know where they are written beyond naming it.

use rustc_hash::FxHashMap;

use super::markup::list_covers;
use super::{Subject, Warning};
use crate::rules::host::keys_of;
use crate::rules::pattern::Pattern;
use crate::rules::{RemoveRule, RuleFile, TextTest, What};
use crate::selector::SelectorList;
use crate::workbench::lint::Lint;

/// A rule all of whose elements another rule takes, wherever it is on.
pub(super) fn needless_rules(subjects: &[Subject<'_>], found: &mut Vec<Warning>) {
    let all: Vec<_> = subjects.iter().flat_map(|subject| subject.file.remove.iter().map(move |rule| (subject, rule))).collect();
    let index = Index::new(&all);
    for (at, (subject, rule)) in all.iter().enumerate() {
        let other = index.near(rule).into_iter().filter(|other| *other != at).find(|other| {
            let (wider_subject, wider) = &all[*other];
            is_on_wherever(wider_subject.file, subject.file)
                && takes_all_of(wider, rule)
                && (*other < at || !takes_all_of(rule, wider) || !is_on_wherever(subject.file, wider_subject.file))
        });
        if let Some((wider_subject, wider)) = other.map(|other| &all[other]) {
            let id = format!("{}/{}", wider_subject.file.prefix, wider.id);
            let message = format!("what this rule takes, {id} takes as well ({}:{})", wider_subject.file.source, wider.line);
            subject.warn(found, Lint::NeedlessRule, subject.place_of(rule), message, "take one of the two out");
        }
    }
}

/// Rules by a word that two of which one covers the other must share, so that lists of tens of thousands do not take hours.
struct Index<'a> {
    by_name: FxHashMap<&'a str, Vec<usize>>,
    texts: Vec<usize>,
}

/// Beyond this many text rules they are not held against each other: each pair costs a look.
const MOST_TEXTS: usize = 2_000;

impl<'a> Index<'a> {
    fn new(all: &[(&'a Subject<'_>, &'a RemoveRule)]) -> Self {
        let mut index = Self { by_name: FxHashMap::default(), texts: Vec::new() };
        for (at, (_, rule)) in all.iter().enumerate() {
            match &rule.what {
                What::Markup { select } => {
                    for name in select.iter().flat_map(subject_names) {
                        index.by_name.entry(name).or_default().push(at);
                    }
                }
                What::Text { .. } => index.texts.push(at),
                What::Run { .. } => {}
            }
        }
        index
    }

    fn near(&self, rule: &RemoveRule) -> Vec<usize> {
        match &rule.what {
            What::Markup { select } => {
                let mut near: Vec<_> =
                    select.iter().flat_map(subject_names).filter_map(|name| self.by_name.get(name)).flatten().copied().collect();
                near.sort_unstable();
                near.dedup();
                near
            }
            What::Text { .. } if self.texts.len() <= MOST_TEXTS => self.texts.clone(),
            _ => Vec::new(),
        }
    }
}

/// Tags, ids, classes and attributes of the elements that a list selects.
fn subject_names(list: &SelectorList) -> impl Iterator<Item = &str> {
    list.selectors.iter().filter_map(|complex| complex.compounds.last()).flat_map(|compound| {
        let attributes = compound.attributes.iter().map(|attribute| &*attribute.name);
        compound.ids.iter().chain(&compound.classes).map(|name| &**name).chain(attributes)
    })
}

/// Is a file on wherever the other is? Only what can be told for sure: the same file, or one without hosts.
fn is_on_wherever(wider: &RuleFile, file: &RuleFile) -> bool {
    std::ptr::eq(wider, file)
        || wider.hosts.is_empty() && wider.paths.is_empty() && !file.disable.iter().any(|id| id.starts_with(&wider.prefix))
}

fn takes_all_of(wider: &RemoveRule, rule: &RemoveRule) -> bool {
    if !wider.unless_has.is_empty() && wider.unless_has != rule.unless_has {
        return false;
    }
    // Where a rule has hosts of its own, or asks for what stands inside, it is not known to take all that another takes.
    if !wider.hosts.is_empty() || !wider.has.is_empty() {
        return false;
    }
    match (&wider.what, &rule.what) {
        (What::Markup { select: wide }, What::Markup { select }) => {
            select.iter().all(|list| wide.iter().any(|wide| list_covers(wide, list)))
        }
        (What::Text { select: wide_select, text: wide, max_chars: wide_chars }, What::Text { select, text, max_chars }) => {
            wide_select == select && max_chars <= wide_chars && says_all_of(wide, text)
        }
        _ => false,
    }
}

/// Is every text that passes `test` one that passes `wide`?
fn says_all_of(wide: &TextTest, test: &TextTest) -> bool {
    let same_regex = wide.regex.as_ref().map(Pattern::as_str) == test.regex.as_ref().map(Pattern::as_str);
    (wide.regex.is_none() || same_regex)
        && wide.all.iter().all(|part| test.all.contains(part))
        && wide.none.iter().all(|part| test.none.contains(part))
        && (wide.any.is_empty()
            || !test.any.is_empty() && test.any.iter().all(|phrase| wide.any.iter().any(|part| phrase.contains(part.as_str()))))
}

/// Two files for a host, of which neither says which paths are its own.
pub(super) fn overlapping_hosts(subjects: &[Subject<'_>], found: &mut Vec<Warning>) {
    let mut by_key: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, subject) in subjects.iter().enumerate() {
        for key in subject.file.hosts.keys() {
            by_key.entry(key).or_default().push(at);
        }
    }
    for (at, subject) in subjects.iter().enumerate() {
        let file = subject.file;
        for key in file.hosts.keys() {
            let wider = keys_of(key);
            let files = wider.iter().filter_map(|key| by_key.get(key.as_str())).flatten();
            let other = files.copied().find(|other| {
                let wider = subjects[*other].file;
                let both_paths = !file.paths.is_empty() && !wider.paths.is_empty();
                let narrower = wider.hosts.keys().all(|wide| wide != key);
                *other != at && wider.hosts.matches(key) && !both_paths && (narrower || *other < at)
            });
            if let Some(other) = other.map(|other| subjects[other].file) {
                let message = format!("{key:?} is spoken of by {} too", other.source);
                let help = format!("join the two files, or leave it out there with hosts = [..., \"!{key}\"]");
                subject.warn(found, Lint::OverlappingHosts, subject.value(&subject.table, &["hosts"]), message, help);
                break;
            }
        }
    }
}
