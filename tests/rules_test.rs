//! `rules test` and `rules fmt` as a user meets them.
#![allow(clippy::unwrap_used, reason = "a test should fail where something is missing")]

mod place;

use place::Place;

const HARBOUR: &str = r#"schema = 1

[[remove]]
id = "box"
kind = "newsletter"
text = ["tide letter"]
max_chars = 60

[[remove]]
id = "sale"
kind = "ad"
select = [".sale"]

[[test]]
html = """
<p>The boats are in.</p>
<p>The tide letter is out today.</p>
<p>Rope was dear.</p>"""
gone = ["The tide letter is out today"]
stays = ["The boats are in", "Rope was dear"]
"#;

const PAGE: &str = "<title>Ferry</title><article><h1>A new ferry</h1>\
<p>The new ferry was launched on Sunday, and three hundred people came to see how it slid into the harbour of Brennick.</p>\
<div class='sale'>Buy a boat.</div><p>It will carry forty cars, the owner said, and it will leave at six each morning.</p></article>\
<noscript>Sails without scripts.</noscript>";

fn harbour() -> Place {
    let place = Place::new();
    place.put("harbour.toml", HARBOUR);
    place
}

#[test]
fn tests_that_pass_are_counted() {
    let place = harbour();
    let ran = place.run(&["rules", "test", "harbour.toml"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "ok: 1 passed\n", ""));
}

#[test]
fn rules_that_no_test_hits_are_named_and_count() {
    let ran = harbour().run(&["rules", "test", "--coverage", "harbour.toml"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "failed: 1 passed; 1 of 2 rules hit\n"));
    assert_eq!(ran.err, "no test hits harbour/sale (harbour.toml:9)\n");
}

#[test]
fn a_rule_that_others_only_forestall_is_hit() {
    let place = Place::new();
    let file = "schema = 1\n[[remove]]\nid = 'plea'\nkind = 'donation'\ntext = ['support our journalism today']\nmax_chars = 90\n[[test]]\n\
        html = '<p>The boats are in.</p><p>Please support our journalism today.</p>'\ngone = ['Please support']\nstays = ['The boats']\n";
    place.put("plea.toml", file);
    for args in
        [&["rules", "test", "--coverage", "plea.toml"][..], &["rules", "test", "--coverage", "--no-default-rules", "plea.toml"]]
    {
        assert_eq!(place.run(args).out, "ok: 1 passed; 1 of 1 rule hit\n", "{args:?}");
    }
    place.put("plea.toml", file.replace("journalism today']", "journalism now']"));
    let ran = place.run(&["rules", "test", "--coverage", "plea.toml"]);
    assert_eq!(ran.out, "failed: 1 passed; 0 of 1 rule hit\n", "the test passes, and not by the rule: {}", ran.err);
}

/// Each: what is changed in the file, and what must be said.
#[test]
fn a_failure_names_the_line_and_the_rule_and_shows_the_blocks() {
    for (from, to, expected) in [
        (
            "\"Rope was dear\"]",
            "\"The tide letter\"]",
            "failed harbour.toml:14\n  stayed: Rope was dear\n    no rule took it, or nearly took it\n  went: The tide letter\n    taken by harbour/box (harbour.toml:3)\n  \
             blocks of the page (- should be there, + should not):\n      The boats are in.\n    - The tide letter is out today.\n    + Rope was dear.\n\n",
        ),
        (
            "max_chars = 60",
            "max_chars = 20",
            "failed harbour.toml:14\n  stayed: The tide letter is out today\n    nearly taken by harbour/box (harbour.toml:3):\n    \
             it has 29 characters, and the rule's max_chars is 20\n  blocks of the page (- should be there, + should not):\n      The boats are in.\n    \
             + The tide letter is out today.\n      Rope was dear.\n\n",
        ),
        (
            "\"The boats are in\"",
            "\"The boats are out\"",
            "failed harbour.toml:14\n  not on the page: The boats are out\n    the test's page has no such words, so this says nothing\n\n",
        ),
    ] {
        let place = harbour();
        let mut file = HARBOUR.replace(from, to);
        if to.starts_with("\"The tide") {
            file = file.replace("gone = [\"The tide letter is out today\"]", "gone = [\"Rope was dear\"]");
        }
        place.put("harbour.toml", file);
        let ran = place.run(&["rules", "test", "harbour.toml"]);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (1, "failed: 0 passed, 1 failed\n", expected));

        let ran = place.run(&["rules", "test", "--format", "json", "harbour.toml"]);
        let line = &ran.json()[0];
        assert!(ran.code == 1 && line["passed"] == false && line["line"] == 14, "{line}");
        let why = line["failures"][0]["why"].as_str().unwrap();
        assert!(expected.contains(why.lines().next().unwrap()), "{line}");
    }
}

#[test]
fn fixture_folders_are_tests_of_page_and_story() {
    let place = harbour();
    place.put("fixtures/cases/ferry/page.html", PAGE);
    let case = "url = 'https://harbour.example/ferry'\nstory = ['A new ferry', 'The new ferry was', 'It will carry forty cars']\ngone = ['Buy a boat']\n\
        stays = ['Sails without scripts']\nnot_story = ['Sails without']\nrules = ['harbour/sale']\n";
    place.put("fixtures/cases/ferry/case.toml", case);
    for path in [".", "fixtures", "fixtures/cases", "fixtures/cases/ferry"] {
        let ran = place.run(&["rules", "test", path, "harbour.toml"]);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "ok: 2 passed\n", ""), "{path}");
    }
    let ran = place.run(&["rules", "test", "--coverage", "."]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "ok: 2 passed; 2 of 2 rules hit\n"), "{}", ran.err);

    // The rules alone: no fixture is asked for by name, and a folder of fixtures holds no rules.
    assert_eq!(place.run(&["rules", "check", "."]).code, 0);
    let ran = place.run(&["rules", "test", "fixtures"]);
    assert!(
        ran.code == 1 && ran.err.contains("  stayed: Buy a boat\n") && ran.err.contains("  silent: harbour/sale\n"),
        "{}",
        ran.err
    );

    place.put("fixtures/cases/ferry/case.toml", case.replace("'A new ferry', ", "").replace("cars']", "cars', 'A new ferry']"));
    let ran = place.run(&["rules", "test", "."]);
    assert!(ran.code == 1 && ran.err.contains("not in this order: A new ferry"), "{}", ran.err);
    place.put("fixtures/cases/ferry/case.toml", case.replace("not_story = ['Sails", "not_story = ['The new ferry was', 'Sails"));
    let ran = place.run(&["rules", "test", "."]);
    assert!(ran.code == 1 && ran.err.contains("  in the story: The new ferry was\n"), "{}", ran.err);
    place.put("fixtures/cases/ferry/case.toml", "urls = 'x'\n");
    let ran = place.run(&["rules", "test", "."]);
    assert!(ran.code == 2 && ran.err.contains("case.toml:1:1: ") && ran.err.contains("`urls`"), "{}", ran.err);
}

#[test]
fn a_test_finds_its_fixture_beside_or_above_its_file_or_where_it_is_said_to_be() {
    let place = Place::new();
    let test = "\n[[test]]\nfixture = 'ferry'\ngone = ['Buy a boat']\nstays = ['It will carry']\n";
    place.put("sites/harbour.toml", format!("{HARBOUR}{test}"));
    let args = ["rules", "test", "sites/harbour.toml"];
    let ran = place.run(&args);
    assert!(ran.code == 2 && ran.err.contains("sites/harbour.toml:22:1: "), "{}", ran.err);
    place.put("elsewhere/ferry/page.html", PAGE);
    assert_eq!(place.run(&[&args[..], &["--fixtures", "elsewhere"]].concat()).out, "ok: 2 passed\n");
    place.put("fixtures/cases/ferry/page.html", PAGE);
    assert_eq!(place.run(&args).out, "ok: 2 passed\n");
}

#[test]
fn rules_under_test_take_the_place_of_built_in_ones() {
    let place = Place::new();
    let file = "schema = 1\n[[remove]]\nid = 'newsletter-mailchimp'\nkind = 'newsletter'\nselect = ['.mine']\n[[test]]\n\
        html = '<p>The boats are in.<div class=mine>One.</div><div id=mc_embed_signup>Two.</div><div class=mailpoet_form>Three.</div>'\n\
        gone = ['One', 'Three']\nstays = ['The boats', 'Two']\n";
    place.put("generic/mine.toml", file);
    assert_eq!(place.run(&["rules", "test", "generic/mine.toml"]).out, "ok: 1 passed\n");
    let ran = place.run(&["rules", "test", "--no-default-rules", "generic/mine.toml"]);
    assert!(ran.code == 1 && ran.err.contains("stayed: Three") && !ran.err.contains("One"), "{}", ran.err);
}

#[test]
fn nothing_to_test_and_wrong_files_are_code_two() {
    let place = Place::new();
    place.put("a.toml", "schema = 1\n[story]\nselect = ['article']\n");
    let ran = place.run(&["rules", "test", "a.toml"]);
    assert!(ran.code == 2 && ran.err.contains("[[test]]"), "{}", ran.err);
    place.put("a.toml", "schema = 1\nhost = 1\n");
    assert_eq!(place.run(&["rules", "test", "a.toml"]).code, 2);
    assert_eq!(place.run(&["rules", "test", "absent"]).code, 2);
}

#[test]
fn many_tests_are_told_in_their_order() {
    let place = Place::new();
    let tests: String = (0..60).map(|n| format!("[[test]]\nhtml = '<p>Boat {n} is in.'\ngone = ['Boat {n} is in.']\n")).collect();
    place.put("a.toml", format!("schema = 1\n{tests}"));
    let ran = place.run(&["rules", "test", "--no-default-rules", "a.toml"]);
    let lines: Vec<u32> = ran.err.lines().filter_map(|line| line.strip_prefix("failed a.toml:")?.parse().ok()).collect();
    assert_eq!(lines, (0..60).map(|n| 2 + n * 3).collect::<Vec<_>>());
    assert_eq!((ran.code, ran.out.as_str()), (1, "failed: 0 passed, 60 failed\n"));
}

#[test]
fn files_are_formatted_in_place_or_only_looked_at() {
    let place = harbour();
    place.put("sites/a.toml", "# Boats.\nname='A'\nschema = 1\n");
    place.put("fixtures/cases/x/case.toml", "gone=['x']\n");
    let ran = place.run(&["rules", "fmt", "--check", "."]);
    assert_eq!((ran.code, ran.err.as_str()), (1, "storysieve: ./sites/a.toml is not formatted\n"));
    assert!(place.get("sites/a.toml").contains("name='A'"), "nothing is written");

    let ran = place.run(&["rules", "fmt", "."]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "formatted 1 of 2 files\n"));
    assert_eq!(place.get("sites/a.toml"), "schema = 1\n# Boats.\nname = 'A'\n");
    assert_eq!((place.get("harbour.toml").as_str(), place.get("fixtures/cases/x/case.toml").as_str()), (HARBOUR, "gone=['x']\n"));
    assert_eq!(place.run(&["rules", "fmt", "--check", "."]).out, "ok: 2 files formatted already\n");

    place.put("sites/b.toml", "schema = = 1");
    let ran = place.run(&["rules", "fmt", "."]);
    assert!(ran.code == 2 && ran.err.contains("sites/b.toml: this is not valid TOML"), "{}", ran.err);
    assert_eq!((place.get("sites/b.toml").as_str(), ran.out.as_str()), ("schema = = 1", ""));
    let ran = place.run(&["rules", "fmt", "fixtures"]);
    assert!(ran.code == 2 && ran.err.contains("no .toml file is in fixtures: give"), "{}", ran.err);
    let ran = place.run(&["rules", "check", "absent"]);
    assert_eq!(ran.err.matches("No such file").count(), 1, "{}", ran.err);

    let ran = place.run_with(&["rules", "fmt", "-"], b"schema=1\nname = 'x' # y\n");
    assert_eq!((ran.code, ran.out.as_str()), (0, "schema = 1\nname = 'x' # y\n"));
}
