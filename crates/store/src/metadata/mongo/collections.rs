//! The collections and their indexes: every query has one that it walks.

use mongodb::{
    Collection, IndexModel,
    bson::{Document, doc},
    options::IndexOptions,
};

use super::{
    Mongo, Tx,
    rows::{
        ChunkRow, DocumentRow, ExportRow, GenerationRow, LedgerRow, LogRow, PairRow, PassageRow, ProjectRow,
        UnitRow,
    },
};

/// A collection and its indexes.
pub(super) struct Layout {
    pub(super) name: &'static str,
    pub(super) indexes: fn() -> Vec<IndexModel>,
}

pub(super) const PROJECTS: &str = "projects";
pub(super) const DOCUMENTS: &str = "documents";
pub(super) const CHUNKS: &str = "chunks";
pub(super) const PASSAGES: &str = "passages";
pub(super) const GENERATIONS: &str = "generations";
pub(super) const UNITS: &str = "units";
pub(super) const LEDGER: &str = "ledger";
pub(super) const PAIRS: &str = "pairs";
pub(super) const PAIR_EDITS: &str = "pair_edits";
pub(super) const PAIRS_DELETED: &str = "pairs_deleted";
pub(super) const UNDOS: &str = "undos";
pub(super) const UNDO_ITEMS: &str = "undo_items";
pub(super) const EXPORTS: &str = "exports";
pub(super) const FINE_TUNE_JOBS: &str = "fine_tune_jobs";
pub(super) const LEASES: &str = "leases";
pub(super) const LOGS: &str = "logs";
pub(super) const REQUESTS: &str = "requests";
pub(super) const CHANGES: &str = "changes";
/// Numbers that go up, and projects whose rows are still to be removed.
pub(super) const COUNTERS: &str = "counters";
pub(super) const DELETED_PROJECTS: &str = "deleted_projects";

/// What a project's rows are in, all of them with a field `project`; see `projects::delete`.
pub(super) const OF_PROJECTS: &[&str] = &[
    DOCUMENTS,
    CHUNKS,
    PASSAGES,
    GENERATIONS,
    UNITS,
    PAIRS,
    PAIR_EDITS,
    PAIRS_DELETED,
    UNDOS,
    UNDO_ITEMS,
    EXPORTS,
    FINE_TUNE_JOBS,
];

/// What rows of generations are in, with a field `generation` and none of the project.
pub(super) const OF_GENERATIONS: &[&str] = &[LEDGER, LOGS];

/// How long the database keeps a change that no server has numbered, as none has run.
const UNNUMBERED_SECONDS: u64 = 24 * 60 * 60;

pub(super) const LAYOUT: &[Layout] = &[
    Layout {
        name: PROJECTS,
        indexes: || {
            vec![
                index(doc! { "user": 1, "created_at": 1, "_id": 1 }).named("by_age"),
                index(doc! { "user": 1, "name": 1, "created_at": 1, "_id": 1 }).named("by_name"),
            ]
        },
    },
    Layout {
        name: DOCUMENTS,
        indexes: || {
            vec![
                index(doc! { "project": 1, "filename": 1, "_id": 1 }).named("by_name"),
                index(doc! { "project": 1, "created_at": 1, "_id": 1, "status": 1 }).named("by_age"),
            ]
        },
    },
    Layout {
        name: CHUNKS,
        indexes: || {
            vec![
                unique(doc! { "document": 1, "position": 1 }).named("by_position"),
                index(doc! { "project": 1, "filename": 1, "document": 1, "position": 1, "excluded": 1, "content_type": 1 })
                    .named("in_order"),
                index(doc! { "project": 1, "document": 1, "excluded": 1, "content_type": 1 }).named("by_project"),
                partial(doc! { "project": 1, "topic": 1 }, doc! { "topic": { "$exists": true } }).named("by_topic"),
                index(doc! { "project": 1, "terms": 1 }).named("by_terms"),
            ]
        },
    },
    Layout { name: PASSAGES, indexes: || vec![unique(doc! { "project": 1, "sha256": 1 }).named("by_hash")] },
    Layout {
        name: GENERATIONS,
        indexes: || {
            vec![
                index(doc! { "project": 1, "kind": 1, "created_at": 1, "_id": 1 }).named("by_kind"),
                index(doc! { "project": 1, "created_at": 1, "_id": 1, "kind": 1, "status": 1 })
                    .named("newest"),
                partial(doc! { "created_at": 1, "_id": 1 }, doc! { "unended": true }).named("unended"),
                partial(doc! { "user": 1 }, doc! { "unended": true }).named("unended_of_user"),
            ]
        },
    },
    Layout {
        name: UNITS,
        indexes: || {
            vec![
                index(doc! { "generation": 1, "phase": 1, "status": 1, "ordinal": 1 }).named("in_order"),
                index(doc! { "generation": 1, "phase": 1, "ordinal": 1 }).named("by_ordinal"),
                partial(doc! { "generation": 1, "lease_owner": 1 }, doc! { "status": "leased" })
                    .named("leased"),
                partial(doc! { "project": 1, "generation": 1 }, doc! { "probes": { "$exists": true } })
                    .named("probed"),
                index(doc! { "project": 1 }),
            ]
        },
    },
    Layout {
        name: LEDGER,
        indexes: || vec![unique(doc! { "generation": 1, "unit": 1, "request": 1 }).named("by_request")],
    },
    Layout { name: PAIRS, indexes: pairs },
    Layout {
        name: PAIR_EDITS,
        indexes: || vec![unique(doc! { "pair": 1, "revision": 1 }), index(doc! { "project": 1 })],
    },
    Layout {
        name: PAIRS_DELETED,
        indexes: || {
            vec![index(doc! { "undo": 1, "pair._id": 1 }).named("by_undo"), index(doc! { "project": 1 })]
        },
    },
    Layout { name: UNDOS, indexes: || vec![index(doc! { "created_at": 1 }), index(doc! { "project": 1 })] },
    Layout {
        name: UNDO_ITEMS,
        indexes: || {
            vec![
                unique(doc! { "undo": 1, "at": 1 }).named("in_order"),
                index(doc! { "item": 1 }).named("by_item"),
                index(doc! { "project": 1 }),
            ]
        },
    },
    Layout {
        name: EXPORTS,
        indexes: || vec![unique(doc! { "project": 1, "version": 1 }).named("by_version")],
    },
    Layout {
        name: FINE_TUNE_JOBS,
        indexes: || {
            vec![
                unique(doc! { "project": 1, "version": 1, "key": 1 }).named("by_key"),
                index(doc! { "project": 1, "version": 1, "created_at": 1, "key": 1 }).named("by_age"),
            ]
        },
    },
    Layout { name: LEASES, indexes: Vec::new },
    Layout { name: LOGS, indexes: || vec![unique(doc! { "generation": 1, "seq": 1 }).named("in_order")] },
    Layout {
        name: REQUESTS,
        indexes: || vec![unique(doc! { "user": 1, "key": 1 }).named("by_key"), index(doc! { "begun_at": 1 })],
    },
    Layout {
        name: CHANGES,
        indexes: || {
            vec![
                partial(doc! { "seq": 1 }, doc! { "seq": { "$exists": true } }).named("by_number"),
                index(doc! { "project": 1, "kind": 1, "subject": 1 }).named("by_subject"),
                forgotten(doc! { "added_at": 1 }, UNNUMBERED_SECONDS).named("unnumbered"),
            ]
        },
    },
    Layout { name: COUNTERS, indexes: Vec::new },
    Layout { name: DELETED_PROJECTS, indexes: Vec::new },
];

/// Each order of a list is an index with all that lists filter and count by: rows that are passed over are not read.
fn pairs() -> Vec<IndexModel> {
    vec![
        unique(doc! { "project": 1, "filename": 1, "document": 1, "position": 1, "generation": 1, "slot": 1 })
            .named("in_order"),
        index(doc! { "generation": 1, "chunk": 1, "slot": 1 }).named("by_chunk"),
        index(doc! { "project": 1, "chunk": 1, "document": 1 }).named("by_source"),
        partial(doc! { "project": 1, "dup_key": 1 }, doc! { "dup_key": { "$exists": true } }).named("by_key"),
        partial(doc! { "generation": 1, "dup_key": 1 }, doc! { "dup_key": { "$exists": true } }).named("keys_of_generation"),
        partial(doc! { "project": 1, "generation": 1, "review_status": 1 }, doc! { "duplicate_of": { "$exists": true } })
            .named("duplicates"),
        partial(doc! { "project": 1, "generation": 1 }, doc! { "flagged": true }).named("flagged"),
        partial(doc! { "project": 1, "topic": 1, "generation": 1 }, doc! { "topic": { "$exists": true } })
            .named("by_topic"),
        index(doc! {
            "project": 1, "created_at": 1, "_id": 1, "review_status": 1, "quality_rank": 1, "grounding_rank": 1,
            "flagged": 1, "question_type": 1, "difficulty": 1, "generation": 1, "document": 1,
        })
        .named("by_age"),
        index(doc! {
            "project": 1, "quality_rank": 1, "_id": 1, "review_status": 1, "grounding_rank": 1, "flagged": 1,
            "question_type": 1, "difficulty": 1, "generation": 1, "document": 1,
        })
        .named("by_quality"),
        index(doc! {
            "project": 1, "grounding_rank": 1, "_id": 1, "review_status": 1, "quality_rank": 1, "flagged": 1,
            "question_type": 1, "difficulty": 1, "generation": 1, "document": 1,
        })
        .named("by_grounding"),
        index(doc! {
            "project": 1, "document": 1, "created_at": 1, "_id": 1, "review_status": 1, "quality_rank": 1,
            "grounding_rank": 1, "flagged": 1, "question_type": 1, "difficulty": 1, "generation": 1,
        })
        .named("by_document"),
        index(doc! {
            "project": 1, "generation": 1, "review_status": 1, "question_type": 1, "difficulty": 1,
            "quality_rank": 1, "grounding_rank": 1, "token_count": 1, "document": 1,
        })
        .named("in_numbers"),
        index(doc! { "project": 1, "terms": 1 }).named("by_terms"),
        partial(doc! { "near_of": 1, "project": 1 }, doc! { "near_of": { "$exists": true } }).named("near"),
        partial(
            doc! {
                "project": 1, "generation": 1, "quality_rank": -1, "grounding_rank": -1, "filename": 1, "document": 1,
                "position": 1, "slot": 1,
            },
            doc! { "to_compare": true },
        )
        .named("to_compare"),
        partial(doc! { "project": 1, "bands": 1, "created_at": 1, "_id": 1 }, doc! { "bands": { "$exists": true } }).named("by_band"),
        partial(doc! { "project": 1, "generation": 1 }, doc! { "judged": { "$exists": true } }).named("judged"),
    ]
}

fn index(keys: Document) -> IndexModel {
    IndexModel::builder().keys(keys).build()
}

fn unique(keys: Document) -> IndexModel {
    IndexModel::builder().keys(keys).options(IndexOptions::builder().unique(true).build()).build()
}

/// An index over the documents that match a filter.
fn partial(keys: Document, filter: Document) -> IndexModel {
    let options = IndexOptions::builder().partial_filter_expression(filter).build();
    IndexModel::builder().keys(keys).options(options).build()
}

/// An index by which the database removes documents some seconds after the time that they name.
fn forgotten(keys: Document, seconds: u64) -> IndexModel {
    let options = IndexOptions::builder().expire_after(std::time::Duration::from_secs(seconds)).build();
    IndexModel::builder().keys(keys).options(options).build()
}

/// Two indexes over the same fields, for different documents, need names of their own.
trait Named {
    fn named(self, name: &str) -> Self;
}

impl Named for IndexModel {
    fn named(mut self, name: &str) -> Self {
        self.options.get_or_insert_default().name = Some(name.to_owned());
        self
    }
}

/// The collections by what they hold, of a database or a transaction.
macro_rules! collections {
    ($($method:ident: $row:ty = $name:expr),+ $(,)?) => {
        impl Mongo {
            $(pub(super) fn $method(&self) -> Collection<$row> { self.db.collection($name) })+
        }
        impl Tx {
            $(pub(super) fn $method(&self) -> Collection<$row> { self.db.collection($name) })+
        }
    };
}

collections! {
    projects: ProjectRow = PROJECTS,
    documents: DocumentRow = DOCUMENTS,
    chunks: ChunkRow = CHUNKS,
    passages: PassageRow = PASSAGES,
    generations: GenerationRow = GENERATIONS,
    units: UnitRow = UNITS,
    ledger: LedgerRow = LEDGER,
    pairs: PairRow = PAIRS,
    exports: ExportRow = EXPORTS,
    logs: LogRow = LOGS,
}
