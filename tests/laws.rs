//! The laws of the engine over random pages: whatever comes in, these hold.
//!
//! A page is a soup of tags, texts, comments and broken bits, made from an alphabet that has the phrases of the rules in it. Every text
//! has a number of its own, so that it can be told whether it went. proptest prints the smallest page that breaks a law.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use proptest::prelude::*;
use proptest::sample::{Index, select};
use storysieve::{Report, Rules, Sieve};

/// A rule of every shape.
const RULES: &str = r##"
schema = 1
leftovers = ["close", "read more"]

[[remove]]
id = "box"
kind = "newsletter"
select = [".signup", "nav > a", "aside[data-x]", "#gone", "td + td.cell"]

[[remove]]
id = "named"
kind = "donation"
select = ["div", "section", "li", "p"]
text = ["please donate"]
max_chars = 60

[[remove]]
id = "loose"
kind = "ad-free"
text = ["enjoying ad-free content"]
max_chars = 80
unless_has = ["h1", "img"]

[[remove]]
id = "pair"
kind = "membership"
text = [{ all = ["become a member", "from 3 a month"] }, { none = ["no thanks"] }]
max_chars = 120

[[remove]]
id = "letter"
kind = "donation"
from = { text = ["a message from us"] }
to = { text = ["thank you all"] }
max_blocks = 6
max_chars = 300

[[remove]]
id = "formed"
kind = "registration"
text = ["sign up", { regex = 'sign up (now|today)' }]
max_chars = 70
"##;

/// Ends in what `text` of a piece makes of it: `#` becomes a number of its own.
const TEXTS: &[&str] = &[
    "w#x",
    "Rain fell on w#x, said the mayor. ",
    "please donate w#x",
    "Please&nbsp;donate w#x please DONATE",
    "enjoying ad-free content w#x?",
    "enjoying ad&#8211;free content w#x",
    "become a member w#x",
    "from 3 a month w#x",
    "no thanks w#x",
    "a message from us w#x",
    "thank you all w#x",
    "sign up now w#x",
    "sign up w#x",
    "close",
    "read more",
    "w#x a longer text that no notice would have, because it goes on and on, past every bound that a rule here has set for itself.",
    "1 < 2 & 3 &amp; 4 &eacute w#x",
    "наш сайт w#x 広告なし",
    " ",
    "\n",
    "&",
    "<",
    "\0",
];

const TAGS: &[&str] = &[
    "p",
    "p",
    "div",
    "div",
    "div",
    "section",
    "article",
    "aside",
    "nav",
    "main",
    "header",
    "footer",
    "h1",
    "h2",
    "ul",
    "ol",
    "li",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
    "caption",
    "colgroup",
    "col",
    "b",
    "i",
    "a",
    "span",
    "em",
    "strong",
    "button",
    "form",
    "label",
    "input",
    "img",
    "br",
    "br",
    "hr",
    "wbr",
    "select",
    "optgroup",
    "option",
    "script",
    "style",
    "textarea",
    "title",
    "noscript",
    "template",
    "iframe",
    "svg",
    "math",
    "foreignObject",
    "desc",
    "mi",
    "annotation-xml",
    "pre",
    "blockquote",
    "figure",
    "figcaption",
    "ruby",
    "rt",
    "rp",
    "html",
    "head",
    "body",
    "center",
    "font",
    "nobr",
    "object",
    "marquee",
    "fieldset",
    "legend",
    "details",
    "summary",
    "x-card",
    "video",
    "frameset",
    "frame",
    "meta",
    "link",
    "base",
];

const ATTRIBUTES: &[&str] = &[
    "",
    "",
    "",
    "",
    " class=signup",
    " class='a signup b'",
    " class=cell",
    " id=gone",
    " data-x",
    " href=/w",
    " title='a > b'",
    " title=\"</p>\"",
    " CLASS=Signup class=other",
    " hidden",
    "/",
    " =",
    " a=b/",
    " style=\"display:none\"",
];

const BROKEN: &[&str] = &[
    "<!-- please donate -->",
    "<!-->",
    "<!--->",
    "<!-- a <!-- b --> c -->",
    "<!-- <p class=signup> --",
    "-->",
    "--!>",
    "<![CDATA[ x <p> ]]>",
    "<!doctype html>",
    "<?php echo '>' ?>",
    "</>",
    "</ p>",
    "</p",
    "<p class=",
    "<div class='signup",
    "<",
    "</",
    "<!",
    "&#",
    "&am",
    "'",
    "\"",
    "=",
    ">",
    "<script><!-- <script> </script> --></script>",
    "<script>var a = '<p class=signup>please donate</p>'</script>",
    "<title>please donate</title>",
    "<textarea><p class=signup></textarea>",
    "<noscript><p class=signup>please donate</p></noscript>",
    "<template><p class=signup>please donate</p></template>",
    "<plaintext>",
    "<svg><title>please donate</title><p>",
    "<math><mi><p>",
    "<svg><style><p></style></svg>",
];

#[derive(Clone, Debug)]
enum Piece {
    Open(&'static str, &'static str),
    Close(&'static str),
    /// An element, whole.
    Whole(&'static str, &'static str, &'static str),
    Text(&'static str),
    Broken(&'static str),
}

fn piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        6 => (select(TAGS), select(ATTRIBUTES)).prop_map(|(tag, attribute)| Piece::Open(tag, attribute)),
        5 => select(TAGS).prop_map(Piece::Close),
        4 => (select(TAGS), select(ATTRIBUTES), select(TEXTS)).prop_map(|(tag, attribute, text)| Piece::Whole(tag, attribute, text)),
        7 => select(TEXTS).prop_map(Piece::Text),
        1 => select(BROKEN).prop_map(Piece::Broken),
    ]
}

fn page() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..60).prop_map(|pieces| {
        let mut page = String::new();
        let mut texts = 0;
        let mut numbered = |text: &str| {
            texts += 1;
            text.replace('#', &texts.to_string())
        };
        for piece in pieces {
            match piece {
                Piece::Open(tag, attribute) => page += &format!("<{tag}{attribute}>"),
                Piece::Close(tag) => page += &format!("</{tag}>"),
                Piece::Whole(tag, attribute, text) => page += &format!("<{tag}{attribute}>{}</{tag}>", numbered(text)),
                Piece::Text(text) => page += &numbered(text),
                Piece::Broken(text) => page += text,
            }
        }
        page
    })
}

/// Any bytes; a failure shows them as a byte string.
#[derive(Clone)]
struct Bytes(Vec<u8>);

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// A page in one of the ways pages are encoded, or with some of its bytes overwritten, or no page at all.
fn bytes() -> impl Strategy<Value = Bytes> {
    let encoded = (page(), 0..5_u8).prop_map(|(page, way)| match way {
        0 => [&[0xff, 0xfe][..], &page.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat(),
        1 => [&[0xfe, 0xff][..], &page.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()].concat(),
        2 => encoding_rs::ISO_2022_JP.encode(&format!("<meta charset=iso-2022-jp>{page}")).0.into_owned(),
        3 => encoding_rs::SHIFT_JIS.encode(&format!("<meta charset=shift_jis>{page}")).0.into_owned(),
        _ => encoding_rs::GB18030.encode(&format!("<meta charset=gb18030>{page}")).0.into_owned(),
    });
    let overwritten = (page(), prop::collection::vec((any::<Index>(), any::<u8>()), 1..8)).prop_map(|(page, changes)| {
        let mut bytes = page.into_bytes();
        for (at, byte) in changes {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        bytes
    });
    prop_oneof![
        4 => page().prop_map(String::into_bytes),
        2 => encoded,
        2 => overwritten,
        1 => prop::collection::vec(any::<u8>(), 0..300),
        1 => prop::collection::vec(select(&b"<>/!-='\"& \n\0apdiv\x1b$B(\xe2\x82\xff"[..]), 0..200),
    ]
    .prop_map(Bytes)
}

fn cuts() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 0..8)
}

fn sieve() -> Sieve {
    Sieve::builder().rules(Rules::parse("laws.toml", RULES).unwrap()).build().unwrap()
}

fn filtered(sieve: &Sieve, page: &[u8], cuts: &[Index]) -> (Vec<u8>, Report) {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(page.len() + 1)).collect();
    places.sort_unstable();
    let mut filter = sieve.filter();
    let mut out = Vec::new();
    let mut at = 0;
    for place in places.into_iter().chain([page.len()]) {
        filter.write(&page[at..place], &mut out);
        at = place;
    }
    let report = filter.finish(&mut out);
    (out, report)
}

/// What went, by the report: spans of the input in order.
fn spans(report: &Report, length: usize) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let mut before = 0;
    for removed in &report.removed {
        assert!(removed.start >= before && removed.start < removed.end, "{removed:?} begins before {before}");
        let mut at = removed.start;
        for (start, end) in &removed.kept {
            assert!(*start >= at && start < end && *end <= removed.end, "{removed:?} keeps what is not in it");
            spans.push((at as usize, *start as usize));
            at = *end;
        }
        spans.push((at as usize, removed.end as usize));
        before = removed.end;
    }
    assert!(before as usize <= length, "a span ends behind the page: {:?}", report.removed);
    spans
}

fn less(page: &[u8], spans: &[(usize, usize)]) -> Vec<u8> {
    let mut rest = Vec::new();
    let mut at = 0;
    for (start, end) in spans {
        rest.extend_from_slice(&page[at..*start]);
        at = *end;
    }
    rest.extend_from_slice(&page[at..]);
    rest
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn no_rules_change_nothing(Bytes(page) in bytes(), cuts in cuts()) {
        let sieve = Sieve::builder().rules(Rules::none()).build().unwrap();
        let (out, report) = filtered(&sieve, &page, &cuts);
        prop_assert_eq!(shown(&out), shown(&page));
        prop_assert!(out == page);
        prop_assert!(report.removed.is_empty());
        prop_assert_eq!(report.held, 0);
        prop_assert_eq!(report.bytes, page.len() as u64);
    }

    #[test]
    fn any_cut_gives_the_same_output_and_report(Bytes(page) in bytes(), cuts in cuts()) {
        let sieve = sieve();
        let whole = filtered(&sieve, &page, &[]);
        let cut = filtered(&sieve, &page, &cuts);
        prop_assert_eq!(shown(&cut.0), shown(&whole.0));
        prop_assert!(cut == whole, "{:?} and not {:?}", cut.1, whole.1);
    }

    #[test]
    fn the_output_is_the_input_less_what_the_report_names(Bytes(page) in bytes(), cuts in cuts()) {
        let (out, report) = filtered(&sieve(), &page, &cuts);
        let rest = less(&page, &spans(&report, page.len()));
        prop_assert_eq!(shown(&out), shown(&rest));
        prop_assert!(out == rest);
    }

    #[test]
    fn what_is_held_keeps_to_the_budget(Bytes(page) in bytes(), cuts in cuts(), budget in select(&[1_usize, 7, 40, 100, 333, 2000][..])) {
        let sieve = Sieve::builder().rules(Rules::parse("laws.toml", RULES).unwrap()).max_hold(budget).build().unwrap();
        let (out, report) = filtered(&sieve, &page, &cuts);
        prop_assert!(report.held <= budget as u64, "{} bytes were held", report.held);
        let rest = less(&page, &spans(&report, page.len()));
        prop_assert_eq!(shown(&out), shown(&rest));
        prop_assert!(out == rest);
        let whole = filtered(&sieve, &page, &[]);
        prop_assert!(whole == (out, report.clone()), "{:?} and not {:?}", report, whole.1);
    }

    #[test]
    fn a_story_holds_no_text_that_was_removed(page in page()) {
        // What a `title` says is kept wherever it stands.
        let page = page.replace("<title", "<h2").replace("</title", "</h2");
        let story = sieve().story(page.as_bytes()).unwrap();
        let text = story.text() + &story.markdown() + &story.html();
        let page = page.as_bytes();
        for (start, end) in spans(story.report(), page.len()) {
            let span = String::from_utf8_lossy(&page[start..end]).into_owned();
            for word in span.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 2 && word.starts_with('w') && word.ends_with('x')) {
                prop_assert!(!text.contains(word), "{word} was removed and is in the story:\n{text}");
            }
        }
    }

    #[test]
    fn any_bytes_have_a_story_or_none(Bytes(page) in bytes()) {
        let sieve = sieve();
        let story = sieve.story(&page).unwrap();
        let written = (story.text(), story.html(), story.markdown());
        prop_assert!(story.word_count() > 0 || story.is_empty() || !written.0.is_empty() || story.title().is_none());
        let plain = sieve.plain_text(&page).unwrap();
        prop_assert_eq!(plain.report().bytes, page.len() as u64);
        let _ = plain.text();
    }
}
