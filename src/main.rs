//! The command `storysieve`: reads its arguments, calls, prints one error, sets the exit code.
//!
//! What the arguments mean is `cli`'s, what happens to a page the library's. It must not know rules, pages or formats.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command: what it has to say goes to the terminal")]

mod cli;

use std::process::ExitCode;

use clap::Parser;

use cli::Outcome;
use cli::args::Args;

fn main() -> ExitCode {
    let args = match Args::try_parse().and_then(Args::checked) {
        Ok(args) => args,
        Err(error) => {
            // Help and version come this way too. When nobody reads them there is nobody to tell.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Outcome::Wrong } else { Outcome::Written });
        }
    };
    cli::run(&args).map_or_else(
        |error| {
            cli::show::error(&error);
            ExitCode::from(Outcome::Wrong)
        },
        ExitCode::from,
    )
}
