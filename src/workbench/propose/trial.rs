//! A page that proposed rules are tried on: what must go, what must not, and what came of a rule.
//!
//! It must not know how a rule was thought of.

use std::ops::Range;

use super::{Lines, Outline, squeeze};
use crate::error::Error;
use crate::scan::Reading;
use crate::{Kind, Rules, Sieve, story};

/// Room for any notice, and its markup.
pub(super) const MAX_HOLD: usize = 1 << 20;

/// See the module.
pub(super) struct Ground<'a> {
    seen: &'a Unruled,
    /// Blocks of the story that do not go, in page order.
    story: Vec<&'a Told>,
    stays: Vec<String>,
    /// What goes, in places of the squeezed page.
    gone: &'a [(Range<usize>, String)],
}

/// A page without rules, and what the bundled ones take of it: the same for whatever is wished of it.
pub(super) struct Unruled {
    /// Blocks of the story, in page order.
    story: Vec<Told>,
    bundled: Vec<(Kind, Range<u64>)>,
    nodes: Vec<(Range<usize>, Range<u64>)>,
}

/// A block of the story.
struct Told {
    bytes: Range<u64>,
    /// Its words, squeezed, and as a reader sees them.
    words: String,
    text: String,
}

impl Unruled {
    pub(super) fn new(page: &[u8], outline: &Outline) -> Result<Self, Error> {
        let plain = Sieve::builder().rules(Rules::none()).build()?;
        let places: Vec<_> = plain.story(page)?.places().collect();
        let of_story = |bytes: &Range<u64>| places.binary_search_by_key(&bytes.start, |place| place.start).is_ok();
        let blocks = story::blocks(plain.settings(), page, Reading::Browser).into_iter();
        let mut filter = Sieve::builder().max_hold(MAX_HOLD).build()?.filter();
        let mut out = Vec::new();
        filter.write(page, &mut out);
        let removed = filter.finish(&mut out).removed.into_iter();
        Ok(Self {
            story: blocks
                .filter(|(bytes, _)| of_story(bytes))
                .map(|(bytes, text)| Told { bytes, words: squeeze(&text), text })
                .collect(),
            bundled: removed.map(|removed| (removed.kind, removed.start..removed.end)).collect(),
            nodes: outline.nodes.iter().map(|node| (node.words.clone(), node.bytes.clone())).collect(),
        })
    }
}

/// What came of a rule that takes the lines and nothing of the story.
pub(super) struct Tried {
    /// How many of the lines are elsewhere on the page still.
    pub(super) left: usize,
    /// The first words of what else it took.
    pub(super) others: Vec<String>,
    /// The bytes that it took.
    pub(super) taken: Vec<Range<u64>>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(seen: &'a Unruled, gone: &'a [(Range<usize>, String)], stays: &[String]) -> Self {
        let lines: Vec<String> = gone.iter().map(|(_, line)| squeeze(line)).collect();
        let kept = |words: &String| {
            !words.is_empty() && !lines.iter().any(|line| words.contains(line.as_str()) || line.contains(words.as_str()))
        };
        Self {
            seen,
            story: seen.story.iter().filter(|block| kept(&block.words)).collect(),
            stays: stays.iter().map(|line| squeeze(line)).filter(|line| !line.is_empty()).collect(),
            gone,
        }
    }

    /// The elements that hold all these words, of the lines that go hardly less, and nothing that must stay. Innermost first.
    pub(super) fn boxes(&self, outline: &Outline, words: &Range<usize>) -> Vec<usize> {
        let Some(innermost) = outline.around(words) else { return Vec::new() };
        outline.up(innermost).take_while(|node| self.is_box(outline, *node)).collect()
    }

    fn is_box(&self, outline: &Outline, node: usize) -> bool {
        let Some(element) = outline.nodes.get(node) else { return false };
        if matches!(element.tag.as_str(), "html" | "body" | "head" | "main") {
            return false;
        }
        let words = outline.words_of(node);
        // Lines may overlap; what is covered is counted once.
        let mut covered = 0;
        let mut end = element.words.start;
        for (line, _) in self.gone.iter().filter(|(line, _)| element.words.start <= line.start && line.end <= element.words.end) {
            covered += line.end.saturating_sub(line.start.max(end));
            end = end.max(line.end);
        }
        let rest = words.len() - covered;
        // A box inside the story is a part of it to the story finder: its heading and its buttons are no sentences of the story for that.
        let within = |block: &&&Told| element.bytes.start <= block.bytes.start && block.bytes.end <= element.bytes.end;
        let sentences = self.story.iter().filter(within).map(|block| block.words.len()).filter(|length| *length >= SENTENCE);
        let story: usize = sentences.sum();
        rest <= MOST_REST.max(covered * 3) && story <= covered && !self.stays.iter().any(|line| words.contains(line.as_str()))
    }

    /// What a bundled rule takes these words for.
    pub(super) fn kind(&self, words: &Range<usize>) -> Option<Kind> {
        let bytes = self
            .seen
            .nodes
            .iter()
            .rev()
            .find(|(own, _)| own.start <= words.start && words.end <= own.end)
            .map(|(_, bytes)| bytes)?;
        self.seen.bundled.iter().find(|(_, taken)| taken.start < bytes.end && bytes.start < taken.end).map(|(kind, _)| *kind)
    }

    /// Runs a rule. None: it leaves a line, or takes what must stay.
    pub(super) fn try_rule(&self, page: &[u8], outline: &Outline, keys: &str, group: &Lines) -> Result<Option<Tried>, Error> {
        let text = format!("schema = 1\n[[remove]]\nid = \"new\"\nkind = \"promo\"\n{keys}");
        // A name of the page may be one that no rule can write.
        let Ok(rules) = Rules::parse("new.toml", &text) else { return Ok(None) };
        let sieve = Sieve::builder().rules(rules).max_hold(MAX_HOLD).build()?;
        let mut filter = sieve.filter();
        let mut out = Vec::new();
        filter.write(page, &mut out);
        let removed = filter.finish(&mut out).removed;
        if removed.is_empty() {
            return Ok(None);
        }
        let after = Outline::new(&out);
        let count = |words: &str, line: &str| words.matches(line).count();
        let mut left = 0;
        for (_, line) in &group.lines {
            let line = squeeze(line);
            let rest = count(&after.words, &line);
            if rest >= count(&outline.words, &line) {
                return Ok(None);
            }
            left += rest;
        }
        let in_box = |words: &str| group.boxes.last().is_some_and(|node| outline.words_of(*node).contains(words));
        let lost = |words: &str| count(&after.words, words) < count(&outline.words, words);
        // Counting is slow, and a block that nothing was taken of is there still.
        let touched = |block: &Told| removed.iter().any(|gone| gone.start < block.bytes.end && block.bytes.start < gone.end);
        let lost_block = |block: &&Told| touched(block) && lost(&block.words) && !in_box(&block.words);
        if self.stays.iter().any(|line| lost(line)) || self.story.iter().any(lost_block) {
            return Ok(None);
        }
        let own = |excerpt: &str| {
            let words = squeeze(excerpt);
            in_box(&words) || group.lines.iter().any(|(_, line)| words.contains(&squeeze(line)) || squeeze(line).contains(&words))
        };
        let taken = removed.iter().map(|removed| removed.start..removed.end).collect();
        let others = removed.into_iter().map(|removed| removed.excerpt).filter(|excerpt| !own(excerpt)).collect();
        Ok(Some(Tried { left, others, taken }))
    }

    /// Some sentences of the story: its first, its last, and one from the middle, each short enough for a test.
    pub(super) fn sentences(&self) -> Vec<String> {
        let long: Vec<&String> = self.story.iter().map(|block| &block.text).filter(|text| text.chars().count() >= 40).collect();
        let mut picked: Vec<String> = Vec::new();
        for at in [0, long.len() / 2, long.len().saturating_sub(1)] {
            let Some(text) = long.get(at) else { continue };
            let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(90).collect();
            // Up to the last whole word.
            let line = if words.chars().count() < 90 {
                words.as_str()
            } else {
                words.rsplit_once(' ').map_or(words.as_str(), |(line, _)| line)
            };
            if !picked.iter().any(|other| other == line) {
                picked.push(line.to_owned());
            }
        }
        picked
    }
}

/// Letters of a box beside the lines that go: its heading, its buttons, its small print. Chosen, not measured.
const MOST_REST: usize = 160;
/// Letters of a block that is more than a heading or a button. Chosen, not measured.
const SENTENCE: usize = 40;
