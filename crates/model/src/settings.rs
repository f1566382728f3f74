//! What a generation is told to do.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{GenerationType, ImportFormat, Sha256Hex, canonical_json, sha256_hex};

/// A setting outside its bounds.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{name} is {value}; it has to be {expected}")]
pub struct SettingsError {
    /// The setting.
    pub name: &'static str,
    /// What it was set to.
    pub value: String,
    /// What it may be.
    pub expected: &'static str,
}

/// What questions to aim at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// All kinds.
    #[default]
    Mixed,
    /// Steps.
    HowTo,
    /// Problems and their cures.
    Troubleshooting,
    /// What and why.
    Conceptual,
    /// Calls of an interface.
    ApiCode,
}

/// The id of the built-in offline teacher.
pub const BUILTIN_TEACHER: &str = "builtin/extractive";

/// The judge that is none.
const NO_JUDGE: &str = "none";

/// How often each difficulty is asked for: weights, normalised where they are used.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifficultyWeights {
    /// Of easy questions.
    #[serde(default)]
    pub easy: f64,
    /// Of medium ones.
    #[serde(default)]
    pub medium: f64,
    /// Of hard ones.
    #[serde(default)]
    pub hard: f64,
}

impl Default for DifficultyWeights {
    fn default() -> Self {
        Self { easy: 1.0, medium: 1.0, hard: 1.0 }
    }
}

/// The `config` of a generation of pairs. An unknown key is an error that names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GenerateConfig {
    /// How many pairs to ask for from a chunk, 1 to 20.
    pub pairs_per_chunk: u32,
    /// How often each difficulty is asked for.
    pub difficulty_distribution: DifficultyWeights,
    /// What questions to aim at.
    pub style_template: Style,
    /// The model that judges: by default the teacher, of the built-in one none; `none` for local scoring alone.
    pub judge_model: Option<String>,
    /// The language to write in; the chunk's own where there is none.
    pub language: Option<String>,
    /// The seed of all chance.
    pub seed: u64,
    /// How many calls at once.
    pub max_concurrency: Option<u32>,
    /// What the run may cost, in USD.
    pub max_cost_usd: Option<f64>,
    /// How many tokens the run may use, prompt and completion together.
    pub max_tokens_total: Option<u64>,
    /// The labels of a classification, 2 to 50; proposed once by the teacher where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// The turns of a conversation, questions and answers counted: 2, 4, 6, 8 or 10, by default 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turns: Option<u32>,
    /// How similar pairs are that count as duplicates: above 0, at most 1 for those alone that differ in case
    /// and marks; by default 0.62. Pairs that differ in a number, a name or a denial never are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dedup_threshold: Option<f64>,
}

impl GenerateConfig {
    /// The turns of a conversation, its questions and answers.
    pub fn turns(&self) -> u32 {
        self.turns.unwrap_or(4)
    }
}

impl Default for GenerateConfig {
    fn default() -> Self {
        Self {
            pairs_per_chunk: 3,
            difficulty_distribution: DifficultyWeights::default(),
            style_template: Style::Mixed,
            judge_model: None,
            language: None,
            seed: 0,
            max_concurrency: None,
            max_cost_usd: None,
            max_tokens_total: None,
            labels: Vec::new(),
            turns: None,
            dedup_threshold: None,
        }
    }
}

/// The most labels of a classification.
const MAX_LABELS: usize = 50;

/// The most characters of a label.
const MAX_LABEL: usize = 100;

/// Checks the labels of a classification.
///
/// # Errors
/// Where they are fewer than 2 or more than 50, or one is empty, longer than 100 characters, of more
/// than one line, or the same as another in any case and spacing.
pub fn check_labels(labels: &[String]) -> Result<(), SettingsError> {
    let fail = |value: String, expected| Err(SettingsError { name: "labels", value, expected });
    if !(2..=MAX_LABELS).contains(&labels.len()) {
        return fail(format!("a list of {}", labels.len()), "a list of 2 to 50 labels");
    }
    let mut seen = BTreeSet::new();
    for label in labels {
        let words = label.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
        if words.is_empty() || label.chars().any(char::is_control) || label.chars().nth(MAX_LABEL).is_some() {
            let shown: String = label.chars().take(MAX_LABEL).collect();
            return fail(format!("{shown:?}"), "labels of 1 to 100 characters on one line");
        }
        if !seen.insert(words) {
            return fail(format!("{label:?} twice"), "labels that differ");
        }
    }
    Ok(())
}

/// All that a generation of pairs is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GenerateSettings {
    /// The model that writes the pairs.
    pub teacher_model: String,
    /// What kind of examples to make.
    pub generation_type: GenerationType,
    /// The sampling temperature, 0 to 2.
    pub temperature: f64,
    /// The user's system prompt.
    pub system_prompt: Option<String>,
    /// The rest.
    pub config: GenerateConfig,
}

impl GenerateSettings {
    /// The model that judges the pairs, if any does.
    pub fn judge(&self) -> Option<&str> {
        match self.config.judge_model.as_deref() {
            Some(NO_JUDGE) => None,
            Some(model) => Some(model),
            None => Some(&*self.teacher_model).filter(|_| self.asks_a_model()),
        }
    }

    /// Whether the pairs are written by a model, which is asked through a gateway.
    pub fn asks_a_model(&self) -> bool {
        self.teacher_model != BUILTIN_TEACHER && ImportFormat::of_teacher(&self.teacher_model).is_none()
    }

    /// Checks each setting against its bounds.
    ///
    /// # Errors
    /// The first setting that is outside of them.
    pub fn check(&self) -> Result<(), SettingsError> {
        let fail = |name, value: String, expected| Err(SettingsError { name, value, expected });
        if self.teacher_model.trim().is_empty() {
            return fail("teacher_model", "empty".into(), "the id of a model");
        }
        if !(0.0..=2.0).contains(&self.temperature) {
            return fail("temperature", self.temperature.to_string(), "from 0 to 2");
        }
        let config = &self.config;
        if !(1..=20).contains(&config.pairs_per_chunk) {
            return fail("pairs_per_chunk", config.pairs_per_chunk.to_string(), "from 1 to 20");
        }
        let DifficultyWeights { easy, medium, hard } = config.difficulty_distribution;
        let weights = [easy, medium, hard];
        if weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0)
            || weights.iter().sum::<f64>() <= 0.0
        {
            return fail(
                "difficulty_distribution",
                format!("easy={easy},medium={medium},hard={hard}"),
                "weights of 0 or more, one of them more than 0",
            );
        }
        if config.max_concurrency == Some(0) {
            return fail("max_concurrency", "0".into(), "1 or more");
        }
        if let Some(cost) = config.max_cost_usd
            && !(cost.is_finite() && cost > 0.0)
        {
            return fail("max_cost_usd", cost.to_string(), "more than 0");
        }
        if let Some(judge) = &config.judge_model
            && (judge.trim().is_empty() || judge == BUILTIN_TEACHER)
        {
            return fail("judge_model", format!("{judge:?}"), "the id of a model, or none");
        }
        if !config.labels.is_empty() {
            check_labels(&config.labels)?;
        }
        let turns = config.turns();
        if !(2..=10).contains(&turns) || !turns.is_multiple_of(2) {
            return fail("turns", turns.to_string(), "2, 4, 6, 8 or 10");
        }
        if let Some(threshold) = config.dedup_threshold
            && !(threshold > 0.0 && threshold <= 1.0)
        {
            return fail("dedup_threshold", threshold.to_string(), "above 0 and at most 1");
        }
        Ok(())
    }

    /// The SHA-256 of all settings that change what is made: how much may be spent and how many
    /// calls go out at once are not among them.
    pub fn fingerprint(&self) -> Sha256Hex {
        let made = Self {
            config: GenerateConfig {
                max_concurrency: None,
                max_cost_usd: None,
                max_tokens_total: None,
                ..self.config.clone()
            },
            ..self.clone()
        };
        // Settings are strings and finite numbers: they are always JSON.
        sha256_hex(canonical_json(&made).unwrap_or_default())
    }
}

/// USD per million tokens, by model.
pub type Prices = BTreeMap<String, Price>;

/// What a model's tokens cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// USD per million prompt tokens.
    pub prompt: f64,
    /// USD per million completion tokens.
    pub completion: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> GenerateSettings {
        GenerateSettings {
            teacher_model: "m".into(),
            generation_type: GenerationType::Qa,
            temperature: 0.7,
            system_prompt: None,
            config: GenerateConfig::default(),
        }
    }

    #[test]
    fn fingerprint_knows_what_changes_the_outcome() {
        let mut dearer = settings();
        dearer.config.max_cost_usd = Some(1.0);
        dearer.config.max_concurrency = Some(2);
        assert_eq!(settings().fingerprint(), dearer.fingerprint());
        let mut seeded = settings();
        seeded.config.seed = 1;
        assert_ne!(settings().fingerprint(), seeded.fingerprint());
    }

    #[test]
    fn check_names_the_setting() {
        assert_eq!(settings().check(), Ok(()));
        let hot = GenerateSettings { temperature: 3.0, ..settings() };
        assert_eq!(hot.check().unwrap_err().to_string(), "temperature is 3; it has to be from 0 to 2");
        let mut none = settings();
        none.config.difficulty_distribution = DifficultyWeights { easy: 0.0, medium: 0.0, hard: 0.0 };
        assert_eq!(none.check().unwrap_err().name, "difficulty_distribution");
    }

    #[test]
    fn the_judge_is_the_teacher_unless_said_otherwise() {
        let judge = |teacher: &str, judge: Option<&str>| {
            let mut settings = GenerateSettings { teacher_model: teacher.into(), ..settings() };
            settings.config.judge_model = judge.map(str::to_owned);
            settings.check().map(|()| settings.judge().map(str::to_owned)).map_err(|error| error.name)
        };
        assert_eq!(judge("m", None), Ok(Some("m".into())));
        assert_eq!(judge("m", Some("other")), Ok(Some("other".into())));
        assert_eq!(judge("m", Some("none")), Ok(None));
        assert_eq!(judge(BUILTIN_TEACHER, None), Ok(None));
        assert_eq!(judge(BUILTIN_TEACHER, Some("m")), Ok(Some("m".into())));
        assert_eq!(judge("m", Some(BUILTIN_TEACHER)), Err("judge_model"));
        assert_eq!(judge("m", Some(" ")), Err("judge_model"));
    }

    #[test]
    fn labels_are_some_and_differ() {
        let check = |labels: &[&str]| {
            check_labels(&labels.iter().map(ToString::to_string).collect::<Vec<_>>())
                .map_err(|e| e.to_string())
        };
        assert_eq!(check(&["price", "shipping cost"]), Ok(()));
        assert_eq!(
            check(&["price"]).unwrap_err(),
            "labels is a list of 1; it has to be a list of 2 to 50 labels"
        );
        assert!(check(&["label"; 51]).is_err());
        assert!(check(&["price", " "]).unwrap_err().contains("1 to 100 characters"));
        assert!(check(&["price", "a\nb"]).unwrap_err().contains("on one line"));
        assert_eq!(
            check(&["Shipping cost", "shipping  COST"]).unwrap_err(),
            "labels is \"shipping  COST\" twice; it has to be labels that differ"
        );
    }

    #[test]
    fn turns_come_in_twos() {
        for (turns, good) in [(0, false), (1, false), (2, true), (3, false), (10, true), (12, false)] {
            let mut settings = settings();
            settings.config.turns = Some(turns);
            assert_eq!(settings.check().is_ok(), good, "{turns}");
        }
    }

    #[test]
    fn settings_without_labels_and_turns_have_the_fingerprint_that_they_always_had() {
        let json = serde_json::to_value(GenerateConfig::default()).unwrap();
        assert!(json.get("labels").is_none() && json.get("turns").is_none());
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = serde_json::from_str::<GenerateConfig>(r#"{"pairs": 3}"#).unwrap_err();
        assert!(error.to_string().contains("unknown field `pairs`"), "{error}");
    }
}
