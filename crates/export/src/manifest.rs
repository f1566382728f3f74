//! What an export is and was made with.

use std::collections::BTreeMap;

use model::{ExportFilters, ExportFormat, GenerateSettings, ProjectId, Split, Time};
use serde::{Deserialize, Serialize};

use crate::{Bin, FileInfo, SplitReport, Written, data_file};

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
    /// Whether lines of Alpaca have a history.
    #[serde(default)]
    pub history: bool,
    /// How many pairs it holds and left out.
    pub counts: Counts,
    /// How it is split; `None` where it is not.
    #[serde(default)]
    pub splits: Option<SplitReport>,
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
    /// Those of them that repeat an item of a benchmark, as far as that was looked for.
    #[serde(default)]
    pub contaminated: u64,
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
    /// There is nothing that it is preferred to, where preferences are asked for.
    NoPreference,
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
    /// The names of its data files, those to train on first.
    pub fn data_files(&self) -> Vec<&str> {
        let parts = [None, Some(Split::Train), Some(Split::Validation)].into_iter();
        let names = parts.map(|split| data_file(self.format, split));
        let files = |name| self.files.iter().find(move |file| file.name == name);
        names.filter_map(files).map(|file| file.name.as_str()).collect()
    }

    /// The manifest as a file: indented JSON with a line end at the end.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("a manifest has string keys alone");
        json + "\n"
    }
}

impl Counts {
    /// The counts of what was written and of what the caller left out.
    pub fn new(written: &Written, left_out: BTreeMap<LeftOut, u64>) -> Self {
        Self {
            pairs: written.lines(),
            documents: written.documents,
            chunks: written.chunks,
            contaminated: written.contaminated,
            left_out,
        }
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
    use model::{GenerateConfig, GenerationType, Pair, Splitting};

    use super::*;
    use crate::{
        DatasetWriter, Example, LINEAGE_FILE, LineForm, SplitSurvey,
        testing::{origin, pair},
    };

    #[test]
    fn reads_back_what_it_writes() {
        let form = LineForm { format: ExportFormat::Chatml, include_system_prompts: false, history: false };
        let files = vec![("train.jsonl", Vec::new()), ("validation.jsonl", Vec::new())];
        let mut writer = DatasetWriter::new(form, files, Vec::new()).unwrap();
        let (pair, other, origin) = (pair(0), pair(1), origin());
        writer.push(Example { pair: &pair, origin: &origin, edits: &[], rejected: None }, 0).unwrap();
        let written = writer.finish().unwrap();
        let mut survey = SplitSurvey::new(Splitting { validation: 0.5, seed: 3 });
        let elsewhere = Pair { chunk_id: model::ChunkId::derive([b"another".as_slice()]), ..other };
        let behind = model::PairOrigin { position: origin.position + 1, ..origin.clone() };
        for (pair, origin) in [(&pair, &origin), (&elsewhere, &behind)] {
            survey.see(pair, origin);
        }
        let mut plan = survey.plan().unwrap();
        plan.place(&pair);
        let manifest = Manifest {
            format_version: FORMAT_VERSION,
            data_forge: "0.1.0".into(),
            project: ManifestProject { id: pair.project_id, name: "Dunnock".into() },
            version: 3,
            created_at: Time::from_second(1_750_000_000).unwrap(),
            reviewed: false,
            format: ExportFormat::Chatml,
            filters: ExportFilters { min_quality_score: Some(0.5), ..ExportFilters::default() },
            include_system_prompts: false,
            history: false,
            counts: Counts::new(&written, BTreeMap::from([(LeftOut::Rejected, 2), (LeftOut::Duplicate, 5)])),
            splits: Some(plan.report()),
            models: Models::from(&written),
            settings: vec![GenerateSettings {
                teacher_model: "teacher".into(),
                generation_type: GenerationType::Qa,
                temperature: 0.7,
                system_prompt: None,
                config: GenerateConfig::default(),
            }],
            scores: ScoreSummary::from(&written),
            files: (written.data.into_iter())
                .chain([(LINEAGE_FILE, written.lineage)])
                .map(|(name, info)| ManifestFile { name: name.into(), info })
                .collect(),
        };
        let json = manifest.to_json();
        insta::assert_snapshot!(json);
        assert!(json.ends_with("}\n"));
        assert_eq!(serde_json::from_str::<Manifest>(&json).unwrap(), manifest);
    }
}
