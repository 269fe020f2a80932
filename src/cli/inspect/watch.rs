//! `inspect --watch`: makes the report anew when the page or a rule file was saved.
//!
//! Files are looked at when the browser asks, a few times a second, so nothing runs while nobody looks. A rule file with a mistake is what one
//! has while writing it: the report says what is wrong, above what was there before. Talking to the browser is [`serve`](super::serve)'s.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use super::serve::{self, Answer, Site};
use super::{Inspected, Report};
use crate::cli::args::page::InspectArgs;
use crate::cli::output::Output;
use crate::cli::pages::{self, Source};
use crate::cli::{Outcome, rules, show};

/// Serves the report until the command is ended.
pub(super) fn run(args: &InspectArgs) -> anyhow::Result<Outcome> {
    let watched = Watched { args, state: Mutex::default() };
    let server = serve::Server::bind(args.port)?;
    let mut out = Output::stdout();
    out.text(&format!("{} shows {}; it ends with Ctrl-C\n", server.address(), args.page.display()))?;
    out.finish()?;
    server.run(&watched)
}

struct Watched<'a> {
    args: &'a InspectArgs,
    state: Mutex<State>,
}

/// What was made of the files last.
#[derive(Default)]
struct State {
    seen: Vec<Stamp>,
    version: u64,
    inspected: Inspected,
    mistake: Option<String>,
}

/// A file as it was: another time or length is another file.
type Stamp = (PathBuf, Option<(SystemTime, u64)>);

impl Site for Watched<'_> {
    fn get(&self, path: &str) -> Option<Answer> {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let seen = self.stamps();
        if state.version == 0 || seen != state.seen {
            state.version += 1;
            state.seen = seen;
            match self.inspect() {
                Ok(inspected) => {
                    state.inspected = inspected;
                    state.mistake = None;
                }
                Err(error) => state.mistake = Some(show::error_text(&error)),
            }
        }
        match path {
            "/" => {
                let name = self.args.page.display().to_string();
                let State { version, inspected, mistake, .. } = &*state;
                let Inspected { explanation, remedies } = inspected;
                let report = Report { name: &name, explanation, remedies, version: Some(*version), mistake: mistake.as_deref() };
                Some(Answer { kind: "text/html; charset=utf-8", policy: Report::policy(true), body: report.html() })
            }
            "/version" => Some(Answer {
                kind: "text/plain; charset=utf-8",
                policy: "default-src 'none'".to_owned(),
                body: state.version.to_string(),
            }),
            _ => None,
        }
    }
}

impl Watched<'_> {
    fn inspect(&self) -> anyhow::Result<Inspected> {
        let reading = &self.args.reading;
        let page = Source::open(&self.args.page)?.read_all()?;
        let sieve = pages::sieve(rules::gather(&reading.read.rules)?, &reading.read, reading.favor, true)?;
        Inspected::of(&sieve, reading, &page)
    }

    /// The page, and every file of the folders that rules come from.
    fn stamps(&self) -> Vec<Stamp> {
        let mut stamps = vec![stamp(&self.args.page)];
        for (path, _) in rules::sources(&self.args.reading.read.rules) {
            files(&path, 8, &mut stamps);
        }
        stamps.sort();
        stamps
    }
}

fn stamp(path: &Path) -> Stamp {
    let meta = fs::metadata(path).and_then(|meta| Ok((meta.modified()?, meta.len()))).ok();
    (path.to_owned(), meta)
}

fn files(path: &Path, depth: u32, stamps: &mut Vec<Stamp>) {
    match fs::read_dir(path) {
        Ok(entries) if depth > 0 => entries.flatten().for_each(|entry| files(&entry.path(), depth - 1, stamps)),
        _ => stamps.push(stamp(path)),
    }
}
