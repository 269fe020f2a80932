//! Labelled pages and the outputs of extractors, as files hold them.
//!
//! It decides what a set of labels must look like, and says what is wrong with one that does not. What labels are good for is
//! others' to know. It must not know scores.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use serde_json::{Map, Value};

/// A page and what is known of it.
#[derive(Debug)]
pub(crate) struct Labelled {
    pub(crate) id: String,
    pub(crate) url: Option<String>,
    /// What sort of page it is, in the set's own words.
    pub(crate) kind: String,
    /// Its story without the headline.
    pub(crate) text: Option<String>,
    /// Snippets that stand in the story.
    pub(crate) with: Vec<String>,
    /// Snippets that must not.
    pub(crate) without: Vec<String>,
}

impl Labelled {
    /// Where in the folder the page is.
    pub(crate) fn file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.html", self.id))
    }
}

/// A set: `{"<id>": {...}, ...}`, or `[{"id": "<id>", ...}, ...]`.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Labelled>> {
    let name = path.display();
    let text = fs::read(path).with_context(|| format!("{name} cannot be read"))?;
    let value: Value = serde_json::from_slice(&text).with_context(|| format!("{name} is not JSON"))?;
    let pages = match &value {
        Value::Object(pages) => pages.iter().map(|(id, page)| labelled(Some(id), page)).collect::<Result<Vec<_>, _>>(),
        Value::Array(pages) => pages.iter().map(|page| labelled(None, page)).collect(),
        _ => Err(anyhow!("a set is an object of pages by their id, or a list of pages")),
    };
    let pages = pages.with_context(|| format!("{name} is no set of labelled pages"))?;
    let mut ids = HashSet::new();
    if let Some(twice) = pages.iter().find(|page| !ids.insert(&page.id)) {
        bail!("{name} is no set of labelled pages: page {:?} is in it twice", twice.id);
    }
    if pages.is_empty() {
        bail!("{name} holds no page");
    }
    Ok(pages)
}

/// What an extractor returned, by page: `{"id": "<id>", "text": "..."}` a line. The id may begin with the set's name and a slash.
pub(crate) fn read_outputs(path: &Path, set: &str, pages: &[Labelled]) -> anyhow::Result<HashMap<String, String>> {
    let name = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    let known: HashSet<&str> = pages.iter().map(|page| page.id.as_str()).collect();
    let mut outputs = HashMap::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = || format!("{name}:{}: a line must be {{\"id\": \"...\", \"text\": \"...\"}}", at + 1);
        let value: Value = serde_json::from_str(line).with_context(wrong)?;
        let page = value.as_object().ok_or_else(|| anyhow!("it is no object")).with_context(wrong)?;
        let id = string(page, "id").with_context(wrong)?.ok_or_else(|| anyhow!("\"id\" is missing")).with_context(wrong)?;
        // An extractor that found nothing may say so by null; one that leaves the key out speaks of something else.
        let text = page
            .get("text")
            .ok_or_else(|| anyhow!("\"text\" is missing"))
            .and_then(|_| string(page, "text"))
            .with_context(wrong)?;
        let id = match id.split_once('/') {
            Some((first, rest)) if first == set && !known.contains(id.as_str()) => rest.to_owned(),
            _ => id,
        };
        if known.contains(id.as_str()) {
            outputs.insert(id, text.unwrap_or_default());
        }
    }
    if outputs.is_empty() {
        bail!("{name} has none of the pages of {set}: are its ids those of the set?");
    }
    Ok(outputs)
}

fn labelled(id: Option<&str>, page: &Value) -> anyhow::Result<Labelled> {
    let fields = page.as_object().ok_or_else(|| anyhow!("a page must be an object"));
    let fields = match (fields, id) {
        (Err(error), Some(id)) => return Err(error.context(format!("page {id:?}"))),
        (fields, _) => fields?,
    };
    let id = match id {
        Some(id) => id.to_owned(),
        None => string(fields, "id")?.ok_or_else(|| anyhow!("a page of a list needs an \"id\""))?,
    };
    let of = || format!("page {id:?}");
    let labelled = Labelled {
        url: string(fields, "url").with_context(of)?.filter(|url| !url.is_empty()),
        kind: string(fields, "type").with_context(of)?.unwrap_or_else(|| "untyped".to_owned()),
        text: string(fields, "text").with_context(of)?,
        with: strings(fields, "with").with_context(of)?,
        without: strings(fields, "without").with_context(of)?,
        id: id.clone(),
    };
    if labelled.text.is_none() && labelled.with.is_empty() && labelled.without.is_empty() {
        bail!("page {id:?} has no label: give it a \"text\", or snippets in \"with\" or \"without\"");
    }
    Ok(labelled)
}

fn string(fields: &Map<String, Value>, key: &str) -> anyhow::Result<Option<String>> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => bail!("{key:?} must be a string"),
    }
}

fn strings(fields: &Map<String, Value>, key: &str) -> anyhow::Result<Vec<String>> {
    let wrong = || anyhow!("{key:?} must be a list of strings");
    match fields.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect::<Result<_, _>>()
        }
        Some(_) => Err(wrong()),
    }
}
