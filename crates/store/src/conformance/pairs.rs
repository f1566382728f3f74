//! Pairs: their scores, their duplicates, and the one order in which they leave.

use std::sync::Arc;

use model::{
    Difficulty, Evidence, Flag, FlagCode, GenerationId, Pair, PairId, Phase, Quality, QuestionType,
    ReviewStatus, Scores,
};

use super::{
    Outcome, checks, ensure, ensure_eq, ensure_err,
    sample::{World, ada, at, bob, generation, pair, passage, project, scores, validation},
};
use crate::{Compared, ExportRow, Metadata, PairSelection, Sketched, StoreError};

checks!(dyn Metadata:
    are_there_with_their_unit_by_slot,
    take_what_validation_says,
    are_duplicates_of_the_first_of_their_key,
    are_first_by_generation_whenever_they_are_made,
    are_no_duplicates_across_projects,
    nearly_repeat_what_they_were_found_to_repeat,
    leave_in_order_whatever_the_page,
    leave_as_they_are_selected,
    show_nothing_to_another_user,
);

async fn are_there_with_their_unit_by_slot(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 2).await?;
    let (generation, units) = world.generate(3, &chunks).await?;
    world.claim(&generation, Phase::Generate, 1, 2).await?;
    let made: Vec<_> = (0..450).rev().map(|slot| pair(generation.id, &chunks[0], "a.pdf", slot)).collect();
    let next = validation(&units[0]);
    let outcome = crate::Outcome::Generated { pairs: made.clone(), next: vec![next.clone()] };
    world.finish(&generation, 1, units[0].id, outcome).await?;
    let by_slot: Vec<Pair> = made.into_iter().rev().map(|(pair, _)| pair).collect();
    ensure_eq!(world.store.work_pairs(generation.id, &next).await?, Some((passage(&chunks[0]), by_slot)),);
    let none = world.store.work_pairs(generation.id, &validation(&units[1])).await?;
    ensure_eq!(none, Some((passage(&chunks[1]), Vec::new())));
    Ok(())
}

async fn take_what_validation_says(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 1).await?;
    let (generation, units) = world.generate(3, &chunks).await?;
    let (made, origin) = pair(generation.id, &chunks[0], "a.pdf", 0);
    let next = validation(&units[0]);
    world.claim(&generation, Phase::Generate, 1, 1).await?;
    let outcome =
        crate::Outcome::Generated { pairs: vec![(made.clone(), origin.clone())], next: vec![next.clone()] };
    world.finish(&generation, 1, units[0].id, outcome).await?;
    world.claim(&generation, Phase::Validate, 1, 1).await?;
    // A third has no short decimal form: it has to come back to the last bit.
    let third = Some(1.0 / 3.0);
    let evidence = Evidence {
        answer_start: 0,
        answer_end: 7,
        chunk_id: None,
        chunk_start: 1,
        chunk_end: 8,
        score: 2.0 / 3.0,
    };
    let said = Scores {
        quality_score: third,
        quality: Quality { clarity: third, ..Quality::default() },
        grounding_score: Some(2.0 / 3.0),
        evidence: vec![evidence],
        unsupported: Vec::new(),
        flags: vec![Flag { code: FlagCode::LowGrounding, detail: "why".into() }],
        question_type: Some(QuestionType::HowTo),
        difficulty: None,
        judgement: None,
    };
    let unknown = PairId::derive([]);
    let outcome = crate::Outcome::Scored {
        scores: vec![(made.id, said.clone(), [7; 16]), (unknown, said.clone(), [7; 16])],
        probes: crate::Probes::default(),
    };
    world.finish(&generation, 1, next.id, outcome).await?;

    let expected = Pair {
        quality_score: said.quality_score,
        quality: said.quality,
        grounding_score: said.grounding_score,
        evidence: said.evidence,
        flags: said.flags,
        question_type: said.question_type,
        // What was not found out stays as the teacher said.
        difficulty: Some(Difficulty::Hard),
        updated_at: at(20),
        ..made
    };
    let rows = rows(&world, &PairSelection::default()).await?;
    ensure_eq!(rows, [ExportRow { pair: expected, origin, edits: Vec::new() }]);
    Ok(())
}

async fn are_duplicates_of_the_first_of_their_key(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let documents = [world.document(1, "a.pdf").await?, world.document(2, "b.pdf").await?];
    let chunks = world.parsed(3, &[&documents[1], &documents[0]], 2).await?;
    // Slots 0 and 2 of all chunks are alike, slot 1 of each is its own.
    let key = |pair: &Pair| match pair.slot {
        1 => *pair.id.as_uuid().as_bytes(),
        _ => [0; 16],
    };
    let made = world.generated(4, &chunks[2..], "a.pdf", 3, key).await?;
    let first = pair(made.id, &chunks[2], "a.pdf", 0).0.id;
    for _ in 0..2 {
        ensure_eq!(world.store.mark_duplicates(made.id).await?, 3);
        ensure_eq!(world.now(&made).await?.pairs_duplicate, 3);
        for row in rows(&world, &PairSelection::default()).await? {
            let alone = row.pair.slot == 1 || row.pair.id == first;
            ensure_eq!(row.pair.duplicate_of, (!alone).then_some(first));
        }
    }
    // A later generation's are duplicates of the earlier one's, though their file comes first.
    let later = world.generated(5, &chunks[..2], "0.pdf", 1, key).await?;
    ensure_eq!(world.store.mark_duplicates(later.id).await?, 2);
    let of_later = PairSelection { generations: vec![later.id], ..PairSelection::default() };
    for row in rows(&world, &of_later).await? {
        ensure_eq!(row.pair.duplicate_of, Some(first));
    }
    ensure_eq!(world.now(&made).await?.pairs_duplicate, 3);
    Ok(())
}

async fn are_first_by_generation_whenever_they_are_made(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 1).await?;
    let late = world.generated(9, &chunks, "a.pdf", 1, |_| [0; 16]).await?;
    ensure_eq!(world.store.mark_duplicates(late.id).await?, 0);
    // As of an earlier generation that goes on after the later one.
    let early = world.generated(3, &chunks, "a.pdf", 1, |_| [0; 16]).await?;
    ensure_eq!(world.store.mark_duplicates(early.id).await?, 0);
    ensure_eq!(world.now(&late).await?.pairs_duplicate, 1);
    let duplicates: Vec<_> = rows(&world, &PairSelection::default())
        .await?
        .into_iter()
        .map(|row| (row.pair.generation_id, row.pair.duplicate_of))
        .collect();
    let first = pair(early.id, &chunks[0], "a.pdf", 0).0.id;
    ensure_eq!(duplicates, [(early.id, None), (late.id, Some(first))]);
    Ok(())
}

async fn nearly_repeat_what_they_were_found_to_repeat(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 1).await?;
    let run = world.generated(3, &chunks, "a.pdf", 4, |pair| match pair.slot {
        // The last says the same as the second.
        3 => [1; 16],
        slot => [u8::try_from(slot).unwrap_or(0); 16],
    });
    let run = run.await?;
    world.store.mark_duplicates(run.id).await?;
    let pairs = world.store.pairs_to_compare(run.id, 10).await?;
    ensure_eq!(pairs.iter().map(|pair| pair.slot).collect::<Vec<_>>(), [0, 1, 2]);
    ensure_eq!(world.store.pairs_to_compare(run.id, 2).await?.len(), 2);
    let compared = |at: usize, near: Option<PairId>, bands: &[u32]| Compared {
        pair: pairs[at].id,
        revision: pairs[at].revision,
        near: near.map(|of| (of, 0.75)),
        sketch: vec![at as u8, 9],
        bands: bands.to_vec(),
    };
    let found = [
        compared(0, None, &[7, u32::MAX]),
        compared(1, Some(pairs[0].id), &[]),
        // This one was changed while it was compared.
        Compared { revision: pairs[2].revision + 1, ..compared(2, None, &[8]) },
    ];
    world.store.put_compared(run.id, &found).await?;
    let left: Vec<_> = world.store.pairs_to_compare(run.id, 10).await?.iter().map(|pair| pair.id).collect();
    ensure_eq!(left, [pairs[2].id]);
    let known = Sketched { pair: pairs[0].id, sketch: vec![0, 9] };
    ensure_eq!(world.store.near_candidates(run.id, &[u32::MAX, 7, 8]).await?, [known]);
    ensure_eq!(world.store.near_candidates(run.id, &[1, 8]).await?, []);
    for _ in 0..2 {
        ensure_eq!(world.store.mark_duplicates(run.id).await?, 2);
        let rows = rows(&world, &PairSelection::default()).await?;
        let of: Vec<_> = rows.iter().map(|row| row.pair.duplicate_of).collect();
        ensure_eq!(of, [None, Some(pairs[0].id), None, Some(pairs[0].id)]);
        let flags: Vec<_> =
            rows[1].pair.flags.iter().filter(|flag| flag.code == FlagCode::Duplicate).collect();
        ensure_eq!(flags.len(), 1);
        ensure!(flags[0].detail.contains("75%") && flags[0].detail.contains(&pairs[0].id.to_string()));
    }
    Ok(())
}

async fn are_no_duplicates_across_projects(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store.clone()).await?;
    store.create_project(&project(2)).await?;
    let other = World { store, project: project(2).id };
    for (world, number) in [(&world, 3), (&other, 4)] {
        let document = world.document(number, "a.pdf").await?;
        let chunks = world.parsed(number, &[&document], 1).await?;
        let made = world.generated(number + 10, &chunks, "a.pdf", 1, |_| [0; 16]).await?;
        ensure_eq!(world.store.mark_duplicates(made.id).await?, 0);
    }
    let unknown = generation(world.project, 99, model::GenerationKind::Generate);
    ensure_err!(world.store.mark_duplicates(unknown.id).await, StoreError::NotFound("generation"));
    Ok(())
}

async fn leave_in_order_whatever_the_page(store: Arc<dyn Metadata>) -> Outcome {
    let (world, _) = two_generations(store).await?;
    let stats = world.store.project(&ada(), world.project).await?.map(|project| project.stats);
    let reviewed = stats.map(|stats| (stats.accepted_pairs, stats.rejected_pairs, stats.pending_pairs));
    ensure_eq!(reviewed, Some((8, 8, 8)));
    ensure_eq!(stats.and_then(|stats| stats.avg_quality_score), Some(0.375));
    let all = rows(&world, &PairSelection::default()).await?;
    ensure_eq!(all.len(), 24);
    ensure!(all.is_sorted_by(|a, b| a.cursor() < b.cursor()));
    for limit in [1, 2, 5, 23, 24, 25] {
        let mut seen: Vec<ExportRow> = Vec::new();
        loop {
            let after = seen.last().map(ExportRow::cursor);
            let page = world
                .store
                .export_rows(&ada(), world.project, &PairSelection::default(), after.as_ref(), limit)
                .await?;
            ensure!(page.len() <= limit as usize);
            if page.is_empty() {
                break;
            }
            seen.extend(page);
            // A page that does not go on would be read for ever.
            ensure!(seen.len() <= all.len());
        }
        ensure_eq!(seen, all);
    }
    Ok(())
}

async fn leave_as_they_are_selected(store: Arc<dyn Metadata>) -> Outcome {
    let (world, [one, two]) = two_generations(store).await?;
    let all = rows(&world, &PairSelection::default()).await?;
    let document = all[0].pair.document_id;
    let selected = async |selection: PairSelection, expected: &(dyn Fn(&Pair) -> bool + Sync)| -> Outcome {
        let expected: Vec<ExportRow> = all.iter().filter(|row| expected(&row.pair)).cloned().collect();
        ensure!(!expected.is_empty());
        ensure_eq!(rows(&world, &selection).await?, expected);
        Ok(())
    };
    let any = PairSelection::default;
    selected(PairSelection { generations: vec![two], ..any() }, &|pair| pair.generation_id == two).await?;
    selected(PairSelection { generations: vec![one, two], ..any() }, &|_| true).await?;
    selected(PairSelection { documents: vec![document], ..any() }, &|pair| pair.document_id == document)
        .await?;
    let good = |pair: &Pair| pair.quality_score.is_some_and(|score| score >= 0.5);
    selected(PairSelection { min_quality: Some(0.5), ..any() }, &good).await?;
    selected(PairSelection { without_rejected: true, ..any() }, &|pair| {
        pair.review_status != ReviewStatus::Rejected
    })
    .await?;
    let both = PairSelection { generations: vec![one], min_quality: Some(0.5), ..any() };
    selected(both, &|pair| pair.generation_id == one && good(pair)).await?;
    Ok(())
}

async fn show_nothing_to_another_user(store: Arc<dyn Metadata>) -> Outcome {
    let (world, _) = two_generations(store).await?;
    let theirs = world.store.export_rows(&bob(), world.project, &PairSelection::default(), None, 100).await?;
    ensure_eq!(theirs, []);
    Ok(())
}

/// Two generations over two documents, with three pairs of each of two chunks: of the three one is
/// good, one is not, one was not measured.
async fn two_generations(store: Arc<dyn Metadata>) -> crate::Result<(World, [GenerationId; 2])> {
    let world = World::new(store).await?;
    let documents = [world.document(1, "b.pdf").await?, world.document(2, "a/ä.pdf").await?];
    let chunks = world.parsed(3, &[&documents[0], &documents[1]], 2).await?;
    let mut made = Vec::new();
    for number in [4, 5] {
        let (generation, units) = world.generate(number, &chunks).await?;
        world.claim(&generation, Phase::Generate, 1, 9).await?;
        for (chunk, unit) in chunks.iter().zip(&units) {
            let filename = if chunk.document_id == documents[0].id { "b.pdf" } else { "a/ä.pdf" };
            let mut pairs: Vec<_> = (0..3).map(|slot| pair(generation.id, chunk, filename, slot)).collect();
            pairs[0].0.review_status = ReviewStatus::Accepted;
            pairs[1].0.review_status = ReviewStatus::Rejected;
            let measured = [Some(0.5), Some(0.25), None];
            let scored = pairs
                .iter()
                .zip(measured)
                .map(|((pair, _), quality)| (pair.id, scores(quality, None), *pair.id.as_uuid().as_bytes()))
                .collect();
            let next = validation(unit);
            let next_id = next.id;
            world
                .finish(&generation, 1, unit.id, crate::Outcome::Generated { pairs, next: vec![next] })
                .await?;
            world.claim(&generation, Phase::Validate, 1, 1).await?;
            world
                .finish(
                    &generation,
                    1,
                    next_id,
                    crate::Outcome::Scored { scores: scored, probes: crate::Probes::default() },
                )
                .await?;
        }
        made.push(generation.id);
    }
    Ok((world, [made[0], made[1]]))
}

async fn rows(world: &World, selection: &PairSelection) -> crate::Result<Vec<ExportRow>> {
    world.store.export_rows(&ada(), world.project, selection, None, 1000).await
}
