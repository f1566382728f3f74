//! Named leases: one holder at a time, for a time.

use std::time::Duration;

use model::Time;
use mongodb::{Collection, bson::doc};

use super::{
    Mongo,
    collections::LEASES,
    row::{index, is_taken},
    rows::LeaseRow,
    units::until,
};
use crate::{
    Owner, Result,
    metadata::value::{json, parse_json},
};

fn leases(db: &Mongo) -> Collection<LeaseRow> {
    db.db.collection(LEASES)
}

pub(super) async fn lock(
    db: &Mongo,
    name: &str,
    owner: &Owner,
    now: Time,
    lease: Duration,
) -> Result<Option<Owner>> {
    let ours = json(owner)?;
    let free = doc! { "_id": name, "$or": [{ "lease_owner": &ours }, { "lease_until": { "$lte": now.as_microsecond() } }] };
    let held = doc! { "$set": { "lease_owner": &ours, "lease_until": until(now, lease) } };
    loop {
        match leases(db).update_one(free.clone(), held.clone()).hint(index("_id_")).upsert(true).await {
            Ok(_) => return Ok(None),
            // It is there and not free; or another has just taken it.
            Err(error) if is_taken(&error) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(row) = leases(db).find_one(doc! { "_id": name }).await? {
            let holder: Owner = parse_json(&row.lease_owner)?;
            if holder != *owner && row.lease_until > now.as_microsecond() {
                return Ok(Some(holder));
            }
        }
    }
}

pub(super) async fn holder(db: &Mongo, name: &str, now: Time) -> Result<Option<Owner>> {
    leases(db)
        .find_one(doc! { "_id": name, "lease_until": { "$gt": now.as_microsecond() } })
        .await?
        .map(|row| parse_json(&row.lease_owner))
        .transpose()
}

pub(super) async fn unlock(db: &Mongo, name: &str, owner: &Owner) -> Result<()> {
    leases(db).delete_one(doc! { "_id": name, "lease_owner": json(owner)? }).await?;
    Ok(())
}
