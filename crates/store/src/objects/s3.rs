//! Objects in a bucket of S3, or of a server that speaks its language.

mod cors;
mod encryption;
mod failure;
mod links;
mod profile;
mod settings;
mod signed;
mod upload;

use std::{io, path::Path as FilePath, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, aws::AmazonS3,
    path::Path,
};
use rusty_s3::Method;
use tokio::{fs::File, io::AsyncRead};
use tokio_util::io::StreamReader;

use self::{
    failure::Failure,
    settings::Settings,
    signed::{Request, Signer},
    upload::{Failed, PART, Upload, part_length, read_part},
};
use super::{ObjectLink, Objects, PutNew};
use crate::{ObjectKey, Result, StoreError, metadata::without_credentials};

/// How often what another was doing at the same moment is tried again.
const CONFLICTS: usize = 5;

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

    /// Stores bytes by one request, in place of what is there.
    async fn put_whole(&self, key: &ObjectKey, bytes: Vec<u8>) -> Result<()> {
        let put = self.store.put(&path(key)?, PutPayload::from(bytes)).await;
        put.map(drop).map_err(|error| self.failed(key, &error))
    }

    /// Stores what is read, in parts, in place of what is there.
    async fn put_parts(
        &self,
        key: &ObjectKey,
        reader: &mut (dyn AsyncRead + Send + Unpin),
        length: u64,
    ) -> Result<()> {
        let path = path(key)?;
        let begun = Upload::begin(&self.store, &path).await;
        let mut upload = begun.map_err(|error| self.failed(key, &error))?;
        match send_all(&mut upload, reader, part_length(length)).await {
            Ok(_) => upload.finish().await.map_err(|error| self.failed(key, &error)),
            Err(failed) => {
                upload.abort().await;
                Err(self.upload_failed(key, failed))
            }
        }
    }

    fn upload_failed(&self, key: &ObjectKey, failed: Failed) -> StoreError {
        match failed {
            Failed::Reader(source) => StoreError::Objects { key: key.to_string(), source },
            Failed::Store(failure) => failure.into_error(&self.place, key.as_str()),
        }
    }

    /// Stores bytes by one request where nothing is yet.
    async fn put_new_whole(&self, key: &ObjectKey, bytes: Vec<u8>) -> Result<PutNew> {
        let (path, payload) = (path(key)?, PutPayload::from(bytes));
        let mut conflicts = 0;
        loop {
            let options = PutOptions::from(PutMode::Create);
            let Err(error) = self.store.put_opts(&path, payload.clone(), options).await else {
                return Ok(PutNew::Stored);
            };
            match Failure::of(&error) {
                // Another is putting the same: whether it gets there is not known yet.
                failure if failure.is_conflict() && conflicts < CONFLICTS => conflicts += 1,
                failure if failure.is_presence() => return Ok(PutNew::Exists),
                failure => return Err(failure.into_error(&self.place, key.as_str())),
            }
        }
    }

    /// Stores what is read, in parts, where nothing is yet.
    async fn put_new_parts(
        &self,
        key: &ObjectKey,
        reader: &mut (dyn AsyncRead + Send + Unpin),
        length: u64,
    ) -> Result<PutNew> {
        let path = path(key)?;
        let begun = Upload::begin(&self.store, &path).await;
        let mut upload = begun.map_err(|error| self.failed(key, &error))?;
        let mut reader = tokio::io::AsyncReadExt::take(reader, length.saturating_add(1));
        let put = match send_all(&mut upload, &mut reader, part_length(length)).await {
            Ok(sent) if sent == length => self.complete_new(key, &mut upload).await,
            Ok(_) => Ok(PutNew::WrongLength),
            Err(failed) => Err(failed),
        };
        match put {
            Ok(PutNew::Stored) => upload.keep(),
            _ => upload.abort().await,
        }
        put.map_err(|failed| self.upload_failed(key, failed))
    }

    /// Makes an object of its parts where nothing is yet. The client has a call that overwrites alone.
    async fn complete_new(
        &self,
        key: &ObjectKey,
        upload: &mut Upload,
    ) -> std::result::Result<PutNew, Failed> {
        let (id, parts) = upload.all().await?;
        let mut body = String::from("<CompleteMultipartUpload>");
        for (number, part) in (1..).zip(parts) {
            let tag = part.content_id.replace('&', "&amp;").replace('<', "&lt;");
            body += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>");
        }
        body += "</CompleteMultipartUpload>";
        let request = Request {
            method: Method::Post,
            base: &self.settings.base,
            key: key.as_str(),
            query: &[("uploadId", &id)],
            headers: &[("if-none-match", "*")],
        };
        match self.signer.send(&request, &body).await {
            Ok(_) => Ok(PutNew::Stored),
            Err(failure) if failure.is_presence() => Ok(PutNew::Exists),
            Err(failure) => Err(Failed::Store(failure)),
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

/// Sends all that is read; how many bytes that is.
async fn send_all(
    upload: &mut Upload,
    reader: &mut (dyn AsyncRead + Send + Unpin),
    part_length: usize,
) -> std::result::Result<u64, Failed> {
    let mut sent = 0;
    loop {
        let part = read_part(reader, part_length).await.map_err(Failed::Reader)?;
        if part.is_empty() {
            return Ok(sent);
        }
        sent += part.len() as u64;
        upload.send(part).await?;
    }
}
