//! Memory and time on pages that are made to hurt: a stream without end stays small, and what is deep, long or never closed is read in one
//! pass, at any size.
//!
//! No time is measured. Every ugly page is read at one size and at twice that; a quadratic step would show as a test that hangs. Nests of
//! inline elements are small where a story is asked for: the recorder's time grows with their depth there.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::io::Write;

use storysieve::{Report, Rules, Sieve};

const RULES: &str = r#"
schema = 1

[[remove]]
id = "marked"
kind = "ad"
select = [".ad", "div > .ad-box", "nav li + li.ad-item"]

[[remove]]
id = "asking"
kind = "donation"
text = ["please support our newsroom"]
max_chars = 200

[[remove]]
id = "boxed"
kind = "membership"
select = ["section", "x-card"]
text = ["become a member"]
max_chars = 300

[[remove]]
id = "letter"
kind = "donation"
from = { text = ["a message from the editor"] }
to = { text = ["thank you for reading"] }
max_blocks = 6
max_chars = 600
"#;

fn sieve() -> Sieve {
    Sieve::builder().rules(Rules::parse("memory.toml", RULES).unwrap()).build().unwrap()
}

/// Chunks of this size, as a pipe gives them.
const CHUNK: usize = 64 << 10;

fn filtered(page: &[u8]) -> (Vec<u8>, Report) {
    let mut filter = sieve().filter();
    let mut out = Vec::with_capacity(page.len());
    for chunk in page.chunks(CHUNK) {
        filter.write(chunk, &mut out);
    }
    let report = filter.finish(&mut out);
    (out, report)
}

/// Page mode must leave `page` less what stands between `⟦` and `⟧`; the story must be read without harm.
fn check(name: &str, marked: &str, as_story: bool) {
    let mut page = Vec::with_capacity(marked.len());
    let mut left = Vec::with_capacity(marked.len());
    for (i, piece) in marked.split(['⟦', '⟧']).enumerate() {
        page.extend_from_slice(piece.as_bytes());
        if i % 2 == 0 {
            left.extend_from_slice(piece.as_bytes());
        }
    }
    let (out, report) = filtered(&page);
    assert_eq!(out.len(), left.len(), "{name}: {:?}", report.removed.iter().take(3).collect::<Vec<_>>());
    assert!(out == left, "{name}: other bytes went than should");
    assert!(report.held <= 64 << 10, "{name}: {} bytes were held", report.held);
    assert_eq!(report.unread_from, None, "{name}");
    if !as_story {
        return;
    }
    let story = sieve().story(&page).unwrap();
    assert!(!story.text().contains("APPEAL"), "{name}: an appeal is in the story");
}

const STORY: &str = "<p>The harbour of Brennick reopened on Monday, eleven months after the storm sank two ferries and tore away the breakwater.</p>";
const APPEALS: &str = "⟦<p class=ad>APPEAL</p>⟧⟦<p>Please support our newsroom. APPEAL</p>⟧";

fn twice(name: &str, size: usize, page: impl Fn(usize) -> String) {
    for size in [size, 2 * size] {
        check(&format!("{name} of {size}"), &page(size), true);
    }
}

/// The same in page mode alone.
fn twice_passed(name: &str, size: usize, page: impl Fn(usize) -> String) {
    for size in [size, 2 * size] {
        check(&format!("{name} of {size}"), &page(size), false);
    }
}

#[test]
fn deep_nests() {
    for (open, close) in [("<b>", "</b>"), ("<x-a>", "</x-a>")] {
        twice_passed(&format!("a nest of {open}"), 50_000, |n| {
            format!("{STORY}{}{STORY}{}{APPEALS}", open.repeat(n), close.repeat(n))
        });
        twice(&format!("a small nest of {open}"), 2000, |n| {
            format!("{STORY}{}{STORY}{}{APPEALS}", open.repeat(n), close.repeat(n))
        });
    }
    for (open, close) in [("<div>", "</div>"), ("<section>", "</section>"), ("<svg>", "</svg>")] {
        twice(&format!("a nest of {open}"), 50_000, |n| {
            let (before, behind) = if open == "<svg>" { ("", APPEALS) } else { (APPEALS, APPEALS) };
            format!("{STORY}{}{STORY}{before}{}{STORY}{behind}", open.repeat(n), close.repeat(n))
        });
        twice(&format!("a nest of {open} that never ends"), 50_000, |n| {
            let appeals = if open == "<svg>" { "" } else { APPEALS };
            format!("{STORY}{}{STORY}{appeals}", open.repeat(n))
        });
    }
}

#[test]
fn long_attributes() {
    twice("an attribute", 25 << 20, |n| {
        format!("{STORY}<p title='{}'>plain words of a story.</p>{APPEALS}{STORY}", "x > y ".repeat(n / 6))
    });
    twice("an end tag's attribute", 25 << 20, |n| {
        format!("{STORY}<p>plain words of a story.</p title='{}'>{APPEALS}{STORY}", "x > y ".repeat(n / 6))
    });
    twice("a doctype", 25 << 20, |n| format!("<!doctype html {}>{STORY}{APPEALS}{STORY}", "x y ".repeat(n / 4)));
    twice("a class", 2 << 20, |n| {
        format!("{STORY}<p class='{}'>plain words of a story.</p>{APPEALS}{STORY}", "name ".repeat(n / 5))
    });
}

#[test]
fn long_texts() {
    twice("a text", 25 << 20, |n| format!("{STORY}<p>{}</p>{APPEALS}{STORY}", "please support whom you like; ".repeat(n / 30)));
    twice("a text without a space", 10 << 20, |n| format!("{STORY}<p>{}</p>{APPEALS}{STORY}", "x".repeat(n)));
    twice("a text of references", 1 << 20, |n| format!("{STORY}<p>{}</p>{APPEALS}{STORY}", "&amp;&".repeat(n / 6)));
    twice("a comment", 10 << 20, |n| format!("{STORY}<!--{}-->{APPEALS}{STORY}", " <p> - ".repeat(n / 7)));
    twice("a script", 5 << 20, |n| format!("{STORY}<script>{}</script>{APPEALS}{STORY}", "a < b </scrip <!-".repeat(n / 17)));
    twice("a dropped element", 4 << 20, |n| format!("{STORY}⟦<div class=ad>{}</div>⟧{STORY}", "<p>APPEAL</p>".repeat(n / 13)));
}

#[test]
fn pages_that_close_nothing() {
    twice("blocks", 50_000, |n| {
        format!(
            "{STORY}{}{STORY}{APPEALS}",
            "<p>Rain fell on the town.<div>The ferry sails again.<li>The market opens.".repeat(n / 3)
        )
    });
    twice("formatting", 3000, |n| format!("{STORY}{}{STORY}{APPEALS}", "<b>Rain fell.<i><a>It rained.<font>".repeat(n / 4)));
    twice("paragraphs in formatting", 3000, |n| {
        format!("{STORY}{}{STORY}{APPEALS}", "<b>Rain fell on the town.<p>It rained all day.".repeat(n / 2))
    });
    twice("tables", 30_000, |n| format!("{STORY}{}Rain fell.{STORY}", "<table><tr><td>".repeat(n / 3)));
    twice("selects", 30_000, |n| format!("{STORY}{}", "<select><option>one".repeat(n / 2)));
    twice("starts of runs", 30_000, |n| format!("{STORY}{}", "<p>A message from the editor and Mr. Hale.".repeat(n)));
    twice("members", 2000, |n| format!("{STORY}{}{}", "<section><p>Rain fell on the town.".repeat(n), STORY));
}

#[test]
fn end_tags_that_end_nothing() {
    for end in ["</x>", "</p>", "</b>", "</table>", "</form>", "</h1>", "</svg>"] {
        twice(&format!("{end} below divs"), 20_000, |n| format!("{STORY}{}{}{STORY}{APPEALS}", "<div>".repeat(n), end.repeat(n)));
    }
    for end in ["</x>", "</p>", "</i>", "</span>", "</li>", "</div>", "</form>"] {
        twice(&format!("{end} below inline elements"), 2000, |n| {
            format!("{STORY}{}{}{STORY}", "<b><q><x-y>".repeat(n / 3), end.repeat(n))
        });
    }
    twice("misnested ends", 2000, |n| format!("{STORY}{}{}{STORY}", "<b><div>".repeat(n), "</b>".repeat(n)));
    twice("forms in the middle", 20_000, |n| format!("{STORY}{}{STORY}", "<form><div></form>".repeat(n)));
}

#[cfg(target_os = "linux")]
mod resident {
    use super::*;

    const CHILD: &str = "STORYSIEVE_MEMORY_CHILD";

    /// What `/proc` says of a process under a key, in KiB.
    fn kib(process: &str, key: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let said = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        said.trim_start_matches(':').split_whitespace().next().unwrap().parse().unwrap()
    }

    /// The most that was ever resident of this process.
    fn peak_kib() -> u64 {
        kib("self", "VmHWM")
    }

    /// The peak is the whole process's, so the stream runs in a process of its own.
    #[test]
    fn a_stream_without_end_takes_no_more_memory() {
        if std::env::var_os(CHILD).is_some() {
            return stream();
        }
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "resident::a_stream_without_end_takes_no_more_memory", "--nocapture", "--test-threads=1"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout).into_owned() + &String::from_utf8_lossy(&child.stderr);
        assert!(child.status.success() && said.contains("1 passed"), "{said}");
    }

    /// The blocks that the stream goes round in, and the bytes of one of them.
    fn blocks() -> (String, u64) {
        let mut blocks = String::from("<!doctype html><title>Harbour</title><body>");
        let round = format!(
            "<div class=row><article><h2>Rain</h2>{STORY}<p class=ad>APPEAL</p><script>var a = 1 < 2;</script></article>\
             <section><h3>Join</h3><p>Become a member of the harbour club. APPEAL</p><button>Yes</button></section>\
             <ul><li>one<li>two<li>three</ul><p>Please support our newsroom. APPEAL<p>A message from the editor. APPEAL</p><p>APPEAL</p>\
             <p>Thank you for reading. APPEAL</p><p>A message from the editor, who is away.</p>{STORY}{STORY}{STORY}{STORY}</div>"
        );
        while blocks.len() < CHUNK * 4 {
            blocks += &round;
        }
        (blocks, round.len() as u64)
    }

    /// The command has all the rules that come with it in memory, of which [`stream`] has none.
    #[cfg(feature = "cli")]
    #[test]
    fn the_command_takes_no_more_either() {
        const TOTAL: u64 = if cfg!(debug_assertions) { 8 << 20 } else { 256 << 20 };
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_storysieve"))
            .arg("--page")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let (blocks, _) = blocks();
        let mut page = child.stdin.take().unwrap();
        let mut written = 0;
        while written < TOTAL {
            page.write_all(blocks.as_bytes()).unwrap();
            written += blocks.len() as u64;
        }
        // All but what a pipe holds was read by now.
        let process = child.id().to_string();
        // A build without optimizations is a program several times as large; that part of it is not counted.
        let program = if cfg!(debug_assertions) { kib(&process, "RssFile") } else { 0 };
        let peak = kib(&process, "VmHWM") - program;
        drop(page);
        assert!(child.wait().unwrap().success());
        assert!(peak < 32 << 10, "{peak} KiB of the command were resident at the peak");
    }

    fn stream() {
        // A build without optimizations reads a tenth as fast.
        const TOTAL: u64 = if cfg!(debug_assertions) { 24 << 20 } else { 256 << 20 };
        let (blocks, round) = blocks();
        let before = peak_kib();
        let mut page = sieve().page(std::io::sink());
        let (mut written, mut removed) = (0, 0);
        while written < TOTAL {
            // The cuts wander through the page.
            for chunk in blocks.as_bytes().chunks(CHUNK - 1) {
                page.write_all(chunk).unwrap();
                written += chunk.len() as u64;
                removed += page.take_removed().len();
            }
        }
        let (_, report) = page.finish().unwrap();
        assert_eq!(report.bytes, written);
        assert!(report.held <= 64 << 10);
        assert!(removed as u64 > written / round * 3, "only {removed} pieces went");
        let peak = peak_kib();
        assert!(peak < 32 << 10, "{peak} KiB were resident at the peak, {before} before the stream");
    }
}
