//! What pairs are counted in: an index that holds all that they are told apart by, so that no pair is read.

use mongodb::bson::{Bson, Document, doc};

/// The index of pairs by which they are counted.
pub(super) const INDEX: &str = "in_numbers";

/// The index of those pairs that repeat another.
pub(super) const DUPLICATES: &str = "duplicates";

/// In which of 20 bins a score is, the last of which holds its end too; null where it was not measured.
pub(super) fn bin(rank: &str) -> Document {
    let bin = doc! { "$toInt": { "$multiply": [rank, 20] } };
    doc! { "$cond": [{ "$gte": [rank, 0] }, { "$min": [bin, 19] }, Bson::Null] }
}

/// The sum of the scores that were measured.
pub(super) fn sum(rank: &str) -> Document {
    doc! { "$sum": { "$max": [rank, 0] } }
}
