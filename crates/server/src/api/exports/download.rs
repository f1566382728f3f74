//! The files of a version.

use std::time::Duration;

use ::export::{
    AXOLOTL_FILE, CARD_FILE, DATASET_INFO_FILE, LINEAGE_FILE, MANIFEST_FILE, TRL_FILE, UNSLOTH_FILE,
    data_file, recipe_files,
};
use axum::{Json, extract::State};
use model::{Export, ProjectId, Split, Time};
use serde::{Deserialize, Serialize};
use store::Keys;
use utoipa::{IntoParams, ToSchema};

use crate::{
    App,
    extract::{BaseUrl, Caller, Path, Query},
    links,
    problem::Problem,
};

/// How long a link is good.
const LIFE: Duration = Duration::from_secs(3600);

/// Which file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// The file; the data where nothing is said.
    #[param(inline)]
    file: Option<ExportFile>,
}

/// A file of an export.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
enum ExportFile {
    /// The pairs; of a version that is split, those to train on.
    #[default]
    #[serde(rename = "dataset")]
    Dataset,
    /// The pairs to train on.
    #[serde(rename = "train")]
    Train,
    /// The pairs to validate by.
    #[serde(rename = "validation")]
    Validation,
    /// What the export is and was made with.
    #[serde(rename = "manifest", alias = "manifest.json")]
    Manifest,
    /// Where each line comes from.
    #[serde(rename = "lineage", alias = "lineage.jsonl")]
    Lineage,
    /// The card for people and hubs.
    #[serde(rename = "card", alias = "README.md")]
    Card,
    /// What LLaMA-Factory wants.
    #[serde(rename = "dataset_info", alias = "dataset_info.json")]
    DatasetInfo,
    /// What Axolotl wants.
    #[serde(rename = "axolotl", alias = "axolotl.yaml")]
    Axolotl,
    /// A script for TRL.
    #[serde(rename = "trl", alias = "trl.py")]
    Trl,
    /// A script for Unsloth.
    #[serde(rename = "unsloth", alias = "unsloth.py")]
    Unsloth,
    /// The pairs, by the name of their file.
    #[serde(rename = "dataset.jsonl")]
    DatasetLines,
    /// The pairs to train on, by the name of their file.
    #[serde(rename = "train.jsonl")]
    TrainLines,
    /// The pairs to validate by, by the name of their file.
    #[serde(rename = "validation.jsonl")]
    ValidationLines,
    /// The pairs, by the name of their file.
    #[serde(rename = "dataset.parquet")]
    DatasetRows,
    /// The pairs to train on, by the name of their file.
    #[serde(rename = "train.parquet")]
    TrainRows,
    /// The pairs to validate by, by the name of their file.
    #[serde(rename = "validation.parquet")]
    ValidationRows,
}

impl ExportFile {
    /// The name of the file in a version, if it has it.
    fn name_in(self, export: &Export) -> Option<&'static str> {
        let (format, is_split) = (export.format, !export.splits.is_empty());
        let data = |split: Option<Split>| (is_split == split.is_some()).then(|| data_file(format, split));
        let named = |name: &'static str| {
            let parts = [None, Some(Split::Train), Some(Split::Validation)];
            parts.into_iter().filter_map(data).find(|known| *known == name)
        };
        let recipe = |name: &'static str| recipe_files(format).contains(&name).then_some(name);
        match self {
            Self::Dataset => data(is_split.then_some(Split::Train)),
            Self::Train => data(Some(Split::Train)),
            Self::Validation => data(Some(Split::Validation)),
            Self::Manifest => Some(MANIFEST_FILE),
            Self::Lineage => Some(LINEAGE_FILE),
            Self::Card => Some(CARD_FILE),
            Self::DatasetInfo => recipe(DATASET_INFO_FILE),
            Self::Axolotl => recipe(AXOLOTL_FILE),
            Self::Trl => recipe(TRL_FILE),
            Self::Unsloth => recipe(UNSLOTH_FILE),
            Self::DatasetLines => named("dataset.jsonl"),
            Self::TrainLines => named("train.jsonl"),
            Self::ValidationLines => named("validation.jsonl"),
            Self::DatasetRows => named("dataset.parquet"),
            Self::TrainRows => named("train.parquet"),
            Self::ValidationRows => named("validation.parquet"),
        }
    }
}

/// A version, and where one of its files can be fetched.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Download {
    /// Where the file can be fetched with a GET, without a key.
    download_url: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
    #[serde(flatten)]
    export: Export,
}

/// A version of the dataset, with a link to one of its files.
#[utoipa::path(get, path = "/projects/{id}/export/{version}", tag = "exports",
    params(("id" = ProjectId, Path), ("version" = u32, Path), Which),
    responses((status = 200, body = Download), Problem))]
pub(super) async fn get(
    State(app): State<App>,
    Caller(user): Caller,
    BaseUrl(base_url): BaseUrl,
    Path((id, version)): Path<(ProjectId, u32)>,
    Query(which): Query<Which>,
) -> Result<Json<Download>, Problem> {
    let export = app.environment.metadata.export(&user, id, version).await?;
    let export = export.ok_or_else(|| Problem::not_found("export"))?;
    let name = which.file.unwrap_or_default().name_in(&export);
    let name = name.ok_or_else(|| Problem::not_found("file in this version"))?;
    let key = Keys::new(&user, id).export_file(version, name);
    let link = links::to_get(&app, &base_url, &key, &format!("v{version}-{name}"), LIFE).await?;
    Ok(Json(Download { download_url: link.url, expires_at: link.expires_at, export }))
}
