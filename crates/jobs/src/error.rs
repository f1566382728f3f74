//! Why work on a generation could not go on.

use model::{GenerationStatus, TransitionError};
use store::StoreError;

/// Why work on a generation could not go on. A unit that fails is none of these: it is stored as
/// failed, and the rest goes on.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A job could not be started, looked at or stopped.
    #[error(transparent)]
    Launch(#[from] crate::LaunchError),
    /// The generation is not there.
    #[error("there is no such generation")]
    NoGeneration,
    /// The step is not allowed in its state.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// Nothing is left to work on.
    #[error("there is nothing to {0}")]
    NothingToDo(&'static str),
    /// The settings are outside their bounds.
    #[error(transparent)]
    Settings(#[from] model::SettingsError),
    /// A teacher is named that needs a gateway, and there is none.
    #[error("the model `{0}` needs a gateway, and none is set")]
    NoGateway(String),
    /// Someone else moved the generation on.
    #[error("the generation is {} meanwhile", .0.as_str())]
    Moved(GenerationStatus),
    /// Another process works on the same project.
    #[error("another run (process {pid} on {host}) is at work on this project")]
    Locked {
        /// The other's machine.
        host: String,
        /// The other's process.
        pid: u32,
    },
}
