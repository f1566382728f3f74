//! What people made of texts of pairs, each time that they changed one.

use std::collections::HashMap;

use model::{EditMark, Edition, PairId, PairText, Time, UserId};
use mongodb::{
    Collection, Database,
    bson::{Uuid as Key, doc},
};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        Mongo, Tx,
        collections::PAIR_EDITS,
        row::{all, key},
        rows::PairRow,
    },
    pairs,
};
use crate::{
    Result,
    metadata::{
        pair::Edit,
        value::{json, parse_json, parse_word, word},
    },
};

/// A change of a text. A pair that is deleted and brought back has its rows still.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    pair: Key,
    project: Key,
    revision: u32,
    at: String,
    by: String,
    /// The text as JSON; not there where it is the one that was generated, which the pair holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

fn rows(db: &Database) -> Collection<Row> {
    db.collection(PAIR_EDITS)
}

/// Notes the texts that pairs have now.
pub(super) async fn note(tx: &mut Tx, pairs: &[PairRow], user: &UserId, now: Time) -> Result<()> {
    let noted = pairs
        .iter()
        .map(|pair| {
            let edit =
                pair.edit.as_deref().map(parse_json::<Edit<PairText, serde::de::IgnoredAny>>).transpose()?;
            Ok(Row {
                pair: pair.id,
                project: pair.project,
                revision: pair.revision,
                at: word(&now)?,
                by: user.as_str().to_owned(),
                text: edit.map(|edit| json(&edit.text)).transpose()?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    if !noted.is_empty() {
        rows(&tx.db).insert_many(noted).session(&mut tx.session).await?;
    }
    Ok(())
}

pub(super) async fn list(db: &Mongo, user: &UserId, id: PairId) -> Result<Vec<Edition>> {
    if pairs::row(db, user, id).await?.is_none() {
        return Ok(Vec::new());
    }
    let found = rows(&db.db).find(doc! { "pair": key(id.as_uuid()) }).sort(doc! { "revision": 1 }).await?;
    all(found)
        .await?
        .into_iter()
        .map(|row| {
            let text = row.text.as_deref().map(parse_json).transpose()?;
            Ok(Edition { text, mark: read_mark(row)? })
        })
        .collect()
}

/// When these pairs were changed, and by whom.
pub(in super::super) async fn marks(db: &Mongo, pairs: &[Key]) -> Result<HashMap<Key, Vec<EditMark>>> {
    let mut marks: HashMap<Key, Vec<EditMark>> = HashMap::new();
    if pairs.is_empty() {
        return Ok(marks);
    }
    let found = rows(&db.db)
        .find(doc! { "pair": { "$in": pairs } })
        .projection(doc! { "text": 0 })
        .sort(doc! { "pair": 1, "revision": 1 })
        .await?;
    for row in all(found).await? {
        marks.entry(row.pair).or_default().push(read_mark(row)?);
    }
    Ok(marks)
}

fn read_mark(row: Row) -> Result<EditMark> {
    Ok(EditMark { revision: row.revision, at: parse_word(&row.at)?, by: row.by })
}
