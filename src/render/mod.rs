//! stub
use crate::page::Page;
pub(crate) struct Selection<'a> { pub(crate) page: &'a Page, pub(crate) blocks: &'a [u32], pub(crate) headline: Option<&'a str>, pub(crate) base: Option<&'a url::Url> }
pub(crate) fn text(s: &Selection<'_>) -> String { let mut o=String::new(); if let Some(h)=s.headline { o.push_str(h); o.push_str("\n\n"); } for b in s.blocks { let _=s.base; let t=s.page.text_of(&s.page.blocks[*b as usize]); if !t.is_empty(){ o.push_str(t); o.push_str("\n\n"); } } o.truncate(o.trim_end().len()); if !o.is_empty() {o.push('\n');} o }
pub(crate) fn html(s: &Selection<'_>) -> String { text(s) }
pub(crate) fn markdown(s: &Selection<'_>) -> String { text(s) }
