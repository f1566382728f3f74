//! Listening, and stopping without breaking what is under way.

use std::{io, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{App, router};

/// How long a client may take to send the head of a request, or to begin another one.
const HEAD: Duration = Duration::from_secs(30);
/// How long what is under way may go on after the server was told to stop.
const GRACE: Duration = Duration::from_secs(30);
/// How long to wait where no connection can be accepted: mostly too many files are open.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves on a socket until `stop`: then no connection is accepted any more, streams of events end,
/// and other answers may go on for 30 seconds.
///
/// # Errors
/// None at present: a connection that fails ends alone, and accepting is tried again.
pub async fn serve(app: App, listener: TcpListener, stop: CancellationToken) -> io::Result<()> {
    let stopping = app.stopping.clone();
    let places = Arc::new(Semaphore::new(app.config.max_connections));
    let service = router(app);
    let (connections, cut) = (TaskTracker::new(), CancellationToken::new());
    while let Some((stream, place)) = accept(&listener, &places, &stop).await {
        let (service, stop, cut) = (service.clone(), stop.clone(), cut.clone());
        connections.spawn(async move {
            cut.run_until_cancelled(answer(stream, service, stop)).await;
            drop(place);
        });
    }
    drop(listener);
    stopping.cancel();
    connections.close();
    if timeout(GRACE, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "connections are cut: they went on for too long");
        cut.cancel();
        connections.wait().await;
    }
    Ok(())
}

/// Answers one connection's requests; when the server stops, the one that is under way.
async fn answer(stream: TcpStream, service: Router, stop: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The next connection, with its place among those that may be open at once; `None` when the server stops.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let next = async {
        let place = places.clone().acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    return Some((stream, place));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        next = next => next,
        () = stop.cancelled() => None,
    }
}

#[cfg(test)]
mod tests;
