//! A judge's reply to verdicts and answers: what cannot be read is missing, and never good.

use llm::prompt::tags;
use model::{ItemAnswer, QualityItem, Verdict};
use serde_json::{Map, Value};

use super::{Case, Items, Sentences};

/// Of fewer items than this share nothing is told about the others.
const ENOUGH_ITEMS: usize = QualityItem::ALL.len() / 2;

/// What a judge says of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) verdict: Verdict,
    pub(super) quote: String,
}

/// What could be read of a pair: all of its sentences or none, and enough items or none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SaidOfPair {
    pub(super) sentences: Option<Sentences>,
    pub(super) items: Option<Items>,
}

impl SaidOfPair {
    /// Takes what was missing so far from another reply.
    pub(super) fn add(&mut self, more: Self) {
        self.sentences = self.sentences.take().or(more.sentences);
        self.items = self.items.take().or(more.items);
    }
}

/// What is still missing, in words for the judge; `None` where nothing is.
pub(super) fn missing(said: &[SaidOfPair]) -> Option<String> {
    let pairs = |is: fn(&SaidOfPair) -> bool| {
        let numbers =
            (1..).zip(said).filter(|(_, said)| is(said)).map(|(number, _): (usize, _)| number.to_string());
        Some(numbers.collect::<Vec<_>>().join(", ")).filter(|numbers| !numbers.is_empty())
    };
    let verdicts = pairs(|said| said.sentences.is_none());
    let items = pairs(|said| said.items.is_none());
    let verdicts = verdicts.map(|pairs| format!("not every sentence of pair {pairs} has a verdict"));
    let items = items.map(|pairs| format!("the items of pair {pairs} are not answered"));
    match (verdicts, items) {
        (Some(verdicts), Some(items)) => Some(format!("{verdicts}, and {items}")),
        (one, other) => one.or(other),
    }
}

/// What a reply says of each of the pairs.
///
/// # Errors
/// Why nothing of it can be read, in words for the judge.
pub(super) fn pairs(content: &str, cases: &[Case<'_>]) -> Result<Vec<SaidOfPair>, String> {
    let value = llm::read_json(content).map_err(|error| error.to_string())?.value;
    let entries = list(&value, &["pairs", "judgements", "results", "verdicts", "items"], cases.len() == 1)
        .ok_or("it holds no `pairs`")?;
    let entries = numbered(&entries, "pair", cases.len());
    let of_case = |(entry, case): (Option<&Value>, &Case<'_>)| {
        let Some(entry) = entry else { return SaidOfPair::default() };
        SaidOfPair { sentences: sentences(entry, case.parts().len()), items: items(entry) }
    };
    Ok(entries.into_iter().zip(cases).map(of_case).collect())
}

/// The list in a reply: the list itself, the one under a known name, or a single entry without a list.
pub(super) fn list<'a>(value: &'a Value, names: &[&str], one: bool) -> Option<Vec<&'a Value>> {
    match value {
        Value::Array(entries) => Some(entries.iter().collect()),
        Value::Object(object) => {
            let named = names.iter().find_map(|name| object.get(*name)?.as_array());
            named.map(|entries| entries.iter().collect()).or_else(|| one.then(|| vec![value]))
        }
        _ => None,
    }
}

/// The entries in the order of their numbers, where these are good; else in theirs, if there are just so many.
pub(super) fn numbered<'a>(entries: &[&'a Value], name: &str, count: usize) -> Vec<Option<&'a Value>> {
    let number = |entry: &Value| {
        let number = entry.get(name)?;
        let number = number.as_u64().or_else(|| number.as_str()?.trim().parse().ok())?;
        usize::try_from(number).ok()?.checked_sub(1).filter(|number| *number < count)
    };
    let mut placed = vec![None; count];
    let mut good = true;
    for entry in entries {
        match number(entry) {
            Some(number) if placed[number].is_none() => placed[number] = Some(*entry),
            _ => good = false,
        }
    }
    if good {
        placed
    } else if entries.len() == count {
        entries.iter().map(|entry| Some(*entry)).collect()
    } else {
        vec![None; count]
    }
}

fn sentences(entry: &Value, count: usize) -> Option<Sentences> {
    if count == 0 {
        return Some(Vec::new());
    }
    let one = count == 1 && entry.get("verdict").is_some();
    let entries = list(entry, &["sentences", "verdicts"], one)?;
    numbered(&entries, "sentence", count).into_iter().map(|entry| said(entry?)).collect()
}

fn said(entry: &Value) -> Option<Said> {
    let verdict = match entry {
        Value::Object(object) => object.get("verdict")?,
        only => only,
    };
    let quote = entry.get("quote").and_then(Value::as_str).unwrap_or("");
    Some(Said { verdict: verdict_of(verdict.as_str()?)?, quote: tags::restore(quote) })
}

/// A verdict in its word. A number is none: it tells nothing about what was seen.
fn verdict_of(word: &str) -> Option<Verdict> {
    Some(match simple(word).as_str() {
        "supported" | "fully supported" => Verdict::Supported,
        "partial" | "partially supported" | "partly supported" => Verdict::Partial,
        "unsupported" | "not supported" | "contradicted" => Verdict::Unsupported,
        _ => return None,
    })
}

fn items(entry: &Value) -> Option<Items> {
    let object = entry.get("items").or(Some(entry)).and_then(Value::as_object)?;
    let read: Items =
        QualityItem::ALL.iter().filter_map(|item| Some((*item, answer(object, *item)?))).collect();
    (read.len() >= ENOUGH_ITEMS).then_some(read)
}

fn answer(object: &Map<String, Value>, item: QualityItem) -> Option<ItemAnswer> {
    match object.get(item.as_str())? {
        Value::Bool(true) => Some(ItemAnswer::Yes),
        Value::Bool(false) => Some(ItemAnswer::No),
        Value::String(word) => match simple(word).as_str() {
            "yes" => Some(ItemAnswer::Yes),
            "no" => Some(ItemAnswer::No),
            "not applicable" | "n/a" | "na" => Some(ItemAnswer::NotApplicable),
            _ => None,
        },
        _ => None,
    }
}

/// A word in lower case, without marks at its ends.
pub(super) fn simple(word: &str) -> String {
    word.trim().trim_end_matches('.').replace('_', " ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use model::Scores;
    use rstest::rstest;

    use super::*;

    const ITEMS: &str = r#""items": {"answers": "yes", "complete": "No", "accurate": true, "form": "n/a",
        "useful": "not_applicable", "natural": "yes", "specific": 0.9}"#;

    fn read(content: &str, answers: &[&str]) -> Result<Vec<SaidOfPair>, String> {
        let local = Scores::default();
        let cases: Vec<_> = answers.iter().map(|answer| Case::new("What?", answer, &local)).collect();
        pairs(content, &cases)
    }

    fn words(said: &SaidOfPair) -> Option<Vec<Verdict>> {
        said.sentences.as_ref().map(|said| said.iter().map(|said| said.verdict).collect())
    }

    #[test]
    fn verdicts_and_answers_are_read_by_their_numbers() {
        let content = format!(
            r#"{{"pairs": [
                {{"pair": 2, "sentences": [{{"sentence": 1, "verdict": "partial", "quote": "q"}}], {ITEMS}}},
                {{"pair": "1", "sentences": [{{"sentence": 2, "verdict": "Supported", "quote": "a"}},
                    {{"sentence": 1, "verdict": "not supported"}}], {ITEMS}}}]}}"#
        );
        let said = read(&content, &["One is. Two is.", "Three is."]).unwrap();
        assert_eq!(words(&said[0]), Some(vec![Verdict::Unsupported, Verdict::Supported]));
        assert_eq!(words(&said[1]), Some(vec![Verdict::Partial]));
        let items = said[0].items.clone().unwrap();
        assert_eq!(items.len(), 6, "a number is no answer");
        assert_eq!(items[&QualityItem::Complete], ItemAnswer::No);
        assert_eq!(missing(&said), None);
    }

    #[rstest]
    #[case::a_number("0.9")]
    #[case::a_score(r#"{"score": 0.9}"#)]
    #[case::scores(r#"{"pairs": [{"pair": 1, "sentences": [0.9], "items": {"answers": 0.9}}]}"#)]
    #[case::garbled(r#"{"pairs": [{"pair": 1, "sent"#)]
    #[case::odd_words(r#"{"pairs": [{"pair": 1, "sentences": [{"sentence": 1, "verdict": "good"}]}]}"#)]
    #[case::too_many(r#"{"pairs": [{"sentences": ["supported", "supported"]}]}"#)]
    #[case::nothing("")]
    fn what_cannot_be_read_is_missing(#[case] content: &str) {
        let said = read(content, &["One is."]).unwrap_or_else(|_| vec![SaidOfPair::default()]);
        assert_eq!(said, [SaidOfPair::default()]);
        let expected = "not every sentence of pair 1 has a verdict, and the items of pair 1 are not answered";
        assert_eq!(missing(&said).as_deref(), Some(expected));
    }

    #[test]
    fn a_pair_that_is_left_out_is_missing_and_the_others_are_not() {
        let one = r#"{"pair": 2, "sentences": [{"sentence": 1, "verdict": "supported", "quote": "x"}]}"#;
        let said = read(&format!(r#"{{"pairs": [{one}]}}"#), &["One is.", "Two is."]).unwrap();
        assert_eq!((words(&said[0]), words(&said[1])), (None, Some(vec![Verdict::Supported])));
        let twice = read(&format!("[{one}, {one}]"), &["One is.", "Two is."]).unwrap();
        assert!(
            twice.iter().all(|said| words(said).is_some()),
            "by their order, as their numbers are no good"
        );
    }

    #[test]
    fn what_one_reply_lacks_another_adds() {
        let full = SaidOfPair { sentences: Some(Vec::new()), items: Some(Items::new()) };
        let mut half = SaidOfPair { sentences: None, ..full.clone() };
        half.add(full.clone());
        assert_eq!(half, full);
    }
}
