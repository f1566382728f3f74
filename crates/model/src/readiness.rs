//! How far a dataset is from one to train on, and what would bring it further.

use serde::{Deserialize, Serialize};

use crate::{Coverage, ReviewCounts};

/// How many accepted pairs a dataset is aimed at.
pub const TARGET_PAIRS: u64 = 1000;

/// How far a dataset is from one to train on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Readiness {
    /// Accepted and edited pairs.
    pub accepted_pairs: u64,
    /// How many are aimed at.
    pub target_pairs: u64,
    /// The share of that, 0 to 100.
    pub percent: u8,
    /// How long training on the accepted pairs may take, under the assumptions of `training`.
    pub estimated_training_minutes: f64,
    /// What that time assumes.
    pub training: TrainingAssumptions,
    /// The whole in a word.
    pub assessment: Assessment,
    /// Why it is that word.
    pub reasons: Vec<String>,
    /// What would bring it further, the nearest first.
    pub next_steps: Vec<NextStep>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self::assess(&Accepted::default(), ReviewCounts::default(), &Coverage::default())
    }
}

/// What a time of training assumes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TrainingAssumptions {
    /// How often each pair is seen.
    pub epochs: u32,
    /// How many tokens are trained on in a second.
    pub tokens_per_second: u32,
    /// On what, in words.
    pub detail: String,
}

impl Default for TrainingAssumptions {
    fn default() -> Self {
        let detail = "a model of about 7 billion weights, trained by LoRA on one GPU with 24 GB".into();
        Self { epochs: 3, tokens_per_second: 1500, detail }
    }
}

impl TrainingAssumptions {
    fn minutes(&self, tokens: u64) -> f64 {
        tokens as f64 * f64::from(self.epochs) / f64::from(self.tokens_per_second) / 60.0
    }
}

/// How far a dataset is, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assessment {
    /// Too few pairs to train on.
    Insufficient,
    /// Enough for a first try.
    Fair,
    /// Enough for a narrow task.
    Good,
    /// As many as aimed at, and good ones.
    Excellent,
}

/// Something that would bring a dataset further.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NextStep {
    /// What to do.
    pub code: NextStepCode,
    /// With how many documents or pairs.
    pub count: u64,
    /// The same in words.
    pub detail: String,
}

/// What can be done for a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NextStepCode {
    /// Parse documents.
    Parse,
    /// Decide on pairs that wait.
    Review,
    /// Make more pairs.
    Generate,
    /// Look at accepted pairs of low quality again.
    RaiseQuality,
    /// Look at accepted pairs of low grounding again.
    RaiseGrounding,
}

/// The pairs that would be trained on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Accepted {
    /// How many.
    pub pairs: u64,
    /// Their mean quality, where it was measured.
    pub quality: Option<f64>,
    /// Their mean grounding, where it was measured.
    pub grounding: Option<f64>,
    /// Their tokens (`o200k_base`).
    pub tokens: u64,
}

/// The mean quality under which a dataset is no more than fair.
const LOW_QUALITY: f64 = 0.6;
/// The mean grounding under which a dataset is no more than fair.
const LOW_GROUNDING: f64 = 0.6;

impl Readiness {
    /// Judges what is accepted by its number, means and tokens, and looks for more in what waits for review and in the
    /// documents.
    pub fn assess(accepted: &Accepted, review: ReviewCounts, coverage: &Coverage) -> Self {
        let Accepted { pairs, quality, grounding, tokens } = *accepted;
        let percent = u8::try_from((pairs * 100 / TARGET_PAIRS).min(100)).unwrap_or(100);
        let mut assessment = match pairs {
            0..100 => Assessment::Insufficient,
            100..500 => Assessment::Fair,
            500..TARGET_PAIRS => Assessment::Good,
            _ => Assessment::Excellent,
        };
        let mut reasons = vec![format!("{pairs} of {TARGET_PAIRS} pairs are accepted")];
        let mut next_steps = for_more_pairs(pairs, review.pending, coverage);
        for (name, code, mean, least) in [
            ("quality", NextStepCode::RaiseQuality, quality, LOW_QUALITY),
            ("grounding", NextStepCode::RaiseGrounding, grounding, LOW_GROUNDING),
        ] {
            let Some(mean) = mean.filter(|mean| *mean < least) else { continue };
            reasons.push(format!("their mean {name} is {mean:.2}, under {least:.2}"));
            let detail = format!("look again at the accepted pairs, those of the lowest {name} first");
            next_steps.push(NextStep { code, count: pairs, detail });
            if matches!(assessment, Assessment::Good | Assessment::Excellent) {
                assessment = Assessment::Fair;
            }
        }
        let training = TrainingAssumptions::default();
        Self {
            accepted_pairs: pairs,
            target_pairs: TARGET_PAIRS,
            percent,
            estimated_training_minutes: training.minutes(tokens),
            training,
            assessment,
            reasons,
            next_steps,
        }
    }
}

/// Where further pairs can come from, while there are fewer than aimed at.
fn for_more_pairs(accepted: u64, pending: u64, coverage: &Coverage) -> Vec<NextStep> {
    let missing = TARGET_PAIRS.saturating_sub(accepted);
    let mut steps = Vec::new();
    if missing == 0 {
        return steps;
    }
    if pending > 0 {
        let detail = format!("review the pairs that wait: {pending}");
        steps.push(NextStep { code: NextStepCode::Review, count: pending, detail });
    }
    let ended = coverage.documents_parsed + coverage.documents_failed;
    let unparsed = coverage.documents_total.saturating_sub(ended);
    if unparsed > 0 {
        let detail = format!("parse the documents that are not parsed yet: {unparsed}");
        steps.push(NextStep { code: NextStepCode::Parse, count: unparsed, detail });
    }
    let short = missing.saturating_sub(pending);
    if short > 0 {
        let detail = format!("make more pairs: with all that wait accepted, {short} are missing");
        steps.push(NextStep { code: NextStepCode::Generate, count: short, detail });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(readiness: &Readiness) -> Vec<(NextStepCode, u64)> {
        readiness.next_steps.iter().map(|step| (step.code, step.count)).collect()
    }

    #[test]
    fn many_pairs_of_low_grounding_are_fair_and_say_why() {
        let accepted = Accepted { pairs: 2000, quality: Some(0.9), grounding: Some(0.3), tokens: 90_000 };
        let pending = ReviewCounts { pending: 7, ..ReviewCounts::default() };
        let readiness = Readiness::assess(&accepted, pending, &Coverage::default());
        assert_eq!((readiness.assessment, readiness.percent), (Assessment::Fair, 100));
        assert_eq!(readiness.reasons[1], "their mean grounding is 0.30, under 0.60");
        assert_eq!(steps(&readiness), [(NextStepCode::RaiseGrounding, 2000)]);
        assert!((readiness.estimated_training_minutes - 3.0).abs() < 1e-9);
    }

    #[test]
    fn too_few_pairs_come_from_review_then_from_documents_then_from_the_teacher() {
        let accepted = Accepted { pairs: 600, ..Accepted::default() };
        let review = ReviewCounts { pending: 150, accepted: 600, ..ReviewCounts::default() };
        let coverage =
            Coverage { documents_total: 9, documents_parsed: 5, documents_failed: 1, ..Coverage::default() };
        let readiness = Readiness::assess(&accepted, review, &coverage);
        let expected = [(NextStepCode::Review, 150), (NextStepCode::Parse, 3), (NextStepCode::Generate, 250)];
        assert_eq!(steps(&readiness), expected);
        let all_wait = ReviewCounts { pending: 400, ..review };
        let readiness = Readiness::assess(&accepted, all_wait, &Coverage::default());
        assert_eq!(steps(&readiness), [(NextStepCode::Review, 400)]);
    }

    #[test]
    fn an_empty_project_is_insufficient() {
        assert_eq!(Readiness::default().assessment, Assessment::Insufficient);
        let almost = Accepted { pairs: 999, ..Accepted::default() };
        assert_eq!(Readiness::assess(&almost, ReviewCounts::default(), &Coverage::default()).percent, 99);
    }
}
