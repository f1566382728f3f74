//! Documents to chunks.

use std::collections::BTreeSet;

use axum::{Json, extract::State, http::StatusCode};
use jobs::{Launch, create_parse};
use model::{
    Chunking, ChunkingStrategy, Document, DocumentId, DocumentStatus, Format, Generation, ParseOptions,
    Parsing, ProjectId, UserId,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{bounds, named};
use crate::{
    App,
    extract::{Body, Caller, Path},
    problem::{Checks, Problem},
};

/// How many documents are read at once.
const BATCH: u32 = 500;

/// The endpoint of parsing.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(parse))
}

/// Which documents are parsed, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewParse {
    /// Of these documents; of all of the project where it is left out.
    #[schema(min_items = 1, max_items = 10000)]
    document_ids: Option<Vec<DocumentId>>,
    /// How they are cut.
    chunking: Option<NewChunking>,
    /// What is read of them beside their text proper.
    #[serde(default)]
    options: ParseOptions,
    /// Whether parsed documents are parsed again.
    #[serde(default)]
    force: bool,
}

/// How documents are cut.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChunkingRequest)]
struct NewChunking {
    /// Where to cut.
    #[serde(default)]
    strategy: ChunkingStrategy,
    /// The most tokens (`o200k_base`) a chunk may have.
    #[schema(minimum = 32, maximum = 8192, default = 512)]
    max_tokens: Option<u32>,
    /// How many tokens a chunk shares with the one before at the most, up to half of `max_tokens`; for the
    /// strategy `sliding_window` alone.
    #[schema(default = 64)]
    overlap_tokens: Option<u32>,
}

/// Parses documents: without `force` those alone that were not parsed yet. 409 where there are none, or
/// while another parse of the project goes on.
#[utoipa::path(post, path = "/projects/{id}/parse", tag = "generations", request_body = NewParse, params(("id" = ProjectId, Path)),
    responses((status = 202, body = Generation), Problem))]
async fn parse(
    State(app): State<App>,
    Caller(user): Caller,
    Path(project): Path<ProjectId>,
    Body(new): Body<NewParse>,
) -> Result<(StatusCode, Json<Generation>), Problem> {
    let parsing = check(&new)?;
    named::project(&app, &user, project).await?;
    let documents = match &new.document_ids {
        Some(ids) => meant(named::documents(&app, &user, project, ids).await?, new.force).collect(),
        None => all(&app, &user, project, new.force).await?,
    };
    // In the order of their names, as all of them would be.
    let documents: Vec<DocumentId> =
        BTreeSet::from_iter(documents).into_iter().map(|(_, document)| document).collect();
    let created = create_parse(&app.environment, &user, project, &documents, parsing, Launch::Jobs).await?;
    app.supervisor.wake();
    let generation = named::generation(&app, &user, created.id).await?;
    Ok((StatusCode::ACCEPTED, Json(generation)))
}

fn check(new: &NewParse) -> Result<Parsing, Problem> {
    let mut checks = Checks::default();
    bounds::named(&mut checks, "/document_ids", new.document_ids.as_ref());
    let chunking = new.chunking.as_ref().map(|new| {
        let default = Chunking::default();
        let chunking = Chunking {
            strategy: new.strategy,
            max_tokens: new.max_tokens.unwrap_or(default.max_tokens),
            overlap_tokens: new.overlap_tokens.unwrap_or(default.overlap_tokens),
        };
        if let Err(error) = chunking.check() {
            checks.fail(format!("/chunking/{}", error.name), error.to_string());
        }
        let detail = "it goes with the strategy `sliding_window` alone; leave it out";
        let slides = new.strategy == ChunkingStrategy::SlidingWindow;
        checks.require(slides || new.overlap_tokens.is_none(), "/chunking/overlap_tokens", detail);
        chunking
    });
    checks.done()?;
    Ok(Parsing { chunking: chunking.unwrap_or_default(), options: new.options })
}

/// What a parse is to work on. What is `parsing` while no parse goes on was left so by one that ended; while
/// one does, there is no other.
fn meant(documents: Vec<Document>, force: bool) -> impl Iterator<Item = (String, DocumentId)> {
    let documents = documents.into_iter();
    // Files of pairs are imported, and are no texts.
    let texts = documents.filter(|document| document.format != Format::Jsonl);
    let meant = texts.filter(move |document| force || document.status != DocumentStatus::Parsed);
    meant.map(|document| (document.filename, document.id))
}

async fn all(
    app: &App,
    user: &UserId,
    project: ProjectId,
    force: bool,
) -> Result<Vec<(String, DocumentId)>, Problem> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let documents = app.environment.metadata.documents(user, project, after, BATCH).await?;
        let Some(last) = documents.last() else { return Ok(found) };
        after = Some((last.filename.clone(), last.id));
        found.extend(meant(documents, force));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{api::sample, testing::TestApp};

    #[tokio::test]
    async fn what_is_parsed_is_parsed_again_by_force_alone() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let path = format!("{project}/parse");
        app.post(&path, &json!({})).await.expect_problem(409, "conflict");
        let options = json!({"page_furniture": false, "comments": true, "whole_page": false, "ocr": false});
        let body = json!({"force": true, "chunking": {"max_tokens": 32}, "options": {"comments": true}});
        let generation = app.post(&path, &body).await.expect(202);
        assert_eq!((&generation["kind"], &generation["status"]), (&json!("parse"), &json!("pending")));
        assert_eq!(
            generation["chunking"],
            json!({"strategy": "auto", "max_tokens": 32, "overlap_tokens": 64})
        );
        assert_eq!(generation["options"], options);
        assert_ne!(generation["job_names"], json!([]));
        app.post(&path, &body).await.expect_problem(409, "conflict");
        assert_eq!(sample::drive(&app, &generation).await["status"], "completed");
        let chunks = app.get(&format!("{project}/chunks")).await.expect(200);
        assert!(chunks["items"][0]["token_count"].as_u64().unwrap() <= 32, "{chunks}");
    }

    #[tokio::test]
    async fn some_documents_are_parsed() {
        let app = TestApp::new().await;
        let project = sample::project(&app, "a").await;
        let other = sample::project(&app, "b").await;
        let one = sample::document(&app, &project, "b.md", "b").await;
        sample::document(&app, &project, "a.md", "a").await;
        let foreign = sample::document(&app, &other, "c.md", "c").await;
        let path = format!("{project}/parse");
        let problem =
            app.post(&path, &json!({"document_ids": [one, foreign]})).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/document_ids/1");
        let body = json!({"document_ids": [one, one]});
        app.as_user("bob").post(&path, &body).await.expect_problem(404, "not_found");
        assert_eq!(app.post(&path, &body).await.expect(202)["chunks_total"], 1);
    }

    #[tokio::test]
    async fn what_is_wrong_is_named() {
        let app = TestApp::new().await;
        let path = format!("{}/parse", sample::project(&app, "a").await);
        for (body, pointer) in [
            (json!({"document_ids": []}), "/document_ids"),
            (json!({"document_ids": [1]}), "/document_ids/0"),
            (json!({"chunking": {"strategy": "sentences"}}), "/chunking/strategy"),
            (
                json!({"chunking": {"strategy": "sliding_window", "max_tokens": 64, "overlap_tokens": 33}}),
                "/chunking/overlap_tokens",
            ),
            (
                json!({"chunking": {"strategy": "sliding_window", "max_tokens": 64}}),
                "/chunking/overlap_tokens",
            ),
            (json!({"chunking": {"max_tokens": 31}}), "/chunking/max_tokens"),
            (json!({"chunking": {"max_tokens": -1}}), "/chunking/max_tokens"),
            (json!({"chunking": {"overlap_tokens": 64}}), "/chunking/overlap_tokens"),
            (json!({"chunking": {"size": 64}}), "/chunking/size"),
            (json!({"options": {"images": true}}), "/options/images"),
            (json!({"options": {"comments": 1}}), "/options/comments"),
            (json!({"force": 1}), "/force"),
        ] {
            let problem = app.post(&path, &body).await.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
    }
}
