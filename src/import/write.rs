//! What was found, as the text of a rule file.
//!
//! The file is for a person to read and change: a comment says where each entry comes from, in the words of its source. It decides
//! quoting, order and which kind a rule is of when its source has none. It must not know any foreign syntax.

use super::target::Target;
use crate::rules::Kind;
use crate::rules::read::read;
use crate::selector::parse::parse;

/// A text as TOML, in the quotes that leave it as it is where there are such.
pub(super) fn toml_text(text: &str) -> String {
    if !text.contains('\'') && !text.chars().any(char::is_control) {
        return if text.contains(['"', '\\']) { format!("'{text}'") } else { format!("\"{text}\"") };
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A list of texts as TOML.
pub(super) fn toml_list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| toml_text(text)).collect::<Vec<_>>().join(", "))
}

/// Foreign text behind a `#`: one line, of a length that an editor shows.
pub(super) fn comment(text: &str) -> String {
    let mut short: String = text.trim().chars().take(160).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if short.len() < text.trim().len() {
        short.push('…');
    }
    short
}

/// The keys of a rule and their values, in the order of the language's reference.
pub(super) fn keys(id: &str, kind: Kind, hosts: &[String], target: &Target) -> Vec<(&'static str, String)> {
    let mut keys = vec![("id", toml_text(id)), ("kind", toml_text(kind.name()))];
    let mut list = |key, texts: &[String]| {
        if !texts.is_empty() {
            keys.push((key, toml_list(texts)));
        }
    };
    list("hosts", hosts);
    list("select", &target.select);
    list("has", &target.has);
    list("unless_has", &target.unless_has);
    let text = &target.text;
    if !text.is_empty() {
        let mut parts: Vec<String> = text.any.iter().map(|phrase| toml_text(phrase)).collect();
        if !text.all.is_empty() {
            parts.push(format!("{{ all = {} }}", toml_list(&text.all)));
        }
        if let Some(regex) = &text.regex {
            parts.push(format!("{{ regex = {} }}", toml_text(regex)));
        }
        keys.push(("text", format!("[{}]", parts.join(", "))));
        keys.push(("max_chars", target.bound().to_string()));
    }
    keys
}

/// A rule in one line, for a list of them.
pub(super) fn inline(keys: &[(&'static str, String)]) -> String {
    let keys: Vec<_> = keys.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", keys.join(", "))
}

/// A rule as a table of its own.
pub(super) fn table(keys: &[(&'static str, String)]) -> String {
    let keys: String = keys.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    format!("[[remove]]\n{keys}")
}

/// Is the rule one that can be read? The reason, if not.
pub(super) fn check(keys: &[(&'static str, String)]) -> Result<(), String> {
    let text = format!("schema = 1\nremove = [{}]\n", inline(keys));
    match read("", "", &text) {
        Ok(_) => Ok(()),
        Err(errors) => Err(reason(errors.first().map_or("it cannot be read", |error| &error.message))),
    }
}

/// Are these selectors that `[story]` can have?
pub(super) fn check_selectors(selectors: &[String]) -> Result<(), String> {
    for selector in selectors {
        parse(selector).map_err(|error| reason(&error.message))?;
    }
    Ok(())
}

/// A message without the piece of the source that it quotes, so that equal reasons can be counted together.
fn reason(message: &str) -> String {
    match message.split_once("is wrong: ") {
        Some((_, reason)) => reason.to_owned(),
        None => message.split(": it has").next().unwrap_or(message).to_owned(),
    }
}

/// What a rule is for, by the words of its selectors and texts; none if they do not say.
pub(super) fn kind_of(target: &Target) -> Option<Kind> {
    let all = target.select.iter().chain(&target.text.any).chain(&target.text.all).chain(&target.has);
    let words = all.map(|text| text.to_lowercase()).collect::<Vec<_>>().join(" ");
    let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    KINDS.iter().find(|(_, names)| words.iter().any(|word| names.iter().any(|name| named(word, name)))).map(|(kind, _)| *kind)
}

/// A name that ends in `*` stands for all words that begin so.
fn named(word: &str, name: &str) -> bool {
    name.strip_suffix('*').map_or(word == name, |stem| word.starts_with(stem))
}

/// Words by which people name the parts of a page, the surest first.
const KINDS: [(Kind, &[&str]); 13] = [
    (Kind::Paywall, &["paywall*", "regwall", "piano", "tinypass"]),
    (Kind::Newsletter, &["newsletter*", "mailinglist", "mailchimp", "mc4wp"]),
    (Kind::Adblock, &["adblock*", "antiadblock"]),
    (Kind::Consent, &["cookie*", "consent", "gdpr", "onetrust"]),
    (Kind::Donation, &["donate*", "donation*", "spende*"]),
    (Kind::Subscription, &["subscribe*", "subscription*", "abo"]),
    (Kind::Membership, &["membership*"]),
    (Kind::Affiliate, &["affiliate*"]),
    (Kind::Comments, &["comment*", "disqus*", "kommentar*"]),
    (
        Kind::Social,
        &["share*", "sharing", "social*", "sharedaddy", "addtoany", "addthis", "follow", "facebook", "twitter", "whatsapp"],
    ),
    (Kind::Related, &["related*", "recommend*", "outbrain*", "taboola*", "teaser*", "readmore", "yarpp", "similar", "trending"]),
    (Kind::App, &["appstore", "getapp", "playstore"]),
    (
        Kind::Ad,
        &[
            "ad",
            "ads",
            "advert*",
            "adsense",
            "adsbygoogle",
            "adslot",
            "banner*",
            "sponsor*",
            "promoted",
            "dfp",
            "gpt",
            "werbung",
            "anzeige*",
        ],
    ),
];
