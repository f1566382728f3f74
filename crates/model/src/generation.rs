//! One run of the pipeline over a project, and the states it goes through.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::{
    Chunking, GenerateConfig, GenerateSettings, GenerationId, GenerationType, ParseOptions, Phase, ProjectId,
    Time, ValidationReport,
};

/// What a generation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GenerationKind {
    /// Documents to chunks.
    Parse,
    /// Chunks to validated pairs.
    Generate,
}

/// Where a generation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GenerationStatus {
    /// It waits to be worked on.
    Pending,
    /// Documents become chunks.
    Parsing,
    /// Chunks become pairs.
    Generating,
    /// Pairs become scored ones.
    Validating,
    /// All is done that could be done; `chunks_failed` counts what could not.
    Completed,
    /// It stopped, or nothing succeeded; `error` says why.
    Failed,
    /// A person stopped it.
    Cancelled,
}

impl GenerationStatus {
    /// Whether nothing more happens without a person.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// Whether the state may be left for that one, in a generation of the kind that has both.
    pub fn may_become(self, next: Self) -> bool {
        use GenerationStatus::{Cancelled, Completed, Failed, Generating, Parsing, Pending, Validating};
        match next {
            Pending => self.has_ended(),
            Parsing | Generating => self == Pending,
            Validating => self == Generating,
            Completed => matches!(self, Parsing | Validating),
            Failed | Cancelled => !self.has_ended(),
        }
    }

    /// The state as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Parsing => "parsing",
            Self::Generating => "generating",
            Self::Validating => "validating",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The phase that is at work in this state.
    pub fn phase(self) -> Option<Phase> {
        match self {
            Self::Parsing => Some(Phase::Parse),
            Self::Generating => Some(Phase::Generate),
            Self::Validating => Some(Phase::Validate),
            _ => None,
        }
    }
}

/// A step that the states do not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a generation that is {from} cannot {step}", from = .from.as_str())]
pub struct TransitionError {
    /// The state it is in.
    pub from: GenerationStatus,
    /// What was tried.
    pub step: &'static str,
}

/// What the calls of a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Usage {
    /// Calls that were answered.
    pub requests: u64,
    /// Tokens that were sent.
    pub prompt_tokens: u64,
    /// Tokens that came back.
    pub completion_tokens: u64,
    /// What that cost, where the price is known.
    pub cost_usd: Option<f64>,
}

impl AddAssign for Usage {
    fn add_assign(&mut self, more: Self) {
        self.requests += more.requests;
        self.prompt_tokens += more.prompt_tokens;
        self.completion_tokens += more.completion_tokens;
        self.cost_usd = match (self.cost_usd, more.cost_usd) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or_default() + b.unwrap_or_default()),
        };
    }
}

/// The settings as they stand in a generation's JSON: not there in that of a parse.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it is only a schema")]
struct SettingsShape {
    teacher_model: Option<String>,
    generation_type: Option<GenerationType>,
    temperature: Option<f64>,
    system_prompt: Option<String>,
    config: Option<GenerateConfig>,
}

/// One run of the pipeline over a project. The counts of a parse are of documents, those of a
/// generate of chunks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Generation {
    /// Its id.
    pub id: GenerationId,
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// What it does.
    pub kind: GenerationKind,
    /// Where it stands.
    pub status: GenerationStatus,
    /// How far it is, 0 to 100.
    pub progress: u8,
    /// What it is told to do; `None` for a parse.
    #[serde(flatten)]
    #[schema(value_type = SettingsShape)]
    pub settings: Option<GenerateSettings>,
    /// How a parse cuts documents; `None` for a generate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chunking: Option<Chunking>,
    /// What a parse reads of documents; `None` for a generate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<ParseOptions>,
    /// The labels that the teacher proposed for a classification without any, fixed once they are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Units it works through.
    pub chunks_total: u64,
    /// Units that are done, failed ones included.
    pub chunks_processed: u64,
    /// Units that failed.
    pub chunks_failed: u64,
    /// Pairs it made.
    pub pairs_generated: u64,
    /// Pairs of it that repeat another.
    pub pairs_duplicate: u64,
    /// The mean of its measured quality scores.
    pub average_quality: Option<f64>,
    /// The mean of its measured grounding scores.
    pub average_grounding: Option<f64>,
    /// How far the scores can be believed, once they are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<ValidationReport>,
    /// What its calls came to, of teacher and judge.
    pub usage: Usage,
    /// The names of the jobs that work on it; empty where the command line does so itself.
    pub job_names: Vec<String>,
    /// Counts its starts, from 1.
    pub attempt: u32,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When work on it began.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Time>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Time>,
    /// From its beginning to its end.
    pub duration_seconds: Option<f64>,
}

impl Generation {
    /// A generation that waits for its work.
    pub fn new(
        id: GenerationId,
        project_id: ProjectId,
        kind: GenerationKind,
        settings: Option<GenerateSettings>,
        now: Time,
    ) -> Self {
        Self {
            id,
            project_id,
            kind,
            status: GenerationStatus::Pending,
            progress: 0,
            settings,
            chunking: None,
            options: None,
            labels: Vec::new(),
            chunks_total: 0,
            chunks_processed: 0,
            chunks_failed: 0,
            pairs_generated: 0,
            pairs_duplicate: 0,
            average_quality: None,
            average_grounding: None,
            validation: None,
            usage: Usage::default(),
            job_names: Vec::new(),
            attempt: 1,
            error: None,
            created_at: now,
            started_at: None,
            finished_at: None,
            duration_seconds: None,
        }
    }

    /// `pending` → the first phase of its kind.
    ///
    /// # Errors
    /// Where it is in another state.
    pub fn start(mut self, now: Time) -> Result<Self, TransitionError> {
        self.require(self.status == GenerationStatus::Pending, "start")?;
        self.status = match self.kind {
            GenerationKind::Parse => GenerationStatus::Parsing,
            GenerationKind::Generate => GenerationStatus::Generating,
        };
        self.started_at.get_or_insert(now);
        Ok(self)
    }

    /// `generating` → `validating`.
    ///
    /// # Errors
    /// Where it is in another state.
    pub fn validate(mut self) -> Result<Self, TransitionError> {
        self.require(self.status == GenerationStatus::Generating, "go on to validation")?;
        self.status = GenerationStatus::Validating;
        Ok(self)
    }

    /// `parsing` or `validating` → `completed`.
    ///
    /// # Errors
    /// Where it is in another state.
    pub fn complete(mut self, now: Time) -> Result<Self, TransitionError> {
        self.require(
            matches!(self.status, GenerationStatus::Parsing | GenerationStatus::Validating),
            "be completed",
        )?;
        self.status = GenerationStatus::Completed;
        self.progress = 100;
        Ok(self.end(now))
    }

    /// Any state that has not ended → `failed`.
    ///
    /// # Errors
    /// Where it has ended.
    pub fn fail(mut self, error: impl Into<String>, now: Time) -> Result<Self, TransitionError> {
        self.require(!self.status.has_ended(), "fail")?;
        self.status = GenerationStatus::Failed;
        self.error = Some(error.into());
        Ok(self.end(now))
    }

    /// Any state that has not ended → `cancelled`.
    ///
    /// # Errors
    /// Where it has ended.
    pub fn cancel(mut self, now: Time) -> Result<Self, TransitionError> {
        self.require(!self.status.has_ended(), "be cancelled")?;
        self.status = GenerationStatus::Cancelled;
        Ok(self.end(now))
    }

    /// `failed` or `cancelled` → `pending`: what is done stays done.
    ///
    /// # Errors
    /// Where it is in another state.
    pub fn resume(self) -> Result<Self, TransitionError> {
        self.require(
            matches!(self.status, GenerationStatus::Failed | GenerationStatus::Cancelled),
            "be resumed",
        )?;
        Ok(self.again())
    }

    /// `completed` → `pending`, for its failed units alone.
    ///
    /// # Errors
    /// Where it is in another state, or nothing failed.
    pub fn retry(self) -> Result<Self, TransitionError> {
        self.require(
            self.status == GenerationStatus::Completed && self.chunks_failed > 0,
            "retry failed units",
        )?;
        Ok(self.again())
    }

    fn again(mut self) -> Self {
        self.status = GenerationStatus::Pending;
        self.attempt += 1;
        self.error = None;
        self.finished_at = None;
        self.duration_seconds = None;
        self
    }

    fn end(mut self, now: Time) -> Self {
        self.finished_at = Some(now);
        self.duration_seconds =
            Some(now.duration_since(self.started_at.unwrap_or(self.created_at)).as_secs_f64());
        self
    }

    fn require(&self, allowed: bool, step: &'static str) -> Result<(), TransitionError> {
        if allowed { Ok(()) } else { Err(TransitionError { from: self.status, step }) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn generation(kind: GenerationKind) -> Generation {
        let now = Time::UNIX_EPOCH;
        Generation::new(GenerationId::new(now, [0; 10]), crate::ProjectId::new(now, [0; 10]), kind, None, now)
    }

    #[test]
    fn states_are_left_only_along_the_arrows() {
        use GenerationStatus::{Cancelled, Completed, Failed, Generating, Parsing, Pending, Validating};
        let all = [Pending, Parsing, Generating, Validating, Completed, Failed, Cancelled];
        for (from, to) in all.into_iter().flat_map(|from| all.map(|to| (from, to))) {
            let exists = [GenerationKind::Parse, GenerationKind::Generate]
                .into_iter()
                .any(|kind| arrow_exists(kind, from, to));
            assert_eq!(from.may_become(to), exists, "{from:?} -> {to:?}");
        }
    }

    fn arrow_exists(kind: GenerationKind, from: GenerationStatus, to: GenerationStatus) -> bool {
        use GenerationStatus::{Cancelled, Completed, Failed, Generating, Parsing, Pending, Validating};
        match (from, to) {
            (Pending, Parsing) | (Parsing, Completed) => kind == GenerationKind::Parse,
            (Pending, Generating) | (Generating, Validating) | (Validating, Completed) => {
                kind == GenerationKind::Generate
            }
            (Pending | Parsing | Generating | Validating, Failed | Cancelled) => true,
            (Failed | Cancelled | Completed, Pending) => true,
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn any_walk_follows_the_arrows(parse: bool, steps in proptest::collection::vec(0_usize..7, 1..40)) {
            let kind = if parse { GenerationKind::Parse } else { GenerationKind::Generate };
            let now = Time::UNIX_EPOCH;
            let mut at = generation(kind);
            at.chunks_failed = 1;
            for step in steps {
                let before = at.clone();
                let next = match step {
                    0 => at.clone().start(now),
                    1 => at.clone().validate(),
                    2 => at.clone().complete(now),
                    3 => at.clone().fail("why", now),
                    4 => at.clone().cancel(now),
                    5 => at.clone().resume(),
                    _ => at.clone().retry(),
                };
                if let Ok(next) = next {
                    prop_assert!(arrow_exists(kind, before.status, next.status), "{before:?} -> {next:?}");
                    prop_assert_eq!(next.status.has_ended(), next.finished_at.is_some());
                    at = next;
                }
            }
        }
    }

    #[test]
    fn nothing_to_retry_is_an_error() {
        let now = Time::UNIX_EPOCH;
        let done = generation(GenerationKind::Parse).start(now).unwrap().complete(now).unwrap();
        assert_eq!(
            done.retry().unwrap_err().to_string(),
            "a generation that is completed cannot retry failed units"
        );
    }
}
