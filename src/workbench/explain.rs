//! Every block of a page, with what became of it and why: what `explain` and `inspect` show.
//!
//! [`explain`] reads the page as anybody would, and then again in other ways to learn what the first reading had no reason to keep: what
//! the removed elements held, how long page mode holds each block, which selector or phrase it was. All of that is put into one
//! [`Explanation`], so that whoever shows it tells the same. It must not print, or know how it is shown.

mod bound;
mod find;
mod hold;
mod matched;
mod near;
mod place;
mod remedy;
mod roots;

use std::fmt;
use std::iter::Peekable;
use std::ops::Range;

pub use bound::Bound;
pub use remedy::{Change, Remedies, Remedy};

use crate::error::Error;
use crate::judge::features::{FEATURES, Feature, asking_words};
use crate::judge::model::Model;
use crate::judge::story::why::{Ground, grounds};
use crate::scan::Reading;
use crate::story::{self, Story};
use crate::{Access, Kind, Rules, Sieve};
use hold::Hold;
use matched::Evidence;
use place::Places;

/// What became of a page, block by block.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Explanation {
    /// The headline.
    pub title: Option<String>,
    /// The page's address, as it was given or as the page says.
    pub url: Option<String>,
    /// The encoding it was read in.
    pub encoding: &'static str,
    /// Its size.
    pub bytes: u64,
    /// Is the whole story there?
    pub access: Access,
    /// The files of the site rules that were on.
    pub sites: Vec<String>,
    /// The most bytes that page mode holds at a time, and how many it may.
    pub held: u64,
    /// See `held`.
    pub max_hold: u64,
    /// How often page mode lets something go undecided because more would have to be held.
    pub budget_spent: u64,
    /// Every block that holds words or pictures, in page order.
    pub blocks: Vec<Explained>,
}

/// A block of a page.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explained {
    /// Its bytes in the page.
    pub bytes: Range<u64>,
    /// The line of the page that it begins on, from 1.
    pub line: u32,
    /// The elements around it, outermost first, each with its id or classes: `div.letter-box`. Empty for a text without markup.
    pub path: Vec<String>,
    /// Its words, as a reader sees them.
    pub text: String,
    /// Pictures in it.
    pub pictures: u16,
    /// What became of it.
    pub verdict: Verdict,
    /// Why.
    pub cause: Cause,
    /// How likely the story model took it to be story; none if it was not asked.
    pub probability: Option<f32>,
    /// The features that weighed most in this.
    pub features: Vec<Weighed>,
    /// Where one of those is that its own words are such as appeals are made of: the words that are so most, heaviest first.
    pub asking: Vec<String>,
    /// The rule that removed it, or rules that removed pieces of it.
    pub removals: Vec<Removal>,
    /// Rules that would have removed it, but for one thing.
    pub near: Vec<Near>,
    /// Bytes of the page that page mode reads, from the first of the block on, until it is decided. So long and so many it is held.
    pub held: u64,
}

/// What became of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// It is the headline.
    Headline,
    /// It is part of the story.
    Story,
    /// It is not, and no rule removed it: page mode leaves it in.
    LeftOut,
    /// A rule removed it.
    Removed,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 4] = [Self::Headline, Self::Story, Self::LeftOut, Self::Removed];

    /// The verdict as reports write it.
    ///
    /// ```
    /// assert_eq!(storysieve::workbench::Verdict::LeftOut.name(), "left out");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Headline => "headline",
            Self::Story => "story",
            Self::LeftOut => "left out",
            Self::Removed => "removed",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why a block is story, or is not.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// It shows the headline.
    Headline,
    /// A rule took it.
    Rule,
    /// It stands in what the site's `[story] select` names.
    InRoot,
    /// It stands outside of what the site's `[story] select` names.
    OutsideRoots,
    /// It stands in what the site's `[story] keep` names.
    Kept,
    /// The model is sure enough.
    Likely {
        /// How sure it had to be on this page.
        enough: f32,
    },
    /// The model is sure enough for a page of few words.
    FewWords {
        /// How sure it had to be.
        enough: f32,
    },
    /// It is like the block beside it, which is story.
    Beside,
    /// It is hidden until someone asks the question above it, which is story.
    Answer,
    /// It stands between the headline and the story, and introduces it.
    Standfirst,
    /// It heads what stands right under it, which is story.
    Heading,
    /// It leads to something that was left out.
    Dangling,
    /// Other blocks are more likely.
    Unlikely {
        /// How sure the model would have had to be on this page.
        enough: f32,
    },
    /// It is hidden, and not likely enough for that.
    Hidden {
        /// How sure the model would have had to be of what is hidden on this page.
        enough: f32,
    },
    /// It says who wrote the story or when.
    Credit,
    /// It only leads to another story, or says whose a picture is.
    Aside,
    /// It stands in the page's navigation or footer, which are left unread where the content holds a story.
    Frame,
    /// It is a reader's comment.
    Comment,
    /// A picture or caption in the story, for the forms that show pictures.
    Picture,
    /// It stands on the page once more.
    Double,
    /// It holds no words.
    Wordless,
    /// The input is a text without markup: what no rule takes is story.
    PlainText,
}

impl Cause {
    /// A word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Headline => "headline",
            Self::Rule => "rule",
            Self::InRoot => "in-root",
            Self::OutsideRoots => "outside-roots",
            Self::Kept => "kept",
            Self::Likely { .. } => "likely",
            Self::FewWords { .. } => "few-words",
            Self::Beside => "beside",
            Self::Answer => "answer",
            Self::Standfirst => "standfirst",
            Self::Heading => "heading",
            Self::Dangling => "dangling",
            Self::Unlikely { .. } => "unlikely",
            Self::Hidden { .. } => "hidden",
            Self::Credit => "credit",
            Self::Aside => "aside",
            Self::Frame => "frame",
            Self::Comment => "comment",
            Self::Picture => "picture",
            Self::Double => "double",
            Self::Wordless => "wordless",
            Self::PlainText => "plain-text",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Headline => "it shows the headline, which is written apart",
            Self::Rule => "a rule took it",
            Self::InRoot => "it stands in what the site's [story] select names",
            Self::OutsideRoots => "it stands outside of what the site's [story] select names",
            Self::Kept => "it stands in what the site's [story] keep names",
            Self::Likely { enough } => return write!(f, "likely story; {enough:.2} is enough on this page"),
            Self::FewWords { enough } => return write!(f, "likely enough for a page of few words, where {enough:.2} is enough"),
            Self::Beside => "it is like the block beside it, which is story",
            Self::Answer => "it is folded under its question, which is story",
            Self::Standfirst => "it stands between the headline and the story, and introduces it",
            Self::Heading => "it heads what stands right under it, which is story",
            Self::Dangling => "it leads to something that was left out",
            Self::Unlikely { enough } => return write!(f, "not likely enough; {enough:.2} would be, on this page"),
            Self::Hidden { enough } => return write!(f, "not likely enough; {enough:.2} would be, for what is hidden"),
            Self::Credit => "it says who wrote the story or when, which is metadata",
            Self::Aside => "it only leads to another story, or says whose a picture is",
            Self::Frame => "it stands in the page's navigation or footer, which are not read for a story",
            Self::Comment => "it is a reader's comment",
            Self::Picture => "a picture or caption: HTML and Markdown show it, text does not",
            Self::Double => "it is hidden or in a noscript, and on the page once more",
            Self::Wordless => "it holds no words",
            Self::PlainText => "the input has no markup, so what no rule takes is story",
        })
    }
}

/// A feature of a block that the story model weighed.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Weighed {
    /// Its name, as `model/README.md` has it.
    pub name: &'static str,
    /// What it is.
    pub means: &'static str,
    /// What it added to the log odds.
    pub weight: f32,
}

/// A rule that removed a block, or a piece of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Removal {
    /// The rule's full id.
    pub rule: String,
    /// What it took the block for.
    pub kind: Kind,
    /// The rule's file and line.
    pub file: String,
    /// See `file`.
    pub line: u32,
    /// The bytes that went.
    pub bytes: Range<u64>,
    /// The first words of what went.
    pub excerpt: String,
    /// The selectors, phrases or cues that led to it.
    pub matched: Vec<Matched>,
}

/// A part of a rule, or a cue, that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matched {
    /// `select`, `text`, `regex`, `from`, `to`, or the role of a cue.
    pub what: &'static str,
    /// As the file writes it.
    pub text: String,
    /// The weight of a cue.
    pub weight: Option<u8>,
    /// Where it is written.
    pub file: String,
    /// See `file`.
    pub line: u32,
}

/// A rule that would have removed a block, but for one thing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Near {
    /// The rule's full id.
    pub rule: String,
    /// What it would have taken the block for.
    pub kind: Kind,
    /// The rule's file and line.
    pub file: String,
    /// See `file`.
    pub line: u32,
    /// What stopped it.
    pub bound: Bound,
    /// What of it was found.
    pub matched: Vec<Matched>,
}

/// Features that are named of a block.
const MOST_FEATURES: usize = 4;

/// Explains a page.
///
/// ```
/// use storysieve::workbench::{Verdict, explain};
/// use storysieve::{Rules, Sieve};
///
/// let rules = Rules::parse("cat.toml", "schema = 1\n[[remove]]\nid = 'box'\nkind = 'donation'\nselect = ['.begging-box']")?;
/// let sieve = Sieve::builder().rules(rules).build()?;
/// let page = "<p>The harbour reopened on Monday, the mayor said.</p><div class='begging-box'>Spare a coin for the cat.</div>";
/// let explanation = explain(&sieve, page.as_bytes())?;
/// let removed = explanation.blocks.last().expect("a block");
/// assert_eq!(removed.verdict, Verdict::Removed);
/// assert_eq!(removed.removals[0].matched[0].text, ".begging-box");
/// # Ok::<(), storysieve::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`Sieve::story`].
pub fn explain(sieve: &Sieve, page: &[u8]) -> Result<Explanation, Error> {
    let story = sieve.story(page)?;
    let settings = sieve.settings();
    // Only without scripting does anything come out of a noscript.
    let reading = if story.page.blocks.iter().any(|block| block.noscript) { Reading::WithoutScripting } else { Reading::Browser };
    let mut plain = settings.with(Rules::none())?;
    plain.encoding = plain.encoding.or(encoding_rs::Encoding::for_label(story.report().encoding.as_bytes()));
    let all = story::blocks(&plain, page, reading);
    let hold = Hold::of(sieve, page);
    let (held, budget_spent) = (hold.report.held, hold.report.budget_spent);
    let mut explanation = Explanation { held, budget_spent, max_hold: settings.max_hold, ..of_story(sieve, &story, false) };
    add_removed(&mut explanation, sieve, &story, all);
    near::add(&mut explanation, sieve, &story, &hold.report);
    matched::add_selectors(&mut explanation, sieve, page)?;
    let places = Places::of(page, explanation.encoding);
    places.add(&mut explanation);
    hold.add(&mut explanation, settings);
    Ok(explanation)
}

/// Explains a text without markup. Its blocks have no path, and nothing is held.
///
/// # Errors
///
/// Those of [`Sieve::plain_text`].
pub fn explain_text(sieve: &Sieve, text: &[u8]) -> Result<Explanation, Error> {
    let story = sieve.plain_text(text)?;
    let mut explanation = Explanation { max_hold: sieve.settings().max_hold, ..of_story(sieve, &story, true) };
    add_removed(&mut explanation, sieve, &story, Vec::new());
    near::add(&mut explanation, sieve, &story, story.report());
    Places::of(text, explanation.encoding).add_lines(&mut explanation);
    Ok(explanation)
}

/// What the story itself tells.
fn of_story(sieve: &Sieve, story: &Story, plain: bool) -> Explanation {
    let metadata = story.metadata();
    let focus = sieve.settings().focus;
    let grounds = if plain { Vec::new() } else { grounds(&story.page, story.about(), focus, &story.choice) };
    let features = story.weighed(MOST_FEATURES);
    let meaning = |name: &str| FEATURES.iter().find(|(own, _)| *own == name).map_or("", |(_, means)| means.trim());
    let (its_words, _) = FEATURES[Feature::Asking as usize];
    let mut blocks = Vec::new();
    for (at, block) in story.page.blocks.iter().enumerate() {
        let text = story.page.text_of(block).trim().to_owned();
        if text.is_empty() && block.images == 0 {
            continue;
        }
        let plain_ground = if block.removed { Ground::Removed } else { Ground::Root(true) };
        let (verdict, mut cause) = read_ground(grounds.get(at).copied().unwrap_or(plain_ground));
        if plain && verdict == Verdict::Story {
            cause = Cause::PlainText;
        }
        let reasons = features.get(at).filter(|_| verdict != Verdict::Removed);
        let asks =
            reasons.is_some_and(|reasons| reasons.features.iter().any(|(name, weight)| *name == its_words && *weight < 0.0));
        let mut asking = if asks { asking_words(&text, &Model::bundled().words) } else { Vec::new() };
        asking.truncate(MOST_FEATURES);
        let asking = asking.into_iter().map(str::to_owned).collect();
        let weighed = |(name, weight): &(&'static str, f32)| Weighed { name, means: meaning(name), weight: *weight };
        blocks.push(Explained {
            bytes: block.bytes.0..block.bytes.1,
            line: 0,
            path: Vec::new(),
            text,
            pictures: block.images,
            verdict,
            cause,
            probability: reasons.map(|reasons| reasons.probability),
            features: reasons.map(|reasons| reasons.features.iter().map(weighed).collect()).unwrap_or_default(),
            asking,
            removals: Vec::new(),
            near: Vec::new(),
            held: 0,
        });
    }
    // A streamed part was put into its place; what was cut is looked up as it came in.
    blocks.sort_by_key(|block| block.bytes.start);
    let report = story.report();
    Explanation {
        title: metadata.title.clone(),
        url: sieve.settings().url.as_ref().map(ToString::to_string).or_else(|| metadata.url.clone()),
        encoding: report.encoding,
        bytes: report.bytes,
        access: story.access().clone(),
        sites: report.sites.clone(),
        blocks,
        ..Explanation::default()
    }
}

fn read_ground(ground: Ground) -> (Verdict, Cause) {
    match ground {
        Ground::Headline => (Verdict::Headline, Cause::Headline),
        Ground::Removed => (Verdict::Removed, Cause::Rule),
        Ground::Double => (Verdict::LeftOut, Cause::Double),
        Ground::Root(true) => (Verdict::Story, Cause::InRoot),
        Ground::Root(false) => (Verdict::LeftOut, Cause::OutsideRoots),
        Ground::Kept => (Verdict::Story, Cause::Kept),
        Ground::Likely(enough) => (Verdict::Story, Cause::Likely { enough }),
        Ground::FewBlocks(enough) => (Verdict::Story, Cause::FewWords { enough }),
        Ground::Beside => (Verdict::Story, Cause::Beside),
        Ground::Answer => (Verdict::Story, Cause::Answer),
        Ground::Standfirst => (Verdict::Story, Cause::Standfirst),
        Ground::Heading => (Verdict::Story, Cause::Heading),
        Ground::Dangling => (Verdict::LeftOut, Cause::Dangling),
        Ground::Unlikely(enough) => (Verdict::LeftOut, Cause::Unlikely { enough }),
        Ground::Hidden(enough) => (Verdict::LeftOut, Cause::Hidden { enough }),
        Ground::Credit => (Verdict::LeftOut, Cause::Credit),
        Ground::Aside => (Verdict::LeftOut, Cause::Aside),
        Ground::Comment => (Verdict::LeftOut, Cause::Comment),
        Ground::Figure => (Verdict::LeftOut, Cause::Picture),
        Ground::Wordless => (Verdict::LeftOut, Cause::Wordless),
    }
}

/// Names the rules of what went, and puts in the blocks that a story's page never had: their element went at its start tag, or was left
/// unread. `all`: the blocks of the page as they are without rules.
fn add_removed(explanation: &mut Explanation, sieve: &Sieve, story: &Story, all: Vec<(Range<u64>, String)>) {
    let blocks = &mut explanation.blocks;
    let spans = || story.removed().iter().map(|removed| removed.start..removed.end);
    let (mut removed, mut skipped) = (spans().peekable(), story.skipped.iter().map(|(start, end)| *start..*end).peekable());
    let mut unseen = Vec::new();
    for (bytes, text) in all {
        let (removed, skipped) = (hold(&mut removed, &bytes), hold(&mut skipped, &bytes));
        if (removed || skipped) && !text.trim().is_empty() && overlapping(blocks, &bytes).is_empty() {
            let (verdict, cause) = if removed { (Verdict::Removed, Cause::Rule) } else { (Verdict::LeftOut, Cause::Frame) };
            unseen.push(unread(bytes, &text, verdict, cause));
        }
    }
    blocks.extend(unseen);
    blocks.sort_by_key(|block| block.bytes.start);
    // What holds no block of its own: a piece of one, or an element whose words nobody sees.
    let whole = |blocks: &[Explained], span: &Range<u64>| {
        let touched = blocks.get(overlapping(blocks, span)).unwrap_or_default();
        !touched.is_empty()
    };
    let apart = story.removed().iter().filter(|removed| !removed.excerpt.is_empty());
    let apart: Vec<_> = apart.filter(|removed| !whole(blocks, &(removed.start..removed.end))).collect();
    blocks.extend(apart.into_iter().map(|removed| {
        let bytes = removed.start..removed.end;
        unread(bytes, &removed.excerpt, Verdict::Removed, Cause::Rule)
    }));
    blocks.sort_by_key(|block| block.bytes.start);

    let evidence = Evidence::of(sieve.settings());
    for removed in story.removed() {
        let touched = overlapping(blocks, &(removed.start..removed.end));
        let touched = blocks.get_mut(touched).unwrap_or_default();
        let whole: Vec<&str> =
            touched.iter().filter(|block| block.verdict == Verdict::Removed).map(|block| block.text.as_str()).collect();
        let removal = Removal {
            rule: removed.rule.clone(),
            kind: removed.kind,
            file: removed.file.clone(),
            line: removed.line,
            bytes: removed.start..removed.end,
            excerpt: removed.excerpt.clone(),
            matched: evidence.of_removed(removed, if whole.is_empty() { vec![&removed.excerpt] } else { whole }),
        };
        for block in touched {
            block.removals.push(removal.clone());
        }
    }
}

/// The blocks that have bytes in a range. Blocks do not overlap.
fn overlapping(blocks: &[Explained], bytes: &Range<u64>) -> Range<usize> {
    let from = blocks.partition_point(|block| block.bytes.end <= bytes.start);
    let to = blocks.partition_point(|block| block.bytes.start < bytes.end);
    from..to.max(from)
}

/// Does one of these spans hold a block? Blocks are to be asked about in page order.
fn hold(spans: &mut Peekable<impl Iterator<Item = Range<u64>>>, bytes: &Range<u64>) -> bool {
    while spans.next_if(|span| span.end <= bytes.start).is_some() {}
    spans.peek().is_some_and(|span| span.start <= bytes.start && bytes.end <= span.end)
}

fn unread(bytes: Range<u64>, text: &str, verdict: Verdict, cause: Cause) -> Explained {
    Explained {
        bytes,
        line: 0,
        path: Vec::new(),
        text: text.trim().to_owned(),
        pictures: 0,
        verdict,
        cause,
        probability: None,
        features: Vec::new(),
        asking: Vec::new(),
        removals: Vec::new(),
        near: Vec::new(),
        held: 0,
    }
}
