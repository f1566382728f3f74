//! A conversation in a reply.

use std::collections::HashSet;

use model::{GenerateSettings, Role, Turn};
use serde_json::{Map, Value};

use super::fields::{check, field, text};
use crate::{Draft, prompt, words};

/// A question with its answer, and the quote that holds it.
struct Exchange {
    question: String,
    answer: String,
    quote: Option<String>,
}

/// The conversation of an item: its exchanges up to the first one that is none.
///
/// # Errors
/// Where it has no whole exchange.
pub(super) fn draft(
    item: &Map<String, Value>,
    settings: &GenerateSettings,
    notes: &mut Vec<String>,
) -> Result<Draft, String> {
    let wanted = prompt::exchanges(settings) as usize;
    let Some(list) =
        field(item, &["exchanges", "turns", "messages", "conversation", "conversations", "dialogue"])
            .and_then(Value::as_array)
    else {
        return Err("it has no turns".into());
    };
    let mut said = HashSet::new();
    let mut exchanges = Vec::new();
    for exchange in read(list) {
        if exchanges.len() == wanted {
            notes.push(format!("it has more than the {wanted} exchanges asked for, which are cut off"));
            break;
        }
        let Exchange { question, answer, quote } = exchange;
        if let Err(reason) = check(&question, &answer) {
            notes.push(format!("it ends before exchange {}: {reason}", exchanges.len() + 1));
            break;
        }
        if said.insert(words::key(&question)) {
            exchanges.push(Exchange { question, answer, quote });
        } else {
            notes.push("an exchange is left out: its question was asked before".into());
        }
    }
    if !exchanges.is_empty() && exchanges.len() < wanted {
        notes.push(format!("it has {} of the {wanted} exchanges asked for", exchanges.len()));
    }
    of(exchanges).ok_or_else(|| "it has no whole exchange".into())
}

/// Exchanges as they are asked for, or turns by role as chats have them.
fn read(list: &[Value]) -> Vec<Exchange> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    for item in list.iter().filter_map(Value::as_object) {
        let quote = text(item, &["quote", "evidence", "source"]).filter(|quote| !quote.is_empty());
        let role = text(item, &["role", "from", "speaker"]).unwrap_or_default().to_lowercase();
        let content = || text(item, &["content", "value", "text"]).unwrap_or_default();
        match role.as_str() {
            "user" | "human" => {
                exchanges.push(Exchange { question: content(), answer: String::new(), quote });
            }
            "assistant" | "gpt" | "model" | "bot" => match exchanges.last_mut() {
                Some(last) if last.answer.is_empty() => {
                    last.answer = content();
                    last.quote = quote.or(last.quote.take());
                }
                // An answer to nothing ends what can be used.
                _ => exchanges.push(Exchange { question: String::new(), answer: content(), quote }),
            },
            "system" => {}
            _ => exchanges.push(Exchange {
                question: text(item, &["question", "user", "q"]).unwrap_or_default(),
                answer: text(item, &["answer", "assistant", "a"]).unwrap_or_default(),
                quote,
            }),
        }
    }
    exchanges
}

fn of(exchanges: Vec<Exchange>) -> Option<Draft> {
    let first = exchanges.first()?;
    let (question, answer) = (first.question.clone(), first.answer.clone());
    let mut draft = Draft { question, answer, ..Draft::default() };
    for Exchange { question, answer, quote } in exchanges {
        draft.turns.push(Turn { role: Role::User, content: question });
        draft.turns.push(Turn { role: Role::Assistant, content: answer });
        draft.turn_quotes.push(quote);
    }
    Some(draft)
}

#[cfg(test)]
mod tests {
    use model::GenerationType;
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::testing::settings;

    fn read(item: &Value) -> Result<(Draft, Vec<String>), String> {
        let mut notes = Vec::new();
        let settings = settings(GenerationType::Conversation);
        draft(item.as_object().unwrap(), &settings, &mut notes).map(|draft| (draft, notes))
    }

    #[rstest]
    #[case::exchanges(json!({"exchanges": [
        {"question": "A?", "answer": "1", "quote": "one"}, {"question": "B?", "answer": "2", "quote": ""}]}))]
    #[case::roles(json!({"turns": [
        {"role": "system", "content": "Be good."}, {"role": "user", "content": "A?"},
        {"role": "assistant", "content": "1", "quote": "one"}, {"role": "User", "content": "B?"},
        {"role": "assistant", "content": "2"}]}))]
    #[case::sharegpt(json!({"conversations": [
        {"from": "human", "value": "A?"}, {"from": "gpt", "value": "1", "quote": "one"},
        {"from": "human", "value": "B?"}, {"from": "gpt", "value": "2"}]}))]
    fn conversations_have_forms(#[case] item: Value) {
        let (draft, notes) = read(&item).unwrap();
        assert_eq!((draft.question.as_str(), draft.answer.as_str()), ("A?", "1"));
        let turns: Vec<_> = draft.turns.iter().map(|turn| (turn.role, turn.content.as_str())).collect();
        let (user, assistant) = (Role::User, Role::Assistant);
        assert_eq!(turns, [(user, "A?"), (assistant, "1"), (user, "B?"), (assistant, "2")]);
        assert_eq!(draft.turn_quotes, [Some("one".into()), None]);
        assert!(notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn a_conversation_ends_where_it_breaks_off_and_is_no_longer_than_asked_for() {
        let exchange = |question: &str, answer: &str| json!({"question": question, "answer": answer});
        let (draft, notes) = read(&json!({"exchanges": [exchange("A?", "1"), exchange("B?", "")]})).unwrap();
        assert_eq!((draft.turns.len(), notes.len()), (2, 2));
        let many: Vec<_> = ["A?", "a", "B?", "C?"].iter().map(|question| exchange(question, "1")).collect();
        let (draft, notes) = read(&json!({"exchanges": many})).unwrap();
        assert_eq!(draft.turns.len(), 4);
        assert!(notes[0].contains("asked before") && notes[1].contains("cut off"), "{notes:?}");
        assert!(read(&json!({"exchanges": [exchange("A?", "")]})).is_err());
        assert!(read(&json!({"question": "A?"})).is_err());
        assert!(read(&json!({"turns": [{"role": "assistant", "content": "1"}]})).is_err());
    }
}
