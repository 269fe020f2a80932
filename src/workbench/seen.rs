//! What a reader sees of a page, block by block, with the place of each in the bytes.
//!
//! It finds lines on a page as rules and tests compare them, folded. It must not know rules.

use std::ops::Range;

use crate::Sieve;
use crate::scan::Reading;
use crate::story;
use crate::text::fold;

/// The blocks of a page.
pub(super) struct Seen {
    /// The text of each block, as a reader sees it.
    pub(super) blocks: Vec<String>,
    /// Where each stands in the page.
    pub(super) bytes: Vec<Range<u64>>,
    /// All blocks folded, a space between.
    folded: String,
    /// Where each begins in that.
    starts: Vec<usize>,
}

impl Seen {
    /// `sieve` has no rules.
    pub(super) fn new(sieve: &Sieve, page: &[u8], reading: Reading) -> Self {
        let mut seen = Self { blocks: Vec::new(), bytes: Vec::new(), folded: String::new(), starts: Vec::new() };
        for (bytes, text) in story::blocks(sieve.settings(), page, reading) {
            if !seen.folded.is_empty() {
                seen.folded.push(' ');
            }
            seen.starts.push(seen.folded.len());
            seen.folded.push_str(&fold(&text));
            seen.bytes.push(bytes);
            seen.blocks.push(text);
        }
        seen
    }

    pub(super) fn holds(&self, line: &str) -> bool {
        self.folded.contains(&fold(line))
    }

    /// The blocks that a line stands in, wherever it stands.
    pub(super) fn blocks_of(&self, line: &str) -> Vec<usize> {
        let line = fold(line);
        if line.is_empty() {
            return Vec::new();
        }
        let mut blocks = Vec::new();
        for (at, _) in self.folded.match_indices(&line) {
            let first = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
            let behind = self.starts.partition_point(|start| *start < at + line.len());
            blocks.extend(first..behind);
        }
        blocks.dedup();
        blocks
    }
}
