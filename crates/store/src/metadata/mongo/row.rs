//! Between our values and the documents of the database.
//!
//! Ids are UUIDs (binary, subtype 4), times microseconds since 1970 in UTC. A field that has no value is not there: an index
//! over those that have one is a partial one.

use futures::TryStreamExt as _;
use mongodb::{
    ClientSession, Cursor, SessionCursor,
    bson::{Bson, Document, Uuid as Key, deserialize_from_bson, doc},
    error::{Error, ErrorKind, TRANSIENT_TRANSACTION_ERROR, WriteFailure},
    options::Hint,
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{Result, StoreError, error};

/// What is no document of the database, or none of ours.
impl From<mongodb::bson::error::Error> for StoreError {
    fn from(error: mongodb::bson::error::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

/// What went wrong in the database.
impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match &*error.kind {
            ErrorKind::BsonDeserialization(_) | ErrorKind::Bson(_) => Self::Corrupt(error.to_string()),
            _ if code(&error) == Some(OUT_OF_DISK_SPACE) => Self::Full(error.to_string()),
            _ => Self::Database(Box::new(error)),
        }
    }
}

const DUPLICATE_KEY: i32 = 11000;
const OUT_OF_DISK_SPACE: i32 = 14031;

/// The code that the server gave for a failure.
fn code(error: &Error) -> Option<i32> {
    match &*error.kind {
        ErrorKind::Command(command) => Some(command.code),
        ErrorKind::Write(WriteFailure::WriteError(write)) => Some(write.code),
        ErrorKind::Write(WriteFailure::WriteConcernError(concern)) => Some(concern.code),
        ErrorKind::InsertMany(many) => Some(match (&many.write_errors, &many.write_concern_error) {
            (Some(errors), _) if !errors.is_empty() => errors[0].code,
            (_, Some(concern)) => concern.code,
            _ => return None,
        }),
        _ => None,
    }
}

/// Whether an id or number was taken already.
pub(super) fn is_taken(error: &Error) -> bool {
    code(error) == Some(DUPLICATE_KEY)
}

/// An insertion's error; `what` is there already where its id or number was taken.
pub(super) fn taken(what: &'static str) -> impl FnOnce(Error) -> StoreError {
    move |error| if is_taken(&error) { StoreError::Exists(what) } else { error.into() }
}

/// What the driver says of a failure, where it was one of the database.
fn of_database(error: &StoreError) -> Option<&Error> {
    match error {
        StoreError::Database(source) => source.downcast_ref(),
        _ => None,
    }
}

/// Whether a transaction failed on another one, or on a change of primary, and is to be tried again from its beginning.
pub(super) fn is_transient(error: &StoreError) -> bool {
    of_database(error).is_some_and(|error| error.contains_label(TRANSIENT_TRANSACTION_ERROR))
}

/// Whether the same call may succeed after a while: no server is there, or none is the primary.
pub(crate) fn is_passing(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let Some(error) = error.downcast_ref::<Error>() else { return false };
    match &*error.kind {
        ErrorKind::Io(source) => {
            error::is_passing(source.kind()) || source.kind() == std::io::ErrorKind::UnexpectedEof
        }
        ErrorKind::ServerSelection { .. }
        | ErrorKind::ConnectionPoolCleared { .. }
        | ErrorKind::DnsResolve { .. } => true,
        _ => {
            error.contains_label(mongodb::error::RETRYABLE_WRITE_ERROR)
                || error.contains_label(TRANSIENT_TRANSACTION_ERROR)
        }
    }
}

/// An id as it is stored.
pub(super) fn key(id: &Uuid) -> Key {
    Key::from_bytes(*id.as_bytes())
}

/// An id as it was stored.
pub(super) fn uuid(key: Key) -> Uuid {
    Uuid::from_bytes(key.bytes())
}

/// That a field is one of these ids.
pub(super) fn one_of<'a>(ids: impl IntoIterator<Item = &'a Uuid>) -> Document {
    doc! { "$in": ids.into_iter().map(|id| Bson::from(key(id))).collect::<Vec<_>>() }
}

/// That a field is one of these values.
pub(super) fn any_of<T: Into<Bson>>(values: impl IntoIterator<Item = T>) -> Document {
    doc! { "$in": values.into_iter().map(Into::into).collect::<Vec<Bson>>() }
}

/// An id among the values of a field.
pub(super) fn read_key(value: Bson) -> Result<Key> {
    Ok(deserialize_from_bson(value)?)
}

/// That a query walks this index, whatever else the server might choose.
pub(super) fn index(name: &str) -> Hint {
    Hint::Name(name.to_owned())
}

/// A count as it was stored.
pub(super) fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or_default()
}

/// A number of a document that an aggregation gave; 0 where it is not there.
pub(super) fn number(document: &Document, field: &str) -> Result<i64> {
    match document.get(field) {
        None | Some(Bson::Null) => Ok(0),
        Some(Bson::Int32(number)) => Ok((*number).into()),
        Some(Bson::Int64(number)) => Ok(*number),
        // Sums of very many become floats.
        Some(Bson::Double(number)) => Ok(*number as i64),
        Some(other) => Err(StoreError::Corrupt(format!("{field} is no number but {other}"))),
    }
}

/// Everything that a query found.
pub(super) async fn all<T: DeserializeOwned + Send + Unpin + 'static>(cursor: Cursor<T>) -> Result<Vec<T>> {
    Ok(cursor.try_collect().await?)
}

/// Everything that a query found in a transaction.
pub(super) async fn all_in<T: DeserializeOwned + Send + Unpin + 'static>(
    mut cursor: SessionCursor<T>,
    session: &mut ClientSession,
) -> Result<Vec<T>> {
    Ok(cursor.stream(session).try_collect().await?)
}
