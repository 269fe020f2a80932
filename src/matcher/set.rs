//! Rule files, compiled and frozen: one selector index and one search for phrases for all rules, shared between threads.
//!
//! Whether a rule is *on* for a page is a bit beside it ([`Active`]), so every page of every site is matched against the same tables.
//! Rules that hold on some hosts only come in [`Scope`]s, whose selectors are not even looked for elsewhere. This module must
//! not know any one page.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::cues::{Anchored, Cues};
use super::finder::Finder;
use super::selectors::{SelectorIndex, SelectorIndexBuilder};
use super::whole::Whole;
use crate::error::Error;
use crate::page::Said;
use crate::rules::host::{Hosts, keys_of};
use crate::rules::pattern::Pattern;
use crate::rules::{Kind, RuleFile, TextTest, What};
use crate::selector::SelectorList;

/// What a matched selector list is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    /// The element goes at once.
    Remove(u32),
    /// The element is a candidate of the rules of this group.
    Candidate(u32),
    /// Rules want to know whether an element holds it, so many levels below or anywhere (0): for `has` and `unless_has`.
    Inside(u32),
    /// `[story] select`, by file and place in the list.
    Story(u32, u32),
    /// `[story] title` and the like, by file and place in the list.
    Said(Said, u32, u32),
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
    /// Selector lists one of which must match inside an element; none: nothing must.
    pub(crate) has: Vec<u32>,
    /// Selector lists whose match inside an element clears it.
    pub(crate) unless: Vec<u32>,
    pub(crate) how: How,
}

/// How a rule decides.
#[derive(Debug)]
pub(crate) enum How {
    /// By markup alone.
    Markup,
    /// By markup, at the element's end, because of `has` or `unless`.
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
    /// By evidence: there is one such rule a kind.
    Appeal,
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
/// How many phrases an `all` may have, so that each has a bit.
pub(crate) const MOST_ALL: usize = 62;

impl Test {
    /// Do the phrases that were found, and the folded text if there is a regex, satisfy it?
    pub(crate) fn holds<'t>(&self, bits: u64, text: impl FnOnce() -> &'t str) -> bool {
        bits & NONE == 0 && bits & self.need == self.need && self.regex.as_ref().is_none_or(|regex| regex.is_match(text()))
    }
}

/// A rule file without its rules.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) source: String,
    hosts: Hosts,
    paths: Vec<Pattern>,
    disable: Vec<String>,
    tells_story: bool,
    /// It says where its story stands.
    selects_story: bool,
}

impl Site {
    /// Is it on on some pages only?
    pub(crate) fn limited(&self) -> bool {
        !self.hosts.is_empty() || !self.paths.is_empty()
    }
}

/// Rules that are on together, where their hosts say.
#[derive(Debug)]
struct Scope {
    file: u32,
    /// What the rules themselves say; none for those that are on wherever their file is.
    hosts: Option<Hosts>,
    rules: Vec<u32>,
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
    pub(crate) cues: Cues,
    /// The number of the first of the rules that stand for kinds of appeals, in the order of [`Kind::ALL`].
    appeals: Option<u32>,
    /// The phrases of the rules, and the anchors of the cues.
    finder: Finder<2>,
    phrase_tests: Vec<Vec<(u32, u64)>>,
    /// Innermost-block tests that have no phrase, only a regex.
    pub(crate) regex_tests: Vec<u32>,
    leftovers: Whole<()>,
    by_id: FxHashMap<String, u32>,
    scopes: Vec<Scope>,
    /// Scopes by the keys of their hosts, and those that are to be asked about every address.
    by_host: FxHashMap<String, Vec<u32>>,
    asked_always: Vec<u32>,
    /// Scopes that are on everywhere but on some hosts, by the keys of those.
    by_exception: FxHashMap<String, Vec<u32>>,
    /// Rules that judge texts without naming an element.
    reading: Vec<u32>,
    base: Active,
}

/// Which rules are on for a page.
#[derive(Clone, Debug)]
pub(crate) struct Active {
    on: Arc<Vec<bool>>,
    /// Files that are on and say more than rules, in their order: those for every page, then those with hosts or paths.
    pub(crate) sites: Vec<u32>,
    /// What the selectors are looked for in besides what holds everywhere.
    pub(crate) scopes: Vec<u32>,
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

/// An element, or a block, of more characters is no appeal that is told by evidence alone. Chosen: the longest letters have paragraphs this long.
pub(crate) const APPEAL_CHARS: u32 = 1600;
const APPEAL_BLOCK_CHARS: u32 = 900;

impl RuleSet {
    /// Compiles checked files, in the order that breaks ties.
    pub(crate) fn new(files: &[RuleFile]) -> Result<Self, Error> {
        let mut build = Build::default();
        for file in files {
            build.file(file);
        }
        (build.cues, build.anchors) = Cues::of(files);
        build.appeals();
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

    /// Searches a folded text that stands between two spaces, so that a phrase may ask for the edge of a word by a space at its end:
    /// calls `hit` with the number of each phrase of a rule, and `anchored` with each anchor of a cue (its place counts without the space).
    pub(crate) fn search(&self, spaced: &str, mut hit: impl FnMut(u32), mut anchored: impl FnMut(Anchored)) {
        self.finder.find(spaced, |set, number, at| match set {
            0 => hit(number),
            _ => anchored(Anchored { anchor: number, at: at.saturating_sub(1) as u32 }),
        });
    }

    /// The tests a phrase counts in, and the bit it gets there.
    pub(crate) fn tests_of(&self, phrase: u32) -> &[(u32, u64)] {
        self.phrase_tests.get(phrase as usize).map_or(&[], Vec::as_slice)
    }

    /// Does a phrase speak for taking something, in any test? Others only speak against.
    pub(crate) fn speaks_for(&self, phrase: u32) -> bool {
        self.tests_of(phrase).iter().any(|(_, bit)| *bit != NONE)
    }

    /// The rule that stands for a kind of appeal.
    pub(crate) fn appeal(&self, kind: Kind) -> Option<u32> {
        self.appeals.map(|first| first + kind as u32)
    }

    /// Is the recognizer of appeals on?
    pub(crate) fn recognizes(&self, active: &Active) -> bool {
        Kind::ALL.into_iter().any(|kind| self.appeal(kind).is_some_and(|rule| active.rule(rule)))
    }

    /// Is the folded text of a whole block one that goes with an appeal beside it?
    pub(crate) fn is_leftover(&self, folded: &str) -> bool {
        folded.is_empty() || self.leftovers.get(folded).is_some()
    }

    /// The rules that hold on every host, less the kinds that are kept. `appeals`: verdicts by evidence are wanted.
    pub(crate) fn base(&self, kinds: impl Fn(Kind) -> bool, appeals: bool) -> Active {
        let mut active = self.base.clone();
        for (on, rule) in Arc::make_mut(&mut active.on).iter_mut().zip(&self.rules) {
            *on &= kinds(rule.kind) && (appeals || !matches!(rule.how, How::Appeal));
        }
        self.measure(&mut active);
        active
    }

    /// Turns on what holds at an address, and turns off what those files disable. `true`: something changed.
    pub(crate) fn activate(&self, active: &mut Active, host: &str, path: &str, kinds: impl Fn(Kind) -> bool) -> bool {
        let keys = keys_of(host);
        let under = |index: &FxHashMap<String, Vec<u32>>| -> Vec<u32> {
            keys.iter().filter_map(|key| index.get(key)).flatten().copied().collect()
        };
        let mut asked = under(&self.by_host);
        asked.extend(&self.asked_always);
        asked.sort_unstable();
        asked.dedup();
        let before = active.scopes.len();
        let exceptions = under(&self.by_exception);
        for number in asked {
            let scope = &self.scopes[number as usize];
            let site = &self.sites[scope.file as usize];
            let here = (site.hosts.is_empty() || site.hosts.matches(host))
                && (site.paths.is_empty() || site.paths.iter().any(|path_is| path_is.is_match(path)))
                && scope.hosts.as_ref().is_none_or(|hosts| hosts.matches(host));
            if here && !active.scopes.contains(&number) {
                active.scopes.push(number);
                if scope.hosts.is_none() {
                    active.sites.push(scope.file);
                }
                let on = Arc::make_mut(&mut active.on);
                for rule in &scope.rules {
                    on[*rule as usize] = kinds(self.rules[*rule as usize].kind);
                }
            }
        }
        if active.scopes.len() == before && exceptions.is_empty() {
            return before > 0;
        }
        let on = Arc::make_mut(&mut active.on);
        for number in exceptions {
            let scope = &self.scopes[number as usize];
            if scope.hosts.as_ref().is_some_and(|hosts| !hosts.matches(host)) {
                scope.rules.iter().for_each(|rule| on[*rule as usize] = false);
            }
        }
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

    /// Does a site that is on say where its story or a part of it stands?
    pub(crate) fn tell_stories(&self, active: &Active) -> bool {
        active.sites.iter().any(|site| self.sites[*site as usize].tells_story)
    }

    /// Does this site say where its story stands?
    pub(crate) fn selects_story(&self, site: u32) -> bool {
        self.sites[site as usize].selects_story
    }

    fn measure(&self, active: &mut Active) {
        active.block_chars = 0;
        active.element_chars = 0;
        for rule in self.reading.iter().filter(|rule| active.on[**rule as usize]) {
            match self.rules[*rule as usize].how {
                How::Innermost { max_chars, .. } => {
                    active.block_chars = active.block_chars.max(max_chars);
                    active.element_chars = active.element_chars.max(max_chars).max(CLIMB_CHARS);
                }
                How::Run { max_chars, .. } => {
                    active.block_chars = active.block_chars.max(max_chars);
                    active.element_chars = active.element_chars.max(CLIMB_CHARS);
                }
                How::Appeal => {
                    active.block_chars = active.block_chars.max(APPEAL_BLOCK_CHARS);
                    active.element_chars = active.element_chars.max(APPEAL_CHARS);
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
    scopes: Vec<Scope>,
    /// The scope of rules with hosts of their own, by file and hosts.
    scope_of: FxHashMap<(u32, Hosts), u32>,
    phrase_numbers: FxHashMap<String, usize>,
    phrases: Vec<String>,
    phrase_tests: Vec<Vec<(u32, u64)>>,
    regex_tests: Vec<u32>,
    leftovers: FxHashMap<String, ()>,
    by_id: FxHashMap<String, u32>,
    on: Vec<bool>,
    cues: Cues,
    anchors: Vec<String>,
    appeals: Option<u32>,
}

fn too_many(error: aho_corasick::BuildError) -> Error {
    Error::config(format!("too many phrases for one set of rules ({error}): load fewer rule files"))
}

impl Build {
    fn file(&mut self, file: &RuleFile) {
        let number = self.sites.len() as u32;
        let site = Site {
            source: file.source.clone(),
            hosts: file.hosts.clone(),
            paths: file.paths.clone(),
            disable: file.disable.clone(),
            tells_story: file.story.is_some(),
            selects_story: file.story.as_ref().is_some_and(|story| !story.select.is_empty()),
        };
        let scope = site.limited().then(|| self.scope(number, None));
        for rule in &file.remove {
            self.rule(file, number, scope, rule);
        }
        if let Some(story) = &file.story {
            for (place, list) in story.select.iter().enumerate() {
                self.list(list, Role::Story(number, place as u32), scope);
            }
            for (said, lists) in [(Said::Title, &story.title), (Said::Author, &story.author), (Said::Date, &story.date)] {
                for (place, list) in lists.iter().enumerate() {
                    self.list(list, Role::Said(said, number, place as u32), scope);
                }
            }
            for list in &story.keep {
                self.list(list, Role::Keep(number), scope);
            }
        }
        self.leftovers.extend(file.leftovers.iter().map(|text| (text.clone(), ())));
        self.sites.push(site);
    }

    fn scope(&mut self, file: u32, hosts: Option<Hosts>) -> u32 {
        self.scopes.push(Scope { file, hosts, rules: Vec::new() });
        self.scopes.len() as u32 - 1
    }

    /// `scope`: the file's, if it is on on some pages only.
    fn rule(&mut self, file: &RuleFile, number: u32, mut scope: Option<u32>, rule: &crate::rules::RemoveRule) {
        let index = self.rules.len() as u32;
        let id = format!("{}/{}", file.prefix, rule.id);
        // Where only exceptions are named, the selectors are looked for everywhere, and the rule is off on those.
        let mut everywhere = scope.is_none();
        if !rule.hosts.is_empty() {
            let known = self.scope_of.get(&(number, rule.hosts.clone())).copied();
            let own = known.unwrap_or_else(|| {
                let own = self.scope(number, Some(rule.hosts.clone()));
                self.scope_of.insert((number, rule.hosts.clone()), own);
                own
            });
            self.scopes[own as usize].rules.push(index);
            everywhere &= rule.hosts.keys().next().is_none();
            scope = (!everywhere).then_some(own);
        } else if let Some(scope) = scope {
            self.scopes[scope as usize].rules.push(index);
        }
        let mut inside = |lists: &[SelectorList]| -> Vec<u32> {
            lists.iter().map(|list| self.list(list, Role::Inside(list.levels), scope)).collect()
        };
        let (has, unless) = (inside(&rule.has), inside(&rule.unless_has));
        let how = match &rule.what {
            What::Markup { select } => {
                let at_once = has.is_empty() && unless.is_empty();
                for list in select {
                    if at_once {
                        self.list(list, Role::Remove(index), scope);
                    } else {
                        self.candidates(list, index, scope);
                    }
                }
                if at_once { How::Markup } else { How::MarkupAtEnd }
            }
            What::Text { select, text, max_chars } => {
                for list in select {
                    self.candidates(list, index, scope);
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
        self.on.push(everywhere);
        self.rules.push(Rule { id, file: number, line: rule.line, kind: rule.kind, has, unless, how });
    }

    /// A rule for each kind of appeal, for verdicts by cues.
    fn appeals(&mut self) {
        let Some(first) = self.cues.known.first() else { return };
        let (file, line) = (first.file, first.line);
        self.appeals = Some(self.rules.len() as u32);
        for kind in Kind::ALL {
            let id = format!("appeals/{kind}");
            self.by_id.entry(id.clone()).or_insert(self.rules.len() as u32);
            self.on.push(true);
            self.rules.push(Rule { id, file, line, kind, has: Vec::new(), unless: Vec::new(), how: How::Appeal });
        }
    }

    fn list(&mut self, list: &SelectorList, role: Role, scope: Option<u32>) -> u32 {
        let number = self.roles_of(list, scope);
        let roles = &mut self.roles[number as usize];
        let inside = |role: &Role| matches!(role, Role::Inside(_));
        if !(inside(&role) && roles.iter().any(inside)) {
            roles.push(role);
        }
        number
    }

    /// Elements that a list matches are candidates of a rule.
    fn candidates(&mut self, list: &SelectorList, rule: u32, scope: Option<u32>) {
        let roles = self.roles_of(list, scope) as usize;
        let known = self.roles[roles].iter().find_map(|role| if let Role::Candidate(group) = role { Some(*group) } else { None });
        let group = known.unwrap_or_else(|| {
            let new = self.groups.len() as u32;
            self.groups.push(Vec::new());
            self.roles[roles].push(Role::Candidate(new));
            new
        });
        self.groups[group as usize].push(rule);
    }

    fn roles_of(&mut self, list: &SelectorList, scope: Option<u32>) -> u32 {
        let number = self.selectors.add(list, scope);
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
        self.tests.push(Test { rule, part, need, regex: text.regex.clone() });
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
        let finder = Finder::of([&self.phrases, &self.anchors]).map_err(too_many)?;
        let mut by_host: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        let mut by_exception: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        let mut asked_always = Vec::new();
        let file_under = |index: &mut FxHashMap<String, Vec<u32>>, key: &str, scope: usize| {
            index.entry(key.to_owned()).or_default().push(scope as u32);
        };
        for (number, scope) in self.scopes.iter().enumerate() {
            let site = &self.sites[scope.file as usize];
            let own = scope.hosts.as_ref().filter(|hosts| hosts.keys().next().is_some());
            match (own.unwrap_or(&site.hosts), &scope.hosts) {
                (hosts, _) if hosts.keys().next().is_some() => {
                    hosts.keys().for_each(|key| file_under(&mut by_host, key, number));
                }
                (_, Some(hosts)) if site.hosts.is_empty() && site.paths.is_empty() => {
                    hosts.exceptions().for_each(|key| file_under(&mut by_exception, key, number));
                }
                _ => asked_always.push(number as u32),
            }
        }
        let reads = |rule: &Rule| matches!(rule.how, How::Innermost { .. } | How::Run { .. } | How::Appeal);
        let reading = (0..self.rules.len() as u32).filter(|rule| reads(&self.rules[*rule as usize])).collect();
        let everywhere = |site: &Site| !site.limited() && (site.tells_story || !site.disable.is_empty());
        let sites: Vec<u32> = (0..).zip(&self.sites).filter(|(_, site)| everywhere(site)).map(|(number, _)| number).collect();
        let mut on = self.on;
        for rule in sites.iter().flat_map(|site| &self.sites[*site as usize].disable).filter_map(|id| self.by_id.get(id)) {
            on[*rule as usize] = false;
        }
        let base =
            Active { on: Arc::new(on), sites, scopes: Vec::new(), block_chars: 0, element_chars: 0, groups: Arc::default() };
        Ok(RuleSet {
            selectors: self.selectors.build(self.scopes.len()),
            roles: self.roles,
            groups: self.groups,
            rules: self.rules,
            tests: self.tests,
            sites: self.sites,
            cues: self.cues,
            appeals: self.appeals,
            finder,
            phrase_tests: self.phrase_tests,
            regex_tests: self.regex_tests,
            leftovers: Whole::of(self.leftovers),
            by_id: self.by_id,
            scopes: self.scopes,
            by_host,
            asked_always,
            by_exception,
            reading,
            base,
        })
    }
}
