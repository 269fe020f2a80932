//! Where blocks stand: the line of the page, and the elements around them.

use super::super::outline::{Node, Outline};
use super::Explanation;

/// See the module.
pub(super) struct Places {
    outline: Outline,
    /// The bytes at which lines end.
    ends: Vec<u64>,
}

/// Classes of an element that are named, and the most characters of what is said of one.
const MOST_CLASSES: usize = 2;
const MOST_CHARS: usize = 40;

impl Places {
    pub(super) fn of(page: &[u8], encoding: &str) -> Self {
        // In UTF-16 a line ends with two bytes, of which only the pair means it.
        let wide = match encoding {
            "UTF-16LE" => Some(b"\n\0"),
            "UTF-16BE" => Some(b"\0\n"),
            _ => None,
        };
        let ends = match wide {
            Some(end) => (0..).step_by(2).zip(page.chunks(2)).filter(|(_, unit)| unit == end).map(|(at, _)| at).collect(),
            None => memchr::memchr_iter(b'\n', page).map(|at| at as u64).collect(),
        };
        Self { outline: Outline::new(page), ends }
    }

    /// Tells each block its line and its path.
    pub(super) fn add(&self, explanation: &mut Explanation) {
        self.add_lines(explanation);
        let nodes = &self.outline.nodes;
        let mut open: Vec<usize> = Vec::new();
        let mut next = 0;
        for block in &mut explanation.blocks {
            while let Some(node) = nodes.get(next).filter(|node| node.bytes.start <= block.bytes.start) {
                open.retain(|at| nodes[*at].bytes.end > node.bytes.start);
                open.push(next);
                next += 1;
            }
            let around = open.iter().map(|at| &nodes[*at]);
            let around = around.filter(|node| node.bytes.start <= block.bytes.start && block.bytes.end <= node.bytes.end);
            block.path = around.map(label).collect();
        }
    }

    /// Tells each block its line.
    pub(super) fn add_lines(&self, explanation: &mut Explanation) {
        for block in &mut explanation.blocks {
            block.line = self.ends.partition_point(|end| *end < block.bytes.start) as u32 + 1;
        }
    }
}

/// `div#letter`, `div.letter-box.wide`
fn label(node: &Node) -> String {
    let mut label = node.tag.clone();
    match node.get("id").map(str::trim).filter(|id| !id.is_empty()) {
        Some(id) => label.push_str(&format!("#{id}")),
        None => node.classes().take(MOST_CLASSES).for_each(|class| label.push_str(&format!(".{class}"))),
    }
    if label.chars().count() > MOST_CHARS {
        label = label.chars().take(MOST_CHARS - 1).chain(['…']).collect();
    }
    label
}
