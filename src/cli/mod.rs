//! The rooms of the command.
//!
//! It decides what a run comes to and which part of the command does it: [`args`] says what can be asked for, [`pages`] sieves,
//! [`explain`] tells of blocks, [`inspect`] shows them, [`eval`] scores stories, [`rules`] finds and lists rule files, [`import`] makes them of others' rules, [`check`] holds them against the language, [`fmt`] lays them out,
//! [`test`] runs their tests, [`new`] writes them for a page, [`output`] writes files and [`show`] words. It must not know what a rule
//! or a page is.

pub(crate) mod args;
mod check;
mod diagnostics;
mod eval;
mod explain;
mod fmt;
mod import;
mod inspect;
mod new;
mod output;
mod pages;
mod rules;
pub(crate) mod show;
mod test;

use std::process::ExitCode;

use args::rules::RulesCommand;
use args::{Args, Command};

/// What a run came to, as its exit code promises it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything that was asked for is written.
    Written,
    /// What was looked for is not there: a page has no story, a test fails, a warning was to count.
    Unmet,
    /// Something was wrong: an argument, a rule file, a file.
    Wrong,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Written => 0,
            Outcome::Unmet => 1,
            Outcome::Wrong => 2,
        })
    }
}

/// Does what was asked for.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    match &args.command {
        None => pages::run(&args.sieve),
        Some(Command::Rules(RulesCommand::List { rules, format })) => rules::list(rules, *format),
        Some(Command::Rules(RulesCommand::Check(args))) => check::check(args),
        Some(Command::Rules(RulesCommand::Explain(args))) => check::explain(args),
        Some(Command::Rules(RulesCommand::Test(args))) => test::test(args),
        Some(Command::Rules(RulesCommand::New(args))) => new::new(args),
        Some(Command::Rules(RulesCommand::Fmt(args))) => fmt::fmt(args),
        Some(Command::Rules(RulesCommand::Schema)) => check::schema(),
        Some(Command::Rules(RulesCommand::Import(args))) => import::run(args),
        Some(Command::Explain(args)) => explain::run(args),
        Some(Command::Inspect(args)) => inspect::run(args),
        Some(Command::Eval(args)) => eval::run(args),
    }
}
