//! Opening a store: who brings it forward, who refuses it, and what a dead process left behind.

use std::path::Path;

use rstest::rstest;
use sqlx::{Connection as _, SqliteConnection};
use store::{Keys, OpenMode, StoreError, open_metadata, open_metadata_with, open_objects};

fn url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

async fn run(path: &Path, sql: &'static str) -> sqlx::Result<()> {
    let mut connection = SqliteConnection::connect(&url(path)).await?;
    sqlx::raw_sql(sql).execute(&mut connection).await?;
    connection.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_start_together_make_one_store() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let url = url(&folder.path().join("new/metadata.db"));
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { open_metadata(&url).await.map(drop) })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn a_worker_makes_no_store_and_opens_one_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metadata.db");
    match open_metadata_with(&url(&path), OpenMode::Require).await.map(drop) {
        Err(StoreError::Schema { found: 0, hint, .. }) => {
            assert!(hint.contains("data-forge serve"), "{hint}")
        }
        other => panic!("{other:?}"),
    }
    assert!(!path.exists());
    drop(open_metadata(&url(&path)).await.unwrap());
    open_metadata_with(&url(&path), OpenMode::Require).await.unwrap();
}

#[tokio::test]
async fn an_older_store_is_refused_by_a_worker() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metadata.db");
    drop(open_metadata(&url(&path)).await.unwrap());
    run(&path, "PRAGMA user_version = 0").await.unwrap();
    let outcome = open_metadata_with(&url(&path), OpenMode::Require).await.map(drop);
    assert!(matches!(outcome, Err(StoreError::Schema { found: 0, .. })), "{outcome:?}");
}

#[rstest]
#[case(OpenMode::Migrate)]
#[case(OpenMode::Require)]
#[tokio::test]
async fn a_newer_store_is_refused_by_all(#[case] mode: OpenMode) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metadata.db");
    drop(open_metadata(&url(&path)).await.unwrap());
    run(&path, "PRAGMA user_version = 99").await.unwrap();
    match open_metadata_with(&url(&path), mode).await.map(drop) {
        Err(StoreError::Schema { found: 99, hint, .. }) => assert!(hint.contains("newer"), "{hint}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_no_database_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metadata.db");
    std::fs::write(
        &path,
        "This is no database, but a text that is long enough to be taken for one.".repeat(99),
    )
    .unwrap();
    let outcome = open_metadata(&url(&path)).await.map(drop);
    assert!(matches!(outcome, Err(StoreError::Database(_))), "{outcome:?}");
}

#[rstest]
#[case("gs://key:secret@bucket", "gs://bucket")]
#[case("", "")]
#[case("file:relative/path", "file:///relative/path")]
#[case("file://relative/path", "file://relative/path")]
#[tokio::test]
async fn what_is_no_folder_is_named_without_secrets(#[case] given: &str, #[case] shown: &str) {
    match open_objects(given).await.map(drop) {
        Err(StoreError::UnknownBackend { url, hint }) => {
            assert_eq!(url, shown);
            assert!(hint.contains("file:///absolute/path"), "{hint}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn unfinished_files_go_when_nobody_can_be_at_work_on_them() {
    let folder = tempfile::tempdir().unwrap();
    let given = folder.path().display().to_string();
    let first = open_objects(&given).await.unwrap();
    let key =
        Keys::new(&model::UserId::local(), model::ProjectId::new(model::Time::UNIX_EPOCH, [0; 10])).prefix();
    first.put(&key, b"whole").await.unwrap();
    let unfinished = folder.path().join(".tmp/unfinished");
    std::fs::write(&unfinished, "half").unwrap();

    let second = open_objects(&given).await.unwrap();
    assert!(unfinished.exists(), "the first may be writing it");
    drop((first, second));
    let third = open_objects(&given).await.unwrap();
    assert!(!unfinished.exists());
    assert_eq!(third.get(&key).await.unwrap().as_deref(), Some(b"whole".as_slice()));
}
