//! Selector text to plain data, by the `selectors` crate.
//!
//! The crate knows the grammar; what is accepted of it, and what is said about the rest, is decided here. This module must not know
//! how selectors are matched.

use std::borrow::Borrow;
use std::fmt;

use cssparser::{CowRcStr, ParseError, ParseErrorKind, Parser as CssParser, ParserInput, SourceLocation, ToCss};
use selectors::attr::{AttrSelectorOperator, ParsedAttrSelectorOperation, ParsedCaseSensitivity};
use selectors::parser::{self as css, Component, NthType, ParseRelative, SelectorImpl, SelectorParseErrorKind};

use super::{Attribute, AttributeTest, Combinator, Complex, Compound, SelectorList};

/// Why a selector was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SelectorError {
    pub(crate) message: String,
    pub(crate) help: String,
    /// Where in the selector, in bytes.
    pub(crate) offset: usize,
}

/// A selector longer or deeper than this is a mistake or an attack.
const LONGEST: usize = 4096;
const DEEPEST: usize = 16;

/// Reads a selector list.
pub(crate) fn parse(source: &str) -> Result<SelectorList, SelectorError> {
    let refuse = |message: &str, help: &str| Err(SelectorError { message: message.to_owned(), help: help.to_owned(), offset: 0 });
    if source.trim().is_empty() {
        return refuse("an empty selector", "write a tag, #id, .class or [attribute], or leave the entry out");
    }
    if source.len() > LONGEST {
        return refuse("the selector has more than 4096 bytes", "split it into several entries");
    }
    if depth(source) > DEEPEST {
        return refuse("the selector nests more than 16 parentheses", "write it flat");
    }
    let mut input = ParserInput::new(source);
    let mut parser = CssParser::new(&mut input);
    let list =
        css::SelectorList::<Css>::parse(&Grammar, &mut parser, ParseRelative::No).map_err(|error| explain(source, &error))?;
    let selectors = list.slice().iter().map(complex).collect::<Result<_, _>>()?;
    Ok(SelectorList { source: source.to_owned(), levels: 0, selectors })
}

/// Reads a selector of what an element holds: as [`parse`], or with a `>` in front for a child, `> * > a` for a child's child.
pub(crate) fn parse_inside(source: &str) -> Result<SelectorList, SelectorError> {
    let Some(rest) = source.trim_start().strip_prefix('>') else { return parse(source) };
    let offset = source.len() - rest.len();
    let list = parse(rest).map_err(|error| SelectorError { offset: error.offset + offset, ..error })?;
    let [only] = list.selectors.as_slice() else {
        return Err(SelectorError {
            message: "a list behind one `>`".to_owned(),
            help: "write each as an entry of its own: [\"> a\", \"> b\"]".to_owned(),
            offset,
        });
    };
    if only.combinators.iter().any(|combinator| *combinator != Combinator::Child) {
        return Err(SelectorError {
            message: "behind a `>` in front, only `>` may follow".to_owned(),
            help: "leave the first `>` out, or write every level: \"> * > a\"".to_owned(),
            offset,
        });
    }
    let levels = only.compounds.len() as u32;
    Ok(SelectorList { source: source.to_owned(), levels, selectors: list.selectors })
}

fn depth(source: &str) -> usize {
    let mut open = 0_usize;
    let mut deepest = 0;
    for c in source.bytes() {
        match c {
            b'(' | b'[' | b'{' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn complex(selector: &css::Selector<Css>) -> Result<Complex, SelectorError> {
    let mut compounds = vec![Compound::default()];
    let mut combinators = Vec::new();
    for component in selector.iter_raw_match_order() {
        if let Component::Combinator(combinator) = component {
            combinators.push(match combinator {
                css::Combinator::Child => Combinator::Child,
                css::Combinator::Descendant => Combinator::Descendant,
                css::Combinator::NextSibling => Combinator::NextSibling,
                css::Combinator::LaterSibling => Combinator::LaterSibling,
                _ => return Err(unsupported("a pseudo-element", "select the element itself")),
            });
            compounds.push(Compound::default());
        } else if let Some(compound) = compounds.last_mut() {
            part(component, compound)?;
        }
    }
    compounds.reverse();
    combinators.reverse();
    Ok(Complex { compounds, combinators })
}

fn part(component: &Component<Css>, compound: &mut Compound) -> Result<(), SelectorError> {
    match component {
        Component::LocalName(name) => compound.tag = Some(name.lower_name.0.clone()),
        Component::ID(id) => compound.ids.push(id.0.clone()),
        Component::Class(class) => compound.classes.push(class.0.clone()),
        Component::AttributeInNoNamespaceExists { local_name_lower, .. } => compound.attributes.push(Attribute {
            name: local_name_lower.0.clone(),
            test: AttributeTest::Exists,
            ignore_case: false,
        }),
        Component::AttributeInNoNamespace { local_name, operator, value, case_sensitivity } => {
            compound.attributes.push(attribute(&local_name.0, *operator, &value.0, *case_sensitivity));
        }
        Component::AttributeOther(other) => match &other.operation {
            _ if other.namespace.is_some() => return Err(unsupported("a namespace", "leave it out")),
            ParsedAttrSelectorOperation::Exists => compound.attributes.push(Attribute {
                name: other.local_name_lower.0.clone(),
                test: AttributeTest::Exists,
                ignore_case: false,
            }),
            ParsedAttrSelectorOperation::WithValue { operator, case_sensitivity, value } => {
                compound.attributes.push(attribute(&other.local_name_lower.0, *operator, &value.0, *case_sensitivity));
            }
        },
        Component::ExplicitUniversalType => {}
        Component::Root => compound.root = true,
        Component::Nth(nth) => match nth.ty {
            NthType::Child => compound.nth.push((nth.an_plus_b.0, nth.an_plus_b.1)),
            NthType::OfType => compound.nth_of_type.push((nth.an_plus_b.0, nth.an_plus_b.1)),
            NthType::LastChild => return Err(later(":last-child")),
            NthType::OnlyChild => return Err(later(":only-child")),
            NthType::LastOfType => return Err(later(":last-of-type")),
            NthType::OnlyOfType => return Err(later(":only-of-type")),
        },
        Component::Negation(list) => {
            for selector in list.slice() {
                compound.not.push(complex(selector)?);
            }
        }
        Component::Is(list) | Component::Where(list) => {
            compound.is.push(list.slice().iter().map(complex).collect::<Result<_, _>>()?);
        }
        Component::Empty => return Err(later(":empty")),
        Component::Has(_) => return Err(later(":has")),
        Component::NthOf(_) => return Err(unsupported(":nth-child(... of ...)", "use :nth-child without `of`")),
        Component::Scope | Component::ImplicitScope | Component::ParentSelector | Component::Host(_) => {
            return Err(unsupported("a selector that speaks of a style sheet's scope", "name the element"));
        }
        _ => {
            return Err(unsupported(
                "a selector of style sheets that pages do not need",
                "name the element by tag, id, class or attribute",
            ));
        }
    }
    Ok(())
}

fn attribute(name: &str, operator: AttrSelectorOperator, value: &str, case: ParsedCaseSensitivity) -> Attribute {
    let value: Box<str> = value.into();
    let test = match operator {
        AttrSelectorOperator::Equal => AttributeTest::Equals(value),
        AttrSelectorOperator::Includes => AttributeTest::Includes(value),
        AttrSelectorOperator::DashMatch => AttributeTest::Dash(value),
        AttrSelectorOperator::Prefix => AttributeTest::Prefix(value),
        AttrSelectorOperator::Substring => AttributeTest::Contains(value),
        AttrSelectorOperator::Suffix => AttributeTest::Suffix(value),
    };
    Attribute { name: name.to_ascii_lowercase().into(), test, ignore_case: case == ParsedCaseSensitivity::AsciiCaseInsensitive }
}

fn unsupported(what: &str, help: &str) -> SelectorError {
    SelectorError { message: format!("{what} is not supported"), help: help.to_owned(), offset: 0 }
}

fn later(what: &str) -> SelectorError {
    SelectorError {
        message: format!("{what} asks for what comes later on the page, which a single pass cannot know"),
        help: "select the element by what stands before it, or decide by its text, by `has` or by `unless_has`".to_owned(),
        offset: 0,
    }
}

fn explain(source: &str, error: &ParseError<'_, SelectorParseErrorKind<'_>>) -> SelectorError {
    let column = error.location.column.saturating_sub(1) as usize;
    // The parser counts columns in UTF-16 units.
    let mut units = 0;
    let offset = source.char_indices().find(|(_, c)| {
        let here = units >= column;
        units += c.len_utf16();
        here
    });
    let mut offset = offset.map_or(source.len(), |(at, _)| at);
    let (message, help) = match &error.kind {
        ParseErrorKind::Custom(SelectorParseErrorKind::UnsupportedPseudoClassOrElement(name)) => {
            let name = name.to_ascii_lowercase();
            // The parser points at the name; the mistake begins at its colon.
            offset = source[..offset].rfind(':').unwrap_or(offset);
            offset -= usize::from(source[..offset].ends_with(':'));
            match name.as_str() {
                "has" | "last-child" | "nth-last-child" | "only-child" | "last-of-type" | "nth-last-of-type" | "only-of-type"
                | "empty" => {
                    let known = later(&format!(":{name}"));
                    (known.message, known.help)
                }
                "hover" | "active" | "focus" | "focus-within" | "focus-visible" | "visited" | "link" | "target" | "checked"
                | "disabled" | "enabled" | "any-link" => (
                    format!(":{name} is a state of a browser, which a page's bytes do not have"),
                    "select by an attribute instead, for instance [checked] or [disabled]".to_owned(),
                ),
                _ => (
                    format!(":{name} is not known"),
                    "known are :not, :is, :where, :root, :first-child, :nth-child, :first-of-type and :nth-of-type".to_owned(),
                ),
            }
        }
        ParseErrorKind::Custom(SelectorParseErrorKind::ExpectedNamespace(_)) => {
            ("a namespace is not supported".to_owned(), "leave out what stands before the `|`".to_owned())
        }
        // The tokenizer takes `.1` for a number, so what was meant for a name leaves the selector empty.
        ParseErrorKind::Custom(SelectorParseErrorKind::EmptySelector) if source[offset..].trim_start().starts_with('.') => (
            "a class name cannot begin like this".to_owned(),
            "escape a first digit as in `.\\31 23`, or use [class~=\"123\"]".to_owned(),
        ),
        ParseErrorKind::Custom(SelectorParseErrorKind::EmptySelector) => {
            ("an empty selector in the list".to_owned(), "take out the comma that has nothing beside it".to_owned())
        }
        ParseErrorKind::Custom(SelectorParseErrorKind::DanglingCombinator) => {
            ("a combinator with nothing beside it".to_owned(), "write a selector on both sides of `>`, `+` or `~`".to_owned())
        }
        ParseErrorKind::Custom(SelectorParseErrorKind::ClassNeedsIdent(_)) => (
            "a class name cannot begin like this".to_owned(),
            "escape a first digit as in `.\\31 23`, or use [class~=\"123\"]".to_owned(),
        ),
        _ => (
            "this is not a selector".to_owned(),
            "check brackets, quotes and the characters `.`, `#`, `[`; values with odd characters need quotes".to_owned(),
        ),
    };
    SelectorError { message, help, offset }
}

/// The grammar we accept, for the `selectors` crate.
struct Grammar;

impl<'i> css::Parser<'i> for Grammar {
    type Impl = Css;
    type Error = SelectorParseErrorKind<'i>;

    fn parse_is_and_where(&self) -> bool {
        true
    }

    fn parse_non_ts_pseudo_class(
        &self,
        location: SourceLocation,
        name: CowRcStr<'i>,
    ) -> Result<State, ParseError<'i, Self::Error>> {
        Err(location.new_custom_error(SelectorParseErrorKind::UnsupportedPseudoClassOrElement(name)))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Css;

impl SelectorImpl for Css {
    type ExtraMatchingData<'a> = ();
    type AttrValue = Word;
    type Identifier = Word;
    type LocalName = Word;
    type NamespaceUrl = Word;
    type NamespacePrefix = Word;
    type BorrowedNamespaceUrl = str;
    type BorrowedLocalName = str;
    type NonTSPseudoClass = State;
    type PseudoElement = Pseudo;
}

/// A string, as the crate wants strings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Word(Box<str>);

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl ToCss for Word {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        cssparser::serialize_identifier(&self.0, out)
    }
}

impl precomputed_hash::PrecomputedHash for Word {
    fn precomputed_hash(&self) -> u32 {
        // Only the crate's own matching would use it, and that is not used here.
        self.0.len() as u32
    }
}

/// A pseudo-class that depends on a browser's state: there is none that we know.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {}

impl ToCss for State {
    fn to_css<W: fmt::Write>(&self, _: &mut W) -> fmt::Result {
        match *self {}
    }
}

impl css::NonTSPseudoClass for State {
    type Impl = Css;

    fn is_active_or_hover(&self) -> bool {
        match *self {}
    }

    fn is_user_action_state(&self) -> bool {
        match *self {}
    }
}

/// A pseudo-element: there is none that we know.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pseudo {}

impl ToCss for Pseudo {
    fn to_css<W: fmt::Write>(&self, _: &mut W) -> fmt::Result {
        match *self {}
    }
}

impl css::PseudoElement for Pseudo {
    type Impl = Css;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    #[test]
    fn what_a_single_pass_can_decide_is_read() {
        for source in [
            "p",
            "*",
            "#id",
            ".a.b",
            "DIV.Case",
            "[data-x]",
            "[data-x=reader-appeal]",
            "[a~='b' i]",
            "[a|=b]",
            "[a^=b]",
            "[a$=b]",
            "[a*=b s]",
            "[DATA-Y='Z']",
            "a b",
            "a > b",
            "a + b",
            "a ~ b",
            "a, b c, d",
            "a:not(.b, #c)",
            ":is(a, b > c) d",
            ":where(a) b",
            ":root",
            "li:first-child",
            "li:nth-child(2n+1)",
            "li:nth-child(odd)",
            "p:first-of-type",
            "p:nth-of-type(2n)",
            "article .article__content",
        ] {
            assert!(parse(source).is_ok(), "{source}: {:?}", parse(source));
        }
    }

    #[test]
    fn a_selector_is_taken_apart() {
        let list = parse("ARTICLE > p.Intro#X[Lang='de' i]:nth-child(2n+1)").unwrap();
        let [complex] = list.selectors.as_slice() else { panic!("{list:?}") };
        assert_eq!(complex.combinators, [Combinator::Child]);
        assert_eq!(complex.compounds[0].tag.as_deref(), Some("article"));
        let p = &complex.compounds[1];
        assert_eq!((p.tag.as_deref(), &*p.classes[0], &*p.ids[0]), (Some("p"), "Intro", "X"));
        assert_eq!(p.nth, [(2, 1)]);
        assert_eq!(
            p.attributes[0],
            Attribute { name: "lang".into(), test: AttributeTest::Equals("de".into()), ignore_case: true }
        );
    }

    #[test]
    fn what_an_element_holds_may_be_asked_of_a_level() {
        for (source, levels) in [("a", 0), ("a > b", 0), ("> a", 1), (">a.b", 1), ("> a > b", 2), ("> * > * > b", 3)] {
            assert_eq!(parse_inside(source).map(|list| list.levels), Ok(levels), "{source}");
        }
    }

    #[test]
    fn the_rest_is_refused_with_a_reason_and_a_mend() {
        for (source, message, help, offset) in [
            ("", "empty", "leave the entry out", 0),
            ("a, , b", "empty selector", "comma", 3),
            ("a >", "combinator", "both sides", 3),
            ("p:has(img)", "later on the page", "unless_has", 1),
            ("p:last-child", "later on the page", "stands before", 0),
            ("p:only-child", "later on the page", "stands before", 0),
            ("p:nth-last-child(2)", "later on the page", "stands before", 0),
            ("p:empty", "later on the page", "text", 0),
            ("p:last-of-type", "later on the page", "stands before", 0),
            ("a:hover", "state of a browser", "attribute", 1),
            ("a:frobnicate", "not known", ":not", 1),
            ("p::before", "not known", ":not", 1),
            ("svg|a", "namespace", "leave", 3),
            (".1a", "class name", "escape", 0),
            ("div[", "not a selector", "brackets", 4),
            ("&", "", "", 0),
        ] {
            let error = parse(source).expect_err(source);
            assert!(error.message.contains(message), "{source}: {error:?}");
            assert!(error.help.contains(help), "{source}: {error:?}");
            assert!(error.offset.abs_diff(offset) <= usize::from(offset > 1), "{source}: {error:?}");
        }
        for (source, message) in
            [("> a, b", "a list"), ("> a b", "only `>`"), ("> a ~ b", "only `>`"), (">", "empty"), ("> > a", "")]
        {
            let error = parse_inside(source).expect_err(source);
            assert!(error.message.contains(message), "{source}: {error:?}");
        }
        assert!(parse(&":not(".repeat(100_000)).is_err());
        assert!(parse(&"a ".repeat(100_000)).is_err());
    }
}
