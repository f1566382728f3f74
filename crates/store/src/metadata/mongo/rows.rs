//! What each collection holds. `body` is the whole thing as JSON, as it was when it was made or last written whole; a field
//! beside it that says the same is newer.

use mongodb::bson::{Binary, Uuid as Key};
use serde::{Deserialize, Serialize};

/// A project.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ProjectRow {
    #[serde(rename = "_id")]
    pub(super) id: Key,
    pub(super) user: String,
    pub(super) name: String,
    pub(super) current_version: u32,
    pub(super) created_at: i64,
    /// The name and the description without regard to letter case, for finding.
    pub(super) folded: String,
    /// What it holds, so that nothing is counted when it is read.
    pub(super) totals: Totals,
    /// Goes up with every generation, so that of two that are made at once the second sees the first.
    #[serde(default)]
    pub(super) generations: i64,
    pub(super) body: String,
}

/// What a project holds; the sum of qualities in billionths.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Totals {
    pub(super) documents: i64,
    pub(super) document_bytes: i64,
    pub(super) chunks: i64,
    pub(super) pairs: i64,
    pub(super) accepted: i64,
    pub(super) edited: i64,
    pub(super) rejected: i64,
    pub(super) quality_sum: i64,
    pub(super) quality_count: i64,
}

/// A document of a project.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DocumentRow {
    #[serde(rename = "_id")]
    pub(super) id: Key,
    pub(super) project: Key,
    pub(super) user: String,
    pub(super) filename: String,
    pub(super) sha256: String,
    pub(super) status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    pub(super) created_at: i64,
    pub(super) size_bytes: i64,
    pub(super) body: String,
}

/// A chunk of a document.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ChunkRow {
    #[serde(rename = "_id")]
    pub(super) id: Key,
    pub(super) project: Key,
    pub(super) user: String,
    pub(super) document: Key,
    /// Its document's, for the order of lists.
    pub(super) filename: String,
    pub(super) position: u32,
    pub(super) excluded: bool,
    /// The code of the reason why it is excluded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exclude_code: Option<String>,
    pub(super) content_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) topic: Option<String>,
    pub(super) token_count: u32,
    pub(super) edited: bool,
    /// What a person said of leaving it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decided: Option<bool>,
    pub(super) revision: u32,
    /// Of the text as parsed.
    pub(super) parsed_sha256: String,
    /// The hash of its passage.
    pub(super) passage: String,
    /// What it is found by: see the module `search`.
    pub(super) terms: Vec<String>,
    pub(super) body: String,
}

/// What chunks said, by its hash: outlives the chunks.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PassageRow {
    pub(super) project: Key,
    pub(super) sha256: String,
    pub(super) body: String,
}

/// A generation. The counts are kept up in the transaction that writes what they count; sums of scores count billionths and
/// the cost trillionths of a USD, so that the order of adding does not show.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct GenerationRow {
    #[serde(rename = "_id")]
    pub(super) id: Key,
    pub(super) project: Key,
    pub(super) user: String,
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) attempt: u32,
    pub(super) created_at: i64,
    /// There until it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unended: Option<bool>,
    /// Whether jobs work on it.
    pub(super) has_jobs: bool,
    /// Labels that its teacher proposed, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) labels: Option<String>,
    pub(super) chunks_total: i64,
    pub(super) chunks_processed: i64,
    pub(super) chunks_failed: i64,
    pub(super) validate_total: i64,
    pub(super) validate_ended: i64,
    pub(super) pairs_generated: i64,
    pub(super) pairs_duplicate: i64,
    pub(super) quality_sum: i64,
    pub(super) quality_count: i64,
    pub(super) grounding_sum: i64,
    pub(super) grounding_count: i64,
    pub(super) requests: i64,
    pub(super) prompt_tokens: i64,
    pub(super) completion_tokens: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cost: Option<i64>,
    pub(super) body: String,
}

/// A unit of work. `lease_owner` and `lease_until` are there while it is `leased`, `failure` while it is `failed`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct UnitRow {
    #[serde(rename = "_id")]
    pub(super) id: Key,
    pub(super) generation: Key,
    pub(super) project: Key,
    pub(super) phase: String,
    pub(super) subject: Key,
    pub(super) ordinal: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) passage: Option<String>,
    pub(super) attempts: u32,
    pub(super) status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lease_owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lease_until: Option<i64>,
    /// The failure as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<String>,
    /// Whether it failed on a reply, which is not to be given again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bad_reply: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failed_at: Option<i64>,
    /// What its call under way may come to; the cost in trillionths of a USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reserved_tokens: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reserved_cost: Option<i64>,
    /// What was tried on the scoring of its pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) probes: Option<ProbesRow>,
}

/// Pairs made wrong on purpose, and pairs that were judged twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ProbesRow {
    pub(super) canaries: Vec<CanaryRow>,
    pub(super) retests: Vec<RetestRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct CanaryRow {
    pub(super) slot: u32,
    pub(super) operator: String,
    pub(super) caught: bool,
    pub(super) caught_locally: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) caught_by_judge: Option<bool>,
    pub(super) original_flagged: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RetestRow {
    pub(super) slot: u32,
    pub(super) compared: u32,
    pub(super) agreed: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) difference: Option<f64>,
}

/// A paid call and its reply.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LedgerRow {
    pub(super) generation: Key,
    pub(super) unit: Key,
    pub(super) request: String,
    pub(super) reply: String,
    pub(super) usage: String,
    pub(super) time: String,
}

/// A pair. `body` and `validation` are as they were made; `edit` is what a person wrote in place of that, with the scores of
/// it, and goes with a reset. Ranks are scores with those that were not measured before all others.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PairRow {
    #[serde(rename = "_id")]
    pub(super) id: Key,
    pub(super) project: Key,
    pub(super) user: String,
    pub(super) generation: Key,
    /// Neither the document nor the chunk has to be there any more.
    pub(super) document: Key,
    pub(super) chunk: Key,
    pub(super) slot: u32,
    pub(super) filename: String,
    pub(super) position: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) page_start: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) page_end: Option<u32>,
    pub(super) char_start: i64,
    pub(super) char_end: i64,
    pub(super) review_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reviewed_by: Option<String>,
    /// Times as they are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reviewed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) changed_at: Option<String>,
    pub(super) revision: u32,
    pub(super) created_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) quality_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) grounding_score: Option<f64>,
    pub(super) quality_rank: f64,
    pub(super) grounding_rank: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) question_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) difficulty: Option<String>,
    /// Codes, with `duplicate` last among them while `duplicate_of` is there.
    pub(super) flags: Vec<String>,
    pub(super) flagged: bool,
    pub(super) token_count: u32,
    /// The key among equals; `generated_key` is that of what was made, while `edit` is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dup_key: Option<Binary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) generated_key: Option<Binary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) duplicate_of: Option<Key>,
    /// The pair that it nearly repeats, how similar they are, and whether that was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) near_of: Option<Key>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) similarity: Option<f64>,
    pub(super) compared: bool,
    /// There while it is to be compared: it has a key, repeats none, and was not compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to_compare: Option<bool>,
    /// What it is compared by, and the bands under which it is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sketch: Option<Binary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bands: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) topic: Option<String>,
    /// What a judge said when it was made, where one was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) judged: Option<JudgedRow>,
    /// What it is found by: see the module `search`. Lists do not read it.
    #[serde(default)]
    pub(super) terms: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) validation: Option<String>,
    pub(super) body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) edit: Option<String>,
}

/// What a judge said, as far as it is counted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct JudgedRow {
    pub(super) failed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) score: Option<f64>,
}

/// A published version.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ExportRow {
    pub(super) project: Key,
    pub(super) user: String,
    pub(super) version: u32,
    pub(super) body: String,
}

/// A named lease.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LeaseRow {
    #[serde(rename = "_id")]
    pub(super) name: String,
    pub(super) lease_owner: String,
    pub(super) lease_until: i64,
}

/// A line of a generation's log.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LogRow {
    pub(super) generation: Key,
    pub(super) user: String,
    pub(super) seq: i64,
    pub(super) level: i32,
    pub(super) entry: String,
}
