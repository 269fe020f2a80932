//! What a judge may know of a block, as numbers: one row a block, one column a feature.
//!
//! Everything is computed from the recorded [`Page`] in a few forward passes over flat tables: prefix sums over blocks give the totals of
//! any element, and each block looks up along the elements around it. The same code fills the table for judging and for training, so there is
//! one definition of every feature. It decides nothing, and must not know what a model makes of it.

mod containers;
mod sections;
mod texts;
mod words;

use once_cell::sync::Lazy;

use super::short;
use crate::meta::Metadata;
use crate::page::{Page, Span};
use crate::scan::tag::{self, Tag};

pub(crate) use containers::Containers;
pub(crate) use texts::{Texts, asking_words};
pub(crate) use words::{WordHash, Words};

macro_rules! features {
    ($($(#[doc = $doc:literal])+ $name:ident,)*) => {
        /// A column of the [`Table`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Feature { $($(#[doc = $doc])+ $name,)* }

        /// Every feature: its name and what it is.
        pub(crate) const FEATURES: &[(&str, &str)] = &[$((stringify!($name), concat!($($doc),+)),)*];
    };
}

features! {
    /// Words of the block, log2.
    Words,
    /// Mean letters a word.
    WordLength,
    /// Sentence ends a word.
    Sentences,
    /// Sentence ends, log2.
    SentenceCount,
    /// Share of its words that stand in links.
    LinkShare,
    /// Links.
    Links,
    /// Images.
    Images,
    /// Buttons and fields.
    Controls,
    /// Share of its characters that are digits.
    Digits,
    /// Share of its letters that are upper case.
    Upper,
    /// Last character: 0 other, 1 full stop and kin, 2 colon, 3 letter or digit, 4 ellipsis, 5 comma.
    Ends,
    /// First character: 0 other, 1 lower case, 2 upper case, 3 digit, 4 quotation mark, 5 a script without case.
    Starts,
    /// Sum of the learned weights of its words, by the root of their number.
    Lexical,
    /// Least learned weight of a word.
    LexicalLeast,
    /// Greatest learned weight of a word.
    LexicalMost,
    /// Sum of the learned weights of its first three words.
    LexicalBegin,
    /// Sum of the weights that its words have as words of an appeal, by the root of their number; without what it quotes.
    Asking,
    /// Share of its words that stand in bold or strong.
    Bold,
    /// Inline elements in it, a word.
    Inlines,
    /// It, or an element around it, is hidden.
    Hidden,
    /// Kind of the innermost element (see `kind_of`).
    Tag,
    /// Kind of the element around that.
    TagUp,
    /// Level of the heading it is, or 0.
    Heading,
    /// How many elements stand around it.
    Depth,
    /// The depth of the best container less its own.
    DepthBest,
    /// In a list item that is not around the best container.
    InItem,
    /// In a table cell, likewise.
    InCell,
    /// In an `aside`, likewise.
    InAside,
    /// In a `footer`, likewise.
    InFooter,
    /// In a `form`, likewise.
    InForm,
    /// In a `pre`, likewise.
    InPre,
    /// In a `figure` or `figcaption`, likewise.
    InFigure,
    /// In a `section`, likewise.
    InSection,
    /// How many `article` elements are around it.
    Articles,
    /// In a `main`.
    InMain,
    /// How many elements around it, up to the best container, are named after comments.
    InComments,
    /// Learned weight of the class words of the nearest element that has some.
    Class,
    /// Of the second nearest.
    ClassUp,
    /// Of the third nearest.
    ClassUpUp,
    /// The least of all elements around it up to the best container.
    ClassLeast,
    /// The sum.
    ClassSum,
    /// Of the branch: the outermost element around it that does not hold the best container.
    ClassBranch,
    /// The smallest container that holds more than this block: its words, log2.
    UpWords,
    /// Its share of words in links.
    UpLinks,
    /// Its words a block.
    UpMean,
    /// Its blocks, log2.
    UpBlocks,
    /// Its share of the page's good words.
    UpGood,
    /// Good words among its words.
    UpPure,
    /// The next larger container: words, log2.
    Up2Words,
    /// Its share of words in links.
    Up2Links,
    /// Its words a block.
    Up2Mean,
    /// Its blocks, log2.
    Up2Blocks,
    /// Its share of the page's good words.
    Up2Good,
    /// Good words among its words.
    Up2Pure,
    /// The one after that: words, log2.
    Up3Words,
    /// Its share of words in links.
    Up3Links,
    /// Its words a block.
    Up3Mean,
    /// Its blocks, log2.
    Up3Blocks,
    /// Its share of the page's good words.
    Up3Good,
    /// Good words among its words.
    Up3Pure,
    /// The branch: words, log2.
    BranchWords,
    /// Its share of words in links.
    BranchLinks,
    /// Its words a block.
    BranchMean,
    /// Its blocks, log2.
    BranchBlocks,
    /// Its share of the page's good words.
    BranchGood,
    /// Buttons and fields in it, log2.
    BranchControls,
    /// Place against the container of 55% of the good words: -1 before, 0 inside, 1 behind.
    Best55,
    /// Blocks to its nearest end: negative outside, log2.
    Best55Distance,
    /// Blocks to the nearest end of the container of 80% of the good words: negative outside, log2.
    Best80Distance,
    /// Elements between the block and the best container.
    BestLevels,
    /// Siblings like the innermost element (same tag and class words), log2.
    SiblingsLike,
    /// Blocks in elements like it anywhere on the page, log2.
    PageLike,
    /// Good words among the words of all elements like it.
    PageLikeGood,
    /// The outermost repeated element around it: how many there are, log2.
    RepeatCount,
    /// Its share of the words of all of them.
    RepeatShare,
    /// The first one's share.
    RepeatFirst,
    /// Mean words of one of them, log2.
    RepeatMean,
    /// The innermost repeated element around it that holds more than one block: how many there are, log2.
    CardCount,
    /// Mean words of one of them, log2.
    CardMean,
    /// How often its text stands on the page.
    Double,
    /// It stood before.
    DoubleLater,
    /// Place among the blocks, 0 to 1.
    Place,
    /// Words before it among the page's words.
    WordsBefore,
    /// Good words before it among the page's good words.
    GoodBefore,
    /// Blocks since the headline, log2; negative before it.
    SinceHeadline,
    /// Words since the headline, log2; -1 before it.
    WordsSinceHeadline,
    /// Share of the title's words that it has.
    TitleShare,
    /// Share of its words that the title has.
    TitleCover,
    /// Share of the words of the page's description that it has.
    SummaryShare,
    /// Share of its words that the description has.
    SummaryCover,
    /// Level of the last heading, 7 if there was none.
    LastLevel,
    /// Blocks since the last heading, log2.
    SinceHeading,
    /// Words since the last heading, log2.
    WordsSinceHeading,
    /// Learned weight of the last heading's words.
    LastLexical,
    /// The last heading announces something else (related, comments).
    LastOther,
    /// Blocks since the last such heading, log2; -1 if there was none.
    SinceOther,
    /// Words of the last heading.
    LastWords,
    /// Blocks to the next heading, log2.
    NextHeading,
    /// The block before: its share of words in links.
    BeforeLinks,
    /// Its tag's kind.
    BeforeTag,
    /// Its learned weight of words.
    BeforeLexical,
    /// Its class words' weight.
    BeforeClass,
    /// The block behind: its share of words in links.
    BehindLinks,
    /// Its tag's kind.
    BehindTag,
    /// Its learned weight of words.
    BehindLexical,
    /// Its class words' weight.
    BehindClass,
    /// Learned weight of words over six blocks around.
    LexicalAround,
    /// Over the same blocks, the weight of words of appeals.
    AskingAround,
    /// The greatest such weight of a block up to two before or behind it.
    AskingBeside,
    /// That of the innermost element around with more than one block.
    AskingUp,
    /// How much its words ask, bar, thank or offer.
    AppealAsks,
    /// The most that it, or a block up to two before or behind it, speaks for an appeal; what a rule removed is not asked.
    AppealAround,
    /// It is itself a heading that announces something else.
    Section,
    /// The page: words, log2.
    PageWords,
    /// Its blocks, log2.
    PageBlocks,
    /// Its good words among its words.
    PageGood,
    /// Its good words, log2.
    PageGoodWords,
    /// Its share of words in links.
    PageLinks,
    /// Mean words of its good blocks.
    PageGoodMean,
    /// The best container's share of the page's words.
    PageBest,
    /// Its `article` elements.
    PageArticles,
    /// Buttons and fields, log2.
    PageControls,
    /// `og:type` says article.
    PageSaysArticle,
    /// JSON-LD types: 0 none, 1 other, 2 an article, 3 a product, 4 a forum posting.
    PageType,
    /// `time` elements, log2.
    PageTimes,
    /// A headline was found.
    PageHeadline,
    /// The most alike elements that hold good words, log2.
    PageRepeats,
    /// The weight of its words as words of appeals, a word.
    PageAsking,
}

/// The number of columns.
pub(crate) const COUNT: usize = FEATURES.len();

/// Rows that lie side by side, so that one question is put to all of them at once.
pub(crate) const LANES: usize = 8;

/// The values of some rows as [`short`] numbers: feature by feature, of each a value a row. Rows behind the last are 0, and so is what no
/// feature is kept at: there are [`PLACES`], so that a forest need not ask whether there is such a feature.
pub(crate) type Lanes = [[i16; LANES]; PLACES];

pub(crate) const PLACES: usize = 1 << 7;
const _: () = assert!(COUNT <= PLACES, "seven bits name a feature");

/// Rows and columns.
#[derive(Debug)]
pub(crate) struct Table {
    rows: usize,
    lanes: Vec<Lanes>,
    peers: Vec<Peers>,
}

/// What a block has in common with others: numbers that are the same for all that have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Peers {
    /// The tag and class words of its innermost element and of the one around that.
    pub(crate) look: Option<u32>,
    /// The table it stands in, if that has a head.
    pub(crate) table: Option<u32>,
}

/// A row that is being filled: its place is looked up once.
struct Row<'t> {
    lanes: &'t mut Lanes,
    lane: usize,
}

impl Row<'_> {
    fn set(&mut self, feature: Feature, value: f32) {
        self.set_short(feature, short::of(value));
    }

    fn set_short(&mut self, feature: Feature, number: i16) {
        self.lanes[feature as usize][self.lane % LANES] = number;
    }

    /// As many of the features as there are numbers.
    fn set_all<const N: usize, const M: usize>(&mut self, features: [Feature; N], numbers: [i16; M]) {
        features.into_iter().zip(numbers).for_each(|(feature, number)| self.set_short(feature, number));
    }

    /// See [`log`].
    fn set_log(&mut self, feature: Feature, count: u32) {
        self.set_short(feature, log(count));
    }

    /// The logarithm of what a distance amounts to, with its sign.
    fn set_distance(&mut self, feature: Feature, distance: i32) {
        let log = log(distance.unsigned_abs());
        self.set_short(feature, if distance < 0 { -log } else { log });
    }

    /// 1 if it is so, else 0.
    fn set_if(&mut self, is_so: bool, feature: Feature) {
        self.set_short(feature, if is_so { short::ONE } else { 0 });
    }
}

/// What is known of a page's story beside its blocks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct About<'a> {
    /// The block that shows the headline.
    pub(crate) headline: Option<u32>,
    pub(crate) title: Option<&'a str>,
    pub(crate) byline: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
}

impl<'a> About<'a> {
    pub(crate) fn of(metadata: &'a Metadata, headline: Option<u32>) -> Self {
        Self {
            headline,
            title: metadata.title.as_deref(),
            byline: metadata.byline.as_deref(),
            description: metadata.description.as_deref(),
        }
    }
}

impl Table {
    /// Fills the table for a page.
    pub(crate) fn of(page: &Page, about: About<'_>, words: &Words) -> Self {
        let rows = page.blocks.len();
        let lanes = vec![[[0; LANES]; PLACES]; rows.div_ceil(LANES)];
        let texts = Texts::of(page, about, words);
        let containers = Containers::of(page, words);
        let mut table = Self { rows, lanes, peers: containers.peers(page) };
        texts.fill(page, &mut table);
        containers.fill(page, &mut table);
        table.places(page, &containers, about.headline);
        table.neighbours(page, &texts, &containers);
        table.appeals(page);
        table.page(page, &containers, texts.asking(), about.headline);
        table
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// What each block has in common with others.
    pub(crate) fn peers(&self) -> &[Peers] {
        &self.peers
    }

    /// Every block's values, some blocks at a time.
    pub(crate) fn lanes(&self) -> &[Lanes] {
        &self.lanes
    }

    /// A block's values.
    pub(crate) fn row(&self, row: usize) -> [i16; COUNT] {
        let lanes = self.lanes.get(row / LANES);
        lanes.map_or([0; COUNT], |lanes| std::array::from_fn(|feature| lanes[feature][row % LANES]))
    }

    /// A block's values, to be filled in.
    fn row_mut(&mut self, row: usize) -> Row<'_> {
        Row { lanes: &mut self.lanes[row / LANES], lane: row % LANES }
    }

    pub(crate) fn get(&self, row: usize, feature: Feature) -> f32 {
        short::value(self.lanes[row / LANES][feature as usize][row % LANES])
    }

    /// Where the blocks stand, and what heading is above them.
    fn places(&mut self, page: &Page, containers: &Containers, headline: Option<u32>) {
        let sums = &containers.sums;
        let (words, good) = (sums.all().words.max(1) as f32, sums.all().good.max(1) as f32);
        let rows = self.rows;
        let mut last: Option<usize> = None;
        let mut other: Option<usize> = None;
        let mut next = vec![self.rows; self.rows + 1];
        for row in (0..self.rows).rev() {
            next[row] = if self.get(row, Feature::Heading) > 0.0 { row } else { next[row + 1] };
        }
        for row in 0..self.rows {
            let before = sums.range(Span { start: 0, end: row as u32 });
            let level = self.get(row, Feature::Heading);
            let heading = last.map(|last| (last, self.get(last, Feature::Heading), self.get(last, Feature::Lexical)));
            let mut values = self.row_mut(row);
            values.set(Feature::Place, row as f32 / rows as f32);
            values.set(Feature::WordsBefore, before.words as f32 / words);
            values.set(Feature::GoodBefore, before.good as f32 / good);
            if let Some(headline) = headline {
                values.set_distance(Feature::SinceHeadline, row as i32 - headline as i32);
                if row as u32 > headline {
                    let since = sums.range(Span { start: headline + 1, end: row as u32 });
                    values.set_log(Feature::WordsSinceHeadline, since.words);
                } else {
                    values.set(Feature::WordsSinceHeadline, -1.0);
                }
            }
            match heading {
                Some((last, level, lexical)) => {
                    values.set(Feature::LastLevel, level);
                    values.set_log(Feature::SinceHeading, (row - last) as u32);
                    let since = sums.range(Span { start: last as u32 + 1, end: row as u32 });
                    values.set_log(Feature::WordsSinceHeading, since.words);
                    values.set(Feature::LastLexical, lexical);
                    values.set(Feature::LastWords, page.blocks[last].words as f32);
                    values.set(Feature::LastOther, f32::from(other == Some(last)));
                }
                None => values.set(Feature::LastLevel, 7.0),
            }
            match other {
                Some(other) => values.set_log(Feature::SinceOther, (row - other) as u32),
                None => values.set(Feature::SinceOther, -1.0),
            }
            values.set_log(Feature::NextHeading, (next[row + 1] - row) as u32);
            if level > 0.0 {
                last = Some(row);
            }
            let block = &page.blocks[row];
            if block.section || sections::announces_other(page.text_of(block)) {
                values.set(Feature::Section, 1.0);
                other = Some(row);
            }
        }
    }

    /// What stands right before a block and right behind it.
    fn neighbours(&mut self, page: &Page, texts: &Texts, containers: &Containers) {
        use Feature::{
            BeforeClass, BeforeLexical, BeforeLinks, BeforeTag, BehindClass, BehindLexical, BehindLinks, BehindTag, Class,
            Lexical, LinkShare, Tag,
        };
        self.shifted([(LinkShare, BeforeLinks), (Tag, BeforeTag), (Lexical, BeforeLexical), (Class, BeforeClass)], -1);
        self.shifted([(LinkShare, BehindLinks), (Tag, BehindTag), (Lexical, BehindLexical), (Class, BehindClass)], 1);
        let rows = self.rows as u32;
        for row in 0..self.rows {
            let at = row as u32;
            let (lexical, asking) = texts.over(Span { start: at.saturating_sub(3), end: (at + 4).min(rows) });
            let mut values = self.row_mut(row);
            values.set(Feature::LexicalAround, lexical);
            values.set(Feature::AskingAround, asking);
            values.set(Feature::AskingBeside, texts.asking_beside(row));
            let up = containers.several(page, row).unwrap_or(Span { start: at, end: at + 1 });
            values.set(Feature::AskingUp, texts.over(up).1);
        }
    }

    /// What the recognizer of appeals found in the blocks and beside them.
    fn appeals(&mut self, page: &Page) {
        for (row, block) in page.blocks.iter().enumerate() {
            // What a rule removed asks for nothing any more.
            let around = page.blocks[row.saturating_sub(2)..].iter().take(row.min(2) + 3).filter(|block| !block.removed);
            let mut values = self.row_mut(row);
            values.set(Feature::AppealAsks, block.asks);
            values.set(Feature::AppealAround, around.map(|block| block.asks).fold(0.0, f32::max));
        }
    }

    /// Copies values of the block a row away; what is not there is -1.
    fn shifted<const N: usize>(&mut self, columns: [(Feature, Feature); N], by: isize) {
        const MOST: usize = 1;
        let nothing = [short::of(-1.0); MOST];
        let mut column = Vec::with_capacity(MOST + self.lanes.len() * LANES + MOST);
        for (from, to) in columns {
            column.clear();
            column.extend(nothing);
            self.lanes.iter().for_each(|lanes| column.extend(lanes[from as usize]));
            column.truncate(MOST + self.rows);
            column.extend(nothing);
            let moved = column[MOST.saturating_add_signed(by)..][..self.rows].chunks(LANES);
            for (lanes, moved) in self.lanes.iter_mut().zip(moved) {
                lanes[to as usize][..moved.len()].copy_from_slice(moved);
            }
        }
    }

    /// What is the same for all blocks of the page.
    fn page(&mut self, page: &Page, containers: &Containers, asking: f32, headline: Option<u32>) {
        let all = containers.sums.all();
        let good_blocks = (0..self.rows).filter(|row| containers.is_good(page, *row)).count();
        let best = containers.best55.map_or(all, |best| containers.sums.range(page.elements[best as usize].blocks));
        let says_article = page.head.metas.iter().any(|(name, value)| name == "og:type" && value.eq_ignore_ascii_case("article"));
        let share = |of: u32, of_all: u32| short::of(of as f32 / of_all.max(1) as f32);
        for (feature, value) in [
            (Feature::PageWords, log(all.words)),
            (Feature::PageBlocks, log(self.rows as u32)),
            (Feature::PageGood, share(all.good, all.words)),
            (Feature::PageGoodWords, log(all.good)),
            (Feature::PageLinks, share(all.link_words, all.words)),
            (Feature::PageGoodMean, share(all.good, good_blocks as u32)),
            (Feature::PageBest, share(best.words, all.words)),
            (Feature::PageArticles, log(page.elements.iter().filter(|e| e.tag == Tag::Article).count() as u32)),
            (Feature::PageControls, log(all.controls)),
            (Feature::PageSaysArticle, short::of(f32::from(says_article))),
            (Feature::PageType, short::of(declared_type(page))),
            (Feature::PageTimes, log(page.head.times.len() as u32)),
            (Feature::PageHeadline, short::of(f32::from(headline.is_some()))),
            (Feature::PageRepeats, log(containers.most_repeated)),
            (Feature::PageAsking, short::of(asking)),
        ] {
            // The same for all blocks.
            self.lanes.iter_mut().for_each(|lanes| lanes[feature as usize] = [value; LANES]);
        }
    }
}

/// `log2(1 + n)`, as a [`short`] number: counts of blocks and words matter by their magnitude.
fn log(n: u32) -> i16 {
    LOGS.get(n as usize).copied().unwrap_or_else(|| short::of_natural(log_of(n as f32)))
}

fn log_of(n: f32) -> f32 {
    (1.0 + n).log2()
}

/// The logarithms of most counts.
static LOGS: Lazy<[i16; 1024]> = Lazy::new(|| std::array::from_fn(|n| short::of_natural(log_of(n as f32))));

/// What JSON-LD says the page is, see [`Feature::PageType`]. Only the names are looked for: reading the graph is for metadata.
fn declared_type(page: &Page) -> f32 {
    let has = |names: &[&str]| page.head.json_ld.iter().any(|text| names.iter().any(|name| text.contains(name)));
    if page.head.json_ld.is_empty() {
        0.0
    } else if has(&["DiscussionForumPosting", "QAPage"]) {
        4.0
    } else if has(&["\"Product\""]) {
        3.0
    } else if has(&["Article\"", "BlogPosting\""]) {
        2.0
    } else {
        1.0
    }
}

/// Kinds of elements, as an order of how much they sound like running text.
fn kind_of(tag: Tag) -> f32 {
    f32::from(match tag {
        Tag::Nav | Tag::Menu | Tag::Footer | Tag::Select | Tag::Option => 0_u8,
        Tag::Form | Tag::Fieldset | Tag::Legend | Tag::Label | Tag::Button => 1,
        Tag::Aside | Tag::Header | Tag::Dialog => 2,
        Tag::Ul => 3,
        Tag::Li => 4,
        Tag::Dl | Tag::Dt | Tag::Dd | Tag::Summary | Tag::Details => 5,
        Tag::Table | Tag::Tr | Tag::Tbody | Tag::Thead | Tag::Tfoot => 6,
        Tag::Td | Tag::Th => 7,
        Tag::Figure | Tag::Figcaption | Tag::Caption => 8,
        Tag::Div | Tag::Center => 10,
        Tag::Section => 11,
        Tag::Main | Tag::Article => 12,
        Tag::Ol => 13,
        _ if tag::HEADING.has(tag) => 14,
        Tag::Blockquote => 15,
        Tag::Pre => 16,
        Tag::P => 17,
        _ => 9,
    })
}
