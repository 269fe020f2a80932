//! An explanation for programs. It decides the names and the order of keys, and must not leave anything out.

use serde_json::{Value, json};
use storysieve::workbench::{Cause, Explained, Explanation, Matched, Near, Remedy, Removal};

/// The page, with the blocks of these indexes. `remedies`: for each of these, if they were asked for.
pub(crate) fn page(explanation: &Explanation, file: &str, told: &[usize], remedies: &[Vec<Remedy>]) -> Value {
    let blocks = told.iter().enumerate().filter_map(|(place, at)| {
        let mut block = explanation.blocks.get(*at).map(|block| self::block(*at, block))?;
        if let Some(remedies) = remedies.get(place) {
            block["changes"] = remedies.iter().map(remedy).collect();
        }
        Some(block)
    });
    json!({
        "file": file,
        "title": explanation.title,
        "url": explanation.url,
        "encoding": explanation.encoding,
        "bytes": explanation.bytes,
        "access": { "state": explanation.access.state.name(), "evidence": explanation.access.evidence },
        "sites": explanation.sites,
        "held": { "most": explanation.held, "max_hold": explanation.max_hold, "let_go": explanation.budget_spent },
        "blocks": blocks.collect::<Vec<_>>(),
    })
}

fn block(at: usize, block: &Explained) -> Value {
    json!({
        "block": at + 1,
        "line": block.line,
        "start": block.bytes.start,
        "end": block.bytes.end,
        "path": block.path,
        "text": block.text,
        "pictures": block.pictures,
        "verdict": block.verdict.name().replace(' ', "-"),
        "cause": block.cause.code(),
        "probability": block.probability.map(rounded),
        "enough": match block.cause {
            Cause::Likely { enough }
            | Cause::FewWords { enough }
            | Cause::Unlikely { enough }
            | Cause::Hidden { enough } => Some(rounded(enough)),
            _ => None,
        },
        "features": block.features.iter().map(|feature| {
            json!({ "name": feature.name, "means": feature.means, "weight": rounded(feature.weight) })
        }).collect::<Vec<_>>(),
        "asking": block.asking,
        "removals": block.removals.iter().map(removal).collect::<Vec<_>>(),
        "near": block.near.iter().map(near).collect::<Vec<_>>(),
        "held": block.held,
    })
}

fn remedy(remedy: &Remedy) -> Value {
    json!({ "change": remedy.change.code(), "toml": remedy.toml, "also": remedy.also })
}

fn removal(removal: &Removal) -> Value {
    json!({
        "rule": removal.rule,
        "kind": removal.kind.name(),
        "file": removal.file,
        "line": removal.line,
        "start": removal.bytes.start,
        "end": removal.bytes.end,
        "matched": removal.matched.iter().map(matched).collect::<Vec<_>>(),
    })
}

fn near(near: &Near) -> Value {
    json!({
        "rule": near.rule,
        "kind": near.kind.name(),
        "file": near.file,
        "line": near.line,
        "bound": near.bound.code(),
        "why": near.bound.to_string(),
        "matched": near.matched.iter().map(matched).collect::<Vec<_>>(),
    })
}

fn matched(matched: &Matched) -> Value {
    json!({
        "what": matched.what,
        "text": matched.text,
        "weight": matched.weight,
        "file": matched.file,
        "line": matched.line,
    })
}

/// As many digits as mean something.
fn rounded(number: f32) -> f64 {
    (f64::from(number) * 1e4).round() / 1e4
}
