//! The ledger: no call is paid for twice, and each is counted once.

use std::sync::Arc;

use model::{GenerationId, GenerationKind, UnitId, Usage, sha256_hex};

use super::{
    Outcome, checks, ensure_eq, ensure_err,
    sample::{World, at, generation},
};
use crate::{LedgerEntry, Metadata, StoreError};

checks!(dyn Metadata:
    reads_back_what_was_recorded,
    counts_a_call_once,
    sums_what_calls_came_to,
    needs_a_generation,
    takes_one_of_many_at_once,
);

async fn reads_back_what_was_recorded(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let (one, _) = world.generate(2, &[]).await?;
    let (two, _) = world.generate(3, &[]).await?;
    let entry = entry(one.id, UnitId::derive([]), "call");
    world.store.record_call(&entry).await?;
    let get =
        async |generation, unit, request: &str| world.store.recorded_call(generation, unit, request).await;
    ensure_eq!(get(one.id, entry.unit, &entry.request).await?, Some(entry.clone()));
    ensure_eq!(get(two.id, entry.unit, &entry.request).await?, None);
    ensure_eq!(get(one.id, UnitId::derive([b"other".as_slice()]), &entry.request).await?, None);
    ensure_eq!(get(one.id, entry.unit, "other").await?, None);
    Ok(())
}

async fn counts_a_call_once(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let (generation, _) = world.generate(2, &[]).await?;
    let first = entry(generation.id, UnitId::derive([]), "call");
    world.store.record_call(&first).await?;
    let second = LedgerEntry { reply: "another".into(), ..first.clone() };
    world.store.record_call(&second).await?;
    let kept = world.store.recorded_call(first.generation, first.unit, &first.request).await?;
    ensure_eq!(kept, Some(first.clone()));
    ensure_eq!(world.now(&generation).await?.usage, first.usage);
    Ok(())
}

async fn sums_what_calls_came_to(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let (generation, _) = world.generate(2, &[]).await?;
    let record = async |request, cost_usd| {
        let mut entry = entry(generation.id, UnitId::derive([]), request);
        entry.usage.cost_usd = cost_usd;
        world.store.record_call(&entry).await
    };
    record("unknown price", None).await?;
    ensure_eq!(world.now(&generation).await?.usage.cost_usd, None);
    record("one", Some(0.25)).await?;
    record("two", Some(0.000_000_25)).await?;
    record("unknown again", None).await?;
    let expected =
        Usage { requests: 4, prompt_tokens: 400, completion_tokens: 40, cost_usd: Some(0.250_000_25) };
    ensure_eq!(world.now(&generation).await?.usage, expected);
    Ok(())
}

async fn needs_a_generation(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let unknown = generation(world.project, 9, GenerationKind::Generate);
    let entry = entry(unknown.id, UnitId::derive([]), "call");
    ensure_err!(world.store.record_call(&entry).await, StoreError::NotFound("generation"));
    Ok(())
}

async fn takes_one_of_many_at_once(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let (generation, _) = world.generate(2, &[]).await?;
    let tasks: Vec<_> = (0..40)
        .map(|number| {
            let (store, entry) = (
                world.store.clone(),
                entry(generation.id, UnitId::derive([]), &format!("call {}", number % 5)),
            );
            tokio::spawn(async move { store.record_call(&entry).await })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    ensure_eq!(world.now(&generation).await?.usage.requests, 5);
    Ok(())
}

pub(super) fn entry(generation: GenerationId, unit: UnitId, request: &str) -> LedgerEntry {
    LedgerEntry {
        generation,
        unit,
        request: sha256_hex(request),
        reply: r#"{"text":"“reply”"}"#.into(),
        usage: Usage { requests: 1, prompt_tokens: 100, completion_tokens: 10, cost_usd: Some(0.125) },
        time: at(7),
    }
}
