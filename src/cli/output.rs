//! Where what is written goes: standard output, or a file that is replaced only when all went well.
//!
//! It decides how a file is replaced and what a closed pipe means. What is written is for others. It must not know pages.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// As large as the pieces that are read.
const BUFFER: usize = 64 << 10;

/// A place to write to. Dropped without [`Output::finish`], it leaves what was in the file before.
pub(crate) struct Output {
    sink: Sink,
    name: String,
    wrote: bool,
    closed: bool,
}

enum Sink {
    Stdout(BufWriter<StdoutLock<'static>>),
    /// A pipe, a terminal, a device: written to as it is.
    Special(BufWriter<File>),
    Replaced(BufWriter<File>, Replacement),
}

/// A file that takes another's place, or goes.
struct Replacement {
    temporary: PathBuf,
    target: PathBuf,
    done: bool,
}

impl Output {
    pub(crate) fn stdout() -> Self {
        Self::new(Sink::Stdout(BufWriter::with_capacity(BUFFER, io::stdout().lock())), "standard output".to_owned())
    }

    pub(crate) fn file(path: &Path) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let sink = open(path).with_context(|| format!("{name} cannot be written"))?;
        Ok(Self::new(sink, name))
    }

    fn new(sink: Sink, name: String) -> Self {
        Self { sink, name, wrote: false, closed: false }
    }

    /// Was anything written?
    pub(crate) fn wrote(&self) -> bool {
        self.wrote
    }

    /// Did the reader of standard output go away? What is written from then on fails, and that is no failure of the run.
    pub(crate) fn closed(&self) -> bool {
        self.closed
    }

    /// Writes a text. That the reader of standard output has gone away is no failure.
    pub(crate) fn text(&mut self, text: &str) -> anyhow::Result<()> {
        match self.write_all(text.as_bytes()) {
            Err(error) if !self.closed => Err(error).with_context(|| format!("{} cannot be written", self.name)),
            _ => Ok(()),
        }
    }

    /// What is written by an error of this place.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// All is written: puts a file in its place.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        if let Err(error) = self.flush().and_then(|()| self.sink.commit())
            && !self.closed
        {
            return Err(error).with_context(|| format!("{} cannot be written", self.name));
        }
        Ok(())
    }

    fn noted<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        let broken = matches!(&result, Err(error) if error.kind() == ErrorKind::BrokenPipe);
        self.closed |= broken && matches!(self.sink, Sink::Stdout(_));
        result
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wrote |= !bytes.is_empty();
        let result = match &mut self.sink {
            Sink::Stdout(out) => out.write(bytes),
            Sink::Special(out) | Sink::Replaced(out, _) => out.write(bytes),
        };
        self.noted(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = match &mut self.sink {
            Sink::Stdout(out) => out.flush(),
            Sink::Special(out) | Sink::Replaced(out, _) => out.flush(),
        };
        self.noted(result)
    }
}

impl Sink {
    fn commit(&mut self) -> io::Result<()> {
        let Self::Replaced(out, replacement) = self else { return Ok(()) };
        // A name must not stand for a file whose bytes a power cut could still take.
        out.get_ref().sync_all()?;
        fs::rename(&replacement.temporary, &replacement.target)?;
        replacement.done = true;
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

fn open(path: &Path) -> io::Result<Sink> {
    // Through a link, the file it leads to is replaced, and the link stays.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let old = match fs::metadata(&target) {
        Ok(old) if old.is_file() => Some(old),
        Ok(_) => {
            return OpenOptions::new()
                .write(true)
                .open(&target)
                .map(|file| Sink::Special(BufWriter::with_capacity(BUFFER, file)));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let name = target.file_name().ok_or(ErrorKind::IsADirectory)?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.tmp", std::process::id()));
    // Beside the file, since a file can be put in another's place at once only on the same disk.
    let temporary = target.with_file_name(hidden);
    let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
    let replacement = Replacement { temporary, target, done: false };
    if let Some(old) = old {
        file.set_permissions(old.permissions())?;
    }
    Ok(Sink::Replaced(BufWriter::with_capacity(BUFFER, file), replacement))
}
