//! Lists and searches of many pairs over HTTP beside bare SQL on the same database. For each, the page
//! and the count of all that match; the figure is the median of the ratios of the pairs of runs.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use benches::{Filled, Server, fill};
use clap::Parser;
use reqwest::Client;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row, SqlitePool, sqlite::SqliteConnectOptions};

/// Compares lists of the server with bare SQL.
#[derive(Parser)]
struct Arguments {
    /// The data-forge program.
    #[arg(long)]
    server: PathBuf,
    /// How many pairs.
    #[arg(long, default_value_t = 1_000_000)]
    pairs: u64,
    /// Runs of each.
    #[arg(long, default_value_t = 15)]
    runs: usize,
    /// A folder to keep the database in between runs of the benchmark.
    #[arg(long)]
    keep: Option<PathBuf>,
}

/// A list: its query over HTTP; which rows, and in which order, in SQL.
struct Case {
    name: &'static str,
    query: String,
    rows: String,
    order: &'static str,
    /// How many pages of 500 in a deep one is. A search finds all that match for each page.
    deep: usize,
}

/// Runs of what is slow are fewer: three, or as many as begin in this time.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often the largest page of each list is read before memory is looked at.
const WARM_UP: usize = 10;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let temporary = tempfile::tempdir()?;
    let folder = arguments.keep.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("data-forge.db");
    let filled = prepare(&file, arguments.pairs).await?;
    let bare = SqlitePool::connect_with(SqliteConnectOptions::new().filename(&file).read_only(true)).await?;
    let server = Server::start(&arguments.server, &folder, &[])?;
    let client = Client::builder().tls_certs_only([]).no_proxy().build()?;
    let list = format!("{}/api/v1/data-forge/projects/{}/pairs", server.url, filled.project);

    let number = number(&bare, &filled).await?;
    let cases = cases(&filled, number);
    // Its connections and caches are there once it has answered largest pages.
    for _ in 0..WARM_UP {
        for case in cases.iter().filter(|case| !case.query.starts_with("q=")) {
            get(&client, &format!("{list}?{}&limit=500", case.query)).await?;
        }
    }
    let memory = server.resident()?;
    println!("{:<38} {:>9} {:>9} {:>7}", "list", "rows", "ratio", "deep");
    let mut worst: f64 = 0.0;
    for case in cases {
        let (ratio, total) = compare(&client, &bare, &list, &case, arguments.runs).await?;
        let deep = deep(&client, &list, &case, arguments.runs).await?;
        let deep = deep.map_or("-".to_owned(), |deep| format!("{deep:.2}"));
        println!("{:<38} {total:>9} {ratio:>9.2} {deep:>7}", case.name);
        worst = worst.max(ratio);
    }
    println!("worst ratio to bare SQL: {worst:.2}");
    println!("memory of the server, after all to after its first pages: {:.2}", server.resident()? / memory);
    Ok(())
}

async fn prepare(file: &std::path::Path, pairs: u64) -> Result<Filled> {
    let there = file.exists();
    let metadata = store::open_metadata(&format!("sqlite:{}", file.display())).await?;
    if !there {
        println!("writing {pairs} pairs ...");
        return fill(&*metadata, pairs).await;
    }
    drop(metadata);
    fill(&*store::open_metadata("sqlite::memory:").await?, 1).await
}

/// What stands before the search terms of the project.
async fn number(bare: &SqlitePool, filled: &Filled) -> Result<i64> {
    let sql = "SELECT number FROM project_totals WHERE project_id = ?";
    Ok(sqlx::query(sql).bind(*filled.project.as_uuid()).fetch_one(bare).await?.get(0))
}

fn cases(filled: &Filled, number: i64) -> Vec<Case> {
    let id = |id: &dyn std::fmt::Display| format!("x'{}'", id.to_string().replace('-', ""));
    let project = id(&filled.project);
    let case = |name, query: &str, condition: &str, order| Case {
        name,
        query: query.to_owned(),
        rows: format!("FROM pairs WHERE project_id = {project} {condition}"),
        order,
        deep: 100,
    };
    let term = |word: &str| format!("\"{number}_{word}\"");
    let search = |name, query: &str, terms: String| Case {
        name,
        query: format!("q={query}"),
        rows: format!(
            "FROM pairs WHERE project_id = {project} AND seq IN
             (SELECT rowid FROM pair_terms WHERE pair_terms MATCH '{terms}')"
        ),
        order: "created_at, id",
        deep: 5,
    };
    let document = format!("AND document_id = {}", id(&filled.document));
    let generation = format!("AND generation_id = {}", id(&filled.generation));
    vec![
        case("all, oldest first", "", "", "created_at, id"),
        case("all, best first", "sort=-quality_score", "", "quality_rank DESC, id DESC"),
        case(
            "pending, best first",
            "review_status=pending&sort=-quality_score",
            "AND review_status = 'pending'",
            "quality_rank DESC, id DESC",
        ),
        case(
            "quality .5 to .6, worst first",
            "min_quality=0.5&max_quality=0.6&sort=quality_score",
            "AND quality_rank BETWEEN 0.5 AND 0.6",
            "quality_rank, id",
        ),
        case(
            "grounding under .2, worst first",
            "max_grounding=0.2&sort=grounding_score",
            "AND grounding_rank BETWEEN 0 AND 0.2",
            "grounding_rank, id",
        ),
        case(
            "how-to and hard, best grounding first",
            "question_type=how-to&difficulty=hard&sort=-grounding_score",
            "AND question_type = 'how-to' AND difficulty = 'hard'",
            "grounding_rank DESC, id DESC",
        ),
        case("flagged, oldest first", "flagged=true", "AND flagged = 1", "created_at, id"),
        case(
            "of a document, oldest first",
            &format!("document_id={}", filled.document),
            &document,
            "created_at, id",
        ),
        case(
            "of a generation, best first",
            &format!("generation_id={}&sort=-quality_score", filled.generation),
            &generation,
            "quality_rank DESC, id DESC",
        ),
        search("two words", "word7%20word30", format!("{} {}*", term("word7"), term("word30"))),
        search("a rare word", "word3900", format!("{}*", term("word3900"))),
        search("a common word", "word1", format!("{}*", term("word1"))),
    ]
}

async fn compare(
    client: &Client,
    bare: &SqlitePool,
    list: &str,
    case: &Case,
    runs: usize,
) -> Result<(f64, u64)> {
    let url = format!("{list}?{}&limit=50", case.query);
    let page = format!("SELECT * {} ORDER BY {} LIMIT 50", case.rows, case.order);
    let count = format!("SELECT COUNT(*) {}", case.rows);
    let mut ratios = Vec::with_capacity(runs);
    let mut total = 0;
    let patience = Instant::now() + PATIENCE;
    for run in 0..=runs {
        if run > 3 && Instant::now() > patience {
            break;
        }
        let begun = Instant::now();
        let answer = get(client, &url).await?;
        let served = begun.elapsed();
        let answer: Value = serde_json::from_str(&answer)?;
        let begun = Instant::now();
        let rows = sqlx::query(AssertSqlSafe(page.as_str())).fetch_all(bare).await?;
        let counted = sqlx::query(AssertSqlSafe(count.as_str())).fetch_one(bare).await?;
        let bare = begun.elapsed();
        total = answer["total"].as_u64().context("no total")?;
        let counted: i64 = counted.get(0);
        ensure!(
            i64::try_from(total)? == counted && answer["items"].as_array().map(Vec::len) == Some(rows.len()),
            "{}: the server finds {total}, SQL {counted}",
            case.name
        );
        // The first run warms both up.
        if run > 0 {
            ratios.push(served.as_secs_f64() / bare.as_secs_f64());
        }
    }
    Ok((median(ratios), total))
}

/// The time of a page many pages of 500 in, to that of the first; `None` where there are not so many.
async fn deep(client: &Client, list: &str, case: &Case, runs: usize) -> Result<Option<f64>> {
    let first = format!("{list}?{}&limit=500", case.query);
    let mut url = first.clone();
    for _ in 0..case.deep {
        let answer: Value = serde_json::from_str(&get(client, &url).await?)?;
        let Some(cursor) = answer["next_cursor"].as_str() else { return Ok(None) };
        url = format!("{first}&cursor={cursor}");
    }
    let mut ratios = Vec::with_capacity(runs);
    let patience = Instant::now() + PATIENCE;
    for run in 0..runs {
        if run > 2 && Instant::now() > patience {
            break;
        }
        let begun = Instant::now();
        get(client, &first).await?;
        let shallow = begun.elapsed();
        let begun = Instant::now();
        get(client, &url).await?;
        ratios.push(begun.elapsed().as_secs_f64() / shallow.as_secs_f64());
    }
    Ok(Some(median(ratios)))
}

async fn get(client: &Client, url: &str) -> Result<String> {
    let response = client.get(url).send().await?;
    let status = response.status();
    let body = response.text().await?;
    ensure!(status.is_success(), "{url}: {status} {body}");
    Ok(body)
}

fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
}
