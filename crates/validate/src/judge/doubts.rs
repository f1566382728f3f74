//! The second call: what the local measure found hard to believe, and the judge did not mind.

use llm::{ChatError, ChatRequest, JsonSchema, MessageRole, prompt::line};
use model::{Doubt, FlagCode, Judgement, Passage};
use serde_json::{Value, json};

use super::{
    Case, Judge,
    ask::{in_passage, message, object, outside, system},
    hold::Source,
    read::{list, numbered, simple},
};
use crate::sentences::Text;

/// The most that a judge's score is while a doubt stands.
const CAP: f64 = 0.5;

/// Tokens of a reply that a doubt may take, generously.
const DOUBT_TOKENS: u32 = 160;

/// The most characters of what was found that are shown.
const MAX_LINE: usize = 500;

/// A flag of one of the cases.
struct Open<'a> {
    case: usize,
    code: FlagCode,
    detail: &'a str,
}

/// Asks the judge about what stands against the pairs that it thinks well of, and caps its score of those where that
/// is not cleared up. A reply that cannot be read clears nothing.
pub(super) async fn settle(
    judge: &Judge<'_>,
    passage: &Passage,
    source: &Source<'_>,
    cases: &[Case<'_>],
    judgements: &mut [Judgement],
) -> Result<(), ChatError> {
    let high = |judgement: &Judgement| judgement.grounding_score.is_some_and(|score| score > CAP);
    let open: Vec<Open<'_>> = (0..)
        .zip(cases.iter().zip(&*judgements))
        .filter(|(_, (_, judgement))| high(judgement))
        .flat_map(|(at, (case, _))| {
            let hard = case.local.flags.iter().filter(|flag| is_hard(flag.code));
            hard.map(move |flag| Open { case: at, code: flag.code, detail: &flag.detail })
        })
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    let reply = judge.call(&request(judge, passage, cases, &open)).await?;
    let cleared = reply.map(|reply| read(&reply.content, open.len())).unwrap_or_default();
    for (at, doubt) in open.iter().enumerate() {
        let quote = cleared.get(at).and_then(Option::as_deref);
        let cleared = quote.is_some_and(|quote| clears(source, &cases[doubt.case], quote));
        let judgement = &mut judgements[doubt.case];
        judgement.doubts.push(Doubt { code: doubt.code, cleared });
        if !cleared {
            judgement.grounding_score = judgement.grounding_score.map(|score| score.min(CAP));
        }
    }
    Ok(())
}

/// What one word can make wrong.
fn is_hard(code: FlagCode) -> bool {
    matches!(code, FlagCode::UnsupportedNumber | FlagCode::UnsupportedName | FlagCode::Negation)
}

/// Whether a quote stands in the source and has a word in common with the answer: just any quote clears nothing.
fn clears(source: &Source<'_>, case: &Case<'_>, quote: &str) -> bool {
    let Some(found) = source.find(quote) else { return false };
    let quoted = Text::new(found.words, None);
    case.exchanges.iter().any(|(_, answer)| {
        let answer = Text::new(answer, None);
        let content = answer.tokens.iter().filter(|token| token.is_content());
        content.into_iter().any(|token| quoted.tokens.iter().any(|other| other.key == token.key))
    })
}

fn request(judge: &Judge<'_>, passage: &Passage, cases: &[Case<'_>], open: &[Open<'_>]) -> ChatRequest {
    let shown = open.iter().zip(1..).map(|(doubt, number)| {
        let said = cases[doubt.case].exchanges.iter().map(|(question, answer)| {
            format!("Question: {}\nAnswer: {}\n", outside(question.trim()), outside(answer.trim()))
        });
        let said: String = said.collect();
        format!("Doubt {number}\n{said}Found: {}", line(doubt.detail, MAX_LINE))
    });
    let shown = shown.collect::<Vec<_>>().join("\n\n");
    let count = open.len().to_string();
    let user = in_passage("doubts user", passage, &[("count", Some(&count)), ("pairs", Some(&shown))]);
    let entry = object(&[
        ("doubt", json!({"type": "integer"})),
        ("quote", json!({"type": "string"})),
        ("verdict", json!({"type": "string", "enum": ["cleared", "stands"]})),
    ]);
    let schema = object(&[("doubts", json!({"type": "array", "items": entry}))]);
    let doubts = u32::try_from(open.len()).unwrap_or(u32::MAX);
    ChatRequest {
        model: judge.model.to_owned(),
        messages: vec![system("doubts system"), message(MessageRole::User, user)],
        temperature: 0.0,
        seed: Some(judge.seed),
        max_tokens: Some(doubts.saturating_mul(DOUBT_TOKENS).saturating_add(128)),
        schema: Some(JsonSchema { name: "doubts".into(), schema }),
    }
}

/// The quote by which each doubt is said to be cleared; `None` where it is not.
fn read(content: &str, count: usize) -> Vec<Option<String>> {
    let Ok(reading) = llm::read_json(content) else { return Vec::new() };
    let Some(entries) = list(&reading.value, &["doubts", "items", "results"], count == 1) else {
        return Vec::new();
    };
    let cleared = |entry: &Value| {
        let word = simple(entry.get("verdict")?.as_str()?);
        let quote = entry.get("quote")?.as_str()?;
        (word == "cleared").then(|| llm::prompt::tags::restore(quote))
    };
    numbered(&entries, "doubt", count).into_iter().map(|entry| cleared(entry?)).collect()
}
