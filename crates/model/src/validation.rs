//! How far the scores of pairs can be believed: what was tried on the scoring itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A score from here on is a high one.
pub const HIGH_SCORE: f64 = 0.9;

/// Of fewer scores nothing is said of how they spread.
const FEWEST_SCORES: u64 = 20;

/// So many high scores tell good pairs from bad ones no more.
const MOST_HIGH: f64 = 0.95;

/// Scores that lie closer together say next to nothing; as do fewer different ones.
const LEAST_DEVIATION: f64 = 0.02;
const FEWEST_DISTINCT: u64 = 3;

/// A kind of mistake that is found more seldom than this is a blind spot.
const LEAST_RECALL: f64 = 0.5;
const FEWEST_CANARIES: u64 = 4;

/// A judge that agrees with itself less than this is a coin.
const LEAST_AGREEMENT: f64 = 0.8;

/// More pairs than this share that could not be judged are worth a word.
const MOST_UNJUDGED: f64 = 0.1;

/// How a canary's answer was made wrong.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CanaryOperator {
    /// A sentence of another passage was put behind it.
    Appended,
    /// A name was put in another's place that the passage does not hold.
    EntityExtrinsic,
    /// A name was put in another's place that the passage holds too.
    EntityIntrinsic,
    /// A sentence of another passage was put in its place.
    Irrelevant,
    /// It denies what it said, or says what it denied.
    Negation,
    /// A number was changed.
    Number,
}

impl CanaryOperator {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Appended,
        Self::EntityExtrinsic,
        Self::EntityIntrinsic,
        Self::Irrelevant,
        Self::Negation,
        Self::Number,
    ];

    /// The operator as it is written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Appended => "appended",
            Self::EntityExtrinsic => "entity_extrinsic",
            Self::EntityIntrinsic => "entity_intrinsic",
            Self::Irrelevant => "irrelevant",
            Self::Negation => "negation",
            Self::Number => "number",
        }
    }
}

/// A pair whose answer was made wrong on purpose, and whether the scoring found out. It is no pair: it is kept in no
/// list, in no count and in no export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Canary {
    /// The slot of the pair that it was made from.
    pub slot: u32,
    /// How it was made wrong.
    pub operator: CanaryOperator,
    /// Whether its scores would have sent it to review.
    pub caught: bool,
    /// Whether those of the local measure alone would have.
    pub caught_locally: bool,
    /// Whether the judge saw it; `None` where it was not judged.
    pub caught_by_judge: Option<bool>,
    /// Whether the pair that it was made from was sent to review by the same rule.
    pub original_flagged: bool,
}

/// A pair that was judged twice, with two seeds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Retest {
    /// Its slot.
    pub slot: u32,
    /// Verdicts and answers that could be read both times.
    pub compared: u32,
    /// Those that were the same.
    pub agreed: u32,
    /// How far apart the judge's grounding scores are; `None` where one of them could not be read.
    pub difference: Option<f64>,
}

/// What there is to tell of some validated pairs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ValidationReport {
    /// How the quality scores spread.
    pub quality: Spread,
    /// How the judge's own grounding scores spread.
    pub judge_grounding: Spread,
    /// Pairs that a judge was asked about.
    pub judge: JudgeReport,
    /// What became of pairs whose answers were made wrong on purpose.
    pub canaries: CanaryReport,
    /// What is wrong with the scores, if something is.
    pub alarms: Vec<Alarm>,
}

/// How scores spread.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Spread {
    /// How many there are.
    pub count: u64,
    /// The share of those of 0.9 and more.
    pub share_high: Option<f64>,
    /// Their standard deviation.
    pub deviation: Option<f64>,
    /// How many different ones there are, to three places.
    pub distinct: u64,
}

impl Spread {
    /// From sums over scores.
    pub fn new(count: u64, high: u64, sum: f64, squares: f64, distinct: u64) -> Self {
        let mean = |sum: f64| (count > 0).then(|| sum / count as f64);
        let deviation = mean(sum).zip(mean(squares)).map(|(mean, of_squares)| {
            // Rounding may make it a little less than nothing.
            (of_squares - mean * mean).max(0.0).sqrt()
        });
        Self {
            count,
            share_high: mean(high as f64).map(rounded),
            deviation: deviation.map(rounded),
            distinct,
        }
    }
}

/// What there is to tell of a judge.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JudgeReport {
    /// Pairs that it judged.
    pub judged: u64,
    /// Pairs that it was asked about, and that have local scores alone.
    pub unjudged: u64,
    /// Pairs whose grounding the judge and the local measure have more than 0.4 apart.
    pub disagreements: u64,
    /// Pairs that it judged twice, with two seeds.
    pub retested: u64,
    /// The share of its verdicts and answers that were the same both times.
    pub agreement: Option<f64>,
    /// The mean difference of its grounding scores between the two.
    pub mean_difference: Option<f64>,
}

/// What became of canaries.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CanaryReport {
    /// How many there were.
    pub made: u64,
    /// How many would have been sent to review.
    pub caught: u64,
    /// The share of these.
    pub recall: Option<f64>,
    /// Of the pairs that they were made from, those sent to review by the same rule: what is found is worth the less
    /// the more these are.
    pub originals_flagged: u64,
    /// The same by how they were made wrong.
    #[schema(value_type = BTreeMap<String, Recall>)]
    pub operators: BTreeMap<CanaryOperator, Recall>,
}

/// How many canaries of a kind were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Recall {
    /// How many there were.
    pub made: u64,
    /// How many would have been sent to review.
    pub caught: u64,
    /// How many by the local measure alone.
    pub caught_locally: u64,
    /// How many the judge was asked about.
    pub judged: u64,
    /// How many of these the judge saw.
    pub caught_by_judge: u64,
}

impl CanaryReport {
    /// From the counts of each operator.
    pub fn new(operators: BTreeMap<CanaryOperator, Recall>, originals_flagged: u64) -> Self {
        let sum = |count: fn(&Recall) -> u64| operators.values().map(count).sum::<u64>();
        let (made, caught) = (sum(|recall| recall.made), sum(|recall| recall.caught));
        let recall = (made > 0).then(|| rounded(caught as f64 / made as f64));
        Self { made, caught, recall, originals_flagged, operators }
    }
}

/// Something wrong with scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Alarm {
    /// The reason as a word.
    pub code: AlarmCode,
    /// The reason as a sentence.
    pub detail: String,
}

/// What can be wrong with scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmCode {
    /// Nearly all are high.
    HighScores,
    /// They hardly differ.
    NarrowScores,
    /// A kind of mistake is seldom found.
    BlindSpot,
    /// The judge does not agree with itself.
    UnsteadyJudge,
    /// Many of the judge's replies could not be used.
    UnreadableJudge,
}

impl ValidationReport {
    /// A report with what is wrong, in words.
    pub fn new(quality: Spread, judge_grounding: Spread, judge: JudgeReport, canaries: CanaryReport) -> Self {
        let mut report = Self { quality, judge_grounding, judge, canaries, alarms: Vec::new() };
        report.spread_alarms("quality scores", quality);
        report.spread_alarms("grounding scores of the judge", judge_grounding);
        report.judge_alarms();
        report.canary_alarms();
        report
    }

    /// Whether there is anything to tell.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn alarm(&mut self, code: AlarmCode, detail: String) {
        self.alarms.push(Alarm { code, detail });
    }

    fn spread_alarms(&mut self, what: &str, spread: Spread) {
        let Spread { count, share_high, deviation, distinct } = spread;
        if count < FEWEST_SCORES {
            return;
        }
        if let Some(share) = share_high.filter(|share| *share > MOST_HIGH) {
            let detail = format!(
                "{:.0} % of {count} {what} are {HIGH_SCORE} or more: they tell good pairs from bad ones no more",
                share * 100.0
            );
            self.alarm(AlarmCode::HighScores, detail);
        }
        let narrow = deviation.filter(|deviation| *deviation < LEAST_DEVIATION);
        if distinct < FEWEST_DISTINCT || narrow.is_some() {
            let deviation = deviation.unwrap_or_default();
            let detail = format!(
                "the {count} {what} hardly differ: {distinct} different ones, with a deviation of {deviation:.3}"
            );
            self.alarm(AlarmCode::NarrowScores, detail);
        }
    }

    fn judge_alarms(&mut self) {
        let JudgeReport { judged, unjudged, agreement, retested, .. } = self.judge;
        let asked = judged + unjudged;
        if asked > 0 && unjudged as f64 > MOST_UNJUDGED * asked as f64 {
            let detail = format!(
                "{unjudged} of {asked} pairs could not be judged, and have local scores alone: another judge may do better"
            );
            self.alarm(AlarmCode::UnreadableJudge, detail);
        }
        if let Some(agreement) = agreement.filter(|agreement| *agreement < LEAST_AGREEMENT) {
            let detail = format!(
                "asked again with another seed, the judge says the same of {:.0} % of what it was asked, over {retested} pairs",
                agreement * 100.0
            );
            self.alarm(AlarmCode::UnsteadyJudge, detail);
        }
    }

    fn canary_alarms(&mut self) {
        for (operator, recall) in self.canaries.operators.clone() {
            let Recall { made, caught, .. } = recall;
            if made >= FEWEST_CANARIES && (caught as f64) < LEAST_RECALL * made as f64 {
                let detail = format!(
                    "of {made} answers that were made wrong on purpose by `{}`, {caught} were found",
                    operator.as_str()
                );
                self.alarm(AlarmCode::BlindSpot, detail);
            }
        }
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(scores: &[f64]) -> Spread {
        let high = scores.iter().filter(|score| **score >= HIGH_SCORE).count() as u64;
        let mut distinct: Vec<_> = scores.iter().map(|score| rounded(*score).to_bits()).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let squares = scores.iter().map(|score| score * score).sum();
        Spread::new(scores.len() as u64, high, scores.iter().sum(), squares, distinct.len() as u64)
    }

    fn codes(report: &ValidationReport) -> Vec<AlarmCode> {
        report.alarms.iter().map(|alarm| alarm.code).collect()
    }

    #[test]
    fn a_judge_that_says_the_same_of_all_is_named() {
        let same = spread(&[0.9; 40]);
        assert_eq!((same.share_high, same.deviation, same.distinct), (Some(1.0), Some(0.0), 1));
        let wide: Vec<f64> = (0..40).map(|at| f64::from(at) / 40.0).collect();
        let report =
            ValidationReport::new(spread(&wide), same, JudgeReport::default(), CanaryReport::default());
        assert_eq!(codes(&report), [AlarmCode::HighScores, AlarmCode::NarrowScores]);
        assert_eq!(
            report.alarms[0].detail,
            "100 % of 40 grounding scores of the judge are 0.9 or more: they tell good pairs from bad ones no more"
        );
    }

    #[test]
    fn of_few_scores_nothing_is_said() {
        let report = ValidationReport::new(
            spread(&[0.9; 19]),
            Spread::default(),
            JudgeReport::default(),
            CanaryReport::default(),
        );
        assert_eq!(report.alarms, []);
        assert!(!report.is_empty() && ValidationReport::default().is_empty());
    }

    #[test]
    fn blind_spots_and_judges_that_say_nothing_steady_are_named() {
        let blind = Recall { made: 4, caught: 1, ..Recall::default() };
        let sees = Recall { made: 4, caught: 4, ..Recall::default() };
        let few = Recall { made: 3, ..Recall::default() };
        let operators = [
            (CanaryOperator::EntityIntrinsic, blind),
            (CanaryOperator::Negation, few),
            (CanaryOperator::Number, sees),
        ];
        let canaries = CanaryReport::new(operators.into(), 1);
        assert_eq!((canaries.made, canaries.caught, canaries.recall), (11, 5, Some(0.455)));
        let judge = JudgeReport {
            judged: 8,
            unjudged: 2,
            retested: 3,
            agreement: Some(0.5),
            ..JudgeReport::default()
        };
        let report = ValidationReport::new(Spread::default(), Spread::default(), judge, canaries);
        let expected = [AlarmCode::UnreadableJudge, AlarmCode::UnsteadyJudge, AlarmCode::BlindSpot];
        assert_eq!(codes(&report), expected);
        assert!(report.alarms[2].detail.contains("`entity_intrinsic`, 1 were found"), "{report:?}");
    }

    #[test]
    fn operators_are_written_by_their_names() {
        for operator in CanaryOperator::ALL {
            assert_eq!(serde_json::to_value(operator).unwrap(), operator.as_str());
        }
    }
}
