//! What an export would hold, before it is made.

use std::{collections::BTreeMap, io};

use ::export::{Bin, DatasetWriter, Example, Histogram, LeftOut, LineForm, data_file};
use jobs::Environment;
use model::{ExportFormat, ProjectId, ReviewStatus, Split, UserId};
use serde::Serialize;
use store::{ExportRow, ExportTotals, PairSelection};
use utoipa::ToSchema;

use super::{
    ExportError, ExportRequest,
    chooser::{Chooser, Chosen},
    draft::has_conversations,
    walk::{Visit, walk},
};

/// So many pairs tell how long lines are.
const SAMPLE: u32 = 500;

/// What an export would hold.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ExportEstimate)]
pub(crate) struct Estimate {
    /// Pairs in it, exactly.
    pub(crate) pairs: u64,
    /// Pairs that would not be in it, by the reason.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub(crate) left_out: BTreeMap<LeftOut, u64>,
    /// How many pairs would be in each part, about; empty where it is not split.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub(crate) splits: BTreeMap<Split, u64>,
    /// Tokens (`o200k_base`) of its questions, contexts and answers.
    pub(crate) tokens: u64,
    /// The size of its data files, from some of the pairs.
    pub(crate) bytes: u64,
    /// Its measured quality scores in 20 bins.
    #[schema(value_type = Vec<model::HistogramBin>)]
    pub(crate) quality_histogram: Vec<Bin>,
}

/// What an export of a user's pairs of a project would hold: those that people accepted.
///
/// # Errors
/// Where the store fails.
pub(crate) async fn estimate(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    request: &ExportRequest,
) -> Result<Estimate, ExportError> {
    let counted = match request.format {
        // Which pairs are preferred to which is seen in their texts alone.
        ExportFormat::Dpo => {
            let counting = Counting { chooser: Chooser::new(request), counted: Counted::default() };
            walk(environment, user, project, request, counting).await?.end()
        }
        _ => {
            let selection =
                PairSelection { generations: request.generations.clone(), ..PairSelection::default() };
            let least = request.min_quality;
            let totals = environment.metadata.export_totals(user, project, &selection, least).await?;
            totals.iter().fold(Counted::default(), |mut counted, totals| {
                counted.add_totals(totals);
                counted
            })
        }
    };
    let Counted { pairs, tokens, left_out, histogram } = counted;
    let bytes = (bytes_of_a_pair(environment, user, project, request).await? * pairs as f64).round();
    let splits = request.splitting.filter(|_| pairs > 0).map(|splitting| {
        let validation = (pairs as f64 * splitting.validation).round() as u64;
        BTreeMap::from([(Split::Train, pairs - validation), (Split::Validation, validation)])
    });
    Ok(Estimate {
        pairs,
        left_out,
        splits: splits.unwrap_or_default(),
        tokens,
        bytes: bytes as u64,
        quality_histogram: histogram.bins(),
    })
}

#[derive(Default)]
struct Counted {
    pairs: u64,
    tokens: u64,
    left_out: BTreeMap<LeftOut, u64>,
    histogram: Histogram,
}

impl Counted {
    fn add_totals(&mut self, totals: &ExportTotals) {
        let reason = match totals.review_status {
            ReviewStatus::Rejected => Some(LeftOut::Rejected),
            ReviewStatus::Pending if totals.duplicates => Some(LeftOut::Duplicate),
            ReviewStatus::Pending => Some(LeftOut::Pending),
            ReviewStatus::Accepted | ReviewStatus::Edited if !totals.passes => Some(LeftOut::BelowMinQuality),
            ReviewStatus::Accepted | ReviewStatus::Edited => None,
        };
        if let Some(reason) = reason {
            *self.left_out.entry(reason).or_default() += totals.pairs;
            return;
        }
        self.pairs += totals.pairs;
        self.tokens += totals.tokens;
        if let Some(bin) = totals.quality_bin {
            self.histogram.add_many(bin, totals.pairs);
        }
    }
}

/// A look at the pairs of an export of preferences.
struct Counting {
    chooser: Chooser,
    counted: Counted,
}

impl Counting {
    fn count(&mut self, chosen: &[Chosen]) {
        for Chosen { row: ExportRow { pair, .. }, .. } in chosen {
            self.counted.pairs += 1;
            self.counted.tokens += u64::from(pair.token_count);
            if let Some(score) = pair.quality_score {
                self.counted.histogram.add(score);
            }
        }
    }

    fn end(mut self) -> Counted {
        let rest = self.chooser.end();
        self.count(&rest);
        Counted { left_out: self.chooser.left_out(), ..self.counted }
    }
}

impl Visit for Counting {
    fn visit(&mut self, rows: Vec<ExportRow>) -> Result<(), ExportError> {
        let chosen = self.chooser.choose(rows);
        self.count(&chosen);
        Ok(())
    }
}

/// The mean size of a pair in a data file, by the first of those that would be in it; 0 where there is none.
async fn bytes_of_a_pair(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    request: &ExportRequest,
) -> Result<f64, ExportError> {
    let selection = PairSelection {
        generations: request.generations.clone(),
        min_quality: request.min_quality,
        reviewed_only: request.format != ExportFormat::Dpo,
        ..PairSelection::default()
    };
    let rows = environment.metadata.export_rows(user, project, &selection, None, SAMPLE).await?;
    let form = LineForm {
        format: request.format,
        include_system_prompts: request.include_system_prompts,
        history: has_conversations(&*environment.metadata, user, project, request).await?,
    };
    let mut chooser = Chooser::new(request);
    let mut chosen = chooser.choose(rows);
    chosen.extend(chooser.end());
    let files = vec![(data_file(request.format, None), io::sink())];
    let mut writer = DatasetWriter::new(form, files, io::sink())?;
    for Chosen { row: ExportRow { pair, origin, edits }, rejected } in &chosen {
        writer.push(Example { pair, origin, edits, rejected: rejected.as_ref() }, 0)?;
    }
    let written = writer.finish()?;
    Ok(if written.lines() > 0 { written.bytes() as f64 / written.lines() as f64 } else { 0.0 })
}
