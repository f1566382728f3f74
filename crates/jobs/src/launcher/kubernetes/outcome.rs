//! Where a Job stands, from what its status says.

use k8s_openapi::api::batch::v1::{Job, JobCondition};
use model::Time;

use crate::JobState;

/// Where it stands. Conditions that only announce an end (`FailureTarget`, `SuccessCriteriaMet`) are none: its pods are
/// still at work.
pub(super) fn state(job: &Job) -> JobState {
    if condition(job, "Complete").is_some() {
        return JobState::Ended { ok: true, detail: "all its workers ended well".into() };
    }
    if let Some(failed) = condition(job, "Failed") {
        let words = [failed.reason.as_deref(), failed.message.as_deref()];
        let detail: Vec<&str> = words.into_iter().flatten().filter(|words| !words.is_empty()).collect();
        return JobState::Ended { ok: false, detail: detail.join(": ") };
    }
    let started = job.status.as_ref().and_then(|status| status.start_time.as_ref());
    let since = started.or(job.metadata.creation_timestamp.as_ref()).map_or(Time::UNIX_EPOCH, |time| time.0);
    JobState::Running { since, trouble: None }
}

/// Whether it is at work no more.
pub(super) fn has_ended(job: &Job) -> bool {
    matches!(state(job), JobState::Ended { .. })
}

fn condition<'a>(job: &'a Job, kind: &str) -> Option<&'a JobCondition> {
    let conditions = job.status.as_ref()?.conditions.as_ref()?;
    conditions.iter().find(|condition| condition.type_ == kind && condition.status == "True")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(status: serde_json::Value) -> Job {
        serde_json::from_value(serde_json::json!({
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": {"name": "df-parse-1", "creationTimestamp": "2026-01-01T00:00:00Z"}, "status": status,
        }))
        .unwrap()
    }

    #[test]
    fn an_end_that_is_only_announced_is_none() {
        let announced = serde_json::json!({"conditions": [
            {"type": "FailureTarget", "status": "True", "reason": "BackoffLimitExceeded"}]});
        assert!(!has_ended(&job(announced)));
        let since = "2026-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(state(&job(serde_json::json!({}))), JobState::Running { since, trouble: None });
    }

    #[test]
    fn an_end_says_how_it_came() {
        let failed = serde_json::json!({"startTime": "2026-01-01T00:00:05Z", "conditions": [
            {"type": "FailureTarget", "status": "True", "reason": "BackoffLimitExceeded"},
            {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "it failed too often"}]});
        let detail = "BackoffLimitExceeded: it failed too often".to_owned();
        assert_eq!(state(&job(failed)), JobState::Ended { ok: false, detail });
        let complete = serde_json::json!({"conditions": [{"type": "Complete", "status": "True"}]});
        assert!(matches!(state(&job(complete)), JobState::Ended { ok: true, .. }));
        let not = serde_json::json!({"conditions": [{"type": "Complete", "status": "False"}]});
        assert!(!has_ended(&job(not)));
    }
}
