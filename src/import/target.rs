//! What a foreign rule takes, in the terms of our rules: selectors, what an element must hold, what its text must be.
//!
//! The converters fill it in; [`super::write`] writes it down. It must not know any foreign syntax.

/// Characters of the longest element that an imported text rule takes. Neither kind of source has such a bound, and ours need one: it
/// is chosen so that what a page holds back by default is spent first.
const MOST_CHARS: u32 = 20_000;

/// One `[[remove]]`, or the selectors of a `[story]` key, to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) select: Vec<String>,
    /// One of these, a `>` before those that must be children.
    pub(super) has: Vec<String>,
    pub(super) unless_has: Vec<String>,
    pub(super) text: Text,
    pub(super) max_chars: Option<u32>,
}

/// What the text of an element must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) any: Vec<String>,
    pub(super) all: Vec<String>,
    pub(super) regex: Option<String>,
}

impl Target {
    pub(super) fn of(select: String) -> Self {
        Self { select: vec![select], ..Self::default() }
    }

    /// Can it be decided at a start tag?
    pub(super) fn is_markup(&self) -> bool {
        self.has.is_empty() && self.unless_has.is_empty() && self.text.is_empty()
    }

    pub(super) fn bound(&self) -> u32 {
        self.max_chars.unwrap_or(MOST_CHARS)
    }

    /// Those that differ by nothing but their selectors become one.
    pub(super) fn merged(targets: Vec<Self>) -> Vec<Self> {
        let mut merged: Vec<Self> = Vec::new();
        for target in targets {
            let bare = |of: &Self| Self { select: Vec::new(), ..of.clone() };
            match merged.iter_mut().find(|known| bare(known) == bare(&target)) {
                Some(known) => {
                    for select in target.select {
                        if !known.select.contains(&select) {
                            known.select.push(select);
                        }
                    }
                }
                None => merged.push(target),
            }
        }
        merged
    }
}

impl Text {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A text that holds what was said before and this besides; none: our rules cannot ask for both.
    pub(super) fn and(mut self, other: Self) -> Option<Self> {
        if self.is_empty() {
            return Some(other);
        }
        for mut one in [self.any, other.any] {
            match one.len() {
                0 => {}
                1 => self.all.append(&mut one),
                _ => return None,
            }
        }
        self.all.extend(other.all);
        let regex = match (self.regex, other.regex) {
            (Some(_), Some(_)) => return None,
            (one, two) => one.or(two),
        };
        Some(Self { any: Vec::new(), all: self.all, regex })
    }
}

/// A text as the value of a CSS attribute test.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\{:x} ", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Can the word be written behind `.` or `#` as it is?
pub(super) fn is_plain_name(word: &str) -> bool {
    let rest = word.strip_prefix('-').unwrap_or(word);
    rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}
