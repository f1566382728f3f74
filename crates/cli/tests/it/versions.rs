//! Where a line of a dataset comes from, and the dataset made again without a call.

use std::fs;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{FaultRates, Gateway, GatewayConfig};

use crate::{
    forge::{Forge, examples, manual},
    serve::{Server, text},
};

const BUILTIN: &str = "--model=builtin/extractive";
const SIMULATED: [&str; 2] = ["--model=simulated", "--judge=none"];

#[test]
fn every_line_is_traced_to_its_page() {
    let forge = Forge::new();
    forge.run(&["run", examples().to_str().unwrap(), BUILTIN]).expect(0);
    let lineage = forge.json_lines("dataset.jsonl.lineage.jsonl");
    for (number, row) in (1..).zip(&lineage) {
        let traced = forge.run(&["trace", &format!("dataset.jsonl:{number}"), "--json"]);
        let traced: Value = serde_json::from_str(&traced.expect(0).stdout).unwrap();
        assert_eq!(&traced["lineage"], row);
        assert_eq!((&row["line"], &row["file"]), (&json!(number), &json!("dataset.jsonl")));
        assert!(!traced["passage"]["text"].as_str().unwrap().is_empty());
        let paged = ["pdf"].contains(&text(&row["filename"]).rsplit('.').next().unwrap());
        assert_eq!(row["page_start"].is_u64(), paged, "{row}");
    }
    let number = 1 + lineage.iter().position(|row| row["page_start"].is_u64()).unwrap();
    let said = forge.run(&["trace", &format!("dataset.jsonl:{number}")]);
    let said = &said.expect(0).stdout;
    for word in [
        "document    user-guide.pdf, page",
        "headings ",
        "teacher     builtin/extractive",
        "review      pending",
    ] {
        assert!(said.contains(word), "{word} is not in\n{said}");
    }
}

#[test]
fn what_cannot_be_traced_is_told() {
    let forge = Forge::new();
    forge.write("docs/pump.md", manual("pump", 2));
    forge.run(&["run", "docs", BUILTIN]).expect(0);
    let beyond = forge.run(&["trace", "dataset.jsonl:9999"]);
    assert!(beyond.expect(2).stderr.contains("dataset.jsonl has no line 9999"), "{}", beyond.stderr);
    let alone = forge.write("alone/data.jsonl", "{}\n");
    let alone = forge.run(&["trace", &format!("{}:1", alone.display())]);
    assert!(alone.expect(2).stderr.contains("the lineage of"), "{}", alone.stderr);
    forge.run(&["trace", "dataset.jsonl"]).expect(2);

    // A version as it is downloaded: under the names that it has in the store.
    let folder = forge.path("downloads");
    fs::create_dir(&folder).unwrap();
    for (name, as_name) in [
        ("dataset.jsonl", "v1-dataset.jsonl"),
        ("dataset.jsonl.lineage.jsonl", "v1-lineage.jsonl"),
        ("dataset.jsonl.manifest.json", "v1-manifest.json"),
    ] {
        fs::copy(forge.path(name), folder.join(as_name)).unwrap();
    }
    let downloaded = forge.run(&["trace", "downloads/v1-dataset.jsonl:2"]);
    assert!(downloaded.expect(0).stderr.is_empty(), "{}", downloaded.stderr);
    forge.write("downloads/v1-dataset.jsonl", "{}\n{}\n");
    let changed = forge.run(&["trace", "downloads/v1-dataset.jsonl:2"]);
    assert!(changed.expect(0).stderr.contains("is not as it was exported"), "{}", changed.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_is_made_again_without_a_call() {
    let faults =
        FaultRates { fences: 0.2, prose: 0.1, truncated: 0.1, off_schema: 0.05, ..FaultRates::default() };
    let gateway = Gateway::start(GatewayConfig { faults, ..GatewayConfig::default() }).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url());
    forge.write("docs/pump.md", manual("pump", 20));
    for (format, data) in [
        ("chatml", "dataset.jsonl"),
        ("alpaca", "dataset.jsonl"),
        ("sharegpt", "dataset.jsonl"),
        ("parquet", "dataset.parquet"),
    ] {
        let ran = forge.run(&["run", "docs", SIMULATED[0], SIMULATED[1], "--format", format]);
        assert!(matches!(ran.code, Some(0 | 3)), "{}", ran.stderr);
        let calls = gateway.stats().requests;
        let again = forge.run(&["replay", &format!("{data}.manifest.json"), "-o", "again"]);
        again.expect(0);
        assert_eq!(gateway.stats().requests, calls, "replay made a call");
        let (made, was) = (forge.path("again").join(data), forge.path(data));
        assert_eq!(fs::read(&made).unwrap(), fs::read(was).unwrap(), "{format}");
        // The same again is no harm; another file is not overwritten.
        forge.run(&["replay", &format!("{data}.manifest.json"), "-o", "again"]).expect(0);
        fs::write(&made, "mine").unwrap();
        let refused = forge.run(&["replay", &format!("{data}.manifest.json"), "-o", "again"]);
        assert!(refused.expect(2).stderr.contains("is there already"), "{}", refused.stderr);
        fs::remove_dir_all(forge.path("again")).unwrap();
    }

    let stranger = Forge::new();
    for name in ["dataset.jsonl.manifest.json", "dataset.jsonl.lineage.jsonl"] {
        fs::copy(forge.path(name), stranger.path(name)).unwrap();
    }
    let missing = stranger.run(&["replay", "dataset.jsonl.manifest.json", "-o", "again"]);
    assert!(missing.expect(1).stderr.contains("the generation is not stored"), "{}", missing.stderr);
    assert_eq!(fs::read_dir(stranger.path("again")).unwrap().count(), 0, "half a dataset was left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewed_version_is_made_again_and_traced_with_its_edits() {
    let gateway = Gateway::start(GatewayConfig::default()).await.unwrap();
    let forge = Forge::with_gateway(&gateway.url());
    forge.write("docs/pump.md", manual("pump", 12));
    forge.write("docs/fan.md", manual("fan", 12));
    forge.run(&["run", "docs", SIMULATED[0], SIMULATED[1]]).expect(0);
    let server = Server::start(&forge);
    let user = server.anyone();
    let project = user.get("/projects").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    let pairs = user.all(&format!("/projects/{project}/pairs")).await;
    for pair in &pairs[..3] {
        let path = format!("/pairs/{}", text(&pair["id"]));
        user.put(&path, json!({"answer": "As a person wrote it."})).await.expect(200);
    }
    let path = format!("/pairs/{}", text(&pairs[3]["id"]));
    user.put(&path, json!({"review_status": "rejected"})).await.expect(200);
    let all = json!({"action": "accept", "filter": {"review_status": ["pending"]}});
    user.post(&format!("/projects/{project}/pairs/bulk-action"), all).await.expect(200);
    for body in [
        json!({"format": "chatml", "splits": {"validation": 0.2}}),
        json!({"format": "parquet", "splits": {"validation": 0.2, "seed": 3}}),
        json!({"format": "dpo"}),
    ] {
        let made = user.post(&format!("/projects/{project}/export"), body.clone()).await.expect(201);
        let folder = format!("v{}", made["version"]);
        let files = download(&user, &project, &made, &forge, &folder).await;
        let calls = gateway.stats().requests;
        forge
            .run(&["replay", &format!("{folder}/manifest.json"), "-o", &format!("{folder}-again")])
            .expect(0);
        assert_eq!(gateway.stats().requests, calls);
        for file in &files {
            let (was, made) =
                (forge.path(&folder).join(file), forge.path(&format!("{folder}-again")).join(file));
            assert_eq!(fs::read(made).unwrap(), fs::read(was).unwrap(), "{body} {file}");
        }
        let row = forge
            .json_lines(&format!("{folder}/lineage.jsonl"))
            .into_iter()
            .find(|row| row["edited"] == true);
        let row = row.unwrap();
        let place = format!("{folder}/{}:{}", text(&row["file"]), row["line"]);
        let said = forge.run(&["trace", &place]);
        let said = &said.expect(0).stdout;
        assert!(said.contains("edit        revision 2 by local at "), "{said}");
        assert!(said.contains("edited by local at ") && said.contains("changed by a person"), "{said}");
    }

    // What was written in the meantime does not change what was exported.
    for pair in &pairs[..3] {
        let path = format!("/pairs/{}", text(&pair["id"]));
        user.put(&path, json!({"answer": "As another wrote it."})).await.expect(200);
        let edits = user.get(&format!("{path}/edits")).await.expect(200);
        let answers: Vec<_> =
            edits["items"].as_array().unwrap().iter().map(|one| text(&one["text"]["answer"])).collect();
        assert_eq!(answers, ["As a person wrote it.", "As another wrote it."]);
    }
    forge.run(&["replay", "v2/manifest.json", "-o", "v2-later"]).expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_imported_and_exported_the_same() {
    let forge = Forge::new();
    forge.write("docs/pump.md", manual("pump", 30));
    let server = Server::start(&forge);
    let user = server.anyone();
    for format in ["chatml", "alpaca", "sharegpt"] {
        forge.run(&["run", "docs", BUILTIN, "--format", format]).expect(0);
        let made = fs::read(forge.path("dataset.jsonl")).unwrap();
        let count = made.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
        let project = user.project(format).await;
        let ended = user.import(&project, format, made.clone()).await;
        assert_eq!(ended["status"], "completed", "{ended}");
        assert_eq!(
            (&ended["pairs_generated"], &ended["chunks_failed"]),
            (&json!(count), &json!(0)),
            "{ended}"
        );
        assert!(ended["average_quality"].is_number() && ended["average_grounding"].is_null(), "{ended}");

        // Twice the same: all of it repeats what is here.
        let again = user.import(&project, format, made.clone()).await;
        assert_eq!(again["pairs_duplicate"], json!(count), "{again}");
        let accept = json!({"action": "accept", "filter": {}});
        user.post(&format!("{project}/pairs/bulk-action"), accept).await.expect(200);
        let export = user.post(&format!("{project}/export"), json!({"format": format})).await.expect(201);
        let folder = format!("imported-{format}");
        let project = project.trim_start_matches("/projects/");
        download(&user, project, &export, &forge, &folder).await;
        let written = fs::read(forge.path(&folder).join("dataset.jsonl")).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), String::from_utf8(made).unwrap());

        let manifest = format!("{folder}/manifest.json");
        forge.run(&["replay", &manifest, "-o", &format!("{folder}-again")]).expect(0);
        let traced = forge.run(&["trace", &format!("{folder}/dataset.jsonl:2")]);
        let said = &traced.expect(0).stdout;
        assert!(
            said.contains("document    pairs.jsonl") && said.contains(&format!("import/{format}")),
            "{said}"
        );
    }
}

/// Downloads a version with its manifest and lineage; gives back the names of its data files.
async fn download(
    user: &crate::serve::User,
    project: &str,
    export: &Value,
    forge: &Forge,
    folder: &str,
) -> Vec<String> {
    let splits = export["splits"].as_array().unwrap();
    let mut files: Vec<String> = splits.iter().map(|split| text(&split["file"]).to_owned()).collect();
    if files.is_empty() {
        files.push("dataset.jsonl".into());
    }
    for name in files.iter().map(String::as_str).chain(["manifest.json", "lineage.jsonl"]) {
        let path = format!("/projects/{project}/export/{}?file={name}", export["version"]);
        let link = user.get(&path).await.expect(200);
        let bytes =
            crate::serve::client().request(Method::GET, text(&link["download_url"])).send().await.unwrap();
        forge.write(&format!("{folder}/{name}"), bytes.bytes().await.unwrap());
    }
    files
}
