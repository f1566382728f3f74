//! OpenAI, and who speaks its API: files, then a job of them.

use model::{ExportSplit, FineTuneStatus, Split};
use reqwest::{Body, multipart};
use serde_json::{Value, json};
use store::Keys;
use tokio_util::io::ReaderStream;

use super::{
    Handed, Said,
    transport::{self, Transport, text},
};

/// What a job is known by at the provider's, in its metadata.
const KEY: &str = "data_forge_key";
/// Pages of jobs that are looked through for one that was made before its id could be kept.
const PAGES: usize = 5;

pub(super) struct OpenAi {
    transport: Transport,
}

impl OpenAi {
    pub(super) fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// The job that was made under a key.
    pub(super) async fn find(&self, key: &str) -> Result<Option<Said>, String> {
        let mut after: Option<String> = None;
        for _ in 0..PAGES {
            let behind = after.map_or(String::new(), |id| format!("&after={id}"));
            let request = self.transport.get(&format!("/fine_tuning/jobs?limit=100{behind}"));
            let page = self.transport.ask(request).await?;
            let jobs = page.get("data").and_then(Value::as_array).cloned().unwrap_or_default();
            let is_it =
                |job: &&Value| job.pointer(&format!("/metadata/{KEY}")).and_then(Value::as_str) == Some(key);
            if let Some(job) = jobs.iter().find(is_it) {
                return said(job).map(Some);
            }
            let more = page.get("has_more").and_then(Value::as_bool).unwrap_or(false);
            after = jobs.last().filter(|_| more).and_then(|job| transport::id(job, &["id"]).ok());
            if after.is_none() {
                break;
            }
        }
        Ok(None)
    }

    /// Uploads the version's files, and makes a job of them.
    pub(super) async fn make(&self, handed: &Handed<'_>) -> Result<Said, String> {
        let Handed { export, wanted, key, .. } = handed;
        let validation = export.splits.iter().find(|split| split.name == Split::Validation);
        let training = self.upload(handed, &handed.training()).await?;
        let mut body = json!({
            "model": wanted.model,
            "training_file": training,
            "metadata": {KEY: key},
        });
        if let Some(validation) = validation {
            body["validation_file"] = json!(self.upload(handed, validation).await?);
        }
        if let Some(name) = &wanted.name {
            body["suffix"] = json!(name);
        }
        if !wanted.hyperparameters.is_empty() {
            body["hyperparameters"] = json!(wanted.hyperparameters);
        }
        let request = self.transport.post("/fine_tuning/jobs").header("Idempotency-Key", *key).json(&body);
        said(&self.transport.ask(request).await?)
    }

    /// Where a job stands.
    pub(super) async fn state(&self, id: &str) -> Result<Said, String> {
        said(&self.transport.ask(self.transport.get(&format!("/fine_tuning/jobs/{id}"))).await?)
    }

    /// Sends a file without holding it in memory; gives back its id.
    async fn upload(&self, handed: &Handed<'_>, part: &ExportSplit) -> Result<String, String> {
        let Handed { environment, user, export, .. } = handed;
        let gone = || format!("{} of version {} is not stored any more", part.file, export.version);
        let name = ::export::file_named(&part.file).ok_or_else(gone)?;
        let key = Keys::new(user, export.project_id).export_file(export.version, name);
        let reader = environment.objects.open(&key).await.map_err(|error| error.to_string())?;
        let body = Body::wrap_stream(ReaderStream::new(reader.ok_or_else(gone)?));
        let file = format!("data-forge-{}-v{}-{name}", export.project_id, export.version);
        let file = multipart::Part::stream_with_length(body, part.bytes).file_name(file);
        let form = multipart::Form::new().text("purpose", "fine-tune").part("file", file);
        let reply = self.transport.ask(self.transport.post("/files").multipart(form)).await?;
        transport::id(&reply, &["id"])
    }
}

impl Handed<'_> {
    /// The file to train on.
    fn training(&self) -> ExportSplit {
        let whole = || ExportSplit {
            name: Split::Train,
            file: ::export::data_file(self.export.format, None).into(),
            pairs: self.export.pairs,
            bytes: self.export.bytes,
            sha256: self.export.sha256.clone(),
        };
        let split = self.export.splits.iter().find(|split| split.name == Split::Train);
        split.cloned().unwrap_or_else(whole)
    }
}

fn said(job: &Value) -> Result<Said, String> {
    let status = match job.get("status").and_then(Value::as_str).unwrap_or_default() {
        "running" => FineTuneStatus::Running,
        "succeeded" => FineTuneStatus::Succeeded,
        "failed" => FineTuneStatus::Failed,
        "cancelled" => FineTuneStatus::Cancelled,
        // `validating_files`, `queued`, `paused`, and what is not known yet.
        _ => FineTuneStatus::Queued,
    };
    let error = job.pointer("/error/message").and_then(Value::as_str);
    Ok(Said {
        job_id: transport::id(job, &["id"])?,
        status,
        fine_tuned_model: text(job, "fine_tuned_model"),
        error: error
            .filter(|_| status == FineTuneStatus::Failed)
            .map(|error| error.chars().take(500).collect()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_errors_are_read() {
        let read = |value| said(&value).unwrap();
        assert_eq!(
            read(json!({"id": "ftjob-1", "status": "validating_files"})).status,
            FineTuneStatus::Queued
        );
        let failed = read(json!({"id": "ftjob-1", "status": "failed", "error": {"message": "bad file"}}));
        assert_eq!((failed.status, failed.error.as_deref()), (FineTuneStatus::Failed, Some("bad file")));
        let done =
            read(json!({"id": "ftjob-1", "status": "succeeded", "fine_tuned_model": "ft:m", "error": {}}));
        assert_eq!(
            (done.status, done.fine_tuned_model.as_deref()),
            (FineTuneStatus::Succeeded, Some("ft:m"))
        );
    }

    #[test]
    fn ids_that_lead_elsewhere_are_none() {
        for id in ["", "../x", "a/b", "a?b", "a b"] {
            assert!(said(&json!({"id": id, "status": "queued"})).is_err(), "{id}");
        }
    }
}
