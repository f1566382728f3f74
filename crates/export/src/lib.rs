//! Pairs to dataset files: ChatML and Alpaca, with manifest and lineage.
//!
//! An export is three files: the data, one line a pair; the lineage, one line a line of the data,
//! saying where it comes from; and the manifest, saying what the whole is and was made with. Lines
//! are written as the pairs come, so that memory does not grow with the dataset.

mod histogram;
mod line;
mod lineage;
mod manifest;
mod selection;
#[cfg(test)]
mod testing;
mod writer;

pub use histogram::{Bin, Histogram};
pub use line::line;
pub use lineage::Lineage;
pub use manifest::{
    Counts, FORMAT_VERSION, LeftOut, Manifest, ManifestFile, ManifestProject, Models, ScoreSummary,
};
pub use selection::OncePerCluster;
pub use writer::{DatasetWriter, ExportError, FileInfo, Written};

/// The name of the data file in an export's folder.
pub const DATA_FILE: &str = "dataset.jsonl";
/// The name of the lineage file in an export's folder, and what a lineage beside a data file ends in.
pub const LINEAGE_FILE: &str = "lineage.jsonl";
/// The name of the manifest in an export's folder, and what a manifest beside a data file ends in.
pub const MANIFEST_FILE: &str = "manifest.json";
