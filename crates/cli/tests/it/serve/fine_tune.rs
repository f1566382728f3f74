//! Versions handed over to who trains on them: one job, whoever asks again and whatever dies in between.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Gateway, GatewayConfig};

use super::{Server, User, text};
use crate::forge::{Forge, manual};

/// A server whose project has a version in each of two formats, the first of them split.
async fn exported(forge: &Forge) -> (Server, User, String) {
    forge.write("docs/pump.md", manual("pump", 6));
    forge.run(&["run", "docs", "--model=builtin/extractive"]).expect(0);
    let server = Server::start(forge);
    let user = server.anyone();
    let project = user.get("/projects").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    let all = json!({"action": "accept", "filter": {}});
    user.post(&format!("/projects/{project}/pairs/bulk-action"), all).await.expect(200);
    for body in [json!({"format": "chatml", "splits": {"validation": 0.2}}), json!({"format": "alpaca"})] {
        user.post(&format!("/projects/{project}/export"), body).await.expect(201);
    }
    (server, user, format!("/projects/{project}/export"))
}

fn wanted() -> Value {
    json!({"model": "small", "name": "dunnock", "hyperparameters": {"n_epochs": 3, "batch_size": "auto"}})
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_to_openai_once_and_the_job_is_followed() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url());
    let (server, user, exports) = exported(&forge).await;
    // The version of the run came first.
    let path = format!("{exports}/2/fine-tune");
    let made = user.post(&path, wanted()).await.expect(201);
    assert_eq!(
        (&made["job_id"], &made["status"], &made["provider"]),
        (&json!("ftjob-1"), &json!("queued"), &json!("openai"))
    );
    let (files, jobs) = gateway.training();
    for (file, part) in files.iter().zip(["train", "validation"]) {
        let link = user.get(&format!("{exports}/2?file={part}")).await.expect(200);
        let bytes =
            super::client().get(text(&link["download_url"])).send().await.unwrap().bytes().await.unwrap();
        assert_eq!(file.1, bytes, "{part}");
        assert!(file.0.ends_with(&format!("-v2-{part}.jsonl")), "{}", file.0);
    }
    assert_eq!(jobs.len(), 1);
    let job = &jobs[0];
    assert_eq!((&job["training_file"], &job["validation_file"]), (&json!("file-1"), &json!("file-2")));
    assert_eq!((&job["suffix"], &job["hyperparameters"]["n_epochs"]), (&json!("dunnock"), &json!(3)));

    // The same again is the same, at once and after a restart.
    let (one, two) = tokio::join!(user.post(&path, wanted()), user.post(&path, wanted()));
    assert_eq!((&one.expect(201)["job_id"], &two.expect(201)["job_id"]), (&made["job_id"], &made["job_id"]));
    server.kill();
    let server = Server::start(&forge);
    let user = server.anyone();
    assert_eq!(user.post(&path, wanted()).await.expect(201)["job_id"], made["job_id"]);
    assert_eq!(gateway.training().1.len(), 1);

    gateway.set_training("ftjob-1", json!({"status": "succeeded", "fine_tuned_model": "ft:small:dunnock"}));
    let list = user.get(&path).await.expect(200);
    assert_eq!((&list["total"], &list["items"][0]["status"]), (&json!(1), &json!("succeeded")));
    assert_eq!(list["items"][0]["fine_tuned_model"], "ft:small:dunnock");
    let host = gateway.url();
    let host = host.trim_start_matches("http://").split('/').next().unwrap();
    assert_eq!(list["sends_to"], host);
    assert_eq!(user.get(&format!("{exports}/3/fine-tune")).await.expect(200)["total"], 0);

    let other = json!({"model": "large"});
    assert_eq!(user.post(&path, other.clone()).await.expect(201)["job_id"], "ftjob-2");
    gateway.set_training("ftjob-2", json!({"status": "failed", "error": {"message": "the file is bad"}}));
    assert_eq!(user.get(&path).await.expect(200)["items"][0]["error"], "the file is bad");
    // What has failed may be tried anew.
    assert_eq!(user.post(&path, other).await.expect(201)["job_id"], "ftjob-3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_while_a_job_is_made_makes_no_second() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url());
    let (server, user, exports) = exported(&forge).await;
    let path = format!("{exports}/2/fine-tune");
    gateway.lose_next_training_reply();
    let asking = tokio::spawn({
        let path = path.clone();
        async move { user.post(&path, wanted()).await.status }
    });
    while gateway.training().1.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.kill();
    asking.abort();
    let server = Server::start(&forge);
    let user = server.anyone();
    assert_eq!(user.get(&path).await.expect(200)["items"][0]["status"], "creating");
    assert_eq!(user.post(&path, wanted()).await.expect(201)["job_id"], "ftjob-1");
    assert_eq!(gateway.training().1.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_and_the_next_try_tries_again() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let key = "sk-secret-0123456789";
    let forge = Forge::with_gateway(&gateway.url()).set("DATA_FORGE_GATEWAY_API_KEY", key);
    let (_server, user, exports) = exported(&forge).await;
    let path = format!("{exports}/2/fine-tune");
    gateway.refuse_training(Some(&format!("no such model, {key}")));
    let refused = user.post(&path, wanted()).await.expect(502);
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("no such model, ***") && !refused.to_string().contains(key), "{detail}");
    let list = user.get(&path).await.expect(200);
    assert_eq!(
        (&list["items"][0]["status"], &list["items"][0]["job_id"]),
        (&json!("creating"), &Value::Null)
    );
    assert!(text(&list["items"][0]["error"]).contains("no such model"));
    gateway.refuse_training(None);
    let made = user.post(&path, wanted()).await.expect(201);
    assert_eq!((&made["job_id"], &made["error"]), (&json!("ftjob-1"), &Value::Null));

    let alpaca = user.post(&format!("{exports}/3/fine-tune"), wanted()).await.expect(409);
    assert!(text(&alpaca["detail"]).contains("export it as chatml"), "{alpaca}");
    user.post(&format!("{exports}/9/fine-tune"), wanted()).await.expect(404);
    for (body, pointer) in [
        (json!({"model": " "}), "/model"),
        (json!({"model": "m", "name": "x".repeat(65)}), "/name"),
        (json!({"model": "m", "hyperparameters": {"a/b": [1]}}), "/hyperparameters/a~1b"),
        (json!({"model": "m", "epochs": 1}), "/epochs"),
    ] {
        assert_eq!(user.post(&path, body).await.expect(422)["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_is_told_where_the_data_is() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let forge = Forge::new()
        .set("DATA_FORGE_FINETUNE_PROVIDER", "platform")
        .set("DATA_FORGE_FINETUNE_URL", &gateway.platform_url());
    let (_server, user, exports) = exported(&forge).await;
    // A platform reads what it is told to: Alpaca too.
    let export = user.get(&format!("{exports}/2")).await.expect(200);
    let made = user.post(&format!("{exports}/2/fine-tune"), wanted()).await.expect(201);
    assert_eq!((&made["job_id"], &made["provider"]), (&json!("ftjob-1"), &json!("platform")));
    let (files, jobs) = gateway.training();
    assert_eq!(
        (files.len(), &jobs[0]["base_model"], &jobs[0]["name"]),
        (0, &json!("small"), &json!("dunnock"))
    );
    assert_eq!(jobs[0]["training_dataset"], export["storage_key"]);
    assert!(text(&jobs[0]["validation_dataset"]).ends_with("/exports/2/validation.jsonl"));
    gateway.set_training("ftjob-1", json!({"status": "Training"}));
    assert_eq!(
        user.get(&format!("{exports}/2/fine-tune")).await.expect(200)["items"][0]["status"],
        "running"
    );
    user.post(&format!("{exports}/3/fine-tune"), wanted()).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_anyone_who_trains_it_is_told_what_to_set() {
    let forge = Forge::new();
    let (_server, user, exports) = exported(&forge).await;
    let refused = user.post(&format!("{exports}/2/fine-tune"), wanted()).await;
    // A machine with an Ollama has a gateway.
    if refused.status == 409 {
        assert!(text(&refused.expect(409)["detail"]).contains("DATA_FORGE_FINETUNE_URL"));
    }
    assert_eq!(user.get(&format!("{exports}/2/fine-tune")).await.expect(200)["total"], 0);
    let half = Forge::new().set("DATA_FORGE_FINETUNE_PROVIDER", "platform").run(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
    ]);
    assert!(half.expect(2).stderr.contains("DATA_FORGE_FINETUNE_URL"), "{}", half.stderr);
}
