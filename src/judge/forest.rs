//! A boosted forest over rows of features: reading it, asking it, and telling what weighed in an answer.
//!
//! The trees are *oblivious*: all nodes of a level ask the same question, so the answers to the questions, read as a binary number, are the
//! place of the leaf. Nothing waits for anything, and some rows are asked side by side (Prokhorenkova et al., "CatBoost: unbiased boosting with
//! categorical features", 2018, have such trees for this reason). The form is that of `model/export.py`. It must not know what a
//! feature means.

use wide::{i16x8, i32x8, u16x8};

use super::features::{LANES, Lanes, PLACES};
use super::short;

/// Questions of a tree, and its leaves.
const DEPTH: usize = 6;
const LEAVES: usize = 1 << DEPTH;

/// Of each question: is this feature's value greater than the threshold? (A [`short`] number, once for each row that is asked.)
#[derive(Clone, Debug)]
struct Tree {
    features: [u8; DEPTH],
    thresholds: [i16x8; DEPTH],
    /// In steps of [`STEP`].
    leaves: [i16; LEAVES],
}

/// The threshold of a question that is not asked: no value is greater.
fn unasked() -> i16x8 {
    i16x8::splat(short::below(f32::INFINITY))
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Forest {
    trees: Vec<Tree>,
    /// How much of what was learned from came to each leaf of each tree; for explanations.
    weights: Vec<[f32; LEAVES]>,
    start: f32,
}

/// Leaves are kept in steps of so much.
const STEP: f32 = 1.0 / 4096.0;
/// Weights are kept as logarithms, in so many steps of a factor of two.
const WEIGHT_STEPS: f32 = 14.0;
/// After so many trees, rows whose log odds are below the one bound or above the other are not asked further if their neighbours are as sure.
/// On pages not trained on, with the forests that these bounds were chosen for, of 229,032 rows none that was given up as hopeless would have come to more than 0.42, of those given up as sure one to
/// 0.52 and none else to less than 0.6.
const EARLY: [(usize, f32, f32); 6] = [
    (16, -1.6, f32::INFINITY),
    (32, -2.1, f32::INFINITY),
    (48, -2.2, f32::INFINITY),
    (64, -2.2, 2.3),
    (96, -2.2, 2.0),
    (128, -2.1, 1.9),
];
/// What those rows come to in the end, in the mean.
const HOPELESS: f32 = -4.6;
const SURE: f32 = 3.5;
/// The same of rows that are worth what they have come to. Half of the trees need not be asked, and it costs nothing that can be seen: over three
/// folds, word F1 of articles is 0.9652 with all these bounds and 0.9651 without any, of all types 0.8865 and 0.8863.
const LATE: [(usize, f32, f32); 4] = [(192, -1.8, 2.2), (256, -1.5, 1.6), (320, -1.2, 1.2), (384, -1.0, 1.0)];

/// So many trees, and two times [`LANES`] rows, stay in the nearest cache.
const AT_ONCE: usize = 96;

/// What a forest says of some rows.
#[derive(Clone, Debug)]
pub(crate) struct Scores {
    /// The log odds of each row.
    pub(crate) rows: Vec<[f32; LANES]>,
    /// Those that were neither hopeless nor sure early.
    pub(crate) unsure: Vec<usize>,
}

impl Forest {
    /// Reads what `model/export.py` wrote: the number of features, for each the number of its thresholds and these; the starting value; the
    /// number of trees, and for each its questions (feature, place of the threshold), its leaves and their weights.
    pub(crate) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let thresholds = (0..number(bytes)?)
            .map(|_| (0..number(bytes)?).map(|_| take(bytes).map(f32::from_le_bytes)).collect::<Option<Vec<f32>>>())
            .collect::<Option<Vec<_>>>()?;
        let start = f32::from_le_bytes(take(bytes)?);
        let trees = (0..number(bytes)?).map(|_| tree(bytes, &thresholds)).collect::<Option<Vec<_>>>()?;
        let (trees, weights) = trees.into_iter().unzip();
        Some(Self { trees, weights, start })
    }

    /// Asks about those rows of `lanes` that `open` names.
    pub(crate) fn scores(&self, lanes: &[Lanes], mut open: Vec<usize>) -> Scores {
        let mut rows = vec![[0.0; LANES]; lanes.len()];
        let mut sums = vec![[0_i32; LANES]; lanes.len()];
        let mut asked = 0;
        for (until, hopeless, sure) in EARLY {
            self.ask(&mut asked, until, lanes, &open, &mut sums);
            let given_up = |sum: i32| if self.score(sum) < hopeless { HOPELESS } else { SURE };
            open.retain(|place| {
                rows[*place] = sums[*place].map(given_up);
                sums[*place].iter().any(|sum| (hopeless..=sure).contains(&self.score(*sum)))
            });
        }
        let unsure = open.clone();
        for (until, low, high) in LATE.into_iter().chain([(usize::MAX, f32::NEG_INFINITY, f32::INFINITY)]) {
            self.ask(&mut asked, until, lanes, &open, &mut sums);
            open.retain(|place| {
                rows[*place] = sums[*place].map(|sum| self.score(sum));
                rows[*place].iter().any(|score| (low..=high).contains(score))
            });
        }
        Scores { rows, unsure }
    }

    /// Adds to the sums of some rows what the trees from `asked` on answer, as many as there are before `until`. A few trees at a time stay in
    /// the nearest cache while all rows are asked, and each is looked up once for two places.
    fn ask(&self, asked: &mut usize, until: usize, lanes: &[Lanes], open: &[usize], sums: &mut [[i32; LANES]]) {
        let until = until.clamp(*asked, self.trees.len());
        for trees in self.trees[std::mem::replace(asked, until)..until].chunks(AT_ONCE) {
            for two in open.chunks(2) {
                match *two {
                    [one, other] => {
                        let (before, behind) = sums.split_at_mut(other);
                        add(trees, [&lanes[one], &lanes[other]], [&mut before[one], &mut behind[0]]);
                    }
                    [one] => add(trees, [&lanes[one]], [&mut sums[one]]),
                    _ => {}
                }
            }
        }
    }

    fn score(&self, sum: i32) -> f32 {
        self.start + sum as f32 * STEP
    }

    /// How much each feature moved the answer: the change of the mean answer that is left at every question, added up (Saabas, "Interpreting
    /// random forests", 2014).
    pub(crate) fn weigh<const N: usize>(&self, row: &[i16; N], weights: &mut [f32; N]) {
        for (tree, came) in self.trees.iter().zip(&self.weights) {
            let asked = tree.thresholds.iter().take_while(|threshold| **threshold != unasked()).count();
            let leaves = tree.leaves.iter().zip(came).map(|(leaf, weight)| (f32::from(*leaf) * STEP, *weight));
            let mut left: Vec<(f32, f32)> = leaves.take(1 << asked).collect();
            let mut before = mean(&left);
            for (feature, threshold) in tree.features.iter().zip(tree.thresholds).take(asked).rev() {
                // The last question is the highest digit of the place.
                let half = left.len() / 2;
                let value = row.get(usize::from(*feature)).copied().unwrap_or(0);
                left = if value > threshold.to_array()[0] { left.split_off(half) } else { left[..half].to_vec() };
                let after = mean(&left);
                if let Some(weight) = weights.get_mut(usize::from(*feature)) {
                    *weight += after - before;
                }
                before = after;
            }
        }
    }
}

/// The mean of some leaves by their weights.
fn mean(leaves: &[(f32, f32)]) -> f32 {
    let (sum, weights) =
        leaves.iter().fold((0.0, 0.0), |(sum, weights), (value, weight)| (sum + value * weight, weights + weight));
    if weights > 0.0 { sum / weights } else { 0.0 }
}

/// Adds what the trees answer to some rows each. A function of its own, for then the compiler finds a tree by one address.
#[inline(never)]
fn add<const N: usize>(trees: &[Tree], lanes: [&Lanes; N], sums: [&mut [i32; LANES]; N]) {
    let mut totals = [i32x8::ZERO; N];
    for tree in trees {
        let mut places = [i16x8::ZERO; N];
        for ((feature, threshold), digit) in tree.features.iter().zip(tree.thresholds).zip(DIGITS) {
            for (places, lanes) in places.iter_mut().zip(lanes) {
                *places |= i16x8::from(lanes[usize::from(*feature) % PLACES]).simd_gt(threshold) & i16x8::splat(digit);
            }
        }
        for (total, places) in totals.iter_mut().zip(places) {
            // Shifted down from the top, a place is seen to be one of a leaf.
            let places = u16x8::from(places.to_array().map(|place| place as u16)) >> (u16::BITS - DEPTH as u32);
            let leaves = places.to_array().map(|place| tree.leaves[usize::from(place) % LEAVES]);
            *total += i32x8::from_i16x8(i16x8::from(leaves));
        }
    }
    for (sums, total) in sums.into_iter().zip(totals) {
        *sums = (i32x8::from(*sums) + total).to_array();
    }
}

/// What the answers to a tree's questions are worth, the last one most.
const DIGITS: [i16; DEPTH] = [1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, i16::MIN];

fn tree(bytes: &mut &[u8], thresholds: &[Vec<f32>]) -> Option<(Tree, [f32; LEAVES])> {
    let mut tree = Tree { features: [0; DEPTH], thresholds: [unasked(); DEPTH], leaves: [0; LEAVES] };
    let [depth] = take(bytes)?;
    let asked = tree.features.get_mut(..usize::from(depth))?;
    for (feature, threshold) in asked.iter_mut().zip(&mut tree.thresholds) {
        let [of, place] = take(bytes)?;
        *feature = of;
        *threshold = i16x8::splat(short::below(*thresholds.get(usize::from(of))?.get(usize::from(place))?));
    }
    for leaf in &mut tree.leaves[..1 << depth] {
        *leaf = take(bytes).map(i16::from_le_bytes)?;
    }
    let mut weights = [0.0; LEAVES];
    for weight in &mut weights[..1 << depth] {
        let [steps] = take(bytes)?;
        *weight = (f32::from(steps) / WEIGHT_STEPS).exp2() - 1.0;
    }
    Some((tree, weights))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

fn number(bytes: &mut &[u8]) -> Option<u16> {
    take(bytes).map(u16::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two features with a threshold each; one tree of two questions.
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
        bytes.extend([2, 0, 0, 1, 0]);
        for leaf in [-4096_i16, 2048, -4096, 8192] {
            bytes.extend(leaf.to_le_bytes());
        }
        bytes.extend([14, 14, 0, 28]); // weights of 1, 1, 0 and 3
        bytes
    }

    #[test]
    fn a_forest_answers_and_tells_what_weighed() {
        let bytes = bytes();
        let Some(forest) = Forest::read(&mut bytes.as_slice()) else { panic!("the forest is not read") };
        let mut lanes: Lanes = [[0; LANES]; PLACES];
        for (row, [one, other]) in [[1.5, 11.0], [2.0, 10.0], [2.0, 11.0]].into_iter().enumerate() {
            (lanes[0][row], lanes[1][row]) = (short::of(one), short::of(other));
        }
        let scores = forest.scores(&[lanes], vec![0]);
        assert_eq!(scores.rows[0][..4], [-0.75, 0.75, 2.25, -0.75]);
        let mut weights = [0.0; 2];
        forest.weigh(&[2.0, 11.0].map(short::of), &mut weights);
        // All leaves have a mean of 1.1, those where the second answer is yes of 2, and it ends with 2.
        assert_eq!(weights.map(|weight: f32| (weight * 1e4).round() / 1e4), [0.0, 0.9]);
    }

    #[test]
    fn what_is_sure_late_keeps_its_own_score() {
        let lanes: Lanes = std::array::from_fn(|place| [short::of(if place == 0 { 2.0 } else { 11.0 }); LANES]);
        let answer = |leaf: i16| {
            let mut bytes = bytes();
            let weights = bytes.len() - 4;
            bytes[weights - 2..weights].copy_from_slice(&leaf.to_le_bytes());
            let Some(forest) = Forest::read(&mut bytes.as_slice()) else { panic!("the forest is not read") };
            let scores = forest.scores(&[lanes], vec![0]);
            (scores.rows[0], scores.unsure)
        };
        assert_eq!(answer(5120), ([1.5; LANES], vec![0]));
        assert_eq!(answer(8192), ([SURE; LANES], vec![]));
    }

    #[test]
    fn a_broken_forest_is_refused() {
        let whole = bytes();
        for length in 0..whole.len() {
            assert!(Forest::read(&mut &whole[..length]).is_none(), "{length} bytes");
        }
        let mut astray = whole.clone();
        let splits = 2 + 2 * 6 + 4 + 2;
        astray[splits + 2] = 1;
        assert!(Forest::read(&mut astray.as_slice()).is_none());
        let mut deep = whole;
        deep[splits] = 7;
        assert!(Forest::read(&mut deep.as_slice()).is_none());
    }
}
