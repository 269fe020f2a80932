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

mod element;
mod table;

use once_cell::sync::OnceCell;
use rustc_hash::FxHashMap;

use self::element::{Element, has, is_nth};
use self::table::{NameOf, Pieces, Table, key};
use crate::memo::Barren;
use crate::scan::attrs::{Apart, TagText};
use crate::scan::stack::DEEP;
use crate::scan::tag::Tag;
use crate::selector::{Attribute, Combinator, Complex, Compound, SelectorList};
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
    /// What is asked of the children of few elements.
    more: Option<Box<More>>,
}

#[derive(Debug, Default)]
struct More {
    /// By the key of a name, if some selector wants to know.
    of_type: Vec<(u64, i32)>,
    /// Prefixes left of `+` or `~` that the last child matched, and that any matched.
    previous: Vec<u32>,
    earlier: Vec<u32>,
}

impl More {
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

impl SelectorState {
    /// A page that is in these scopes; none: that may still come out, see [`SelectorState::enter`].
    pub(crate) fn new(index: &SelectorIndex, scopes: Option<&[u32]>) -> Self {
        Self {
            early: scopes.is_none().then(Vec::new),
            scopes: scopes.unwrap_or_default().to_vec(),
            open: Vec::with_capacity(DEEP),
            matched: Vec::with_capacity(DEEP),
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
            self.look_up(index, false, &Element::new(*tag, &Apart::of(text).tag(), 1, 1, depth == 0), &mut Vec::new());
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
            let nth_of_type = if index.of_type { siblings.more.get_or_insert_default().count_of_type(tag, text) } else { 0 };
            self.look_up(index, true, &Element::new(tag, text, nth, nth_of_type, root), hits);
        }
        let from = self.matched.len();
        let siblings = self.open.last_mut().map_or(&mut self.top, |open| &mut open.inside);
        if let Some(more) = &mut siblings.more {
            more.previous.clear();
        }
        for number in &self.fresh {
            let prefix = &index.prefixes[*number as usize];
            if prefix.sibling {
                let more = siblings.more.get_or_insert_default();
                more.previous.push(*number);
                if !more.earlier.contains(number) {
                    more.earlier.push(*number);
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
            Some((Combinator::NextSibling, before)) => self.siblings().is_some_and(|more| more.previous.contains(&before)),
            Some((Combinator::LaterSibling, before)) => self.siblings().is_some_and(|more| more.earlier.contains(&before)),
        };
        stands && self.is(index, &prefix.one, element)
    }

    fn siblings(&self) -> Option<&More> {
        self.open.last().map_or(&self.top, |open| &open.inside).more.as_deref()
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
            let apart = Apart::of(tag);
            let text = apart.tag();
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
