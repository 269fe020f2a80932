//! `storysieve eval`: how good the stories of labelled pages are, beside what other extractors returned for the same pages.
//!
//! It decides what is run and timed, and which scores are told. [`set`] reads labels and outputs, [`score`] counts, [`table`] writes.
//! It must not know how a story is found.

mod score;
mod set;
mod table;

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde_json::json;
use storysieve::Sieve;

use super::args::EvalArgs;
use super::args::rules::ListFormat;
use super::output::Output;
use super::{Outcome, rules};
use score::{PageScore, Summary};
use set::Labelled;

/// What this command is called beside others.
const OWN: &str = "storysieve";

/// Everything that is told about a set.
struct Evaluation {
    set: String,
    pages: Vec<Labelled>,
    /// This command first, then the others in the order given.
    systems: Vec<System>,
    speed: Speed,
    /// How many of the worst pages to name.
    worst: usize,
}

/// One extractor's scores.
struct System {
    name: String,
    /// In the order of the set.
    scores: Vec<PageScore>,
    summary: Summary,
    /// Pages for which it returned nothing at all, not even an empty text. They count as empty.
    missing: usize,
}

/// What finding the stories took, from bytes to text, on the one thread that did each.
struct Speed {
    bytes: u64,
    time: Duration,
}

impl Evaluation {
    /// The pages with the worst F1 of this command, worst first.
    fn worst(&self) -> Vec<usize> {
        let scores = &self.systems[0].scores;
        let mut order: Vec<(usize, f64)> =
            scores.iter().enumerate().filter_map(|(at, score)| score.f1().map(|f1| (at, f1))).collect();
        order.sort_by(|one, other| one.1.total_cmp(&other.1));
        order.into_iter().take(self.worst).map(|(at, _)| at).collect()
    }
}

impl System {
    fn new(name: String, pages: &[Labelled], texts: &[Option<&str>]) -> Self {
        let one = |(page, text): (&Labelled, &Option<&str>)| {
            PageScore::of(text.unwrap_or_default(), page.text.as_deref(), &page.with, &page.without)
        };
        let pairs: Vec<_> = pages.iter().zip(texts).collect();
        let scores: Vec<PageScore> = pairs.par_iter().map(|pair| one(*pair)).collect();
        let summary = Summary::of(pages.iter().map(|page| page.kind.as_str()).zip(&scores));
        Self { name, scores, summary, missing: texts.iter().filter(|text| text.is_none()).count() }
    }
}

impl Speed {
    fn pages_a_second(&self, pages: usize) -> f64 {
        pages as f64 / self.time.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    fn megabytes_a_second(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.time.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// Reads, sieves, scores and tells.
pub(crate) fn run(args: &EvalArgs) -> anyhow::Result<Outcome> {
    let set = args.set.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let pages = set::read(&args.set)?;
    let mut others: Vec<(String, HashMap<String, String>)> = Vec::new();
    for path in &args.compare {
        let mut name = system_name(path, &set);
        if name == OWN || others.iter().any(|(other, _)| *other == name) {
            name = path.display().to_string();
        }
        others.push((name, set::read_outputs(path, &set, &pages)?));
    }
    let sieve = Sieve::builder().rules(rules::gather(&args.rules)?).title(false).build()?;
    let threads = rayon::ThreadPoolBuilder::new().num_threads(args.threads).build().context("no threads can be started")?;
    let evaluation = threads.install(|| evaluate(&sieve, set, pages, others, args))?;

    let text = match args.format {
        ListFormat::Text => table::text(&evaluation),
        ListFormat::Json => format!("{}\n", table::json(&evaluation)),
    };
    let mut out = Output::stdout();
    match out.write_all(text.as_bytes()) {
        Err(error) if !out.closed() => Err(error).context("standard output cannot be written"),
        _ => out.finish().map(|()| Outcome::Written),
    }
}

fn evaluate(
    sieve: &Sieve,
    set: String,
    pages: Vec<Labelled>,
    others: Vec<(String, HashMap<String, String>)>,
    args: &EvalArgs,
) -> anyhow::Result<Evaluation> {
    all_there(&pages, &args.folder)?;
    let found: Vec<Found> = pages.par_iter().map(|page| Found::of(sieve, page, &args.folder)).collect::<anyhow::Result<_>>()?;
    if let Some(path) = &args.save {
        save(path, &pages, &found)?;
    }
    let speed = Speed { bytes: found.iter().map(|found| found.bytes).sum(), time: found.iter().map(|found| found.time).sum() };
    let own: Vec<Option<&str>> = found.iter().map(|found| Some(found.text.as_str())).collect();
    let mut systems = vec![System::new(OWN.to_owned(), &pages, &own)];
    for (name, outputs) in others {
        let texts: Vec<Option<&str>> = pages.iter().map(|page| outputs.get(&page.id).map(String::as_str)).collect();
        systems.push(System::new(name, &pages, &texts));
    }
    Ok(Evaluation { set, pages, systems, speed, worst: args.worst })
}

/// A page's story, and what it cost.
struct Found {
    text: String,
    bytes: u64,
    time: Duration,
}

impl Found {
    fn of(sieve: &Sieve, page: &Labelled, folder: &Path) -> anyhow::Result<Self> {
        let file = page.file(folder);
        let bytes = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        // Some sets write a name of their own where a page's address is not known.
        let sieve = page.url.as_ref().and_then(|url| sieve.at(url).ok()).unwrap_or_else(|| sieve.clone());
        let start = Instant::now();
        let text = sieve.story(&bytes)?.text();
        Ok(Self { text, bytes: bytes.len() as u64, time: start.elapsed() })
    }
}

/// Scores of a part of the pages would look like those of all.
fn all_there(pages: &[Labelled], folder: &Path) -> anyhow::Result<()> {
    let missing: Vec<PathBuf> = pages.iter().map(|page| page.file(folder)).filter(|file| !file.is_file()).collect();
    let Some(first) = missing.first() else { return Ok(()) };
    bail!(
        "{} of the set's {} pages are not in {}: the first is {}",
        missing.len(),
        pages.len(),
        folder.display(),
        first.display()
    );
}

/// Writes the stories as `--compare` reads them.
fn save(path: &Path, pages: &[Labelled], found: &[Found]) -> anyhow::Result<()> {
    let mut out = Output::file(path)?;
    for (page, found) in pages.iter().zip(found) {
        writeln!(out, "{}", json!({"id": page.id, "text": found.text}))
            .with_context(|| format!("{} cannot be written", out.name()))?;
    }
    out.finish()
}

/// An extractor is called as its file is; where the files of several are named after the set, as their folders are.
fn system_name(path: &Path, set: &str) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().and_then(Path::file_name).map(|folder| folder.to_string_lossy().into_owned());
    match folder {
        Some(folder) if stem == set => folder,
        _ => stem,
    }
}
