//! The ledger: no call is paid for twice, and each is counted once.

use std::sync::Arc;

use model::{Generation, GenerationId, GenerationKind, Phase, Unit, UnitId, Usage, sha256_hex};

use super::{
    Outcome, checks, ensure_eq, ensure_err,
    sample::{World, at, generation, owner},
};
use crate::{Budget, LedgerEntry, Metadata, Reservation, Reserved, StoreError, UnitFailure, UnitResult};

checks!(dyn Metadata:
    reads_back_what_was_recorded,
    counts_a_call_once,
    sums_what_calls_came_to,
    needs_a_generation,
    takes_one_of_many_at_once,
    keeps_what_failed_for_its_price_alone,
    sets_aside_no_more_than_is_left,
    sets_nothing_aside_for_the_dead,
    sets_aside_for_many_at_once,
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

async fn keeps_what_failed_for_its_price_alone(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, units) = waiting(store, 2).await?;
    let now = at(20);
    for (unit, raw_reply) in units.iter().zip([Some("what?".to_owned()), None]) {
        world.claim(&generation, Phase::Generate, 1, 1).await?;
        world.store.record_call(&entry(generation.id, unit.id, "call")).await?;
        let failed = crate::Outcome::Failed(UnitFailure { reason: "no".into(), raw_reply });
        let results = vec![UnitResult { unit: unit.id, outcome: failed }];
        world.store.finish(generation.id, &owner(1), now, results).await?;
    }
    let paid = world.now(&generation).await?.usage;
    for _ in 0..2 {
        world.store.reopen_failed(generation.id, None).await?;
    }
    let found = async |unit: usize| {
        world.store.recorded_call(generation.id, units[unit].id, &sha256_hex("call")).await
    };
    ensure_eq!((found(0).await?.is_some(), found(1).await?.is_some()), (false, true));
    ensure_eq!(world.now(&generation).await?.usage, paid);
    // It is asked again, and may come to the same.
    world.store.record_call(&entry(generation.id, units[0].id, "call")).await?;
    ensure_eq!(found(0).await?.is_some(), true);
    ensure_eq!(world.now(&generation).await?.usage.requests, paid.requests + 1);
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

const TOKENS: Budget = Budget { max_cost_usd: None, max_tokens_total: Some(1_000) };

/// A generation with that many units to be claimed.
async fn waiting(store: Arc<dyn Metadata>, units: u32) -> crate::Result<(World, Generation, Vec<Unit>)> {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], units).await?;
    let (generation, units) = world.generate(3, &chunks).await?;
    Ok((world, generation, units))
}

fn reservation(unit: &Unit, tokens: u64) -> Reservation {
    Reservation { generation: unit.generation_id, unit: unit.id, tokens, cost_usd: 0.5 }
}

async fn sets_aside_no_more_than_is_left(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, units) = waiting(store, 3).await?;
    world.claim(&generation, Phase::Generate, 1, 3).await?;
    let reserve = async |unit: usize, tokens, budget: &Budget| {
        world.store.reserve(&reservation(&units[unit], tokens), budget, at(20)).await
    };
    ensure_eq!(reserve(0, 600, &TOKENS).await?, Reserved::Granted);
    ensure_eq!(reserve(1, 401, &TOKENS).await?, Reserved::Wait);
    ensure_eq!(reserve(1, 1_001, &TOKENS).await?, Reserved::Exhausted);
    ensure_eq!(reserve(1, 400, &TOKENS).await?, Reserved::Granted);
    // In place of what was set aside before.
    ensure_eq!(reserve(1, 300, &TOKENS).await?, Reserved::Granted);
    ensure_eq!(reserve(2, 100, &TOKENS).await?, Reserved::Granted);
    world.store.unreserve(units[2].id).await?;
    let mut paid = entry(generation.id, units[0].id, "call");
    (paid.usage.prompt_tokens, paid.usage.completion_tokens) = (500, 50);
    world.store.record_call(&paid).await?;
    ensure_eq!(reserve(2, 151, &TOKENS).await?, Reserved::Wait);
    ensure_eq!(reserve(2, 451, &TOKENS).await?, Reserved::Exhausted);
    ensure_eq!(reserve(2, 150, &TOKENS).await?, Reserved::Granted);

    let spent = paid.usage.cost_usd.unwrap_or_default();
    let money = |left: f64| Budget { max_cost_usd: Some(spent + left), max_tokens_total: None };
    ensure_eq!(reserve(0, 1, &money(1.4)).await?, Reserved::Wait);
    ensure_eq!(reserve(0, 1, &money(0.4)).await?, Reserved::Exhausted);
    ensure_eq!(reserve(0, 1, &money(1.5)).await?, Reserved::Granted);
    ensure_eq!(reserve(0, u64::MAX, &Budget::default()).await?, Reserved::Granted);
    Ok(())
}

async fn sets_nothing_aside_for_the_dead(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, units) = waiting(store, 2).await?;
    world.claim(&generation, Phase::Generate, 1, 1).await?;
    world.claim(&generation, Phase::Generate, 2, 1).await?;
    let reserve = async |unit: usize, second| {
        world.store.reserve(&reservation(&units[unit], 600), &TOKENS, at(second)).await
    };
    ensure_eq!(reserve(0, 20).await?, Reserved::Granted);
    ensure_eq!(reserve(1, 20).await?, Reserved::Wait);
    // Its lease has run out; and another takes it over, or its owner gives it back.
    ensure_eq!(reserve(1, 200).await?, Reserved::Granted);
    world.store.release(generation.id, &owner(2)).await?;
    world.claim(&generation, Phase::Generate, 3, 1).await?;
    ensure_eq!(reserve(0, 20).await?, Reserved::Granted);
    world.store.release(generation.id, &owner(1)).await?;
    ensure_eq!(reserve(1, 20).await?, Reserved::Granted);
    Ok(())
}

async fn sets_aside_for_many_at_once(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, units) = waiting(store, 40).await?;
    world.claim(&generation, Phase::Generate, 1, 40).await?;
    let tasks: Vec<_> = units
        .into_iter()
        .map(|unit| {
            let store = world.store.clone();
            tokio::spawn(async move { store.reserve(&reservation(&unit, 100), &TOKENS, at(20)).await })
        })
        .collect();
    let mut granted = 0;
    for task in tasks {
        granted += usize::from(task.await?? == Reserved::Granted);
    }
    ensure_eq!(granted, 10);
    Ok(())
}
