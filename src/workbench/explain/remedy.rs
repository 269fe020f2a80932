//! Rule files that would change what becomes of a block: one that removes it, one that keeps it, one that takes it into the story.
//!
//! Each is tried on the page before it is given, beside the rules that are on, so that it does what it says. It must not know how it is
//! shown.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;
use url::Url;

use super::super::propose::{Proposer, literal};
use super::roots::{self, Roots};
use super::{Cause, Explained, Explanation, Verdict};
use crate::error::Error;
use crate::report::Removed;
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
/// let rules = Rules::parse("cat.toml", "schema = 1\n[[remove]]\nid = 'box'\nkind = 'donation'\nselect = ['.begging-box']")?;
/// let sieve = Sieve::builder().rules(rules).url("https://harbour.example/a").build()?;
/// let page = b"<p>The harbour reopened on Monday, the mayor said.</p><div class='begging-box'>Spare a coin for the cat.</div>";
/// let explanation = explain(&sieve, page)?;
/// let remedies = Remedies::new(&sieve, page, &explanation)?.of(1)?;
/// assert_eq!(remedies[0].change, Change::Keep);
/// assert!(remedies[0].toml.ends_with("hosts = [\"harbour.example\"]\ndisable = [\"cat/box\"]\n"));
/// # Ok::<(), storysieve::Error>(())
/// ```
pub struct Remedies<'p> {
    settings: Settings,
    page: &'p [u8],
    explanation: &'p Explanation,
    /// The page's host, without `www.`; none if nobody knows it.
    host: Option<String>,
    proposer: Proposer<'p>,
    /// The blocks of the story, by index.
    story: Vec<usize>,
    /// The innermost element around the story.
    around_story: Option<usize>,
    /// What the selectors of elements that may hold a story match on the page.
    roots: Roots,
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
        let proposer = Proposer::new(page)?;
        let outline = proposer.outline();
        let of = |verdict| explanation.blocks.iter().filter(move |block| block.verdict == verdict).map(|block| &block.bytes);
        let whole = of(Verdict::Story).fold(None, |whole: Option<Range<u64>>, bytes| {
            Some(whole.map_or(bytes.clone(), |whole| whole.start.min(bytes.start)..whole.end.max(bytes.end)))
        });
        let around_story = whole.and_then(|whole| roots::innermost(outline, &whole));
        let own = of(Verdict::LeftOut).filter_map(|bytes| roots::innermost(outline, bytes));
        let asked = around_story.into_iter().chain(own).flat_map(|node| roots::selectors(outline, node));
        let roots = Roots::of(&settings, page, host.as_deref().unwrap_or(SOME_HOST), asked)?;
        let of_story = |(_, block): &(usize, &Explained)| block.verdict == Verdict::Story && !block.text.is_empty();
        let story = explanation.blocks.iter().enumerate().filter(of_story).map(|(at, _)| at).collect();
        Ok(Self { settings, page, explanation, host, proposer, story, around_story, roots, kept: Mutex::default() })
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
                vec![self.take_in(block), remove]
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
            let story = self.story_with(&self.file(&keys, true, ""))?;
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
    fn take_in(&self, block: &Explained) -> Option<Remedy> {
        if matches!(block.cause, Cause::Double | Cause::Wordless) || block.text.is_empty() {
            return None;
        }
        let outline = self.proposer.outline();
        let own = roots::innermost(outline, &block.bytes)?;
        // A block inside of the element around the story needs no selector of its own.
        let inside = self.around_story.is_some_and(|around| outline.up(own).any(|node| node == around));
        let alone = || vec![None];
        let some = |node| roots::selectors(outline, node).into_iter().map(Some).collect();
        let mut best: Option<(Vec<usize>, String)> = None;
        'found: for of_story in self.around_story.map_or_else(alone, some) {
            for of_block in if inside { alone() } else { some(own) } {
                let list: Vec<&str> = of_story.iter().chain(&of_block).map(String::as_str).collect();
                let Some(also) = self.taken_in(block, &list) else { continue };
                if best.as_ref().is_none_or(|(best, _)| also.len() < best.len()) {
                    best = Some((also, list.join(", ")));
                }
                if best.as_ref().is_some_and(|(best, _)| best.len() <= FEW) {
                    break 'found;
                }
            }
        }
        let (also, list) = best?;
        let keys = format!("\n[story]\nselect = [{}]\n", literal(&list));
        let also: Vec<String> = also.into_iter().map(|at| words(&self.explanation.blocks[at].text)).collect();
        let toml = self.file(&keys, true, &named("The story also changes by", &also));
        Some(Remedy { change: Change::TakeIn, toml, also })
    }

    /// Other blocks that come into the story or leave it, by index; none if the block itself does not come.
    fn taken_in(&self, block: &Explained, selectors: &[&str]) -> Option<Vec<usize>> {
        let blocks = &self.explanation.blocks;
        let held = self.roots.held_by(selectors);
        held.binary_search(&block.bytes.start).ok()?;
        let come = held.iter().filter_map(|start| blocks.binary_search_by_key(start, |block| block.bytes.start).ok());
        let come = come.filter(|at| {
            let other = &blocks[*at];
            other.verdict == Verdict::LeftOut
                && other.cause != Cause::Double
                && other.bytes != block.bytes
                && !other.text.is_empty()
        });
        let leave = self.story.iter().copied().filter(|at| held.binary_search(&blocks[*at].bytes.start).is_err());
        let mut changed: Vec<usize> = come.chain(leave).collect();
        changed.sort_unstable();
        Some(changed)
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

    /// The story of the page with a rule file beside the rules that are on.
    fn story_with(&self, toml: &str) -> Result<Story, Error> {
        let own = Rules::parse("remedy.toml", toml)?;
        let settings = self.settings.with(own.merge(self.settings.read.clone())?)?;
        Ok(Story::of_page(&settings, self.page))
    }
}

/// Does it take the whole block?
fn takes(removed: &Removed, bytes: &Range<u64>) -> bool {
    !removed.sentences && removed.start <= bytes.start && bytes.end <= removed.end
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
