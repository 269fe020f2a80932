//! Mistakes and warnings in rule files, as a compiler shows them: the line itself, what is meant on it, what to do.
//!
//! It decides how they look, in text and in JSON. What is wrong is the library's to say. It must not read files.

use std::io::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};
use storysieve::RuleError;
use storysieve::workbench::{Checked, Lint, Warning};

/// Narrower than this nothing can be shown well; wider nobody reads.
const WIDTHS: Range<usize> = 40..120;
/// When nobody can say how wide the screen is.
const USUAL_WIDTH: usize = 80;

/// A mistake or a warning.
#[derive(Clone, Copy)]
pub(crate) struct Diagnostic<'a> {
    lint: Option<Lint>,
    file: &'a str,
    /// From 1; 0: the whole file.
    line: u32,
    column: u32,
    length: u32,
    message: &'a str,
    help: &'a str,
}

impl<'a> From<&'a RuleError> for Diagnostic<'a> {
    fn from(error: &'a RuleError) -> Self {
        let RuleError { file, line, column, length, message, help } = error;
        Self { lint: None, file, line: *line, column: *column, length: *length, message, help }
    }
}

impl<'a> From<&'a Warning> for Diagnostic<'a> {
    fn from(warning: &'a Warning) -> Self {
        let Warning { lint, file, line, column, length, message, help, .. } = warning;
        Self { lint: Some(*lint), file, line: *line, column: *column, length: *length, message, help }
    }
}

/// Prints diagnostics on standard error, in colour if that is a terminal that wants it.
pub(crate) fn print<'a>(diagnostics: impl Iterator<Item = Diagnostic<'a>>, checked: &Checked) {
    let width = width();
    let mut err = anstream::AutoStream::auto(std::io::stderr().lock());
    for diagnostic in diagnostics {
        // What is said is not worth failing for when nobody listens.
        let _ = writeln!(err, "{}\n", diagnostic.render(checked.text(diagnostic.file), width));
    }
}

/// The columns of the terminal.
pub(crate) fn width() -> usize {
    let columns = terminal_size::terminal_size_of(std::io::stderr())
        .or_else(|| terminal_size::terminal_size_of(std::io::stdout()))
        .map_or(USUAL_WIDTH, |(columns, _)| columns.0.into());
    columns.clamp(WIDTHS.start, WIDTHS.end)
}

impl Diagnostic<'_> {
    fn render(&self, text: Option<&str>, width: usize) -> String {
        let level = if self.lint.is_some() { Level::WARNING } else { Level::ERROR };
        // `warning[short-substring]: ` and `   = help: ` stand before the first lines.
        let before = self.lint.map_or("error: ".len(), |lint| "warning[]: ".len() + lint.code().len());
        let mut title = level.primary_title(wrap(self.message, width, before));
        if let Some(lint) = self.lint {
            title = title.id(lint.code());
        }
        let gutter = self.line.max(1).ilog10() as usize + 2;
        let group: Group<'_> = match text.filter(|_| self.line > 0) {
            Some(text) => {
                let (line, span) = self.excerpt(text);
                let annotation = AnnotationKind::Primary.span(span);
                title.element(Snippet::source(line).line_start(self.line as usize).path(self.file).annotation(annotation))
            }
            None => title.element(self.origin()),
        };
        let help = Level::HELP.message(wrap(self.help, width, gutter + "= help: ".len()));
        Renderer::styled().term_width(width).render(&[group.element(help)])
    }

    fn origin(&self) -> Origin<'_> {
        let origin = Origin::path(self.file);
        if self.line == 0 { origin } else { origin.line(self.line as usize).char_column(self.column as usize) }
    }

    /// The line that is meant, and what is meant on it, in bytes. What a terminal would obey is shown as a sign.
    fn excerpt(&self, text: &str) -> (String, Range<usize>) {
        let line = text.lines().nth((self.line as usize).saturating_sub(1)).unwrap_or_default();
        let line = if self.line == 1 { line.trim_start_matches('\u{feff}') } else { line };
        let line: String = line.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect();
        let byte = |chars: u32| line.char_indices().nth(chars as usize).map_or(line.len(), |(at, _)| at);
        let start = byte(self.column.saturating_sub(1));
        let span = start..byte(self.column.saturating_sub(1) + self.length.max(1)).max(start);
        (line, span)
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "length": self.length,
            "severity": if self.lint.is_some() { "warning" } else { "error" },
            "code": self.lint.map(Lint::code),
            "message": self.message,
            "help": self.help,
        })
    }
}

/// Breaks a text at spaces, so that no line passes the width when so many columns are taken already. A word longer than that stays whole,
/// so that it can be copied.
pub(crate) fn wrap(text: &str, width: usize, taken: usize) -> String {
    let room = width.saturating_sub(taken).max(20);
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > room {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}
