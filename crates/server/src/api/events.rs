//! Server-sent events: what changes, as it changes.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::stream;
use model::ProjectId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    events::{Feed, TooManyStreams, Update},
    extract::{Caller, Query},
    problem::Problem,
};

/// How often a stream on which nothing happens says that it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The endpoint of events.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(watch))
}

/// Whose changes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Those of one project alone.
    project_id: Option<ProjectId>,
}

/// Changes of generations, documents and exports, as server-sent events. `event` is `generation`,
/// `document`, `export` (the `data` is the thing as it is now), `deleted` (`{kind, id, project_id}`), or
/// `lagged`: changes were passed over, read anew what is shown. The `id` resumes as `Last-Event-ID`.
#[utoipa::path(get, path = "/events", tag = "events",
    params(Filter, ("Last-Event-ID" = Option<String>, Header, description = "The last `id` that came.")),
    responses((status = 200, body = String, content_type = "text/event-stream"), Problem))]
async fn watch(
    State(app): State<App>,
    Caller(user): Caller,
    headers: HeaderMap,
    Query(filter): Query<Filter>,
) -> Result<Response, Problem> {
    if let Some(project) = filter.project_id {
        let project = app.environment.metadata.project(&user, project).await?;
        project.ok_or_else(|| Problem::not_found("project"))?;
    }
    let seen = match headers.get("last-event-id") {
        None => None,
        Some(id) => {
            let id = id.to_str().ok().and_then(|id| id.trim().parse().ok());
            Some(id.ok_or_else(|| Problem::unreadable("`Last-Event-ID` is no id of an event"))?)
        }
    };
    let subscription = app.events().subscribe(&user).await?.map_err(|TooManyStreams| {
        Problem::too_many("too many streams of events are open; close one, or share one between tabs")
    })?;
    let feed = Feed::new(subscription, filter.project_id, seen, app.stopping.clone()).await?;
    let events =
        stream::unfold(feed, async |mut feed| Some((Ok::<_, Infallible>(event(feed.next().await?)), feed)));
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    // A proxy that gathers bytes would hold events back.
    Ok(([("x-accel-buffering", "no")], Sse::new(events).keep_alive(keep_alive)).into_response())
}

fn event(update: Update) -> Event {
    match update {
        Update::Changed(event) => {
            Event::default().event(event.kind).id(event.seq.to_string()).data(&event.data)
        }
        Update::Lagged => Event::default().event("lagged").data("{}"),
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Method};
    use serde_json::json;

    use crate::{sample::Sample, testing::TestApp};

    /// All that a stream says that goes on behind a change, of a server that stops.
    async fn said(app: &TestApp, path: &str, seen: &str) -> String {
        app.app.stopping.cancel();
        let request = app.request(Method::GET, path).header("last-event-id", seen);
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["content-type"]),
            (200, &"text/event-stream".parse().unwrap())
        );
        String::from_utf8(answer.body).unwrap()
    }

    #[tokio::test]
    async fn what_was_missed_comes_first_and_to_its_user_alone() {
        let app = TestApp::new().await;
        let sample = Sample::new(&app).await;
        let events = said(&app, "/events", "0").await;
        for kind in ["event: generation\n", "event: document\n"] {
            assert!(events.contains(kind), "{events}");
        }
        assert!(events.contains(&sample.generation.to_string()), "{events}");
        assert!(events.contains("id: "), "{events}");
        assert_eq!(said(&app.as_user("bob"), "/events", "0").await, "");
        let mine = app.post("/projects", &json!({"name": "mine"})).await.expect(201);
        let path = format!("/events?project_id={}", mine["id"].as_str().unwrap());
        assert_eq!(said(&app, &path, "0").await, "");
        let path = format!("/events?project_id={}", sample.project);
        assert_eq!(said(&app, &path, "0").await, events);
    }

    #[tokio::test]
    async fn what_is_wrong_is_refused() {
        let app = TestApp::new().await;
        let sample = Sample::new(&app).await;
        let path = format!("/events?project_id={}", sample.project);
        app.as_user("bob").get(&path).await.expect_problem(404, "not_found");
        app.get("/events?project_id=x").await.expect_problem(422, "invalid");
        app.get("/events?project=x").await.expect_problem(422, "invalid");
        let request = app.request(Method::GET, "/events").header("last-event-id", "x");
        app.send(request.body(Body::empty()).unwrap()).await.expect_problem(400, "unreadable");
    }

    #[tokio::test]
    async fn who_comes_from_elsewhere_reads_anew() {
        let app = TestApp::new().await;
        assert_eq!(said(&app, "/events", "18446744073709551615").await, "event: lagged\ndata: {}\n\n");
    }
}
