//! A bucket: large objects, servers that have much to do or are gone, and what is said of what is wrong.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{io::Write, sync::Arc};

use model::{DocumentId, ProjectId, Time, UserId};
use rstest::rstest;
use store::{Keys, ObjectKey, Objects, PutNew, StoreError, open_objects_with};
use testkit::{S3, S3Config};
use tokio::io::{AsyncRead, AsyncReadExt};

/// More than two parts.
const LARGE: usize = (20 << 20) + 7;

async fn bucket() -> (S3, Arc<dyn Objects>) {
    let s3 = S3::start(S3Config::default()).await.unwrap();
    let store = open_objects_with(&s3.storage_url(), s3.variables()).await.unwrap();
    (s3, store)
}

fn keys() -> Keys {
    Keys::new(&UserId::new("ada@example.com"), ProjectId::new(Time::UNIX_EPOCH, [1; 10]))
}

fn key(number: u8) -> ObjectKey {
    keys().source(DocumentId::new(Time::UNIX_EPOCH, [number; 10]))
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn large_objects_are_stored_in_parts() {
    let (s3, store) = bucket().await;
    let large = bytes(LARGE);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&large).unwrap();
    store.put(&key(1), &large).await.unwrap();
    store.put_file(&key(2), file.path()).await.unwrap();
    assert_eq!(store.put_new(&key(3), &mut &*large, LARGE as u64).await.unwrap(), PutNew::Stored);
    for number in 1..=3 {
        assert!(store.get(&key(number)).await.unwrap().unwrap() == large, "{number}");
    }
    let mut end = Vec::new();
    let mut open = store.open_at(&key(1), LARGE as u64 - 9).await.unwrap().unwrap();
    open.read_to_end(&mut end).await.unwrap();
    assert_eq!(end, &large[LARGE - 9..]);
    assert_eq!(store.list(&keys().prefix()).await.unwrap(), [key(1), key(2), key(3)]);
    assert!(s3.keys().unwrap().iter().all(|key| key.starts_with("data-forge/ada%40example%2Ecom/")));
    assert_eq!(s3.unfinished_uploads().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_objects_are_there_whole_once_or_not_at_all() {
    let (s3, store) = bucket().await;
    let large = bytes(LARGE);
    for said in [LARGE as u64 - 1, LARGE as u64 + 1] {
        let put = store.put_new(&key(1), &mut &*large, said).await.unwrap();
        assert_eq!(put, PutNew::WrongLength, "{said}");
    }
    let mut broken = (&*large).chain(Broken);
    assert!(store.put_new(&key(1), &mut broken, LARGE as u64 * 2).await.is_err());
    assert_eq!(store.size(&key(1)).await.unwrap(), None);
    assert_eq!(s3.unfinished_uploads().unwrap(), 0);

    let tasks: Vec<_> = (0..3_u8)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let large = vec![number; LARGE];
                store.put_new(&key(1), &mut &*large, LARGE as u64).await.map(|put| (number, put))
            })
        })
        .collect();
    let mut stored = Vec::new();
    for task in tasks {
        match task.await.unwrap().unwrap() {
            (number, PutNew::Stored) => stored.push(number),
            (_, put) => assert_eq!(put, PutNew::Exists),
        }
    }
    assert_eq!(stored.len(), 1);
    assert!(store.get(&key(1)).await.unwrap() == Some(vec![stored[0]; LARGE]));
    assert_eq!(s3.unfinished_uploads().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_any_size_is_listed_and_deleted() {
    let (s3, store) = bucket().await;
    let keys: Vec<_> = (0..1003)
        .map(|number| ObjectKey::from_stored(&format!("{}/parsed/{number}", keys().prefix())).unwrap())
        .collect();
    for some in keys.chunks(50) {
        let puts = some.iter().map(|key| store.put(key, b"bytes"));
        futures::future::try_join_all(puts).await.unwrap();
    }
    assert_eq!(store.list(&self::keys().prefix()).await.unwrap().len(), keys.len());
    store.delete_folder(&self::keys().prefix()).await.unwrap();
    assert_eq!(s3.keys().unwrap(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_busy_server_refuses_is_asked_again() {
    let (s3, store) = bucket().await;
    let large = bytes(LARGE);
    s3.slow_down(3);
    store.put(&key(1), b"bytes").await.unwrap();
    s3.slow_down(2);
    assert_eq!(store.get(&key(1)).await.unwrap().as_deref(), Some(b"bytes".as_slice()));
    s3.slow_down(2);
    assert_eq!(store.put_new(&key(2), &mut &*large, LARGE as u64).await.unwrap(), PutNew::Stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_for_a_moment_is_waited_for() {
    let (s3, store) = bucket().await;
    store.put(&key(1), b"bytes").await.unwrap();
    s3.cut_off().await;
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.get(&key(1)).await }
    });
    // Not before it has been asked in vain: the second connection is refused too.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    s3.bring_back().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().as_deref(), Some(b"bytes".as_slice()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_away_is_a_passing_error() {
    let (s3, store) = bucket().await;
    s3.cut_off().await;
    let error = store.put(&key(1), b"bytes").await.unwrap_err();
    let said = error.to_string();
    assert!(error.is_passing(), "{error:?}");
    for part in [s3.endpoint(), key(1).to_string(), "`forge`".into(), "AWS_ENDPOINT_URL".into()] {
        assert!(said.contains(&part), "{said}");
    }
}

#[rstest]
#[case("s3://nowhere", &[], "S3_BUCKET")]
#[case("s3://forge", &[("AWS_SECRET_ACCESS_KEY", "very-secret")], "check AWS_ACCESS_KEY_ID")]
#[case("s3://forge", &[("AWS_ACCESS_KEY_ID", "nobody")], "check AWS_ACCESS_KEY_ID")]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_with_what_to_do(
    #[case] url: &str,
    #[case] changed: &[(&str, &str)],
    #[case] said: &str,
) {
    let s3 = S3::start(S3Config::default()).await.unwrap();
    let changed = changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let mut variables: std::collections::BTreeMap<_, _> = s3.variables().into_iter().collect();
    variables.extend(changed);
    let store = open_objects_with(url, variables).await.unwrap();
    let mut errors = vec![store.put(&key(1), b"bytes").await.unwrap_err()];
    errors.extend(store.get(&key(1)).await.err());
    errors.extend(store.list(&keys().prefix()).await.err());
    errors.extend(store.put_new(&key(1), &mut &*bytes(LARGE), LARGE as u64).await.err());
    assert_eq!(errors.len(), 4);
    for error in errors {
        let text = format!("{error} {error:?}");
        assert!(text.contains(said), "{text}");
        assert!(!text.contains("-secret") && !error.is_passing(), "{text}");
        assert!(matches!(error, StoreError::Objects { .. }));
    }
}

/// A connection that is cut.
struct Broken;

impl AsyncRead for Broken {
    fn poll_read(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        _: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()))
    }
}
