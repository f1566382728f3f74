//! What a store can fail with.

use std::io::ErrorKind;

/// What a store can fail with. That something is not there is no error but `None` or an empty list.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names no backend that there is.
    #[error("`{url}` names no store: {hint}")]
    UnknownBackend {
        /// The URL, without credentials.
        url: String,
        /// What is supported.
        hint: &'static str,
    },
    /// The URL, or what else is set for its store, cannot be.
    #[error("`{url}` cannot be used: {reason}")]
    Settings {
        /// The URL, without credentials.
        url: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The store is of another version of the program.
    #[error("the store has schema version {found}, this program needs {needed}: {hint}")]
    Schema {
        /// The version in the store.
        found: i64,
        /// The version that the program needs.
        needed: i64,
        /// What to do.
        hint: &'static str,
    },
    /// Something with that id or number is there already.
    #[error("{0} is there already")]
    Exists(&'static str),
    /// What is changed or added to does not belong to the user, or is not there.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Only one of its kind may be at work at a time, and one is.
    #[error("a {0} is at work already")]
    Busy(&'static str),
    /// A place in a list is none that the list gave.
    #[error("the cursor is of no list, or of another one")]
    Cursor,
    /// A state was to be left along no arrow.
    #[error("{0}")]
    Conflict(String),
    /// What is stored is not what was stored: damaged, or of another version.
    #[error("what is stored cannot be read: {0}")]
    Corrupt(String),
    /// The disk of the database, or what the database may take of it, is full: nothing was changed.
    #[error("there is no room: {0}")]
    Full(String),
    /// The database cannot be reached, for now.
    #[error("{0}")]
    Unreachable(String),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The object store failed.
    #[error("the object store failed on `{key}`: {source}")]
    Objects {
        /// The key that it failed on.
        key: String,
        /// Why.
        source: std::io::Error,
    },
}

impl StoreError {
    /// Whether the same call may succeed after a while: the store cannot be reached, or has too much to do.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Objects { source, .. } => is_passing(source.kind()),
            Self::Unreachable(_) => true,
            Self::Database(source) => crate::metadata::is_passing(&**source),
            _ => false,
        }
    }

    /// The failure of a call that was made for several, as each of these is told of it.
    pub(crate) fn of_all(&self) -> Self {
        match self {
            Self::Full(reason) => Self::Full(reason.clone()),
            passing if passing.is_passing() => Self::Unreachable(passing.to_string()),
            other => Self::Database(other.to_string().into()),
        }
    }

    /// Whether there is no room for what was to be stored: nothing was changed, and the same call fails until there is.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Full(_) => true,
            Self::Objects { source, .. } => {
                matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
            }
            _ => false,
        }
    }
}

/// Whether a connection or a server may be well again after a while.
pub(crate) fn is_passing(kind: ErrorKind) -> bool {
    use ErrorKind::*;
    matches!(
        kind,
        ConnectionAborted
            | ConnectionRefused
            | ConnectionReset
            | HostUnreachable
            | NetworkUnreachable
            | NotConnected
            | ResourceBusy
            | TimedOut
    )
}

/// The result of a store's call.
pub type Result<T> = std::result::Result<T, StoreError>;
