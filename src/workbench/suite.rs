//! The tests of rule files: `[[test]]`s and fixture folders, found and run.
//!
//! A [`Suite`] holds the rules and the tests; [`Suite::run`] runs one test and tells all that is not as expected, with the rule that is to
//! blame where there is one. In which order they run, on how many threads, and how a failure looks is for the command. It must not
//! print.

mod case;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::check::distinct;
use super::seen::Seen;
use crate::error::{Error, RuleError};
use crate::report::{NearMiss, Removed, Report};
use crate::rules::read::{self, Survey};
use crate::rules::{RuleFile, RuleTest, TestPage};
use crate::scan::Reading;
use crate::text::fold;
use crate::{Rules, Sieve};

/// Rules, and the tests that they must pass.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("harbour.toml");
/// std::fs::write(&file, "schema = 1\n[[remove]]\nid = 'box'\nkind = 'ad'\nselect = ['.box']\n[[test]]\n\
///     html = '<p>A story.<div class=box>Buy.</div>'\ngone = ['Buy']\nstays = ['A story', 'At night']\n")?;
/// let suite = storysieve::workbench::Suite::load(&[&file], storysieve::Rules::none(), None)?;
/// let ran = suite.run(&suite.trials()[0]);
/// assert_eq!(ran.hit, ["harbour/box"]);
/// assert_eq!(ran.failures[0].line, "At night");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Suite {
    sieve: Sieve,
    /// The rules under test and nothing else.
    alone: Sieve,
    plain: Sieve,
    trials: Vec<Trial>,
    /// Full ids of the rules under test, in file order.
    own: Vec<(String, String, u32)>,
    missing: Vec<RuleError>,
}

/// One test.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trial {
    /// The rule file, or the folder of the fixture.
    pub file: String,
    /// The line of the `[[test]]`, from 1; 0 for a fixture.
    pub line: u32,
    /// The address the page is read with.
    pub url: Option<String>,
    page: Page,
    gone: Vec<String>,
    stays: Vec<String>,
    story: Vec<String>,
    not_story: Vec<String>,
    rules: Vec<String>,
}

#[derive(Clone, Debug)]
enum Page {
    Html(String),
    File(PathBuf),
}

/// What came of a test.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Ran {
    /// Empty: it passed.
    pub failures: Vec<Failure>,
    /// Full ids of the rules that took something, each once; also of those under test that would, did no other rule and no recognizer
    /// of appeals come before them.
    pub hit: Vec<String>,
    /// The blocks that a reader should see, by what the test says.
    pub expected: Vec<String>,
    /// Those that a reader does see.
    pub seen: Vec<String>,
}

/// One thing that is not as the test says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// What is wrong.
    pub fault: Fault,
    /// The line of the test it is about, or the rule, or the path.
    pub line: String,
    /// The piece of the page that was taken with the line, for [`Fault::Went`] and the like.
    pub by: Option<Removed>,
    /// What nearly took it, for [`Fault::Stayed`].
    pub near: Option<NearMiss>,
}

/// What can be wrong with a line of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A line of `gone` or `stays` is not on the page before any rule has looked at it.
    NotOnPage,
    /// A line of `gone` is still there.
    Stayed,
    /// A line of `stays` or `story` is not there any more.
    Went,
    /// A line of `story` is not in the story, or not where it should be, though no rule took it.
    NotInStory,
    /// A line of `gone` or `not_story` is in the story.
    InStory,
    /// A rule of `rules` took nothing.
    Silent,
    /// The page came out otherwise when it came in in chunks of so many bytes. No rule should be able to do that: please report it.
    CutShows(usize),
    /// The page cannot be read.
    Unreadable(String),
}

/// Chunks of so many bytes, for pages of at most so many bytes: the small ones are slow.
const CHUNKS: [(usize, usize); 5] = [(1, 4 << 10), (7, 32 << 10), (64, 256 << 10), (1000, usize::MAX), (4096, usize::MAX)];

impl Suite {
    /// Reads rule files and fixture folders, and folders of either. The rules are used before those of `beside`, and in place of those with
    /// the same ids. `fixtures` is a folder to look for the fixtures of `[[test]]`s in before those that stand beside the rule file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rules`](crate::ErrorKind::Rules) with every mistake of every file, a fixture that is not there among them;
    /// [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn load(paths: &[impl AsRef<Path>], beside: Rules, fixtures: Option<&Path>) -> Result<Self, Error> {
        let mut files = Vec::new();
        let mut found = Vec::new();
        let mut errors = Vec::new();
        let mut cases = BTreeSet::new();
        for path in distinct(paths) {
            let before = cases.len();
            case::find(path, 0, &mut cases);
            let only_cases = cases.len() > before && !case::has_rules(path, 0);
            if only_cases {
                continue;
            }
            let Survey { sources, errors: wrong } = read::survey(path)?;
            errors.extend(wrong);
            found.extend(sources.iter().map(|source| (source.name.clone(), source.path.clone())));
            files.extend(sources.into_iter().filter_map(|source| source.file));
        }
        if let Err(error) = read::check_unique(&files) {
            errors.extend_from_slice(error.rule_errors());
        }
        if !errors.is_empty() {
            return Err(Error::rules(errors));
        }
        let own = Rules::of(files);
        let mut suite = Self::new(&own, own.clone().instead_of(beside))?;
        suite.add(&own, found.iter().map(|(name, path)| (name.as_str(), path.as_path())), fixtures);
        for folder in cases {
            match case::read(&folder) {
                Ok(trial) => suite.trials.push(trial),
                Err(wrong) => suite.missing.extend(wrong),
            }
        }
        if suite.missing.is_empty() { Ok(suite) } else { Err(Error::rules(suite.missing)) }
    }

    /// The tests of rules that were read, by the names and paths of their files; without any other rules.
    pub(super) fn of<'a>(own: &Rules, files: impl Iterator<Item = (&'a str, &'a Path)>) -> Result<Self, Error> {
        let mut suite = Self::new(own, own.clone())?;
        suite.add(own, files, None);
        Ok(suite)
    }

    fn new(own: &Rules, all: Rules) -> Result<Self, Error> {
        let ids = own.list().into_iter().map(|rule| (rule.id, rule.file, rule.line)).collect();
        let sieve = |rules: Rules| Sieve::builder().rules(rules).build();
        let alone = Sieve::builder().rules(own.clone()).appeals(false).build()?;
        Ok(Self { sieve: sieve(all)?, alone, plain: sieve(Rules::none())?, trials: Vec::new(), own: ids, missing: Vec::new() })
    }

    fn add<'a>(&mut self, own: &Rules, files: impl Iterator<Item = (&'a str, &'a Path)>, fixtures: Option<&Path>) {
        let paths: std::collections::HashMap<&str, &Path> = files.collect();
        for file in own.files() {
            let path = paths.get(file.source.as_str()).copied().unwrap_or(Path::new(&file.source));
            for test in &file.tests {
                match trial(file, test, path, fixtures) {
                    Ok(trial) => self.trials.push(trial),
                    Err(error) => self.missing.push(error),
                }
            }
        }
    }

    /// The fixtures of `[[test]]`s that are not there.
    pub(super) fn missing(&self) -> &[RuleError] {
        &self.missing
    }

    /// The tests, those of rule files first.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// The rules under test that are not among these full ids: id, file and line of each, in file order.
    pub fn without<'s>(&'s self, hit: &BTreeSet<String>) -> Vec<(&'s str, &'s str, u32)> {
        let idle = self.own.iter().filter(|(id, ..)| !hit.contains(id));
        idle.map(|(id, file, line)| (id.as_str(), file.as_str(), *line)).collect()
    }

    /// How many rules are under test.
    pub fn rules(&self) -> usize {
        self.own.len()
    }

    /// Full ids of the rules that some test hits.
    pub(super) fn hit(&self) -> BTreeSet<String> {
        let pages = self.trials.iter().filter_map(|trial| Some((trial, trial.page.bytes().ok()?)));
        pages.flat_map(|(trial, page)| self.hit_alone(trial, &page)).collect()
    }

    /// Full ids of the rules under test that take something of a page when nothing else takes it first.
    fn hit_alone(&self, trial: &Trial, page: &[u8]) -> impl Iterator<Item = String> + use<> {
        let (_, report) = filter(&at(&self.alone, trial), page, usize::MAX);
        report.removed.into_iter().map(|removed| removed.rule)
    }

    /// Runs one test: page mode, whole and in chunks of several sizes, and the story where the test speaks of it.
    pub fn run(&self, trial: &Trial) -> Ran {
        let mut ran = Ran::default();
        let page = match trial.page.bytes() {
            Ok(page) => page,
            Err(error) => {
                ran.failures.push(Failure::of(Fault::Unreadable(error.to_string()), &trial.page.name()));
                return ran;
            }
        };
        let sieve = at(&self.sieve, trial);
        let (out, report) = filter(&sieve, &page, usize::MAX);
        for (size, most) in CHUNKS {
            if page.len() <= most && filter(&sieve, &page, size) != (out.clone(), report.clone()) {
                ran.failures.push(Failure::of(Fault::CutShows(size), ""));
            }
        }
        self.lines(trial, (&page, &out), &report, &mut ran);
        story(trial, &sieve, &page, &mut ran);
        for rule in trial.rules.iter().filter(|rule| report.removed.iter().all(|removed| removed.rule != **rule)) {
            ran.failures.push(Failure::of(Fault::Silent, rule));
        }
        for rule in report.removed.into_iter().map(|removed| removed.rule).chain(self.hit_alone(trial, &page)) {
            if !ran.hit.contains(&rule) {
                ran.hit.push(rule);
            }
        }
        ran
    }

    /// What page mode leaves, line by line.
    fn lines(&self, trial: &Trial, (page, out): (&[u8], &[u8]), report: &Report, ran: &mut Ran) {
        let (before, after) = (Seen::new(&self.plain, page, Reading::Browser), Seen::new(&self.plain, out, Reading::Browser));
        // Page mode leaves a noscript alone unless a rule takes it, so what only browsers without scripting show may be a line as well.
        let all_before = Seen::new(&self.plain, page, Reading::WithoutScripting);
        let all_after = Seen::new(&self.plain, out, Reading::WithoutScripting);
        let stays = || trial.stays.iter().chain(&trial.story);
        for line in trial.gone.iter().chain(stays()).filter(|line| !all_before.holds(line)) {
            ran.failures.push(Failure::of(Fault::NotOnPage, line));
        }
        for line in trial.gone.iter().filter(|line| after.holds(line)) {
            let near = before.blocks_of(line).into_iter().find_map(|block| {
                let bytes = &before.bytes[block];
                report
                    .near
                    .iter()
                    .find(|near| near.start <= bytes.start && bytes.start <= near.start + NEAR || bytes.contains(&near.start))
            });
            ran.failures.push(Failure { near: near.cloned(), ..Failure::of(Fault::Stayed, line) });
        }
        for line in stays().filter(|line| !all_after.holds(line) && all_before.holds(line)) {
            let by = all_before.blocks_of(line).into_iter().find_map(|block| {
                let bytes = &all_before.bytes[block];
                report.removed.iter().find(|removed| removed.start < bytes.end && bytes.start < removed.end)
            });
            ran.failures.push(Failure { by: by.cloned(), ..Failure::of(Fault::Went, line) });
        }
        let of = |lines: &mut dyn Iterator<Item = &String>| -> BTreeSet<usize> {
            lines.flat_map(|line| before.blocks_of(line)).collect()
        };
        let (gone, stay) = (of(&mut trial.gone.iter()), of(&mut stays()));
        // What no line speaks of is as it came out.
        let unsaid = |block: &usize| {
            let bytes = &before.bytes[*block];
            !report.removed.iter().any(|removed| removed.start <= bytes.start && bytes.end <= removed.end)
        };
        let expected = (0..before.blocks.len()).filter(|at| stay.contains(at) || !gone.contains(at) && unsaid(at));
        ran.expected = expected.map(|at| before.blocks[at].clone()).collect();
        ran.seen = after.blocks;
    }
}

/// A sieve for the page of a test.
fn at(sieve: &Sieve, trial: &Trial) -> Sieve {
    trial.url.as_deref().and_then(|url| sieve.at(url).ok()).unwrap_or_else(|| sieve.clone())
}

/// A near miss this many bytes before a block is taken to be an element around it.
const NEAR: u64 = 2_000;

/// What the story holds, for the tests that speak of it.
fn story(trial: &Trial, sieve: &Sieve, page: &[u8], ran: &mut Ran) {
    if trial.story.is_empty() && trial.not_story.is_empty() {
        return;
    }
    let Ok(story) = sieve.story(page) else { return };
    let text = fold(&story.text());
    let mut at = 0;
    for line in &trial.story {
        match text[at..].find(&fold(line)) {
            Some(found) => at += found,
            None if ran.failures.iter().any(|failure| failure.line == *line) => {}
            None => ran.failures.push(Failure::of(Fault::NotInStory, line)),
        }
    }
    for line in trial.gone.iter().chain(&trial.not_story).filter(|line| text.contains(&fold(line))) {
        if !ran.failures.iter().any(|failure| failure.line == *line) {
            ran.failures.push(Failure::of(Fault::InStory, line));
        }
    }
}

fn filter(sieve: &Sieve, page: &[u8], size: usize) -> (Vec<u8>, Report) {
    let mut filter = sieve.filter();
    let mut out = Vec::new();
    for chunk in page.chunks(size) {
        filter.write(chunk, &mut out);
    }
    let report = filter.finish(&mut out);
    (out, report)
}

fn trial(file: &RuleFile, test: &RuleTest, path: &Path, fixtures: Option<&Path>) -> Result<Trial, RuleError> {
    let page = match &test.page {
        TestPage::Html(html) => Page::Html(html.clone()),
        TestPage::Fixture(name) => Page::File(fixture(name, path, fixtures).ok_or_else(|| RuleError {
            file: file.source.clone(),
            line: test.line,
            column: 1,
            length: 8,
            message: format!("there is no page fixtures/cases/{name}/page.html beside this file or above it"),
            help: "put the page there, or write another name".to_owned(),
        })?),
    };
    Ok(Trial {
        file: file.source.clone(),
        line: test.line,
        url: test.url.clone(),
        page,
        gone: test.gone.clone(),
        stays: test.stays.clone(),
        story: Vec::new(),
        not_story: Vec::new(),
        rules: Vec::new(),
    })
}

/// The page of a fixture: in the folder that was given, else in `fixtures/cases` beside the rule file or in a folder above it.
fn fixture(name: &str, file: &Path, given: Option<&Path>) -> Option<PathBuf> {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let above = file.ancestors().skip(1).map(|folder| folder.join("fixtures/cases"));
    given.map(Path::to_owned).into_iter().chain(above).map(|cases| cases.join(name).join(case::PAGE)).find(|page| page.is_file())
}

impl Failure {
    fn of(fault: Fault, line: &str) -> Self {
        Self { fault, line: line.to_owned(), by: None, near: None }
    }
}

impl Page {
    fn bytes(&self) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Html(html) => Ok(html.clone().into_bytes()),
            Self::File(path) => fs::read(path),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Html(_) => String::new(),
            Self::File(path) => path.display().to_string(),
        }
    }
}
