//! A pair as an exchange of messages: what every format is made of.

use std::borrow::Cow;

use model::{Pair, PairText, Role, Turn};
use serde::Serialize;

/// One message of an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Message<'a> {
    /// Who speaks: `system`, `user` or `assistant`.
    pub(crate) role: &'static str,
    /// What is said.
    pub(crate) content: Cow<'a, str>,
}

const SYSTEM: &str = "system";
const USER: &str = "user";
pub(crate) const ASSISTANT: &str = "assistant";

/// A pair's turns, or its question and answer where it has none. A context follows the first question behind an
/// empty line. The system prompt leads, if it is asked for and the pair was made under one.
pub(crate) fn messages(pair: &Pair, include_system_prompts: bool) -> Vec<Message<'_>> {
    let system = pair.system_prompt.as_deref().filter(|_| include_system_prompts);
    let said =
        Said { question: &pair.question, answer: &pair.answer, context: &pair.context, turns: &pair.turns };
    said.after(system)
}

/// The same of another text of the pair.
pub(crate) fn messages_of<'a>(
    text: &'a PairText,
    pair: &'a Pair,
    include_system_prompts: bool,
) -> Vec<Message<'a>> {
    let system = pair.system_prompt.as_deref().filter(|_| include_system_prompts);
    let said =
        Said { question: &text.question, answer: &text.answer, context: &text.context, turns: &text.turns };
    said.after(system)
}

/// An exchange as questions with their answers, a system message aside; `None` where it is not made of these in turn.
pub(crate) fn exchanges<'m, 'a>(messages: &'m [Message<'a>]) -> Option<Vec<(&'m str, &'m str)>> {
    let said = match messages {
        [first, rest @ ..] if first.role == SYSTEM => rest,
        all => all,
    };
    let pairs = said.chunks(2).map(|pair| match pair {
        [question, answer] if (question.role, answer.role) == (USER, ASSISTANT) => {
            Some((&*question.content, &*answer.content))
        }
        _ => None,
    });
    pairs.collect()
}

struct Said<'a> {
    question: &'a str,
    answer: &'a str,
    context: &'a str,
    turns: &'a [Turn],
}

impl<'a> Said<'a> {
    fn after(self, system: Option<&'a str>) -> Vec<Message<'a>> {
        let mut messages: Vec<_> = system.map(|prompt| Message::new(SYSTEM, prompt)).into_iter().collect();
        if self.turns.is_empty() {
            messages.extend([Message::new(USER, self.question), Message::new(ASSISTANT, self.answer)]);
        } else {
            messages.extend(self.turns.iter().map(Message::from));
        }
        if !self.context.is_empty()
            && let Some(first) = messages.iter_mut().find(|message| message.role == USER)
        {
            first.content = format!("{}\n\n{}", first.content, self.context).into();
        }
        messages
    }
}

impl<'a> Message<'a> {
    fn new(role: &'static str, content: &'a str) -> Self {
        Self { role, content: content.into() }
    }
}

impl<'a> From<&'a Turn> for Message<'a> {
    fn from(turn: &'a Turn) -> Self {
        let role = match turn.role {
            Role::User => USER,
            Role::Assistant => ASSISTANT,
        };
        Self::new(role, &turn.content)
    }
}
