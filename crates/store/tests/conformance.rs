//! Every backend does what every backend has to do.

use std::sync::atomic::{AtomicUsize, Ordering};

use store::conformance;

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
