//! Objects as files in a folder.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use tempfile::NamedTempFile;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    task,
};

use super::{ObjectLink, Objects, PutNew};
use crate::{ObjectKey, Result, StoreError};

/// Where files stand until they are whole. No key begins with it: keys begin with a fixed word.
const UNFINISHED: &str = ".tmp";

/// How many bytes of an upload are in memory at once.
const BUFFER: usize = 256 << 10;

/// A folder of files. What is put is written beside it first, brought to the disk, and renamed.
pub(super) struct Files {
    root: Arc<Path>,
    /// Held shared as long as the store is open: who gets it alone knows that what is unfinished was
    /// left by a process that has ended.
    _in_use: File,
}

impl Files {
    /// Opens a folder, made if it is not there.
    pub(super) async fn open(root: PathBuf) -> Result<Self> {
        blocking(root.display().to_string(), move || {
            let root = std::path::absolute(root)?;
            let unfinished = root.join(UNFINISHED);
            fs::create_dir_all(&unfinished)?;
            let in_use = File::create(root.join(".lock"))?;
            match in_use.try_lock() {
                Ok(()) => {
                    for left_over in fs::read_dir(&unfinished)? {
                        fs::remove_file(left_over?.path())?;
                    }
                    in_use.unlock()?;
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
            in_use.lock_shared()?;
            Ok(Self { root: root.into(), _in_use: in_use })
        })
        .await
    }

    fn path(&self, key: &ObjectKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    async fn put_from(&self, key: &ObjectKey, mut from: impl Read + Send + 'static) -> Result<()> {
        let (root, path) = (self.root.clone(), self.path(key));
        blocking(key, move || write_whole(&root.join(UNFINISHED), &path, &mut from)).await
    }
}

#[async_trait]
impl Objects for Files {
    async fn put(&self, key: &ObjectKey, bytes: &[u8]) -> Result<()> {
        self.put_from(key, io::Cursor::new(bytes.to_vec())).await
    }

    async fn put_file(&self, key: &ObjectKey, file: &Path) -> Result<()> {
        let file = file.to_owned();
        let source = blocking(key, move || File::open(file)).await?;
        self.put_from(key, source).await
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
        let (unfinished, path) = (self.root.join(UNFINISHED), self.path(key));
        let file = blocking(key, move || NamedTempFile::new_in(unfinished)).await?;
        let copied = copy_exactly(reader, &file, length).await;
        if !copied.map_err(|source| StoreError::Objects { key: key.to_string(), source })? {
            return Ok(PutNew::WrongLength);
        }
        blocking(key, move || {
            file.as_file().sync_all()?;
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            match file.persist_noclobber(path) {
                Ok(_) => Ok(PutNew::Stored),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(PutNew::Exists),
                Err(error) => Err(error.error),
            }
        })
        .await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>> {
        let path = self.path(key);
        blocking(key, move || if_there(fs::read(path))).await
    }

    async fn open(&self, key: &ObjectKey) -> Result<Option<Box<dyn AsyncRead + Send + Unpin>>> {
        self.open_at(key, 0).await
    }

    async fn open_at(
        &self,
        key: &ObjectKey,
        offset: u64,
    ) -> Result<Option<Box<dyn AsyncRead + Send + Unpin>>> {
        let path = self.path(key);
        let file = blocking(key, move || {
            let Some(mut file) = if_there(File::open(path))? else { return Ok(None) };
            if !file.metadata()?.is_file() {
                return Ok(None);
            }
            file.seek(SeekFrom::Start(offset))?;
            Ok(Some(file))
        })
        .await?;
        Ok(file.map(|file| Box::new(tokio::fs::File::from_std(file)) as Box<dyn AsyncRead + Send + Unpin>))
    }

    async fn size(&self, key: &ObjectKey) -> Result<Option<u64>> {
        let path = self.path(key);
        let metadata = blocking(key, move || if_there(fs::metadata(path))).await?;
        Ok(metadata.filter(fs::Metadata::is_file).map(|metadata| metadata.len()))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<()> {
        let path = self.path(key);
        blocking(key, move || if_there(fs::remove_file(path)).map(drop)).await
    }

    async fn delete_folder(&self, prefix: &ObjectKey) -> Result<()> {
        let path = self.path(prefix);
        blocking(prefix, move || if_there(fs::remove_dir_all(path)).map(drop)).await
    }

    async fn list(&self, prefix: &ObjectKey) -> Result<Vec<ObjectKey>> {
        let (path, key) = (self.path(prefix), prefix.clone());
        let mut keys = blocking(prefix, move || {
            let mut keys = Vec::new();
            collect(&path, key.as_str(), &mut keys)?;
            Ok(keys)
        })
        .await?;
        keys.sort_unstable();
        Ok(keys)
    }

    async fn link_to_put(&self, _: &ObjectKey, _: &str, _: u64, _: Duration) -> Result<Option<ObjectLink>> {
        Ok(None)
    }

    async fn link_to_get(&self, _: &ObjectKey, _: &str, _: &str, _: Duration) -> Result<Option<ObjectLink>> {
        Ok(None)
    }

    fn links_origin(&self) -> Option<String> {
        None
    }
}

fn write_whole(unfinished: &Path, path: &Path, from: &mut impl Read) -> io::Result<()> {
    let mut file = NamedTempFile::new_in(unfinished)?;
    io::copy(from, &mut file)?;
    file.flush()?;
    file.as_file().sync_all()?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes what is read into a file, without bringing it to the disk; `false` where that is not exactly
/// `length` bytes.
async fn copy_exactly(
    reader: &mut (dyn AsyncRead + Send + Unpin),
    file: &NamedTempFile,
    length: u64,
) -> io::Result<bool> {
    let mut to = tokio::fs::File::from_std(file.reopen()?);
    let mut from = reader.take(length.saturating_add(1));
    let mut buffer = vec![0; BUFFER];
    let mut copied = 0;
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            break;
        }
        copied += read as u64;
        if copied > length {
            return Ok(false);
        }
        to.write_all(&buffer[..read]).await?;
    }
    to.flush().await?;
    Ok(copied == length)
}

/// The keys of all files under a folder. What has no key of ours was put there by somebody else.
fn collect(folder: &Path, prefix: &str, keys: &mut Vec<ObjectKey>) -> io::Result<()> {
    for entry in if_there(fs::read_dir(folder))?.into_iter().flatten() {
        let entry = entry?;
        let Some(key) = entry.file_name().to_str().map(|name| format!("{prefix}/{name}")) else { continue };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &key, keys)?;
        } else if kind.is_file() {
            keys.extend(ObjectKey::from_stored(&key));
        }
    }
    Ok(())
}

/// Nothing where there is no such file, or a folder in its place.
fn if_there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), NotFound | NotADirectory | IsADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn blocking<T: Send + 'static>(
    key: impl ToString,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
        .map_err(|source| StoreError::Objects { key: key.to_string(), source })
}
