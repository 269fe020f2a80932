//! The pictures of a page, as the recorder hears of them.
//!
//! What stands around an `img` may know better than it: a `source` of its `picture`, or a `noscript` beside it that holds the
//! picture for browsers without scripting. Such a double is taken once. It must not know what an address looks like.

use super::{Recorder, address};
use crate::page::{Image, Inline, NONE, Span};
use crate::scan::attrs::{Apart, TagText};

/// What was seen around the next picture.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// Inside a `picture`: what its first `source` names.
    source: Option<Span>,
    last: Option<Last>,
    /// The open `noscript`: its start tag in the input.
    noscript: Option<(u64, u64)>,
}

/// The picture that came last.
#[derive(Clone, Copy, Debug)]
struct Last {
    image: u32,
    /// The innermost element around it.
    element: u32,
    /// The end of the running text.
    at: u64,
    certain: bool,
    /// It stood in a `noscript`.
    noscript: bool,
    /// It was held against a `noscript` already.
    paired: bool,
}

impl Recorder {
    pub(super) fn begin_picture(&mut self) {
        self.around.source = Some(Span::default());
    }

    pub(super) fn end_picture(&mut self) {
        self.around.source = None;
    }

    /// A `source`, perhaps of a sound or a film.
    pub(super) fn source(&mut self, tag: &TagText<'_>) {
        if self.around.source.is_some_and(|source| source.is_empty())
            && let Some(value) = address::of_source(tag)
        {
            self.around.source = Some(self.string(value.trim()));
        }
    }

    /// An `img`, or what does as one.
    pub(super) fn image(&mut self, tag: &TagText<'_>, at: u64) {
        let found = address::of(tag);
        let source = self.around.source.filter(|source| !source.is_empty() && !found.certain);
        let certain = found.certain || source.is_some();
        let double = self.beside(at).filter(|last| last.noscript && !last.paired);
        let src = match (source, double) {
            (Some(source), _) => source,
            (None, Some(_)) if !certain => Span::default(),
            _ => self.string(found.value.trim()),
        };
        if let Some(double) = double.filter(|_| certain) {
            self.page.images[double.image as usize].src = Span::default();
        }
        let image = self.picture(tag, src);
        let element = self.innermost();
        let paired = double.is_some();
        self.around.last = Some(Last { image, element, at, certain, noscript: false, paired });
    }

    fn picture(&mut self, tag: &TagText<'_>, src: Span) -> u32 {
        let alt = tag.get("alt").map_or(Span::default(), |alt| self.string(alt.trim()));
        let index = self.page.images.len() as u32;
        self.page.images.push(Image { src, alt, width: pixels(tag, "width"), height: pixels(tag, "height") });
        self.page.inlines.push(Inline::Image(index));
        index
    }

    fn innermost(&self) -> u32 {
        self.open.last().map_or(NONE, |(_, index)| *index)
    }

    /// The picture that came last, if no text and no end of the element here has come since.
    fn beside(&self, at: u64) -> Option<Last> {
        let here = self.innermost();
        let near = |last: &Last| last.at + 1 >= at && (last.element == here || within(self, last.element, here));
        self.around.last.filter(near)
    }

    pub(super) fn begin_noscript(&mut self, start: (u64, u64)) {
        self.around.noscript = Some(start);
        self.noscript.clear();
    }

    /// A `noscript` has ended, and is not among the open elements any more.
    pub(super) fn end_noscript(&mut self, at: u64) {
        let Some(start) = self.around.noscript.take() else { return };
        let markup = std::mem::take(&mut self.noscript);
        self.noscript_words += crate::plain::words_without_tags(&markup);
        for tag in images(&markup) {
            self.without_scripting(&Apart::of(tag).tag(), start, at);
        }
        self.noscript = markup;
    }

    /// A picture in a `noscript`: the one that came last, or one that only browsers without scripting see.
    fn without_scripting(&mut self, tag: &TagText<'_>, start: (u64, u64), at: u64) {
        let found = address::of(tag);
        // One that size counts visits.
        if !found.certain || ["width", "height"].iter().any(|name| matches!(pixels(tag, name), 1..=2)) {
            return;
        }
        if let Some(last) = self.beside(at).filter(|last| !last.noscript && !last.paired) {
            if !last.certain {
                let src = self.string(found.value.trim());
                let alt = tag.get("alt").map(|alt| self.string(alt.trim()));
                let image = &mut self.page.images[last.image as usize];
                let alt = alt.filter(|_| image.alt.is_empty()).unwrap_or(image.alt);
                *image = Image { src, alt, width: pixels(tag, "width"), height: pixels(tag, "height") };
            }
            self.around.last = Some(Last { paired: true, ..last });
            return;
        }
        let apart = self.block.is_none();
        if apart {
            self.begin_block(start.0);
        }
        let src = self.string(found.value.trim());
        let image = self.picture(tag, src);
        if let Some(block) = &mut self.block {
            block.unseen = block.unseen.saturating_add(1);
        }
        if apart {
            self.end_open_block(start.1, Span { start: at as u32, end: at as u32 }, "");
        }
        let element = self.innermost();
        self.around.last = Some(Last { image, element, at, certain: true, noscript: true, paired: false });
    }
}

/// Is an element somewhere in another?
fn within(recorder: &Recorder, element: u32, around: u32) -> bool {
    recorder.page.up(element).any(|(index, _)| index == around)
}

fn pixels(tag: &TagText<'_>, name: &str) -> u32 {
    tag.get(name).and_then(|n| n.trim().trim_end_matches("px").parse().ok()).unwrap_or(0)
}

/// The `img` tags in a piece of markup.
fn images(markup: &str) -> impl Iterator<Item = &str> {
    let mut rest = markup;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[memchr::memchr(b'<', rest.as_bytes())?..];
            let bytes = rest.as_bytes();
            if bytes.len() > 5
                && bytes[1..4].eq_ignore_ascii_case(b"img")
                && !bytes[4].is_ascii_alphanumeric()
                && bytes[4] != b'-'
            {
                break;
            }
            rest = &rest[1..];
        }
        let mut quote = None;
        let end = rest.bytes().position(|b| {
            match quote {
                None if matches!(b, b'"' | b'\'') => quote = Some(b),
                Some(open) if open == b => quote = None,
                _ => {}
            }
            b == b'>' && quote.is_none()
        })?;
        let (tag, behind) = rest.split_at(end + 1);
        rest = behind;
        Some(tag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sieve;

    #[test]
    fn the_pictures_in_a_piece_of_markup() {
        let markup = "<p><IMG src=a alt='x > y'/><imgs><image href=b><a><img\nsrc=\"c\"></a>< img><img src='never ends>";
        assert_eq!(images(markup).collect::<Vec<_>>(), ["<IMG src=a alt='x > y'/>", "<img\nsrc=\"c\">"]);
    }

    /// The pictures of the story, in Markdown, a space between.
    fn pictures(markup: &str) -> String {
        let rules = "schema = 1\nhosts = ['a.example']\n[story]\nselect = ['main']\n";
        let rules = crate::Rules::parse("a.toml", rules).expect("rules");
        let sieve = Sieve::builder().rules(rules).url("https://a.example/").build().expect("sieve");
        let page = format!("<body><main><p>The boats came in at nine.</p>{markup}<p>Nobody was missing.</p></main>");
        let story = sieve.story(page.as_bytes()).expect("story");
        assert_eq!(story.text(), "The boats came in at nine.\n\nNobody was missing.\n", "{markup}");
        let markdown = story.markdown();
        let lines = markdown.lines().filter(|line| line.starts_with('!'));
        lines.collect::<Vec<_>>().join(" ").replace("https://a.example/", "")
    }

    #[test]
    fn words_on_both_sides_of_a_picture_are_two() {
        let page = b"<article><p>The boats came in at nine in 2024<img src=a.png>If the wind had turned, nobody would have.</p></article>";
        let story = Sieve::builder().build().expect("sieve").story(page).expect("story");
        assert_eq!(story.text(), "The boats came in at nine in 2024 If the wind had turned, nobody would have.\n");
    }

    #[test]
    fn what_stands_around_a_picture_may_know_its_address() {
        for (markup, expected) in [
            // A source of its `picture`, where the img has none.
            ("<picture><source srcset='s.jpg 1w, l.jpg 2w'><source srcset=o.jpg><img src=data:, alt=A></picture>", "![A](l.jpg)"),
            ("<picture><source data-srcset=l.jpg><img alt=A></picture>", "![A](l.jpg)"),
            ("<picture><source srcset=l.jpg><img src=a.jpg></picture>", "![](a.jpg)"),
            ("<picture><source srcset=l.jpg></picture><p><img src=data:,></p>", ""),
            ("<video><source src=f.mp4><source srcset=l.jpg></video><p><img src=data:,></p>", ""),
            // A noscript behind it, before it, alone.
            ("<p><img src=blank.gif alt=A><noscript><img src=a.jpg></noscript></p>", "![A](a.jpg)"),
            ("<p><img src=data:,><noscript><img src=a.jpg alt=A></noscript></p>", "![A](a.jpg)"),
            ("<p><img src=s.jpg><noscript><img src=a.jpg></noscript></p>", "![](s.jpg)"),
            ("<p><noscript><img src=a.jpg></noscript><img src=blank.gif></p>", "![](a.jpg)"),
            ("<p><noscript><img src=a.jpg></noscript><img data-src=l.jpg></p>", "![](l.jpg)"),
            ("<noscript><img src=a.jpg></noscript>", "![](a.jpg)"),
            ("<figure><div><span></span></div><noscript><img src=a.jpg></noscript></figure>", "![](a.jpg)"),
            ("<figure><picture><img></picture><noscript><img src=a.jpg></noscript></figure>", "![](a.jpg)"),
            (
                "<p><img><noscript><img src=a.jpg></noscript></p><p><img><noscript><img src=b.jpg></noscript></p>",
                "![](a.jpg) ![](b.jpg)",
            ),
            (
                "<p><noscript><img src=a.jpg></noscript><img></p><p><noscript><img src=b.jpg></noscript><img></p>",
                "![](a.jpg) ![](b.jpg)",
            ),
            ("<figure><noscript><img src=a.jpg></noscript></figure><figure><img src=b.jpg></figure>", "![](a.jpg) ![](b.jpg)"),
            (
                "<p><img><noscript><img src=a.jpg></noscript></p><p><noscript><img src=b.jpg></noscript></p>",
                "![](a.jpg) ![](b.jpg)",
            ),
            // A counter of visits, words, nothing.
            ("<noscript><img src=count.gif?1 width=1 height=1></noscript>", ""),
            ("<p><img src=data:,><noscript>Scripts, please</noscript></p>", ""),
            ("<p><img src=data:,><noscript><img src=data:,></noscript></p>", ""),
            // A picture of AMP is one, with or without its noscript.
            ("<amp-img src=a.jpg alt=A><noscript><img src=b.jpg></noscript></amp-img>", "![A](a.jpg)"),
        ] {
            assert_eq!(pictures(markup), expected, "{markup}");
        }
    }
}
