//! Every backend does what every backend has to do.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};

use store::conformance;
use testkit::{S3, S3Config};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let made = AtomicUsize::new(0);
    let outcome = conformance::metadata(async || {
        let path = folder.path().join(format!("{}/metadata.db", made.fetch_add(1, Ordering::Relaxed)));
        store::open_metadata(&format!("sqlite:{}", path.display())).await
    })
    .await;
    if let Err(failures) = outcome {
        panic!("{failures}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_in_memory() {
    if let Err(failures) = conformance::metadata(async || store::open_metadata("sqlite::memory:").await).await
    {
        panic!("{failures}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let made = AtomicUsize::new(0);
    let outcome = conformance::objects(async || {
        let path = folder.path().join(made.fetch_add(1, Ordering::Relaxed).to_string());
        store::open_objects(&format!("file://{}", path.display())).await
    })
    .await;
    if let Err(failures) = outcome {
        panic!("{failures}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket() {
    let s3 = S3::start(S3Config::default()).await.unwrap();
    passes(&s3, "").await;
    assert_eq!(s3.unfinished_uploads().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_where_objects_are_deleted_one_by_one() {
    let s3 = S3::start(S3Config { without_bulk_delete: true, ..S3Config::default() }).await.unwrap();
    passes(&s3, "?bulk_delete=off").await;
}

/// Each check gets a bucket of its own.
async fn passes(s3: &S3, options: &str) {
    let made = AtomicUsize::new(0);
    let outcome = conformance::objects(async || {
        let bucket = format!("bucket-{}", made.fetch_add(1, Ordering::Relaxed));
        s3.make_bucket(&bucket).unwrap();
        store::open_objects_with(&format!("s3://{bucket}{options}"), s3.variables()).await
    })
    .await;
    if let Err(failures) = outcome {
        panic!("{failures}");
    }
}
