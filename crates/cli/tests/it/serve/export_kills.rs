//! A server that is killed while it exports: no version is ever there in part, and the next one is right.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use model::sha256_hex;
use serde_json::{Value, json};

use super::{Server, text};
use crate::forge::{Forge, manual};

const ROUNDS: u64 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_leave_whole_versions_alone() {
    let forge = Forge::new();
    for number in 0..6 {
        forge.write(&format!("docs/pump-{number}.md"), manual(&format!("pump {number}"), 40));
    }
    forge.run(&["run", "docs", "--model=builtin/extractive"]).expect(0);
    let mut server = Server::start(&forge);
    let user = server.anyone();
    let project = user.get("/projects").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    let accept = json!({"action": "accept", "filter": {}});
    user.post(&format!("/projects/{project}/pairs/bulk-action"), accept).await.expect(200);
    let path = format!("/projects/{project}/export");
    let body = json!({"format": "chatml", "splits": {"validation": 0.2}});
    let whole = user.post(&path, body.clone()).await.expect(201);

    let mut cut = 0;
    for round in 0..ROUNDS {
        let asking = tokio::spawn({
            let (user, path, body) = (server.anyone(), path.clone(), body.clone());
            async move { user.request(reqwest::Method::POST, &path).json(&body).send().await.is_ok() }
        });
        // From its beginning to some time behind its end.
        tokio::time::sleep(Duration::from_millis(round * 35 + round * round % 13)).await;
        server.kill();
        cut += u64::from(!asking.await.unwrap());
        server = Server::start(&forge);
        for export in server.anyone().all(&format!("/projects/{project}/exports")).await {
            assert_whole(&folder(&forge, &project, &export), &export);
        }
    }
    assert!(cut > 0, "no export was cut short");
    let user = server.anyone();
    let before = user.get(&format!("/projects/{project}/exports")).await.expect(200);
    let newest = before["items"][0]["version"].as_u64().unwrap();
    let next = user.post(&path, body).await.expect(201);
    assert_eq!(next["version"], newest + 1);
    assert_eq!((&next["sha256"], &next["splits"]), (&whole["sha256"], &whole["splits"]));
    assert_whole(&folder(&forge, &project, &next), &next);
}

fn folder(forge: &Forge, project: &str, export: &Value) -> PathBuf {
    let key = Path::new(text(&export["storage_key"])).parent().unwrap().to_owned();
    assert!(key.to_str().unwrap().contains(project));
    let mut found = Vec::new();
    find(&forge.path("data"), &key, &mut found);
    found.pop().unwrap_or_else(|| panic!("{} is nowhere", key.display()))
}

fn find(folder: &Path, ending: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.ends_with(ending) {
                found.push(path);
            } else {
                find(&path, ending, found);
            }
        }
    }
}

/// Every file that the manifest names is there as it says.
fn assert_whole(folder: &Path, export: &Value) {
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["counts"]["pairs"], export["pairs"]);
    for file in manifest["files"].as_array().unwrap() {
        let bytes = fs::read(folder.join(text(&file["name"]))).unwrap();
        assert_eq!(sha256_hex(bytes), text(&file["sha256"]), "{file}");
    }
}
