//! Cosmetic filters of adblock lists, in the syntax of Adblock Plus, uBlock Origin and AdGuard.
//!
//! Tells filters from comments and network rules, reads their hosts, and takes exceptions (`#@#`) off the filters they speak of. What a
//! selector says is [`super::procedural`]'s. It must not know what a rule file may hold beyond what [`super::write`] writes.

use rustc_hash::{FxHashMap, FxHashSet};

use super::path::refuse;
use super::procedural;
use super::target::{Target, Text};
use super::write::{check, comment, inline, keys, kind_of, toml_text};
use super::{Fate, Imported, Line};
use crate::rules::Kind;
use crate::rules::host::Hosts;

/// A selector longer than this is refused when rules are read; longer lines need not be looked at.
const LONGEST: usize = 4096;

/// Converts the cosmetic filters of a list to a rule file. `name` is what the list is called if it has no title.
///
/// Each filter becomes a rule whose id names its line, on a line of its own. What the list says of itself, its licence among it, goes in
/// front. Network rules and scriptlets are not filters of what a page holds, and are not among the lines told of. `kind`
/// is what the rules are said to be for; without it their words decide, and what says nothing is an ad.
///
/// ```
/// let list = "! Title: Harbour filters\n! Licence: CC0\n##.ad-box\nexample.com##p:has-text(/sponsored by/i)\nexample.org#@#.ad-box\n";
/// let imported = storysieve::import::filter_list("harbour.txt", list, None);
/// assert!(imported.rules.contains("# Licence: CC0"));
/// assert!(imported.rules.contains(
///     r#"{ id = "line-3", kind = "ad", hosts = ["!example.org"], select = [".ad-box"] },"#));
/// storysieve::Rules::parse("harbour.toml", &imported.rules)?;
/// # Ok::<(), storysieve::Error>(())
/// ```
pub fn filter_list(name: &str, text: &str, kind: Option<Kind>) -> Imported {
    let mut head = Vec::new();
    let mut filters = Vec::new();
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = line.trim().trim_start_matches('\u{feff}');
        if let Some(said) = line.strip_prefix('!') {
            head.extend(of_itself(said).map(str::to_owned));
        } else if let Some(filter) = Filter::read(number, line) {
            filters.push(filter);
        }
    }
    let exceptions = Exceptions::of(&filters);
    let title = head.iter().find_map(|said: &String| said.strip_prefix("Title:")).map_or(name, str::trim).to_owned();
    let mut lines = Vec::with_capacity(filters.len());
    let mut rules = String::new();
    for filter in &filters {
        let fate = match filter.rules(&exceptions, kind) {
            Ok(Some(text)) => {
                rules.push_str(&text);
                Fate::Carried
            }
            Ok(None) => Fate::Needless("an exception takes away all of it".to_owned()),
            Err(reason) => Fate::Dropped(reason),
        };
        let fate = if filter.is_exception() { exceptions.fate(filter) } else { fate };
        let (text, sort) = (filter.line.to_owned(), filter.separator.to_owned());
        lines.push(Line { number: filter.number, text, sort, fate });
    }
    if rules.is_empty() {
        return Imported { rules, lines };
    }
    let mut out = format!("# From the filter list {} by `storysieve rules import`. Ids name its lines.\n", comment(name));
    for said in &head {
        out.push_str(&format!("# {}\n", comment(said)));
    }
    out.push_str(&format!("schema = 1\nname = {}\nremove = [\n{rules}]\n", toml_text(&title)));
    Imported { rules: out, lines }
}

/// What a comment at a list's head says of the list, if it does.
fn of_itself(comment: &str) -> Option<&str> {
    let comment = comment.trim();
    let (key, value) = comment.split_once(':')?;
    let known = ["title", "version", "homepage", "licence", "license", "last modified"];
    (known.contains(&key.trim().to_ascii_lowercase().as_str()) && !value.trim().is_empty()).then_some(comment)
}

/// A cosmetic filter.
struct Filter<'a> {
    number: u32,
    line: &'a str,
    hosts: &'a str,
    separator: &'static str,
    selector: &'a str,
}

/// What may stand between hosts and selector; longer ones before those they begin with.
const SEPARATORS: [&str; 14] =
    ["#@$?#", "#@?#", "#@$#", "#@%#", "#@#", "#$?#", "#?#", "#$#", "#%#", "##^", "##", "$@$", "$$", "#@"];

impl<'a> Filter<'a> {
    /// None: a network rule, a comment or a scriptlet.
    fn read(number: u32, line: &'a str) -> Option<Self> {
        if line.is_empty() || line.starts_with('[') && !line.starts_with("[$") {
            return None;
        }
        let found = SEPARATORS.iter().filter_map(|sign| line.find(sign).map(|at| (at, *sign)));
        let (at, separator) = found.min_by_key(|(at, sign)| (*at, usize::MAX - sign.len()))?;
        let (hosts, selector) = (&line[..at], line[at + separator.len()..].trim());
        // Where a filter has its hosts, a network rule has signs of an address, and a comment has spaces.
        let is_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '-' | '_' | '~' | '*');
        let special = hosts.len() > 1 && hosts.starts_with('/') && hosts.ends_with('/') || hosts.starts_with("[$");
        if !hosts.chars().all(is_host) && !special || separator == "#@" || selector.is_empty() {
            return None;
        }
        let scriptlet =
            matches!(separator, "#%#" | "#@%#") || selector.starts_with("+js(") || selector.starts_with("script:inject(");
        (!scriptlet).then_some(Self { number, line, hosts, separator, selector })
    }

    fn is_exception(&self) -> bool {
        self.separator.contains('@')
    }

    /// The rules it becomes, as lines of TOML; none if exceptions leave nothing of it.
    fn rules(&self, exceptions: &Exceptions<'_>, kind: Option<Kind>) -> Result<Option<String>, String> {
        if self.is_exception() {
            return Ok(None);
        }
        if self.selector.len() > LONGEST {
            return refuse("is longer than a selector may be");
        }
        let targets = match self.separator {
            "$$" => vec![html_filter(self.selector)?],
            "##^" if self.selector.starts_with("responseheader(") => return refuse("takes a header off, not a part of the page"),
            "#$#" | "#$?#" if !self.selector.ends_with('}') => return refuse("runs a script"),
            _ => procedural::targets(self.selector)?,
        };
        let scripts = |target: &Target| !target.text.is_empty() && target.select.iter().all(|select| is_unread(select));
        if targets.iter().any(scripts) {
            return refuse("asks for the text of a script, which is not read");
        }
        let Some(hosts) = exceptions.left(self, hosts(self.hosts)?) else { return Ok(None) };
        let mut rules = String::new();
        for (at, target) in targets.iter().enumerate() {
            let id = if at == 0 { format!("line-{}", self.number) } else { format!("line-{}-{}", self.number, at + 1) };
            let kind = kind.or_else(|| kind_of(target)).unwrap_or(Kind::Ad);
            let keys = keys(&id, kind, &hosts, target);
            check(&keys)?;
            rules.push_str(&format!("    {},\n", inline(&keys)));
        }
        Ok(Some(rules))
    }
}

/// Does the selector name an element whose text no reader sees?
fn is_unread(select: &str) -> bool {
    let last = select.rsplit([' ', '>', '+', '~']).next().unwrap_or_default();
    let name = last.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    matches!(name, "script" | "style" | "noscript" | "template")
}

/// `div[id="x"][tag-content="y"][max-length="500"]`, as AdGuard's `$$` has it.
fn html_filter(selector: &str) -> Result<Target, String> {
    let mut css = String::new();
    let mut text = Text::default();
    let mut max_chars = None;
    let mut rest = selector;
    while let Some(open) = rest.find('[') {
        css.push_str(&rest[..open]);
        let end = rest[open..].find("\"]").map_or(rest.len(), |at| open + at + 2);
        let test = &rest[open..end];
        let special = |name: &str| test.strip_prefix(&format!("[{name}=\"")).and_then(|value| value.strip_suffix("\"]"));
        if let Some(content) = special("tag-content") {
            text.all.push(content.replace("\"\"", "\""));
        } else if let Some(most) = special("max-length") {
            max_chars = Some(most.parse().map_err(|_| "has a length that is no number".to_owned())?);
        } else if let Some(least) = special("min-length") {
            let least: u32 = least.parse().map_err(|_| "has a length that is no number".to_owned())?;
            text.regex = Some(format!("(?s-u).{{{least}}}"));
        } else if special("wildcard").is_some() {
            return refuse("asks for the source text of an element");
        } else {
            css.push_str(test);
        }
        rest = &rest[end..];
    }
    css.push_str(rest);
    let mut targets = procedural::targets(&css)?;
    let (Some(mut target), true) = (targets.pop(), targets.is_empty()) else { return refuse("is a list of several filters") };
    target.text = target.text.and(text).ok_or("asks for two lists of texts")?;
    target.max_chars = max_chars;
    if max_chars.is_some() && target.text.is_empty() {
        return refuse("asks for the length of an element and for no text");
    }
    Ok(target)
}

/// The hosts of a filter as rules have them; none for every host.
fn hosts(list: &str) -> Result<Vec<String>, String> {
    if list.starts_with(['/', '[']) {
        return refuse("names its hosts by a regex or an option");
    }
    let mut hosts = Vec::new();
    let mut seen = FxHashSet::default();
    let mut refused = None;
    let mut named = 0;
    for host in list.split(',').map(str::trim).filter(|host| !host.is_empty() && *host != "*") {
        named += 1;
        let pattern = match host.strip_prefix('~') {
            Some(host) => format!("!{host}"),
            None => host.to_owned(),
        };
        match Hosts::parse(&[&pattern]) {
            Ok(_) if seen.insert(pattern.to_lowercase()) => hosts.push(pattern),
            Ok(_) => {}
            Err(_) => refused = Some("names a host that is none, or a public suffix that many sites share"),
        }
    }
    match refused {
        Some(reason) if hosts.iter().all(|host| host.starts_with('!')) && named > 0 => refuse(reason),
        _ => Ok(hosts),
    }
}

/// What the exceptions of a list say, by selector.
struct Exceptions<'a> {
    /// Hosts on which filters of this selector are off; none among them: on every host.
    off: FxHashMap<&'a str, Vec<&'a str>>,
    /// The selectors of filters.
    filtered: FxHashSet<&'a str>,
}

impl<'a> Exceptions<'a> {
    fn of(filters: &[Filter<'a>]) -> Self {
        let mut off: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
        let mut filtered = FxHashSet::default();
        for filter in filters {
            if !filter.is_exception() {
                filtered.insert(filter.selector);
                continue;
            }
            let hosts = off.entry(filter.selector).or_default();
            match filter.hosts {
                "" => hosts.push(""),
                list => hosts.extend(list.split(',').map(str::trim)),
            }
        }
        Self { off, filtered }
    }

    /// The hosts of a filter less those it is taken off; none if nothing is left.
    fn left(&self, filter: &Filter<'_>, mut hosts: Vec<String>) -> Option<Vec<String>> {
        let Some(off) = self.off.get(filter.selector) else { return Some(hosts) };
        let everywhere = hosts.iter().all(|host| host.starts_with('!'));
        for host in off {
            if host.is_empty() {
                return None;
            }
            // `~host#@#x`: off on every host but this one.
            if host.starts_with('~') {
                continue;
            }
            hosts.retain(|known| !known.eq_ignore_ascii_case(host));
            let without = format!("!{host}");
            let within = |known: &String| host.len() > known.len() && host.ends_with(known.as_str()) || known.ends_with(".*");
            if (everywhere || hosts.iter().any(within)) && !hosts.contains(&without) && Hosts::parse(&[&without]).is_ok() {
                hosts.push(without);
            }
        }
        (everywhere || hosts.iter().any(|host| !host.starts_with('!'))).then_some(hosts)
    }

    /// What becomes of an exception itself.
    fn fate(&self, exception: &Filter<'_>) -> Fate {
        if exception.hosts.contains('~') || exception.hosts.starts_with(['/', '[']) {
            return Fate::Dropped("names its hosts by a regex, an option or what they are not".to_owned());
        }
        if self.filtered.contains(exception.selector) {
            return Fate::Carried;
        }
        Fate::Needless("is an exception to no filter of this list".to_owned())
    }
}
