//! Logs, changes, requests, and what a server looks for when it starts.

use std::sync::Arc;

use model::{Generation, LogEntry, LogLevel, Phase, Time};

use super::{
    Outcome, checks, ensure, ensure_eq, ensure_err,
    sample::{LEASE, World, ada, at, bob, generation, owner, project},
};
use crate::{Advance, ChangedSubject, KnownRequest, Metadata, StoreError, StoredReply};

checks!(dyn Metadata:
    logs_are_numbered_and_read_by_level,
    changes_are_told_once_with_their_newest_number,
    changes_of_a_deleted_project_are_few,
    requests_are_carried_out_once,
    requests_are_forgotten,
    runs_with_jobs_are_found_until_they_end,
    who_holds_a_lock_is_told_while_it_lasts,
);

fn entry(level: LogLevel, message: &str) -> LogEntry {
    LogEntry { time: at(7), level, message: message.into(), fields: serde_json::Map::new() }
}

async fn logs_are_numbered_and_read_by_level(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let (run, _) = world.generate(2, &[]).await?;
    let store = &world.store;
    let lines =
        [(LogLevel::Debug, "a"), (LogLevel::Error, "b"), (LogLevel::Info, "c"), (LogLevel::Warn, "d")];
    let entries: Vec<_> = lines.iter().map(|(level, message)| entry(*level, message)).collect();
    store.append_logs(run.id, &entries[..1]).await?;
    store.append_logs(run.id, &entries[1..]).await?;
    store.append_logs(run.id, &[]).await?;
    let read = async |after, least, limit| -> Result<Vec<(u64, String)>, super::Error> {
        let lines = store.logs(&ada(), run.id, after, least, limit).await?;
        Ok(lines.into_iter().map(|line| (line.seq, line.message)).collect())
    };
    let numbered =
        |lines: &[(u64, &str)]| lines.iter().map(|(seq, of)| (*seq, (*of).to_owned())).collect::<Vec<_>>();
    ensure_eq!(read(0, LogLevel::Debug, 9).await?, numbered(&[(1, "a"), (2, "b"), (3, "c"), (4, "d")]));
    ensure_eq!(read(0, LogLevel::Warn, 9).await?, numbered(&[(2, "b"), (4, "d")]));
    ensure_eq!(read(2, LogLevel::Info, 1).await?, numbered(&[(3, "c")]));
    ensure_eq!(store.logs(&ada(), run.id, 0, LogLevel::Debug, 1).await?[0].time, at(7));
    ensure_eq!(store.logs(&bob(), run.id, 0, LogLevel::Debug, 9).await?, []);
    let nowhere = generation(project(2).id, 9, run.kind);
    ensure_err!(store.append_logs(nowhere.id, &entries).await, StoreError::NotFound("generation"));
    Ok(())
}

async fn changes_are_told_once_with_their_newest_number(store: Arc<dyn Metadata>) -> Outcome {
    ensure_eq!(store.last_change().await?, 0);
    let world = World::new(store).await?;
    let store = &world.store;
    let document = world.document(1, "a").await?;
    let start = store.last_change().await?;
    let (run, _) = world.parse(2, &[&document]).await?;
    world.claim(&run, Phase::Parse, 1, 1).await?;
    world.stop(&run).await?;
    let changes = store.changes(start, 100).await?;
    ensure!(changes.is_sorted_by_key(|change| change.seq));
    ensure!(changes.iter().all(|change| (&change.user, change.project) == (&ada(), world.project)));
    let subjects: Vec<_> = changes.iter().map(|change| change.subject).collect();
    ensure_eq!(subjects, [ChangedSubject::Document(document.id), ChangedSubject::Generation(run.id)]);
    let last = store.last_change().await?;
    ensure_eq!(changes.last().map(|change| change.seq), Some(last));
    ensure_eq!(store.changes(last, 100).await?, []);
    ensure_eq!(store.changes(0, 1).await?.len(), 1);
    store.delete_document(&ada(), world.project, document.id).await?;
    let gone: Vec<_> = store.changes(last, 100).await?.iter().map(|change| change.subject).collect();
    ensure_eq!(gone, [ChangedSubject::Document(document.id)]);
    Ok(())
}

async fn changes_of_a_deleted_project_are_few(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    for number in 1..100 {
        world.document(number, "a").await?;
    }
    let last = world.store.last_change().await?;
    world.store.delete_project(&ada(), world.project).await?;
    ensure!(world.store.changes(last, 100).await?.len() <= 1);
    Ok(())
}

fn reply(status: u16) -> StoredReply {
    StoredReply { status, headers: vec![("location".into(), "/a".into())], body: vec![0, 255] }
}

async fn requests_are_carried_out_once(store: Arc<dyn Metadata>) -> Outcome {
    let begin =
        async |fingerprint: &str, now: Time| store.begin_request(&ada(), "key", fingerprint, now).await;
    ensure_eq!(begin("one", at(1)).await?, KnownRequest::New);
    ensure_eq!(begin("one", at(2)).await?, KnownRequest::UnderWay);
    ensure_eq!(begin("two", at(2)).await?, KnownRequest::Other);
    ensure_eq!(store.begin_request(&bob(), "key", "two", at(2)).await?, KnownRequest::New);
    store.end_request(&ada(), "key", Some(&reply(201))).await?;
    ensure_eq!(begin("one", at(3)).await?, KnownRequest::Done(reply(201)));
    ensure_eq!(begin("two", at(3)).await?, KnownRequest::Other);
    store.end_request(&ada(), "key", None).await?;
    ensure_eq!(begin("two", at(4)).await?, KnownRequest::New);
    Ok(())
}

async fn requests_are_forgotten(store: Arc<dyn Metadata>) -> Outcome {
    let day = 24 * 60 * 60;
    store.begin_request(&ada(), "died", "one", at(0)).await?;
    ensure_eq!(store.begin_request(&ada(), "died", "one", at(600)).await?, KnownRequest::UnderWay);
    ensure_eq!(store.begin_request(&ada(), "died", "two", at(601)).await?, KnownRequest::New);
    store.begin_request(&ada(), "done", "one", at(0)).await?;
    store.end_request(&ada(), "done", Some(&reply(200))).await?;
    ensure_eq!(store.begin_request(&ada(), "done", "one", at(day)).await?, KnownRequest::Done(reply(200)));
    ensure_eq!(store.begin_request(&ada(), "done", "one", at(day + 1)).await?, KnownRequest::New);
    Ok(())
}

async fn runs_with_jobs_are_found_until_they_end(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let chunks = world.parsed(2, &[&document], 3).await?;
    let (run, _) = world.generate(4, &chunks).await?;
    let (older, _) = world.generate(3, &chunks).await?;
    ensure_eq!(world.store.unended().await?.len(), 0);
    for run in [&run, &older] {
        let to = Generation { job_names: vec!["job".into()], ..run.clone().start(at(9))? };
        world.store.advance(&ada(), &Advance { from: run.status, attempt: 1, to }).await?;
    }
    let found = world.store.unended().await?;
    ensure_eq!(found.iter().map(|found| found.generation.id).collect::<Vec<_>>(), [older.id, run.id]);
    ensure_eq!((&found[0].user, &*found[0].generation.job_names), (&ada(), &["job".to_owned()][..]));
    world.claim(&run, Phase::Generate, 1, 2).await?;
    let load = world.store.workload().await?;
    let counts = load.iter().find(|(phase, _)| *phase == Phase::Generate).ok_or("no such phase")?.1;
    ensure_eq!((counts.pending, counts.leased, counts.total()), (4, 2, 6));
    let now = world.now(&older).await?;
    let change = Advance { from: now.status, attempt: 1, to: now.clone().cancel(at(10))? };
    world.store.advance(&ada(), &change).await?;
    ensure_eq!(world.store.unended().await?.len(), 1);
    Ok(())
}

async fn who_holds_a_lock_is_told_while_it_lasts(store: Arc<dyn Metadata>) -> Outcome {
    ensure_eq!(store.lock_holder("name", at(0)).await?, None);
    store.lock("name", &owner(1), at(0), LEASE).await?;
    ensure_eq!(store.lock_holder("name", at(59)).await?, Some(owner(1)));
    ensure_eq!(store.lock_holder("name", at(60)).await?, None);
    Ok(())
}
