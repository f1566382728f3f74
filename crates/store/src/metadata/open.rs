//! The one place that chooses a backend of metadata.

use std::{path::Path, sync::Arc};

use url::Url;

use super::{Metadata, mongo::Mongo, sqlite::Sqlite};
use crate::{Result, StoreError};

/// What is done about a store whose schema is older than the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenMode {
    /// It is brought forward; a store that is not there is made. For `serve` and `run`.
    #[default]
    Migrate,
    /// It is refused, as is one that is not there. For workers.
    Require,
}

/// Opens the store of metadata that a URL names, brought forward to this program's schema.
///
/// `sqlite:PATH` is a file, made with its folder if it is not there; `sqlite::memory:` lives as
/// long as what is returned. `mongodb://…` and `mongodb+srv://…` name a replica set of MongoDB and a database of it,
/// `data_forge` where they name none.
///
/// # Errors
/// [`StoreError::UnknownBackend`] for any other URL, [`StoreError::Schema`] for a store of a newer
/// program, [`StoreError::Database`] where it cannot be opened.
pub async fn open_metadata(url: &str) -> Result<Arc<dyn Metadata>> {
    open_metadata_with(url, OpenMode::Migrate).await
}

/// Opens the store of metadata that a URL names; `mode` says what is done about an older one.
///
/// # Errors
/// As [`open_metadata`]; with [`OpenMode::Require`] also [`StoreError::Schema`] for an older store
/// or none.
pub async fn open_metadata_with(url: &str, mode: OpenMode) -> Result<Arc<dyn Metadata>> {
    if url.starts_with("mongodb://") || url.starts_with("mongodb+srv://") {
        return Ok(Arc::new(Mongo::open(url, mode).await?));
    }
    match url.strip_prefix("sqlite:") {
        Some(":memory:") => Ok(Arc::new(Sqlite::in_memory().await?)),
        Some(path) if !path.trim_start_matches('/').is_empty() => {
            let path = path.strip_prefix("//").unwrap_or(path);
            Ok(Arc::new(Sqlite::open(Path::new(path), mode).await?))
        }
        _ => Err(StoreError::UnknownBackend {
            url: without_credentials(url),
            hint: "there are `sqlite:PATH` and `mongodb://HOST/DATABASE`",
        }),
    }
}

/// A URL as it may be shown: its scheme, host and path. Of what is no URL nothing but its
/// beginning up to `://` is sure to be no secret.
pub fn without_credentials(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut url) => {
            // Only a URL without a host refuses these, and that has no credentials.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_query(None);
            url.set_fragment(None);
            url.to_string()
        }
        Err(_) => match url.split_once("://") {
            Some((scheme, _)) => format!("{scheme}://…"),
            None => url.chars().take(100).collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("postgres://user:secret@host/base?key=secret", "postgres://host/base")]
    #[case("postgres://user:secret@one:1,two:2/base", "postgres://…")]
    #[case("postgres://localhost", "postgres://localhost")]
    #[case("data.db", "data.db")]
    #[case("sqlite:", "sqlite:")]
    #[case("", "")]
    #[tokio::test]
    async fn what_is_not_there_is_named_without_secrets(#[case] url: &str, #[case] shown: &str) {
        match open_metadata(url).await.map(|_| ()) {
            Err(StoreError::UnknownBackend { url, hint }) => {
                assert_eq!(url, shown);
                assert!(hint.contains("`sqlite:PATH` and `mongodb://"), "{hint}");
            }
            other => panic!("{other:?}"),
        }
    }
}
