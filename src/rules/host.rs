//! The `hosts` of a rule file: which sites it speaks of.
//!
//! Reads the patterns (`example.com`, `example.*`, `!live.example.com`), refuses those that cannot mean what their writer hoped, and
//! decides whether a host is meant. Where the host of a page comes from, and which rules follow from it, is for others. This module
//! must not know TOML, rules or pages.

use std::borrow::Cow;

use rustc_hash::FxHashSet;
use url::Host;

/// The hosts of one file. Without any pattern: every host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Hosts {
    on: Vec<Pattern>,
    off: Vec<Pattern>,
}

/// A pattern that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostError {
    /// Which of the patterns, from 0.
    pub(crate) index: usize,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// `key` is the pattern in lower case and punycode, without `!`: `example.com` or `example.*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Pattern {
    key: String,
}

impl Hosts {
    /// Reads the patterns of a file. Every wrong one is reported, not only the first.
    pub(crate) fn parse(patterns: &[&str]) -> Result<Self, Vec<HostError>> {
        let mut hosts = Self::default();
        let mut errors = Vec::new();
        let mut seen = FxHashSet::default();
        for (index, source) in patterns.iter().enumerate() {
            let (name, off) = match source.strip_prefix('!') {
                Some(name) => (name, true),
                None => (*source, false),
            };
            match pattern(name) {
                Ok(new) if !seen.insert((off, new.key.clone())) => errors.push(HostError {
                    index,
                    message: format!("the host {source:?} is listed twice"),
                    help: "take one of the two out".into(),
                }),
                Ok(new) if off => hosts.off.push(new),
                Ok(new) => hosts.on.push(new),
                Err((message, help)) => errors.push(HostError { index, message, help }),
            }
        }
        if errors.is_empty() { Ok(hosts) } else { Err(errors) }
    }

    /// No pattern was given, so every host is meant, and pages whose host nobody knows.
    pub(crate) fn is_empty(&self) -> bool {
        self.on.is_empty() && self.off.is_empty()
    }

    /// Is this host meant? Upper case, a trailing dot and letters outside ASCII are taken as what they stand for.
    pub(crate) fn matches(&self, host: &str) -> bool {
        let host = normal(host);
        let stem = stem(&host);
        let hit = |pattern: &Pattern| pattern.hits(&host, stem);
        (self.on.is_empty() || self.on.iter().any(hit)) && !self.off.iter().any(hit)
    }

    /// What to file these hosts under in an index: a host is meant only if one of its [`keys_of`] is among these and
    /// [`Hosts::matches`] agrees (which knows the exclusions). No key at all: the file is to be asked about every host.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.on.iter().map(|pattern| pattern.key.as_str())
    }

    /// The same for the hosts that are left out.
    pub(crate) fn exceptions(&self) -> impl Iterator<Item = &str> {
        self.off.iter().map(|pattern| pattern.key.as_str())
    }
}

/// The keys under which an index can hold files that mean this host, see [`Hosts::keys`].
pub(crate) fn keys_of(host: &str) -> Vec<String> {
    let host = normal(host);
    let mut keys: Vec<String> = tails(&host).map(str::to_owned).collect();
    keys.extend(tails(stem(&host)).map(|tail| format!("{tail}.*")));
    keys
}

impl Pattern {
    fn hits(&self, host: &str, stem: &str) -> bool {
        match self.key.strip_suffix(".*") {
            Some(name) => is_under(stem, name),
            None => is_under(host, &self.key),
        }
    }
}

fn is_under(host: &str, name: &str) -> bool {
    host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// What stands before the public suffix: `www.example` of `www.example.co.uk`.
fn stem(host: &str) -> &str {
    let suffix = psl::suffix_str(host).unwrap_or_default();
    host.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('.')).unwrap_or_default()
}

/// `a.b.c`, `b.c`, `c`; nothing of an empty name.
fn tails(name: &str) -> impl Iterator<Item = &str> {
    let mut next = (!name.is_empty()).then_some(name);
    std::iter::from_fn(move || {
        let here = next?;
        next = here.split_once('.').map(|(_, rest)| rest);
        Some(here)
    })
}

/// A host as patterns are kept: lower case, punycode, no trailing dot. What is no host at all stays what it is and matches nothing.
fn normal(host: &str) -> Cow<'_, str> {
    if !host.ends_with('.') && host.bytes().all(is_host_byte) {
        return Cow::Borrowed(host);
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    Host::parse(host).map_or_else(|_| Cow::Owned(host.to_lowercase()), |host| Cow::Owned(host.to_string()))
}

fn is_host_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.')
}

fn pattern(source: &str) -> Result<Pattern, (String, String)> {
    let refuse = |what: &str, help: String| Err((format!("the host {source:?} {what}"), help));
    if source.trim().is_empty() {
        return refuse("is empty", "write a host such as \"example.com\", or leave `hosts` out to mean every host".into());
    }
    if source.contains(char::is_whitespace) {
        return refuse("has a space in it", "write each host as a text of its own: [\"example.com\", \"example.org\"]".into());
    }
    if source.starts_with('!') {
        return refuse("has two `!`", "one `!` excludes a host; leave both out to include it".into());
    }
    if source.contains("://") {
        let host = url::Url::parse(source).ok().and_then(|url| url.host_str().map(str::to_owned));
        return refuse("is an address", format!("write the host alone: {:?}", host.as_deref().unwrap_or("example.com")));
    }
    if let Some((host, _)) = source.split_once('/') {
        return refuse("has a path", format!("write {host:?} here, and the path as a regex in `paths`"));
    }
    if let Some((host, _)) = source.split_once(':').filter(|_| !source.starts_with('[')) {
        return refuse("has a port", format!("write {host:?}; every port of a host is meant"));
    }
    let lone = source.strip_suffix('.').unwrap_or(source);
    if let Some(rest) = lone.strip_prefix("*.") {
        return refuse("begins with `*.`", format!("write {rest:?}, which means its subdomains too"));
    }
    let (name, any_suffix) = match lone.strip_suffix(".*") {
        Some(name) => (name, true),
        None => (lone, false),
    };
    if name.contains('*') {
        let help = "`*` may only stand at the end, for any public suffix: \"example.*\"; leave `hosts` out to mean every host";
        return refuse("has a `*` where none may be", help.into());
    }
    let Ok(host) = Host::parse(name) else {
        return refuse("is no host name", "write a host such as \"example.com\"".into());
    };
    let name = host.to_string();
    let Host::Domain(_) = host else {
        if any_suffix {
            return refuse("is a number with a `*`", "write the whole address, as in \"127.0.0.1\"".into());
        }
        return Ok(Pattern { key: name });
    };
    if !name.bytes().all(is_host_byte) || name.split('.').any(str::is_empty) {
        return refuse("is no host name", "write a host such as \"example.com\"".into());
    }
    if any_suffix {
        return Ok(Pattern { key: format!("{name}.*") });
    }
    let suffix = psl::suffix(name.as_bytes());
    let lone = suffix.is_some_and(|suffix| suffix.as_bytes() == name.as_bytes() && suffix.typ() == Some(psl::Type::Icann));
    if lone {
        return refuse(
            "is a public suffix that many sites share",
            format!("write the site's own name before it: \"example.{name}\""),
        );
    }
    if !name.contains('.') && name != "localhost" {
        return refuse(
            "has no dot in it",
            format!("write the whole host, such as \"{name}.com\", or \"{name}.*\" for any public suffix"),
        );
    }
    Ok(Pattern { key: name })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot read its own patterns should fail")]

    use super::*;

    #[test]
    fn a_pattern_means_the_hosts_it_says() {
        for (patterns, yes, no) in [
            (
                &["example.com"][..],
                &["example.com", "www.example.com", "a.b.example.com", "EXAMPLE.com", "example.com."][..],
                &["badexample.com", "example.com.evil.org", "example.org", "com", ""][..],
            ),
            (&["www.example.com"], &["www.example.com", "m.www.example.com"], &["example.com"]),
            (
                &["example.*"],
                &["example.com", "example.co.uk", "m.example.de", "example.uk.com", "EXAMPLE.CO.JP."],
                &["example.evil.com", "example", "notexample.com", "com", "", "example.com.evil.net"],
            ),
            (&["news.example.*"], &["news.example.fr", "live.news.example.com.au"], &["example.fr", "badnews.example.fr"]),
            (
                &["example.com", "!live.example.com"],
                &["example.com", "alive.example.com"],
                &["live.example.com", "a.live.example.com"],
            ),
            (&["example.*", "!example.de"], &["example.at"], &["example.de", "www.example.de"]),
            (&["example.com", "!live.example.*"], &["example.com"], &["live.example.com"]),
            (&["!example.com"], &["example.org", ""], &["example.com", "www.example.com"]),
            (&[], &["example.com", ""], &[]),
            (&["bücher.example"], &["xn--bcher-kva.example", "www.BÜCHER.example"], &["bucher.example"]),
            (&["xn--bcher-kva.example"], &["bücher.example"], &["xn--bcher-kva.example.org"]),
            (&["Example.COM."], &["example.com"], &["example.co"]),
            (&["127.0.0.1", "localhost", "[::1]"], &["127.0.0.1", "localhost", "[::1]"], &["0.0.1", "127.0.0.2"]),
            (&["someone.github.io"], &["someone.github.io"], &["other.github.io", "github.io"]),
            (&["github.io"], &["other.github.io"], &["github.com"]),
        ] {
            let hosts = Hosts::parse(patterns).unwrap();
            for host in yes {
                assert!(hosts.matches(host), "{patterns:?} should mean {host:?}");
            }
            for host in no {
                assert!(!hosts.matches(host), "{patterns:?} should not mean {host:?}");
            }
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_meant_is_refused_with_help() {
        for (pattern, message, help) in [
            ("https://example.com/x", "address", "\"example.com\""),
            ("example.com/news", "path", "`paths`"),
            ("example.com:8080", "port", "\"example.com\""),
            ("example.com, example.org", "space", "[\"example.com\", \"example.org\"]"),
            (" example.com", "space", "text of its own"),
            ("com", "public suffix", "example.com"),
            ("co.uk", "public suffix", "example.co.uk"),
            ("CO.UK.", "public suffix", "example.co.uk"),
            ("!com", "public suffix", "example.com"),
            ("nytimes", "no dot", "nytimes.*"),
            ("*", "`*`", "leave `hosts` out"),
            ("*.example.com", "begins with", "\"example.com\""),
            ("example.*.com", "`*`", "at the end"),
            ("ex*.com", "`*`", "at the end"),
            ("127.0.0.*", "number", "127.0.0.1"),
            ("", "empty", "every host"),
            ("!", "empty", "every host"),
            ("!!example.com", "two `!`", "one `!`"),
            ("exa mple.com", "space", "text of its own"),
            ("a..b.com", "no host name", "example.com"),
            ("a.com,b.com", "no host name", "example.com"),
            (".*", "no host name", "example.com"),
            ("user@example.com", "no host name", "example.com"),
        ] {
            let errors = Hosts::parse(&["fine.example", pattern]).unwrap_err();
            assert_eq!(errors.len(), 1, "{pattern:?}");
            let error = &errors[0];
            assert_eq!(error.index, 1, "{pattern:?}");
            assert!(error.message.contains(message), "{pattern:?}: {}", error.message);
            assert!(error.help.contains(help), "{pattern:?}: {}", error.help);
        }
    }

    #[test]
    fn every_wrong_pattern_is_reported() {
        let errors = Hosts::parse(&["com", "example.com", "a b", "EXAMPLE.com"]).unwrap_err();
        assert_eq!(errors.iter().map(|error| error.index).collect::<Vec<_>>(), [0, 2, 3]);
    }

    #[test]
    fn a_host_is_found_in_an_index_by_its_keys() {
        for (patterns, host) in [
            (["example.com"], "www.example.com"),
            (["example.*"], "m.example.co.uk"),
            (["news.example.*"], "NEWS.example.de"),
            (["bücher.example"], "bücher.example."),
            (["127.0.0.1"], "127.0.0.1"),
        ] {
            let hosts = Hosts::parse(&patterns).unwrap();
            let keys = keys_of(host);
            assert!(hosts.matches(host) && hosts.keys().all(|key| keys.iter().any(|k| k == key)), "{patterns:?} {keys:?}");
        }
        assert!(keys_of("").is_empty());
        assert_eq!(keys_of("a.b.co.uk"), ["a.b.co.uk", "b.co.uk", "co.uk", "uk", "a.b.*", "b.*"]);
        assert_eq!(Hosts::parse(&["!example.com"]).unwrap().keys().count(), 0);
    }
}
