//! `data-forge serve`, driven over HTTP as a program would.

mod bucket;
pub(crate) mod cluster;
mod crowd;
mod delivery;
mod demo;
mod export_kills;
mod fine_tune;
pub(crate) mod journey;
pub(crate) mod kills;
mod teacher;
mod uploads;
pub(crate) mod users;

use std::{
    io::{BufRead, BufReader},
    process::Child,
    time::{Duration, Instant},
};

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::forge::Forge;

/// How long anything that is waited for may take: far longer than it does.
const PATIENCE: Duration = Duration::from_secs(300);

/// A server process, killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// Where it listens, without a slash at the end.
    pub(crate) url: String,
}

/// One user of a server.
#[derive(Clone)]
pub(crate) struct User {
    client: Client,
    url: String,
    key: Option<String>,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Server {
    /// Starts a server on a free port.
    pub(crate) fn start(forge: &Forge) -> Self {
        Self::start_with(forge, &[])
    }

    /// The same with more arguments.
    pub(crate) fn start_with(forge: &Forge, more: &[&str]) -> Self {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], more].concat();
        let mut child = forge.command(&arguments).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "the server ended: {said}");
            if let Some(at) = line.find("http://") {
                break line[at..].split_whitespace().next().unwrap().trim_end_matches('/').to_owned();
            }
            said += &line;
        };
        // What it says later is read away, so that it never waits for a reader.
        std::thread::spawn(move || lines.lines().map_while(Result::ok).for_each(drop));
        Self { child, url }
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks without a key.
    pub(crate) fn anyone(&self) -> User {
        User { client: client(), url: self.url.clone(), key: None }
    }

    /// Asks with a key.
    pub(crate) fn user(&self, key: &str) -> User {
        User { key: Some(key.into()), ..self.anyone() }
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn client() -> Client {
    // Installed by whoever comes first; only the connection to a server without TLS is made.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().tls_certs_only([]).no_proxy().timeout(PATIENCE).build().unwrap()
}

impl User {
    /// A request to a path under the API's base, or to a whole URL.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = match path {
            path if path.starts_with("http") => path.to_owned(),
            path if path.starts_with("//") => format!("{}{}", self.url, &path[1..]),
            path => format!("{}/api/v1/data-forge{path}", self.url),
        };
        let request = self.client.request(method, url);
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    /// `//path` is outside the API's base.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::read(self.request(Method::POST, path).json(&body).send().await.unwrap()).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        Answer::read(self.request(Method::PUT, path).json(&body).send().await.unwrap()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::DELETE, path).send().await.unwrap()).await
    }

    /// A new project's path.
    pub(crate) async fn project(&self, name: &str) -> String {
        let project = self.post("/projects", json!({"name": name})).await.expect(201);
        format!("/projects/{}", text(&project["id"]))
    }

    /// Uploads a file by presigned URL, and makes a document of it.
    pub(crate) async fn upload(&self, project: &str, filename: &str, bytes: Vec<u8>) -> Value {
        let key = self.send(project, filename, bytes).await;
        let body = json!({"document_key": key, "filename": filename});
        self.post(&format!("{project}/documents"), body).await.expect(201)
    }

    /// Uploads a file by presigned URL, and has its pairs imported; gives back the generation as it ended.
    pub(crate) async fn import(&self, project: &str, format: &str, bytes: Vec<u8>) -> Value {
        let key = self.send(project, "pairs.jsonl", bytes).await;
        let body = json!({"document_key": key, "format": format, "filename": "pairs.jsonl"});
        let begun = self.post(&format!("{project}/pairs/import"), body).await.expect(202);
        self.ended(text(&begun["id"])).await
    }

    /// Uploads a file by presigned URL; gives back its key.
    async fn send(&self, project: &str, filename: &str, bytes: Vec<u8>) -> Value {
        let body = json!({"filename": filename, "size_bytes": bytes.len()});
        let ticket = self.post(&format!("{project}/upload-url"), body).await.expect(201);
        let mut request = self
            .client
            .request(text(&ticket["method"]).parse().unwrap(), text(&ticket["upload_url"]))
            .body(bytes);
        for (name, value) in ticket["headers"].as_object().unwrap() {
            if !name.eq_ignore_ascii_case("content-length") {
                request = request.header(name, text(value));
            }
        }
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{response:?}");
        ticket["document_key"].clone()
    }

    /// Starts a parse of what is not parsed, and waits for its end.
    pub(crate) async fn parse(&self, project: &str) -> Value {
        let begun = self.post(&format!("{project}/parse"), json!({})).await.expect(202);
        self.ended(text(&begun["id"])).await
    }

    /// Starts a generation with the built-in teacher, and waits for its end.
    pub(crate) async fn generate(&self, project: &str) -> Value {
        let body = json!({"teacher_model": "builtin/extractive", "generation_type": "qa"});
        let begun = self.post(&format!("{project}/generate"), body).await.expect(202);
        self.ended(text(&begun["id"])).await
    }

    /// Waits for a generation to end.
    pub(crate) async fn ended(&self, id: &str) -> Value {
        let begun = Instant::now();
        loop {
            let generation = self.get(&format!("/generations/{id}")).await.expect(200);
            if ["completed", "failed", "cancelled"].contains(&text(&generation["status"])) {
                return generation;
            }
            assert!(begun.elapsed() < PATIENCE, "still at work: {generation}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// All items of a list, a page at a time.
    pub(crate) async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{joint}limit=50{cursor}")).await.expect(200);
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => {
                    assert_eq!(page["total"], items.len(), "{path}");
                    return items;
                }
            }
        }
    }
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        Self { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    /// The body, where the status is that one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }
}

/// A string of a JSON value.
#[track_caller]
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no string"))
}
