//! How near a text is to the one it should be: words, runs of words, snippets, appeals.
//!
//! It decides what is counted and how pages are put together. The counts are those of the benchmarks that use these measures, so that figures
//! can be put beside published ones: what a word is follows their Python, not Rust's regexes. It must not know files, stories or tables.

use std::collections::{BTreeMap, HashMap};

use icu_normalizer::ComposingNormalizerBorrowed;
use once_cell::sync::Lazy;
use regex::Regex;

/// Python's `\w`: letters, numbers of every sort, the underscore. Rust's would join combining marks to a word.
static WORD: Lazy<Regex> = Lazy::new(|| Regex::new(r"[\p{L}\p{N}_]+").expect("the pattern is right"));

/// As many words as a run has.
const RUN: usize = 4;

/// An appeal with fewer letters than this must also stand as words of its own: "Log in" is not in "catalog index".
const SHORT: usize = 16;

/// How the words of a text agree with those it should have, each counted as often as it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Overlap {
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    pub(crate) f1: f64,
}

/// Compares words without regard to case and order.
pub(crate) fn words(found: &str, truth: &str) -> Overlap {
    let (found, truth) = (found.to_lowercase(), truth.to_lowercase());
    let (found, truth) = (tokens(&found), tokens(&truth));
    if found.is_empty() || truth.is_empty() {
        let both = f64::from(u8::from(found.is_empty() && truth.is_empty()));
        return Overlap { precision: both, recall: both, f1: both };
    }
    let (was, should) = (count(&found), count(&truth));
    let common: usize = was.iter().map(|(word, times)| should.get(word).map_or(0, |most| *times.min(most))).sum();
    let (precision, recall) = (ratio(common, found.len()), ratio(common, truth.len()));
    Overlap { precision, recall, f1: harmonic(precision, recall) }
}

/// What part of all runs of four words is in both texts, only in the found one, and only in the true one. They add up to 1, unless neither
/// text has a word.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Shares {
    both: f64,
    extra: f64,
    missing: f64,
}

/// Compares runs of words, which sees order; upper and lower case differ. A text of fewer than four words is one run.
pub(crate) fn runs(found: &str, truth: &str) -> Shares {
    let (found, truth) = (tokens(found), tokens(truth));
    let (was, should) = (count_runs(&found), count_runs(&truth));
    let number = |counts: &HashMap<&[&str], usize>| counts.values().sum::<usize>();
    let both: usize = was.iter().map(|(run, times)| should.get(run).map_or(0, |most| *times.min(most))).sum();
    let (extra, missing) = (number(&was) - both, number(&should) - both);
    let all = both + extra + missing;
    Shares { both: ratio(both, all), extra: ratio(extra, all), missing: ratio(missing, all) }
}

/// How many of the snippets that belong in the text are in it, and how many of those that do not are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Snippets {
    pub(crate) kept: usize,
    pub(crate) with: usize,
    pub(crate) left_out: usize,
    pub(crate) without: usize,
}

impl Snippets {
    /// A snippet that belongs in and is in is a hit; a wrong one that is in a false alarm.
    pub(crate) fn f1(&self) -> f64 {
        let wrong = (self.with - self.kept) + (self.without - self.left_out);
        ratio(2 * self.kept, 2 * self.kept + wrong)
    }

    pub(crate) fn kept_share(&self) -> f64 {
        ratio(self.kept, self.with)
    }

    pub(crate) fn left_out_share(&self) -> f64 {
        ratio(self.left_out, self.without)
    }

    fn add(&mut self, other: Self) {
        self.kept += other.kept;
        self.with += other.with;
        self.left_out += other.left_out;
        self.without += other.without;
    }
}

/// Looks for snippets without regard to case and to the sort of white space.
pub(crate) fn snippets(found: &str, with: &[String], without: &[String]) -> Snippets {
    let found = plain(found);
    let here = |snippet: &&String| found.contains(&plain(snippet));
    let kept = with.iter().filter(here).count();
    let leaked = without.iter().filter(here).count();
    Snippets { kept, with: with.len(), left_out: without.len() - leaked, without: without.len() }
}

/// How many of the lines are in the text. Only letters and digits are compared, so that quotes and dashes written otherwise hide no appeal.
pub(crate) fn leaks(found: &str, lines: &[String]) -> usize {
    if lines.is_empty() {
        return 0;
    }
    let folded = fold(found);
    let letters = letters(&folded);
    let mut spaced = None;
    lines
        .iter()
        .filter(|line| {
            let line = fold(line);
            let only = self::letters(&line);
            if only.is_empty() {
                false
            } else if only.chars().count() >= SHORT {
                letters.contains(&only)
            } else {
                spaced.get_or_insert_with(|| self::spaced(&folded)).contains(&self::spaced(&line))
            }
        })
        .count()
}

/// The scores of one page.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageScore {
    /// None where the set has no text for the page; the same for [`PageScore::runs`].
    pub(crate) words: Option<Overlap>,
    pub(crate) runs: Option<Shares>,
    pub(crate) snippets: Snippets,
    pub(crate) leaked: usize,
}

impl PageScore {
    pub(crate) fn of(found: &str, text: Option<&str>, with: &[String], without: &[String]) -> Self {
        Self {
            words: text.map(|text| words(found, text)),
            runs: text.map(|text| runs(found, text)),
            snippets: snippets(found, with, without),
            leaked: leaks(found, without),
        }
    }

    /// One figure to order pages by: of the words, or where there is no text, of the snippets. None: the page has neither.
    pub(crate) fn f1(&self) -> Option<f64> {
        match self.words {
            Some(words) => Some(words.f1),
            None if self.snippets.with > 0 => Some(self.snippets.f1()),
            None if self.snippets.without > 0 => Some(self.snippets.left_out_share()),
            None => None,
        }
    }
}

/// The scores of a set of pages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Summary {
    /// Mean over the pages that have a text; none where no page has. The same for [`Summary::runs_f1`].
    pub(crate) words: Option<Overlap>,
    /// Of the runs of all pages, where each page has the same say.
    pub(crate) runs_f1: Option<f64>,
    /// Mean word F1 and number of the pages of each type.
    pub(crate) types: BTreeMap<String, (f64, usize)>,
    pub(crate) snippets: Snippets,
    pub(crate) leaked: usize,
}

impl Summary {
    /// Of pages, each with its type.
    pub(crate) fn of<'a>(pages: impl IntoIterator<Item = (&'a str, &'a PageScore)>) -> Self {
        let mut summary = Self::default();
        let (mut sum, mut shares, mut number) = (Overlap::default(), Shares::default(), 0);
        for (kind, page) in pages {
            summary.snippets.add(page.snippets);
            summary.leaked += page.leaked;
            let (Some(words), Some(runs)) = (page.words, page.runs) else { continue };
            number += 1;
            sum.precision += words.precision;
            sum.recall += words.recall;
            sum.f1 += words.f1;
            shares.both += runs.both;
            shares.extra += runs.extra;
            shares.missing += runs.missing;
            let of_type = summary.types.entry(kind.to_owned()).or_default();
            of_type.0 += words.f1;
            of_type.1 += 1;
        }
        for (f1, pages) in summary.types.values_mut() {
            *f1 /= *pages as f64;
        }
        if number > 0 {
            let mean = |sum: f64| sum / f64::from(number);
            summary.words = Some(Overlap { precision: mean(sum.precision), recall: mean(sum.recall), f1: mean(sum.f1) });
            let part = |of: f64, rest: f64| if of > 0.0 { of / (of + rest) } else { 0.0 };
            summary.runs_f1 = Some(harmonic(part(shares.both, shares.extra), part(shares.both, shares.missing)));
        }
        summary
    }
}

fn tokens(text: &str) -> Vec<&str> {
    WORD.find_iter(text).map(|word| word.as_str()).collect()
}

fn count<'a>(words: &[&'a str]) -> HashMap<&'a str, usize> {
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(*word).or_default() += 1;
    }
    counts
}

fn count_runs<'t, 'a>(words: &'t [&'a str]) -> HashMap<&'t [&'a str], usize> {
    let mut counts = HashMap::new();
    if !words.is_empty() {
        for run in words.windows(RUN.min(words.len())) {
            *counts.entry(run).or_default() += 1;
        }
    }
    counts
}

/// Lower case, and one space for any white space. Python counts the four separators of ASCII as such.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() || ('\x1c'..='\x1f').contains(&c) {
            if !space {
                out.push(' ');
            }
            space = true;
        } else {
            out.push(c);
            space = false;
        }
    }
    out.to_lowercase()
}

/// Unicode's compatibility form without the difference of case, as Python's `casefold` has it: ß is ss, ſ is s.
fn fold(text: &str) -> String {
    let fold = |c: char| c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let mut out = String::with_capacity(composed.len());
    for c in composed.chars() {
        if c == 'ı' {
            out.push(c); // its capital is I, whose small letter is another
        } else {
            out.extend(fold(c));
        }
    }
    out
}

/// The letters and digits of a folded text.
fn letters(folded: &str) -> String {
    let mut out = String::with_capacity(folded.len());
    for word in tokens(folded) {
        out.extend(word.split('_'));
    }
    out
}

/// The words of a folded text, each between spaces.
fn spaced(folded: &str) -> String {
    let mut out = String::from(" ");
    for word in tokens(folded) {
        out.push_str(word);
        out.push(' ');
    }
    out
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn harmonic(one: f64, other: f64) -> f64 {
    if one + other > 0.0 { 2.0 * one * other / (one + other) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-12, "{one} is not {other}");
    }

    fn strings(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn words_count_as_often_as_they_stand() {
        let overlap = words("The cat, the cat's not; THE", "the cat slept well");
        near(overlap.precision, 2.0 / 7.0); // "the" and "cat", of: the cat the cat s not the
        near(overlap.recall, 2.0 / 4.0);
        near(overlap.f1, 4.0 / 11.0);
    }

    #[test]
    fn a_text_that_should_be_empty_is_right_only_when_it_is() {
        assert_eq!(words(" - ", "").f1, 1.0);
        assert_eq!(words("one", "").f1, 0.0);
        assert_eq!(words("", "one"), Overlap::default());
        assert_eq!(words("two", "one"), Overlap::default());
    }

    /// Each of these differs between Python's `\w` and that of Rust's regex, or between simple and full lower case.
    #[test]
    fn a_word_is_what_python_takes_for_one() {
        for (text, expected) in [
            ("कि", vec!["क"]),             // a vowel sign is a mark and parts words
            ("e\u{301}t", vec!["e", "t"]), // so does an accent by itself
            ("a‿b", vec!["a", "b"]),       // a tie is punctuation
            ("x² ½ Ⅷ ①", vec!["x²", "½", "Ⅷ", "①"]),
            ("Ⓐ a\u{200d}b", vec!["a", "b"]), // a circled letter is a symbol, a joiner a format character
            ("snake_case", vec!["snake_case"]),
            ("東京tower", vec!["東京tower"]),
        ] {
            assert_eq!(tokens(text), expected, "{text}");
        }
        assert_eq!(words("\u{39f}\u{3a3}", "\u{3bf}\u{3c2}").f1, 1.0, "the last sigma of a word is another letter");
        assert_eq!(words("İ", "i\u{307}").f1, 1.0, "one letter becomes a letter and a mark");
    }

    #[test]
    fn runs_see_order_and_case() {
        // Two runs each, one of them in both.
        let shares = runs("a b c d e", "a b c d f");
        near(shares.both, 1.0 / 3.0);
        near(shares.extra, 1.0 / 3.0);
        near(shares.missing, 1.0 / 3.0);
        assert_eq!(runs("A b c d", "a b c d").both, 0.0);
        assert_eq!(runs("a b", "a b").both, 1.0, "a short text is one run");
        assert_eq!(runs("", "a b").missing, 1.0);
        assert_eq!(runs("", ""), Shares::default());
    }

    #[test]
    fn a_run_counts_as_often_as_it_stands() {
        // Found a b a b a b: abab twice, baba once. True: abab once.
        let shares = runs("a b a b a b", "a b a b");
        near(shares.both, 1.0 / 3.0);
        near(shares.extra, 2.0 / 3.0);
        near(shares.missing, 0.0);
    }

    #[test]
    fn snippets_are_looked_for_without_case_and_white_space() {
        let with = strings(&["The\n ford  floods", "no such thing"]);
        let without = strings(&["a letter", "Subscribe"]);
        let found = snippets("the ford\u{a0}floods; SUBSCRIBE now", &with, &without);
        assert_eq!(found, Snippets { kept: 1, with: 2, left_out: 1, without: 2 });
        near(found.f1(), 2.0 / 4.0); // one hit, one missed, one false alarm
        assert_eq!(snippets("a\u{1c}b", &strings(&["a b"]), &[]).kept, 1);
    }

    #[test]
    fn leaked_lines_are_known_by_their_letters() {
        let text = "“Don’t miss our news—letter”, they said; catalog index";
        let leaked = |line: &str| leaks(text, &strings(&[line])) == 1;
        assert!(leaked("Don't miss our news-letter!"));
        assert!(!leaked("Log in"), "a short line must be words of its own");
        assert!(leaked("They said"));
        assert!(!leaked("..."), "a line without letters is never there");
        assert!(!leaked("Don't miss our newspaper, please"));
        assert_eq!(leaks("STRASSE ﬁn", &strings(&["Straße fin"])), 1);
        assert_eq!(leaks("STRAẞE", &strings(&["strasse"])), 1);
    }

    #[test]
    fn a_set_is_the_mean_of_its_pages() {
        let page = |found: &str, text: Option<&str>| PageScore::of(found, text, &strings(&["one"]), &strings(&["two"]));
        let pages =
            [page("one", Some("one")), page("one two", Some("three")), page("one two", Some("one two")), page("two", None)];
        let summary = Summary::of(["article", "article", "forum", "forum"].into_iter().zip(&pages));
        near(summary.words.unwrap_or_default().f1, 2.0 / 3.0);
        near(summary.types["article"].0, 0.5);
        assert_eq!(summary.types["forum"], (1.0, 1), "a page without a text has no word F1");
        // Two pages are right, one has a run too many and lacks one.
        near(summary.runs_f1.unwrap_or_default(), 2.0 * 0.8 * 0.8 / 1.6);
        assert_eq!(summary.snippets, Snippets { kept: 3, with: 4, left_out: 1, without: 4 });
        assert_eq!(summary.leaked, 3);
        assert_eq!(Summary::of([("article", &pages[3])]).words, None);
    }

    #[test]
    fn pages_without_a_text_are_ordered_by_their_snippets() {
        let score = |with: &[&str], without: &[&str]| PageScore::of("one two", None, &strings(with), &strings(without)).f1();
        assert_eq!(score(&["one", "three"], &[]), Some(2.0 / 3.0));
        assert_eq!(score(&[], &["two", "three"]), Some(0.5));
        assert_eq!(score(&[], &[]), None);
    }
}
