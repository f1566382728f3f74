//! Changes of many pairs, and their undoing.

use std::sync::Arc;

use model::{Pair, PairId, ReviewStatus, UndoId};

use super::{
    Outcome, checks, ensure, ensure_eq,
    library_pairs::{all, list, many, rewritten},
    sample::{World, ada, at, bob},
};
use crate::{
    BulkOutcome, Compared, Metadata, PairAction, PairChange, PairFilter, PairOrder, PairSelection, Selection,
    Undone,
};

checks!(dyn Metadata:
    are_decided_and_taken_back,
    changes_since_are_kept_and_named,
    a_reset_brings_back_what_was_made,
    every_text_that_a_person_gave_is_kept,
    what_is_deleted_comes_back,
    duplicates_are_passed_over_by_a_filter,
    the_next_stands_for_a_first_that_is_deleted,
    nothing_repeats_a_pair_that_is_deleted,
    a_change_under_an_undone_one_can_be_undone,
    an_undo_is_good_for_a_day,
    touch_nothing_of_another_user,
);

fn undo(number: u8) -> UndoId {
    UndoId::new(at(100), [number; 10])
}

fn everything() -> Selection<PairId, PairFilter> {
    Selection::Filter(PairFilter::default())
}

async fn change(
    world: &World,
    action: PairAction,
    which: &Selection<PairId, PairFilter>,
    number: u8,
) -> Result<(u64, u64), super::Error> {
    let done = world.store.change_pairs(&ada(), world.project, action, which, undo(number), at(100)).await?;
    let BulkOutcome { matched, changed } = done.ok_or("no project")?;
    Ok((matched, changed))
}

async fn take_back(world: &World, number: u8) -> Result<Undone, super::Error> {
    let undone = world.store.undo_pairs(&ada(), world.project, undo(number), at(101)).await?;
    Ok(undone.ok_or("nothing to undo")?)
}

/// What of pairs an undo brings back: all but the revision, which only ever grows.
fn content(pairs: Vec<Pair>) -> Vec<Pair> {
    pairs.into_iter().map(|pair| Pair { revision: 0, ..pair }).collect()
}

async fn are_decided_and_taken_back(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    let before = all(&world).await?;
    let accepted = before.iter().filter(|pair| pair.review_status == ReviewStatus::Accepted).count() as u64;
    ensure_eq!(change(&world, PairAction::Accept, &everything(), 1).await?, (40, 40 - accepted));
    ensure_eq!(change(&world, PairAction::Accept, &everything(), 2).await?, (40, 0));
    let stats = world.store.project(&ada(), world.project).await?.ok_or("no project")?.stats;
    ensure_eq!((stats.accepted_pairs, stats.rejected_pairs, stats.pending_pairs), (40, 0, 0));
    let now = all(&world).await?;
    let changed = now.iter().zip(&before).find(|(_, old)| old.review_status == ReviewStatus::Pending);
    let (new, old) = changed.ok_or("none was pending")?;
    ensure_eq!((new.revision, new.reviewed_at, new.updated_at), (old.revision + 1, Some(at(100)), at(100)));
    ensure_eq!(take_back(&world, 1).await?, Undone { changed: 40 - accepted, kept: Vec::new() });
    ensure_eq!(content(all(&world).await?), content(before.clone()));
    ensure!(world.store.undo_pairs(&ada(), world.project, undo(1), at(101)).await?.is_none());
    let some = Selection::Ids(vec![before[0].id, before[1].id, PairId::derive([])]);
    ensure_eq!(change(&world, PairAction::Reject, &some, 3).await?.0, 2);
    Ok(())
}

async fn changes_since_are_kept_and_named(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    let before = all(&world).await?;
    change(&world, PairAction::Reject, &everything(), 1).await?;
    let pair = &before[0];
    world.store.update_pair(&ada(), pair.id, None, &rewritten(pair, "Since?", [9; 16]), at(100)).await?;
    let undone = take_back(&world, 1).await?;
    ensure_eq!(undone.kept, [pair.id.to_string()]);
    let now = all(&world).await?;
    ensure_eq!(now[0].question, "Since?");
    ensure_eq!(content(now[1..].to_vec()), content(before[1..].to_vec()));
    Ok(())
}

async fn every_text_that_a_person_gave_is_kept(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    let made = all(&world).await?;
    let [decided, edited] = [made[2].clone(), made[3].clone()];
    for (question, key, time) in [("Neu?", [9; 16], 50), ("Neuer?", [8; 16], 51)] {
        world
            .store
            .update_pair(&ada(), edited.id, None, &rewritten(&edited, question, key), at(time))
            .await?;
    }
    // What changes no text is no edition.
    change(&world, PairAction::Reject, &Selection::Ids(vec![edited.id, decided.id]), 1).await?;
    change(&world, PairAction::Reset, &Selection::Ids(vec![edited.id, decided.id]), 2).await?;
    take_back(&world, 2).await?;

    let editions = world.store.pair_edits(&ada(), edited.id).await?;
    let questions: Vec<_> =
        editions.iter().map(|edition| edition.text.as_ref().map(|text| text.question.as_str())).collect();
    ensure_eq!(questions, [Some("Neu?"), Some("Neuer?"), None, Some("Neuer?")]);
    let times: Vec<_> = editions.iter().map(|edition| edition.mark.at).collect();
    ensure_eq!(times, [at(50), at(51), at(100), at(101)]);
    ensure!(editions.iter().all(|edition| edition.mark.by == ada().as_str()));
    ensure!(editions.is_sorted_by(|a, b| a.mark.revision < b.mark.revision));
    let now = world.store.pair(&ada(), edited.id).await?.ok_or("no pair")?;
    ensure_eq!(editions.last().map(|edition| edition.mark.revision), Some(now.revision));

    let rows =
        world.store.export_rows(&ada(), world.project, &PairSelection::default(), None, 10_000).await?;
    for row in rows {
        let expected: Vec<_> = if row.pair.id == edited.id {
            editions.iter().map(|edition| edition.mark.clone()).collect()
        } else {
            Vec::new()
        };
        ensure_eq!(row.edits, expected);
    }
    ensure_eq!(world.store.pair_edits(&bob(), edited.id).await?, []);
    ensure_eq!(world.store.pair_edits(&ada(), decided.id).await?, []);
    Ok(())
}

async fn a_reset_brings_back_what_was_made(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    change(&world, PairAction::Reset, &everything(), 1).await?;
    let made = all(&world).await?;
    ensure!(
        made.iter().all(|pair| pair.review_status == ReviewStatus::Pending && pair.reviewed_at.is_none())
    );
    world.store.update_pair(&ada(), made[3].id, None, &rewritten(&made[3], "Neu?", [9; 16]), at(99)).await?;
    let edited = all(&world).await?;
    let stats = world.store.project(&ada(), world.project).await?.ok_or("no project")?.stats;
    ensure_eq!(stats.accepted_pairs, 1);
    let kept = PairChange { review_status: Some(ReviewStatus::Edited), text: None };
    world.store.update_pair(&ada(), made[3].id, None, &kept, at(99)).await?;
    ensure_eq!(change(&world, PairAction::Accept, &Selection::Ids(vec![made[3].id]), 2).await?, (1, 0));

    ensure_eq!(change(&world, PairAction::Reset, &everything(), 3).await?, (40, 1));
    let reset = content(all(&world).await?);
    ensure_eq!(reset[3], Pair { revision: 0, updated_at: at(100), ..made[3].clone() });
    let new = PairFilter { q: Some("neu".into()), ..PairFilter::default() };
    ensure_eq!(list(&world, &new, PairOrder::default(), 9).await?, []);
    let scored = PairFilter {
        min_quality: made[3].quality_score,
        max_quality: made[3].quality_score,
        ..PairFilter::default()
    };
    let found = list(&world, &scored, PairOrder::default(), 9).await?;
    ensure_eq!(found.iter().any(|pair| pair.id == made[3].id), made[3].quality_score.is_some());
    ensure_eq!(take_back(&world, 3).await?.changed, 1);
    ensure_eq!(content(all(&world).await?), content(edited.clone()));
    ensure_eq!(list(&world, &new, PairOrder::default(), 9).await?.len(), 1);
    Ok(())
}

async fn what_is_deleted_comes_back(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    let before = all(&world).await?;
    let flagged = Selection::Filter(PairFilter { flagged: Some(true), ..PairFilter::default() });
    let count = before.iter().filter(|pair| !pair.flags.is_empty()).count() as u64;
    ensure_eq!(change(&world, PairAction::Delete, &flagged, 1).await?, (count, count));
    let left: Vec<_> = before.iter().filter(|pair| pair.flags.is_empty()).cloned().collect();
    ensure_eq!(all(&world).await?, left);
    let found = PairFilter { q: Some("nummer".into()), ..PairFilter::default() };
    ensure_eq!(list(&world, &found, PairOrder::default(), 9).await?.len(), left.len());
    let stats = world.store.project(&ada(), world.project).await?.ok_or("no project")?.stats;
    ensure_eq!(stats.total_pairs, left.len() as u64);
    ensure_eq!(take_back(&world, 1).await?, Undone { changed: count, kept: Vec::new() });
    ensure_eq!(content(all(&world).await?), content(before));
    ensure_eq!(list(&world, &found, PairOrder::default(), 9).await?.len(), 40);
    Ok(())
}

async fn duplicates_are_passed_over_by_a_filter(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let chunks = world.parsed(2, &[&document], 1).await?;
    let run = world.generated(3, &chunks, "a", 3, |_| [1; 16]).await?;
    world.store.mark_duplicates(run.id).await?;
    ensure_eq!(change(&world, PairAction::Accept, &everything(), 1).await?, (1, 1));
    let ids = Selection::Ids(all(&world).await?.iter().map(|pair| pair.id).collect());
    ensure_eq!(change(&world, PairAction::Accept, &ids, 2).await?, (3, 2));
    ensure_eq!(change(&world, PairAction::Reject, &everything(), 3).await?, (3, 3));
    Ok(())
}

async fn the_next_stands_for_a_first_that_is_deleted(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let chunks = world.parsed(2, &[&document], 1).await?;
    let run = world.generated(3, &chunks, "a", 3, |_| [1; 16]).await?;
    world.store.mark_duplicates(run.id).await?;
    let before = all(&world).await?;
    change(&world, PairAction::Delete, &Selection::Ids(vec![before[0].id]), 1).await?;
    let of: Vec<_> = all(&world).await?.iter().map(|pair| pair.duplicate_of).collect();
    ensure_eq!(of, [None, Some(before[1].id)]);
    take_back(&world, 1).await?;
    let of: Vec<_> = all(&world).await?.iter().map(|pair| pair.duplicate_of).collect();
    ensure_eq!(of, [None, Some(before[0].id), Some(before[0].id)]);
    ensure_eq!(world.now(&run).await?.pairs_duplicate, 2);
    Ok(())
}

async fn nothing_repeats_a_pair_that_is_deleted(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let chunks = world.parsed(2, &[&document], 1).await?;
    let run = world.generated(3, &chunks, "a", 2, |pair| *pair.id.as_uuid().as_bytes()).await?;
    let before = all(&world).await?;
    let compared = |at: usize, near| Compared {
        pair: before[at].id,
        revision: before[at].revision,
        near,
        sketch: Vec::new(),
        bands: Vec::new(),
    };
    let found = [compared(0, None), compared(1, Some((before[0].id, 0.8)))];
    world.store.put_compared(run.id, &found).await?;
    ensure_eq!(world.store.mark_duplicates(run.id).await?, 1);
    let is_flagged = PairFilter { flagged: Some(true), ..PairFilter::default() };
    let of = |pairs: &[Pair]| pairs.iter().map(|pair| pair.duplicate_of).collect::<Vec<_>>();
    ensure_eq!(of(&all(&world).await?), [None, Some(before[0].id)]);
    ensure_eq!(change(&world, PairAction::Reject, &Selection::Filter(is_flagged.clone()), 9).await?, (1, 1));
    change(&world, PairAction::Delete, &Selection::Ids(vec![before[0].id]), 1).await?;
    ensure_eq!(of(&all(&world).await?), [None]);
    ensure_eq!(change(&world, PairAction::Accept, &Selection::Filter(is_flagged), 8).await?, (0, 0));
    take_back(&world, 1).await?;
    ensure_eq!(of(&all(&world).await?), [None, Some(before[0].id)]);
    Ok(())
}

async fn a_change_under_an_undone_one_can_be_undone(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    let before = all(&world).await?;
    let steps = [PairAction::Accept, PairAction::Reject, PairAction::Delete];
    for (number, action) in (1..).zip(steps) {
        change(&world, action, &everything(), number).await?;
    }
    for number in [3, 2, 1] {
        ensure_eq!(take_back(&world, number).await?.kept, Vec::<String>::new());
    }
    ensure_eq!(content(all(&world).await?), content(before));
    Ok(())
}

async fn an_undo_is_good_for_a_day(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    let day = 24 * 60 * 60;
    change(&world, PairAction::Delete, &everything(), 1).await?;
    ensure!(world.store.undo_pairs(&ada(), world.project, undo(1), at(101 + day)).await?.is_none());
    // A later change forgets it.
    let (store, project) = (&world.store, world.project);
    store.change_pairs(&ada(), project, PairAction::Accept, &everything(), undo(2), at(101 + day)).await?;
    ensure!(store.undo_pairs(&ada(), project, undo(1), at(100)).await?.is_none());
    Ok(())
}

async fn touch_nothing_of_another_user(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    let before = all(&world).await?;
    let (store, project) = (&world.store, world.project);
    let done =
        store.change_pairs(&bob(), project, PairAction::Delete, &everything(), undo(1), at(100)).await?;
    ensure_eq!(done, None);
    change(&world, PairAction::Reject, &everything(), 2).await?;
    ensure_eq!(store.undo_pairs(&bob(), project, undo(2), at(100)).await?, None);
    ensure_eq!(store.undo_chunks(&ada(), project, undo(2), at(100)).await?, None);
    ensure_eq!(all(&world).await?.len(), before.len());
    Ok(())
}
