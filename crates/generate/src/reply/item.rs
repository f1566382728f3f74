//! One pair of a reply.

use model::Difficulty;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{Draft, words};

/// The most characters of a question.
pub(super) const MAX_QUESTION: usize = 2_000;

/// The most characters of an answer.
const MAX_ANSWER: usize = 20_000;

/// One pair, and what about it could not be used.
///
/// # Errors
/// Why it is no pair.
pub(super) fn draft(value: &Value) -> Result<(Draft, Vec<String>), String> {
    let Value::Object(item) = value else { return Err("it is no object".into()) };
    let question = text(item, &["question", "q", "instruction", "prompt", "query"]).unwrap_or_default();
    let answer = text(item, &["answer", "a", "output", "response", "completion"]).unwrap_or_default();
    let input = text(item, &["input"]).unwrap_or_default();
    // With `output` alone beside it, `input` is the question; with an instruction, what goes with it.
    let (question, context) = if question.is_empty() { (input, String::new()) } else { (question, input) };
    check(&question, &answer)?;
    if context.chars().nth(MAX_ANSWER).is_some() {
        return Err("its input is too long".into());
    }
    let mut notes = Vec::new();
    let draft = Draft {
        question_type: word(item, &["question_type", "type"], &mut notes),
        difficulty: word::<Difficulty>(item, &["difficulty", "level"], &mut notes),
        quote: text(item, &["quote", "evidence", "source"]).filter(|quote| !quote.is_empty()),
        question,
        answer,
        context,
        ..Draft::default()
    };
    Ok((draft, notes))
}

fn check(question: &str, answer: &str) -> Result<(), String> {
    if question.is_empty() {
        return Err("it has no question".into());
    }
    if answer.is_empty() {
        return Err("it has no answer".into());
    }
    if question.chars().nth(MAX_QUESTION).is_some() {
        return Err(format!("its question has more than {MAX_QUESTION} characters"));
    }
    if answer.chars().nth(MAX_ANSWER).is_some() {
        return Err(format!("its answer has more than {MAX_ANSWER} characters"));
    }
    if words::key(question) == words::key(answer) {
        return Err("its answer is its question".into());
    }
    Ok(())
}

/// The first of these that is there, as text: lists become lines, numbers their digits.
fn text(item: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let value = names.iter().find_map(|name| {
        item.iter().find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    })?;
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(lines) => {
            let lines: Option<Vec<_>> = lines.iter().map(Value::as_str).collect();
            lines.map(|lines| lines.join("\n").trim().to_owned())
        }
        _ => None,
    }
}

/// One of our own words, however it is spelled.
fn word<T: DeserializeOwned>(
    item: &Map<String, Value>,
    names: &[&str],
    notes: &mut Vec<String>,
) -> Option<T> {
    let said = text(item, names).filter(|said| !said.is_empty())?;
    let word: String = said.to_lowercase().replace(['_', ' ', '/'], "-").chars().take(40).collect();
    let known = serde_json::from_value(Value::String(word.clone())).ok().or_else(|| {
        let ours = match word.as_str() {
            "howto" | "procedural" | "instructional" => "how-to",
            "api" | "code" => "api-code",
            "definition" | "definitional" => "conceptual",
            "comparison" => "comparative",
            _ => return None,
        };
        serde_json::from_value(Value::String(ours.into())).ok()
    });
    if known.is_none() {
        notes.push(format!("`{word}` is no {}", names[0].replace('_', " ")));
    }
    known
}

#[cfg(test)]
mod tests {
    use model::QuestionType;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!({"question": "Q?", "answer": "A."}), "Q?", "A.", "")]
    #[case(json!({"Q": " Q? ", "A": "A."}), "Q?", "A.", "")]
    #[case(json!({"instruction": "Do.", "input": "It.", "output": "Done."}), "Do.", "Done.", "It.")]
    #[case(json!({"input": "Q?", "output": "A."}), "Q?", "A.", "")]
    #[case(json!({"prompt": "Q?", "response": 12}), "Q?", "12", "")]
    #[case(json!({"question": "Q?", "answer": ["1. Open", "2. Close"]}), "Q?", "1. Open\n2. Close", "")]
    fn keys_have_synonyms(
        #[case] item: Value,
        #[case] question: &str,
        #[case] answer: &str,
        #[case] context: &str,
    ) {
        let (draft, notes) = draft(&item).unwrap();
        assert_eq!((draft.question.as_str(), draft.answer.as_str()), (question, answer));
        assert_eq!(draft.context, context);
        assert!(notes.is_empty());
    }

    #[rstest]
    #[case(json!("Q?"), "it is no object")]
    #[case(json!({"question": "", "answer": "A."}), "it has no question")]
    #[case(json!({"question": "Q?", "answer": {"a": 1}}), "it has no answer")]
    #[case(json!({"question": "Why?", "answer": "why"}), "its answer is its question")]
    #[case(json!({"question": "é".repeat(2001), "answer": "A."}), "its question has more than 2000 characters")]
    #[case(json!({"question": "Q?", "answer": "é".repeat(20_001)}), "its answer has more than 20000 characters")]
    fn what_is_no_pair_says_why(#[case] item: Value, #[case] reason: &str) {
        assert_eq!(draft(&item).unwrap_err(), reason);
    }

    #[rstest]
    #[case("How_To", Some(QuestionType::HowTo), 0)]
    #[case("API/code", Some(QuestionType::ApiCode), 0)]
    #[case("definition", Some(QuestionType::Conceptual), 0)]
    #[case("riddle", None, 1)]
    #[case("", None, 0)]
    fn types_are_read_however_spelled(
        #[case] said: &str,
        #[case] expected: Option<QuestionType>,
        #[case] remarks: usize,
    ) {
        let (draft, notes) =
            draft(&json!({"question": "Q?", "answer": "A.", "question_type": said})).unwrap();
        assert_eq!((draft.question_type, notes.len()), (expected, remarks));
    }
}
