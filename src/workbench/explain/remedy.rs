//! Rule files that would change what becomes of a block: one that removes it, one that keeps it, one that takes it into the story.
//!
//! Each is tried on the page before it is given, beside the rules that are on, so that it does what it says. It must not know how it is
//! shown.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;
use url::Url;

use super::super::outline::{Node, Outline};
use super::super::propose::{Proposer, literal, steadiest};
use super::{Cause, Explained, Explanation, Verdict};
use crate::error::Error;
use crate::report::Removed;
use crate::rules::RuleFile;
use crate::scan::tag::{self, Tag};
use crate::sieve::Settings;
use crate::story::Story;
use crate::{Rules, Sieve};

/// What a rule file changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// A block that stays would be removed.
    Remove,
    /// A block that was removed would stay.
    Keep,
    /// A block that is left out would be part of the story.
    TakeIn,
}

impl Change {
    /// A word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Keep => "keep",
            Self::TakeIn => "take-in",
        }
    }
}

/// A rule file that changes what becomes of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remedy {
    /// What it changes.
    pub change: Change,
    /// The file.
    pub toml: String,
    /// What else it changes on this page: the first words of each block.
    pub also: Vec<String>,
}

/// Finds such rule files for the blocks of one page.
///
/// ```
/// use storysieve::workbench::{Change, Remedies, explain};
/// use storysieve::{Rules, Sieve};
///
/// let page = b"<p>The harbour reopened on Monday, the mayor said.</p><div class='begging-box'>Spare a coin for the cat.</div>";
/// let sieve = Sieve::builder().rules(Rules::none()).url("https://harbour.example/a").build()?;
/// let explanation = explain(&sieve, page)?;
/// let remedies = Remedies::new(&sieve, page, &explanation)?.of(1)?;
/// let remove = remedies.iter().find(|remedy| remedy.change == Change::Remove).expect("a remedy");
/// assert!(remove.toml.contains("hosts = [\"harbour.example\"]"));
/// assert!(remove.toml.contains("select = [\".begging-box\"]"));
/// # Ok::<(), storysieve::Error>(())
/// ```
pub struct Remedies<'p> {
    settings: Settings,
    page: &'p [u8],
    explanation: &'p Explanation,
    /// The page's host, without `www.`; none if nobody knows it.
    host: Option<String>,
    proposer: Proposer<'p>,
    /// What was found already for blocks that went together.
    kept: Mutex<FxHashMap<(u64, u64), Option<Remedy>>>,
}

/// A host for pages whose host nobody knows.
const SOME_HOST: &str = "example.com";
/// Rules that take the same block one after the other, as each is turned off.
const MOST_DISABLED: usize = 8;
/// A selector that takes more other blocks into the story is only used if there is none that takes fewer.
const FEW: usize = 3;
/// Blocks that are named of those that change besides.
const MOST_NAMED: usize = 4;

impl<'p> Remedies<'p> {
    /// Prepares for the blocks of a page that was explained by [`explain`](super::explain) with the same sieve.
    ///
    /// # Errors
    ///
    /// Those of [`Sieve::story`].
    pub fn new(sieve: &Sieve, page: &'p [u8], explanation: &'p Explanation) -> Result<Self, Error> {
        let mut settings = sieve.settings().clone();
        let said = explanation.url.as_deref().and_then(|url| Url::parse(url).ok());
        let host = settings.url.as_ref().or(said.as_ref()).and_then(Url::host_str);
        let host = host.map(|host| host.strip_prefix("www.").unwrap_or(host).to_owned());
        if host.is_none() {
            settings.url = Url::parse(&format!("https://{SOME_HOST}/")).ok();
        }
        Ok(Self { settings, page, explanation, host, proposer: Proposer::new(page)?, kept: Mutex::default() })
    }

    /// The rule files that would change what becomes of a block, by its index; none if none was found.
    ///
    /// # Errors
    ///
    /// Those of [`Sieve::story`].
    pub fn of(&self, block: usize) -> Result<Vec<Remedy>, Error> {
        let Some(block) = self.explanation.blocks.get(block) else { return Ok(Vec::new()) };
        let found = match block.verdict {
            Verdict::Headline => Vec::new(),
            Verdict::Story => vec![self.remove(block)?],
            Verdict::Removed => vec![self.keep(block)?],
            Verdict::LeftOut => {
                // What nobody suspects, and no reader of the story sees, need not be removed.
                let remove = if block.near.is_empty() { None } else { self.remove(block)? };
                vec![self.take_in(block)?, remove]
            }
        };
        Ok(found.into_iter().flatten().collect())
    }

    fn remove(&self, block: &Explained) -> Result<Option<Remedy>, Error> {
        let kind = block.near.first().map(|near| near.kind);
        let Some(proposal) = self.proposer.best(&block.bytes, &block.text, kind)? else { return Ok(None) };
        let also: Vec<String> = proposal.others.clone();
        let toml = self.file(&format!("\n{}", proposal.toml()), self.host.is_some(), &named("Also removed", &also));
        Ok(Some(Remedy { change: Change::Remove, toml, also }))
    }

    /// Turns the rule off, and then the next that would take the block, or one that went with it, until none does.
    fn keep(&self, block: &Explained) -> Result<Option<Remedy>, Error> {
        let Some(removal) = block.removals.first() else { return Ok(None) };
        let key = (removal.bytes.start, removal.bytes.end);
        let known = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let of_it = |other: &&Explained| other.removals.iter().any(|other| (other.bytes.start, other.bytes.end) == key);
        let together: Vec<_> = self.explanation.blocks.iter().filter(of_it).map(|other| other.bytes.clone()).collect();
        let mut disable = vec![removal.rule.clone()];
        let mut found = None;
        while disable.len() <= MOST_DISABLED {
            let list: Vec<String> = disable.iter().map(|rule| literal(rule)).collect();
            let keys = format!("disable = [{}]\n", list.join(", "));
            let story = self.story_with(&self.file(&keys, true, ""), self.settings.read.clone())?;
            match story.removed().iter().find(|removed| together.iter().any(|bytes| takes(removed, bytes))) {
                Some(next) if disable.contains(&next.rule) => break,
                Some(next) => disable.push(next.rule.clone()),
                None => {
                    let also = self.back(block, &story);
                    found = Some(Remedy { change: Change::Keep, toml: self.file(&keys, true, &named("Also kept", &also)), also });
                    break;
                }
            }
        }
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
        Ok(found)
    }

    /// The first words of other blocks that are not removed any more.
    fn back(&self, block: &Explained, story: &Story) -> Vec<String> {
        let gone = |other: &&Explained| story.removed().iter().any(|removed| takes(removed, &other.bytes));
        let others = self.explanation.blocks.iter().filter(|other| other.verdict == Verdict::Removed);
        others.filter(|other| other.bytes != block.bytes && !gone(other)).map(|other| words(&other.text)).collect()
    }

    /// Names the element around the story and the one around the block: what a site's `[story]` names is its story.
    fn take_in(&self, block: &Explained) -> Result<Option<Remedy>, Error> {
        if matches!(block.cause, Cause::Double | Cause::Wordless) || block.text.is_empty() {
            return Ok(None);
        }
        let outline = self.proposer.outline();
        let story = || self.explanation.blocks.iter().filter(|block| block.verdict == Verdict::Story).map(|block| &block.bytes);
        let whole = story().fold(None, |whole: Option<Range<u64>>, bytes| {
            Some(whole.map_or(bytes.clone(), |whole| whole.start.min(bytes.start)..whole.end.max(bytes.end)))
        });
        let around_story = whole.and_then(|whole| innermost(outline, &whole));
        let Some(own) = innermost(outline, &block.bytes) else { return Ok(None) };
        // A block inside of the element around the story needs no selector of its own.
        let inside = around_story.is_some_and(|around| outline.up(own).any(|node| node == around));
        let mut best: Option<Remedy> = None;
        for of_story in around_story.map_or_else(|| vec![None], |node| selectors(outline, node).into_iter().map(Some).collect()) {
            for of_block in if inside { vec![None] } else { selectors(outline, own).into_iter().map(Some).collect() } {
                let list: Vec<String> = of_story.iter().chain(&of_block).cloned().collect();
                let keys = format!("\n[story]\nselect = [{}]\n", literal(&list.join(", ")));
                let Ok(story) = self.story_with(&self.file(&keys, true, ""), self.rules_of_stories()) else { continue };
                let Some(also) = self.taken_in(block, &story) else { continue };
                if best.as_ref().is_none_or(|best| also.len() < best.also.len()) {
                    let toml = self.file(&keys, true, &named("The story also changes by", &also));
                    best = Some(Remedy { change: Change::TakeIn, toml, also });
                }
                if best.as_ref().is_some_and(|best| best.also.len() <= FEW) {
                    return Ok(best);
                }
            }
        }
        Ok(best)
    }

    /// The first words of other blocks that come into the story or leave it; none if the block itself does not come.
    fn taken_in(&self, block: &Explained, story: &Story) -> Option<Vec<String>> {
        let places: Vec<Range<u64>> = story.places().collect();
        let holds = |bytes: &Range<u64>| places.binary_search_by_key(&bytes.start, |place| place.start).is_ok();
        let others = self.explanation.blocks.iter().filter(|other| {
            other.bytes != block.bytes && other.verdict != Verdict::Removed && other.verdict != Verdict::Headline
        });
        let changed = others.filter(|other| (other.verdict == Verdict::Story) != holds(&other.bytes) && !other.text.is_empty());
        holds(&block.bytes).then(|| changed.map(|other| words(&other.text)).collect())
    }

    /// A rule file, with a remark on top.
    fn file(&self, keys: &str, with_host: bool, remark: &str) -> String {
        let mut text = remark.to_owned();
        if with_host {
            let host = self.host.as_deref().unwrap_or_else(|| {
                text.push_str("# The page does not tell its host: write it here, and give the page's address by --url.\n");
                SOME_HOST
            });
            text.push_str(&format!("schema = 1\nname = {0}\nhosts = [{0}]\n", literal(host)));
        } else {
            text.push_str("schema = 1\n");
        }
        text + keys
    }

    /// The story of the page with a rule file beside these rules.
    fn story_with(&self, toml: &str, rules: Rules) -> Result<Story, Error> {
        let own = Rules::parse("remedy.toml", toml)?;
        let settings = self.settings.with(own.merge(rules)?)?;
        Ok(Story::of_page(&settings, self.page))
    }

    /// The rules that are on, as far as they say where a story is: what they remove is known.
    fn rules_of_stories(&self) -> Rules {
        let files = self.settings.read.files().iter().filter(|file| file.story.is_some());
        Rules::of(files.map(|file| RuleFile { remove: Vec::new(), cues: Vec::new(), ..file.clone() }).collect())
    }
}

fn takes(removed: &Removed, bytes: &Range<u64>) -> bool {
    removed.start <= bytes.start && bytes.end <= removed.end
}

/// The innermost element around these bytes that stands as a block of its own: an inline one is a part of a block, and no place of a story.
fn innermost(outline: &Outline, bytes: &Range<u64>) -> Option<usize> {
    let block = |node: &Node| tag::BLOCK.has(Tag::from_name(node.tag.as_bytes()));
    outline.nodes.iter().rposition(|node| node.bytes.start <= bytes.start && bytes.end <= node.bytes.end && block(node))
}

/// Selectors of an element: its own name, then its place under the nearest that has one.
fn selectors(outline: &Outline, node: usize) -> Vec<String> {
    let Some(element) = outline.nodes.get(node) else { return Vec::new() };
    let mut found: Vec<String> = steadiest(element).map(|(selector, _)| selector).into_iter().collect();
    let child = |node: &Node| {
        if node.parent.is_some() { format!("{}:nth-child({})", node.tag, node.place + 1) } else { node.tag.clone() }
    };
    let (mut plain, mut exact) = (element.tag.clone(), child(element));
    for around in outline.up(node).skip(1) {
        let Some(around) = outline.nodes.get(around) else { break };
        if let Some((selector, _)) = steadiest(around) {
            (plain, exact) = (format!("{selector} > {plain}"), format!("{selector} > {exact}"));
            break;
        }
        (plain, exact) = (format!("{} > {plain}", around.tag), format!("{} > {exact}", child(around)));
    }
    found.extend([plain, exact]);
    found
}

/// The first words of a text.
fn words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(8).collect();
    words.join(" ").chars().take(60).collect()
}

/// A comment that names other blocks; none if there are none.
fn named(what: &str, also: &[String]) -> String {
    if also.is_empty() {
        return String::new();
    }
    let named: Vec<String> = also.iter().take(MOST_NAMED).map(|text| format!("{text:?}")).collect();
    let more = if also.len() > MOST_NAMED { format!(" and {} more", also.len() - MOST_NAMED) } else { String::new() };
    format!("# {what}: {}{more}.\n", named.join(", "))
}
