//! How a command ends: its exit code, and what it says where it failed.

use std::process::ExitCode;

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is done.
    Done = 0,
    /// It failed.
    Failed = 1,
    /// Wrong usage or settings.
    Usage = 2,
    /// Done in part: some documents or chunks failed, each named.
    Partial = 3,
    /// Interrupted; what was done is kept.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that failed: why, and where it is known, what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// What failed, and the chain of causes.
    pub(crate) error: anyhow::Error,
    /// What to do.
    pub(crate) hint: Option<String>,
}

impl Failure {
    /// Wrong usage or settings.
    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self { exit: Exit::Usage, error: error.into(), hint: None }
    }

    /// Something that failed.
    pub(crate) fn failed(error: impl Into<anyhow::Error>) -> Self {
        Self { exit: Exit::Failed, error: error.into(), hint: None }
    }

    /// Says what to do.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// What went wrong without our saying otherwise is a failure, not a wrong usage.
impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::failed(error)
    }
}

/// What a command comes to.
pub(crate) type Outcome<T = Exit> = Result<T, Failure>;
