//! Pairs that repeat the prompt they were asked for with.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    sync::LazyLock,
};

use llm::prompt::template;
use model::GenerationType;

use crate::{Draft, prompt, words};

/// So many words in a row are the same by no chance.
const RUN: usize = 8;

/// The runs of words of each type's rules, as hashes.
static RULES: LazyLock<Vec<(GenerationType, HashSet<u64>)>> = LazyLock::new(|| {
    let rules = |kind| template::section(prompt::template_of(kind), "system");
    prompt::TYPES.iter().map(|kind| (*kind, runs(rules(*kind)).collect())).collect()
});

/// Whether a pair says what the rules of its prompt say, and its passage does not.
pub(super) fn is_leak(draft: &Draft, kind: GenerationType, passage: &str) -> bool {
    let Some((_, rules)) = RULES.iter().find(|(of, _)| *of == kind) else { return false };
    let turns = draft.turns.iter().map(|turn| &*turn.content);
    let mut said = [&*draft.question, &*draft.answer].into_iter().chain(turns).flat_map(runs);
    let Some(first) = said.find(|run| rules.contains(run)) else { return false };
    // A document may be about prompts like ours.
    !runs(passage).any(|run| run == first)
}

fn runs(text: &str) -> impl Iterator<Item = u64> {
    let words: Vec<_> = words::words(text).map(|word| hash(&word)).collect();
    (RUN..=words.len()).map(move |end| hash(&words[end - RUN..end]))
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use model::{Role, Turn};

    use super::*;

    const RULE: &str = "The passage is the only source. Whatever an answer says has to stand in the passage";

    fn draft(question: &str, answer: &str) -> Draft {
        Draft { question: question.into(), answer: answer.into(), ..Draft::default() }
    }

    #[test]
    fn the_rules_are_told_from_what_a_passage_says() {
        let leaks = |draft: &Draft, passage: &str| is_leak(draft, GenerationType::Qa, passage);
        assert!(leaks(&draft("What holds?", RULE), "Valve 3 opens."));
        assert!(leaks(&draft(&format!("why {} so", RULE.to_uppercase()), "It is."), "Valve 3 opens."));
        assert!(!leaks(&draft("What holds?", RULE), &format!("Our prompt: {RULE}.")));
        assert!(!leaks(&draft("What is the source?", "The passage is the only source."), ""));
        let turn = |role, content: &str| Turn { role, content: content.into() };
        let turns = vec![turn(Role::User, "A?"), turn(Role::Assistant, RULE)];
        assert!(leaks(&Draft { turns, ..draft("A?", "b") }, ""));
    }

    #[test]
    fn every_type_has_rules() {
        assert!(RULES.iter().all(|(_, runs)| runs.len() > 50));
    }
}
