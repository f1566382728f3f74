//! Pairs as people find, sort, read and edit them, each list against the same choice made in memory.

use std::{cmp::Ordering, sync::Arc};

use model::{
    Difficulty, Flag, FlagCode, Generation, Pair, PairText, Phase, QuestionType, ReviewStatus, Scores,
};

use super::{
    Outcome, checks, ensure, ensure_eq, ensure_err,
    sample::{World, ada, at, bob, pair, validation},
};
use crate::{
    Metadata, PageRequest, PairChange, PairEdit, PairFilter, PairOrder, PairSelection, PairSort,
    RescoredText, StoreError,
};

checks!(dyn Metadata:
    every_filter_and_order_gives_what_a_walk_over_all_gives,
    pages_hold_each_once_while_others_are_added,
    totals_of_an_export_count_each_once,
    an_edit_is_what_all_see,
    an_edit_that_changes_nothing_is_none,
    an_edit_makes_and_takes_duplicates,
    show_nothing_to_another_user,
);

/// Pairs of three chunks of two documents in two generations, of all kinds.
pub(super) async fn many(world: &World) -> Result<Vec<Generation>, super::Error> {
    let documents = [world.document(1, "b").await?, world.document(2, "a").await?];
    let chunks = world.parsed(3, &[&documents[0], &documents[1]], 2).await?;
    let mut runs = Vec::new();
    for (number, chunks) in [(4, &chunks[..3]), (5, &chunks[2..])] {
        runs.push(varied(world, number, chunks).await?);
    }
    let statuses = [ReviewStatus::Accepted, ReviewStatus::Rejected, ReviewStatus::Pending];
    for (pair, status) in all(world).await?.iter().zip(statuses.into_iter().cycle()) {
        let change = PairChange { review_status: Some(status), ..PairChange::default() };
        world.store.update_pair(&ada(), pair.id, None, &change, at(30)).await?;
    }
    Ok(runs)
}

async fn varied(world: &World, number: u8, chunks: &[model::Chunk]) -> Result<Generation, super::Error> {
    let (run, units) = world.generate(number, chunks).await?;
    world.claim(&run, Phase::Generate, 1, u32::MAX).await?;
    for (index, (chunk, unit)) in (0_u32..).zip(chunks.iter().zip(&units)) {
        let mut pairs: Vec<_> = (0..8).map(|slot| pair(run.id, chunk, "a", slot)).collect();
        for (pair, _) in &mut pairs {
            // Several are made at the same time.
            (pair.created_at, pair.updated_at) = (at((pair.slot / 3).into()), at(5));
            pair.question = format!("Wie groß ist Nummer {}, 第{}章?", pair.slot, pair.slot % 3);
        }
        let scores = pairs.iter().map(|(pair, _)| {
            let step = pair.slot + index;
            let score = |of: u32| (step % of > 0).then(|| f64::from(step % of) / f64::from(of));
            let flag = Flag { code: FlagCode::Negation, detail: "why".into() };
            let scores = Scores {
                quality_score: score(4),
                grounding_score: score(3),
                flags: if step.is_multiple_of(2) { vec![flag] } else { Vec::new() },
                question_type: (step % 3 > 0).then_some(QuestionType::Factual),
                difficulty: (step % 3 > 1).then_some(Difficulty::Easy),
                ..Scores::default()
            };
            (pair.id, scores, *pair.id.as_uuid().as_bytes())
        });
        let scores = scores.collect();
        let next = validation(unit);
        let next_id = next.id;
        world.finish(&run, 1, unit.id, crate::Outcome::Generated { pairs, next: vec![next] }).await?;
        world.claim(&run, Phase::Validate, 1, u32::MAX).await?;
        world
            .finish(&run, 1, next_id, crate::Outcome::Scored { scores, probes: crate::Probes::default() })
            .await?;
    }
    Ok(run)
}

/// All pairs, as an export reads them.
pub(super) async fn all(world: &World) -> Result<Vec<Pair>, super::Error> {
    let rows =
        world.store.export_rows(&ada(), world.project, &PairSelection::default(), None, 10_000).await?;
    Ok(rows.into_iter().map(|row| row.pair).collect())
}

/// All pages of a list.
pub(super) async fn list(
    world: &World,
    filter: &PairFilter,
    order: PairOrder,
    limit: u32,
) -> Result<Vec<Pair>, super::Error> {
    let mut found = Vec::new();
    let mut request = PageRequest { after: None, limit };
    loop {
        let page = world.store.page_pairs(&ada(), world.project, filter, order, &request).await?;
        let page = page.ok_or("no project")?;
        found.extend(page.items);
        request.after = page.next;
        if request.after.is_none() {
            return if page.total == found.len() as u64 { Ok(found) } else { Err("another total".into()) };
        }
    }
}

fn matches(filter: &PairFilter, pair: &Pair) -> bool {
    fn one_of<T: PartialEq>(list: &[T], value: Option<&T>) -> bool {
        list.is_empty() || value.is_some_and(|value| list.contains(value))
    }
    let within = |least: Option<f64>, greatest: Option<f64>, score: Option<f64>| {
        least.is_none_or(|least| score.is_some_and(|score| score >= least))
            && greatest.is_none_or(|greatest| score.is_some_and(|score| score <= greatest))
    };
    one_of(&filter.review_statuses, Some(&pair.review_status))
        && within(filter.min_quality, filter.max_quality, pair.quality_score)
        && within(filter.min_grounding, filter.max_grounding, pair.grounding_score)
        && filter.flagged.is_none_or(|flagged| flagged != pair.flags.is_empty())
        && one_of(&filter.generations, Some(&pair.generation_id))
        && one_of(&filter.documents, Some(&pair.document_id))
        && one_of(&filter.chunks, Some(&pair.chunk_id))
        && one_of(&filter.question_types, pair.question_type.as_ref())
        && one_of(&filter.difficulties, pair.difficulty.as_ref())
        && filter.q.is_none()
}

fn compare(order: PairOrder, a: &Pair, b: &Pair) -> Ordering {
    let by = match order.by {
        PairSort::CreatedAt => a.created_at.cmp(&b.created_at),
        PairSort::Quality => a.quality_score.partial_cmp(&b.quality_score).unwrap_or(Ordering::Equal),
        PairSort::Grounding => a.grounding_score.partial_cmp(&b.grounding_score).unwrap_or(Ordering::Equal),
    };
    let ascending = by.then(a.id.cmp(&b.id));
    if order.descending { ascending.reverse() } else { ascending }
}

fn filters(pairs: &[Pair]) -> Vec<PairFilter> {
    let any = PairFilter::default;
    let mut filters = vec![
        any(),
        PairFilter { review_statuses: vec![ReviewStatus::Accepted, ReviewStatus::Edited], ..any() },
        PairFilter { min_quality: Some(0.0), ..any() },
        PairFilter { min_quality: Some(0.5), max_quality: Some(0.5), ..any() },
        PairFilter { max_quality: Some(0.25), ..any() },
        PairFilter { min_grounding: Some(0.5), ..any() },
        PairFilter { max_grounding: Some(1.0 / 3.0), ..any() },
        PairFilter { flagged: Some(true), ..any() },
        PairFilter { flagged: Some(false), min_quality: Some(-1.0), ..any() },
        PairFilter { question_types: vec![QuestionType::Factual, QuestionType::HowTo], ..any() },
        PairFilter { difficulties: vec![Difficulty::Easy], ..any() },
    ];
    for pair in [&pairs[0], &pairs[20]] {
        filters.push(PairFilter { generations: vec![pair.generation_id], ..any() });
        filters.push(PairFilter { documents: vec![pair.document_id], ..any() });
        filters.push(PairFilter { chunks: vec![pair.chunk_id], flagged: Some(true), ..any() });
    }
    // And each with each of some others.
    let both = filters[1..8].iter().flat_map(|one| {
        filters[8..].iter().map(|other| PairFilter {
            review_statuses: one.review_statuses.clone(),
            min_quality: one.min_quality.or(other.min_quality),
            max_quality: one.max_quality,
            min_grounding: one.min_grounding,
            max_grounding: one.max_grounding,
            flagged: one.flagged.or(other.flagged),
            ..other.clone()
        })
    });
    let both: Vec<_> = both.collect();
    filters.extend(both);
    filters
}

async fn every_filter_and_order_gives_what_a_walk_over_all_gives(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    let pairs = all(&world).await?;
    ensure_eq!(pairs.len(), 40);
    for filter in filters(&pairs) {
        for by in [PairSort::CreatedAt, PairSort::Quality, PairSort::Grounding] {
            for descending in [false, true] {
                let order = PairOrder { by, descending };
                let mut expected: Vec<&Pair> = pairs.iter().filter(|pair| matches(&filter, pair)).collect();
                expected.sort_by(|a, b| compare(order, a, b));
                let found = list(&world, &filter, order, 15).await?;
                if !found.iter().eq(expected.iter().copied()) {
                    return Err(format!("{filter:?} by {order:?} is not what it should be").into());
                }
            }
        }
    }
    for (q, expected) in
        [("GROSS", 40), ("nummer 3", 5), ("第2", 10), ("第", 40), ("ist nu", 40), ("3 nummer", 5), ("!", 0)]
    {
        let filter = PairFilter { q: Some(q.into()), ..PairFilter::default() };
        let found = list(&world, &filter, PairOrder { by: PairSort::Quality, descending: true }, 9).await?;
        ensure_eq!((q, found.len()), (q, expected));
        ensure!(found.is_sorted_by(|a, b| a.quality_score >= b.quality_score));
        let flagged = PairFilter { flagged: Some(true), ..filter };
        let found = list(&world, &flagged, PairOrder::default(), 9).await?;
        ensure!(found.iter().all(|pair| !pair.flags.is_empty()));
    }
    let order = PairOrder::default();
    let page = world
        .store
        .page_pairs(
            &ada(),
            world.project,
            &PairFilter::default(),
            order,
            &PageRequest { after: None, limit: 1 },
        )
        .await?;
    let after = page.and_then(|page| page.next);
    let other = PairOrder { descending: true, ..order };
    let request = PageRequest { after, limit: 1 };
    let page = world.store.page_pairs(&ada(), world.project, &PairFilter::default(), other, &request).await;
    ensure_err!(page, StoreError::Cursor);
    Ok(())
}

async fn pages_hold_each_once_while_others_are_added(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let chunks = world.parsed(2, &[&document], 12).await?;
    varied(&world, 3, &chunks[..2]).await?;
    let before: Vec<_> = all(&world).await?.into_iter().map(|pair| pair.id).collect();
    let order = PairOrder { by: PairSort::Quality, descending: true };
    let mut seen = Vec::new();
    let mut request = PageRequest { after: None, limit: 3 };
    for added in 2.. {
        let page =
            world.store.page_pairs(&ada(), world.project, &PairFilter::default(), order, &request).await?;
        let page = page.ok_or("no project")?;
        seen.extend(page.items.into_iter().map(|pair| pair.id));
        request.after = page.next;
        if request.after.is_none() {
            break;
        }
        if let Some(chunk) = chunks.get(added) {
            varied(&world, 10 + u8::try_from(added)?, std::slice::from_ref(chunk)).await?;
        }
    }
    ensure!(before.iter().all(|id| seen.iter().filter(|seen| *seen == id).count() == 1));
    seen.sort_unstable();
    ensure!(seen.windows(2).all(|two| two[0] != two[1]));
    Ok(())
}

/// A pair written anew.
pub(super) fn rewritten(pair: &Pair, question: &str, key: [u8; 16]) -> PairChange {
    let text = PairText {
        question: question.into(),
        answer: pair.answer.clone(),
        context: pair.context.clone(),
        turns: Vec::new(),
    };
    let scores = Scores { quality_score: Some(1.0 / 3.0), ..Scores::default() };
    let text = Some(RescoredText { text, scores, key, token_count: 11 });
    PairChange { text, review_status: None }
}

async fn totals_of_an_export_count_each_once(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let runs = many(&world).await?;
    let pairs = all(&world).await?;
    for generations in [Vec::new(), vec![runs[0].id], vec![runs[0].id, runs[1].id]] {
        for least in [None, Some(0.0), Some(0.5), Some(1.0)] {
            let which = PairSelection { generations: generations.clone(), ..PairSelection::default() };
            let totals = world.store.export_totals(&ada(), world.project, &which, least).await?;
            let meant = || {
                let of = |pair: &&Pair| generations.is_empty() || generations.contains(&pair.generation_id);
                pairs.iter().filter(of)
            };
            for status in [ReviewStatus::Pending, ReviewStatus::Accepted, ReviewStatus::Rejected] {
                let counted = |passes: bool| {
                    let same =
                        totals.iter().filter(|total| (total.review_status, total.passes) == (status, passes));
                    same.map(|total| total.pairs).sum::<u64>()
                };
                let passes = |pair: &Pair| {
                    least.is_none_or(|least| pair.quality_score.is_some_and(|score| score >= least))
                };
                let expected = |wanted: bool| {
                    meant().filter(|pair| pair.review_status == status && passes(pair) == wanted).count()
                        as u64
                };
                ensure_eq!((counted(true), counted(false)), (expected(true), expected(false)));
            }
            let bins = |bin| {
                totals
                    .iter()
                    .filter(move |total| total.quality_bin == bin)
                    .map(|total| total.pairs)
                    .sum::<u64>()
            };
            let half = meant().filter(|pair| pair.quality_score == Some(0.5)).count() as u64;
            let unmeasured = meant().filter(|pair| pair.quality_score.is_none()).count() as u64;
            ensure_eq!((bins(Some(10)), bins(None)), (half, unmeasured));
            let duplicates = meant()
                .filter(|pair| pair.duplicate_of.is_some() && pair.review_status == ReviewStatus::Pending);
            let counted: u64 = totals.iter().filter(|total| total.duplicates).map(|total| total.pairs).sum();
            ensure_eq!(counted, duplicates.count() as u64);
        }
    }
    let foreign = world.store.export_totals(&bob(), world.project, &PairSelection::default(), None).await?;
    ensure_eq!(foreign, []);
    Ok(())
}

async fn an_edit_is_what_all_see(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    let before = all(&world).await?.swap_remove(2);
    let change = rewritten(&before, "Eine neue Frage?", [9; 16]);
    let stale = world.store.update_pair(&ada(), before.id, Some(7), &change, at(60)).await?;
    ensure_eq!(stale, PairEdit::Stale(before.revision));
    let edited = world.store.update_pair(&ada(), before.id, Some(before.revision), &change, at(60)).await?;
    let PairEdit::Done(edited) = edited else { return Err("not edited".into()) };
    let expected = Pair {
        question: "Eine neue Frage?".into(),
        original: Some(PairText {
            question: before.question.clone(),
            answer: before.answer.clone(),
            ..PairText::default()
        }),
        quality_score: Some(1.0 / 3.0),
        quality: Default::default(),
        grounding_score: None,
        flags: Vec::new(),
        question_type: None,
        difficulty: Some(Difficulty::Hard),
        review_status: ReviewStatus::Edited,
        reviewed_by: Some("ada".into()),
        reviewed_at: Some(at(60)),
        edited: true,
        revision: before.revision + 1,
        token_count: 11,
        updated_at: at(60),
        ..before.clone()
    };
    ensure_eq!(*edited, expected);
    ensure_eq!(world.store.pair(&ada(), before.id).await?.as_ref(), Some(&expected));
    ensure!(all(&world).await?.contains(&expected));
    let found = PairFilter { q: Some("neue".into()), max_quality: Some(0.34), ..PairFilter::default() };
    ensure_eq!(list(&world, &found, PairOrder::default(), 9).await?, std::slice::from_ref(&expected));
    let gone = PairFilter { q: Some("nummer".into()), ..PairFilter::default() };
    ensure_eq!(list(&world, &gone, PairOrder::default(), 9).await?.len(), 39);
    let undecided = PairChange { review_status: Some(ReviewStatus::Pending), text: None };
    let PairEdit::Done(undecided) =
        world.store.update_pair(&ada(), before.id, None, &undecided, at(61)).await?
    else {
        return Err("not changed".into());
    };
    ensure_eq!(
        (undecided.reviewed_by, undecided.edited, undecided.question),
        (None, true, expected.question)
    );
    Ok(())
}

async fn an_edit_that_changes_nothing_is_none(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    let before = all(&world).await?.swap_remove(0);
    let mut change = rewritten(&before, &before.question, [9; 16]);
    for status in [None, Some(before.review_status)] {
        change.review_status = status;
        let same = world.store.update_pair(&ada(), before.id, None, &change, at(60)).await?;
        ensure_eq!(same, PairEdit::Done(Box::new(before.clone())));
    }
    Ok(())
}

async fn an_edit_makes_and_takes_duplicates(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let chunks = world.parsed(2, &[&document], 1).await?;
    let run = world.generated(3, &chunks, "a", 3, |_| [1; 16]).await?;
    ensure_eq!(world.store.mark_duplicates(run.id).await?, 2);
    let pairs = all(&world).await?;
    world
        .store
        .update_pair(&ada(), pairs[0].id, None, &rewritten(&pairs[0], "New?", [2; 16]), at(60))
        .await?;
    let now = all(&world).await?;
    let of: Vec<_> = now.iter().map(|pair| pair.duplicate_of).collect();
    ensure_eq!(of, [None, None, Some(pairs[1].id)]);
    ensure_eq!(world.now(&run).await?.pairs_duplicate, 1);
    ensure_eq!(world.store.mark_duplicates(run.id).await?, 1);
    Ok(())
}

async fn show_nothing_to_another_user(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    many(&world).await?;
    let before = all(&world).await?.swap_remove(0);
    let store = &world.store;
    let request = PageRequest { after: None, limit: 9 };
    let page = store
        .page_pairs(&bob(), world.project, &PairFilter::default(), PairOrder::default(), &request)
        .await?;
    ensure_eq!(page, None);
    ensure_eq!(store.pair(&bob(), before.id).await?, None);
    ensure_eq!(store.pair_source(&bob(), before.id).await?, None);
    let change = rewritten(&before, "New?", [9; 16]);
    ensure_eq!(store.update_pair(&bob(), before.id, None, &change, at(60)).await?, PairEdit::NotFound);
    ensure_eq!(store.pair(&ada(), before.id).await?, Some(before));
    Ok(())
}
