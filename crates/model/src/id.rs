//! Identifiers: opaque strings to the outside, each of its own type to us.
//!
//! Projects, documents and generations have UUIDv7 (made from a passed-in time and randomness);
//! chunks, pairs and units have UUIDv8 cut from a SHA-256 of their inputs, so that making the same
//! thing again gives the same id.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A string that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id")]
pub struct IdError(String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id around a UUID that already exists.
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID behind the id.
            pub fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::Custom("uuid".into())))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::parse_str(text).map(Self).map_err(|_| IdError(text.chars().take(64).collect()))
            }
        }
    };
}

macro_rules! time_ordered {
    ($($name:ident),*) => {$(
        impl $name {
            /// A UUIDv7 from a time and 10 random bytes: ids made later sort later.
            pub fn new(now: crate::Time, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }
        }
    )*};
}

macro_rules! derived {
    ($($name:ident),*) => {$(
        impl $name {
            /// A UUIDv8 from the SHA-256 of the parts that the thing is made from.
            pub fn derive<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
                Self(derive_uuid(stringify!($name), parts))
            }
        }
    )*};
}

id!(/** Of a project. */ ProjectId);
id!(/** Of a document. */ DocumentId);
id!(/** Of a generation. */ GenerationId);
id!(/** Of a chunk; derived from its document, position and text. */ ChunkId);
id!(/** Of a pair; derived from its generation, chunk and slot. */ PairId);
id!(/** Of a change of many things at once, by which it is undone. */ UndoId);
id!(/** Of a unit of work; derived from its generation, phase and subject. */ UnitId);
time_ordered!(ProjectId, DocumentId, GenerationId, UndoId);
derived!(ChunkId, PairId, UnitId);

/// Length-prefixed, so that no two lists of parts run together into the same bytes.
fn derive_uuid<'a>(kind: &'a str, parts: impl IntoIterator<Item = &'a [u8]>) -> Uuid {
    let mut hash = Sha256::new();
    for part in std::iter::once(kind.as_bytes()).chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Who owns a project: `local` on the command line, else what the authentication says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct UserId(String);

impl UserId {
    /// The user of the command line and of a server without authentication.
    pub fn local() -> Self {
        Self("local".into())
    }

    /// A user by the name that the authentication gave.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name as the authentication gave it: not fit for a path as it is.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_depend_on_how_the_parts_are_cut() {
        let ab_c = ChunkId::derive([b"ab".as_slice(), b"c"]);
        let a_bc = ChunkId::derive([b"a".as_slice(), b"bc"]);
        assert_ne!(ab_c, a_bc);
        assert_eq!(ab_c, ChunkId::derive([b"ab".as_slice(), b"c"]));
        assert_eq!(ab_c.as_uuid().get_version_num(), 8);
    }

    #[test]
    fn kinds_of_ids_do_not_share_values() {
        assert_ne!(ChunkId::derive([b"a".as_slice()]).as_uuid(), PairId::derive([b"a".as_slice()]).as_uuid());
    }

    #[test]
    fn later_ids_sort_later_and_read_back() {
        let early = ProjectId::new(crate::Time::from_second(1).unwrap(), [0xff; 10]);
        let late = ProjectId::new(crate::Time::from_second(2).unwrap(), [0; 10]);
        assert!(early < late);
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!(early.as_uuid().get_version_num(), 7);
    }
}
