//! All that is printed: data on standard output, everything else on standard error, bars below it.

use std::io::{self, IsTerminal, Write};

use indicatif::{MultiProgress, ProgressDrawTarget};

use crate::failure::Failure;

/// The one way out for words. Clones share the terminal.
#[derive(Clone)]
pub(crate) struct Printer {
    bars: MultiProgress,
    terminal: bool,
}

impl Printer {
    /// A printer for this process's standard streams.
    pub(crate) fn new() -> Self {
        let terminal = io::stderr().is_terminal();
        let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { bars: MultiProgress::with_draw_target(target), terminal }
    }

    /// Whether a person watches.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Where bars are drawn.
    pub(crate) fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    /// A line for people.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        self.bars.suspend(|| {
            // Nobody is left to tell where standard error is gone.
            drop(writeln!(io::stderr(), "{}", line.as_ref()));
        });
    }

    /// A line of data. A reader that has gone away ends the output quietly.
    pub(crate) fn data(&self, line: impl AsRef<str>) -> io::Result<()> {
        self.bars.suspend(|| writeln!(io::stdout(), "{}", line.as_ref()))
    }

    /// Why a command failed.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.note(format!("error: {:#}", failure.error));
        if let Some(hint) = &failure.hint {
            self.note(format!("hint: {hint}"));
        }
    }
}

/// Log lines go out above the bars.
impl io::Write for Printer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bars.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
