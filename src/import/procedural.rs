//! Selectors of filter lists: CSS with operators that no style sheet has (`:has-text()`, `:upward()`, `:remove()`).
//!
//! A selector is cut at its operators; what stands before them names the element, and each says what it must hold. The cut heeds
//! brackets and quotes and nothing else of CSS: whether the rest is a selector is for the selector parser to say. It must not
//! know hosts or lists.

use super::path::{self, End, refuse};
use super::target::{Target, Text, is_plain_name};

/// Reads a selector with its operators.
pub(super) fn targets(selector: &str) -> Result<Vec<Target>, String> {
    let selector = without_style(selector.trim())?;
    if let Some(xpath) = selector.strip_prefix(":xpath(").and_then(|rest| rest.strip_suffix(')')) {
        let found = path::targets(unquoted(xpath), false)?;
        if found.iter().any(|(_, end)| *end != End::Element) {
            return refuse("takes an attribute or a bare text");
        }
        return Ok(Target::merged(found.into_iter().map(|(target, _)| target).collect()));
    }
    if operator(selector).is_none() {
        return Ok(vec![Target::of(selector.to_owned())]);
    }
    let parts: Result<Vec<_>, _> = split(selector, ',').into_iter().map(|part| one(part.trim())).collect();
    Ok(Target::merged(parts?))
}

/// `selector { remove: true; }` hides like a plain selector; another style changes how an element looks.
fn without_style(selector: &str) -> Result<&str, String> {
    let Some((before, style)) = selector.strip_suffix('}').and_then(|rest| rest.rsplit_once('{')) else { return Ok(selector) };
    let style: String = style.to_ascii_lowercase().split_whitespace().collect();
    match style.trim_end_matches(';') {
        "remove:true" | "display:none" | "display:none!important" => Ok(before.trim_end()),
        _ => refuse("changes how an element looks"),
    }
}

/// One selector of the list.
fn one(selector: &str) -> Result<Target, String> {
    let mut css = String::new();
    let mut target = Target::default();
    let mut rest = selector;
    let mut outward: Option<String> = None;
    while !rest.is_empty() {
        let Some(found) = operator(rest) else {
            css.push_str(rest);
            break;
        };
        css.push_str(&rest[..found.start]);
        let argument = unquoted(found.argument.trim());
        if outward.is_some() {
            return refuse("goes on behind `:upward()`");
        }
        match found.name {
            "has" | "-abp-has" | "if" => {
                if !target.has.is_empty() {
                    return refuse("asks for two things that the element must hold");
                }
                target.has = inside(argument)?;
            }
            "if-not" => target.unless_has.extend(inside(argument)?),
            "not" => match operator(argument).filter(|inner| inner.start == 0 && inner.end == argument.len()) {
                Some(inner) if matches!(inner.name, "has" | "-abp-has") => target.unless_has.extend(inside(inner.argument)?),
                _ => return refuse("says by an operator what an element must not be"),
            },
            "has-text" | "contains" | "-abp-contains" => {
                target.text = target.text.and(text(argument)?).ok_or("asks for two lists of texts")?;
            }
            "min-text-length" => {
                let least: u32 = argument.parse().map_err(|_| "has a length that is no number".to_owned())?;
                let more = Text { regex: Some(format!("(?s-u).{{{least}}}")), ..Text::default() };
                target.text = target.text.and(more).ok_or("asks for two lists of texts")?;
            }
            "upward" | "nth-ancestor" => outward = Some(argument.to_owned()),
            "remove" if argument.is_empty() => {}
            "style" => return refuse("changes how an element looks"),
            "xpath" => return refuse("goes on by XPath from what a selector names"),
            "matches-path" => return refuse("asks for the path of the address"),
            name if name.starts_with("matches-") || name == "-abp-properties" || name == "watch-attr" => {
                return refuse("asks for what only a browser knows (`:matches-css()`, `:-abp-properties()` and their kin)");
            }
            name => return refuse(&format!("has an operator that is not known: `:{name}()`")),
        }
        rest = &rest[found.end..];
        // What follows an operator may say more of the same element, but not go on to another.
        if rest.starts_with([' ', '>', '+', '~']) {
            return refuse("asks for the content of an element before it knows what the element holds");
        }
        if rest.starts_with(|c: char| c.is_alphanumeric() || c == '*') {
            return refuse("goes on behind an operator with a name");
        }
    }
    let css = css.trim();
    let css = if css.is_empty() { "*" } else { css };
    if let Some(outward) = outward {
        return upward(css, target, &outward);
    }
    target.select = vec![css.to_owned()];
    Ok(target)
}

/// `:upward(2)`, `:upward(.card)`: an element around what was named.
fn upward(css: &str, target: Target, outward: &str) -> Result<Target, String> {
    if !target.is_markup() {
        return refuse("goes outward from an element that is known by its content");
    }
    if let Ok(levels) = outward.parse::<usize>() {
        if !(1..=8).contains(&levels) || !is_compound(css) {
            return refuse("goes outward from an element that is known by what stands around it");
        }
        let has = format!("{}> {css}", "> * ".repeat(levels - 1));
        return Ok(Target { select: vec![":not(html, body)".to_owned()], has: vec![has], ..Target::default() });
    }
    if is_plain_name(outward) {
        return refuse("takes the nearest of elements that stand in each other");
    }
    Ok(Target { select: vec![outward.to_owned()], has: vec![css.to_owned()], ..Target::default() })
}

/// The selectors of `:has(...)`, as `has` writes them.
fn inside(argument: &str) -> Result<Vec<String>, String> {
    let mut has = Vec::new();
    for part in split(argument, ',') {
        let part = part.trim();
        if part.starts_with(['+', '~']) {
            return refuse("asks for what follows the element");
        }
        if operator(part).is_some() {
            return refuse("asks for the text or the content of an element inside");
        }
        has.push(part.strip_prefix(":scope").map_or(part, str::trim_start).to_owned());
    }
    Ok(has)
}

/// The argument of `:has-text()`: a text, or a regex between slashes.
fn text(argument: &str) -> Result<Text, String> {
    let regex = argument.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    match regex.filter(|(_, flags)| flags.chars().all(|c| c.is_ascii_alphabetic())) {
        None => Ok(Text { any: vec![argument.to_owned()], ..Text::default() }),
        Some((regex, _)) => {
            // Words with `|` between are phrases, which are found sooner.
            let words: Vec<&str> = regex.split('|').collect();
            let plain = |word: &&str| {
                word.trim().chars().count() > 2 && word.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | ':' | '-' | ','))
            };
            if words.iter().all(plain) {
                return Ok(Text { any: words.into_iter().map(str::to_owned).collect(), ..Text::default() });
            }
            Ok(Text { regex: Some(regex.replace("\\/", "/")), ..Text::default() })
        }
    }
}

fn unquoted(argument: &str) -> &str {
    for quote in ['"', '\''] {
        let inner = argument.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner.filter(|inner| !inner.contains(quote)) {
            return inner;
        }
    }
    argument
}

/// One compound, without combinators?
fn is_compound(css: &str) -> bool {
    [' ', '>', '+', '~', ','].iter().all(|sign| split(css, *sign).len() == 1)
}

/// An operator that is no CSS which every selector may have.
struct Operator<'a> {
    name: &'a str,
    argument: &'a str,
    start: usize,
    end: usize,
}

/// The pseudo-classes with an argument that the selector parser knows, or refuses with a reason of its own.
const CSS: [&str; 9] =
    ["is", "where", "nth-child", "nth-of-type", "nth-last-child", "nth-last-of-type", "lang", "dir", "matches"];

/// The first operator at the top of a selector, not one inside brackets.
fn operator(selector: &str) -> Option<Operator<'_>> {
    let mut at = 0;
    while let Some((start, depth)) = next_colon(selector, at) {
        at = start + 1;
        let rest = &selector[start + 1..];
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        let name = &rest[..length];
        if depth > 0 || !rest[length..].starts_with('(') {
            continue;
        }
        let open = start + 1 + length;
        let close = closing(selector, open, name);
        let argument = selector.get(open + 1..close).unwrap_or_default();
        at = close;
        if !CSS.contains(&name) && (name != "not" || operator(argument).is_some()) {
            return Some(Operator { name, argument, start, end: (close + 1).min(selector.len()) });
        }
    }
    None
}

/// The next colon outside quotes and square brackets, and how many round brackets are open there.
fn next_colon(selector: &str, from: usize) -> Option<(usize, u32)> {
    let mut walk = Walk::new(&selector[from..]);
    walk.find(|(_, c, walk)| *c == ':' && walk.square == 0).map(|(at, _, walk)| (from + at, walk.round))
}

/// Where the bracket that opens at `open` closes. A text is taken as it stands, so there only brackets count.
fn closing(selector: &str, open: usize, name: &str) -> usize {
    let literal = matches!(name, "has-text" | "contains" | "-abp-contains");
    let mut depth = 0_u32;
    let inside = &selector[open..];
    if literal {
        let mut escaped = false;
        for (at, c) in inside.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '(' => depth += 1,
                ')' => {
                    depth -= 1;
                    if depth == 0 {
                        return open + at;
                    }
                }
                _ => {}
            }
        }
        return selector.len();
    }
    Walk::new(inside).find(|(_, c, walk)| *c == ')' && walk.round == 0).map_or(selector.len(), |(at, ..)| open + at)
}

/// A selector cut at a sign outside brackets and quotes.
fn split(selector: &str, sign: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, c, walk) in Walk::new(selector) {
        if c == sign && walk.round == 0 && walk.square == 0 {
            parts.push(&selector[from..at]);
            from = at + c.len_utf8();
        }
    }
    parts.push(&selector[from..]);
    parts
}

/// The characters outside quotes, with the brackets that are open behind them.
#[derive(Clone, Copy)]
struct Walk<'a> {
    rest: &'a str,
    at: usize,
    round: u32,
    square: u32,
    quote: Option<char>,
}

impl<'a> Walk<'a> {
    fn new(rest: &'a str) -> Self {
        Self { rest, at: 0, round: 0, square: 0, quote: None }
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = (usize, char, Walk<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let c = self.rest.chars().next()?;
            let at = self.at;
            let mut length = c.len_utf8();
            if c == '\\' {
                length += self.rest[length..].chars().next().map_or(0, char::len_utf8);
            }
            self.rest = &self.rest[length..];
            self.at += length;
            match (c, self.quote) {
                (_, Some(quote)) => {
                    if c == quote {
                        self.quote = None;
                    }
                    continue;
                }
                ('"' | '\'', None) => {
                    self.quote = Some(c);
                    continue;
                }
                ('(', None) => self.round += 1,
                (')', None) => self.round = self.round.saturating_sub(1),
                ('[', None) => self.square += 1,
                (']', None) => self.square = self.square.saturating_sub(1),
                _ => {}
            }
            return Some((at, c, *self));
        }
    }
}
