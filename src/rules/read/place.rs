//! Where in a text something stands, as an editor counts: lines and characters from 1.
//!
//! It decides what a line and a column are. What stands there is for others, and it must not know TOML.

use std::ops::Range;

/// The lines of a text.
pub(super) struct Places<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Self { text, starts }
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&self, at: usize) -> u32 {
        small(self.starts.partition_point(|&start| start <= at))
    }

    /// The line and the column of a byte, both from 1.
    pub(super) fn of(&self, at: usize) -> (u32, u32) {
        let line = self.line(at);
        let start = self.starts.get((line as usize).saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.as_bytes().get(start..at.min(self.text.len())).unwrap_or_default();
        (line, column(before, line))
    }
}

/// As [`Places::of`], for a text that is not known to be one up to its end.
pub(super) fn of_bytes(bytes: &[u8], at: usize) -> (u32, u32) {
    let before = bytes.get(..at).unwrap_or(bytes);
    let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let line = small(memchr::memchr_iter(b'\n', before).count() + 1);
    (line, column(before.get(start..).unwrap_or_default(), line))
}

/// Where a string value has the byte `offset` of what it stands for. Exact where the value is written as it is read; the value's own
/// start where escapes make the two differ.
pub(super) fn inside(text: &str, span: Range<usize>, value: &str, offset: usize) -> usize {
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
