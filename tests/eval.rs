//! `storysieve eval` as a user meets it: labels and pages in, scores out, and what it says of labels that are wrong.
//!
//! How scores are counted is tested beside the code; the figures here are few enough to be worked out by hand.
#![allow(clippy::unwrap_used, reason = "a test should fail where something is missing")]

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

const HARBOUR: &str = "The harbour of Brennick reopened on Monday, eleven months after the storm that sank two ferries.";
const HERRING: &str =
    "Fishermen said that the first catch was small but good, and that herring would be cheap by the end of the month.";
const MAYOR: &str = "The mayor, who had promised the works would be over by spring, cut the ribbon and left in the rain.";

struct Place(TempDir);

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Place {
    /// Three pages of one story each, and their labels: two with the story's text, one with snippets alone.
    fn new() -> Self {
        let place = Self(TempDir::new().unwrap());
        for id in ["a", "b", "c"] {
            place.put(&format!("pages/{id}.html"), &page());
        }
        place.labels(&json!({
            "a": {"url": "https://brennick.example/a", "type": "article", "text": story(), "with": ["sank two ferries"], "without": ["Sea news"]},
            "b": {"url": "", "type": "note", "text": "Nothing of that.", "with": [], "without": []},
            "c": {"url": "no address", "type": "article", "text": null, "with": ["The mayor", "a fish's tale"], "without": ["herring", "Cookie"]},
        }));
        place
    }

    fn put(&self, name: &str, content: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn labels(&self, labels: &Value) {
        self.put("pages.json", &labels.to_string());
    }

    fn eval(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_storysieve"));
        // Without the built-in rules it is told at once what is wrong.
        command
            .arg("eval")
            .args(args)
            .arg("--no-default-rules")
            .current_dir(self.0.path())
            .env_remove("STORYSIEVE_RULES")
            .stdin(Stdio::null());
        for variable in ["HOME", "XDG_CONFIG_HOME", "APPDATA"] {
            command.env(variable, self.0.path().join("config"));
        }
        let output = command.output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn json(&self, args: &[&str]) -> Value {
        let ran = self.eval(&[&["pages.json", "pages", "--format", "json"], args].concat());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        serde_json::from_str(&ran.out).unwrap()
    }
}

fn page() -> String {
    format!(
        "<!doctype html><html><head><title>Harbour reopens</title></head><body><nav><a href=/>Home</a> <a href=/sea>Sea news</a></nav>\
         <article><h1>Harbour reopens</h1><p>{HARBOUR}</p><p>{HERRING}</p><p>{MAYOR}</p></article></body></html>"
    )
}

fn story() -> String {
    [HARBOUR, HERRING, MAYOR].join("\n\n")
}

#[test]
fn scores_are_those_of_the_body_without_its_headline() {
    let place = Place::new();
    let told = place.json(&[]);
    let own = &told["systems"][0];
    assert_eq!(own["name"], "storysieve");
    assert_eq!(own["types"]["article"], json!({"pages": 1, "f1": 1.0}));
    assert_eq!(own["types"]["note"], json!({"pages": 1, "f1": own["types"]["note"]["f1"]}));
    // Of the words of page b only "of" and "that" are in the story.
    let words = story().split_whitespace().count() as f64;
    let note = 2.0 * (2.0 / words) * (2.0 / 3.0) / (2.0 / words + 2.0 / 3.0);
    assert!((own["types"]["note"]["f1"].as_f64().unwrap() - note).abs() < 1e-9, "{told}");
    assert!((own["f1"].as_f64().unwrap() - (1.0 + note) / 2.0).abs() < 1e-9);
    assert!((own["shingle_f1"].as_f64().unwrap() - shingle_f1(words)).abs() < 1e-9);
    // Three with, of which two are kept; three without, of which one leaks.
    assert_eq!((&own["with"], &own["without"]), (&json!(2.0 / 3.0), &json!(2.0 / 3.0)));
    assert_eq!(own["snippet_f1"], json!(4.0 / 6.0));
    assert_eq!((&own["leaked"], &own["without_lines"]), (&json!(1), &json!(3)));
}

/// Page a shares every run of four words with its text, page b none: its text is one run, the story all others.
fn shingle_f1(words: f64) -> f64 {
    let runs = words - 3.0;
    let (extra, missing) = (runs / (runs + 1.0), 1.0 / (runs + 1.0));
    let (precision, recall) = (1.0 / (1.0 + extra), 1.0 / (1.0 + missing));
    2.0 * precision * recall / (precision + recall)
}

#[test]
fn speed_counts_every_byte_of_every_page() {
    let place = Place::new();
    let told = place.json(&["--threads", "2"]);
    assert_eq!(told["pages"], 3);
    assert_eq!(told["bytes"], 3 * page().len());
    let seconds = told["seconds"].as_f64().unwrap();
    assert!((told["pages_a_second"].as_f64().unwrap() - 3.0 / seconds).abs() < 1e-6);
    assert!((told["megabytes_a_second"].as_f64().unwrap() - 3.0 * page().len() as f64 / 1e6 / seconds).abs() < 1e-6);
}

#[test]
fn what_is_saved_scores_the_same_when_it_is_compared() {
    let place = Place::new();
    place.json(&["--save", "pages.jsonl"]);
    let told = place.json(&["--compare", "pages.jsonl"]);
    let [own, saved] = told["systems"].as_array().unwrap().as_slice() else { panic!("two extractors: {told}") };
    for figure in ["f1", "precision", "recall", "shingle_f1", "types", "with", "without", "snippet_f1", "leaked", "pages"] {
        assert_eq!(own[figure], saved[figure], "{figure}");
    }
}

#[test]
fn other_extractors_stand_beside_it() {
    let place = Place::new();
    let line = |id: &str, text: &str| format!("{}\n", json!({"id": id, "text": text}));
    place.put("peer/pages.jsonl", &(line("pages/a", HARBOUR) + &line("b", "Nothing of that.") + &line("of another set", "?")));
    place.put("none.jsonl", "{\"id\": \"a\", \"text\": null}\n\n");
    let ran = place.eval(&["pages.json", "pages", "--compare", "peer/pages.jsonl", "none.jsonl", "--worst", "2"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let told = place.json(&["--compare", "peer/pages.jsonl", "none.jsonl", "--worst", "2"]);
    let names: Vec<_> = told["systems"].as_array().unwrap().iter().map(|system| system["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["storysieve", "peer", "none"], "a file called as the set is named by its folder");
    place.put("old/storysieve.jsonl", &line("a", HARBOUR));
    let told_old = place.json(&["--compare", "old/storysieve.jsonl"]);
    assert_eq!(told_old["systems"][1]["name"], "old/storysieve.jsonl", "no two have the same name");
    assert_eq!(told["systems"][1]["types"]["note"]["f1"], 1.0);
    assert_eq!(told["systems"][1]["precision"], 1.0);
    assert_eq!(told["systems"][1]["pages"], 2);
    assert_eq!(told["systems"][2]["f1"], 0.0);
    assert!(ran.out.contains("peer returned nothing for 1 pages"), "{}", ran.out);
    assert!(ran.out.contains("none returned nothing for 2 pages"), "{}", ran.out);

    let worst: Vec<_> = told["worst"].as_array().unwrap().iter().map(|page| page["id"].as_str().unwrap()).collect();
    assert_eq!(worst, ["b", "c"], "worst first; a page without a text by its snippets");
    assert_eq!(told["worst"][0]["f1"]["peer"], 1.0);
    let rows: Vec<_> = ran.out.lines().skip_while(|line| !line.starts_with("worst")).skip(1).collect();
    assert!(rows[1].starts_with("b ") && rows[2].starts_with("c ") && rows.len() == 3, "{}", ran.out);
}

#[test]
fn only_what_the_labels_allow_is_told() {
    let place = Place::new();
    let all = place.eval(&["pages.json", "pages"]);
    for head in ["word F1", "article (1)", "snippet F1", "1 of 3"] {
        assert!(all.out.contains(head), "{head}: {}", all.out);
    }
    place.labels(&json!({"a": {"type": "article", "text": story()}, "b": {"type": "article", "text": story()}}));
    let texts = place.eval(&["pages.json", "pages"]);
    assert!(texts.out.contains("word F1") && !texts.out.contains("snippet") && !texts.out.contains("article ("), "{}", texts.out);
    let told = place.json(&[]);
    assert_eq!((&told["systems"][0]["with"], &told["systems"][0]["snippet_f1"]), (&Value::Null, &Value::Null));
    place.labels(&json!({"a": {"without": ["Home"]}}));
    let snippets = place.eval(&["pages.json", "pages"]);
    assert!(!snippets.out.contains("word F1") && snippets.out.contains("0 of 1"), "{}", snippets.out);
    assert_eq!(place.json(&[])["systems"][0]["f1"], Value::Null);
}

#[test]
fn a_set_may_be_a_list_of_pages_in_several_folders() {
    let place = Place::new();
    place.labels(&json!([{"id": "pages/a", "with": ["The mayor"], "without": ["Sea news"]}]));
    let ran = place.eval(&["pages.json", ".", "--format", "json"]);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&told["systems"][0]["with"], &told["systems"][0]["leaked"]), (&json!(1.0), &json!(0)));
}

#[test]
fn given_rules_are_used_and_the_labels_address_chooses_them() {
    let place = Place::new();
    place.put(
        "brennick.toml",
        "schema = 1\nname = \"Brennick\"\nhosts = [\"brennick.example\"]\n\n[[remove]]\nid = \"mayor\"\nkind = \"promo\"\ntext = [\"the mayor, who\"]\nmax_chars = 200\n",
    );
    let told = place.json(&["--rules", "brennick.toml"]);
    let own = &told["systems"][0];
    assert!(own["types"]["article"]["f1"].as_f64().unwrap() < 1.0, "page a is of that host");
    assert_eq!(own["with"], json!(2.0 / 3.0), "page c is not, and keeps its mayor");
}

#[test]
fn wrong_input_is_named() {
    let place = Place::new();
    let long = json!({"a": {"text": story()}, "gone": {"text": "x"}, "lost": {"text": "x"}});
    for (labels, expected) in [
        ("{", "pages.json is not JSON"),
        ("3", "pages.json is no set of labelled pages: a set is an object of pages by their id, or a list of pages"),
        ("{}", "pages.json holds no page"),
        (r#"{"a": 3}"#, r#"page "a": a page must be an object"#),
        (
            r#"{"a": {"url": "https://x.example"}}"#,
            r#"page "a" has no label: give it a "text", or snippets in "with" or "without""#,
        ),
        (r#"{"a": {"text": 3}}"#, r#"page "a": "text" must be a string"#),
        (r#"{"a": {"with": ["x", 3]}}"#, r#"page "a": "with" must be a list of strings"#),
        (r#"[{"text": "x"}]"#, r#"a page of a list needs an "id""#),
        (r#"[{"id": "a", "text": "x"}, {"id": "a", "text": "y"}]"#, r#"page "a" is in it twice"#),
        (&long.to_string(), "2 of the set's 3 pages are not in pages: the first is pages/gone.html"),
    ] {
        place.put("pages.json", labels);
        let ran = place.eval(&["pages.json", "pages"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{labels}");
        assert!(ran.err.starts_with("storysieve: ") && ran.err.contains(expected), "{labels}: {}", ran.err);
    }
}

#[test]
fn wrong_outputs_of_others_are_named_with_their_line() {
    let place = Place::new();
    for (outputs, expected) in [
        ("{\"id\": \"a\", \"text\": \"x\"}\nno json\n", "peer.jsonl:2: a line must be"),
        ("[]\n", "peer.jsonl:1: a line must be"),
        ("{\"text\": \"x\"}\n", "\"id\" is missing"),
        ("{\"id\": \"a\"}\n", "\"text\" is missing"),
        ("{\"id\": \"z\", \"text\": \"x\"}\n", "peer.jsonl has none of the pages of pages"),
        ("", "peer.jsonl has none of the pages of pages"),
    ] {
        place.put("peer.jsonl", outputs);
        let ran = place.eval(&["pages.json", "pages", "--compare", "peer.jsonl"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{outputs}");
        assert!(ran.err.contains(expected), "{outputs}: {}", ran.err);
    }
    for args in [["no.json", "pages"], ["pages.json", "no"]] {
        let ran = place.eval(&args);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("no.json cannot be read") || ran.err.contains("are not in no"), "{}", ran.err);
    }
    assert_eq!(place.eval(&["pages.json", "pages", "--threads", "0"]).code, 2);
}
