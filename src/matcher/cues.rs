//! All cues of all languages, compiled: what of a folded text speaks for an appeal, and what against one.
//!
//! Every text is searched once, by the rules' own search, for a part of each cue that can begin a suspicion. Words that mean nothing alone ("you", "said") stand on every
//! page: they are looked up only in a text that is under suspicion, and only those of its language. What hits amount to is the
//! judge's; this module must not know pages.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::finder::Finder;
use super::patterns::{Patterns, begins, border};
use super::range_of;
use super::starts::Starts;
pub(crate) use super::starts::words;
use super::whole::Whole;
use crate::rules::RuleFile;
use crate::rules::cue::{Part, Pattern, Role, Section, Subject};
use crate::text::is_unspaced;

/// A cue without its phrase.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) role: Role,
    pub(crate) subject: Subject,
    pub(crate) weight: u8,
    pub(crate) language: u8,
    /// The file, by its number among the rule files, and the line.
    pub(crate) file: u32,
    pub(crate) line: u32,
    /// See [`Cue`](crate::rules::cue::Cue).
    written: Option<Arc<str>>,
    /// Other languages have the same phrase: it does not tell of which a text is.
    pub(crate) borrowed: bool,
}

/// A cue was found: its number, and the bytes of the folded text that it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) cue: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// An anchor of a cue stands in a text: its number, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Anchored {
    pub(crate) anchor: u32,
    pub(crate) at: u32,
}

/// A folded text and where its lines begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Folded<'t> {
    pub(crate) text: &'t str,
    /// Beginnings of lines other than the first.
    pub(crate) lines: &'t [u32],
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Cues {
    pub(crate) known: Vec<Known>,
    languages: Vec<String>,
    patterns: Patterns,
    /// What can begin a suspicion.
    strong: Anchors,
    /// What only counts under suspicion, a language each.
    weak: Vec<(Starts, Anchors)>,
    /// Texts that are compared whole, without the signs at their ends.
    whole: Whole<Vec<u32>>,
    /// Pieces of links' addresses, and of what fields are called.
    addresses: Option<Finder<1>>,
    of_addresses: Vec<Piece>,
    fields: Vec<Piece>,
}

/// A piece of an address, or of what a field is called, and its cue.
#[derive(Debug)]
struct Piece {
    text: String,
    cue: u32,
    /// A part of the path ends with it: a story's address may begin with the same word, and goes on behind a hyphen.
    ends: bool,
}

impl Piece {
    /// Does it stand at this place of a text?
    fn is_at(&self, text: &str, place: usize) -> bool {
        let rest = text.as_bytes().get(place..).unwrap_or_default();
        let here = rest.get(..self.text.len()).is_some_and(|part| part.eq_ignore_ascii_case(self.text.as_bytes()));
        here && !(self.ends
            && rest.get(self.text.len()).is_some_and(|next| next.is_ascii_alphanumeric() || b"-_%".contains(next)))
    }
}

/// What is found by one part of each pattern.
#[derive(Debug, Default)]
struct Anchors {
    /// For each phrase: the patterns that have it as a part.
    of: Vec<Anchor>,
    /// Where those of each end.
    ends: Vec<u32>,
}

/// One of the patterns that are found by a phrase. What turns most away stands here, for the patterns themselves are far.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    cue: u32,
    /// Which of its parts the phrase is.
    part: u8,
    at_start: bool,
}

impl Anchors {
    fn patterns(&self, number: u32) -> &[Anchor] {
        &self.of[range_of(&self.ends, number as usize)]
    }
}

/// A heading announces what follows by so many words at most.
const SECTION_WORDS: usize = 6;
/// "Photo by" in a longer text begins a sentence.
const CREDIT_BYTES: usize = 60;
/// A text longer than this is no label and no heading of side matter.
const WHOLE_BYTES: usize = 160;

impl Cues {
    /// Also gives back what every text is to be searched for; what of that was found is to be told to [`Cues::strong`].
    pub(crate) fn of(files: &[RuleFile]) -> (Self, Vec<String>) {
        let mut cues = Self::default();
        let of_language = files.iter().filter(|file| file.language.is_some());
        let patterns = of_language.flat_map(|file| file.cues.iter().map(|cue| &cue.pattern));
        cues.known.reserve_exact(patterns.clone().count());
        cues.patterns = Patterns::with_room_for(patterns.clone());
        let (mut strong, mut weak) = (Vec::new(), Vec::<Vec<u32>>::new());
        let mut whole = FxHashMap::<String, Vec<u32>>::default();
        for (file, number) in files.iter().zip(0..) {
            let Some(language) = &file.language else { continue };
            let language = cues.languages.iter().position(|known| known == language).unwrap_or_else(|| {
                cues.languages.push(language.clone());
                weak.push(Vec::new());
                weak.len() - 1
            });
            for cue in &*file.cues {
                let index = cues.known.len() as u32;
                let piece = |one: &Part| Piece { text: one.words.to_string(), cue: index, ends: cue.pattern.at_end };
                match &cue.pattern.parts[..] {
                    [one] if cue.role == Role::Address => cues.of_addresses.push(piece(one)),
                    [one] if cue.role == Role::Field => cues.fields.push(piece(one)),
                    [one] if cue.role.is_whole() && !one.open => {
                        whole.entry(core(&one.words).to_owned()).or_default().push(index);
                    }
                    parts
                        if begins_suspicion(cue.role, cue.weight) && parts.iter().any(|part| part.words.len() >= LEAST_BYTES) =>
                    {
                        strong.push(index);
                    }
                    _ => weak[language].push(index),
                }
                cues.known.push(Known {
                    role: cue.role,
                    subject: cue.subject,
                    weight: cue.weight,
                    language: language as u8,
                    file: number,
                    line: cue.line,
                    written: cue.written.clone(),
                    borrowed: false,
                });
                cues.patterns.push(&cue.pattern, cue.role.is_whole());
            }
        }
        let pieces: Vec<String> = cues.of_addresses.iter().map(|piece| piece.text.clone()).collect();
        cues.addresses = Finder::of([&pieces]).ok();
        cues.whole = Whole::of(whole);
        cues.mark_borrowed(patterns);
        let (anchors, strong) = cues.anchors(&strong);
        cues.strong = strong;
        let weak = weak.iter().map(|of| cues.anchors(of));
        cues.weak = weak.map(|(phrases, anchors)| (Starts::of(&phrases), anchors)).collect();
        (cues, anchors)
    }

    /// `patterns`: those of all cues.
    fn mark_borrowed<'p>(&mut self, patterns: impl Iterator<Item = &'p Pattern> + Clone) {
        let mut first: FxHashMap<&[Part], (u8, bool)> = FxHashMap::default();
        for (pattern, known) in patterns.clone().zip(&self.known) {
            let (language, several) = first.entry(&pattern.parts).or_insert((known.language, false));
            *several |= *language != known.language;
        }
        for (pattern, known) in patterns.zip(&mut self.known) {
            known.borrowed = first.get(&pattern.parts[..]).is_some_and(|(_, several)| *several);
        }
    }

    /// The number of a language, given as pages give it (`de-AT`).
    pub(crate) fn language(&self, code: &str) -> Option<u8> {
        let code = code.trim().split(['-', '_']).next().unwrap_or_default();
        self.languages.iter().position(|known| known.eq_ignore_ascii_case(code)).map(|at| at as u8)
    }

    /// The phrase of a cue, as its file writes it.
    pub(crate) fn written(&self, cue: u32) -> String {
        let written = self.known.get(cue as usize).and_then(|known| known.written.as_deref());
        written.map_or_else(|| self.patterns.written(cue), str::to_owned)
    }

    /// Cues by their numbers.
    pub(crate) fn named(&self, cues: &[u32]) -> impl DoubleEndedIterator<Item = &Known> {
        cues.iter().filter_map(|cue| self.known.get(*cue as usize))
    }

    fn anchors(&self, cues: &[u32]) -> (Vec<String>, Anchors) {
        let mut numbers: FxHashMap<&str, usize> = FxHashMap::default();
        let mut of: Vec<Vec<Anchor>> = Vec::new();
        let mut phrases = Vec::new();
        for cue in cues {
            let pattern = self.patterns.get(*cue);
            let parts = self.patterns.parts(pattern).iter().map(|part| self.patterns.words(part));
            // The longest part is the rarest.
            let Some((at, words)) = parts.enumerate().rev().max_by_key(|(_, words)| words.len()) else { continue };
            let number = *numbers.entry(words).or_insert_with(|| {
                phrases.push(words.to_owned());
                of.push(Vec::new());
                of.len() - 1
            });
            of[number].push(Anchor { cue: *cue, part: at as u8, at_start: pattern.at_start });
        }
        let mut anchors = Anchors::default();
        for patterns in of {
            anchors.of.extend(patterns);
            anchors.ends.push(anchors.of.len() as u32);
        }
        (phrases, anchors)
    }

    /// The cues of a text that can begin a suspicion. `anchored`: the anchors that were found in it.
    pub(crate) fn strong(&self, folded: Folded<'_>, anchored: &[Anchored], hits: &mut Vec<Hit>) {
        for found in anchored {
            self.try_patterns(self.strong.patterns(found.anchor), found.at as usize, folded, hits);
        }
        if folded.text.len() <= WHOLE_BYTES {
            let start = folded.text.len() as u32;
            let whole = self.whole.get(core(folded.text)).into_iter().flatten();
            hits.extend(whole.filter(|cue| self.known[**cue as usize].role == Role::Label).map(|cue| Hit {
                cue: *cue,
                start: 0,
                end: start,
            }));
        }
    }

    /// Of each address that has a piece of a cue, the heaviest such cue. The addresses are in lower case, each ends with its line.
    pub(crate) fn addresses(&self, lines: &str, hits: &mut Vec<Hit>) {
        hits.clear();
        let Some(finder) = &self.addresses else { return };
        finder.find(lines, |_, piece, place| {
            let piece = &self.of_addresses[piece as usize];
            if piece.is_at(lines, place) {
                hits.push(Hit { cue: piece.cue, start: place as u32, end: (place + piece.text.len()) as u32 });
            }
        });
        // Nearly always there is none.
        if hits.len() > 1 {
            let weight = |hit: &Hit| (self.known[hit.cue as usize].weight, std::cmp::Reverse(hit.cue));
            hits.sort_unstable_by_key(|hit| hit.start);
            hits.dedup_by(|later, kept| {
                let one = !lines.as_bytes()[kept.start as usize..later.start as usize].contains(&b'\n');
                if one && weight(later) > weight(kept) {
                    *kept = *later;
                }
                one
            });
        }
    }

    /// The heaviest cue that what a field is called has a piece of.
    pub(crate) fn field(&self, name: &str) -> Option<u32> {
        let has = |piece: &Piece| (0..name.len()).any(|place| piece.is_at(name, place));
        let found = self.fields.iter().filter(|piece| has(piece)).map(|piece| piece.cue);
        found.rev().max_by_key(|cue| self.known[*cue as usize].weight)
    }

    /// Those that only count under suspicion. `words`: of the text, see [`words`].
    pub(crate) fn weak(&self, language: u8, folded: Folded<'_>, words: &[u32], hits: &mut Vec<Hit>) {
        if let Some((starts, anchors)) = self.weak.get(language as usize) {
            starts.find(folded.text, words, |anchor, at| self.try_patterns(anchors.patterns(anchor), at, folded, hits));
        }
    }

    /// What a heading announces, if that is no story.
    pub(crate) fn section(&self, folded: &str) -> Option<Section> {
        if folded.len() > WHOLE_BYTES {
            return None;
        }
        let text = core(folded);
        // A count may stand behind: "comments (12)".
        let counted = text.trim_end_matches(|c: char| c.is_ascii_digit() || !c.is_alphanumeric());
        self.announced(text, true)
            .or_else(|| self.announced(counted, true))
            .or_else(|| beginnings(text).find_map(|text| self.announced(text, false)))
    }

    /// Does a line that is no heading only lead to another story ("read also: …"), or say whose a picture is ("photo: …")? `linked`: a good
    /// part of it is links; `soft`: all of it is, so that its first words tell nothing that the whole does not.
    pub(crate) fn is_aside(&self, folded: &str, linked: bool, soft: bool) -> bool {
        if folded.len() > WHOLE_BYTES {
            return false;
        }
        let before_colon = folded.find(':').and_then(|colon| self.announced(&folded[..colon], true));
        matches!(before_colon, Some(Section::Related | Section::Credit))
            || matches!(self.announced(folded, true), Some(Section::Related | Section::Ad | Section::Credit))
            || (linked || folded.len() <= CREDIT_BYTES)
                && !soft
                && beginnings(core(folded)).filter(|text| text.contains(' ')).any(|text| match self.announced(text, false) {
                    Some(Section::Related) => linked,
                    section => section == Some(Section::Credit),
                })
    }

    /// What a text announces, taken whole or as the beginning of one.
    fn announced(&self, text: &str, whole: bool) -> Option<Section> {
        let cues = self.whole.get(core(text))?;
        cues.iter().find_map(|cue| match self.known[*cue as usize].subject {
            Subject::Section(section) if whole || !self.patterns.get(*cue).at_end => Some(section),
            _ => None,
        })
    }

    /// One part of each of these patterns stands at `at`: what of them does so whole?
    fn try_patterns(&self, patterns: &[Anchor], at: usize, folded: Folded<'_>, hits: &mut Vec<Hit>) {
        let word = border(folded.text, at);
        let sentence = word && patterns.iter().any(|anchor| anchor.at_start) && begins(folded, at);
        for anchor in patterns.iter().filter(|anchor| anchor.part > 0 || word && (sentence || !anchor.at_start)) {
            let phrase = self.patterns.get(anchor.cue);
            if let Some((start, end)) = self.patterns.around(phrase, anchor.part, at, folded)
                && (!phrase.whole || start == 0 && core(&folded.text[end..]).is_empty())
            {
                hits.push(Hit { cue: anchor.cue, start: start as u32, end: end as u32 });
            }
        }
    }
}

/// The first words of a text, one, two and so on.
fn beginnings(text: &str) -> impl Iterator<Item = &str> {
    let dense = text.chars().next().is_some_and(is_unspaced);
    let borders = text.char_indices().skip(1).filter(move |(_, c)| dense || !c.is_alphanumeric() && *c != '\'');
    borders.take(if dense { 3 * SECTION_WORDS } else { SECTION_WORDS }).map(|(at, _)| &text[..at])
}

/// A shorter word stands on too many pages to begin a suspicion.
const LEAST_BYTES: usize = 4;
fn begins_suspicion(role: Role, weight: u8) -> bool {
    match role {
        Role::Ask | Role::Wall | Role::Thanks | Role::Speaker | Role::Reader | Role::Term => weight > 1,
        Role::Label | Role::Section => true,
        Role::Against | Role::Address | Role::Field => false,
    }
}

/// A text without the signs at its ends.
pub(crate) fn core(text: &str) -> &str {
    // Most texts begin with a letter and end with one, or with a stop behind it.
    let plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let stopped = text.strip_suffix('.').unwrap_or(text);
    if plain(stopped.as_bytes().first()) && plain(stopped.as_bytes().last()) {
        return stopped;
    }
    text.trim_matches(|c: char| !c.is_alphanumeric() && c != '%' && !crate::text::CURRENCIES.contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::bundled;

    /// The phrases that stand in a text, as English writes them.
    fn found(text: &str) -> Vec<String> {
        let (cues, anchors) = Cues::of(bundled::files());
        let english = cues.language("en").unwrap_or_default();
        let folded = crate::text::fold(text);
        let (mut anchored, mut hits) = (Vec::new(), Vec::new());
        for (anchor, phrase) in (0..).zip(&anchors) {
            anchored.extend(folded.match_indices(phrase.as_str()).map(|(at, _)| Anchored { anchor, at: at as u32 }));
        }
        cues.strong(Folded { text: &folded, lines: &[] }, &anchored, &mut hits);
        let strong = |known: &Known| known.language == english && known.weight > 3;
        hits.iter().filter(|hit| strong(&cues.known[hit.cue as usize])).map(|hit| cues.written(hit.cue)).collect()
    }

    #[test]
    fn phrases_are_found_as_they_are_written() {
        for (text, want) in [
            ("Please, support our journalism.", &["support our journalism"][..]),
            ("Subscribe today. It is free.", &["^subscribe today"]),
            ("He was told to subscribe today.", &[]),
            ("Whoever wants to continue reading must swim.", &[]),
            (
                "Log in to continue reading",
                &["log in to continue reading", "^log in to continue", "^log in .. to continue reading"],
            ),
        ] {
            let mut found = found(text);
            found.sort();
            let mut want: Vec<_> = want.iter().map(|phrase| (*phrase).to_owned()).collect();
            want.sort();
            assert_eq!(found, want, "{text}");
        }
    }

    #[test]
    fn an_address_is_told_by_a_piece_of_it() {
        let (cues, _) = Cues::of(bundled::files());
        for (address, piece) in [
            ("https://x.example/subscribe?from=top", Some("/subscribe$")),
            ("/subscribers-of-1871", Some("subscri")),
            ("/subs/2026", Some("/subs$")),
            ("/substance", Some("/subs")),
            ("/abo", Some("/abo$")),
            ("/giveaway", None),
            ("/adhesion-de-la-suede", None),
            ("/adhesion.html", Some("/adhesion$")),
            ("/give", Some("/give$")),
            ("/2026/donald-duck", None),
            ("https://patreon.com/orrin", Some("patreon.com")),
            ("/about", None),
        ] {
            let mut hits = Vec::new();
            cues.addresses(&format!("/about\n{address}\n/2026\n"), &mut hits);
            let found: Vec<_> = hits.iter().map(|hit| cues.written(hit.cue)).collect();
            assert_eq!(found, Vec::from_iter(piece), "{address}");
        }
    }

    #[test]
    fn a_heading_announces_side_matter_by_its_beginning() {
        let (cues, _) = Cues::of(bundled::files());
        assert_eq!(cues.section("related articles"), Some(Section::Related));
        assert_eq!(cues.section("comments (12)"), Some(Section::Comments));
        assert_eq!(cues.section("the harbour reopens"), None);
        for (line, linked, aside) in [
            ("related articles", false, true),
            ("read also: the harbour reopens", false, true),
            ("read also the harbour reopens", true, true),
            ("read also the fine print, he said", false, false),
            ("related he is not", true, false),
            ("comments (12)", true, false),
            ("photo: ada lovelace / the harbour press", false, true),
            ("photo of the harbour", false, false),
            ("photo by ada lovelace", false, true),
            ("photo by photo, the lovelaces had told their story to whoever asked for it", false, false),
            ("the harbour reopens: read more", true, false),
        ] {
            assert_eq!(cues.is_aside(line, linked, false), aside, "{line}");
        }
    }
}
