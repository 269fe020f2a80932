//! One start tag, and what a compound asks of it alone.
//!
//! This module must not know selectors of several compounds, or other elements but by how many stand before this one.

use std::borrow::Cow;

use crate::scan::attrs::TagText;
use crate::scan::tag::Tag;
use crate::selector::{Attribute, AttributeTest};

/// A start tag, as the compounds see it.
pub(super) struct Element<'a> {
    pub(super) tag: Tag,
    pub(super) text: &'a TagText<'a>,
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) class: Option<Cow<'a, str>>,
    pub(super) nth: i32,
    pub(super) nth_of_type: i32,
    pub(super) root: bool,
}

impl<'a> Element<'a> {
    pub(super) fn new(tag: Tag, text: &'a TagText<'a>, nth: i32, nth_of_type: i32, root: bool) -> Self {
        Self { tag, text, id: text.get("id"), class: text.get("class"), nth, nth_of_type, root }
    }

    /// The value of an attribute (given in lower case), decoded.
    pub(super) fn value(&self, attribute: &str) -> Option<Cow<'_, str>> {
        match attribute {
            "id" => self.id.as_deref().map(Cow::Borrowed),
            "class" => self.class.as_deref().map(Cow::Borrowed),
            name => self.text.get(name),
        }
    }
}

/// Is there a whole n, not negative, with `a * n + b = nth`?
pub(super) fn is_nth(nth: i32, a: i32, b: i32) -> bool {
    let rest = i64::from(nth) - i64::from(b);
    if a == 0 { rest == 0 } else { rest % i64::from(a) == 0 && rest / i64::from(a) >= 0 }
}

pub(super) fn has(attribute: &Attribute, element: &Element<'_>) -> bool {
    let Some(value) = element.value(&attribute.name) else { return false };
    if attribute.ignore_case {
        let lower = |s: &str| s.to_ascii_lowercase();
        let value = lower(&value);
        match &attribute.test {
            AttributeTest::Exists => true,
            AttributeTest::Equals(x) => value == lower(x),
            AttributeTest::Includes(x) => value.split_ascii_whitespace().any(|word| word == lower(x)),
            AttributeTest::Dash(x) => is_dash(&value, &lower(x)),
            AttributeTest::Prefix(x) => !x.is_empty() && value.starts_with(&lower(x)),
            AttributeTest::Suffix(x) => !x.is_empty() && value.ends_with(&lower(x)),
            AttributeTest::Contains(x) => !x.is_empty() && value.contains(&lower(x)),
        }
    } else {
        match &attribute.test {
            AttributeTest::Exists => true,
            AttributeTest::Equals(x) => *value == **x,
            AttributeTest::Includes(x) => value.split_ascii_whitespace().any(|word| word == &**x),
            AttributeTest::Dash(x) => is_dash(&value, x),
            AttributeTest::Prefix(x) => !x.is_empty() && value.starts_with(&**x),
            AttributeTest::Suffix(x) => !x.is_empty() && value.ends_with(&**x),
            AttributeTest::Contains(x) => !x.is_empty() && value.contains(&**x),
        }
    }
}

fn is_dash(value: &str, x: &str) -> bool {
    value == x || value.strip_prefix(x).is_some_and(|rest| rest.starts_with('-'))
}
