//! How long page mode holds each block: the page goes through it once more, a tag at a time, and is watched.

use memchr::memchr;

use super::{Explanation, Verdict};
use crate::matcher::set::How;
use crate::report::Report;
use crate::sieve::{Settings, Sieve};

/// What page mode did with a page.
pub(super) struct Hold {
    /// After each tag: how much was read, and the first byte that was not decided yet.
    steps: Vec<(u64, u64)>,
    pub(super) report: Report,
}

impl Hold {
    pub(super) fn of(sieve: &Sieve, page: &[u8]) -> Self {
        let mut filter = sieve.filter();
        let mut steps = Vec::new();
        let mut out = Vec::new();
        let (mut rest, mut read) = (page, 0);
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(memchr(b'>', rest).map_or(rest.len(), |end| end + 1));
            filter.write(piece, &mut out);
            out.clear();
            read += piece.len() as u64;
            steps.push((read, filter.undecided()));
            rest = after;
        }
        let report = filter.finish(&mut out);
        steps.push((read, u64::MAX));
        Self { steps, report }
    }

    /// Tells each block how long it is held.
    pub(super) fn add(&self, explanation: &mut Explanation, settings: &Settings) {
        let at_once = |rule: &str| {
            let rule = settings.rules.rule_by_id(rule).and_then(|rule| settings.rules.rules.get(rule as usize));
            rule.is_some_and(|rule| matches!(rule.how, How::Markup))
        };
        for block in &mut explanation.blocks {
            // A selector decides at the start tag, and what goes need not be kept until the element ends.
            let known = block.verdict == Verdict::Removed && block.removals.iter().any(|removal| at_once(&removal.rule));
            if !known {
                let step = self.steps.partition_point(|(_, undecided)| *undecided < block.bytes.end);
                let read = self.steps.get(step).map_or(explanation.bytes, |(read, _)| *read);
                block.held = read.saturating_sub(block.bytes.start);
            }
        }
    }
}
