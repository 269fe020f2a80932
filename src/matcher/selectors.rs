//! Tens of thousands of selectors against one start tag, at the cost of a few hash lookups.
//!
//! A selector `a b > c` is a chain of *prefixes*: `a`, `a b`, `a b > c`. An element matches a prefix if it is what the last compound says
//! and stands as the combinator says to an element that matched the prefix before. All prefixes sit in one table under the rarest
//! name of their compound (an id, else a class, else an attribute, else a tag), so a start tag asks only for its own names; where many
//! ask for a piece of the same attribute's value, it is searched for all of them at once. What open elements and siblings matched
//! is kept beside the stack, which makes every combinator a lookup too.
//!
//! A list is added for every page or for a *scope*, whose selectors stand in a table of their own, built when the scope is first
//! entered: what holds on ten thousand other sites costs a page nothing. This module must not know what a selector or a scope is for.

use std::borrow::Cow;
use std::hash::Hasher;

use once_cell::sync::OnceCell;
use rustc_hash::{FxHashMap, FxHasher};

use super::finder::Finder;
use crate::memo::Barren;
use crate::scan::attrs::TagText;
use crate::scan::tag::{Tag, TagSet};
use crate::selector::{Attribute, AttributeTest, Combinator, Complex, Compound, SelectorList};
use crate::text::trim;

/// What one element must be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct One {
    tag: Option<(Tag, Box<str>)>,
    ids: Vec<Box<str>>,
    classes: Vec<Box<str>>,
    attributes: Vec<Attribute>,
    nth: Vec<(i32, i32)>,
    nth_of_type: Vec<(i32, i32)>,
    root: bool,
    not: Vec<Inner>,
    is: Vec<Vec<Inner>>,
    /// Nothing but a tag, or nothing at all.
    only_tag: bool,
}

/// A selector inside `:not` or `:is`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Inner {
    One(Box<One>),
    /// A chain, by its last prefix.
    Chain(u32),
}

#[derive(Debug)]
struct Prefix {
    one: One,
    before: Option<(Combinator, u32)>,
    lists: Vec<u32>,
    /// Its number among those that stand to the left of something, if it does.
    left: Option<u32>,
    /// It stands to the left of `+` or `~`.
    sibling: bool,
    /// Where it is looked for: everywhere, or in these scopes; neither for the end of a chain inside `:not` or `:is`.
    everywhere: bool,
    scopes: Vec<u32>,
}

/// Selectors under the names that lead to them.
#[derive(Debug, Default)]
struct Table {
    by_name: FxHashMap<u64, Vec<u32>>,
    /// Of the tags that have a number; the others are in `by_name`.
    by_tag: Vec<Vec<u32>>,
    everywhere: Vec<u32>,
    /// Pieces of attribute values that stand in for `by_name`, where it would hold many: those of `class`, and of others.
    class_pieces: Option<Pieces>,
    pieces: Vec<Pieces>,
    /// Bits before the table; most names of a page are in no rule.
    filter: Vec<u64>,
    /// Which first letters and lengths the names of attributes have in it.
    attributes: AttributeShapes,
}

/// Prefixes that ask for a piece of one attribute's value.
#[derive(Debug)]
struct Pieces {
    attribute: Box<str>,
    /// The tags that they ask for too; none if some ask for any, or for a `class`, which may be found barren for all.
    tags: Option<TagSet>,
    /// Pieces that a value must begin with, if they are few. All are in lower case: a selector that minds the case is asked for nothing
    /// now and then, never forgotten.
    begins: Vec<(Box<str>, u32)>,
    /// The others, and their prefixes by number.
    anywhere: Option<(Finder<1>, Vec<u32>)>,
}

/// Every selector, frozen. See the module.
#[derive(Debug)]
pub(crate) struct SelectorIndex {
    prefixes: Vec<Prefix>,
    base: Table,
    /// What each scope adds: its prefixes, and their table once somebody was there.
    scopes: Vec<(Vec<u32>, OnceCell<Table>)>,
    lefts: u32,
    /// Some selector counts siblings of one name.
    of_type: bool,
}

/// A set of first letters and lengths of names, in any case: tells most attributes of a page apart from those of rules, without a hash.
#[derive(Debug, Default)]
struct AttributeShapes([u64; 4]);

impl AttributeShapes {
    fn place(name: &[u8]) -> (usize, u32) {
        let letter = name.first().map_or(0, |b| usize::from(b | 0x20));
        let shape = letter.wrapping_mul(31).wrapping_add(name.len());
        (shape >> 6 & 3, (shape & 63) as u32)
    }

    fn add(&mut self, name: &[u8]) {
        let (word, bit) = Self::place(name);
        self.0[word] |= 1 << bit;
    }

    fn may_have(&self, name: &[u8]) -> bool {
        let (word, bit) = Self::place(name);
        self.0[word] >> bit & 1 == 1
    }
}

/// Collects selector lists.
#[derive(Debug, Default)]
pub(crate) struct SelectorIndexBuilder {
    prefixes: Vec<Prefix>,
    known: FxHashMap<(One, Option<(Combinator, u32)>), u32>,
    /// By source text: the number of the list and the last prefixes of its selectors.
    lists: FxHashMap<String, (u32, Vec<u32>)>,
    lefts: u32,
    of_type: bool,
}

/// What a name is the name of; part of its key.
#[derive(Clone, Copy)]
enum NameOf {
    Id = 1,
    Class,
    Attribute,
    Tag,
}

/// The filter of a table has at most so many bits, and at least so many for each of its names.
const MOST_FILTER_BITS: usize = 1 << 17;
const FILTER_BITS_EACH: usize = 8;
/// More prefixes than this that ask for a piece of one attribute's value are searched for at once; fewer are tried one after the other. Those of
/// `class` are in any case: nearly every element has one, and most values are known to be barren.
const MANY_PIECES: usize = 4;
/// So many pieces are compared with the beginning of a value one after the other.
const MOST_BEGINNINGS: usize = 32;

fn key(of: NameOf, name: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.write_u8(of as u8);
    hasher.finish()
}

impl SelectorIndexBuilder {
    /// Adds a list for every page, or for pages that are in a scope; returns its number.
    pub(crate) fn add(&mut self, list: &SelectorList, scope: Option<u32>) -> u32 {
        let (number, ends) = match self.lists.get(&list.source) {
            Some(known) => known.clone(),
            None => {
                let number = self.lists.len() as u32;
                let ends: Vec<u32> = list.selectors.iter().map(|complex| self.chain(complex)).collect();
                for end in &ends {
                    self.prefixes[*end as usize].lists.push(number);
                }
                self.lists.insert(list.source.clone(), (number, ends.clone()));
                (number, ends)
            }
        };
        for end in ends {
            self.look_for(end, scope);
        }
        number
    }

    /// A chain is looked for: all its prefixes.
    fn look_for(&mut self, end: u32, scope: Option<u32>) {
        let mut next = Some(end);
        while let Some(number) = next {
            let prefix = &mut self.prefixes[number as usize];
            match scope {
                None if prefix.everywhere => return,
                None => prefix.everywhere = true,
                Some(scope) if prefix.scopes.last() == Some(&scope) => {}
                Some(scope) => prefix.scopes.push(scope),
            }
            next = prefix.before.map(|(_, before)| before);
            self.look_inside(number, scope);
        }
    }

    /// Chains inside `:not` and `:is`: their ends are asked for by number, but what stands before must have been found.
    fn look_inside(&mut self, number: u32, scope: Option<u32>) {
        for end in self.prefixes[number as usize].one.chains() {
            if let Some((_, before)) = self.prefixes[end as usize].before {
                self.look_for(before, scope);
            }
            self.look_inside(end, scope);
        }
    }

    fn chain(&mut self, complex: &Complex) -> u32 {
        let mut before = None;
        let mut last = 0;
        for (i, compound) in complex.compounds.iter().enumerate() {
            let one = self.one(compound);
            last = self.prefix(one, before);
            if let Some(combinator) = complex.combinators.get(i) {
                let prefix = &mut self.prefixes[last as usize];
                if prefix.left.is_none() {
                    prefix.left = Some(self.lefts);
                    self.lefts += 1;
                }
                prefix.sibling |= matches!(combinator, Combinator::NextSibling | Combinator::LaterSibling);
                before = Some((*combinator, last));
            }
        }
        last
    }

    fn one(&mut self, compound: &Compound) -> One {
        let mut inner = |complex: &Complex| match complex.compounds.as_slice() {
            [compound] => Inner::One(Box::new(self.one(compound))),
            _ => Inner::Chain(self.chain(complex)),
        };
        let not = compound.not.iter().map(&mut inner).collect();
        let is = compound.is.iter().map(|list| list.iter().map(&mut inner).collect()).collect();
        self.of_type |= !compound.nth_of_type.is_empty();
        One {
            tag: compound.tag.as_ref().map(|name| (Tag::from_name(name.as_bytes()), name.clone())),
            ids: compound.ids.clone(),
            classes: compound.classes.clone(),
            attributes: compound.attributes.clone(),
            nth: compound.nth.clone(),
            nth_of_type: compound.nth_of_type.clone(),
            root: compound.root,
            not,
            is,
            only_tag: false,
        }
        .known()
    }

    fn prefix(&mut self, one: One, before: Option<(Combinator, u32)>) -> u32 {
        let number = self.prefixes.len() as u32;
        let known = *self.known.entry((one.clone(), before)).or_insert(number);
        if known == number {
            self.prefixes.push(Prefix {
                one,
                before,
                lists: Vec::new(),
                left: None,
                sibling: false,
                everywhere: false,
                scopes: Vec::new(),
            });
        }
        known
    }

    /// Freezes what was added, for so many scopes.
    pub(crate) fn build(self, scopes: usize) -> SelectorIndex {
        let mut base = Vec::new();
        let mut scoped: Vec<(Vec<u32>, OnceCell<Table>)> = Vec::new();
        scoped.resize_with(scopes, Default::default);
        for (number, prefix) in self.prefixes.iter().enumerate() {
            if prefix.everywhere {
                base.push(number as u32);
                continue;
            }
            for scope in &prefix.scopes {
                if let Some((prefixes, _)) = scoped.get_mut(*scope as usize) {
                    prefixes.push(number as u32);
                }
            }
        }
        SelectorIndex {
            base: Table::of(&self.prefixes, &base),
            scopes: scoped,
            lefts: self.lefts,
            of_type: self.of_type,
            prefixes: self.prefixes,
        }
    }
}

impl One {
    fn known(mut self) -> Self {
        self.only_tag = [self.ids.len(), self.classes.len(), self.attributes.len(), self.nth.len(), self.nth_of_type.len()]
            == [0; 5]
            && !self.root
            && self.not.is_empty()
            && self.is.is_empty();
        self
    }

    /// The ends of the chains inside `:not` and `:is`.
    fn chains(&self) -> Vec<u32> {
        let mut ends = Vec::new();
        for inner in self.not.iter().chain(self.is.iter().flatten()) {
            match inner {
                Inner::One(one) => ends.extend(one.chains()),
                Inner::Chain(end) => ends.push(*end),
            }
        }
        ends
    }
}

impl Table {
    fn of(all: &[Prefix], numbers: &[u32]) -> Self {
        let bits = (numbers.len() * FILTER_BITS_EACH).next_power_of_two().clamp(64, MOST_FILTER_BITS);
        let mut table = Self { filter: vec![0; bits / 64], ..Self::default() };
        let mut pieces: FxHashMap<&str, Vec<(u32, &str)>> = FxHashMap::default();
        for number in numbers {
            let one = &all[*number as usize].one;
            let key = if let Some(id) = one.ids.first() {
                key(NameOf::Id, id.as_bytes())
            } else if let Some(class) = one.classes.first() {
                key(NameOf::Class, class.as_bytes())
            } else if let Some(attribute) = one.attributes.iter().max_by_key(|attribute| rarity(attribute)) {
                pieces.entry(&attribute.name).or_default().push((*number, piece(attribute)));
                continue;
            } else if let Some((Tag::Other, name)) = &one.tag {
                key(NameOf::Tag, name.as_bytes())
            } else if let Some((tag, _)) = &one.tag {
                let at = *tag as usize;
                if table.by_tag.len() <= at {
                    table.by_tag.resize(at + 1, Vec::new());
                }
                table.by_tag[at].push(*number);
                continue;
            } else {
                table.everywhere.push(*number);
                continue;
            };
            table.file(key, *number);
        }
        for (attribute, asked) in pieces {
            let (sought, mut rest): (Vec<_>, Vec<_>) = asked.into_iter().partition(|(_, piece)| !piece.is_empty());
            if sought.len() > MANY_PIECES || attribute == "class" && !sought.is_empty() {
                // So many that they cannot be counted are tried one after the other.
                match Pieces::of(attribute, all, &sought) {
                    Some(pieces) if attribute == "class" => table.class_pieces = Some(pieces),
                    Some(pieces) => {
                        table.attributes.add(attribute.as_bytes());
                        table.pieces.push(pieces);
                    }
                    None => rest.extend(sought),
                }
            } else {
                rest.extend(sought);
            }
            for (number, _) in rest {
                table.attributes.add(attribute.as_bytes());
                table.file(key(NameOf::Attribute, attribute.as_bytes()), number);
            }
        }
        table
    }

    fn file(&mut self, key: u64, number: u32) {
        let bit = key as usize % (self.filter.len() * 64);
        self.filter[bit / 64] |= 1 << (bit % 64);
        self.by_name.entry(key).or_default().push(number);
    }

    fn candidates(&self, key: u64) -> &[u32] {
        let bit = key as usize & (self.filter.len() * 64 - 1);
        if self.filter[bit / 64] >> (bit % 64) & 1 == 0 {
            return &[];
        }
        self.by_name.get(&key).map_or(&[], Vec::as_slice)
    }
}

/// What the attribute's value must hold at least; nothing for `[name]`.
fn piece(attribute: &Attribute) -> &str {
    match &attribute.test {
        AttributeTest::Exists => "",
        AttributeTest::Equals(x)
        | AttributeTest::Includes(x)
        | AttributeTest::Dash(x)
        | AttributeTest::Prefix(x)
        | AttributeTest::Suffix(x)
        | AttributeTest::Contains(x) => x,
    }
}

/// Must the value begin with the piece?
fn is_beginning(attribute: &Attribute) -> bool {
    matches!(attribute.test, AttributeTest::Equals(_) | AttributeTest::Prefix(_) | AttributeTest::Dash(_))
        && !piece(attribute).is_empty()
}

/// By which of several attributes an element is best found: the beginning of a value is quickly compared.
fn rarity(attribute: &Attribute) -> (bool, usize) {
    (is_beginning(attribute), piece(attribute).len())
}

impl Pieces {
    fn of(attribute: &str, all: &[Prefix], sought: &[(u32, &str)]) -> Option<Self> {
        let one = |number: u32| &all[number as usize].one;
        let tags =
            sought.iter().map(|(number, _)| one(*number).tag.as_ref().map(|(tag, _)| *tag).filter(|tag| *tag != Tag::Other));
        let tags = tags.collect::<Option<Vec<_>>>().filter(|_| attribute != "class").map(|tags| TagSet::of(&tags));
        let begins_with = |(number, piece): &&(u32, &str)| {
            one(*number)
                .attributes
                .iter()
                .any(|asked| is_beginning(asked) && &*asked.name == attribute && self::piece(asked) == *piece)
        };
        let (mut begins, mut anywhere): (Vec<_>, Vec<_>) = sought.iter().partition(begins_with);
        if begins.len() > MOST_BEGINNINGS {
            anywhere.append(&mut begins);
        }
        let begins = begins.iter().map(|(number, piece)| (piece.to_ascii_lowercase().into(), *number)).collect();
        let anywhere = if anywhere.is_empty() {
            None
        } else {
            let (numbers, lower): (_, Vec<_>) =
                anywhere.iter().map(|(number, piece)| (number, piece.to_ascii_lowercase())).unzip();
            Some((Finder::of([&lower]).ok()?, numbers))
        };
        Some(Self { attribute: attribute.into(), tags, begins, anywhere })
    }
}

impl SelectorIndex {
    /// The table of a scope, built when it is first asked for.
    fn scope(&self, scope: u32) -> Option<&Table> {
        let (prefixes, table) = self.scopes.get(scope as usize)?;
        (!prefixes.is_empty()).then(|| table.get_or_init(|| Table::of(&self.prefixes, prefixes)))
    }
}

/// What one page's open elements matched.
#[derive(Debug)]
pub(crate) struct SelectorState {
    /// The scopes the page is in.
    scopes: Vec<u32>,
    /// The start tags of the open elements, as long as it may still come out that the page is in a scope.
    early: Option<Vec<(Tag, String)>>,
    open: Vec<Open>,
    /// Prefixes that the open elements matched and that stand to the left of something, outermost element first.
    matched: Vec<u32>,
    /// By left number: how many open elements matched.
    count: Vec<u32>,
    top: Siblings,
    fresh: Vec<u32>,
    /// The value that is searched for pieces, in lower case.
    lower: String,
    /// Values of `class` that lead to no prefix of the base table.
    barren: Barren,
}

#[derive(Debug, Default)]
struct Open {
    /// Where its part of `matched` begins.
    from: usize,
    inside: Siblings,
}

/// What the children of an element were so far.
#[derive(Debug, Default)]
struct Siblings {
    count: i32,
    /// By the key of a name, if some selector wants to know.
    of_type: Vec<(u64, i32)>,
    /// Prefixes left of `+` or `~` that the last child matched, and that any matched.
    previous: Vec<u32>,
    earlier: Vec<u32>,
}

impl Siblings {
    /// One more of them; the how manyth of its name it is.
    fn count_of_type(&mut self, tag: Tag, text: &TagText<'_>) -> i32 {
        let of = match tag {
            Tag::Other => key(NameOf::Tag, text.name().to_ascii_lowercase().as_bytes()),
            tag => tag as u64,
        };
        match self.of_type.iter_mut().find(|(name, _)| *name == of) {
            Some((_, count)) => {
                *count = count.saturating_add(1);
                *count
            }
            None => {
                self.of_type.push((of, 1));
                1
            }
        }
    }
}

/// A start tag, as the compounds see it.
struct Element<'a> {
    tag: Tag,
    text: &'a TagText<'a>,
    id: Option<Cow<'a, str>>,
    class: Option<Cow<'a, str>>,
    nth: i32,
    nth_of_type: i32,
    root: bool,
}

impl<'a> Element<'a> {
    fn new(tag: Tag, text: &'a TagText<'a>, nth: i32, nth_of_type: i32, root: bool) -> Self {
        Self { tag, text, id: text.get("id"), class: text.get("class"), nth, nth_of_type, root }
    }

    /// The value of an attribute (given in lower case), decoded.
    fn value(&self, attribute: &str) -> Option<Cow<'_, str>> {
        match attribute {
            "id" => self.id.as_deref().map(Cow::Borrowed),
            "class" => self.class.as_deref().map(Cow::Borrowed),
            name => self.text.get(name),
        }
    }
}

impl SelectorState {
    /// A page that is in these scopes; none: that may still come out, see [`SelectorState::enter`].
    pub(crate) fn new(index: &SelectorIndex, scopes: Option<&[u32]>) -> Self {
        Self {
            early: scopes.is_none().then(Vec::new),
            scopes: scopes.unwrap_or_default().to_vec(),
            open: Vec::new(),
            matched: Vec::new(),
            count: vec![0; index.lefts as usize],
            top: Siblings::default(),
            fresh: Vec::new(),
            lower: String::new(),
            barren: Barren::default(),
        }
    }

    /// It has come out that the page is in these scopes. Elements that are open count as if it had been known when they began.
    pub(crate) fn enter(&mut self, index: &SelectorIndex, scopes: &[u32]) {
        let early = self.early.take().unwrap_or_default();
        self.scopes.extend_from_slice(scopes);
        if scopes.is_empty() {
            return;
        }
        for (depth, (tag, text)) in early.iter().enumerate() {
            // The head is no place where an element's number among its siblings matters.
            self.look_up(index, false, &Element::new(*tag, &TagText::read(text), 1, 1, depth == 0), &mut Vec::new());
            let at = self.open.get(depth + 1).map_or(self.matched.len(), |next| next.from);
            self.open[depth + 1..].iter_mut().for_each(|later| later.from += self.fresh.len());
            self.count_fresh(index);
            self.matched.splice(at..at, self.fresh.drain(..));
        }
    }

    /// An element begins, after those it implicitly ends were closed: appends the numbers of the lists that match it to `hits`.
    pub(crate) fn open(&mut self, index: &SelectorIndex, tag: Tag, text: &TagText<'_>, void: bool, hits: &mut Vec<u32>) {
        let root = self.open.is_empty();
        let siblings = self.open.last_mut().map_or(&mut self.top, |open| &mut open.inside);
        siblings.count = siblings.count.saturating_add(1);
        let nth = siblings.count;
        if !index.prefixes.is_empty() {
            let nth_of_type = if index.of_type { siblings.count_of_type(tag, text) } else { 0 };
            self.look_up(index, true, &Element::new(tag, text, nth, nth_of_type, root), hits);
        }
        let from = self.matched.len();
        let siblings = self.open.last_mut().map_or(&mut self.top, |open| &mut open.inside);
        siblings.previous.clear();
        for number in &self.fresh {
            let prefix = &index.prefixes[*number as usize];
            if prefix.sibling {
                siblings.previous.push(*number);
                if !siblings.earlier.contains(number) {
                    siblings.earlier.push(*number);
                }
            }
        }
        if !void {
            self.count_fresh(index);
            self.matched.extend_from_slice(&self.fresh);
            self.open.push(Open { from, inside: Siblings::default() });
            if let Some(early) = &mut self.early {
                early.push((tag, text.text().to_owned()));
            }
        }
        self.fresh.clear();
    }

    fn count_fresh(&mut self, index: &SelectorIndex) {
        for number in &self.fresh {
            if let Some(left) = index.prefixes[*number as usize].left {
                self.count[left as usize] += 1;
            }
        }
    }

    /// The open element at index `depth` (outermost 0) ends.
    pub(crate) fn close(&mut self, index: &SelectorIndex, depth: usize) {
        if depth >= self.open.len() {
            return;
        }
        if let Some(early) = &mut self.early {
            early.remove(depth);
        }
        if depth + 1 == self.open.len() {
            let from = self.open.pop().map_or(0, |open| open.from);
            while self.matched.len() > from {
                if let Some(left) = self.matched.pop().and_then(|number| index.prefixes[number as usize].left) {
                    self.count[left as usize] -= 1;
                }
            }
            return;
        }
        let open = self.open.remove(depth);
        let to = self.open.get(depth).map_or(self.matched.len(), |next| next.from);
        for number in self.matched.drain(open.from..to) {
            if let Some(left) = index.prefixes[number as usize].left {
                self.count[left as usize] -= 1;
            }
        }
        for later in &mut self.open[depth..] {
            later.from -= to - open.from;
        }
    }

    /// `base`: what is looked for everywhere counts, not only what is in a scope.
    fn look_up(&mut self, index: &SelectorIndex, base: bool, element: &Element<'_>, hits: &mut Vec<u32>) {
        if base {
            let class = element.class.as_deref().filter(|class| !self.barren.has(class));
            if let Some(class) = class
                && !self.look_at_class(index, &index.base, class, element, hits)
            {
                self.barren.add(class);
            }
            self.look_in(index, &index.base, element, hits);
        }
        for at in 0..self.scopes.len() {
            if let Some(table) = index.scope(self.scopes[at]) {
                if let Some(class) = element.class.as_deref() {
                    self.look_at_class(index, table, class, element, hits);
                }
                self.look_in(index, table, element, hits);
            }
        }
    }

    /// Does the class lead to a prefix of the table, whether the element matches it or not?
    fn look_at_class(
        &mut self,
        index: &SelectorIndex,
        table: &Table,
        class: &str,
        element: &Element<'_>,
        hits: &mut Vec<u32>,
    ) -> bool {
        let mut any = false;
        for name in class.split_ascii_whitespace() {
            let candidates = table.candidates(key(NameOf::Class, name.as_bytes()));
            any |= !candidates.is_empty();
            self.try_all(index, candidates, element, hits);
        }
        if let Some(pieces) = &table.class_pieces {
            any |= self.look_for_pieces(index, pieces, class, element, hits);
        }
        any
    }

    fn look_for_pieces(
        &mut self,
        index: &SelectorIndex,
        pieces: &Pieces,
        value: &str,
        element: &Element<'_>,
        hits: &mut Vec<u32>,
    ) -> bool {
        if pieces.tags.is_some_and(|tags| !tags.has(element.tag)) {
            return false;
        }
        let mut any = false;
        let first = value.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
        for (piece, number) in pieces.begins.iter().filter(|(piece, _)| piece.as_bytes().first() == Some(&first)) {
            if value.as_bytes().get(..piece.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(piece.as_bytes())) {
                any = true;
                self.try_all(index, &[*number], element, hits);
            }
        }
        if let Some((finder, numbers)) = &pieces.anywhere {
            let mut lower = std::mem::take(&mut self.lower);
            lower.clear();
            lower.push_str(value);
            lower.make_ascii_lowercase();
            finder.find(&lower, |_, piece, _| {
                any = true;
                self.try_all(index, &numbers[piece as usize..][..1], element, hits);
            });
            self.lower = lower;
        }
        any
    }

    /// What all but the class leads to.
    fn look_in(&mut self, index: &SelectorIndex, table: &Table, element: &Element<'_>, hits: &mut Vec<u32>) {
        if let Some(id) = &element.id {
            self.try_all(index, table.candidates(key(NameOf::Id, trim(id).as_bytes())), element, hits);
        }
        for name in element.text.names().filter(|name| table.attributes.may_have(name)) {
            if name.iter().any(u8::is_ascii_uppercase) {
                self.try_all(index, table.candidates(key(NameOf::Attribute, &name.to_ascii_lowercase())), element, hits);
            } else {
                self.try_all(index, table.candidates(key(NameOf::Attribute, name)), element, hits);
            }
            let pieces = table.pieces.iter().find(|pieces| name.eq_ignore_ascii_case(pieces.attribute.as_bytes()));
            if let Some((pieces, value)) = pieces.and_then(|pieces| Some((pieces, element.value(&pieces.attribute)?))) {
                self.look_for_pieces(index, pieces, &value, element, hits);
            }
        }
        if element.tag == Tag::Other {
            let name = element.text.name();
            let lower;
            let name = if name.bytes().any(|b| b.is_ascii_uppercase()) {
                lower = name.to_ascii_lowercase();
                &lower
            } else {
                name
            };
            self.try_all(index, table.candidates(key(NameOf::Tag, name.as_bytes())), element, hits);
        } else if let Some(candidates) = table.by_tag.get(element.tag as usize) {
            self.try_all(index, candidates, element, hits);
        }
        self.try_all(index, &table.everywhere, element, hits);
    }

    #[inline]
    fn try_all(&mut self, index: &SelectorIndex, candidates: &[u32], element: &Element<'_>, hits: &mut Vec<u32>) {
        // Nearly always there are none.
        if !candidates.is_empty() {
            self.try_each(index, candidates, element, hits);
        }
    }

    fn try_each(&mut self, index: &SelectorIndex, candidates: &[u32], element: &Element<'_>, hits: &mut Vec<u32>) {
        for number in candidates {
            // A class that is named twice is looked up twice.
            if self.matches(index, *number, element) && !self.fresh.contains(number) {
                let prefix = &index.prefixes[*number as usize];
                for list in &prefix.lists {
                    if !hits.contains(list) {
                        hits.push(*list);
                    }
                }
                if prefix.left.is_some() {
                    self.fresh.push(*number);
                }
            }
        }
    }

    fn matches(&self, index: &SelectorIndex, number: u32, element: &Element<'_>) -> bool {
        let prefix = &index.prefixes[number as usize];
        let stands = match prefix.before {
            None => true,
            Some((Combinator::Descendant, before)) => {
                index.prefixes[before as usize].left.is_some_and(|left| self.count[left as usize] > 0)
            }
            Some((Combinator::Child, before)) => {
                self.open.last().is_some_and(|parent| self.matched[parent.from..].contains(&before))
            }
            Some((Combinator::NextSibling, before)) => self.siblings().previous.contains(&before),
            Some((Combinator::LaterSibling, before)) => self.siblings().earlier.contains(&before),
        };
        stands && self.is(index, &prefix.one, element)
    }

    fn siblings(&self) -> &Siblings {
        self.open.last().map_or(&self.top, |open| &open.inside)
    }

    fn is(&self, index: &SelectorIndex, one: &One, element: &Element<'_>) -> bool {
        let tag = match &one.tag {
            None => true,
            Some((Tag::Other, name)) => element.tag == Tag::Other && element.text.name().eq_ignore_ascii_case(name),
            Some((tag, _)) => *tag == element.tag,
        };
        if one.only_tag {
            return tag;
        }
        let inner = |inner: &Inner| match inner {
            Inner::One(one) => self.is(index, one, element),
            Inner::Chain(last) => self.matches(index, *last, element),
        };
        tag && one.ids.iter().all(|id| element.id.as_deref().is_some_and(|has| trim(has) == &**id))
            && one.classes.iter().all(|class| {
                element.class.as_deref().is_some_and(|has| has.split_ascii_whitespace().any(|word| word == &**class))
            })
            && one.attributes.iter().all(|attribute| has(attribute, element))
            && one.nth.iter().all(|(a, b)| is_nth(element.nth, *a, *b))
            && one.nth_of_type.iter().all(|(a, b)| is_nth(element.nth_of_type, *a, *b))
            && (!one.root || element.root)
            && !one.not.iter().any(inner)
            && one.is.iter().all(|list| list.iter().any(inner))
    }
}

/// Is there a whole n, not negative, with `a * n + b = nth`?
fn is_nth(nth: i32, a: i32, b: i32) -> bool {
    let rest = i64::from(nth) - i64::from(b);
    if a == 0 { rest == 0 } else { rest % i64::from(a) == 0 && rest / i64::from(a) >= 0 }
}

fn has(attribute: &Attribute, element: &Element<'_>) -> bool {
    let Some(value) = element.value(&attribute.name) else { return false };
    if attribute.ignore_case {
        let lower = |s: &str| s.to_ascii_lowercase();
        let value = lower(&value);
        match &attribute.test {
            AttributeTest::Exists => true,
            AttributeTest::Equals(x) => value == lower(x),
            AttributeTest::Includes(x) => value.split_ascii_whitespace().any(|word| word == lower(x)),
            AttributeTest::Dash(x) => is_dash(&value, &lower(x)),
            AttributeTest::Prefix(x) => !x.is_empty() && value.starts_with(&lower(x)),
            AttributeTest::Suffix(x) => !x.is_empty() && value.ends_with(&lower(x)),
            AttributeTest::Contains(x) => !x.is_empty() && value.contains(&lower(x)),
        }
    } else {
        match &attribute.test {
            AttributeTest::Exists => true,
            AttributeTest::Equals(x) => *value == **x,
            AttributeTest::Includes(x) => value.split_ascii_whitespace().any(|word| word == &**x),
            AttributeTest::Dash(x) => is_dash(&value, x),
            AttributeTest::Prefix(x) => !x.is_empty() && value.starts_with(&**x),
            AttributeTest::Suffix(x) => !x.is_empty() && value.ends_with(&**x),
            AttributeTest::Contains(x) => !x.is_empty() && value.contains(&**x),
        }
    }
}

fn is_dash(value: &str, x: &str) -> bool {
    value == x || value.strip_prefix(x).is_some_and(|rest| rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;
    use crate::selector::parse::parse;

    /// Goes through a page of start and end tags and returns what matched, tag by tag, as `id` values.
    fn matched(selectors: &[&str], page: &str) -> Vec<String> {
        let mut builder = SelectorIndexBuilder::default();
        for selector in selectors {
            builder.add(&parse(selector).unwrap(), None);
        }
        let index = builder.build(0);
        let mut state = SelectorState::new(&index, Some(&[]));
        let mut out = Vec::new();
        let mut depth = 0;
        for tag in page.split_inclusive('>') {
            if tag.starts_with("</") {
                depth -= 1;
                state.close(&index, depth);
                continue;
            }
            let text = TagText::read(tag);
            let void = tag.starts_with("<br");
            let mut hits = Vec::new();
            state.open(&index, Tag::from_name(text.name().as_bytes()), &text, void, &mut hits);
            depth += usize::from(!void);
            if !hits.is_empty() {
                out.push(text.get("id").map(String::from).unwrap_or_default());
            }
        }
        assert!(state.count.iter().all(|n| *n == 0) && state.matched.is_empty(), "everything that was counted is uncounted");
        out
    }

    #[test]
    fn selectors_match_as_in_a_browser() {
        let page = "<div id=1 class='a b'><p id=2><x-y id=3></x-y></p><br id=4 class=c><p id=5 data-k='One-two'></p></div><div id=6 class=A><p id=7></p></div>";
        for (selector, ids) in [
            ("p", "2 5 7"),
            ("x-y", "3"),
            ("*", "1 2 3 4 5 6 7"),
            (".a", "1"),
            (".b.a", "1"),
            ("[id='5']", "5"),
            ("div p", "2 5 7"),
            (".a p", "2 5"),
            (".a > p", "2 5"),
            ("div > x-y", ""),
            ("div x-y", "3"),
            ("br + p", "5"),
            ("p + p", ""),
            ("p ~ p", "5"),
            ("div ~ div p", "7"),
            ("p:first-child", "2 7"),
            (":nth-child(2n+1)", "1 2 3 5 7"),
            ("p:not(.a > p)", "7"),
            (":is(br, .a) ~ :is(p, .A)", "5 6"),
            (":not(p, div, br)", "3"),
            ("[data-k]", "5"),
            ("[data-k=one-TWO i]", "5"),
            ("[data-k=one]", ""),
            ("[data-k|=One]", "5"),
            ("[data-k^=One]", "5"),
            ("[data-k$=two]", "5"),
            ("[data-k*='e-t']", "5"),
            ("[class~=b]", "1"),
            ("a, .c", "4"),
            (":root", "1 6"),
        ] {
            assert_eq!(matched(&[selector], page).join(" "), ids, "{selector}");
        }
    }

    #[test]
    fn ten_thousand_selectors_match_like_one() {
        let many: Vec<String> = (0..10_000).map(|i| format!(".c{i}, #i{i} > b{i}")).collect();
        let mut all: Vec<&str> = many.iter().map(String::as_str).collect();
        all.push("i.c7");
        assert_eq!(matched(&all, "<a id=i5 class=x><b5 id=y></b5></a><i id=z class=c9999></i>"), ["y", "z"]);
    }
}
