//! Who wrote it: names out of what pages put where a name should be.
//!
//! Takes declared values (mostly a name) and the blocks that show a byline (a name with "By", a date, a job and a handle around it),
//! and gives names joined by commas. It must not know where a declared value comes from.

use super::date::is_weekday;
use super::likeness::letters;
use super::month;
use crate::page::{Block, Page};
use crate::scan::tag::{Tag, TagSet};
use crate::text::is_unspaced;

/// More names than this are a list of contributors.
const MANY: usize = 12;

/// The longest declared value, in bytes, and the longest block, in words, that is looked at.
const LONGEST: usize = 400;
const LONGEST_BLOCK: u32 = 40;

/// How far before the headline a byline may stand, and how far apart the blocks of one byline, in blocks.
const BEFORE: u32 = 12;
const APART: u32 = 4;

/// How far behind the headline, in blocks, a line stands that has nothing but "By" to tell it, and its words.
const BEHIND: u32 = 10;
const LONGEST_LINE: u32 = 16;

const FORM: TagSet = TagSet::of(&[Tag::Form, Tag::Label]);

/// What stands before a name and is surely no part of it.
const LABELS: [&str; 24] = [
    "by",
    "by:",
    "written by",
    "written by:",
    "posted by",
    "story by",
    "words by",
    "reported by",
    "author:",
    "authors:",
    "text:",
    "text by",
    "texte:",
    "texte :",
    "texto:",
    "testo:",
    "autor:",
    "autora:",
    "autorin:",
    "autore:",
    "auteur:",
    "auteur :",
    "von:",
    "verfasst von",
];

/// The same, where a name might begin with it: only before a capital.
const PARTICLES: [&str; 8] = ["von", "por", "par", "di", "door", "av", "af", "da"];

/// Small words within a name or between two.
const JOINTS: &str =
    "de da do dos das del della di du van von der den zu zum la le el al bin ibn ben bint ter ten y e et and und och og";

/// Of these, what stands between two names.
const ANDS: [&str; 8] = ["and", "&", "und", "y", "e", "et", "och", "og"];

/// What follows a name and is no part of it.
const STOPS: &str = "published updated posted last modified reporter editor correspondent columnist contributor staff senior journalist \
    redakteur redakteurin follow share about more view see read the on photo foto photos comments writer reviewed \
    edited email name your former deputy chief über alle mehr veröffentlicht publiziert";

/// Names of accounts and placeholders.
const NOBODY: [&str; 9] = ["admin", "administrator", "webmaster", "author", "unknown", "none", "null", "undefined", "user"];

/// The names in declared values, each once.
pub(super) fn declared(values: impl Iterator<Item = String>) -> Option<String> {
    let mut names = Names::default();
    for value in values.filter(|value| value.len() <= LONGEST) {
        let value = value.split(" | ").next().unwrap_or_default();
        let words = value.split_whitespace().filter(|word| !is_address(word)).collect::<Vec<_>>().join(" ");
        names.add(once(without_label(&words, &LABELS)));
    }
    names.joined()
}

/// The names in the blocks that show who wrote the story: those nearest to the headline.
pub(super) fn shown(page: &Page, headline: Option<u32>) -> Option<String> {
    let from = headline.map_or(0, |block| block.saturating_sub(BEFORE));
    let mut names = Names::default();
    let mut last: Option<u32> = None;
    for index in page.head.author_blocks.iter().copied().filter(|index| *index >= from) {
        if last.is_some_and(|last| index > last.saturating_add(APART)) {
            break;
        }
        let Some(block) = page.blocks.get(index as usize) else { continue };
        if !may_tell(page, block, LONGEST_BLOCK) {
            continue;
        }
        for name in names_in(page.text_of(block)) {
            names.add(&name);
            last = Some(index);
        }
    }
    names.joined()
}

/// The names in a line near the headline that says "By" or the like, however it is marked.
pub(super) fn labelled(page: &Page, headline: u32) -> Option<String> {
    let mut names = Names::default();
    let mut last: Option<u32> = None;
    for at in headline.saturating_sub(APART)..=headline.saturating_add(BEHIND) {
        let Some(block) = page.blocks.get(at as usize) else { break };
        if at > headline && block.words > LONGEST_BLOCK || last.is_some_and(|last| at > last + 1) {
            break;
        }
        let text = page.text_of(block);
        if at == headline || !begins_with_label(text) || !may_tell(page, block, LONGEST_LINE) {
            continue;
        }
        for name in names_in(text) {
            names.add(&name);
            last = Some(at);
        }
    }
    names.joined()
}

/// Is it a block of at most so many words that a reader sees, and no part of a form? "Author" is what many comment forms call a field.
fn may_tell(page: &Page, block: &Block, most_words: u32) -> bool {
    let is_form = || block.controls > 0 || page.closest(block, FORM).is_some();
    !block.removed && !block.hidden && block.words <= most_words && !is_form()
}

fn begins_with_label(text: &str) -> bool {
    let text = text.trim_start();
    let bare = without_label(text, &LABELS);
    bare.len() < text.len() && bare.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
}

/// Names in the order they came, each once.
#[derive(Default)]
struct Names {
    names: Vec<String>,
    keys: Vec<String>,
}

impl Names {
    fn add(&mut self, name: &str) {
        let name = name.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–' | '|' | '/' | '•' | '·' | '"' | '*')
        });
        let key = letters(name);
        let known = self.keys.contains(&key);
        if key.chars().count() < 2 || known || NOBODY.contains(&key.as_str()) || self.names.len() >= MANY {
            return;
        }
        if !key.chars().any(char::is_alphabetic) {
            return;
        }
        self.names.push(name.to_owned());
        self.keys.push(key);
    }

    fn joined(self) -> Option<String> {
        (!self.names.is_empty()).then(|| self.names.join(", "))
    }
}

/// The names a shown byline holds. A single word is one only behind a label, for it may be anything.
fn names_in(text: &str) -> Vec<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = without_particle(without_label(after_by(&text), &LABELS));
    let labelled = name.len() < text.len() || text.contains(is_unspaced);
    let text = once(name);
    let text = text.split(['|', '•', '·', '⋅', '●', '–', '—', '(', '/', '\n']).next().unwrap_or_default();
    let text = text.split(" - ").next().unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for (place, part) in until_stop(text).split([',', ';']).enumerate() {
        for name in between_ands(part) {
            let words = name.split_whitespace().count();
            // One word behind a comma is a degree, an agency or a place.
            let is_name = (2..=5).contains(&words) || words == 1 && place == 0 && labelled;
            if is_name && name.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase()) {
                names.push(name);
            }
        }
    }
    names
}

/// Behind the last "by" of "Posted on May 6 by Ann Example".
fn after_by(text: &str) -> &str {
    let by = [" by ", " By ", " BY "].into_iter().filter_map(|by| text.rfind(by).and_then(|at| text.get(at + by.len()..)));
    by.min_by_key(|rest| rest.len()).unwrap_or(text)
}

fn without_label<'t>(text: &'t str, labels: &[&str]) -> &'t str {
    let mut rest = text.trim();
    while let Some(shorter) = labels.iter().find_map(|label| behind(rest, label)) {
        rest = shorter;
    }
    rest
}

fn without_particle(text: &str) -> &str {
    let found = PARTICLES.iter().find_map(|particle| behind(text, particle));
    found.filter(|rest| rest.starts_with(|c: char| !c.is_lowercase())).unwrap_or(text)
}

/// The text behind a label it begins with in any case; the label ends in a colon or at a space.
fn behind<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(label.len())?;
    let ends = label.ends_with(':') || rest.starts_with(char::is_whitespace);
    (head.eq_ignore_ascii_case(label) && ends).then(|| rest.trim_start())
}

/// A name that a template wrote twice in a row, once.
fn once(text: &str) -> &str {
    let half = text.len() / 2;
    let twice = |first: &str, second: &str| first.chars().count() >= 4 && first == second.trim_start();
    match text.split_at_checked(half) {
        Some((first, second)) if twice(first.trim_end(), second) => first.trim_end(),
        _ => text,
    }
}

/// The text up to the first word that cannot be of a name: a date, a number, a job, a word in small letters.
fn until_stop(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().filter(|word| !is_address(word)).collect();
    let plain = |word: &str| word.trim_end_matches(|c: char| c.is_ascii_punctuation()).to_lowercase();
    let number = |word: &str| word.chars().any(|c| c.is_ascii_digit());
    let mut out = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let bare = plain(word);
        let small = word.starts_with(char::is_lowercase) && !is_one_of(&bare, JOINTS) && !bare.contains('\'');
        let month = month::number(&bare).is_some() && words.get(at + 1).is_some_and(|next| number(next));
        let dated = at > 0 && (month || is_weekday(&bare));
        if number(word) || small || dated || is_one_of(&bare, STOPS) {
            break;
        }
        out.push(*word);
    }
    out.join(" ")
}

/// The names on both sides of an "and", if both sides are whole names.
fn between_ands(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut names = vec![words.clone()];
    if let Some(at) = words.iter().position(|word| ANDS.contains(&word.to_lowercase().as_str()))
        && let (Some(left), Some(right)) = (words.get(..at), words.get(at + 1..))
        && (left.len() > 1 || left.is_empty())
        && (right.len() > 1 || right.is_empty())
    {
        names = vec![left.to_vec(), right.to_vec()];
    }
    names.into_iter().filter(|name| !name.is_empty()).map(|name| name.join(" ")).collect()
}

fn is_one_of(word: &str, list: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

fn is_address(word: &str) -> bool {
    let path = || word.split_once('/').is_some_and(|(host, _)| host.contains('.') && host.is_ascii() && !host.ends_with('.'));
    word.contains('@') || word.contains("://") || word.starts_with("www.") || path()
}

#[cfg(test)]
mod tests {
    use super::{declared, labelled, names_in, shown};
    use crate::page::{Block, Element, Head, NONE, Page, Span};
    use crate::scan::tag::Tag;

    #[test]
    fn declared_names_are_cleaned() {
        for (values, expected) in [
            (&["Ann Example"][..], Some("Ann Example")),
            (&["By Ann Example"], Some("Ann Example")),
            (&["BY: ANN EXAMPLE"], Some("ANN EXAMPLE")),
            (&["Text: Ann Example"], Some("Ann Example")),
            (&["Written by: By Ann Example"], Some("Ann Example")),
            (&["Ann Example", "Bob Muster", "ann example"], Some("Ann Example, Bob Muster")),
            (&["https://www.facebook.com/ann"], None),
            (&["facebook.example/ann"], None),
            (&["@ann"], None),
            (&["Ann Example @ann"], Some("Ann Example")),
            (&["ann@a.example"], None),
            (&["Ann ExampleAnn Example"], Some("Ann Example")),
            (&["Ann Example Ann Example"], Some("Ann Example")),
            (&["Ann Example | The Paper"], Some("Ann Example")),
            (&["Ann & Bob"], Some("Ann & Bob")),
            (&["admin"], None),
            (&["Byron Example"], Some("Byron Example")),
            (&["Von Example"], Some("Von Example")),
            (&["", "-", "7"], None),
            (&["山田太郎"], Some("山田太郎")),
            (&["éé"], Some("éé")),
            (&["By"], Some("By")),
        ] {
            assert_eq!(declared(values.iter().map(|v| (*v).to_owned())).as_deref(), expected, "{values:?}");
        }
        assert_eq!(declared(["x".repeat(1_000_000)].into_iter()), None);
    }

    #[test]
    fn shown_names_are_picked_out() {
        for (text, expected) in [
            ("By Ann Example", &["Ann Example"][..]),
            ("Von Ann Example", &["Ann Example"]),
            ("Von der Leyen", &["Von der Leyen"]),
            ("Por Ann de la Example", &["Ann de la Example"]),
            ("Di Ann Example e Bob Muster", &["Ann Example", "Bob Muster"]),
            ("By Ann Example and Bob Muster", &["Ann Example", "Bob Muster"]),
            ("By Ann Example, Bob Muster & Cid Third", &["Ann Example", "Bob Muster", "Cid Third"]),
            ("Ana Ortega y Gasset", &["Ana Ortega y Gasset"]),
            ("By Ann Example May 6, 2024", &["Ann Example"]),
            ("By April Example 6 May 2024", &["April Example"]),
            ("Ann Example Monday 7:00", &["Ann Example"]),
            ("Posted on May 6, 2024 by Ann Example", &["Ann Example"]),
            ("Ann Example, Senior Reporter", &["Ann Example"]),
            ("Ann Example, MD", &["Ann Example"]),
            ("Ann Example | 5 min read", &["Ann Example"]),
            ("Ann Example · @ann", &["Ann Example"]),
            ("By Ann Example ⋅ Founder", &["Ann Example"]),
            ("Ann Example @ann", &["Ann Example"]),
            ("Ann Example is a writer in Paris", &["Ann Example"]),
            ("Ann ExampleAnn Example", &["Ann Example"]),
            ("By Ann Example (The Paper)", &["Ann Example"]),
            ("By Ann", &["Ann"]),
            ("March", &[]),
            ("Name *", &[]),
            ("Über den Autor", &[]),
            ("about the author", &[]),
            ("Share", &[]),
            ("5 min read", &[]),
            ("and", &[]),
            ("", &[]),
            ("by ", &[]),
            ("ẞß by é", &[]),
            ("山田太郎", &["山田太郎"]),
        ] {
            assert_eq!(names_in(text), expected, "{text}");
        }
    }

    /// A page of one-block bylines; `gap` blocks of other text before each.
    fn page(bylines: &[(u32, &str)]) -> Page {
        let mut page = Page::default();
        for (at, text) in bylines {
            page.blocks.resize(*at as usize + 1, Block::default());
            let start = page.text.len() as u32;
            page.text.push_str(text);
            let text = Span { start, end: page.text.len() as u32 };
            page.blocks[*at as usize] = Block { text, words: 3, ..Block::default() };
            page.head.author_blocks.push(*at);
        }
        page
    }

    #[test]
    fn the_byline_near_the_headline_counts() {
        for (case, bylines, headline, expected) in [
            ("first", &[(3, "By Ann Example"), (40, "By Bob Muster")][..], None, Some("Ann Example")),
            ("near the headline", &[(3, "By Ann Example"), (40, "By Bob Muster")], Some(39), Some("Bob Muster")),
            ("shortly before it", &[(3, "By Ann Example")], Some(8), Some("Ann Example")),
            ("two together", &[(3, "By Ann Example"), (5, "Bob Muster")], Some(2), Some("Ann Example, Bob Muster")),
            ("shown twice", &[(3, "By Ann Example"), (5, "Ann Example")], Some(2), Some("Ann Example")),
            ("none", &[(3, "5 min read")], None, None),
        ] {
            assert_eq!(shown(&page(bylines), headline).as_deref(), expected, "{case}");
        }
    }

    #[test]
    fn a_line_that_says_by_needs_no_mark() {
        for (lines, expected) in [
            (&[(0, "Headline"), (1, "By Ann Example")][..], Some("Ann Example")),
            (&[(0, "Headline"), (2, "Written by Ann Example"), (3, "By Bob Muster")], Some("Ann Example, Bob Muster")),
            (&[(0, "Headline"), (2, "Text: Ann Example | 3 May 2021")], Some("Ann Example")),
            (&[(0, "Headline"), (1, "By Ann Example"), (3, "By Bob Muster")], Some("Ann Example")),
            (&[(0, "Headline"), (1, "By the harbour")], None),
            (&[(0, "Headline"), (1, "Ann Example")], None),
            (&[(0, "Headline"), (30, "By Ann Example")], None),
            (&[(0, "By Ann Example")], None),
        ] {
            let mut page = page(lines);
            page.head.author_blocks.clear();
            assert_eq!(labelled(&page, 0).as_deref(), expected, "{lines:?}");
        }
    }

    #[test]
    fn fields_of_forms_are_no_bylines() {
        let mut with_label = page(&[(0, "By Ann Example")]);
        let element = |tag| Element {
            tag,
            parent: NONE,
            depth: 0,
            words: Span::default(),
            look: 0,
            blocks: Span { start: 0, end: 1 },
            marks: 0,
            hidden: false,
            number: 1,
            language: Span::default(),
        };
        with_label.elements.push(element(Tag::Div));
        assert_eq!(shown(&with_label, None).as_deref(), Some("Ann Example"));
        with_label.elements[0] = element(Tag::Form);
        assert_eq!(shown(&with_label, None), None);
        let mut with_input = page(&[(0, "By Ann Example")]);
        with_input.blocks[0].controls = 1;
        assert_eq!(shown(&with_input, None), None);
    }

    #[test]
    fn unseen_and_unknown_blocks_are_no_bylines() {
        let mut hidden = page(&[(0, "By Ann Example"), (1, "By Bob Muster")]);
        hidden.blocks[0].hidden = true;
        hidden.blocks[1].removed = true;
        assert_eq!(shown(&hidden, None), None);
        let unknown = Page { head: Head { author_blocks: vec![7, u32::MAX], ..Head::default() }, ..Page::default() };
        assert_eq!(shown(&unknown, None), None);
    }
}
