//! Writes a found story out as HTML, plain text or Markdown.
//!
//! The blocks to write, and the headline, are chosen by the caller. Here it is decided how the elements around the chosen
//! blocks become lists, quotes, tables and paragraphs again ([`walk`]), and how each form spells them (one module a form,
//! `lines` for what the two line-based ones share). This module must not know why a block was chosen.

mod html;
mod inline;
mod lines;
mod markdown;
mod tables;
mod text;
mod walk;

use crate::page::Page;

/// What to write, and of which page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection<'a> {
    pub(crate) page: &'a Page,
    /// Indexes of the story's blocks in [`Page::blocks`], sorted. A block that holds the headline is not among them.
    pub(crate) blocks: &'a [u32],
    /// Written first, once.
    pub(crate) headline: Option<&'a str>,
    /// Resolves addresses; without it relative ones stay as they are.
    pub(crate) base: Option<&'a url::Url>,
}

/// The story as an HTML fragment of block elements, one a line, with only text markup, links, images and tables in it.
pub(crate) fn html(selection: &Selection<'_>) -> String {
    let mut sink = html::Html::default();
    walk::walk(selection, &mut sink);
    sink.finish()
}

/// The story as plain text.
pub(crate) fn text(selection: &Selection<'_>) -> String {
    let mut sink = text::Text::default();
    walk::walk(selection, &mut sink);
    sink.finish()
}

/// The story as Markdown: `CommonMark` with pipe tables.
pub(crate) fn markdown(selection: &Selection<'_>) -> String {
    let mut sink = markdown::Markdown::default();
    walk::walk(selection, &mut sink);
    sink.finish()
}
