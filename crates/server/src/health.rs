//! Whether the outside parts can be reached: `/healthz`, `/readyz`.

use std::{collections::BTreeMap, future::Future, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use store::ObjectKey;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use utoipa::ToSchema;

use crate::{App, problem::Problem};

/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a report is good: who asks often does not burden the parts.
const FRESH: Duration = Duration::from_secs(2);

/// What is known of the outside parts.
#[derive(Default)]
pub(crate) struct Health {
    last: Mutex<Option<(Instant, Report)>>,
}

/// Whether the server can do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Report {
    /// Whether it can.
    ready: bool,
    /// Each outside part by name: `metadata`, `objects`, `gateway`.
    parts: BTreeMap<String, PartReport>,
}

/// How an outside part is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct PartReport {
    /// How it is.
    state: PartState,
    /// What is wrong, without addresses or keys; the log says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// How an outside part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PartState {
    /// It answers.
    Ok,
    /// It does not.
    Failed,
    /// There is none, which is fine.
    Absent,
}

/// Says that the server is alive.
#[utoipa::path(get, path = "/healthz", tag = "operation", security(()),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Says whether the outside parts answer.
#[utoipa::path(get, path = "/readyz", tag = "operation", security(()),
    responses((status = 200, body = Report), (status = 503, body = Report), Problem))]
pub(crate) async fn readyz(State(app): State<App>) -> (StatusCode, Json<Report>) {
    let report = report(&app).await;
    let status = if report.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(report))
}

async fn report(app: &App) -> Report {
    let mut last = app.health().last.lock().await;
    if let Some((_, report)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
        return report.clone();
    }
    let (metadata, objects, gateway) = tokio::join!(
        check("metadata", PATIENCE, metadata(app)),
        check("objects", PATIENCE, objects(app)),
        async {
            match &app.gateway {
                Some(gateway) => check("gateway", PATIENCE, gateway.models()).await,
                None => PartReport { state: PartState::Absent, detail: None },
            }
        },
    );
    let parts = [("metadata", metadata), ("objects", objects), ("gateway", gateway)];
    let report = Report {
        ready: parts.iter().all(|(_, part)| part.state != PartState::Failed),
        parts: parts.into_iter().map(|(name, part)| (name.to_owned(), part)).collect(),
    };
    *last = Some((Instant::now(), report.clone()));
    report
}

async fn metadata(app: &App) -> store::Result<()> {
    app.environment.metadata.lock_holder("readiness", app.environment.now()).await.map(drop)
}

/// Writes and reads an object: a disk that is full is not ready.
async fn objects(app: &App) -> store::Result<()> {
    let Some(key) = ObjectKey::from_stored("data-forge/readiness") else { return Ok(()) };
    app.environment.objects.put(&key, b"ready\n").await?;
    app.environment.objects.size(&key).await.map(drop)
}

async fn check<T, E: std::fmt::Display>(
    part: &'static str,
    patience: Duration,
    answer: impl Future<Output = Result<T, E>>,
) -> PartReport {
    let detail = match timeout(patience, answer).await {
        Ok(Ok(_)) => return PartReport { state: PartState::Ok, detail: None },
        Ok(Err(error)) => {
            tracing::warn!(part, %error, "a part of the server does not answer");
            "it failed; the log says why"
        }
        Err(_) => {
            tracing::warn!(part, "a part of the server does not answer in time");
            "it did not answer in time"
        }
    };
    PartReport { state: PartState::Failed, detail: Some(detail.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;

    #[tokio::test]
    async fn parts_are_named() {
        let app = TestApp::new().await;
        assert_eq!(app.get_outside("/healthz").await.status, 200);
        let report = app.get_outside("/readyz").await.expect(200);
        assert_eq!(report["ready"], true, "{report}");
        assert_eq!(report["parts"]["metadata"]["state"], "ok");
        assert_eq!(report["parts"]["objects"]["state"], "ok");
        assert_eq!(report["parts"]["gateway"]["state"], "absent");
    }

    #[tokio::test]
    async fn a_gateway_that_is_not_there_is_said_without_its_address() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let app = TestApp::with(|parts| {
            let mut config = llm::GatewayConfig::new(format!("http://{address}/v1"));
            config.max_attempts = 1;
            parts.gateway = Some(std::sync::Arc::new(llm::Gateway::new(config).unwrap()));
        })
        .await;
        let answer = app.get_outside("/readyz").await;
        let report = answer.expect(503);
        assert_eq!(report["parts"]["gateway"]["state"], "failed", "{report}");
        assert!(!report.to_string().contains(&address.port().to_string()), "{report}");
    }

    #[tokio::test]
    async fn a_part_that_hangs_is_waited_for_a_while() {
        let part = check("metadata", Duration::ZERO, std::future::pending::<Result<(), String>>()).await;
        assert_eq!(part.detail.as_deref(), Some("it did not answer in time"));
    }
}
