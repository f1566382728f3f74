//! Pairs that were made elsewhere.

use axum::{Json, extract::State, http::StatusCode};
use jobs::{ImportError, Launch, create_import};
use model::{Generation, ImportFormat, ProjectId};
use serde::Deserialize;
use store::{Keys, ObjectKey};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    api::{bounds, named},
    extract::{Body, Caller, Path},
    limits,
    problem::{Checks, Problem},
};

/// The endpoint of importing.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(import))
}

/// A file of pairs, one a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewImport {
    /// The key that the file was uploaded under, as `upload-url` said.
    document_key: String,
    /// How its lines are written.
    format: ImportFormat,
    /// What the file is called among the project's documents.
    #[serde(default = "unnamed")]
    #[schema(min_length = 1, max_length = 500, default = "imported.jsonl")]
    filename: String,
}

fn unnamed() -> String {
    "imported.jsonl".into()
}

/// Takes the pairs out of an uploaded file: they are scored and compared with the project's others, and wait for review. A
/// line that cannot be read is a failed unit of the generation, and keeps no other from being imported. 409 where
/// nothing was uploaded under the key.
#[utoipa::path(post, path = "/projects/{id}/pairs/import", tag = "pairs", request_body = NewImport,
    params(("id" = ProjectId, Path)), responses((status = 202, body = Generation), Problem))]
async fn import(
    State(app): State<App>,
    Caller(user): Caller,
    Path(project): Path<ProjectId>,
    Body(new): Body<NewImport>,
) -> Result<(StatusCode, Json<Generation>), Problem> {
    let mut checks = Checks::default();
    bounds::words(&mut checks, "/filename", &new.filename, 1..=500);
    let printable = !new.filename.chars().any(char::is_control);
    checks.require(printable, "/filename", "it may not hold control characters");
    checks.done()?;
    named::project(&app, &user, project).await?;
    let own = format!("{}/", Keys::new(&user, project).prefix());
    if let Some(key) = ObjectKey::from_stored(&new.document_key).filter(|key| key.as_str().starts_with(&own))
    {
        let bytes = app.environment.objects.size(&key).await?.unwrap_or_default();
        limits::document_bytes(&app, &user, bytes).await?;
    }
    let file = (&*new.document_key, &*new.filename);
    let created = create_import(&app.environment, &user, project, file, new.format, Launch::Jobs)
        .await
        .map_err(refused)?;
    app.supervisor.wake();
    let generation = named::generation(&app, &user, created.id).await?;
    Ok((StatusCode::ACCEPTED, Json(generation)))
}

fn refused(error: ImportError) -> Problem {
    match error {
        ImportError::Missing | ImportError::Taken => Problem::conflict(error.to_string()),
        ImportError::Empty => {
            let mut checks = Checks::default();
            checks.fail("/document_key", error.to_string());
            checks.done().err().unwrap_or_else(|| Problem::internal("a check that failed passed"))
        }
        ImportError::Jobs(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use model::{DocumentId, ProjectId, UserId};
    use serde_json::{Value, json};
    use store::Keys;

    use crate::{api::sample, testing::TestApp};

    /// The key of an upload of these bytes.
    async fn uploaded(app: &TestApp, project: &str, bytes: &[u8]) -> String {
        let project: ProjectId = project.rsplit('/').next().unwrap().parse().unwrap();
        let environment = &app.app.environment;
        let id = DocumentId::new(environment.now(), jobs::random_bytes());
        let key = Keys::new(&UserId::new("ada"), project).source(id);
        environment.objects.put(&key, bytes).await.unwrap();
        key.to_string()
    }

    async fn import(app: &TestApp, project: &str, format: &str, lines: &[&str]) -> Value {
        let key = uploaded(app, project, lines.join("\n").as_bytes()).await;
        let body = json!({"document_key": key, "format": format, "filename": "old.jsonl"});
        let generation = app.post(&format!("{project}/pairs/import"), &body).await.expect(202);
        sample::drive(app, &generation).await
    }

    const CONTEXT: &str = "Valve 3 opens at 103 bar. Its seat is ground before it leaves the works.";

    #[tokio::test]
    async fn imported_pairs_are_scored_compared_and_up_for_review() {
        let app = TestApp::new().await;
        let project = sample::project(&app, "a").await;
        let alpaca = |question: &str, answer: &str| {
            json!({"instruction": question, "input": CONTEXT, "output": answer}).to_string()
        };
        let good = alpaca("At which pressure does valve 3 open?", "Valve 3 opens at 103 bar.");
        let wrong = alpaca("At which pressure does valve 3 open, then?", "Valve 3 opens at 977 bar.");
        let bare = json!({"instruction": "Say hello in French.", "output": "Bonjour to you."}).to_string();
        let lines = [&*good, "", &wrong, &bare, &good, "{\"instruction\": 1}"];
        let ended = import(&app, &project, "alpaca", &lines).await;
        let counts =
            ["chunks_total", "chunks_failed", "pairs_generated", "pairs_duplicate"].map(|name| &ended[name]);
        assert_eq!(ended["status"], "completed", "{ended}");
        assert_eq!(counts, [&json!(5), &json!(1), &json!(4), &json!(1)], "{ended}");

        let pairs = app.get(&format!("{project}/pairs")).await.expect(200);
        let of = |answer: &str| {
            let items = pairs["items"].as_array().unwrap();
            items
                .iter()
                .find(|pair| pair["answer"] == answer && pair["duplicate_of"].is_null())
                .unwrap()
                .clone()
        };
        let (good, wrong, bare) =
            (of("Valve 3 opens at 103 bar."), of("Valve 3 opens at 977 bar."), of("Bonjour to you."));
        assert!(good["grounding_score"].as_f64() > Some(0.9), "{good}");
        assert!(wrong["grounding_score"].as_f64() < good["grounding_score"].as_f64(), "{wrong}");
        assert_eq!(bare["grounding_score"], Value::Null, "nothing is there to hold it against: {bare}");
        assert!(bare["quality_score"].is_number() && bare["review_status"] == "pending", "{bare}");
        assert_eq!(bare["generation_type"], "instruction");
        let path = format!("/pairs/{}", good["id"].as_str().unwrap());
        assert_eq!(app.get(&path).await.expect(200)["source"]["text"], CONTEXT);

        let failures = format!("/generations/{}/failures", ended["id"].as_str().unwrap());
        let failures = app.get(&failures).await.expect(200);
        assert_eq!(failures["items"][0]["raw_reply"], "{\"instruction\": 1}");
        let reason = failures["items"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("expected a string"), "{reason}");
    }

    #[tokio::test]
    async fn lines_are_no_texts_to_generate_from_or_to_parse() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let line = json!({"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q one?"},
            {"role": "assistant", "content": "a one."}, {"role": "user", "content": "q two?"},
            {"role": "assistant", "content": "a two."}]});
        let ended = import(&app, &project, "chatml", &[&line.to_string()]).await;
        let pairs = app.get(&format!("{project}/pairs")).await.expect(200);
        let pair = &pairs["items"][0];
        assert_eq!((&pair["generation_type"], &pair["system_prompt"]), (&json!("conversation"), &json!("s")));
        assert_eq!(pair["turns"].as_array().unwrap().len(), 4);

        let chunk =
            app.get(&format!("{project}/chunks/{}", pair["chunk_id"].as_str().unwrap())).await.expect(200);
        assert_eq!(chunk["text"], line.to_string());
        let document = format!("{project}/documents/{}", pair["document_id"].as_str().unwrap());
        assert_eq!(app.get(&document).await.expect(200)["chunk_count"], 1);
        app.get(&format!("{document}/content")).await.expect_problem(409, "conflict");
        let excluded = app.get(&format!("{project}/chunks?excluded=true")).await.expect(200);
        assert_eq!(excluded["items"][0]["exclude_reason"]["code"], "imported");
        let made = app.post(&format!("{project}/generate"), &sample::offline()).await.expect(202);
        assert_eq!(
            made["chunks_total"],
            app.get(&format!("{project}/chunks?excluded=false")).await.expect(200)["total"]
        );
        let parse = app.post(&format!("{project}/parse"), &json!({"force": true})).await.expect(202);
        assert_eq!(parse["chunks_total"], 1);
        let mut asked = sample::offline();
        asked["teacher_model"] = ended["teacher_model"].clone();
        app.post(&format!("{project}/generate"), &asked).await.expect_problem(422, "invalid");
    }

    #[tokio::test]
    async fn what_cannot_be_imported_is_refused() {
        let app = TestApp::new().await;
        let project = sample::project(&app, "a").await;
        let path = format!("{project}/pairs/import");
        let blank = uploaded(&app, &project, b" \n\n").await;
        let body = |key: &str, format: &str| json!({"document_key": key, "format": format});
        let problem = app.post(&path, &body(&blank, "alpaca")).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/document_key");
        app.post(&path, &body(&blank, "parquet")).await.expect_problem(422, "invalid");
        app.post(&path, &body("data-forge/eve/x/sources/y", "alpaca")).await.expect_problem(409, "conflict");
        let other = sample::project(&app, "b").await;
        app.post(&format!("{other}/pairs/import"), &body(&blank, "alpaca"))
            .await
            .expect_problem(409, "conflict");
        app.as_user("bob").post(&path, &body(&blank, "alpaca")).await.expect_problem(404, "not_found");
        assert_eq!(app.get(&format!("{project}/documents")).await.expect(200)["total"], 0);
    }
}
