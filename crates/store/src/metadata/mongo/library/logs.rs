//! What generations say of their work, as people read it.

use model::{GenerationId, LogEntry, LogLevel, LogLine, UserId};
use mongodb::bson::doc;

use super::super::{
    Mongo,
    logs::rank,
    row::{all, count, index, key},
};
use crate::{
    Result,
    metadata::value::{integer, parse_json},
};

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    generation: GenerationId,
    after: u64,
    least: LogLevel,
    limit: u32,
) -> Result<Vec<LogLine>> {
    if limit == 0 {
        // For the database that is no limit.
        return Ok(Vec::new());
    }
    let lines = doc! {
        "generation": key(generation.as_uuid()), "user": user.as_str(), "seq": { "$gt": integer(after) },
        "level": { "$gte": rank(least) },
    };
    let found =
        db.logs().find(lines).sort(doc! { "seq": 1 }).hint(index("in_order")).limit(limit.into()).await?;
    all(found)
        .await?
        .into_iter()
        .map(|row| {
            let LogEntry { time, level, message, fields } = parse_json(&row.entry)?;
            Ok(LogLine { seq: count(row.seq), time, level, message, fields })
        })
        .collect()
}
