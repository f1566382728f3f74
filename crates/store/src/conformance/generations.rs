//! Generations: their states, their counts, and what is left to generate.

use std::sync::Arc;

use futures::future::try_join_all;
use model::{Chunk, ChunkId, Generation, GenerationKind, GenerationStatus, Phase};

use super::{
    Outcome, checks, ensure, ensure_eq, ensure_err,
    sample::{World, ada, at, bob, chunk, failed, generation, into_chunks, passage, project, validation},
};
use crate::{Advance, GenerationContext, Metadata, PageRequest, StoreError};

checks!(dyn Metadata:
    reads_back_what_was_created,
    an_id_is_taken_once,
    is_created_whole_or_not_at_all,
    lists_those_of_a_kind_newest_first,
    shows_nothing_to_another_user,
    advances_from_the_state_it_was_read_in,
    of_two_tasks_one_advances,
    refuses_what_is_no_arrow,
    advancing_keeps_counts,
    labels_are_fixed_once_and_stay,
    samples_lie_evenly_over_the_chunks,
    shows_progress_through_both_phases,
    leaves_to_generate_what_is_not_done,
);

async fn reads_back_what_was_created(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 3).await?;
    let (created, _) = world.generate(3, &chunks).await?;
    let expected = Generation { chunks_total: 3, ..created };
    ensure_eq!(world.now(&expected).await?, expected);
    let context = world.store.generation_context(expected.id).await?;
    ensure_eq!(context, Some(GenerationContext { user: ada(), generation: expected }));
    Ok(())
}

async fn labels_are_fixed_once_and_stay(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 3).await?;
    let (created, _) = world.generate(3, &chunks).await?;
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    ensure_eq!(world.store.fix_labels(created.id, &words(&["a", "b"])).await?, words(&["a", "b"]));
    ensure_eq!(world.store.fix_labels(created.id, &words(&["c", "d"])).await?, words(&["a", "b"]));
    // Whoever moves it on may have read it before.
    let change =
        Advance { from: created.status, attempt: created.attempt, to: created.clone().start(at(9))? };
    ensure_eq!(world.store.advance(&ada(), &change).await?, true);
    ensure_eq!(world.now(&created).await?.labels, words(&["a", "b"]));
    let (other, _) = world.parse(7, &[]).await?;
    ensure_eq!(world.now(&other).await?.labels, Vec::<String>::new());
    Ok(())
}

async fn samples_lie_evenly_over_the_chunks(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 10).await?;
    let (created, _) = world.generate(3, &chunks).await?;
    let expected: Vec<_> = [0, 3, 6].into_iter().map(|at| passage(&chunks[at])).collect();
    ensure_eq!(world.store.sample_passages(created.id, 3).await?, expected);
    ensure_eq!(world.store.sample_passages(created.id, 99).await?.len(), 10);
    Ok(())
}

async fn an_id_is_taken_once(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    world.parse(2, &[]).await?;
    ensure_err!(world.parse(2, &[]).await, StoreError::Exists("generation"));
    Ok(())
}

async fn is_created_whole_or_not_at_all(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    ensure_err!(world.parse(2, &[&document, &document]).await, StoreError::Exists("unit"));
    let parses = world.store.generations(&ada(), world.project, GenerationKind::Parse).await?;
    ensure_eq!(parses, []);
    Ok(())
}

async fn lists_those_of_a_kind_newest_first(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    for number in [3, 2, 4] {
        let (parse, _) = world.parse(number, &[]).await?;
        world.stop(&parse).await?;
    }
    let (generate, _) = world.generate(5, &[]).await?;
    let parses = world.store.generations(&ada(), world.project, GenerationKind::Parse).await?;
    let ids: Vec<_> = parses.iter().map(|parse| parse.id).collect();
    ensure_eq!(ids, [4, 3, 2].map(|number| generation(world.project, number, GenerationKind::Parse).id));
    let generates = world.store.generations(&ada(), world.project, GenerationKind::Generate).await?;
    ensure_eq!(generates, [generate]);
    Ok(())
}

async fn shows_nothing_to_another_user(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let store = &world.store;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 1).await?;
    let (mine, units) = world.generate(3, &chunks).await?;
    world.claim(&mine, Phase::Generate, 1, 1).await?;
    world.finish(&mine, 1, units[0].id, failed("why")).await?;

    ensure_eq!(store.generation(&bob(), mine.id).await?, None);
    ensure_eq!(store.generations(&bob(), world.project, GenerationKind::Generate).await?, []);
    let first = PageRequest { after: None, limit: 10 };
    ensure_eq!(store.page_failures(&bob(), mine.id, &first).await?, None);
    ensure_eq!(store.chunks_to_generate(&bob(), world.project, &[document.id], &[]).await?, []);
    let foreign = generation(world.project, 4, GenerationKind::Parse);
    ensure_err!(store.create_generation(&bob(), &foreign, &[]).await, StoreError::NotFound("project"));
    let nowhere = generation(project(2).id, 4, GenerationKind::Parse);
    ensure_err!(store.create_generation(&ada(), &nowhere, &[]).await, StoreError::NotFound("project"));
    let change = change(&mine, mine.clone().start(at(9))?);
    ensure_err!(store.advance(&bob(), &change).await, StoreError::NotFound("generation"));
    ensure_eq!(world.now(&mine).await?.status, GenerationStatus::Pending);
    Ok(())
}

async fn advances_from_the_state_it_was_read_in(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let advance = async |change: &Advance| world.store.advance(&ada(), change).await;
    let (pending, _) = world.parse(2, &[]).await?;
    let started = change(&pending, pending.clone().start(at(9))?);
    ensure!(advance(&started).await?);
    ensure_eq!(world.now(&pending).await?, started.to);
    // It is not pending any more.
    ensure!(!advance(&started).await?);

    let failed = change(&started.to, started.to.clone().fail("why", at(11))?);
    ensure!(advance(&failed).await?);
    let resumed = change(&failed.to, failed.to.clone().resume()?);
    ensure!(advance(&resumed).await?);
    ensure_eq!(world.now(&pending).await?, resumed.to);
    // Pending again, and yet not as it was.
    ensure!(!advance(&started).await?);
    ensure_eq!(world.now(&pending).await?, resumed.to);
    Ok(())
}

async fn of_two_tasks_one_advances(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    for number in 2..12 {
        let (pending, _) = world.generate(number, &[]).await?;
        let tasks = [pending.clone().start(at(9))?, pending.clone().cancel(at(9))?].map(|to| {
            let (store, change) = (world.store.clone(), change(&pending, to));
            tokio::spawn(async move { store.advance(&ada(), &change).await })
        });
        let mut won = 0;
        for task in try_join_all(tasks).await? {
            won += usize::from(task?);
        }
        ensure_eq!(won, 1);
    }
    Ok(())
}

async fn refuses_what_is_no_arrow(store: Arc<dyn Metadata>) -> Outcome {
    use GenerationStatus::{Cancelled, Completed, Failed, Generating, Parsing, Pending, Validating};
    let world = World::new(store).await?;
    let (parse, _) = world.parse(2, &[]).await?;
    let (generate, _) = world.generate(3, &[]).await?;
    let refused = [
        (&parse, Pending, Completed, 1),
        (&parse, Pending, Pending, 2),
        (&parse, Parsing, Pending, 2),
        (&parse, Parsing, Parsing, 1),
        (&parse, Parsing, Validating, 1),
        (&parse, Pending, Generating, 1),
        (&parse, Completed, Failed, 1),
        (&parse, Failed, Cancelled, 1),
        (&parse, Cancelled, Parsing, 1),
        (&generate, Pending, Parsing, 1),
        (&generate, Pending, Validating, 1),
        (&generate, Generating, Completed, 1),
        (&generate, Validating, Generating, 1),
        // A new start is a new attempt, and nothing else is.
        (&generate, Failed, Pending, 1),
        (&generate, Failed, Pending, 3),
        (&generate, Pending, Generating, 2),
    ];
    for (generation, from, status, attempt) in refused {
        let to = Generation { status, attempt, ..generation.clone() };
        let outcome = world.store.advance(&ada(), &Advance { from, attempt: 1, to }).await;
        ensure_err!(outcome, StoreError::Conflict(_));
    }
    Ok(())
}

async fn advancing_keeps_counts(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 2).await?;
    let read_early = generation(world.project, 3, GenerationKind::Generate);
    world.generated(3, &chunks, "a.pdf", 2, |_| [0; 16]).await?;
    let before = world.now(&read_early).await?;
    // What it was advanced to had been read before anything was counted.
    ensure!(world.store.advance(&ada(), &change(&read_early, read_early.clone().start(at(9))?)).await?);
    let after = world.now(&read_early).await?;
    let expected = Generation { status: GenerationStatus::Generating, started_at: Some(at(9)), ..before };
    ensure_eq!(after, expected);
    ensure_eq!((after.chunks_total, after.chunks_processed, after.pairs_generated), (2, 2, 4));
    Ok(())
}

async fn shows_progress_through_both_phases(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let (parse, units) = world.parse(2, &[&document]).await?;
    world.claim(&parse, Phase::Parse, 1, 1).await?;
    ensure_eq!(world.now(&parse).await?.progress, 0);
    let chunks: Vec<Chunk> = (0..2).map(|position| chunk(&document, position)).collect();
    world.finish(&parse, 1, units[0].id, into_chunks(&document, &chunks)).await?;
    ensure_eq!(world.now(&parse).await?.progress, 99);

    let (generate, units) = world.generate(3, &chunks).await?;
    let next: Vec<_> = units.iter().map(validation).collect();
    world.claim(&generate, Phase::Generate, 1, 2).await?;
    for (at, percent) in [(0, 45), (1, 90)] {
        let outcome = crate::Outcome::Generated { pairs: Vec::new(), next: vec![next[at].clone()] };
        world.finish(&generate, 1, units[at].id, outcome).await?;
        ensure_eq!(world.now(&generate).await?.progress, percent);
    }
    world.claim(&generate, Phase::Validate, 1, 2).await?;
    for (at, percent) in [(0, 95), (1, 99)] {
        world
            .finish(
                &generate,
                1,
                next[at].id,
                crate::Outcome::Scored { scores: Vec::new(), probes: crate::Probes::default() },
            )
            .await?;
        ensure_eq!(world.now(&generate).await?.progress, percent);
    }
    let started = generate.clone().start(at(9))?;
    let validating = started.clone().validate()?;
    let completed = validating.clone().complete(at(30))?;
    for step in [
        change(&generate, started.clone()),
        change(&started, validating.clone()),
        change(&validating, completed),
    ] {
        ensure!(world.store.advance(&ada(), &step).await?);
    }
    ensure_eq!(world.now(&generate).await?.progress, 100);
    Ok(())
}

async fn leaves_to_generate_what_is_not_done(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let (b, a) = (world.document(1, "b.pdf").await?, world.document(2, "a.pdf").await?);
    let other = world.document(3, "c.pdf").await?;
    let (parse, parse_units) = world.parse(4, &[&b, &a, &other]).await?;
    world.claim(&parse, Phase::Parse, 1, 3).await?;
    let mut all = Vec::new();
    for (document, unit) in [&b, &a, &other].into_iter().zip(parse_units) {
        let chunks: Vec<Chunk> =
            (0..3).map(|position| Chunk { excluded: position == 1, ..chunk(document, position) }).collect();
        world.finish(&parse, 1, unit.id, into_chunks(document, &chunks)).await?;
        all.extend(chunks);
    }
    let left = async |generations: &[_]| {
        world.store.chunks_to_generate(&ada(), world.project, &[b.id, a.id], generations).await
    };
    let named = |at: &[usize]| -> Vec<(ChunkId, String)> {
        at.iter().map(|&at| (all[at].id, passage(&all[at]).sha256())).collect()
    };
    ensure_eq!(left(&[]).await?, named(&[3, 5, 0, 2]));

    let (generation, units) = world.generate(5, &[all[0].clone(), all[2].clone(), all[3].clone()]).await?;
    world.claim(&generation, Phase::Generate, 1, 2).await?;
    let outcome = crate::Outcome::Generated { pairs: Vec::new(), next: Vec::new() };
    world.finish(&generation, 1, units[0].id, outcome).await?;
    world.finish(&generation, 1, units[1].id, failed("why")).await?;
    ensure_eq!(left(&[generation.id]).await?, named(&[3, 5, 2]));
    ensure_eq!(left(&[parse.id]).await?, named(&[3, 5, 0, 2]));
    let none = world.store.chunks_to_generate(&ada(), world.project, &[], &[]).await?;
    ensure_eq!(none, []);
    Ok(())
}

fn change(read: &Generation, to: Generation) -> Advance {
    Advance { from: read.status, attempt: read.attempt, to }
}
