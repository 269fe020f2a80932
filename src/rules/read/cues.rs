//! `language` and `[[cue]]`: roles, kinds, weights, and phrases taken apart.
//!
//! Refuses what would hit every text and what could hit none. How cues are added up is the judge's; it must not know any page.

use toml::de::DeTable;

use super::keys::{self, Table};
use super::walk::{Text, Walk, shorten};
use crate::rules::cue::{Cue, Part, Pattern, Role, Section, Subject};
use crate::rules::{Kind, RuleFile};
use crate::text;

const EXAMPLE: &str = "[\"support our journalism\"]";
/// Letters of a phrase that asks; fewer would stand on every page.
const LEAST_LETTERS: usize = 2;

/// Reads a file's language and cues into it.
pub(super) fn read(walk: &mut Walk<'_>, top: &DeTable<'_>, file: &mut RuleFile) {
    let language = top.get("language").and_then(|value| walk.text("language", value, "\"en\""));
    if let Some(code) = &language {
        let right = matches!(code.text.len(), 2 | 3) && code.text.bytes().all(|b| b.is_ascii_lowercase());
        if right {
            file.language = Some(code.text.to_owned());
        } else {
            let message = format!("{:?} is no code of a language", shorten(code.text));
            walk.error(code.span.start, message, "write the two letters of ISO 639-1, as in language = \"en\"");
        }
    }
    let Some(value) = top.get("cue") else { return };
    let at = value.span().start;
    if !top.contains_key("language") {
        walk.error(at, "this file has cues and no language", "write language = \"en\", with your own code, at its top");
    }
    for key in ["hosts", "paths"] {
        if let Some(value) = top.get(key) {
            let help = "take it out, or move the cues to a file of their own";
            walk.error(value.span().start, format!("cues hold on every page, and this file has `{key}`"), help);
        }
    }
    let mut cues = Vec::new();
    for (at, table) in walk.tables("cue", value) {
        cue(walk, at, table, &mut cues);
    }
    file.cues = cues.into();
}

fn cue(walk: &mut Walk<'_>, at: usize, table: &DeTable<'_>, cues: &mut Vec<Cue>) {
    walk.unknown_keys(Table::Cue, table);
    let role = role(walk, at, table);
    let subject = role.and_then(|role| subject(walk, at, table, role));
    let weight = match table.get("weight") {
        Some(value) => walk.number("weight", value, 4, 2),
        None if role.is_some_and(Role::is_whole) => Some(2),
        None => {
            walk.error(at, "this cue has no weight", "write weight = 2; 1 is a hint, 4 nearly enough alone");
            None
        }
    };
    let Some(value) = table.get("phrases") else {
        walk.error(at, "this cue has no phrases", format!("write phrases = {EXAMPLE}"));
        return;
    };
    for one in walk.texts("phrases", value, EXAMPLE) {
        let least = if role.is_some_and(|role| matches!(role, Role::Ask | Role::Wall | Role::Term | Role::Thanks)) {
            LEAST_LETTERS
        } else {
            1
        };
        let pattern = if role.is_some_and(Role::is_markup) { piece(walk, &one) } else { pattern(walk, &one, least) };
        if let (Some(role), Some(subject), Some(weight), Some(pattern)) = (role, subject, weight, pattern) {
            let line = walk.line(one.span.start);
            let written = (one.text != pattern.to_string()).then(|| one.text.into());
            cues.push(Cue { role, subject, weight: weight as u8, line, written, pattern });
        }
    }
}

fn role(walk: &mut Walk<'_>, at: usize, table: &DeTable<'_>) -> Option<Role> {
    let names = Role::ALL.map(Role::name);
    let Some(value) = table.get("role") else {
        walk.error(at, "this cue has no role", format!("write role = \"...\" with one of {}", names.join(", ")));
        return None;
    };
    let role = walk.text("role", value, "\"ask\"")?;
    let known = Role::ALL.into_iter().find(|known| known.name() == role.text);
    if known.is_none() {
        unknown(walk, "role", &role, &names);
    }
    known
}

fn subject(walk: &mut Walk<'_>, at: usize, table: &DeTable<'_>, role: Role) -> Option<Subject> {
    let names: Vec<&str> = match role {
        Role::Section => Section::ALL.iter().map(|section| section.name()).collect(),
        _ => role.kinds().iter().map(|kind| kind.name()).collect(),
    };
    let Some(value) = table.get("kind") else {
        if names.is_empty() {
            return Some(Subject::None);
        }
        let message = format!("a cue of the role {role} has a kind, and this has none");
        walk.error(at, message, format!("write kind = \"...\" with one of {}", names.join(", ")));
        return None;
    };
    if names.is_empty() {
        walk.error(value.span().start, format!("a cue of the role {role} has no kind"), "take it out");
        return None;
    }
    let kind = walk.text("kind", value, "\"donation\"")?;
    if !names.contains(&kind.text) {
        unknown(walk, "kind", &kind, &names);
        return None;
    }
    match role {
        Role::Section => Section::ALL.into_iter().find(|section| section.name() == kind.text).map(Subject::Section),
        _ => Kind::ALL.into_iter().find(|known| known.name() == kind.text).map(Subject::Kind),
    }
}

fn unknown(walk: &mut Walk<'_>, key: &str, written: &Text<'_>, names: &[&str]) {
    let known = names.join(", ");
    let help = match keys::nearest(written.text, names.iter().copied()) {
        Some(near) => format!("write {near:?}; here there are {known}"),
        None => format!("here there are {known}"),
    };
    walk.error(written.span.start, format!("there is no {key} {:?}", shorten(written.text)), help);
}

/// Takes a phrase apart.
fn pattern(walk: &mut Walk<'_>, one: &Text<'_>, least: usize) -> Option<Pattern> {
    let at = one.span.start;
    let mut rest = one.text.trim();
    let (mut at_start, mut at_end) = (false, false);
    if let Some(after) = rest.strip_prefix('^') {
        (at_start, rest) = (true, after.trim_start());
    }
    if let Some(before) = rest.strip_suffix('$') {
        if before.ends_with(char::is_whitespace) {
            let message = format!("the $ of {:?} stands alone", shorten(one.text));
            walk.error(at, message, "write $* for an amount of dollars, or no space before the $ for the end of a sentence");
            return None;
        }
        (at_end, rest) = (true, before);
    }
    if let Some(wrong) = rest.find(['^', '$']) {
        let end = rest[wrong..].chars().next().map_or(1, char::len_utf8);
        let money = rest[wrong..].starts_with('$');
        if !money {
            let message = format!("{:?} stands inside the phrase {:?}", &rest[wrong..wrong + end], shorten(one.text));
            walk.error(at, message, "write ^ only as the first sign, for the beginning of a sentence");
            return None;
        }
    }
    // A gap is a word of two dots; words with any ending end a part too.
    let mut parts: Vec<Part> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for word in rest.split_whitespace().chain(std::iter::once("..")) {
        let gap = word == "..";
        let open = word.ends_with('*');
        let stem = word.strip_suffix('*').unwrap_or(word);
        if open && stem.is_empty() {
            let message = format!("the * of {:?} is not behind the beginning of a word", shorten(word));
            walk.error(at, message, "write it at the end of a word, as in \"unterstütz*\"");
            return None;
        }
        if !gap {
            words.push(stem);
        }
        if gap || open {
            if words.is_empty() {
                if gap && parts.last().is_some_and(|part| part.open && !part.gap) {
                    if let Some(part) = parts.last_mut() {
                        part.gap = true;
                    }
                    continue;
                }
                let message = format!("nothing stands beside a gap of {:?}", shorten(one.text));
                walk.error(at, message, "write words on both sides of ` .. `");
                return None;
            }
            parts.push(Part { words: text::fold(&words.join(" ")).into(), open, gap });
            words.clear();
        }
    }
    if let Some(last) = parts.last_mut() {
        last.gap = false;
    }
    let letters = |part: &Part| part.words.chars().filter(|c| c.is_alphanumeric()).take(least).count();
    if parts.iter().any(|part| part.words.is_empty()) || parts.iter().all(|part| letters(part) < least && !dense(part)) {
        let message = format!("the phrase {:?} is too short: it would hit everything", shorten(one.text));
        walk.error(at, message, "write some words of an appeal");
        return None;
    }
    // There are tens of thousands of them: each takes the room that it needs.
    Some(Pattern { at_start, at_end, parts: parts.into() })
}

/// A piece of an address or of a field's name: it may stand anywhere in that, as it is written; with `$`, where a part of a path ends.
fn piece(walk: &mut Walk<'_>, one: &Text<'_>) -> Option<Pattern> {
    let text = one.text.trim();
    let (text, at_end) = text.strip_suffix('$').map_or((text, false), |text| (text, true));
    let words = text.to_ascii_lowercase();
    if words.len() < LEAST_PIECE || words.contains(char::is_whitespace) {
        let message = format!("{:?} is no piece of an address or of a field's name", shorten(one.text));
        walk.error(one.span.start, message, "write some letters of one, without spaces, as in \"/donate\"");
        return None;
    }
    Some(Pattern { at_end, parts: [Part { words: words.into(), open: true, gap: false }].into(), at_start: false })
}

/// Fewer bytes of an address stand in every other.
const LEAST_PIECE: usize = 3;

/// Is it of a script in which one character may be a word?
fn dense(part: &Part) -> bool {
    part.words.chars().any(text::is_unspaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(phrase: &str) -> Option<Pattern> {
        let mut walk = Walk::new(phrase, false);
        pattern(&mut walk, &Text { text: phrase, span: 0..phrase.len() }, LEAST_LETTERS)
    }

    fn part(words: &str, open: bool, gap: bool) -> Part {
        Part { words: words.into(), open, gap }
    }

    #[test]
    fn a_phrase_is_taken_apart_at_gaps_and_open_words() {
        for (phrase, at_start, at_end, want) in [
            ("Support Us", false, false, vec![part("support us", false, false)]),
            ("^spenden sie$", true, true, vec![part("spenden sie", false, false)]),
            (
                "unterstütz* .. Journalismus",
                false,
                false,
                vec![part("unterstütz", true, true), part("journalismus", false, false)],
            ),
            ("abonnier* unser*", false, false, vec![part("abonnier", true, false), part("unser", true, false)]),
            ("from $1", false, false, vec![part("from $1", false, false)]),
        ] {
            assert_eq!(parts(phrase), Some(Pattern { at_start, at_end, parts: want.into() }), "{phrase}");
        }
    }

    #[test]
    fn a_pattern_shows_itself_as_it_was_written() {
        for phrase in [
            "support us",
            "^spenden sie$",
            "unterstütz* .. journalismus",
            "abonnier* unser* zeitung",
            "from $1",
            "for $*",
            "購読する",
        ] {
            assert_eq!(parts(phrase).map(|pattern| pattern.to_string()).as_deref(), Some(phrase));
        }
    }

    #[test]
    fn a_piece_of_an_address_is_taken_as_it_is() {
        for (written, want) in [
            ("/Donate", Some(("/donate", false))),
            ("patreon.com", Some(("patreon.com", false))),
            ("/abo$", Some(("/abo", true))),
            ("/d", None),
            ("/d$", None),
            ("give now", None),
        ] {
            let mut walk = Walk::new(written, false);
            let found = piece(&mut walk, &Text { text: written, span: 0..written.len() });
            let found = found.as_ref().map(|pattern| (&*pattern.parts[0].words, pattern.at_end));
            assert_eq!(found, want, "{written}");
        }
    }

    #[test]
    fn what_hits_everything_or_nothing_is_refused() {
        for phrase in ["*", "a", "us .. ", ".. us", "a ^ b", "^", "u .. e", "subscribe for $"] {
            assert_eq!(parts(phrase), None, "{phrase}");
        }
    }
}
