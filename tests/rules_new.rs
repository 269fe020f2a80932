//! `rules new` as a user meets it: which rule is written for a line, where to, and what is said of it.
#![allow(clippy::unwrap_used, reason = "a test should fail where something is missing")]

mod place;

use place::{Place, Ran};

const URL: &str = "https://www.harbour.example/2026/ferry";

/// A page whose story has a box in its middle.
fn page(notice: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>A new ferry</title></head><body><nav class=nav><a href=/>Home</a></nav>\n\
         <article class=story><h1>A new ferry</h1>\n\
         <p>The new ferry was launched on Sunday, and three hundred people came to see how it slid into the harbour of Brennick.</p>\n\
         {notice}\n\
         <p>It will carry forty cars, the owner said, and it will leave at six each morning, whatever the wind is like by then.</p>\n\
         <p>The old one goes to the museum, where a coin in the tin by the door keeps its lamps alight through the winter.</p>\n\
         </article><footer>Printed at Brennick.</footer></body></html>"
    )
}

fn new(place: &Place, more: &[&str]) -> Ran {
    place.run(&[&["rules", "new", "--url", URL, "page.html"], more].concat())
}

/// Each: the notice, the lines to name, what the first rule that is written must be. The file that comes out is right, and passes its test.
#[test]
fn the_steadiest_name_of_a_block_is_found() {
    let words = "<p>Put a coin in our tin.</p><button>Find the tin</button>";
    let coin = &["Put a coin in our tin"][..];
    let cases = [
        ("an id", format!("<div id=tin-box class='css-1x2y3z wide'>{words}</div>"), coin, "select = [\"#tin-box\"]"),
        ("a custom element", format!("<tin-box class='css-1x2y3z'>{words}</tin-box>"), coin, "select = [\"tin-box\"]"),
        ("a data attribute", format!("<div id=box-104233 data-module='tin'>{words}</div>"), coin, "select = ['[data-module=\"tin\"]']"),
        ("a label", format!("<aside aria-label='Our tin' class=_3f2a1b>{words}</aside>"), coin, "select = ['[aria-label=\"Our tin\"]']"),
        ("a class", format!("<div class='css-1x2y3z tin-box'>{words}</div>"), coin, "select = [\".tin-box\"]"),
        ("a class with signs", format!("<div class='md:tin-box'>{words}</div>"), coin, "select = ['.md\\:tin-box']"),
        ("a part of a class", format!("<div class='TinBox_root__3xY9z'>{words}</div>"), coin, "select = ['[class*=\"TinBox_root\"]']"),
        ("a form", "<form action='https://forms.tin.example/join?x=1'><p>Put a coin in our tin.</p></form>".to_owned(), coin, "form[action*="),
        ("a place", format!("<div id=slot><section>{words}</section></div>"), coin, "select = [\"#slot\"]"),
        ("words", "<p>Put a coin in our tin.</p>".to_owned(), coin, "text = [\"put a coin in our tin\"]"),
        ("no hash, no number", format!("<div id=box-104233 class='css-1x2y3z kQzFPd'>{words}</div>"), coin, "text = [\"put a coin in our tin\"]"),
        (
            "a letter without a box",
            "<p>A word from the lamp keepers:</p><p>Oil is dear, and the nights are long in this part of the country.</p><p>Put a coin in our tin.</p>".to_owned(),
            &["A word from the lamp keepers", "Oil is dear, and the nights are long in this part of the country", "Put a coin in our tin"],
            "from = { text = [\"a word from the lamp keepers\"] }",
        ),
        (
            "two boxes",
            "<div class=tin>Put a coin in our tin.</div><p>The band of the fire brigade played until the rain came down on it, at about four.</p>\
             <div class=oil>Bring some oil, neighbours.</div>"
                .to_owned(),
            &["Put a coin in our tin", "Bring some oil"],
            "select = [\".oil\"]",
        ),
    ];
    for (name, notice, lines, expected) in cases {
        let place = Place::new();
        place.put("page.html", page(&notice));
        let ran = new(&place, &[&["--kind", "donation", "--gone"], lines].concat());
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        let file = place.get("harbour-example.toml");
        assert!(file.contains(expected), "{name}:\n{file}\n{}", ran.err);
        assert!(!file.contains("104233") && !file.contains("1x2y3z") && !file.contains("3xY9z"), "{name}:\n{file}");
        assert!(
            file.starts_with("schema = 1\nname = \"harbour.example\"\nhosts = [\"harbour.example\"]\nchecked = "),
            "{name}:\n{file}"
        );
        assert!(file.contains("kind = \"donation\""), "{name}:\n{file}");
        let checked = place.run(&["rules", "check", "--strict", "harbour-example.toml"]);
        assert_eq!(checked.code, 0, "{name}: {}", checked.err);
        let tested = place.run(&["rules", "test", "--no-default-rules", "--coverage", "harbour-example.toml"]);
        assert_eq!(tested.code, 0, "{name}: {}\n{file}", tested.err);
        assert_eq!(place.run(&["rules", "fmt", "--check", "harbour-example.toml"]).code, 0, "{name}:\n{file}");
    }
}

#[test]
fn what_is_not_there_is_said_and_nothing_is_written() {
    let place = Place::new();
    place.put("page.html", page("<p>Put a coin in our tin.</p>"));
    let ran = new(&place, &["--gone", "Put a coin in our hat"]);
    assert!(ran.code == 1 && ran.err.contains("not on the page: \"Put a coin in our hat\""), "{}", ran.err);
    assert!(!place.path("harbour-example.toml").exists() && !place.path("fixtures").exists());

    let ran = new(&place, &[]);
    assert!(ran.code == 2 && ran.err.contains("--gone"), "{}", ran.err);
    let ran = place.run(&["rules", "new", "--url", "harbour.example", "page.html", "--gone", "coin"]);
    assert!(ran.code == 2 && ran.err.contains("https://example.com/story"), "{}", ran.err);
    assert_eq!(place.run(&["rules", "new", "--url", URL, "absent.html", "--gone", "coin"]).code, 2);
}

#[test]
fn a_line_that_must_stay_narrows_the_rule() {
    let place = Place::new();
    place.put("page.html", page("<div class=box><p class=tin>Put a coin in our tin.</p><p>Tides: six and seven.</p></div>"));
    assert_eq!(new(&place, &["-o", "wide.toml", "--gone", "Put a coin in our tin"]).code, 0);
    assert!(place.get("wide.toml").contains("select = [\".box\"]"), "{}", place.get("wide.toml"));
    assert_eq!(new(&place, &["-o", "narrow.toml", "--gone", "Put a coin in our tin", "--stays", "Tides: six"]).code, 0);
    let file = place.get("narrow.toml");
    assert!(file.contains("select = [\".tin\"]") && file.contains("stays = [\"Tides: six\"]"), "{file}");
}

#[test]
fn a_rule_is_added_to_a_file_that_is_there() {
    let place = Place::new();
    place.put("page.html", page("<div class=tin>Put a coin in our tin.</div>"));
    assert_eq!(new(&place, &["--gone", "Put a coin in our tin"]).code, 0);
    place.put("page.html", page("<div id=tin>Put a coin in our tin.</div>"));
    place.put("harbour-example.toml", format!("# Ours.\n\n{}", place.get("harbour-example.toml")));
    assert_eq!(new(&place, &["--gone", "Put a coin in our tin"]).code, 0);
    let file = place.get("harbour-example.toml");
    assert!(file.starts_with("# Ours.\n\nschema = 1\n") && file.matches("schema").count() == 1, "{file}");
    assert!(file.contains("id = \"promo-tin\"\n") && file.contains("id = \"promo-tin-2\"\n"), "{file}");
    assert_eq!(place.run(&["rules", "test", "--coverage", "harbour-example.toml"]).out, "ok: 2 passed; 2 of 2 rules hit\n");

    place.put("harbour-example.toml", "schema = 1\nhost = 1\n");
    let ran = new(&place, &["--gone", "Put a coin in our tin"]);
    assert!(ran.code == 2 && ran.err.contains("harbour-example.toml:2:1: "), "{}", ran.err);
    assert_eq!(place.get("harbour-example.toml"), "schema = 1\nhost = 1\n");
}

#[test]
fn other_pages_tell_which_rule_is_too_wide() {
    let place = Place::new();
    place.put("page.html", page("<div class=box><div class=tin-plea>Put a coin in our tin.</div></div>"));
    let args = ["--gone", "Put a coin in our tin"];
    assert_eq!(new(&place, &[&args[..], &["-o", "alone.toml"]].concat()).code, 0);
    assert!(place.get("alone.toml").contains("select = [\".box\"]"));

    // On another page of the site the box is around the story.
    place.put("others/a.html", page("").replace("<article class=story>", "<article class=box>"));
    place.put("others/sub/b.html", page("<div class=box>Tides: six and seven.</div>"));
    let ran = new(&place, &[&args[..], &["--against", "others"]].concat());
    assert!(ran.code == 0 && ran.err.contains("(of its story!)") && ran.err.contains("2 other pages"), "{}", ran.err);
    assert!(ran.err.contains("others/sub/b.html: \"Tides: six and seven.\""), "{}", ran.err);
    assert!(place.get("harbour-example.toml").contains("select = [\".tin-plea\"]"), "{}", ran.err);

    place.put("empty/x.txt", "");
    assert_eq!(new(&place, &[&args[..], &["--against", "empty"]].concat()).code, 2);
}

#[test]
fn the_kind_is_what_a_built_in_rule_says() {
    let place = Place::new();
    place.put("page.html", page("<form class=mc4wp-form><p>Tides by post.</p></form>"));
    assert_eq!(new(&place, &["--gone", "Tides by post"]).code, 0);
    assert!(place.get("harbour-example.toml").contains("kind = \"newsletter\""));
}

#[test]
fn a_rule_can_be_written_to_standard_output() {
    let place = Place::new();
    let page = page("<div id=tin>Put a coin in our tin.</div>");
    let ran = place.run_with(&["rules", "new", "--url", URL, "-", "-o", "-", "--gone", "Put a coin in our tin"], page.as_bytes());
    assert!(ran.code == 0 && ran.out.contains("select = [\"#tin\"]") && !ran.out.contains("[[test]]"), "{}", ran.out);
    assert!(!place.path("fixtures").exists());
}
