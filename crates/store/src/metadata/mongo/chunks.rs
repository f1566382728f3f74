//! Chunks, and the passages that outlive them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures::TryStreamExt as _;
use model::{
    Chunk, ChunkId, DocumentId, ExcludeCode, GenerationId, Passage, Phase, ProjectId, Sha256Hex, UnitStatus,
    UserId, sha256_hex,
};
use mongodb::bson::{Document, Uuid as Key, doc};
use serde::Deserialize;

use super::{
    Mongo, Tx,
    documents::of_project,
    projects,
    row::{all, all_in, any_of, count, index, key, number, one_of, uuid},
    rows::{ChunkRow, DocumentRow, PassageRow, Totals},
    totals,
    transaction::transaction,
};
use crate::{
    Result, StoreError,
    metadata::{
        carry::{self, Touched},
        terms,
        value::{integer, json, parse_json, parse_word, word},
    },
};

/// Hashes or ids that one query looks for.
const AT_ONCE: usize = 1000;

pub(super) async fn get(db: &Mongo, user: &UserId, id: ChunkId) -> Result<Option<Chunk>> {
    db.chunks()
        .find_one(doc! { "_id": key(id.as_uuid()), "user": user.as_str() })
        .await?
        .map(|row| parse_json(&row.body))
        .transpose()
}

pub(super) async fn list(
    db: &Mongo,
    user: &UserId,
    document: DocumentId,
    from: u32,
    limit: u32,
) -> Result<Vec<Chunk>> {
    if limit == 0 {
        // For the database that is no limit.
        return Ok(Vec::new());
    }
    let found = db
        .chunks()
        .find(
            doc! { "document": key(document.as_uuid()), "position": { "$gte": from }, "user": user.as_str() },
        )
        .sort(doc! { "position": 1 })
        .hint(index("by_position"))
        .limit(limit.into())
        .await?;
    all(found).await?.iter().map(|row| parse_json(&row.body)).collect()
}

pub(super) async fn add(db: &Mongo, user: &UserId, chunks: Vec<(Chunk, Passage)>) -> Result<()> {
    let new: Vec<NewChunk> =
        chunks.into_iter().map(|(chunk, passage)| NewChunk::new(chunk, passage)).collect::<Result<_>>()?;
    transaction!(db, |tx| add_new(&mut tx, user, &new))
}

async fn add_new(tx: &mut Tx, user: &UserId, new: &[NewChunk]) -> Result<()> {
    let places: BTreeSet<_> = new.iter().map(|new| (new.chunk.document_id, new.chunk.project_id)).collect();
    let wanted = one_of(places.iter().map(|(document, _)| document.as_uuid()));
    let cursor = tx
        .documents()
        .find(doc! { "_id": wanted, "user": user.as_str() })
        .hint(index("_id_"))
        .session(&mut tx.session)
        .await?;
    let documents = all_in(cursor, &mut tx.session).await?;
    let documents: HashMap<Key, DocumentRow> = documents.into_iter().map(|row| (row.id, row)).collect();
    let mut rows = Vec::with_capacity(new.len());
    let known = known(tx, new).await?;
    for new in new {
        let document = documents
            .get(&key(new.chunk.document_id.as_uuid()))
            .filter(|document| document.project == key(new.chunk.project_id.as_uuid()))
            .ok_or_else(|| StoreError::Conflict("chunks of no document of the user's".into()))?;
        if !known.contains(&key(new.chunk.id.as_uuid())) {
            rows.push((new, document));
        }
    }
    let mut added = BTreeMap::<[u8; 16], Totals>::new();
    for (_, document) in &rows {
        added.entry(document.project.bytes()).or_default().chunks += 1;
    }
    insert(tx, rows).await?;
    for (project, added) in added {
        totals::add(tx, Key::from_bytes(project), &added).await?;
    }
    Ok(())
}

/// Those of some chunks that are there already.
async fn known(tx: &mut Tx, new: &[NewChunk]) -> Result<HashSet<Key>> {
    let mut known = HashSet::new();
    for some in new.chunks(AT_ONCE) {
        let cursor = tx
            .chunks()
            .clone_with_type::<OnlyId>()
            .find(doc! { "_id": one_of(some.iter().map(|new| new.chunk.id.as_uuid())) })
            .projection(doc! { "_id": 1 })
            .session(&mut tx.session)
            .await?;
        known.extend(all_in(cursor, &mut tx.session).await?.into_iter().map(|row| row.id));
    }
    Ok(known)
}

/// A row of which nothing but the id is read.
#[derive(Deserialize)]
pub(super) struct OnlyId {
    #[serde(rename = "_id")]
    pub(super) id: Key,
}

/// A chunk with the hash of its passage.
#[derive(Deserialize)]
pub(super) struct WithPassage {
    #[serde(rename = "_id")]
    id: Key,
    passage: Sha256Hex,
}

impl WithPassage {
    pub(super) fn read(self) -> (ChunkId, Sha256Hex) {
        (ChunkId::from_uuid(uuid(self.id)), self.passage)
    }
}

pub(super) async fn to_generate(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    documents: &[DocumentId],
    generations: &[GenerationId],
) -> Result<Vec<(ChunkId, Sha256Hex)>> {
    if !projects::is_of(db, user, project).await? {
        return Ok(Vec::new());
    }
    let done = doc! {
        "generation": one_of(generations.iter().map(GenerationId::as_uuid)),
        "phase": Phase::Generate.as_str(),
        "status": word(&UnitStatus::Done)?,
    };
    #[derive(Deserialize)]
    struct Done {
        subject: Key,
    }
    let done = db
        .units()
        .clone_with_type::<Done>()
        .find(done)
        .hint(index("in_order"))
        .projection(doc! { "_id": 0, "subject": 1 })
        .await?
        .map_ok(|unit| unit.subject)
        .try_collect::<HashSet<Key>>()
        .await?;
    let mut filter = of_project(user, project);
    filter.extend(doc! { "document": one_of(documents.iter().map(DocumentId::as_uuid)), "excluded": false });
    let found = db
        .chunks()
        .clone_with_type::<WithPassage>()
        .find(filter)
        .sort(doc! { "filename": 1, "document": 1, "position": 1 })
        .hint(index("in_order"))
        .projection(doc! { "passage": 1 })
        .await?;
    let left = found.try_filter(|chunk| std::future::ready(!done.contains(&chunk.id)));
    Ok(left.map_ok(WithPassage::read).try_collect().await?)
}

pub(super) async fn excluded(
    db: &Mongo,
    user: &UserId,
    documents: &[DocumentId],
) -> Result<BTreeMap<ExcludeCode, u64>> {
    let stages = [
        doc! { "$match": {
            "document": one_of(documents.iter().map(DocumentId::as_uuid)), "user": user.as_str(), "excluded": true,
        } },
        doc! { "$group": { "_id": "$exclude_code", "chunks": { "$sum": 1 } } },
    ];
    let found: Vec<Document> =
        db.chunks().aggregate(stages).hint(index("by_position")).await?.try_collect().await?;
    found
        .iter()
        .map(|row| {
            let code = row.get_str("_id").map_err(|error| StoreError::Corrupt(error.to_string()))?;
            Ok((parse_word(code)?, count(number(row, "chunks")?)))
        })
        .collect()
}

/// A chunk on its way into the database.
#[derive(Clone)]
pub(super) struct NewChunk {
    pub(super) chunk: Chunk,
    passage: Passage,
    sha256: Sha256Hex,
    passage_body: String,
    parsed_sha256: Sha256Hex,
    decided: Option<bool>,
}

impl NewChunk {
    pub(super) fn new(chunk: Chunk, passage: Passage) -> Result<Self> {
        Ok(Self {
            sha256: passage.sha256(),
            passage_body: json(&passage)?,
            parsed_sha256: sha256_hex(&chunk.text),
            decided: None,
            passage,
            chunk,
        })
    }

    /// Takes over what a person changed of the chunk that said the same before.
    fn take(&mut self, old: &Touched) -> Result<()> {
        carry::take(&mut self.chunk, &mut self.passage, old);
        self.decided = old.decided;
        self.sha256 = self.passage.sha256();
        self.passage_body = json(&self.passage)?;
        Ok(())
    }

    fn row(&self, document: &DocumentRow) -> Result<ChunkRow> {
        let Self { chunk, sha256, parsed_sha256, decided, .. } = self;
        Ok(ChunkRow {
            id: key(chunk.id.as_uuid()),
            project: document.project,
            user: document.user.clone(),
            document: document.id,
            filename: document.filename.clone(),
            position: chunk.position,
            excluded: chunk.excluded,
            exclude_code: exclude_code(chunk)?,
            content_type: word(&chunk.content_type)?,
            topic: chunk.topic.clone(),
            token_count: chunk.token_count,
            edited: chunk.edited,
            decided: *decided,
            revision: 1,
            parsed_sha256: parsed_sha256.clone(),
            passage: sha256.clone(),
            terms: split(&terms::of_chunk(chunk)),
            body: json(chunk)?,
        })
    }
}

/// The code of the reason why a chunk is excluded.
pub(super) fn exclude_code(chunk: &Chunk) -> Result<Option<String>> {
    chunk.exclude_reason.as_ref().filter(|_| chunk.excluded).map(|reason| word(&reason.code)).transpose()
}

/// Terms one by one.
pub(super) fn split(terms: &str) -> Vec<String> {
    terms.split_ascii_whitespace().map(str::to_owned).collect()
}

/// Puts chunks in place of the document's old ones, with what a person changed of those that said the
/// same; gives back how many more there are now, and what was dropped, as warnings. Passages are only ever added.
pub(super) async fn replace(
    tx: &mut Tx,
    document: &DocumentRow,
    new: &[NewChunk],
) -> Result<(i64, Vec<String>)> {
    let mut new = new.to_vec();
    let mut touched = touched(tx, document.id).await?;
    if !touched.is_empty() {
        let mut seen = HashMap::new();
        for new in &mut new {
            let occurrence = carry::occurrence(&mut seen, &new.parsed_sha256);
            if let Some(old) = touched.remove(&(new.parsed_sha256.clone(), occurrence)) {
                new.take(&old)?;
            }
        }
    }
    let old = tx
        .chunks()
        .delete_many(doc! { "document": document.id })
        .hint(index("by_position"))
        .session(&mut tx.session)
        .await?;
    insert(tx, new.iter().map(|new| (new, document)).collect()).await?;
    Ok((integer(new.len()) - integer(old.deleted_count), carry::warnings(touched.into_values())))
}

/// The chunks of a document that a person changed, by what they said as parsed.
async fn touched(tx: &mut Tx, document: Key) -> Result<HashMap<carry::Place, Touched>> {
    let cursor = tx
        .chunks()
        .find(doc! { "document": document })
        .sort(doc! { "position": 1 })
        .hint(index("by_position"))
        .session(&mut tx.session)
        .await?;
    let mut seen = HashMap::new();
    let mut touched = HashMap::new();
    for row in all_in(cursor, &mut tx.session).await? {
        let occurrence = carry::occurrence(&mut seen, &row.parsed_sha256);
        if row.edited || row.decided.is_some() {
            let old = Touched { chunk: parse_json(&row.body)?, decided: row.decided };
            touched.insert((row.parsed_sha256, occurrence), old);
        }
    }
    Ok(touched)
}

async fn insert(tx: &mut Tx, new: Vec<(&NewChunk, &DocumentRow)>) -> Result<()> {
    for some in new.chunks(AT_ONCE) {
        let passages = some.iter().map(|(new, document)| PassageRow {
            project: document.project,
            sha256: new.sha256.clone(),
            body: new.passage_body.clone(),
        });
        add_passages(tx, passages.collect()).await?;
        let rows: Vec<ChunkRow> =
            some.iter().map(|(new, document)| new.row(document)).collect::<Result<_>>()?;
        tx.chunks().insert_many(rows).session(&mut tx.session).await?;
    }
    Ok(())
}

/// Adds passages, but for those that are there.
pub(super) async fn add_passages(tx: &mut Tx, mut passages: Vec<PassageRow>) -> Result<()> {
    let projects: BTreeSet<[u8; 16]> = passages.iter().map(|passage| passage.project.bytes()).collect();
    let mut seen = HashSet::new();
    for project in projects {
        let project = Key::from_bytes(project);
        let of_project = passages.iter().filter(|passage| passage.project == project);
        let hashes = any_of(of_project.map(|passage| &*passage.sha256));
        let cursor = tx
            .passages()
            .clone_with_type::<Document>()
            .find(doc! { "project": project, "sha256": hashes })
            .hint(index("by_hash"))
            .projection(doc! { "_id": 0, "sha256": 1 })
            .session(&mut tx.session)
            .await?;
        for passage in all_in(cursor, &mut tx.session).await? {
            let sha256 = passage.get_str("sha256").map_err(|error| StoreError::Corrupt(error.to_string()))?;
            seen.insert((project, sha256.to_owned()));
        }
    }
    // Two that say the same are one.
    passages.retain(|passage| seen.insert((passage.project, passage.sha256.clone())));
    if !passages.is_empty() {
        tx.passages().insert_many(passages).session(&mut tx.session).await?;
    }
    Ok(())
}
