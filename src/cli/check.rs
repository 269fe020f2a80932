//! `rules check`, `rules explain` and `rules schema`: what is wrong with rule files, and what the language is.
//!
//! It decides what is shown, where to, and what the run comes to. Finding mistakes is the library's, how one looks
//! [`diagnostics`](super::diagnostics)'s. It must not know rules.

use std::time::{SystemTime, UNIX_EPOCH};

use storysieve::workbench::{self, Lint, SCHEMA};

use super::args::rules::{CheckArgs, ExplainArgs, ListFormat};
use super::diagnostics::{self, Diagnostic};
use super::output::Output;
use super::{Outcome, show};

/// `rules check`.
pub(crate) fn check(args: &CheckArgs) -> anyhow::Result<Outcome> {
    let mut checked = workbench::check(&args.paths, Some(&today()))?;
    checked.warnings.retain(|warning| !args.allow.contains(&warning.lint));
    let (errors, warnings) = (checked.errors.len(), checked.warnings.len());
    let found = || checked.errors.iter().map(Diagnostic::from).chain(checked.warnings.iter().map(Diagnostic::from));
    let mut out = Output::stdout();
    if args.format == ListFormat::Json {
        out.text(&found().map(|diagnostic| format!("{}\n", diagnostic.json())).collect::<String>())?;
    } else {
        diagnostics::print(found(), &checked);
        let found = [(errors, "error"), (warnings, "warning")];
        let found: Vec<_> =
            found.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| show::count(number, what)).collect();
        let files = show::count(checked.files, "file");
        if errors > 0 {
            show::note(&format!("{} in {files}", found.join(" and ")));
        } else {
            let rules = show::count(checked.rules, "rule");
            let warnings = found.iter().map(|found| format!(", {found}")).collect::<String>();
            out.text(&format!("ok: {rules} in {files}{warnings}\n"))?;
        }
        if warnings > 0 {
            show::note("`storysieve rules explain CODE` says more of a warning, such as its code in brackets");
        }
    }
    out.finish()?;
    Ok(match (errors, warnings) {
        (0, 0) => Outcome::Written,
        (0, _) if args.strict => Outcome::Unmet,
        (0, _) => Outcome::Written,
        _ => Outcome::Wrong,
    })
}

/// `rules explain`.
pub(crate) fn explain(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let width = diagnostics::width();
    let text = match args.code {
        Some(lint) => format!("{lint}\n\n{}", paragraphs(lint.explanation(), width)),
        None => Lint::ALL
            .map(|lint| format!("{:20}{}\n", lint.code(), indented(&first_sentence(lint.explanation()), width, 20)))
            .concat(),
    };
    let mut out = Output::stdout();
    out.text(&text)?;
    out.finish().map(|()| Outcome::Written)
}

/// `rules schema`.
pub(crate) fn schema() -> anyhow::Result<Outcome> {
    let mut out = Output::stdout();
    out.text(SCHEMA)?;
    out.finish().map(|()| Outcome::Written)
}

/// Paragraphs broken anew for the terminal; examples, which are indented, as they are.
fn paragraphs(text: &str, width: usize) -> String {
    let paragraph = |text: &str| {
        if text.starts_with("    ") {
            return text.trim_end().to_owned();
        }
        diagnostics::wrap(&text.split_whitespace().collect::<Vec<_>>().join(" "), width, 0)
    };
    text.split("\n\n").map(|text| format!("{}\n", paragraph(text))).collect::<Vec<_>>().join("\n")
}

fn indented(text: &str, width: usize, by: usize) -> String {
    diagnostics::wrap(text, width, by).replace('\n', &format!("\n{:by$}", ""))
}

fn first_sentence(text: &str) -> String {
    let sentence = text.split_once(['.', ':']).map_or(text, |(sentence, _)| sentence);
    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The day in UTC, `YYYY-MM-DD`.
pub(crate) fn today() -> String {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
    day(i64::try_from(days).unwrap_or_default())
}

/// The day so many days after 1970-01-01, by the rule of the Gregorian calendar, in years that begin in March.
fn day(days: i64) -> String {
    let since = days + 719_468; // since 0000-03-01
    let era = since.div_euclid(146_097);
    let of_era = since.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + i64::from(month <= 2))
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (days, expected) in
            [(0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (11_017, "2000-03-01"), (20_781, "2026-11-24")]
        {
            assert_eq!(day(days), expected);
        }
    }
}
