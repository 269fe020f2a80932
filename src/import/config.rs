//! Full-text site configs (`example.com.txt`): which directive says what, and what of it our rules can say.
//!
//! XPaths are [`super::path`]'s. It must not know how a rule is written down.

use rustc_hash::FxHashMap;

use super::path::{self, End, refuse};
use super::pictures;
use super::replace::{self, Replacement, Said};
use super::target::{Target, quoted};
use super::write::{check, check_selectors, comment, keys, kind_of, table, toml_list, toml_text};
use super::{Fate, Imported, Line};
use crate::record::address::is_read;
use crate::rules::Kind;
use crate::rules::host::Hosts;

/// What is known of the collection that a site config stands in.
///
/// ```
/// let folder = storysieve::import::Folder { hosts: vec!["example.com".into(), "live.example.com".into()], ..Default::default() };
/// let imported = storysieve::import::site_config("example.com.txt", "body: //article", &folder);
/// assert!(imported.rules.contains(r#"hosts = ["example.com", "!live.example.com"]"#));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// The hosts of all its configs. A host with a config of its own is left out of the config of a wider one.
    pub hosts: Vec<String>,
    /// A line that says under which licence the collection is.
    pub licence: Option<String>,
}

/// Converts a site config to a rule file. `name` is its file's name, which is the host and `.txt`.
///
/// `body`, `title`, `author` and `date` become `[story]`; `strip`, `strip_id_or_class` and `strip_image_src` become `[[remove]]`
/// rules whose ids name the line they come from; `test_url` and `test_contains` become comments, for a test needs a page.
///
/// ```
/// let config = "body: //div[@id='story']\nstrip: //p[contains(., 'Sign up')]\ntidy: no\nstrip: //p[last()]";
/// let imported = storysieve::import::site_config("example.com.txt", config, &Default::default());
/// assert!(imported.rules.contains(r##"select = [
///     "#story", # 1: //div[@id='story']"##.replace("#story", "div#story").as_str()));
/// assert_eq!(imported.counts(), (2, 1, 1));
/// # storysieve::Rules::parse("example.com.toml", &imported.rules)?;
/// # Ok::<(), storysieve::Error>(())
/// ```
pub fn site_config(name: &str, text: &str, folder: &Folder) -> Imported {
    let mut config = Config::default();
    let hosts = match hosts(name, folder) {
        Ok(hosts) => hosts,
        Err(reason) => {
            let line = Line { number: 0, text: name.to_owned(), sort: "file".to_owned(), fate: Fate::Dropped(reason) };
            return Imported { lines: vec![line], ..Imported::default() };
        }
    };
    config.everywhere = hosts.is_empty();
    config.replacements = replacements(text, host_of(name));
    let mut lines = Vec::new();
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = line.trim().trim_start_matches('\u{feff}');
        if line.is_empty() || line.starts_with('#') || line.starts_with("//") {
            continue;
        }
        let (sort, value) = match directive(line) {
            Some((sort, value)) => (sort, value),
            None => ("", line),
        };
        let fate = match config.line(number, sort, value) {
            Ok(fate) => fate,
            Err(reason) => Fate::Dropped(reason),
        };
        lines.push(Line { number, text: line.to_owned(), sort: sort.to_owned(), fate });
    }
    Imported { rules: config.file(name, &hosts, folder), lines }
}

/// The replacements of a config that are not needed, by their lines: why not. The first `find_string` belongs to the
/// first `replace_string` without brackets, and so on.
fn replacements(text: &str, host: &str) -> FxHashMap<u32, &'static str> {
    let mut said = Said { host: host.strip_prefix("www.").unwrap_or(host), ..Said::default() };
    let (mut finds, mut bare, mut all) = (Vec::new(), Vec::new(), Vec::<Replacement<'_>>::new());
    for (number, line) in (1_u32..).zip(text.lines()) {
        let Some((sort, value)) = directive(line.trim()) else { continue };
        match sort {
            "find_string" => finds.push((number, value)),
            "replace_string" => match argument(line) {
                Some(find) => all.push((vec![number], find, value)),
                None => bare.push((number, value)),
            },
            "body" | "title" | "author" | "date" | "strip" | "strip_id_or_class" | "wrap_in" | "dissolve" | "move_into" => {
                said.place |= sort == "body";
                said.named.push(value);
            }
            _ => {}
        }
    }
    all.extend(finds.iter().zip(&bare).map(|((one, find), (two, value))| (vec![*one, *two], *find, *value)));
    said.noscripts = pictures::all_noscripts_are_read(&all, &said);
    said.loads = all.iter().any(|(_, find, value)| pictures::loads(find, value));
    let needless = all.into_iter().filter_map(|(lines, find, value)| Some((lines, replace::needless(find, value, &said)?)));
    needless.flat_map(|(lines, reason)| lines.into_iter().map(move |line| (line, reason))).collect()
}

/// The hosts a config is for; none for the one of all sites.
fn hosts(name: &str, folder: &Folder) -> Result<Vec<String>, String> {
    let host = host_of(name);
    if host == "global" {
        return Ok(Vec::new());
    }
    let below = |other: &&String| other.strip_suffix(host).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'));
    let mut hosts = vec![host.to_owned()];
    hosts.extend(folder.hosts.iter().filter(below).map(|other| format!("!{other}")));
    hosts.dedup();
    let patterns: Vec<&str> = hosts.iter().map(String::as_str).collect();
    match Hosts::parse(&patterns) {
        Ok(_) => Ok(hosts),
        Err(errors) => Err(errors.first().map_or("its name is no host", |error| &error.message).to_owned()),
    }
}

/// The host in the name of a config: `example.com` of `example.com.txt` and of `.example.com.txt`, which is for its subdomains.
pub(super) fn host_of(name: &str) -> &str {
    let name = name.strip_suffix(".txt").unwrap_or(name);
    name.strip_prefix('.').unwrap_or(name)
}

/// `name: value`, `name(argument): value`.
fn directive(line: &str) -> Option<(&str, &str)> {
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let (name, rest) = line.split_at(end);
    let rest = match rest.strip_prefix('(') {
        Some(argument) => argument.split_once("):")?.1,
        None => rest.trim_start().strip_prefix(':')?,
    };
    (!name.is_empty()).then_some((name, rest.trim()))
}

/// What stands in brackets behind the name of a directive.
fn argument(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once('(').filter(|(name, _)| !name.contains(':'))?;
    rest.split_once("):").map(|(argument, _)| argument)
}

/// What becomes of a directive that cuts a piece out of a text.
enum Cut<'a> {
    /// It does not.
    Not,
    /// What it would cut off comes off anyway.
    Done(&'static str),
    /// The same of what this names, for what is cut off comes off anyway.
    By(&'a str),
}

/// What stands before a name, and is taken off when names are read.
const LABELS: [&str; 22] = [
    "by",
    "by:",
    "von",
    "von:",
    "par",
    "por",
    "di",
    "door",
    "author:",
    "authors:",
    "autor:",
    "auteur:",
    "autore:",
    "text:",
    "texte:",
    "text by",
    "written by",
    "posted by",
    "story by",
    "words by",
    "reported by",
    "verfasst von",
];

/// Also the end of one: `on:` of `Von:`, so that the case of its first letter does not matter.
fn is_label(piece: &str) -> bool {
    let piece = piece.trim().to_lowercase();
    LABELS.iter().any(|label| *label == piece || piece.len() > 2 && piece.ends_with(':') && label.ends_with(&piece))
}

/// `substring-after(//p, 'By ')` and the like, where storysieve takes off by itself what is cut off here.
fn cut<'a>(sort: &str, value: &'a str) -> Result<Cut<'a>, String> {
    let Some((function, rest)) = value.split_once('(').filter(|(name, _)| name.trim().starts_with("substring-")) else {
        return Ok(Cut::Not);
    };
    let inner = rest.trim_end().strip_suffix(')').and_then(|arguments| arguments.rsplit_once(','));
    if let Some((whole, piece)) = inner.filter(|(whole, _)| sort == "date" && whole.trim_start().starts_with("substring-"))
        && let Ok(Cut::By(innermost)) = cut(sort, whole.trim())
        && is_dated(innermost)
        && is_around_date(unquoted(piece))
    {
        return Ok(Cut::By(innermost));
    }
    let Some((whole, piece)) =
        inner.filter(|(whole, _)| !whole.contains("substring-") && whole.matches('(').count() == whole.matches(')').count())
    else {
        return match sort {
            "date" if value.contains("ld+json") && value.contains("datePublished") => Ok(Cut::Done("is found without rules")),
            _ => refuse("cuts a piece out of a text"),
        };
    };
    let piece = unquoted(piece);
    match (sort, function.trim()) {
        ("date", _) if is_dated(whole) && is_around_date(piece) => Ok(Cut::By(whole)),
        ("title", _) if whole.trim_start().starts_with("//title") || whole.contains("title") && whole.contains("/@content") => {
            Ok(Cut::Done("the site's name is taken off titles anyway"))
        }
        ("author", "substring-after") if is_label(piece) => Ok(Cut::By(whole)),
        ("date", "substring-before") if matches!(piece.trim(), "T" | "at") => Ok(Cut::By(whole)),
        _ => refuse("cuts a piece out of a text"),
    }
}

fn unquoted(piece: &str) -> &str {
    piece.trim().trim_matches(['"', '\''])
}

/// Does a date that is found in the text of these elements stand there for the reader?
fn is_dated(xpath: &str) -> bool {
    xpath.contains('[') && !xpath.contains("script") && !xpath.contains("/@")
}

/// Words beside a date that is looked for in the text of its element, unless they choose between two dates.
fn is_around_date(piece: &str) -> bool {
    const CHANGED: [&str; 8] = ["chang", "edit", "geändert", "last", "modif", "revis", "updat", "aktualis"];
    let piece = piece.to_lowercase();
    !piece.is_empty()
        && !piece.contains(|c: char| c.is_ascii_digit() || c == '&')
        && !CHANGED.iter().any(|word| piece.contains(word))
}

#[derive(Default)]
struct Config {
    everywhere: bool,
    replacements: FxHashMap<u32, &'static str>,
    /// The keys of `[story]`: selectors with the line they come from.
    story: [(&'static str, Vec<(String, String)>); 4],
    removes: String,
    pages: String,
}

/// The keys of `[story]`, by directive.
const STORY: [(&str, &str); 4] = [("body", "select"), ("title", "title"), ("author", "author"), ("date", "date")];

/// What only whoever fetches pages has to know.
const FETCHING: [&str; 17] = [
    "http_header",
    "next_page_link",
    "single_page_link",
    "single_page_link_in_feed",
    "if_page_contains",
    "autodetect_next_page",
    "requires_login",
    "not_logged_in_xpath",
    "login_uri",
    "login_username_field",
    "login_password_field",
    "login_extra_fields",
    "https",
    "parser",
    "tidy",
    "native_ad_clue",
    "insert_detected_image",
];
/// What storysieve does on every page.
const ALWAYS: [&str; 4] = ["convert_double_br_tags", "strip_comments", "strip_attr", "post_strip_attr"];
/// Elements that no story has.
const NEVER_SHOWN: [&str; 5] = ["script", "style", "link", "meta", "base"];

impl Config {
    fn line(&mut self, number: u32, sort: &str, value: &str) -> Result<Fate, String> {
        let needless = |reason: &str| Ok(Fate::Needless(reason.to_owned()));
        if let Some(at) = STORY.iter().position(|(directive, _)| *directive == sort) {
            return self.story(at, number, value);
        }
        match sort {
            "strip" => self.strip(number, sort, value),
            "strip_id_or_class" => {
                let piece = value.replace(['"', '\''], "");
                if piece.trim().is_empty() {
                    return refuse("has no value");
                }
                let piece = quoted(piece.trim());
                // A page that says on its body what it has would go whole.
                let select = ["class", "id"].map(|name| format!("[{name}*={piece}]:not(html, body)")).to_vec();
                self.remove(number, sort, value, vec![Target { select, ..Target::default() }])
            }
            "strip_image_src" => {
                let piece = quoted(value.replace(['"', '\''], "").trim());
                self.remove(number, sort, value, vec![Target::of(format!("img[src*={piece}]"))])
            }
            "test_url" | "test_contains" => {
                self.pages.push_str(&format!("#   {number}: {}\n", comment(value)));
                Ok(Fate::Carried)
            }
            "prune" if matches!(value, "no" | "false") => needless("nothing is pruned inside a story whose place is named"),
            "prune" => refuse("asks for a guess at what else may go"),
            "skip_id_or_class" => needless("nothing is pruned inside a story whose place is named"),
            "find_string" | "replace_string" => match self.replacements.get(&number) {
                Some(reason) => needless(reason),
                None => refuse("changes the page's source before it is read"),
            },
            "wrap_in" | "dissolve" | "move_into" => refuse("builds the page anew"),
            sort if FETCHING.contains(&sort) => needless("tells how to fetch, or what to make of a page besides its story"),
            sort if ALWAYS.contains(&sort) => needless("is done anyway"),
            "src_lazy_load_attr" if is_read(value, "") => needless("lazy pictures are found anyway"),
            "autodetect_on_failure" if value == "yes" => needless("where no selector hits, the story is found anyway"),
            "" => refuse("is no directive"),
            _ => refuse("is a directive that has no counterpart"),
        }
    }

    fn story(&mut self, at: usize, number: u32, value: &str) -> Result<Fate, String> {
        let (sort, key) = STORY[at];
        if self.everywhere {
            return Ok(Fate::Needless("is found without rules".to_owned()));
        }
        let source = match cut(sort, value)? {
            Cut::Not => value,
            Cut::Done(reason) => return Ok(Fate::Needless(reason.to_owned())),
            Cut::By(whole) => whole,
        };
        let mut selectors = Vec::new();
        for (target, end) in path::targets(source, sort == "title" || sort == "date")? {
            match end {
                End::Element => {}
                End::Text if sort != "body" => {}
                End::Attribute(name) if sort != "body" && matches!(name.as_str(), "content" | "datetime") => {}
                End::Text | End::Attribute(_) => return refuse("takes an attribute or a bare text"),
            }
            if !target.is_markup() {
                return refuse("asks what the element holds, which must be known where it begins");
            }
            selectors.extend(target.select);
        }
        check_selectors(&selectors)?;
        let (name, entries) = &mut self.story[at];
        *name = key;
        let selector = selectors.join(", ");
        if entries.iter().all(|(known, _)| *known != selector) {
            entries.push((selector, format!("{number}: {}", comment(value))));
        }
        Ok(Fate::Carried)
    }

    fn strip(&mut self, number: u32, sort: &str, value: &str) -> Result<Fate, String> {
        if value.contains("comment()") {
            return Ok(Fate::Needless("is done anyway".to_owned()));
        }
        let found = path::targets(value, false)?;
        if found.iter().all(|(_, end)| matches!(end, End::Attribute(_))) {
            return Ok(Fate::Needless("takes an attribute off, and a story keeps only those that it needs".to_owned()));
        }
        if found.iter().any(|(_, end)| *end != End::Element) {
            return refuse("takes an attribute or a bare text");
        }
        let targets: Vec<_> = found.into_iter().map(|(target, _)| target).collect();
        if targets.iter().flat_map(|target| &target.select).all(|select| NEVER_SHOWN.contains(&select.as_str())) {
            return Ok(Fate::Needless("no story has such an element".to_owned()));
        }
        self.remove(number, sort, value, targets)
    }

    fn remove(&mut self, number: u32, sort: &str, value: &str, targets: Vec<Target>) -> Result<Fate, String> {
        let mut rules = format!("\n# {number}: {sort}: {}\n", comment(value));
        for (at, target) in Target::merged(targets).iter().enumerate() {
            let id = if at == 0 { format!("line-{number}") } else { format!("line-{number}-{}", at + 1) };
            let keys = keys(&id, kind_of(target).unwrap_or(Kind::Promo), &[], target);
            check(&keys)?;
            rules.push_str(&table(&keys));
        }
        self.removes.push_str(&rules);
        Ok(Fate::Carried)
    }

    fn file(&self, name: &str, hosts: &[String], folder: &Folder) -> String {
        let has_story = self.story.iter().any(|(_, entries)| !entries.is_empty());
        if !has_story && self.removes.is_empty() {
            return String::new();
        }
        let mut out = format!("# From the site config {} by `storysieve rules import`. Numbers are its lines.\n", comment(name));
        if let Some(licence) = &folder.licence {
            out.push_str(&format!("# Licence: {}\n", comment(licence)));
        }
        out.push_str(&format!("schema = 1\nname = {}\n", toml_text(host_of(name))));
        if !hosts.is_empty() {
            out.push_str(&format!("hosts = {}\n", toml_list(hosts)));
        }
        if !self.pages.is_empty() {
            out.push_str(&format!("\n# Pages that it was tried on, and what was on them:\n{}", self.pages));
        }
        if has_story {
            out.push_str("\n[story]\n");
        }
        for (key, entries) in self.story.iter().filter(|(_, entries)| !entries.is_empty()) {
            out.push_str(&format!("{key} = [\n"));
            for (selector, source) in entries {
                out.push_str(&format!("    {}, # {source}\n", toml_text(selector)));
            }
            out.push_str("]\n");
        }
        out.push_str(&self.removes);
        out
    }
}
