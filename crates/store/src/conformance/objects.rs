//! Objects: there whole or not at all.

use std::{
    io::Write,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use model::{DocumentId, ProjectId, UserId};
use tokio::io::AsyncReadExt;

use super::{Outcome, checks, ensure, ensure_eq, sample::at};
use crate::{Keys, ObjectKey, Objects, PutNew};

checks!(dyn Objects:
    read_back_what_was_put,
    are_replaced_whole,
    are_absent_until_they_are_put,
    are_put_from_a_file_that_stays,
    are_listed_by_folder_in_order,
    are_deleted_by_folder,
    folders_are_no_objects,
    are_put_by_many_at_once,
    are_streamed_in_where_nothing_is,
    are_streamed_in_whole_or_not_at_all,
    are_streamed_in_once_by_many_at_once,
    are_read_from_any_byte_on,
);

async fn read_back_what_was_put(store: Arc<dyn Objects>) -> Outcome {
    for (number, bytes) in [Vec::new(), b"\0\xff\r\n".to_vec(), vec![7; 3 << 20]].into_iter().enumerate() {
        let key = keys("ada", 1).source(document(number as u8));
        store.put(&key, &bytes).await?;
        ensure_eq!(store.size(&key).await?, Some(bytes.len() as u64));
        ensure!(streamed(&*store, &key).await? == Some(bytes.clone()));
        ensure!(store.get(&key).await? == Some(bytes));
    }
    Ok(())
}

async fn are_replaced_whole(store: Arc<dyn Objects>) -> Outcome {
    let key = keys("ada", 1).source(document(1));
    store.put(&key, b"a long first one").await?;
    // Who reads already goes on reading what was there.
    let Some(mut open) = store.open(&key).await? else { return Err("it is not there".into()) };
    store.put(&key, b"short").await?;
    let mut read = Vec::new();
    open.read_to_end(&mut read).await?;
    ensure_eq!(read, b"a long first one");
    ensure_eq!(store.get(&key).await?.as_deref(), Some(b"short".as_slice()));
    ensure_eq!(store.list(&keys("ada", 1).prefix()).await?, [key]);
    Ok(())
}

async fn are_absent_until_they_are_put(store: Arc<dyn Objects>) -> Outcome {
    let key = keys("ada", 1).source(document(1));
    for _ in 0..2 {
        ensure_eq!(store.get(&key).await?, None);
        ensure!(store.open(&key).await?.is_none());
        ensure_eq!(store.size(&key).await?, None);
        store.delete(&key).await?;
        store.put(&key, b"bytes").await?;
        store.delete(&key).await?;
    }
    Ok(())
}

async fn are_put_from_a_file_that_stays(store: Arc<dyn Objects>) -> Outcome {
    let bytes: Vec<u8> = (0..3 << 20).map(|at| (at % 251) as u8).collect();
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(&bytes)?;
    let key = keys("ada", 1).export_file(1, "dataset.jsonl");
    store.put_file(&key, file.path()).await?;
    ensure!(store.get(&key).await? == Some(bytes));
    ensure!(file.path().exists());
    let gone = file.path().to_owned();
    file.close()?;
    ensure!(store.put_file(&key, &gone).await.is_err());
    ensure!(store.size(&key).await?.is_some());
    Ok(())
}

async fn are_listed_by_folder_in_order(store: Arc<dyn Objects>) -> Outcome {
    let mine = keys("ada", 1);
    let mut all = vec![mine.export_file(10, "dataset.jsonl"), mine.export_file(9, "manifest.json")];
    all.extend((0..3).map(|number| mine.source(document(number))));
    all.push(mine.parsed(document(1)));
    for key in all.iter().chain([&keys("ada", 2).source(document(1)), &keys("ad", 1).source(document(1))]) {
        store.put(key, b"bytes").await?;
    }
    all.sort();
    ensure_eq!(store.list(&mine.prefix()).await?, all);
    ensure_eq!(store.list(&keys("bob", 1).prefix()).await?, []);
    Ok(())
}

async fn are_deleted_by_folder(store: Arc<dyn Objects>) -> Outcome {
    let (mine, other) = (keys("ada", 1), keys("ada", 2).source(document(1)));
    for key in [&mine.source(document(1)), &mine.export_file(1, "manifest.json"), &other] {
        store.put(key, b"bytes").await?;
    }
    for _ in 0..2 {
        store.delete_folder(&mine.prefix()).await?;
        ensure_eq!(store.list(&mine.prefix()).await?, []);
    }
    ensure!(store.get(&other).await?.is_some());
    store.put(&mine.source(document(1)), b"again").await?;
    ensure_eq!(store.list(&mine.prefix()).await?.len(), 1);
    Ok(())
}

async fn folders_are_no_objects(store: Arc<dyn Objects>) -> Outcome {
    let mine = keys("ada", 1);
    let object = mine.source(document(1));
    store.put(&object, b"bytes").await?;
    ensure_eq!(store.get(&mine.prefix()).await?, None);
    ensure_eq!(store.size(&mine.prefix()).await?, None);
    ensure!(store.open(&mine.prefix()).await?.is_none());
    let Some(below) = ObjectKey::from_stored(&format!("{object}/below")) else { return Err("no key".into()) };
    ensure_eq!(store.get(&below).await?, None);
    ensure_eq!(store.size(&below).await?, None);
    ensure_eq!(store.list(&object).await?, []);
    Ok(())
}

async fn are_put_by_many_at_once(store: Arc<dyn Objects>) -> Outcome {
    let key = keys("ada", 1).source(document(1));
    let tasks: Vec<_> = (0..8_u8)
        .map(|number| {
            let (store, key) = (store.clone(), key.clone());
            tokio::spawn(async move {
                for _ in 0..5 {
                    store.put(&key, &vec![number; 100_000]).await?;
                    let read = store.get(&key).await?.unwrap_or_default();
                    if read.len() != 100_000 || read.iter().any(|byte| *byte != read[0]) {
                        return Err(crate::StoreError::Corrupt("it is not whole".into()));
                    }
                }
                Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    ensure_eq!(store.list(&keys("ada", 1).prefix()).await?, [key]);
    Ok(())
}

async fn are_streamed_in_where_nothing_is(store: Arc<dyn Objects>) -> Outcome {
    for (number, length) in [0, 1, 3 << 20].into_iter().enumerate() {
        let key = keys("ada", 1).source(document(number as u8));
        let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        ensure_eq!(store.put_new(&key, &mut bytes.as_slice(), length).await?, PutNew::Stored);
        ensure!(store.get(&key).await?.as_ref() == Some(&bytes));
        let other = vec![7; length as usize];
        ensure_eq!(store.put_new(&key, &mut other.as_slice(), length).await?, PutNew::Exists);
        ensure!(store.get(&key).await? == Some(bytes));
    }
    Ok(())
}

async fn are_streamed_in_whole_or_not_at_all(store: Arc<dyn Objects>) -> Outcome {
    let key = keys("ada", 1).source(document(1));
    for length in [0, 4, 6, u64::MAX] {
        ensure_eq!(store.put_new(&key, &mut b"bytes".as_slice(), length).await?, PutNew::WrongLength);
        ensure_eq!(store.size(&key).await?, None);
    }
    // The reader fails after some bytes.
    let mut broken = cut_short();
    ensure!(store.put_new(&key, &mut broken, 5).await.is_err());
    ensure_eq!(store.size(&key).await?, None);
    ensure_eq!(store.list(&keys("ada", 1).prefix()).await?, []);
    ensure_eq!(store.put_new(&key, &mut b"bytes".as_slice(), 5).await?, PutNew::Stored);
    Ok(())
}

async fn are_streamed_in_once_by_many_at_once(store: Arc<dyn Objects>) -> Outcome {
    let key = keys("ada", 1).source(document(1));
    let tasks: Vec<_> = (0..8_u8)
        .map(|number| {
            let (store, key) = (store.clone(), key.clone());
            tokio::spawn(async move {
                let bytes = vec![number; 100_000];
                store.put_new(&key, &mut bytes.as_slice(), 100_000).await.map(|put| (number, put))
            })
        })
        .collect();
    let mut stored = Vec::new();
    for task in tasks {
        match task.await?? {
            (number, PutNew::Stored) => stored.push(number),
            (_, put) => ensure_eq!(put, PutNew::Exists),
        }
    }
    ensure_eq!(stored.len(), 1);
    ensure!(store.get(&key).await? == Some(vec![stored[0]; 100_000]));
    Ok(())
}

async fn are_read_from_any_byte_on(store: Arc<dyn Objects>) -> Outcome {
    let key = keys("ada", 1).source(document(1));
    ensure!(store.open_at(&key, 0).await?.is_none());
    store.put(&key, b"0123456789").await?;
    for (offset, expected) in [(0, "0123456789"), (4, "456789"), (9, "9"), (10, ""), (11, "")] {
        let Some(mut open) = store.open_at(&key, offset).await? else { return Err("it is not there".into()) };
        let mut read = String::new();
        open.read_to_string(&mut read).await?;
        ensure_eq!(read, expected);
    }
    ensure!(store.open_at(&keys("ada", 1).prefix(), 0).await?.is_none());
    Ok(())
}

/// Two bytes, and then an error.
fn cut_short() -> impl tokio::io::AsyncRead + Send + Unpin {
    b"by".as_slice().chain(Broken)
}

/// A connection that is cut.
struct Broken;

impl tokio::io::AsyncRead for Broken {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()))
    }
}

async fn streamed(
    store: &dyn Objects,
    key: &ObjectKey,
) -> std::result::Result<Option<Vec<u8>>, super::Error> {
    let Some(mut open) = store.open(key).await? else { return Ok(None) };
    let mut bytes = Vec::new();
    open.read_to_end(&mut bytes).await?;
    Ok(Some(bytes))
}

fn keys(user: &str, project: u8) -> Keys {
    Keys::new(&UserId::new(user), ProjectId::new(at(project.into()), [project; 10]))
}

fn document(number: u8) -> DocumentId {
    DocumentId::new(at(number.into()), [number; 10])
}
