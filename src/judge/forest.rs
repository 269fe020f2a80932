//! A boosted forest over rows of features: reading it, asking it, and telling what weighed in an answer.
//!
//! The form is that of `model/export.py`: every tree is a table of nodes of a few bytes, so that a whole forest stays in the nearest cache and
//! a block takes about a microsecond. It must not know what a feature means.

/// A question (is a feature's value greater than the threshold?), or an answer: a node that leads to itself and has the answer in place of the
/// threshold, so that rows that come to it sooner need no test for it.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    threshold: f32,
    feature: u8,
    steps: [u8; 2],
}

/// Nodes of a tree, room for more than any has: a place in it needs no check.
type Nodes = [Node; ROOM];

const ROOM: usize = 64;

#[derive(Clone, Debug)]
struct Tree {
    nodes: Nodes,
    depth: u8,
    /// The expected answer at each node, for explanations.
    values: Vec<f32>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Forest {
    trees: Vec<Tree>,
    start: f32,
}

/// Leaves and expected values are kept in steps of so much.
const STEP: f32 = 1.0 / 4096.0;
/// After this share of the trees (one in so many), rows without hope are not asked further.
const HOPELESS_AFTER: usize = 4;
/// Log odds that the rest of the trees never made up for on the training pages.
const HOPELESS: f32 = -3.0;
/// Rows that go down a tree side by side, so that one need not wait for another's memory.
const ABREAST: usize = 8;

impl Forest {
    /// Reads what `model/export.py` wrote: the number of features, for each the number of its thresholds and these; the starting value; the
    /// number of trees, and for each the number of nodes, the nodes (feature, place of the threshold, steps, value), the leaves.
    pub(crate) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let thresholds = (0..number(bytes)?)
            .map(|_| (0..number(bytes)?).map(|_| take(bytes).map(f32::from_le_bytes)).collect::<Option<Vec<f32>>>())
            .collect::<Option<Vec<_>>>()?;
        let start = f32::from_le_bytes(take(bytes)?);
        let trees = (0..number(bytes)?).map(|_| tree(bytes, &thresholds)).collect::<Option<Vec<_>>>()?;
        Some(Self { trees, start })
    }

    /// The log odds of each row; of one without hope, what a part of the trees says.
    pub(crate) fn scores<const N: usize>(&self, rows: &[&[f32; N]]) -> Vec<f32> {
        let (first, rest) = self.trees.split_at(self.trees.len() / HOPELESS_AFTER);
        let mut scores = vec![self.start; rows.len()];
        add(first, rows, &mut scores);
        let hopeful: Vec<usize> = (0..rows.len()).filter(|row| scores[*row] >= HOPELESS).collect();
        let rows: Vec<&[f32; N]> = hopeful.iter().map(|row| rows[*row]).collect();
        let mut more = vec![0.0; rows.len()];
        add(rest, &rows, &mut more);
        hopeful.into_iter().zip(more).for_each(|(row, more)| scores[row] += more);
        scores
    }

    /// How much each feature moved the answer: the change of the expected value at every question it was asked in, added up (Saabas,
    /// "Interpreting random forests", 2014).
    pub(crate) fn weigh<const N: usize>(&self, row: &[f32; N], weights: &mut [f32; N]) {
        for tree in &self.trees {
            let mut at = 0;
            for _ in 0..tree.depth {
                let next = step(&tree.nodes, at, row);
                let (before, after) = (tree.values.get(at as usize), tree.values.get(next as usize));
                let feature = tree.nodes[at as usize % ROOM].feature as usize;
                if let (Some(before), Some(after), Some(weight)) = (before, after, weights.get_mut(feature)) {
                    *weight += after - before;
                }
                at = next;
            }
        }
    }
}

/// Adds what the trees answer to the scores of the rows.
fn add<const N: usize>(trees: &[Tree], rows: &[&[f32; N]], scores: &mut [f32]) {
    for (rows, scores) in rows.chunks(ABREAST).zip(scores.chunks_mut(ABREAST)) {
        let Ok(rows): Result<[&[f32; N]; ABREAST], _> = rows.try_into() else {
            for (row, score) in rows.iter().zip(scores) {
                *score += trees.iter().map(|tree| answers(tree, &[*row])[0]).sum::<f32>();
            }
            continue;
        };
        for tree in trees {
            scores.iter_mut().zip(answers(tree, &rows)).for_each(|(score, answer)| *score += answer);
        }
    }
}

fn answers<const N: usize, const R: usize>(tree: &Tree, rows: &[&[f32; N]; R]) -> [f32; R] {
    let mut at = [0; R];
    for _ in 0..tree.depth {
        for (at, row) in at.iter_mut().zip(rows) {
            *at = step(&tree.nodes, *at, row);
        }
    }
    at.map(|at| tree.nodes[at as usize % ROOM].threshold)
}

fn step<const N: usize>(nodes: &Nodes, at: u8, row: &[f32; N]) -> u8 {
    let node = &nodes[at as usize % ROOM];
    let value = row.get(node.feature as usize).copied().unwrap_or(0.0);
    node.steps[usize::from(value > node.threshold)]
}

/// A tree: its nodes first, its leaves behind them.
fn tree(bytes: &mut &[u8], thresholds: &[Vec<f32>]) -> Option<Tree> {
    let count = usize::from(number(bytes)?);
    if count == 0 || 2 * count + 1 > ROOM {
        return None;
    }
    let mut tree = Tree { nodes: [Node::default(); ROOM], depth: 0, values: Vec::with_capacity(2 * count + 1) };
    let mut depths = [0_u8; ROOM];
    for at in 0..count {
        let [feature, place, left, right] = take(bytes)?;
        // Not negative: a node further on. Negative: the leaf of that number, from -1.
        let place_of = |step: u8| match step as i8 {
            step @ 0.. => Some(step as usize).filter(|step| (at + 1..count).contains(step)),
            step => Some(count + (-1 - isize::from(step)) as usize).filter(|leaf| *leaf <= 2 * count),
        };
        let steps = [place_of(left)?, place_of(right)?];
        for step in steps {
            depths[step] = depths[at] + 1;
            tree.depth = tree.depth.max(depths[step]);
        }
        let threshold = *thresholds.get(feature as usize)?.get(place as usize)?;
        tree.nodes[at] = Node { threshold, feature, steps: steps.map(|step| step as u8) };
        tree.values.push(small(bytes)?);
    }
    for leaf in count..=2 * count {
        let answer = small(bytes)?;
        tree.nodes[leaf] = Node { threshold: answer, feature: 0, steps: [leaf as u8; 2] };
        tree.values.push(answer);
    }
    Some(tree)
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
        let Some(forest) = Forest::read(&mut bytes.as_slice()) else { panic!("the forest is not read") };
        let rows = [[1.5, 11.0], [2.0, 10.0], [2.0, 11.0]];
        assert_eq!(forest.scores(&rows.iter().collect::<Vec<_>>()), [-0.75, 0.75, 2.25]);
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
        astray[2 + 2 * 6 + 4 + 2 + 2 + 3] = 0;
        assert!(Forest::read(&mut astray.as_slice()).is_none());
    }
}
