//! What is delivered beside the program, held against the program.

use std::{collections::BTreeSet, fs, path::PathBuf};

use crate::{forge::Forge, serve::Server};

fn file(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The words of a text that begin like this.
fn words(text: &str, prefix: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with(prefix))
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn dashboards_and_alerts_name_what_is_measured() {
    let forge = Forge::new();
    let server = Server::start(&forge);
    let user = server.anyone();
    user.get("/projects").await.expect(200);
    let metrics = user.request(reqwest::Method::GET, "//metrics").send().await.unwrap().text().await.unwrap();
    let measured = words(&metrics, "data_forge_");
    for path in ["alerts.yaml", "dashboard.json"] {
        let named = words(&file(&format!("deploy/helm/data-forge/monitoring/{path}")), "data_forge_");
        assert!(named.len() > 3, "{path} names hardly anything");
        let unknown: Vec<_> = named.difference(&measured).collect();
        assert!(unknown.is_empty(), "{path} names {unknown:?}, which /metrics does not have:\n{metrics}");
    }
}

/// A setting that is misspelt in a manifest is one that nobody reads.
#[test]
fn manifests_set_what_the_readme_documents() {
    let documented = words(&file("README.md"), "DATA_FORGE_");
    for path in [
        "deploy/Dockerfile",
        "deploy/helm/data-forge/values.yaml",
        "deploy/helm/data-forge/templates/_helpers.tpl",
        "deploy/helm/data-forge/templates/configmap.yaml",
        "deploy/helm/data-forge/templates/deployment.yaml",
        "deploy/helm/data-forge/templates/secret.yaml",
        "docs/deploy.md",
    ] {
        let unknown: Vec<_> = words(&file(path), "DATA_FORGE_").difference(&documented).cloned().collect();
        assert!(unknown.is_empty(), "{path} sets {unknown:?}, which the README does not know");
    }
}
