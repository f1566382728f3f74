//! Large objects, in parts.

use std::{io, sync::Arc};

use object_store::{
    MultipartId,
    aws::AmazonS3,
    multipart::{MultipartStore, PartId},
    path::Path,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    task::JoinSet,
};

use super::failure::Failure;

/// How many bytes are sent by one request, and up to how many an object has no parts.
pub(super) const PART: usize = 8 << 20;
/// How many parts are on their way at once: so many are in memory, and one more.
const AT_ONCE: usize = 4;
/// The longest part: what is said to be longer than all parts can hold is no reason to take more memory.
const LONGEST_PART: usize = 512 << 20;
/// The most parts that an object may have.
const MOST_PARTS: u64 = 10_000;

/// Why an upload failed.
pub(super) enum Failed {
    /// What was to be stored could not be read.
    Reader(io::Error),
    /// The store.
    Store(Failure),
}

impl From<object_store::Error> for Failed {
    fn from(error: object_store::Error) -> Self {
        Self::Store(Failure::of(&error))
    }
}

/// How long the parts of an object of that many bytes are.
pub(super) fn part_length(length: u64) -> usize {
    let least = usize::try_from(length.div_ceil(MOST_PARTS)).unwrap_or(usize::MAX);
    least.clamp(PART, LONGEST_PART)
}

/// Reads so many bytes, or up to the end.
pub(super) async fn read_part(
    reader: &mut (dyn AsyncRead + Send + Unpin),
    length: usize,
) -> io::Result<Vec<u8>> {
    let mut part = Vec::with_capacity(length.min(PART));
    reader.take(length as u64).read_to_end(&mut part).await?;
    Ok(part)
}

/// An object in parts that is not there yet. Where it is dropped, what was sent is removed.
pub(super) struct Upload {
    store: Arc<AmazonS3>,
    path: Path,
    id: Option<MultipartId>,
    parts: Vec<(usize, PartId)>,
    under_way: JoinSet<object_store::Result<(usize, PartId)>>,
    begun: usize,
}

impl Upload {
    /// Begins one.
    pub(super) async fn begin(store: &Arc<AmazonS3>, path: &Path) -> object_store::Result<Self> {
        let id = Some(store.create_multipart(path).await?);
        let (store, path, parts, under_way) = (store.clone(), path.clone(), Vec::new(), JoinSet::new());
        Ok(Self { store, path, id, parts, under_way, begun: 0 })
    }

    /// Sends a part as soon as there is room; the bytes of all but the last have to be as many.
    pub(super) async fn send(&mut self, part: Vec<u8>) -> object_store::Result<()> {
        while self.under_way.len() >= AT_ONCE {
            self.settle().await?;
        }
        let Some(id) = self.id.clone() else { return Ok(()) };
        let (store, path, index) = (self.store.clone(), self.path.clone(), self.begun);
        self.begun += 1;
        self.under_way.spawn(async move {
            let part = store.put_part(&path, &id, index, part.into()).await?;
            Ok((index, part))
        });
        Ok(())
    }

    /// Makes the object of all parts, in place of what is there.
    pub(super) async fn finish(mut self) -> object_store::Result<()> {
        let (id, parts) = self.all().await?;
        self.store.complete_multipart(&self.path, &id, parts).await?;
        self.id = None;
        Ok(())
    }

    /// The upload's id and its parts in order, when all are sent.
    pub(super) async fn all(&mut self) -> object_store::Result<(MultipartId, Vec<PartId>)> {
        while !self.under_way.is_empty() {
            self.settle().await?;
        }
        self.parts.sort_unstable_by_key(|(index, _)| *index);
        let parts = self.parts.iter().map(|(_, part)| part.clone()).collect();
        Ok((self.id.clone().unwrap_or_default(), parts))
    }

    /// The object is there: there is nothing to remove any more.
    pub(super) fn keep(mut self) {
        self.id = None;
    }

    /// Removes what was sent. Where that fails the bucket's rule for unfinished uploads has to do it.
    pub(super) async fn abort(mut self) {
        self.under_way.shutdown().await;
        if let Some(id) = self.id.take() {
            let _: object_store::Result<()> = self.store.abort_multipart(&self.path, &id).await;
        }
    }

    async fn settle(&mut self) -> object_store::Result<()> {
        if let Some(sent) = self.under_way.join_next().await {
            self.parts.push(sent??);
        }
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) else { return };
        let (store, path) = (self.store.clone(), self.path.clone());
        let mut under_way = std::mem::take(&mut self.under_way);
        runtime.spawn(async move {
            under_way.shutdown().await;
            let _: object_store::Result<()> = store.abort_multipart(&path, &id).await;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_object_has_too_many_parts() {
        for length in [0, 1, PART as u64, 80 << 30, 4 << 40] {
            assert!(length.div_ceil(part_length(length) as u64) <= MOST_PARTS, "{length}");
        }
        assert_eq!(part_length(u64::MAX), LONGEST_PART);
    }
}
