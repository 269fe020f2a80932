//! A rule's regex, quick to say no in any language.
//!
//! `\b` means the edge of a word of any script, which the regex engine can only tell slowly once a text is not all ASCII. Without its `\b`s
//! a regex matches all it did and a little more, at full speed, so texts in other languages are asked about that one first. This
//! module must not know what a match means.

use once_cell::sync::OnceCell;
use regex::{Regex, RegexBuilder};

/// See the module.
#[derive(Debug)]
pub(crate) struct Pattern {
    exact: Regex,
    /// Without word edges, if it has some; compiled when it is first needed.
    loose: OnceCell<Option<Regex>>,
}

impl Pattern {
    pub(crate) fn of(exact: &Regex) -> Self {
        Self { exact: exact.clone(), loose: OnceCell::new() }
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        (text.is_ascii() || self.loose().is_none_or(|loose| loose.is_match(text))) && self.exact.is_match(text)
    }

    fn loose(&self) -> Option<&Regex> {
        let build = || {
            let source = without_edges(self.exact.as_str())?;
            RegexBuilder::new(&source).case_insensitive(true).build().ok()
        };
        self.loose.get_or_init(build).as_ref()
    }
}

/// The source of a regex without its `\b`s; `None` if it has none.
fn without_edges(source: &str) -> Option<String> {
    let mut out = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some(escaped) = chars.next() else { break };
        // `\b{start}` is something else.
        if escaped != 'b' || chars.peek() == Some(&'{') {
            out.extend([c, escaped]);
        }
    }
    (out.len() < source.len()).then_some(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at a wrong regex")]

    use super::*;

    #[test]
    fn it_matches_what_the_regex_matches() {
        for (source, text, matches) in [
            (r"\bunterstütze?\b", "bitte unterstütz uns", true),
            (r"\bunterstütze?\b", "unterstützen", false),
            (r"\bunterstütze?\b", "éunterstütz uns", false),
            (r"\bnaszą\b", "wspieraj naszą redakcję", true),
            (r"(?:\b|é)x", "éx", true),
            (r"a\\b", r"é a\b", true),
            (r"\b{start}été", "l'été", true),
            (r"\bCAFÉ\b", "un café", true),
        ] {
            let exact = RegexBuilder::new(source).case_insensitive(true).build().unwrap();
            assert_eq!(exact.is_match(text), matches, "{source} alone on {text}");
            assert_eq!(Pattern::of(&exact).is_match(text), matches, "{source} on {text}");
        }
    }

    #[test]
    fn only_word_edges_are_left_out() {
        for (source, want) in
            [(r"\bno\b|\d", Some(r"no|\d")), (r"\\b", None), (r"\b{end}", None), ("plain", None), (r"[\\\]]\b", Some(r"[\\\]]"))]
        {
            assert_eq!(without_edges(source).as_deref(), want, "{source}");
        }
    }
}
