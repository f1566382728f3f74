//! Data and lineage as written, before they are a version.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::BufWriter,
    path::Path,
};

use ::export::{DATA_FILE, DatasetWriter, LINEAGE_FILE, LeftOut, OncePerCluster, Written};
use jobs::Environment;
use model::{GenerationId, Pair, ProjectId, ReviewStatus, UserId};
use store::{ExportRow, PairSelection};

use super::{ExportError, ExportRequest, Rule};

/// Rows read from the store at once.
const PAGE: u32 = 1000;

/// Data and lineage as written, before they are a version.
#[derive(Debug)]
pub(super) struct Draft {
    /// What is in them.
    pub(super) written: Written,
    /// Pairs in them that a reviewer should look at.
    pub(super) flagged: u64,
    /// Pairs that are not in them, by the reason.
    pub(super) left_out: BTreeMap<LeftOut, u64>,
    /// The generations that made the pairs.
    pub(super) generations: BTreeSet<GenerationId>,
}

/// Writes data and lineage into a folder, a page of pairs at a time.
pub(super) async fn write(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    request: &ExportRequest,
    folder: &Path,
) -> Result<Draft, ExportError> {
    let create = |name| File::create(folder.join(name)).map(BufWriter::new).map_err(ExportError::Folder);
    let mut writing = Writing {
        rule: request.rule,
        min_quality: request.min_quality,
        writer: DatasetWriter::new(
            request.format,
            request.include_system_prompts,
            create(DATA_FILE)?,
            create(LINEAGE_FILE)?,
        ),
        clusters: OncePerCluster::default(),
        flagged: 0,
        left_out: BTreeMap::new(),
        generations: BTreeSet::new(),
    };
    let selection = PairSelection {
        generations: request.generations.clone(),
        documents: request.documents.clone(),
        ..PairSelection::default()
    };
    let mut after = None;
    loop {
        let rows = environment.metadata.export_rows(user, project, &selection, after.as_ref(), PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.cursor());
        // Lines are made and hashed off the threads that others wait on.
        let pushed = tokio::task::spawn_blocking(move || writing.push(&rows).map(|()| writing)).await;
        writing = pushed.map_err(|error| ExportError::Folder(error.into()))??;
    }
    let Writing { writer, flagged, left_out, generations, .. } = writing;
    Ok(Draft { written: writer.finish()?, flagged, left_out, generations })
}

/// Files that are being written.
struct Writing {
    rule: Rule,
    min_quality: Option<f64>,
    writer: DatasetWriter<BufWriter<File>, BufWriter<File>>,
    clusters: OncePerCluster,
    flagged: u64,
    left_out: BTreeMap<LeftOut, u64>,
    generations: BTreeSet<GenerationId>,
}

impl Writing {
    fn push(&mut self, rows: &[ExportRow]) -> Result<(), ::export::ExportError> {
        for ExportRow { pair, origin } in rows {
            match reason_to_leave_out(pair, self.rule, self.min_quality, &mut self.clusters) {
                Some(reason) => *self.left_out.entry(reason).or_default() += 1,
                None => {
                    self.flagged += u64::from(!pair.flags.is_empty());
                    self.generations.insert(pair.generation_id);
                    self.writer.push(pair, origin)?;
                }
            }
        }
        Ok(())
    }
}

fn reason_to_leave_out(
    pair: &Pair,
    rule: Rule,
    min_quality: Option<f64>,
    clusters: &mut OncePerCluster,
) -> Option<LeftOut> {
    if pair.review_status == ReviewStatus::Rejected {
        // What repeats a rejected pair must not come in for it.
        clusters.admit(pair);
        return Some(LeftOut::Rejected);
    }
    let accepted = matches!(pair.review_status, ReviewStatus::Accepted | ReviewStatus::Edited);
    match rule {
        Rule::NotRejected if !clusters.admit(pair) => return Some(LeftOut::Duplicate),
        Rule::Accepted if !accepted && pair.duplicate_of.is_some() => return Some(LeftOut::Duplicate),
        Rule::Accepted if !accepted => return Some(LeftOut::Pending),
        Rule::NotRejected | Rule::Accepted => {}
    }
    let too_low = |least: f64| pair.quality_score.is_none_or(|score| score < least);
    min_quality.is_some_and(too_low).then_some(LeftOut::BelowMinQuality)
}
