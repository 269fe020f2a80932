//! `rules test`: the tests of rule files, run on all cores, and what failed for a person or a program.
//!
//! It decides how a failure is shown: the line, the rule that is to blame, and the blocks of the page that are not as expected. What a test
//! is and whether it passed is the library's. It must not know rules.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use anstyle::{AnsiColor, Style};
use serde_json::json;
use similar::{ChangeTag, TextDiff};
use storysieve::Rules;
use storysieve::workbench::{Failure, Fault, Ran, Suite, Trial};

use super::args::rules::{ListFormat, TestArgs};
use super::output::Output;
use super::{Outcome, diagnostics, show};

const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const BOLD: Style = Style::new().bold();

/// `rules test`.
pub(crate) fn test(args: &TestArgs) -> anyhow::Result<Outcome> {
    let beside = if args.no_default_rules { Rules::none() } else { Rules::bundled() };
    let suite = Suite::load(&args.paths, beside, args.fixtures.as_deref())?;
    let trials = suite.trials();
    if trials.is_empty() {
        show::note("there is no test here: add a [[test]] with html = \"...\", gone = [...] and stays = [...] to a rule file");
        return Ok(Outcome::Wrong);
    }
    let ran = run(&suite);
    let hit: BTreeSet<String> = ran.iter().flat_map(|ran| ran.hit.iter().cloned()).collect();
    let failed = ran.iter().filter(|ran| !ran.failures.is_empty()).count();
    let idle = if args.coverage { suite.without(&hit) } else { Vec::new() };

    let mut out = Output::stdout();
    if args.format == ListFormat::Json {
        let mut text = String::new();
        for (trial, ran) in trials.iter().zip(&ran) {
            let _ = writeln!(text, "{}", json_line(trial, ran));
        }
        for (id, file, line) in &idle {
            let _ = writeln!(text, "{}", json!({"unhit": id, "file": file, "line": line}));
        }
        out.text(&text)?;
    } else {
        let mut err = anstream::AutoStream::auto(std::io::stderr().lock());
        for (trial, ran) in trials.iter().zip(&ran).filter(|(_, ran)| !ran.failures.is_empty()) {
            // What is said is not worth failing for when nobody listens.
            let _ = writeln!(err, "{}", failure(trial, ran));
        }
        for (id, file, line) in &idle {
            let _ = writeln!(err, "{BOLD}no test hits{BOLD:#} {id} ({file}:{line})");
        }
        drop(err);
        let mut summary = format!("{}: {} passed", if failed + idle.len() == 0 { "ok" } else { "failed" }, trials.len() - failed);
        if failed > 0 {
            let _ = write!(summary, ", {failed} failed");
        }
        if args.coverage {
            let _ = write!(summary, "; {} of {} hit", suite.rules() - idle.len(), show::count(suite.rules(), "rule"));
        }
        out.text(&format!("{summary}\n"))?;
    }
    out.finish()?;
    Ok(if failed + idle.len() == 0 { Outcome::Written } else { Outcome::Unmet })
}

/// Runs all tests, each on the next thread that is free; what came of them is in their order.
fn run(suite: &Suite) -> Vec<Ran> {
    let trials = suite.trials();
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(trials.len());
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            let next = &next;
            scope.spawn(move || {
                while let Some((at, trial)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, trials.get(at)?)))
                {
                    let _ = sender.send((at, suite.run(trial)));
                }
            });
        }
    });
    drop(sender);
    let mut ran: Vec<_> = receiver.iter().collect();
    ran.sort_by_key(|(at, _)| *at);
    ran.into_iter().map(|(_, ran)| ran).collect()
}

fn name(trial: &Trial) -> String {
    if trial.line == 0 { trial.file.clone() } else { format!("{}:{}", trial.file, trial.line) }
}

/// A failed test for a person.
fn failure(trial: &Trial, ran: &Ran) -> String {
    let width = diagnostics::width();
    let mut text = format!("{RED}{BOLD}failed{BOLD:#}{RED:#} {BOLD}{}{BOLD:#}\n", name(trial));
    for failure in &ran.failures {
        let (what, why) = words(failure);
        let _ = writeln!(text, "  {BOLD}{what}:{BOLD:#} {}", short(&failure.line, width.saturating_sub(what.len() + 4)));
        for why in why {
            let _ = writeln!(text, "    {}", why.replace('\n', "\n    "));
        }
    }
    if ran.expected != ran.seen {
        let _ = writeln!(text, "  blocks of the page ({RED}-{RED:#} should be there, {GREEN}+{GREEN:#} should not):");
        text.push_str(&diff(&ran.expected, &ran.seen, width.saturating_sub(6)));
    }
    text
}

/// What is wrong with a line, and what is to blame for it.
fn words(failure: &Failure) -> (&'static str, Vec<String>) {
    let mut why = Vec::new();
    if let Some(by) = &failure.by {
        why.push(format!("taken by {} ({}:{})", by.rule, by.file, by.line));
    }
    let what = match &failure.fault {
        Fault::Stayed => {
            match &failure.near {
                Some(near) => {
                    why.push(format!("nearly taken by {} ({}:{}):\n{}", near.rule, near.file, near.line, show::why(near.why)))
                }
                None => why.push("no rule took it, or nearly took it".to_owned()),
            }
            "stayed"
        }
        Fault::Went => "went",
        Fault::NotOnPage => {
            why.push("the test's page has no such words, so this says nothing".to_owned());
            "not on the page"
        }
        Fault::NotInStory => "not in the story, or not in this order",
        Fault::InStory => "in the story",
        Fault::Silent => {
            why.push("this rule took nothing".to_owned());
            "silent"
        }
        Fault::CutShows(size) => {
            why.push(format!("in chunks of {size} bytes the page came out otherwise; please report this"));
            "the cut shows"
        }
        Fault::Unreadable(error) => {
            why.push(error.clone());
            "cannot be read"
        }
        _ => "failed",
    };
    (what, why)
}

/// Two lists of blocks, a line each, with two lines around what differs.
fn diff(expected: &[String], seen: &[String], width: usize) -> String {
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    let seen: Vec<_> = seen.iter().map(String::as_str).collect();
    let mut text = String::new();
    let diff = TextDiff::configure().diff_slices(&expected, &seen);
    for (index, group) in diff.grouped_ops(2).iter().enumerate() {
        if index > 0 {
            text.push_str("      ...\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', RED),
                ChangeTag::Insert => ('+', GREEN),
                ChangeTag::Equal => (' ', Style::new()),
            };
            let _ = writeln!(text, "    {style}{sign} {}{style:#}", short(change.value(), width));
        }
    }
    text
}

/// A text on one line, cut at the end. It is the page's, and this may be a terminal: control characters do not go out.
fn short(text: &str, width: usize) -> String {
    let mut short: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(width + 1).collect();
    if short.chars().count() > width {
        short = short.chars().take(width.saturating_sub(1)).collect();
        short.push('…');
    }
    short
}

/// A test for a program.
fn json_line(trial: &Trial, ran: &Ran) -> serde_json::Value {
    let failures: Vec<_> = ran
        .failures
        .iter()
        .map(|failure| {
            let fault = match &failure.fault {
                Fault::NotOnPage => "not-on-page",
                Fault::Stayed => "stayed",
                Fault::Went => "went",
                Fault::NotInStory => "not-in-story",
                Fault::InStory => "in-story",
                Fault::Silent => "silent",
                Fault::CutShows(_) => "cut-shows",
                Fault::Unreadable(_) => "unreadable",
                _ => "other",
            };
            let (_, why) = words(failure);
            json!({
                "fault": fault,
                "text": failure.line,
                "rule": failure.by.as_ref().map(|by| &by.rule),
                "near": failure.near.as_ref().map(|near| &near.rule),
                "why": why.join("; "),
            })
        })
        .collect();
    json!({
        "file": trial.file,
        "line": trial.line,
        "url": trial.url,
        "passed": failures.is_empty(),
        "failures": failures,
        "hit": ran.hit,
    })
}
