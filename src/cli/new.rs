//! `rules new`: a rule file, with a test, for lines that should go from a page.
//!
//! It decides which of the proposed rules is written and where to. Finding rules is the library's, asking a person [`ask`]'s, the text of the
//! file [`file`]'s. It must not know HTML.

mod ask;
mod file;

use std::fs;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use storysieve::Rules;
use storysieve::workbench::{Group, Proposal, Suite, Wish, propose};
use url::Url;

use super::args::rules::NewArgs;
use super::output::Output;
use super::{Outcome, check, show};
use ask::Asker;

/// Rules that are held against other pages, and shown to a person.
const MOST_SHOWN: usize = 5;

/// `rules new`.
pub(crate) fn new(args: &NewArgs) -> anyhow::Result<Outcome> {
    let url = address(&args.url)?;
    let from_input = args.page == Path::new("-");
    let page = read(&args.page)?;
    let mut asker = Asker::new((!from_input && io::stdin().is_terminal() && io::stderr().is_terminal()).then(io::stdin));
    let gone = if args.gone.is_empty() { asker.lines("A line that should go, or a piece of it")? } else { args.gone.clone() };
    if gone.is_empty() {
        bail!("no line was given that should go: write --gone \"words of the notice\"");
    }

    let proposals = propose(&page, &Wish { gone: gone.clone(), stays: args.stays.clone(), kind: args.kind })?;
    for line in &proposals.missing {
        show::note(&format!("not on the page: {line:?}; copy the words as a reader sees them, from one block"));
    }
    let others = args.against.as_deref().map(pages).transpose()?.unwrap_or_default();
    let mut chosen: Vec<Proposal> = Vec::new();
    let mut unmet = !proposals.missing.is_empty();
    for group in &proposals.groups {
        let Some(proposal) = choose(group, &others, &mut asker)? else {
            unmet = true;
            show::note(&format!(
                "no rule was found that takes {:?} and nothing of the story; give a shorter piece of it, or write a rule by hand",
                group.lines.first().map_or("", String::as_str)
            ));
            continue;
        };
        // One rule may take the lines of several groups.
        if !chosen.iter().any(|other| other.keys == proposal.keys) {
            chosen.push(proposal);
        }
    }
    if chosen.is_empty() {
        return Ok(Outcome::Unmet);
    }
    let lines: Vec<String> = gone.into_iter().filter(|line| !proposals.missing.contains(line)).collect();
    let stays = if args.stays.is_empty() { proposals.stays } else { args.stays.clone() };
    let draft = file::Draft { url: &url, today: check::today(), rules: chosen, gone: lines, stays };
    write(args, &draft, &page, &mut asker)?;
    Ok(if unmet { Outcome::Unmet } else { Outcome::Written })
}

fn address(text: &str) -> anyhow::Result<Url> {
    let url =
        Url::parse(text).with_context(|| format!("{text:?} is no address: write it whole, such as https://example.com/story"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        bail!("{text:?} is no address of a page: write it whole, such as https://example.com/story");
    }
    Ok(url)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path != Path::new("-") {
        return fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
    }
    let mut page = Vec::new();
    io::stdin().read_to_end(&mut page).context("standard input cannot be read")?;
    Ok(page)
}

/// A page to hold a rule against.
struct Other {
    name: String,
    page: Vec<u8>,
}

/// The pages of a folder, and of those in it.
fn pages(folder: &Path) -> anyhow::Result<Vec<Other>> {
    let failed = || format!("{} cannot be read", folder.display());
    let mut pages = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>).with_context(failed)?;
        entries.sort_by_key(fs::DirEntry::path);
        for entry in entries {
            let path = entry.path();
            if entry.file_type().with_context(failed)?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "html" || end == "htm" || end == "xhtml") {
                let page = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
                pages.push(Other { name: path.display().to_string(), page });
            }
        }
    }
    if pages.is_empty() {
        bail!("no .html file is in {}: give a folder with saved pages", folder.display());
    }
    Ok(pages)
}

/// What a rule would take elsewhere: page, first words, whether they stood in its story.
type Hits<'a> = Vec<(&'a str, String, bool)>;

/// The rule that is written: the steadiest, unless it takes something of another page's story, or a person says otherwise.
fn choose(group: &Group, others: &[Other], asker: &mut Asker) -> anyhow::Result<Option<Proposal>> {
    let mut shown: Vec<(&Proposal, Hits<'_>)> = Vec::new();
    for proposal in group.rules.iter().take(MOST_SHOWN) {
        let mut hits = Hits::new();
        for other in others {
            let taken = proposal.against(&other.page)?.into_iter();
            hits.extend(taken.map(|(excerpt, in_story)| (other.name.as_str(), excerpt, in_story)));
        }
        shown.push((proposal, hits));
    }
    shown.sort_by_key(|(_, hits)| hits.iter().any(|(_, _, in_story)| *in_story));
    if shown.is_empty() {
        return Ok(None);
    }
    show::say(&format!("{:?}\n", group.lines.join(" / ").chars().take(70).collect::<String>()));
    for (number, (proposal, hits)) in shown.iter().enumerate() {
        show::say(&describe(number + 1, proposal, hits, others.len()));
    }
    let number = asker.number("Which rule?", shown.len())?;
    Ok(shown.get(number - 1).map(|(proposal, _)| (*proposal).clone()))
}

/// A rule for a person, with what else it takes.
fn describe(number: usize, proposal: &Proposal, hits: &Hits<'_>, pages: usize) -> String {
    const FEW: usize = 3;
    let mut text = format!("  {number}. by {}: {}\n", proposal.means, proposal.keys.trim_end().replace('\n', "\n     "));
    let mut list = |what: &str, pieces: &mut dyn Iterator<Item = String>| {
        let pieces: Vec<_> = pieces.collect();
        if pieces.is_empty() {
            return;
        }
        text.push_str(&format!("     {what} {}:\n", show::count(pieces.len(), "more piece")));
        for piece in pieces.iter().take(FEW) {
            text.push_str(&format!("       {piece}\n"));
        }
        if pieces.len() > FEW {
            text.push_str("       ...\n");
        }
    };
    let quoted = |excerpt: &str| format!("{:?}", excerpt.chars().take(60).collect::<String>());
    list("also takes from this page", &mut proposal.others.iter().map(|excerpt| quoted(excerpt)));
    let place = |(name, excerpt, in_story): &(&str, String, bool)| {
        format!("{name}: {}{}", quoted(excerpt), if *in_story { " (of its story!)" } else { "" })
    };
    list(&format!("takes from {}", show::count(pages, "other page")), &mut hits.iter().map(place));
    text
}

/// Writes the rule file, the page of its test beside it, and runs the test.
fn write(args: &NewArgs, draft: &file::Draft<'_>, page: &[u8], asker: &mut Asker) -> anyhow::Result<()> {
    if args.output.as_deref() == Some(Path::new("-")) {
        let mut out = Output::stdout();
        out.text(&draft.text(None, None)?)?;
        return out.finish();
    }
    let path = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.toml", draft.site())));
    let name = path.display().to_string();
    let old = match fs::read_to_string(&path) {
        Ok(old) => Some((old, Rules::load(&path)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("{name} cannot be read")),
    };
    let folder = path.parent().unwrap_or(Path::new("")).join("fixtures/cases");
    let fixture = draft.fixture(&folder);
    let text = draft.text(old.as_ref(), Some(&fixture))?;
    Rules::parse(&name, &text)?;
    if !asker.yes(&format!("Write {name} and {}?", folder.join(&fixture).display()))? {
        return Ok(());
    }
    let page_path = folder.join(&fixture).join("page.html");
    fs::create_dir_all(folder.join(&fixture))
        .and_then(|()| fs::write(&page_path, page))
        .with_context(|| format!("{} cannot be written", page_path.display()))?;
    let mut out = Output::file(&path)?;
    out.write_all(text.as_bytes()).with_context(|| format!("{name} cannot be written"))?;
    out.finish()?;

    let suite = Suite::load(&[&path], Rules::bundled(), None)?;
    let failed = suite.trials().iter().filter(|trial| !suite.run(trial).failures.is_empty()).count();
    let mut out = Output::stdout();
    let rules = show::count(draft.rules.len(), "rule");
    out.text(&format!("wrote {rules} to {name}, and the page of its test to {}\n", page_path.display()))?;
    out.finish()?;
    if failed > 0 {
        show::note(&format!("{} failed: `storysieve rules test {name}` says why", show::count(failed, "test")));
    }
    Ok(())
}
