//! A platform that reads the object store itself: a job of the export's storage key.

use model::{FineTuneStatus, Split};
use serde_json::{Value, json};
use store::Keys;

use super::{
    Handed, Said,
    transport::{self, Transport, text},
};

pub(super) struct Platform {
    transport: Transport,
}

impl Platform {
    pub(super) fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// Makes a job.
    pub(super) async fn make(&self, handed: &Handed<'_>) -> Result<Said, String> {
        let Handed { user, export, wanted, key, .. } = handed;
        let name =
            wanted.name.clone().unwrap_or_else(|| format!("data-forge-v{}-{}", export.version, &key[..8]));
        let mut body = json!({
            "name": name,
            "base_model": wanted.model,
            "training_dataset": export.storage_key,
            "hyperparameters": wanted.hyperparameters,
        });
        let validation = export.splits.iter().find(|split| split.name == Split::Validation);
        if let Some(file) = validation.and_then(|split| ::export::file_named(&split.file)) {
            let key = Keys::new(user, export.project_id).export_file(export.version, file);
            body["validation_dataset"] = json!(key.as_str());
        }
        let request = self.transport.post("").header("Idempotency-Key", *key).json(&body);
        said(&self.transport.ask(request).await?)
    }

    /// Where a job stands.
    pub(super) async fn state(&self, id: &str) -> Result<Said, String> {
        said(&self.transport.ask(self.transport.get(&format!("/{id}"))).await?)
    }
}

/// Platforms have words of their own for states: what is not known is waited for.
fn said(job: &Value) -> Result<Said, String> {
    let status = job.get("status").or_else(|| job.get("state")).and_then(Value::as_str).unwrap_or_default();
    let status = match status.to_ascii_lowercase().as_str() {
        "running" | "training" | "in_progress" | "active" => FineTuneStatus::Running,
        "succeeded" | "success" | "completed" | "complete" | "done" | "finished" => FineTuneStatus::Succeeded,
        "failed" | "failure" | "error" => FineTuneStatus::Failed,
        "cancelled" | "canceled" | "stopped" | "aborted" => FineTuneStatus::Cancelled,
        _ => FineTuneStatus::Queued,
    };
    let error = job.pointer("/error/message").or_else(|| job.get("error")).or_else(|| job.get("message"));
    let error = error.and_then(Value::as_str).filter(|_| status == FineTuneStatus::Failed);
    Ok(Said {
        job_id: transport::id(job, &["job_id", "id", "name"])?,
        status,
        fine_tuned_model: text(job, "fine_tuned_model").or_else(|| text(job, "output_model")),
        error: error.map(|error| error.chars().take(500).collect()),
    })
}
