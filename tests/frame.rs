//! The frame of a page, its navigation and its own footer, is left unread where the content holds a story, and only there.
//!
//! Whether something was read is told by what rules removed of it: each page has appeals that go at their start tag.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use storysieve::{Rules, Sieve, Story};

const RULES: &str = r#"
schema = 1

[[remove]]
id = "marked"
kind = "ad"
select = [".ad"]
"#;

const SITE: &str = r#"
schema = 1
hosts = ["brennick.example"]

[story]
select = [".tale"]

[[remove]]
id = "marked"
kind = "ad"
select = [".ad"]
"#;

const STORY: &str = "<h1>Harbour reopens</h1><p>The harbour of Brennick reopened on Monday, eleven months after the storm sank two ferries \
    and tore away the breakwater, and a small crowd came down to the quay to see the first boats leave.</p><p>Fishermen said that the first \
    catch was small but good, and that the new wall, which is a metre higher than the old one, had held the swell.</p>";

/// Enough for a story by itself.
const OUTSIDE: &str = "The ferry to the islands sails again from Thursday, the harbour master said, twice a day until the end of September \
    and once a day after that, and whoever bought a ticket before the storm may still use it.";

fn read(rules: &str, page: &str) -> Story {
    let rules = Rules::parse("frame.toml", rules).unwrap();
    Sieve::builder().rules(rules).url("https://brennick.example/harbour").build().unwrap().story(page.as_bytes()).unwrap()
}

/// The excerpts of what was removed.
fn removed(story: &Story) -> Vec<&str> {
    story.removed().iter().map(|removed| removed.excerpt.as_str()).collect()
}

fn holds_the_story(story: &Story) {
    let text = story.text();
    assert!(text.contains("The harbour of Brennick reopened") && text.contains("had held the swell"), "{text}");
}

#[test]
fn navigation_and_the_footer_of_the_page_are_left_unread() {
    let page = format!(
        "<nav><a href=/>Home</a><b class=ad>first</b></nav><article>{STORY}<i class=ad>second</i></article>\
         <footer><p>Imprint</p><b class=ad>third</b></footer><p class=ad>fourth</p>"
    );
    let story = read(RULES, &page);
    holds_the_story(&story);
    assert_eq!(removed(&story), ["second", "fourth"]);
}

#[test]
fn a_footer_of_a_part_of_the_content_is_read() {
    for part in ["article", "main", "section"] {
        let page = format!("<body><{part}>{STORY}<footer><b class=ad>first</b></footer></{part}>");
        let story = read(RULES, &page);
        holds_the_story(&story);
        assert_eq!(removed(&story), ["first"], "in {part}");
    }
}

#[test]
fn all_is_read_where_the_navigation_is_none() {
    let paragraph = "The second boat was the Marigold, which had lain under a tarpaulin since the storm and whose owner had been told twice that \
        she would never float again; she was followed by the pilot cutter, by two crabbers with new paint, and by a rubber dinghy in which \
        the harbour master's children had hidden a brass band, so that nobody on the quay heard a word of the speech that the mayor had \
        been writing since the spring.";
    for (why, page) in [
        ("it never ends", format!("<body><nav><a href=/>Home</a><div><b class=ad>first</b>{STORY}</div>")),
        ("it holds a paragraph", format!("<nav><b class=ad>first</b>{STORY}<p>{paragraph}</p></nav><p>{OUTSIDE}</p>")),
        ("it holds the main part", format!("<nav><b class=ad>first</b><main>{STORY}</main></nav><p>{OUTSIDE}</p>")),
        ("nothing else is there", format!("<nav><b class=ad>first</b>{STORY}</nav>")),
    ] {
        let story = read(RULES, &page);
        assert_eq!(removed(&story), ["first"], "{why}");
        holds_the_story(&story);
    }
}

#[test]
fn where_a_site_says_where_its_story_is_all_is_read() {
    let page = format!("<nav class=tale><b class=ad>first</b>{STORY}</nav><footer><b class=ad>second</b></footer>");
    let story = read(SITE, &page);
    holds_the_story(&story);
    assert_eq!(removed(&story), ["first", "second"]);
}

#[test]
fn what_the_footer_says_of_the_page_is_heard() {
    let page = format!(
        "<nav><a href=/>Home</a></nav><article>{STORY}</article><footer><svg><title>x</title></svg><p>Imprint</p>\
         <script type='application/ld+json'>{{\"@type\": \"NewsArticle\", \"author\": \"Ada Fenn\", \"headline\": \"Harbour reopens\"}}</script>\
         <script>var menu = 1;</script><meta itemprop=datePublished content=2024-05-03></footer>"
    );
    let story = read(RULES, &page);
    holds_the_story(&story);
    assert_eq!(story.metadata().byline.as_deref(), Some("Ada Fenn"));
    assert_eq!(story.metadata().published.as_deref(), Some("2024-05-03"));
}

#[test]
fn a_site_s_story_begins_without_its_dateline() {
    let story = STORY.replacen("</h1>", "</h1><p>14.03.2025 07:20</p>", 1);
    let story = read(SITE, &format!("<body><div class=tale>{story}<p>Next sailing: 12.04.2025</p></div>"));
    holds_the_story(&story);
    assert!(!story.text().contains("14.03.2025") && story.text().contains("Next sailing: 12.04.2025"), "{}", story.text());
}

/// What is only shown without scripting makes the page be read anew, from wherever it is seen; behind it may stand more than is read at a time.
#[test]
fn a_story_in_a_noscript_is_whole_wherever_it_stands() {
    let paragraph = |n: usize| {
        format!("<p>The ferry number {n} left the old harbour at dawn, and nobody on the quay could say why it went.</p>\n")
    };
    let story: String = (0..12).map(paragraph).collect();
    let script = format!("<script>{}</script>", "let x = 1;\n".repeat(8 << 10));
    let sieve = Sieve::builder().build().unwrap();
    let text =
        |body: String| sieve.story(format!("<title>Ferries</title><body><h1>Ferries</h1>{body}").as_bytes()).unwrap().text();
    let plain = text(story.clone());
    assert!(plain.contains("number 0 ") && plain.contains("number 11 "), "{plain}");
    for body in [
        format!("<noscript>{story}</noscript>{script}"),
        format!("{script}<noscript>{story}</noscript>"),
        format!("{script}<noscript>{story}</noscript>{script}"),
    ] {
        assert_eq!(text(body), plain);
    }
}
