//! What the elements around a block say: their totals, their class words, their repetition, and where the best of them stands.
//!
//! A block is *good* if it reads like running text by the simplest measure. The *best* containers are the smallest elements that
//! hold 55% and 80% of the good words; everything else is seen in relation to them. It must not know what a block says.

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::words::{WordHash, Words};
use super::{Feature, Peers, Table, kind_of, log, log_of};
use crate::judge::short;
use crate::page::{Block, Element, Page, Span};
use crate::scan::tag::{self, Tag, TagSet};

/// Sums over blocks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    pub(crate) blocks: u32,
    pub(crate) words: u32,
    pub(crate) link_words: u32,
    pub(crate) good: u32,
    pub(crate) controls: u32,
}

/// Sums over the blocks before each block, and over all.
#[derive(Debug)]
pub(crate) struct Sums(Vec<Sum>);

impl Sums {
    pub(crate) fn range(&self, blocks: Span) -> Sum {
        let (start, end) = (self.0[blocks.start as usize], self.0[blocks.end.max(blocks.start) as usize]);
        Sum {
            blocks: end.blocks - start.blocks,
            words: end.words - start.words,
            link_words: end.link_words - start.link_words,
            good: end.good - start.good,
            controls: end.controls - start.controls,
        }
    }

    pub(crate) fn all(&self) -> Sum {
        self.0.last().copied().unwrap_or_default()
    }
}

/// What is known of an element.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Learned weight of its class words; none if it has no words.
    class: Option<f32>,
    comments: bool,
    /// Its group among elements alike in the same parent.
    group: u32,
    /// Its group among elements alike anywhere on the page.
    alike: u32,
}

/// What is known of an element and of those around it.
#[derive(Clone, Copy, Debug, Default)]
struct Around {
    marks: Marks,
    classes: Classes,
    /// The level of the innermost heading, or 0.
    heading: u8,
    /// How many of them do not hold the best container, and whether one of them is it.
    levels: u32,
    inside_best: bool,
    /// The outermost that does not hold the best container.
    branch: Option<u32>,
    /// The innermost table, if it has a head.
    table: Option<u32>,
    /// The outermost repeated one, and the innermost that holds several blocks.
    outermost: Option<u32>,
    card: Option<u32>,
    /// The innermost three that each hold more blocks than the one before, the first more than one.
    up: [Option<u32>; 3],
}

/// Elements alike: same tag, same class words.
#[derive(Clone, Copy, Debug, Default)]
struct Group {
    count: u32,
    words: u32,
    good: u32,
    blocks: u32,
    first: u32,
}

impl Group {
    /// Words of one of them, as [`log`] has counts.
    fn mean(&self) -> i16 {
        short::of(log_of(self.words as f32 / self.count as f32))
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Containers {
    pub(crate) sums: Sums,
    /// How many words a good block has on this page.
    good_words: u32,
    elements: Vec<Seen>,
    around: Vec<Around>,
    siblings: Vec<Group>,
    alike: Vec<Group>,
    pub(crate) best55: Option<u32>,
    pub(crate) best80: Option<u32>,
    pub(crate) most_repeated: u32,
}

/// A good block has so many words, not more of them in links than the share, and the end of a sentence.
const GOOD_WORDS: u32 = 10;
/// Where there are fewer good words than this, shorter blocks are good too. Chosen, not measured: a page of three or four sentences.
const SMALL_PAGE: u32 = 60;
const GOOD_WORDS_OF_SMALL_PAGE: u32 = 4;
const GOOD_LINKED: f32 = 0.33;
/// Repeated elements with fewer words in all are marks and menus.
const REPEATED_WORDS: u32 = 60;

const COMMENT_WORDS: [&str; 10] =
    ["comment", "reply", "replies", "respond", "disqus", "discussion", "kommentar", "comentario", "commentaire", "feedback"];

impl Containers {
    pub(crate) fn of(page: &Page, words: &Words) -> Self {
        let good: u32 = page.blocks.iter().filter(|block| is_good(block, GOOD_WORDS)).map(|block| block.words).sum();
        let good_words = if good < SMALL_PAGE { GOOD_WORDS_OF_SMALL_PAGE } else { GOOD_WORDS };
        let sums = sums(page, good_words);
        let room = page.blocks.len();
        let mut siblings: Vec<Group> = Vec::with_capacity(room);
        let mut alike: Vec<Group> = Vec::with_capacity(room);
        let mut by_parent: FxHashMap<(u32, u32), u32> = FxHashMap::with_capacity_and_hasher(room, FxBuildHasher);
        let mut by_page: FxHashMap<(u32, u32), u32> = FxHashMap::with_capacity_and_hasher(room, FxBuildHasher);
        let mut looks: Vec<Option<Look>> = vec![None; page.looks];
        let mut look_of =
            |element: &Element| *looks[element.look as usize].get_or_insert_with(|| Look::of(page.string(element.words), words));
        let mut elements = vec![Seen::default(); page.elements.len()];
        for (element, seen) in page.elements.iter().zip(&mut elements) {
            let inside = sums.range(element.blocks);
            // Nobody asks about an element that holds no block.
            if inside.blocks == 0 {
                continue;
            }
            let look = look_of(element);
            // Papers have a heading called so.
            let comments = look.comments && !tag::HEADING.has(element.tag);
            let sign = look.sign(element.tag);
            let up = page.elements.get(element.parent as usize).map_or(0, |around| look_of(around).sign(around.tag));
            let group = *by_parent.entry((element.parent, sign)).or_insert(siblings.len() as u32);
            enter(&mut siblings, group, inside);
            let alike_to = *by_page.entry((sign, up)).or_insert(alike.len() as u32);
            enter(&mut alike, alike_to, inside);
            *seen = Seen { class: look.class, comments, group, alike: alike_to };
        }
        let total = sums.all().good as f32;
        let best = |share: f32| {
            let holds = |e: &Element| total > 0.0 && sums.range(e.blocks).good as f32 >= share * total;
            page.elements.iter().rposition(holds).map(|index| index as u32)
        };
        let (best55, best80) = (best(0.55), best(0.8));
        let most_repeated = siblings.iter().filter(|g| g.count > 1 && g.good > 0).map(|g| g.count).max().unwrap_or(0);
        let around = vec![Around::default(); elements.len()];
        let tables = tables(page);
        let mut containers = Self { sums, good_words, elements, around, siblings, alike, best55, best80, most_repeated };
        for (index, element) in (0..).zip(&page.elements) {
            if !element.blocks.is_empty() {
                containers.add_around(page, index, element, &tables);
            }
        }
        containers
    }

    /// What each block has in common with others.
    pub(super) fn peers(&self, page: &Page) -> Vec<Peers> {
        let peers = |block: &Block| Peers {
            look: self.elements.get(block.element as usize).map(|seen| seen.alike),
            table: self.around.get(block.element as usize).and_then(|around| around.table),
        };
        // What is hidden has the looks of what is not.
        page.blocks.iter().map(|block| if block.hidden { Peers::default() } else { peers(block) }).collect()
    }

    pub(crate) fn is_good(&self, page: &Page, row: usize) -> bool {
        page.blocks.get(row).is_some_and(|block| is_good(block, self.good_words))
    }

    /// What an element and those around it are to its blocks: its own part, added to what is known of its parent.
    fn add_around(&mut self, page: &Page, index: u32, element: &Element, tables: &FxHashSet<u32>) {
        let seen = &self.elements[index as usize];
        let mut around = self.around.get(element.parent as usize).copied().unwrap_or_default();
        let best = self.best55.map(|best| page.elements[best as usize].blocks);
        let outer = best.is_some_and(|best| element.blocks.start <= best.start && element.blocks.end >= best.end);
        around.inside_best |= Some(index) == self.best55;
        // The footer of a quotation says who spoke.
        let source =
            element.tag == Tag::Footer && page.elements.get(element.parent as usize).is_some_and(|e| e.tag == Tag::Blockquote);
        around.marks.add(if source { Tag::Blockquote } else { element.tag }, outer);
        if !outer {
            around.levels += 1;
            around.branch = around.branch.or(Some(index));
            around.marks.comments += u32::from(seen.comments);
            around.classes.add(seen.class);
        }
        let blocks = |index: Option<u32>| index.map_or(1, |index| self.sums.range(page.elements[index as usize].blocks).blocks);
        let own = self.sums.range(element.blocks);
        if own.blocks > 1 {
            let [one, two, three] = around.up;
            around.up =
                if own.blocks < blocks(one) || one.is_none() { [Some(index), one, two] } else { [Some(index), two, three] };
        }
        let group = &self.siblings[seen.group as usize];
        if group.count > 1 && group.words >= REPEATED_WORDS && element.tag != Tag::P {
            around.outermost = around.outermost.or(Some(index));
            if own.blocks > 1 {
                around.card = Some(index);
            }
        }
        if element.tag == Tag::Table {
            around.table = tables.contains(&index).then_some(index);
        }
        if tag::HEADING.has(element.tag) {
            around.heading = element.tag as u8 - Tag::H1 as u8 + 1;
        }
        self.around[index as usize] = around;
    }

    pub(super) fn fill(&self, page: &Page, table: &mut Table) {
        let total = self.sums.all().good.max(1) as f32;
        let best55 = self.best55.map(|index| &page.elements[index as usize]);
        let best80 = self.best80.map(|index| &page.elements[index as usize]);
        let sum_of = |index: u32| self.sums.range(page.elements[index as usize].blocks);
        let nowhere = Around::default();
        let totals_of = |container: Option<u32>, alone: Sum| totals(container.map_or(alone, sum_of), total);
        let (mut up, mut branch) = ([Last::default(); 3], Last::default());
        let (mut repeated, mut card) = (Last::default(), Last::default());
        for (row, block) in page.blocks.iter().enumerate() {
            let around = self.around.get(block.element as usize).unwrap_or(&nowhere);
            let Around { marks, classes, .. } = around;
            let inner = page.elements.get(block.element as usize);
            let parent = inner.and_then(|e| page.elements.get(e.parent as usize));
            let depth = inner.map_or(0.0, |e| e.depth as f32);
            let at = row as u32;
            let mut values = table.row_mut(row);
            values.set(Feature::Tag, inner.map_or(9.0, |e| kind_of(e.tag)));
            values.set(Feature::TagUp, parent.map_or(9.0, |e| kind_of(e.tag)));
            values.set(Feature::Heading, f32::from(around.heading));
            values.set(Feature::Depth, depth);
            values.set(Feature::DepthBest, best55.map_or(0.0, |b| b.depth as f32 - depth));
            values.set(Feature::Articles, marks.articles as f32);
            values.set_if(marks.main, Feature::InMain);
            values.set(Feature::InComments, marks.comments as f32);
            values.set(Feature::Class, classes.near[0]);
            values.set(Feature::ClassUp, classes.near[1]);
            values.set(Feature::ClassUpUp, classes.near[2]);
            values.set(Feature::ClassLeast, classes.least);
            values.set(Feature::ClassSum, classes.sum);
            values.set(Feature::ClassBranch, around.branch.and_then(|b| self.elements[b as usize].class).unwrap_or(0.0));
            values.set(Feature::Best55, side(best55.map(|b| b.blocks), at));
            values.set_distance(Feature::Best55Distance, distance(best55.map(|b| b.blocks), at));
            values.set_distance(Feature::Best80Distance, distance(best80.map(|b| b.blocks), at));
            values.set(Feature::BestLevels, if around.inside_best { around.levels as f32 } else { -1.0 });
            for (place, feature) in INSIDE {
                values.set_if(marks.inside.has(place), feature);
            }
            for ((container, columns), last) in around.up.into_iter().zip(UP).zip(&mut up) {
                values.set_all(columns, last.of(container, || totals_of(container, Sum::default())));
            }
            let alone = Sum { blocks: 1, ..Sum::default() };
            values.set_all(BRANCH, branch.of(around.branch, || totals_of(around.branch, alone)));
            values.set_log(Feature::BranchControls, around.branch.map_or(0, |branch| sum_of(branch).controls));
            values.set_all(REPEAT, repeated.of(around.outermost, || self.repeated(page, around.outermost)));
            values.set_all(CARD, card.of(around.card, || self.card(around.card)));
            if let Some(inner) = self.elements.get(block.element as usize) {
                let alike = &self.alike[inner.alike as usize];
                values.set_log(Feature::SiblingsLike, self.siblings[inner.group as usize].count);
                values.set_log(Feature::PageLike, alike.blocks);
                values.set(Feature::PageLikeGood, alike.good as f32 / alike.words.max(1) as f32);
            }
        }
    }

    /// The blocks of the innermost element around a block that has more than one.
    pub(super) fn several(&self, page: &Page, row: usize) -> Option<Span> {
        let around = self.around.get(page.blocks.get(row)?.element as usize)?;
        Some(page.elements.get(around.up[0]? as usize)?.blocks)
    }

    /// The group of a repeated element.
    fn group(&self, element: Option<u32>) -> Option<&Group> {
        let seen = self.elements.get(element? as usize)?;
        Some(&self.siblings[seen.group as usize])
    }

    /// The columns of [`REPEAT`].
    fn repeated(&self, page: &Page, element: Option<u32>) -> [i16; 4] {
        let (Some(index), Some(group)) = (element, self.group(element)) else { return [0; 4] };
        let own = self.sums.range(page.elements[index as usize].blocks).words;
        let words = group.words.max(1) as f32;
        [log(group.count), short::of(own as f32 / words), short::of(group.first as f32 / words), group.mean()]
    }

    /// The columns of [`CARD`].
    fn card(&self, element: Option<u32>) -> [i16; 2] {
        self.group(element).map_or([0; 2], |group| [log(group.count), group.mean()])
    }
}

/// What was last computed of an element: blocks beside each other mostly stand in the same one.
#[derive(Clone, Copy, Debug)]
struct Last<const N: usize> {
    element: Option<Option<u32>>,
    columns: [i16; N],
}

impl<const N: usize> Default for Last<N> {
    fn default() -> Self {
        Self { element: None, columns: [0; N] }
    }
}

impl<const N: usize> Last<N> {
    fn of(&mut self, element: Option<u32>, columns: impl FnOnce() -> [i16; N]) -> [i16; N] {
        if self.element != Some(element) {
            *self = Self { element: Some(element), columns: columns() };
        }
        self.columns
    }
}

/// What [`totals`] says of three containers.
const UP: [[Feature; 6]; 3] = [
    [Feature::UpWords, Feature::UpLinks, Feature::UpMean, Feature::UpBlocks, Feature::UpGood, Feature::UpPure],
    [Feature::Up2Words, Feature::Up2Links, Feature::Up2Mean, Feature::Up2Blocks, Feature::Up2Good, Feature::Up2Pure],
    [Feature::Up3Words, Feature::Up3Links, Feature::Up3Mean, Feature::Up3Blocks, Feature::Up3Good, Feature::Up3Pure],
];
/// The first of the same, of the branch.
const BRANCH: [Feature; 5] =
    [Feature::BranchWords, Feature::BranchLinks, Feature::BranchMean, Feature::BranchBlocks, Feature::BranchGood];
const REPEAT: [Feature; 4] = [Feature::RepeatCount, Feature::RepeatShare, Feature::RepeatFirst, Feature::RepeatMean];
const CARD: [Feature; 2] = [Feature::CardCount, Feature::CardMean];

/// Words, links, mean, blocks, good and pure.
fn totals(sum: Sum, total: f32) -> [i16; 6] {
    let words = sum.words.max(1) as f32;
    [
        log(sum.words),
        short::of(sum.link_words as f32 / words),
        short::of(sum.words as f32 / sum.blocks.max(1) as f32),
        log(sum.blocks),
        short::of(sum.good as f32 / total),
        short::of(sum.good as f32 / words),
    ]
}

/// The tables that have a head; others may only lay things out.
fn tables(page: &Page) -> FxHashSet<u32> {
    let heads = page.elements.iter().filter(|element| matches!(element.tag, Tag::Th | Tag::Thead));
    let table = |head: &Element| page.up(head.parent).find(|(_, element)| element.tag == Tag::Table).map(|(index, _)| index);
    heads.filter_map(table).collect()
}

fn sums(page: &Page, good_words: u32) -> Sums {
    let mut sum = Sum::default();
    let mut sums = Vec::with_capacity(page.blocks.len() + 1);
    sums.push(sum);
    for block in &page.blocks {
        sum.blocks += 1;
        if !block.removed && !block.hidden {
            sum.words += block.words;
            sum.link_words += block.link_words;
            sum.controls += u32::from(block.controls);
            sum.good += if is_good(block, good_words) { block.words } else { 0 };
        }
        sums.push(sum);
    }
    Sums(sums)
}

fn is_good(block: &Block, good_words: u32) -> bool {
    block.words >= good_words
        && block.link_words as f32 <= GOOD_LINKED * block.words as f32
        && block.sentences > 0
        && !block.removed
        && !block.hidden
}

/// Enters an element into its group.
fn enter(groups: &mut Vec<Group>, index: u32, inside: Sum) {
    if groups.len() <= index as usize {
        groups.push(Group { first: inside.words, ..Group::default() });
    }
    let group = &mut groups[index as usize];
    group.count += 1;
    group.words += inside.words;
    group.good += inside.good;
    group.blocks += inside.blocks;
}

/// What class words say by themselves.
#[derive(Clone, Copy, Debug)]
struct Look {
    /// Their learned weight, if there are any.
    class: Option<f32>,
    /// They speak of comments.
    comments: bool,
    /// A number for them: digits do not matter, nor what stands between words.
    names: u32,
}

impl Look {
    fn of(words: &str, weights: &Words) -> Self {
        let mut sign = WordHash::default();
        let mut weight = 0.0;
        let mut comments = false;
        let mut add = |name: &[u8]| {
            if name.is_empty() {
                return;
            }
            let mut hash = WordHash::default();
            name.iter().for_each(|byte| hash.push(*byte));
            sign.push_word(hash.get());
            weight += weights.class(hash.get());
            comments |= matches!(name[0], b'c' | b'd' | b'f' | b'k' | b'r')
                && COMMENT_WORDS.iter().any(|word| name.starts_with(word.as_bytes()));
        };
        if words.is_ascii() {
            words.as_bytes().split(|byte| !byte.is_ascii_alphabetic()).for_each(add);
        } else {
            words.split(|c: char| !c.is_alphabetic()).for_each(|name| add(name.as_bytes()));
        }
        let class = (!words.is_empty()).then_some(weight.clamp(-8.0, 8.0));
        Self { class, comments, names: sign.get() }
    }

    /// A number for an element of these words.
    fn sign(self, tag: Tag) -> u32 {
        let mut sign = WordHash::default();
        sign.push(tag as u8);
        sign.push_word(self.names);
        sign.get()
    }
}

fn side(range: Option<Span>, at: u32) -> f32 {
    match range {
        Some(range) if at < range.start => -1.0,
        Some(range) if at >= range.end => 1.0,
        _ => 0.0,
    }
}

/// Blocks to the nearest end of a container, negative outside it.
fn distance(range: Option<Span>, at: u32) -> i32 {
    let Some(range) = range else { return 0 };
    if at < range.start {
        -((range.start - at) as i32)
    } else if at >= range.end {
        -((at + 1 - range.end) as i32)
    } else {
        (at - range.start).min(range.end - 1 - at) as i32
    }
}

/// Which elements are around, as far as a tag tells.
#[derive(Clone, Copy, Debug)]
struct Marks {
    inside: TagSet,
    articles: u32,
    main: bool,
    comments: u32,
}

impl Default for Marks {
    fn default() -> Self {
        Self { inside: TagSet::EMPTY, articles: 0, main: false, comments: 0 }
    }
}

const INSIDE: [(Tag, Feature); 8] = [
    (Tag::Li, Feature::InItem),
    (Tag::Td, Feature::InCell),
    (Tag::Aside, Feature::InAside),
    (Tag::Footer, Feature::InFooter),
    (Tag::Form, Feature::InForm),
    (Tag::Pre, Feature::InPre),
    (Tag::Figure, Feature::InFigure),
    (Tag::Section, Feature::InSection),
];

impl Marks {
    /// `outer`: the element holds the best container, so it tells nothing but `article` and `main`.
    fn add(&mut self, tag: Tag, outer: bool) {
        self.articles += u32::from(tag == Tag::Article);
        self.main |= tag == Tag::Main;
        if !outer {
            self.inside = self.inside.with(match tag {
                Tag::Th => Tag::Td,
                Tag::Figcaption => Tag::Figure,
                tag => tag,
            });
        }
    }
}

/// Weights of class words along the elements around a block, and of the nearest of them that have some.
#[derive(Clone, Copy, Debug, Default)]
struct Classes {
    near: [f32; 3],
    least: f32,
    sum: f32,
}

impl Classes {
    /// The next element, inwards.
    fn add(&mut self, class: Option<f32>) {
        let Some(class) = class else { return };
        let [one, two, _] = self.near;
        self.near = [class, one, two];
        self.least = self.least.min(class);
        self.sum += class;
    }
}
