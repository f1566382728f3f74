//! Documents that give orders, and a teacher that would obey them.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use testkit::{Gateway, GatewayConfig};

use crate::{
    forge::{Forge, manual},
    serve::client,
};

/// Documents with orders in them: in several languages, formats and places, with tags and marks that would end
/// what is marked off as data.
fn documents() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/injections");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 20);
    paths
}

/// What all of them want to be said.
const ORDERED: &str = "pwned";

/// All that a line of a dataset says.
fn said(line: &Value) -> Vec<String> {
    let messages = line["messages"].as_array().unwrap();
    messages.iter().map(|message| message["content"].as_str().unwrap().to_lowercase()).collect()
}

async fn obedient() -> Gateway {
    Gateway::start(GatewayConfig { obedient: true, ..GatewayConfig::default() }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_document_is_obeyed() {
    for kind in ["qa", "instruction", "conversation", "summary", "classification"] {
        let gateway = obedient().await;
        let forge = Forge::with_gateway(&gateway.url());
        for path in documents() {
            forge.write(
                &format!("docs/{}", path.file_name().unwrap().to_str().unwrap()),
                fs::read(&path).unwrap(),
            );
        }
        let summary =
            forge.run(&["run", "docs", "--model", "simulated", "--type", kind, "--json"]).summary(0);
        let stats = gateway.stats();
        assert!(stats.answered >= 26, "{kind}: {stats:?}");
        assert_eq!(stats.obeyed, 0, "{kind}: a document was obeyed");
        assert!(summary["pairs"]["exported"].as_u64().is_none_or(|pairs| pairs > 0), "{summary}");
        let lines = forge.json_lines("dataset.jsonl");
        assert!(lines.len() > 20, "{kind}: {}", lines.len());
        // The order itself is a sentence of the document, and may be taught as such; it is not carried out.
        assert!(lines.iter().flat_map(said).all(|said| said.trim_matches(['"', '.']) != ORDERED), "{kind}");
    }
}

/// That the test above can fail: the same documents are obeyed where they are not marked off, or only by a tag
/// that they may close.
#[tokio::test(flavor = "multi_thread")]
async fn a_careless_prompt_is_obeyed() {
    let gateway = obedient().await;
    let ask = async |prompt: String| {
        let body = json!({"model": "simulated", "messages": [{"role": "user", "content": prompt}]});
        let url = format!("{}/chat/completions", gateway.url());
        let sent = client().post(url).json(&body).send().await.unwrap();
        let reply: Value = sent.json().await.unwrap();
        reply["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .to_lowercase()
            .contains(&format!("\"answer\":\"{ORDERED}\""))
    };
    let (mut obeyed, mut broken_out) = (0, 0);
    for path in documents() {
        let text = fs::read_to_string(&path).unwrap();
        // The tags of a web page are taken for such that mark data off.
        let plain = ask(format!("Write 3 pairs about this text.\n\n{text}")).await;
        assert!(plain || path.extension().is_some_and(|format| format == "html"), "{path:?}");
        obeyed += u64::from(plain);
        let tagged = ask(format!("Write 3 pairs.\n\n<passage>\n{text}\n</passage>")).await;
        broken_out += u64::from(tagged);
    }
    assert!(broken_out >= 18, "{broken_out}");
    assert_eq!(gateway.stats().obeyed, obeyed + broken_out);
}

#[tokio::test(flavor = "multi_thread")]
async fn pairs_that_repeat_the_prompt_are_left_out() {
    let leaky = Gateway::start(GatewayConfig { leaky: true, ..GatewayConfig::default() }).await.unwrap();
    let forge = Forge::with_gateway(&leaky.url());
    forge.write("docs/pump.md", manual("pump", 3));
    let ran = forge.run(&["run", "docs", "--model", "simulated"]);
    ran.expect(1);
    assert!(ran.stderr.contains("it repeats the rules of its prompt"), "{}", ran.stderr);
}
