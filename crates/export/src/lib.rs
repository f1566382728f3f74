//! Pairs to dataset files: ChatML, Alpaca, ShareGPT, Parquet and preferences, with manifest, lineage and what readers of
//! datasets want beside them.
//!
//! An export is its data, one line a pair, in one file or split in two; the lineage, one line a line of the data,
//! saying where it comes from; the manifest, saying what the whole is and was made with; and a card and configurations for the
//! programs that train on it. Lines are written as the pairs come, so that memory does not grow with the dataset.

mod account;
mod card;
mod histogram;
mod line;
mod lineage;
mod manifest;
mod messages;
mod parquet;
mod preference;
mod recipes;
mod selection;
mod splits;
#[cfg(test)]
mod testing;
mod writer;

pub use account::FileInfo;
pub use card::{CARD_FILE, card};
pub use histogram::{Bin, Histogram};
pub use line::{LineForm, line};
pub use lineage::{Lineage, content_of};
pub use manifest::{
    Counts, FORMAT_VERSION, LeftOut, Manifest, ManifestFile, ManifestProject, Models, ScoreSummary,
};
pub use preference::{Rejected, preferences};
pub use recipes::{AXOLOTL_FILE, DATASET_INFO_FILE, TRL_FILE, UNSLOTH_FILE, recipe_files, recipes};
pub use selection::OncePerCluster;
pub use splits::{GroupedBy, LeakageReport, SplitPlan, SplitReport, SplitSurvey};
pub use writer::{DatasetWriter, Example, ExportError, Written};

use model::{ExportFormat, Split};

/// A data file of an export: of which part it is (`None`: of the whole, which is not split), and its name.
pub type DataFile = (Option<Split>, &'static str);

/// The name of a data file in an export's folder: of a part, or of the whole where it is not split.
pub fn data_file(format: ExportFormat, split: Option<Split>) -> &'static str {
    match (format, split) {
        (ExportFormat::Parquet, None) => "dataset.parquet",
        (ExportFormat::Parquet, Some(Split::Train)) => "train.parquet",
        (ExportFormat::Parquet, Some(Split::Validation)) => "validation.parquet",
        (_, None) => "dataset.jsonl",
        (_, Some(Split::Train)) => "train.jsonl",
        (_, Some(Split::Validation)) => "validation.jsonl",
    }
}

/// The name of any file that an export may have, if that is the name of one.
pub fn file_named(name: &str) -> Option<&'static str> {
    all_files().find(|known| *known == name)
}

/// The names of all files that an export may have, the manifest last.
pub fn all_files() -> impl Iterator<Item = &'static str> {
    let parts = || [None, Some(Split::Train), Some(Split::Validation)].into_iter();
    let data = [ExportFormat::Chatml, ExportFormat::Parquet].into_iter();
    data.flat_map(move |format| parts().map(move |split| data_file(format, split)))
        .chain([LINEAGE_FILE, CARD_FILE])
        .chain(recipes::RECIPE_FILES)
        .chain([MANIFEST_FILE])
}

/// The name of the lineage file in an export's folder, and what a lineage beside a data file ends in.
pub const LINEAGE_FILE: &str = "lineage.jsonl";
/// The name of the manifest in an export's folder, and what a manifest beside a data file ends in.
pub const MANIFEST_FILE: &str = "manifest.json";
