//! Where in a text something stands, as an editor counts: lines and characters from 1.
//!
//! It decides what a line and a column are. What stands there is for others, and it must not know TOML.

use std::ops::Range;

/// The lines of a text.
pub(crate) struct Places<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Self { text, starts }
    }

    /// The line of a byte, from 1.
    pub(crate) fn line(&self, at: usize) -> u32 {
        small(self.starts.partition_point(|&start| start <= at))
    }

    /// The first byte of a line, which is counted from 1.
    pub(crate) fn start(&self, line: u32) -> usize {
        self.starts.get((line as usize).saturating_sub(1)).copied().unwrap_or_default()
    }

    /// The line and the column of a byte, both from 1.
    pub(crate) fn of(&self, at: usize) -> (u32, u32) {
        let line = self.line(at);
        let start = self.start(line);
        let before = self.text.as_bytes().get(start..at.min(self.text.len())).unwrap_or_default();
        (line, column(before, line))
    }
}

/// As [`Places::of`], for a text that is not known to be one up to its end.
pub(crate) fn of_bytes(bytes: &[u8], at: usize) -> (u32, u32) {
    let before = bytes.get(..at).unwrap_or(bytes);
    let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let line = small(memchr::memchr_iter(b'\n', before).count() + 1);
    (line, column(before.get(start..).unwrap_or_default(), line))
}

/// Where a string value has the byte `offset` of what it stands for. Exact where the value is written as it is read; the value's own
/// start where escapes make the two differ.
pub(crate) fn inside(text: &str, span: Range<usize>, value: &str, offset: usize) -> usize {
    let raw = text.get(span.clone()).unwrap_or_default();
    let quotes = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quotes| raw.starts_with(quotes)).unwrap_or_default();
    let mut lead = quotes.len();
    if lead == 3 {
        // TOML drops a line break right after three quotes.
        lead += ["\r\n", "\n"].into_iter().find(|end| raw.get(3..).is_some_and(|rest| rest.starts_with(end))).map_or(0, str::len);
    }
    let same = raw.get(lead..).and_then(|rest| rest.strip_suffix(quotes)).is_some_and(|written| written == value);
    if same { span.start + lead + offset.min(value.len()) } else { span.start }
}

/// How many characters a reader would underline from a byte on, all on its line and at least one: a text with its quotes, a header or
/// an array with its brackets, else a word.
pub(crate) fn extent(text: &str, at: usize) -> u32 {
    let line = text.get(at..).unwrap_or_default().lines().next().unwrap_or_default();
    let until = |close: char| line.get(1..).and_then(|rest| rest.find(close)).map(|end| end + 1 + close.len_utf8());
    let end = match line.chars().next() {
        Some(quote @ ('"' | '\'')) => until(quote),
        Some('[') if line.starts_with("[[") => line.find("]]").map(|end| end + 2),
        Some('[') => until(']'),
        Some('{') => until('}'),
        _ => None,
    };
    let first = line.chars().next().map_or(0, char::len_utf8);
    let rest = line.get(first..).unwrap_or_default();
    let word = || {
        first + rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ']' | '}' | '=')).unwrap_or(rest.len())
    };
    let chars = line.get(..end.unwrap_or_else(word)).unwrap_or_default().trim_end().chars().count();
    small(chars.max(1))
}

fn column(before: &[u8], line: u32) -> u32 {
    let mark = line == 1 && before.starts_with("\u{feff}".as_bytes());
    let characters = before.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
    small(characters + 1 - usize::from(mark))
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_counted_in_characters_from_one() {
        for (text, needle, place) in [
            ("x", "x", (1, 1)),
            ("a\nb\n", "b", (2, 1)),
            ("a\r\nbc\r\n", "c", (2, 2)),
            ("a = \"é日\" x", "x", (1, 10)),
            ("\n\n\té x", "x", (3, 4)),
            ("\u{feff}a = 1", "a", (1, 1)),
            ("\u{feff}a\n\u{feff}b", "b", (2, 2)),
        ] {
            let at = text.find(needle).unwrap_or(text.len());
            assert_eq!(Places::new(text).of(at), place, "{text:?}");
            assert_eq!(of_bytes(text.as_bytes(), at), place, "{text:?}");
        }
        assert_eq!(Places::new("ab\n").of(99), (2, 1));
    }

    #[test]
    fn what_is_underlined_is_what_a_reader_would_point_at() {
        for (text, at, length) in [
            ("kind = \"advert\" # x", 7, 8),
            ("kind = 'ad vert'", 7, 9),
            ("kind = 'open", 7, 5),
            ("[[remove]]\nid = 1", 0, 10),
            ("hosts = []", 8, 2),
            ("text = { none = ['a'] }", 7, 16),
            ("text = [\n'a',\n]", 7, 1),
            ("  colour = 'red'", 2, 6),
            ("select = ['p..x']", 12, 3),
            ("é = 1", 0, 1),
            ("x", 1, 1),
            ("", 0, 1),
        ] {
            assert_eq!(extent(text, at), length, "{text:?} at {at}");
        }
    }

    #[test]
    fn a_place_inside_a_string_value_is_exact_without_escapes() {
        for (raw, value, offset, at) in [
            ("\"div:has\"", "div:has", 3, 4),
            ("'div:has'", "div:has", 3, 4),
            ("'''div'''", "div", 1, 4),
            ("'''\ndiv'''", "div", 1, 5),
            ("\"\"\"\r\ndiv\"\"\"", "div", 1, 6),
            ("\"\\u0041b\"", "Ab", 1, 0),
            ("\"a\"", "a", 99, 2),
            ("\"\"", "", 0, 1),
        ] {
            assert_eq!(inside(raw, 0..raw.len(), value, offset), at, "{raw}");
        }
    }
}
