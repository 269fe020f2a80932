//! The face: rules and settings in, stories and pages out.
//!
//! [`Sieve`] puts the rooms together and holds what is shared between pages. It must not know selectors, TOML or the terminal.

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use encoding_rs::Encoding;
use once_cell::sync::{Lazy, OnceCell};
use rustc_hash::FxHashMap;
use url::Url;

use crate::error::Error;
use crate::filter::{Filter, PageWriter};
use crate::judge::story::Focus;
use crate::matcher::set::{Active, RuleSet};
use crate::pass::{Kinds, Pass};
use crate::record::Recorder;
use crate::rules::read::GENERIC;
use crate::rules::{Kind, RuleFile, bundled, read};
use crate::story::Story;

/// Rule files that were read and found right. Cheap to clone.
///
/// ```
/// use storysieve::{Rules, Sieve};
///
/// let mine = Rules::parse("my-rules.toml", r#"
///     schema = 1
///     [[remove]]
///     id = "box"
///     kind = "newsletter"
///     select = [".signup-box"]
/// "#)?;
/// let sieve = Sieve::builder().rules(Rules::bundled().merge(mine)?).build()?;
/// # Ok::<(), storysieve::Error>(())
/// ```
#[derive(Clone)]
pub struct Rules {
    files: Arc<Vec<RuleFile>>,
    replaced: Arc<Vec<Replaced>>,
    compiled: Arc<OnceCell<Arc<RuleSet>>>,
}

/// A file, all or some of whose rules gave way to another's: see [`Rules::instead_of`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replaced {
    /// The file that gave way.
    pub file: String,
    /// The file that is used in its place.
    pub by: String,
    /// Whether all of it gave way, or only the rules whose ids the other has too.
    pub whole: bool,
}

/// What can be told of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleInfo {
    /// The full id: `generic/newsletter-form`.
    pub id: String,
    /// What it takes its blocks for.
    pub kind: Kind,
    /// Its file, as it was named when it was read.
    pub file: String,
    /// The line of its `[[remove]]`, from 1.
    pub line: u32,
    /// The site its file is for, if it has a name.
    pub name: Option<String>,
    /// The day somebody last saw its file hold, `YYYY-MM-DD`.
    pub checked: Option<String>,
}

static BUNDLED: Lazy<Rules> = Lazy::new(|| Rules::of(Arc::clone(bundled::files())));

impl Rules {
    pub(crate) fn of(files: impl Into<Arc<Vec<RuleFile>>>) -> Self {
        Self { files: files.into(), replaced: Arc::default(), compiled: Arc::new(OnceCell::new()) }
    }

    /// The rules that come with the crate; read and compiled once a process.
    pub fn bundled() -> Self {
        BUNDLED.clone()
    }

    /// No rules: nothing is removed.
    pub fn none() -> Self {
        Self::of(Vec::new())
    }

    /// Reads a rule file, or all `*.toml` files of a folder and the folders in it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rules`](crate::ErrorKind::Rules) with every mistake of every file, or
    /// [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Self::of(read::load(path.as_ref())?))
    }

    /// Reads rules from a text. `name` is what errors and reports call it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rules`](crate::ErrorKind::Rules) with every mistake.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let prefix = Path::new(name).file_stem().map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned());
        read::read(name, &prefix, text).map(|file| Self::of(vec![file])).map_err(Error::rules)
    }

    /// These rules and others. Where two would take the same block, the earlier is named.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rules`](crate::ErrorKind::Rules) if two rules have the same full id.
    pub fn merge(self, other: Self) -> Result<Self, Error> {
        if other.files.is_empty() {
            return Ok(self);
        }
        if self.files.is_empty() {
            return Ok(other);
        }
        let files: Vec<_> = self.files.iter().chain(other.files.iter()).cloned().collect();
        read::check_unique(&files)?;
        let replaced = [self.replaced.as_slice(), &other.replaced].concat();
        Ok(Self { replaced: Arc::new(replaced), ..Self::of(files) })
    }

    /// These rules, and behind them those of `others` that these do not replace. A file of these takes the place of a file of the same name,
    /// whole; of files in folders called `generic`, only rules with the same id give way. So a bundled site file can be copied and
    /// mended. Cues replace nothing: those of one language add up.
    ///
    /// ```
    /// use storysieve::Rules;
    ///
    /// let mine = Rules::parse("box.toml", "schema = 1\n[[remove]]\nid = 'a'\nkind = 'ad'\nselect = ['.new']")?;
    /// let old = Rules::parse("old/box.toml", "schema = 1\n[[remove]]\nid = 'a'\nkind = 'ad'\nselect = ['.old']")?;
    /// assert!(mine.clone().merge(old.clone()).is_err());
    /// let rules = mine.instead_of(old);
    /// assert_eq!(rules.list().len(), 1);
    /// assert_eq!((rules.replaced()[0].file.as_str(), rules.replaced()[0].whole), ("old/box.toml", true));
    /// # Ok::<(), storysieve::Error>(())
    /// ```
    #[must_use]
    pub fn instead_of(self, others: Self) -> Self {
        if self.files.is_empty() {
            return others;
        }
        let mut taken: FxHashMap<(&str, &str), &RuleFile> = FxHashMap::default();
        for file in self.files.iter() {
            taken.extend(file.remove.iter().map(|rule| ((file.prefix.as_str(), rule.id.as_str()), file)));
        }
        let mut files = self.files.to_vec();
        let mut replaced = [self.replaced.as_slice(), &others.replaced].concat();
        for theirs in others.files.iter() {
            let mut gave_way = |by: &RuleFile, whole| {
                let one = Replaced { file: theirs.source.clone(), by: by.source.clone(), whole };
                if !replaced.contains(&one) {
                    replaced.push(one);
                }
            };
            let alone = |file: &RuleFile| file.prefix != GENERIC && file.language.is_none();
            let ours = self.files.iter().find(|ours| alone(ours) && alone(theirs) && ours.prefix == theirs.prefix);
            if let Some(ours) = ours {
                gave_way(ours, true);
                continue;
            }
            let mut rest = theirs.clone();
            rest.remove.retain(|rule| match taken.get(&(theirs.prefix.as_str(), rule.id.as_str())) {
                Some(ours) => {
                    gave_way(ours, false);
                    false
                }
                None => true,
            });
            files.push(rest);
        }
        Self { replaced: Arc::new(replaced), ..Self::of(files) }
    }

    /// The files that gave way to others in [`Rules::instead_of`], in their order.
    pub fn replaced(&self) -> &[Replaced] {
        &self.replaced
    }

    /// The files, as they were read.
    pub(crate) fn files(&self) -> &[RuleFile] {
        &self.files
    }

    /// Every rule, in file order.
    pub fn list(&self) -> Vec<RuleInfo> {
        let of_file = |file: &RuleFile| {
            let info = |rule: &crate::rules::RemoveRule| RuleInfo {
                id: format!("{}/{}", file.prefix, rule.id),
                kind: rule.kind,
                file: file.source.clone(),
                line: rule.line,
                name: file.name.clone(),
                checked: file.checked.clone(),
            };
            file.remove.iter().map(info).collect::<Vec<_>>()
        };
        self.files.iter().flat_map(of_file).collect()
    }

    fn compiled(&self) -> Result<Arc<RuleSet>, Error> {
        self.compiled.get_or_try_init(|| RuleSet::new(&self.files).map(Arc::new)).cloned()
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

/// How a [`Sieve`] works; see [`Sieve::builder`].
#[derive(Clone, Debug)]
pub struct Builder {
    /// None: the bundled ones, which are only read if they are wanted.
    rules: Option<Rules>,
    url: Option<String>,
    keep: u32,
    only: u32,
    max_hold: usize,
    max_memory: usize,
    encoding: Option<String>,
    title: bool,
    focus: Focus,
    appeals: bool,
}

/// Bytes that may be held undecided; the default that the project was asked for.
const MAX_HOLD: usize = 64 << 10;
/// Bytes lol_html may hold. A tag of 50 MB must pass, and its buffer doubles as it grows.
const MAX_MEMORY: usize = 256 << 20;

impl Builder {
    /// The rules to use, in place of the bundled ones.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = Some(rules);
        self
    }

    /// The page's address: chooses site rules and makes links absolute. Without it the page is asked (`<link rel=canonical>`,
    /// `og:url`, `<base>`).
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Leaves blocks of a kind in. May be called for several.
    #[must_use]
    pub fn keep(mut self, kind: Kind) -> Self {
        self.keep |= 1 << kind as u32;
        self
    }

    /// Takes out blocks of this kind, and of others this was called for, and no more.
    #[must_use]
    pub fn only(mut self, kind: Kind) -> Self {
        self.only |= 1 << kind as u32;
        self
    }

    /// How many bytes page mode may hold undecided. Default 65,536. A notice longer than this (markup and all) stays in the page, and the
    /// report counts it in `budget_spent`; a larger budget delays output by as much.
    #[must_use]
    pub fn max_hold(mut self, bytes: usize) -> Self {
        self.max_hold = bytes;
        self
    }

    /// How many bytes the rewriter may use in page mode. Default 256 MiB. A page with one longer tag goes through unread from there
    /// on, and the report says where.
    #[must_use]
    pub fn max_memory(mut self, bytes: usize) -> Self {
        self.max_memory = bytes;
        self
    }

    /// The page's encoding by label (`windows-1251`), when the transport knows it. A byte order mark still wins.
    #[must_use]
    pub fn encoding(mut self, label: impl Into<String>) -> Self {
        self.encoding = Some(label.into());
        self
    }

    /// Whether a story's text begins with its headline. Default true.
    #[must_use]
    pub fn title(mut self, title: bool) -> Self {
        self.title = title;
        self
    }

    /// What is worse in a story: something missing, or something foreign. Default [`Focus::Balanced`].
    #[must_use]
    pub fn focus(mut self, focus: Focus) -> Self {
        self.focus = focus;
        self
    }

    /// Whether appeals that no rule names are recognized by their words and shape (rule ids `appeals/...`). Default true. Without, only
    /// what a rule names goes, which is a little faster.
    #[must_use]
    pub fn appeals(mut self, appeals: bool) -> Self {
        self.appeals = appeals;
        self
    }

    /// Puts the sieve together; the rules are compiled now unless they were before.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): an address that is none, an unknown encoding, a limit of 0.
    pub fn build(self) -> Result<Sieve, Error> {
        if self.max_hold == 0 || self.max_memory == 0 {
            return Err(Error::config("a limit of 0 bytes lets no rule decide anything: leave it out or give it a size"));
        }
        let encoding = match &self.encoding {
            None => None,
            Some(label) => Some(Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
                Error::config(format!(
                    "unknown encoding {label:?}: use a label of the WHATWG standard, such as utf-8 or windows-1251"
                ))
            })?),
        };
        let url = self.url.as_deref().map(address).transpose()?;
        let read = self.rules.unwrap_or_else(Rules::bundled);
        let rules = read.compiled()?;
        let kinds = Kinds(if self.only == 0 { u32::MAX } else { self.only } & !self.keep);
        let active = rules.base(|kind| kinds.has(kind), self.appeals);
        Ok(Sieve {
            settings: Arc::new(Settings {
                read,
                rules,
                appeals: self.appeals,
                active,
                kinds,
                url,
                max_hold: self.max_hold as u64,
                max_memory: self.max_memory,
                encoding,
                title: self.title,
                focus: self.focus,
            }),
        })
    }
}

fn address(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text.trim()).map_err(|error| {
        Error::config(format!("{text:?} is no address ({error}): write it whole, such as https://example.com/story"))
    })?;
    if url.has_host() {
        Ok(url)
    } else {
        Err(Error::config(format!("{text:?} names no host: write it whole, such as https://example.com/story")))
    }
}

/// What all pages of a sieve share.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The rules as they were read, for whoever explains them.
    pub(crate) read: Rules,
    pub(crate) rules: Arc<RuleSet>,
    /// Appeals that no rule names are recognized.
    pub(crate) appeals: bool,
    pub(crate) active: Active,
    pub(crate) kinds: Kinds,
    pub(crate) url: Option<Url>,
    pub(crate) max_hold: u64,
    pub(crate) max_memory: usize,
    pub(crate) encoding: Option<&'static Encoding>,
    pub(crate) title: bool,
    pub(crate) focus: Focus,
}

impl Settings {
    /// The same with other rules.
    pub(crate) fn with(&self, read: Rules) -> Result<Self, Error> {
        let rules = read.compiled()?;
        let active = rules.base(|kind| self.kinds.has(kind), self.appeals);
        Ok(Self { read, rules, active, ..self.clone() })
    }

    /// What one page needs; a recorder makes it a story's.
    pub(crate) fn pass(&self, recorder: Option<Recorder>) -> Pass {
        let max_hold = if recorder.is_some() { u64::MAX } else { self.max_hold };
        Pass::new(Arc::clone(&self.rules), self.active.clone(), self.kinds, self.url.as_ref(), max_hold, recorder)
    }

    /// The files of the site rules that were on.
    pub(crate) fn sites(&self, active: &Active) -> Vec<String> {
        let sites = active.sites.iter().map(|site| &self.rules.sites[*site as usize]);
        sites.filter(|site| site.limited()).map(|site| site.source.clone()).collect()
    }
}

/// Takes stories out of pages, and appeals out of both. Cheap to clone, and shared freely between threads.
///
/// ```
/// let sieve = storysieve::Sieve::builder().build()?;
/// let page = "<article><h1>Harbour reopens</h1><p>The harbour of Brennick reopened on Monday, eleven months after the storm \
///     that sank two ferries and tore away the breakwater.</p><p>Fishermen said that the first catch was small but good.</p></article>";
/// let story = sieve.story(page.as_bytes())?;
/// assert_eq!(story.title(), Some("Harbour reopens"));
/// assert!(story.text().ends_with("small but good.\n"));
/// # Ok::<(), storysieve::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sieve {
    settings: Arc<Settings>,
}

impl Sieve {
    /// A sieve with the bundled rules and the settings documented at each method of [`Builder`].
    pub fn builder() -> Builder {
        Builder {
            rules: None,
            url: None,
            keep: 0,
            only: 0,
            max_hold: MAX_HOLD,
            max_memory: MAX_MEMORY,
            encoding: None,
            title: true,
            focus: Focus::Balanced,
            appeals: true,
        }
    }

    /// The same sieve for a page of another address; nothing is compiled again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if it is no address.
    pub fn at(&self, url: &str) -> Result<Self, Error> {
        let url = Some(address(url)?);
        Ok(Self { settings: Arc::new(Settings { url, ..Settings::clone(&self.settings) }) })
    }

    /// The story of a page. A page without one gives an empty story, see [`Story::is_empty`].
    ///
    /// # Errors
    ///
    /// None at present: a bad page is never an error. The result leaves room for limits.
    pub fn story(&self, page: &[u8]) -> Result<Story, Error> {
        Ok(Story::of_page(&self.settings, page))
    }

    /// The story of a text without markup, a paragraph a line: the same text rules, over its paragraphs.
    ///
    /// # Errors
    ///
    /// None at present.
    pub fn plain_text(&self, text: &[u8]) -> Result<Story, Error> {
        Ok(Story::of_text(&self.settings, text))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A writer that passes a page on without its appeals.
    pub fn page<W: Write>(&self, writer: W) -> PageWriter<W> {
        PageWriter::new(self.filter(), writer)
    }

    /// The same as a push interface, without I/O.
    pub fn filter(&self) -> Filter {
        Filter::new(Arc::clone(&self.settings))
    }
}

/// Does a text have markup? Scraped text has none, or a stray `<`.
///
/// ```
/// assert!(storysieve::has_markup(b"<!doctype html><title>x</title>"));
/// assert!(!storysieve::has_markup(b"A story of 3 < 4 paragraphs.\n\nThe second."));
/// ```
pub fn has_markup(input: &[u8]) -> bool {
    if Encoding::for_bom(input).is_some_and(|(encoding, _)| encoding != encoding_rs::UTF_8) {
        return true; // UTF-16: scraped text is not kept in it
    }
    let mut rest = input;
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at + 1..];
        let name = rest.strip_prefix(b"/").unwrap_or(rest);
        let length = name.iter().take_while(|c| c.is_ascii_alphanumeric()).count();
        let known = crate::scan::tag::Tag::from_name(&name[..length]) != crate::scan::tag::Tag::Other;
        if rest.starts_with(b"!--") || rest.len() > 8 && rest[..8].eq_ignore_ascii_case(b"!doctype") || known {
            return true;
        }
    }
    false
}
