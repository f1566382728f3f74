//! What a person changes of a pair.

use jobs::PairTextChange;
use model::{GenerationType, Pair, ReviewStatus, Role, Turn};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::problem::{Checks, Problem};

/// The most characters of a question, an answer or a turn.
const MAX_TEXT: usize = 20_000;
/// The most characters of a context.
const MAX_CONTEXT: usize = 100_000;
/// The most turns.
const MAX_TURNS: usize = 100;

/// What is changed of a pair; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangedPair {
    /// What is asked.
    #[schema(min_length = 1, max_length = 20000)]
    question: Option<String>,
    /// What is answered.
    #[schema(min_length = 1, max_length = 20000)]
    answer: Option<String>,
    /// What goes with the question.
    #[schema(max_length = 100000)]
    context: Option<String>,
    /// The whole exchange of a conversation, in turns of user and assistant.
    #[schema(max_items = 100)]
    turns: Option<Vec<Turn>>,
    /// What is decided. A changed text makes a pair `edited` by itself.
    review_status: Option<ReviewStatus>,
}

impl ChangedPair {
    /// What it means for that pair.
    pub(super) fn read(self, pair: &Pair) -> Result<(PairTextChange, Option<ReviewStatus>), Problem> {
        let Self { question, answer, context, turns, review_status } = self;
        let mut checks = Checks::default();
        for (pointer, text) in [("/question", &question), ("/answer", &answer)] {
            if let Some(text) = text {
                checks.require(fits(text), pointer, format!("it has to have 1 to {MAX_TEXT} characters"));
            }
        }
        let short = context.as_ref().is_none_or(|text| text.chars().count() <= MAX_CONTEXT);
        checks.require(short, "/context", format!("it may have {MAX_CONTEXT} characters at the most"));
        if let Some(turns) = &turns {
            check_turns(&mut checks, turns, pair.generation_type);
        }
        let text = PairTextChange { question, answer, context, turns };
        let says_nothing = text == PairTextChange::default();
        // What a person changed once is `edited` again by an undo of what came after.
        checks.require(
            review_status != Some(ReviewStatus::Edited) || !says_nothing || pair.edited,
            "/review_status",
            "a pair becomes `edited` by a changed text; `accepted` takes it as it is",
        );
        checks.done()?;
        // Of a text that turns out to be the same, nobody has edited anything.
        Ok((text, review_status.filter(|status| *status != ReviewStatus::Edited || pair.edited)))
    }
}

fn check_turns(checks: &mut Checks, turns: &[Turn], kind: GenerationType) {
    if kind != GenerationType::Conversation {
        let detail = "only a conversation has turns; change question and answer";
        return checks.require(turns.is_empty(), "/turns", detail);
    }
    let paired = (2..=MAX_TURNS).contains(&turns.len()) && turns.len().is_multiple_of(2);
    checks.require(paired, "/turns", format!("there have to be 2 to {MAX_TURNS}, the last the assistant's"));
    for (index, (turn, role)) in
        turns.iter().zip([Role::User, Role::Assistant].into_iter().cycle()).enumerate()
    {
        let expected = if role == Role::User { "user" } else { "assistant" };
        let pointer = format!("/turns/{index}/role");
        checks.require(turn.role == role, &pointer, format!("it is the turn of the {expected}"));
        let pointer = format!("/turns/{index}/content");
        checks.require(fits(&turn.content), &pointer, format!("it has to have 1 to {MAX_TEXT} characters"));
    }
}

/// White space alone says nothing.
fn fits(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_TEXT
}
