//! One pair as one line of a data file.

use model::{ExportFormat, Pair};
use serde::Serialize;

use crate::{
    messages::{Message, exchanges, messages},
    preference::{self, Rejected},
};

/// How the lines of a data file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineForm {
    /// Their form.
    pub format: ExportFormat,
    /// Whether they hold the user's system prompt.
    pub include_system_prompts: bool,
    /// Whether lines of Alpaca all have a `history`, since some of them are conversations: readers want the same fields
    /// in every line.
    pub history: bool,
}

/// A pair as one line of JSON, without the line's end. Equal pairs give equal bytes.
///
/// ChatML is `{"messages":[{"role":…,"content":…},…]}`: the pair's turns, or its question and answer
/// where it has none. A context follows the first question behind an empty line. The system prompt
/// leads as a message of its own, if it is asked for and the pair was made under one. A row of Parquet is the same, and
/// this its form in JSON.
///
/// Alpaca is `{"instruction":…,"input":…,"output":…}`: question, context and answer. It has no place
/// for a system prompt. A conversation is its last question and answer, with those before as
/// `"history":[[…,…],…]`.
///
/// ShareGPT is `{"conversations":[{"from":"human","value":…},{"from":"gpt","value":…},…]}`, otherwise like ChatML.
///
/// A preference is `{"prompt":[…],"chosen":[…],"rejected":[…]}`, each of messages; there is one where there is something
/// `rejected`, and only there.
pub fn line(form: LineForm, pair: &Pair, rejected: Option<&Rejected>) -> String {
    let LineForm { format, include_system_prompts, history } = form;
    match (format, rejected) {
        (ExportFormat::Dpo, Some(rejected)) => preference::line(pair, rejected, include_system_prompts),
        (ExportFormat::Chatml | ExportFormat::Parquet | ExportFormat::Dpo, _) => {
            json_line(&ChatMl { messages: messages(pair, include_system_prompts) })
        }
        (ExportFormat::Sharegpt, _) => json_line(&ShareGpt::new(&messages(pair, include_system_prompts))),
        (ExportFormat::Alpaca, _) => alpaca(pair, history),
    }
}

fn alpaca(pair: &Pair, history: bool) -> String {
    let messages = messages(pair, false);
    let exchanges = exchanges(&messages).unwrap_or_default();
    if let [before @ .., (question, answer)] = &*exchanges
        && !before.is_empty()
    {
        return json_line(&Alpaca {
            instruction: question,
            input: "",
            output: answer,
            history: Some(before),
        });
    }
    let Pair { question, context, answer, .. } = pair;
    json_line(&Alpaca {
        instruction: question,
        input: context,
        output: answer,
        history: history.then_some(&[]),
    })
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
struct ShareGpt<'a> {
    conversations: Vec<Said<'a>>,
}

#[derive(Serialize)]
struct Said<'a> {
    from: &'static str,
    value: &'a str,
}

#[derive(Serialize)]
struct Alpaca<'a> {
    instruction: &'a str,
    input: &'a str,
    output: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<&'a [(&'a str, &'a str)]>,
}

impl<'a> ShareGpt<'a> {
    fn new(messages: &'a [Message<'_>]) -> Self {
        let said = |message: &'a Message<'_>| Said {
            from: match message.role {
                "user" => "human",
                "assistant" => "gpt",
                other => other,
            },
            value: &message.content,
        };
        Self { conversations: messages.iter().map(said).collect() }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use model::{GenerationType, Role, Turn};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::pair;

    fn written(format: ExportFormat, pair: &Pair, include_system_prompts: bool) -> String {
        line(LineForm { format, include_system_prompts, history: false }, pair, None)
    }

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
        assert_snapshot!(written(ExportFormat::Chatml, &pair(0), false), @r#"{"messages":[{"role":"user","content":"Which port does replication use?"},{"role":"assistant","content":"TCP port 7420, over TLS 1.3."}]}"#);
        assert_snapshot!(written(ExportFormat::Chatml, &pair(0), true), @r#"{"messages":[{"role":"system","content":"You answer questions on Dunnock."},{"role":"user","content":"Which port does replication use?"},{"role":"assistant","content":"TCP port 7420, over TLS 1.3."}]}"#);
    }

    #[test]
    fn chatml_without_a_system_prompt_has_no_system_message() {
        let pair = Pair { system_prompt: None, ..pair(0) };
        assert_eq!(written(ExportFormat::Chatml, &pair, true), written(ExportFormat::Chatml, &pair, false));
    }

    #[test]
    fn chatml_puts_the_context_behind_the_question() {
        let pair = Pair { context: "A passage.".into(), ..pair(0) };
        assert_snapshot!(written(ExportFormat::Chatml, &pair, false), @r#"{"messages":[{"role":"user","content":"Which port does replication use?\n\nA passage."},{"role":"assistant","content":"TCP port 7420, over TLS 1.3."}]}"#);
    }

    #[test]
    fn chatml_of_a_conversation_has_all_turns_and_the_context_once() {
        let pair = Pair { context: "A passage.".into(), ..conversation() };
        assert_snapshot!(written(ExportFormat::Chatml, &pair, true), @r#"{"messages":[{"role":"system","content":"You answer questions on Dunnock."},{"role":"user","content":"Does it need a network?\n\nA passage."},{"role":"assistant","content":"Only to replicate."},{"role":"user","content":"Which port?"},{"role":"assistant","content":"Port 7420."}]}"#);
    }

    #[test]
    fn alpaca() {
        assert_snapshot!(written(ExportFormat::Alpaca, &pair(0), true), @r#"{"instruction":"Which port does replication use?","input":"","output":"TCP port 7420, over TLS 1.3."}"#);
        let pair = Pair { context: "A passage.".into(), ..pair(0) };
        assert_snapshot!(written(ExportFormat::Alpaca, &pair, false), @r#"{"instruction":"Which port does replication use?","input":"A passage.","output":"TCP port 7420, over TLS 1.3."}"#);
    }

    #[test]
    fn alpaca_of_a_conversation_has_what_came_before_and_so_has_every_line_beside_one() {
        assert_snapshot!(written(ExportFormat::Alpaca, &conversation(), true), @r#"{"instruction":"Which port?","input":"","output":"Port 7420.","history":[["Does it need a network?","Only to replicate."]]}"#);
        let form = LineForm { format: ExportFormat::Alpaca, include_system_prompts: false, history: true };
        assert_snapshot!(line(form, &pair(0), None), @r#"{"instruction":"Which port does replication use?","input":"","output":"TCP port 7420, over TLS 1.3.","history":[]}"#);
    }

    #[test]
    fn sharegpt() {
        let pair = Pair { context: "A passage.".into(), ..conversation() };
        assert_snapshot!(written(ExportFormat::Sharegpt, &pair, true), @r#"{"conversations":[{"from":"system","value":"You answer questions on Dunnock."},{"from":"human","value":"Does it need a network?\n\nA passage."},{"from":"gpt","value":"Only to replicate."},{"from":"human","value":"Which port?"},{"from":"gpt","value":"Port 7420."}]}"#);
    }

    #[test]
    fn line_separators_are_escaped_and_other_characters_are_kept() {
        let answer = "a\nb\r\nc\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{85}\u{2028}\u{2029}ß漢🦀\"\\";
        let pair = Pair { answer: answer.into(), ..pair(0) };
        assert_snapshot!(written(ExportFormat::Alpaca, &pair, false), @r#"{"instruction":"Which port does replication use?","input":"","output":"a\nb\r\nc\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029ß漢🦀\"\\"}"#);
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
            for format in [ExportFormat::Chatml, ExportFormat::Alpaca, ExportFormat::Sharegpt] {
                let line = written(format, &pair, true);
                prop_assert!(!line.contains(LINE_ENDS), "{line:?}");
                prop_assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), expected(format, &pair));
            }
        }
    }

    fn expected(format: ExportFormat, pair: &Pair) -> Value {
        let Pair { question, answer, context, .. } = pair;
        match format {
            ExportFormat::Alpaca => json!({"instruction": question, "input": context, "output": answer}),
            ExportFormat::Sharegpt => {
                let mut said = expected(ExportFormat::Chatml, pair)["messages"].take();
                for message in said.as_array_mut().unwrap() {
                    let from = match message["role"].as_str().unwrap() {
                        "user" => "human",
                        "assistant" => "gpt",
                        other => other,
                    };
                    *message = json!({"from": from, "value": message["content"]});
                }
                json!({ "conversations": said })
            }
            ExportFormat::Chatml | ExportFormat::Parquet | ExportFormat::Dpo => {
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
