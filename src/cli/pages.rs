//! Pages in, stories or cleaned pages out: what the command does without a subcommand.
//!
//! It decides the order of reading and writing, and what counts as found. What a story is, and what goes, is the library's. It
//! must not know rules.

use std::fs::{self, File};
use std::io::{self, ErrorKind, IsTerminal as _, Read, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use storysieve::{Focus, Removed, Rules, Sieve, Story};

use super::args::page::ReadArgs;
use super::args::{Favor, Format, Input, SieveArgs};
use super::output::Output;
use super::{Outcome, rules, show};

/// How much of a page is read at a time.
const CHUNK: usize = 64 << 10;

/// Sieves every file in turn.
pub(crate) fn run(args: &SieveArgs) -> anyhow::Result<Outcome> {
    refuse_overwriting(args)?;
    if args.comments && args.format != Format::Json {
        bail!("--comments adds a field to a story in JSON: say --format json too");
    }
    let rules = rules::gather(&args.read.rules)?;
    if args.explain {
        rules::tell_replaced(&rules);
    }
    let sieve = sieve(rules, &args.read, args.favor, !args.no_title)?;
    let mut out = args.output.as_deref().map_or_else(|| Ok(Output::stdout()), Output::file)?;
    let mut telling = Telling {
        report: args.report.as_deref().map(Output::file).transpose()?,
        explain: args.explain,
        named: args.files.len() > 1,
    };
    let outcome = match all(&sieve, args, &mut out, &mut telling) {
        Err(_) if out.closed() => Outcome::Written,
        result => result?,
    };
    // Where no story was found there is nothing to put in an old file's place.
    if outcome == Outcome::Written || out.wrote() {
        out.finish()?;
    }
    if let Some(report) = telling.report {
        report.finish()?;
    }
    Ok(outcome)
}

/// The sieve that is asked for, with these rules.
pub(crate) fn sieve(rules: Rules, read: &ReadArgs, favor: Option<Favor>, title: bool) -> anyhow::Result<Sieve> {
    let mut builder = Sieve::builder().rules(rules).title(title).appeals(!read.no_appeals);
    if let Some(url) = &read.url {
        builder = builder.url(url);
    }
    if let Some(label) = &read.encoding {
        builder = builder.encoding(label);
    }
    if let Some(bytes) = read.max_hold {
        builder = builder.max_hold(bytes);
    }
    builder = builder.focus(match favor {
        None => Focus::Balanced,
        Some(Favor::Precision) => Focus::Precision,
        Some(Favor::Recall) => Focus::Recall,
    });
    builder = read.keep.iter().fold(builder, |builder, kind| builder.keep(*kind));
    builder = read.only.iter().fold(builder, |builder, kind| builder.only(*kind));
    Ok(builder.build()?)
}

fn all(sieve: &Sieve, args: &SieveArgs, out: &mut Output, telling: &mut Telling) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Written;
    let stdin = [Path::new("-").to_owned()];
    let files = if args.files.is_empty() { &stdin[..] } else { &args.files };
    for path in files {
        let mut source = Source::open(path)?;
        telling.page(&source.name);
        if args.page {
            page(sieve, &mut source, out, telling)?;
        } else if !story(sieve, &mut source, args, out, telling)? {
            show::note(&format!("{}: no story found", source.name));
            outcome = Outcome::Unmet;
        }
    }
    Ok(outcome)
}

/// Page mode: nothing is kept that has gone out, so a page of any size takes the same memory.
fn page(sieve: &Sieve, source: &mut Source, out: &mut Output, telling: &mut Telling) -> anyhow::Result<()> {
    let target = out.name().to_owned();
    let failed = || format!("{target} cannot be written");
    let mut page = sieve.page(&mut *out);
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = source.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        // Flushed, so that somebody who reads along gets what is decided while the rest is still on its way.
        page.write_all(&chunk[..length]).and_then(|()| page.flush()).with_context(failed)?;
        telling.removed(&source.name, &page.take_removed())?;
    }
    let (_, report) = page.finish()?;
    telling.removed(&source.name, &report.removed)?;
    if telling.explain {
        show::explain_rest(&report, true);
    }
    if let Some(at) = report.unread_from {
        show::note(&format!("{}: a tag is too large to be held; from byte {at} on the page was passed on unread", source.name));
    }
    Ok(())
}

/// Story mode. False: there is none.
fn story(sieve: &Sieve, source: &mut Source, args: &SieveArgs, out: &mut Output, telling: &mut Telling) -> anyhow::Result<bool> {
    let bytes = source.read_all()?;
    let story = if has_markup(args.input, &bytes) { sieve.story(&bytes)? } else { sieve.plain_text(&bytes)? };
    telling.removed(&source.name, story.removed())?;
    if telling.explain {
        show::explain_access(story.access());
        show::explain_rest(story.report(), false);
        show::explain_blocks(&story.blocks());
    }
    write_story(&story, source, args, out).with_context(|| format!("{} cannot be written", out.name()))?;
    Ok(!story.is_empty())
}

/// Is the input a page?
pub(crate) fn has_markup(input: Input, bytes: &[u8]) -> bool {
    match input {
        Input::Auto => storysieve::has_markup(bytes),
        Input::Html => true,
        Input::Text => false,
    }
}

/// Writes a story. JSON has a line for every page, so that lines and pages can be counted together; the other formats have nothing
/// to write for a page without a story.
fn write_story(story: &Story, source: &Source, args: &SieveArgs, out: &mut Output) -> io::Result<()> {
    let body = match args.format {
        Format::Json => {
            let comments = args.comments.then(|| story.comments());
            show::story_json(story, source.file.as_deref(), args.json_body, comments).to_string()
        }
        _ if story.is_empty() => return Ok(()),
        Format::Text => story.text(),
        Format::Markdown => story.markdown(),
        Format::Html => story.html(),
    };
    // A line would join the paragraphs of two stories; a line of JSON stands for itself.
    if out.wrote() && args.format != Format::Json {
        out.write_all(b"\n")?;
    }
    out.write_all(body.as_bytes())?;
    if !body.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Writing over a page that is still to be read, or a report over the story, is never meant.
fn refuse_overwriting(args: &SieveArgs) -> anyhow::Result<()> {
    let real = |path: &Path| fs::canonicalize(path).ok().filter(|path| path.is_file());
    let same = |one: &Path, other: &Path| one == other || real(one).is_some_and(|path| real(other) == Some(path));
    for (option, path) in [("--output", &args.output), ("--report", &args.report)] {
        let Some(path) = path else { continue };
        if args.files.iter().any(|file| file.as_os_str() != "-" && same(file, path)) {
            bail!("{option} {} is one of the pages to read: give it another name", path.display());
        }
    }
    if let Some(report) = args.report.as_deref().filter(|report| !may_be_report(report)) {
        bail!("--report {} is a file that is no report: give another name, or remove it first", report.display());
    }
    match (&args.output, &args.report) {
        (Some(output), Some(report)) if same(output, report) && !is_special(output) => {
            bail!("--output and --report are the same file, {}: give one of them another name", output.display())
        }
        _ => Ok(()),
    }
}

/// Is there nothing that a report would be written over, but an older one? What stands behind `--report` may be a page whose own option was
/// forgotten.
fn may_be_report(path: &Path) -> bool {
    if is_special(path) {
        return true;
    }
    let mut first = [b'{'];
    File::open(path).and_then(|mut file| file.read(&mut first)).is_err() || first == *b"{"
}

fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| !meta.is_file())
}

/// Where a page comes from.
pub(crate) struct Source {
    reader: Box<dyn Read>,
    pub(crate) name: String,
    /// As it was given; none for standard input.
    file: Option<String>,
}

impl Source {
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        if path.as_os_str() == "-" {
            let stdin = io::stdin().lock();
            if stdin.is_terminal() {
                show::note("reading a page from the terminal; see --help for other ways");
            }
            return Ok(Self { reader: Box::new(stdin), name: "standard input".to_owned(), file: None });
        }
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| {
            let hint = if name == "rules" { " (options go behind a subcommand: storysieve rules list ...)" } else { "" };
            format!("{name} cannot be read{hint}")
        })?;
        Ok(Self { reader: Box::new(file), file: Some(name.clone()), name })
    }

    fn read(&mut self, chunk: &mut [u8]) -> anyhow::Result<usize> {
        loop {
            match self.reader.read(chunk) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => return result.with_context(|| format!("{} cannot be read", self.name)),
            }
        }
    }

    pub(crate) fn read_all(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.reader.read_to_end(&mut bytes).with_context(|| format!("{} cannot be read", self.name))?;
        Ok(bytes)
    }
}

/// Whom to tell what was removed.
struct Telling {
    report: Option<Output>,
    explain: bool,
    /// Several pages share the report, so each line says which it is about.
    named: bool,
}

impl Telling {
    fn page(&self, name: &str) {
        if self.explain {
            show::explain_page(name);
        }
    }

    fn removed(&mut self, page: &str, removed: &[Removed]) -> anyhow::Result<()> {
        for removed in removed {
            if self.explain {
                show::explain_removed(removed);
            }
            let Some(report) = &mut self.report else { continue };
            let mut object = show::removed_json(removed);
            if self.named {
                object.insert("page".to_owned(), page.into());
            }
            let line = serde_json::Value::Object(object);
            writeln!(report, "{line}").with_context(|| format!("{} cannot be written", report.name()))?;
        }
        Ok(())
    }
}
