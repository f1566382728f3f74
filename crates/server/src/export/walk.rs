//! A project's pairs, a page at a time, in the order in which they are exported.

use jobs::Environment;
use model::{ProjectId, UserId};
use store::{ExportRow, PairSelection};

use super::{ExportError, ExportRequest};

/// Rows read from the store at once.
const PAGE: u32 = 1000;

/// Takes pairs as they come.
pub(super) trait Visit: Send + 'static {
    /// Takes the next pairs.
    fn visit(&mut self, rows: Vec<ExportRow>) -> Result<(), ExportError>;
}

/// Shows all pairs that a request is about to a visitor, and gives that back.
pub(super) async fn walk<V: Visit>(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    request: &ExportRequest,
    mut visitor: V,
) -> Result<V, ExportError> {
    let selection = PairSelection {
        generations: request.generations.clone(),
        documents: request.documents.clone(),
        ..PairSelection::default()
    };
    let mut after = None;
    loop {
        let rows = environment.metadata.export_rows(user, project, &selection, after.as_ref(), PAGE).await?;
        let Some(last) = rows.last() else { return Ok(visitor) };
        after = Some(last.cursor());
        // Lines are made and hashed off the threads that others wait on.
        let visited = tokio::task::spawn_blocking(move || visitor.visit(rows).map(|()| visitor)).await;
        visitor = visited.map_err(|error| ExportError::Folder(error.into()))??;
    }
}
