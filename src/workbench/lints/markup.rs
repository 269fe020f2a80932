//! Findings about selectors.
//!
//! It must not know texts, or other files.

use super::{Subject, Warning, selectors};
use crate::rules::What;
use crate::selector::{AttributeTest, Complex, Compound, SelectorList};
use crate::workbench::hashed::looks_hashed;
use crate::workbench::lint::Lint;

/// `short-substring`: letters up to which a part of an attribute stands in too many words.
const FEW_LETTERS: usize = 5;

/// Names in `unless_has` and `[story]` die as silently as those in `select`.
pub(super) fn hashed_names(subject: &Subject<'_>, found: &mut Vec<Warning>) {
    let check = |(at, list): (usize, &SelectorList), found: &mut Vec<Warning>| {
        let hashed = all_names(list).find(|(_, name)| looks_hashed(name));
        if let Some((sign, name)) = hashed {
            let message = format!("`{sign}{name}` looks as if a build tool had made it");
            let help = "name an id, a data attribute or a class that a person chose, or use `text`";
            subject.warn(found, Lint::HashedName, at, message, help);
        }
    };
    for (rule, table) in subject.rules() {
        if let What::Markup { select } | What::Text { select, .. } = &rule.what {
            selectors(select, table, "select").into_iter().for_each(|one| check(one, found));
        }
        selectors(&rule.unless_has, table, "unless_has").into_iter().for_each(|one| check(one, found));
    }
    if let (Some(story), Some(table)) = (&subject.file.story, subject.table.get("story").and_then(|v| v.get_ref().as_table())) {
        for (lists, key) in [(&story.select, "select"), (&story.title, "title"), (&story.keep, "keep")] {
            selectors(lists, table, key).into_iter().for_each(|one| check(one, found));
        }
    }
}

/// An element taken without a look at its text should be named by more than its tag.
pub(super) fn broad_selectors(subject: &Subject<'_>, found: &mut Vec<Warning>) {
    for (rule, table) in subject.rules() {
        let What::Markup { select } = &rule.what else { continue };
        if !rule.has.is_empty() {
            continue;
        }
        for (at, list) in selectors(select, table, "select") {
            if let Some(broad) = list.selectors.iter().find(|complex| complex.compounds.iter().all(is_bare)) {
                let last = broad.compounds.last().and_then(|compound| compound.tag.as_deref()).unwrap_or("*");
                if HARMLESS.contains(&last) {
                    continue;
                }
                let message = format!("{:?} takes every such element of a page, whatever it holds", list.source);
                subject.warn(found, Lint::BroadSelector, at, message, "add an id, a class or an attribute, or a `text`");
            }
        }
    }
}

/// Elements with nothing of a story in them.
const HARMLESS: [&str; 6] = ["iframe", "form", "nav", "dialog", "ins", "aside"];

fn is_bare(compound: &Compound) -> bool {
    let Compound { tag: _, ids, classes, attributes, nth: _, nth_of_type: _, root: _, not: _, is } = compound;
    // A name with a dash is a custom element, and as good as a class.
    let own = compound.tag.as_deref().is_some_and(|tag| tag.contains('-'));
    !own && ids.is_empty() && classes.is_empty() && attributes.is_empty() && is.is_empty()
}

/// `[class*="ad"]` is in "header" and "shadow".
pub(super) fn short_substrings(subject: &Subject<'_>, found: &mut Vec<Warning>) {
    for (rule, table) in subject.rules() {
        let (What::Markup { select } | What::Text { select, .. }) = &rule.what else { continue };
        for (at, list) in selectors(select, table, "select") {
            let tests = list.selectors.iter().flat_map(|complex| &complex.compounds).flat_map(|compound| &compound.attributes);
            let short = tests.filter_map(|attribute| match &attribute.test {
                AttributeTest::Contains(part) if letters(part) <= FEW_LETTERS => Some((&attribute.name, "*", part)),
                AttributeTest::Prefix(part) if letters(part) < FEW_LETTERS && is_of_words(part) => {
                    Some((&attribute.name, "^", part))
                }
                AttributeTest::Suffix(part) if letters(part) < FEW_LETTERS && is_of_words(part) => {
                    Some((&attribute.name, "$", part))
                }
                _ => None,
            });
            if let Some((name, sign, part)) = short.into_iter().next() {
                let message = format!("`[{name}{sign}={part:?}]` compares with so few letters that other words hold them");
                let help = format!("write a whole word of a list with [{name}~=\"...\"], or more of the value");
                subject.warn(found, Lint::ShortSubstring, at, message, help);
            }
        }
    }
}

fn letters(part: &str) -> usize {
    part.chars().filter(|c| c.is_alphanumeric()).count()
}

/// Letters right up to the open end; `ad-` and `/ad` end at a border of their own.
fn is_of_words(part: &str) -> bool {
    part.chars().all(char::is_alphanumeric)
}

/// A selector of a list behind one that takes the same and more.
pub(super) fn needless_selectors(subject: &Subject<'_>, found: &mut Vec<Warning>) {
    for (rule, table) in subject.rules() {
        let (What::Markup { select } | What::Text { select, .. }) = &rule.what else { continue };
        let entries = selectors(select, table, "select");
        for (index, (at, list)) in entries.iter().enumerate() {
            let other = entries.iter().enumerate().find(|(other, (_, wider))| {
                // Of two that take the same, the second is the needless one.
                *other != index && list_covers(wider, list) && (*other < index || !list_covers(list, wider))
            });
            if let Some((_, (_, wider))) = other {
                let message = format!("{:?} takes nothing that {:?} does not take", list.source, wider.source);
                subject.warn(found, Lint::NeedlessEntry, *at, message, "take it out");
            }
        }
    }
}

/// Does every element that `list` selects match `wider` too? False when it cannot be told.
pub(super) fn list_covers(wider: &SelectorList, list: &SelectorList) -> bool {
    list.selectors.iter().all(|narrow| wider.selectors.iter().any(|wide| covers(wide, narrow)))
}

fn covers(wide: &Complex, narrow: &Complex) -> bool {
    if wide == narrow {
        return true;
    }
    let ([wide], Some(narrow)) = (&wide.compounds[..], narrow.compounds.last()) else { return false };
    let subset = |few: &[Box<str>], many: &[Box<str>]| few.iter().all(|one| many.contains(one));
    wide.tag.as_ref().is_none_or(|tag| narrow.tag.as_ref() == Some(tag))
        && subset(&wide.ids, &narrow.ids)
        && subset(&wide.classes, &narrow.classes)
        && wide.attributes.iter().all(|one| narrow.attributes.contains(one))
        && wide.nth.iter().all(|one| narrow.nth.contains(one))
        && wide.nth_of_type.iter().all(|one| narrow.nth_of_type.contains(one))
        && (!wide.root || narrow.root)
        && wide.not.iter().all(|one| narrow.not.contains(one))
        && wide.is.iter().all(|one| narrow.is.contains(one))
}

/// Ids and classes that a selector names, with their sign.
fn all_names(list: &SelectorList) -> impl Iterator<Item = (&'static str, &str)> {
    list.selectors.iter().flat_map(|complex| &complex.compounds).flat_map(|compound| {
        let ids = compound.ids.iter().map(|id| ("#", &**id));
        ids.chain(compound.classes.iter().map(|class| (".", &**class)))
    })
}
