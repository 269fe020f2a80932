//! Writes the story finder's table of features for pages, for `model/` to learn from.
//!
//! `cargo run --release --features training --example features -- OUT [--words FILE] PAGE...`
//! writes `OUT.jsonl` (a line a page: what stands in its blocks, the class words of its elements) and `OUT.f32` (the values, row by row,
//! page after page, little endian). `--names` prints the features and their meaning as JSON. A page is named `PATH` or
//! `PATH\tADDRESS`; with `-` the pages are read from standard input, a line each.

use std::fs::File;
use std::io::{self, BufRead as _, BufWriter, Write as _};

use serde_json::json;
use storysieve::{Rules, Sieve, training};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[allow(clippy::print_stdout, reason = "a program for a script")]
fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if(|a| a == "--names").is_some() {
        let names: Vec<_> = training::features().iter().map(|(name, meaning)| json!([name, meaning.trim()])).collect();
        println!("{}", json!(names));
        return Ok(());
    }
    if arguments.next_if(|a| a == "--split").is_some() {
        for line in io::stdin().lock().lines() {
            let text: String = serde_json::from_str(&line?)?;
            println!("{}", json!(training::words(&text)));
        }
        return Ok(());
    }
    let out = arguments.next().ok_or("usage: features OUT [--words FILE] PAGE... (or - for a list on standard input)")?;
    let words = match arguments.next_if(|a| a == "--words") {
        Some(_) => Some(std::fs::read(arguments.next().ok_or("--words needs a file")?)?),
        None => None,
    };
    let mut pages: Vec<String> = arguments.collect();
    if pages == ["-"] {
        pages = io::stdin().lock().lines().collect::<io::Result<_>>()?;
    }
    let rules = if std::env::var_os("STORYSIEVE_NO_RULES").is_some() { Rules::none() } else { Rules::bundled() };
    let sieve = Sieve::builder().rules(rules).build()?;
    let mut lines = BufWriter::new(File::create(format!("{out}.jsonl"))?);
    let mut values = BufWriter::new(File::create(format!("{out}.f32"))?);
    for page in &pages {
        let (path, address) = page.split_once('\t').map_or((page.as_str(), None), |(path, address)| (path, Some(address)));
        let sieve = address.and_then(|address| sieve.at(address).ok()).unwrap_or_else(|| sieve.clone());
        let sample = training::sample(&sieve, &std::fs::read(path)?, words.as_deref()).ok_or("the file of words is broken")?;
        let line = json!({
            "page": path,
            "texts": sample.texts,
            "elements": sample.elements,
            "bytes": sample.bytes,
            "removed": sample.removed,
            "least": sample.least,
            "peers": sample.peers,
            "classes": sample.classes,
            "headline": sample.headline,
        });
        writeln!(lines, "{line}")?;
        for value in &sample.values {
            values.write_all(&value.to_le_bytes())?;
        }
    }
    lines.flush()?;
    values.flush()?;
    Ok(())
}
