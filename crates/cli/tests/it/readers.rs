//! Documents are read by processes of their own, with bounds.

use std::time::Duration;

use jobs::{ReadLimits, ReaderCommand, Readers, Reading};
use model::{Format, Parsing};

fn readers() -> Readers {
    let program = env!("CARGO_BIN_EXE_data-forge").into();
    Readers::apart(ReaderCommand { program, arguments: vec!["read-documents".into()] })
}

fn reading() -> Reading {
    Reading { format: Format::Txt, parsing: Parsing::default() }
}

#[tokio::test]
async fn documents_are_read_one_after_another() {
    let readers = readers();
    for text in ["One text.", "Another text."] {
        let read = readers.read(text.into(), reading()).await.unwrap();
        assert_eq!(read.chunks[0].text, text);
    }
    let error = readers.read(Vec::new(), reading()).await.unwrap_err();
    assert!(error.contains("empty"), "{error}");
}

/// Elsewhere than on Linux the system has no such bound.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_document_that_takes_too_much_memory_fails_alone() {
    const LARGE: usize = 1 << 20;
    fn limits(size: usize) -> ReadLimits {
        let memory = if size > LARGE { 48 << 20 } else { 1 << 30 };
        ReadLimits { time: Duration::from_secs(100), memory }
    }
    let readers = readers().with_limits(limits);
    let large = "It takes more than there is. ".repeat(2 * LARGE);
    let (large, small) =
        tokio::join!(readers.read(large.into(), reading()), readers.read(b"A text.".to_vec(), reading()));
    let error = large.unwrap_err();
    assert!(error.contains("takes more than 48 MiB of memory"), "{error}");
    assert_eq!(small.unwrap().chunks.len(), 1);
    assert_eq!(readers.read(b"A text.".to_vec(), reading()).await.unwrap().chunks.len(), 1);
}
