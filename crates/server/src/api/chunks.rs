//! Chunks.

mod bulk;
mod edit;

use axum::{Json, extract::State};
use model::{Chunk, ContentType, DocumentId, ProjectId};
use serde::{Deserialize, Serialize};
use store::{ChunkFilter, Facets};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::bounds;
use crate::{
    App,
    extract::{Caller, Path, Query},
    paging::{ListOf, Paging},
    problem::{Checks, Problem},
};

/// The endpoints of chunks.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).merge(edit::routes()).merge(bulk::routes())
}

/// Which chunks. A filter given twice means either.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Of one of these documents.
    #[serde(default)]
    document_id: Vec<DocumentId>,
    /// Whether they are left out of generation.
    #[serde(default)]
    excluded: Vec<bool>,
    /// What they mostly hold.
    #[serde(default)]
    content_type: Vec<ContentType>,
    /// Words of their text or headings.
    #[param(max_length = 500)]
    q: Option<String>,
    /// Whether the values of the filters are to be counted.
    facets: Option<bool>,
    /// How many at the most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// A page of chunks.
#[derive(Debug, Serialize, ToSchema)]
struct ChunkList {
    #[serde(flatten)]
    page: ListOf<Chunk>,
    /// With `facets=true`: how many chunks there are by the values of each filter (`document_id`,
    /// `excluded`, `content_type`), its own setting left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<Facets>,
}

/// The chunks of a project by file name, document and position.
#[utoipa::path(get, path = "/projects/{id}/chunks", tag = "chunks", params(("id" = ProjectId, Path), Filter),
    responses((status = 200, body = ChunkList), Problem))]
async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Path(project): Path<ProjectId>,
    Query(query): Query<Filter>,
) -> Result<Json<ChunkList>, Problem> {
    let filter = ChunkFilter {
        documents: query.document_id,
        excluded: bounds::either(&query.excluded),
        content_types: query.content_type,
        q: query.q,
    };
    let mut checks = Checks::default();
    check(&mut checks, "", &filter);
    checks.done()?;
    let paging = Paging::new(("chunks", project, &filter), query.limit, query.cursor.as_deref())?;
    let metadata = &app.environment.metadata;
    let page = metadata.page_chunks(&user, project, &filter, &paging.request).await?;
    let page = page.ok_or_else(|| Problem::not_found("project"))?;
    let facets = match query.facets {
        Some(true) => Some(metadata.chunk_facets(&user, project, &filter).await?),
        _ => None,
    };
    Ok(Json(ChunkList { page: paging.answer(page), facets }))
}

/// Checks a filter that stands at a pointer.
fn check(checks: &mut Checks, at: &str, filter: &ChunkFilter) {
    bounds::values(checks, &format!("{at}/document_id"), &filter.documents);
    bounds::values(checks, &format!("{at}/content_type"), &filter.content_types);
    bounds::search(checks, &format!("{at}/q"), filter.q.as_deref());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{api::sample, testing::TestApp};

    #[tokio::test]
    async fn chunks_are_found_and_counted() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let all = app.get(&format!("{project}/chunks?facets=true")).await.expect(200);
        let total = all["total"].as_u64().unwrap();
        assert!(total > 0, "{all}");
        assert_eq!(all["facets"]["excluded"]["false"], total, "{all}");
        assert!(app.get(&format!("{project}/chunks")).await.expect(200).get("facets").is_none());
        for (query, found) in [
            ("q=vinegar", true),
            ("q=unicorn", false),
            ("excluded=true", false),
            ("excluded=true&excluded=false", true),
            ("content_type=code", false),
            ("document_id=00000000-0000-7000-8000-000000000000", false),
            ("q=%00", false),
        ] {
            let list = app.get(&format!("{project}/chunks?{query}")).await.expect(200);
            assert_eq!(list["total"].as_u64().unwrap() > 0, found, "{query}: {list}");
        }
    }

    #[tokio::test]
    async fn a_list_that_cannot_be_is_refused() {
        let app = TestApp::new().await;
        let project = sample::project(&app, "a").await;
        let long = format!("q={}", "x".repeat(501));
        for query in [
            "excluded=1",
            "document_id=x",
            "content_type=verse",
            "limit=0",
            "limit=-1",
            "cursor=x",
            "page=2",
            &long,
        ] {
            let problem = app.get(&format!("{project}/chunks?{query}")).await.expect_problem(422, "invalid");
            let name = query.split('=').next().unwrap();
            let pointer = problem["errors"][0]["pointer"].as_str().unwrap();
            assert!(pointer.starts_with(&format!("/{name}")), "{problem}");
        }
        app.as_user("bob").get(&format!("{project}/chunks")).await.expect_problem(404, "not_found");
        assert_eq!(app.get(&format!("{project}/chunks")).await.expect(200)["items"], json!([]));
    }
}
