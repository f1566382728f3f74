//! Lines of datasets that were made elsewhere, read as drafts of pairs.

use model::{ImportFormat, Role, Turn};
use serde::Deserialize;

use crate::Draft;

/// The most bytes of a line.
pub const MAX_LINE: usize = 1 << 20;

/// What a line holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Imported {
    /// The pair: with turns where it has more than one exchange.
    pub draft: Draft,
    /// The system prompt that it came with.
    pub system_prompt: Option<String>,
}

/// Reads a line.
///
/// # Errors
/// What is wrong with it, in words for the user.
pub fn read(line: &str, format: ImportFormat) -> Result<Imported, String> {
    if line.len() > MAX_LINE {
        return Err(format!("the line is longer than {MAX_LINE} bytes"));
    }
    // What was no UTF-8 has become this.
    if line.contains(char::REPLACEMENT_CHARACTER) {
        return Err("the line holds bytes that are no UTF-8, or U+FFFD in their place".into());
    }
    let read = match format {
        ImportFormat::Chatml => parsed::<Chatml>(line, "messages")?.messages(),
        ImportFormat::Sharegpt => parsed::<ShareGpt>(line, "conversations")?.messages(),
        ImportFormat::Alpaca => return parsed::<Alpaca>(line, "instruction and output")?.imported(),
    };
    exchange(read?)
}

fn parsed<'l, T: Deserialize<'l>>(line: &'l str, needs: &str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| {
        // The place within a line is a column alone.
        let error = error.to_string().replace(" at line 1 column", ", column");
        format!("it is no JSON object with {needs}: {error}")
    })
}

#[derive(Deserialize)]
struct Chatml {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: Content,
}

/// A text, or the parts of one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    text: String,
}

#[derive(Deserialize)]
struct ShareGpt {
    conversations: Vec<Said>,
    #[serde(default)]
    system: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    from: String,
    value: String,
}

#[derive(Deserialize)]
struct Alpaca {
    instruction: String,
    #[serde(default)]
    input: Option<String>,
    output: String,
    #[serde(default)]
    system: Option<String>,
    #[serde(default)]
    history: Option<Vec<(String, String)>>,
}

/// Who says what, by the role's name.
type Messages = Vec<(String, String)>;

impl Chatml {
    fn messages(self) -> Result<Messages, String> {
        let text = |content| match content {
            Content::Text(text) => text,
            Content::Parts(parts) => parts.into_iter().map(|part| part.text).collect(),
        };
        Ok(self.messages.into_iter().map(|Message { role, content }| (role, text(content))).collect())
    }
}

impl ShareGpt {
    fn messages(self) -> Result<Messages, String> {
        let role = |from: String| match from.as_str() {
            "human" => "user".to_owned(),
            "gpt" | "chatgpt" | "model" => "assistant".to_owned(),
            _ => from,
        };
        let system = self.system.filter(|system| !system.trim().is_empty());
        let said = self.conversations.into_iter().map(|Said { from, value }| (role(from), value));
        Ok(system.map(|system| ("system".to_owned(), system)).into_iter().chain(said).collect())
    }
}

impl Alpaca {
    fn imported(self) -> Result<Imported, String> {
        let Self { instruction, input, output, system, history } = self;
        let input = input.unwrap_or_default();
        let history = history.unwrap_or_default();
        let mut messages: Messages = Vec::with_capacity(history.len() * 2 + 2);
        for (asked, said) in history {
            messages.extend([("user".to_owned(), asked), ("assistant".to_owned(), said)]);
        }
        let is_conversation = !messages.is_empty();
        // In an exchange of several turns nothing stands beside a question.
        let asked = match input.trim().is_empty() || !is_conversation {
            true => instruction,
            false => format!("{instruction}\n\n{input}"),
        };
        messages.extend([("user".to_owned(), asked), ("assistant".to_owned(), output)]);
        let mut imported = exchange(messages)?;
        imported.system_prompt = system.filter(|system| !system.trim().is_empty());
        if !is_conversation && !input.trim().is_empty() {
            imported.draft.context = input;
        }
        Ok(imported)
    }
}

/// One exchange, or several in turn; a system prompt may stand before them.
fn exchange(messages: Messages) -> Result<Imported, String> {
    let mut messages = messages.into_iter().peekable();
    let system = messages.next_if(|(role, _)| matches!(role.as_str(), "system" | "developer"));
    let mut turns = Vec::new();
    for (at, (role, content)) in messages.enumerate() {
        let expected = if at % 2 == 0 { Role::User } else { Role::Assistant };
        let name = if at % 2 == 0 { "user" } else { "assistant" };
        if role != name {
            let role: String = role.chars().take(30).collect();
            return Err(format!("message {} is of {role:?}, where one of {name:?} has to be", at + 1));
        }
        if content.trim().is_empty() {
            return Err(format!("message {} is empty", at + 1));
        }
        turns.push(Turn { role: expected, content });
    }
    match turns.len() {
        0 => return Err("it has no messages".into()),
        count if count % 2 == 1 => return Err("its last message is a question without an answer".into()),
        _ => {}
    }
    let (question, answer) = (turns[0].content.clone(), turns[1].content.clone());
    let turns = if turns.len() > 2 { turns } else { Vec::new() };
    let system_prompt = system.map(|(_, content)| content).filter(|content| !content.trim().is_empty());
    Ok(Imported { draft: Draft { question, answer, turns, ..Draft::default() }, system_prompt })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn draft(question: &str, answer: &str) -> Draft {
        Draft { question: question.into(), answer: answer.into(), ..Draft::default() }
    }

    #[rstest]
    #[case(ImportFormat::Chatml, json!({"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}))]
    #[case(ImportFormat::Chatml, json!({"tools": [], "messages": [{"role": "user", "content": [{"type": "text", "text": "q"}]}, {"role": "assistant", "content": "a", "weight": 1}]}))]
    #[case(ImportFormat::Sharegpt, json!({"id": 7, "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}))]
    #[case(ImportFormat::Alpaca, json!({"instruction": "q", "input": "", "output": "a", "history": []}))]
    #[case(ImportFormat::Alpaca, json!({"instruction": "q", "output": "a"}))]
    fn one_exchange_is_a_question_and_its_answer(
        #[case] format: ImportFormat,
        #[case] line: serde_json::Value,
    ) {
        let expected = Imported { draft: draft("q", "a"), system_prompt: None };
        assert_eq!(read(&line.to_string(), format), Ok(expected));
    }

    #[test]
    fn what_stands_beside_the_messages_is_kept() {
        let line = json!({"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"},
            {"role": "assistant", "content": "a"}]});
        assert_eq!(read(&line.to_string(), ImportFormat::Chatml).unwrap().system_prompt, Some("s".into()));
        let line = json!({"system": "s", "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]});
        assert_eq!(read(&line.to_string(), ImportFormat::Sharegpt).unwrap().system_prompt, Some("s".into()));
        let line = json!({"instruction": "q", "input": "c", "output": "a", "system": "s"});
        let read = read(&line.to_string(), ImportFormat::Alpaca).unwrap();
        assert_eq!((read.draft.context, read.system_prompt), ("c".into(), Some("s".into())));
    }

    #[test]
    fn several_exchanges_are_turns() {
        let line = json!({"instruction": "q2", "input": "c", "output": "a2", "history": [["q1", "a1"]]});
        let alpaca = read(&line.to_string(), ImportFormat::Alpaca).unwrap().draft;
        let said: Vec<_> = alpaca.turns.iter().map(|turn| turn.content.as_str()).collect();
        assert_eq!(said, ["q1", "a1", "q2\n\nc", "a2"]);
        assert_eq!(
            (alpaca.question.as_str(), alpaca.answer.as_str(), alpaca.context.as_str()),
            ("q1", "a1", "")
        );
    }

    #[rstest]
    #[case("{", "it is no JSON object with messages: EOF while parsing an object, column 1")]
    #[case("[1]", "it is no JSON object with messages: ")]
    #[case(r#"{"instruction": "q", "output": "a"}"#, "missing field `messages`")]
    #[case(r#"{"messages": []}"#, "it has no messages")]
    #[case(
        r#"{"messages": [{"role": "user", "content": "q"}]}"#,
        "its last message is a question without an answer"
    )]
    #[case(
        r#"{"messages": [{"role": "assistant", "content": "q"}]}"#,
        r#"message 1 is of "assistant", where one of "user" has to be"#
    )]
    #[case(r#"{"messages": [{"role": "user", "content": " "}]}"#, "message 1 is empty")]
    #[case("\u{FFFD}", "no UTF-8")]
    fn what_is_wrong_is_named(#[case] line: &str, #[case] reason: &str) {
        let error = read(line, ImportFormat::Chatml).unwrap_err();
        assert!(error.contains(reason), "{error}");
    }

    #[test]
    fn a_line_has_a_bound() {
        assert!(read(&"x".repeat(MAX_LINE + 1), ImportFormat::Chatml).unwrap_err().contains("longer than"));
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in any::<String>(), at in 0_usize..3) {
            let _ = read(&line, ImportFormat::ALL[at]);
        }
    }
}
