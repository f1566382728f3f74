//! Pairs: what they say as JSON, what they are found, ordered and counted by as fields.

use std::collections::HashMap;

use model::{
    ChunkId, DocumentId, FlagCode, GenerationId, Judgement, Pair, PairId, PairOrigin, ProjectId,
    ReviewStatus, Scores, Time, UserId,
};
use mongodb::bson::{Binary, Bson, Document, Uuid as Key, doc, serialize_to_document, spec::BinarySubtype};
use serde::Deserialize;

use super::{
    Mongo, Tx,
    chunks::split,
    collections::PAIRS,
    documents::of_project,
    library::{page::Order, pair_edits},
    row::{all, all_in, any_of, count, index, key, one_of, uuid},
    rows::{GenerationRow, JudgedRow, PairRow, Totals},
    transaction::Update,
};
use crate::{
    ExportRow, PairCursor, PairSelection, Result,
    metadata::{
        generation::Counts,
        pair::{StoredPair, Validation, rank, text},
        terms,
        value::{integer, json, parse_json, parse_word, word},
    },
};

/// The word that stands among a pair's flags while it is marked as a duplicate.
pub(super) const DUPLICATE: &str = "duplicate";

/// Pairs that are read at once to be scored.
const AT_ONCE: usize = 1000;

impl PairRow {
    /// A pair as it was made.
    pub(super) fn new(pair: &Pair, origin: &PairOrigin) -> Result<Self> {
        Ok(Self {
            id: key(pair.id.as_uuid()),
            project: key(pair.project_id.as_uuid()),
            // Its generation's, which is known when it is written.
            user: String::new(),
            generation: key(pair.generation_id.as_uuid()),
            document: key(pair.document_id.as_uuid()),
            chunk: key(pair.chunk_id.as_uuid()),
            slot: pair.slot,
            filename: origin.filename.clone(),
            position: origin.position,
            page_start: origin.page_start,
            page_end: origin.page_end,
            char_start: integer(origin.char_start),
            char_end: integer(origin.char_end),
            review_status: word(&pair.review_status)?,
            reviewed_by: pair.reviewed_by.clone(),
            reviewed_at: pair.reviewed_at.as_ref().map(word).transpose()?,
            changed_at: None,
            revision: pair.revision,
            created_at: pair.created_at.as_microsecond(),
            quality_score: pair.quality_score,
            grounding_score: pair.grounding_score,
            quality_rank: rank(pair.quality_score),
            grounding_rank: rank(pair.grounding_score),
            question_type: pair.question_type.as_ref().map(word).transpose()?,
            difficulty: pair.difficulty.as_ref().map(word).transpose()?,
            flags: codes(pair.flags.iter().map(|flag| flag.code))?,
            flagged: !pair.flags.is_empty(),
            token_count: pair.token_count,
            dup_key: None,
            generated_key: None,
            duplicate_of: None,
            near_of: None,
            similarity: None,
            compared: false,
            to_compare: None,
            sketch: None,
            bands: None,
            topic: pair.topic.clone(),
            judged: None,
            terms: split(&terms::of_pair(&text(pair))),
            validation: None,
            body: json(pair)?,
            edit: None,
        })
    }

    /// Puts other flags in place of those that it has, but for the mark of a duplicate.
    pub(super) fn put_flags(&mut self, flags: Vec<String>) {
        self.flags = flags;
        self.flags.retain(|flag| flag != DUPLICATE);
        if self.duplicate_of.is_some() {
            self.flags.push(DUPLICATE.to_owned());
        }
        self.flagged = !self.flags.is_empty();
    }

    /// Marks it as the duplicate of another, or of none.
    pub(super) fn put_duplicate_of(&mut self, first: Option<Key>) {
        self.duplicate_of = first;
        self.put_flags(self.flags.clone());
        self.keep_to_compare();
    }

    /// Puts another key among equals in place of its own. What is written anew is compared anew: then what was found
    /// of it is gone, and `true` comes back, as those that nearly repeated it are to be compared anew too.
    pub(super) fn put_key(&mut self, key: Option<Binary>) -> bool {
        let anew = self.compared && self.dup_key != key;
        self.dup_key = key;
        if anew {
            self.compare_anew();
        }
        self.keep_to_compare();
        anew
    }

    /// Takes away what was found by comparing it with others.
    pub(super) fn compare_anew(&mut self) {
        self.compared = false;
        (self.near_of, self.similarity, self.sketch, self.bands) = (None, None, None, None);
    }

    pub(super) fn keep_to_compare(&mut self) {
        let is_to = !self.compared && self.duplicate_of.is_none() && self.dup_key.is_some();
        self.to_compare = is_to.then_some(true);
    }

    /// Puts scores, and what is found and ordered by them, in place of those that it has.
    pub(super) fn put_scores(&mut self, quality: Option<f64>, grounding: Option<f64>) {
        (self.quality_score, self.grounding_score) = (quality, grounding);
        (self.quality_rank, self.grounding_rank) = (rank(quality), rank(grounding));
    }

    /// Takes what follows from a validation into its fields.
    fn put_validation(&mut self, scored: &Scored, made: &Pair) -> Result<bool> {
        self.validation = Some(scored.validation.clone());
        self.judged = judged(scored.scores.judgement.as_ref());
        let key = Some(binary(&scored.key));
        if self.edit.is_some() {
            // What holds of a pair that a person wrote anew stays; its validation is kept for a reset.
            self.generated_key = key;
            return Ok(false);
        }
        self.generated_key = None;
        self.put_scores(scored.scores.quality_score, scored.scores.grounding_score);
        self.question_type =
            scored.scores.question_type.or(made.question_type).as_ref().map(word).transpose()?;
        self.difficulty = scored.scores.difficulty.or(made.difficulty).as_ref().map(word).transpose()?;
        self.put_flags(codes(scored.scores.flags.iter().map(|flag| flag.code))?);
        Ok(self.put_key(key))
    }
}

/// Puts a pair as it is now in place of what is stored.
pub(super) fn put(row: &PairRow) -> Result<Update> {
    Ok(Update::one(doc! { "_id": row.id }, serialize_to_document(row)?))
}

/// Bytes as they are stored.
pub(super) fn binary(bytes: &[u8]) -> Binary {
    Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() }
}

/// Codes as they are stored.
pub(super) fn codes(codes: impl Iterator<Item = FlagCode>) -> Result<Vec<String>> {
    codes.map(|code| word(&code)).collect()
}

fn judged(judgement: Option<&Judgement>) -> Option<JudgedRow> {
    judgement.map(|said| JudgedRow { failed: said.error.is_some(), score: said.grounding_score })
}

/// Puts pairs in place of those that the generation has of some chunks; adds to the project's totals what that makes, and says
/// how many more pairs there are.
pub(super) async fn replace(
    tx: &mut Tx,
    of: &GenerationRow,
    chunks: &[ChunkId],
    rows: &[&PairRow],
    totals: &mut Totals,
) -> Result<i64> {
    let old = doc! { "generation": of.id, "chunk": one_of(chunks.iter().map(ChunkId::as_uuid)) };
    let mut more = integer(rows.len());
    #[derive(Deserialize)]
    struct Old {
        #[serde(rename = "_id")]
        id: Key,
        review_status: String,
        quality_score: Option<f64>,
    }
    let cursor = tx
        .pairs()
        .clone_with_type::<Old>()
        .find(old)
        .hint(index("by_chunk"))
        .projection(doc! { "review_status": 1, "quality_score": 1 })
        .session(&mut tx.session)
        .await?;
    let old = all_in(cursor, &mut tx.session).await?;
    for old in &old {
        totals.add_pair(-1, &old.review_status, old.quality_score);
        more -= 1;
    }
    if !old.is_empty() {
        let ids: Vec<Key> = old.iter().map(|old| old.id).collect();
        tx.pairs().delete_many(doc! { "_id": { "$in": ids } }).session(&mut tx.session).await?;
    }
    let rows: Vec<PairRow> =
        rows.iter().map(|row| PairRow { user: of.user.clone(), ..(*row).clone() }).collect();
    for row in &rows {
        totals.add_pair(1, &row.review_status, row.quality_score);
    }
    if !rows.is_empty() {
        tx.pairs().insert_many(rows).session(&mut tx.session).await?;
    }
    Ok(more)
}

/// What validation says of a pair, ready to be written.
pub(super) struct Scored {
    pair: PairId,
    scores: Scores,
    key: [u8; 16],
    validation: String,
}

impl Scored {
    pub(super) fn new(pair: PairId, scores: Scores, key: [u8; 16], time: Time) -> Result<Self> {
        Ok(Self { validation: json(&Validation { scores: &scores, time })?, pair, scores, key })
    }
}

/// Writes what validation says of pairs, as far as the generation has them; counts it in the generation's counts and the
/// project's totals.
pub(super) async fn score(
    tx: &mut Tx,
    of: &GenerationRow,
    scored: &[&Scored],
    counts: &mut Counts,
    totals: &mut Totals,
) -> Result<()> {
    for some in scored.chunks(AT_ONCE) {
        let ids = one_of(some.iter().map(|scored| scored.pair.as_uuid()));
        let cursor = tx
            .pairs()
            .find(doc! { "_id": ids, "generation": of.id })
            .hint(index("_id_"))
            .session(&mut tx.session)
            .await?;
        let mut rows: HashMap<Key, PairRow> =
            all_in(cursor, &mut tx.session).await?.into_iter().map(|row| (row.id, row)).collect();
        let mut anew = Vec::new();
        for scored in some {
            let Some(row) = rows.get_mut(&key(scored.pair.as_uuid())) else { continue };
            counts.quality.add(scored.scores.quality_score);
            counts.grounding.add(scored.scores.grounding_score);
            totals.add_quality(-1, row.quality_score);
            let made: Pair = parse_json(&row.body)?;
            if row.put_validation(scored, &made)? {
                anew.push(row.id);
            }
            totals.add_quality(1, row.quality_score);
        }
        let updates: Vec<Update> = rows.values().map(put).collect::<Result<_>>()?;
        tx.update_each(PAIRS, &updates).await?;
        compare_anew(tx, &anew).await?;
    }
    Ok(())
}

/// Lets pairs be compared anew that nearly repeat one of these, as these were written anew.
pub(super) async fn compare_anew(tx: &mut Tx, written: &[Key]) -> Result<()> {
    if written.is_empty() {
        return Ok(());
    }
    let cursor = tx
        .pairs()
        .find(doc! { "near_of": { "$in": written } })
        .hint(index("near"))
        .session(&mut tx.session)
        .await?;
    let mut rows = all_in(cursor, &mut tx.session).await?;
    for row in &mut rows {
        row.compare_anew();
        row.put_duplicate_of(None);
    }
    let updates: Vec<Update> = rows.iter().map(put).collect::<Result<_>>()?;
    tx.update_each(PAIRS, &updates).await?;
    Ok(())
}

/// Takes off what the pairs of a chunk were counted with when they were scored before.
pub(super) async fn take_off(tx: &mut Tx, generation: Key, chunk: Key, counts: &mut Counts) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        validation: String,
    }
    #[derive(Deserialize)]
    struct Score {
        quality_score: Option<f64>,
        grounding_score: Option<f64>,
    }
    let cursor = tx
        .pairs()
        .clone_with_type::<Row>()
        .find(doc! { "generation": generation, "chunk": chunk, "validation": { "$exists": true } })
        .hint(index("by_chunk"))
        .projection(doc! { "_id": 0, "validation": 1 })
        .session(&mut tx.session)
        .await?;
    for row in all_in(cursor, &mut tx.session).await? {
        let Validation { scores, .. } = parse_json::<Validation<Score>>(&row.validation)?;
        counts.quality.take_off(scores.quality_score);
        counts.grounding.take_off(scores.grounding_score);
    }
    Ok(())
}

/// The pairs of a generation from one chunk, by slot.
pub(super) async fn of_chunk(db: &Mongo, generation: GenerationId, chunk: Key) -> Result<Vec<Pair>> {
    let found = db
        .pairs()
        .find(doc! { "generation": key(generation.as_uuid()), "chunk": chunk })
        .sort(doc! { "slot": 1 })
        .hint(index("by_chunk"))
        .await?;
    all(found).await?.iter().map(read).collect()
}

/// The pairs of a project by where they come from.
const IN_ORDER: Order<'_> = Order {
    index: "in_order",
    fields: &["filename", "document", "position", "generation", "slot"],
    descending: false,
};

pub(super) async fn in_order(
    db: &Mongo,
    user: &UserId,
    project: ProjectId,
    selection: &PairSelection,
    after: Option<&PairCursor>,
    limit: u32,
) -> Result<Vec<ExportRow>> {
    let mut filter = of_project(user, project);
    filter.extend(selected(selection)?);
    let place = after.map(|after| -> [Bson; 5] {
        [
            after.filename.clone().into(),
            key(after.document.as_uuid()).into(),
            after.position.into(),
            key(after.generation.as_uuid()).into(),
            after.slot.into(),
        ]
    });
    let place = place.as_ref().map(<[_; 5]>::as_slice);
    let rows = IN_ORDER.read(&db.pairs(), &filter, place, doc! { "terms": 0 }, limit.into()).await?;
    let pairs = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    // What is at its first revision was never changed.
    let changed: Vec<Key> = rows.iter().filter(|row| row.revision > 1).map(|row| row.id).collect();
    let mut marks = pair_edits::marks(db, &changed).await?;
    let rows = rows.into_iter().zip(pairs).map(|(row, pair)| ExportRow {
        pair,
        edits: marks.remove(&row.id).unwrap_or_default(),
        origin: read_origin(row),
    });
    Ok(rows.collect())
}

/// That pairs are among those that a selection means.
pub(super) fn selected(selection: &PairSelection) -> Result<Document> {
    let mut filter = Document::new();
    if !selection.generations.is_empty() {
        filter.insert("generation", one_of(selection.generations.iter().map(GenerationId::as_uuid)));
    }
    if !selection.documents.is_empty() {
        filter.insert("document", one_of(selection.documents.iter().map(DocumentId::as_uuid)));
    }
    if let Some(least) = selection.min_quality {
        filter.insert("quality_score", doc! { "$gte": least });
    }
    if selection.reviewed_only {
        filter
            .insert("review_status", any_of([word(&ReviewStatus::Accepted)?, word(&ReviewStatus::Edited)?]));
    } else if selection.without_rejected {
        filter.insert("review_status", doc! { "$ne": word(&ReviewStatus::Rejected)? });
    }
    Ok(filter)
}

/// A pair from its row, as it is now.
pub(super) fn read(row: &PairRow) -> Result<Pair> {
    StoredPair {
        body: &row.body,
        validation: row.validation.as_deref(),
        edit: row.edit.as_deref(),
        review_status: parse_word(&row.review_status)?,
        reviewed_by: row.reviewed_by.clone(),
        reviewed_at: row.reviewed_at.as_deref().map(parse_word).transpose()?,
        changed_at: row.changed_at.as_deref().map(parse_word).transpose()?,
        revision: row.revision,
        duplicate_of: row.duplicate_of.map(|first| PairId::from_uuid(uuid(first))),
        similarity: row.similarity,
    }
    .read()
}

/// Where a pair comes from.
pub(super) fn read_origin(row: PairRow) -> PairOrigin {
    PairOrigin {
        filename: row.filename,
        position: row.position,
        page_start: row.page_start,
        page_end: row.page_end,
        char_start: count(row.char_start),
        char_end: count(row.char_end),
    }
}
