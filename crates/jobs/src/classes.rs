//! How many pairs of each class a run asked for, and how many it made.

use std::collections::BTreeMap;

use ::generate::quotas;
use model::{Difficulty, Generation, QuestionType, UserId};
use serde::Serialize;

use crate::{Environment, JobsError, LOG_TARGET};

/// Pairs of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ClassCount {
    /// So many were asked for.
    pub asked: u64,
    /// So many there are.
    pub made: u64,
}

/// Pairs by class.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ClassCounts {
    /// By difficulty.
    pub difficulties: BTreeMap<Difficulty, ClassCount>,
    /// By question type; empty where none is asked for.
    pub question_types: BTreeMap<QuestionType, ClassCount>,
}

impl ClassCounts {
    /// Adds those of another run.
    pub fn add(&mut self, more: &Self) {
        add(&mut self.difficulties, &more.difficulties);
        add(&mut self.question_types, &more.question_types);
    }
}

fn add<T: Ord + Copy>(counts: &mut BTreeMap<T, ClassCount>, more: &BTreeMap<T, ClassCount>) {
    for (class, more) in more {
        let count = counts.entry(*class).or_default();
        count.asked += more.asked;
        count.made += more.made;
    }
}

/// How many pairs of each class a generation asked for and made. `None` for a parse, for the
/// built-in teacher, which takes what there is, and for an import.
///
/// # Errors
/// Where the store fails.
pub async fn class_counts(
    environment: &Environment,
    user: &UserId,
    generation: &Generation,
) -> Result<Option<ClassCounts>, JobsError> {
    let Some(settings) = generation.settings.as_ref().filter(|settings| settings.asks_a_model()) else {
        return Ok(None);
    };
    let metadata = &environment.metadata;
    let Some(made) = metadata.analytics(user, generation.project_id, Some(generation.id)).await? else {
        return Ok(None);
    };
    let asked = quotas(settings, generation.chunks_total);
    let question_types = match asked.question_types.is_empty() {
        true => BTreeMap::new(),
        false => merge(&asked.question_types, &made.question_types),
    };
    Ok(Some(ClassCounts { difficulties: merge(&asked.difficulties, &made.difficulties), question_types }))
}

fn merge<T: Ord + Copy>(asked: &BTreeMap<T, u64>, made: &BTreeMap<T, u64>) -> BTreeMap<T, ClassCount> {
    let mut counts: BTreeMap<T, ClassCount> = BTreeMap::new();
    for (class, asked) in asked {
        counts.entry(*class).or_default().asked = *asked;
    }
    for (class, made) in made {
        counts.entry(*class).or_default().made = *made;
    }
    counts
}

/// Says in the log how many pairs of each class there are of those asked for.
pub(crate) async fn say(
    environment: &Environment,
    user: &UserId,
    generation: &Generation,
) -> Result<(), JobsError> {
    let Some(ClassCounts { difficulties, question_types }) =
        class_counts(environment, user, generation).await?
    else {
        return Ok(());
    };
    let difficulties = in_words(&difficulties);
    let question_types = in_words(&question_types);
    tracing::info!(target: LOG_TARGET, difficulties, question_types, "pairs made of those asked for, by class");
    Ok(())
}

/// `easy 3 of 4, hard 2 of 2`, the classes by their names in JSON.
pub fn in_words<T: Serialize>(counts: &BTreeMap<T, ClassCount>) -> String {
    let words = counts.iter().filter(|(_, count)| **count != ClassCount::default());
    let words = words.filter_map(|(class, ClassCount { asked, made })| {
        let class = serde_json::to_value(class).ok()?;
        Some(format!("{} {made} of {asked}", class.as_str()?))
    });
    words.collect::<Vec<_>>().join(", ")
}
