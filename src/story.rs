//! A story: what was found of a page, ready to be asked for its text, its metadata and what was removed.
//!
//! This module reads a page in one pass, lets the judge choose the story's blocks, and hands them to the writers. It must not know how
//! blocks are chosen or written.

use std::ops::Range;
use std::sync::Arc;

use encoding_rs::UTF_8;
use url::Url;

use crate::judge::story::{self, Choice};
use crate::meta::{self, Metadata};
use crate::page::Page;
use crate::pass::Pass;
use crate::plain;
use crate::record::Recorder;
use crate::render::{self, Selection};
use crate::report::{NearMiss, Removed, Report};
use crate::scan::{Reading, Scanner, encoding};
use crate::sieve::Settings;

/// What was found of one page.
#[derive(Clone, Debug)]
pub struct Story {
    page: Arc<Page>,
    choice: Choice,
    metadata: Metadata,
    base: Option<Url>,
    with_title: bool,
    report: Report,
}

impl Story {
    pub(crate) fn of_page(settings: &Settings, input: &[u8]) -> Self {
        let encoding = encoding::detect(input, true, settings.encoding).unwrap_or(UTF_8);
        let mut pass = read(settings, input, encoding, Reading::Browser);
        let hidden = pass.recorder.as_ref().map_or(0, |recorder| plain::words_without_tags(&recorder.noscript));
        if hidden >= ENOUGH_WORDS || hidden > 0 && hidden > pass.recorder.as_ref().map_or(0, Recorder::words) {
            // A whole text stands where only browsers without scripting see it; it may be the story.
            pass = read(settings, input, encoding, Reading::WithoutScripting);
        }
        Self::finish(settings, pass, input.len(), encoding.name(), false)
    }

    pub(crate) fn of_text(settings: &Settings, input: &[u8]) -> Self {
        let encoding = encoding::detect(input, true, settings.encoding).unwrap_or(UTF_8);
        let mut pass = settings.pass(Some(Recorder::default()));
        plain::read(input, encoding, &mut pass);
        Self::finish(settings, pass, input.len(), encoding.name(), true)
    }

    fn finish(settings: &Settings, mut pass: Pass, bytes: usize, encoding: &'static str, plain: bool) -> Self {
        let cuts: Vec<_> = pass.judge.cuts.take_final(u64::MAX).collect();
        let sites = pass.judge.active.sites.clone();
        let mut near = std::mem::take(&mut pass.judge.near);
        near.retain(|near| !cuts.iter().any(|cut| (cut.start..cut.end).contains(&near.start)));
        let text = std::mem::take(&mut pass.text);
        let mut page = pass.recorder.take().unwrap_or_default().into_page(text);
        let mut ranges = cuts.iter().map(|cut| (cut.start, cut.end)).peekable();
        for block in &mut page.blocks {
            while ranges.next_if(|(_, end)| *end <= block.bytes.0).is_some() {}
            block.removed = ranges.peek().is_some_and(|(start, end)| *start <= block.bytes.0 && block.bytes.1 <= *end);
        }
        let metadata = meta::read(&page, settings.url.as_ref());
        let headline = meta::headline_block(&page, metadata.title.as_deref());
        let choice = if plain { Choice::everything(&page) } else { story::choose(&page, headline) };
        let base = base(&page, settings.url.as_ref());
        let report = Report {
            removed: cuts.into_iter().map(|cut| Removed::new(cut, &settings.rules)).collect(),
            near: near.into_iter().map(|near| NearMiss::new(near, &settings.rules)).collect(),
            sites: sites.iter().map(|site| settings.rules.sites[*site as usize].source.clone()).collect(),
            encoding,
            bytes: bytes as u64,
            ..Report::default()
        };
        Self { page: Arc::new(page), choice, metadata, base, with_title: settings.title && !plain, report }
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

    /// The story as text: one block a paragraph, lists with marks, rows of tables a line each.
    pub fn text(&self) -> String {
        render::text(&self.selection())
    }

    /// The story as clean, safe, semantic HTML.
    pub fn html(&self) -> String {
        render::html(&self.selection())
    }

    /// The story as CommonMark with pipe tables.
    pub fn markdown(&self) -> String {
        render::markdown(&self.selection())
    }

    /// Words of the story's body.
    pub fn word_count(&self) -> u32 {
        self.choice.blocks.iter().map(|block| self.page.blocks[*block as usize].words).sum()
    }

    /// What was removed, in page order.
    pub fn removed(&self) -> &[Removed] {
        &self.report.removed
    }

    /// What was removed, what nearly was, and which rules were on.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The bytes of the blocks that are the story, in page order.
    pub(crate) fn places(&self) -> impl Iterator<Item = Range<u64>> {
        self.choice.blocks.iter().map(|block| self.page.blocks[*block as usize].bytes).map(|(start, end)| start..end)
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

/// All blocks of text of a page, story or not, in page order: where each stands, and its words as a reader sees them.
pub(crate) fn blocks(settings: &Settings, input: &[u8], reading: Reading) -> Vec<(Range<u64>, String)> {
    let encoding = encoding::detect(input, true, settings.encoding).unwrap_or(UTF_8);
    let mut pass = read(settings, input, encoding, reading);
    let text = std::mem::take(&mut pass.text);
    let page = pass.recorder.take().unwrap_or_default().into_page(text);
    page.blocks.iter().map(|block| (block.bytes.0..block.bytes.1, page.text_of(block).to_owned())).collect()
}

/// A `noscript` with fewer words asks to turn scripting on, or counts a visit.
const ENOUGH_WORDS: usize = 40;

fn read(settings: &Settings, input: &[u8], encoding: &'static encoding_rs::Encoding, reading: Reading) -> Pass {
    let mut pass = settings.pass(Some(Recorder::default()));
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
