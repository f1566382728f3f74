//! New documents: of an upload, of a text, of an address.

use axum::{Json, extract::State, http::StatusCode};
use jobs::ingest::{self, IngestError, Target};
use model::{Document, DocumentId, ProjectId, UserId};
use serde::Deserialize;
use store::{Keys, ObjectKey};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{bounds, named};
use crate::{
    App,
    extract::{Body, Caller, Path},
    limits,
    problem::{Checks, Problem},
};

/// The endpoint of new documents.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create))
}

/// A new document: of exactly one of `document_key`, `text` and `url`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDocument {
    /// The key that the file was uploaded under, as `upload-url` said.
    document_key: Option<String>,
    /// The text itself.
    #[schema(min_length = 1)]
    text: Option<String>,
    /// Where the parse fetches it from.
    #[schema(max_length = 2048)]
    url: Option<String>,
    /// Its name; what goes with an address may be left out, and is then the end of that.
    #[schema(min_length = 1, max_length = 500)]
    filename: Option<String>,
}

/// What a document is made of.
enum Source {
    Upload(String, String),
    Text(String, String),
    Address(String, Option<String>),
}

/// Adds a document, which then waits for a parse. 409 where nothing was uploaded under the key, or a
/// document was made of that upload; 415 where its format is none that is read.
#[utoipa::path(post, path = "/projects/{id}/documents", tag = "documents", request_body = NewDocument, params(("id" = ProjectId, Path)),
    responses((status = 201, body = Document), Problem))]
async fn create(
    State(app): State<App>,
    Caller(user): Caller,
    Path(project): Path<ProjectId>,
    Body(new): Body<NewDocument>,
) -> Result<(StatusCode, Json<Document>), Problem> {
    let source = source(new)?;
    named::project(&app, &user, project).await?;
    let bytes = source.bytes(&app, &user, project).await?;
    // Not every store holds an upload to the length that its link was made for.
    if bytes > app.config.max_upload_bytes {
        let most = app.config.max_upload_bytes;
        return Err(Problem::too_large(format!("a document may have {most} bytes at the most")));
    }
    limits::document_bytes(&app, &user, bytes).await?;
    let target = Target { environment: &app.environment, user: &user, project };
    let document = match &source {
        Source::Upload(key, filename) => {
            refuse_known(&app, &user, key).await?;
            ingest::from_object(&target, key, filename).await
        }
        Source::Text(text, filename) => ingest::from_text(&target, filename, text).await,
        Source::Address(url, filename) => ingest::from_url(&target, url, filename.as_deref()).await,
    };
    Ok((StatusCode::CREATED, Json(document.map_err(|error| refused(&source, error))?)))
}

impl Source {
    /// How many bytes it is known to add. An upload that is not the project's counts as none: it is refused.
    async fn bytes(&self, app: &App, user: &UserId, project: ProjectId) -> Result<u64, Problem> {
        let own = format!("{}/", Keys::new(user, project).prefix());
        Ok(match self {
            Self::Upload(key, _) => match ObjectKey::from_stored(key).filter(|_| key.starts_with(&own)) {
                Some(key) => app.environment.objects.size(&key).await?.unwrap_or_default(),
                None => 0,
            },
            Self::Text(text, _) => text.len() as u64,
            Self::Address(..) => 0,
        })
    }
}

fn source(new: NewDocument) -> Result<Source, Problem> {
    let NewDocument { document_key, text, url, filename } = new;
    let mut checks = Checks::default();
    if let Some(filename) = &filename {
        bounds::words(&mut checks, "/filename", filename, 1..=500);
        let printable = !filename.chars().any(char::is_control);
        checks.require(printable, "/filename", "it may not hold control characters");
    } else if url.is_none() {
        checks.fail("/filename", "it is missing");
    }
    if let Some(text) = &text {
        bounds::words(&mut checks, "/text", text, 1..=usize::MAX);
    }
    let name = filename.clone().unwrap_or_default();
    let source = match (document_key, text, url) {
        (Some(key), None, None) => Source::Upload(key, name),
        (None, Some(text), None) => Source::Text(text, name),
        (None, None, Some(url)) => Source::Address(url, filename),
        _ => {
            checks.fail("", "say exactly one of `document_key`, `text` and `url`");
            Source::Address(String::new(), None)
        }
    };
    checks.done()?;
    Ok(source)
}

/// One upload is one document.
async fn refuse_known(app: &App, user: &UserId, key: &str) -> Result<(), Problem> {
    let id: Option<DocumentId> = key.rsplit('/').next().and_then(|id| id.parse().ok());
    let Some(id) = id else { return Ok(()) };
    let known = app.environment.metadata.document(user, id).await?;
    match known.filter(|known| known.storage_key == key) {
        Some(known) => {
            Err(Problem::conflict(format!("the upload is registered already, as document {}", known.id)))
        }
        None => Ok(()),
    }
}

fn refused(source: &Source, error: IngestError) -> Problem {
    let pointer = match source {
        Source::Upload(..) => "/document_key",
        Source::Text(..) => "/text",
        Source::Address(..) => "/url",
    };
    let invalid = |detail: String| {
        let mut checks = Checks::default();
        checks.fail(pointer, detail);
        checks.done().err().unwrap_or_else(|| Problem::internal("a check that failed passed"))
    };
    match error {
        IngestError::Unsupported(error) => Problem::unsupported(error.to_string()),
        IngestError::Missing => Problem::conflict(error.to_string()),
        IngestError::Empty | IngestError::Url(_) => invalid(error.to_string()),
        IngestError::Store(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use model::{DocumentId, ProjectId, UserId};
    use rstest::rstest;
    use serde_json::{Value, json};
    use store::Keys;

    use crate::{api::sample, testing::TestApp};

    /// Puts bytes where an upload would; gives back the key.
    async fn upload(app: &TestApp, user: &str, project: &str, bytes: &[u8]) -> String {
        let project: ProjectId = project.rsplit('/').next().unwrap().parse().unwrap();
        let id = DocumentId::new(app.app.environment.now(), jobs::random_bytes());
        let key = Keys::new(&UserId::new(user), project).source(id);
        app.app.environment.objects.put(&key, bytes).await.unwrap();
        key.to_string()
    }

    #[tokio::test]
    async fn an_upload_becomes_one_document() {
        let app = TestApp::new().await;
        let project = sample::project(&app, "a").await;
        let path = format!("{project}/documents");
        let key = upload(&app, "ada", &project, b"# A\n\nb\n").await;
        let body = json!({"document_key": key, "filename": "a.md"});
        let made = app.post(&path, &body).await.expect(201);
        assert_eq!(made["format"], "markdown");
        assert_eq!((&made["status"], &made["size_bytes"]), (&json!("uploaded"), &json!(7)));
        app.post(&path, &body).await.expect_problem(409, "conflict");
        app.as_user("bob").post(&path, &body).await.expect_problem(404, "not_found");
    }

    #[tokio::test]
    async fn what_was_not_uploaded_here_is_not_there() {
        let app = TestApp::new().await;
        let project = sample::project(&app, "a").await;
        let other = sample::project(&app, "b").await;
        let path = format!("{project}/documents");
        let missing = upload(&app, "ada", &project, b"x").await.replace("sources/0", "sources/1");
        let of_another_project = upload(&app, "ada", &other, b"text").await;
        let of_another_user = upload(&app, "bob", &project, b"text").await;
        for key in [missing, of_another_project, of_another_user, "../x".into(), "\0".into(), String::new()] {
            let body = json!({"document_key": key, "filename": "a.md"});
            app.post(&path, &body).await.expect_problem(409, "conflict");
        }
    }

    #[tokio::test]
    async fn what_is_no_document_is_refused() {
        let app = TestApp::new().await;
        let project = sample::project(&app, "a").await;
        let key = upload(&app, "ada", &project, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").await;
        let body = json!({"document_key": key, "filename": "a.png"});
        app.post(&format!("{project}/documents"), &body).await.expect_problem(415, "unsupported_format");
        let key = upload(&app, "ada", &project, b" \n").await;
        let body = json!({"document_key": key, "filename": "a.txt"});
        app.post(&format!("{project}/documents"), &body).await.expect_problem(422, "invalid");
    }

    #[tokio::test]
    async fn an_address_is_taken_without_fetching_it() {
        let app = TestApp::new().await;
        let path = format!("{}/documents", sample::project(&app, "a").await);
        let made = app.post(&path, &json!({"url": "https://example.org/guide.html"})).await.expect(201);
        assert_eq!((&made["filename"], &made["format"]), (&json!("guide.html"), &json!("html")));
        let refused = app.post(&path, &json!({"url": "file:///etc/passwd"})).await;
        assert_eq!(refused.expect_problem(422, "invalid")["errors"][0]["pointer"], "/url");
    }

    #[rstest]
    #[case(json!({}), "/filename")]
    #[case(json!({"filename": "a"}), "")]
    #[case(json!({"filename": "a", "text": "x", "url": "https://a.example"}), "")]
    #[case(json!({"text": "x"}), "/filename")]
    #[case(json!({"text": "x", "filename": "a\nb"}), "/filename")]
    #[case(json!({"text": "x", "filename": "x".repeat(501)}), "/filename")]
    #[case(json!({"text": "  ", "filename": "a"}), "/text")]
    #[case(json!({"text": 1, "filename": "a"}), "/text")]
    #[case(json!({"text": "x", "filename": "a", "format": "txt"}), "/format")]
    #[tokio::test]
    async fn what_is_wrong_is_named(#[case] body: Value, #[case] pointer: &str) {
        let app = TestApp::new().await;
        let path = format!("{}/documents", sample::project(&app, "a").await);
        let problem = app.post(&path, &body).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
}
