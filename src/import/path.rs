//! From an XPath to what one pass over a page can decide.
//!
//! A step becomes a compound of a CSS selector, an axis a combinator. What a predicate asks is [`super::predicate`]'s. What would have to
//! be known before it has gone by (a sibling that follows) is refused, with the reason as a report shows it. It must not
//! know rule files.

use super::predicate::conditions;
use super::target::{Target, Text};
use super::values::attribute_is;
use super::xpath::{Axis, Expr, Path, Step, Test, parse};

/// Where the path ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Element,
    Attribute(String),
    Text,
}

pub(super) type Reason = String;

/// More than so many ways to be true are no selector that a person would read.
pub(super) const MOST_WAYS: usize = 16;

/// Reads an XPath: the elements it names, in as many ways as it names them. `first_only`: whoever asks takes the first element of the
/// page anyway, so `(...)[1]` says nothing new.
pub(super) fn targets(source: &str, first_only: bool) -> Result<Vec<(Target, End)>, Reason> {
    let expr = parse(source.trim()).map_err(|error| format!("this is no XPath that can be read: {error}"))?;
    of_expr(&expr, first_only)
}

fn of_expr(expr: &Expr, first_only: bool) -> Result<Vec<(Target, End)>, Reason> {
    match expr {
        Expr::Path(path) => walk(Chain::default(), path),
        Expr::Union(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(of_expr(part, first_only)?);
            }
            Ok(all)
        }
        Expr::Filter(inner, predicates, steps) if steps.is_empty() => match predicates.as_slice() {
            [Expr::Number(1)] if first_only => of_expr(inner, first_only),
            [] => of_expr(inner, first_only),
            _ => refuse("asks for a number within the whole page, `(...)[n]`"),
        },
        Expr::Filter(inner, predicates, steps) if predicates.is_empty() => {
            let mut all = Vec::new();
            for path in joined(inner, steps)? {
                all.extend(walk(Chain::default(), &path)?);
            }
            Ok(all)
        }
        Expr::Filter(..) => refuse("asks for a number within the whole page, `(...)[n]`"),
        Expr::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("string" | "normalize-space", [inner]) => of_expr(inner, true),
            ("id", [Expr::Text(id)]) => Ok(vec![(Target::of(attribute_is("id", id)), End::Element)]),
            ("substring-after" | "substring-before" | "substring" | "concat" | "translate", _) => {
                refuse("cuts a piece out of a text")
            }
            _ => refuse(&format!("calls `{name}()`")),
        },
        _ => refuse("names no element"),
    }
}

/// `(a | b)/c` as `a/c` and `b/c`.
fn joined(inner: &Expr, steps: &[Step]) -> Result<Vec<Path>, Reason> {
    match inner {
        Expr::Path(path) => {
            let mut path = path.clone();
            path.steps.extend_from_slice(steps);
            Ok(vec![path])
        }
        Expr::Union(parts) => Ok(parts.iter().map(|part| joined(part, steps)).collect::<Result<Vec<_>, _>>()?.concat()),
        _ => refuse("asks for a number within the whole page, `(...)[n]`"),
    }
}

pub(super) fn refuse<T>(reason: &str) -> Result<T, Reason> {
    Err(reason.to_owned())
}

/// An element that a path has come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    /// The compounds before it, with the combinator behind the last.
    pub(super) before: String,
    pub(super) tag: String,
    /// What else its tag must be.
    pub(super) css: String,
    pub(super) extra: Cond,
}

/// A condition, of parts that must all be true.
#[derive(Clone, Debug, Default)]
pub(super) struct Cond {
    pub(super) css: String,
    pub(super) has: Vec<String>,
    pub(super) unless: Vec<String>,
    pub(super) text: Text,
    /// Only what stands in the element itself counts as its text, not what its elements say.
    pub(super) own_text: bool,
}

impl Cond {
    pub(super) fn css(css: impl Into<String>) -> Self {
        Self { css: css.into(), ..Self::default() }
    }

    pub(super) fn is_css(&self) -> bool {
        self.has.is_empty() && self.unless.is_empty() && self.text.is_empty()
    }

    pub(super) fn and(mut self, other: Self) -> Result<Self, Reason> {
        self.css.push_str(&other.css);
        if !self.has.is_empty() && !other.has.is_empty() {
            return refuse("asks for two things that the element must hold");
        }
        self.has.extend(other.has);
        self.unless.extend(other.unless);
        self.text = self.text.and(other.text).ok_or("asks for two lists of texts")?;
        self.own_text |= other.own_text;
        Ok(self)
    }
}

impl Chain {
    pub(super) fn selector(&self) -> String {
        let name = if self.css.is_empty() { self.name() } else { &self.tag };
        format!("{}{name}{}", self.before, self.css)
    }

    pub(super) fn name(&self) -> &str {
        if self.tag.is_empty() { "*" } else { &self.tag }
    }

    /// Goes on to another element by a combinator.
    fn step(&self, combinator: &str, tag: &str) -> Result<Self, Reason> {
        if !(self.extra.is_css()) {
            return refuse("asks for the content of an element before it knows what the element holds");
        }
        let before = if self.is_start() { String::new() } else { format!("{}{combinator}", self.selector()) };
        Ok(Self { before, tag: tag.to_owned(), ..Self::default() })
    }

    /// The document, before any step.
    fn is_start(&self) -> bool {
        self.before.is_empty() && self.tag.is_empty() && self.css.is_empty()
    }

    fn target(self) -> Target {
        let lines = LINES.contains(&self.name());
        let select = vec![self.selector()];
        let Cond { has, unless, text, own_text, .. } = self.extra;
        let mut target = Target { select, has, unless_has: unless, text, max_chars: None };
        if own_text && !lines {
            // The text is the element's own: an element that only holds another with the text is not meant.
            target.unless_has.extend(BLOCKS.map(str::to_owned));
        }
        target
    }
}

/// Elements that hold a line of text and no block.
const LINES: [&str; 13] = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "a", "b", "strong", "em", "button", "label"];
/// What an element has that holds blocks.
const BLOCKS: [&str; 8] = ["p", "div", "section", "article", "ul", "ol", "table", "blockquote"];

/// Walks a path from a chain on.
pub(super) fn walk(start: Chain, path: &Path) -> Result<Vec<(Target, End)>, Reason> {
    let mut chains = vec![start];
    let mut deep = false;
    for (at, step) in path.steps.iter().enumerate() {
        let last = at + 1 == path.steps.len();
        if step.axis == Axis::DescendantOrSelf && step.test == Test::Node && step.predicates.is_empty() {
            if last {
                return refuse("names every node");
            }
            deep = true;
            continue;
        }
        if step.axis == Axis::Attribute || step.test == Test::Text {
            if !last {
                return refuse("goes on behind a text or an attribute");
            }
            let end = match (&step.axis, &step.test) {
                (Axis::Attribute, Test::Name(name)) => End::Attribute(name.to_ascii_lowercase()),
                (Axis::Attribute, _) => return refuse("names every attribute"),
                _ => End::Text,
            };
            let chains = if deep && chains.len() == 1 && chains[0].is_start() {
                vec![Chain { css: named_attribute(step)?, ..Chain::default() }]
            } else if deep && step.axis == Axis::Attribute {
                // The element's own attribute, or one of an element in it.
                let within = chains.iter().map(|chain| chain.step(" ", "")).collect::<Result<Vec<_>, _>>()?;
                let having = |chain: Chain| Ok(Chain { css: format!("{}{}", chain.css, named_attribute(step)?), ..chain });
                chains.into_iter().chain(within).map(having).collect::<Result<Vec<_>, Reason>>()?
            } else {
                chains
            };
            return Ok(chains.into_iter().map(|chain| (chain.target(), end.clone())).collect());
        }
        let mut next = Vec::new();
        for chain in &chains {
            next.extend(one_step(chain, step, deep, path.absolute && at == 0)?);
        }
        if next.len() > MOST_WAYS {
            return refuse("can be true in too many ways");
        }
        chains = next;
        deep = false;
    }
    if chains.iter().any(Chain::is_start) {
        return refuse("names the whole page");
    }
    Ok(chains.into_iter().map(|chain| (chain.target(), End::Element)).collect())
}

/// `//@name`: whatever has the attribute.
fn named_attribute(step: &Step) -> Result<String, Reason> {
    match (&step.axis, &step.test) {
        (Axis::Attribute, Test::Name(name)) => Ok(format!("[{}]", name.to_ascii_lowercase())),
        _ => refuse("names every text of the page"),
    }
}

fn one_step(chain: &Chain, step: &Step, deep: bool, from_root: bool) -> Result<Vec<Chain>, Reason> {
    let tag = match &step.test {
        Test::Name(name) => name.to_ascii_lowercase(),
        Test::Any | Test::Node => String::new(),
        Test::Text | Test::Comment => return refuse("names comments or texts, which are no elements"),
    };
    let mut next = match step.axis {
        Axis::Child if deep => chain.step(" ", &tag)?,
        Axis::Child if from_root => Chain { tag, css: ":root".to_owned(), ..Chain::default() },
        Axis::Child => chain.step(" > ", &tag)?,
        Axis::Descendant => chain.step(" ", &tag)?,
        Axis::DescendantOrSelf if deep || chain.is_start() => chain.step(" ", &tag)?,
        Axis::Itself if !deep => {
            let mut same = chain.clone();
            if !tag.is_empty() && !same.tag.is_empty() && same.tag != tag {
                return refuse("can never be true");
            }
            same.tag = if tag.is_empty() { same.tag } else { tag };
            same
        }
        Axis::FollowingSibling if !deep => return following(chain, step, &tag),
        Axis::Parent | Axis::Ancestor | Axis::AncestorOrSelf if !deep => return outward(chain, step, tag),
        Axis::PrecedingSibling | Axis::Preceding => return refuse("takes what stands before, once what comes later is known"),
        _ => return refuse("takes an axis that no selector has"),
    };
    let mut chains = vec![std::mem::take(&mut next)];
    for predicate in &step.predicates {
        chains = narrowed(chains, predicate)?;
    }
    Ok(chains)
}

/// `following-sibling::x`, the next of all with `*[1]`.
fn following(chain: &Chain, step: &Step, tag: &str) -> Result<Vec<Chain>, Reason> {
    let (next_only, rest) = match step.predicates.as_slice() {
        [Expr::Number(1), rest @ ..] if tag.is_empty() => (true, rest),
        rest => (false, rest),
    };
    let mut chains = vec![chain.step(if next_only { " + " } else { " ~ " }, tag)?];
    for predicate in rest {
        if matches!(predicate, Expr::Number(_)) || is_position(predicate) {
            return refuse("counts the elements that follow another");
        }
        chains = narrowed(chains, predicate)?;
    }
    Ok(chains)
}

/// So many elements may stand between an element and the nearest one around it that is asked for.
const MOST_BETWEEN: usize = 7;

/// `a/..`, `a/ancestor::div`, `a/ancestor::div[1]`: the element that holds what was named so far.
fn outward(chain: &Chain, step: &Step, tag: String) -> Result<Vec<Chain>, Reason> {
    if !chain.extra.is_css() {
        return around_holder(chain, step, tag);
    }
    if chain.is_start() {
        return refuse("names the whole page");
    }
    // What stands around a child stays a condition on the child.
    let child = if chain.before.is_empty() { chain.selector() } else { format!("{}:is({})", chain.name(), chain.selector()) };
    let counts = step.axis != Axis::Parent && step.predicates.iter().any(|p| matches!(p, Expr::Number(_)) || is_position(p));
    let inner = match step.axis {
        Axis::Parent => vec![format!("> {child}")],
        Axis::Ancestor if counts && step.predicates == [Expr::Number(1)] && !tag.is_empty() => {
            // The nearest: no other such element stands between.
            (0..=MOST_BETWEEN).map(|between| format!("> {}{child}", format!(":not({tag}) > ").repeat(between))).collect()
        }
        _ if counts => return refuse("counts the elements around another"),
        _ => vec![chain.selector()],
    };
    let css = if tag.is_empty() { ":not(html, body)".to_owned() } else { String::new() };
    let mut chains = vec![Chain { tag, css, ..Chain::default() }];
    for predicate in &step.predicates {
        // A parent is the only one, so it is the first.
        if *predicate != Expr::Number(1) {
            chains = narrowed(chains, predicate)?;
        }
    }
    chains
        .into_iter()
        .map(|mut outer| {
            outer.extra = outer.extra.clone().and(Cond { has: inner.clone(), ..Cond::default() })?;
            Ok(outer)
        })
        .collect()
}

/// `a/../..`: the parent of an element that is known by a child of its own.
fn around_holder(chain: &Chain, step: &Step, tag: String) -> Result<Vec<Chain>, Reason> {
    let Cond { has, unless, text, .. } = &chain.extra;
    let by_child = chain.before.is_empty() && unless.is_empty() && text.is_empty() && has.iter().all(|has| has.starts_with("> "));
    if !by_child || step.axis != Axis::Parent || !step.predicates.iter().all(|predicate| *predicate == Expr::Number(1)) {
        return refuse("goes outward from an element that is known by its content");
    }
    let has = has.iter().map(|has| format!("> {} {has}", chain.selector())).collect();
    let css = if tag.is_empty() { ":not(html, body)".to_owned() } else { String::new() };
    Ok(vec![Chain { tag, css, extra: Cond { has, ..Cond::default() }, ..Chain::default() }])
}

fn is_position(expr: &Expr) -> bool {
    match expr {
        Expr::Call(name, _) => matches!(name.as_str(), "position" | "last"),
        Expr::Compare(left, _, right) => is_position(left) || is_position(right),
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(is_position),
        _ => false,
    }
}

/// The chains for which a predicate is true.
fn narrowed(chains: Vec<Chain>, predicate: &Expr) -> Result<Vec<Chain>, Reason> {
    let mut narrowed = Vec::new();
    for chain in chains {
        for cond in conditions(predicate, &chain)? {
            let mut next = chain.clone();
            next.css.push_str(&cond.css);
            next.extra = next.extra.and(Cond { css: String::new(), ..cond })?;
            narrowed.push(next);
        }
    }
    Ok(narrowed)
}
