//! Values of an element in an XPath, compared with a text: attributes, lists of class names, what it says.
//!
//! It knows the idioms by which people ask for a class or a text. It must not know where the element stands.

use super::path::{Cond, Reason, refuse};
use super::predicate::inside;
use super::target::{Text, is_plain_name, quoted};
use super::xpath::{Axis, Expr, Path, Step, Test};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Contains,
    Starts,
    Ends,
    Equals,
}

/// `contains(@class, 'x')`, `.='x'` and the like.
pub(super) fn test(what: &Expr, kind: Kind, text: &str) -> Result<Cond, Reason> {
    if text.is_empty() && kind != Kind::Equals {
        return Ok(Cond::default()); // true of every text
    }
    if let Some((name, padded)) = class_words(what) {
        return words(&name, padded, kind, text);
    }
    if let Some(name) = attribute(what)? {
        return Ok(Cond::css(attribute_test(&name, kind, text, "")));
    }
    if let Expr::Call(name, arguments) = what
        && name == "translate"
        && let [inner, Expr::Text(from), Expr::Text(to)] = arguments.as_slice()
        && from.to_lowercase() == to.to_lowercase()
    {
        return match attribute(inner)? {
            Some(name) => Ok(Cond::css(attribute_test(&name, kind, text, " i"))),
            None => test(inner, kind, text),
        };
    }
    if let Expr::Path(path) = what
        && let Some((Step { axis: Axis::Attribute, test: Test::Name(name), .. }, before)) = path.steps.split_last()
        && !before.is_empty()
        && !path.absolute
    {
        let itself = |step: &&Step| step.axis == Axis::Itself && step.test == Test::Node && step.predicates.is_empty();
        let before = if before.first().filter(itself).is_some() { &before[1..] } else { before };
        let css = attribute_test(&name.to_ascii_lowercase(), kind, text, "");
        let has = inside(before)?.into_iter().map(|element| format!("{element}{css}")).collect();
        return Ok(Cond { has, ..Cond::default() });
    }
    let own_text = own_text(what)?;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let pattern = regex::escape(&crate::text::fold(&words));
    let text = match kind {
        Kind::Contains => Text { any: vec![words], ..Text::default() },
        Kind::Starts => Text { regex: Some(format!("^{pattern}")), ..Text::default() },
        Kind::Ends => Text { regex: Some(format!("{pattern}$")), ..Text::default() },
        Kind::Equals => Text { regex: Some(format!("^{pattern}$")), ..Text::default() },
    };
    Ok(Cond { text, own_text, ..Cond::default() })
}

/// `@name`, `normalize-space(@name)`, `string(@name)`.
pub(super) fn attribute(expr: &Expr) -> Result<Option<String>, Reason> {
    match expr {
        Expr::Path(Path { absolute: false, steps }) => match steps.as_slice() {
            [Step { axis: Axis::Attribute, test: Test::Name(name), .. }] => Ok(Some(name.to_ascii_lowercase())),
            [Step { axis: Axis::Attribute, .. }] => refuse("names every attribute"),
            _ => Ok(None),
        },
        Expr::Call(name, arguments) if matches!(name.as_str(), "normalize-space" | "string") => match arguments.as_slice() {
            [inner] => attribute(inner),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// `concat(' ', @class, ' ')`: the attribute, and whether a space was put before and behind.
fn class_words(expr: &Expr) -> Option<(String, (bool, bool))> {
    let Expr::Call(name, arguments) = expr else { return None };
    if matches!(name.as_str(), "normalize-space") && arguments.len() == 1 {
        return class_words(&arguments[0]);
    }
    if name != "concat" {
        return None;
    }
    let space = |expr: &Expr| matches!(expr, Expr::Text(text) if text == " ");
    let (inner, padded) = match arguments.as_slice() {
        [before, inner, behind] if space(before) && space(behind) => (inner, (true, true)),
        [before, inner] if space(before) => (inner, (true, false)),
        [inner, behind] if space(behind) => (inner, (false, true)),
        _ => return None,
    };
    attribute(inner).ok().flatten().map(|name| (name, padded))
}

/// A test on an attribute's words, with a space before and behind them all.
fn words(name: &str, padded: (bool, bool), kind: Kind, text: &str) -> Result<Cond, Reason> {
    let starts = text.starts_with(' ') && padded.0;
    let ends = text.ends_with(' ') && padded.1;
    let word = text.trim();
    if kind != Kind::Contains || word.is_empty() || word.contains(char::is_whitespace) && (starts || ends) {
        return refuse("compares a list of words as a whole");
    }
    let attribute = |kind, text: &str| attribute_test(name, kind, text, "");
    Ok(Cond::css(match (starts, ends) {
        (true, true) if name == "class" && is_plain_name(word) => format!(".{word}"),
        (true, true) => format!("[{name}~={}]", quoted(word)),
        (true, false) => format!(":is({}, {})", attribute(Kind::Starts, word), attribute(Kind::Contains, &format!(" {word}"))),
        (false, true) => format!(":is({}, {})", attribute(Kind::Ends, word), attribute(Kind::Contains, &format!("{word} "))),
        (false, false) => attribute(Kind::Contains, text),
    }))
}

fn attribute_test(name: &str, kind: Kind, text: &str, case: &str) -> String {
    let sign = match kind {
        Kind::Equals if case.is_empty() => return attribute_is(name, text),
        Kind::Equals => "=",
        Kind::Contains => "*=",
        Kind::Starts => "^=",
        Kind::Ends => "$=",
    };
    format!("[{name}{sign}{}{case}]", quoted(text))
}

pub(super) fn attribute_is(name: &str, text: &str) -> String {
    if name == "id" && is_plain_name(text) { format!("#{text}") } else { format!("[{name}={}]", quoted(text)) }
}

/// Is this the element's text, and is it only what stands in the element itself?
fn own_text(expr: &Expr) -> Result<bool, Reason> {
    match expr {
        Expr::Path(Path { absolute: false, steps }) => match steps.as_slice() {
            [Step { axis: Axis::Itself, test: Test::Node, predicates }] if predicates.is_empty() => Ok(false),
            [Step { axis: Axis::Child, test: Test::Text, .. }] => Ok(true),
            [Step { axis: Axis::DescendantOrSelf, .. }, Step { axis: Axis::Child, test: Test::Text, .. }]
            | [Step { axis: Axis::Descendant, test: Test::Text, .. }]
            | [
                Step { axis: Axis::Itself, .. },
                Step { axis: Axis::DescendantOrSelf, .. },
                Step { axis: Axis::Child, test: Test::Text, .. },
            ] => Ok(false),
            _ => refuse("asks for the text or the content of an element inside or around"),
        },
        Expr::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("string" | "normalize-space" | "text", []) => Ok(false),
            ("string" | "normalize-space", [inner]) => own_text(inner),
            _ => refuse(&format!("calls `{name}()`")),
        },
        _ => refuse("compares two things on the page"),
    }
}
