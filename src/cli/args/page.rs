//! What can be asked for of one page: how it is read, and the arguments of `explain` and `inspect`.

use std::path::PathBuf;

use clap::ValueEnum;
use storysieve::Kind;

use super::rules::ListFormat;
use super::{Favor, Input, RuleArgs, bytes, kind};

/// How a page is read.
#[derive(Debug, clap::Args)]
pub(crate) struct ReadArgs {
    /// The page's address: chooses site rules and makes links absolute [default: what the page says of itself]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,

    /// Leave blocks of this kind in (repeatable, or with commas)
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kind(), hide_possible_values = true)]
    pub(crate) keep: Vec<Kind>,

    /// Take out blocks of this kind and no others (repeatable, or with commas)
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kind())]
    pub(crate) only: Vec<Kind>,

    /// Remove only what a rule names: do not recognize appeals by their words and shape
    #[arg(long)]
    pub(crate) no_appeals: bool,

    /// The input's encoding, such as windows-1251 [default: what the page says, or a guess]
    #[arg(long, value_name = "LABEL")]
    pub(crate) encoding: Option<String>,

    /// What page mode (--page) may hold back while a rule is undecided, such as 64K or 1M [default: 64K]
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) max_hold: Option<usize>,
}

const EXPLAIN_HELP: &str = "\
Examples:
  Every block of a page, and what became of it:
    storysieve explain page.html | less -R

  Why is this line gone, or still there, and what would change that?
    storysieve explain page.html --line \"Support our journalism\"

  The blocks that a rule removed, for a program:
    storysieve explain page.html --format json | jq '.blocks[] | select(.verdict == \"removed\")'

Exit codes: 0 explained, 1 a --line is not on the page, 2 something was wrong.";

/// Tell of every block of a page what became of it, which rule did it, and what nearly did
///
/// Blocks come in page order, each with its line in the page and the elements around it: story, headline, left out (no story, but no rule
/// removed it) or removed. Then why, by which rule of which file and line, what nearly matched and which bound stopped it, and
/// how many bytes of the page went by before page mode could decide.
#[derive(Debug, clap::Args)]
#[command(after_help = EXPLAIN_HELP)]
pub(crate) struct ExplainArgs {
    /// The page; - reads standard input
    #[arg(value_name = "PAGE")]
    pub(crate) page: PathBuf,

    /// Only the blocks that hold this line, or a piece of it, and the TOML that would change what becomes of them (repeatable)
    #[arg(long, value_name = "TEXT")]
    pub(crate) line: Vec<String>,

    /// Text for a person, or one JSON object
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Text)]
    pub(crate) format: ListFormat,

    /// When to use colour; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

const INSPECT_HELP: &str = "\
Examples:
  A page and what became of it, to look at in a browser:
    storysieve inspect page.html -o report.html

  The same while a rule is being written; the browser shows each save:
    storysieve inspect --rules my-site.toml page.html --watch

In the report j and k go from block to block, Enter opens one, Escape closes it, / looks for words. It is one file that fetches nothing,
and nothing of the page runs in it.

Exit codes: 0 written, 2 something was wrong.";

/// Lay a page out for the eyes: its text in order, story, removed and left out told apart, and why
///
/// The report is one HTML file. Each block opens to the rule and the evidence, what nearly matched, and the rule file that would change
/// what becomes of it, to copy.
#[derive(Debug, clap::Args)]
#[command(after_help = INSPECT_HELP)]
pub(crate) struct InspectArgs {
    /// The page; - reads standard input
    #[arg(value_name = "PAGE")]
    pub(crate) page: PathBuf,

    /// Write to this file instead of standard output; it is replaced only when all went well
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Serve the report to a browser on this machine, and show it anew when the page or a rule file is saved
    #[arg(long, conflicts_with = "output")]
    pub(crate) watch: bool,

    /// With --watch: the port to serve on [default: any that is free]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true, requires = "watch")]
    pub(crate) port: u16,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// How a page is read for whoever explains it.
#[derive(Debug, clap::Args)]
pub(crate) struct Reading {
    /// What the input is; auto looks for tags
    #[arg(long, value_enum, value_name = "SORT", default_value_t = Input::Auto)]
    pub(crate) input: Input,

    /// What counts for more when it is not sure what is story: that nothing foreign is in it, or that nothing of it is missing [default: both alike]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) favor: Option<Favor>,

    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}
