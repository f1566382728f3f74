//! The project that a run lands in.

use anyhow::anyhow;
use jobs::{Environment, random_bytes};
use model::{Project, ProjectId, ProjectStats, SourceType, UserId};
use store::Keys;

use crate::{
    args::RunArgs,
    failure::{Failure, Outcome},
};

/// The user's project of the run's name, made where there is none.
pub(crate) async fn open(environment: &Environment, user: &UserId, args: &RunArgs) -> Outcome<Project> {
    let name = name(args)?;
    if let Some(project) = environment.metadata.project_by_name(user, &name).await? {
        return Ok(project);
    }
    let now = environment.now();
    let id = ProjectId::new(now, random_bytes());
    let project = Project {
        id,
        user_id: user.clone(),
        name,
        description: String::new(),
        source_type: SourceType::Documents,
        config: serde_json::Map::new(),
        storage_prefix: Keys::new(user, id).prefix().to_string(),
        current_version: 0,
        stats: ProjectStats::default(),
        created_at: now,
        updated_at: now,
    };
    environment.metadata.create_project(&project).await?;
    Ok(project)
}

/// `--project`, else the name of the first path.
fn name(args: &RunArgs) -> Outcome<String> {
    let name = match &args.project {
        Some(name) => name.trim().to_owned(),
        None => {
            let path = args.paths.first().map(|path| path.canonicalize().unwrap_or_else(|_| path.clone()));
            let name = path.as_deref().and_then(|path| path.file_name());
            name.map_or_else(|| "documents".to_owned(), |name| name.to_string_lossy().into_owned())
        }
    };
    match name.chars().count() {
        1..=200 => Ok(name),
        _ => Err(Failure::usage(anyhow!("the project's name has to have 1 to 200 characters"))
            .hint("set --project")),
    }
}
