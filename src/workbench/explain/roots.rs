//! Which blocks a `[story] select` would make the story, for many selectors at a time.
//!
//! The page is read once with all of them, as places of one list; what each matched is recorded with the page. It must not know which of
//! them is wanted.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::outline::{Node, Outline};
use super::super::propose::steadiest;
use super::matched::file_of;
use crate::Rules;
use crate::error::Error;
use crate::rules::host::Hosts;
use crate::rules::{RuleFile, StoryRule};
use crate::scan::tag::{self, Tag};
use crate::selector::parse;
use crate::sieve::Settings;
use crate::story::Story;

/// Each element of a long list would be held against the place of every other.
const MOST_COUNTED: usize = 300;

/// See the module.
pub(super) struct Roots {
    /// The bytes of the blocks that each selector's elements hold, in page order.
    matched: FxHashMap<String, Vec<Range<u64>>>,
}

impl Roots {
    /// Reads the page, as one of this host, with these selectors. What no rule can write is left out.
    pub(super) fn of(
        settings: &Settings,
        page: &[u8],
        host: &str,
        selectors: impl Iterator<Item = String>,
    ) -> Result<Self, Error> {
        let mut known = FxHashSet::default();
        let mut counted = 0;
        let few = |selector: &String| {
            counted += usize::from(selector.contains(":nth-child"));
            !selector.contains(":nth-child") || counted <= MOST_COUNTED
        };
        let lists: Vec<_> = selectors
            .filter(|selector| known.insert(selector.clone()))
            .filter(few)
            .filter_map(|selector| parse::parse(&selector).ok())
            .collect();
        let mut matched: FxHashMap<String, Vec<Range<u64>>> = FxHashMap::default();
        if let Ok(hosts) = Hosts::parse(&[host]) {
            let story = StoryRule { select: lists.clone(), ..StoryRule::default() };
            let file = RuleFile { hosts, story: Some(story), ..file_of(Vec::new()) };
            let story = Story::of_page(&settings.with(Rules::of(vec![file]))?, page);
            for root in &story.page.roots {
                let (Some(list), Some(element)) =
                    (lists.get(root.selector as usize), story.page.elements.get(root.element as usize))
                else {
                    continue;
                };
                let blocks = story.page.blocks.get(element.blocks.range()).unwrap_or_default();
                let bytes = blocks.iter().map(|block| block.bytes.0..block.bytes.1);
                matched.entry(list.source.clone()).or_default().extend(bytes);
            }
        }
        matched.values_mut().for_each(|blocks| blocks.sort_by_key(|bytes| bytes.start));
        Ok(Self { matched })
    }

    /// Where the blocks begin that elements of these selectors hold, in page order.
    pub(super) fn held_by(&self, selectors: &[&str]) -> Vec<u64> {
        let matched = selectors.iter().filter_map(|selector| self.matched.get(*selector));
        let mut starts: Vec<u64> = matched.flatten().map(|bytes| bytes.start).collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }
}

/// The innermost element around these bytes that stands as a block of its own: an inline one is a part of a block, and no place of a story.
pub(super) fn innermost(outline: &Outline, bytes: &Range<u64>) -> Option<usize> {
    let block = |node: &Node| tag::BLOCK.has(Tag::from_name(node.tag.as_bytes()));
    outline.nodes.iter().rposition(|node| node.bytes.start <= bytes.start && bytes.end <= node.bytes.end && block(node))
}

/// Selectors of an element: its own name, then its place under the nearest that has one.
pub(super) fn selectors(outline: &Outline, node: usize) -> Vec<String> {
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
