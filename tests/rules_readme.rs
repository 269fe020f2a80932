//! The tutorial of `rules/README.md`, followed to the letter, and its reference, held against the schema.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test should fail where something is missing")]

mod place;

use std::path::{Path, PathBuf};
use std::process::Command;

use place::Place;

fn readme() -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// A file, commands, or what they say; with the sentence before it.
struct Block {
    language: String,
    before: String,
    text: String,
    /// Its lines in the README.
    lines: std::ops::Range<usize>,
}

/// The fenced blocks of the tutorial.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    let mut before = String::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("## ") {
            inside = line.starts_with("## Ten minutes");
        }
        if !inside {
            continue;
        }
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                let before = std::mem::take(&mut before);
                open = Some(Block { language: language.to_owned(), before, text: String::new(), lines: number + 1..number + 1 });
            }
            (Some(block), Some(_)) => {
                block.lines.end = number;
                blocks.extend(open.take());
            }
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {
                before.push_str(line);
                before.push(' ');
            }
        }
    }
    blocks
}

/// The day changes.
fn without_day(text: &str) -> String {
    let day = |line: &&str| !line.starts_with("checked = ");
    text.lines().filter(day).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// With `STORYSIEVE_WRITE=1` in the environment, what is said now is written into the README.
#[test]
fn every_command_of_the_tutorial_says_what_the_tutorial_says() {
    let (path, readme) = readme();
    let place = Place::new();
    let folder = Path::new(env!("CARGO_BIN_EXE_storysieve")).parent().unwrap();
    let search = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut new: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    let mut said = String::new();
    let mut commands = 0;
    let mut differences = String::new();
    for block in blocks(&readme) {
        let name = block.before.rsplit_once("`").and_then(|(rest, _)| rest.rsplit_once('`')).map(|(_, name)| name.to_owned());
        let mut expect = |found: &str| {
            if without_day(found) != without_day(&block.text) {
                differences.push_str(&format!("README line {}:\n{}\nfound:\n{found}\n", block.lines.start, block.text));
            }
        };
        match block.language.as_str() {
            "sh" => {
                said.clear();
                for line in block.text.lines() {
                    commands += 1;
                    let mut shell = Command::new("sh");
                    let plain = place.command(&[]);
                    for (variable, value) in plain.get_envs() {
                        match value {
                            Some(value) => shell.env(variable, value),
                            None => shell.env_remove(variable),
                        };
                    }
                    let output = shell
                        .arg("-c")
                        .arg(format!("{line} 2>&1"))
                        .env("PATH", &search)
                        .current_dir(place.path(""))
                        .output()
                        .unwrap();
                    said.push_str(&String::from_utf8(output.stdout).unwrap());
                }
            }
            "text" => {
                expect(&said);
                new.push((block.lines.clone(), said.trim_end().to_owned()));
            }
            _ if block.before.contains("Save this as") => place.put("tides.html", &block.text),
            _ if block.before.contains("Add this to") => {
                let name = name.unwrap();
                place.put(&name, format!("{}\n{}", place.get(&name), block.text));
            }
            _ if block.before.contains("It wrote") => {
                let file = place.get(&name.unwrap());
                expect(&file);
                new.push((block.lines.clone(), file.trim_end().to_owned()));
            }
            other => panic!("a block of {other} that nothing is done with: {}", block.text),
        }
    }
    assert!(commands >= 8, "commands are missing");
    if std::env::var_os("STORYSIEVE_WRITE").is_some() {
        let mut lines: Vec<String> = readme.lines().map(str::to_owned).collect();
        // From the end on, so that the places before stay what they are.
        for (place, text) in new.into_iter().rev() {
            lines.splice(place, [text]);
        }
        std::fs::write(path, format!("{}\n", lines.join("\n"))).unwrap();
    } else {
        assert!(differences.is_empty(), "{differences}");
    }
}

#[test]
fn the_reference_names_every_key() {
    let (_, readme) = readme();
    let reference = readme.split("## Every key").nth(1).unwrap().split("\n## ").next().unwrap();
    let schema: serde_json::Value = serde_json::from_str(storysieve::workbench::SCHEMA).unwrap();
    for table in ["", "/properties/story", "/$defs/remove", "/$defs/test", "/$defs/cue", "/$defs/parts", "/$defs/end"] {
        for key in schema.pointer(table).unwrap()["properties"].as_object().unwrap().keys() {
            let named = reference.contains(&format!("`{key}`"))
                || reference.contains(&format!("`[{key}]`"))
                || reference.contains(&format!("`[[{key}]]`"));
            // `[[remove]]` is what the table is of.
            assert!(named || key == "remove", "{key}");
        }
    }
}
