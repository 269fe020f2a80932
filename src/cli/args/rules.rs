//! The subcommands of `rules`, and the help that teaches them.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use storysieve::workbench::Lint;

use super::RuleArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List the rules that a run would use: id, kind, file and line
    List {
        #[command(flatten)]
        rules: RuleArgs,
        /// A table, or one JSON object a line
        #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Text)]
        format: ListFormat,
    },
    /// Make rule files of site configs and cosmetic filter lists of other programs
    Import(super::super::import::ImportArgs),
    Check(CheckArgs),
    Explain(ExplainArgs),
    Test(TestArgs),
    New(NewArgs),
    Fmt(FmtArgs),
    /// Write the JSON schema of rule files, by which editors complete and check them
    Schema,
}

const CHECK_CODES: &str = "\
Exit codes: 0 all files are right, 1 there are warnings and --strict was given, 2 a file is wrong.

A warning that is wrong for one line of a file is allowed there by a comment on that line or above it:
  # allow: hashed-name: the number is the site's own";

/// Read rule files; name every mistake with its place and its mend, and warn of what may not be meant
#[derive(Debug, clap::Args)]
#[command(after_help = CHECK_CODES)]
pub(crate) struct CheckArgs {
    /// Rule files, or folders of them
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,

    /// Text for a person, or one JSON object a line for an editor
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Text)]
    pub(crate) format: ListFormat,

    /// Do not warn of this (repeatable, or with commas)
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) allow: Vec<Lint>,

    /// Exit with code 1 if there is a warning
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Tell what a warning means, why it matters and what to write instead
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// The code in brackets behind `warning`, such as hashed-name [default: list all]
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<Lint>,
}

const TEST_CODES: &str = "\
Exit codes: 0 all tests passed, 1 one failed, 2 a file is wrong or there is no test.

The rules are used before the built-in ones, and in place of those of the same name.";

/// Run the tests of rule files and fixture folders
#[derive(Debug, clap::Args)]
#[command(after_help = TEST_CODES)]
pub(crate) struct TestArgs {
    /// Rule files, folders with a page.html and a case.toml, or folders of either
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,

    /// Name the rules that no test hits, and fail if there are any
    #[arg(long)]
    pub(crate) coverage: bool,

    /// Where the fixtures of tests are [default: fixtures/cases beside the rule file, or in a folder above it]
    #[arg(long, value_name = "DIR")]
    pub(crate) fixtures: Option<PathBuf>,

    /// Leave out the built-in rules
    #[arg(long)]
    pub(crate) no_default_rules: bool,

    /// Text for a person, or one JSON object a test and line
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Text)]
    pub(crate) format: ListFormat,
}

const NEW_HELP: &str = "\
Example:
  curl -s https://example.com/story > story.html
  storysieve rules new --url https://example.com/ story.html --gone \"Support us\"

It names the block by the steadiest thing it finds: an id, an attribute, a class that no build tool made, its place, its words. \
On a terminal it asks which rule to write, and for what was not given.

Exit codes: 0 written, 1 a line is not on the page, or no rule takes it alone, 2 something was wrong.";

/// Write a rule, and a test of it, for lines that should go from a page
#[derive(Debug, clap::Args)]
#[command(after_help = NEW_HELP)]
pub(crate) struct NewArgs {
    /// The page; - reads standard input
    #[arg(value_name = "PAGE")]
    pub(crate) page: PathBuf,

    /// The page's address: names the host that the rule is for
    #[arg(long, value_name = "URL")]
    pub(crate) url: String,

    /// A line that should go, or a piece of one, as a reader sees it (repeatable)
    #[arg(long, value_name = "LINE", num_args = 1..)]
    pub(crate) gone: Vec<String>,

    /// A line that must stay, beside the story's (repeatable)
    #[arg(long, value_name = "LINE", num_args = 1..)]
    pub(crate) stays: Vec<String>,

    /// What it is [default: what a built-in rule says, else promo]
    #[arg(long, value_name = "KIND", value_parser = super::kind())]
    pub(crate) kind: Option<storysieve::Kind>,

    /// A folder of other pages: says what the rule would take from them, and prefers one that takes nothing of their stories
    #[arg(long, value_name = "DIR")]
    pub(crate) against: Option<PathBuf>,

    /// The rule file, made or added to; - writes standard output, and no test page [default: the host's name with .toml]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

const FMT_CODES: &str = "\
Exit codes: 0 formatted, 1 with --check: a file would change, 2 a file is no TOML.";

/// Lay out rule files the same way: order of keys, blank lines, long lists; comments stay
#[derive(Debug, clap::Args)]
#[command(after_help = FMT_CODES)]
pub(crate) struct FmtArgs {
    /// Rule files, or folders of them; - reads standard input and writes standard output
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,

    /// Change nothing; exit with code 1 if a file would change
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    Json,
}
