//! Bringing a store of version 1 forward, with what is in it.

use model::{PairId, ReviewStatus, UserId};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use store::{ChunkFilter, PageRequest, PairFilter, PairOrder, PairSort, open_metadata};

const PROJECT: &str = "00000000-0000-7000-8000-000000000001";
const DOCUMENT: &str = "00000000-0000-7000-8000-000000000002";
const CHUNK: &str = "00000000-0000-8000-8000-000000000003";
const GENERATION: &str = "00000000-0000-7000-8000-000000000004";

/// More than are brought forward at a time.
const PAIRS: u32 = 1201;

fn pair_id(number: u32) -> String {
    format!("00000000-0000-8000-8000-{:012x}", 100 + number)
}

/// Fills a store of version 1.
async fn fill(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::raw_sql(include_str!("../migrations/0001_initial.sql")).execute(&mut *connection).await?;
    let project = serde_json::json!({
        "id": PROJECT, "user_id": "local", "name": "Große Namen", "description": "", "source_type": "documents",
        "config": {}, "storage_prefix": "p", "current_version": 0, "created_at": "2025-01-01T00:00:00Z",
        "stats": {"total_documents": 0, "total_chunks": 0, "total_pairs": 0, "accepted_pairs": 0,
            "rejected_pairs": 0, "pending_pairs": 0, "avg_quality_score": null},
        "updated_at": "2025-01-01T00:00:00Z",
    });
    sqlx::query("INSERT INTO projects VALUES (unhex(?, '-'), 'local', 'Große Namen', 0, 1, ?)")
        .bind(PROJECT)
        .bind(project.to_string())
        .execute(&mut *connection)
        .await?;
    let document = serde_json::json!({
        "id": DOCUMENT, "project_id": PROJECT, "filename": "a.md", "format": "markdown", "size_bytes": 77,
        "sha256": "s", "storage_key": "k", "status": "parsed", "error": null, "pages": null, "chunk_count": 1,
        "warnings": [], "created_at": "2025-01-01T00:00:00.25Z", "parsed_at": null,
    });
    sqlx::query(
        "INSERT INTO documents VALUES (unhex(?, '-'), unhex(?, '-'), 'a.md', 's', 'parsed', NULL, ?)",
    )
    .bind(DOCUMENT)
    .bind(PROJECT)
    .bind(document.to_string())
    .execute(&mut *connection)
    .await?;
    let chunk = serde_json::json!({
        "id": CHUNK, "project_id": PROJECT, "document_id": DOCUMENT, "position": 0, "heading_path": ["Kopf"],
        "content_type": "prose", "text": "Der Inhalt.", "token_count": 3, "topic": "Thema", "edited": false,
        "source": {"page_start": null, "page_end": null, "char_start": 0, "char_end": 11},
        "excluded": false, "exclude_reason": null,
        "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z",
    });
    sqlx::query("INSERT INTO chunks VALUES (unhex(?, '-'), unhex(?, '-'), unhex(?, '-'), 0, 0, 'p', ?)")
        .bind(CHUNK)
        .bind(PROJECT)
        .bind(DOCUMENT)
        .bind(chunk.to_string())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO generations (id, project_id, kind, status, attempt, created_at, body)
         VALUES (unhex(?, '-'), unhex(?, '-'), 'generate', 'completed', 1, 1, '{}')",
    )
    .bind(GENERATION)
    .bind(PROJECT)
    .execute(&mut *connection)
    .await?;
    for number in 0..PAIRS {
        add_pair(connection, number).await?;
    }
    sqlx::raw_sql("PRAGMA user_version = 1").execute(connection).await?;
    Ok(())
}

async fn add_pair(connection: &mut SqliteConnection, number: u32) -> sqlx::Result<()> {
    let pair = serde_json::json!({
        "id": pair_id(number), "project_id": PROJECT, "generation_id": GENERATION, "document_id": DOCUMENT,
        "chunk_id": CHUNK, "chunk_ids": [CHUNK], "slot": number, "generation_type": "qa",
        "question": format!("Frage {number}?"), "answer": "Antwort.", "context": "", "reasoning": null, "turns": [],
        "system_prompt": null, "question_type": "factual", "difficulty": null, "topic": null,
        "quality_score": null, "grounding_score": null, "evidence": [], "unsupported": [], "flags": [],
        "quality": {"completeness": null, "clarity": null, "formatting": null, "difficulty": null},
        "duplicate_of": null, "review_status": "pending", "reviewed_by": null, "reviewed_at": null,
        "edited": false, "revision": 1, "token_count": 5,
        "provenance": {"teacher_model": "t", "prompt_hash": "h", "quote": null, "passage": "p"},
        "created_at": format!("2025-01-01T00:00:{:02}.123456789Z", number % 60), "updated_at": "2025-01-01T00:00:00Z",
    });
    let scored = number.is_multiple_of(2);
    let validation = serde_json::json!({
        "scores": {"quality_score": 0.5, "grounding_score": null, "evidence": [], "unsupported": [],
            "quality": {"completeness": null, "clarity": null, "formatting": null, "difficulty": null},
            "flags": [{"code": "negation", "detail": "why"}], "question_type": "how-to", "difficulty": null},
        "time": "2025-01-01T00:00:00Z",
    });
    sqlx::query(
        "INSERT INTO pairs (id, project_id, generation_id, document_id, chunk_id, slot, filename, position,
             char_start, char_end, review_status, quality_score, validation, body)
         VALUES (unhex(?, '-'), unhex(?, '-'), unhex(?, '-'), unhex(?, '-'), unhex(?, '-'), ?, 'a.md', 0, 0, 11,
             'pending', ?, ?, ?)",
    )
    .bind(pair_id(number))
    .bind(PROJECT)
    .bind(GENERATION)
    .bind(DOCUMENT)
    .bind(CHUNK)
    .bind(number)
    .bind(scored.then_some(0.5))
    .bind(scored.then(|| validation.to_string()))
    .bind(pair.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

#[tokio::test]
async fn a_store_of_version_1_is_brought_forward_with_all_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metadata.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    fill(&mut connection).await.unwrap();
    connection.close().await.unwrap();

    let store = open_metadata(&format!("sqlite:{}", path.display())).await.unwrap();
    let (user, project) = (UserId::local(), PROJECT.parse().unwrap());
    let page = PageRequest { after: None, limit: 10 };
    let projects = store.page_projects(&user, Some("GROSSE"), &page).await.unwrap();
    let stats = projects.items[0].stats;
    assert_eq!((stats.total_documents, stats.total_chunks, stats.total_pairs), (1, 1, PAIRS.into()));
    assert_eq!(stats.avg_quality_score, Some(0.5));
    assert_eq!(store.holdings(&user).await.unwrap().document_bytes, 77);

    let found = ChunkFilter { q: Some("kopf inhalt".into()), ..ChunkFilter::default() };
    assert_eq!(store.page_chunks(&user, project, &found, &page).await.unwrap().unwrap().total, 1);
    let pairs = async |filter: PairFilter, by| {
        let order = PairOrder { by, descending: true };
        store.page_pairs(&user, project, &filter, order, &page).await.unwrap().unwrap()
    };
    let last =
        pairs(PairFilter { q: Some("frage 1200".into()), ..PairFilter::default() }, PairSort::CreatedAt)
            .await;
    assert_eq!(last.items[0].id, pair_id(1200).parse::<PairId>().unwrap());
    let flagged = pairs(PairFilter { flagged: Some(true), ..PairFilter::default() }, PairSort::Quality).await;
    assert_eq!((flagged.total, flagged.items[0].quality_score), (601, Some(0.5)));
    let newest = pairs(PairFilter::default(), PairSort::CreatedAt).await;
    assert!(newest.items.iter().all(|pair| pair.created_at.to_string() == "2025-01-01T00:00:59.123456789Z"));
    assert_eq!((newest.items[0].revision, newest.items[0].review_status), (1, ReviewStatus::Pending));
    let numbers = store.analytics(&user, project, None).await.unwrap().unwrap();
    assert_eq!((numbers.tokens.total, numbers.topics.len()), (u64::from(5 * PAIRS), 1));
    assert_eq!(numbers.question_types.values().copied().collect::<Vec<_>>(), [600, 601]);
}
