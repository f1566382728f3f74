//! Objects in a bucket of S3, or of a server that speaks its language.

mod cors;
mod encryption;
mod failure;
mod links;
mod profile;
mod put;
mod settings;
mod signed;
mod upload;

use std::{io, path::Path as FilePath, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, aws::AmazonS3, path::Path};
use tokio::{fs::File, io::AsyncRead};
use tokio_util::io::StreamReader;

use self::{
    failure::Failure,
    settings::Settings,
    signed::Signer,
    upload::{PART, read_part},
};
use super::{ObjectLink, Objects, PutNew};
use crate::{ObjectKey, Result, StoreError, metadata::without_credentials};

/// A bucket.
pub struct Bucket {
    store: Arc<AmazonS3>,
    signer: Signer,
    settings: Settings,
    place: Place,
}

/// A bucket as messages name it.
#[derive(Debug, Clone)]
struct Place {
    bucket: String,
    origin: String,
}

impl Bucket {
    /// Opens the bucket that `s3://name` names, reached as these `AWS_…` variables say. It is not asked anything: that
    /// it cannot be reached keeps no program from starting.
    ///
    /// # Errors
    /// [`StoreError::Settings`] where URL or variables say what cannot be.
    pub fn open(url: &str, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        // Another part of the program may have installed it before; then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let variables: Vec<_> = variables.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let wrong = |reason: String| StoreError::Settings { url: without_credentials(url), reason };
        let variables = profile::complete(variables).map_err(wrong)?;
        let settings = Settings::read(url, |name| {
            variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        })?;
        let store = settings.builder(variables).build().map_err(|error| wrong(error.to_string()))?;
        let signer = Signer::new(&settings, store.credentials().clone());
        let signer = signer.map_err(|error| wrong(error.to_string()))?;
        let place =
            Place { bucket: settings.bucket.clone(), origin: settings.base.origin().ascii_serialization() };
        Ok(Self { store: Arc::new(store), signer, settings, place })
    }

    fn failed(&self, key: &ObjectKey, error: &object_store::Error) -> StoreError {
        Failure::of(error).into_error(&self.place, key.as_str())
    }

    /// What was found; `None` where nothing is there.
    fn if_there<T>(&self, key: &ObjectKey, found: object_store::Result<T>) -> Result<Option<T>> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(error) => match Failure::of(&error) {
                failure if failure.is_absence() => Ok(None),
                failure => Err(failure.into_error(&self.place, key.as_str())),
            },
        }
    }

    async fn read_from(&self, key: &ObjectKey, offset: u64) -> Result<Option<object_store::GetResult>> {
        let range = (offset > 0).then_some(GetRange::Offset(offset));
        let found = self.store.get_opts(&path(key)?, GetOptions { range, ..GetOptions::default() }).await;
        self.if_there(key, found)
    }
}

#[async_trait]
impl Objects for Bucket {
    async fn put(&self, key: &ObjectKey, bytes: &[u8]) -> Result<()> {
        if bytes.len() > PART {
            return self.put_parts(key, &mut &*bytes, bytes.len() as u64).await;
        }
        self.put_whole(key, bytes.to_vec()).await
    }

    async fn put_file(&self, key: &ObjectKey, file: &FilePath) -> Result<()> {
        let reading = |source| StoreError::Objects { key: key.to_string(), source };
        let mut file = File::open(file).await.map_err(reading)?;
        let length = file.metadata().await.map_err(reading)?.len();
        if length > PART as u64 {
            return self.put_parts(key, &mut file, length).await;
        }
        let bytes = read_part(&mut file, PART).await.map_err(reading)?;
        self.put_whole(key, bytes).await
    }

    async fn put_new(
        &self,
        key: &ObjectKey,
        reader: &mut (dyn AsyncRead + Send + Unpin),
        length: u64,
    ) -> Result<PutNew> {
        if self.size(key).await?.is_some() {
            return Ok(PutNew::Exists);
        }
        if length > PART as u64 {
            return self.put_new_parts(key, reader, length).await;
        }
        let read = read_part(reader, length as usize + 1).await;
        let bytes = read.map_err(|source| StoreError::Objects { key: key.to_string(), source })?;
        if bytes.len() as u64 != length {
            return Ok(PutNew::WrongLength);
        }
        self.put_new_whole(key, bytes).await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>> {
        let Some(found) = self.read_from(key, 0).await? else { return Ok(None) };
        let bytes = found.bytes().await.map_err(|error| self.failed(key, &error))?;
        Ok(Some(bytes.into()))
    }

    async fn open(&self, key: &ObjectKey) -> Result<Option<Box<dyn AsyncRead + Send + Unpin>>> {
        self.open_at(key, 0).await
    }

    async fn open_at(
        &self,
        key: &ObjectKey,
        offset: u64,
    ) -> Result<Option<Box<dyn AsyncRead + Send + Unpin>>> {
        // A range that begins behind the end is refused.
        if offset > 0 {
            match self.size(key).await? {
                None => return Ok(None),
                Some(size) if offset >= size => return Ok(Some(Box::new(tokio::io::empty()))),
                Some(_) => {}
            }
        }
        let Some(found) = self.read_from(key, offset).await? else { return Ok(None) };
        let (place, key) = (self.place.clone(), key.to_string());
        let bytes =
            found.into_stream().map_err(move |error| match Failure::of(&error).into_error(&place, &key) {
                StoreError::Objects { source, .. } => source,
                other => io::Error::other(other),
            });
        Ok(Some(Box::new(StreamReader::new(bytes))))
    }

    async fn size(&self, key: &ObjectKey) -> Result<Option<u64>> {
        let found = self.store.head(&path(key)?).await;
        Ok(self.if_there(key, found)?.map(|found| found.size))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<()> {
        self.remove(key, stream::iter([Ok(path(key)?)]).boxed()).await
    }

    async fn delete_folder(&self, prefix: &ObjectKey) -> Result<()> {
        let found = self.store.list(Some(&path(prefix)?)).map_ok(|found| found.location);
        self.remove(prefix, found.boxed()).await
    }

    async fn list(&self, prefix: &ObjectKey) -> Result<Vec<ObjectKey>> {
        let found = self.store.list(Some(&path(prefix)?));
        let found = found.map_ok(|found| ObjectKey::from_stored(found.location.as_ref()));
        // What has no key of ours was put there by somebody else.
        let mut keys: Vec<_> = found
            .try_filter_map(|key| std::future::ready(Ok(key)))
            .try_collect()
            .await
            .map_err(|error| self.failed(prefix, &error))?;
        keys.sort_unstable();
        Ok(keys)
    }

    async fn link_to_put(
        &self,
        key: &ObjectKey,
        content_type: &str,
        length: u64,
        life: Duration,
    ) -> Result<Option<ObjectLink>> {
        self.sign_put(key, content_type, length, life).await
    }

    async fn link_to_get(
        &self,
        key: &ObjectKey,
        content_type: &str,
        content_disposition: &str,
        life: Duration,
    ) -> Result<Option<ObjectLink>> {
        self.sign_get(key, content_type, content_disposition, life).await
    }

    fn links_origin(&self) -> Option<String> {
        Some(self.settings.public_base.origin().ascii_serialization())
    }
}

impl Bucket {
    /// Removes objects as they come.
    async fn remove(
        &self,
        key: &ObjectKey,
        paths: stream::BoxStream<'static, object_store::Result<Path>>,
    ) -> Result<()> {
        self.store
            .delete_stream(paths)
            .try_for_each(|_| std::future::ready(Ok(())))
            .await
            .or_else(|error| self.if_there(key, Err(error)).map(|_: Option<()>| ()))
    }
}

/// The key as the client takes it: as it is, its percent signs included.
fn path(key: &ObjectKey) -> Result<Path> {
    Path::parse(key.as_str())
        .map_err(|error| StoreError::Objects { key: key.to_string(), source: io::Error::other(error) })
}
