//! What a generation says of its work.

mod stream;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use model::{GenerationId, LogLevel, LogLine};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::named;
use crate::{
    App,
    extract::{Caller, Path, Query},
    paging::{DEFAULT_LIMIT, MAX_LIMIT},
    problem::{Checks, Problem},
};

/// The endpoint of logs.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(logs))
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Those behind this number alone.
    after: Option<u64>,
    /// Those of at least this level; all where it is left out.
    level: Option<LogLevel>,
    /// How many at the most; of no meaning to a stream.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
}

/// Some lines of a log.
#[derive(Debug, Serialize, ToSchema)]
struct LogPage {
    /// The lines, in order.
    items: Vec<LogLine>,
    /// The `after` of the next page; null where there is nothing more now.
    next_cursor: Option<String>,
}

/// The log of a generation. With `Accept: text/event-stream` its lines come as server-sent events, each a
/// line as JSON with its number as `id`, live until the run ends: an event `end` says so. A stream goes on
/// behind the header `Last-Event-ID`.
#[utoipa::path(get, path = "/generations/{gen_id}/logs", tag = "generations",
    params(
        ("gen_id" = GenerationId, Path), Filter,
        ("Last-Event-ID" = Option<u64>, Header, description = "The number of the last line that was seen; in place of `after`."),
    ),
    responses((status = 200, content((LogPage = "application/json"), (String = "text/event-stream"))), Problem))]
async fn logs(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<GenerationId>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let mut checks = Checks::default();
    checks.require(
        (1..=MAX_LIMIT).contains(&limit),
        "/limit",
        format!("it is {limit}; it has to be from 1 to {MAX_LIMIT}"),
    );
    let last_seen = last_seen(&headers, &mut checks);
    checks.done()?;
    named::generation(&app, &user, id).await?;
    let level = filter.level.unwrap_or(LogLevel::Debug);
    let after = filter.after.unwrap_or_default();
    if wants_stream(&headers) {
        return Ok(stream::stream(app, user, id, last_seen.unwrap_or(after), level).into_response());
    }
    let items = app.environment.metadata.logs(&user, id, bounded(after), level, limit).await?;
    let full = items.len() == limit as usize;
    let next_cursor = items.last().filter(|_| full).map(|line| line.seq.to_string());
    Ok(Json(LogPage { items, next_cursor }).into_response())
}

/// Stores count in signed numbers; no log is that long.
fn bounded(after: u64) -> u64 {
    after.min(i64::MAX.unsigned_abs())
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut types = accepted.flat_map(|value| value.split(','));
    types.any(|accepted| {
        let essence = accepted.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("text/event-stream")
    })
}

fn last_seen(headers: &HeaderMap, checks: &mut Checks) -> Option<u64> {
    let value = headers.get("last-event-id")?;
    let number = value.to_str().ok().and_then(|value| value.trim().parse().ok());
    checks.require(number.is_some(), "/Last-Event-ID", "it has to be the number of a line");
    number
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Method};
    use model::{Generation, LogLevel};
    use serde_json::{Value, json};

    use crate::{api::sample, testing::TestApp};

    /// The path of the log of a generation that has ended, with lines in it.
    async fn ended(app: &TestApp) -> (String, Value) {
        let project = sample::parsed(app).await;
        let generation = app.get(&format!("{project}/generations")).await.expect(200)["items"][0].clone();
        let id = serde_json::from_value::<Generation>(generation.clone()).unwrap().id;
        for (level, message) in
            [(LogLevel::Info, "one"), (LogLevel::Warn, "two"), (LogLevel::Info, "three\nfour")]
        {
            jobs::log(&app.app.environment, id, level, message, json!({"unit": 1})).await;
        }
        (format!("/generations/{id}/logs"), generation)
    }

    fn messages(items: &Value) -> Vec<&str> {
        items.as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap()).collect()
    }

    #[tokio::test]
    async fn lines_are_read_a_page_at_a_time() {
        let app = TestApp::new().await;
        let (path, _) = ended(&app).await;
        let all = app.get(&path).await.expect(200);
        let all = messages(&all["items"]);
        assert!(all.ends_with(&["one", "two", "three\nfour"]), "{all:?}");
        let (mut read, mut after) = (Vec::new(), "0".to_owned());
        loop {
            let page = app.get(&format!("{path}?limit=2&after={after}")).await.expect(200);
            read.extend(messages(&page["items"]).into_iter().map(str::to_owned));
            let Some(next) = page["next_cursor"].as_str() else { break };
            after = next.to_owned();
        }
        assert_eq!(read, all);
        let warnings = app.get(&format!("{path}?level=warn")).await.expect(200);
        assert_eq!(messages(&warnings["items"]), ["two"]);
        let none = app.get(&format!("{path}?after={}", u64::MAX)).await.expect(200);
        assert_eq!(none, json!({"items": [], "next_cursor": null}));
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_refused() {
        let app = TestApp::new().await;
        let (path, _) = ended(&app).await;
        for query in ["after=-1", "after=18446744073709551616", "level=loud", "limit=0", "limit=501"] {
            app.get(&format!("{path}?{query}")).await.expect_problem(422, "invalid");
        }
        app.as_user("bob").get(&path).await.expect_problem(404, "not_found");
    }

    #[tokio::test]
    async fn a_stream_goes_on_behind_the_last_line_and_says_that_it_has_ended() {
        let app = TestApp::new().await;
        let (path, _) = ended(&app).await;
        let page = app.get(&path).await.expect(200);
        let lines = page["items"].as_array().unwrap();
        let seen = lines[lines.len() - 2]["seq"].to_string();
        let request = app
            .request(Method::GET, &path)
            .header("accept", "application/json;q=0.5, text/event-stream")
            .header("last-event-id", &seen);
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.headers["content-type"], "text/event-stream");
        let text = String::from_utf8(answer.body).unwrap();
        let last = &lines[lines.len() - 1];
        let expected = format!(
            "id: {}\ndata: {last}\n\nevent: end\ndata: {{\"status\":\"completed\"}}\n\n",
            last["seq"]
        );
        assert_eq!(text, expected);
        let request = app.request(Method::GET, &path).header("last-event-id", "x");
        app.send(request.body(Body::empty()).unwrap()).await.expect_problem(422, "invalid");
    }

    #[tokio::test]
    async fn a_stream_of_a_run_that_goes_on_ends_with_the_server() {
        let app = TestApp::new().await;
        let project = sample::parsed(&app).await;
        let made = app.post(&format!("{project}/generate"), &sample::offline()).await.expect(202);
        let path = format!("/generations/{}/logs", made["id"].as_str().unwrap());
        app.app.stopping.cancel();
        let request = app.request(Method::GET, &path).header("accept", "text/event-stream");
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert!(!String::from_utf8(answer.body).unwrap().contains("event: end"));
    }
}
