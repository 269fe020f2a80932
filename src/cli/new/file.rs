//! The text of a rule file for rules that were found.
//!
//! It decides what a new file says of itself, and how rules and their test are added to one that is there. It must not write files.

use std::collections::HashSet;
use std::path::Path;

use storysieve::Rules;
use storysieve::workbench::Proposal;
use toml_edit::{Array, Value};
use url::Url;

/// What is to be written.
pub(super) struct Draft<'a> {
    pub(super) url: &'a Url,
    pub(super) today: String,
    pub(super) rules: Vec<Proposal>,
    pub(super) gone: Vec<String>,
    pub(super) stays: Vec<String>,
}

impl Draft<'_> {
    /// The host without `www.`.
    fn host(&self) -> &str {
        let host = self.url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host)
    }

    /// The host as a file can be named.
    pub(super) fn site(&self) -> String {
        let slug: String =
            self.host().chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        slug.trim_matches('-').to_owned()
    }

    /// A name for the fixture that no folder has.
    pub(super) fn fixture(&self, folder: &Path) -> String {
        let id = self.rules.first().map_or("", |rule| rule.id.as_str());
        let name = format!("{}-{id}", self.site());
        let mut names = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name}-{number}")));
        names.find(|name| !folder.join(name).exists()).unwrap_or(name)
    }

    /// The file: the old one, if there is one, with the rules and their test behind it. Without a fixture there is no test.
    pub(super) fn text(&self, old: Option<&(String, Rules)>, fixture: Option<&str>) -> anyhow::Result<String> {
        let mut ids: HashSet<String> = HashSet::new();
        let mut text = match old {
            Some((text, rules)) => {
                let own = |id: &str| id.rsplit('/').next().unwrap_or_default().to_owned();
                ids.extend(rules.list().iter().map(|rule| own(&rule.id)));
                format!("{}\n", text.trim_end())
            }
            None => format!(
                "schema = 1\nname = {}\nhosts = {}\nchecked = {}\n",
                quoted(self.host()),
                list([self.host().to_owned()].iter()),
                self.today
            ),
        };
        for rule in &self.rules {
            let mut rule = rule.clone();
            let id = rule.id.clone();
            for number in 2.. {
                if ids.insert(rule.id.clone()) {
                    break;
                }
                rule.id = format!("{id}-{number}");
            }
            text.push_str(&format!("\n{}", rule.toml()));
        }
        if let Some(fixture) = fixture {
            text.push_str(&format!("\n[[test]]\nurl = {}\nfixture = {}\n", quoted(self.url.as_str()), quoted(fixture)));
            text.push_str(&format!("gone = {}\n", list(self.gone.iter())));
            if !self.stays.is_empty() {
                text.push_str(&format!("stays = {}\n", list(self.stays.iter())));
            }
        }
        super::super::fmt::formatted(&text)
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn list<'t>(texts: impl Iterator<Item = &'t String>) -> String {
    Value::from(texts.collect::<Array>()).to_string()
}
