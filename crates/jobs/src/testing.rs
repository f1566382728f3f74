//! A project on a store in memory, for unit tests.

use std::sync::Arc;

use model::{Project, ProjectId, ProjectStats, SourceType, UserId};
use store::Keys;
use tempfile::TempDir;

use crate::{Environment, SystemClock, random_bytes};

/// A user's empty project.
pub(crate) struct Shop {
    pub(crate) environment: Arc<Environment>,
    pub(crate) user: UserId,
    pub(crate) project: ProjectId,
    _folder: TempDir,
}

impl Shop {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let metadata = store::open_metadata("sqlite::memory:").await.unwrap();
        let objects = store::open_objects(&folder.path().display().to_string()).await.unwrap();
        let environment = Environment::new(metadata, objects, Arc::new(SystemClock));
        let (user, now) = (UserId::new("ada"), environment.now());
        let id = ProjectId::new(now, random_bytes());
        let project = Project {
            id,
            user_id: user.clone(),
            name: "valves".into(),
            description: String::new(),
            source_type: SourceType::Documents,
            config: serde_json::Map::new(),
            storage_prefix: Keys::new(&user, id).prefix().to_string(),
            current_version: 0,
            stats: ProjectStats::default(),
            created_at: now,
            updated_at: now,
        };
        environment.metadata.create_project(&project).await.unwrap();
        Self { environment: Arc::new(environment), user, project: id, _folder: folder }
    }
}
