//! What a request names by its id, as far as it is the user's.

use std::collections::HashSet;

use model::{ChunkId, Document, DocumentId, Generation, GenerationId, Project, ProjectId, UnitId, UserId};

use crate::{
    App,
    problem::{Checks, Problem},
};

/// How many ids that name nothing are told of.
const MAX_TOLD: usize = 20;

/// The user's project.
pub(super) async fn project(app: &App, user: &UserId, id: ProjectId) -> Result<Project, Problem> {
    let project = app.environment.metadata.project(user, id).await?;
    project.ok_or_else(|| Problem::not_found("project"))
}

/// The document of the user's project.
pub(super) async fn document(
    app: &App,
    user: &UserId,
    project: ProjectId,
    id: DocumentId,
) -> Result<Document, Problem> {
    let document = app.environment.metadata.document(user, id).await?;
    let document = document.filter(|document| document.project_id == project);
    document.ok_or_else(|| Problem::not_found("document"))
}

/// The user's generation.
pub(super) async fn generation(app: &App, user: &UserId, id: GenerationId) -> Result<Generation, Problem> {
    let generation = app.environment.metadata.generation(user, id).await?;
    generation.ok_or_else(|| Problem::not_found("generation"))
}

/// The documents of the project that a body names in `document_ids`; one that is not there is told of.
pub(super) async fn documents(
    app: &App,
    user: &UserId,
    project: ProjectId,
    ids: &[DocumentId],
) -> Result<Vec<Document>, Problem> {
    let mut found = Vec::with_capacity(ids.len());
    let mut missing = Missing::new("document_ids", "there is no such document in the project");
    for (index, id) in ids.iter().enumerate() {
        match app.environment.metadata.document(user, *id).await? {
            Some(document) if document.project_id == project => found.push(document),
            _ => missing.note(index),
        }
    }
    missing.done()?;
    Ok(found)
}

/// Makes sure that the chunks that a body names in `chunk_ids` are in the project.
pub(super) async fn chunks(
    app: &App,
    user: &UserId,
    project: ProjectId,
    ids: &[ChunkId],
) -> Result<(), Problem> {
    let mut missing = Missing::new("chunk_ids", "there is no such chunk in the project");
    for (index, id) in ids.iter().enumerate() {
        let chunk = app.environment.metadata.chunk(user, *id).await?;
        if chunk.is_none_or(|chunk| chunk.project_id != project) {
            missing.note(index);
        }
    }
    missing.done()
}

/// Makes sure that the units that a body names in `unit_ids` have failed in the generation.
pub(super) async fn failed_units(
    app: &App,
    user: &UserId,
    generation: GenerationId,
    ids: &[UnitId],
) -> Result<(), Problem> {
    let failed = app.environment.metadata.failed_among(user, generation, ids).await?;
    let failed: HashSet<UnitId> = failed.into_iter().collect();
    let mut missing = Missing::new("unit_ids", "there is no such failed unit in the generation");
    ids.iter().enumerate().filter(|(_, id)| !failed.contains(id)).for_each(|(index, _)| missing.note(index));
    missing.done()
}

/// The places of a list that name nothing.
struct Missing {
    list: &'static str,
    detail: &'static str,
    told: usize,
    checks: Checks,
}

impl Missing {
    fn new(list: &'static str, detail: &'static str) -> Self {
        Self { list, detail, told: 0, checks: Checks::default() }
    }

    fn note(&mut self, index: usize) {
        self.told += 1;
        if self.told <= MAX_TOLD {
            self.checks.fail(format!("/{}/{index}", self.list), self.detail);
        }
    }

    fn done(self) -> Result<(), Problem> {
        self.checks.done()
    }
}
