//! What a trainer needs of the story finder: the table of features of a page, and the words that weights are learned for.
//!
//! Only with the feature `training`, and no part of the promised interface. It decides nothing: labels and models are made by `model/`.

use crate::judge::features::{About, FEATURES, Table, Words};
use crate::judge::short;
use crate::judge::story::{Doubles, least_likely};
use crate::judge::wording;
use crate::page::NONE;
use crate::{Sieve, story};

/// A page as a trainer sees it.
#[derive(Debug)]
pub struct Sample {
    /// The text of each block.
    pub texts: Vec<String>,
    /// Of each block, the element it stands in, if any.
    pub elements: Vec<Option<u32>>,
    /// Of each block, its bytes in the page.
    pub bytes: Vec<(u64, u64)>,
    /// Whether a rule removed it.
    pub removed: Vec<bool>,
    /// Of each element: the element around it, its class words, and its tag.
    pub classes: Vec<(Option<u32>, String, &'static str)>,
    /// How likely it must be to be story; more than 1 for what is none whatever the model says.
    pub least: Vec<f32>,
    /// Of each block, numbers for what looks like it and for the table it stands in.
    pub peers: Vec<(Option<u32>, Option<u32>)>,
    /// The block that shows the headline.
    pub headline: Option<u32>,
    /// The rows of the table one after the other.
    pub values: Vec<f32>,
}

/// The features: name and meaning.
pub fn features() -> &'static [(&'static str, &'static str)] {
    FEATURES
}

/// Reads a page. `words`: the learned weights of words, in the form that the model file has them; none for no weights.
pub fn sample(sieve: &Sieve, page: &[u8], words: Option<&[u8]>) -> Option<Sample> {
    let words = match words {
        Some(mut bytes) => Words::read(&mut bytes)?,
        None => Words::default(),
    };
    let (page, metadata, headline) = story::look(sieve.settings(), page);
    let about = About::of(&metadata, headline);
    let table = Table::of(&page, about, &words);
    let known = |index: u32| (index != NONE).then_some(index);
    Some(Sample {
        texts: page.blocks.iter().map(|block| page.text_of(block).to_owned()).collect(),
        elements: page.blocks.iter().map(|block| known(block.element)).collect(),
        bytes: page.blocks.iter().map(|block| block.bytes).collect(),
        removed: page.blocks.iter().map(|block| block.removed).collect(),
        classes: page.elements.iter().map(|e| (known(e.parent), page.string(e.words).to_owned(), e.tag.name())).collect(),
        least: {
            let doubles = Doubles::of(&page);
            (0..page.blocks.len() as u32).map(|i| least_likely(&page, i, about, &doubles)).collect()
        },
        peers: table.peers().iter().map(|peers| (peers.look, peers.table)).collect(),
        headline,
        values: (0..table.rows()).flat_map(|row| table.row(row)).map(short::value).collect(),
    })
}

/// The words of a text as learned words of appeals are told by, digits all alike.
pub fn words(text: &str) -> Vec<String> {
    let folded = crate::text::fold(text);
    let mut words = Vec::new();
    wording::words(&folded, |_, word| words.push(word.replace(|c: char| c.is_ascii_digit(), "0")));
    words
}
