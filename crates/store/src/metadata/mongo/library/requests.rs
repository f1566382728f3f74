//! Requests that are carried out once, by their keys. Each is one document, and so is every change of it.

use std::time::Duration;

use model::{Time, UserId};
use mongodb::{
    Collection,
    bson::{Document, doc},
    options::ReturnDocument,
};
use serde::{Deserialize, Serialize};

use super::super::{
    Mongo,
    collections::REQUESTS,
    row::{index, is_taken},
};
use crate::{
    KnownRequest, Result, StoredReply,
    metadata::value::{integer, json, parse_json},
};

const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// After this long, who carried a request out has died.
const ABANDONED: Duration = Duration::from_secs(10 * 60);

/// The index that finds a request by its key.
const KEY: &str = "by_key";

/// What is kept of a request. Without a `reply` it is under way.
#[derive(Serialize, Deserialize)]
struct Row {
    fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<String>,
}

fn rows(db: &Mongo) -> Collection<Row> {
    db.db.collection(REQUESTS)
}

fn of_user(user: &UserId, key: &str) -> Document {
    doc! { "user": user.as_str(), "key": key }
}

pub(super) async fn begin(
    db: &Mongo,
    user: &UserId,
    key: &str,
    fingerprint: &str,
    now: Time,
) -> Result<KnownRequest> {
    let before = |age: Duration| now.as_microsecond().saturating_sub(integer(age.as_micros()));
    let rows = rows(db);
    rows.delete_many(doc! { "begun_at": { "$lt": before(KEPT) } }).await?;
    let mut abandoned = of_user(user, key);
    abandoned.extend(doc! { "reply": { "$exists": false }, "begun_at": { "$lt": before(ABANDONED) } });
    rows.delete_one(abandoned).hint(index(KEY)).await?;
    let new = doc! { "$setOnInsert": { "fingerprint": fingerprint, "begun_at": now.as_microsecond() } };
    let known = loop {
        let known = rows
            .find_one_and_update(of_user(user, key), new.clone())
            .hint(index(KEY))
            .upsert(true)
            .return_document(ReturnDocument::Before)
            .await;
        match known {
            // Of two that begin it at once, the second finds it now.
            Err(error) if is_taken(&error) => {}
            known => break known?,
        }
    };
    let Some(known) = known else { return Ok(KnownRequest::New) };
    if known.fingerprint != fingerprint {
        return Ok(KnownRequest::Other);
    }
    let reply = known.reply.as_deref().map(parse_json::<StoredReply>).transpose()?;
    Ok(reply.map_or(KnownRequest::UnderWay, KnownRequest::Done))
}

pub(super) async fn end(db: &Mongo, user: &UserId, key: &str, reply: Option<&StoredReply>) -> Result<()> {
    let rows = rows(db);
    match reply {
        Some(reply) => {
            rows.update_one(of_user(user, key), doc! { "$set": { "reply": json(reply)? } })
                .hint(index(KEY))
                .await?;
        }
        None => {
            rows.delete_one(of_user(user, key)).hint(index(KEY)).await?;
        }
    }
    Ok(())
}
