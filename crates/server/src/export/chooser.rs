//! What of a project's pairs goes into an export, and why the rest does not.

use std::collections::{BTreeMap, HashSet};

use ::export::{LeftOut, OncePerCluster, Rejected, preferences};
use model::{ExportFormat, Pair, PairId, ReviewStatus};
use store::ExportRow;

use super::{ExportRequest, Rule};

/// A pair that goes into an export.
#[derive(Debug)]
pub(super) struct Chosen {
    /// The pair.
    pub(super) row: ExportRow,
    /// What it is preferred to, of an export of preferences.
    pub(super) rejected: Option<Rejected>,
}

/// Chooses among pairs as they come, document by document and chunk by chunk.
#[derive(Debug)]
pub(super) struct Chooser {
    rule: Rule,
    min_quality: Option<f64>,
    clusters: OncePerCluster,
    left_out: BTreeMap<LeftOut, u64>,
    /// The pairs of the passage that is being read, of an export of preferences.
    passage: Option<Vec<ExportRow>>,
}

impl Chooser {
    pub(super) fn new(request: &ExportRequest) -> Self {
        Self {
            rule: request.rule,
            min_quality: request.min_quality,
            clusters: OncePerCluster::default(),
            left_out: BTreeMap::new(),
            passage: (request.format == ExportFormat::Dpo).then(Vec::new),
        }
    }

    /// The next pairs that go in.
    pub(super) fn choose(&mut self, rows: Vec<ExportRow>) -> Vec<Chosen> {
        let Some(mut passage) = self.passage.take() else {
            return rows.into_iter().filter_map(|row| self.pair(row)).collect();
        };
        let mut chosen = Vec::new();
        for row in rows {
            if passage.last().is_some_and(|last| !same_passage(last, &row)) {
                chosen.extend(self.preferences(std::mem::take(&mut passage)));
            }
            passage.push(row);
        }
        self.passage = Some(passage);
        chosen
    }

    /// The last pairs that go in, when no more come.
    pub(super) fn end(&mut self) -> Vec<Chosen> {
        let passage = self.passage.take().unwrap_or_default();
        self.preferences(passage)
    }

    /// How many pairs do not, by the reason.
    pub(super) fn left_out(self) -> BTreeMap<LeftOut, u64> {
        self.left_out
    }

    fn pair(&mut self, row: ExportRow) -> Option<Chosen> {
        if let Some(reason) = self.reason_to_leave_out(&row.pair) {
            self.count(reason);
            return None;
        }
        Some(Chosen { row, rejected: None })
    }

    fn reason_to_leave_out(&mut self, pair: &Pair) -> Option<LeftOut> {
        if pair.review_status == ReviewStatus::Rejected {
            // What repeats a rejected pair must not come in for it.
            self.clusters.admit(pair);
            return Some(LeftOut::Rejected);
        }
        match self.rule {
            Rule::NotRejected if !self.clusters.admit(pair) => return Some(LeftOut::Duplicate),
            Rule::Accepted if is_pending(pair) && pair.duplicate_of.is_some() => {
                return Some(LeftOut::Duplicate);
            }
            Rule::Accepted if is_pending(pair) => return Some(LeftOut::Pending),
            Rule::NotRejected | Rule::Accepted => {}
        }
        self.is_too_low(pair).then_some(LeftOut::BelowMinQuality)
    }

    fn is_too_low(&self, pair: &Pair) -> bool {
        self.min_quality.is_some_and(|least| pair.quality_score.is_none_or(|score| score < least))
    }

    /// What the pairs of a passage prefer to what. A person has decided on both sides of each, whatever the rule.
    fn preferences(&mut self, passage: Vec<ExportRow>) -> Vec<Chosen> {
        let (decided, pending): (Vec<_>, Vec<_>) =
            passage.into_iter().partition(|row| !is_pending(&row.pair));
        pending.iter().for_each(|_| self.count(LeftOut::Pending));
        let rejected = |pair: &Pair| pair.review_status == ReviewStatus::Rejected;
        let (low, decided): (Vec<_>, Vec<_>) =
            decided.into_iter().partition(|row| !rejected(&row.pair) && self.is_too_low(&row.pair));
        low.iter().for_each(|_| self.count(LeftOut::BelowMinQuality));
        let pairs: Vec<&Pair> = decided.iter().map(|row| &row.pair).collect();
        let found = preferences(&pairs);
        let used: HashSet<PairId> = found
            .iter()
            .flat_map(|(at, rejected)| [Some(decided[*at].pair.id), rejected.pair])
            .flatten()
            .collect();
        for pair in pairs.iter().filter(|pair| !used.contains(&pair.id)) {
            self.count(if rejected(pair) { LeftOut::Rejected } else { LeftOut::NoPreference });
        }
        found
            .into_iter()
            .map(|(at, rejected)| Chosen { row: decided[at].clone(), rejected: Some(rejected) })
            .collect()
    }

    fn count(&mut self, reason: LeftOut) {
        *self.left_out.entry(reason).or_default() += 1;
    }
}

fn is_pending(pair: &Pair) -> bool {
    pair.review_status == ReviewStatus::Pending
}

fn same_passage(one: &ExportRow, other: &ExportRow) -> bool {
    (one.pair.document_id, one.origin.position) == (other.pair.document_id, other.origin.position)
}
