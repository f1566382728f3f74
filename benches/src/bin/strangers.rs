//! What one user could learn of another's things from how long an answer takes. Every operation with an id is asked in
//! turn for what is another's and for what is nobody's; both are "not there". The figure is the chance that an
//! answer for another's took longer than one for nobody's: .5 is nothing learned, 1 (or 0) is known from one answer.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use benches::Server;
use clap::Parser;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

const BASE: &str = "/api/v1/data-forge";
const NOBODY: &str = "0193a5b8-0000-7000-8000-000000000000";
const ADA: &str = "ada-key-0123456789abcdef";
const BOB: &str = "bob-key-0123456789abcdef";

/// Times the answers for what is another's beside those for what is nobody's.
#[derive(Parser)]
struct Arguments {
    /// The data-forge program.
    #[arg(long)]
    server: PathBuf,
    /// Answers of each kind for each operation.
    #[arg(long, default_value_t = 1000)]
    answers: usize,
}

/// One of each that a user can have, by the parameter of a path that names it.
type Things = Vec<(&'static str, String)>;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir()?;
    let tokens = format!("ada={ADA},bob={BOB}");
    let settings = [
        ("DATA_FORGE_AUTH", "token"),
        ("DATA_FORGE_AUTH_TOKENS", tokens.as_str()),
        ("DATA_FORGE_USER_REQUESTS_PER_SECOND", "0"),
    ];
    let server = Server::start(&arguments.server, folder.path(), &settings)?;
    let ada = User::new(&server, ADA)?;
    let bob = User::new(&server, BOB)?;
    let things = make(&ada).await?;
    let api = bob.ask(&Method::GET, &format!("{}/openapi.json", server.url)).await?.1;
    let api: Value = serde_json::from_str(&api)?;

    // Of ranks that are drawn by chance alone, nine in ten thousand are further from .5 than this.
    let noise = 3.3 * (1.0 / (6.0 * arguments.answers as f64)).sqrt();
    println!("{:<72} {:>6}", "operation", "learned");
    let mut furthest: f64 = 0.5;
    let mut told = 0;
    for (method, path) in operations(&api)? {
        let another = format!("{}{}", server.url, filled(&path, &things));
        let nobody = format!("{}{}", server.url, filled(&path, &nobodys(&things)));
        let Some(chance) = compare(&bob, &method, &another, &nobody, arguments.answers).await? else {
            println!("{:<72} {:>6}", format!("{method} {path}"), "needs a body");
            continue;
        };
        println!("{:<72} {chance:>6.3}", format!("{method} {path}"));
        told += usize::from((chance - 0.5).abs() > noise);
        if (chance - 0.5).abs() > (furthest - 0.5).abs() {
            furthest = chance;
        }
    }
    println!("furthest from .5: {furthest:.3}; further than chance ({noise:.3}): {told} operations");
    Ok(())
}

/// Who asks.
struct User {
    client: Client,
    base: String,
    key: &'static str,
}

impl User {
    fn new(server: &Server, key: &'static str) -> Result<Self> {
        let client = Client::builder().tls_certs_only([]).no_proxy().build()?;
        Ok(Self { client, base: format!("{}{BASE}", server.url), key })
    }

    async fn ask(&self, method: &Method, url: &str) -> Result<(StatusCode, String)> {
        let request = self.client.request(method.clone(), url).bearer_auth(self.key);
        let request =
            if [Method::GET, Method::DELETE].contains(method) { request } else { request.json(&json!({})) };
        let response = request.send().await?;
        Ok((response.status(), response.text().await?))
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(self.key).json(&body);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let request = self.client.get(format!("{}{path}", self.base)).bearer_auth(self.key);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Waits until a generation has ended.
    async fn ended(&self, generation: &Value) -> Result<String> {
        let id = text(&generation["id"])?;
        for _ in 0..600 {
            let status = text(&self.get(&format!("/generations/{id}")).await?["status"])?;
            match status.as_str() {
                "completed" => return Ok(id),
                "failed" | "cancelled" => bail!("the generation is {status}"),
                _ => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
        bail!("the generation did not end")
    }
}

/// A project of the examples, parsed, generated and exported.
async fn make(user: &User) -> Result<Things> {
    let project = text(&user.post("/demo", json!({})).await?["id"])?;
    let path = format!("/projects/{project}");
    user.ended(&user.post(&format!("{path}/parse"), json!({})).await?).await?;
    let settings = json!({"teacher_model": "builtin/extractive", "generation_type": "qa"});
    let generation = user.ended(&user.post(&format!("{path}/generate"), settings).await?).await?;
    user.post(&format!("{path}/pairs/bulk-action"), json!({"action": "accept", "filter": {}})).await?;
    user.post(&format!("{path}/export"), json!({"format": "chatml"})).await?;
    let pair = user.get(&format!("{path}/pairs?limit=1")).await?["items"][0].clone();
    Ok(vec![
        ("{id}", project),
        ("{doc_id}", text(&pair["document_id"])?),
        ("{chunk_id}", text(&pair["chunk_id"])?),
        ("{gen_id}", generation),
        ("{pair_id}", text(&pair["id"])?),
        ("{version}", "1".into()),
    ])
}

fn nobodys(things: &Things) -> Things {
    let nobody = |name: &str| if name == "{version}" { "1".into() } else { NOBODY.into() };
    things.iter().map(|(name, _)| (*name, nobody(name))).collect()
}

fn filled(path: &str, things: &Things) -> String {
    things.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id))
}

/// The operations of the API whose path has an id.
fn operations(api: &Value) -> Result<Vec<(Method, String)>> {
    let mut operations = Vec::new();
    for (path, methods) in api["paths"].as_object().context("no paths")? {
        if path.starts_with(BASE) && path.contains('{') {
            for method in methods.as_object().context("no operations")?.keys() {
                operations.push((method.to_uppercase().parse()?, path.clone()));
            }
        }
    }
    ensure!(!operations.is_empty(), "the API has no operation with an id");
    Ok(operations)
}

/// The chance that another's takes longer than nobody's; `None` where the operation does not come to look for the id.
async fn compare(
    user: &User,
    method: &Method,
    another: &str,
    nobody: &str,
    answers: usize,
) -> Result<Option<f64>> {
    let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    // The first ones warm the server up.
    let warm_up = answers / 20;
    for number in 0..warm_up + answers {
        // Each comes first as often as the other.
        let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let begun = Instant::now();
            let (status, _) = user.ask(method, [another, nobody][which]).await?;
            let time = begun.elapsed();
            if status != StatusCode::NOT_FOUND {
                ensure!(status.is_client_error(), "{method} {another} answers {status}");
                return Ok(None);
            }
            if number >= warm_up {
                times[which].push(time);
            }
        }
    }
    let [another, nobody] = times;
    Ok(Some(chance_of_longer(&another, &nobody)))
}

/// The share of pairs of which the first is longer, ties counted half (the area under the ROC curve).
fn chance_of_longer(first: &[Duration], second: &[Duration]) -> f64 {
    let mut second = second.to_vec();
    second.sort();
    let shorter: f64 = first
        .iter()
        .map(|time| {
            let below = second.partition_point(|other| other < time);
            let up_to = second.partition_point(|other| other <= time);
            (below + up_to) as f64 / 2.0
        })
        .sum();
    shorter / (first.len() * second.len()) as f64
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().context("a text is missing in an answer")?.to_owned())
}
