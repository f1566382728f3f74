//! Requests that are carried out once, by their keys.

use std::time::Duration;

use model::{Time, UserId};
use sqlx::Row as _;

use super::super::{
    Sqlite,
    row::{integer, json, read_json_or_none},
};
use crate::{KnownRequest, Result, StoredReply};

const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// After this long, who carried a request out has died.
const ABANDONED: Duration = Duration::from_secs(10 * 60);

pub(super) async fn begin(
    db: &Sqlite,
    user: &UserId,
    key: &str,
    fingerprint: &str,
    now: Time,
) -> Result<KnownRequest> {
    let before = |age: Duration| now.as_microsecond().saturating_sub(integer(age.as_micros()));
    let mut tx = db.write().await?;
    sqlx::query("DELETE FROM requests WHERE begun_at < ?").bind(before(KEPT)).execute(&mut *tx).await?;
    sqlx::query("DELETE FROM requests WHERE user_id = ? AND key = ? AND reply IS NULL AND begun_at < ?")
        .bind(user.as_str())
        .bind(key)
        .bind(before(ABANDONED))
        .execute(&mut *tx)
        .await?;
    let known = sqlx::query("SELECT fingerprint, reply FROM requests WHERE user_id = ? AND key = ?")
        .bind(user.as_str())
        .bind(key)
        .fetch_optional(&mut *tx)
        .await?;
    let known = match known {
        None => {
            sqlx::query("INSERT INTO requests (user_id, key, fingerprint, begun_at) VALUES (?, ?, ?, ?)")
                .bind(user.as_str())
                .bind(key)
                .bind(fingerprint)
                .bind(now.as_microsecond())
                .execute(&mut *tx)
                .await?;
            KnownRequest::New
        }
        Some(row) if row.try_get::<&str, _>("fingerprint")? != fingerprint => KnownRequest::Other,
        Some(row) => read_json_or_none::<StoredReply>(&row, "reply")?
            .map_or(KnownRequest::UnderWay, KnownRequest::Done),
    };
    tx.commit().await?;
    Ok(known)
}

pub(super) async fn end(db: &Sqlite, user: &UserId, key: &str, reply: Option<&StoredReply>) -> Result<()> {
    let reply = reply.map(json).transpose()?;
    let mut tx = db.write().await?;
    let sql = match reply {
        Some(_) => "UPDATE requests SET reply = ?3 WHERE user_id = ?1 AND key = ?2",
        None => "DELETE FROM requests WHERE user_id = ?1 AND key = ?2 AND ?3 IS NULL",
    };
    sqlx::query(sql).bind(user.as_str()).bind(key).bind(reply).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}
