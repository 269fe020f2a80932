//! The site's name, and where it stands in a title that is not its own.
//!
//! `<title>` is mostly the headline with the site's name behind it, in front of it, or both. This module cuts the name off. It must
//! not know blocks, or which title is to be preferred.

use url::Url;

use super::address::host;
use super::likeness::letters;

/// What a site calls itself, to be found again in titles.
#[derive(Debug, Default)]
pub(super) struct Site {
    /// Its names, letters only.
    names: Vec<String>,
    /// The part of the host that is its name (`example` of `www.example.co.uk`), letters only.
    label: String,
}

/// The shortest host label whose appearance within a longer name means something.
const TELLING: usize = 4;

/// How often a title is cut.
const MOST_CUTS: usize = 6;

impl Site {
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a str>, url: Option<&Url>) -> Self {
        let mut names: Vec<String> = names.map(letters).collect();
        let host = url.map(host).unwrap_or_default();
        let domain = psl::domain_str(host).unwrap_or(host);
        names.push(letters(host));
        names.push(letters(domain));
        names.retain(|name| !name.is_empty());
        Self { names, label: letters(domain.split('.').next().unwrap_or_default()) }
    }

    /// Is the text the site's name, as it says itself or as its host spells it?
    pub(super) fn is(&self, text: &str) -> bool {
        let text = letters(text);
        !text.is_empty() && (self.names.contains(&text) || self.label == text)
    }

    /// Is it perhaps: does the host begin or end with it, or it contain what the host is called?
    fn resembles(&self, part: &str) -> bool {
        let text = letters(part);
        if text.chars().any(|c| c.is_ascii_digit()) {
            return false; // an issue of it, perhaps
        }
        let within = text.len() >= TELLING && (self.label.starts_with(&text) || self.label.ends_with(&text));
        let around = self.label.len() >= TELLING && count(part) <= 6 && text.contains(&self.label);
        within || around || self.names.iter().any(|name| name.len() >= TELLING && count(part) <= 6 && text.starts_with(name))
    }

    /// The title without the site's name at its ends.
    ///
    /// A part at either end goes when it is the site's name, or resembles it and is the shorter one. If `loosely`, a short
    /// last part goes too though nothing is known of the site: up to four words behind a `|`, `·`, `»`, `•` or `::`, up to three
    /// behind a dash if all begin with a capital.
    pub(super) fn cut<'t>(&self, title: &'t str, loosely: bool) -> &'t str {
        let mut rest = title.trim();
        let mut cut = false;
        for _ in 0..MOST_CUTS {
            let marks = separators(rest);
            let Some((first, last)) = marks.first().copied().zip(marks.last().copied()) else { return rest };
            let (Some((front, after)), Some((before, end))) = (first.parts(rest), last.parts(rest)) else { return rest };
            let shorter = |part: &str, other: &str| self.resembles(part) && count(part) <= count(other);
            let at_end = last.kind != Kind::Colon && (self.is(end) || shorter(end, before));
            let in_front = self.is(front) || first.kind != Kind::Colon && shorter(front, after);
            let by_form = loosely
                && match last.kind {
                    Kind::Bar => count(end) <= 4 && count(end) < count(before),
                    Kind::Dash => !cut && count(end) <= 3 && count(before) >= 4 && is_named(end),
                    Kind::Colon => false,
                };
            rest = if at_end || !in_front && by_form {
                before
            } else if in_front {
                after
            } else {
                return rest;
            };
            cut = true;
        }
        rest
    }
}

/// The name that a title has beside the headline: behind its last separator or before its first. A date, an author or a list is no name.
pub(super) fn beside<'t>(title: &'t str, headline: &str) -> Option<&'t str> {
    let headline = Some(letters(headline)).filter(|letters| !letters.is_empty())?;
    let marks = separators(title);
    let is_name = |part: &str| {
        let plain = !part.contains(|c: char| c.is_ascii_digit() || c == ',') && !part.starts_with("by ");
        plain && (1..=MOST_NAME_WORDS).contains(&count(part)) && letters(part) != headline
    };
    let (before, end) = marks.last()?.parts(title)?;
    if letters(before).starts_with(&headline) && is_name(end) {
        return Some(end);
    }
    let (front, after) = marks.first()?.parts(title)?;
    (letters(after).ends_with(&headline) && is_name(front)).then_some(front)
}

/// Words that the name of a site has at most.
const MOST_NAME_WORDS: usize = 5;

/// Does the text stand alone behind or before a separator of the title, as the shorter part of it?
pub(super) fn is_shorter_end(title: &str, text: &str) -> bool {
    let text = letters(text);
    let marks = separators(title);
    let ends = [marks.first().and_then(|m| m.parts(title)), marks.last().and_then(|m| m.parts(title)).map(|(a, b)| (b, a))];
    ends.into_iter().flatten().any(|(end, other)| letters(end) == text && count(end) < count(other))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bar,
    Dash,
    /// Only ever cut behind the site's very name.
    Colon,
}

#[derive(Clone, Copy, Debug)]
struct Separator {
    kind: Kind,
    start: usize,
    end: usize,
}

impl Separator {
    /// What stands before and behind it.
    fn parts(self, text: &str) -> Option<(&str, &str)> {
        Some((text.get(..self.start)?.trim(), text.get(self.end..)?.trim()))
    }
}

/// The places where a title may be cut, each with something on either side.
fn separators(title: &str) -> Vec<Separator> {
    let mut out = Vec::new();
    let mut before = ' ';
    let mut chars = title.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let doubled = c == ':' && chars.next_if(|(_, next)| *next == ':').is_some();
        let space_after = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        let space_before = before.is_whitespace();
        before = c;
        let kind = match c {
            ':' if doubled => (space_before || space_after).then_some(Kind::Bar),
            ':' => space_after.then_some(Kind::Colon),
            '|' | '·' | '»' | '«' | '•' | '›' | '｜' => (space_before || space_after || c == '｜').then_some(Kind::Bar),
            '-' | '–' | '—' | '―' => (space_before && space_after).then_some(Kind::Dash),
            _ => None,
        };
        let Some(kind) = kind else { continue };
        let end = start + c.len_utf8() + usize::from(doubled);
        let is_blank = |text: Option<&str>| text.is_none_or(|text| text.trim().is_empty());
        if !is_blank(title.get(..start)) && !is_blank(title.get(end..)) {
            out.push(Separator { kind, start, end });
        }
    }
    out
}

fn count(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// Does every word begin like a name: with a capital, or in a script without capitals?
fn is_named(text: &str) -> bool {
    text.split_whitespace().all(|word| word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase()))
        && !text.ends_with(['?', '!', '.'])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at a wrong address")]

    use url::Url;

    use super::{Site, beside, is_shorter_end};

    #[test]
    fn a_title_names_the_site_beside_the_headline() {
        for (title, headline, name) in [
            ("The ferry | The Post", "The ferry", Some("The Post")),
            ("The Post: The ferry", "The ferry", Some("The Post")),
            ("The ferry | Harbour | The Post", "The ferry", Some("The Post")),
            ("The ferry - and what became of it - The Post", "The ferry - and what became of it", Some("The Post")),
            ("The ferry", "The ferry", None),
            ("The ferry | 3 May 2021", "The ferry", None),
            ("The ferry - by Ann Example", "The ferry", None),
            ("The ferry | boats, nets, ropes", "The ferry", None),
            ("The ferry | a paper about boats and all that floats", "The ferry", None),
            ("The bus | The Post", "The ferry", None),
            ("?! | The Post", "?!", None),
            ("", "", None),
        ] {
            assert_eq!(beside(title, headline), name, "{title}");
        }
    }

    #[test]
    fn the_sites_name_is_cut_off() {
        for (title, names, host, strictly, loosely) in [
            ("Rain falls | The Daily Example", "The Daily Example", "", "Rain falls", "Rain falls"),
            ("Rain falls on us - Example", "", "www.example.co.uk", "Rain falls on us", "Rain falls on us"),
            ("Example: Rain falls", "Example", "", "Rain falls", "Rain falls"),
            ("Example – Rain – Example", "Example", "", "Rain", "Rain"),
            ("Rain falls | Weather | Example", "Example", "", "Rain falls | Weather", "Rain falls"),
            ("Rain falls on us - The Motley Drop", "", "drop.com", "Rain falls on us", "Rain falls on us"),
            ("Rain falls here - Gold's Gym", "", "goldsgym.com", "Rain falls here", "Rain falls here"),
            ("Why it rains here « Wet Blog", "", "", "Why it rains here « Wet Blog", "Why it rains here"),
            ("Why it rains :: Wet", "", "", "Why it rains :: Wet", "Why it rains"),
            ("Wet Letter #18 – What rain?", "Wet Letter", "", "Wet Letter #18 – What rain?", "Wet Letter #18 – What rain?"),
            ("Rain - what now?", "", "", "Rain - what now?", "Rain - what now?"),
            ("All about the weather - in short", "", "", "All about the weather - in short", "All about the weather - in short"),
            ("Well-known 3-1 win", "", "known.example", "Well-known 3-1 win", "Well-known 3-1 win"),
            ("C++ | Go", "", "", "C++ | Go", "C++ | Go"),
            ("Example", "Example", "", "Example", "Example"),
            ("| Example", "Example", "", "| Example", "| Example"),
            ("Rain: a story", "Example", "", "Rain: a story", "Rain: a story"),
            ("雨が降る｜例の新聞", "例の新聞", "", "雨が降る", "雨が降る"),
            ("", "", "", "", ""),
            (" - ", "", "", "-", "-"),
        ] {
            let url = (!host.is_empty()).then(|| Url::parse(&format!("https://{host}/")).unwrap());
            let site = Site::new([names].into_iter(), url.as_ref());
            assert_eq!(site.cut(title, false), strictly, "strictly: {title}");
            assert_eq!(site.cut(title, true), loosely, "loosely: {title}");
        }
    }

    #[test]
    fn the_shorter_end_of_a_title_is_told() {
        for (text, expected) in [("Wet Blog", true), ("Why it rains here", false), ("rains", false)] {
            assert_eq!(is_shorter_end("Why it rains here | Wet Blog", text), expected, "{text}");
        }
    }
}
