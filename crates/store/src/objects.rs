//! Bytes by key: documents, exports.

mod files;
mod s3;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use tokio::io::AsyncRead;
use url::Url;

use self::files::Files;
pub use self::s3::Bucket;
use crate::{ObjectKey, Result, StoreError, metadata::without_credentials};

/// Opens the store of bytes that a URL names: `file:///absolute/path` or a path is a folder, made if
/// it is not there; `s3://bucket` is a bucket of S3 or of a server that speaks its language, reached as the
/// environment's `AWS_…` variables say.
///
/// # Errors
/// [`StoreError::UnknownBackend`] for any other URL, [`StoreError::Settings`] for a bucket whose settings
/// cannot be, [`StoreError::Objects`] where the folder cannot be made.
pub async fn open_objects(url: &str) -> Result<Arc<dyn Objects>> {
    open_objects_with(url, environment_variables()).await
}

/// The variables of the environment that are text.
pub fn environment_variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| name.into_string().ok().zip(value.into_string().ok()))
}

/// As [`open_objects`], with these variables for those of the environment.
///
/// # Errors
/// As [`open_objects`].
pub async fn open_objects_with(
    url: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Arc<dyn Objects>> {
    let unknown = |hint| StoreError::UnknownBackend { url: without_credentials(url), hint };
    let folder = if url.starts_with("file:") {
        // A URL that is not absolute is read as one, of a folder that nobody meant.
        let absolute = Some(url).filter(|url| url.starts_with("file:///"));
        let folder = absolute.and_then(|url| Url::parse(url).ok()).and_then(|url| url.to_file_path().ok());
        folder.ok_or_else(|| unknown("a folder is `file:///absolute/path`"))?
    } else if url.starts_with("s3://") {
        return Ok(Arc::new(Bucket::open(url, variables)?));
    } else if url.is_empty() || url.contains("://") {
        return Err(unknown(
            "there are folders, `file:///absolute/path` or a path, and buckets, `s3://name`",
        ));
    } else {
        PathBuf::from(url)
    };
    Ok(Arc::new(Files::open(folder).await?))
}

/// What became of an object that was to be put where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutNew {
    /// It is there now.
    Stored,
    /// One was there already, and is as it was.
    Exists,
    /// There were fewer or more bytes than was said; nothing is stored.
    WrongLength,
}

/// A link by which whoever has it reaches one object, past the server, until it runs out.
#[derive(Clone, PartialEq, Eq)]
pub struct ObjectLink {
    /// Where to. Its signature is in it: it is no text for logs.
    pub url: String,
    /// Headers that have to be sent with it, by their names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// A store of bytes. An object is there whole or not at all, whatever crashes.
#[async_trait]
pub trait Objects: Send + Sync {
    /// Stores bytes, in place of what is there.
    async fn put(&self, key: &ObjectKey, bytes: &[u8]) -> Result<()>;

    /// Stores a file's bytes without holding them in memory; the file stays.
    async fn put_file(&self, key: &ObjectKey, file: &Path) -> Result<()>;

    /// Stores exactly `length` bytes, without holding them in memory, where nothing is yet. Of many who
    /// put the same at once, one does. No more than one byte beyond the length is read.
    ///
    /// # Errors
    /// What the reader failed with, or the store; nothing is stored then.
    async fn put_new(
        &self,
        key: &ObjectKey,
        reader: &mut (dyn AsyncRead + Send + Unpin),
        length: u64,
    ) -> Result<PutNew>;

    /// All bytes of an object; `None` where there is none.
    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>>;

    /// An object's bytes as a stream; `None` where there is none.
    async fn open(&self, key: &ObjectKey) -> Result<Option<Box<dyn AsyncRead + Send + Unpin>>>;

    /// An object's bytes from the one at `offset` on, as a stream; `None` where there is no object.
    async fn open_at(
        &self,
        key: &ObjectKey,
        offset: u64,
    ) -> Result<Option<Box<dyn AsyncRead + Send + Unpin>>>;

    /// An object's size in bytes; `None` where there is none.
    async fn size(&self, key: &ObjectKey) -> Result<Option<u64>>;

    /// Removes an object, if it is there.
    async fn delete(&self, key: &ObjectKey) -> Result<()>;

    /// Removes everything under a folder (`prefix` and a `/` behind it).
    async fn delete_folder(&self, prefix: &ObjectKey) -> Result<()>;

    /// The keys under a folder, in order.
    async fn list(&self, prefix: &ObjectKey) -> Result<Vec<ObjectKey>>;

    /// A link to put an object that is not there yet: exactly `length` bytes of that content type. `None` where
    /// there are no such links, and the server has to take the bytes itself.
    async fn link_to_put(
        &self,
        key: &ObjectKey,
        content_type: &str,
        length: u64,
        life: Duration,
    ) -> Result<Option<ObjectLink>>;

    /// A link to get an object, answered with that content type and that `Content-Disposition`. `None` where
    /// there are no such links, and the server has to send the bytes itself.
    async fn link_to_get(
        &self,
        key: &ObjectKey,
        content_type: &str,
        content_disposition: &str,
        life: Duration,
    ) -> Result<Option<ObjectLink>>;

    /// The origin that links lead to, such as `https://bucket.s3.amazonaws.com`; `None` where there are none.
    fn links_origin(&self) -> Option<String>;
}
