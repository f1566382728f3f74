//! `serve --demo`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{PATIENCE, Server, User, text};
use crate::forge::Forge;

#[tokio::test(flavor = "multi_thread")]
async fn the_example_is_ready_for_review_and_made_once() {
    let forge = Forge::new();
    let server = Server::start_with(&forge, &["--demo"]);
    let user = server.anyone();
    let project = example(&user).await;
    let path = format!("/projects/{}", text(&project["id"]));
    let pairs = user.get(&format!("{path}/pairs?review_status=pending&limit=500")).await.expect(200);
    assert!(pairs["total"].as_u64().unwrap() > 50, "{}", pairs["total"]);
    assert!(pairs["items"].as_array().unwrap().iter().all(|pair| pair["quality_score"].is_number()));
    let accepted = &pairs["items"][0]["id"];
    user.put(&format!("/pairs/{}", text(accepted)), json!({"review_status": "accepted"})).await.expect(200);

    server.kill();
    let server = Server::start_with(&forge, &["--demo"]);
    let user = server.anyone();
    let again = example(&user).await;
    assert_eq!(again["id"], project["id"]);
    assert_eq!(again["stats"]["total_pairs"], pairs["total"]);
    assert_eq!(again["stats"]["accepted_pairs"], 1);
    assert_eq!(user.all("/projects").await.len(), 1);
    assert_eq!(user.all(&format!("{path}/generations")).await.len(), 2);
}

/// The example project, once its pairs are there.
async fn example(user: &User) -> Value {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(project) = user.all("/projects").await.first() {
            let runs =
                user.all(&format!("/projects/{}/generations?kind=generate", text(&project["id"]))).await;
            if runs.iter().any(|run| run["status"] == "completed") {
                return user.get(&format!("/projects/{}", text(&project["id"]))).await.expect(200);
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the example was never ready")
}

#[test]
fn users_that_are_told_apart_have_no_demo() {
    let forge = Forge::new()
        .set("DATA_FORGE_AUTH", "token")
        .set("DATA_FORGE_AUTH_TOKENS", "ada=a-key-that-is-long-enough");
    let ran = forge.run(&["serve", "--demo", "--listen", "127.0.0.1:0"]);
    assert!(ran.expect(2).stderr.contains("--demo is for a server without authentication"), "{}", ran.stderr);
}
