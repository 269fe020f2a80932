//! The learned model of stories: what the crate carries as data, and how its parts answer together.
//!
//! One forest knows all kinds of pages, one knows articles, and a small one tells how surely a page is an article; the first two are
//! mixed by what the third says. The file is made by `model/train.py`. This module must not know pages.

use once_cell::sync::Lazy;

use rustc_hash::FxHashMap;

use super::features::{COUNT, Feature, Peers, Table, Words};
use super::forest::Forest;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) words: Words,
    forests: Option<Forests>,
}

#[derive(Debug)]
struct Forests {
    every: Forest,
    article: Forest,
    kind: Forest,
}

/// What the model says of a page.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// For each block, how likely it is story.
    pub(crate) probabilities: Vec<f32>,
    /// How likely the page is an article.
    pub(crate) article: f32,
}

/// On a page that is hardly an article, what the forest of articles would add is not worth asking for.
const NO_ARTICLE: f32 = 0.02;

static BUNDLED: Lazy<Model> = Lazy::new(|| Model::read(include_bytes!("../../model/story.model")).unwrap_or_default());

impl Model {
    /// The model that comes with the crate; read once a process.
    pub(crate) fn bundled() -> &'static Self {
        &BUNDLED
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        let words = Words::read(bytes)?;
        let forests = Forests { every: Forest::read(bytes)?, article: Forest::read(bytes)?, kind: Forest::read(bytes)? };
        bytes.is_empty().then_some(Self { words, forests: Some(forests) })
    }

    pub(crate) fn judge(&self, table: &Table) -> Judged {
        let Some(forests) = &self.forests else {
            return Judged { probabilities: vec![0.0; table.rows()], article: 0.0 };
        };
        let lanes = table.lanes();
        let first = &lanes[..lanes.len().min(1)];
        let article = forests.kind.scores(first, (0..first.len()).collect());
        let article = article.rows.first().map_or(0.0, |scores| probability(scores[0]));
        // A page that is surely an article is judged by both forests alike, where the first is not sure.
        let share = article / 2.0;
        let every = forests.every.scores(lanes, (0..lanes.len()).collect());
        let mut scores = every.rows;
        if share > NO_ARTICLE {
            let of_articles = forests.article.scores(lanes, every.unsure.clone());
            for place in every.unsure {
                let both = scores[place].iter_mut().zip(of_articles.rows[place]);
                both.for_each(|(every, article)| *every += (article - *every) * share);
            }
        }
        let mut odds: Vec<f32> = scores.into_iter().flatten().take(table.rows()).collect();
        pool(&mut odds, table, |peers| peers.look, LOOK_SHARE);
        pool(&mut odds, table, |peers| peers.table, TABLE_SHARE);
        Judged { probabilities: odds.into_iter().map(probability).collect(), article }
    }

    /// The features that moved a block's answer most: place, and by how much.
    pub(crate) fn reasons(&self, row: &[i16; COUNT], article: f32) -> Vec<(usize, f32)> {
        let mut weights = [0.0; COUNT];
        if let Some(forests) = &self.forests {
            let mut of_articles = [0.0; COUNT];
            forests.every.weigh(row, &mut weights);
            forests.article.weigh(row, &mut of_articles);
            let share = article / 2.0;
            weights.iter_mut().zip(of_articles).for_each(|(every, article)| *every += (article - *every) * share);
        }
        let mut places: Vec<(usize, f32)> = weights.into_iter().enumerate().collect();
        places.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        places
    }
}

/// Blocks that look alike, and cells of one table, are story together or not at all: each is moved towards the mean of its peers.
fn pool(odds: &mut [f32], table: &Table, of: impl Fn(&Peers) -> Option<u32>, share: f32) {
    let mut groups: FxHashMap<u32, (f32, f32)> = FxHashMap::default();
    let rows = || table.peers().iter().enumerate().filter(|(row, _)| table.get(*row, Feature::Words) > 0.0);
    let rows = || rows().filter_map(|(row, peers)| Some((row, of(peers)?)));
    for (row, group) in rows() {
        let (sum, count) = groups.entry(group).or_default();
        (*sum, *count) = (*sum + odds[row], *count + 1.0);
    }
    for (row, group) in rows() {
        if let Some((sum, count)) = groups.get(&group).filter(|(_, count)| *count >= LEAST_PEERS) {
            odds[row] += (sum / count - odds[row]) * share;
        }
    }
}

/// See [`pool`]. Measured on the training pages: from 0.2 to 0.3 articles, all types and mozilla rise by 0.001 and snippets stay. The share of
/// tables changes the figures by nothing; half keeps rows together.
const LOOK_SHARE: f32 = 0.25;
const TABLE_SHARE: f32 = 0.5;
/// Fewer peers tell less than the block itself.
const LEAST_PEERS: f32 = 4.0;

fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::Model;
    use crate::judge::features::WordHash;

    #[test]
    fn the_model_that_comes_with_the_crate_is_whole() {
        assert!(Model::bundled().forests.is_some());
    }

    /// They were written by `model/words.py`, whose hashes must be those of the features.
    #[test]
    fn words_of_appeals_are_known_in_several_languages() {
        let asking = |word: &str| {
            let mut hash = WordHash::default();
            word.bytes().for_each(|byte| hash.push(byte));
            Model::bundled().words.text(hash.get()).map_or(0.0, |weight| weight.asking)
        };
        for word in ["subscribe", "journalism", "spenden", "kündbar", "suscríbete", "soutenez", "подписка", "εγγραφή"]
        {
            assert!(asking(word) > 0.5, "{word}: {}", asking(word));
        }
        for word in ["said", "which", "wurde"] {
            assert!(asking(word) < -0.5, "{word}: {}", asking(word));
        }
    }

    #[test]
    fn the_model_is_small() {
        assert!(include_bytes!("../../model/story.model").len() <= 300_000);
    }
}
