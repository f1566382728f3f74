//! Projects for tests: made through the API, worked on in the test's own process.

use model::{Generation, UserId};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::testing::TestApp;

/// Two sections, so two chunks or more.
pub(super) const GUIDE: &str = "# Kettle guide\n\n## Descaling\n\nA limescale filter is a mesh that keeps \
    limescale out of the cup. Descale the kettle every 30 days with 500 ml of white vinegar, then rinse it \
    twice with cold water before you boil it again.\n\n## Cleaning\n\nA thermostat is a switch that opens when \
    the water boils. Wipe the body with a damp cloth. Never put the base under water: it holds the power \
    supply, and water breaks it for good.\n";

/// A project of that name; its path.
pub(super) async fn project(app: &TestApp, name: &str) -> String {
    let made = app.post("/projects", &json!({"name": name})).await.expect(201);
    format!("/projects/{}", made["id"].as_str().unwrap())
}

/// A document of a text; its id.
pub(super) async fn document(app: &TestApp, project: &str, filename: &str, text: &str) -> Value {
    let body = json!({"filename": filename, "text": text});
    app.post(&format!("{project}/documents"), &body).await.expect(201)["id"].clone()
}

/// A project with one parsed document; its path.
pub(super) async fn parsed(app: &TestApp) -> String {
    let project = project(app, "Kettles").await;
    document(app, &project, "guide.md", GUIDE).await;
    let generation = app.post(&format!("{project}/parse"), &json!({})).await.expect(202);
    assert_eq!(drive(app, &generation).await["status"], "completed");
    project
}

/// The request for pairs that needs no gateway.
pub(super) fn offline() -> Value {
    json!({"teacher_model": generate::BUILTIN, "generation_type": "qa", "config": {"judge_model": "none"}})
}

/// Works on a generation until it has ended; gives it back as it is then.
pub(super) async fn drive(app: &TestApp, generation: &Value) -> Value {
    let generation: Generation = serde_json::from_value(generation.clone()).unwrap();
    let user = UserId::new("ada");
    let stop = CancellationToken::new();
    let ended = jobs::drive(&app.app.environment, &user, generation.id, &stop).await.unwrap();
    serde_json::to_value(ended).unwrap()
}
