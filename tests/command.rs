//! The command as a user meets it: the real binary, its output, its exit codes, its files.
//!
//! What a story is and what a rule takes is tested elsewhere; the pages here are as small as shows the command's own doing. Nothing of the
//! user's own configuration is read.
#![allow(clippy::unwrap_used, reason = "a test should fail where something is missing")]

mod place;

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use place::{Place, Ran};

const PAGE: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour reopens</title></head><body>
<nav><a href="/">Home</a> <a href="/sea">Sea</a></nav>
<article><h1>Harbour reopens</h1>
<p>The harbour of Brennick reopened on Monday, eleven months after the storm that sank two ferries and tore away the breakwater.</p>
<div class="begging-box"><p>Spare a coin for the lighthouse cat.</p></div>
<p>Fishermen said that the first catch was small but good, and that the price of herring would fall before the end of the month.</p>
<div class="letter-box"><p>Letters from the quay, every Tuesday.</p></div>
<p>The mayor, who had promised the works would be over by spring, cut the ribbon in the rain and left without taking questions.</p>
</article></body></html>
"#;

const RULES: &str = r#"schema = 1
name = "Brennick"

[[remove]]
id = "cat"
kind = "donation"
select = [".begging-box"]

[[remove]]
id = "quay"
kind = "newsletter"
select = [".letter-box"]
"#;

const BODY: &str = "The harbour of Brennick reopened on Monday";
const CAT: &str = "lighthouse cat";
const QUAY: &str = "every Tuesday";

/// A folder with the page and the rules.
fn brennick() -> Place {
    let place = Place::new();
    place.put("page.html", PAGE);
    place.put("brennick.toml", RULES);
    place
}

/// A run on `page.html`: what must be in its output and its errors, and what must not.
struct Case {
    name: &'static str,
    args: &'static [&'static str],
    code: i32,
    out: &'static [&'static str],
    not_out: &'static [&'static str],
    err: &'static [&'static str],
}

const CASE: Case = Case { name: "", args: &[], code: 0, out: &[], not_out: &[], err: &[] };

#[test]
fn arguments_do_what_help_says() {
    let cases = [
        Case {
            name: "text is the default",
            args: &["page.html"],
            out: &["Harbour reopens\n", BODY],
            not_out: &["<p>", "Sea"],
            ..CASE
        },
        Case {
            name: "html",
            args: &["--format", "html", "page.html"],
            out: &["<h1>Harbour reopens</h1>", "<p>The harbour"],
            ..CASE
        },
        Case { name: "markdown", args: &["--format", "markdown", "page.html"], out: &["# Harbour reopens\n", BODY], ..CASE },
        Case {
            name: "without the headline",
            args: &["--no-title", "page.html"],
            out: &[BODY],
            not_out: &["Harbour reopens"],
            ..CASE
        },
        Case {
            name: "a rule file",
            args: &["--rules", "brennick.toml", "page.html"],
            out: &[BODY],
            not_out: &[CAT, QUAY],
            ..CASE
        },
        Case { name: "a rule folder", args: &["--rules", ".", "page.html"], out: &[BODY], not_out: &[CAT, QUAY], ..CASE },
        Case {
            name: "the same rules named twice are one",
            args: &["--rules", "brennick.toml", "--rules", "./brennick.toml", "page.html"],
            out: &[BODY],
            not_out: &[CAT],
            ..CASE
        },
        Case { name: "no rules at all", args: &["--no-default-rules", "page.html"], out: &[BODY], ..CASE },
        Case {
            name: "own rules alone",
            args: &["--no-default-rules", "--rules", "brennick.toml", "page.html"],
            out: &[BODY],
            not_out: &[CAT, QUAY],
            ..CASE
        },
        Case {
            name: "page without rules keeps all",
            args: &["--page", "--no-default-rules", "page.html"],
            out: &["<nav>", CAT, QUAY],
            ..CASE
        },
        Case {
            name: "page with rules loses the blocks",
            args: &["--page", "--rules", "brennick.toml", "page.html"],
            out: &["<nav>", BODY],
            not_out: &[CAT, QUAY, "begging-box"],
            ..CASE
        },
        Case {
            name: "keep a kind",
            args: &["--page", "--rules", "brennick.toml", "--keep", "donation", "page.html"],
            out: &[CAT],
            not_out: &[QUAY],
            ..CASE
        },
        Case {
            name: "keep kinds with commas",
            args: &["--page", "--rules", "brennick.toml", "--keep", "donation,newsletter", "page.html"],
            out: &[CAT, QUAY],
            ..CASE
        },
        Case {
            name: "only one kind",
            args: &["--page", "--rules", "brennick.toml", "--only", "donation", "page.html"],
            out: &[QUAY],
            not_out: &[CAT],
            ..CASE
        },
        Case {
            name: "only kinds, repeated",
            args: &["--page", "--rules", "brennick.toml", "--only", "donation", "--only", "newsletter", "page.html"],
            not_out: &[CAT, QUAY],
            ..CASE
        },
        Case {
            name: "explain names rule, file and line",
            args: &["--explain", "--rules", "brennick.toml", "page.html"],
            err: &["page.html:", "donation by brennick/cat (brennick.toml:4)", "Spare a coin", "site rules: none", "UTF-8"],
            ..CASE
        },
        Case {
            name: "explain in page mode tells the budget",
            args: &["--explain", "--page", "--max-hold", "1M", "--rules", "brennick.toml", "page.html"],
            err: &["brennick/quay", "held at most", "site rules: none"],
            ..CASE
        },
        Case { name: "markup read as text", args: &["--input", "text", "page.html"], out: &["<p>The harbour"], ..CASE },
        Case {
            name: "the encoding",
            args: &["--encoding", "windows-1251", "--explain", "page.html"],
            err: &["as windows-1251"],
            ..CASE
        },
        // Mistakes.
        Case { name: "missing file", args: &["absent.html"], code: 2, err: &["storysieve: absent.html cannot be read"], ..CASE },
        Case { name: "a folder for a page", args: &["config"], code: 2, err: &["config cannot be read"], ..CASE },
        Case {
            name: "missing rules",
            args: &["--rules", "absent.toml", "page.html"],
            code: 2,
            err: &["--rules", "absent.toml"],
            ..CASE
        },
        Case {
            name: "unknown kind",
            args: &["--keep", "adverts", "page.html"],
            code: 2,
            err: &["adverts", "newsletter"],
            ..CASE
        },
        Case {
            name: "unknown encoding",
            args: &["--encoding", "morse", "page.html"],
            code: 2,
            err: &["unknown encoding \"morse\""],
            ..CASE
        },
        Case {
            name: "no address",
            args: &["--url", "example", "page.html"],
            code: 2,
            err: &["\"example\" is no address"],
            ..CASE
        },
        Case { name: "no size", args: &["--max-hold", "lots", "page.html"], code: 2, err: &["64K"], ..CASE },
        Case { name: "size of nothing", args: &["--max-hold", "0", "page.html"], code: 2, err: &["0 bytes"], ..CASE },
        Case { name: "unknown option", args: &["--pages"], code: 2, err: &["--pages", "--page"], ..CASE },
        Case {
            name: "page and format",
            args: &["--page", "--format", "text"],
            code: 2,
            err: &["cannot be used with", "--format"],
            ..CASE
        },
        Case {
            name: "page and no title",
            args: &["--page", "--no-title"],
            code: 2,
            err: &["cannot be used with", "--no-title"],
            ..CASE
        },
        Case {
            name: "page and plain text",
            args: &["--page", "--input", "text"],
            code: 2,
            err: &["cannot be used with --input text"],
            ..CASE
        },
        Case { name: "a body for no json", args: &["--json-body", "html"], code: 2, err: &["--format json"], ..CASE },
        Case {
            name: "output over input",
            args: &["--output", "./page.html", "page.html"],
            code: 2,
            err: &["one of the pages"],
            ..CASE
        },
        Case {
            name: "report over input",
            args: &["--report", "page.html", "page.html"],
            code: 2,
            err: &["one of the pages"],
            ..CASE
        },
        Case {
            name: "report over a page",
            args: &["--page", "--report", "page.html"],
            code: 2,
            err: &["page.html is a file that is no report"],
            ..CASE
        },
        Case {
            name: "report over output",
            args: &["-o", "a", "--report", "a", "page.html"],
            code: 2,
            err: &["the same file"],
            ..CASE
        },
        Case { name: "rules without a word", args: &["rules"], code: 2, err: &["list", "check"], ..CASE },
    ];
    let place = brennick();
    fs::create_dir(place.path("config")).unwrap();
    let mut wrong = String::new();
    for case in cases {
        let ran = place.run(case.args);
        let missing = case
            .out
            .iter()
            .filter(|text| !ran.out.contains(**text))
            .chain(case.err.iter().filter(|text| !ran.err.contains(**text)));
        let found = case.not_out.iter().filter(|text| ran.out.contains(**text));
        let silent = case.code != 0 || !case.err.is_empty() || ran.err.is_empty();
        let (missing, found): (Vec<_>, Vec<_>) = (missing.collect(), found.collect());
        if ran.code != case.code || !missing.is_empty() || !found.is_empty() || !silent {
            let Ran { code, out, err } = ran;
            wrong +=
                &format!("{}: code {code}, missing {missing:?}, too much {found:?}\n--out\n{out}\n--err\n{err}\n", case.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(place.get("page.html"), PAGE);
}

#[test]
fn help_teaches_by_example() {
    let place = brennick();
    let ran = place.run(&["--help"]);
    assert_eq!(ran.code, 0);
    for text in
        ["Examples:", "curl -s", "--page > clean.html", "rules check", "Exit codes: 0 written, 1 no story found", "./rules"]
    {
        assert!(ran.out.contains(text), "{text}");
    }
}

#[test]
fn standard_input_is_read_without_a_file_and_for_a_dash() {
    let place = brennick();
    let expected = place.run(&["page.html"]).out;
    for args in [&[][..], &["-"]] {
        let ran = place.run_with(args, PAGE.as_bytes());
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, expected.as_str(), ""), "{args:?}");
    }
}

#[test]
fn a_text_without_markup_is_found_out() {
    let place = brennick();
    let text = "The harbour of Brennick reopened on Monday.\n\nFishermen said that 3 < 4.\n";
    for args in [&[][..], &["--input", "text"], &["--input", "auto"]] {
        let ran = place.run_with(args, text.as_bytes());
        assert_eq!((ran.code, ran.out.as_str()), (0, text), "{args:?}");
    }
}

#[test]
fn no_story_is_code_one_and_said() {
    let place = brennick();
    place.put("empty.html", "");
    place.put("bare.html", "<!doctype html><title></title><body></body>");
    for args in [&["empty.html"][..], &["bare.html"], &["--format", "html", "bare.html"], &["page.html", "empty.html"]] {
        let ran = place.run(args);
        assert_eq!(ran.code, 1, "{args:?}");
        assert!(ran.err.contains("no story found"), "{args:?}: {}", ran.err);
        assert_eq!(ran.out.contains(BODY), args.contains(&"page.html"), "{args:?}");
    }
    let ran = place.run(&["--page", "empty.html"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""), "page mode has no story to miss");
}

#[test]
fn json_has_its_keys_in_order_and_says_what_was_removed() {
    let place = brennick();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    let rest = "title byline published modified language site url description image word_count access";
    for (args, expected) in [
        (&[][..], format!("{rest} text removed")),
        (&["--json-body", "html"], format!("{rest} html removed")),
        (&["--json-body", "markdown", "page.html"], format!("file {rest} markdown removed")),
    ] {
        let args = [&["--format", "json", "--no-default-rules", "--rules", "brennick.toml"], args].concat();
        let ran = place.run_with(&args, PAGE.as_bytes());
        let lines = ran.json();
        assert_eq!((ran.code, lines.len()), (0, 1), "{args:?}: {}", ran.err);
        assert_eq!(keys(&lines[0]), expected);
        assert_eq!(lines[0]["title"], "Harbour reopens");
        assert_eq!(lines[0]["language"], "en");
        assert_eq!(lines[0]["byline"], Value::Null);
        let removed = lines[0]["removed"].as_array().unwrap();
        assert_eq!(removed.len(), 2);
        assert_eq!(keys(&removed[0]), "rule kind file line evidence start end sentences text");
        assert_eq!(removed[0]["rule"], "brennick/cat");
        assert_eq!(removed[1]["line"], 9);
    }
}

#[test]
fn several_files_are_a_line_of_json_each_and_a_paragraph_apart_in_text() {
    let place = brennick();
    place.put("b.html", PAGE.replace("Harbour reopens", "Harbour closes"));
    place.put("empty.html", "");
    let ran = place.run(&["--format", "json", "page.html", "empty.html", "b.html"]);
    let told: Vec<_> = ran.json().iter().map(|line| (line["file"].clone(), line["title"].clone())).collect();
    assert_eq!(ran.code, 1);
    assert_eq!(told[0], ("page.html".into(), "Harbour reopens".into()));
    assert_eq!(told[1].0, "empty.html");
    assert_eq!(told[2], ("b.html".into(), "Harbour closes".into()));

    let (one, two) = (place.run(&["page.html"]).out, place.run(&["b.html"]).out);
    assert_eq!(place.run(&["page.html", "b.html"]).out, format!("{one}\n{two}"));
    assert_eq!(place.run(&["--page", "page.html", "page.html"]).out.len(), 2 * place.run(&["--page", "page.html"]).out.len());
}

#[test]
fn page_mode_changes_no_byte_it_was_not_asked_to() {
    let place = brennick();
    let mut odd = b"<p>a\0b\xff\xfe</p x=\"'>\r\n<DIV  CLASS=y>&amp;&nosuch; <!-- -- ></p></p><table><td>1<td>2".to_vec();
    odd.extend_from_slice(&PAGE.as_bytes().repeat(400));
    place.put("odd.html", &odd);
    let whole = |args: &[&str]| {
        let output = place.command(args).output().unwrap();
        assert!(output.status.success());
        output.stdout
    };
    assert!(whole(&["--page", "--no-default-rules", "odd.html"]) == odd);

    place.put("many.html", PAGE.repeat(400));
    let cleaned = whole(&["--page", "--no-default-rules", "--rules", "brennick.toml", "many.html"]);
    let without = |class: &str, page: &str| {
        let start = page.find(&format!("<div class=\"{class}\">")).unwrap();
        let end = start + page[start..].find("</div>").unwrap() + "</div>".len();
        format!("{}{}", &page[..start], &page[end..])
    };
    let expected = without("letter-box", &without("begging-box", PAGE)).repeat(400);
    assert!(String::from_utf8(cleaned).unwrap() == expected);
}

#[test]
fn the_report_has_a_line_for_each_removed_block() {
    let place = brennick();
    for mode in [&[][..], &["--page"]] {
        let args = [&["--report", "report.jsonl", "--no-default-rules", "--rules", "brennick.toml", "page.html"], mode].concat();
        assert_eq!(place.run(&args).code, 0);
        let lines: Vec<Value> = place.get("report.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{mode:?}");
        let keys: Vec<_> = lines[0].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["rule", "kind", "file", "line", "evidence", "start", "end", "sentences", "text"]);
        assert_eq!((&lines[0]["rule"], &lines[0]["kind"]), (&"brennick/cat".into(), &"donation".into()));
        assert_eq!((&lines[0]["file"], &lines[0]["line"]), (&"brennick.toml".into(), &4.into()));
        let (start, end) = (lines[0]["start"].as_u64().unwrap() as usize, lines[0]["end"].as_u64().unwrap() as usize);
        assert!(PAGE[start..end].starts_with("<div class=\"begging-box\">") && PAGE[start..end].ends_with("</div>"), "{mode:?}");
        assert_eq!(lines[1]["text"], "Letters from the quay, every Tuesday.");
    }
    place.put("b.html", PAGE);
    place.run(&["--report", "report.jsonl", "--rules", "brennick.toml", "page.html", "b.html"]);
    let report = place.get("report.jsonl");
    assert!(report.contains("\"page\":\"page.html\"") && report.contains("\"page\":\"b.html\""), "{report}");
}

#[test]
fn an_output_file_is_replaced_only_when_all_went_well() {
    let place = brennick();
    let expected = place.run(&["page.html"]).out;
    let ran = place.run(&["--output", "story.txt", "page.html"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(place.get("story.txt"), expected);

    place.put("empty.html", "");
    for (code, files) in [(2, &["page.html", "absent.html"][..]), (1, &["empty.html"])] {
        place.put("story.txt", "the old story");
        assert_eq!(place.run(&[&["--output", "story.txt"], files].concat()).code, code);
        assert_eq!(place.get("story.txt"), "the old story", "{files:?}");
        assert_eq!(place.litter(), Vec::<String>::new());
    }
    assert_eq!(place.run(&["--output", "story.txt", "page.html"]).code, 0);
    assert_eq!(place.get("story.txt"), expected);
    assert_eq!(place.run(&["--output", "absent/story.txt", "page.html"]).code, 2);
}

#[cfg(unix)]
#[test]
fn an_output_keeps_its_link_its_mode_and_its_device() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let place = brennick();
    place.put("real.txt", "old");
    fs::set_permissions(place.path("real.txt"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.txt", place.path("link.txt")).unwrap();
    assert_eq!(place.run(&["--output", "link.txt", "page.html"]).code, 0);
    assert!(place.path("link.txt").is_symlink());
    assert!(place.get("real.txt").contains(BODY));
    assert_eq!(fs::metadata(place.path("real.txt")).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(place.run(&["--output", "/dev/null", "--report", "/dev/null", "page.html"]).code, 0);
}

#[test]
fn a_wrong_rule_file_is_named_by_file_line_and_column() {
    let place = brennick();
    place.put("bad.toml", "schema = 1\n\n[[remove]]\nid = \"a\"\nkind = \"advert\"\nselect = [\".a\"]\n");
    place.put("bad2.toml", "schema = 1\ncolour = \"red\"\n");
    let ran = place.run(&["--rules", "bad.toml", "page.html"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.starts_with("bad.toml:5:8: ") && ran.err.contains("--rules"), "{}", ran.err);

    let ran = place.run(&["rules", "check", "bad.toml", "brennick.toml", "bad2.toml"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("--> bad.toml:5:8\n") && ran.err.contains("--> bad2.toml:2:1\n"), "{}", ran.err);
}

#[test]
fn right_rule_files_are_counted() {
    let place = brennick();
    for paths in [&["brennick.toml"][..], &["."], &[".", "brennick.toml"], &["brennick.toml", "./brennick.toml"]] {
        let ran = place.run(&[&["rules", "check"], paths].concat());
        assert_eq!((ran.code, ran.out.as_str()), (0, "ok: 2 rules in 1 file, 1 warning\n"), "{paths:?}");
    }
    assert_eq!(place.run(&["rules", "check", "absent.toml"]).code, 2);
    assert_eq!(place.run(&["rules", "check"]).code, 2);
}

#[test]
fn rules_are_listed_with_their_places() {
    let place = brennick();
    let mine = ["rules", "list", "--no-default-rules", "--rules", "brennick.toml"];
    assert_eq!(place.run(&mine).out, "brennick/cat   donation    brennick.toml:4\nbrennick/quay  newsletter  brennick.toml:9\n");
    let lines = place.run(&[&mine[..], &["--format", "json"]].concat()).json();
    let expected = r#"{"id":"brennick/cat","kind":"donation","file":"brennick.toml","line":4,"name":"Brennick"}"#;
    assert_eq!((lines.len(), lines[0].to_string().as_str()), (2, expected));

    let all = place.run(&["rules", "list", "--rules", "brennick.toml"]).out;
    assert!(all.starts_with("brennick/cat ") && all.contains(" rules/generic/en/"), "own rules first, then the built-in ones");
}

#[test]
fn rules_come_from_the_environment_and_the_config_folder() {
    let place = brennick();
    place.put("more/quay.toml", RULES.replace("\"cat\"", "\"cat2\"").replace("begging-box", "nothing"));
    place.put("cat.toml", RULES.replace("letter-box", "nothing"));
    let list = std::env::join_paths([Path::new("cat.toml"), Path::new(""), Path::new("more")]).unwrap();
    let run = |args: &[&str]| Ran::of(place.command(args).env("STORYSIEVE_RULES", &list).output().unwrap());
    let out = run(&["--page", "page.html"]).out;
    assert!(!out.contains(CAT) && !out.contains(QUAY));
    let out = run(&["--page", "--no-default-rules", "page.html"]).out;
    assert!(out == PAGE, "--no-default-rules leaves out the environment too");
    assert!(run(&["--page", "--rules", "cat.toml", "page.html"]).code == 0, "a file named both ways is one file");
    let ran = Ran::of(place.command(&["page.html"]).env("STORYSIEVE_RULES", "absent.toml").output().unwrap());
    assert!(ran.code == 2 && ran.err.contains("STORYSIEVE_RULES") && ran.err.contains("absent.toml"), "{}", ran.err);
}

#[test]
fn a_file_is_used_in_place_of_one_of_the_same_name() {
    let place = brennick();
    // A copy of a bundled file for another site, with one rule of its own.
    let copy = RULES.replace("hosts = [\"brennick.example\"]", "");
    place.put("cio.toml", &copy);
    place.put("far/brennick.toml", RULES.replace("begging-box", "nothing"));
    place.put("mine/generic/mine.toml", copy.replace("\"cat\"", "\"donation-letter\""));
    let list = |args: &[&str], far: &str| Ran::of(place.command(args).env("STORYSIEVE_RULES", far).output().unwrap());

    let ran = list(&["rules", "list", "--rules", "cio.toml", "--rules", "mine"], "");
    let files: Vec<_> = ran.out.lines().filter(|line| line.starts_with("cio/")).collect();
    assert!(files.len() == 2 && files.iter().all(|line| line.contains(" cio.toml:")), "{}", ran.out);
    assert_eq!(ran.out.matches("generic/donation-letter ").count(), 1);
    for said in [
        "storysieve: cio.toml is used in place of rules/sites/cio.toml\n",
        "storysieve: mine/generic/mine.toml is used in place of rules of rules/generic/en/donation.toml\n",
    ] {
        assert!(ran.err.contains(said), "{}", ran.err);
    }

    let ran = list(&["--page", "--explain", "--rules", "brennick.toml", "page.html"], "far");
    assert!(!ran.out.contains(CAT) && ran.err.starts_with("storysieve: brennick.toml is used in place of far/brennick.toml\n"));
    assert!(!list(&["--page", "--rules", "brennick.toml", "page.html"], "far").err.contains("in place"), "only who asks is told");
    let ran = list(&["--rules", "brennick.toml", "--rules", "far/brennick.toml", "page.html"], "");
    assert!(ran.code == 2 && ran.err.contains("is taken by a rule of"), "two from one place contradict each other: {}", ran.err);
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn the_config_folder_is_used_when_it_holds_rules() {
    let place = brennick();
    fs::create_dir_all(place.path("config/storysieve/rules")).unwrap();
    assert_eq!(place.run(&["page.html"]).code, 0, "an empty folder is no mistake");
    place.put("config/storysieve/rules/sites/brennick.toml", RULES);
    let out = place.run(&["--page", "page.html"]).out;
    assert!(!out.contains(CAT) && !out.contains(QUAY));
    let out = place.run(&["--page", "--no-default-rules", "page.html"]).out;
    assert!(out.contains(CAT) && out.contains(QUAY));
}

#[test]
fn a_closed_pipe_is_success() {
    let place = brennick();
    place.put("long.html", PAGE.repeat(4000));
    let long =
        format!("<article><h1>Long</h1>{}</article>", "<p>The sea was calm and the boats went out, as they do.</p>".repeat(9000));
    place.put("story.html", long);
    for args in [&["--page", "long.html"][..], &["story.html"], &["--format", "json", "story.html"]] {
        let mut child = place.command(args).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 10]).unwrap();
        drop(stdout);
        let ran = Ran::of(child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
    }
}

#[test]
fn a_page_is_passed_on_while_it_comes_in() {
    let place = brennick();
    let mut child = place.command(&["--page"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdin.write_all(PAGE.repeat(4).as_bytes()).unwrap();
    // Would wait for ever if the command waited for the end.
    let mut start = vec![0; 100];
    stdout.read_exact(&mut start).unwrap();
    assert_eq!(start, PAGE.as_bytes()[..100]);
    drop(stdin);
    stdout.read_to_end(&mut Vec::new()).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_file_named_like_a_subcommand_is_given_with_its_folder() {
    let place = brennick();
    place.put("rules", PAGE);
    let ran = place.run(&["./rules"]);
    assert!(ran.code == 0 && ran.out.contains(BODY), "{}", ran.err);
    assert_eq!(place.run(&["--no-title", "rules"]).code, 0, "behind an option it is a file");
}
