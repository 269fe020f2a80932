//! How fast the sieve is, as a share of what lol_html alone can do.
//!
//! Absolute speeds say more about a machine than about a program, and a machine that does other work says less still. So everything is
//! measured in one process, on one thread, over the same pages, in rounds that take turns; each round is compared with the ceiling
//! of the same round, and the middle one of those ratios counts. The run fails if a ratio misses its goal.
//! See README.md beside this file.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit, reason = "a benchmark reports and fails by these")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot read its pages or its own rules should stop")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs, process};

use lol_html::{HtmlRewriter, MemorySettings, Settings, element, end_tag, text};
use storysieve::{Rules, Sieve};

/// What goes into a rewriter at a time.
const CHUNK: usize = 32 << 10;
/// Every so manieth page of the folder is read, so that a sorted list is sampled evenly.
const EVERY: usize = 4;
const MOST_BYTES: usize = 100 << 20;
/// The pages of the repository are few and small: they are repeated up to this size.
const LEAST_BYTES: usize = 8 << 20;
const ADDED_RULES: usize = 10_000;

const PAGE_GOAL: f64 = 0.55;
const STORY_GOAL: f64 = 0.45;
const ADDED_RULES_GOAL: f64 = 0.15;
const RECOGNIZER_GOAL: f64 = 0.12;
/// How many times as fast as the fastest other extractor written in Rust.
const BESIDE_GOAL: f64 = 3.0;

/// Takes one page through.
type Run = Box<dyn Fn(&[u8])>;

/// One thing that is measured.
struct Contender {
    name: &'static str,
    run: Run,
}

/// Seconds of every round, by contender.
type Rounds = Vec<Vec<f64>>;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--test" || argument == "--list") {
        return; // `cargo test --benches` only wants to know that it starts
    }
    let rounds = number("STORYSIEVE_BENCH_ROUNDS").unwrap_or(9);
    let only = env::var("STORYSIEVE_BENCH_ONLY").ok();

    if let Some(name) = only {
        let pages = pages();
        let all = contenders();
        let one = all.iter().find(|contender| contender.name == name).unwrap();
        for _ in 0..rounds {
            let seconds = pass(one, &pages);
            println!("{name}: {:.1} MB/s", megabytes(&pages) / seconds);
        }
        return;
    }

    let pages = pages();
    println!("{} pages, {:.1} MB, {rounds} rounds", pages.len(), megabytes(&pages));
    let all = contenders();
    let measured = measure(&all, &pages, rounds);
    print_table(&all, &measured, &pages);

    // Tree builders are not made for these.
    let own: Vec<Contender> = contenders().into_iter().filter(|contender| contender.name != "legible").collect();
    for (name, page) in ugly_pages() {
        let pages = vec![page];
        println!("\n{name}, {:.1} MB", megabytes(&pages));
        let measured = measure(&own, &pages, rounds.min(5));
        print_table(&own, &measured, &pages);
    }

    let at = |name: &str| all.iter().position(|contender| contender.name == name).unwrap();
    let page = ratio(&measured, at("ceiling"), at("page"));
    let story = ratio(&measured, at("ceiling"), at("story"));
    let beside = ratio(&measured, at("legible"), at("story"));
    let cost = ratio(&measured, at("page + 10,000 rules"), at("page")) - 1.0;
    let recognizer = ratio(&measured, at("page"), at("page, no recognizer")) - 1.0;
    println!("\nthe recognizer of appeals costs {:.1}%", recognizer * 100.0);
    println!("10,000 more rules cost {:.1}%; stories come {beside:.1} times as fast as legible's", cost * 100.0);
    let goals = [
        ("page mode is slower than its share of the ceiling", page >= PAGE_GOAL),
        ("story mode is slower than its share of the ceiling", story >= STORY_GOAL),
        ("10,000 more rules cost too much", cost <= ADDED_RULES_GOAL),
        ("the recognizer of appeals costs too much", recognizer <= RECOGNIZER_GOAL),
        ("stories are not so much faster than another extractor's", beside >= BESIDE_GOAL),
    ];
    let missed: Vec<_> = goals.iter().filter(|(_, met)| !met).map(|(what, _)| *what).collect();
    if !missed.is_empty() {
        eprintln!("missed: {}", missed.join("; "));
        process::exit(1);
    }
    println!("all goals met: page >= {PAGE_GOAL}, story >= {STORY_GOAL}, 10,000 more rules <= {:.0}%", ADDED_RULES_GOAL * 100.0);
}

fn contenders() -> Vec<Contender> {
    let bundled = Sieve::builder().build().unwrap();
    let none = Sieve::builder().rules(Rules::none()).build().unwrap();
    let rules_only = Sieve::builder().appeals(false).build().unwrap();
    let more = Rules::bundled().merge(Rules::parse("added.toml", &added_rules()).unwrap()).unwrap();
    let many = Sieve::builder().rules(more).build().unwrap();
    let story = bundled.clone();
    vec![
        Contender { name: "ceiling", run: Box::new(ceiling) },
        Contender { name: "page", run: Box::new(move |page| page_mode(&bundled, page)) },
        Contender { name: "page + 10,000 rules", run: Box::new(move |page| page_mode(&many, page)) },
        Contender { name: "page, no recognizer", run: Box::new(move |page| page_mode(&rules_only, page)) },
        Contender { name: "page, no rules", run: Box::new(move |page| page_mode(&none, page)) },
        Contender {
            name: "story",
            run: Box::new(move |page| {
                black_box(story.story(page).unwrap().text());
            }),
        },
        Contender {
            name: "legible",
            run: Box::new(|page| {
                let _ = black_box(legible::parse(&String::from_utf8_lossy(page), None, None));
            }),
        },
    ]
}

/// lol_html alone, with every handler that a program like this one would need: each element, each end tag, each text.
fn ceiling(page: &[u8]) {
    let mut elements = 0_usize;
    let mut texts = 0_usize;
    let mut out = Vec::with_capacity(page.len());
    let settings = Settings::new()
        .with_strict(false)
        .with_memory_settings(MemorySettings::new().with_max_allowed_memory_usage(usize::MAX))
        .append_element_content_handler(element!("*", |element| {
            elements += 1;
            if let Some(handlers) = element.end_tag_handlers() {
                handlers.push(end_tag!(|end| {
                    black_box(&end);
                    Ok(())
                }));
            }
            Ok(())
        }))
        .append_element_content_handler(text!("*", |text| {
            texts += text.as_str().len();
            Ok(())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |chunk: &[u8]| out.extend_from_slice(chunk));
    for chunk in page.chunks(CHUNK) {
        if rewriter.write(chunk).is_err() {
            break;
        }
    }
    let _ = rewriter.end();
    black_box((elements, texts, out));
}

fn page_mode(sieve: &Sieve, page: &[u8]) {
    let mut out = Vec::with_capacity(page.len());
    let mut filter = sieve.filter();
    for chunk in page.chunks(CHUNK) {
        filter.write(chunk, &mut out);
    }
    black_box((filter.finish(&mut out), out));
}

/// Rules that are on for every page and match nothing: their cost is that of asking for them. Names are made like those of real pages.
fn added_rules() -> String {
    const PARTS: [&str; 16] = [
        "article", "banner", "content", "header", "inner", "link", "list", "main", "module", "nav", "paywall", "post", "promo",
        "story", "teaser", "widget",
    ];
    const TAGS: [&str; 6] = ["div", "section", "aside", "p", "span", "a"];
    let mut rules = String::from("schema = 1\n");
    for i in 0..ADDED_RULES {
        let name = format!("{}-{}__{}{i}", PARTS[i % 16], PARTS[i / 16 % 16], PARTS[i / 256 % 16]);
        let selector = match i % 4 {
            0 => format!(".{name}"),
            1 => format!("#{name}"),
            2 => format!("{}.{name}", TAGS[i / 4 % TAGS.len()]),
            _ => format!("[data-{}={name}]", PARTS[i / 4 % 16]),
        };
        let _ = write!(rules, "[[remove]]\nid = \"r{i}\"\nkind = \"paywall\"\nselect = ['{selector}']\n");
    }
    rules
}

fn pages() -> Vec<Vec<u8>> {
    if let Some(folder) = env::var_os("STORYSIEVE_BENCH_PAGES") {
        let mut bytes = 0;
        let read = |path: PathBuf| fs::read(path).unwrap();
        return sorted(Path::new(&folder), "html")
            .into_iter()
            .step_by(EVERY)
            .map(read)
            .take_while(|page| {
                bytes += page.len();
                bytes <= MOST_BYTES
            })
            .collect();
    }
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut folders: Vec<_> = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let once: Vec<Vec<u8>> =
        folders.iter().flat_map(|folder| sorted(folder, "html")).map(|path| fs::read(path).unwrap()).collect();
    let size: usize = once.iter().map(Vec::len).sum();
    let times = LEAST_BYTES / size.max(1) + 1;
    std::iter::repeat_n(once, times).flatten().collect()
}

fn sorted(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|has| has == extension));
    paths.sort();
    paths
}

/// Pages that are all of one thing that costs.
fn ugly_pages() -> Vec<(&'static str, Vec<u8>)> {
    let mut deep = String::from("<!doctype html><body>");
    for i in 0..150 {
        for level in 0..400 {
            let _ = write!(deep, "<div class=level-{level}>");
        }
        let _ = write!(deep, "word {i}");
        deep.push_str(&"</div>".repeat(400));
    }
    let mut small = String::from("<!doctype html><body>");
    for i in 0..15_000 {
        let _ = writeln!(small, "<p>a <b>b{i}</b> c <i>d</i>&amp;<a href=/{i}>e</a> f<br>g <span>h</span></p>");
    }
    let mut attributes = String::from("<!doctype html><body>");
    for i in 0..3_000 {
        let _ = write!(attributes, "<div id=\"block-{i}\" class=\"c-block c-block--wide u-mt-{i} js-track  is-ready\"");
        for n in 0..16 {
            let _ = write!(attributes, " data-track-{n}=\"value {i} of {n}, with a few words\"");
        }
        attributes.push_str(" style=\"color: #333; margin: 0 auto\" aria-label='A block'>Some words here.</div>\n");
    }
    vec![("deep nests", deep.into_bytes()), ("small texts", small.into_bytes()), ("many attributes", attributes.into_bytes())]
}

fn measure(contenders: &[Contender], pages: &[Vec<u8>], rounds: usize) -> Rounds {
    let mut seconds = vec![Vec::with_capacity(rounds); contenders.len()];
    for contender in contenders {
        // Once unmeasured, so that no round pays for cold memory.
        pages.iter().take(pages.len() / 4 + 1).for_each(|page| (contender.run)(page));
    }
    for round in 0..rounds {
        // Nobody always runs first, or always behind the same other.
        for turn in 0..contenders.len() {
            let index = if round % 2 == 0 { turn } else { contenders.len() - 1 - turn };
            seconds[index].push(pass(&contenders[index], pages));
        }
    }
    seconds
}

fn pass(contender: &Contender, pages: &[Vec<u8>]) -> f64 {
    let start = Instant::now();
    for page in pages {
        (contender.run)(black_box(page));
    }
    start.elapsed().as_secs_f64()
}

/// How fast `of` is as a share of `to`, in the middle one of the rounds.
fn ratio(seconds: &Rounds, to: usize, of: usize) -> f64 {
    middle(seconds[to].iter().zip(&seconds[of]).map(|(to, of)| to / of).collect())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn print_table(contenders: &[Contender], seconds: &Rounds, pages: &[Vec<u8>]) {
    println!("{:<20} {:>8} {:>12}", "", "MB/s", "of ceiling");
    for (index, contender) in contenders.iter().enumerate() {
        let speed = megabytes(pages) / middle(seconds[index].clone());
        println!("{:<20} {speed:>8.1} {:>12.2}", contender.name, ratio(seconds, 0, index));
    }
}

fn megabytes(pages: &[Vec<u8>]) -> f64 {
    pages.iter().map(Vec::len).sum::<usize>() as f64 / 1e6
}

fn number(name: &str) -> Option<usize> {
    env::var(name).ok()?.parse().ok()
}
