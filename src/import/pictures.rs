//! Replacements that show a reader where the pictures are, as far as ours finds them by itself.
//!
//! What the reader does is asked of it, so that both stay of one mind. It must not know what else a config replaces.

use super::replace::{Difference, Replacement, Said, in_name};
use crate::record::address::{LOADED, is_read, is_stand_in};

/// Why a replacement that is about pictures is not needed; none: it is not, or may be needed.
pub(super) fn needless(find: &str, replacement: &str, said: &Said<'_>) -> Option<&'static str> {
    let differ = Difference::between(find, replacement);
    let renamed = !differ.new.is_empty() && differ.new.chars().all(in_name);
    if fills_src(&differ) {
        Some("lazy pictures are found anyway")
    } else if drops_stand_in(find, replacement) {
        Some("stand-ins of lazy pictures are not taken anyway")
    } else if differ.old == "src" && renamed && differ.behind.starts_with('=') && said.loads {
        Some("what a loader puts in a picture's place is taken first anyway")
    } else if matches!(differ.old, "srcset" | "data-srcset")
        && renamed
        && (differ.new == "src" && differ.behind.starts_with('=') || differ.new != "src" && !differ.new.starts_with("data-"))
    {
        Some("a picture's own address is taken before the others anyway")
    } else if is_source(find, replacement) {
        Some("the sources of a picture are looked at anyway")
    } else if cuts_candidates(find, replacement) {
        Some("one of a picture's sizes is taken anyway")
    } else if makes_absolute(find, replacement, said.host) {
        Some("addresses are resolved anyway, as a browser does")
    } else if said.noscripts && find.trim_start_matches(['<', '/']).trim_end_matches('>') == "noscript" {
        Some("pictures in a noscript, and whole texts, are read anyway")
    } else if matches!((find, replacement), ("<amp-img", "<img")) || find == "</amp-img>" && is_nothing(replacement) {
        Some("pictures of AMP are taken anyway")
    } else {
        None
    }
}

/// Does it make an attribute from which a loader fills `src` the `src` at once?
pub(super) fn loads(find: &str, replacement: &str) -> bool {
    let differ = Difference::between(find, replacement);
    LOADED.contains(&differ.old) && fills_src(&differ)
}

/// `data-pin-media="https` to `src="https`.
fn fills_src(differ: &Difference<'_>) -> bool {
    let name = differ.new.rsplit(' ').next().unwrap_or_default();
    let one = !differ.old.is_empty() && !differ.old.contains([' ', '"', '\'', '<', '=', '>']);
    let before = differ.before.is_empty() || differ.before.ends_with(' ');
    let begin = match differ.behind.strip_prefix('=') {
        Some(value) => value.trim_start_matches(['"', '\'']),
        // Nothing but the name: part of another name unless it ends as names of addresses do.
        None if differ.behind.is_empty() && differ.old.ends_with("-src") => "",
        None => return false,
    };
    one && before && (name == "src" || LOADED.contains(&name)) && !differ.new.contains(['<', '>']) && is_read(differ.old, begin)
}

/// Is all that is replaced a `src` or `srcset` that holds a stand-in, and is it one no more?
fn drops_stand_in(find: &str, replacement: &str) -> bool {
    let find = find.trim_start_matches([' ', '"', '\'']);
    let value = find.strip_prefix("srcset=").or_else(|| find.strip_prefix("src="));
    let Some((value, quote)) =
        value.and_then(|value| Some((value.get(1..)?, value.chars().next().filter(|c| matches!(c, '"' | '\''))?)))
    else {
        return false;
    };
    let (value, closed) = match value.split_once(quote) {
        Some((value, "")) => (value, true),
        Some(_) => return false,
        None => (value, false),
    };
    let begun = closed || value.len() > 3;
    let still = |name: &str| replacement.match_indices(name).any(|(at, _)| !replacement[..at].ends_with(in_name));
    // `data` may be the beginning of `data:`, and of nothing else that is an address.
    begun && (is_stand_in(value) || value == "data") && !still("src=") && !still("srcset=") && !replacement.contains(['<', '>'])
}

/// `<source srcset="` to `<img src="`, or to what is no element.
fn is_source(find: &str, replacement: &str) -> bool {
    let name = |text: &str| text.trim_start_matches('<').split(|c| !in_name(c)).next().unwrap_or_default().to_owned();
    let attributes = find.split(' ').skip(1).filter_map(|part| part.split_once('=')).all(|(name, _)| {
        ["srcset", "data-srcset", "src", "media", "type"].iter().any(|known| name.eq_ignore_ascii_case(known))
            || name.starts_with(['"', '('])
    });
    name(find) == "source" && matches!(name(replacement).as_str(), "img" | "invalid") && attributes && !replacement.contains('>')
}

/// `.jpg 640w,` to `.jpg"><foo bar="`: what follows in a `srcset` is cut off.
fn cuts_candidates(find: &str, replacement: &str) -> bool {
    let kind = find.len() - find.trim_start_matches(|c: char| c == '.' || c.is_ascii_alphabetic()).len();
    let (kind, size) = find.split_at(if find.starts_with('.') { kind } else { 0 });
    let size = size.trim_start();
    let digits = size.len() - size.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let behind = size[digits..].strip_prefix('w');
    digits > 1
        && behind.is_some_and(|behind| matches!(behind, "" | "," | "\"" | ", http"))
        && replacement.strip_prefix(kind).is_some_and(|rest| rest.starts_with('"'))
}

/// `src="files/` to `src="/files/`, `href="/files/` to `href="https://example.com/files/`.
fn makes_absolute(find: &str, replacement: &str, host: &str) -> bool {
    let same: usize = find.chars().zip(replacement.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    // An address begins behind a quote, or in a `srcset` behind a comma.
    let start = find[..same].rfind(['"', '\'', ' ']).map_or(0, |at| at + 1);
    let (before, path) = find.split_at(start);
    let Some(added) = replacement[start..].strip_suffix(path) else { return false };
    let attribute = ["src=", "href=", "srcset="].iter().any(|name| {
        let quoted = before.trim_end_matches(['"', '\'']);
        let at = quoted.len().wrapping_sub(name.len());
        before.ends_with(['"', '\''])
            && quoted.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(name))
            && !quoted[..at].ends_with(in_name)
    });
    let listed = before == ", " && path.starts_with('/');
    let relative = !path.is_empty() && !path.starts_with("//") && !path.contains(':');
    let origin = added.strip_prefix("https://").or_else(|| added.strip_prefix("http://")).unwrap_or_default();
    let own = |name: &str| !name.is_empty() && name.strip_prefix("www.").unwrap_or(name) == host;
    let whole = if path.starts_with('/') { own(origin) } else { added == "/" || origin.strip_suffix('/').is_some_and(own) };
    (attribute || listed) && relative && whole
}

/// See [`Said::noscripts`]. Start and end tags go together, so one that must be refused takes all along.
pub(super) fn all_noscripts_are_read(all: &[Replacement<'_>], said: &Said<'_>) -> bool {
    let of = |find: &str| find.trim_start_matches(['<', '/']).starts_with("noscript");
    said.place
        && !said.speaks_of("noscript")
        && all.iter().filter(|(_, find, _)| of(find)).all(|(_, _, replacement)| {
            let tag = replacement.trim_start_matches(['<', '/']).trim_end_matches('>');
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            let values = attributes.split_once('=').map_or("", |(_, value)| value);
            let shown = !attributes.contains("style") && !attributes.contains("hidden") && !said.speaks_of(values);
            is_nothing(replacement) || matches!(name, "div" | "span" | "foo") && shown
        })
}

/// Nothing a reader sees.
pub(super) fn is_nothing(markup: &str) -> bool {
    markup.is_empty() || markup == "</img>" || markup.starts_with("<!--") && markup.find("-->") == Some(markup.len() - 3)
}
