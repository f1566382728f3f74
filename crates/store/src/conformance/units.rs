//! Units of work: each is done once, whoever works on it and whoever dies.

use std::{collections::HashSet, sync::Arc, time::Duration};

use model::{Chunk, Generation, Phase, Time, Unit};

use super::{
    Outcome, checks, ensure, ensure_eq, ensure_err,
    sample::{LEASE, World, ada, at, bob, failed, owner, pair, scores, validation},
};
use crate::{
    FailedUnit, Finished, Metadata, Page, PageRequest, StoreError, UnitCounts, UnitFailure, UnitResult,
};

checks!(dyn Metadata:
    are_claimed_in_order_and_once,
    are_claimed_by_phase,
    are_claimed_again_when_the_lease_has_run_out,
    are_held_by_a_heartbeat,
    are_given_back,
    take_results_of_the_holder_alone,
    are_finished_once,
    take_only_results_that_fit,
    count_what_came_of_them,
    list_failures_in_order_and_reopen_them,
    are_worked_on_by_many_at_once,
);

async fn are_claimed_in_order_and_once(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, units) = generate(store, 5).await?;
    ensure_eq!(world.claim(&generation, Phase::Generate, 1, 2).await?, claimed(&units[..2], 1));
    ensure_eq!(world.claim(&generation, Phase::Generate, 2, 2).await?, claimed(&units[2..4], 1));
    ensure_eq!(world.claim(&generation, Phase::Generate, 1, 2).await?, claimed(&units[4..], 1));
    ensure_eq!(world.claim(&generation, Phase::Generate, 1, 2).await?, []);
    let counts = world.store.unit_counts(generation.id, Phase::Generate).await?;
    ensure_eq!(counts, UnitCounts { leased: 5, ..UnitCounts::default() });
    Ok(())
}

async fn are_claimed_by_phase(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, units) = generate(store, 1).await?;
    ensure_eq!(world.claim(&generation, Phase::Validate, 1, 9).await?, []);
    ensure_eq!(world.claim(&generation, Phase::Parse, 1, 9).await?, []);
    world.claim(&generation, Phase::Generate, 1, 9).await?;
    let next = validation(&units[0]);
    let outcome = crate::Outcome::Generated { pairs: Vec::new(), next: vec![next.clone()] };
    world.finish(&generation, 1, units[0].id, outcome).await?;
    ensure_eq!(world.claim(&generation, Phase::Generate, 1, 9).await?, []);
    ensure_eq!(world.claim(&generation, Phase::Validate, 1, 9).await?, claimed(&[next], 1));
    Ok(())
}

async fn are_claimed_again_when_the_lease_has_run_out(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, units) = generate(store, 4).await?;
    let claim = async |by, second, limit| {
        world.store.claim(generation.id, Phase::Generate, &owner(by), at(second), LEASE, limit).await
    };
    ensure_eq!(claim(1, 10, 1).await?, claimed(&units[..1], 1));
    ensure_eq!(claim(2, 40, 1).await?, claimed(&units[1..2], 1));
    ensure_eq!(claim(3, 69, 1).await?, claimed(&units[2..3], 1));
    // At 70 the first lease has run out, the second has not; what is taken over goes first.
    let mut expected = claimed(&units[..1], 2);
    expected.extend(claimed(&units[3..], 1));
    ensure_eq!(claim(3, 70, 2).await?, expected);
    ensure_eq!(claim(3, 99, 9).await?, []);
    ensure_eq!(claim(3, 100, 9).await?, claimed(&units[1..2], 2));
    Ok(())
}

async fn are_held_by_a_heartbeat(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, units) = generate(store, 3).await?;
    world.claim(&generation, Phase::Generate, 1, 2).await?;
    world.claim(&generation, Phase::Generate, 2, 1).await?;
    ensure_eq!(world.store.heartbeat(generation.id, &owner(1), at(60), LEASE).await?, 2);
    ensure_eq!(world.store.heartbeat(generation.id, &owner(3), at(60), LEASE).await?, 0);
    let later = world.store.claim(generation.id, Phase::Generate, &owner(3), at(119), LEASE, 9).await?;
    ensure_eq!(later, claimed(&units[2..], 2));
    let forever = world.store.heartbeat(generation.id, &owner(1), at(119), Duration::MAX).await?;
    ensure_eq!(forever, 2);
    Ok(())
}

async fn are_given_back(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, units) = generate(store, 3).await?;
    let owners = async || -> crate::Result<HashSet<_>> {
        Ok(world.store.owners(generation.id).await?.into_iter().collect())
    };
    ensure_eq!(owners().await?, HashSet::new());
    world.claim(&generation, Phase::Generate, 1, 2).await?;
    world.claim(&generation, Phase::Generate, 2, 1).await?;
    ensure_eq!(owners().await?, HashSet::from([owner(1), owner(2)]));
    ensure_eq!(world.store.release(generation.id, &owner(1)).await?, 2);
    ensure_eq!(world.store.release(generation.id, &owner(1)).await?, 0);
    ensure_eq!(owners().await?, HashSet::from([owner(2)]));
    ensure_eq!(world.claim(&generation, Phase::Generate, 2, 9).await?, claimed(&units[..2], 2));
    Ok(())
}

async fn take_results_of_the_holder_alone(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, units) = generate(store, 1).await?;
    world.claim(&generation, Phase::Generate, 1, 1).await?;
    world.store.claim(generation.id, Phase::Generate, &owner(2), at(70), LEASE, 1).await?;
    let late = world.finish(&generation, 1, units[0].id, failed("late")).await?;
    ensure_eq!(late, Finished { written: 0, lost: 1 });
    ensure_eq!(world.now(&generation).await?.chunks_failed, 0);
    let outcome = crate::Outcome::Generated { pairs: Vec::new(), next: Vec::new() };
    let kept = world.finish(&generation, 2, units[0].id, outcome).await?;
    ensure_eq!(kept, Finished { written: 1, lost: 0 });
    let counts = world.store.unit_counts(generation.id, Phase::Generate).await?;
    ensure_eq!(counts, UnitCounts { done: 1, ..UnitCounts::default() });
    Ok(())
}

async fn are_finished_once(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, chunks, units) = with_chunks(store, 2).await?;
    world.claim(&generation, Phase::Generate, 1, 1).await?;
    let made = |slots: u32| crate::Outcome::Generated {
        pairs: (0..slots).map(|slot| pair(generation.id, &chunks[0], "a.pdf", slot)).collect(),
        next: vec![validation(&units[0])],
    };
    // Twice in one call, and one that nobody has claimed.
    let results = [(0, made(2)), (0, made(3)), (1, failed("not claimed"))]
        .map(|(unit, outcome)| UnitResult { unit: units[unit].id, outcome });
    let finished = world.store.finish(generation.id, &owner(1), at(20), results.into()).await?;
    ensure_eq!(finished, Finished { written: 1, lost: 2 });
    // And once more, as after an answer that was lost.
    let again = world.finish(&generation, 1, units[0].id, made(2)).await?;
    ensure_eq!(again, Finished { written: 0, lost: 1 });

    let now = world.now(&generation).await?;
    ensure_eq!((now.chunks_processed, now.chunks_failed, now.pairs_generated), (1, 0, 2));
    ensure_eq!(world.store.unit_counts(generation.id, Phase::Validate).await?.total(), 1);
    ensure_eq!(world.store.unit_counts(generation.id, Phase::Generate).await?.pending, 1);
    Ok(())
}

async fn take_only_results_that_fit(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, chunks, units) = with_chunks(store, 2).await?;
    world.claim(&generation, Phase::Generate, 1, 2).await?;
    let foreign = super::sample::generation(world.project, 99, generation.kind).id;
    let generated = |pairs, next| crate::Outcome::Generated { pairs, next };
    let misfits = [
        crate::Outcome::Scored { scores: Vec::new(), probes: crate::Probes::default() },
        generated(vec![pair(foreign, &chunks[0], "a.pdf", 0)], Vec::new()),
        generated(vec![pair(generation.id, &chunks[1], "a.pdf", 0)], Vec::new()),
        generated(Vec::new(), vec![units[1].clone()]),
    ];
    for misfit in misfits {
        // What is right in the same call is not written either.
        let results = vec![
            UnitResult { unit: units[1].id, outcome: failed("why") },
            UnitResult { unit: units[0].id, outcome: misfit },
        ];
        let outcome = world.store.finish(generation.id, &owner(1), at(20), results).await;
        ensure_err!(outcome, StoreError::Conflict(_));
        let counts = world.store.unit_counts(generation.id, Phase::Generate).await?;
        ensure_eq!(counts, UnitCounts { leased: 2, ..UnitCounts::default() });
    }
    ensure_eq!(world.now(&generation).await?.chunks_processed, 0);
    Ok(())
}

async fn count_what_came_of_them(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, chunks, units) = with_chunks(store, 4).await?;
    world.claim(&generation, Phase::Generate, 1, 4).await?;
    world.finish(&generation, 1, units[3].id, failed("why")).await?;
    let measured = [(Some(0.5), Some(0.1)), (Some(0.8), None)];
    for at in 0..3 {
        let pairs = (0..2).map(|slot| pair(generation.id, &chunks[at], "a.pdf", slot)).collect();
        let next = vec![validation(&units[at])];
        world.finish(&generation, 1, units[at].id, crate::Outcome::Generated { pairs, next }).await?;
    }
    world.claim(&generation, Phase::Validate, 1, 3).await?;
    let scored = measured.iter().zip(0..).map(|(&(quality, grounding), slot)| {
        (pair(generation.id, &chunks[0], "a.pdf", slot).0.id, scores(quality, grounding), [0; 16])
    });
    let scored = crate::Outcome::Scored { scores: scored.collect(), probes: crate::Probes::default() };
    world.finish(&generation, 1, validation(&units[0]).id, scored).await?;
    world.finish(&generation, 1, validation(&units[1]).id, failed("why")).await?;

    let now = world.now(&generation).await?;
    ensure_eq!((now.chunks_total, now.chunks_processed, now.chunks_failed), (4, 4, 2));
    ensure_eq!((now.pairs_generated, now.pairs_duplicate), (6, 0));
    ensure_eq!((now.average_quality, now.average_grounding), (Some(0.65), Some(0.1)));
    let counts = world.store.unit_counts(generation.id, Phase::Validate).await?;
    ensure_eq!(counts, UnitCounts { pending: 0, leased: 1, done: 1, failed: 1 });
    ensure_eq!((counts.total(), counts.ended()), (3, 2));
    Ok(())
}

async fn list_failures_in_order_and_reopen_them(store: Arc<dyn Metadata>) -> Outcome {
    let (world, generation, chunks, units) = with_chunks(store, 3).await?;
    world.claim(&generation, Phase::Generate, 1, 3).await?;
    world.finish(&generation, 1, units[2].id, failed("two")).await?;
    world.finish(&generation, 1, units[0].id, failed("zero")).await?;
    let next = validation(&units[1]);
    let outcome = crate::Outcome::Generated { pairs: Vec::new(), next: vec![next.clone()] };
    world.finish(&generation, 1, units[1].id, outcome).await?;
    world.claim(&generation, Phase::Validate, 1, 3).await?;
    world.finish(&generation, 1, next.id, failed("one")).await?;

    let why = |reason: &str| UnitFailure { reason: reason.into(), raw_reply: Some("{".into()) };
    let document = Some(chunks[0].document_id);
    // Times are kept to the microsecond.
    let failed_at = Time::from_microsecond(at(20).as_microsecond())?;
    let expected: Vec<FailedUnit> = claimed(&[units[0].clone(), units[2].clone(), next.clone()], 1)
        .into_iter()
        .zip([why("zero"), why("two"), why("one")])
        .map(|(unit, failure)| FailedUnit { unit, document, failure, time: Some(failed_at) })
        .collect();
    let page = async |after: Option<String>, limit| -> Result<_, StoreError> {
        let page = world.store.page_failures(&ada(), generation.id, &PageRequest { after, limit }).await?;
        page.ok_or(StoreError::NotFound("generation"))
    };
    ensure_eq!(page(None, 9).await?.items, expected);
    for limit in [1, 2] {
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let Page { items, total, next } = page(after, limit).await?;
            ensure_eq!(total, 3);
            walked.extend(items);
            after = next;
            if after.is_none() {
                break;
            }
        }
        ensure_eq!(walked, expected);
    }
    let all: Vec<_> = units.iter().map(|unit| unit.id).chain([next.id]).collect();
    let among: HashSet<_> =
        world.store.failed_among(&ada(), generation.id, &all).await?.into_iter().collect();
    ensure_eq!(among, HashSet::from([units[0].id, units[2].id, next.id]));
    let first = PageRequest { after: None, limit: 9 };
    ensure_eq!(world.store.page_failures(&bob(), generation.id, &first).await?, None);
    ensure_eq!(world.store.failed_among(&bob(), generation.id, &all).await?, []);
    let now = world.now(&generation).await?;
    ensure_eq!((now.chunks_processed, now.chunks_failed), (3, 3));

    // What has not failed stays as it is, whoever names it.
    let some = [units[1].id, units[2].id];
    ensure_eq!(world.store.reopen_failed(generation.id, Some(&some)).await?, 1);
    ensure_eq!(world.now(&generation).await?.chunks_failed, 2);
    ensure_eq!(world.store.reopen_failed(generation.id, None).await?, 2);
    ensure_eq!(world.store.reopen_failed(generation.id, None).await?, 0);
    let now = world.now(&generation).await?;
    ensure_eq!((now.chunks_processed, now.chunks_failed), (1, 0));
    ensure_eq!(page(None, 9).await?.items, []);
    let again = claimed(&[units[0].clone(), units[2].clone()], 2);
    ensure_eq!(world.claim(&generation, Phase::Generate, 1, 9).await?, again);
    ensure_eq!(world.claim(&generation, Phase::Validate, 1, 9).await?, claimed(&[next], 2));
    Ok(())
}

async fn are_worked_on_by_many_at_once(store: Arc<dyn Metadata>) -> Outcome {
    const TASKS: u32 = 8;
    const TURNS: usize = 50;
    let (world, generation, chunks, units) = with_chunks(store, 400).await?;
    let chunks: Arc<[Chunk]> = chunks.into();
    let tasks: Vec<_> = (0..TASKS)
        .map(|by| {
            let (store, chunks, generation) = (world.store.clone(), chunks.clone(), generation.id);
            tokio::spawn(async move {
                let mut taken = Vec::new();
                for _ in 0..TURNS {
                    let owner = owner(by);
                    let claimed = store.claim(generation, Phase::Generate, &owner, at(10), LEASE, 1).await?;
                    let results = claimed.iter().map(|unit| {
                        let chunk = &chunks[unit.ordinal as usize];
                        let pairs = vec![pair(generation, chunk, "a.pdf", 0)];
                        let outcome = crate::Outcome::Generated { pairs, next: vec![validation(unit)] };
                        UnitResult { unit: unit.id, outcome }
                    });
                    let finished = store.finish(generation, &owner, at(20), results.collect()).await?;
                    if finished.lost > 0 {
                        return Err(StoreError::Conflict("a unit was lost".into()));
                    }
                    taken.extend(claimed.into_iter().map(|unit| unit.id));
                }
                Ok(taken)
            })
        })
        .collect();
    let mut taken = Vec::new();
    for task in tasks {
        taken.extend(task.await??);
    }
    ensure_eq!(taken.len(), units.len());
    ensure_eq!(taken.into_iter().collect::<HashSet<_>>(), units.iter().map(|unit| unit.id).collect());
    let now = world.now(&generation).await?;
    ensure_eq!((now.chunks_processed, now.chunks_failed, now.pairs_generated), (400, 0, 400));
    ensure_eq!(world.store.unit_counts(generation.id, Phase::Validate).await?.pending, 400);
    ensure!(world.store.owners(generation.id).await?.is_empty());
    Ok(())
}

async fn generate(store: Arc<dyn Metadata>, chunks: u32) -> crate::Result<(World, Generation, Vec<Unit>)> {
    let (world, generation, _, units) = with_chunks(store, chunks).await?;
    Ok((world, generation, units))
}

async fn with_chunks(
    store: Arc<dyn Metadata>,
    chunks: u32,
) -> crate::Result<(World, Generation, Vec<Chunk>, Vec<Unit>)> {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], chunks).await?;
    let (generation, units) = world.generate(3, &chunks).await?;
    Ok((world, generation, chunks, units))
}

/// Units as they are when they have been claimed that often.
fn claimed(units: &[Unit], attempts: u32) -> Vec<Unit> {
    units.iter().map(|unit| Unit { attempts, ..unit.clone() }).collect()
}
