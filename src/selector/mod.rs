//! CSS selectors as rules use them: parsed by the `selectors` crate, kept as plain data.
//!
//! What cannot be decided while a page streams by, because it asks for what comes later (`:has`, `:last-child`, ...), is refused here with
//! a message that says what to write instead. Matching is `matcher`'s. This module must not know any page.

pub(crate) mod parse;

/// A comma-separated list; it matches where one of its selectors does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SelectorList {
    /// As it was written.
    pub(crate) source: String,
    /// How many levels below the element in question what it names must stand, for lists that are asked of what an element holds
    /// (`> a` is 1); 0 for anywhere, and for all others.
    pub(crate) levels: u32,
    pub(crate) selectors: Vec<Complex>,
}

/// Compounds from left to right with what stands between them: `combinators[i]` joins `compounds[i]` and `compounds[i + 1]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Complex {
    pub(crate) compounds: Vec<Compound>,
    pub(crate) combinators: Vec<Combinator>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Combinator {
    /// `a b`
    Descendant,
    /// `a > b`
    Child,
    /// `a + b`
    NextSibling,
    /// `a ~ b`
    LaterSibling,
}

/// Everything that one element must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Compound {
    /// The element's name in lower case; none for any.
    pub(crate) tag: Option<Box<str>>,
    pub(crate) ids: Vec<Box<str>>,
    pub(crate) classes: Vec<Box<str>>,
    pub(crate) attributes: Vec<Attribute>,
    /// `:nth-child(an+b)`, `:first-child` as (0, 1).
    pub(crate) nth: Vec<(i32, i32)>,
    /// `:nth-of-type(an+b)`, `:first-of-type` as (0, 1).
    pub(crate) nth_of_type: Vec<(i32, i32)>,
    pub(crate) root: bool,
    /// `:not(...)`: none of these.
    pub(crate) not: Vec<Complex>,
    /// Each `:is(...)` or `:where(...)`: one of these.
    pub(crate) is: Vec<Vec<Complex>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Attribute {
    /// In lower case.
    pub(crate) name: Box<str>,
    pub(crate) test: AttributeTest,
    pub(crate) ignore_case: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum AttributeTest {
    Exists,
    /// `=`
    Equals(Box<str>),
    /// `~=`
    Includes(Box<str>),
    /// `|=`
    Dash(Box<str>),
    /// `^=`
    Prefix(Box<str>),
    /// `$=`
    Suffix(Box<str>),
    /// `*=`
    Contains(Box<str>),
}
