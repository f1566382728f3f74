//! Projects, with what they hold.

use futures::TryStreamExt as _;
use model::{Project, ProjectId, ProjectStats, UserId};
use mongodb::bson::{Document, Uuid as Key, doc};

use super::{
    Mongo, Tx,
    collections::{COUNTERS, DELETED_PROJECTS, OF_GENERATIONS, OF_PROJECTS},
    row::{all, count, index, key, read_key, taken},
    rows::{ProjectRow, Totals},
    transaction::transaction,
};
use crate::{
    Result, StoreError,
    metadata::{
        generation::mean,
        value::{json, parse_json},
    },
    search,
};

/// Generations whose rows one command removes.
const GENERATIONS_AT_ONCE: usize = 100;

/// What a project is found by, without regard to letter case.
pub(super) fn folded(project: &Project) -> String {
    search::fold(&format!("{}\n{}", project.name, project.description))
}

pub(super) async fn create(db: &Mongo, project: &Project) -> Result<()> {
    let row = ProjectRow {
        id: key(project.id.as_uuid()),
        user: project.user_id.as_str().to_owned(),
        name: project.name.clone(),
        current_version: project.current_version,
        created_at: project.created_at.as_microsecond(),
        folded: folded(project),
        totals: Totals::default(),
        generations: 0,
        body: json(project)?,
    };
    db.projects().insert_one(row).await.map_err(taken("project"))?;
    Ok(())
}

pub(super) async fn get(db: &Mongo, user: &UserId, id: ProjectId) -> Result<Option<Project>> {
    db.projects().find_one(of_user(user, id)).await?.map(read).transpose()
}

/// That a project is this one, and the user's.
pub(super) fn of_user(user: &UserId, id: ProjectId) -> Document {
    doc! { "_id": key(id.as_uuid()), "user": user.as_str() }
}

pub(super) async fn by_name(db: &Mongo, user: &UserId, name: &str) -> Result<Option<Project>> {
    db.projects()
        .find_one(doc! { "user": user.as_str(), "name": name })
        .sort(doc! { "created_at": 1, "_id": 1 })
        .hint(index("by_name"))
        .await?
        .map(read)
        .transpose()
}

pub(super) async fn list(db: &Mongo, user: &UserId) -> Result<Vec<Project>> {
    let found = db
        .projects()
        .find(doc! { "user": user.as_str() })
        .sort(doc! { "created_at": -1, "_id": -1 })
        .hint(index("by_age"))
        .await?;
    all(found).await?.into_iter().map(read).collect()
}

/// Removes a project and its generations at once, and then what belongs to it: that may be more than a transaction holds. What
/// a process that dies leaves is removed by [`remove_left`].
pub(super) async fn delete(db: &Mongo, user: &UserId, id: ProjectId) -> Result<bool> {
    let Some(generations) = transaction!(db, |tx| forget(&mut tx, user, id))? else { return Ok(false) };
    remove_rows(db, key(id.as_uuid()), &generations).await?;
    Ok(true)
}

async fn forget(tx: &mut Tx, user: &UserId, id: ProjectId) -> Result<Option<Vec<Key>>> {
    let deleted = tx.projects().delete_one(of_user(user, id)).session(&mut tx.session).await?;
    if deleted.deleted_count == 0 {
        return Ok(None);
    }
    let project = key(id.as_uuid());
    let ids = tx.generations().distinct("_id", doc! { "project": project }).session(&mut tx.session).await?;
    let generations: Vec<Key> = ids.into_iter().map(read_key).collect::<Result<_>>()?;
    let counts = tx.db.collection::<Document>(COUNTERS);
    counts.delete_many(doc! { "_id": { "$in": &generations } }).session(&mut tx.session).await?;
    tx.generations().delete_many(doc! { "project": project }).session(&mut tx.session).await?;
    tx.db
        .collection::<Document>(DELETED_PROJECTS)
        .insert_one(doc! { "_id": project, "generations": &generations })
        .session(&mut tx.session)
        .await?;
    Ok(Some(generations))
}

/// Removes what is left of projects that were deleted by a process that died.
pub(super) async fn remove_left(db: &Mongo) -> Result<()> {
    #[derive(serde::Deserialize)]
    struct Left {
        #[serde(rename = "_id")]
        project: Key,
        generations: Vec<Key>,
    }
    let left: Vec<Left> =
        db.db.collection::<Left>(DELETED_PROJECTS).find(doc! {}).await?.try_collect().await?;
    for Left { project, generations } in left {
        remove_rows(db, project, &generations).await?;
    }
    Ok(())
}

async fn remove_rows(db: &Mongo, project: Key, generations: &[Key]) -> Result<()> {
    for name in OF_PROJECTS {
        db.db.collection::<Document>(name).delete_many(doc! { "project": project }).await?;
    }
    for name in OF_GENERATIONS {
        for some in generations.chunks(GENERATIONS_AT_ONCE) {
            let of_them = doc! { "generation": { "$in": some } };
            db.db.collection::<Document>(name).delete_many(of_them).await?;
        }
    }
    db.db.collection::<Document>(DELETED_PROJECTS).delete_one(doc! { "_id": project }).await?;
    Ok(())
}

/// What a user's project holds.
pub(super) async fn totals(db: &Mongo, user: &UserId, id: ProjectId) -> Result<Option<Totals>> {
    #[derive(serde::Deserialize)]
    struct Held {
        totals: Totals,
    }
    let found = db
        .projects()
        .clone_with_type::<Held>()
        .find_one(of_user(user, id))
        .projection(doc! { "totals": 1 })
        .await?;
    Ok(found.map(|found| found.totals))
}

/// Whether a project is the user's.
pub(super) async fn is_of(db: &Mongo, user: &UserId, id: ProjectId) -> Result<bool> {
    let found = db
        .projects()
        .clone_with_type::<Document>()
        .find_one(of_user(user, id))
        .projection(doc! { "_id": 1 })
        .await?;
    Ok(found.is_some())
}

/// Checks, in the transaction that adds something to a project, that it is the user's.
pub(super) async fn require(tx: &mut Tx, user: &UserId, id: ProjectId) -> Result<()> {
    let found = tx
        .projects()
        .clone_with_type::<Document>()
        .find_one(of_user(user, id))
        .projection(doc! { "_id": 1 })
        .session(&mut tx.session)
        .await?;
    found.map(drop).ok_or(StoreError::NotFound("project"))
}

/// A project from its row.
pub(super) fn read(row: ProjectRow) -> Result<Project> {
    let Totals { documents, chunks, pairs, accepted, edited, rejected, quality_sum, quality_count, .. } =
        row.totals;
    let stats = ProjectStats {
        total_documents: count(documents),
        total_chunks: count(chunks),
        total_pairs: count(pairs),
        accepted_pairs: count(accepted + edited),
        rejected_pairs: count(rejected),
        pending_pairs: count(pairs - accepted - edited - rejected),
        avg_quality_score: mean(quality_sum, quality_count),
    };
    Ok(Project { current_version: row.current_version, stats, ..parse_json(&row.body)? })
}
