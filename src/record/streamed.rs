//! Puts what a server sent late into its place.
//!
//! React may send a page in pieces: where a part is not ready it leaves `<template id="B:5">` (or `P:5`), sends the part behind the rest of the
//! page as `<div hidden id="S:5">`, and moves it by a script. A reader sees it in its place, so the page is put in that order before
//! anybody judges it. This module must not know what is story.

use rustc_hash::FxHashMap;

use crate::page::{Element, NONE, Page, Span};
use crate::scan::tag::Tag;

/// A part, and where it belongs.
#[derive(Clone, Copy)]
struct Move {
    /// The element that holds it.
    part: u32,
    /// The template in whose place it is shown.
    template: u32,
}

/// See the module. Leaves the page as it is if the places make no sense.
pub(crate) fn put_in_place(page: &mut Page) {
    if !page.streamed {
        return;
    }
    let moves = moves(page);
    if moves.is_empty() {
        return;
    }
    let order = order(page, &moves);
    if order.len() != page.blocks.len() {
        return; // parts in each other's place
    }
    let mut place = vec![0_u32; order.len()];
    order.iter().zip(0..).for_each(|(block, at)| place[*block as usize] = at);
    page.blocks = order.iter().map(|block| page.blocks[*block as usize]).collect();
    let placed = |block: &mut u32| *block = place.get(*block as usize).copied().unwrap_or(*block);
    page.head.times.iter_mut().for_each(|(_, block)| placed(block));
    page.head.author_blocks.iter_mut().for_each(placed);
    page.head.author_blocks.sort_unstable();
    for Move { part, template } in moves {
        // An element comes behind the one around it, which a part that was sent before its place would not.
        if template < part {
            page.elements[part as usize].parent = page.elements[template as usize].parent;
        }
    }
    measure(page);
}

/// The parts for which there is a place.
fn moves(page: &Page) -> Vec<Move> {
    let named = |element: &Element, prefixes: &[&str]| -> Option<String> {
        let words = page.string(element.words).split(' ');
        words.flat_map(|word| prefixes.iter().filter_map(move |prefix| word.strip_prefix(prefix))).map(str::to_owned).next()
    };
    let mut parts: FxHashMap<String, u32> = FxHashMap::default();
    for (element, index) in page.elements.iter().zip(0..).filter(|(element, _)| element.tag == Tag::Div) {
        parts.extend(named(element, &["s:"]).map(|number| (number, index)));
    }
    if parts.is_empty() {
        return Vec::new();
    }
    let templates = page.elements.iter().zip(0..).filter(|(element, _)| element.tag == Tag::Template);
    let found = templates.filter_map(|(element, template)| {
        let part = parts.remove(&named(element, &["b:", "p:"])?)?;
        Some(Move { part, template })
    });
    found.collect()
}

/// The blocks in the order in which they are shown; some are missing if a part belongs into itself.
fn order(page: &Page, moves: &[Move]) -> Vec<u32> {
    let by_part: FxHashMap<u32, u32> = moves.iter().zip(1..).map(|(one, number)| (one.part, number)).collect();
    // Of each element the part it stands in, from 1; 0 is the page.
    let mut owners: Vec<u32> = Vec::with_capacity(page.elements.len());
    for (element, index) in page.elements.iter().zip(0..) {
        let around = owners.get(element.parent as usize).copied().unwrap_or(0);
        owners.push(by_part.get(&index).copied().unwrap_or(around));
    }
    let mut blocks = vec![Vec::new(); moves.len() + 1];
    for (block, index) in page.blocks.iter().zip(0_u32..) {
        blocks[owners.get(block.element as usize).copied().unwrap_or(0) as usize].push(index);
    }
    let mut places = vec![Vec::new(); moves.len() + 1];
    for (one, number) in moves.iter().zip(1_u32..) {
        let at = page.elements[one.template as usize].blocks.start;
        places[owners[one.template as usize] as usize].push((at, number));
    }
    // What is being written: a part, and how many of its blocks and places were.
    let mut open = vec![(0_usize, 0_usize, 0_usize)];
    let mut order = Vec::with_capacity(page.blocks.len());
    while let Some((owner, written, filled)) = open.last_mut() {
        let block = blocks[*owner].get(*written).copied();
        match places[*owner].get(*filled).copied() {
            Some((at, part)) if block.is_none_or(|block| at <= block) => {
                *filled += 1;
                open.push((part as usize, 0, 0));
            }
            _ => match block {
                Some(block) => {
                    *written += 1;
                    order.push(block);
                }
                None => _ = open.pop(),
            },
        }
    }
    order
}

/// Depths and blocks of the elements, anew.
fn measure(page: &mut Page) {
    for index in 0..page.elements.len() {
        let parent = page.elements[index].parent;
        let depth = page.elements.get(parent as usize).filter(|_| parent != NONE).map_or(0, |around| around.depth + 1);
        page.elements[index].depth = depth;
        page.elements[index].blocks = Span { start: u32::MAX, end: 0 };
    }
    let grow = |elements: &mut [Element], index: u32, by: Span| {
        if let Some(element) = elements.get_mut(index as usize) {
            let Span { start, end } = element.blocks;
            element.blocks = Span { start: start.min(by.start), end: end.max(by.end) };
        }
    };
    for (block, at) in page.blocks.iter().zip(0_u32..) {
        grow(&mut page.elements, block.element, Span { start: at, end: at + 1 });
    }
    // What is around comes before what it holds.
    for index in (0..page.elements.len()).rev() {
        let Element { parent, blocks, .. } = page.elements[index];
        grow(&mut page.elements, parent, blocks);
    }
    for element in page.elements.iter_mut().filter(|element| element.blocks.end == 0) {
        element.blocks = Span::default();
    }
}
