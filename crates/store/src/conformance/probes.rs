//! What was tried on the scoring itself, and what it tells.

use std::sync::Arc;

use model::{Canary, CanaryOperator, Judgement, Phase, Recall, Retest, Scores, ValidationReport};

use super::{
    Outcome, checks, ensure, ensure_eq, ensure_err,
    sample::{World, ada, pair, scores, validation},
};
use crate::{Metadata, PageRequest, Probes, UnitCounts, UnitFailure};

checks!(dyn Metadata: are_told_of_a_generation_and_of_its_project, leave_scores_where_a_judge_failed);

fn judged(grounding: Option<f64>, error: Option<&str>) -> Scores {
    let judgement = Judgement {
        model: "judge".into(),
        grounding_score: grounding,
        error: error.map(str::to_owned),
        ..Judgement::default()
    };
    Scores { judgement: Some(judgement), ..scores(Some(0.5), Some(0.5)) }
}

fn canary(slot: u32, operator: CanaryOperator, caught: bool, caught_by_judge: Option<bool>) -> Canary {
    Canary { slot, operator, caught, caught_locally: false, caught_by_judge, original_flagged: slot == 0 }
}

async fn are_told_of_a_generation_and_of_its_project(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 1).await?;
    let unknown = world.generated(3, &chunks, "a.pdf", 2, |_| [0; 16]).await?;
    let report = world.store.validation_report(unknown.id).await?;
    ensure_eq!((report.quality.count, report.quality.distinct), (2, 1));
    ensure_eq!(report, ValidationReport { quality: report.quality, ..ValidationReport::default() });

    let (generation, units) = world.generate(4, &chunks).await?;
    world.claim(&generation, Phase::Generate, 1, 1).await?;
    let pairs: Vec<_> = (0..3).map(|slot| pair(generation.id, &chunks[0], "a.pdf", slot)).collect();
    let said = [judged(Some(0.95), None), judged(Some(0.25), None), judged(None, Some("no"))];
    let scored = pairs.iter().zip(said).map(|((pair, _), said)| (pair.id, said, [1; 16])).collect();
    let next = validation(&units[0]);
    let next_id = next.id;
    let made = crate::Outcome::Generated { pairs, next: vec![next] };
    world.finish(&generation, 1, units[0].id, made).await?;
    world.claim(&generation, Phase::Validate, 1, 1).await?;
    let probes = Probes {
        canaries: vec![
            canary(0, CanaryOperator::Number, true, Some(true)),
            canary(1, CanaryOperator::Number, false, None),
            canary(2, CanaryOperator::Negation, true, Some(false)),
        ],
        retests: vec![
            Retest { slot: 0, compared: 13, agreed: 13, difference: Some(0.0) },
            Retest { slot: 1, compared: 7, agreed: 3, difference: None },
        ],
        unjudged: None,
    };
    world.finish(&generation, 1, next_id, crate::Outcome::Scored { scores: scored, probes }).await?;

    let report = world.store.validation_report(generation.id).await?;
    ensure_eq!((report.judge.judged, report.judge.unjudged, report.judge.retested), (2, 1, 2));
    ensure_eq!((report.judge.agreement, report.judge.mean_difference), (Some(0.8), Some(0.0)));
    let spread = report.judge_grounding;
    ensure_eq!((spread.count, spread.distinct, spread.share_high), (2, 2, Some(0.5)));
    ensure_eq!(spread.deviation, Some(0.35));
    ensure_eq!((report.canaries.made, report.canaries.caught, report.canaries.originals_flagged), (3, 2, 1));
    let number = Recall { made: 2, caught: 1, caught_locally: 0, judged: 1, caught_by_judge: 1 };
    ensure_eq!(report.canaries.operators[&CanaryOperator::Number], number);

    let both = world.store.analytics(&ada(), world.project, None).await?.ok_or("no project")?;
    ensure_eq!((both.validation.quality.count, both.validation.canaries.made), (5, 3));
    let one = world.store.analytics(&ada(), world.project, Some(unknown.id)).await?.ok_or("no project")?;
    ensure_eq!(one.validation.canaries.made, 0);
    let all = both.validation.alarms.iter().all(|alarm| both.readiness.reasons.contains(&alarm.detail));
    ensure!(all && !both.validation.alarms.is_empty());
    let lists = world.now(&generation).await?.pairs_generated;
    ensure_eq!(lists, 3);
    let nowhere = model::GenerationId::new(super::sample::at(1), [9; 10]);
    ensure_err!(world.store.validation_report(nowhere).await, crate::StoreError::NotFound("generation"));
    Ok(())
}

async fn leave_scores_where_a_judge_failed(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 1).await?;
    let (generation, units) = world.generate(3, &chunks).await?;
    world.claim(&generation, Phase::Generate, 1, 1).await?;
    let made = pair(generation.id, &chunks[0], "a.pdf", 0);
    let id = made.0.id;
    let next = validation(&units[0]);
    let next_id = next.id;
    let outcome = crate::Outcome::Generated { pairs: vec![made], next: vec![next] };
    world.finish(&generation, 1, units[0].id, outcome).await?;
    let canaries = vec![canary(0, CanaryOperator::Number, true, None)];
    let failure = UnitFailure { reason: "the judge said 0.9".into(), raw_reply: Some("0.9".into()) };

    world.claim(&generation, Phase::Validate, 1, 1).await?;
    let scores = vec![(id, judged(None, Some("it said 0.9")), [1; 16])];
    let probes = Probes { canaries: canaries.clone(), unjudged: Some(failure.clone()), ..Probes::default() };
    world.finish(&generation, 1, next_id, crate::Outcome::Scored { scores, probes }).await?;
    let now = world.now(&generation).await?;
    ensure_eq!((now.chunks_failed, now.average_quality), (1, Some(0.5)));
    let counts = world.store.unit_counts(generation.id, Phase::Validate).await?;
    ensure_eq!(counts, UnitCounts { failed: 1, ..UnitCounts::default() });
    let all = PageRequest { after: None, limit: 9 };
    let failed = world.store.page_failures(&ada(), generation.id, &all).await?.ok_or("no generation")?;
    ensure_eq!(failed.items[0].failure, failure);

    // Tried again, all of it is counted once.
    ensure_eq!(world.store.reopen_failed(generation.id, None).await?, 1);
    world.claim(&generation, Phase::Validate, 1, 1).await?;
    let mut better = judged(Some(1.0), None);
    (better.quality_score, better.grounding_score) = (Some(0.75), None);
    let probes = Probes { canaries, ..Probes::default() };
    let scored = crate::Outcome::Scored { scores: vec![(id, better, [1; 16])], probes };
    world.finish(&generation, 1, next_id, scored).await?;
    let now = world.now(&generation).await?;
    ensure_eq!((now.chunks_failed, now.average_quality, now.average_grounding), (0, Some(0.75), None));
    let report = world.store.validation_report(generation.id).await?;
    ensure_eq!((report.judge.judged, report.judge.unjudged, report.canaries.made), (1, 0, 1));
    Ok(())
}
