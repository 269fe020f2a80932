//! Tests of the three writers over small pages, and over random ones with nasty words and nesting.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag as Md, TagEnd};
use url::Url;

use super::{Selection, html, markdown, text};
use crate::page::{Block, Element, Image, Inline, NONE, Page, Span};
use crate::scan::tag::{BLOCK, Tag, TagSet};

const BLOCKS: TagSet = BLOCK.and(TagSet::of(&[Tag::Table]));

/// Builds a page from tags and words.
struct Build {
    page: Page,
    at: u32,
    inline: Vec<(Tag, Span)>,
    first: usize,
    words: usize,
    children: Vec<u32>,
}

impl Build {
    fn new() -> Self {
        Self { page: Page::default(), at: NONE, inline: Vec::new(), first: 0, words: 0, children: vec![0] }
    }

    fn string(&mut self, value: &str) -> Span {
        let start = self.page.strings.len() as u32;
        self.page.strings.push_str(value);
        Span { start, end: self.page.strings.len() as u32 }
    }

    fn flush(&mut self) {
        for &(tag, _) in self.inline.iter().rev() {
            self.page.inlines.push(Inline::Close(tag));
        }
        let inlines = Span { start: self.first as u32, end: self.page.inlines.len() as u32 };
        let words = Span { start: self.words as u32, end: self.page.text.len() as u32 };
        let full = self.page.inlines[inlines.range()].iter().any(|s| !matches!(s, Inline::Open { .. } | Inline::Close(_)));
        if full {
            self.page.blocks.push(Block { element: self.at, inlines, text: words, ..Block::default() });
        } else {
            self.page.inlines.truncate(self.first);
        }
        self.first = self.page.inlines.len();
        self.words = self.page.text.len();
        for &(tag, value) in &self.inline {
            self.page.inlines.push(Inline::Open { tag, value });
        }
    }

    fn open(&mut self, tag: Tag, value: &str) {
        if !BLOCKS.has(tag) {
            let value = self.string(value);
            self.inline.push((tag, value));
            self.page.inlines.push(Inline::Open { tag, value });
            return;
        }
        self.flush();
        let depth = self.page.elements.get(self.at as usize).map_or(0, |e| e.depth + 1);
        let _nth = *self.children.last().unwrap();
        *self.children.last_mut().unwrap() += 1;
        self.children.push(0);
        let language = if tag == Tag::Pre { self.string(value) } else { Span::default() };
        let element = Element {
            tag,
            parent: self.at,
            depth,
            words: Span::default(),
            look: 0,
            blocks: Span::default(),
            marks: 0,
            hidden: false,
            number: value.parse().unwrap_or(1),
            language,
        };
        self.at = self.page.elements.len() as u32;
        self.page.elements.push(element);
    }

    fn close(&mut self, tag: Tag) {
        if BLOCKS.has(tag) {
            self.flush();
            self.at = self.page.elements[self.at as usize].parent;
            self.children.pop();
        } else {
            self.inline.pop();
            self.page.inlines.push(Inline::Close(tag));
        }
    }

    fn text(&mut self, words: &str) {
        let start = self.page.text.len() as u32;
        self.page.text.push_str(words);
        self.page.inlines.push(Inline::Text(Span { start, end: self.page.text.len() as u32 }));
    }

    fn line_break(&mut self) {
        self.page.text.push('\n');
        self.page.inlines.push(Inline::Break);
    }

    fn image(&mut self, src: &str, alt: &str, width: u32) {
        let (src, alt) = (self.string(src), self.string(alt));
        self.page.inlines.push(Inline::Image(self.page.images.len() as u32));
        self.page.images.push(Image { src, alt, width, height: 0 });
    }

    fn done(mut self) -> (Page, Vec<u32>) {
        self.flush();
        let blocks = (0..self.page.blocks.len() as u32).collect();
        (self.page, blocks)
    }
}

/// Reads `<tag=value>` markup; the value is the number, address, language or (`src,alt,width`) image.
fn page(markup: &str) -> (Page, Vec<u32>) {
    let mut build = Build::new();
    let mut rest = markup;
    while !rest.is_empty() {
        if let Some(tag) = rest.strip_prefix('<') {
            let (tag, after) = tag.split_once('>').unwrap();
            rest = after;
            let (name, value) = tag.split_once('=').unwrap_or((tag, ""));
            let known = Tag::from_name(name.trim_start_matches('/').as_bytes());
            match known {
                _ if name.starts_with('/') => build.close(known),
                Tag::Br => build.line_break(),
                Tag::Img => {
                    let mut parts = value.split(',');
                    let (src, alt) = (parts.next().unwrap(), parts.next().unwrap_or(""));
                    build.image(src, alt, parts.next().map_or(0, |w| w.parse().unwrap()));
                }
                _ => build.open(known, value),
            }
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            build.text(&rest[..end]);
            rest = &rest[end..];
        }
    }
    build.done()
}

fn cases(write: fn(&Selection<'_>) -> String, list: &[(&str, &str, &str)]) {
    let base = Url::parse("https://news.example/a/b").unwrap();
    for (name, markup, want) in list {
        let (page, blocks) = page(markup);
        let got = write(&Selection { page: &page, blocks: &blocks, headline: None, base: Some(&base) });
        assert_eq!(got, *want, "{name}");
    }
}

#[test]
fn html_of() {
    cases(
        html,
        &[
            ("nothing", "", ""),
            ("loose text is a paragraph", "<div>a & b</div>", "<p>a &amp; b</p>\n"),
            ("spaces leave emphasis", "<p>a<em> b </em>c<b> </b></p>", "<p>a <em>b</em> c</p>\n"),
            ("addresses resolve", "<p><a=/x?a&b>l</a></p>", "<p><a href=\"https://news.example/x?a&amp;b\">l</a></p>\n"),
            ("script links are lost, their text kept", "<p><a=javascript:x>l</a></p>", "<p>l</p>\n"),
            ("mail links stay", "<p><a=mailto:a@b.example>l</a></p>", "<p><a href=\"mailto:a@b.example\">l</a></p>\n"),
            ("unknown inline elements are unwrapped", "<p><span>a</span></p>", "<p>a</p>\n"),
            ("edge breaks fall", "<p><br>a<br>b<br></p>", "<p>a<br>b</p>\n"),
            (
                "a list",
                "<ol=3><li>a</li><li>b<ul><li>c</li></ul></li></ol>",
                "<ol start=\"3\">\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ol>\n",
            ),
            ("paragraphs of one item", "<ul><li><p>a</p><p>b</p></li></ul>", "<ul>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n</ul>\n"),
            ("a stray item gets a list", "<div><li>a</li><li>b</li></div>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
            (
                "a list in a list goes to the item before",
                "<ul><li>a</li><ul><li>b</li><li>c</li></ul></ul>",
                "<ul>\n<li>a\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>\n</li>\n</ul>\n",
            ),
            ("text right in a list", "<ul>a<li>b</li></ul>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
            ("terms", "<dl><dt>a</dt><dd>b</dd></dl>", "<dl>\n<dt>a</dt>\n<dd>b</dd>\n</dl>\n"),
            ("a stray term", "<dt>a</dt>", "<p>a</p>\n"),
            ("a quote", "<blockquote>a<p>b</p></blockquote>", "<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>\n"),
            ("a heading of two blocks", "<h2><div>a</div><div>b</div></h2>", "<h2>a b</h2>\n"),
            ("a heading around a list", "<h2><ul><li>a</li></ul></h2>", "<ul>\n<li>a</li>\n</ul>\n"),
            (
                "code",
                "<pre=rust><code>\n a\n  b<br>c\n</code></pre>",
                "<pre><code class=\"language-rust\"> a\n  b\nc</code></pre>\n",
            ),
            ("plain pre", "<pre>a\n b</pre>", "<pre>a\n b</pre>\n"),
            (
                "a data table",
                "<table><caption>k</caption><tbody><tr><th>a</th><th>b</th></tr><tr><td=2>c</td></tr></tbody></table>",
                "<table>\n<caption>k</caption>\n<tbody>\n<tr><th>a</th><th>b</th></tr>\n<tr><td colspan=\"2\">c</td></tr>\n</tbody>\n</table>\n",
            ),
            (
                "empty cells keep their place",
                "<table><tr><td></td><td>a</td></tr></table>",
                "<table>\n<tbody>\n<tr><td></td><td>a</td></tr>\n</tbody>\n</table>\n",
            ),
            ("one column lays out", "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "<p>a</p>\n<p>b</p>\n"),
            (
                "two blocks in a cell lay out",
                "<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>",
                "<p>a</p>\n<p>b</p>\n<p>c</p>\n",
            ),
            (
                "a table in a table",
                "<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>c</td></tr></table>",
                "<table>\n<tbody>\n<tr><td>a</td><td>b</td></tr>\n</tbody>\n</table>\n<p>c</p>\n",
            ),
            (
                "a figure",
                "<figure><img=i.png,x><figcaption>c</figcaption></figure>",
                "<figure><img src=\"https://news.example/a/i.png\" alt=\"x\">\n<figcaption>c</figcaption>\n</figure>\n",
            ),
            (
                "an image alone is a figure",
                "<p><img=i.png></p>",
                "<figure><img src=\"https://news.example/a/i.png\" alt=\"\"></figure>\n",
            ),
            (
                "no counters, doubles, data",
                "<p>a<img=i,,1><img=data:image/png;base64><img=><img=j><img=j></p>",
                "<p>a<img src=\"https://news.example/a/j\" alt=\"\"></p>\n",
            ),
        ],
    );
}

#[test]
fn text_of() {
    cases(
        text,
        &[
            ("nothing", "", ""),
            ("paragraphs", "<p>a</p><p>b<br>c</p>", "a\n\nb\nc\n"),
            (
                "lists",
                "<p>x</p><ul><li>a<ol=4><li>b</li><li>c</li></ol></li><li>d</li></ul><p>y</p>",
                "x\n\n- a\n  4. b\n  5. c\n- d\n\ny\n",
            ),
            ("paragraphs of one item", "<ul><li><p>a</p><p>b</p></li><li>c</li></ul>", "- a\n\n  b\n- c\n"),
            ("a quote", "<blockquote><p>a</p><p>b<br>c</p></blockquote><p>d</p>", "> a\n>\n> b\n> c\n\nd\n"),
            ("pre", "<pre>a\n\n  b</pre>", "a\n\n  b\n"),
            (
                "a table",
                "<table><caption>k</caption><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table><p>e</p>",
                "k\n\na | b\nc | d\n\ne\n",
            ),
            (
                "a few short blocks in a cell",
                "<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr><tr><td>d</td><td>e</td></tr></table>",
                "a b | c\nd | e\n",
            ),
            ("places to break a word", "<p>a\u{ad}b\u{200b}c</p><p>\u{a0}d\u{a0}</p>", "abc\n\nd\n"),
            ("images leave nothing", "<ul><li><img=i></li><li>a <img=j> b</li></ul>", "- a b\n"),
        ],
    );
}

#[test]
fn markdown_of() {
    cases(
        markdown,
        &[
            ("nothing", "", ""),
            ("emphasis", "<p>a <em>b</em>, <strong>c</strong></p>", "a *b*, **c**\n"),
            ("emphasis inside a word falls", "<p>a<em>b</em></p>", "ab\n"),
            ("emphasis around a stop before a word falls", "<p><em>a.</em>b</p>", "a.b\n"),
            ("what means something", "<p>1. *a* [b] &amp; <br># c</p>", "1\\. \\*a\\* \\[b\\] \\&amp;\\\n\\# c\n"),
            ("a number is no list", "<p>2024. b 3.5</p>", "2024\\. b 3.5\n"),
            ("a link", "<p><a=/x_(y)>l]</a></p>", "[l\\]](<https://news.example/x_(y)>)\n"),
            ("code with backticks", "<p><code>a`b</code></p>", "``a`b``\n"),
            ("a fence longer than what it holds", "<pre=c>a\n```\n</pre>", "````c\na\n```\n````\n"),
            ("lists", "<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul><ul><li>d</li></ul>", "- a\n  1. b\n- c\n\n* d\n"),
            ("a nested list that begins late", "<ul><li>a<ol=4><li>b</li></ol></li></ul>", "- a\n\n  4. b\n"),
            ("a quote in an item", "<ul><li>a<blockquote>b</blockquote></li></ul>", "- a\n\n  > b\n"),
            ("a heading", "<h3>a<br>b #</h3>", "### a b \\#\n"),
            ("marks of no heading", "<p>#1 of C#, A&B, snake_case!</p>", "#1 of C#, A&B, snake_case!\n"),
            ("marks like those of a heading", "<h3>## a ##</h3>", "### \\## a \\##\n"),
            (
                "a table",
                "<table><tr><th>a|b</th><th>c</th></tr><tr><td>d</td></tr></table>",
                "| a&#124;b | c |\n| --- | --- |\n| d |  |\n",
            ),
            ("a table without a header", "<table><tr><td>a</td><td>b</td></tr></table>", "|  |  |\n| --- | --- |\n| a | b |\n"),
            ("an image", "<p><img=i.png,x y></p>", "![x y](https://news.example/a/i.png)\n"),
        ],
    );
}

#[test]
fn headline_comes_first() {
    let (page, blocks) = page("<p>a</p>");
    let s = Selection { page: &page, blocks: &blocks, headline: Some(" T  < u "), base: None };
    assert_eq!(html(&s), "<h1>T &lt; u</h1>\n<p>a</p>\n");
    assert_eq!(text(&s), "T < u\n\na\n");
    assert_eq!(markdown(&s), "# T \\< u\n\na\n");
}

#[test]
fn relative_addresses_stay_without_a_base() {
    let (page, blocks) = page("<p><a=../x>l</a></p>");
    let s = Selection { page: &page, blocks: &blocks, headline: None, base: None };
    assert_eq!(html(&s), "<p><a href=\"../x\">l</a></p>\n");
}

#[test]
fn only_chosen_blocks_are_written() {
    let (page, _) = page("<ul><li>a</li><li>b</li></ul><p>c</p>");
    let s = Selection { page: &page, blocks: &[1], headline: None, base: None };
    assert_eq!(text(&s), "- b\n");
}

/// A piece of a random page.
#[derive(Clone, Debug)]
enum Node {
    Text(String),
    Break,
    Image(u8),
    Element(Tag, Vec<Node>),
    Table(Vec<Vec<Vec<Node>>>),
}

fn put(build: &mut Build, nodes: &[Node]) {
    for node in nodes {
        match node {
            Node::Text(words) => build.text(words),
            Node::Break => build.line_break(),
            Node::Image(n) => build.image(&format!("i({n})&amp;\".png"), "x ]<*> \"&", u32::from(*n)),
            Node::Element(tag, inner) => {
                build.open(*tag, if *tag == Tag::A { "x?a=(1)&copy;\"<>`|\\ *b*_" } else { "7" });
                put(build, inner);
                build.close(*tag);
            }
            Node::Table(rows) => {
                build.open(Tag::Table, "");
                for row in rows {
                    build.open(Tag::Tr, "");
                    for (i, cell) in row.iter().enumerate() {
                        let tag = if i % 2 == 0 { Tag::Th } else { Tag::Td };
                        build.open(tag, if i == 2 { "3" } else { "1" });
                        put(build, cell);
                        build.close(tag);
                    }
                    build.close(Tag::Tr);
                }
                build.close(Tag::Table);
            }
        }
    }
}

const NASTY: &[&str] = &[
    "a",
    "word",
    "x.",
    "1",
    "1.",
    "2)",
    "-",
    "- ",
    "*",
    "**",
    "_x_",
    "`",
    "``",
    "[a]",
    "](x)",
    "<b>",
    "&amp;",
    "&",
    "#",
    "|",
    "\\",
    "~~~",
    "!",
    "\u{a0}",
    " ",
    " ",
    "  ",
    "\n",
    "===",
    "---",
    "é",
    "中",
    "😀",
    "\"",
    "$",
    "{#id}",
    "http://x.y",
    "<http://a.b>",
    "+",
    "\u{2028}",
    "\u{1}",
    ":--",
    "[^1]",
    "[x]: y",
    "\t",
    "'",
    "€",
    "\r",
    "</p>",
    "\u{301}",
];

const INLINE: &[Tag] =
    &[Tag::A, Tag::Em, Tag::I, Tag::Strong, Tag::B, Tag::Code, Tag::Sub, Tag::Del, Tag::Strike, Tag::Q, Tag::Span, Tag::Small];

const AROUND: &[Tag] = &[
    Tag::Ul,
    Tag::Ol,
    Tag::Li,
    Tag::Li,
    Tag::Dl,
    Tag::Dt,
    Tag::Dd,
    Tag::Blockquote,
    Tag::Pre,
    Tag::Table,
    Tag::Tr,
    Tag::Td,
    Tag::Figure,
    Tag::Figcaption,
    Tag::H2,
    Tag::P,
    Tag::P,
    Tag::Div,
];

fn inline() -> impl Strategy<Value = Node> {
    let words = prop::collection::vec(prop::sample::select(NASTY), 1..6).prop_map(|w| Node::Text(w.concat()));
    let leaf = prop_oneof![8 => words, 1 => Just(Node::Break), 1 => (0u8..9).prop_map(Node::Image)];
    leaf.prop_recursive(3, 8, 3, |inner| {
        (prop::sample::select(INLINE), prop::collection::vec(inner, 0..4)).prop_map(|(t, n)| Node::Element(t, n))
    })
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let line = prop::collection::vec(inline(), 1..4);
    let table = prop::collection::vec(prop::collection::vec(line, 0..4), 1..4).prop_map(Node::Table);
    let node = prop_oneof![6 => inline(), 1 => table].prop_recursive(6, 40, 5, |inner| {
        (prop::sample::select(AROUND), prop::collection::vec(inner, 0..5)).prop_map(|(t, n)| Node::Element(t, n))
    });
    prop::collection::vec(node, 0..6)
}

/// The words of a page, as recorded.
fn words(page: &Page) -> Vec<String> {
    let mut all = String::new();
    for block in &page.blocks {
        for step in &page.inlines[block.inlines.range()] {
            match step {
                Inline::Text(span) => all.extend(page.text[span.range()].chars().map(|c| if c.is_control() { ' ' } else { c })),
                Inline::Break => all.push(' '),
                _ => {}
            }
        }
        all.push(' ');
    }
    all.split_whitespace().map(str::to_owned).collect()
}

fn read_markdown(source: &str) -> Vec<String> {
    let mut all = String::new();
    let mut images = 0;
    for event in Parser::new_ext(source, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Md::Image { .. }) => images += 1,
            Event::End(TagEnd::Image) => images -= 1,
            Event::Start(Md::Emphasis | Md::Strong | Md::Link { .. }) => {}
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link) => {}
            Event::Text(t) | Event::Code(t) if images == 0 => all.push_str(&t),
            Event::Text(_) | Event::Code(_) => {}
            Event::Html(t) | Event::InlineHtml(t) => all.push_str(&format!("HTML:{t}")),
            Event::Rule => all.push_str(" RULE "),
            _ => all.push(' '),
        }
    }
    all.split_whitespace().map(str::to_owned).collect()
}

fn read_html(source: &str) -> Vec<String> {
    let inline = regex::Regex::new("</?(?:a|em|i|strong|b|code|sub|s|del|q|small|img)(?: [^>]*)?>").unwrap();
    let other = regex::Regex::new("<[^>]*>").unwrap();
    let plain = inline.replace_all(source, "");
    let plain = other.replace_all(&plain, " ");
    htmlize::unescape(&*plain).split_whitespace().map(str::to_owned).collect()
}

fn clean(source: &str) -> String {
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .link_rel(None)
        .url_relative(ammonia::UrlRelative::PassThrough)
        .add_tags(["figure", "figcaption"])
        .add_tag_attributes("code", ["class"]);
    cleaner.clean(source).to_string()
}

fn random(nodes: &[Node]) -> (Page, Vec<u32>) {
    let mut build = Build::new();
    put(&mut build, nodes);
    build.done()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases_to_run(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn html_passes_a_sanitizer_unchanged(nodes in nodes(), absolute: bool) {
        let (page, blocks) = random(&nodes);
        let base = Url::parse("https://news.example/a/b").unwrap();
        let s = Selection { page: &page, blocks: &blocks, headline: Some("T & <u>"), base: absolute.then_some(&base) };
        let out = html(&s);
        prop_assert_eq!(&clean(&out), &out);
        prop_assert_eq!(&read_html(&out)[3..], &words(&page)[..], "{}", out);
    }

    #[test]
    fn markdown_reads_back_to_the_same_words(nodes in nodes()) {
        let (page, blocks) = random(&nodes);
        let out = markdown(&Selection { page: &page, blocks: &blocks, headline: None, base: None });
        prop_assert_eq!(read_markdown(&out), words(&page), "{}", out);
    }

    #[test]
    fn text_has_every_word_in_order(nodes in nodes()) {
        let (page, blocks) = random(&nodes);
        let out = text(&Selection { page: &page, blocks: &blocks, headline: None, base: None });
        let mut rest = out.split_whitespace();
        for word in words(&page) {
            prop_assert!(rest.any(|w| w == word), "{:?} is missing in {}", word, out);
        }
        prop_assert!(out.is_empty() || out.ends_with('\n') && !out.ends_with("\n\n"));
    }
}

/// `PROPTEST_CASES` if set, so that a long run needs no edit.
fn cases_to_run() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|v| v.parse().ok()).unwrap_or(256)
}
