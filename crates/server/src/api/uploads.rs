//! Uploads: links by which bytes go to the object store.

use std::{collections::BTreeMap, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use jobs::random_bytes;
use model::{DocumentId, ProjectId, Time};
use serde::{Deserialize, Serialize};
use store::Keys;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    extract::{BaseUrl, Body, Caller, Path},
    limits, links,
    problem::{Checks, Problem},
};

/// How long a link is good.
const LIFE: Duration = Duration::from_secs(15 * 60);
/// The endings of the formats that are read.
const ENDINGS: [&str; 13] =
    ["pdf", "docx", "docm", "md", "markdown", "txt", "text", "html", "htm", "xhtml", "csv", "tsv", "jsonl"];

/// The endpoints of uploads.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(upload_url))
}

/// A file that is going to be uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUpload {
    /// Its name; the ending says its format. What ends with `.jsonl` is imported: see `pairs/import`.
    #[schema(min_length = 1, max_length = 255)]
    filename: String,
    /// How many bytes it has.
    #[schema(minimum = 1)]
    size_bytes: u64,
    /// Its media type; `application/octet-stream` where nothing is said.
    #[schema(max_length = 255)]
    content_type: Option<String>,
}

/// Where and how a file is uploaded.
#[derive(Debug, Serialize, ToSchema)]
struct Upload {
    /// By what the document is made from it then.
    document_key: String,
    /// Where the bytes are sent.
    upload_url: String,
    /// With which method: `PUT`.
    method: &'static str,
    /// With which headers.
    headers: BTreeMap<String, String>,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
}

/// Gives a link by which one file can be uploaded once, within 15 minutes.
#[utoipa::path(post, path = "/projects/{id}/upload-url", tag = "documents", params(("id" = ProjectId, Path)),
    request_body = NewUpload, responses((status = 201, body = Upload), Problem))]
async fn upload_url(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ProjectId>,
    BaseUrl(base_url): BaseUrl,
    Body(new): Body<NewUpload>,
) -> Result<(StatusCode, Json<Upload>), Problem> {
    if app.environment.metadata.project(&user, id).await?.is_none() {
        return Err(Problem::not_found("project"));
    }
    let content_type = new.content_type.as_deref().unwrap_or("application/octet-stream");
    check(&new, content_type, app.config.max_upload_bytes)?;
    limits::document_bytes(&app, &user, new.size_bytes).await?;
    let key = Keys::new(&user, id).source(DocumentId::new(app.environment.now(), random_bytes()));
    let link = links::to_put(&app, &base_url, &key, content_type, new.size_bytes, LIFE).await?;
    let upload = Upload {
        document_key: key.to_string(),
        upload_url: link.url,
        method: link.method,
        headers: link.headers,
        expires_at: link.expires_at,
    };
    Ok((StatusCode::CREATED, Json(upload)))
}

fn check(new: &NewUpload, content_type: &str, most: u64) -> Result<(), Problem> {
    let mut checks = Checks::default();
    let name = &new.filename;
    let fits = (1..=255).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    checks.require(fits, "/filename", "it has to have 1 to 255 characters, none of them a control character");
    checks.require(new.size_bytes > 0, "/size_bytes", "an empty file holds nothing");
    let sendable = (1..=255).contains(&content_type.len())
        && content_type.contains('/')
        && content_type.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        && content_type.trim() == content_type;
    checks.require(sendable, "/content_type", "it has to be a media type such as `application/pdf`");
    checks.done()?;
    if new.size_bytes > most {
        return Err(Problem::too_large(format!("a document may have {most} bytes at the most")));
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    if ending.is_none_or(|ending| !ENDINGS.contains(&ending.as_str())) {
        let formats = ENDINGS.join(", ");
        return Err(Problem::unsupported(format!("the name has to end with one of: {formats}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    async fn path_of_a_project(app: &TestApp) -> String {
        let made = app.post("/projects", &json!({"name": "Manuals"})).await.expect(201);
        format!("/projects/{}/upload-url", made["id"].as_str().unwrap())
    }

    #[tokio::test]
    async fn a_link_says_how_it_is_used() {
        let app = TestApp::new().await;
        let path = path_of_a_project(&app).await;
        let body =
            json!({"filename": "My Secret Plan.PDF", "size_bytes": 3, "content_type": "application/pdf"});
        let upload = app.post(&path, &body).await.expect(201);
        let text = |name: &str| upload[name].as_str().unwrap().to_owned();
        assert!(text("upload_url").starts_with("http://forge.test/objects/data-forge/ada/"), "{upload}");
        assert!(text("document_key").starts_with("data-forge/ada/"), "{upload}");
        assert!(!upload.to_string().contains("Secret"), "{upload}");
        assert_eq!(upload["method"], "PUT");
        assert_eq!(upload["headers"], json!({"content-type": "application/pdf"}));
        app.as_user("bob").post(&path, &body).await.expect_problem(404, "not_found");
    }

    #[tokio::test]
    async fn a_link_leads_to_the_bucket_where_there_is_one() {
        let s3 = testkit::S3::start(testkit::S3Config::default()).await.unwrap();
        let app = TestApp::on(&s3).await;
        let path = path_of_a_project(&app).await;
        let body = json!({"filename": "a.pdf", "size_bytes": 3, "content_type": "application/pdf"});
        let upload = app.post(&path, &body).await.expect(201);
        let key = upload["document_key"].as_str().unwrap();
        let url = upload["upload_url"].as_str().unwrap();
        assert!(url.starts_with(&format!("{}/forge/{key}?", s3.endpoint())), "{upload}");
        assert_eq!(upload["method"], "PUT");
        assert_eq!(upload["headers"], json!({"content-type": "application/pdf", "if-none-match": "*"}));
    }

    #[rstest]
    #[case(json!({"filename": "a.pdf", "size_bytes": 0}), 422, "/size_bytes")]
    #[case(json!({"filename": "a.pdf", "size_bytes": -1}), 422, "/size_bytes")]
    #[case(json!({"filename": "", "size_bytes": 1}), 422, "/filename")]
    #[case(json!({"filename": format!("{}.pdf", "x".repeat(252)), "size_bytes": 1}), 422, "/filename")]
    #[case(json!({"filename": "a\n.pdf", "size_bytes": 1}), 422, "/filename")]
    #[case(json!({"filename": "a.pdf", "size_bytes": 1, "content_type": "a/b\r\n"}), 422, "/content_type")]
    #[case(json!({"filename": "a.pdf", "size_bytes": 1, "content_type": "pdf"}), 422, "/content_type")]
    #[case(json!({"filename": "a.pdf", "size_bytes": (2_u64 << 30) + 1}), 413, "")]
    #[case(json!({"filename": "a.exe", "size_bytes": 1}), 415, "")]
    #[case(json!({"filename": "pdf", "size_bytes": 1}), 415, "")]
    #[tokio::test]
    async fn what_cannot_be_a_document_gets_no_link(
        #[case] body: Value,
        #[case] status: u16,
        #[case] pointer: &str,
    ) {
        let app = TestApp::new().await;
        let path = path_of_a_project(&app).await;
        let problem = app.post(&path, &body).await.expect(status);
        assert_eq!(problem["errors"][0]["pointer"].as_str().unwrap_or_default(), pointer, "{problem}");
    }
}
