//! Every way to name a box, from the steadiest to the shakiest.
//!
//! It writes rules and tries none. Names that look as if a build tool had made them are never used whole; what is left of one without its
//! hash is. It must not know what else is on the page.

use std::fmt;
use std::ops::Range;

use super::super::hashed::looks_hashed;
use super::super::outline::{Node, Outline};
use crate::text::fold;

/// By what a rule knows its blocks, the steadiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Means {
    /// An id, or an element with a name of its own.
    Id,
    /// A data attribute, a role, a label, the address of a form.
    Attribute,
    /// A class, or two.
    Class,
    /// A part of a class that has a hash in it.
    ClassPart,
    /// Its place beside or inside an element with a steady name.
    Structure,
    /// Its words.
    Text,
    /// The words it begins and ends with.
    Run,
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "its id",
            Self::Attribute => "an attribute",
            Self::Class => "its class",
            Self::ClassPart => "a part of its class",
            Self::Structure => "its place",
            Self::Text => "its words",
            Self::Run => "its first and last words",
        })
    }
}

/// A rule that may do.
pub(super) struct Candidate {
    pub(super) means: Means,
    /// Within its means, the smaller the better.
    pub(super) rank: usize,
    /// The keys of the rule, as TOML.
    pub(super) keys: String,
    /// What an id can be made of.
    pub(super) name: String,
}

/// Boxes around each other that are looked at.
const MOST_BOXES: usize = 8;
/// Characters of an attribute's value; more is no name.
const LONG_VALUE: usize = 40;

/// Candidates for boxes around each other, innermost first, and the lines in them.
pub(super) fn all(outline: &Outline, boxes: &[usize], lines: &[(Range<usize>, String)]) -> Vec<Candidate> {
    let mut all = Vec::new();
    for (from_inside, node) in boxes.iter().take(MOST_BOXES).enumerate() {
        // The outermost box takes the headings and buttons along.
        let rank = boxes.len() - from_inside;
        let Some(node) = outline.nodes.get(*node) else { continue };
        for (means, selector, name) in names(node) {
            all.push(Candidate {
                means,
                rank: rank * 2 + usize::from(selector.contains(']') && means == Means::Class),
                keys: select(&selector),
                name,
            });
        }
        for (selector, name) in structure(outline, node) {
            all.push(Candidate { means: Means::Structure, rank, keys: select(&selector), name });
        }
    }
    // Lines of a letter without a box: between its ends stands what belongs to it, whatever it says next time.
    if !boxes.is_empty() || lines.len() == 1 {
        all.extend(text(outline, boxes, lines));
    }
    all.extend(run(lines));
    all
}

fn select(selector: &str) -> String {
    format!("select = [{}]\n", literal(selector))
}

/// A text in the quotes that need no escapes.
pub(in super::super) fn literal(text: &str) -> String {
    if text.contains('\'') || text.contains(char::is_control) {
        format!("{text:?}")
    } else if text.contains(['"', '\\']) {
        format!("'{text}'")
    } else {
        format!("\"{text}\"")
    }
}

/// Selectors of an element by what it is called.
fn names(node: &Node) -> Vec<(Means, String, String)> {
    let mut names = Vec::new();
    if let Some(id) = node.get("id").map(str::trim).filter(|id| is_name(id)) {
        names.push((Means::Id, format!("#{}", escaped(id)), id.to_owned()));
    }
    if node.tag.contains('-') && is_name(&node.tag) {
        names.push((Means::Id, node.tag.clone(), node.tag.clone()));
    }
    for (name, value) in &node.attributes {
        let value = value.trim();
        let own = name.starts_with("data-") || matches!(name.as_str(), "role" | "aria-label" | "itemtype" | "name" | "title");
        if own
            && is_name(name)
            && value.chars().count() <= LONG_VALUE
            && !value.contains(['"', '\\', '\n', '{', '/'])
            && !has_hash(value)
        {
            let selector = if value.is_empty() { format!("[{name}]") } else { format!("[{name}=\"{value}\"]") };
            names.push((Means::Attribute, selector, if value.is_empty() { name.clone() } else { value.to_owned() }));
        }
    }
    if let Some(action) = node.get("action").or_else(|| node.get("src")) {
        // The host of a form or a frame is a vendor's, or its path says what it is for.
        let part = action.split("://").last().unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
        if part.len() >= 8 && part.len() <= 80 && !part.contains(['"', '\\']) && !has_hash(part) {
            let attribute = if node.get("action").is_some() { "action" } else { "src" };
            names.push((Means::Attribute, format!("{}[{attribute}*=\"{part}\"]", node.tag), part.to_owned()));
        }
    }
    let steady: Vec<&str> = node.classes().filter(|class| is_name(class)).collect();
    for class in &steady {
        names.push((Means::Class, format!(".{}", escaped(class)), (*class).to_owned()));
    }
    for (at, class) in steady.iter().enumerate().take(6) {
        names.push((Means::Class, format!("{}.{}", node.tag, escaped(class)), (*class).to_owned()));
        for other in steady.iter().skip(at + 1).take(5) {
            names.push((Means::Class, format!(".{}.{}", escaped(class), escaped(other)), format!("{class} {other}")));
        }
    }
    for class in node.classes().filter(|class| looks_hashed(class)) {
        if let Some(stem) = stem(class) {
            names.push((Means::ClassPart, format!("[class*=\"{stem}\"]"), stem.to_owned()));
        }
    }
    names
}

/// Can a rule name it for long?
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '/' | '@' | '[' | ']' | '!');
    let letters = name.chars().filter(char::is_ascii_alphabetic).count();
    // `mt-10`, `p-4`, `v`: how something looks, and so on every page.
    let speaks = letters >= 3 && !(letters <= 4 && name.contains(|c: char| c.is_ascii_digit()));
    speaks && name.chars().count() <= LONG_VALUE && name.chars().all(plain) && !looks_hashed(name)
}

fn has_hash(value: &str) -> bool {
    value.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').any(looks_hashed)
}

/// What stands before the hash: `Newsletter_root__` of `Newsletter_root__3xY9z`.
fn stem(class: &str) -> Option<&str> {
    let ends: Vec<usize> = class.match_indices(['_', '-']).map(|(at, _)| at).collect();
    let stem = ends.into_iter().rev().map(|end| &class[..end]).find(|stem| !stem.is_empty() && !looks_hashed(stem))?;
    let stem = stem.trim_end_matches(['_', '-']);
    (stem.chars().filter(|c| c.is_alphanumeric()).count() >= 6).then_some(stem)
}

/// Signs that mean something in a selector, and a digit at the beginning.
fn escaped(name: &str) -> String {
    let mut out = String::new();
    for (at, c) in name.chars().enumerate() {
        if at == 0 && c.is_ascii_digit() {
            out.push_str(&format!("\\3{c} "));
        } else if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii() {
            out.push(c);
        } else {
            out.push('\\');
            out.push(c);
        }
    }
    out
}

/// Elements that a story is made of: on another page, the one in that place is a paragraph of it.
const OF_TEXT: [&str; 22] = [
    "div",
    "section",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "span",
    "a",
    "b",
    "strong",
    "em",
    "i",
    "font",
    "td",
    "dd",
    "br",
    "blockquote",
    "figure",
];

/// Selectors of an element by the nearest element around it, or right before it, with a name.
fn structure(outline: &Outline, node: &Node) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Some(parent) = node.parent else { return found };
    let bare = OF_TEXT.contains(&node.tag.as_str());
    let before = outline
        .nodes
        .iter()
        .filter(|other| other.parent == Some(parent) && other.place < node.place)
        .max_by_key(|other| other.place);
    if let Some((selector, name)) = before.and_then(steadiest).filter(|_| !bare) {
        found.push((format!("{selector} + {}", node.tag), format!("after {name}")));
    }
    let mut path = node.tag.clone();
    for around in outline.up(parent).take(4) {
        let Some(element) = outline.nodes.get(around) else { break };
        if let Some((selector, name)) = steadiest(element) {
            if !bare {
                found.push((format!("{selector} > {path}"), format!("{name} {}", node.tag)));
            }
            let classes = node.classes().filter(|class| is_name(class)).take(2);
            found.extend(classes.map(|class| (format!("{selector} .{}", escaped(class)), format!("{name} {class}"))));
            break;
        }
        path = format!("{} > {path}", element.tag);
    }
    found
}

pub(in super::super) fn steadiest(node: &Node) -> Option<(String, String)> {
    let named = names(node).into_iter().filter(|(means, ..)| *means <= Means::Class).min_by_key(|(means, ..)| *means);
    named.map(|(_, selector, name)| (selector, name))
}

/// Characters a notice may have beyond what it has on this page: a name, a sum, a date.
const SLACK: usize = 60;

/// By words alone: one phrase of each line that has enough of them, all of which must be there.
fn text(outline: &Outline, boxes: &[usize], lines: &[(Range<usize>, String)]) -> Vec<Candidate> {
    let mut found = Vec::new();
    let phrases: Vec<String> = lines.iter().filter_map(|(_, line)| phrase(line)).collect();
    let Some(first) = phrases.iter().max_by_key(|phrase| phrase.chars().count()) else { return found };
    let tags: Vec<&str> =
        boxes.iter().take(3).filter_map(|node| outline.nodes.get(*node)).map(|node| node.tag.as_str()).collect();
    // Words are counted without their spaces there.
    let innermost = boxes.first().map_or(0, |node| outline.words_of(*node).chars().count());
    let outermost = boxes.last().map_or(innermost, |node| outline.words_of(*node).chars().count());
    let bound = |chars: usize| (chars * 3 / 2 + SLACK).div_ceil(50) * 50;
    let longest = lines.iter().map(|(_, line)| line.chars().count()).max().unwrap_or_default();
    let mut push = |keys: String, rank: usize| found.push(Candidate { means: Means::Text, rank, keys, name: first.clone() });
    let list = |phrases: &[String]| phrases.iter().map(|phrase| literal(phrase)).collect::<Vec<_>>().join(", ");
    for chars in [innermost.max(longest), outermost.max(longest)] {
        push(format!("text = [{}]\nmax_chars = {}\n", literal(first), bound(chars)), 0);
        if phrases.len() > 1 {
            push(format!("text = [{{ all = [{}] }}]\nmax_chars = {}\n", list(&phrases), bound(chars)), 1);
            push(format!("text = [{}]\nmax_chars = {}\n", list(&phrases), bound(chars)), 2);
        }
    }
    for tag in tags {
        push(format!("select = [\"{tag}\"]\ntext = [{}]\nmax_chars = {}\n", literal(first), bound(outermost.max(longest))), 3);
    }
    found
}

/// Words of a line by which to know it: the first sentence, up to so many words.
fn phrase(line: &str) -> Option<String> {
    const WORDS: usize = 8;
    const UNSPACED: usize = 20;
    let folded = fold(line);
    let sentence = folded
        .split_inclusive(['.', '!', '?', '。', '！', '？'])
        .find(|part| part.chars().filter(|c| c.is_alphanumeric()).count() >= 6)?;
    let words: Vec<&str> = sentence.split(' ').filter(|word| !word.is_empty()).collect();
    let phrase = if words.len() > 2 {
        words[..words.len().min(WORDS)].join(" ")
    } else {
        sentence.trim().chars().take(UNSPACED.max(40)).collect()
    };
    let phrase = phrase.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    (phrase.chars().count() >= 3).then_some(phrase)
}

/// Lines without a box: from the first to the last.
fn run(lines: &[(Range<usize>, String)]) -> Option<Candidate> {
    let ([(_, first), .., (_, last)], true) = (lines, lines.len() > 1) else { return None };
    let (from, to) = (phrase(first)?, phrase(last)?);
    let chars: usize = lines.iter().map(|(_, line)| line.chars().count()).sum();
    let blocks = lines.len() * 2 + 2;
    let keys = format!(
        "from = {{ text = [{}] }}\nto = {{ text = [{}] }}\nmax_blocks = {blocks}\nmax_chars = {}\n",
        literal(&from),
        literal(&to),
        (chars * 3 / 2 + 200).div_ceil(100) * 100
    );
    Some(Candidate { means: Means::Run, rank: 0, keys, name: from })
}
