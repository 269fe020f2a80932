//! `explain` as a user meets it, and what it promises: it agrees with what the sieve does, and its rule files do what they say.
#![allow(clippy::unwrap_used, reason = "a test should fail where something is missing")]

mod place;

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use storysieve::workbench::{self, Bound, Change, Explanation, Remedies, Verdict, explain, explain_text};
use storysieve::{Rules, Sieve};

use place::{Place, Ran};

const PAGE: &str = r#"<!doctype html><html lang="en"><head><title>Harbour reopens</title>
<link rel="canonical" href="https://www.brennick.example/harbour"></head><body>
<nav class="top"><a href="/">Home</a></nav>
<article class="story"><h1>Harbour reopens</h1>
<p>The harbour of Brennick reopened on Monday, eleven months after the storm that sank two ferries and tore away the breakwater.</p>
<div class="begging-box wide"><p>Spare a coin for the lighthouse cat.</p></div>
<p>Fishermen said that the first catch was small but good, and <span class="advert">buy rope</span> that the price of herring would fall.</p>
<p>A coin for the tide clock was found in the mud, and the mayor put it back before she left in the rain.</p>
</article></body></html>
"#;

const RULES: &str = r#"schema = 1
name = "Brennick"

[[remove]]
id = "box"
kind = "donation"
select = [".old-box", ".begging-box", ".new-box"]

[[remove]]
id = "advert"
kind = "ad"
select = [".advert"]

[[remove]]
id = "coin"
kind = "donation"
text = ["coin for the"]
max_chars = 40
"#;

fn brennick() -> Place {
    let place = Place::new();
    place.put("page.html", PAGE);
    place.put("brennick.toml", RULES);
    place
}

fn run(place: &Place, more: &[&str]) -> Ran {
    place.run(&[&["explain", "--no-default-rules", "--rules", "brennick.toml", "page.html"], more].concat())
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

/// Pages of the fixtures with their addresses.
fn fixtures() -> Vec<(String, Vec<u8>, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let Ok(page) = std::fs::read(entry.path().join("page.html")) else { continue };
        let name = entry.file_name().into_string().unwrap();
        let url = format!("https://www.{}.example/page", name.to_ascii_lowercase());
        pages.push((name, page, url));
    }
    pages.sort();
    assert!(pages.len() > 30);
    pages
}

#[test]
fn every_block_is_told_in_page_order() {
    let ran = run(&brennick(), &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let head = "page.html: \"Harbour reopens\"\n730 bytes as UTF-8; 6 blocks: 1 headline, 3 story, 1 left out, 1 removed\n";
    assert!(ran.out.starts_with(head), "{}", ran.out);
    let blocks: Vec<&str> = ran.out.split("\n\n").skip(1).collect();
    let first: Vec<&str> = blocks.iter().map(|block| block.lines().next().unwrap().trim()).collect();
    assert_eq!(
        first,
        [
            "3  left out  html > body > nav.top > a",
            "4  headline  html > body > article.story > h1",
            "5  story     html > body > article.story > p",
            "6  removed   html > body > article.story > div.begging-box.wide > p",
            "7  story     html > body > article.story > p",
            "8  story     html > body > article.story > p",
        ],
        "{}",
        ran.out
    );
    assert!(blocks[3].contains("\n       donation, by brennick/box (brennick.toml:4)\n         select \".begging-box\"\n       decided at its start tag"), "{}", blocks[3]);
    assert!(
        blocks[4].contains("\"buy rope\" of it went: ad, by brennick/advert (brennick.toml:9)\n         select \".advert\"\n"),
        "{}",
        blocks[4]
    );
    assert!(blocks[5].contains("nearly donation, by brennick/coin (brennick.toml:14): it has 102"), "{}", blocks[5]);
    assert!(blocks[5].contains("\n         text \"coin for the\"\n"), "{}", blocks[5]);
}

#[test]
fn json_says_all_of_it() {
    let page = json(&run(&brennick(), &["--format", "json"]));
    assert_eq!(page["title"], "Harbour reopens");
    assert_eq!(page["url"], "https://www.brennick.example/harbour");
    assert_eq!(page["bytes"], PAGE.len());
    assert_eq!(page["held"]["max_hold"], 65_536);
    let blocks = page["blocks"].as_array().unwrap();
    for (at, block) in blocks.iter().enumerate() {
        assert_eq!(block["block"], at + 1);
        let (start, end) = (block["start"].as_u64().unwrap() as usize, block["end"].as_u64().unwrap() as usize);
        let (text, held) = (block["text"].as_str().unwrap(), block["held"].as_u64().unwrap());
        let first = text.split(' ').next().unwrap();
        assert!(PAGE[start..end].contains(first), "{block}");
        assert_eq!(block["line"], 1 + PAGE[..start].matches('\n').count(), "{block}");
        // What is not decided at its start tag is held to its end at least, and no longer than the page.
        let removed_at_once = block["verdict"] == "removed";
        assert!(removed_at_once && held == 0 || held as usize >= end - start && start + held as usize <= PAGE.len(), "{block}");
        // The model is not asked about what went, nor about the page's navigation.
        let unread = block["cause"] == "frame";
        assert_eq!(unread, block["path"].as_array().unwrap().iter().any(|step| step == "nav.top"), "{block}");
        assert_eq!(block["probability"].is_null(), removed_at_once || unread, "{block}");
    }
    let removed: Vec<_> = blocks.iter().filter(|block| block["verdict"] == "removed").collect();
    assert_eq!(removed.len(), 1);
    let removal = &removed[0]["removals"][0];
    assert_eq!(removal["rule"], "brennick/box");
    assert_eq!(removal["matched"][0]["text"], ".begging-box");
    let near = blocks.iter().flat_map(|block| block["near"].as_array().unwrap()).collect::<Vec<_>>();
    assert_eq!(near.len(), 1);
    assert_eq!((&near[0]["bound"], &near[0]["line"]), (&Value::from("max-chars"), &Value::from(14)));
}

#[test]
fn a_line_is_found_however_it_is_written_and_one_that_is_not_there_is_said() {
    let place = brennick();
    let ran = run(&place, &["--line", "SPARE a  coin, for the lighthouse", "--format", "json"]);
    assert_eq!(ran.code, 0);
    let page = json(&ran);
    assert_eq!(page["blocks"].as_array().unwrap().len(), 1);
    assert_eq!(page["blocks"][0]["block"], 4);
    assert_eq!(page["blocks"][0]["changes"][0]["change"], "keep");

    let ran = run(&place, &["--line", "a coin for the lighthouse dog", "--line", "the first catch"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("no block that says \"a coin for the lighthouse dog\"; line 6 is most like it: \"Spare a coin for the lighthouse cat.\""),
        "{}",
        ran.err
    );
    assert!(ran.out.contains("first catch was small"), "the other line is told all the same: {}", ran.out);
    assert_eq!(run(&place, &["--line", "???"]).code, 1);
    assert_eq!(place.run(&["explain", "absent.html"]).code, 2);
    assert_eq!(run(&place, &["--url", "brennick"]).code, 2);
}

#[test]
fn colours_are_for_terminals_and_a_page_cannot_write_to_one() {
    let place = brennick();
    place.put("page.html", PAGE.replace("Spare a coin", "\u{1b}[2J\u{202e}Spare a\u{7} coin"));
    assert!(!run(&place, &[]).out.contains('\u{1b}'));
    assert!(!run(&place, &["--color", "never"]).out.contains('\u{1b}'));
    let coloured = run(&place, &["--color", "always"]).out;
    assert!(coloured.contains("\u{1b}[31mremoved"), "{coloured}");
    assert!(!coloured.contains("\u{1b}[2J") && !coloured.contains('\u{202e}') && !coloured.contains('\u{7}'));
    assert!(coloured.contains("[2J\\u{202e}Spare a coin"), "{coloured}");
}

/// Each: what the rule says besides its id and kind, the block, and what stopped it.
#[test]
fn what_nearly_matched_says_which_bound_stopped_it() {
    let long = format!("Give us rope. {}", "The rope maker told us of it. ".repeat(8));
    let kept = "[story]\nselect = ['html']\nkeep = ['.knot']";
    let cases: [(&str, &str, Bound); 8] = [
        ("text = ['give us rope']\nmax_chars = 100", &long, Bound::TooLong { chars: long.trim().len() as u64, max_chars: 100 }),
        (
            "text = [{ all = ['give us rope', 'by friday'] }]\nmax_chars = 600",
            "Give us rope.",
            Bound::Missing(vec!["by friday".into()]),
        ),
        (
            "text = ['give us rope', { none = ['he said'] }]\nmax_chars = 600",
            "Give us rope, he said.",
            Bound::Forbidden(vec!["he said".into()]),
        ),
        ("text = ['give us rope', { regex = '^please' }]\nmax_chars = 600", "Give us rope.", Bound::Regex),
        (
            "select = ['div']\ntext = ['give us rope']\nmax_chars = 600\nunless_has = ['h2']",
            "<h2>Rope</h2>Give us rope.",
            Bound::UnlessHas,
        ),
        ("select = ['div']\ntext = ['give us rope']\nmax_chars = 600", "<h2 class=knot>Rope</h2>Give us rope.", Bound::Kept),
        (
            "from = { text = ['give us rope'] }\nto = { text = ['your rope maker'] }\nmax_blocks = 2\nmax_chars = 500",
            "Give us rope.",
            Bound::RunUnfinished,
        ),
        ("select = ['.none']", "<p>Join us at the quay.</p>", Bound::Evidence { percent: 0 }),
    ];
    for (keys, notice, expected) in cases {
        let rules =
            Rules::parse("rope.toml", &format!("schema = 1\n[[remove]]\nid = 'rope'\nkind = 'promo'\n{keys}\n{kept}")).unwrap();
        let rules = if matches!(expected, Bound::Evidence { .. }) { rules.merge(Rules::bundled()).unwrap() } else { rules };
        let page = format!(
            "<html lang=en><p>The boats are in.</p><div>{notice}</div><p>The nets are dry.</p><p>The rain came at four.</p>"
        );
        let sieve = Sieve::builder().rules(rules).build().unwrap();
        let explanation = explain(&sieve, page.as_bytes()).unwrap();
        let near: Vec<_> = explanation.blocks.iter().flat_map(|block| block.near.iter().map(move |near| (block, near))).collect();
        let [(block, near)] = &near[..] else { panic!("{keys}: {:?}", explanation.blocks) };
        assert!(!block.text.contains("boats") && !block.text.contains("nets"), "{keys}: {}", block.text);
        if let Bound::Evidence { percent } = near.bound {
            assert!(
                (1..100).contains(&percent) && near.rule == "appeals/membership" && near.file == "rules/appeals/en.toml",
                "{near:?}"
            );
            assert!(near.matched.iter().any(|cue| cue.text == "^join us" && cue.weight == Some(2)), "{near:?}");
        } else {
            assert_eq!(near.bound, expected, "{keys}");
            assert_eq!((near.rule.as_str(), near.line), ("rope/rope", 2));
            let found: Vec<&str> = near.matched.iter().map(|matched| matched.text.as_str()).collect();
            assert!(found == ["give us rope"] || matches!(expected, Bound::UnlessHas | Bound::Kept), "{keys}: {found:?}");
        }
    }
}

/// What no rule knows and the model leaves out because of its words.
#[test]
fn words_of_appeals_are_named_where_they_decided() {
    let page = std::fs::read("fixtures/cases/pleas-no-rule-knows/page.html").unwrap();
    let explanation = explain(&Sieve::builder().build().unwrap(), &page).unwrap();
    let block = |text: &str| explanation.blocks.iter().find(|block| block.text.contains(text)).unwrap();
    let plea = block("Readers are our only oars");
    assert_eq!((plea.verdict, plea.removals.len()), (Verdict::LeftOut, 0));
    assert!(plea.asking.iter().any(|word| word == "Readers"), "{:?}", plea.asking);
    assert!(plea.asking.len() <= 4 && !plea.asking.iter().any(|word| word == "Carrow"), "{:?}", plea.asking);
    assert_eq!(block("ground in Ostry").asking, Vec::<String>::new());
}

/// Blocks of an explanation, and what the story itself says of the same page.
#[test]
fn it_agrees_with_the_story_on_every_fixture() {
    let sieve = Sieve::builder().build().unwrap();
    let (mut removed, mut named) = (0, 0);
    for (name, page, url) in fixtures() {
        let sieve = sieve.at(&url).unwrap();
        let story = sieve.story(&page).unwrap();
        let explanation = explain(&sieve, &page).unwrap();
        assert_eq!(explanation.title.as_deref(), story.title(), "{name}");
        let told = |verdict: Verdict| -> BTreeSet<(u64, u64)> {
            let blocks = explanation.blocks.iter().filter(|block| block.verdict == verdict);
            blocks.map(|block| (block.bytes.start, block.bytes.end)).collect()
        };
        let is = |wanted: fn(&storysieve::BlockReport) -> bool| -> BTreeSet<(u64, u64)> {
            story.blocks().iter().filter(|block| wanted(block)).map(|block| (block.start, block.end)).collect()
        };
        assert_eq!(told(Verdict::Story), is(|block| block.story), "{name}");
        assert_eq!(told(Verdict::Headline), is(|block| block.headline && !block.removed), "{name}");
        let starts: Vec<u64> = explanation.blocks.iter().map(|block| block.bytes.start).collect();
        assert!(starts.is_sorted(), "{name}");
        for gone in story.removed().iter().filter(|gone| !gone.excerpt.is_empty()) {
            let by = |block: &&workbench::Explained| block.removals.iter().any(|removal| removal.bytes == (gone.start..gone.end));
            let mut blocks = explanation.blocks.iter().filter(by).peekable();
            assert!(blocks.peek().is_some(), "{name}: {gone:?}");
            for block in blocks {
                removed += 1;
                let removal = block.removals.iter().find(|removal| removal.rule == gone.rule).unwrap();
                assert_eq!((&removal.file, removal.line), (&gone.file, gone.line), "{name}");
                named += usize::from(!removal.matched.is_empty());
            }
        }
        for block in &explanation.blocks {
            assert!(block.verdict != Verdict::Removed || !block.removals.is_empty(), "{name}: {block:?}");
            assert!(block.held <= explanation.bytes, "{name}: {block:?}");
        }
    }
    assert!(removed > 100, "{removed}");
    // What went beside a notice ("close") has nothing of its own that could be named, but nearly all has.
    assert!(named * 10 >= removed * 9, "{named} of {removed}");
}

fn verdict(explanation: &Explanation, start: u64, text: &str) -> Option<Verdict> {
    explanation.blocks.iter().find(|block| block.bytes.start == start && block.text == text).map(|block| block.verdict)
}

/// Every rule file that is proposed is one that `rules check` accepts, and does what it says on the page it is for.
#[test]
fn what_is_proposed_is_accepted_and_does_what_it_says() {
    let place = Place::new();
    let pages =
        ["small-letter-run", "wrapped-stable-class", "german-spende", "newsletter-mid-recipe", "portal-with-four-appeals"];
    let (mut done, mut asked) = ([0; 3], [0; 3]);
    for (name, page, url) in fixtures().into_iter().filter(|(name, ..)| pages.contains(&name.as_str())) {
        let sieve = Sieve::builder().url(&url).build().unwrap();
        let explanation = explain(&sieve, &page).unwrap();
        let remedies = Remedies::new(&sieve, &page, &explanation).unwrap();
        for verdict_before in [Verdict::Story, Verdict::Removed, Verdict::LeftOut] {
            let blocks = explanation
                .blocks
                .iter()
                .enumerate()
                .filter(|(_, block)| block.verdict == verdict_before && !block.text.is_empty());
            for (at, block) in blocks.step_by(3).take(5) {
                let change = match verdict_before {
                    Verdict::Story => Change::Remove,
                    Verdict::Removed => Change::Keep,
                    _ => Change::TakeIn,
                };
                asked[change as usize] += 1;
                let found = remedies.of(at).unwrap();
                let Some(remedy) = found.iter().find(|remedy| remedy.change == change) else { continue };
                let file = format!("{name}-{at}.toml");
                place.put(&file, &remedy.toml);
                let checked = workbench::check(&[place.path(&file)], None).unwrap();
                assert!(checked.errors.is_empty(), "{:?}\n{}", checked.errors, remedy.toml);
                assert!(remedy.toml.contains(&format!("hosts = [\"{name}.example\"]")), "{}", remedy.toml);
                let rules = Rules::load(place.path(&file)).unwrap().merge(Rules::bundled()).unwrap();
                let after = Sieve::builder().rules(rules).url(&url).build().unwrap();
                let after = explain(&after, &page).unwrap();
                let verdict = verdict(&after, block.bytes.start, &block.text);
                let right = match change {
                    Change::Remove => verdict.is_none() || verdict == Some(Verdict::Removed),
                    Change::Keep => verdict.is_some_and(|verdict| verdict != Verdict::Removed),
                    _ => verdict == Some(Verdict::Story),
                };
                assert!(right, "{name}: {verdict:?} {block:?}\n{}", remedy.toml);
                done[change as usize] += 1;
            }
        }
    }
    for (done, asked) in done.iter().zip(asked) {
        assert!(*done >= 8 && done * 10 >= asked * 8, "{done} of {asked}");
    }
}

#[test]
fn nobody_knows_the_host_of_a_page_that_does_not_say_it() {
    let place = Place::new();
    place.put("page.html", "<p>The boats are in, and the nets are dry.</p><div class=tin-box>Give us rope.</div>");
    place.put("rope.toml", "schema = 1\n[[remove]]\nid = 'rope'\nkind = 'promo'\nselect = ['.tin-box']\n");
    let args = ["explain", "--rules", "rope.toml", "page.html", "--line"];
    let ran = place.run(&[&args[..], &["give us rope"]].concat());
    assert!(
        ran.out.contains("# The page does not tell its host") && ran.out.contains("disable = [\"rope/rope\"]"),
        "{}",
        ran.out
    );
    // A rule that removes can do without.
    let ran = place.run(&[&args[..], &["boats are in"]].concat());
    assert!(ran.out.contains("[[remove]]") && !ran.out.contains("hosts"), "{}", ran.out);
}

#[test]
fn it_fits_a_terminal_of_80_columns() {
    for (name, page, url) in fixtures().into_iter().step_by(6) {
        let place = Place::new();
        place.put("page.html", page);
        let ran = place.run(&["explain", "page.html", "--url", &url]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        // A word that is longer than a line, and a script without spaces, are not broken.
        let long = ran.out.lines().find(|line| line.chars().count() > 80 && line.trim().contains(' ') && line.is_ascii());
        assert!(long.is_none_or(|line| line.split(' ').any(|word| word.len() > 60)), "{name}: {long:?}");
    }
}

#[test]
fn a_text_without_markup_is_explained_too() {
    let place = Place::new();
    place.put("page.txt", "The boats are in.\n\nGive us rope.\n");
    place.put("rope.toml", "schema = 1\n[[remove]]\nid = 'rope'\nkind = 'promo'\ntext = ['give us rope']\nmax_chars = 40\n");
    let ran = place.run(&["explain", "--rules", "rope.toml", "page.txt", "--format", "json"]);
    let page = json(&ran);
    let verdicts: Vec<_> =
        page["blocks"].as_array().unwrap().iter().map(|block| (block["line"].clone(), block["verdict"].clone())).collect();
    assert_eq!(verdicts, [(1.into(), "story".into()), (3.into(), "removed".into())]);
    let sieve = Sieve::builder().rules(Rules::none()).build().unwrap();
    let explanation = explain_text(&sieve, b"Hold the line").unwrap();
    assert_eq!((explanation.find("hold THE").len(), explanation.nearest("told the time")), (1, Some(0)));
    assert_eq!(explanation.nearest("xyz"), None);
}
