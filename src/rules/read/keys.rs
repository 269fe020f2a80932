//! The names a rule file may use, and which of them somebody meant who wrote another.
//!
//! It lists the keys of each table and finds near misses. What the keys mean is for others; it must not know values.

/// A table of a rule file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Top,
    Story,
    Remove,
    Test,
    Cue,
    /// `text = { ... }`
    Text,
    /// `from = { ... }` and `to = { ... }`
    End,
}

impl Table {
    pub(crate) const ALL: [Self; 7] = [Self::Top, Self::Story, Self::Remove, Self::Test, Self::Cue, Self::Text, Self::End];

    pub(crate) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Top => &[
                "schema",
                "name",
                "hosts",
                "paths",
                "checked",
                "disable",
                "leftovers",
                "language",
                "story",
                "remove",
                "cue",
                "test",
            ],
            Self::Story => &["select", "title", "author", "date", "keep"],
            Self::Remove => {
                &["id", "kind", "hosts", "select", "has", "unless_has", "text", "max_chars", "from", "to", "max_blocks"]
            }
            Self::Test => &["url", "html", "fixture", "gone", "stays"],
            Self::Cue => &["role", "kind", "weight", "phrases"],
            Self::Text => &["any", "all", "none", "regex"],
            Self::End => &["text"],
        }
    }

    /// The table as a message names it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Top => "the top of a rule file",
            Self::Story => "[story]",
            Self::Remove => "[[remove]]",
            Self::Test => "[[test]]",
            Self::Cue => "[[cue]]",
            Self::Text => "a text table",
            Self::End => "a `from` or `to` table",
        }
    }
}

/// What to do about a key that this table does not have.
pub(super) fn help(table: Table, key: &str) -> String {
    if let Some(near) = nearest(key, table.keys().iter().copied()) {
        return format!("write `{near}`");
    }
    if table != Table::Top && Table::Top.keys().contains(&key) {
        return format!("`{key}` belongs at the top of the file, before the first line in brackets");
    }
    if let Some(other) = Table::ALL.into_iter().find(|other| other.keys().contains(&key)) {
        return format!("`{key}` is a key of {}; here there are {}", other.name(), list(table.keys()));
    }
    format!("here there are {}", list(table.keys()))
}

/// `a`, `b` and `c`
pub(super) fn list(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The name a slip of the fingers away, if there is one.
pub(super) fn nearest<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let written: Vec<char> = written.chars().take(40).flat_map(char::to_lowercase).collect();
    let bound = match written.len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    let near = names.map(|name| (distance(&written, name), name)).min()?;
    (near.0 <= bound).then_some(near.1)
}

/// Letters to insert, delete, change or swap with their neighbour.
fn distance(written: &[char], name: &str) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=written.len()).collect();
    let mut last = None;
    for (row, letter) in name.chars().enumerate() {
        let mut here = vec![row + 1];
        for (column, &other) in written.iter().enumerate() {
            let get = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let change = get(&above, column) + usize::from(letter != other);
            let mut best = change.min(get(&above, column + 1) + 1).min(get(&here, column) + 1);
            let swapped = column > 0 && written.get(column - 1) == Some(&letter) && last == Some(other);
            if swapped {
                best = best.min(get(&before, column - 1) + 1);
            }
            here.push(best);
        }
        before = std::mem::replace(&mut above, here);
        last = Some(letter);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_one_that_was_meant() {
        for (written, near) in [
            ("selct", Some("select")),
            ("max-chars", Some("max_chars")),
            ("maxchars", Some("max_chars")),
            ("Select", Some("select")),
            ("idd", Some("id")),
            ("form", Some("from")),
            ("ot", None),
            ("colour", None),
            ("unless", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, Table::Remove.keys().iter().copied()), near, "{written:?}");
        }
    }

    #[test]
    fn a_key_of_another_table_is_sent_there() {
        for (table, key, word) in [
            (Table::Remove, "paths", "top of the file"),
            (Table::Top, "gone", "[[test]]"),
            (Table::Top, "host", "write `hosts`"),
            (Table::Story, "colour", "`select`, `title`, `author`, `date` and `keep`"),
            (Table::Test, "select", "[story]"),
            (Table::End, "regex", "a text table"),
        ] {
            assert!(help(table, key).contains(word), "{key}: {}", help(table, key));
        }
    }
}
