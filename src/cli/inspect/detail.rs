//! What the report tells of one block: why, by which rule and evidence, what nearly matched, how long it is held, and what would change it.
//!
//! It decides the words and their order. It must not know the page around the block.

use std::fmt::Write as _;

use storysieve::workbench::{Change, Explained, Matched, Near, Remedy, Removal, Verdict};

use super::html::escaped;

/// The details of a block. `remedies`: none if nobody looked for them.
pub(super) fn detail(number: usize, block: &Explained, remedies: Option<&[Remedy]>, page: &str) -> String {
    let mut html = "<button type=\"button\" class=\"close\">Close</button>".to_owned();
    if block.verdict != Verdict::Removed {
        let probability = block.probability.map(|probability| format!("{probability:.2}: ")).unwrap_or_default();
        let _ = write!(html, "<h3>Why it is {}</h3><p>{probability}{}.</p>", what(block.verdict), block.cause);
    }
    for removal in &block.removals {
        html.push_str(&self::removal(block.verdict, removal));
    }
    for near in &block.near {
        html.push_str(&self::near(near));
    }
    for (place, remedy) in remedies.unwrap_or_default().iter().enumerate() {
        html.push_str(&change(number, place, remedy));
    }
    if remedies.is_none() {
        let _ = write!(
            html,
            "<h3>What would change it</h3><p>Not looked for, because the page has so many blocks. <code>storysieve explain {} --line \
             &quot;...&quot;</code> tells.</p>",
            escaped(page)
        );
    }
    if !block.features.is_empty() {
        html.push_str("<h3>What weighed most for story (+) or against it (−)</h3><table>");
        for feature in &block.features {
            let sign = if feature.weight < 0.0 { "−" } else { "+" };
            let _ = write!(
                html,
                "<tr><td>{sign}{:.1}</td><th scope=\"row\">{}</th><td>{}</td></tr>",
                feature.weight.abs(),
                escaped(feature.name),
                escaped(feature.means)
            );
        }
        html.push_str("</table>");
        if !block.asking.is_empty() {
            let _ = write!(html, "<p>Words of appeals: {}.</p>", escaped(&block.asking.join(", ")));
        }
    }
    html.push_str(&place(block));
    html
}

const fn what(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Headline => "the headline",
        Verdict::Story => "story",
        _ => "left out",
    }
}

fn removal(verdict: Verdict, removal: &Removal) -> String {
    let what = if verdict == Verdict::Removed { "Removed" } else { "A piece of it was removed" };
    format!(
        "<h3>{what} as {}</h3><p>by <code>{}</code> ({}:{})</p>{}",
        removal.kind,
        escaped(&removal.rule),
        escaped(&removal.file),
        removal.line,
        matches(&removal.matched, (&removal.file, removal.line))
    )
}

fn near(near: &Near) -> String {
    format!(
        "<h3>Nearly removed as {}</h3><p>by <code>{}</code> ({}:{}), but {}.</p>{}",
        near.kind,
        escaped(&near.rule),
        escaped(&near.file),
        near.line,
        escaped(&near.bound.to_string()),
        matches(&near.matched, (&near.file, near.line))
    )
}

/// `rule`: the place that is named already.
fn matches(matched: &[Matched], rule: (&String, u32)) -> String {
    if matched.is_empty() {
        return String::new();
    }
    let item = |matched: &Matched| {
        let weight = matched.weight.map(|weight| format!(", weight {weight}")).unwrap_or_default();
        let known = (&matched.file, matched.line) == rule;
        let place = if known { String::new() } else { format!(" ({}:{})", escaped(&matched.file), matched.line) };
        format!("<li>{} <code>{}</code>{weight}{place}</li>", matched.what, escaped(&matched.text))
    };
    format!("<ul>{}</ul>", matched.iter().map(item).collect::<String>())
}

fn change(number: usize, place: usize, remedy: &Remedy) -> String {
    let what = match remedy.change {
        Change::Remove => "To remove it",
        Change::Keep => "To keep it",
        Change::TakeIn => "To take it into the story",
        _ => "To change that",
    };
    let id = format!("t{number}-{place}");
    format!(
        "<h3>{what}</h3><pre id=\"{id}\"><code>{}</code></pre><button type=\"button\" class=\"copy\" data-copy=\"{id}\" \
         aria-label=\"Copy the rule file: {what}\">Copy</button>",
        escaped(&remedy.toml)
    )
}

fn place(block: &Explained) -> String {
    let held = if block.held == 0 {
        "its start tag decided, so page mode holds nothing".to_owned()
    } else {
        format!("page mode holds it for {} bytes of the page", block.held)
    };
    let path =
        if block.path.is_empty() { String::new() } else { format!("<p><code>{}</code></p>", escaped(&block.path.join(" > "))) };
    format!(
        "<h3>Where it stands</h3>{path}<p>Line {}, bytes {} to {}; {held}.</p>",
        block.line, block.bytes.start, block.bytes.end
    )
}
