//! The blocks that say a line, or nearly.

use rustc_hash::FxHashSet;

use super::super::outline::squeeze;
use super::Explanation;

impl Explanation {
    /// The blocks that hold these words, by index. White space, case and punctuation do not matter.
    pub fn find(&self, line: &str) -> Vec<usize> {
        let line = squeeze(line);
        let holds = |(at, text): (usize, String)| (!line.is_empty() && text.contains(&line)).then_some(at);
        self.squeezed().filter_map(holds).collect()
    }

    /// The block that is most like these words; none if no block has three letters in a row of theirs.
    pub fn nearest(&self, line: &str) -> Option<usize> {
        let line = triples(&squeeze(line));
        let likeness = |text: &str| {
            let own = triples(text);
            let shared = line.intersection(&own).count() as f32;
            // What the line says must be there; that the block says more counts a little against it.
            shared / line.len().max(1) as f32 - own.len() as f32 * 1e-4
        };
        let scored = self.squeezed().map(|(at, text)| (at, likeness(&text)));
        let best = scored.max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)))?;
        (best.1 > 0.0).then_some(best.0)
    }

    fn squeezed(&self) -> impl Iterator<Item = (usize, String)> {
        self.blocks.iter().enumerate().map(|(at, block)| (at, squeeze(&block.text)))
    }
}

/// Every three letters in a row.
fn triples(text: &str) -> FxHashSet<[char; 3]> {
    let letters: Vec<char> = text.chars().collect();
    letters.windows(3).filter_map(|three| three.try_into().ok()).collect()
}
