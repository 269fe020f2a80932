//! `find_string` and `replace_string` of site configs: which of them change nothing for storysieve.
//!
//! A rule never changes a page's source, so none of them can be carried over. Many of them only get around the reader that they were
//! written for: it drops a class called `container`, sees no lazy picture, takes `<nav>` out. Those are not needed, and a test replaces
//! each sort on a page and holds the two stories against each other. It must not know rule files.

use super::pictures;

/// What a config says besides, as far as a replacement may depend on it.
#[derive(Debug, Default)]
pub(super) struct Said<'a> {
    /// Whether the place of the story is named. Where it must be found, any name may matter.
    pub(super) place: bool,
    /// The values of all directives that name elements.
    pub(super) named: Vec<&'a str>,
    /// The host, without `www.`.
    pub(super) host: &'a str,
    /// Another replacement makes what a loader puts into `src` the `src` at once.
    pub(super) loads: bool,
    /// Whatever is made of a `noscript` shows no more than is read anyway.
    pub(super) noscripts: bool,
}

/// The lines of a replacement, what it looks for and what it puts there.
pub(super) type Replacement<'t> = (Vec<u32>, &'t str, &'t str);

/// Why a replacement is not needed; none: it may be.
pub(super) fn needless(find: &str, replacement: &str, said: &Said<'_>) -> Option<&'static str> {
    if PLAYERS.iter().any(|word| find.contains(word)) {
        return None;
    }
    let (find, replacement) = (&without_sizes(find), &without_sizes(replacement));
    if find == replacement {
        return Some("a story keeps no sizes");
    }
    if let Some(reason) = pictures::needless(find, replacement, said) {
        return Some(reason);
    }
    let Difference { before, old, new, behind } = Difference::between(find, replacement);
    let is_tag = before == "<" || before == "</";
    if find.contains("http-equiv=\"refresh\"") && !replacement.contains("http-equiv=\"refresh\"") {
        Some("nothing is followed from a page")
    } else if find.starts_with("<![") && find.find("]>") == Some(find.len() - 2) && is_blank(replacement) {
        Some("comments are never shown")
    } else if is_frame(find) && pictures::is_nothing(replacement) {
        Some("a page may begin and end more than once")
    } else if !said.place || said.speaks_of(old) || said.speaks_of(new) {
        None
    } else if is_tag && is_heading(old) && is_heading(new) {
        Some("headings of every level stay")
    } else if is_tag && PLAIN.contains(&old) && PLAIN.contains(&new) {
        Some("what such elements hold stays as it is")
    } else if is_in_name_list(before) && [old, new].iter().all(|names| names.chars().all(|c| in_name(c) || c == ' '))
        || before.is_empty() && behind.is_empty() && is_class(old) && (new.is_empty() || is_class(new))
    {
        Some("such names do not matter inside a story whose place is named")
    } else {
        None
    }
}

/// Elements that only hold others, and of which a story keeps nothing but what they hold.
const PLAIN: [&str; 11] = ["div", "nav", "section", "article", "main", "header", "footer", "aside", "details", "center", "form"];
/// What speaks of things to play, which no story has.
const PLAYERS: [&str; 6] = ["youtu", "embed", "player", "vimeo", "mp4", "video"];

impl Said<'_> {
    /// Does a directive speak of one of these names, in whole words?
    pub(super) fn speaks_of(&self, names: &str) -> bool {
        let names: Vec<&str> = names.split(|c| !in_name(c)).filter(|name| !name.is_empty()).collect();
        self.named.iter().any(|value| value.split(|c| !in_name(c)).any(|word| names.contains(&word)))
    }
}

pub(super) fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

fn is_heading(tag: &str) -> bool {
    matches!(tag.as_bytes(), [b'h', b'1'..=b'6'])
}

/// `wp-block-heading`, and no attribute.
fn is_class(word: &str) -> bool {
    word.contains('-') && word.chars().all(in_name) && !word.contains("src") && !word.starts_with("data-")
}

/// Does it end inside the value of `class` or `id`?
fn is_in_name_list(before: &str) -> bool {
    ["class=", "id="].iter().any(|name| {
        let value = before.rsplit_once(name).map(|(_, value)| value);
        value.is_some_and(|value| value.starts_with(['"', '\'']) && value[1..].chars().all(|c| in_name(c) || c == ' '))
    })
}

/// `<html><head></head><body>` and the like: nothing but tags that a page has once.
fn is_frame(markup: &str) -> bool {
    const TAGS: [&str; 6] = ["<html>", "</html>", "<head>", "</head>", "<body>", "</body>"];
    let mut rest = markup;
    while let Some(behind) = TAGS.iter().find_map(|tag| rest.strip_prefix(tag)) {
        rest = behind;
    }
    !markup.is_empty() && rest.is_empty()
}

fn is_blank(markup: &str) -> bool {
    markup == "&nbsp;" || pictures::is_nothing(markup)
}

/// What two texts have in common at their beginning and at their end, and the names in which they differ between.
pub(super) struct Difference<'t> {
    pub(super) before: &'t str,
    pub(super) old: &'t str,
    pub(super) new: &'t str,
    pub(super) behind: &'t str,
}

impl<'t> Difference<'t> {
    pub(super) fn between(one: &'t str, two: &'t str) -> Self {
        let same = one.chars().zip(two.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
        let start = one[..same].trim_end_matches(in_name).len();
        let (one_rest, two_rest) = (&one[start..], &two[start..]);
        let same: usize =
            one_rest.chars().rev().zip(two_rest.chars().rev()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
        let end = one_rest[one_rest.len() - same..].trim_start_matches(in_name).len();
        Self {
            before: &one[..start],
            old: &one_rest[..one_rest.len() - end],
            new: &two_rest[..two_rest.len() - end],
            behind: &one_rest[one_rest.len() - end..],
        }
    }
}

/// A piece of markup without `width` and `height`.
fn without_sizes(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some(at) = ["width=", "height="].iter().filter_map(|name| rest.find(name)).min() {
        let (before, from) = rest.split_at(at);
        let value = from.split_once('=').map_or("", |(_, value)| value);
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let Some((_, behind)) = quote.and_then(|quote| value[1..].split_once(quote)) else { break };
        out.push_str(before.trim_end());
        rest = behind;
    }
    out.push_str(rest);
    out.trim().to_owned()
}
