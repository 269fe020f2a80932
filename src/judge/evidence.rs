//! What one block of text speaks for: an appeal to the reader, or a story.
//!
//! Cues that were found in the block are added up sentence by sentence, with its shape (buttons, fields, links to where one pays or signs
//! in), against what reads like a story: long sentences that ask for nothing, quotations, reported speech. The sum is a number above or
//! below zero. What is done with it, over blocks and elements, is the [recognizer](super::recognizer)'s. This module must not know
//! elements or bytes.

use super::sentences::{amounts, quotes, sentences};
use super::wording::Wanted;
use crate::matcher::cues::{self, Anchored, Cues, Folded, Hit};
use crate::rules::Kind;
use crate::rules::cue::{Role, Section, Subject};

/// What a block speaks for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Evidence {
    /// The sum: above zero an appeal, below a story.
    pub(crate) sum: f32,
    /// Of that, what asks, bars or thanks: no appeal is without.
    pub(crate) core: f32,
    /// It is a sentence of a story for all that is known: it is long, or ends as one, and says nothing of an appeal.
    pub(crate) prose: bool,
    /// What its length speaks for a story.
    pub(crate) prior: f32,
    /// What it would add beside blocks that ask: it addresses the reader, names terms.
    pub(crate) beside: f32,
    /// Of that, what no story says often: the publisher by name of its work, the reader by a greeting, terms.
    pub(crate) voice: f32,
    /// It greets the reader as a letter does.
    pub(crate) greets: bool,
    /// The whole of it is such a label, though it is no link or button.
    pub(crate) label: bool,
    /// Of that, terms and amounts.
    pub(crate) terms: f32,
    /// What cues say against an appeal.
    pub(crate) against: f32,
    /// Of a sentence whose words ask, what cues or words say, each without the other.
    pub(crate) most_alone: Option<f32>,
    /// Of `core`, what more than labels says, or labels beside a field.
    pub(crate) asks: f32,
    /// Of the sum, walls.
    pub(crate) wall: f32,
    /// The kind that most of it is of.
    pub(crate) kind: Option<Kind>,
    /// It is a heading that announces something else than the story. This and the next are only looked for where a story is.
    pub(crate) section: Option<Section>,
    /// It is a line that only leads to another story, or says whose a picture is.
    pub(crate) aside: bool,
    /// The cues that weigh most, heaviest first, then learned words; as many as `cues` says.
    pub(crate) top: [u32; TOP],
    pub(crate) cues: u8,
    /// The language of the cues.
    pub(crate) language: Option<u8>,
}

/// Cues that are remembered to be named.
pub(crate) const TOP: usize = 4;

impl Evidence {
    /// The evidence of a text that says no cue.
    pub(crate) fn without_cues(text: &str, shape: &Shape) -> Self {
        let prior = (text.len() as f32 * A_BYTE).min(if shape.soft || shape.heading { SHORT } else { MOST_PLAIN });
        Self { prior, sum: -prior, beside: -prior, prose: is_prose(text), ..Self::default() }
    }

    /// What it would be enough for alone: labels are everywhere.
    pub(crate) fn alone(&self) -> f32 {
        if self.asks > 0.0 { self.most_alone.map_or(self.sum, |most| most.min(self.sum)) } else { 0.0 }
    }

    /// Links that lead to where one pays, subscribes or signs in stand beside words that ask.
    pub(crate) fn add_targets(&mut self, count: usize) {
        self.sum += count.min(2) as f32 * A_TARGET;
    }

    /// The words of a text tell: it is worth what they ask for or what its cues do, whichever is more, and half of the other if it surely asks.
    /// `false`: they tell too little for what it is.
    pub(crate) fn add_words(&mut self, text: &str, wanted: &Wanted) -> bool {
        let sentence = is_prose(text);
        if sentence && wanted.worth < DOUBTFUL && self.core > 0.0 {
            self.sum -= (DOUBTFUL - wanted.worth).min(MOST_DOUBT);
            return true;
        }
        let worth = wanted.worth - self.unsaid();
        if worth <= if sentence { LEAST_SAID } else { LEAST_CALLED } {
            return false;
        }
        let worth = if sentence { worth } else { worth.min(MOST_CALLED) };
        let said = self.sum.max(0.0);
        let sure = !sentence || worth >= SURELY;
        let both = said.max(worth) + if sure { said.min(worth) * BOTH } else { 0.0 };
        self.sum = if !sentence || sure && self.core > 0.0 { both } else { both.min(MOST_SAID).max(said) };
        if sentence {
            self.most_alone = Some(worth.max(if self.asks > 0.0 { said } else { 0.0 }));
        }
        self.ask(worth, wanted);
        true
    }

    /// The words of a paragraph that links to somewhere tell: it is an appeal by itself if they ask. `false`: they do not.
    pub(crate) fn add_invitation(&mut self, wanted: &Wanted) -> bool {
        let more = wanted.worth - self.unsaid() - INVITES;
        if more < 0.0 {
            return false;
        }
        self.sum = self.sum.max(SURELY + more);
        self.ask(SURELY, wanted);
        true
    }

    /// Its words ask, and are worth so much.
    fn ask(&mut self, worth: f32, wanted: &Wanted) {
        self.core = self.core.max(worth);
        self.asks = self.asks.max(worth);
        self.prose = false;
        self.kind = self.kind.or(Some(wanted.kind));
        for (place, word) in self.top.iter_mut().skip(self.cues.into()).zip(wanted.top.into_iter().flatten()) {
            *place = word;
            self.cues += 1;
        }
    }

    /// What its cues say against an appeal that its words make.
    pub(crate) fn unsaid(&self) -> f32 {
        self.against * UNSAID
    }

    /// Does anything in it speak for an appeal that a story seldom says?
    pub(crate) fn speaks(&self) -> bool {
        self.core > 0.0 || self.voice > 0.0
    }
}

/// What a block looks like beside its words.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shape {
    /// Buttons and fields.
    pub(crate) buttons: u16,
    pub(crate) fields: u16,
    pub(crate) heading: bool,
    /// All of it is a link, a button, a label.
    pub(crate) soft: bool,
    /// It stands in a list or a navigation: what one clicks there is no appeal yet.
    pub(crate) listed: bool,
}

/// How much the weight of a cue counts, by role.
const ASK: f32 = 1.0;
const WALL: f32 = 1.1;
const TERM: f32 = 0.7;
const THANKS: f32 = 0.8;
const SPEAKER: f32 = 0.6;
const READER: f32 = 0.4;
const LABEL: f32 = 0.9;
const AGAINST: f32 = 1.0;
/// An amount of money.
const MONEY: f32 = 0.6;
/// The most that readers and speakers add a sentence, amounts and terms a block, and all of that as a share of what asks.
const MOST_ADDRESS: f32 = 1.2;
const MOST_MONEY: f32 = 1.2;
const MOST_HINTS: f32 = 1.5;
const MOST_TERMS: f32 = 2.5;
const MOST_BESIDE: f32 = 0.75;
/// Each word of a sentence speaks for a story, up to a bound.
const A_WORD: f32 = 0.09;
const MOST_WORDS: f32 = 1.3;
/// A text without cues is not taken apart: so much a byte, and no more.
const A_BYTE: f32 = 0.014;
const MOST_PLAIN: f32 = 6.0;
/// A text of so many bytes is a sentence; one of fewer is, if it ends like one.
const PROSE_BYTES: usize = 80;
const SENTENCE_BYTES: usize = 24;
/// Headings, links and buttons speak no louder for a story.
const SHORT: f32 = 0.4;
/// What stands in quotation marks is somebody else's plea.
const QUOTED: f32 = 0.25;
/// Buttons and fields beside words that ask, and links to where one pays.
const A_BUTTON: f32 = 0.5;
const A_FIELD: f32 = 0.8;
const A_TARGET: f32 = 0.8;
/// Cues are made of the words that are weighed too.
const BOTH: f32 = 0.5;
/// A sentence must say so much by its words to be asking. It is enough alone only if some cue asks too and the words are as sure as that; otherwise
/// it takes no more than this to what stands around it, for stories have sentences that lack nothing but the asking.
const LEAST_SAID: f32 = 0.5;
const SURELY: f32 = 2.4;
const MOST_SAID: f32 = 2.0;
/// The words of a label must ask for so much, and of those, of which shops are full, none are worth more than this.
const LEAST_CALLED: f32 = 0.12;
const MOST_CALLED: f32 = 1.6;
/// The words of a paragraph with a link in it must ask for so much to be an appeal by itself.
const INVITES: f32 = 0.6;
/// A sentence with cues is worth less by as much as its words are further on the story's side than this.
const DOUBTFUL: f32 = -0.5;
const MOST_DOUBT: f32 = 1.5;
/// What cues say against an appeal was weighed against other cues.
const UNSAID: f32 = 0.5;

/// A plea at the end of a paragraph has so many sentences at most.
const MOST_PLEA: usize = 4;
/// What stands before it has so many bytes at least.
const LEAST_HEAD: usize = 120;

/// What it weighs for a language that the page says it is in it, or that what stands before is.
const EXPECTED: u32 = 3;
/// A language that nothing led to expect, and none of whose common words are there, takes so much to be believed.
const SURE: u32 = 6;
/// A text of so many plain letters has a common word of its language; one without is in another, on a page that does not tell.
const TELLING: usize = 60;
/// The most that the cues of a language count when it is chosen; its common words tell more.
const MOST_OWN: u32 = 8;

/// What a block's words are weighed with; kept between blocks.
#[derive(Debug, Default)]
pub(crate) struct Scale {
    pub(crate) hits: Vec<Hit>,
    /// Where its words begin.
    words: Vec<u32>,
    sentences: Vec<(u32, u32)>,
    quotes: Vec<(u32, u32)>,
    ranked: Vec<(f32, u32)>,
    /// Languages that a text may be in.
    candidates: Vec<u8>,
}

impl Scale {
    /// Weighs a block. `page`: the language that the page says it is in; `language`: that of what is suspected before it.
    pub(crate) fn weigh(
        &mut self,
        cues: &Cues,
        folded: Folded<'_>,
        anchored: &[Anchored],
        shape: &Shape,
        page: Option<u8>,
        language: Option<u8>,
    ) -> Evidence {
        self.hits.clear();
        cues.strong(folded, anchored, &mut self.hits);
        if self.hits.is_empty() && language.is_none() {
            return Evidence::without_cues(folded.text, shape);
        }
        self.weigh_hits(cues, folded, shape, page, language)
    }

    // Apart, for most blocks have no cue.
    #[inline(never)]
    fn weigh_hits(&mut self, cues: &Cues, folded: Folded<'_>, shape: &Shape, page: Option<u8>, language: Option<u8>) -> Evidence {
        let mut evidence = Evidence { language, ..Evidence::default() };
        cues::words(folded.text, &mut self.words);
        if !self.hits.is_empty() {
            evidence.language = self.language(cues, folded, page, language);
        } else if let Some(language) = language {
            cues.weak(language, folded, &self.words, &mut self.hits);
        }
        if self.hits.is_empty() {
            return Evidence { language: evidence.language, ..Evidence::without_cues(folded.text, shape) };
        }
        sentences(folded, &mut self.sentences);
        self.drop_overlaps(cues);
        quotes(folded.text, &mut self.quotes);
        self.add(cues, folded, shape, &mut evidence);
        evidence
    }

    /// Where the last sentences of a text that tells something begin to ask; what they speak for, and what stands before them, as texts of
    /// their own.
    pub(crate) fn plea(
        &mut self,
        cues: &Cues,
        folded: Folded<'_>,
        anchored: &[Anchored],
        page: Option<u8>,
        language: Option<u8>,
    ) -> Option<(usize, Evidence, Evidence)> {
        sentences(folded, &mut self.sentences);
        let starts: Vec<usize> = self.sentences.iter().skip(1).rev().take(MOST_PLEA).map(|(start, _)| *start as usize).collect();
        let mut best: Option<(usize, Evidence)> = None;
        for start in starts {
            let at = start + folded.text[start..].len() - folded.text[start..].trim_start().len();
            let lines: Vec<u32> = folded.lines.iter().filter(|line| **line as usize > at).map(|line| line - at as u32).collect();
            let end = Folded { text: &folded.text[at..], lines: &lines };
            let behind = anchored.iter().filter(|found| found.at as usize >= at);
            let behind: Vec<_> = behind.map(|found| Anchored { at: found.at - at as u32, ..*found }).collect();
            let evidence = self.weigh(cues, end, &behind, &Shape::default(), page, language);
            // A sentence before it that speaks for nothing is no part of the plea.
            let more = |best: Evidence| evidence.sum > best.sum && evidence.core + evidence.voice > best.core + best.voice;
            if best.is_none_or(|(_, best)| more(best)) {
                best = Some((at, evidence));
            }
        }
        let (at, evidence) = best?;
        // A quotation that is still open is somebody else's plea.
        let head = Folded { text: folded.text[..at].trim_end(), lines: &[] };
        let quoting = head.text.bytes().filter(|b| *b == b'"').count() % 2 > 0;
        let before: Vec<_> = anchored.iter().filter(|found| (found.at as usize) < at).copied().collect();
        if quoting || head.text.len() < LEAST_HEAD {
            return None;
        }
        let head = self.weigh(cues, head, &before, &Shape::default(), page, language);
        (!head.speaks()).then_some((at, evidence, head))
    }

    /// The language of a text in which hits were found: what most of the weight is of, common words included. Hits of others go: languages
    /// borrow from each other, and "newsletter" is no German in an English story.
    fn language(&mut self, cues: &Cues, folded: Folded<'_>, page: Option<u8>, around: Option<u8>) -> Option<u8> {
        let strong = self.hits.len();
        let told = |hit: &Hit| !cues.known[hit.cue as usize].borrowed;
        // What several languages say tells of none, unless there is nothing else to tell.
        let known = page.is_some() || around.is_some() || self.hits.iter().any(told);
        let candidates = self.hits.iter().filter(|hit| !known || told(hit)).map(|hit| cues.known[hit.cue as usize].language);
        self.candidates.clear();
        for language in candidates.chain(page).chain(around) {
            if !self.candidates.contains(&language) {
                self.candidates.push(language);
            }
        }
        let mut best = (0, None);
        for language in &self.candidates {
            let start = self.hits.len();
            cues.weak(*language, folded, &self.words, &mut self.hits);
            let common = (self.hits.len() - start) as u32;
            let own = |hit: &&Hit| {
                let cue = &cues.known[hit.cue as usize];
                cue.language == *language && !cue.borrowed
            };
            let weight: u32 =
                self.hits[..strong].iter().filter(own).map(|hit| u32::from(cues.known[hit.cue as usize].weight)).sum();
            let expected = page == Some(*language) || around == Some(*language);
            let score = weight.min(MOST_OWN) + 2 * common + if expected { EXPECTED } else { 0 };
            let told = folded.text.len() < TELLING || !folded.text.is_ascii();
            let sure = expected || page.is_none() && told || common > 0 || weight >= SURE;
            if sure && (score > best.0 || best.1.is_none()) {
                best = (score, Some(*language));
            }
        }
        let language = best.1;
        self.hits.retain(|hit| Some(cues.known[hit.cue as usize].language) == language);
        language
    }

    /// Of cues that say the same with the same words, the heaviest counts.
    fn drop_overlaps(&mut self, cues: &Cues) {
        let known = |hit: &Hit| &cues.known[hit.cue as usize];
        self.hits.sort_unstable_by_key(|hit| {
            let cue = known(hit);
            // What asks is more than a label of the same words.
            let label = cue.role == Role::Label;
            (std::cmp::Reverse(cue.weight), label, hit.start, std::cmp::Reverse(hit.end), cue.language, hit.cue)
        });
        let mut kept = 0;
        for at in 0..self.hits.len() {
            let hit = self.hits[at];
            let against = known(&hit).role == Role::Against;
            let taken = self.hits[..kept]
                .iter()
                .any(|other| other.start < hit.end && hit.start < other.end && (known(other).role == Role::Against) == against);
            if !taken {
                self.hits[kept] = hit;
                kept += 1;
            }
        }
        self.hits.truncate(kept);
    }

    /// The kind of appeal that a title speaks of. `languages`: those it may be in.
    pub(crate) fn topic(&mut self, cues: &Cues, title: &str, anchored: &[Anchored], languages: [Option<u8>; 2]) -> Option<Kind> {
        let folded = Folded { text: title, lines: &[] };
        self.hits.clear();
        cues.strong(folded, anchored, &mut self.hits);
        cues::words(title, &mut self.words);
        let [one, other] = languages;
        for language in one.into_iter().chain(other.filter(|other| Some(*other) != one)) {
            cues.weak(language, folded, &self.words, &mut self.hits);
        }
        self.hits.iter().find_map(|hit| match cues.known[hit.cue as usize].subject {
            Subject::Kind(kind) => Some(kind),
            _ => None,
        })
    }

    fn add(&mut self, cues: &Cues, folded: Folded<'_>, shape: &Shape, evidence: &mut Evidence) {
        let mut kinds = [0.0_f32; Kind::ALL.len()];
        self.ranked.clear();
        let (mut address, mut hints, mut against) = (0.0_f32, 0.0_f32, 0.0_f32);
        let clickable = shape.soft && !shape.listed || shape.buttons + shape.fields > 0;
        for hit in &self.hits {
            let cue = &cues.known[hit.cue as usize];
            let quoted = self.quotes.iter().any(|(start, end)| *start < hit.start && hit.end <= *end);
            let weight = f32::from(cue.weight) * if quoted { QUOTED } else { 1.0 };
            let worth = weight
                * match cue.role {
                    Role::Ask => ASK,
                    Role::Wall => WALL,
                    Role::Term => TERM,
                    Role::Thanks => THANKS,
                    Role::Label => LABEL,
                    Role::Speaker => SPEAKER,
                    Role::Reader => READER,
                    Role::Against => AGAINST,
                    Role::Section | Role::Address | Role::Field => 0.0,
                };
            match cue.role {
                Role::Speaker | Role::Reader => address += worth,
                Role::Term => evidence.terms += worth,
                Role::Against => against += worth,
                Role::Section | Role::Address | Role::Field => {}
                // A word that is only a hint asks for nothing, and a label that is no link or button is a word of any text.
                _ if cue.weight < 2 || cue.role == Role::Label && !clickable => hints += worth,
                _ => {
                    evidence.core += worth;
                    evidence.asks += if cue.role == Role::Label && shape.fields == 0 { 0.0 } else { worth };
                }
            }
            if cue.weight > if cue.role == Role::Term { 2 } else { 1 }
                && matches!(cue.role, Role::Speaker | Role::Reader | Role::Term)
            {
                evidence.voice += worth;
            }
            evidence.greets |= cue.role == Role::Reader && cue.weight > 2;
            evidence.label |= cue.role == Role::Label;
            if cue.role == Role::Wall {
                evidence.wall += worth;
            }
            if let Subject::Kind(kind) = cue.subject {
                kinds[kind as usize] += worth;
            }
            if cue.role != Role::Against {
                self.ranked.push((worth, hit.cue));
            }
        }
        let sentences = self.sentences.len() as f32;
        let prior: f32 = self.sentences.iter().map(|range| prior(folded.text, *range)).sum();
        let money = (amounts(folded.text) as f32 * MONEY).min(MOST_MONEY);
        evidence.terms = (evidence.terms + money).min(MOST_TERMS);
        // Who speaks to whom, and for how much, makes a plea stronger; without a plea it is only a little less of a story.
        let beside = address.min(MOST_ADDRESS * sentences) + evidence.terms + hints.min(MOST_HINTS);
        (evidence.prior, evidence.against) = (prior, against);
        evidence.prose = !evidence.speaks() && is_prose(folded.text);
        evidence.beside = beside - prior - against;
        if evidence.core > 0.0 {
            evidence.sum = evidence.core + beside.min(evidence.core * MOST_BESIDE) - prior - against
                + f32::from(shape.buttons.min(2)) * A_BUTTON
                + f32::from(shape.fields.min(2)) * A_FIELD;
        } else {
            evidence.sum = evidence.beside.min(0.0);
        }
        let heaviest = Kind::ALL.into_iter().max_by(|one, other| kinds[*one as usize].total_cmp(&kinds[*other as usize]));
        evidence.kind = heaviest.filter(|kind| kinds[*kind as usize] > 0.0);
        self.ranked.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        for (place, (_, cue)) in evidence.top.iter_mut().zip(&self.ranked) {
            *place = *cue;
            evidence.cues += 1;
        }
    }
}

/// Is it a sentence, not a line of a list or a button?
fn is_prose(text: &str) -> bool {
    text.len() >= PROSE_BYTES
        || text.len() >= SENTENCE_BYTES && text.ends_with(['.', '!', '?', '"', ')', ':', '。', '！', '？', '؟'])
}

/// What a sentence's length speaks for a story.
fn prior(text: &str, range: (u32, u32)) -> f32 {
    let text = &text[range.0 as usize..range.1 as usize];
    (crate::record::words(text) as f32 * A_WORD).min(MOST_WORDS)
}
