//! How much of the documents the pairs cover.

use std::collections::HashMap;

use model::{Coverage, DocumentCoverage, DocumentId};
use mongodb::bson::{Document, Uuid as Key, doc};
use serde::Deserialize;

use super::{
    super::{
        super::{
            Mongo,
            probes::Scope,
            row::{all, index, uuid},
        },
        numbers, page,
    },
    counted,
};
use crate::Result;

/// Documents that are named, at most.
const DOCUMENTS: i64 = 1000;

/// How many there are of something.
#[derive(Deserialize)]
struct Count<T> {
    #[serde(rename = "_id")]
    of: T,
    count: u64,
}

pub(super) async fn compute(db: &Mongo, scope: Scope, chunks_total: u64) -> Result<Coverage> {
    let of_project = doc! { "project": scope.project };
    let by = |filter: Document, field: &str| {
        [doc! { "$match": filter }, doc! { "$group": { "_id": field, "count": { "$sum": 1 } } }]
    };
    let statuses: Vec<Count<String>> =
        counted(&db.documents(), by(of_project.clone(), "$status"), "by_age").await?;
    let of_status = |wanted: &str| {
        statuses.iter().filter(|status| status.of == wanted).map(|status| status.count).sum::<u64>()
    };
    let excluded = doc! { "project": scope.project, "excluded": true };
    let made: Vec<Count<Key>> = counted(&db.pairs(), by(scope.filter(), "$document"), numbers::INDEX).await?;
    let chunks: Vec<Count<Key>> =
        counted(&db.chunks(), by(of_project.clone(), "$document"), "by_project").await?;
    Ok(Coverage {
        documents_total: statuses.iter().map(|status| status.count).sum(),
        documents_parsed: of_status("parsed"),
        documents_failed: of_status("failed"),
        chunks_total,
        chunks_excluded: page::total(&db.chunks(), &excluded, "by_project").await?,
        chunks_with_pairs: with_pairs(db, scope).await?,
        per_document: per_document(db, of_project, &made, &chunks).await?,
    })
}

/// Chunks that pairs were made from and that have gone since are not counted, nor are those that are left out, such as the
/// lines of imported pairs: this is of those that pairs are to be made from.
async fn with_pairs(db: &Mongo, scope: Scope) -> Result<u64> {
    let index = if scope.generation.is_some() { "by_chunk" } else { "by_source" };
    let found: Vec<Count<Option<Key>>> = counted(&db.pairs(), with_pairs_stages(scope), index).await?;
    Ok(found.iter().map(|found| found.count).sum())
}

pub(in super::super::super) fn with_pairs_stages(scope: Scope) -> [Document; 5] {
    let taught = [doc! { "$match": { "excluded": false } }, doc! { "$project": { "_id": 1 } }];
    [
        doc! { "$match": scope.filter() },
        doc! { "$group": { "_id": "$chunk" } },
        doc! { "$lookup": {
            "from": super::super::super::collections::CHUNKS, "localField": "_id", "foreignField": "_id",
            "pipeline": taught.to_vec(), "as": "chunk",
        } },
        doc! { "$match": { "chunk": { "$ne": [] } } },
        doc! { "$group": { "_id": null, "count": { "$sum": 1 } } },
    ]
}

async fn per_document(
    db: &Mongo,
    of_project: Document,
    made: &[Count<Key>],
    chunks: &[Count<Key>],
) -> Result<Vec<DocumentCoverage>> {
    #[derive(Deserialize)]
    struct Named {
        #[serde(rename = "_id")]
        id: Key,
        filename: String,
    }
    let counts =
        |of: &[Count<Key>]| of.iter().map(|count| (count.of, count.count)).collect::<HashMap<_, _>>();
    let (made, chunks) = (counts(made), counts(chunks));
    let documents = db
        .documents()
        .clone_with_type::<Named>()
        .find(of_project)
        .sort(doc! { "filename": 1, "_id": 1 })
        .projection(doc! { "filename": 1 })
        .hint(index("by_name"))
        .limit(DOCUMENTS)
        .await?;
    let of = |counts: &HashMap<Key, u64>, id: &Key| counts.get(id).copied().unwrap_or_default();
    Ok(all(documents)
        .await?
        .into_iter()
        .map(|Named { id, filename }| DocumentCoverage {
            document_id: DocumentId::from_uuid(uuid(id)),
            filename,
            chunks: of(&chunks, &id),
            pairs: of(&made, &id),
        })
        .collect())
}
