use rstest::rstest;

use super::*;
use crate::testing;

async fn target_with(test: impl AsyncFn(&Target<'_>)) {
    let shop = testing::Shop::new().await;
    test(&Target { environment: &shop.environment, user: &shop.user, project: shop.project }).await;
}

/// Bytes under a new key of the project, as an upload leaves them.
async fn uploaded(target: &Target<'_>, bytes: &[u8]) -> String {
    let id = DocumentId::new(target.environment.now(), random_bytes());
    let key = Keys::new(target.user, target.project).source(id);
    target.environment.objects.put(&key, bytes).await.unwrap();
    key.to_string()
}

#[tokio::test]
async fn the_same_name_and_text_is_the_same_document() {
    target_with(async |target| {
        let first = from_text(target, "notes.md", "# Notes\n\nText.").await.unwrap();
        let again = from_text(target, "notes.md", "# Notes\n\nText.").await.unwrap();
        let other = from_text(target, "other.md", "# Notes\n\nText.").await.unwrap();
        assert_eq!(first, again);
        assert_ne!(first.id, other.id);
        assert_eq!((first.format, first.size_bytes), (Format::Markdown, 14));
        let blank = from_text(target, "notes.md", " \n").await;
        assert!(matches!(blank, Err(IngestError::Empty)), "{blank:?}");
    })
    .await;
}

#[tokio::test]
async fn an_uploaded_object_becomes_a_document_without_being_held() {
    target_with(async |target| {
        let text = "# Valves\n\nText. ".repeat(20_000);
        let key = uploaded(target, text.as_bytes()).await;
        let document = from_object(target, &key, "valves").await.unwrap();
        assert_eq!(document.sha256, sha256_hex(&text));
        assert_eq!((document.size_bytes, document.storage_key.as_str()), (text.len() as u64, key.as_str()));
        assert_eq!(document.id.to_string(), key.rsplit('/').next().unwrap());
        assert_eq!(from_object(target, &key, "valves").await.unwrap(), document, "asked for again");
    })
    .await;
}

#[rstest]
#[case(b"", "a.md", "Empty")]
#[case(b" \n\t", "a.pdf", "Empty")]
#[case(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "a.md", "Unsupported")]
#[case(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "a.docx", "Unsupported")]
#[tokio::test]
async fn an_object_that_is_no_document_says_why(
    #[case] bytes: &[u8],
    #[case] name: &str,
    #[case] error: &str,
) {
    target_with(async |target| {
        let key = uploaded(target, bytes).await;
        let refused = from_object(target, &key, name).await.unwrap_err();
        assert!(format!("{refused:?}").starts_with(error), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn keys_of_others_and_of_nothing_are_missing() {
    target_with(async |target| {
        let id = DocumentId::new(target.environment.now(), random_bytes());
        let foreign = Keys::new(&UserId::new("eve"), target.project).source(id);
        target.environment.objects.put(&foreign, b"secret").await.unwrap();
        let parsed = Keys::new(target.user, target.project).parsed(id);
        let own = Keys::new(target.user, target.project).source(id);
        for key in [foreign.as_str(), parsed.as_str(), own.as_str(), "", "../../etc/passwd"] {
            let missing = from_object(target, key, "a.md").await;
            assert!(matches!(missing, Err(IngestError::Missing)), "{key}: {missing:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn white_space_behind_which_text_begins_is_told_by_its_name() {
    target_with(async |target| {
        let text = format!("{}words", " ".repeat(100_000));
        let key = uploaded(target, text.as_bytes()).await;
        assert_eq!(from_object(target, &key, "a.txt").await.unwrap().format, Format::Txt);
        let key = uploaded(target, text.as_bytes()).await;
        let unknown = from_object(target, &key, "a").await;
        assert!(matches!(unknown, Err(IngestError::Unsupported(_))), "{unknown:?}");
    })
    .await;
}

#[rstest]
#[case("https://example.com/guide.pdf", None, "guide.pdf", Format::Pdf)]
#[case("https://example.com/guide", None, "guide", Format::Html)]
#[case("https://example.com/guide.md", Some("The guide"), "The guide", Format::Markdown)]
#[tokio::test]
async fn an_address_waits_for_its_parse(
    #[case] url: &str,
    #[case] name: Option<&str>,
    #[case] filename: &str,
    #[case] format: Format,
) {
    target_with(async |target| {
        let document = from_url(target, url, name).await.unwrap();
        assert_eq!((document.filename.as_str(), document.format), (filename, format));
        assert_eq!((document.source_url.as_deref(), document.size_bytes), (Some(url), 0));
        let stored = target.environment.metadata.document(target.user, document.id).await.unwrap();
        assert_eq!(stored, Some(document));
    })
    .await;
}
