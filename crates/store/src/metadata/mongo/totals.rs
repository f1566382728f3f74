//! What a project holds, kept up in the transaction that writes it.

use mongodb::bson::{Document, Uuid as Key, doc};

use super::{Tx, rows::Totals};
use crate::{Result, StoreError, metadata::generation::Sum};

/// What pairs of a project come to; taken off where `times` is -1.
impl Totals {
    /// Counts a pair by what a person decided on it and by its quality.
    pub(super) fn add_pair(&mut self, times: i64, review_status: &str, quality: Option<f64>) {
        self.pairs += times;
        self.add_decision(times, review_status);
        self.add_quality(times, quality);
    }

    /// Counts what a person decided, not the pair.
    pub(super) fn add_decision(&mut self, times: i64, review_status: &str) {
        match review_status {
            "accepted" => self.accepted += times,
            "edited" => self.edited += times,
            "rejected" => self.rejected += times,
            _ => {}
        }
    }

    /// Counts a quality, not the pair.
    pub(super) fn add_quality(&mut self, times: i64, quality: Option<f64>) {
        let mut sum = Sum::default();
        sum.add(quality);
        self.quality_sum += times * sum.billionths;
        self.quality_count += times * sum.count;
    }

    fn increments(&self) -> Document {
        doc! {
            "totals.documents": self.documents,
            "totals.document_bytes": self.document_bytes,
            "totals.chunks": self.chunks,
            "totals.pairs": self.pairs,
            "totals.accepted": self.accepted,
            "totals.edited": self.edited,
            "totals.rejected": self.rejected,
            "totals.quality_sum": self.quality_sum,
            "totals.quality_count": self.quality_count,
        }
    }
}

/// Adds to what a project holds. It is the last thing that a transaction does, or nearly so: others that change the same
/// project fail on it from there on.
///
/// # Errors
/// [`StoreError::NotFound`] where the project has gone.
pub(super) async fn add(tx: &mut Tx, project: Key, add: &Totals) -> Result<()> {
    if *add == Totals::default() {
        return Ok(());
    }
    let added = tx
        .projects()
        .update_one(doc! { "_id": project }, doc! { "$inc": add.increments() })
        .session(&mut tx.session)
        .await?;
    if added.matched_count == 0 { Err(StoreError::NotFound("project")) } else { Ok(()) }
}
