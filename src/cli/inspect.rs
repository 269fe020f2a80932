//! `inspect`: the explanation of a page as a report for the eyes, in one file, or served while rules are being written.
//!
//! It decides which blocks are worth looking for a remedy, and where the report goes. What it says is the library's, how it looks [`html`]'s.
//! It must not know rules.

mod detail;
mod html;
mod serve;
mod watch;

use std::path::Path;

use anyhow::bail;
use storysieve::Sieve;
use storysieve::workbench::{Explanation, Remedy, Verdict};

use super::args::page::{InspectArgs, Reading};
use super::output::Output;
use super::pages::{self, Source};
use super::{Outcome, explain, rules};
use html::Report;

/// `inspect`.
pub(crate) fn run(args: &InspectArgs) -> anyhow::Result<Outcome> {
    if args.watch {
        if args.page == Path::new("-") {
            bail!("--watch looks at a file again and again, and standard input is read once: give the page's name");
        }
        return watch::run(args);
    }
    let mut source = Source::open(&args.page)?;
    let page = source.read_all()?;
    let rules = rules::gather(&args.reading.read.rules)?;
    rules::tell_replaced(&rules);
    let sieve = pages::sieve(rules, &args.reading.read, args.reading.favor, true)?;
    let Inspected { explanation, remedies } = Inspected::of(&sieve, &args.reading, &page)?;
    let report =
        Report { name: &source.name, explanation: &explanation, remedies: &remedies, version: None, mistake: None }.html();
    let mut out = args.output.as_deref().map_or_else(|| Ok(Output::stdout()), Output::file)?;
    out.text(&report)?;
    out.finish()?;
    Ok(Outcome::Written)
}

/// What a report shows.
#[derive(Default)]
struct Inspected {
    explanation: Explanation,
    /// For each block; none for those that nobody looked for remedies of.
    remedies: Vec<Option<Vec<Remedy>>>,
}

/// Bytes that may be read to find remedies for all blocks of a page: some seconds. Each block takes a few readings of the page.
const MOST_READ: u64 = 1 << 27;

impl Inspected {
    fn of(sieve: &Sieve, reading: &Reading, page: &[u8]) -> anyhow::Result<Self> {
        let explanation = explain::explain(sieve, reading, page)?;
        let mut remedies = vec![None; explanation.blocks.len()];
        let asked = worth_asking(&explanation);
        if pages::has_markup(reading.input, page) {
            for (block, found) in asked.iter().zip(explain::remedies(sieve, page, &explanation, &asked)?) {
                remedies[*block] = Some(found);
            }
        }
        Ok(Self { explanation, remedies })
    }
}

/// The blocks whose remedies are looked for: what went or nearly went first, then the story, then the rest, as many as there is time for.
fn worth_asking(explanation: &Explanation) -> Vec<usize> {
    let blocks = &explanation.blocks;
    let rank = |at: &usize| match blocks[*at].verdict {
        Verdict::Removed => 0,
        _ if !blocks[*at].near.is_empty() => 0,
        Verdict::Story | Verdict::Headline => 1,
        _ => 2,
    };
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by_key(rank);
    let readings = |at: &usize| match blocks[*at].verdict {
        // A block that is left out is looked at with all others at a time.
        Verdict::Headline | Verdict::LeftOut => 0,
        Verdict::Removed => 2,
        _ => 4,
    };
    let mut read = 0;
    order
        .into_iter()
        .take_while(|at| {
            read += readings(at) * explanation.bytes;
            read <= MOST_READ
        })
        .collect()
}
