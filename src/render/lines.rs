//! Lines with what stands before them: list marks, indents, quote marks.
//!
//! Shared by the text and Markdown writers. A mark waits until a line needs it, so that what holds nothing leaves nothing.
//! What the marks are is for the writers; this module must not know them.

/// How far the next line stands from the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    #[default]
    Line,
    Blank,
}

struct Level {
    /// Before its first line; taken when that is written.
    first: String,
    /// Before the others.
    rest: String,
    begun: bool,
}

#[derive(Default)]
pub(super) struct Lines {
    out: String,
    levels: Vec<Level>,
    gap: Gap,
}

impl Lines {
    pub(super) fn push(&mut self, first: String, rest: String) {
        self.levels.push(Level { first, rest, begun: false });
    }

    pub(super) fn pop(&mut self) {
        self.levels.pop();
    }

    /// The next line stands at this distance at least... unless a later call says otherwise.
    pub(super) fn gap(&mut self, gap: Gap) {
        self.gap = gap;
    }

    /// Writes a block of lines; those after the first follow right away.
    pub(super) fn block(&mut self, text: &str) {
        for line in text.split('\n') {
            self.line(line);
            self.gap = Gap::Line;
        }
        self.gap = Gap::Blank;
    }

    pub(super) fn finish(mut self) -> String {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }

    fn line(&mut self, line: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
            if self.gap == Gap::Blank {
                let from = self.out.len();
                for level in self.levels.iter().take_while(|l| l.begun) {
                    self.out.push_str(&level.rest);
                }
                self.trim(from);
                self.out.push('\n');
            }
        }
        let from = self.out.len();
        for level in &mut self.levels {
            self.out.push_str(if level.begun { &level.rest } else { &level.first });
            level.begun = true;
        }
        self.out.push_str(line);
        if line.is_empty() {
            self.trim(from);
        }
    }

    fn trim(&mut self, from: usize) {
        let end = self.out.get(from..).map_or(from, |t| from + t.trim_end_matches(' ').len());
        self.out.truncate(end);
    }
}
