//! A boosted forest over rows of features: reading it, asking it, and telling what weighed in an answer.
//!
//! The form is that of `model/export.py`: every tree is a table of nodes of a few bytes, so that a whole forest stays in the nearest cache and
//! a block takes about a microsecond. It must not know what a feature means.

/// Where a node leads: another node, or a leaf.
type Step = i8;

/// A question: is a feature's value greater than a threshold?
#[derive(Clone, Copy, Debug)]
struct Node {
    threshold: f32,
    /// The expected answer at this node, for explanations.
    value: f32,
    feature: u8,
    /// Not negative: a node. Negative: the leaf `-1 - step`.
    steps: [Step; 2],
}

#[derive(Clone, Copy, Debug)]
struct Tree {
    nodes: u32,
    leaves: u32,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Forest {
    trees: Vec<Tree>,
    nodes: Vec<Node>,
    leaves: Vec<f32>,
    start: f32,
}

/// Leaves and expected values are kept in steps of so much.
const STEP: f32 = 1.0 / 4096.0;
/// After this share of its trees (one in so many), rows without hope are not asked further.
const HOPELESS_AFTER: usize = 4;
/// Log odds that the rest of the trees never made up for on the training pages.
const HOPELESS: f32 = -3.5;
/// No tree is deeper; a broken file must not lead round in circles.
const DEEPEST: usize = 64;

impl Forest {
    /// Reads what `model/export.py` wrote: the number of features, for each the number of its thresholds and these; the starting value; the
    /// number of trees, and for each the number of nodes, the nodes (feature, place of the threshold, steps, value), the leaves.
    pub(crate) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let thresholds = (0..number(bytes)?)
            .map(|_| (0..number(bytes)?).map(|_| take(bytes).map(f32::from_le_bytes)).collect::<Option<Vec<f32>>>())
            .collect::<Option<Vec<_>>>()?;
        let start = f32::from_le_bytes(take(bytes)?);
        let mut forest = Self { trees: Vec::new(), nodes: Vec::new(), leaves: Vec::new(), start };
        for _ in 0..number(bytes)? {
            let count = number(bytes)?;
            let (nodes, leaves) = (forest.nodes.len() as u32, forest.leaves.len() as u32);
            forest.trees.push(Tree { nodes, leaves });
            for _ in 0..count {
                let [feature, place, left, right] = take(bytes)?;
                let steps = [left as Step, right as Step];
                let inside =
                    |step: Step| if step < 0 { -1 - i32::from(step) <= i32::from(count) } else { u16::from(step as u8) < count };
                if !steps.into_iter().all(inside) {
                    return None;
                }
                let threshold = *thresholds.get(feature as usize)?.get(place as usize)?;
                forest.nodes.push(Node { threshold, value: small(bytes)?, feature, steps });
            }
            for _ in 0..=count {
                let leaf = small(bytes)?;
                forest.leaves.push(leaf);
            }
        }
        Some(forest)
    }

    /// The log odds of each row; of one without hope, what a part of the trees says.
    pub(crate) fn scores<'r, const N: usize>(&self, rows: impl Iterator<Item = &'r [f32; N]>) -> Vec<f32> {
        let early = self.trees.len() / HOPELESS_AFTER;
        rows.map(|row| {
            let score = self.start + self.sum(&self.trees[..early], row);
            if score < HOPELESS { score } else { score + self.sum(&self.trees[early..], row) }
        })
        .collect()
    }

    fn sum<const N: usize>(&self, trees: &[Tree], row: &[f32; N]) -> f32 {
        trees.iter().map(|tree| self.leaf(*tree, row)).sum()
    }

    fn leaf<const N: usize>(&self, tree: Tree, row: &[f32; N]) -> f32 {
        let mut at = 0;
        for _ in 0..DEEPEST {
            let Some(node) = self.nodes.get(tree.nodes as usize + at as usize) else { break };
            let value = row.get(node.feature as usize).copied().unwrap_or(0.0);
            at = node.steps[usize::from(value > node.threshold)];
            if at < 0 {
                return self.leaves.get(tree.leaves as usize + (-1 - at as isize) as usize).copied().unwrap_or(0.0);
            }
        }
        0.0
    }

    /// How much each feature moved the answer: the change of the expected value at every question it was asked in, added up (Saabas,
    /// "Interpreting random forests", 2014).
    pub(crate) fn weigh<const N: usize>(&self, row: &[f32; N], weights: &mut [f32; N]) {
        for tree in &self.trees {
            let mut at: Step = 0;
            for _ in 0..DEEPEST {
                let Some(node) = self.nodes.get(tree.nodes as usize + at as usize) else { break };
                let value = row.get(node.feature as usize).copied().unwrap_or(0.0);
                at = node.steps[usize::from(value > node.threshold)];
                let next = if at < 0 {
                    self.leaves.get(tree.leaves as usize + (-1 - at as isize) as usize).copied()
                } else {
                    self.nodes.get(tree.nodes as usize + at as usize).map(|next| next.value)
                };
                if let (Some(weight), Some(next)) = (weights.get_mut(node.feature as usize), next) {
                    *weight += next - node.value;
                }
                if at < 0 {
                    break;
                }
            }
        }
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

fn number(bytes: &mut &[u8]) -> Option<u16> {
    take(bytes).map(u16::from_le_bytes)
}

fn small(bytes: &mut &[u8]) -> Option<f32> {
    take(bytes).map(|bytes| f32::from(i16::from_le_bytes(bytes)) * STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two features with a threshold each; one tree of two nodes and three leaves.
    fn bytes() -> Vec<u8> {
        let mut bytes = Vec::new();
        let number = |bytes: &mut Vec<u8>, n: u16| bytes.extend(n.to_le_bytes());
        number(&mut bytes, 2);
        for threshold in [1.5_f32, 10.0] {
            number(&mut bytes, 1);
            bytes.extend(threshold.to_le_bytes());
        }
        bytes.extend(0.25_f32.to_le_bytes());
        number(&mut bytes, 1);
        number(&mut bytes, 2);
        for (node, value) in [([0_u8, 0, 0xff, 1], 0_i16), ([1, 0, 0xfe, 0xfd], 4096)] {
            bytes.extend(node);
            bytes.extend(value.to_le_bytes());
        }
        for leaf in [-4096_i16, 2048, 8192] {
            bytes.extend(leaf.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn a_forest_answers_and_tells_what_weighed() {
        let bytes = bytes();
        let forest = Forest::read(&mut bytes.as_slice()).unwrap();
        let rows = [[1.5, 11.0], [2.0, 10.0], [2.0, 11.0]];
        assert_eq!(forest.scores(rows.iter()), [-0.75, 0.75, 2.25]);
        let mut weights = [0.0; 2];
        forest.weigh(&rows[2], &mut weights);
        assert_eq!(weights, [1.0, 1.0]);
    }

    #[test]
    fn a_broken_forest_is_refused() {
        let whole = bytes();
        for length in 0..whole.len() {
            assert!(Forest::read(&mut &whole[..length]).is_none(), "{length} bytes");
        }
        let mut astray = whole;
        astray[2 + 2 * 6 + 4 + 2 + 2 + 3] = 2;
        assert!(Forest::read(&mut astray.as_slice()).is_none());
    }
}
