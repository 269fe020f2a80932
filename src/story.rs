//! A story: what was found of a page, ready to be asked for its text, its metadata and what was removed.
//!
//! This module reads a page in one pass, lets the judge choose the story's blocks, and hands them to the writers. It must not know how
//! blocks are chosen or written.

use std::ops::Range;
use std::sync::Arc;

use url::Url;

use crate::access::{self, Access, Taken};
use crate::judge::appeal::Plea;
use crate::judge::cuts::Cut;
use crate::judge::running::excerpt;
use crate::judge::story::{self, About, Choice};
use crate::matcher::set::Active;
use crate::meta::{self, Metadata};
use crate::page::{Block, Page};
use crate::pass::Pass;
use crate::plain;
use crate::record::{Recorder, streamed};
use crate::render::{self, Selection};
use crate::report::{NearMiss, Removed, Report};
use crate::scan::{Reading, Scanner, encoding};
use crate::sieve::Settings;

/// What was found of one page.
#[derive(Clone, Debug)]
pub struct Story {
    pub(crate) page: Arc<Page>,
    pub(crate) choice: Choice,
    metadata: Metadata,
    access: Access,
    base: Option<Url>,
    pub(crate) headline: Option<u32>,
    /// The rules that were on.
    pub(crate) active: Active,
    /// The parts of the page that were not read: its frame.
    pub(crate) skipped: Vec<(u64, u64)>,
    with_title: bool,
    report: Report,
}

/// What was made of a block of the page.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BlockReport {
    /// Its first byte in the input.
    pub start: u64,
    /// The byte behind its last.
    pub end: u64,
    /// The first 80 characters of its text, on one line.
    pub excerpt: String,
    /// It is part of the story.
    pub story: bool,
    /// It shows the headline.
    pub headline: bool,
    /// A rule removed it, see [`Story::removed`].
    pub removed: bool,
    /// How likely the story model took it to be story, from 0 to 1. None where a site's `[story]` decided.
    pub probability: Option<f32>,
    /// The three features that weighed most in this, with what each added to the log odds; `model/README.md` says what each is.
    pub reasons: Vec<(&'static str, f32)>,
}

/// Features that are named as reasons.
const MOST_REASONS: usize = 3;

impl Story {
    pub(crate) fn of_page(settings: &Settings, input: &[u8]) -> Self {
        let (pass, encoding) = read_page(settings, input, Extent::Content);
        let all_read = pass.frame.skipped.is_empty();
        let story = Self::finish(settings, pass, input.len(), encoding.name(), false);
        if all_read || !story.is_empty() {
            return story;
        }
        // Nothing of the content is story: it may stand in what looked like the frame.
        let (pass, encoding) = read_page(settings, input, Extent::Everything);
        Self::finish(settings, pass, input.len(), encoding.name(), false)
    }

    pub(crate) fn of_text(settings: &Settings, input: &[u8]) -> Self {
        let encoding = encoding::of_whole(input, settings.encoding);
        let mut pass = settings.pass(Some(Recorder::default()));
        plain::read(input, encoding, &mut pass);
        Self::finish(settings, pass, input.len(), encoding.name(), true)
    }

    fn finish(settings: &Settings, mut pass: Pass, bytes: usize, encoding: &'static str, plain: bool) -> Self {
        let cuts: Vec<_> = pass.judge.cuts.take_final(u64::MAX).collect();
        let mut near = std::mem::take(&mut pass.judge.near);
        near.retain(|near| !cuts.iter().any(|cut| (cut.start..cut.end).contains(&near.start)));
        let pleas = pass.judge.pleas.take().unwrap_or_default();
        let (page, ends) = recorded(&mut pass, &cuts, pleas);
        let (mut metadata, headline) = meta::read(&page, settings.url.as_ref());
        let choice =
            if plain { Choice::everything(&page) } else { story::choose(&page, About::of(&metadata, headline), settings.focus) };
        let taken = |cut: &Cut| Taken { kind: settings.rules.rules[cut.rule as usize].kind, start: cut.start };
        let taken: Vec<Taken> = cuts.iter().map(taken).collect();
        let access = access::conclude(&page, &choice.blocks, &metadata.free, &taken);
        let told = match &metadata.language {
            None => meta::language::of_text(&sample(&page, &choice.blocks)),
            Some(declared) => meta::language::instead_of(declared, &sample(&page, &choice.blocks)),
        };
        metadata.language = told.or(metadata.language);
        let base = base(&page, settings.url.as_ref());
        let mut removed: Vec<_> = cuts.into_iter().map(|cut| Removed::new(cut, &settings.rules)).collect();
        removed.extend(ends.into_iter().map(|plea| Removed::of_sentences(plea, &settings.rules)));
        removed.sort_by_key(|removed| removed.start);
        let report = Report {
            removed,
            near: near.into_iter().map(|near| NearMiss::new(near, &settings.rules)).collect(),
            sites: settings.sites(&pass.judge.active),
            encoding,
            bytes: bytes as u64,
            ..Report::default()
        };
        let (active, skipped, with_title) = (pass.judge.active, pass.frame.skipped, settings.title && !plain);
        Self { page: Arc::new(page), choice, metadata, access, base, headline, active, skipped, with_title, report }
    }

    /// Was no story found?
    pub fn is_empty(&self) -> bool {
        self.choice.blocks.is_empty()
    }

    /// The headline.
    pub fn title(&self) -> Option<&str> {
        self.metadata.title.as_deref()
    }

    /// The headline, byline, dates and the rest of what the page says about its story.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Is this the whole story, or a teaser before a wall?
    ///
    /// ```
    /// let page = "<title>Ferry</title><article><h1>Ferry</h1><p>The ferry to the islands sails again, the harbour master said on Monday.\
    ///     <p>It had been laid up for eleven months...</article><div>To continue reading, subscribe today.</div>";
    /// let story = storysieve::Sieve::builder().build()?.story(page.as_bytes())?;
    /// assert_eq!(story.access().state, storysieve::AccessState::Walled);
    /// # Ok::<(), storysieve::Error>(())
    /// ```
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The story as text, without its pictures and most of what stands under them: one block a paragraph, lists with marks, rows of tables a line each.
    pub fn text(&self) -> String {
        render::text(&self.selection())
    }

    /// The story as clean, safe, semantic HTML, with its pictures and their captions.
    pub fn html(&self) -> String {
        let blocks = self.with_figures();
        render::html(&Selection { blocks: &blocks, ..self.selection() })
    }

    /// The story as CommonMark with pipe tables, with its pictures and their captions.
    pub fn markdown(&self) -> String {
        let blocks = self.with_figures();
        render::markdown(&Selection { blocks: &blocks, ..self.selection() })
    }

    /// Words of the story's body.
    pub fn word_count(&self) -> u32 {
        self.choice.blocks.iter().map(|block| self.page.blocks[*block as usize].words).sum()
    }

    /// The reader comments of the page that are no part of its story, as text; empty if there are none.
    ///
    /// On a page that is itself a discussion its posts are the story, and none of them is here.
    pub fn comments(&self) -> String {
        render::text(&Selection { blocks: &self.choice.comments, headline: None, ..self.selection() })
    }

    /// Every block of the page, in page order: whether it is story, and what the story model made of it. Computed at each call.
    pub fn blocks(&self) -> Vec<BlockReport> {
        let reasons = self.weighed(MOST_REASONS);
        let report = |(index, block): (usize, &Block)| BlockReport {
            start: block.bytes.0,
            end: block.bytes.1,
            excerpt: excerpt(self.page.text_of(block)),
            story: self.choice.blocks.binary_search(&(index as u32)).is_ok(),
            headline: self.headline == Some(index as u32),
            removed: block.removed,
            probability: reasons.get(index).map(|reasons| reasons.probability),
            reasons: reasons.get(index).map(|reasons| reasons.features.clone()).unwrap_or_default(),
        };
        self.page.blocks.iter().enumerate().map(report).collect()
    }

    /// How likely each block was taken for story, and the features that weighed most. Empty where a site's `[story]` decided.
    pub(crate) fn weighed(&self, most: usize) -> Vec<story::Reasons> {
        story::explain(&self.page, self.about(), most)
    }

    pub(crate) fn about(&self) -> About<'_> {
        About::of(&self.metadata, self.headline)
    }

    /// What was removed, in page order.
    pub fn removed(&self) -> &[Removed] {
        &self.report.removed
    }

    /// What was removed, what nearly was, and which rules were on.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The bytes of the blocks that are the story, as they come in the input.
    pub(crate) fn places(&self) -> impl Iterator<Item = Range<u64>> {
        let mut places: Vec<_> = self.choice.blocks.iter().map(|block| self.page.blocks[*block as usize].bytes).collect();
        places.sort_unstable();
        places.into_iter().map(|(start, end)| start..end)
    }

    fn with_figures(&self) -> Vec<u32> {
        let mut blocks = [self.choice.blocks.as_slice(), &self.choice.figures].concat();
        blocks.sort_unstable();
        blocks
    }

    fn selection(&self) -> Selection<'_> {
        Selection {
            page: &self.page,
            blocks: &self.choice.blocks,
            headline: self.metadata.title.as_deref().filter(|_| self.with_title),
            base: self.base.as_ref(),
        }
    }
}

/// The page as it was recorded, with what was cut marked and without pleas at the ends of paragraphs; and those of them that no cut took.
fn recorded(pass: &mut Pass, cuts: &[Cut], mut pleas: Vec<Plea>) -> (Page, Vec<Plea>) {
    let text = std::mem::take(&mut pass.text);
    let mut page = pass.recorder.take().unwrap_or_default().into_page(text);
    let mut ranges = cuts.iter().map(|cut| (cut.start, cut.end)).peekable();
    for block in &mut page.blocks {
        while ranges.next_if(|(_, end)| *end <= block.bytes.0).is_some() {}
        block.removed = ranges.peek().is_some_and(|(start, end)| *start <= block.bytes.0 && block.bytes.1 <= *end);
    }
    pleas.retain(|plea| page.shorten(plea.bytes, plea.text as u32));
    streamed::put_in_place(&mut page);
    (page, pleas)
}

/// What the finder is given of a page: its record, its metadata and the block that shows the headline.
#[cfg(feature = "training")]
pub(crate) fn look(settings: &Settings, input: &[u8]) -> (Page, Metadata, Option<u32>) {
    let (mut pass, _) = read_page(settings, input, Extent::Content);
    let cuts: Vec<_> = pass.judge.cuts.take_final(u64::MAX).collect();
    let pleas = pass.judge.pleas.take().unwrap_or_default();
    let (page, _) = recorded(&mut pass, &cuts, pleas);
    let (metadata, headline) = meta::read(&page, settings.url.as_ref());
    (page, metadata, headline)
}

/// How much of a page is read for its story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// All but its frame, see [`PageFrame`](crate::pass::PageFrame).
    Content,
    Everything,
}

fn read_page(settings: &Settings, input: &[u8], extent: Extent) -> (Pass, &'static encoding_rs::Encoding) {
    let encoding = encoding::of_whole(input, settings.encoding);
    let mut pass = read(settings, input, encoding, Reading::Browser, extent, ENOUGH_WORDS);
    let hidden = pass.recorder.as_ref().map_or(0, Recorder::noscript_words);
    if hidden >= ENOUGH_WORDS || hidden > 0 && hidden > pass.recorder.as_ref().map_or(0, Recorder::words) {
        // A whole text stands where only browsers without scripting see it; it may be the story.
        pass = read(settings, input, encoding, Reading::WithoutScripting, extent, usize::MAX);
    }
    if pass.frame.strange {
        return read_page(settings, input, Extent::Everything);
    }
    (pass, encoding)
}

/// All blocks of text of a page, story or not, in page order: where each stands, and its words as a reader sees them.
pub(crate) fn blocks(settings: &Settings, input: &[u8], reading: Reading) -> Vec<(Range<u64>, String)> {
    let encoding = encoding::of_whole(input, settings.encoding);
    let mut pass = read(settings, input, encoding, reading, Extent::Everything, usize::MAX);
    let text = std::mem::take(&mut pass.text);
    let page = pass.recorder.take().unwrap_or_default().into_page(text);
    page.blocks.iter().map(|block| (block.bytes.0..block.bytes.1, page.text_of(block).to_owned())).collect()
}

/// A `noscript` with fewer words asks to turn scripting on, or counts a visit.
const ENOUGH_WORDS: usize = 40;

/// Reads a page, or its beginning up to where `enough_noscript` words stand in `noscript` elements.
fn read(
    settings: &Settings,
    input: &[u8],
    encoding: &'static encoding_rs::Encoding,
    reading: Reading,
    extent: Extent,
    enough_noscript: usize,
) -> Pass {
    let mut pass = settings.pass(Some(Recorder::for_page(input.len())));
    pass.enough_noscript = enough_noscript;
    if extent == Extent::Content {
        pass.skip_frame();
    }
    let mut scanner = Scanner::new(encoding, usize::MAX, reading);
    scanner.skip_mark(encoding::mark(input));
    if scanner.feed(input, input, 0, &mut pass) {
        scanner.finish(input, 0, &mut pass);
    } else {
        scanner.abandon(&mut pass);
    }
    pass.finish(scanner.position());
    pass
}

/// So much of a story's text that its language can be told.
fn sample(page: &Page, blocks: &[u32]) -> String {
    let mut text = String::with_capacity(2 * SAMPLE);
    for block in blocks {
        text.push_str(page.text_of(&page.blocks[*block as usize]));
        text.push(' ');
        if text.len() > SAMPLE {
            break;
        }
    }
    text
}

/// Bytes after which a language is told as well as it will ever be.
const SAMPLE: usize = 2000;

/// What addresses on the page are relative to.
fn base(page: &Page, given: Option<&Url>) -> Option<Url> {
    let url = meta::declared_url(&page.head, given);
    let said = page.head.base.trim();
    match (said.is_empty(), given.or(url.as_ref())) {
        (false, Some(url)) => url.join(said).ok().or_else(|| Some(url.clone())),
        (false, None) => Url::parse(said).ok(),
        (true, url) => url.cloned(),
    }
}
