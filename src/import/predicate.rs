//! The predicates of an XPath: conditions on an element's tag, on what it holds (`has`, `unless_has`) or on its text.
//!
//! Each comes as the ways in which it can be true. Comparisons of a value with a text are [`super::values`]'s. What asks for what comes
//! later (`last()`) is refused. It must not know rule files.

use super::path::{Chain, Cond, End, MOST_WAYS, Reason, refuse, walk};
use super::target::Text;
use super::values::{Kind, attribute, attribute_is, test};
use super::xpath::{Axis, Expr, Operator, Path, Step, Test};

/// The ways in which a predicate can be true of the element at the end of a chain.
pub(super) fn conditions(expr: &Expr, chain: &Chain) -> Result<Vec<Cond>, Reason> {
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
pub(super) fn inside(steps: &[Step]) -> Result<Vec<String>, Reason> {
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
