//! Two users on one server: what is one's is not there for the other.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Server, User, text};
use crate::forge::Forge;

const TOKENS: &str = "ada=ada-key-0123456789abcdef,bob=bob-key-0123456789abcdef";

#[tokio::test(flavor = "multi_thread")]
async fn every_id_of_anothers_is_not_there() {
    nothing_of_anothers_is_there(Forge::new()).await;
}

/// Asks one user's server for all that is another's.
pub(crate) async fn nothing_of_anothers_is_there(forge: Forge) {
    let forge = forge.set("DATA_FORGE_AUTH", "token").set("DATA_FORGE_AUTH_TOKENS", TOKENS);
    let server = Server::start(&forge);
    let (ada, bob) = (server.user("ada-key-0123456789abcdef"), server.user("bob-key-0123456789abcdef"));
    let of_ada = Things::make(&ada).await;
    let of_bob = Things::make(&bob).await;

    let before = ada.get(&of_ada.project).await.expect(200);
    let specification = server.anyone().get("//openapi.json").await.expect(200);
    let mut asked = 0;
    for (template, operations) in specification["paths"].as_object().unwrap() {
        let Some(path) = template.strip_prefix("/api/v1/data-forge") else { continue };
        // What it has to be told.
        let path = &path.replace("/compare", "/compare?with=1");
        for crossed in of_ada.crossings(path, &of_bob) {
            for method in operations.as_object().unwrap().keys() {
                let method: Method = method.to_uppercase().parse().unwrap();
                let body = body(&method, path, &of_ada);
                let answer = ask(&bob, &method, &crossed, &body).await;
                // What is there for nobody: the same problem, word for word.
                let nowhere = ask(&bob, &method, &nowhere(path, &of_bob, &of_ada, &crossed), &body).await;
                assert_eq!(answer.status, 404, "{method} {crossed}: {}", answer.body);
                assert_eq!(without_id(&answer.body), without_id(&nowhere.body), "{method} {crossed}");
                asked += 1;
            }
        }
    }
    assert!(asked > 25, "{asked} endpoints with an id");
    assert_eq!(ada.get(&of_ada.project).await.expect(200), before);
    assert_eq!(bob.all("/projects").await.len(), 1);
    let watched = bob.get(&format!("/events?project_id={}", of_ada.id())).await;
    let nobodys = bob.get("/events?project_id=0193a5b8-0000-7000-8000-000000000000").await;
    assert_eq!(without_id(&watched.expect(404)), without_id(&nobodys.expect(404)));
    // Ids in bodies and filters are as good as unknown, too.
    let stolen = json!({"action": "delete", "pair_ids": [of_ada.pair]});
    let done = bob.post(&format!("{}/pairs/bulk-action", of_bob.project), stolen).await.expect(200);
    assert_eq!((&done["matched"], &done["changed"]), (&json!(0), &json!(0)));
    let key = json!({"document_key": of_ada.document_key, "filename": "a.md"});
    let status = bob.post(&format!("{}/documents", of_bob.project), key).await.status;
    assert!([404, 409, 422].contains(&status.as_u16()), "{status}");
    let key = json!({"document_key": of_ada.document_key, "format": "alpaca"});
    bob.post(&format!("{}/pairs/import", of_bob.project), key).await.expect(409);
    for (name, id) in [
        ("document_id", &of_ada.document),
        ("generation_id", &of_ada.generation),
        ("chunk_id", &of_ada.chunk),
    ] {
        let filter = format!("{}/pairs?{name}={id}", of_bob.project);
        assert_eq!(bob.get(&filter).await.expect(200)["total"], 0, "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_key_nothing_is_answered() {
    let forge = Forge::new().set("DATA_FORGE_AUTH", "token").set("DATA_FORGE_AUTH_TOKENS", TOKENS);
    let server = Server::start(&forge);
    for user in [server.anyone(), server.user("ada-key-0123456789abcde"), server.user("")] {
        let answer = user.get("/projects").await;
        assert!(answer.headers.contains_key("www-authenticate"));
        assert_eq!(answer.expect(401)["type"], "unauthorized");
    }
    server.anyone().get("//healthz").await.expect(200);
}

#[test]
fn without_keys_a_wide_address_is_refused() {
    let ran = Forge::new().run(&["serve", "--listen", "0.0.0.0:0"]);
    ran.expect(2);
    assert!(ran.stderr.contains("DATA_FORGE_AUTH"), "{}", ran.stderr);
}

/// One of each that a user can have.
struct Things {
    project: String,
    document: String,
    document_key: String,
    chunk: String,
    generation: String,
    pair: String,
}

impl Things {
    async fn make(user: &User) -> Self {
        let project = user.project("Manuals").await;
        let manual = crate::forge::manual("pump", 3);
        let document = user.upload(&project, "pump.md", manual.into_bytes()).await;
        user.parse(&project).await;
        let generation = user.generate(&project).await;
        let pair = user.get(&format!("{project}/pairs")).await.expect(200)["items"][0].clone();
        user.post(&format!("{project}/pairs/bulk-action"), json!({"action": "accept", "filter": {}}))
            .await
            .expect(200);
        user.post(&format!("{project}/export"), json!({"format": "chatml"})).await.expect(201);
        Self {
            document: text(&document["id"]).into(),
            document_key: text(&document["storage_key"]).into(),
            chunk: text(&pair["chunk_id"]).into(),
            generation: text(&generation["id"]).into(),
            pair: text(&pair["id"]).into(),
            project,
        }
    }

    fn id(&self) -> &str {
        self.project.trim_start_matches("/projects/")
    }

    /// The path with these ids; and, where it has a project and something in it, with the other's
    /// project and this one's thing.
    fn crossings(&self, path: &str, other: &Self) -> Vec<String> {
        let with = |project: &str| {
            path.replace("{id}", project)
                .replace("{doc_id}", &self.document)
                .replace("{chunk_id}", &self.chunk)
                .replace("{gen_id}", &self.generation)
                .replace("{pair_id}", &self.pair)
                .replace("{version}", "1")
        };
        let mut crossings = Vec::new();
        if path.contains('{') {
            crossings.push(with(self.id()));
        }
        if path.contains("{id}") && ["{doc_id}", "{chunk_id}"].iter().any(|id| path.contains(id)) {
            crossings.push(with(other.id()));
        }
        crossings
    }
}

/// The same path, with ids that nobody has in the places of what is another's.
fn nowhere(path: &str, own: &Things, other: &Things, crossed: &str) -> String {
    let nobody = "0193a5b8-0000-7000-8000-000000000000";
    let project = if crossed.contains(other.id()) { nobody } else { own.id() };
    path.replace("{id}", project)
        .replace("{doc_id}", nobody)
        .replace("{chunk_id}", nobody)
        .replace("{gen_id}", nobody)
        .replace("{pair_id}", nobody)
        .replace("{version}", "1")
}

async fn ask(user: &User, method: &Method, path: &str, body: &Value) -> Answer {
    let request = user.request(method.clone(), path);
    let request = if *method == Method::GET { request } else { request.json(body) };
    Answer::read(request.send().await.unwrap()).await
}

/// A body that would be good if the thing were the user's own.
fn body(method: &Method, path: &str, things: &Things) -> Value {
    match (method.as_str(), path.rsplit('/').next().unwrap()) {
        ("POST", "upload-url") => json!({"filename": "a.md", "size_bytes": 1}),
        ("POST", "documents") => json!({"text": "A text.", "filename": "a.md"}),
        ("POST", "bulk-action") if path.contains("chunks") => {
            json!({"action": "exclude", "chunk_ids": [things.chunk]})
        }
        ("POST", "bulk-action") => json!({"action": "delete", "pair_ids": [things.pair]}),
        ("POST", "undo") => json!({"undo_id": "0193a5b8-0000-7000-8000-000000000000"}),
        ("POST", "export") => json!({"format": "chatml"}),
        ("POST", "fine-tune") => json!({"model": "small"}),
        ("POST", "estimate") if path.contains("export") => json!({"format": "chatml"}),
        ("POST", "import") => json!({"document_key": things.document_key, "format": "alpaca"}),
        ("POST", "generate" | "estimate" | "preview") => {
            json!({"teacher_model": "builtin/extractive", "generation_type": "qa"})
        }
        ("PUT", "{id}") => json!({"name": "Mine now"}),
        ("PUT", "{chunk_id}") => json!({"excluded": true}),
        ("PUT", "{pair_id}") => json!({"review_status": "rejected"}),
        _ => json!({}),
    }
}

fn without_id(problem: &Value) -> Value {
    let mut problem = problem.clone();
    problem.as_object_mut().unwrap().remove("request_id");
    problem
}
