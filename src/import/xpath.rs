//! XPath text to a tree: the part of XPath 1.0 that people write to name elements of a page.
//!
//! Paths with all axes, predicates, unions, comparisons, `and`, `or`, function calls; no arithmetic and no variables. What a
//! tree means for a page, and whether one pass can decide it, is [`super::path`]'s. It must not know selectors.

/// Deeper nesting than this is a mistake or an attack.
const DEEPEST: u32 = 24;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Or(Vec<Expr>),
    And(Vec<Expr>),
    Union(Vec<Expr>),
    Compare(Box<Expr>, Operator, Box<Expr>),
    Call(String, Vec<Expr>),
    Path(Path),
    /// `(...)[1]/a`: an expression, what is asked of each of its nodes, and the steps from there.
    Filter(Box<Expr>, Vec<Expr>, Vec<Step>),
    Text(String),
    Number(i32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Path {
    pub(super) absolute: bool,
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) axis: Axis,
    pub(super) test: Test,
    pub(super) predicates: Vec<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Parent,
    Ancestor,
    AncestorOrSelf,
    Itself,
    FollowingSibling,
    PrecedingSibling,
    Following,
    Preceding,
    Attribute,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Name(String),
    Any,
    Node,
    Text,
    Comment,
}

/// Reads an expression; the error says what was expected and where.
pub(super) fn parse(source: &str) -> Result<Expr, String> {
    let mut reader = Reader { rest: source, depth: 0 };
    let expr = reader.or()?;
    reader.space();
    if reader.rest.is_empty() { Ok(expr) } else { Err(reader.lost("the end")) }
}

struct Reader<'a> {
    rest: &'a str,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn lost(&self, expected: &str) -> String {
        let here: String = self.rest.chars().take(12).collect();
        if here.is_empty() { format!("{expected} is missing at the end") } else { format!("{expected} was expected at `{here}`") }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, sign: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn need(&mut self, sign: &str) -> Result<(), String> {
        if self.eat(sign) { Ok(()) } else { Err(self.lost(&format!("`{sign}`"))) }
    }

    /// A word that is an operator here.
    fn eat_word(&mut self, word: &str) -> bool {
        self.space();
        let behind = self.rest.strip_prefix(word).filter(|rest| !rest.starts_with(is_name));
        behind.inspect(|rest| self.rest = rest).is_some()
    }

    fn or(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("it is nested too deep".to_owned());
        }
        let mut parts = vec![self.and()?];
        while self.eat_word("or") {
            parts.push(self.and()?);
        }
        self.depth -= 1;
        Ok(one_or(parts, Expr::Or))
    }

    fn and(&mut self) -> Result<Expr, String> {
        let mut parts = vec![self.comparison()?];
        while self.eat_word("and") {
            parts.push(self.comparison()?);
        }
        Ok(one_or(parts, Expr::And))
    }

    fn comparison(&mut self) -> Result<Expr, String> {
        let left = self.union()?;
        for (sign, operator) in [
            ("!=", Operator::Different),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ] {
            if self.eat(sign) {
                let right = self.union()?;
                return Ok(Expr::Compare(Box::new(left), operator, Box::new(right)));
            }
        }
        Ok(left)
    }

    fn union(&mut self) -> Result<Expr, String> {
        let mut parts = vec![self.operand()?];
        while self.eat("|") {
            parts.push(self.operand()?);
        }
        Ok(one_or(parts, Expr::Union))
    }

    fn operand(&mut self) -> Result<Expr, String> {
        self.space();
        let first = self.rest.chars().next();
        match first {
            Some(quote @ ('"' | '\'')) => {
                let rest = &self.rest[1..];
                let (text, behind) = rest.split_once(quote).ok_or_else(|| self.lost("a closed quote"))?;
                self.rest = behind;
                Ok(Expr::Text(text.to_owned()))
            }
            Some(c) if c.is_ascii_digit() => {
                let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
                let number = self.rest[..end].parse().map_err(|_| self.lost("a smaller number"))?;
                self.rest = &self.rest[end..];
                Ok(Expr::Number(number))
            }
            Some('(') => {
                self.rest = &self.rest[1..];
                let inner = self.or()?;
                self.need(")")?;
                self.filtered(inner)
            }
            _ if self.call().is_some_and(|name| !["node", "text", "comment"].contains(&name)) => {
                let name = self.name()?;
                self.need("(")?;
                let mut arguments = Vec::new();
                if !self.eat(")") {
                    loop {
                        arguments.push(self.or()?);
                        if !self.eat(",") {
                            break;
                        }
                    }
                    self.need(")")?;
                }
                self.filtered(Expr::Call(name, arguments))
            }
            _ => self.path().map(Expr::Path),
        }
    }

    /// The name of the function that is called here, if one is.
    fn call(&self) -> Option<&'a str> {
        let end = self.rest.find(|c| !is_name(c)).filter(|end| *end > 0)?;
        self.rest[end..].trim_start().starts_with('(').then_some(&self.rest[..end])
    }

    /// What follows a closing bracket: predicates and steps.
    fn filtered(&mut self, inner: Expr) -> Result<Expr, String> {
        let predicates = self.predicates()?;
        let mut steps = Vec::new();
        self.space();
        if self.rest.starts_with('/') {
            self.steps(&mut steps)?;
        }
        Ok(if predicates.is_empty() && steps.is_empty() { inner } else { Expr::Filter(Box::new(inner), predicates, steps) })
    }

    fn path(&mut self) -> Result<Path, String> {
        self.space();
        let absolute = self.rest.starts_with('/');
        let mut steps = Vec::new();
        if !absolute {
            steps.push(self.step()?);
        }
        self.steps(&mut steps)?;
        Ok(Path { absolute, steps })
    }

    /// `/a//b`, as often as there is a slash.
    fn steps(&mut self, steps: &mut Vec<Step>) -> Result<(), String> {
        while self.eat("/") {
            if self.rest.starts_with('/') {
                self.rest = &self.rest[1..];
                steps.push(Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() });
            }
            steps.push(self.step()?);
        }
        Ok(())
    }

    fn step(&mut self) -> Result<Step, String> {
        let short = |axis| Step { axis, test: Test::Node, predicates: Vec::new() };
        if self.eat("..") {
            return Ok(Step { predicates: self.predicates()?, ..short(Axis::Parent) });
        }
        if self.eat(".") {
            return Ok(Step { predicates: self.predicates()?, ..short(Axis::Itself) });
        }
        let mut axis = if self.eat("@") { Axis::Attribute } else { Axis::Child };
        if let Some((name, behind)) = self.rest.split_once("::").filter(|(name, _)| name.trim_end().chars().all(is_name)) {
            axis = axis_of(name.trim_end()).ok_or_else(|| self.lost("an axis"))?;
            self.rest = behind;
        }
        let test = if self.eat("*") {
            Test::Any
        } else {
            let name = self.name()?;
            if self.eat("(") {
                self.need(")")?;
                match name.as_str() {
                    "text" => Test::Text,
                    "node" => Test::Node,
                    "comment" => Test::Comment,
                    _ => return Err(format!("`{name}()` is no kind of node")),
                }
            } else {
                Test::Name(name)
            }
        };
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn predicates(&mut self) -> Result<Vec<Expr>, String> {
        let mut predicates = Vec::new();
        while self.eat("[") {
            predicates.push(self.or()?);
            self.need("]")?;
        }
        Ok(predicates)
    }

    fn name(&mut self) -> Result<String, String> {
        self.space();
        let end = self.rest.find(|c| !is_name(c)).unwrap_or(self.rest.len());
        if end == 0 {
            return Err(self.lost("a name"));
        }
        let name = self.rest[..end].to_owned();
        self.rest = &self.rest[end..];
        Ok(name)
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

fn axis_of(name: &str) -> Option<Axis> {
    Some(match name {
        "child" => Axis::Child,
        "descendant" => Axis::Descendant,
        "descendant-or-self" => Axis::DescendantOrSelf,
        "parent" => Axis::Parent,
        "ancestor" => Axis::Ancestor,
        "ancestor-or-self" => Axis::AncestorOrSelf,
        "self" => Axis::Itself,
        "following-sibling" => Axis::FollowingSibling,
        "preceding-sibling" => Axis::PrecedingSibling,
        "following" => Axis::Following,
        "preceding" => Axis::Preceding,
        "attribute" => Axis::Attribute,
        _ => return None,
    })
}

fn one_or(mut parts: Vec<Expr>, all: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            all(parts)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    #[test]
    fn a_path_is_taken_apart() {
        let Expr::Path(path) = parse("//div[@id = 'x' and not(p)]/following-sibling::*[2]/@href").unwrap() else { panic!() };
        assert!(path.absolute);
        let axes: Vec<_> = path.steps.iter().map(|step| step.axis).collect();
        assert_eq!(axes, [Axis::DescendantOrSelf, Axis::Child, Axis::FollowingSibling, Axis::Attribute]);
        assert!(matches!(&path.steps[1].predicates[..], [Expr::And(both)] if both.len() == 2));
        assert_eq!(path.steps[2].predicates, [Expr::Number(2)]);
    }

    #[test]
    fn names_that_are_operators_elsewhere_are_names() {
        for source in
            ["//div", "div/or", "//and[or or and]", "self::div", "ancestor-or-self::*", "(//a | //b)[1]/c", "id('x')/p", ".//a"]
        {
            assert!(parse(source).is_ok(), "{source}: {:?}", parse(source));
        }
    }

    #[test]
    fn what_is_no_xpath_is_refused_with_a_reason() {
        for (source, reason) in [
            ("", "a name is missing"),
            ("//", "a name is missing"),
            ("//div[", "a name is missing"),
            ("//div[@id='x]", "closed quote"),
            ("//div]", "the end was expected at `]`"),
            ("//a + 1", "the end"),
            ("//div[contains(@a, 'x']", "`)` was expected"),
            ("sideways::div", "an axis"),
            ("//p[99999999999]", "smaller number"),
        ] {
            let error = parse(source).unwrap_err();
            assert!(error.contains(reason), "{source}: {error}");
        }
        assert!(parse(&"(".repeat(100_000)).is_err());
        assert!(parse(&"a[".repeat(100_000)).is_err());
    }
}
