//! The pages of `fixtures/cases`: what their stories hold, what goes, what stays, at any cut.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};

use storysieve::{Report, Rules, Sieve, Story};

/// A folder of `fixtures/cases`.
struct Case {
    name: String,
    page: Vec<u8>,
    url: Option<String>,
    story: Vec<String>,
    gone: Vec<String>,
    stays: Vec<String>,
    not_story: Vec<String>,
    captions: Vec<String>,
    known_misses: Vec<String>,
    rules: Vec<String>,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|p| p.is_dir()).collect();
    folders.sort();
    folders.iter().map(|folder| case(folder)).collect()
}

fn case(folder: &Path) -> Case {
    let text = fs::read_to_string(folder.join("case.toml")).unwrap();
    let table: toml::Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let known = ["url", "story", "gone", "stays", "not_story", "captions", "known_misses", "rules"];
    for key in table.keys() {
        assert!(known.contains(&key.as_str()), "{}: unknown key {key}", folder.display());
    }
    let list = |key: &str| -> Vec<String> {
        let values = table.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
        values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
    };
    Case {
        name: folder.file_name().unwrap().to_string_lossy().into_owned(),
        page: fs::read(folder.join("page.html")).unwrap(),
        url: table.get("url").and_then(toml::Value::as_str).map(str::to_owned),
        story: list("story"),
        gone: list("gone"),
        stays: list("stays"),
        not_story: list("not_story"),
        captions: list("captions"),
        known_misses: list("known_misses"),
        rules: list("rules"),
    }
}

fn sieve(case: &Case) -> Sieve {
    let mut builder = Sieve::builder();
    if let Some(url) = &case.url {
        builder = builder.url(url);
    }
    builder.build().unwrap()
}

fn filtered(sieve: &Sieve, chunks: &[&[u8]]) -> (Vec<u8>, Report) {
    let mut filter = sieve.filter();
    let mut out = Vec::new();
    for chunk in chunks {
        filter.write(chunk, &mut out);
    }
    let report = filter.finish(&mut out);
    (out, report)
}

fn story(sieve: &Sieve, page: &[u8]) -> Story {
    sieve.story(page).unwrap()
}

/// White space collapsed, so that lines compare as a reader sees them.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a browser would show of a page, by html5ever.
/// `noscript`: what stands in one is markup too, as for a browser without scripting.
fn shown(page: &[u8], noscript: bool) -> String {
    use html5ever::tendril::TendrilSink;
    use markup5ever_rcdom::{Handle, NodeData, RcDom};
    fn walk(node: &Handle, noscript: bool, out: &mut String) {
        match &node.data {
            NodeData::Text { contents } => out.push_str(&contents.borrow()),
            NodeData::Element { name, template_contents, .. } => {
                if matches!(&*name.local, "script" | "style" | "head" | "template" | "iframe")
                    || !noscript && &*name.local == "noscript"
                    || template_contents.borrow().is_some()
                {
                    return;
                }
                const INLINE: &[&str] = &[
                    "a", "b", "i", "em", "strong", "span", "u", "s", "code", "sub", "sup", "small", "font", "mark", "q", "cite",
                    "time", "abbr", "nobr", "wbr", "ruby", "rt", "rp", "rb",
                ];
                let apart = !INLINE.contains(&&*name.local);
                if apart {
                    out.push(' ');
                }
                node.children.borrow().iter().for_each(|child| walk(child, noscript, out));
                if apart {
                    out.push(' ');
                }
            }
            _ => node.children.borrow().iter().for_each(|child| walk(child, noscript, out)),
        }
    }
    let encoding = Encoding::of(page);
    let options = html5ever::ParseOpts {
        tree_builder: html5ever::tree_builder::TreeBuilderOpts { scripting_enabled: !noscript, ..Default::default() },
        ..Default::default()
    };
    let dom = html5ever::parse_document(RcDom::default(), options).one(encoding.decode(page));
    let mut out = String::new();
    walk(&dom.document, noscript, &mut out);
    flat(&out)
}

/// The encodings of the fixtures, told apart without the code under test.
struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    fn of(page: &[u8]) -> Self {
        if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(page) {
            return Self(encoding);
        }
        let head = String::from_utf8_lossy(&page[..page.len().min(1024)]).to_lowercase();
        let label = head.split("charset=").nth(1).map(|rest| rest.trim_matches(['"', '\'']));
        let label = label.and_then(|rest| rest.split(['"', '\'', '>', ';', ' ', '/']).next()).unwrap_or("utf-8");
        Self(encoding_rs::Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::UTF_8))
    }

    fn decode(&self, page: &[u8]) -> String {
        self.0.decode(page).0.into_owned()
    }
}

#[test]
fn stories_hold_their_lines_and_no_appeal() {
    let mut failures = Vec::new();
    for case in cases() {
        let story = story(&sieve(&case), &case.page);
        for (format, text) in
            [("text", story.text()), ("markdown", story.markdown()), ("html", shown(story.html().as_bytes(), false))]
        {
            let text = if format == "markdown" { plain(&text) } else { flat(&text) };
            let mut at = 0;
            // Text shows no pictures, so it may leave out what stands under them.
            let wanted = |line: &&String| format != "text" || !case.captions.contains(line);
            for line in case.story.iter().filter(wanted) {
                match text[at..].find(&flat(line)) {
                    Some(_) if case.known_misses.contains(line) => {
                        failures.push(format!("{} {format}: no miss any more, so take it off the list: {line}", case.name));
                    }
                    Some(found) => at += found,
                    None if case.known_misses.contains(line) => {}
                    None => failures.push(format!("{} {format}: story line lost or out of order: {line}", case.name)),
                }
            }
            for line in case.gone.iter().chain(&case.not_story) {
                if text.contains(&flat(line)) != case.known_misses.contains(line) {
                    failures.push(format!("{} {format}: in the story, or a known miss that is none any more: {line}", case.name));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The words of a Markdown text, by a CommonMark parser.
fn plain(markdown: &str) -> String {
    use pulldown_cmark::{Event, Options, Parser};
    let mut text = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Text(piece) | Event::Code(piece) => text.push_str(&piece),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(tag)
                if !matches!(
                    tag,
                    pulldown_cmark::TagEnd::Emphasis | pulldown_cmark::TagEnd::Strong | pulldown_cmark::TagEnd::Link
                ) =>
            {
                text.push(' ');
            }
            _ => {}
        }
    }
    flat(&text)
}

#[test]
fn page_mode_takes_the_appeals_and_nothing_else() {
    let mut failures = Vec::new();
    for case in cases() {
        let (out, report) = filtered(&sieve(&case), &[&case.page]);
        // A noscript is left as it is unless a rule takes it, so what it says may stay.
        let (text, everything) = (shown(&out, false), shown(&out, true));
        for line in case.gone.iter().filter(|line| text.contains(&flat(line))) {
            failures.push(format!("{}: stayed: {line}", case.name));
        }
        for line in case.stays.iter().chain(&case.story).filter(|line| !everything.contains(&flat(line))) {
            failures.push(format!("{}: went: {line}", case.name));
        }
        for rule in case.rules.iter().filter(|rule| !report.removed.iter().any(|removed| removed.rule == **rule)) {
            failures.push(format!(
                "{}: {rule} hit nothing; hit were {:?}",
                case.name,
                report.removed.iter().map(|r| &r.rule).collect::<Vec<_>>()
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn no_rules_change_nothing() {
    let sieve = Sieve::builder().rules(Rules::none()).build().unwrap();
    for case in cases() {
        let (out, report) = filtered(&sieve, &[&case.page]);
        assert!(out == case.page, "{} changed", case.name);
        assert!(report.removed.is_empty());
    }
}

#[test]
fn the_output_is_the_input_less_what_the_report_names() {
    for case in cases() {
        let (out, report) = filtered(&sieve(&case), &[&case.page]);
        let mut rest = Vec::new();
        let mut at = 0;
        for removed in &report.removed {
            rest.extend_from_slice(&case.page[at..removed.start as usize]);
            for (start, end) in &removed.kept {
                rest.extend_from_slice(&case.page[*start as usize..*end as usize]);
            }
            at = removed.end as usize;
        }
        rest.extend_from_slice(&case.page[at..]);
        assert!(rest == out, "{}: the report does not tell the output", case.name);
    }
}

#[test]
fn every_cut_of_the_small_pages_gives_the_same() {
    let mut ran = 0;
    for case in cases().into_iter().filter(|case| case.name.starts_with("small-")) {
        let sieve = sieve(&case);
        let whole = filtered(&sieve, &[&case.page]);
        for cut in 0..=case.page.len() {
            let (one, two) = case.page.split_at(cut);
            assert!(filtered(&sieve, &[one, two]) == whole, "{} cut at {cut}", case.name);
            for second in (cut..=case.page.len()).step_by(7) {
                let chunks = [one, &case.page[cut..second], &case.page[second..]];
                assert!(filtered(&sieve, &chunks) == whole, "{} cut at {cut} and {second}", case.name);
            }
        }
        ran += 1;
    }
    assert!(ran >= 6, "the small pages are missing");
}

#[test]
fn chunks_of_any_size_give_the_same() {
    for case in cases() {
        let sieve = sieve(&case);
        let whole = filtered(&sieve, &[&case.page]);
        for size in [1, 2, 3, 7, 64, 1000, 4096] {
            let chunks: Vec<_> = case.page.chunks(size).collect();
            assert!(filtered(&sieve, &chunks) == whole, "{} in chunks of {size}", case.name);
        }
    }
}

#[test]
fn stories_are_safe_html() {
    for case in cases() {
        let html = story(&sieve(&case), &case.page).html();
        let clean = sanitizer().clean(&html).to_string();
        assert_eq!(clean, html, "{}: a sanitizer found something to take out", case.name);
    }
}

fn sanitizer() -> ammonia::Builder<'static> {
    let mut sanitizer = ammonia::Builder::default();
    sanitizer
        .link_rel(None)
        .add_tags(["figure", "figcaption"])
        .add_tag_attributes("code", ["class"])
        .url_relative(ammonia::UrlRelative::PassThrough);
    sanitizer
}
