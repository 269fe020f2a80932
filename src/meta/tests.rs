//! The order of the sources, each proven to win over the next; the headline among headings; odd input.

#![allow(clippy::unwrap_used, reason = "a test may stop at a wrong address")]

use url::Url;

use super::Metadata;
use super::title::Headings;
use crate::page::{Block, Element, Mark, NONE, Page, Said, SaidHere, Span, Value};
use crate::scan::tag::Tag;

fn read(page: &Page, url: Option<&Url>) -> Metadata {
    super::read(page, url).0
}

fn headline_block(page: &Page, title: Option<&str>) -> Option<u32> {
    Headings::of(page).shown(title)
}

/// A page put together by hand. Every block stands in an element of its own.
#[derive(Default)]
struct Draft {
    page: Page,
    /// Fields of the page's JSON-LD article, and whole objects beside it.
    article: Vec<String>,
    objects: Vec<String>,
}

impl Draft {
    fn meta(&mut self, name: &str, content: &str) {
        self.page.head.metas.push((name.to_owned(), content.to_owned()));
    }

    fn article(&mut self, field: &str) {
        self.article.push(field.to_owned());
    }

    /// Adds a block and gives its index.
    fn block(&mut self, tag: Tag, class: &str, text: &str) -> u32 {
        let page = &mut self.page;
        let words = span_of(&mut page.strings, class);
        let index = page.blocks.len() as u32;
        let blocks = Span { start: index, end: index + 1 };
        let number = 1;
        let language = Span::default();
        let (parent, depth, marks, hidden) = (NONE, 0, 0, false);
        page.elements.push(Element { tag, parent, depth, words, look: 0, blocks, marks, hidden, number, language });
        page.blocks.push(Block {
            element: page.elements.len() as u32 - 1,
            text: span_of(&mut page.text, text),
            words: text.split_whitespace().count() as u32,
            sentences: text.matches('.').count() as u16,
            ..Block::default()
        });
        index
    }

    /// A site's rules name a block.
    fn said(&mut self, said: Said, block: u32) {
        let value = Value::Shown(self.page.blocks[block as usize].text);
        self.page.elements[block as usize].marks = Mark::TITLE;
        self.page.said.push(SaidHere { said, selector: 0, element: block, value });
    }

    fn done(mut self) -> Page {
        let article = self.article.iter().map(|field| format!(",{field}")).collect::<String>();
        if !article.is_empty() {
            self.page.head.json_ld.push(format!(r#"{{"@type":"NewsArticle"{article}}}"#));
        }
        self.page.head.json_ld.extend(self.objects);
        self.page
    }
}

fn span_of(strings: &mut String, text: &str) -> Span {
    let start = strings.len() as u32;
    strings.push_str(text);
    Span { start, end: strings.len() as u32 }
}

/// What a source makes of the field, and how to put it on a page.
type Source = (&'static str, fn(&mut Draft));

/// Of any tail of the sources the first counts, and without any there is nothing.
fn assert_order(field: fn(Metadata) -> Option<String>, sources: &[Source]) {
    for first in 0..=sources.len() {
        let mut draft = Draft::default();
        // The last is put on the page first, so that page order cannot help.
        sources[first..].iter().rev().for_each(|(_, put)| put(&mut draft));
        let expected = sources.get(first).map(|(value, _)| *value);
        assert_eq!(field(read(&draft.done(), None)).as_deref(), expected, "source {first}");
    }
}

#[test]
fn titles_in_order() {
    assert_order(
        |m| m.title,
        &[
            ("Rules name this", |d| {
                let at = d.block(Tag::Div, "x", "Rules name this");
                d.said(Said::Title, at);
            }),
            ("Wet Weather: what “helps”", |d| _ = d.block(Tag::H1, "", "Wet Weather: what “helps”")),
            ("WET WEATHER - WHAT HELPS", |d| _ = d.block(Tag::H2, "", "WET WEATHER - WHAT HELPS")),
            ("wet weather, what helps", |d| d.article(r#""headline":"wet weather, what helps""#)),
            ("Open graph", |d| d.meta("og:title", "Open graph")),
            ("Bird", |d| d.meta("twitter:title", "Bird")),
            ("Paper", |d| d.meta("citation_title", "Paper")),
            ("Of the title element", |d| d.page.head.title = "Of the title element | Site".to_owned()),
        ],
    );
}

#[test]
fn bylines_in_order() {
    assert_order(
        |m| m.byline,
        &[
            ("Ann Shown", |d| {
                let at = d.block(Tag::Span, "", "By Ann Shown");
                d.said(Said::Author, at);
            }),
            ("Ann Json, Bob Json", |d| d.article(r#""author":[{"name":"Ann Json"},{"name":"By Bob Json"}]"#)),
            ("Ann Meta", |d| d.meta("author", "Ann Meta")),
            ("Ann Open", |d| {
                d.meta("article:author", "Ann Open");
                d.meta("author", "https://social.example/ann");
            }),
            ("Ann Parsely", |d| d.meta("parsely-author", "Ann Parsely")),
            ("Ann Sail", |d| d.meta("sailthru.author", "Ann Sail")),
            ("Ann Dublin", |d| d.meta("dc.creator", "Ann Dublin")),
            ("Ann Byl", |d| d.meta("byl", "By Ann Byl")),
            ("Ann Paper, Bob Paper", |d| {
                d.meta("citation_author", "Paper, Ann");
                d.meta("citation_author", "Bob Paper");
            }),
            ("Ann Card", |d| {
                d.meta("twitter:label1", "Written by");
                d.meta("twitter:data1", "Ann Card");
            }),
            ("Ann Shown", |d| {
                let at = d.block(Tag::Div, "byline", "By Ann Shown, May 6, 2024");
                d.page.head.author_blocks.push(at);
            }),
        ],
    );
}

#[test]
fn dates_of_publishing_in_order() {
    assert_order(
        |m| m.published,
        &[
            ("1999-01-01", |d| {
                let at = d.block(Tag::Div, "", "1 January 1999");
                d.said(Said::Date, at);
            }),
            ("2001-01-01T07:00:00Z", |d| d.article(r#""datePublished":"2001-01-01T07:00:00.000Z""#)),
            ("2002-01-01", |d| d.meta("article:published_time", "2002-01-01")),
            ("2003-01-01", |d| d.meta("date", "January 1, 2003")),
            ("2004-01-01", |d| d.meta("dc.date", "2004/01/01")),
            ("2005-01-01", |d| d.meta("parsely-pub-date", "2005-01-01")),
            ("2006-01-01T08:00", |d| d.meta("sailthru.date", "2006-01-01 08:00")),
            ("2007-01-01", |d| d.meta("datepublished", "2007-01-01")),
            ("2008-01-01", |d| d.meta("citation_publication_date", "2008/1/1")),
            ("2009-01-01", |d| d.objects.push(r#"{"@type":"WebPage","datePublished":"2009-01-01"}"#.to_owned())),
            ("2010-01-01", |d| d.page.head.times.extend([("PT5M".to_owned(), 0), ("2010-01-01".to_owned(), 0)])),
        ],
    );
}

#[test]
fn a_date_that_cannot_be_read_gives_way_to_the_next() {
    let mut draft = Draft::default();
    draft.article(r#""datePublished":"0001-01-01T00:00:00""#);
    draft.meta("article:published_time", "yesterday");
    draft.meta("date", "2024-05-06");
    assert_eq!(read(&draft.done(), None).published.as_deref(), Some("2024-05-06"));
}

#[test]
fn the_shown_date_behind_the_headline_counts() {
    let mut draft = Draft::default();
    draft.block(Tag::Div, "", "Another story");
    draft.block(Tag::H1, "", "The story");
    draft.meta("og:title", "The story");
    (0..12).for_each(|_| _ = draft.block(Tag::P, "", "It went on."));
    draft.block(Tag::Li, "", "A third story");
    draft.page.head.times = vec![("2003-01-01".to_owned(), 14), ("2002-01-01".to_owned(), 2)];
    let mut page = draft.done();
    let published = |page: &Page, address: Option<&str>| {
        let address = address.and_then(|address| address.parse().ok());
        read(page, address.as_ref()).published
    };
    let dated = Some("https://example.com/2001/02/03/the-story");
    assert_eq!(published(&page, dated).as_deref(), Some("2002-01-01"));
    page.head.times.pop();
    assert_eq!(published(&page, dated).as_deref(), Some("2001-02-03"), "the address comes before other times");
    assert_eq!(published(&page, None), None, "in a list there are dates of other stories");
}

#[test]
fn dates_of_change_in_order() {
    assert_order(
        |m| m.modified,
        &[
            ("2001-01-01", |d| d.article(r#""dateModified":"2001-01-01""#)),
            ("2002-01-01", |d| d.meta("article:modified_time", "2002-01-01")),
            ("2003-01-01", |d| d.meta("og:updated_time", "2003-01-01")),
            ("2004-01-01", |d| d.meta("datemodified", "2004-01-01")),
            ("2005-01-01T07:08:09Z", |d| d.meta("last-modified", "Sat, 01 Jan 2005 07:08:09 GMT")),
            ("2006-01-01", |d| d.objects.push(r#"{"@type":"WebPage","dateModified":"2006-01-01"}"#.to_owned())),
        ],
    );
}

#[test]
fn a_line_near_the_headline_tells_the_days_that_nothing_declares() {
    let mut draft = Draft::default();
    draft.block(Tag::H1, "", "The story");
    draft.meta("og:title", "The story");
    draft.block(Tag::Div, "", "By Ann Example, 3 May 2001. Updated: 5 May 2001");
    let page = draft.done();
    let told = |page: &Page| {
        let metadata = read(page, Some(&"https://example.com/2001/05/04/the-story".parse().unwrap()));
        (metadata.published, metadata.modified)
    };
    assert_eq!(told(&page), (Some("2001-05-04".to_owned()), Some("2001-05-05".to_owned())), "the address comes before the line");
    let metadata = read(&page, None);
    assert_eq!((metadata.published.as_deref(), metadata.modified.as_deref()), (Some("2001-05-03"), Some("2001-05-05")));
}

#[test]
fn languages_in_order() {
    assert_order(
        |m| m.language,
        &[
            ("en-US", |d| d.page.head.lang = "en-us".to_owned()),
            ("pt-BR", |d| d.meta("og:locale", "pt_br")),
            ("zh-Hant", |d| d.meta("content-language", "zh-hant")),
            ("de", |d| d.meta("dc.language", "DE")),
            ("fr", |d| d.article(r#""inLanguage":"fr""#)),
            ("it", |d| d.objects.push(r#"{"@type":"WebPage","inLanguage":"it"}"#.to_owned())),
        ],
    );
}

#[test]
fn sites_in_order() {
    assert_order(
        |m| m.site,
        &[
            ("Open", |d| d.meta("og:site_name", " Open ")),
            ("App", |d| d.meta("application-name", "App")),
            ("Publisher", |d| d.article(r#""publisher":{"@type":"Organization","name":"Publisher"}"#)),
            ("Web site", |d| d.objects.push(r#"{"@type":"WebSite","name":"Web site"}"#.to_owned())),
            ("E", |d| {
                d.block(Tag::H1, "", "The story");
                d.page.head.title = "The story | E".to_owned();
            }),
        ],
    );
}

#[test]
fn descriptions_in_order() {
    assert_order(
        |m| m.description,
        &[
            ("A & b", |d| d.meta("og:description", "A &amp;\n b")),
            ("Plain", |d| d.meta("description", "<p>Plain</p>")),
            ("Bird", |d| d.meta("twitter:description", "Bird")),
            ("Json", |d| d.article(r#""description":"Json""#)),
            ("Page", |d| d.objects.push(r#"{"@type":"WebPage","description":"Page"}"#.to_owned())),
        ],
    );
}

#[test]
fn images_in_order() {
    assert_order(
        |m| m.image,
        &[
            ("https://a.example/s.png", |d| d.meta("og:image:secure_url", "https://a.example/s.png")),
            ("https://a.example/o.png", |d| d.meta("og:image", "//a.example/o.png")),
            ("http://a.example/t.png", |d| {
                d.meta("twitter:image", "http://a.example/t.png");
                d.meta("og:image", "data:image/png;base64,AAAA");
            }),
            ("https://a.example/j.png", |d| d.article(r#""image":["j.png",{"url":"https://a.example/j.png"}]"#)),
        ],
    );
}

#[test]
fn addresses_in_order() {
    assert_order(
        |m| m.url,
        &[
            ("https://a.example/c", |d| d.page.head.canonical = "https://a.example/c".to_owned()),
            ("https://a.example/o", |d| d.meta("og:url", "https://a.example/o")),
            ("https://a.example/b/", |d| d.page.head.base = "https://a.example/b/".to_owned()),
        ],
    );
}

#[test]
fn a_relative_image_is_made_absolute() {
    let url = Url::parse("https://a.example/x/y").unwrap();
    for (base, given, expected) in [
        ("", Some(&url), Some("https://a.example/x/i.png")),
        ("/z/", Some(&url), Some("https://a.example/z/i.png")),
        ("https://b.example/", None, Some("https://b.example/i.png")),
        ("", None, None),
    ] {
        let mut draft = Draft::default();
        draft.meta("og:image", "i.png");
        draft.page.head.base = base.to_owned();
        assert_eq!(read(&draft.done(), given).image.as_deref(), expected, "{base}");
    }
}

const PROSE: &str = "It rained on the town for three long days and nobody there could say when it would stop or why it had begun at all. \
    The river rose, the bridge was closed, and the school sent everybody home with a note that said to wait for news.";

/// What the page shows as headline, of headings and texts in page order, with these titles in its head.
fn headline(titles: &[(&str, &str)], blocks: &[(Tag, &str, &str)]) -> (Option<String>, Option<u32>) {
    let mut draft = Draft::default();
    for (name, text) in titles {
        match *name {
            "title" => draft.page.head.title = (*text).to_owned(),
            "headline" => draft.article(&format!(r#""headline":"{text}""#)),
            _ => draft.meta(name, text),
        }
    }
    for (tag, class, text) in blocks {
        draft.block(*tag, class, text);
    }
    let page = draft.done();
    let url = Url::parse("https://www.wetblog.example/story").unwrap();
    let title = read(&page, Some(&url)).title;
    let block = headline_block(&page, title.as_deref());
    (title, block)
}

#[test]
fn the_headline_is_told_from_other_headings() {
    let prose = (Tag::P, "", PROSE);
    for (case, titles, blocks, title, block) in [
        (
            "other words than the head's",
            &[("og:title", "Why it rains in town")][..],
            &[(Tag::H1, "", "The town where it rains"), prose][..],
            Some("The town where it rains"),
            Some(0),
        ),
        (
            "the site's name above it",
            &[("title", "Why it rains | Wet Blog")],
            &[(Tag::H1, "", "Wet Blog"), (Tag::H2, "", "Why it rains"), prose],
            Some("Why it rains"),
            Some(1),
        ),
        (
            "the site's name, unknown to its host",
            &[("title", "Why it rains in our town | Grumpy Days")],
            &[(Tag::H1, "", "Grumpy Days"), prose],
            Some("Why it rains in our town"),
            None,
        ),
        (
            "a heading far down",
            &[("og:title", "What people love about rain")],
            &[prose, prose, prose, prose, (Tag::H1, "", "But what they love is the sound of rain")],
            Some("What people love about rain"),
            None,
        ),
        (
            "below a notice",
            &[("og:title", "What people love about rain")],
            &[prose, prose, prose, prose, (Tag::H1, "", "What people love about rain")],
            Some("What people love about rain"),
            Some(4),
        ),
        (
            "nothing in common",
            &[("og:title", "Why it rains in town")],
            &[(Tag::H1, "", "Our BLOG"), prose],
            Some("Why it rains in town"),
            None,
        ),
        (
            "twice",
            &[("og:title", "Why it rains")],
            &[(Tag::H1, "", "Why it rains"), (Tag::H1, "", "Why it rains"), prose],
            Some("Why it rains"),
            Some(1),
        ),
        (
            "in a footer",
            &[("og:title", "Why it rains")],
            &[(Tag::P, "", "Why it rains"), prose, (Tag::Footer, "headline", "Why it rains")],
            Some("Why it rains"),
            Some(0),
        ),
        (
            "a logo",
            &[("title", "Rain")],
            &[(Tag::H1, "site-title", "Rain"), (Tag::Div, "entry-title", "rain")],
            Some("rain"),
            Some(1),
        ),
        ("in a crumb", &[("og:title", "Why it rains")], &[(Tag::Li, "", "Why it rains"), prose], Some("Why it rains"), None),
        (
            "nothing declared",
            &[],
            &[(Tag::H1, "", "Wet Blog"), (Tag::H1, "", "Why it rains"), prose],
            Some("Why it rains"),
            Some(1),
        ),
        (
            "only the site's name declared",
            &[("title", "Wet Blog"), ("og:site_name", "Wet Blog")],
            &[(Tag::H1, "", "Why it rains"), prose],
            Some("Why it rains"),
            Some(0),
        ),
        ("only the site's name at all", &[("title", "Wet Blog")], &[prose], Some("Wet Blog"), None),
        (
            "cut short",
            &[("headline", "Why it rains in the town of…"), ("og:title", "Why it rains in the town of Wetham")],
            &[prose],
            Some("Why it rains in the town of Wetham"),
            None,
        ),
        ("tags in the words", &[("og:title", "Why <em>it</em> rains")], &[prose], Some("Why it rains"), None),
        ("tags as the subject", &[("og:title", "30 years of <br>")], &[prose], Some("30 years of <br>"), None),
        ("encoded twice", &[("og:title", "Rain &amp; wind")], &[prose], Some("Rain & wind"), None),
        ("no letters", &[("og:title", "???")], &[(Tag::H1, "", "!!!"), prose], Some("???"), None),
        ("without spaces", &[("og:title", "雨が降る町の話")], &[(Tag::H1, "", "雨が降る町"), prose], Some("雨が降る町"), Some(0)),
        ("nothing", &[], &[], None, None),
    ] {
        assert_eq!(headline(titles, blocks), (title.map(str::to_owned), block), "{case}");
    }
}

#[test]
fn a_kicker_is_no_part_of_the_headline() {
    let prose = (Tag::P, "", PROSE);
    for (heading, declared, title) in [
        ("Weather report Why it rains in the town", "Why it rains in the town", "Why it rains in the town"),
        ("12.03. Why it rains in the town", "Why it rains in the town", "Why it rains in the town"),
        // What stands before is longer than any kicker, or what stands behind is no headline.
        (
            "The mayor, the gulls, the ferry and Why it rains in the town",
            "Why it rains in the town",
            "The mayor, the gulls, the ferry and Why it rains in the town",
        ),
        ("Why it rains in town", "in town", "Why it rains in town"),
    ] {
        let (found, block) = headline(&[("og:title", declared)], &[(Tag::H1, "", heading), prose]);
        assert_eq!((found.as_deref(), block), (Some(title), Some(0)), "{heading}");
    }
}

#[test]
fn unseen_headings_show_nothing() {
    for hide in [|b: &mut Block| b.hidden = true, |b: &mut Block| b.removed = true, |b: &mut Block| b.noscript = true] {
        let mut draft = Draft::default();
        draft.block(Tag::H1, "", "Why it rains");
        let mut page = draft.done();
        assert_eq!(headline_block(&page, Some("Why it rains")), Some(0));
        hide(&mut page.blocks[0]);
        assert_eq!(headline_block(&page, Some("Why it rains")), None);
    }
}

#[test]
fn a_marked_title_is_the_headline_whatever_the_head_says() {
    let mut draft = Draft::default();
    draft.block(Tag::H1, "", "Why it rains");
    let at = draft.block(Tag::Div, "", "In the town of rain");
    draft.said(Said::Title, at);
    draft.meta("og:title", "Why it rains");
    let page = draft.done();
    assert_eq!(headline_block(&page, Some("Why it rains")), Some(at));
    assert_eq!(headline_block(&page, None), Some(at));
}

#[test]
fn a_heading_of_several_blocks_is_one() {
    let mut draft = Draft::default();
    draft.block(Tag::H1, "", "Why it rains");
    draft.block(Tag::Div, "", "in town");
    draft.meta("og:title", "Why it rains in town");
    draft.page.elements[0].blocks.end = 2;
    let page = draft.done();
    assert_eq!(read(&page, None).title.as_deref(), Some("Why it rains in town"));
    assert_eq!(headline_block(&page, Some("Why it rains in town")), Some(0));
}

#[test]
fn an_empty_page_says_nothing() {
    assert_eq!(read(&Page::default(), None), Metadata::default());
    assert_eq!(headline_block(&Page::default(), Some("")), None);
}

#[test]
fn odd_values_do_no_harm() {
    let (long, open, cuts) = ("é ".repeat(100_000), "<b".repeat(30_000) + "</b>", "a | ".repeat(15_000));
    let odd = "¦ ¦\0¦\u{feff}¦&¦&#¦&#xFFFFFFFF;¦<¦</¦</é>¦< ></>¦<b¦</b></b¦é¦ß-¦İ | İ¦ | ¦::¦:::¦- - -¦…¦...¦@¦://¦by¦By \u{a0}¦von\
        ¦2024-05-06T¦٢٠٢٤¦//¦https://[¦\\u¦{\"¦[[[[¦日¦日本語 | 日本¦👩‍👩‍👧¦\u{301}¦ﷺ";
    let names = [
        "og:title",
        "twitter:title",
        "author",
        "byl",
        "citation_author",
        "twitter:label1",
        "date",
        "og:locale",
        "og:image",
        "og:url",
        "og:site_name",
        "description",
    ];
    for text in odd.split('¦').chain([&*long, &open, &cuts]) {
        let mut draft = Draft::default();
        names.iter().for_each(|name| draft.meta(name, text));
        for tag in [Tag::H1, Tag::H2, Tag::P] {
            let at = draft.block(tag, text, text);
            draft.page.head.author_blocks.push(at);
        }
        let head = &mut draft.page.head;
        for field in [&mut head.title, &mut head.lang, &mut head.canonical, &mut head.base] {
            *field = text.to_owned();
        }
        head.times.push((text.to_owned(), u32::MAX));
        head.json_ld.push(text.to_owned());
        head.author_blocks.push(u32::MAX);
        let page = draft.done();
        let found = read(&page, None);
        let values =
            [found.title, found.byline, found.published, found.language, found.site, found.url, found.description, found.image];
        for value in values.iter().flatten() {
            assert!(!value.trim().is_empty() && value.trim() == value, "{text:?} gave {value:?}");
        }
    }
}

#[test]
fn an_element_with_blocks_that_are_not_there_does_no_harm() {
    let mut draft = Draft::default();
    draft.block(Tag::H1, "", "Why it rains");
    draft.page.elements[0].blocks = Span { start: 5, end: 7 };
    assert_eq!(read(&draft.done(), None).title, None);
}
