//! `explain`: what became of each block of a page, for a person or a program.
//!
//! It decides which blocks are told of. What there is to tell is the library's, how it looks [`text`]'s and [`json`]'s. It must not know
//! rules.

pub(crate) mod json;
mod text;

use anstream::ColorChoice;
use rayon::prelude::*;
use storysieve::Sieve;
use storysieve::workbench::{self, Explanation, Remedies, Remedy};

use super::args::page::{Color, ExplainArgs, Reading};
use super::args::rules::ListFormat;
use super::output::Output;
use super::pages::{self, Source};
use super::{Outcome, diagnostics, rules, show};

/// `explain`.
pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let rules = rules::gather(&args.reading.read.rules)?;
    rules::tell_replaced(&rules);
    let sieve = pages::sieve(rules, &args.reading.read, args.reading.favor, true)?;
    let mut source = Source::open(&args.page)?;
    let page = source.read_all()?;
    let explanation = explain(&sieve, &args.reading, &page)?;
    let mut outcome = Outcome::Written;
    let mut told: Vec<usize> = Vec::new();
    for line in &args.line {
        let found = explanation.find(line);
        if found.is_empty() {
            show::note(&missing(&explanation, &source.name, line));
            outcome = Outcome::Unmet;
        }
        told.extend(found);
    }
    told.sort_unstable();
    told.dedup();
    if args.line.is_empty() {
        told = (0..explanation.blocks.len()).collect();
    }
    let remedies = if args.line.is_empty() { Vec::new() } else { remedies(&sieve, &page, &explanation, &told)? };
    let mut out = Output::stdout();
    if args.format == ListFormat::Json {
        out.text(&format!("{}\n", json::page(&explanation, &source.name, &told, &remedies)))?;
    } else if !told.is_empty() || args.line.is_empty() {
        let text = text::page(&explanation, &source.name, &told, &remedies, diagnostics::width());
        out.text(&if colours(args.color) { text } else { anstream::adapter::strip_str(&text).to_string() })?;
    }
    out.finish()?;
    Ok(outcome)
}

/// Explains a page, or a text without markup.
pub(crate) fn explain(sieve: &Sieve, reading: &Reading, page: &[u8]) -> anyhow::Result<Explanation> {
    let markup = pages::has_markup(reading.input, page);
    Ok(if markup { workbench::explain(sieve, page)? } else { workbench::explain_text(sieve, page)? })
}

/// The rule files that would change what becomes of these blocks, for each.
pub(crate) fn remedies(
    sieve: &Sieve,
    page: &[u8],
    explanation: &Explanation,
    told: &[usize],
) -> anyhow::Result<Vec<Vec<Remedy>>> {
    let remedies = Remedies::new(sieve, page, explanation)?;
    Ok(told.par_iter().map(|block| remedies.of(*block)).collect::<Result<_, _>>()?)
}

fn missing(explanation: &Explanation, page: &str, line: &str) -> String {
    let nearest = explanation.nearest(line).and_then(|at| explanation.blocks.get(at));
    let nearest = nearest.map_or_else(
        || "nothing on the page is like it".to_owned(),
        |block| format!("line {} is most like it: {:?}", block.line, text::shortened(&block.text, 80)),
    );
    format!("{page} has no block that says {line:?}; {nearest}")
}

fn colours(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => !matches!(anstream::AutoStream::choice(&std::io::stdout()), ColorChoice::Never),
    }
}
