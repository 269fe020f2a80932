//! Prefixes under the names by which an element is asked for them.
//!
//! Each stands under the rarest name of its compound; where many ask for a piece of the same attribute's value, the value is searched for all
//! of them at once. A filter before the table tells most names of a page from those of rules. This module must not know which elements are
//! open, or whether a prefix that is found matches.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::Prefix;
use crate::matcher::finder::Finder;
use crate::scan::tag::{Tag, TagSet};
use crate::selector::{Attribute, AttributeTest};

/// Selectors under the names that lead to them.
#[derive(Debug, Default)]
pub(super) struct Table {
    by_name: FxHashMap<u64, Vec<u32>>,
    /// Of the tags that have a number; the others are in `by_name`.
    pub(super) by_tag: Vec<Vec<u32>>,
    pub(super) everywhere: Vec<u32>,
    /// Pieces of attribute values that stand in for `by_name`, where it would hold many: those of `class`, and of others.
    pub(super) class_pieces: Option<Pieces>,
    pub(super) pieces: Vec<Pieces>,
    /// Bits before the table; most names of a page are in no rule.
    filter: Vec<u64>,
    /// Which first letters and lengths the names of attributes have in it.
    pub(super) attributes: AttributeShapes,
}

/// Prefixes that ask for a piece of one attribute's value.
#[derive(Debug)]
pub(super) struct Pieces {
    pub(super) attribute: Box<str>,
    /// The tags that they ask for too; none if some ask for any, or for a `class`, which may be found barren for all.
    pub(super) tags: Option<TagSet>,
    /// Pieces that a value must begin with, if they are few. All are in lower case: a selector that minds the case is asked for nothing
    /// now and then, never forgotten.
    pub(super) begins: Vec<(Box<str>, u32)>,
    /// The others, and their prefixes by number.
    pub(super) anywhere: Option<(Finder<1>, Vec<u32>)>,
}

/// A set of first letters and lengths of names, in any case: tells most attributes of a page apart from those of rules, without a hash.
#[derive(Debug, Default)]
pub(super) struct AttributeShapes([u64; 4]);

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

    pub(super) fn may_have(&self, name: &[u8]) -> bool {
        let (word, bit) = Self::place(name);
        self.0[word] >> bit & 1 == 1
    }
}

/// What a name is the name of; part of its key.
#[derive(Clone, Copy)]
pub(super) enum NameOf {
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

pub(super) fn key(of: NameOf, name: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.write_u8(of as u8);
    hasher.finish()
}

impl Table {
    pub(super) fn of(all: &[Prefix], numbers: &[u32]) -> Self {
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

    pub(super) fn candidates(&self, key: u64) -> &[u32] {
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
