//! Named leases: one holder at a time, for a time.

use std::time::Duration;

use model::Time;

use super::{
    Sqlite,
    row::{json, read_json},
    units::until,
};
use crate::{Owner, Result};

pub(super) async fn lock(
    db: &Sqlite,
    name: &str,
    owner: &Owner,
    now: Time,
    lease: Duration,
) -> Result<Option<Owner>> {
    let mut tx = db.write().await?;
    sqlx::query(
        "INSERT INTO leases (name, lease_owner, lease_until) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
             WHERE lease_owner = excluded.lease_owner OR lease_until <= ?4",
    )
    .bind(name)
    .bind(json(owner)?)
    .bind(until(now, lease))
    .bind(now.as_microsecond())
    .execute(&mut *tx)
    .await?;
    let row =
        sqlx::query("SELECT lease_owner FROM leases WHERE name = ?").bind(name).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    let holder: Owner = read_json(&row, "lease_owner")?;
    Ok((holder != *owner).then_some(holder))
}

pub(super) async fn holder(db: &Sqlite, name: &str, now: Time) -> Result<Option<Owner>> {
    sqlx::query("SELECT lease_owner FROM leases WHERE name = ? AND lease_until > ?")
        .bind(name)
        .bind(now.as_microsecond())
        .fetch_optional(&db.reader)
        .await?
        .map(|row| read_json(&row, "lease_owner"))
        .transpose()
}

pub(super) async fn unlock(db: &Sqlite, name: &str, owner: &Owner) -> Result<()> {
    let mut tx = db.write().await?;
    sqlx::query("DELETE FROM leases WHERE name = ? AND lease_owner = ?")
        .bind(name)
        .bind(json(owner)?)
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}
