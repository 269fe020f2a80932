//! What can be asked for on the command line, and the help that teaches it.
//!
//! It decides which arguments there are and which contradict each other; those of `rules` are in [`rules`]. What they do is for the rooms that read them. It must not open
//! a file or look at the environment.

pub(crate) mod page;
pub(crate) mod rules;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use storysieve::Kind;

use page::ReadArgs;

/// Takes the story out of a web page, and the appeals out of the story
///
/// Reads pages, from files or standard input, and writes their main story: without navigation, comments and related links, and without
/// the blocks that ask the reader for money, an address or a click. With --page it writes the whole page, byte for byte, less
/// those blocks. What an appeal is stands in rule files; the common ones are built in.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) sieve: SieveArgs,
}

const EXAMPLES: &str = "\
Examples:
  The story of a page, as text:
    curl -s https://example.com/story | storysieve --url https://example.com/story

  The same page without its appeals, as it streams by:
    curl -s https://example.com/story | storysieve --page > clean.html

  Stories and metadata of many pages, one JSON object a line:
    storysieve --format json pages/*.html > stories.jsonl

  Which rule removed what, and what nearly went:
    storysieve explain page.html

  A rule file of your own: check it, then use it beside the built-in ones:
    storysieve rules check my-site.toml && storysieve --rules my-site.toml page.html

Exit codes: 0 written, 1 no story found, 2 something was wrong.
A file with the name of a subcommand is given with its folder: ./rules";

/// How pages are read and written.
#[derive(Debug, clap::Args)]
pub(crate) struct SieveArgs {
    /// Pages to read, one after the other; standard input if there is none, or for -
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// How the story is written
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub(crate) format: Format,

    /// How json writes the story's body
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Body::Text)]
    pub(crate) json_body: Body,

    /// Write the whole page less its appeals, every other byte unchanged, instead of its story
    #[arg(long, conflicts_with_all = ["format", "json_body", "no_title"])]
    pub(crate) page: bool,

    /// What the input is; auto looks for tags
    #[arg(long, value_enum, value_name = "SORT", default_value_t = Input::Auto)]
    pub(crate) input: Input,

    /// Leave the headline out of the story's body
    #[arg(long)]
    pub(crate) no_title: bool,

    /// What counts for more when it is not sure what is story: that nothing foreign is in it, or that nothing of it is missing [default: both alike]
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with = "page")]
    pub(crate) favor: Option<Favor>,

    /// With --format json: add the reader comments of the page, as "comments"
    #[arg(long, conflicts_with = "page")]
    pub(crate) comments: bool,

    #[command(flatten)]
    pub(crate) read: ReadArgs,

    /// Write what was removed to this file, one JSON object a line; no file but an older report is written over
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Tell on standard error which rule removed what, what nearly went and why it stayed
    #[arg(long)]
    pub(crate) explain: bool,

    /// Write to this file instead of standard output; it is replaced only when all went well
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// What a story is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Favor {
    /// Nothing foreign in it
    Precision,
    /// Nothing of it missing
    Recall,
}

/// Where rules come from.
#[derive(Debug, clap::Args)]
pub(crate) struct RuleArgs {
    /// A rule file, or a folder of them, to use before the others, and in place of those of the same name (repeatable). Those of the
    /// config folder (storysieve/rules) and of the path list in STORYSIEVE_RULES are used as well
    #[arg(long, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,

    /// Use the rules given by --rules and no others: no built-in ones, no config folder, no STORYSIEVE_RULES
    #[arg(long)]
    pub(crate) no_default_rules: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// See which rules there are; write, check, test and format your own
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    Explain(page::ExplainArgs),
    Inspect(page::InspectArgs),
    /// Score the stories of labelled pages, and other extractors' outputs beside them
    Eval(EvalArgs),
}

/// Which labelled pages are evaluated, and what is told.
#[derive(Debug, clap::Args)]
pub(crate) struct EvalArgs {
    /// The labels: {"<id>": {"url", "type", "text", "with": [...], "without": [...]}}, or a list of such pages, each with its "id"
    #[arg(value_name = "SET.json")]
    pub(crate) set: PathBuf,

    /// The folder of the pages, each <id>.html
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,

    /// What other extractors returned, {"id", "text"} a line
    #[arg(long, value_name = "OUT.jsonl", num_args = 1..)]
    pub(crate) compare: Vec<PathBuf>,

    /// Name the pages with the worst F1, this many
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) worst: usize,

    /// Write the stories to this file, as --compare reads them
    #[arg(long, value_name = "OUT.jsonl")]
    pub(crate) save: Option<PathBuf>,

    /// Pages to work on at a time. The speed told is that of one thread; it is truest with one
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = threads)]
    pub(crate) threads: usize,

    /// Tables, or one JSON object
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t = rules::ListFormat::Text)]
    pub(crate) format: rules::ListFormat,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Html,
    Text,
    Markdown,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Body {
    Text,
    Html,
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Input {
    Auto,
    Html,
    Text,
}

impl Args {
    /// Refuses what contradicts itself in ways that clap cannot be told.
    pub(crate) fn checked(self) -> Result<Self, clap::Error> {
        let sieve = &self.sieve;
        let wrong = if sieve.page && sieve.input == Input::Text {
            "--page cannot be used with --input text: a text without markup is no page. Leave one of them out"
        } else if sieve.json_body != Body::Text && sieve.format != Format::Json {
            "--json-body says what json holds: add --format json, or give the format itself by --format"
        } else {
            return Ok(self);
        };
        Err(Self::command().error(ErrorKind::ArgumentConflict, wrong))
    }
}

pub(super) fn kind() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name)).try_map(|name| name.parse::<Kind>())
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("write a number from 1 on".to_owned()),
        Ok(threads) => Ok(threads),
    }
}

/// A number of bytes, by 1,024 for each step of K, M and G.
fn bytes(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err("write a number of bytes, such as 65536, 64K or 1M".to_owned()),
    };
    let number: usize = digits.parse().map_err(|_| "write a number of bytes, such as 65536, 64K or 1M".to_owned())?;
    match number.checked_mul(1 << shift) {
        Some(0) => Err("with 0 bytes no rule could decide anything: leave it out or give it a size".to_owned()),
        Some(bytes) => Ok(bytes),
        None => Err("that is more than this machine can count".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn sizes_are_read_with_and_without_a_suffix() {
        for (text, expected) in
            [("1", Some(1)), ("64K", Some(65_536)), ("64kib", Some(65_536)), ("1M", Some(1 << 20)), ("0", None)]
        {
            assert_eq!(bytes(text).ok(), expected, "{text}");
        }
        for text in ["", "K", "-1", "1.5M", "64X", "64 K", "99999999999999999999", "18446744073709551615K"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
