//! Putting objects: small ones by one request, large ones in parts.

use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use rusty_s3::Method;
use tokio::io::AsyncRead;

use super::{
    Bucket,
    failure::Failure,
    path,
    signed::Request,
    upload::{Failed, Upload, part_length, read_part},
};
use crate::{ObjectKey, PutNew, Result, StoreError};

/// How often what another was doing at the same moment is tried again.
const CONFLICTS: usize = 5;

impl Bucket {
    /// Stores bytes by one request, in place of what is there.
    pub(super) async fn put_whole(&self, key: &ObjectKey, bytes: Vec<u8>) -> Result<()> {
        let put = self.store.put(&path(key)?, PutPayload::from(bytes)).await;
        put.map(drop).map_err(|error| self.failed(key, &error))
    }

    /// Stores what is read, in parts, in place of what is there.
    pub(super) async fn put_parts(
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
    pub(super) async fn put_new_whole(&self, key: &ObjectKey, bytes: Vec<u8>) -> Result<PutNew> {
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
    pub(super) async fn put_new_parts(
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
