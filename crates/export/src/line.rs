//! One pair as one line of a data file.

use std::borrow::Cow;

use model::{ExportFormat, Pair, Role, Turn};
use serde::Serialize;

/// A pair as one line of JSON, without the line's end. Equal pairs give equal bytes.
///
/// ChatML is `{"messages":[{"role":…,"content":…},…]}`: the pair's turns, or its question and answer
/// where it has none. A context follows the first question behind an empty line. The system prompt
/// leads as a message of its own, if it is asked for and the pair was made under one.
///
/// Alpaca is `{"instruction":…,"input":…,"output":…}`: question, context and answer. It has no place
/// for a system prompt nor for later turns.
pub fn line(format: ExportFormat, pair: &Pair, include_system_prompts: bool) -> String {
    match format {
        ExportFormat::Chatml => json_line(&ChatMl::new(pair, include_system_prompts)),
        ExportFormat::Alpaca => {
            json_line(&Alpaca { instruction: &pair.question, input: &pair.context, output: &pair.answer })
        }
    }
}

/// A value as JSON that every reader sees as one line. JSON itself escapes the control characters
/// under U+0020; the three line separators above them are for us to escape.
pub(crate) fn json_line(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).expect("strings, numbers and lists of them are always JSON");
    if !json.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return json;
    }
    // Outside of strings JSON is ASCII, so that whatever is replaced stands in a string.
    json.replace('\u{85}', r"\u0085").replace('\u{2028}', r"\u2028").replace('\u{2029}', r"\u2029")
}

#[derive(Serialize)]
struct ChatMl<'a> {
    messages: Vec<Message<'a>>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Cow<'a, str>,
}

#[derive(Serialize)]
struct Alpaca<'a> {
    instruction: &'a str,
    input: &'a str,
    output: &'a str,
}

impl<'a> ChatMl<'a> {
    fn new(pair: &'a Pair, include_system_prompts: bool) -> Self {
        let system = pair.system_prompt.as_deref().filter(|_| include_system_prompts);
        let mut messages: Vec<_> = system.map(|prompt| Message::new("system", prompt)).into_iter().collect();
        if pair.turns.is_empty() {
            messages.extend([Message::new("user", &pair.question), Message::new("assistant", &pair.answer)]);
        } else {
            messages.extend(pair.turns.iter().map(Message::from));
        }
        if !pair.context.is_empty()
            && let Some(first) = messages.iter_mut().find(|message| message.role == "user")
        {
            first.content = format!("{}\n\n{}", first.content, pair.context).into();
        }
        Self { messages }
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
            Role::User => "user",
            Role::Assistant => "assistant",
        };
        Self::new(role, &turn.content)
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use model::GenerationType;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::pair;

    fn conversation() -> Pair {
        let turn = |role, content: &str| Turn { role, content: content.into() };
        Pair {
            generation_type: GenerationType::Conversation,
            turns: vec![
                turn(Role::User, "Does it need a network?"),
                turn(Role::Assistant, "Only to replicate."),
                turn(Role::User, "Which port?"),
                turn(Role::Assistant, "Port 7420."),
            ],
            ..pair(0)
        }
    }

    #[test]
    fn chatml() {
        assert_snapshot!(line(ExportFormat::Chatml, &pair(0), false), @r#"{"messages":[{"role":"user","content":"Which port does replication use?"},{"role":"assistant","content":"TCP port 7420, over TLS 1.3."}]}"#);
        assert_snapshot!(line(ExportFormat::Chatml, &pair(0), true), @r#"{"messages":[{"role":"system","content":"You answer questions on Dunnock."},{"role":"user","content":"Which port does replication use?"},{"role":"assistant","content":"TCP port 7420, over TLS 1.3."}]}"#);
    }

    #[test]
    fn chatml_without_a_system_prompt_has_no_system_message() {
        let pair = Pair { system_prompt: None, ..pair(0) };
        assert_eq!(line(ExportFormat::Chatml, &pair, true), line(ExportFormat::Chatml, &pair, false));
    }

    #[test]
    fn chatml_puts_the_context_behind_the_question() {
        let pair = Pair { context: "A passage.".into(), ..pair(0) };
        assert_snapshot!(line(ExportFormat::Chatml, &pair, false), @r#"{"messages":[{"role":"user","content":"Which port does replication use?\n\nA passage."},{"role":"assistant","content":"TCP port 7420, over TLS 1.3."}]}"#);
    }

    #[test]
    fn chatml_of_a_conversation_has_all_turns_and_the_context_once() {
        let pair = Pair { context: "A passage.".into(), ..conversation() };
        assert_snapshot!(line(ExportFormat::Chatml, &pair, true), @r#"{"messages":[{"role":"system","content":"You answer questions on Dunnock."},{"role":"user","content":"Does it need a network?\n\nA passage."},{"role":"assistant","content":"Only to replicate."},{"role":"user","content":"Which port?"},{"role":"assistant","content":"Port 7420."}]}"#);
    }

    #[test]
    fn alpaca() {
        assert_snapshot!(line(ExportFormat::Alpaca, &pair(0), true), @r#"{"instruction":"Which port does replication use?","input":"","output":"TCP port 7420, over TLS 1.3."}"#);
        let pair = Pair { context: "A passage.".into(), ..conversation() };
        assert_snapshot!(line(ExportFormat::Alpaca, &pair, false), @r#"{"instruction":"Which port does replication use?","input":"A passage.","output":"TCP port 7420, over TLS 1.3."}"#);
    }

    #[test]
    fn line_separators_are_escaped_and_other_characters_are_kept() {
        let answer = "a\nb\r\nc\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{85}\u{2028}\u{2029}ß漢🦀\"\\";
        let pair = Pair { answer: answer.into(), ..pair(0) };
        assert_snapshot!(line(ExportFormat::Alpaca, &pair, false), @r#"{"instruction":"Which port does replication use?","input":"","output":"a\nb\r\nc\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029ß漢🦀\"\\"}"#);
    }

    /// Whatever some reader takes for the end of a line; the list is that of Python's `splitlines`.
    const LINE_ENDS: [char; 11] =
        ['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}', '\0'];

    fn text() -> impl Strategy<Value = String> {
        let char = prop_oneof![4 => any::<char>(), 1 => prop::sample::select(&LINE_ENDS)];
        prop::collection::vec(char, 0..40).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn a_line_is_one_line_and_reads_back(
            question in text(), answer in text(), context in text(), system in prop::option::of(text())
        ) {
            let pair = Pair { question, answer, context, system_prompt: system, ..pair(0) };
            for format in [ExportFormat::Chatml, ExportFormat::Alpaca] {
                let line = line(format, &pair, true);
                prop_assert!(!line.contains(LINE_ENDS), "{line:?}");
                prop_assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), expected(format, &pair));
            }
        }
    }

    fn expected(format: ExportFormat, pair: &Pair) -> Value {
        let Pair { question, answer, context, .. } = pair;
        match format {
            ExportFormat::Alpaca => json!({"instruction": question, "input": context, "output": answer}),
            ExportFormat::Chatml => {
                let user =
                    if context.is_empty() { question.clone() } else { format!("{question}\n\n{context}") };
                let system = pair.system_prompt.iter().map(|text| json!({"role": "system", "content": text}));
                let messages: Vec<_> = system
                    .chain([
                        json!({"role": "user", "content": user}),
                        json!({"role": "assistant", "content": answer}),
                    ])
                    .collect();
                json!({"messages": messages})
            }
        }
    }
}
