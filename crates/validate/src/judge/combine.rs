//! What the local measure and the judge say together.

use model::{
    Evidence, Flag, FlagCode, ItemAnswer, Judgement, Quality, QualityItem, Retest, Scores, Unsupported,
    Verdict,
};

use super::Items;
use crate::{
    grounding::{LOW_GROUNDING, flag_low_grounding},
    quality::{overall, rounded},
};

/// Grounding scores that are further apart go to review first.
pub const DISAGREEMENT: f64 = 0.4;

/// The most of a dimension one of whose items spoils the pair.
const SPOILT: f64 = 0.33;

/// The items of each dimension: completeness, clarity, formatting, difficulty.
const DIMENSIONS: [&[QualityItem]; 4] = [
    &[QualityItem::Answers, QualityItem::Complete, QualityItem::Accurate, QualityItem::ToThePoint],
    &[QualityItem::StandsAlone, QualityItem::Specific, QualityItem::Natural, QualityItem::Understandable],
    &[QualityItem::Form, QualityItem::WellWritten],
    &[QualityItem::Useful, QualityItem::TakesThought],
];

/// What holds of a pair when a judge has been asked: the grounding is the mean of both measures, and the lower one
/// where they are far apart; the dimensions of quality are the local ones times the share of the judge's items that
/// are as they should be, so that a judge makes no pair better than it is without one.
pub fn combine(local: Scores, judgement: Judgement) -> Scores {
    let mut scores = local;
    ground(&mut scores, &judgement);
    if !judgement.items.is_empty() {
        rate(&mut scores, &judgement);
    }
    scores.judgement = Some(judgement);
    scores
}

fn ground(scores: &mut Scores, judgement: &Judgement) {
    let Some(judged) = judgement.grounding_score else { return };
    let combined = match scores.grounding_score {
        Some(local) if (local - judged).abs() > DISAGREEMENT => {
            let detail =
                format!("The judge's grounding score is {judged:.2}, the local measure's {local:.2}.");
            scores.flags.insert(0, Flag { code: FlagCode::JudgeDisagrees, detail });
            local.min(judged)
        }
        Some(local) => (local + judged) / 2.0,
        None => judged,
    };
    scores.grounding_score = Some(rounded(combined));
    flag_low_grounding(scores, LOW_GROUNDING);
    // What points into the answer is of a conversation's first one.
    let first = || judgement.sentences.iter().filter(|sentence| sentence.exchange == 1);
    if scores.evidence.is_empty() {
        scores.evidence = first()
            .filter_map(|sentence| {
                let (chunk_start, chunk_end) = sentence.chunk_start.zip(sentence.chunk_end)?;
                let score = match sentence.verdict? {
                    Verdict::Supported => 1.0,
                    Verdict::Partial => 0.5,
                    Verdict::Unsupported => return None,
                };
                let (answer_start, answer_end) = (sentence.answer_start, sentence.answer_end);
                Some(Evidence { answer_start, answer_end, chunk_id: None, chunk_start, chunk_end, score })
            })
            .collect();
    }
    for sentence in first().filter(|sentence| sentence.verdict == Some(Verdict::Unsupported)) {
        let (start, end) = (sentence.answer_start, sentence.answer_end);
        let known =
            scores.unsupported.iter().any(|part| (part.answer_start, part.answer_end) == (start, end));
        if !known {
            let reason = "The judge finds nothing in the source that says so.".to_owned();
            scores.unsupported.push(Unsupported { answer_start: start, answer_end: end, reason });
        }
    }
    scores.unsupported.sort_by_key(|part| (part.answer_start, part.answer_end));
}

fn rate(scores: &mut Scores, judgement: &Judgement) {
    let Quality { completeness, clarity, formatting, difficulty, .. } = scores.quality;
    let local = [completeness, clarity, formatting, difficulty];
    let mut dimensions = [None; 4];
    for (at, dimension) in dimensions.iter_mut().enumerate() {
        let judged = share(&judgement.items, DIMENSIONS[at]);
        *dimension = match (local[at], judged) {
            (Some(local), Some(judged)) => Some(local * judged),
            (local, judged) => local.or(judged),
        };
    }
    // Where nothing is held against the source, as of a label, there is nothing to allow.
    let allowed = if judgement.sentences.is_empty() { Some(1.0) } else { scores.grounding_score };
    scores.quality_score = overall(dimensions, allowed);
    let [completeness, clarity, formatting, difficulty] = dimensions.map(|value| value.map(rounded));
    scores.quality = Quality { completeness, clarity, formatting, difficulty, judged: true };
    let alone = judgement.items.get(&QualityItem::StandsAlone);
    if alone == Some(&ItemAnswer::No) && scores.flags.iter().all(|flag| flag.code != FlagCode::NotStandalone)
    {
        let detail = "The judge finds that the question cannot be understood without the passage.".to_owned();
        scores.flags.push(Flag { code: FlagCode::NotStandalone, detail });
    }
}

/// The share of a dimension's items that are as they should be, of those that apply.
fn share(items: &Items, dimension: &[QualityItem]) -> Option<f64> {
    let answer = |item: &QualityItem| items.get(item).filter(|answer| **answer != ItemAnswer::NotApplicable);
    let answers: Vec<bool> =
        dimension.iter().filter_map(answer).map(|answer| *answer == ItemAnswer::Yes).collect();
    if answers.is_empty() {
        return None;
    }
    let share = answers.iter().filter(|good| **good).count() as f64 / answers.len() as f64;
    let spoils = [QualityItem::Answers, QualityItem::Accurate];
    let spoilt =
        dimension.iter().any(|item| spoils.contains(item) && items.get(item) == Some(&ItemAnswer::No));
    Some(if spoilt { share.min(SPOILT) } else { share })
}

/// How far two judgements of one pair are the same.
pub fn compare(slot: u32, one: &Judgement, other: &Judgement) -> Retest {
    let verdicts = one.sentences.iter().zip(&other.sentences);
    let verdicts = verdicts.filter_map(|(a, b)| Some(a.verdict? == b.verdict?));
    let items = one.items.iter().filter_map(|(item, a)| Some(a == other.items.get(item)?));
    let same: Vec<bool> = verdicts.chain(items).collect();
    let count = |same: usize| u32::try_from(same).unwrap_or(u32::MAX);
    let difference = one.grounding_score.zip(other.grounding_score).map(|(a, b)| (a - b).abs());
    Retest {
        slot,
        compared: count(same.len()),
        agreed: count(same.iter().filter(|same| **same).count()),
        difference,
    }
}
