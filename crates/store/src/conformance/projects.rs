//! Projects: whose they are, what they hold, and that all of it goes with them.

use std::sync::Arc;

use model::{GenerationKind, Project, ProjectStats, UnitId};

use super::{
    Outcome, checks, ensure, ensure_eq, ensure_err,
    sample::{World, ada, bob, project},
};
use crate::{Metadata, PairSelection, StoreError};

checks!(dyn Metadata:
    reads_back_what_was_created,
    an_id_is_taken_once,
    lists_newest_first,
    finds_the_oldest_of_a_name,
    shows_nothing_to_another_user,
    counts_what_it_holds,
    deletes_all_it_owns,
);

async fn reads_back_what_was_created(store: Arc<dyn Metadata>) -> Outcome {
    let project = project(1);
    store.create_project(&project).await?;
    ensure_eq!(store.project(&ada(), project.id).await?, Some(project));
    Ok(())
}

async fn an_id_is_taken_once(store: Arc<dyn Metadata>) -> Outcome {
    store.create_project(&project(1)).await?;
    ensure_err!(store.create_project(&project(1)).await, StoreError::Exists("project"));
    Ok(())
}

async fn lists_newest_first(store: Arc<dyn Metadata>) -> Outcome {
    for number in [2, 1, 3] {
        store.create_project(&project(number)).await?;
    }
    ensure_eq!(store.projects(&ada()).await?, [project(3), project(2), project(1)]);
    Ok(())
}

async fn finds_the_oldest_of_a_name(store: Arc<dyn Metadata>) -> Outcome {
    for number in [3, 1, 2] {
        store.create_project(&Project { name: "same".into(), ..project(number) }).await?;
    }
    store.create_project(&Project { name: "same".into(), user_id: bob(), ..project(0) }).await?;
    let found = store.project_by_name(&ada(), "same").await?;
    ensure_eq!(found.map(|found| found.id), Some(project(1).id));
    ensure_eq!(store.project_by_name(&ada(), "Same").await?, None);
    Ok(())
}

async fn shows_nothing_to_another_user(store: Arc<dyn Metadata>) -> Outcome {
    let mine = project(1);
    store.create_project(&mine).await?;
    ensure_eq!(store.project(&bob(), mine.id).await?, None);
    ensure_eq!(store.project_by_name(&bob(), &mine.name).await?, None);
    ensure_eq!(store.projects(&bob()).await?, []);
    ensure!(!store.delete_project(&bob(), mine.id).await?);
    ensure_eq!(store.project(&ada(), mine.id).await?, Some(mine));
    Ok(())
}

async fn counts_what_it_holds(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let [one, _] = [world.document(1, "a.pdf").await?, world.document(2, "b.pdf").await?];
    let chunks = world.parsed(3, &[&one], 2).await?;
    world.generated(4, &chunks, "a.pdf", 3, |_| [0; 16]).await?;
    let stats = world.store.project(&ada(), world.project).await?.map(|project| project.stats);
    let expected = ProjectStats {
        total_documents: 2,
        total_chunks: 2,
        total_pairs: 6,
        pending_pairs: 6,
        avg_quality_score: Some(0.5),
        ..ProjectStats::default()
    };
    ensure_eq!(stats, Some(expected));
    Ok(())
}

async fn deletes_all_it_owns(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let (store, other) = (&world.store, project(2));
    store.create_project(&other).await?;
    // All of it is made twice: ids that are free again show that nothing stayed behind.
    for _ in 0..2 {
        let document = world.document(1, "a.pdf").await?;
        let chunks = world.parsed(2, &[&document], 2).await?;
        let generation = world.generated(3, &chunks, "a.pdf", 2, |_| [0; 16]).await?;
        store.add_export(&ada(), &super::exports::export(world.project, 1)).await?;
        let call = super::ledger::entry(generation.id, UnitId::derive([]), "call");
        store.record_call(&call).await?;

        ensure!(store.delete_project(&ada(), world.project).await?);
        ensure!(!store.delete_project(&ada(), world.project).await?);
        ensure_eq!(store.document(&ada(), document.id).await?, None);
        ensure_eq!(store.chunks(&ada(), document.id, 0, 10).await?, []);
        ensure_eq!(store.generation(&ada(), generation.id).await?, None);
        ensure_eq!(store.generation_context(generation.id).await?, None);
        ensure_eq!(store.recorded_call(generation.id, call.unit, &call.request).await?, None);
        ensure_eq!(store.exports(&ada(), world.project).await?, []);
        ensure_eq!(store.projects(&ada()).await?, std::slice::from_ref(&other));

        store.create_project(&project(1)).await?;
        ensure_eq!(store.documents(&ada(), world.project, None, 10).await?, []);
        ensure_eq!(store.generations(&ada(), world.project, GenerationKind::Parse).await?, []);
        let pairs = store.export_rows(&ada(), world.project, &PairSelection::default(), None, 10).await?;
        ensure_eq!(pairs, []);
    }
    Ok(())
}
