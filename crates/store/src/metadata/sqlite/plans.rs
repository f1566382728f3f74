//! That the queries which run again and again find their rows by index: one that walks a table
//! makes a run quadratic.

use model::{ProjectId, Time, UserId};
use rstest::rstest;
use sqlx::{AssertSqlSafe, Row as _};

use super::{Sqlite, chunks, documents, finish, pairs, projects, units};
use crate::{PairCursor, PairSelection};

async fn plan(sql: &str) -> Vec<String> {
    let db = Sqlite::in_memory().await.unwrap();
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let rows = sqlx::query(AssertSqlSafe(explain)).fetch_all(&db.reader).await.unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

/// Names that do not stand for a table of ours.
const IN_MEMORY: [&str; 4] = ["json_each", "(subquery", "keys", "firsts"];

fn walks(step: &str) -> bool {
    step.strip_prefix("SCAN ").is_some_and(|what| !IN_MEMORY.iter().any(|name| what.starts_with(name)))
}

#[rstest]
#[case::claim(units::CLAIM)]
#[case::heartbeat(units::HEARTBEAT)]
#[case::unit_counts(units::COUNT)]
#[case::failures(units::FAILURES)]
#[case::held(finish::HELD)]
#[case::done(finish::DONE)]
#[case::work_pairs(pairs::OF_CHUNK)]
#[case::mark_duplicates(pairs::MARK_DUPLICATES)]
#[case::count_duplicates(pairs::COUNT_DUPLICATES)]
#[case::chunks_to_generate(chunks::TO_GENERATE)]
#[case::documents(documents::LIST)]
#[tokio::test]
async fn no_table_is_walked(#[case] sql: &str) {
    let plan = plan(sql).await;
    assert!(plan.iter().any(|step| step.starts_with("SEARCH ")), "{plan:#?}");
    assert!(!plan.iter().any(|step| walks(step)), "{plan:#?}");
}

#[tokio::test]
async fn stats_are_counted_in_indexes() {
    let plan = plan(&format!("{} WHERE user_id = ? AND id = ?", projects::SELECT)).await;
    assert!(!plan.iter().any(|step| walks(step)), "{plan:#?}");
    for table in ["documents", "chunks", "pairs"] {
        let search = format!("SEARCH {table} USING ");
        for step in plan.iter().filter(|step| step.starts_with(&search)) {
            assert!(step.contains("COVERING INDEX"), "{plan:#?}");
        }
    }
}

#[tokio::test]
async fn pages_of_pairs_go_on_in_their_index() {
    let (user, project) = (UserId::local(), ProjectId::new(Time::UNIX_EPOCH, [0; 10]));
    let cursor = PairCursor {
        filename: String::new(),
        document: model::DocumentId::new(Time::UNIX_EPOCH, [0; 10]),
        position: 0,
        generation: model::GenerationId::new(Time::UNIX_EPOCH, [0; 10]),
        slot: 0,
    };
    let selection = PairSelection {
        generations: vec![cursor.generation],
        documents: vec![cursor.document],
        min_quality: Some(0.5),
        without_rejected: true,
    };
    let query = pairs::in_order_query(&user, project, &selection, Some(&cursor), 10).unwrap();
    let plan = plan(query.sql().as_str()).await;
    assert!(!plan.iter().any(|step| walks(step)), "{plan:#?}");
    let goes_on =
        |step: &String| step.starts_with("SEARCH pairs USING INDEX pairs_in_order (project_id=? AND (");
    assert!(plan.iter().any(goes_on), "{plan:#?}");
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY")), "{plan:#?}");
}

#[tokio::test]
async fn failures_come_sorted() {
    let plan = plan(units::FAILURES).await;
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:#?}");
}
