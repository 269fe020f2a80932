//! From an XPath to what one pass over a page can decide.
//!
//! A step becomes a compound of a CSS selector, an axis a combinator, a predicate a condition on the element's tag, on what it holds
//! (`has`, `unless_has`) or on its text. What would have to be known before it has gone by (`last()`, a sibling that follows) is
//! refused, with the reason as a report shows it. It must not know rule files.

use super::target::{Target, Text, is_plain_name, quoted};
use super::xpath::{Axis, Expr, Operator, Path, Step, Test, parse};

/// Where the path ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Element,
    Attribute(String),
    Text,
}

pub(super) type Reason = String;

/// More than so many ways to be true are no selector that a person would read.
const MOST_WAYS: usize = 16;

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
struct Chain {
    /// The compounds before it, with the combinator behind the last.
    before: String,
    tag: String,
    /// What else its tag must be.
    css: String,
    extra: Cond,
}

/// A condition, of parts that must all be true.
#[derive(Clone, Debug, Default)]
struct Cond {
    css: String,
    has: Vec<String>,
    unless: Vec<String>,
    text: Text,
    /// Only what stands in the element itself counts as its text, not what its elements say.
    own_text: bool,
}

impl Cond {
    fn css(css: impl Into<String>) -> Self {
        Self { css: css.into(), ..Self::default() }
    }

    fn is_css(&self) -> bool {
        self.has.is_empty() && self.unless.is_empty() && self.text.is_empty()
    }

    fn and(mut self, other: Self) -> Result<Self, Reason> {
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
    fn selector(&self) -> String {
        let name = if self.css.is_empty() { self.name() } else { &self.tag };
        format!("{}{name}{}", self.before, self.css)
    }

    fn name(&self) -> &str {
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
fn walk(start: Chain, path: &Path) -> Result<Vec<(Target, End)>, Reason> {
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

/// `a/..`, `a/ancestor::div`: the element that holds what was named so far.
fn outward(chain: &Chain, step: &Step, tag: String) -> Result<Vec<Chain>, Reason> {
    if !chain.extra.is_css() {
        return refuse("goes outward from an element that is known by its content");
    }
    if chain.is_start() {
        return refuse("names the whole page");
    }
    let inner = match step.axis {
        Axis::Parent if chain.before.is_empty() => format!("> {}", chain.selector()),
        // What stands around the child stays a condition on the child.
        Axis::Parent => format!("> {}:is({})", chain.name(), chain.selector()),
        _ => chain.selector(),
    };
    let nearest = step.axis != Axis::Parent && step.predicates.iter().any(|p| matches!(p, Expr::Number(_)) || is_position(p));
    if nearest {
        return refuse("counts the elements around another");
    }
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
            outer.extra = outer.extra.clone().and(Cond { has: vec![inner.clone()], ..Cond::default() })?;
            Ok(outer)
        })
        .collect()
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

/// The ways in which a predicate can be true of the element at the end of a chain.
fn conditions(expr: &Expr, chain: &Chain) -> Result<Vec<Cond>, Reason> {
    match expr {
        Expr::Or(parts) => {
            let ways = parts.iter().map(|part| conditions(part, chain)).collect::<Result<Vec<_>, _>>()?.concat();
            Ok(joined_ways(ways))
        }
        Expr::And(parts) => {
            let mut ways = vec![Cond::default()];
            for part in parts {
                let more = conditions(part, chain)?;
                let mut next = Vec::new();
                for (way, other) in ways.iter().flat_map(|way| more.iter().map(move |other| (way, other))) {
                    next.push(way.clone().and(other.clone())?);
                }
                ways = next;
            }
            if ways.len() > MOST_WAYS {
                return refuse("can be true in too many ways");
            }
            Ok(ways)
        }
        Expr::Number(n) => position(chain, *n, Operator::Equal).map(only),
        Expr::Compare(left, operator, right) => compare(left, *operator, right, chain).map(only),
        Expr::Call(name, arguments) => call(name, arguments, chain),
        Expr::Path(path) => holds(path),
        Expr::Union(parts) => {
            let ways = parts.iter().map(|part| conditions(part, chain)).collect::<Result<Vec<_>, _>>()?.concat();
            Ok(joined_ways(ways))
        }
        Expr::Filter(inner, predicates, steps) if predicates.is_empty() && steps.is_empty() => conditions(inner, chain),
        Expr::Filter(..) => refuse("asks for a number within the whole page, `(...)[n]`"),
        Expr::Text(_) => refuse("names no element"),
    }
}

fn only(cond: Cond) -> Vec<Cond> {
    vec![cond]
}

/// Ways that differ in one thing only become one way.
fn joined_ways(ways: Vec<Cond>) -> Vec<Cond> {
    if ways.len() < 2 {
        return ways;
    }
    if ways.iter().all(Cond::is_css) {
        let list: Vec<_> = ways.iter().map(|way| way.css.as_str()).collect();
        return only(Cond::css(format!(":is({})", list.join(", "))));
    }
    let bare = |way: &Cond| way.css.is_empty() && way.unless.is_empty();
    if ways.iter().all(|way| bare(way) && way.text.is_empty()) {
        return only(Cond { has: ways.into_iter().flat_map(|way| way.has).collect(), ..Cond::default() });
    }
    let own_text = ways.iter().any(|way| way.own_text);
    if ways.iter().all(|way| bare(way) && way.has.is_empty() && way.text.regex.is_none() && way.text.all.is_empty()) {
        let any = ways.into_iter().flat_map(|way| way.text.any).collect();
        return only(Cond { text: Text { any, ..Text::default() }, own_text, ..Cond::default() });
    }
    ways
}

fn call(name: &str, arguments: &[Expr], chain: &Chain) -> Result<Vec<Cond>, Reason> {
    match (name, arguments) {
        ("not", [inner]) => {
            let mut all = Cond::default();
            for way in conditions(inner, chain)? {
                let denied = match way {
                    way if way.is_css() => Cond::css(format!(":not({})", way.css)),
                    Cond { css, has, unless, text, .. } if css.is_empty() && unless.is_empty() && text.is_empty() => {
                        Cond { unless: has, ..Cond::default() }
                    }
                    Cond { css, has, unless, text, .. }
                        if css.is_empty() && has.is_empty() && text.is_empty() && unless.len() == 1 =>
                    {
                        Cond { has: unless, ..Cond::default() }
                    }
                    _ => return refuse("says what an element's text must not be"),
                };
                all = all.and(denied)?;
            }
            Ok(only(all))
        }
        ("contains", [what, Expr::Text(text)]) => test(what, Kind::Contains, text).map(only),
        ("starts-with", [what, Expr::Text(text)]) => test(what, Kind::Starts, text).map(only),
        ("ends-with", [what, Expr::Text(text)]) => test(what, Kind::Ends, text).map(only),
        ("last", []) => refuse("asks for the last of several, which is known only once all have gone by"),
        ("true", []) => Ok(only(Cond::default())),
        ("contains" | "starts-with", _) => refuse("compares with something that is no text"),
        _ => refuse(&format!("calls `{name}()`")),
    }
}

fn compare(left: &Expr, operator: Operator, right: &Expr, chain: &Chain) -> Result<Cond, Reason> {
    match (left, right) {
        (Expr::Call(name, _), Expr::Number(n)) if name == "position" => position(chain, *n, operator),
        (_, Expr::Call(name, _)) | (Expr::Call(name, _), _) if name == "last" => {
            refuse("asks for the last of several, which is known only once all have gone by")
        }
        (Expr::Call(name, arguments), Expr::Number(n)) if name == "count" && (operator, *n) != (Operator::Equal, 0) => {
            match (arguments.as_slice(), operator, n) {
                ([Expr::Path(path)], Operator::Greater, 0) | ([Expr::Path(path)], Operator::GreaterOrEqual, 1) => {
                    holds(path)?.pop().ok_or_else(|| "names no element".to_owned())
                }
                _ => refuse("counts elements"),
            }
        }
        (Expr::Call(name, _), _) if name == "string-length" || name == "count" => refuse(&format!("calls `{name}()`")),
        (what, Expr::Text(text)) | (Expr::Text(text), what) => match operator {
            Operator::Equal => test(what, Kind::Equals, text),
            Operator::Different => match attribute(what)? {
                Some(name) => Ok(Cond::css(format!("[{name}]:not({})", attribute_is(&name, text)))),
                None => refuse("says what an element's text must not be"),
            },
            _ => refuse("compares sizes"),
        },
        _ => refuse("compares two things on the page"),
    }
}

/// `[n]`, `[position() < n]` behind what was asked before.
fn position(chain: &Chain, n: i32, operator: Operator) -> Result<Cond, Reason> {
    if n < 1 {
        return refuse("can never be true");
    }
    let formula = match operator {
        Operator::Equal => n.to_string(),
        Operator::Less => format!("-n+{}", n - 1),
        Operator::LessOrEqual => format!("-n+{n}"),
        Operator::Greater => format!("n+{}", n + 1),
        Operator::GreaterOrEqual => format!("n+{n}"),
        Operator::Different => return refuse("counts the elements beside it"),
    };
    if !chain.extra.is_css() {
        return refuse("counts elements that are known by their content");
    }
    if chain.css.is_empty() {
        let counted = if chain.tag.is_empty() { "nth-child" } else { "nth-of-type" };
        return Ok(Cond::css(format!(":{counted}({formula})")));
    }
    if operator != Operator::Equal || n > 3 {
        return refuse("counts elements of a class beside it");
    }
    // The second of a kind stands behind one of its kind, and not behind two.
    let alike = Chain { before: String::new(), ..chain.clone() }.selector();
    let behind = |others: usize| format!("{}*", format!("{alike} ~ ").repeat(others));
    let n = n.unsigned_abs() as usize;
    let least = if n > 1 { format!(":is({})", behind(n - 1)) } else { String::new() };
    Ok(Cond::css(format!("{least}:not({})", behind(n))))
}

/// A path in a predicate: something that the element holds, is, or stands in.
fn holds(path: &Path) -> Result<Vec<Cond>, Reason> {
    if path.absolute {
        return refuse("asks for something elsewhere on the page");
    }
    let (first, rest) = match path.steps.as_slice() {
        [Step { axis: Axis::Itself, test: Test::Node, predicates }, rest @ ..] if predicates.is_empty() && !rest.is_empty() => {
            (None, rest)
        }
        [only] => (Some(only), [].as_slice()),
        [first, ..] if matches!(first.axis, Axis::Child | Axis::Descendant | Axis::DescendantOrSelf) => (None, &path.steps[..]),
        [first, rest @ ..] => (Some(first), rest),
        [] => return refuse("names no element"),
    };
    if let Some(step) = first {
        let outer = |combinator: &str| -> Result<Vec<Cond>, Reason> {
            if !rest.is_empty() {
                return refuse("goes on from an element that stands around or beside it");
            }
            let path = Path { absolute: false, steps: vec![Step { axis: Axis::Descendant, ..step.clone() }] };
            let around = css_of(&path)?;
            let list: Vec<_> = around.iter().map(|outer| format!("{outer}{combinator}*")).collect();
            Ok(only(Cond::css(format!(":is({})", list.join(", ")))))
        };
        return match step.axis {
            Axis::Attribute => match &step.test {
                Test::Name(name) if rest.is_empty() => Ok(only(Cond::css(format!("[{}]", name.to_ascii_lowercase())))),
                _ => refuse("names every attribute"),
            },
            Axis::Itself if rest.is_empty() => {
                let path = Path { absolute: false, steps: vec![Step { axis: Axis::Descendant, ..step.clone() }] };
                Ok(only(Cond::css(format!(":is({})", css_of(&path)?.join(", ")))))
            }
            Axis::Parent => outer(" > "),
            Axis::Ancestor => outer(" "),
            Axis::PrecedingSibling if step.predicates.contains(&Expr::Number(1)) => match &step.test {
                Test::Any | Test::Node => {
                    let predicates = step.predicates.iter().filter(|p| **p != Expr::Number(1)).cloned().collect();
                    let step = Step { axis: Axis::Descendant, test: step.test.clone(), predicates };
                    let list = css_of(&Path { absolute: false, steps: vec![step] })?;
                    let list: Vec<_> = list.iter().map(|before| format!("{before} + *")).collect();
                    Ok(only(Cond::css(format!(":is({})", list.join(", ")))))
                }
                _ => refuse("counts the elements before it"),
            },
            Axis::PrecedingSibling => outer(" ~ "),
            Axis::FollowingSibling | Axis::Following => refuse("asks for what follows the element"),
            Axis::Child | Axis::Descendant | Axis::DescendantOrSelf => {
                inside(&path.steps).map(|has| only(Cond { has, ..Cond::default() }))
            }
            _ => refuse("takes an axis that no selector has"),
        };
    }
    inside(rest).map(|has| only(Cond { has, ..Cond::default() }))
}

/// `a/b`, `.//a`, `a/@href`: what must stand inside, as `has` writes it.
fn inside(steps: &[Step]) -> Result<Vec<String>, Reason> {
    let deep = |step: &Step| step.axis == Axis::DescendantOrSelf && step.test == Test::Node && step.predicates.is_empty();
    let elements = || steps.iter().filter(|step| !deep(step));
    let starts_deep = steps.first().is_some_and(|first| deep(first) || first.axis == Axis::Descendant);
    let goes_deep = steps.iter().skip(1).any(|step| deep(step) || step.axis == Axis::Descendant);
    if elements().any(|step| !matches!(step.axis, Axis::Child | Axis::Descendant | Axis::Attribute)) {
        return refuse("goes on from an element that stands around or beside it");
    }
    if !starts_deep && goes_deep {
        return refuse("asks for an element in a child");
    }
    let (attribute, steps) = match steps.split_last() {
        Some((Step { axis: Axis::Attribute, test: Test::Name(name), .. }, before)) => {
            (format!("[{}]", name.to_ascii_lowercase()), before)
        }
        _ => (String::new(), steps),
    };
    let path = Path { absolute: false, steps: steps.to_vec() };
    let list = css_of(&path)?;
    let star = |css: String| if attribute.is_empty() { css } else { format!("{css}{attribute}") };
    Ok(list.into_iter().map(star).map(|css| if starts_deep { css } else { format!("> {css}") }).collect())
}

/// The selectors of a path that is decided by tags alone.
fn css_of(path: &Path) -> Result<Vec<String>, Reason> {
    let mut all = Vec::new();
    for (target, end) in walk(Chain::default(), path)? {
        if !target.is_markup() || end != End::Element {
            return refuse("asks for the text or the content of an element inside or around");
        }
        all.extend(target.select);
    }
    Ok(all)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Contains,
    Starts,
    Ends,
    Equals,
}

/// `contains(@class, 'x')`, `.='x'` and the like.
fn test(what: &Expr, kind: Kind, text: &str) -> Result<Cond, Reason> {
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
fn attribute(expr: &Expr) -> Result<Option<String>, Reason> {
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

fn attribute_is(name: &str, text: &str) -> String {
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
