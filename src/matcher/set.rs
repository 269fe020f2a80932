//! Rule files, compiled and frozen: one selector index and one phrase automaton for all rules, shared between threads.
//!
//! Whether a rule is *on* for a page is a bit beside it ([`Active`]), so every page of every site is matched against the same tables:
//! a rule that is off costs nothing but the rare lookup that finds it. This module must not know any one page.

use std::borrow::Cow;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::grams::Grams;
use super::pattern::Pattern;
use super::selectors::{SelectorIndex, SelectorIndexBuilder};
use crate::error::Error;
use crate::rules::host::{Hosts, keys_of};
use crate::rules::{Kind, RuleFile, TextTest, What};
use crate::selector::SelectorList;

/// What a matched selector list is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    /// The element goes at once.
    Remove(u32),
    /// The element is a candidate of the rules of this group.
    Candidate(u32),
    /// The elements around it are no candidates of the rules that name this list.
    Unless,
    /// `[story] select`, by file and place in the list.
    Story(u32, u32),
    Title(u32),
    Keep(u32),
}

/// One `[[remove]]`.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The full id: `generic/newsletter-form`.
    pub(crate) id: String,
    pub(crate) file: u32,
    pub(crate) line: u32,
    pub(crate) kind: Kind,
    /// Selector lists whose match inside an element clears it.
    pub(crate) unless: Vec<u32>,
    pub(crate) how: How,
}

/// How a rule decides.
#[derive(Debug)]
pub(crate) enum How {
    /// By markup alone.
    Markup,
    /// By markup, at the element's end, because of `unless`.
    MarkupAtEnd,
    /// Elements its selectors name, by their text.
    Selected {
        test: u32,
        max_chars: u32,
    },
    /// The innermost block, by its text.
    Innermost {
        max_chars: u32,
    },
    Run {
        max_blocks: u32,
        max_chars: u32,
    },
}

/// What a text must hold.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) rule: u32,
    pub(crate) part: Part,
    /// The bits that hits of its phrases must have set in sum, and those none may set.
    pub(crate) need: u64,
    pub(crate) regex: Option<Pattern>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    From,
    To,
}

/// The bit of any phrase that is one of several.
const ANY: u64 = 1 << 62;
/// The bit of a phrase that must not be there.
const NONE: u64 = 1 << 63;
/// Bytes of phrases up to which their automaton is a full table, a step a byte; it takes some 250 bytes for each of them.
const MOST_IN_A_TABLE: usize = 64 << 10;
/// How many phrases an `all` may have, so that each has a bit.
pub(crate) const MOST_ALL: usize = 62;

impl Test {
    /// Do the phrases that were found, and the folded text if there is a regex, satisfy it?
    pub(crate) fn holds<'t>(&self, bits: u64, text: impl FnOnce() -> Cow<'t, str>) -> bool {
        bits & NONE == 0 && bits & self.need == self.need && self.regex.as_ref().is_none_or(|regex| regex.is_match(&text()))
    }
}

/// A rule file without its rules.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) source: String,
    hosts: Hosts,
    paths: Vec<Regex>,
    disable: Vec<String>,
    rules: std::ops::Range<u32>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct RuleSet {
    pub(crate) selectors: SelectorIndex,
    roles: Vec<Vec<Role>>,
    /// The rules whose candidates one selector list names, by group.
    groups: Vec<Vec<u32>>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) tests: Vec<Test>,
    pub(crate) sites: Vec<Site>,
    phrases: Option<AhoCorasick>,
    /// Tells which texts hold no phrase that speaks for anything.
    grams: Grams,
    /// The phrases that only speak against, for those texts, and their numbers. They are few, and common words.
    against: Option<(AhoCorasick, Vec<u32>)>,
    phrase_tests: Vec<Vec<(u32, u64)>>,
    /// Innermost-block tests that have no phrase, only a regex.
    pub(crate) regex_tests: Vec<u32>,
    leftovers: FxHashSet<String>,
    by_id: FxHashMap<String, u32>,
    /// Files by the keys of their hosts, and those that are to be asked about every address.
    by_host: FxHashMap<String, Vec<u32>>,
    asked_always: Vec<u32>,
    base: Active,
}

/// Which rules are on for a page.
#[derive(Clone, Debug)]
pub(crate) struct Active {
    on: Arc<Vec<bool>>,
    /// Files with hosts or paths that are on.
    pub(crate) sites: Vec<u32>,
    /// The most characters a single block may have to be judged; 0 if no rule judges texts.
    pub(crate) block_chars: u32,
    /// The most characters an element may have to be judged by rules that name no element; 0 if there are none.
    pub(crate) element_chars: u32,
    groups: Arc<Vec<Group>>,
}

/// What the rules of a group that are on ask of an element.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Group {
    /// The most characters it may have to be judged by one of them; 0 if none is on.
    pub(crate) chars: u32,
    /// The same for those that look at its text.
    pub(crate) text_chars: u32,
    /// One of them may take an element without a phrase in it.
    pub(crate) without_phrases: bool,
}

impl Active {
    pub(crate) fn group(&self, group: u32) -> Group {
        self.groups.get(group as usize).copied().unwrap_or_default()
    }

    pub(crate) fn rule(&self, rule: u32) -> bool {
        self.on.get(rule as usize).copied().unwrap_or(false)
    }
}

/// A widget (it has a button or a field) may hold so many characters besides what was cut and still go whole; so every element is held at
/// least as long. Chosen, not measured: room for two or three lines of small print.
pub(crate) const CLIMB_CHARS: u32 = 300;

impl RuleSet {
    /// Compiles checked files, in the order that breaks ties.
    pub(crate) fn new(files: &[RuleFile]) -> Result<Self, Error> {
        let mut build = Build::default();
        for file in files {
            build.file(file);
        }
        build.finish()
    }

    pub(crate) fn roles(&self, list: u32) -> &[Role] {
        self.roles.get(list as usize).map_or(&[], Vec::as_slice)
    }

    /// The rules of a group, in file order.
    pub(crate) fn group(&self, group: u32) -> &[u32] {
        self.groups.get(group as usize).map_or(&[], Vec::as_slice)
    }

    /// The rule of that full id.
    pub(crate) fn rule_by_id(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// Finds the phrases in a folded text: calls `hit` with the number of each.
    pub(crate) fn phrases(&self, folded: &str, mut hit: impl FnMut(u32)) {
        if let Some(phrases) = self.phrases.as_ref().filter(|_| self.grams.may_hold(folded)) {
            phrases.find_overlapping_iter(folded).for_each(|found| hit(found.pattern().as_u32()));
        } else if let Some((against, numbers)) = &self.against {
            against.find_overlapping_iter(folded).for_each(|found| hit(numbers[found.pattern().as_usize()]));
        }
    }

    /// The tests a phrase counts in, and the bit it gets there.
    pub(crate) fn tests_of(&self, phrase: u32) -> &[(u32, u64)] {
        self.phrase_tests.get(phrase as usize).map_or(&[], Vec::as_slice)
    }

    /// Does a phrase speak for taking something, in any test? Others only speak against.
    pub(crate) fn speaks_for(&self, phrase: u32) -> bool {
        self.tests_of(phrase).iter().any(|(_, bit)| *bit != NONE)
    }

    /// Is the folded text of a whole block one that goes with an appeal beside it?
    pub(crate) fn is_leftover(&self, folded: &str) -> bool {
        folded.is_empty() || self.leftovers.contains(folded)
    }

    /// The rules that hold on every host, less the kinds that are kept.
    pub(crate) fn base(&self, kinds: impl Fn(Kind) -> bool) -> Active {
        let mut active = self.base.clone();
        for (on, rule) in Arc::make_mut(&mut active.on).iter_mut().zip(&self.rules) {
            *on &= kinds(rule.kind);
        }
        self.measure(&mut active);
        active
    }

    /// Turns on what holds at an address, and turns off what those files disable. `true`: something changed.
    pub(crate) fn activate(&self, active: &mut Active, host: &str, path: &str, kinds: impl Fn(Kind) -> bool) -> bool {
        let by_key = keys_of(host).into_iter().filter_map(|key| self.by_host.get(&key)).flatten();
        let mut asked: Vec<u32> = by_key.chain(&self.asked_always).copied().collect();
        asked.sort_unstable();
        let before = active.sites.len();
        for index in asked {
            let site = &self.sites[index as usize];
            let here = (site.hosts.is_empty() || site.hosts.matches(host))
                && (site.paths.is_empty() || site.paths.iter().any(|path_is| path_is.is_match(path)));
            if here && !active.sites.contains(&index) {
                active.sites.push(index);
                let on = Arc::make_mut(&mut active.on);
                for rule in site.rules.clone() {
                    on[rule as usize] = kinds(self.rules[rule as usize].kind);
                }
            }
        }
        if active.sites.len() == before {
            return before > 0;
        }
        let on = Arc::make_mut(&mut active.on);
        for site in &active.sites {
            for id in &self.sites[*site as usize].disable {
                if let Some(rule) = self.rule_by_id(id) {
                    on[rule as usize] = false;
                }
            }
        }
        self.measure(active);
        !active.sites.is_empty()
    }

    fn measure(&self, active: &mut Active) {
        active.block_chars = 0;
        active.element_chars = 0;
        for (rule, _) in self.rules.iter().zip(active.on.iter()).filter(|(_, on)| **on) {
            match rule.how {
                How::Innermost { max_chars, .. } => {
                    active.block_chars = active.block_chars.max(max_chars);
                    active.element_chars = active.element_chars.max(max_chars).max(CLIMB_CHARS);
                }
                How::Run { max_chars, .. } => {
                    active.block_chars = active.block_chars.max(max_chars);
                    active.element_chars = active.element_chars.max(CLIMB_CHARS);
                }
                _ => {}
            }
        }
        active.groups = Arc::new(self.groups.iter().map(|rules| self.measure_group(rules, &active.on)).collect());
    }

    fn measure_group(&self, rules: &[u32], on: &[bool]) -> Group {
        let mut group = Group::default();
        for rule in rules.iter().filter(|rule| on[**rule as usize]) {
            if let How::Selected { test, max_chars } = self.rules[*rule as usize].how {
                group.chars = group.chars.max(max_chars);
                group.text_chars = group.text_chars.max(max_chars);
                group.without_phrases |= self.tests[test as usize].need == 0;
            } else {
                group.chars = u32::MAX;
                group.without_phrases = true;
            }
        }
        group
    }
}

#[derive(Default)]
struct Build {
    selectors: SelectorIndexBuilder,
    roles: Vec<Vec<Role>>,
    groups: Vec<Vec<u32>>,
    rules: Vec<Rule>,
    tests: Vec<Test>,
    sites: Vec<Site>,
    phrase_numbers: FxHashMap<String, usize>,
    phrases: Vec<String>,
    phrase_tests: Vec<Vec<(u32, u64)>>,
    regex_tests: Vec<u32>,
    leftovers: FxHashSet<String>,
    by_id: FxHashMap<String, u32>,
    on: Vec<bool>,
}

impl Build {
    fn file(&mut self, file: &RuleFile) {
        let number = self.sites.len() as u32;
        let first = self.rules.len() as u32;
        for rule in &file.remove {
            self.rule(file, number, rule);
        }
        if let Some(story) = &file.story {
            for (place, list) in story.select.iter().enumerate() {
                self.list(list, Role::Story(number, place as u32));
            }
            for list in &story.title {
                self.list(list, Role::Title(number));
            }
            for list in &story.keep {
                self.list(list, Role::Keep(number));
            }
        }
        self.leftovers.extend(file.leftovers.iter().cloned());
        self.sites.push(Site {
            source: file.source.clone(),
            hosts: file.hosts.clone(),
            paths: file.paths.clone(),
            disable: file.disable.clone(),
            rules: first..self.rules.len() as u32,
        });
    }

    fn rule(&mut self, file: &RuleFile, number: u32, rule: &crate::rules::RemoveRule) {
        let index = self.rules.len() as u32;
        let id = format!("{}/{}", file.prefix, rule.id);
        let unless = rule.unless_has.iter().map(|list| self.list(list, Role::Unless)).collect::<Vec<_>>();
        let how = match &rule.what {
            What::Markup { select } => {
                for list in select {
                    if unless.is_empty() {
                        self.list(list, Role::Remove(index));
                    } else {
                        self.candidates(list, index);
                    }
                }
                if unless.is_empty() { How::Markup } else { How::MarkupAtEnd }
            }
            What::Text { select, text, max_chars } => {
                for list in select {
                    self.candidates(list, index);
                }
                let test = self.test(index, Part::Whole, text);
                if select.is_empty() {
                    if self.tests[test as usize].need == 0 {
                        self.regex_tests.push(test);
                    }
                    How::Innermost { max_chars: *max_chars }
                } else {
                    How::Selected { test, max_chars: *max_chars }
                }
            }
            What::Run { from, to, max_blocks, max_chars } => {
                self.test(index, Part::From, from);
                self.test(index, Part::To, to);
                How::Run { max_blocks: *max_blocks, max_chars: *max_chars }
            }
        };
        self.by_id.insert(id.clone(), index);
        self.on.push(file.hosts.is_empty() && file.paths.is_empty());
        self.rules.push(Rule { id, file: number, line: rule.line, kind: rule.kind, unless, how });
    }

    fn list(&mut self, list: &SelectorList, role: Role) -> u32 {
        let number = self.roles_of(list);
        self.roles[number as usize].push(role);
        number
    }

    /// Elements that a list matches are candidates of a rule.
    fn candidates(&mut self, list: &SelectorList, rule: u32) {
        let roles = self.roles_of(list) as usize;
        let known = self.roles[roles].iter().find_map(|role| if let Role::Candidate(group) = role { Some(*group) } else { None });
        let group = known.unwrap_or_else(|| {
            let new = self.groups.len() as u32;
            self.groups.push(Vec::new());
            self.roles[roles].push(Role::Candidate(new));
            new
        });
        self.groups[group as usize].push(rule);
    }

    fn roles_of(&mut self, list: &SelectorList) -> u32 {
        let number = self.selectors.add(list);
        if self.roles.len() <= number as usize {
            self.roles.resize(number as usize + 1, Vec::new());
        }
        number
    }

    fn test(&mut self, rule: u32, part: Part, text: &TextTest) -> u32 {
        let test = self.tests.len() as u32;
        let mut need = 0;
        if !text.any.is_empty() {
            need |= ANY;
        }
        for phrase in &text.any {
            self.phrase(phrase, test, ANY);
        }
        for (i, phrase) in text.all.iter().take(MOST_ALL).enumerate() {
            need |= 1 << i;
            self.phrase(phrase, test, 1 << i);
        }
        for phrase in &text.none {
            self.phrase(phrase, test, NONE);
        }
        self.tests.push(Test { rule, part, need, regex: text.regex.as_ref().map(Pattern::of) });
        test
    }

    fn phrase(&mut self, phrase: &str, test: u32, bit: u64) {
        let number = *self.phrase_numbers.entry(phrase.to_owned()).or_insert_with(|| {
            self.phrases.push(phrase.to_owned());
            self.phrase_tests.push(Vec::new());
            self.phrases.len() - 1
        });
        self.phrase_tests[number].push((test, bit));
    }

    fn finish(self) -> Result<RuleSet, Error> {
        let too_many = |e| Error::config(format!("too many phrases for one set of rules ({e}): load fewer rule files"));
        let build = |phrases: &[&String]| {
            let size: usize = phrases.iter().map(|phrase| phrase.len()).sum();
            let kind = (size <= MOST_IN_A_TABLE).then_some(AhoCorasickKind::DFA);
            AhoCorasick::builder().match_kind(MatchKind::Standard).kind(kind).build(phrases).map_err(too_many)
        };
        let all: Vec<&String> = self.phrases.iter().collect();
        let speaks_for = |number: &usize| self.phrase_tests[*number].iter().any(|(_, bit)| *bit != NONE);
        let (speak_for, against): (Vec<usize>, Vec<usize>) = (0..all.len()).partition(speaks_for);
        let pick = |numbers: &[usize]| numbers.iter().map(|number| all[*number]).collect::<Vec<_>>();
        let grams = Grams::of(&pick(&speak_for)).map_err(too_many)?;
        let phrases = if all.is_empty() { None } else { Some(build(&all)?) };
        let against = if against.is_empty() {
            None
        } else {
            Some((build(&pick(&against))?, against.iter().map(|number| *number as u32).collect()))
        };
        let mut by_host: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        let mut asked_always = Vec::new();
        for (index, site) in self.sites.iter().enumerate() {
            for key in site.hosts.keys() {
                by_host.entry(key.to_owned()).or_default().push(index as u32);
            }
            let everywhere = site.hosts.is_empty() && site.paths.is_empty();
            if site.hosts.keys().next().is_none() && !everywhere {
                asked_always.push(index as u32);
            }
        }
        let base = Active { on: Arc::new(self.on), sites: Vec::new(), block_chars: 0, element_chars: 0, groups: Arc::default() };
        Ok(RuleSet {
            selectors: self.selectors.build(),
            roles: self.roles,
            groups: self.groups,
            rules: self.rules,
            tests: self.tests,
            sites: self.sites,
            phrases,
            grams,
            against,
            phrase_tests: self.phrase_tests,
            regex_tests: self.regex_tests,
            leftovers: self.leftovers,
            by_id: self.by_id,
            by_host,
            asked_always,
            base,
        })
    }
}
