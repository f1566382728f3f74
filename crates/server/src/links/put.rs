//! Putting an object by its link.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt, stream};
use store::{ObjectKey, PutNew, StoreError};
use tokio::time::timeout;
use tokio_util::io::StreamReader;

use super::Terms;
use crate::{App, problem::Problem};

/// How long nothing may come before an upload is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What has come of an upload so far.
#[derive(Default)]
struct Progress {
    bytes: AtomicU64,
    stalled: AtomicBool,
    cut: AtomicBool,
}

/// Stores the body under the key, if it is what the link was made for and nothing is there yet.
pub(super) async fn put(
    app: &App,
    key: &ObjectKey,
    terms: &Terms,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (Some(length), Some(content_type)) = (terms.length, terms.content_type.as_deref()) else {
        return Err(Problem::forbidden("the link is not good for this; ask the API for a new one"));
    };
    if headers.get(header::CONTENT_TYPE).is_none_or(|sent| sent.as_bytes() != content_type.as_bytes()) {
        let detail = "the link is good for another content type: send the headers that came with it";
        return Err(Problem::forbidden(detail));
    }
    let announced = headers.get(header::CONTENT_LENGTH).map(|sent| sent.to_str().unwrap_or_default().parse());
    match announced {
        None => {}
        Some(Ok(announced)) if announced == length => {}
        Some(Ok::<u64, _>(announced)) if announced > length => return Ok(closing(too_long(length))),
        Some(_) => return Ok(closing(too_short(length))),
    }
    require_project(app, key).await?;
    let progress = Arc::new(Progress::default());
    let mut reader = StreamReader::new(Box::pin(watched(body.into_data_stream(), progress.clone())));
    let stored = app.environment.objects.put_new(key, &mut reader, length).await;
    match stored {
        Ok(PutNew::Stored) => {
            // The project may have been removed meanwhile, with all that was there then.
            if let Err(problem) = require_project(app, key).await {
                app.environment.objects.delete(key).await?;
                return Err(problem);
            }
            Ok(StatusCode::CREATED.into_response())
        }
        Ok(PutNew::Exists) => Ok(closing(Problem::conflict("it was uploaded already"))),
        Ok(PutNew::WrongLength) if progress.bytes.load(Ordering::Relaxed) > length => {
            Ok(closing(too_long(length)))
        }
        Ok(PutNew::WrongLength) => Ok(closing(too_short(length))),
        Err(StoreError::Objects { .. }) if progress.stalled.load(Ordering::Relaxed) => {
            Ok(closing(Problem::stalled("the upload stopped in the middle; begin it anew")))
        }
        Err(StoreError::Objects { .. }) if progress.cut.load(Ordering::Relaxed) => {
            Ok(closing(Problem::unreadable("the upload was cut off; begin it anew")))
        }
        Err(error) => Err(error.into()),
    }
}

/// A link that outlives its project puts nothing.
async fn require_project(app: &App, key: &ObjectKey) -> Result<(), Problem> {
    let Some((user, project)) = key.owner() else { return Err(Problem::not_found("project")) };
    let project = app.environment.metadata.project(&user, project).await?;
    project.map(drop).ok_or_else(|| Problem::not_found("project"))
}

/// The body, given up when nothing comes for too long.
fn watched(body: BodyDataStream, progress: Arc<Progress>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::unfold(Some((body, progress)), async |state| {
        let (mut body, progress) = state?;
        match timeout(PATIENCE, body.next()).await {
            Ok(Some(Ok(bytes))) => {
                progress.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                Some((Ok(bytes), Some((body, progress))))
            }
            Ok(Some(Err(error))) => {
                progress.cut.store(true, Ordering::Relaxed);
                Some((Err(io::Error::other(error)), None))
            }
            Ok(None) => None,
            Err(_) => {
                progress.stalled.store(true, Ordering::Relaxed);
                Some((Err(io::ErrorKind::TimedOut.into()), None))
            }
        }
    })
}

fn too_long(length: u64) -> Problem {
    Problem::too_large(format!("the link is good for {length} bytes, and more are sent"))
}

fn too_short(length: u64) -> Problem {
    Problem::unreadable(format!("the link is good for {length} bytes, and fewer are sent"))
}

/// What is still to come of the body is not read: the connection ends.
fn closing(problem: Problem) -> Response {
    let mut response = problem.into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
