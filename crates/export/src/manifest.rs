//! What an export is and was made with.

use std::collections::BTreeMap;

use model::{ExportFilters, ExportFormat, GenerateSettings, ProjectId, Time};
use serde::{Deserialize, Serialize};

use crate::{Bin, FileInfo, Written};

/// The version of the manifest's shape; it changes where a reader of the old one would go wrong.
pub const FORMAT_VERSION: u32 = 1;

/// What an export is and was made with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The version of the program that made it.
    pub data_forge: String,
    /// The project it is an export of.
    pub project: ManifestProject,
    /// The export's number in the project, from 1.
    pub version: u32,
    /// When it was made.
    pub created_at: Time,
    /// Whether a person accepted every pair in it.
    pub reviewed: bool,
    /// The form of its lines.
    pub format: ExportFormat,
    /// Which pairs it took.
    pub filters: ExportFilters,
    /// Whether the lines hold the user's system prompt.
    pub include_system_prompts: bool,
    /// How many pairs it holds and left out.
    pub counts: Counts,
    /// The models it was made with.
    pub models: Models,
    /// The settings of the generations it was made in.
    pub settings: Vec<GenerateSettings>,
    /// How good its pairs are.
    pub scores: ScoreSummary,
    /// Its files but for the manifest.
    pub files: Vec<ManifestFile>,
}

/// The project of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestProject {
    /// Its id.
    pub id: ProjectId,
    /// Its name when the export was made.
    pub name: String,
}

/// How many pairs an export holds and left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Pairs in it.
    pub pairs: u64,
    /// Documents these are from.
    pub documents: u64,
    /// Chunks these are from.
    pub chunks: u64,
    /// Pairs of the project that are not in it, by the reason.
    pub left_out: BTreeMap<LeftOut, u64>,
}

/// Why a pair is not in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// It repeats a pair that is in it.
    Duplicate,
    /// A person rejected it.
    Rejected,
    /// Its quality is under the least that was asked for, or was not measured.
    BelowMinQuality,
    /// Nobody has accepted it yet, where only accepted pairs are asked for.
    Pending,
}

/// The models an export was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Models {
    /// Those that wrote its pairs, sorted.
    pub teachers: Vec<String>,
}

/// How good the pairs of an export are; scores that were not measured do not count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreSummary {
    /// The mean quality score.
    pub average_quality: Option<f64>,
    /// The mean grounding score.
    pub average_grounding: Option<f64>,
    /// The quality scores in 20 bins.
    pub quality_histogram: Vec<Bin>,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Its name, without a folder.
    pub name: String,
    /// What it holds.
    #[serde(flatten)]
    pub info: FileInfo,
}

impl Manifest {
    /// The manifest as a file: indented JSON with a line end at the end.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("a manifest has string keys alone");
        json + "\n"
    }
}

impl Counts {
    /// The counts of what was written and of what the caller left out.
    pub fn new(written: &Written, left_out: BTreeMap<LeftOut, u64>) -> Self {
        Self { pairs: written.data.lines, documents: written.documents, chunks: written.chunks, left_out }
    }
}

impl From<&Written> for Models {
    fn from(written: &Written) -> Self {
        Self { teachers: written.teachers.iter().cloned().collect() }
    }
}

impl From<&Written> for ScoreSummary {
    fn from(written: &Written) -> Self {
        Self {
            average_quality: written.average_quality,
            average_grounding: written.average_grounding,
            quality_histogram: written.quality_histogram.bins(),
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{GenerateConfig, GenerationType};

    use super::*;
    use crate::{
        DATA_FILE, DatasetWriter, LINEAGE_FILE,
        testing::{origin, pair},
    };

    #[test]
    fn reads_back_what_it_writes() {
        let mut writer = DatasetWriter::new(ExportFormat::Chatml, false, Vec::new(), Vec::new());
        writer.push(&pair(0), &origin()).unwrap();
        let written = writer.finish().unwrap();
        let manifest = Manifest {
            format_version: FORMAT_VERSION,
            data_forge: "0.1.0".into(),
            project: ManifestProject { id: pair(0).project_id, name: "Dunnock".into() },
            version: 3,
            created_at: Time::from_second(1_750_000_000).unwrap(),
            reviewed: false,
            format: ExportFormat::Chatml,
            filters: ExportFilters { min_quality_score: Some(0.5), ..ExportFilters::default() },
            include_system_prompts: false,
            counts: Counts::new(&written, BTreeMap::from([(LeftOut::Rejected, 2), (LeftOut::Duplicate, 5)])),
            models: Models::from(&written),
            settings: vec![GenerateSettings {
                teacher_model: "teacher".into(),
                generation_type: GenerationType::Qa,
                temperature: 0.7,
                system_prompt: None,
                config: GenerateConfig::default(),
            }],
            scores: ScoreSummary::from(&written),
            files: vec![
                ManifestFile { name: DATA_FILE.into(), info: written.data },
                ManifestFile { name: LINEAGE_FILE.into(), info: written.lineage },
            ],
        };
        let json = manifest.to_json();
        insta::assert_snapshot!(json);
        assert!(json.ends_with("}\n"));
        assert_eq!(serde_json::from_str::<Manifest>(&json).unwrap(), manifest);
    }
}
