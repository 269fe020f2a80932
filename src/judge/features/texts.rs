//! What a block's own text and inline markup say: letters, learned words, words of the title, doubles.
//!
//! Each text is looked at once. It must not know the elements around a block.

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::words::{WordHash, Words};
use super::{About, Feature, Table};
use crate::page::{Block, Inline, Page, Span};
use crate::scan::tag::{Tag, TagSet};

/// What was counted of one text.
#[derive(Clone, Copy, Debug, Default)]
struct Text {
    chars: u32,
    letters: u32,
    upper: u32,
    digits: u32,
    starts: u8,
    ends: u8,
    words: u32,
    lexical: f32,
    least: f32,
    most: f32,
    begin: f32,
    asking: f32,
    titled: u32,
    described: u32,
    hash: u32,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Texts {
    texts: Vec<Text>,
    title: Vocabulary,
    description: Vocabulary,
    /// How much the words of each block speak for an appeal: its neighbours ask as well.
    asking: Vec<f32>,
    /// Sums over the blocks before each.
    sums: Vec<Weighed>,
    /// For each block: how often its text stands on the page, and whether it stood before.
    doubles: Vec<(u32, bool)>,
}

/// The words of some blocks: what they speak for, and how many they are.
#[derive(Clone, Copy, Debug, Default)]
struct Weighed {
    lexical: f32,
    asking: f32,
    words: u32,
}

/// A text of so many bytes says no more by going on. The counts of [`Signs`] hold as many.
const LONG: usize = 4000;

/// The words of a text that others are compared with.
#[derive(Debug, Default)]
struct Vocabulary {
    words: FxHashSet<u32>,
    /// Some bits for each: most words of a page are not among them.
    bits: [u64; 4],
}

impl Vocabulary {
    fn of(text: &str) -> Self {
        let mut known = Self::default();
        Signs::default().read(text, |hash| {
            known.words.insert(hash);
            known.bits[hash as usize / 64 % 4] |= 1 << (hash % 64);
        });
        known
    }

    fn has(&self, hash: u32) -> bool {
        self.bits[hash as usize / 64 % 4] >> (hash % 64) & 1 == 1 && self.words.contains(&hash)
    }

    /// The share that so many words have of its own.
    fn share(&self, words: u32) -> f32 {
        words as f32 / self.words.len().max(1) as f32
    }
}

impl Texts {
    pub(crate) fn of(page: &Page, about: About<'_>, words: &Words) -> Self {
        let title = Vocabulary::of(about.title.unwrap_or_default());
        let description = Vocabulary::of(about.description.unwrap_or_default());
        let texts: Vec<Text> = page.blocks.iter().map(|block| look(page.text_of(block), words, &title, &description)).collect();
        let mut counts: FxHashMap<u32, u32> = FxHashMap::with_capacity_and_hasher(texts.len(), FxBuildHasher);
        let seen = |text: &Text| {
            let count = counts.entry(text.hash).or_default();
            *count += 1;
            *count > 1
        };
        let later: Vec<bool> = texts.iter().map(seen).collect();
        let doubles =
            texts.iter().zip(later).map(|(text, later)| (counts.get(&text.hash).copied().unwrap_or(1), later)).collect();
        let mut sums = vec![Weighed::default()];
        sums.extend(texts.iter().scan(Weighed::default(), |sum, text| {
            sum.lexical += text.lexical;
            sum.asking += text.asking;
            sum.words += text.words;
            Some(*sum)
        }));
        let asking = texts.iter().map(|text| text.asking / (text.words.max(1) as f32).sqrt()).collect();
        Self { texts, title, description, asking, sums, doubles }
    }

    /// What the words of some blocks speak for: a story, an appeal.
    pub(super) fn over(&self, blocks: Span) -> (f32, f32) {
        let (start, end) = (self.sums[blocks.start as usize], self.sums[blocks.end as usize]);
        let root = ((end.words - start.words) as f32).sqrt().max(1.0);
        ((end.lexical - start.lexical) / root, (end.asking - start.asking) / root)
    }

    /// How much the words of up to two blocks before and behind one speak for an appeal at most.
    pub(super) fn asking_beside(&self, row: usize) -> f32 {
        let behind = self.asking.iter().skip(row + 1).take(2);
        self.asking[row.saturating_sub(2)..row].iter().chain(behind).copied().fold(0.0, f32::max)
    }

    /// How much the page's words speak for an appeal, a word.
    pub(super) fn asking(&self) -> f32 {
        self.sums.last().map_or(0.0, |all| all.asking / all.words.max(1) as f32)
    }

    pub(super) fn fill(&self, page: &Page, table: &mut Table) {
        for (row, (block, text)) in page.blocks.iter().zip(&self.texts).enumerate() {
            let words = block.words.max(1) as f32;
            let chars = text.chars.max(1) as f32;
            let (count, later) = self.doubles[row];
            let steps = Steps::of(page, block);
            let mut values = table.row_mut(row);
            values.set_log(Feature::Words, block.words);
            values.set(Feature::WordLength, text.letters as f32 / words);
            values.set(Feature::Sentences, f32::from(block.sentences) / words);
            values.set_log(Feature::SentenceCount, block.sentences.into());
            values.set(Feature::LinkShare, block.link_words as f32 / words);
            values.set(Feature::Links, f32::from(block.links));
            values.set(Feature::Images, f32::from(block.images));
            values.set(Feature::Controls, f32::from(block.controls));
            values.set(Feature::Digits, text.digits as f32 / chars);
            values.set(Feature::Upper, text.upper as f32 / text.letters.max(1) as f32);
            values.set(Feature::Ends, f32::from(text.ends));
            values.set(Feature::Starts, f32::from(text.starts));
            values.set(Feature::Lexical, text.lexical / (text.words.max(1) as f32).sqrt());
            values.set(Feature::LexicalLeast, text.least);
            values.set(Feature::LexicalMost, text.most);
            values.set(Feature::LexicalBegin, text.begin);
            values.set(Feature::Asking, self.asking[row]);
            values.set(Feature::Bold, steps.bold as f32 / chars);
            values.set(Feature::Inlines, steps.inlines as f32 / words);
            values.set_if(block.hidden, Feature::Hidden);
            values.set(Feature::TitleShare, self.title.share(text.titled));
            values.set(Feature::TitleCover, text.titled as f32 / text.words.max(1) as f32);
            values.set(Feature::SummaryShare, self.description.share(text.described));
            values.set(Feature::SummaryCover, text.described as f32 / text.words.max(1) as f32);
            values.set_log(Feature::Double, count);
            values.set_if(later, Feature::DoubleLater);
        }
    }
}

/// A block's inline markup, counted.
#[derive(Clone, Copy, Debug, Default)]
struct Steps {
    bold: u32,
    inlines: u32,
}

const BOLD: TagSet = TagSet::of(&[Tag::B, Tag::Strong]);

impl Steps {
    fn of(page: &Page, block: &Block) -> Self {
        let mut steps = Self::default();
        let mut bold = 0_u32;
        for step in &page.inlines[block.inlines.range()] {
            match step {
                Inline::Text(span) if bold > 0 => steps.bold += span.end.saturating_sub(span.start),
                Inline::Open { tag, .. } => {
                    steps.inlines += 1;
                    bold += u32::from(BOLD.has(*tag));
                }
                Inline::Close(tag) => bold = bold.saturating_sub(u32::from(BOLD.has(*tag))),
                _ => {}
            }
        }
        steps
    }
}

fn look(text: &str, words: &Words, title: &Vocabulary, description: &Vocabulary) -> Text {
    let mut end = text.len().min(LONG);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let looked_at = &text[..end];
    let mut out = Text { starts: looked_at.chars().next().map_or(0, start_class), ..Text::default() };
    out.ends = text.chars().next_back().map_or(0, end_class);
    let mut whole = WordHash::default();
    let mut signs = Signs::default();
    signs.read(looked_at, |hash| {
        out.words += 1;
        if let Some(weight) = words.text(hash) {
            out.lexical += weight.story;
            out.least = out.least.min(weight.story);
            out.most = out.most.max(weight.story);
            if out.words <= 3 {
                out.begin += weight.story;
            }
            out.asking += weight.asking;
        }
        out.titled += u32::from(title.has(hash));
        out.described += u32::from(description.has(hash));
        whole.push_word(hash);
    });
    // Few texts ask.
    if out.asking > 0.0 && looked_at.contains(is_quote) {
        out.asking = unquoted(looked_at).map(|part| asking(part, words)).sum();
    }
    out.chars = signs.chars;
    (out.letters, out.upper, out.digits) = (signs.count(LETTER), signs.count(UPPER), signs.count(DIGIT));
    out.hash = text.len() as u32 ^ whole.get();
    out
}

/// How much the words of a text speak for an appeal.
fn asking(text: &str, words: &Words) -> f32 {
    let mut sum = 0.0;
    Signs::default().read(text, |hash| sum += words.text(hash).map_or(0.0, |weight| weight.asking));
    sum
}

/// What of a text stands outside of quotation marks, for what stands between them is somebody else's plea. Languages open with what others
/// close with, so any mark does either; what is not closed goes on in the next paragraph.
fn unquoted(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_quote).step_by(2)
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」')
}

/// The words of a text that speak for an appeal, heaviest first and each once.
pub(crate) fn asking_words<'t>(text: &'t str, words: &Words) -> Vec<&'t str> {
    let mut found: Vec<(f32, &str)> = Vec::new();
    let all = unquoted(text).flat_map(|part| part.split(|c: char| !c.is_alphanumeric()));
    for word in all.filter(|word| !word.is_empty()) {
        let asking = asking(word, words);
        if asking > 0.0 && found.iter().all(|(_, known)| known.to_lowercase() != word.to_lowercase()) {
            found.push((asking, word));
        }
    }
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    found.into_iter().map(|(_, word)| word).collect()
}

/// The characters of a text, counted by what they are: all counts lie in one number.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    chars: u32,
    counts: u64,
}

/// Counts, by the place of their lowest bit.
const LETTER: u64 = 1;
const UPPER: u64 = 1 << WIDTH;
const DIGIT: u64 = 1 << (2 * WIDTH);
const WIDTH: u32 = 16;
const _: () = assert!(LONG < 1 << WIDTH, "a count would run over");

impl Signs {
    /// Counts the characters of a text and calls `word` with the hash of each of its words, in one pass: runs of letters and digits, in lower
    /// case; runs of digits alike are one word.
    fn read(&mut self, text: &str, mut word: impl FnMut(u32)) {
        let bytes = text.as_bytes();
        let mut hash = WordHash::default();
        let mut inside = false;
        let mut at = 0;
        loop {
            let from = at;
            // Most characters are ASCII letters; nothing is asked about them but that.
            while let Some(byte) = bytes.get(at).filter(|byte| LETTERS[usize::from(**byte)] > 0) {
                hash.push(LETTERS[usize::from(*byte)]);
                self.counts += SIGNS[usize::from(*byte)];
                at += 1;
            }
            self.chars += (at - from) as u32;
            inside |= at > from;
            let behind = text[at..].chars().next();
            let mut ends = true;
            if let Some(c) = behind {
                at += c.len_utf8();
                self.add(if c.is_ascii() { SIGNS[c as usize] } else { sign_of(c) });
                if !c.is_ascii() && c.is_alphanumeric() {
                    let mut utf8 = [0; 4];
                    c.to_lowercase().for_each(|lower| lower.encode_utf8(&mut utf8).bytes().for_each(|byte| hash.push(byte)));
                    (inside, ends) = (true, false);
                }
            }
            if inside && ends {
                word(hash.get());
                (inside, hash) = (false, WordHash::default());
            }
            if behind.is_none() {
                break;
            }
        }
    }

    fn add(&mut self, sign: u64) {
        self.chars += 1;
        self.counts += sign;
    }

    fn count(&self, of: u64) -> u32 {
        (self.counts / of) as u32 & ((1 << WIDTH) - 1)
    }
}

/// Of each ASCII letter and digit how it stands in a word: in lower case, digits alike. 0 for what is no part of one.
static LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8;
        letters[byte] = match c {
            b'a'..=b'z' => c,
            b'A'..=b'Z' => c | 0x20,
            b'0'..=b'9' => b'0',
            _ => 0,
        };
        byte += 1;
    }
    letters
};

/// What each ASCII character counts as.
static SIGNS: [u64; 256] = {
    let mut signs = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        signs[byte] = match byte as u8 {
            b'a'..=b'z' => LETTER,
            b'A'..=b'Z' => LETTER | UPPER,
            b'0'..=b'9' => DIGIT,
            _ => 0,
        };
        byte += 1;
    }
    signs
};

/// What a character beyond ASCII counts as.
fn sign_of(c: char) -> u64 {
    match c.is_alphabetic() {
        true if c.is_uppercase() => LETTER | UPPER,
        true => LETTER,
        false => 0,
    }
}

fn end_class(c: char) -> u8 {
    match c {
        '.' | '!' | '?' | '。' | '！' | '？' | '"' | '”' | '’' | ')' | '»' => 1,
        ':' | '：' => 2,
        '…' => 4,
        ',' | '，' | '、' => 5,
        c if c.is_alphanumeric() => 3,
        _ => 0,
    }
}

fn start_class(c: char) -> u8 {
    match c {
        c if c.is_lowercase() => 1,
        c if c.is_uppercase() => 2,
        c if c.is_numeric() => 3,
        '"' | '“' | '„' | '«' | '‘' | '\'' => 4,
        c if c.is_alphabetic() => 5,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn what_stands_in_quotation_marks_is_left_out() {
        for (text, outside) in [
            ("Support us today.", "Support us today."),
            ("He said: “Support us.” Nobody did.", "He said:  Nobody did."),
            ("„Unterstützen Sie uns“, rief er.", ", rief er."),
            ("»Helft uns«, sagte sie. « Aidez-nous », dit-il.", ", sagte sie. , dit-il."),
            ("“We ask for little, and", ""),
        ] {
            assert_eq!(unquoted(text).collect::<String>(), outside, "{text}");
        }
    }
}
