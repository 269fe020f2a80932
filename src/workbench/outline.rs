//! The elements of a page and where their words are, for whoever looks for the element around a line.
//!
//! Words are kept *squeezed*: folded, letters and digits only, so that a line is found however the page breaks it up with tags and
//! white space. It must not know rules.

use std::ops::Range;

use crate::scan::attrs::decoded;
use crate::scan::moment::{Moment, Step};
use crate::scan::tag::Tag;
use crate::scan::{Ended, Events, Opened, Reading, Scanner, encoding};
use crate::text::fold;

/// A page, as far as its elements go.
#[derive(Default)]
pub(super) struct Outline {
    pub(super) nodes: Vec<Node>,
    /// The squeezed words of the page.
    pub(super) words: String,
    /// Stack depth and index of the open elements.
    open: Vec<(usize, usize)>,
}

/// An element.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) tag: String,
    /// Names in lower case and values, decoded.
    pub(super) attributes: Vec<(String, String)>,
    pub(super) parent: Option<usize>,
    /// How many elements there are before it in its parent.
    pub(super) place: usize,
    children: usize,
    /// Its words, in [`Outline::words`].
    pub(super) words: Range<usize>,
    /// Its bytes in the page, tags and all.
    pub(super) bytes: Range<u64>,
}

/// Folded, letters and digits only.
pub(super) fn squeeze(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(char::is_alphanumeric);
    folded
}

impl Outline {
    pub(super) fn new(page: &[u8]) -> Self {
        let encoding = encoding::of_whole(page, None);
        let mut outline = Self::default();
        let mut scanner = Scanner::new(encoding, usize::MAX, Reading::Browser);
        scanner.skip_mark(encoding::mark(page));
        if scanner.feed(page, page, 0, &mut outline) {
            scanner.finish(page, 0, &mut outline);
        } else {
            scanner.abandon(&mut outline);
        }
        while let Some((_, node)) = outline.open.pop() {
            outline.end(node, scanner.position());
        }
        outline
    }

    /// Where a line stands, as often as it does. Empty for a line without letters.
    pub(super) fn find(&self, line: &str) -> Vec<Range<usize>> {
        let line = squeeze(line);
        if line.is_empty() {
            return Vec::new();
        }
        self.words.match_indices(&line).map(|(at, line)| at..at + line.len()).collect()
    }

    /// The innermost element that holds these words.
    pub(super) fn around(&self, words: &Range<usize>) -> Option<usize> {
        let holds = |node: &Node| node.words.start <= words.start && words.end <= node.words.end;
        // Elements begin in page order, so the last one that holds them is the innermost.
        self.nodes.iter().rposition(holds)
    }

    /// An element and those around it, innermost first.
    pub(super) fn up(&self, node: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(node), |at| self.nodes.get(*at).and_then(|node| node.parent))
    }

    pub(super) fn words_of(&self, node: usize) -> &str {
        self.nodes.get(node).and_then(|node| self.words.get(node.words.clone())).unwrap_or_default()
    }

    fn end(&mut self, node: usize, at: u64) {
        let words = self.words.len();
        if let Some(node) = self.nodes.get_mut(node) {
            node.words.end = words;
            node.bytes.end = at;
        }
    }
}

impl Node {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn classes(&self) -> impl Iterator<Item = &str> {
        self.get("class").unwrap_or_default().split_ascii_whitespace()
    }
}

impl Events for Outline {
    fn look_ahead(&mut self, step: &mut Step<'_>) {
        for moment in step.moments() {
            if let Moment::Open(at) = moment {
                step.take_apart(*at);
            }
        }
    }

    fn open(&mut self, opened: &Opened<'_>) {
        while let Some((_, node)) = self.open.pop_if(|(depth, _)| *depth >= opened.depth) {
            self.end(node, opened.start.0);
        }
        let parent = self.open.last().map(|(_, node)| *node);
        let mut place = 0;
        if let Some(parent) = parent.and_then(|parent| self.nodes.get_mut(parent)) {
            place = parent.children;
            parent.children += 1;
        }
        let attribute = |(at, name): (usize, &[u8])| {
            (String::from_utf8_lossy(name).to_ascii_lowercase(), decoded(opened.text.value(at)).into_owned())
        };
        let attributes = opened.text.names().enumerate().map(attribute).collect();
        let words = self.words.len();
        let node = Node {
            tag: opened.text.name().to_ascii_lowercase(),
            attributes,
            parent,
            place,
            children: 0,
            words: words..words,
            bytes: opened.start.0..opened.start.1,
        };
        if !opened.void {
            self.open.push((opened.depth, self.nodes.len()));
        }
        self.nodes.push(node);
    }

    fn close(&mut self, depth: usize, _: Tag, end: (u64, u64), how: Ended) {
        let at = if how == Ended::Tag { end.1 } else { end.0 };
        while let Some((_, node)) = self.open.pop_if(|(open, _)| *open >= depth) {
            self.end(node, at);
        }
    }

    fn wants_text(&self, _: bool) -> bool {
        true
    }

    fn text(&mut self, text: &str, _: u64, _: u64) {
        self.words.push_str(&squeeze(text));
    }

    fn pause(&mut self, _: u64) {}

    fn wants_raw(&self, _: Tag) -> bool {
        false
    }

    fn raw(&mut self, _: Tag, _: &str) {}
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::Outline;

    #[test]
    fn a_line_is_found_in_its_element_however_it_is_broken_up() {
        let page = "<body><div class='a b' id=x><p>Sup<b>port</b>&nbsp;our\nwork!<p>Buy <i>a</i> boat.</div><p>Buy a boat. <img alt=x>Said.";
        let outline = Outline::new(page.as_bytes());
        let tag = |line: &str| outline.around(&outline.find(line)[0]).map(|node| outline.nodes[node].tag.clone()).unwrap();
        assert_eq!(tag("support OUR work"), "p");
        assert_eq!(tag("port"), "b");
        assert_eq!(tag("our work buy"), "div");
        assert_eq!(outline.find("buy a boat").len(), 2);
        assert!(outline.find("...").is_empty() && outline.find("not here").is_empty());

        let div = outline.nodes.iter().position(|node| node.tag == "div").unwrap();
        assert_eq!(outline.words_of(div), "supportourworkbuyaboat");
        assert_eq!(outline.nodes[div].classes().collect::<Vec<_>>(), ["a", "b"]);
        let bytes = outline.nodes[div].bytes.clone();
        assert!(
            page[bytes.start as usize..bytes.end as usize].starts_with("<div ") && page[..bytes.end as usize].ends_with("</div>")
        );
        let places: Vec<_> = outline.nodes.iter().filter(|node| node.tag == "p").map(|node| node.place).collect();
        assert_eq!(places, [0, 1, 1]);
    }
}
