//! Odd and hostile pages and rule files: each must give the right output, in page mode and as a story.
//!
//! A page is written with `⟦` and `⟧` around the bytes that must go. Every text that must go says APPEAL.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use encoding_rs::{Encoding, GB18030, ISO_2022_JP, SHIFT_JIS, WINDOWS_1251};
use storysieve::{ErrorKind, Rules, Sieve};

const RULES: &str = r#"
schema = 1

[[remove]]
id = "marked"
kind = "ad"
select = [".ad"]

[[remove]]
id = "asking"
kind = "donation"
text = ["please support our newsroom", "新聞社を支援", "支持我们的记者", "поддержите нашу редакцию"]
max_chars = 200
"#;

/// Two halves of a story that is long enough to be one.
const ONE: &str = "<h1>Harbour reopens</h1><p>The harbour of Brennick reopened on Monday, eleven months after the storm sank two ferries \
    and tore away the breakwater, and a small crowd came down to the quay to see the first boats leave.</p>";
const TWO: &str = "<p>Fishermen said that the first catch was small but good, and that the new wall, which is a metre higher than the old \
    one, had held the swell of the night before without a sound.</p>";

struct Page {
    name: &'static str,
    bytes: Vec<u8>,
    left: Vec<u8>,
    /// Texts its story holds, with white space collapsed.
    story: Vec<String>,
    /// Texts of the page that are not of its story.
    lacks: Vec<&'static str>,
    title: Option<&'static str>,
}

/// Takes the marks out of a page, and gives it whole and less what is marked, each piece as `encode` makes it.
fn page_in(name: &'static str, marked: &str, encode: impl Fn(&str) -> Vec<u8>) -> Page {
    let (mut bytes, mut left) = (Vec::new(), Vec::new());
    for (i, piece) in marked.split(['⟦', '⟧']).enumerate() {
        let piece = encode(piece);
        bytes.extend_from_slice(&piece);
        if i % 2 == 0 {
            left.extend_from_slice(&piece);
        }
    }
    let mut story = Vec::new();
    if marked.contains(ONE) {
        story.push("eleven months after the storm sank two ferries".to_owned());
    }
    if marked.contains(TWO) {
        story.push("the first catch was small but good".to_owned());
    }
    Page { name, bytes, left, story, lacks: vec!["APPEAL"], title: None }
}

fn page(name: &'static str, marked: impl AsRef<str>) -> Page {
    page_in(name, marked.as_ref(), |piece| piece.as_bytes().to_vec())
}

fn encoded(name: &'static str, marked: impl AsRef<str>, encoding: &'static Encoding) -> Page {
    page_in(name, marked.as_ref(), |piece| {
        let (bytes, _, lost) = encoding.encode(piece);
        assert!(!lost, "{name}: not all of it is in {}", encoding.name());
        bytes.into_owned()
    })
}

fn bytes_of(name: &'static str, marked: impl AsRef<str>) -> Page {
    page_in(name, marked.as_ref(), |piece| piece.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect())
}

impl Page {
    fn story(mut self, texts: &[&str]) -> Self {
        self.story = texts.iter().map(|text| (*text).to_owned()).collect();
        self
    }

    /// Its story holds no such text.
    fn lacks(mut self, text: &'static str) -> Self {
        self.lacks.push(text);
        self
    }

    fn title(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    /// Nobody can tell what its story is.
    fn any_story(mut self) -> Self {
        self.story.clear();
        self.lacks.clear();
        self
    }
}

fn around(middle: &str) -> String {
    format!("<!doctype html><title>Harbour</title><article>{ONE}{middle}{TWO}</article>")
}

/// The rest of the page is part of something that never ends.
fn before(rest: &str) -> String {
    format!("<!doctype html><title>Harbour</title><article>{ONE}{TWO}{rest}")
}

fn wide(text: &str, unit: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

fn encodings() -> Vec<Page> {
    let plain = around("⟦<p class=ad>APPEAL ä – 広</p>⟧<p>ж</p>⟦<p>Please support our newsroom. APPEAL</p>⟧");
    let russian = format!(
        "<!doctype html><meta charset=windows-1251><article>{ONE}<p>Шторм потопил два парома.</p>⟦<p>Поддержите нашу редакцию! APPEAL</p>⟧{TWO}"
    );
    let chinese =
        format!("<!doctype html><meta charset=gb18030><article>{ONE}<p>港口𠀀𪚥重开㐀</p>⟦<p>支持我们的记者 𠀀 APPEAL</p>⟧{TWO}");
    let shifted =
        format!("<!doctype html><meta charset=shift_jis><article>{ONE}<p>ソース表予ｱ</p>⟦<p>新聞社を支援ソ APPEAL</p>⟧{TWO}");
    // The first byte of 社 and 者 is a `<` there, that of 小 a `>`.
    let escaped = format!(
        "<!doctype html><meta charset=iso-2022-jp><article>{ONE}<p>社者小</p>⟦<p>新聞社を支援 APPEAL</p>⟧⟦<p class=ad>社者小 APPEAL</p>⟧{TWO}"
    );
    let first = "eleven months after the storm sank two ferries";
    let last = "the first catch was small but good";
    vec![
        page_in("UTF-16LE with a byte order mark", &format!("\u{feff}{plain}"), |piece| wide(piece, u16::to_le_bytes)),
        page_in("UTF-16BE with a byte order mark", &format!("\u{feff}{plain}"), |piece| wide(piece, u16::to_be_bytes)),
        page_in("UTF-16 with half a unit at the end", &format!("\u{feff}{plain}…"), |piece| {
            let mut bytes = wide(piece, u16::to_le_bytes);
            if piece.ends_with('…') {
                bytes.pop();
            }
            bytes
        }),
        page("UTF-8 with a byte order mark", format!("\u{feff}{plain}")),
        encoded("windows-1251 by meta", russian, WINDOWS_1251).story(&[first, "Шторм потопил два парома.", last]),
        encoded("GB18030 with characters of four bytes", chinese, GB18030).story(&[first, "港口𠀀𪚥重开㐀", last]),
        encoded("Shift_JIS with backslashes for second bytes", shifted, SHIFT_JIS).story(&[first, "ソース表予ｱ", last]),
        encoded("ISO-2022-JP with tag signs inside characters", escaped, ISO_2022_JP).story(&[first, "社者小", last]),
        bytes_of(
            "says utf-8 and is windows-1252",
            format!(
                "<meta charset=utf-8><article>{ONE}<p>caf\u{e9} \u{93}cr\u{e8}me\u{94}</p>⟦<p class=ad>\u{e9} APPEAL</p>⟧⟦<p>Please support our newsroom \u{e9} APPEAL</p>⟧{TWO}"
            ),
        ),
        bytes_of(
            "says windows-1252 and is utf-8",
            format!("<meta charset=windows-1252><article>{ONE}<p>\u{c3}\u{a9}</p>⟦<p class=ad>\u{c3}\u{a9} APPEAL</p>⟧{TWO}"),
        ),
        page("says an encoding that is none", format!("<meta charset=klingon><article>{ONE}⟦<p class=ad>APPEAL</p>⟧{TWO}")),
    ]
}

fn broken() -> Vec<Page> {
    vec![
        page("empty", "").lacks("a"),
        page("one byte", "<").any_story(),
        page("white space", " \n ").lacks("a"),
        page("no html, head or body", format!("{ONE}⟦<p class=ad>APPEAL</p>⟧{TWO}")),
        bytes_of(
            "NUL bytes in texts and tags",
            around("<p>a\0b</p>⟦<p class=ad>x\0 APPEAL</p>⟧⟦<p>Please sup\0port our newsroom. APPEAL</p>⟧<i\0>c</i\0>"),
        ),
        page("a start tag that the input ends in", before("<p class=ad title='")),
        page("an attribute that the input ends in", before("<p class=ad")),
        page("an end tag that the input ends in", before("⟦<p class=ad>APPEAL</p⟧")),
        page("a character reference that the input ends in", before("⟦<p>Please support our newsroom APPEAL &am⟧")),
        page("a lone sign at the end", before("⟦<p class=ad>APPEAL <⟧")),
        page("end tags without a name", around("</></ ></ p>⟦<p class=ad>APPEAL</></p>⟧")),
        page("100,000 end tags", around(&format!("{}⟦<p class=ad>APPEAL</p>⟧", "</p>".repeat(100_000)))),
        page(
            "end tags of all sorts",
            around(&format!("{}⟦<p class=ad>APPEAL</p>⟧", "</p></td></b></select></x-y></form></table></h3>".repeat(5000))),
        ),
        page(
            "10,000 attributes on a tag",
            around(&format!(
                "⟦<p {} class=ad>APPEAL</p>⟧",
                (0..10_000).map(|n| format!("a{n}='{n}'")).collect::<Vec<_>>().join(" ")
            )),
        ),
        page(
            "10,000 classes on a tag",
            around(&format!("⟦<p class='{} ad'>APPEAL</p>⟧", (0..10_000).map(|n| format!("c{n}")).collect::<Vec<_>>().join(" "))),
        ),
        page("a value with tag signs and quotes", around("⟦<p title=\"a > b 'c' </p>\" class=ad>APPEAL</p>⟧")),
        page("a value without quotes ends at the first tag sign", around("<p title=x>y class=ad>plain</p>")),
        page("an equals sign before a name", around("⟦<p =a class=ad>APPEAL</p>⟧")),
        page("names without white space between", around("⟦<p title='a'class='ad'>APPEAL</p>⟧")),
        page("letters of any case", around("⟦<P CLASS=ad>APPEAL</P>⟧⟦<DIV Class='ad'>APPEAL</dIv>⟧")),
        page("an attribute given twice counts once", around("<p class=x class=ad>plain</p>⟦<p class=ad class=x>APPEAL</p>⟧")),
        page("a void tag that closes itself", around("a<br/>b⟦<br class=\"ad\"/>⟧</br>c")),
        page("a tag that cannot close itself", around("⟦<p class=\"ad\"/>APPEAL</p>⟧<p>plain</p>")),
        page("a slash in a value without quotes", around("<br class=ad/><p>plain</p>")),
        page("a page that is only a script", "<script>var a = '<p class=ad>plain</p>'</script>").lacks("plain"),
    ]
}

fn inner_languages() -> Vec<Page> {
    vec![
        page("a comment in a comment", around("<!-- a <!-- b -->⟦<p class=ad>APPEAL</p>⟧ c -->")),
        page("the shortest comment", around("<!-->⟦<p class=ad>APPEAL</p>⟧-->")),
        page("the next shortest comment", around("<!--->⟦<p class=ad>APPEAL</p>⟧-->")),
        page("a comment ended by --!>", around("<!-- a --!>⟦<p class=ad>APPEAL</p>⟧-->")),
        page("a notice in a comment", around("<!-- <p class=ad>APPEAL</p> -->")),
        page("a comment that breaks a phrase", around("⟦<p>Please <!-- > -->support our newsroom. APPEAL</p>⟧")),
        page("a processing instruction", around("<?php echo '?>⟦<p class=ad>APPEAL</p>⟧")),
        page("CDATA in html ends at the first tag sign", around("<![CDATA[ x <p class=ad>plain</p> ]]>")),
        page("CDATA in svg is text", around("<svg><text><![CDATA[ <p class=ad>x</p> ]]></text></svg>⟦<p class=ad>APPEAL</p>⟧")),
        page("end tags in CDATA end nothing", around("⟦<p class=ad>APPEAL <svg><![CDATA[</p>]]></svg> APPEAL</p>⟧")),
        page("svg in svg", around("<svg><svg class=x><g></g></svg></svg>⟦<svg class=ad><svg></svg>APPEAL</svg>⟧")),
        page(
            "math in svg in math",
            around("<math><mi>x</mi><annotation-xml><svg></svg></annotation-xml></math>⟦<math class=ad><mi>APPEAL</mi></math>⟧"),
        ),
        page("html in svg", around("<svg><foreignObject><p>plain</p></foreignObject></svg>⟦<p class=ad>APPEAL</p>⟧")),
        page("html that breaks out of svg", around("<svg><g>⟦<p class=ad>APPEAL</p>⟧<p>plain</p>")),
        page("html that breaks out of math", around("<math><mrow>⟦<div class=ad>APPEAL</div>⟧<p>plain</p>")),
        page("an svg tag that closes itself", around("<svg><path/><g/></svg>⟦<svg class=\"ad\"/>⟧⟦<p class=ad>APPEAL</p>⟧")),
        page("the title of an svg", format!("<svg><title>Arrow</title></svg><title>Harbour reopens</title><article>{ONE}{TWO}"))
            .title("Harbour reopens")
            .lacks("Arrow"),
        page(
            "the title of an svg behind that of the page",
            format!("<title>Harbour reopens</title><article><svg><title>Arrow</title></svg>{ONE}{TWO}"),
        )
        .title("Harbour reopens")
        .lacks("Arrow"),
        page("a script with its end tag in a string", around("<script>var a = '</script>⟦<p class=ad>APPEAL</p>⟧'</script>")),
        page("a script with markup in a string", around("<script>var a = '<p class=ad>APPEAL</p>'</script>")),
        page(
            "a script in a comment in a script",
            around("<script><!-- <script> </script> <p class=ad>APPEAL</p> --></script>⟦<p class=ad>APPEAL</p>⟧"),
        ),
        page("a comment in a script that never ends", around("<script><!-- </script>⟦<p class=ad>APPEAL</p>⟧")),
        page("a script that never ends", before("<script>var a; <p class=ad>APPEAL</p>")),
        page("a style that never ends", before("<style>a{} <p class=ad>APPEAL</p>")),
        page("a text area that never ends", before("<textarea><p class=ad>APPEAL</p>")),
        page("a title that never ends", before("<title><p class=ad>APPEAL</p>")),
        page("a noscript that never ends", before("<noscript><p class=ad>APPEAL</p>")),
        page("a template that never ends", before("<template><p class=ad>APPEAL</p>")),
        page("a comment that never ends", before("<!-- <p class=ad>APPEAL</p>")),
        page("a tag that never ends", before("<p class=ad title=\"<p>APPEAL</p>")),
        page("plaintext has no markup", before("<plaintext><p class=ad>plain</p></plaintext>")),
        page(
            "text of iframe, noembed and xmp",
            around(
                "<iframe><p class=ad>APPEAL</p></iframe><noembed><p class=ad>APPEAL</p></noembed><xmp><p class=ad>plain</p></xmp>",
            ),
        ),
    ]
}

fn shapes() -> Vec<Page> {
    let first = "eleven months after the storm sank two ferries";
    vec![
        page(
            "paragraphs that never end",
            format!(
                "<article>{ONE}<p>A⟦<p class=ad>APPEAL⟧<p>B⟦<p>Please support our newsroom. APPEAL⟧{TWO}<p>C⟦<p class=ad>APPEAL⟧"
            ),
        ),
        page(
            "list items that never end",
            around(
                "<ul><li>The ferry sails again at noon.⟦<li class=ad>APPEAL<ul><li>APPEAL</ul>⟧<li>The market opens on Monday, at nine.⟦<li>Please support our newsroom. APPEAL⟧<li>The school is closed.</ul>",
            ),
        ),
        page("terms that never end", around("<dl><dt>A⟦<dd class=ad>APPEAL⟧<dt>B<dd>C⟦<dt class=ad>APPEAL⟧<dd>D</dl>")),
        page("options that never end", around("<select><option>A<option>B</select>⟦<p class=ad>APPEAL</p>⟧")),
        page("a select that never ends", before("<select><option>A<option>B <p class=ad>APPEAL</p>")),
        page("a block in bold that ends after it", around("<b>⟦<p class=ad>APPEAL⟧</b>⟦ APPEAL</p>⟧<p>plain</p>")),
        page("bold in a block that ends after it", around("⟦<p class=ad><b>APPEAL</p>⟧plain</b>")),
        page("a form that ends inside its paragraph", around("<form>⟦<div class=ad>APPEAL⟧</form>⟦ APPEAL</div>⟧<p>plain</p>")),
        page("a form in a form", around("<form><form class=ad>plain</form></form>")),
        page("a link in a link", around("<p><a href=/>one⟦<a class=ad>APPEAL</a>⟧ two</a></p>")),
        page("a button in a button", around("<button>one⟦<button class=ad>APPEAL</button>⟧ two")),
        page("a heading in a heading", around("<h2>one⟦<h3 class=ad>APPEAL</h3>⟧ two</h2>")),
        page(
            "cells and rows that never end",
            around("<table><tr><td>1⟦<td class=ad>APPEAL⟧<td>3⟦<tr class=ad><td>APPEAL⟧</table>"),
        ),
        page("a table in a cell", around("<table><tr>⟦<td class=ad><table><tr><td>APPEAL</table>APPEAL⟧<td>plain</table>")),
        page("a cell outside a table", around("<div><td class=ad>plain</td></div><tr class=ad>plain</tr>")),
        page("a block between rows", around("<table><tr><td>1</td></tr>⟦<div class=ad>APPEAL</div>⟧<tr><td>2</td></tr></table>")),
        page("frames", "<html><frameset cols=*>⟦<frame class=ad src=x>⟧<frame src=y></frameset></html>"),
        page("a second body", format!("<body><article>{ONE}</article><body class=ad><article>{TWO}⟦<p class=ad>APPEAL</p>⟧")),
        page("text after the end", format!("<html><body><article>{ONE}{TWO}</article></body></html>⟦<p class=ad>APPEAL</p>⟧")),
        page("a body in a head", format!("<head><title>x</title>⟦<div class=ad>APPEAL</div>⟧<article>{ONE}{TWO}</article>")),
        page("an element of no known name", around("<x-a>plain⟦<x-b class=ad>APPEAL<x-c>APPEAL</x-b>⟧</x-a>")),
        page("an end tag for what is far up", around("<div><span><x-y>⟦<p class=ad>APPEAL⟧</div>")).story(&[first]),
        page("a notice in an element nobody closes", before("<div><section>⟦<p>Please support our newsroom. APPEAL</p>⟧")),
    ]
}

fn pages() -> Vec<Page> {
    [encodings(), broken(), inner_languages(), shapes()].into_iter().flatten().collect()
}

fn sieve() -> Sieve {
    Sieve::builder().rules(Rules::parse("hostile.toml", RULES).unwrap()).build().unwrap()
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The end of a long page, where it differs.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.len() > 2000 { format!("{} bytes", text.len()) } else { text.replace(ONE, "{ONE}").replace(TWO, "{TWO}") }
}

#[test]
fn page_mode_takes_what_is_marked_and_no_other_byte() {
    let sieve = sieve();
    let mut failures = Vec::new();
    for page in pages() {
        for size in [usize::MAX, 1 << 10, 1] {
            let mut filter = sieve.filter();
            let mut out = Vec::new();
            if size == 1 && page.bytes.len() > 20_000 {
                continue;
            }
            for chunk in page.bytes.chunks(size.min(page.bytes.len().max(1))) {
                filter.write(chunk, &mut out);
            }
            let _ = filter.finish(&mut out);
            if out != page.left {
                failures.push(format!("{} in chunks of {size}:\n  {}\nand not\n  {}", page.name, shown(&out), shown(&page.left)));
                break;
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn stories_hold_their_text_and_no_appeal() {
    let sieve = sieve();
    let mut failures = Vec::new();
    for page in pages() {
        let story = sieve.story(&page.bytes).unwrap();
        let text = flat(&story.text());
        for want in page.story.iter().filter(|want| !text.contains(want.as_str())) {
            failures.push(format!("{}: the story lacks {want:?}:\n  {text}", page.name));
        }
        for lacks in page.lacks.iter().filter(|lacks| text.contains(**lacks)) {
            failures.push(format!("{}: the story has {lacks:?}:\n  {text}", page.name));
        }
        if page.title.is_some() && story.title() != page.title {
            failures.push(format!("{}: the title is {:?}", page.name, story.title()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn pages_without_a_story_say_so() {
    let sieve = sieve();
    for page in ["", " \n ", "<script>a</script>", "<!-- a -->", "<title></title>", "\0", "<"] {
        let story = sieve.story(page.as_bytes()).unwrap();
        assert!(story.is_empty() || page == "<", "{page:?}: {:?}", story.text());
        assert_eq!(story.report().bytes, page.len() as u64);
    }
}

#[test]
fn rule_files_that_are_none_are_refused_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    std::fs::create_dir_all(path("empty")).unwrap();
    std::fs::create_dir_all(path("folder.toml")).unwrap();
    std::fs::write(path("binary.toml"), b"\x7fELF\0\0\0\x01").unwrap();
    std::fs::write(path("latin.toml"), b"schema = 1\nname = 'caf\xe9'\n").unwrap();
    std::fs::write(path("wide.toml"), b"\xff\xfes\0c\0").unwrap();
    std::fs::write(path("huge.toml"), "# more of it\n".repeat(600_000)).unwrap();
    std::fs::write(path("nothing.toml"), "\n").unwrap();
    std::fs::write(path("cut off.toml"), "schema = 1\n[[remove]\n").unwrap();
    for (name, kind, message) in [
        ("missing.toml", ErrorKind::Io, "missing.toml"),
        ("empty", ErrorKind::Rules, "no .toml file"),
        ("folder.toml", ErrorKind::Rules, "folder"),
        ("binary.toml", ErrorKind::Rules, "binary"),
        ("latin.toml", ErrorKind::Rules, "2:12: this file is not UTF-8"),
        ("wide.toml", ErrorKind::Rules, "UTF-16"),
        ("huge.toml", ErrorKind::Rules, "too large"),
        ("nothing.toml", ErrorKind::Rules, "empty"),
        ("cut off.toml", ErrorKind::Rules, "cut off.toml:2:"),
    ] {
        let error = Rules::load(path(name)).unwrap_err();
        assert_eq!(error.kind(), kind, "{name}: {error}");
        assert!(error.to_string().contains(message), "{name}: {error}");
        assert!(error.to_string().contains(name), "{name} is not named: {error}");
        assert_eq!(error.rule_errors().is_empty(), kind == ErrorKind::Io, "{name}");
        assert!(error.rule_errors().iter().all(|wrong| !wrong.help.is_empty()), "{name} without help");
    }
}
