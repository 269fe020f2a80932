//! Checks the laws on pages of your own: `cargo run --release --example laws -- FOLDER...`
//!
//! For every `*.html` of the folders: without rules nothing changes, also when one byte in a hundred is flipped; chunks of odd sizes give the
//! same output and report as one write; the output is the input less what the report names; the story's HTML has nothing that a
//! sanitizer takes out; its Markdown, read back by a CommonMark parser, says what its text says. Exits with 1 if a page breaks a law.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use storysieve::{Report, Rules, Sieve};

fn main() -> ExitCode {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let pages: Vec<PathBuf> = folders.iter().flat_map(|folder| html_files(Path::new(folder))).collect();
    if pages.is_empty() {
        print_line("usage: laws FOLDER... (folders with *.html files)");
        return ExitCode::from(2);
    }
    let (Ok(none), Ok(sieve)) = (Sieve::builder().rules(Rules::none()).build(), Sieve::builder().build()) else {
        print_line("the bundled rules do not build");
        return ExitCode::from(2);
    };
    let mut broken = 0;
    for path in &pages {
        let Ok(page) = std::fs::read(path) else {
            print_line(&format!("{}: cannot be read", path.display()));
            broken += 1;
            continue;
        };
        for law in broken_laws(&none, &sieve, &page) {
            print_line(&format!("{}: {law}", path.display()));
            broken += 1;
        }
    }
    print_line(&format!("{} pages, {broken} broken laws", pages.len()));
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[allow(clippy::print_stdout, reason = "a program for a person")]
fn print_line(line: &str) {
    println!("{line}");
}

fn html_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|e| e == "html")).collect();
    files.sort();
    files
}

fn broken_laws(none: &Sieve, sieve: &Sieve, page: &[u8]) -> Vec<String> {
    let mut broken = Vec::new();
    if run(none, [page].into_iter()).0 != page {
        broken.push("without rules, the page changed".to_owned());
    }
    let flipped = flip(page);
    if run(none, flipped.chunks(4096)).0 != flipped {
        broken.push("without rules, the page with flipped bytes changed".to_owned());
    }
    for page in [page, &flipped] {
        let whole = run(sieve, [page].into_iter());
        if run(sieve, page.chunks(997)) != whole {
            broken.push("chunks of 997 bytes gave another output or report".to_owned());
        }
        if less(page, &whole.1) != whole.0 {
            broken.push("the output is not the input less what the report names".to_owned());
        }
    }
    let Ok(story) = sieve.story(page) else {
        broken.push("no story was given back".to_owned());
        return broken;
    };
    let html = story.html();
    let clean = sanitizer().clean(&html).to_string();
    if clean != html {
        broken.push(format!("the sanitizer changed the story's HTML {}", difference(&html, &clean)));
    }
    let (text, markdown) = (words(&shown(&html)), words(&plain(&story.markdown())));
    if text != markdown {
        broken.push(format!("the Markdown reads back differently {}", difference(&text, &markdown)));
    }
    broken
}

fn run<'a>(sieve: &Sieve, chunks: impl Iterator<Item = &'a [u8]>) -> (Vec<u8>, Report) {
    let mut filter = sieve.filter();
    let mut out = Vec::new();
    for chunk in chunks {
        filter.write(chunk, &mut out);
    }
    let report = filter.finish(&mut out);
    (out, report)
}

/// The page with one byte in a hundred changed, the same ones each time.
fn flip(page: &[u8]) -> Vec<u8> {
    let change = |(i, byte): (usize, &u8)| {
        let mut hasher = DefaultHasher::new();
        (i, 7_u8).hash(&mut hasher);
        let hash = hasher.finish();
        if hash.is_multiple_of(100) { byte ^ (1 << (hash / 100 % 8)) } else { *byte }
    };
    page.iter().enumerate().map(change).collect()
}

fn less(page: &[u8], report: &Report) -> Vec<u8> {
    let mut rest = Vec::new();
    let mut at = 0;
    for removed in &report.removed {
        rest.extend_from_slice(&page[at..removed.start as usize]);
        for (start, end) in &removed.kept {
            rest.extend_from_slice(&page[*start as usize..*end as usize]);
        }
        at = removed.end as usize;
    }
    rest.extend_from_slice(&page[at..]);
    rest
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

/// Letters and digits only: what both writings must agree in.
fn words(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The text of clean HTML.
fn shown(html: &str) -> String {
    use html5ever::tendril::TendrilSink;
    use markup5ever_rcdom::{Handle, NodeData, RcDom};
    fn walk(node: &Handle, out: &mut String) {
        if let NodeData::Text { contents } = &node.data {
            out.push_str(&contents.borrow());
        }
        node.children.borrow().iter().for_each(|child| walk(child, out));
    }
    let dom = html5ever::parse_document(RcDom::default(), Default::default()).one(html);
    let mut out = String::new();
    walk(&dom.document, &mut out);
    out
}

/// The text of Markdown, images' descriptions aside.
fn plain(markdown: &str) -> String {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let mut text = String::new();
    let mut images = 0;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Image { .. }) => images += 1,
            Event::End(TagEnd::Image) => images -= 1,
            Event::Text(piece) | Event::Code(piece) if images == 0 => text.push_str(&piece),
            Event::Html(piece) | Event::InlineHtml(piece) => text.push_str(&piece),
            _ => {}
        }
    }
    text
}

/// Where two texts begin to differ, with some words around.
fn difference(one: &str, other: &str) -> String {
    let at = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let near = |text: &str| text.chars().skip(at.saturating_sub(40)).take(90).collect::<String>();
    format!("at character {at}: {:?} against {:?}", near(one), near(other))
}
