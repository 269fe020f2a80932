//! What is told of an evaluation: tables for a person, one object for a program.
//!
//! It decides which columns there are and how figures are rounded. It must not count anything itself.

use serde_json::{Map, Value, json};

use super::score::{Overlap, PageScore, Summary};
use super::{Evaluation, System};

/// The evaluation as tables; one whose figures the set has no labels for is left out.
pub(crate) fn text(evaluation: &Evaluation) -> String {
    let own = &evaluation.systems[0].summary;
    let pages = evaluation.pages.len();
    let mut out = format!(
        "{}: {pages} pages, {:.1} MB; {:.0} pages/s, {:.1} MB/s on one thread\n",
        evaluation.set,
        evaluation.speed.bytes as f64 / 1e6,
        evaluation.speed.pages_a_second(pages),
        evaluation.speed.megabytes_a_second(),
    );
    if own.words.is_some() {
        out.push_str(&table(evaluation, &["word F1", "precision", "recall", "shingle F1"], words));
    }
    if own.types.len() > 1 {
        let heads: Vec<String> = own.types.iter().map(|(kind, (_, pages))| format!("{kind} ({pages})")).collect();
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        out.push_str(&table(evaluation, &heads, |summary| summary.types.values().map(|(f1, _)| three(*f1)).collect()));
    }
    if own.snippets.with + own.snippets.without > 0 {
        out.push_str(&table(evaluation, &["with", "without", "snippet F1", "without lines leaked"], snippets));
    }
    for system in evaluation.systems.iter().filter(|system| system.missing > 0) {
        out.push_str(&format!("\n{} returned nothing for {} pages; they count as empty\n", system.name, system.missing));
    }
    let worst = evaluation.worst();
    if !worst.is_empty() {
        out.push_str("\nworst F1");
        out.push_str(&align(worst_rows(evaluation, &worst)));
    }
    out
}

/// The evaluation as an object. Figures for which the set has no labels are null.
pub(crate) fn json(evaluation: &Evaluation) -> Value {
    let pages = evaluation.pages.len();
    let systems: Vec<Value> = evaluation.systems.iter().map(|system| system_json(system, pages)).collect();
    let worst: Vec<Value> = evaluation
        .worst()
        .into_iter()
        .map(|at| {
            let page = &evaluation.pages[at];
            let by: Map<String, Value> =
                evaluation.systems.iter().map(|system| (system.name.clone(), json!(system.scores[at].f1()))).collect();
            json!({"id": page.id, "type": page.kind, "url": page.url, "f1": by})
        })
        .collect();
    json!({
        "set": evaluation.set,
        "pages": pages,
        "bytes": evaluation.speed.bytes,
        "seconds": evaluation.speed.time.as_secs_f64(),
        "pages_a_second": evaluation.speed.pages_a_second(pages),
        "megabytes_a_second": evaluation.speed.megabytes_a_second(),
        "systems": systems,
        "worst": worst,
    })
}

fn system_json(system: &System, pages: usize) -> Value {
    let Summary { words, runs_f1, types, snippets, leaked } = &system.summary;
    let word = |figure: fn(&Overlap) -> f64| words.as_ref().map(figure);
    let types: Map<String, Value> =
        types.iter().map(|(kind, (f1, pages))| (kind.clone(), json!({"pages": pages, "f1": f1}))).collect();
    json!({
        "name": system.name,
        "pages": pages - system.missing,
        "f1": word(|words| words.f1),
        "precision": word(|words| words.precision),
        "recall": word(|words| words.recall),
        "shingle_f1": runs_f1,
        "types": types,
        "with": share(snippets.kept, snippets.with),
        "without": share(snippets.left_out, snippets.without),
        "snippet_f1": (snippets.with + snippets.without > 0).then(|| snippets.f1()),
        "leaked": leaked,
        "without_lines": snippets.without,
    })
}

fn share(right: usize, of: usize) -> Value {
    if of == 0 { Value::Null } else { json!(right as f64 / of as f64) }
}

fn words(summary: &Summary) -> Vec<String> {
    let Overlap { f1, precision, recall } = summary.words.unwrap_or_default();
    vec![three(f1), three(precision), three(recall), three(summary.runs_f1.unwrap_or_default())]
}

fn snippets(summary: &Summary) -> Vec<String> {
    let snippets = &summary.snippets;
    let share = |share: f64, of: usize| if of > 0 { three(share) } else { "-".to_owned() };
    vec![
        share(snippets.kept_share(), snippets.with),
        share(snippets.left_out_share(), snippets.without),
        three(snippets.f1()),
        format!("{} of {}", summary.leaked, snippets.without),
    ]
}

fn worst_rows(evaluation: &Evaluation, worst: &[usize]) -> Vec<Vec<String>> {
    let heads = evaluation.systems.iter().map(|system| system.name.clone());
    let mut rows =
        vec![[String::new()].into_iter().chain(heads).chain(["type".to_owned(), "url".to_owned()]).collect::<Vec<_>>()];
    for &at in worst {
        let page = &evaluation.pages[at];
        let figure = |score: &PageScore| score.f1().map_or_else(String::new, three);
        let figures = evaluation.systems.iter().map(|system| figure(&system.scores[at]));
        let rest = [page.kind.clone(), page.url.clone().unwrap_or_default()];
        rows.push([page.id.clone()].into_iter().chain(figures).chain(rest).collect());
    }
    rows
}

fn table(evaluation: &Evaluation, heads: &[&str], figures: impl Fn(&Summary) -> Vec<String>) -> String {
    let mut rows = vec![[""].iter().chain(heads).map(|head| (*head).to_owned()).collect::<Vec<_>>()];
    for system in &evaluation.systems {
        rows.push([system.name.clone()].into_iter().chain(figures(&system.summary)).collect());
    }
    align(rows)
}

/// A blank line, then the rows with their columns side by side.
fn align(rows: Vec<Vec<String>>) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |row: &Vec<String>, at: usize| row.get(at).map_or(0, |cell| cell.chars().count());
    let widths: Vec<usize> = (0..columns).map(|at| rows.iter().map(|row| cell(row, at)).max().unwrap_or(0)).collect();
    let mut out = String::from("\n");
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

fn three(figure: f64) -> String {
    format!("{figure:.3}")
}
