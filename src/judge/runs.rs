//! Runs: what stands between two phrases, without an element of its own.
//!
//! A run begins with a block that holds the first phrase and is forgotten when it grows past its bounds before the second is found. This
//! module must not know what is done with a finished run.

/// Characters of blocks that ended, by what became of them; see `Judge`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) seen: u64,
    pub(crate) cut: u64,
    pub(crate) matched: u64,
    pub(crate) plain: u64,
}

/// A run that has begun.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) rule: u32,
    /// Where its first block begins, and where what may go with it begins.
    pub(crate) start: u64,
    pub(crate) hold: u64,
    /// Elements around the first block that held nothing before it, outermost first: id and start.
    pub(crate) wrappers: Vec<(u32, u64)>,
    /// Where its text begins in the running text.
    pub(crate) text: u64,
    /// The judge's counters before its first block.
    pub(crate) before: Counts,
    pub(crate) blocks: u32,
    pub(crate) chars: u64,
    pub(crate) max_blocks: u32,
    pub(crate) max_chars: u32,
}

impl Run {
    fn fits(&self) -> bool {
        self.blocks <= self.max_blocks && self.chars <= u64::from(self.max_chars)
    }
}

/// The runs that have begun, in page order.
#[derive(Debug, Default)]
pub(crate) struct Runs(Vec<Run>);

/// As many beginnings of one rule are kept in mind.
const MOST_OF_A_RULE: usize = 4;

impl Runs {
    pub(crate) fn begin(&mut self, run: Run) {
        if self.0.iter().filter(|other| other.rule == run.rule).count() < MOST_OF_A_RULE {
            self.0.push(run);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A block ended; it belongs to every run that has begun.
    pub(crate) fn grow(&mut self, chars: u32) {
        for run in &mut self.0 {
            run.blocks += 1;
            run.chars += u64::from(chars);
        }
    }

    /// The end of a rule's runs was found: the first that keeps its bounds, and those inside it are over.
    pub(crate) fn finish(&mut self, rule: u32) -> Option<Run> {
        let at = self.0.iter().position(|run| run.rule == rule && run.fits())?;
        let run = self.0.remove(at);
        self.0.retain(|other| other.rule != rule || other.start < run.start);
        Some(run)
    }

    /// Takes out a run that has outgrown its bounds.
    pub(crate) fn expire(&mut self) -> Option<Run> {
        let at = self.0.iter().position(|run| !run.fits())?;
        Some(self.0.remove(at))
    }

    pub(crate) fn drop_first(&mut self) -> Option<Run> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    /// What begins at or behind `start` went with something else.
    pub(crate) fn drop_since(&mut self, start: u64) {
        self.0.retain(|run| run.start < start);
    }

    pub(crate) fn first_start(&self) -> Option<u64> {
        self.0.first().map(|run| run.start)
    }

    pub(crate) fn hold(&self) -> Option<u64> {
        self.0.iter().map(|run| run.hold).min()
    }

    pub(crate) fn text(&self) -> Option<u64> {
        self.0.iter().map(|run| run.text).min()
    }
}
