//! Rules for lines that should go from a page: proposed, tried, and put in the order of how long they may last.
//!
//! [`propose`] finds the elements of the lines, writes every rule that could name them ([`candidates`]), runs each on the page, and keeps those
//! that take the lines and nothing of the story. It must not know files or the terminal.

mod candidates;
mod trial;

use std::ops::Range;

use super::outline::{Outline, squeeze};
use crate::error::Error;
use crate::{Kind, Rules, Sieve};
use candidates::Candidate;
pub use candidates::Means;
pub(super) use candidates::{literal, steadiest};
use trial::{Ground, Tried, Unruled};

/// What is wanted of a page.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Lines of the page that should go, as a reader sees them. A piece of a line is enough.
    pub gone: Vec<String>,
    /// Lines that must stay. The sentences of the story are kept without being named here.
    pub stays: Vec<String>,
    /// What the lines are; without it, what a bundled rule takes them for, else [`Kind::Promo`].
    pub kind: Option<Kind>,
}

/// What can be done for a wish.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Proposals {
    /// Lines that stand together, with the rules that take them.
    pub groups: Vec<Group>,
    /// Lines that are not on the page.
    pub missing: Vec<String>,
    /// Sentences of the story, near and far from what goes, to put into the `stays` of a test.
    pub stays: Vec<String>,
}

/// Lines that stand together in a page.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Group {
    /// The lines.
    pub lines: Vec<String>,
    /// Rules that take them and nothing of the story, the steadiest first. Empty: none was found.
    pub rules: Vec<Proposal>,
}

/// A rule that does what was wanted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Proposal {
    /// An id for it.
    pub id: String,
    /// What it takes the lines for.
    pub kind: Kind,
    /// By what it knows them.
    pub means: Means,
    /// Its keys but for `id` and `kind`, as TOML.
    pub keys: String,
    /// What else it takes from the page: the first words of each piece.
    pub others: Vec<String>,
}

impl Proposal {
    /// The rule as a rule file has it.
    pub fn toml(&self) -> String {
        format!("[[remove]]\nid = \"{}\"\nkind = \"{}\"\n{}", self.id, self.kind, self.keys)
    }

    /// What the rule takes from another page: the first words of each piece, and whether it stood in the story.
    ///
    /// # Errors
    ///
    /// None at present: a bad page is never an error.
    pub fn against(&self, page: &[u8]) -> Result<Vec<(String, bool)>, Error> {
        let rules = Rules::parse("new.toml", &format!("schema = 1\n{}", self.toml()))?;
        let story: Vec<Range<u64>> = Sieve::builder().rules(Rules::none()).build()?.story(page)?.places().collect();
        let sieve = Sieve::builder().rules(rules).max_hold(trial::MAX_HOLD).build()?;
        let mut filter = sieve.filter();
        let mut out = Vec::new();
        filter.write(page, &mut out);
        let hits = filter.finish(&mut out).removed.into_iter().map(|removed| {
            let in_story = story.iter().any(|block| block.start < removed.end && removed.start < block.end);
            (removed.excerpt, in_story)
        });
        Ok(hits.collect())
    }
}

/// Proposes rules that take lines from a page.
///
/// ```
/// use storysieve::workbench::{Wish, propose};
///
/// let page = b"<main><p>The boats are in, and rope is dear again.</p><div class='css-1x2y3z' data-box='gift'>Buy us a coffee.</div></main>";
/// let wish = Wish { gone: vec!["Buy us a coffee".to_owned()], ..Wish::default() };
/// let proposals = propose(page, &wish)?;
/// assert_eq!(proposals.groups[0].rules[0].keys, "select = ['[data-box=\"gift\"]']\n");
/// # Ok::<(), storysieve::Error>(())
/// ```
///
/// # Errors
///
/// None at present: a bad page is never an error, and lines that are not there are told in [`Proposals::missing`].
pub fn propose(page: &[u8], wish: &Wish) -> Result<Proposals, Error> {
    let outline = Outline::new(page);
    let mut proposals = Proposals::default();
    let mut found = Vec::new();
    for line in &wish.gone {
        match outline.find(line).first() {
            Some(words) => found.push((words.clone(), line.clone())),
            None => proposals.missing.push(line.clone()),
        }
    }
    found.sort_by_key(|(words, _)| (words.start, words.end));
    let unruled = Unruled::new(page, &outline)?;
    let ground = Ground::new(&unruled, &found, &wish.stays);
    let mut groups: Vec<(Lines, Vec<Proposal>)> = Vec::new();
    for group in self::groups(&outline, &ground, &found) {
        let rules = all(page, &outline, &ground, &group, wish.kind)?;
        // Blocks right behind each other that nothing but their words tells from the story: a letter, which has a beginning and an end.
        if let Some((last, last_rules)) = groups.last_mut()
            && [&*last_rules, &rules].iter().all(|rules| rules.first().is_none_or(|rule| rule.means >= Means::Text))
            && group.words().start.saturating_sub(last.words().end) <= BETWEEN
        {
            let lines: Vec<_> = last.lines.iter().chain(&group.lines).cloned().collect();
            let letter = Lines { lines, boxes: Vec::new() };
            let whole = all(page, &outline, &ground, &letter, wish.kind)?;
            if !whole.is_empty() {
                *last = letter;
                *last_rules = whole;
                continue;
            }
        }
        groups.push((group, rules));
    }
    let group =
        |(group, rules): (Lines, Vec<Proposal>)| Group { lines: group.lines.into_iter().map(|(_, line)| line).collect(), rules };
    proposals.groups = groups.into_iter().map(group).collect();
    proposals.stays = ground.sentences();
    Ok(proposals)
}

/// Letters between two lines of a letter that nobody named. Chosen, not measured: a short paragraph.
const BETWEEN: usize = 200;

/// Lines of one box, or of blocks beside each other.
struct Lines {
    lines: Vec<(Range<usize>, String)>,
    /// The elements that hold all of them and hardly anything else, innermost first. Empty: there are none.
    boxes: Vec<usize>,
}

impl Lines {
    fn words(&self) -> Range<usize> {
        let start = self.lines.first().map_or(0, |(words, _)| words.start);
        start..self.lines.iter().map(|(words, _)| words.end).max().unwrap_or(start)
    }
}

/// Puts lines together that have a box of their own, from the first to the last; then blocks that follow each other.
fn groups(outline: &Outline, ground: &Ground<'_>, found: &[(Range<usize>, String)]) -> Vec<Lines> {
    let mut groups: Vec<Lines> = Vec::new();
    for line in found.iter().cloned() {
        if let Some(last) = groups.last_mut() {
            let both = last.words().start..line.0.end.max(last.words().end);
            let boxes = ground.boxes(outline, &both);
            if !boxes.is_empty() {
                last.boxes = boxes;
                last.lines.push(line);
                continue;
            }
        }
        let boxes = ground.boxes(outline, &line.0);
        groups.push(Lines { lines: vec![line], boxes });
    }
    groups
}

/// Proposes rules for one block after the other of the same page.
pub(super) struct Proposer<'p> {
    page: &'p [u8],
    outline: Outline,
    unruled: Unruled,
}

impl<'p> Proposer<'p> {
    pub(super) fn new(page: &'p [u8]) -> Result<Self, Error> {
        let outline = Outline::new(page);
        let unruled = Unruled::new(page, &outline)?;
        Ok(Self { page, outline, unruled })
    }

    pub(super) fn outline(&self) -> &Outline {
        &self.outline
    }

    /// The steadiest rule that takes the block that has these bytes and says this, and nothing else of the story.
    pub(super) fn best(&self, bytes: &Range<u64>, text: &str, kind: Option<Kind>) -> Result<Option<Proposal>, Error> {
        let innermost =
            self.outline.nodes.iter().rposition(|node| node.bytes.start <= bytes.start && bytes.end <= node.bytes.end);
        let Some(around) = innermost.and_then(|node| self.outline.nodes.get(node)) else { return Ok(None) };
        let inside = |words: &Range<usize>| around.words.start <= words.start && words.end <= around.words.end;
        let Some(words) = self.outline.find(text).into_iter().find(inside) else { return Ok(None) };
        let found = [(words, text.to_owned())];
        let ground = Ground::new(&self.unruled, &found, &[]);
        let boxes = ground.boxes(&self.outline, &found[0].0);
        let group = Lines { lines: found.to_vec(), boxes };
        let takes = |tried: &Tried| tried.taken.iter().any(|taken| taken.start < bytes.end && bytes.start < taken.end);
        Ok(rules(self.page, &self.outline, &ground, &group, kind, Some(&takes))?.into_iter().next())
    }
}

/// Every rule for a group that takes its lines and nothing of the story.
fn all(page: &[u8], outline: &Outline, ground: &Ground<'_>, group: &Lines, kind: Option<Kind>) -> Result<Vec<Proposal>, Error> {
    rules(page, outline, ground, group, kind, None)
}

/// What a rule must do besides.
type Also<'a> = &'a dyn Fn(&Tried) -> bool;

/// Rules for a group that take its lines and nothing of the story, the steadiest first. `enough`: those of the steadiest means for which this
/// holds are enough.
fn rules(
    page: &[u8],
    outline: &Outline,
    ground: &Ground<'_>,
    group: &Lines,
    kind: Option<Kind>,
    enough: Option<Also<'_>>,
) -> Result<Vec<Proposal>, Error> {
    let kind = kind.or_else(|| ground.kind(&group.words())).unwrap_or(Kind::Promo);
    let mut tried: Vec<(Candidate, Tried)> = Vec::new();
    let mut candidates = candidates::all(outline, &group.boxes, &group.lines);
    candidates.sort_by_key(|candidate| (candidate.means, candidate.rank));
    for candidate in candidates {
        let best = |(before, outcome): &(Candidate, Tried)| {
            before.means < candidate.means || outcome.left == 0 && outcome.others.is_empty()
        };
        if enough.is_some() && tried.last().is_some_and(best) {
            break;
        }
        if let Some(outcome) = ground.try_rule(page, outline, &candidate.keys, group)?
            && enough.is_none_or(|enough| enough(&outcome))
        {
            tried.push((candidate, outcome));
        }
    }
    // What takes other things besides may be a rule for all of them, or one that is too wide: behind those of its sort that do not.
    tried.sort_by_key(|(candidate, outcome)| (candidate.means, outcome.left, outcome.others.len().min(3), candidate.rank));
    let proposal = |(candidate, outcome): (Candidate, Tried)| Proposal {
        id: slug(kind, &candidate.name),
        kind,
        means: candidate.means,
        keys: candidate.keys,
        others: outcome.others,
    };
    Ok(tried.into_iter().map(proposal).collect())
}

/// An id of the kind and a few words of what the rule names.
fn slug(kind: Kind, name: &str) -> String {
    let mut id = kind.name().to_owned();
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    for word in words.take(4) {
        let word = word.to_ascii_lowercase();
        if id.len() + word.len() < 40 && !id.split('-').any(|own| own == word) {
            id.push('-');
            id.push_str(&word);
        }
    }
    id
}
