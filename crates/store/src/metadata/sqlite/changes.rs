//! What changed, for those who watch: written by triggers, each thing once with its newest number.

use model::{DocumentId, GenerationId, ProjectId, UserId};
use sqlx::{Row as _, sqlite::SqliteRow};

use super::{
    Sqlite,
    row::{integer, read_count},
};
use crate::{Change, ChangedSubject, Result, StoreError};

pub(super) async fn list(db: &Sqlite, after: u64, limit: u32) -> Result<Vec<Change>> {
    sqlx::query("SELECT * FROM changes WHERE seq > ? ORDER BY seq LIMIT ?")
        .bind(integer(after))
        .bind(limit)
        .fetch_all(&db.reader)
        .await?
        .iter()
        .map(read)
        .collect()
}

pub(super) async fn last(db: &Sqlite) -> Result<u64> {
    let row = sqlx::query("SELECT COALESCE(MAX(seq), 0) AS seq FROM changes").fetch_one(&db.reader).await?;
    read_count(&row, "seq")
}

fn read(row: &SqliteRow) -> Result<Change> {
    let subject = match row.try_get::<&str, _>("kind")? {
        "generation" => {
            ChangedSubject::Generation(GenerationId::from_uuid(row.try_get_unchecked("subject")?))
        }
        "document" => ChangedSubject::Document(DocumentId::from_uuid(row.try_get_unchecked("subject")?)),
        "export" => ChangedSubject::Export(row.try_get_unchecked("subject")?),
        other => return Err(StoreError::Corrupt(format!("nothing that changes is a {other}"))),
    };
    Ok(Change {
        seq: read_count(row, "seq")?,
        user: UserId::new(row.try_get::<String, _>("user_id")?),
        project: ProjectId::from_uuid(row.try_get("project_id")?),
        subject,
    })
}
