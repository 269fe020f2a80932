//! The report as one HTML file that needs nothing else.
//!
//! Whatever comes from the page is text in it, escaped, and never markup, script or address: a page that means harm is only shown. The policy
//! in its head lets nothing run but the report's own script, by its hash, and nothing be fetched. What is told of a block is
//! [`detail`](super::detail)'s.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use storysieve::workbench::{Explained, Explanation, Remedy, Verdict};

use super::detail;
use crate::cli::show::count;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// What is shown.
pub(crate) struct Report<'a> {
    pub(crate) name: &'a str,
    pub(crate) explanation: &'a Explanation,
    /// For each block, the rule files that would change what becomes of it; none if nobody looked for them.
    pub(crate) remedies: &'a [Option<Vec<Remedy>>],
    /// The number of this version, if the report is served and asks for the next.
    pub(crate) version: Option<u64>,
    /// Why the newest version cannot be shown.
    pub(crate) mistake: Option<&'a str>,
}

impl Report<'_> {
    /// What the browser may do with the report.
    pub(crate) fn policy(served: bool) -> String {
        let connect = if served { " connect-src 'self';" } else { "" };
        format!(
            "default-src 'none';{connect} script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            hash(SCRIPT),
            hash(STYLE)
        )
    }

    /// The whole file.
    pub(crate) fn html(&self) -> String {
        let Explanation { title, blocks, .. } = self.explanation;
        let name = escaped(self.name);
        let title = title.as_deref().map_or_else(|| name.clone(), escaped);
        let version = self.version.map(|version| format!(" data-version=\"{version}\"")).unwrap_or_default();
        let rules = Rules::of(blocks);
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\"{version}>\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}: what became of each block</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
            Self::policy(self.version.is_some())
        );
        html.push_str("<a class=\"skip\" href=\"#blocks\">Skip to the blocks</a>\n");
        html.push_str(&strip(blocks));
        let _ = write!(html, "<main>\n<header>\n<h1 dir=\"auto\">{title}</h1>\n{}</header>\n", self.facts(&name));
        if let Some(mistake) = self.mistake {
            let what = if blocks.is_empty() { "" } else { " Below is what was there before." };
            let _ = writeln!(
                html,
                "<div class=\"mistake\" role=\"alert\"><strong>This cannot be shown as it is now.</strong>{what}<pre>{}</pre></div>",
                escaped(mistake)
            );
        }
        html.push_str(&filter(blocks, &rules));
        html.push_str("<h2>The page</h2>\n<ol id=\"blocks\">\n");
        for (at, block) in blocks.iter().enumerate() {
            self.block(at, block, &rules, &mut html);
        }
        html.push_str("</ol>\n</main>\n<p class=\"hint\">Point at a block to see why; open it to keep that in view.</p>\n");
        let _ = write!(html, "<p id=\"said\" class=\"skip\" role=\"status\"></p>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
        html
    }

    fn facts(&self, name: &str) -> String {
        let Explanation { url, bytes, encoding, access, sites, held, max_hold, budget_spent, .. } = self.explanation;
        let sites = if sites.is_empty() { "none".to_owned() } else { sites.join(", ") };
        let url = url.as_ref().map(|url| format!("{} · ", escaped(url))).unwrap_or_default();
        let evidence: String = access.evidence.iter().map(|evidence| format!(" ({})", escaped(evidence))).collect();
        format!(
            "<p class=\"facts\">{name} · {url}{bytes} bytes as {encoding} · access: {}{evidence} · site rules: {} · page mode holds at most \
             {held} bytes of {max_hold} and lets go {budget_spent} times</p>\n\
             <p class=\"keys\"><kbd>j</kbd> and <kbd>k</kbd> go from block to block, <kbd>Enter</kbd> opens one, <kbd>Esc</kbd> closes it, \
             <kbd>/</kbd> looks for words.</p>\n",
            access.state,
            escaped(&sites)
        )
    }

    fn block(&self, at: usize, block: &Explained, rules: &Rules<'_>, html: &mut String) {
        let number = at + 1;
        let class = class(block.verdict);
        let near = if block.near.is_empty() { "" } else { "1" };
        let kinds = words(rules.of_block(block).map(|(_, kind)| kind.to_owned()));
        let numbers = words(rules.of_block(block).map(|(number, _)| number.to_string()));
        let _ = writeln!(
            html,
            "<li id=\"b{number}\" class=\"block {class}\" data-verdict=\"{class}\" data-near=\"{near}\" data-kinds=\"{kinds}\" data-rules=\"{numbers}\">"
        );
        let _ = writeln!(
            html,
            "<div class=\"bar\"><button type=\"button\" class=\"open\" aria-expanded=\"false\" aria-controls=\"d{number}\">\
             <span class=\"mark\">{}</span>{}</button><span class=\"line\">line {}</span></div>",
            mark(block.verdict),
            by(block),
            block.line
        );
        let pictures = if block.pictures > 0 { format!("[{}]", count(block.pictures.into(), "picture")) } else { String::new() };
        let text = escaped(&block.text);
        let space = if text.is_empty() || pictures.is_empty() { "" } else { " " };
        let _ = writeln!(html, "<p class=\"text as-{}\" dir=\"auto\">{text}{space}{pictures}</p>", shape(&block.path));
        if block.verdict != Verdict::Removed {
            for removal in &block.removals {
                let _ = writeln!(html, "<p class=\"piece\">✕ Removed from it: <s>{}</s></p>", escaped(&removal.excerpt));
            }
        }
        let remedies = self.remedies.get(at).and_then(Option::as_deref);
        let _ = writeln!(
            html,
            "<div class=\"detail\" id=\"d{number}\">{}</div>\n</li>",
            detail::detail(number, block, remedies, self.name)
        );
    }
}

/// The rules that did something on the page, or nearly did: how often, and their kind.
struct Rules<'a>(BTreeMap<(&'a str, &'a str), [usize; 2]>);

impl<'a> Rules<'a> {
    fn of(blocks: &'a [Explained]) -> Self {
        let mut rules: BTreeMap<_, [usize; 2]> = BTreeMap::new();
        for block in blocks {
            for removal in &block.removals {
                rules.entry((removal.kind.name(), removal.rule.as_str())).or_default()[0] += 1;
            }
            for near in &block.near {
                rules.entry((near.kind.name(), near.rule.as_str())).or_default()[1] += 1;
            }
        }
        Self(rules)
    }

    /// The numbers and kinds of the rules of a block.
    fn of_block<'s>(&'s self, block: &'s Explained) -> impl Iterator<Item = (usize, &'s str)> {
        let removals = block.removals.iter().map(|removal| (removal.kind.name(), removal.rule.as_str()));
        let all = removals.chain(block.near.iter().map(|near| (near.kind.name(), near.rule.as_str())));
        all.filter_map(|key| Some((self.0.keys().position(|known| *known == key)?, key.0)))
    }
}

fn words(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    words.sort();
    words.dedup();
    words.join(" ")
}

/// The page at a glance, for a pointer: whoever uses keys has the blocks themselves.
fn strip(blocks: &[Explained]) -> String {
    let segment = |(at, block): (usize, &Explained)| {
        let width = (block.text.len() / 40 + 1).ilog2() + 1;
        let (class, first) = (class(block.verdict), escaped(&block.text.chars().take(60).collect::<String>()));
        format!(
            "<a href=\"#b{}\" tabindex=\"-1\" class=\"{class} w{}\" title=\"{}: {first}\"></a>",
            at + 1,
            width.min(6),
            block.verdict.name()
        )
    };
    let segments: String = blocks.iter().enumerate().map(segment).collect();
    format!("<nav id=\"strip\" aria-hidden=\"true\">{segments}</nav>\n")
}

fn filter(blocks: &[Explained], rules: &Rules<'_>) -> String {
    let mut html =
        "<form id=\"filter\" role=\"search\" aria-label=\"Which blocks are shown\">\n<fieldset><legend>Show</legend>\n"
            .to_owned();
    for verdict in Verdict::ALL {
        let (class, number) = (class(verdict), blocks.iter().filter(|block| block.verdict == verdict).count());
        let _ = writeln!(
            html,
            "<label class=\"chip {class}\"><input type=\"checkbox\" name=\"verdict\" value=\"{class}\" checked> {} ({number})</label>",
            mark(verdict)
        );
    }
    let near = blocks.iter().filter(|block| !block.near.is_empty()).count();
    let _ = writeln!(
        html,
        "<label class=\"chip near\"><input type=\"checkbox\" name=\"near\"> only nearly removed ({near})</label></fieldset>"
    );
    let mut kinds: Vec<&str> = rules.0.keys().map(|(kind, _)| *kind).collect();
    kinds.dedup();
    html.push_str("<label>Kind<select name=\"kind\"><option value=\"\">any or none</option>");
    for kind in &kinds {
        let _ = write!(html, "<option value=\"{kind}\">{kind}</option>");
    }
    html.push_str("</select></label>\n<label>Rule<select name=\"rule\"><option value=\"\">any or none</option>");
    for kind in kinds {
        let _ = write!(html, "<optgroup label=\"{kind}\">");
        for (number, ((_, rule), [removed, near])) in rules.0.iter().enumerate().filter(|(_, ((of, _), _))| *of == kind) {
            let near = if *near > 0 { format!(", {near} nearly") } else { String::new() };
            let _ = write!(html, "<option value=\"{number}\">{} ({removed} removed{near})</option>", escaped(rule));
        }
        html.push_str("</optgroup>");
    }
    html.push_str(
        "</select></label>\n<label>Words<input type=\"search\" id=\"words\" name=\"words\" autocomplete=\"off\"></label>\n\
         <button type=\"reset\">Show all</button>\n</form>\n<p id=\"shown\" class=\"facts\" role=\"status\"></p>\n",
    );
    html
}

fn by(block: &Explained) -> String {
    let removed = block.removals.first().filter(|_| block.verdict == Verdict::Removed);
    let removed = removed.map(|removal| format!(" <span class=\"by\">{} · {}</span>", removal.kind, escaped(&removal.rule)));
    let near = block
        .near
        .first()
        .map(|near| format!(" <span class=\"nearly\">nearly removed</span> <span class=\"by\">{}</span>", near.kind));
    removed.or(near).unwrap_or_default()
}

const fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Headline => "# Headline",
        Verdict::Story => "✓ Story",
        Verdict::Removed => "✕ Removed",
        _ => "– Left out",
    }
}

const fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Headline => "headline",
        Verdict::Story => "story",
        Verdict::Removed => "removed",
        _ => "left-out",
    }
}

/// Elements that look like what they are.
const SHAPES: [&str; 11] = ["h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "blockquote", "figcaption", "p"];

/// What a block looks like: the innermost element around it that has a look.
fn shape(path: &[String]) -> &'static str {
    let tag = |element: &str| element.split(['#', '.']).next().and_then(|tag| SHAPES.into_iter().find(|known| *known == tag));
    path.iter().rev().find_map(|element| tag(element)).unwrap_or("p")
}

/// Text as it can stand in an element or in a quoted attribute. What a reader cannot see, or what turns the direction of what follows, is
/// shown by its number.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => {
                let _ = write!(out, "[U+{:04X}]", c as u32);
            }
            c if c.is_control() => {
                let _ = write!(out, "[U+{:04X}]", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

/// The hash of a text as a policy writes it: SHA-256 in base 64.
fn hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = Sha256::digest(text.as_bytes());
    let mut out = String::new();
    for three in digest.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let digit = if place <= three.len() { char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]) } else { '=' };
            out.push(digit);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_standard() {
        // `printf abc | openssl dgst -sha256 -binary | base64`
        assert_eq!(hash("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }

    #[test]
    fn nothing_of_a_text_is_markup() {
        let text = "</p><script>\"x\" & 'y'\u{202e}\u{0}\u{2028}";
        assert_eq!(escaped(text), "&lt;/p&gt;&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;[U+202E][U+0000][U+2028]");
    }

    /// Either would end what it stands in.
    #[test]
    fn the_script_and_the_style_are_whole() {
        assert!(!SCRIPT.contains("</") && !STYLE.contains("</"));
    }
}
