//! Documents.

mod content;
mod create;

use axum::{Json, extract::State, http::StatusCode};
use model::{Document, DocumentId, DocumentStatus, GenerationKind, GenerationStatus, ProjectId, UserId};
use serde::Deserialize;
use store::{Keys, PageRequest};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{bounds, named};
use crate::{
    App,
    extract::{Caller, Path, Query},
    paging::{ListOf, Paging},
    problem::{Checks, Problem},
};

/// The endpoints of documents.
pub(crate) fn routes() -> OpenApiRouter<App> {
    create::routes().routes(routes!(list)).routes(routes!(get, delete)).merge(content::routes())
}

/// Which documents.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Where they stand; given twice, it means either.
    #[serde(default)]
    status: Vec<DocumentStatus>,
    /// How many at the most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// The documents of a project, oldest first.
#[utoipa::path(get, path = "/projects/{id}/documents", tag = "documents",
    params(("id" = ProjectId, Path), Filter), responses((status = 200, body = ListOf<Document>), Problem))]
async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Path(project): Path<ProjectId>,
    Query(filter): Query<Filter>,
) -> Result<Json<ListOf<Document>>, Problem> {
    let mut checks = Checks::default();
    bounds::values(&mut checks, "/status", &filter.status);
    checks.done()?;
    let list = ("documents", project, &filter.status);
    let paging = Paging::new(list, filter.limit, filter.cursor.as_deref())?;
    let metadata = &app.environment.metadata;
    let page = metadata.page_documents(&user, project, &filter.status, &paging.request).await?;
    page.map(|page| Json(paging.answer(page))).ok_or_else(|| Problem::not_found("project"))
}

/// One document.
#[utoipa::path(get, path = "/projects/{id}/documents/{doc_id}", tag = "documents",
    params(("id" = ProjectId, Path), ("doc_id" = DocumentId, Path)),
    responses((status = 200, body = Document), Problem))]
async fn get(
    State(app): State<App>,
    Caller(user): Caller,
    Path((project, id)): Path<(ProjectId, DocumentId)>,
) -> Result<Json<Document>, Problem> {
    named::document(&app, &user, project, id).await.map(Json)
}

/// Removes a document with its chunks and stored files; its pairs stay.
#[utoipa::path(delete, path = "/projects/{id}/documents/{doc_id}", tag = "documents",
    params(("id" = ProjectId, Path), ("doc_id" = DocumentId, Path)), responses((status = 204), Problem))]
async fn delete(
    State(app): State<App>,
    Caller(user): Caller,
    Path((project, id)): Path<(ProjectId, DocumentId)>,
) -> Result<StatusCode, Problem> {
    let document = named::document(&app, &user, project, id).await?;
    // What an ended parse left as `parsing` has nobody at work on it.
    if document.status == DocumentStatus::Parsing && parse_is_at_work(&app, &user, project).await? {
        return Err(Problem::conflict("it is being parsed; wait for the parse to end, or cancel it"));
    }
    let environment = &app.environment;
    if environment.metadata.delete_document(&user, project, id).await?.is_none() {
        return Err(Problem::not_found("document"));
    }
    let keys = Keys::new(&user, project);
    environment.objects.delete(&keys.source(id)).await?;
    environment.objects.delete(&keys.parsed(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn parse_is_at_work(app: &App, user: &UserId, project: ProjectId) -> Result<bool, Problem> {
    let first = PageRequest { after: None, limit: 1 };
    let states = [GenerationStatus::Pending, GenerationStatus::Parsing];
    let metadata = &app.environment.metadata;
    let parses = metadata.page_generations(user, project, &[GenerationKind::Parse], &states, &first).await?;
    Ok(parses.is_some_and(|parses| !parses.items.is_empty()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{api::sample, testing::TestApp};

    #[tokio::test]
    async fn documents_are_listed_a_page_at_a_time() {
        let app = TestApp::new().await;
        let project = sample::project(&app, "a").await;
        for name in ["a.md", "b.md", "c.md"] {
            sample::document(&app, &project, name, name).await;
        }
        let path = format!("{project}/documents?status=uploaded&status=failed&limit=2");
        let first = app.get(&path).await.expect(200);
        assert_eq!((&first["total"], first["items"].as_array().unwrap().len()), (&json!(3), 2));
        let cursor = first["next_cursor"].as_str().unwrap();
        let last = app.get(&format!("{path}&cursor={cursor}")).await.expect(200);
        assert_eq!((&last["items"][0]["filename"], &last["next_cursor"]), (&json!("c.md"), &json!(null)));
        app.get(&format!("{project}/documents?status=parsed&cursor={cursor}"))
            .await
            .expect_problem(422, "invalid");
        app.get(&format!("{project}/documents?status=lost")).await.expect_problem(422, "invalid");
        assert_eq!(app.get(&format!("{project}/documents?status=parsed")).await.expect(200)["total"], 0);
        app.as_user("bob").get(&path).await.expect_problem(404, "not_found");
    }

    #[tokio::test]
    async fn a_document_is_read_and_removed_with_its_files() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let document = app.get(&format!("{project}/documents")).await.expect(200)["items"][0].clone();
        let path = format!("{project}/documents/{}", document["id"].as_str().unwrap());
        assert_eq!(app.get(&path).await.expect(200), document);
        let content = app.get(&format!("{path}/content")).await.expect(200);
        assert_eq!(content["outline"][1]["title"], "Descaling", "{content}");
        assert!(content["text"].as_str().unwrap().contains("white vinegar"));

        let other = sample::project(&app, "b").await;
        let elsewhere = path.replace(&project, &other);
        app.get(&elsewhere).await.expect_problem(404, "not_found");
        app.delete(&elsewhere).await.expect_problem(404, "not_found");
        for path in [path.clone(), format!("{path}/content")] {
            app.as_user("bob").get(&path).await.expect_problem(404, "not_found");
        }
        app.as_user("bob").delete(&path).await.expect_problem(404, "not_found");

        app.delete(&path).await.expect(204);
        app.delete(&path).await.expect_problem(404, "not_found");
        let key = store::ObjectKey::from_stored(document["storage_key"].as_str().unwrap()).unwrap();
        let parsed = format!("{}.json", key.as_str().replace("/sources/", "/parsed/"));
        let parsed = store::ObjectKey::from_stored(&parsed).unwrap();
        for key in [key, parsed] {
            assert_eq!(app.app.environment.objects.size(&key).await.unwrap(), None, "{key}");
        }
        assert_eq!(app.get(&format!("{project}/chunks")).await.expect(200)["total"], 0);
    }

    #[tokio::test]
    async fn what_is_not_parsed_has_no_content() {
        let app = TestApp::new().await;
        let project = sample::project(&app, "a").await;
        let id = sample::document(&app, &project, "a.md", "x").await;
        let path = format!("{project}/documents/{}/content", id.as_str().unwrap());
        app.get(&path).await.expect_problem(409, "conflict");
    }
}
