//! What a block's own text and inline markup say: marks, letters, learned words, words of the title, doubles.
//!
//! Each text is looked at once. It must not know the elements around a block.

use rustc_hash::{FxHashMap, FxHashSet};

use super::words::{WordHash, Words};
use super::{Feature, Table, log};
use crate::page::{Block, Inline, Page, Span};
use crate::scan::tag::{Tag, TagSet};

/// What was counted of one text.
#[derive(Clone, Copy, Debug, Default)]
struct Text {
    chars: u32,
    letters: u32,
    upper: u32,
    digits: u32,
    quotes: u32,
    marks: u32,
    currency: bool,
    copyright: bool,
    address: bool,
    starts: u8,
    ends: u8,
    words: u32,
    lexical: f32,
    least: f32,
    most: f32,
    begin: f32,
    titled: u32,
    hash: u32,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Texts {
    texts: Vec<Text>,
    /// How many different words the title has.
    title: usize,
    /// Sums of the words' weights, and their number, over the blocks before each.
    lexical: Vec<(f32, u32)>,
    /// For each block: how often its text stands on the page, and whether it stood before.
    doubles: Vec<(u32, bool)>,
}

/// A text of so many bytes says no more by going on.
const LONG: usize = 4000;

impl Texts {
    pub(crate) fn of(page: &Page, title: Option<&str>, words: &Words) -> Self {
        let mut titled = FxHashSet::default();
        each_word(title.unwrap_or_default(), |hash| {
            titled.insert(hash.get());
        });
        let texts: Vec<Text> = page.blocks.iter().map(|block| look(page.text_of(block), words, &titled)).collect();
        let mut counts: FxHashMap<u32, u32> = FxHashMap::default();
        let seen = |text: &Text| {
            let count = counts.entry(text.hash).or_default();
            *count += 1;
            *count > 1
        };
        let later: Vec<bool> = texts.iter().map(seen).collect();
        let doubles =
            texts.iter().zip(later).map(|(text, later)| (counts.get(&text.hash).copied().unwrap_or(1), later)).collect();
        let mut lexical = vec![(0.0, 0)];
        lexical.extend(texts.iter().scan((0.0, 0), |sum, text| {
            *sum = (sum.0 + text.lexical, sum.1 + text.words);
            Some(*sum)
        }));
        Self { texts, title: titled.len(), lexical, doubles }
    }

    /// The weight of the words of some blocks.
    pub(super) fn lexical_over(&self, blocks: Span) -> f32 {
        let (start, end) = (self.lexical[blocks.start as usize], self.lexical[blocks.end as usize]);
        (end.0 - start.0) / ((end.1 - start.1) as f32).sqrt().max(1.0)
    }

    pub(super) fn fill(&self, page: &Page, table: &mut Table) {
        for (row, (block, text)) in page.blocks.iter().zip(&self.texts).enumerate() {
            let words = block.words.max(1) as f32;
            let chars = text.chars.max(1) as f32;
            let (count, later) = self.doubles[row];
            let steps = Steps::of(page, block);
            for (feature, value) in [
                (Feature::Words, log(block.words)),
                (Feature::WordLength, text.letters as f32 / words),
                (Feature::Sentences, f32::from(block.sentences) / words),
                (Feature::SentenceCount, log(block.sentences.into())),
                (Feature::Commas, f32::from(block.commas) / words),
                (Feature::LinkShare, block.link_words as f32 / words),
                (Feature::Links, f32::from(block.links)),
                (Feature::Images, f32::from(block.images)),
                (Feature::Controls, f32::from(block.controls)),
                (Feature::Digits, text.digits as f32 / chars),
                (Feature::Upper, text.upper as f32 / text.letters.max(1) as f32),
                (Feature::Quotes, text.quotes as f32),
                (Feature::Marks, text.marks as f32),
                (Feature::Currency, f32::from(text.currency)),
                (Feature::Copyright, f32::from(text.copyright)),
                (Feature::Address, f32::from(text.address)),
                (Feature::Ends, f32::from(text.ends)),
                (Feature::Starts, f32::from(text.starts)),
                (Feature::Lexical, text.lexical / (text.words.max(1) as f32).sqrt()),
                (Feature::LexicalLeast, text.least),
                (Feature::LexicalMost, text.most),
                (Feature::LexicalBegin, text.begin),
                (Feature::Bold, steps.bold as f32 / chars),
                (Feature::Breaks, steps.breaks as f32),
                (Feature::Inlines, steps.inlines as f32 / words),
                (Feature::Hidden, f32::from(block.hidden)),
                (Feature::Noscript, f32::from(block.noscript)),
                (Feature::TitleShare, text.titled as f32 / self.title.max(1) as f32),
                (Feature::TitleCover, text.titled as f32 / text.words.max(1) as f32),
                (Feature::Double, log(count)),
                (Feature::DoubleLater, f32::from(later)),
            ] {
                table.set(row, feature, value);
            }
        }
    }
}

/// A block's inline markup, counted.
#[derive(Clone, Copy, Debug, Default)]
struct Steps {
    bold: u32,
    breaks: u32,
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
                Inline::Break => steps.breaks += 1,
                _ => {}
            }
        }
        steps
    }
}

fn look(text: &str, words: &Words, titled: &FxHashSet<u32>) -> Text {
    let mut end = text.len().min(LONG);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let looked_at = &text[..end];
    let mut out = Text { starts: looked_at.chars().next().map_or(0, start_class), ..Text::default() };
    out.ends = text.chars().next_back().map_or(0, end_class);
    let mut whole = WordHash::default();
    let mut word = |hash: WordHash, out: &mut Text| {
        let weight = words.text(hash.get());
        out.words += 1;
        out.lexical += weight;
        out.least = out.least.min(weight);
        out.most = out.most.max(weight);
        if out.words <= 3 {
            out.begin += weight;
        }
        out.titled += u32::from(titled.contains(&hash.get()));
        whole.push_word(hash);
    };
    if looked_at.is_ascii() {
        look_at_ascii(looked_at.as_bytes(), &mut out, &mut word);
    } else {
        look_at_chars(looked_at, &mut out);
        each_word(looked_at, |hash| word(hash, &mut out));
    }
    let holds = |part: &str| memchr::memmem::find(looked_at.as_bytes(), part.as_bytes()).is_some();
    out.address |= out.marks > 1 && holds("://") || holds("www.");
    out.hash = text.len() as u32 ^ whole.get();
    out
}

/// Counts the characters and finds the words in one pass.
fn look_at_ascii(bytes: &[u8], out: &mut Text, word: &mut impl FnMut(WordHash, &mut Text)) {
    let mut counts = [0_u32; CLASSES];
    let mut hash = WordHash::default();
    let mut inside = false;
    for byte in bytes {
        let class = CLASS_OF[*byte as usize];
        counts[class as usize % CLASSES] += 1;
        if class <= DIGIT {
            hash.push(if class == DIGIT { b'0' } else { *byte | 0x20 });
            inside = true;
        } else if inside {
            word(hash, out);
            hash = WordHash::default();
            inside = false;
        }
    }
    if inside {
        word(hash, out);
    }
    let count = |class: u8| counts[class as usize % CLASSES];
    out.chars = bytes.len() as u32;
    (out.letters, out.upper, out.digits) = (count(LOWER) + count(UPPER), count(UPPER), count(DIGIT));
    (out.quotes, out.marks) = (count(QUOTE), count(MARK));
    (out.currency, out.address) = (count(CURRENCY) > 0, count(AT) > 0);
}

/// What an ASCII character counts as. Of words are the first three.
const LOWER: u8 = 0;
const UPPER: u8 = 1;
const DIGIT: u8 = 2;
const QUOTE: u8 = 3;
const MARK: u8 = 4;
const CURRENCY: u8 = 5;
const AT: u8 = 6;
const OTHER: u8 = 7;
const CLASSES: usize = 8;

static CLASS_OF: [u8; 256] = {
    let mut classes = [OTHER; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b'"' => QUOTE,
            b'|' | b'/' => MARK,
            b'$' => CURRENCY,
            b'@' => AT,
            _ => OTHER,
        };
        byte += 1;
    }
    classes
};

fn look_at_chars(text: &str, out: &mut Text) {
    for c in text.chars() {
        out.chars += 1;
        match c {
            'a'..='z' => out.letters += 1,
            ' ' => {}
            'A'..='Z' => (out.letters, out.upper) = (out.letters + 1, out.upper + 1),
            '0'..='9' => out.digits += 1,
            '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' => out.quotes += 1,
            '|' | '•' | '·' | '›' | '→' | '▸' | '■' | '/' | '×' => out.marks += 1,
            '$' | '€' | '£' | '¥' | '₽' | '₹' => out.currency = true,
            '©' | '®' => out.copyright = true,
            '@' => out.address = true,
            _ if c.is_alphabetic() => (out.letters, out.upper) = (out.letters + 1, out.upper + u32::from(c.is_uppercase())),
            _ => {}
        }
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

/// Calls `found` with the hash of each word: runs of letters and digits, in lower case; runs of digits alike are one word.
fn each_word(text: &str, mut found: impl FnMut(WordHash)) {
    let mut hash = WordHash::default();
    let mut inside = false;
    for c in text.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                hash.push(if c.is_ascii_digit() { b'0' } else { c.to_ascii_lowercase() as u8 });
                inside = true;
                continue;
            }
        } else if c.is_alphanumeric() {
            let mut bytes = [0; 4];
            for lower in c.to_lowercase() {
                lower.encode_utf8(&mut bytes).bytes().for_each(|byte| hash.push(byte));
            }
            inside = true;
            continue;
        }
        if inside {
            found(hash);
            hash = WordHash::default();
            inside = false;
        }
    }
    if inside {
        found(hash);
    }
}
