//! A changed thing as it is now, in its user's name.

use serde::Serialize;
use serde_json::json;
use store::{Change, ChangedSubject, Metadata, StoreError};

use super::Event;

/// The event of a change: the thing, or that it is gone.
pub(super) async fn event(metadata: &dyn Metadata, change: &Change) -> store::Result<Event> {
    let Change { seq, user, project, subject } = change;
    let (kind, id, data) = match *subject {
        ChangedSubject::Generation(id) => {
            ("generation", json!(id), data(metadata.generation(user, id).await?)?)
        }
        ChangedSubject::Document(id) => ("document", json!(id), data(metadata.document(user, id).await?)?),
        ChangedSubject::Export(version) => {
            ("export", json!(version), data(metadata.export(user, *project, version).await?)?)
        }
    };
    let (kind, data) = match data {
        Some(data) => (kind, data),
        None => ("deleted", json!({"kind": kind, "id": id, "project_id": project}).to_string()),
    };
    Ok(Event { seq: *seq, project: *project, kind, data })
}

fn data<T: Serialize>(thing: Option<T>) -> store::Result<Option<String>> {
    let data = thing.map(|thing| serde_json::to_string(&thing)).transpose();
    data.map_err(|error| StoreError::Corrupt(error.to_string()))
}
