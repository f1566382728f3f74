//! The files of a version.

use std::time::Duration;

use ::export::{DATA_FILE, LINEAGE_FILE, MANIFEST_FILE};
use axum::{Json, extract::State};
use model::{Export, ProjectId, Time};
use serde::{Deserialize, Serialize};
use store::Keys;
use utoipa::{IntoParams, ToSchema};

use crate::{
    App,
    extract::{BaseUrl, Caller, Path, Query},
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
    /// The pairs.
    #[default]
    #[serde(rename = "dataset")]
    Dataset,
    /// What the export is and was made with.
    #[serde(rename = "manifest")]
    Manifest,
    /// Where each line comes from.
    #[serde(rename = "lineage")]
    Lineage,
    /// The pairs, by the name of their file.
    #[serde(rename = "dataset.jsonl")]
    DatasetName,
    /// The manifest, by its file's name.
    #[serde(rename = "manifest.json")]
    ManifestName,
    /// The lineage, by its file's name.
    #[serde(rename = "lineage.jsonl")]
    LineageName,
}

impl ExportFile {
    fn name(self) -> &'static str {
        match self {
            Self::Dataset | Self::DatasetName => DATA_FILE,
            Self::Manifest | Self::ManifestName => MANIFEST_FILE,
            Self::Lineage | Self::LineageName => LINEAGE_FILE,
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
    let name = which.file.unwrap_or_default().name();
    let key = Keys::new(&user, id).export_file(version, name);
    let expires_at = app.environment.now() + LIFE;
    let link = app.links.get(&base_url, &key, &format!("v{version}-{name}"), expires_at);
    Ok(Json(Download { download_url: link.url, expires_at: link.expires_at, export }))
}
