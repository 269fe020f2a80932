//! `rules check`, `rules explain` and `rules schema` as a user meets them: what is said of every kind of wrong file, warnings, exit codes.
#![allow(clippy::unwrap_used, reason = "a test should fail where something is missing")]

mod place;

use std::collections::BTreeSet;
use std::path::Path;

use place::{Place, Ran};
use serde_json::Value;

/// A section of `tests/rules/wrong.md`.
struct Wrong<'a> {
    name: &'a str,
    file: &'a str,
    said: &'a str,
}

fn sections(text: &str) -> Vec<Wrong<'_>> {
    let between = |text: &'_ str, fence: &str| -> Option<(usize, usize)> {
        let start = text.find(&format!("```{fence}\n"))? + fence.len() + 4;
        Some((start, start + text[start..].find("\n```")?))
    };
    let section = |text| -> Option<Wrong<'_>> {
        let text: &str = text;
        let (name, _) = text.split_once('\n')?;
        let (from, to) = between(text, "toml")?;
        let (said_from, said_to) = between(text, "text")?;
        Some(Wrong { name, file: &text[from..to], said: &text[said_from..said_to] })
    };
    text.split("\n## ").skip(1).map(|text| section(text).unwrap()).collect()
}

#[test]
fn every_kind_of_wrong_file_is_named_by_its_line_and_its_mend() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/wrong.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let sections = sections(&text);
    assert!(sections.len() >= 50, "sections are missing");
    let mut new = text.split("\n## ").next().unwrap().to_owned();
    let mut failures = String::new();
    for Wrong { name, file, said } in &sections {
        let place = Place::new();
        place.put("harbour.toml", format!("{file}\n"));
        let ran = place.run(&["rules", "check", "harbour.toml"]);
        let err = ran.err.trim_end();
        assert!((ran.code, ran.out.as_str()) == (2, ""), "{name}: {} {}", ran.code, ran.out);
        assert!(err.contains("= help: ") && err.lines().all(|line| line.chars().count() <= 80), "{name}:\n{err}");
        let has_place =
            file.trim().is_empty() || err.contains(" --> harbour.toml:") && err.lines().any(|line| line.contains(" | "));
        assert!(has_place, "{name}:\n{err}");
        new.push_str(&format!("\n## {name}\n\n```toml\n{file}\n```\n\n```text\n{err}\n```\n"));
        if err != *said {
            failures.push_str(&format!("## {name}\nexpected:\n{said}\nfound:\n{err}\n\n"));
        }
    }
    if std::env::var_os("STORYSIEVE_WRITE").is_some() {
        std::fs::write(&path, new).unwrap();
    } else {
        assert!(failures.is_empty(), "{failures}");
    }
}

/// Each: a file, the code of the one warning, its line and column, and a word of what to do. It is right but for that.
#[test]
fn what_may_not_be_meant_is_warned_of_and_explained() {
    let rule = |keys: &str, test: &str| {
        format!(
            "schema = 1\n[[remove]]\nid = 'box'\nkind = 'ad'\n{keys}\n[[test]]\nhtml = \"\"\"<p>The boats are in.</p>{test}\"\"\"\n\
             gone = ['Buy a']\nstays = ['The boats']\n"
        )
    };
    let box_ = |class: &str| format!("<div class='{class}'>Buy a boat.</div>");
    let cases = [
        ("hashed-name", rule("select = ['.css-1x2y3z']", &box_("css-1x2y3z")), 5, 11, "data attribute"),
        ("hashed-name", rule("select = ['.box']\nunless_has = ['#post-104233']", &box_("box")), 6, 15, "a person chose"),
        ("broad-selector", rule("select = ['main > div']", "<main><div>Buy a boat.</div></main>"), 5, 11, "a class"),
        ("short-substring", rule("select = [\"[class*='ad']\"]", &box_("ad")), 5, 11, "~="),
        ("short-phrase", rule("text = ['buy']\nmax_chars = 60", &box_("x")), 5, 9, "more words"),
        ("wide-bound", rule("text = ['buy a boat']\nmax_chars = 60_000", &box_("x")), 6, 13, "600 is usual"),
        ("needless-entry", rule("select = ['.box', 'div.box']", &box_("box")), 5, 19, "take it out"),
        (
            "needless-entry",
            rule("text = ['buy a boat', 'buy a boat today']\nmax_chars = 60", &box_("x")),
            5,
            23,
            "one of the two",
        ),
        (
            "needless-entry",
            rule("text = [' buy a boat', 'or buy a boat']\nmax_chars = 60", "<p>Sail. Buy a boat."),
            5,
            24,
            "one of the two",
        ),
        (
            "needless-rule",
            rule(
                "select = ['.box']\n[[remove]]\nid = 'two'\nkind = 'ad'\nselect = ['p.box']",
                &format!("{}<p class=box>x", box_("box")),
            )
            .replace("gone =", "gone = ['x'] #"),
            6,
            1,
            "one of the two",
        ),
        (
            "untested-rule",
            rule("select = ['.box']\n[[remove]]\nid = 'two'\nkind = 'ad'\nselect = ['.sale']", &box_("box")),
            6,
            1,
            "only this rule",
        ),
        ("untested-rule", "schema = 1\n[[remove]]\nid = 'box'\nkind = 'ad'\nselect = ['.box']\n".to_owned(), 2, 1, "stays = "),
        ("test-without-stays", rule("select = ['.box']", &box_("box")).replace("stays", "# stays"), 6, 1, "sentences of a story"),
        ("stale-check", format!("checked = 2020-01-02\n{}", rule("select = ['.box']", &box_("box"))), 1, 11, "write checked = "),
        ("stale-check", format!("checked = 2999-01-02\n{}", rule("select = ['.box']", &box_("box"))), 1, 11, "write the day"),
    ];
    let mut codes = BTreeSet::new();
    for (code, file, line, column, help) in &cases {
        let place = Place::new();
        place.put("harbour.toml", file);
        let ran = place.run(&["rules", "check", "--format", "json", "harbour.toml"]);
        let found: Vec<_> =
            ran.json().into_iter().filter(|one| one["code"] != "untested-rule" || *code == "untested-rule").collect();
        assert!(ran.code == 0 && found.len() == 1, "{code}:\n{file}\n{}{}", ran.out, ran.err);
        assert_eq!(
            (&found[0]["code"], &found[0]["line"], &found[0]["column"]),
            (&(*code).into(), &(*line).into(), &(*column).into()),
            "{file}"
        );
        assert!(found[0]["help"].as_str().unwrap().contains(help), "{}", found[0]);
        assert_eq!(found[0]["severity"], "warning");

        let text = place.run(&["rules", "check", "harbour.toml"]).err;
        assert!(
            text.contains(&format!("warning[{code}]: ")) && text.contains(&format!("--> harbour.toml:{line}:{column}\n")),
            "{text}"
        );
        assert_eq!(place.run(&["rules", "check", "--strict", "harbour.toml"]).code, 1, "{code}");
        let allowed = place.run(&["rules", "check", "--strict", "--allow", &format!("{code},untested-rule"), "harbour.toml"]);
        assert_eq!((allowed.code, allowed.err.as_str()), (0, ""), "{code}");

        let mut lines: Vec<String> = file.lines().map(str::to_owned).collect();
        lines.insert(line - 1, format!("# allow: {code}: a reason"));
        place.put("harbour.toml", lines.join("\n"));
        let allowed = place.run(&["rules", "check", "--allow", "untested-rule", "harbour.toml"]).err;
        assert!(!allowed.contains(code), "{allowed}");
        codes.insert(*code);
    }

    let place = Place::new();
    let list = place.run(&["rules", "explain"]).out;
    let listed: BTreeSet<_> =
        list.lines().filter_map(|line| line.split_whitespace().next().filter(|code| line.starts_with(*code))).collect();
    codes.insert("overlapping-hosts");
    assert_eq!(listed, codes, "every warning is listed, and has a case here");
    for code in codes {
        let ran = place.run(&["rules", "explain", code]);
        assert!(ran.code == 0 && ran.out.starts_with(code) && ran.out.len() > 200, "{}", ran.out);
        assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
    }
    let ran = place.run(&["rules", "explain", "hashed"]);
    assert!(ran.code == 2 && ran.err.contains("hashed-name"), "{}", ran.err);
}

#[test]
fn what_only_looks_needless_is_not_warned_of() {
    for keys in [
        "text = [' buy a boat', 'buy a boat today']", // the second also stands inside a word
        "text = ['buy a boat', 'buy a sail']",
        "select = ['div.box', '.box']", // the first is, and is told once
    ] {
        let place = Place::new();
        let bound = if keys.starts_with("text") { "max_chars = 60" } else { "" };
        let test =
            "[[test]]\nhtml = '<p>The boats are in.<p class=box>Buy a boat today.'\ngone = ['Buy a']\nstays = ['The boats']\n";
        place.put("a.toml", format!("schema = 1\n[[remove]]\nid = 'box'\nkind = 'ad'\n{keys}\n{bound}\n{test}"));
        let warnings = place.run(&["rules", "check", "--format", "json", "a.toml"]).json().len();
        assert_eq!(warnings, usize::from(keys.starts_with("select")), "{keys}");
    }
}

#[test]
fn files_that_speak_of_one_host_are_named_together() {
    let place = Place::new();
    let file = |hosts: &str| format!("schema = 1\nhosts = [{hosts}]\n[story]\nselect = ['article']\n");
    place.put("a.toml", file("'harbour.example', '!live.harbour.example'"));
    place.put("b.toml", file("'live.harbour.example'"));
    assert_eq!(place.run(&["rules", "check", "--strict", "."]).code, 0);
    for (host, expected) in [
        ("www.harbour.example", &[("./c.toml", "./a.toml")][..]),
        ("harbour.*", &[("./a.toml", "./c.toml"), ("./b.toml", "./c.toml")]),
        ("harbour.example", &[("./b.toml", "./c.toml"), ("./c.toml", "./a.toml")]),
        ("ferry.example", &[]),
    ] {
        place.put("c.toml", file(&format!("'{host}'")));
        let found = place.run(&["rules", "check", "--format", "json", "."]).json();
        let found: Vec<_> = found.iter().filter(|one| one["code"] == "overlapping-hosts").collect();
        assert_eq!(found.len(), expected.len(), "{host}: {found:?}");
        for (one, (file, other)) in found.iter().zip(expected) {
            assert!(one["file"] == *file && one["message"].as_str().unwrap().contains(other), "{host}: {found:?}");
        }
    }
}

#[test]
fn all_files_are_reported_and_an_editor_gets_the_same() {
    let place = Place::new();
    place.put("a.toml", "schema = 1\nhost = 1\n");
    place.put("sub/b.toml", "schema = 1\nhosts = [\"x y\"]\nname = 7\n");
    place.put("sub/c.toml", "schema = 1\n[story]\nselect = [\"article\"]\n");
    let ran = place.run(&["rules", "check", "."]);
    assert!(ran.code == 2 && ran.err.ends_with("storysieve: 3 errors in 3 files\n"), "{}", ran.err);
    let found = place.run(&["rules", "check", "--format", "json", "."]);
    assert_eq!((found.code, found.err.as_str()), (2, ""));
    let found = found.json();
    let places: Vec<_> = found
        .iter()
        .map(|one| (one["line"].as_u64().unwrap(), one["column"].as_u64().unwrap(), one["length"].as_u64().unwrap()))
        .collect();
    assert_eq!(places, [(2, 1, 4), (2, 10, 5), (3, 8, 1)]);
    let keys: Vec<_> = found[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["file", "line", "column", "length", "severity", "code", "message", "help"]);
    assert!(found[0]["severity"] == "error" && found[0]["code"] == Value::Null);
}

#[test]
fn colour_is_for_terminals_and_for_who_asks() {
    let place = Place::new();
    place.put("a.toml", "schema = 1\nhost = 1\n");
    let args = ["rules", "check", "a.toml"];
    let run = |variable: &str| Ran::of(place.command(&args).env(variable, "1").output().unwrap()).err;
    assert!(!place.run(&args).err.contains('\u{1b}'), "not a terminal");
    assert!(run("CLICOLOR_FORCE").contains("\u{1b}["), "asked for");
    assert!(!run("NO_COLOR").contains('\u{1b}'));
}

#[test]
fn a_hostile_file_cannot_speak_to_the_terminal() {
    let place = Place::new();
    place.put("a.toml", "schema = 1\n\"\u{9b}2J\\u001b[2J\" = 1\nname = 7 # \u{9b}31m \u{202e}evil\n");
    let err = place.run(&["rules", "check", "a.toml"]).err;
    assert!(!err.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{err:?}");
}

#[test]
fn the_schema_is_written_for_editors() {
    let ran = Place::new().run(&["rules", "schema"]);
    let schema: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &schema["properties"]["schema"]["const"]), (0, &1.into()));
}
