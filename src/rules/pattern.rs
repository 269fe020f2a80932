//! A rule's regex: compiled when it is first asked, and quick to say no in any language.
//!
//! Most pages ask few regexes, and compiling those of all bundled rules took as long as everything else that happens before the first page.
//! Many regexes hold only at the beginning of a text, and most texts begin with another letter than theirs do: such a text is turned
//! away by its first byte. `\b` means the edge of a word of any script, which the regex engine can only tell slowly once a text is not
//! all ASCII. Without its `\b`s a regex matches all it did and a little more, at full speed, so texts in other languages are asked about
//! that one first. This module must not know what a match means.

use std::sync::Arc;

use once_cell::sync::OnceCell;
use regex::{Match, Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Look;
use regex_syntax::hir::literal::Extractor;

/// A larger program is refused.
const MOST_BYTES: usize = 1 << 20;

/// See the module. Copies share what was compiled.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: String,
    /// Which bytes a match can begin with; none if it can stand elsewhere than at the beginning, or that is not known.
    first: OnceCell<Option<[bool; 256]>>,
    exact: OnceCell<Option<Regex>>,
    /// Without word edges, if it has some.
    loose: OnceCell<Option<Regex>>,
}

impl Pattern {
    /// Of a source that is known to be right; one that is not matches nothing.
    pub(crate) fn trusted(source: &str) -> Self {
        Self(Arc::new(Inner {
            source: source.to_owned(),
            first: OnceCell::new(),
            exact: OnceCell::new(),
            loose: OnceCell::new(),
        }))
    }

    /// Compiled at once, to see whether it can be.
    pub(crate) fn compiled(source: &str) -> Result<Self, regex::Error> {
        let pattern = Self::trusted(source);
        let _ = pattern.0.exact.set(Some(compile(source)?));
        Ok(pattern)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0.source
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        let first = self.0.first.get_or_init(|| first_bytes(&self.0.source)).as_ref();
        first.is_none_or(|first| text.bytes().next().is_some_and(|byte| first[usize::from(byte)]))
            && (text.is_ascii() || self.loose().is_none_or(|loose| loose.is_match(text)))
            && self.exact().is_some_and(|exact| exact.is_match(text))
    }

    pub(crate) fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.exact()?.find(text)
    }

    fn exact(&self) -> Option<&Regex> {
        self.0.exact.get_or_init(|| compile(&self.0.source).ok()).as_ref()
    }

    fn loose(&self) -> Option<&Regex> {
        self.0.loose.get_or_init(|| compile(&without_edges(&self.0.source)?).ok()).as_ref()
    }
}

/// As rules mean it: in any case, within bounds.
fn compile(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).case_insensitive(true).size_limit(MOST_BYTES).build()
}

/// The first bytes of all that a regex matches, if it matches nowhere but at the beginning and never nothing.
fn first_bytes(source: &str) -> Option<[bool; 256]> {
    let regex = ParserBuilder::new().case_insensitive(true).build().parse(source).ok()?;
    if !regex.properties().look_set_prefix().contains(Look::Start) {
        return None;
    }
    let mut first = [false; 256];
    for literal in Extractor::new().limit_literal_len(1).extract(&regex).literals()? {
        first[usize::from(*literal.as_bytes().first()?)] = true;
    }
    Some(first)
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
            let pattern = Pattern::compiled(source).unwrap();
            assert_eq!(pattern.exact().unwrap().is_match(text), matches, "{source} alone on {text}");
            assert_eq!(pattern.is_match(text), matches, "{source} on {text}");
            assert_eq!(Pattern::trusted(source).is_match(text), matches, "{source} on {text}, compiled late");
        }
    }

    #[test]
    fn texts_are_told_apart_by_their_first_byte() {
        let all = |source: &str| -> Option<String> {
            let first = first_bytes(source)?;
            Some((0..=u8::MAX).filter(|byte| first[usize::from(*byte)]).map(char::from).collect())
        };
        for (source, want) in [
            (r"^(?:please )?(?:give|join us)\b", Some("GJPgjp")),
            (r"^(?:a|b)|^c", Some("ABCabc")),
            (r"^[0-9]+ left", Some("0123456789")),
            (r"^\d+ left", None),
            (r"^été", Some("Ã")),
            ("(?:^|[.!?] )give", None),
            ("^a|b", None),
            ("^(?:a)?", None),
            ("(?m)^a", None),
            ("^.*a", None),
        ] {
            assert_eq!(all(source).as_deref(), want, "{source}");
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
