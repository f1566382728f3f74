//! What is counted of the requests, as Prometheus reads it.
//!
//! Each server has a recorder of its own and none is global: what a process counts is what its server did.

use std::time::Duration;

use axum::http::Method;
use metrics::{counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

const REQUESTS: &str = "data_forge_http_requests_total";
const SECONDS: &str = "data_forge_http_request_seconds";
const IN_FLIGHT: &str = "data_forge_http_requests_in_flight";
/// In seconds: from an answer out of memory to an export.
const BUCKETS: &[f64] = &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// What is counted.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

/// A request that is being answered. Dropped without an answer, its client went away.
pub(crate) struct InFlight<'a>(&'a Metrics);

impl Metrics {
    pub(crate) fn new() -> Self {
        let builder = PrometheusBuilder::new();
        let recorder = match builder.set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), BUCKETS) {
            Ok(builder) => builder.build_recorder(),
            // Only an empty list of buckets is refused; then there are quantiles.
            Err(_) => PrometheusBuilder::new().build_recorder(),
        };
        Self { handle: recorder.handle(), recorder }
    }

    /// Notes that a request has come.
    pub(crate) fn begin(&self) -> InFlight<'_> {
        with_local_recorder(&self.recorder, || gauge!(IN_FLIGHT).increment(1.0));
        InFlight(self)
    }

    /// Notes an answer. `path` is the route and no path that was sent: there are few of them.
    pub(crate) fn answered(&self, method: &Method, path: &str, status: u16, took: Duration) {
        let method = known(method);
        let path = path.to_owned();
        with_local_recorder(&self.recorder, || {
            let labels =
                [("method", method.to_owned()), ("path", path.clone()), ("status", status.to_string())];
            counter!(REQUESTS, &labels).increment(1);
            histogram!(SECONDS, "method" => method, "path" => path).record(took.as_secs_f64());
        });
    }

    /// Sets a gauge.
    pub(crate) fn set(&self, name: &'static str, labels: &[(&'static str, String)], value: f64) {
        with_local_recorder(&self.recorder, || gauge!(name, labels).set(value));
    }

    /// All of it, in Prometheus' text format.
    pub(crate) fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        with_local_recorder(&self.0.recorder, || gauge!(IN_FLIGHT).decrement(1.0));
    }
}

/// Anybody may send a method of any name; a count for each would fill the memory.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
