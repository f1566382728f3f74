//! What a prompt asks for: the passage to write about, and how many pairs.

use serde_json::Value;

/// What is read out of a request's messages.
pub(super) struct Task<'a> {
    /// The passage.
    pub(super) passage: &'a str,
    /// The messages up to the one with the passage; what comes after only repeats the request.
    pub(super) messages: &'a [Value],
    /// How many pairs are asked for.
    pub(super) pairs: Option<usize>,
    /// How many turns a conversation is asked to have.
    pub(super) turns: Option<usize>,
    /// How many questions with their answers a conversation is asked to have.
    pub(super) exchanges: Option<usize>,
    /// What each pair is asked to be, in words: its difficulty, its question type.
    pub(super) slots: Vec<Vec<&'a str>>,
}

impl<'a> Task<'a> {
    /// The task in some messages.
    pub(super) fn read(messages: &'a [Value]) -> Self {
        let users = || messages.iter().enumerate().filter(|(_, message)| message["role"] == "user");
        let delimited = users()
            .rev()
            .find_map(|(at, message)| delimited(message["content"].as_str()?).map(|passage| (at, passage)));
        let longest = || {
            users()
                .filter_map(|(at, message)| Some((at, longest_paragraph(message["content"].as_str()?))))
                .max_by_key(|(_, paragraph)| paragraph.len())
        };
        let (at, passage) = delimited.or_else(longest).unwrap_or((0, ""));
        let messages = &messages[..messages.len().min(at + 1)];
        let numbered = |label: &str| {
            messages.iter().rev().find_map(|message| number_after(message["content"].as_str()?, label))
        };
        let pairs = numbered("Number of pairs:").or_else(|| {
            messages.iter().rev().find_map(|message| {
                let content = message["content"].as_str()?;
                // The passage may speak of pairs too.
                let (before, after) = content.split_once(passage).unwrap_or((content, ""));
                number_of_pairs(before).or_else(|| number_of_pairs(after))
            })
        });
        let slots = messages.iter().rev().find_map(|message| slots(message["content"].as_str()?));
        Self {
            passage,
            messages,
            pairs,
            turns: numbered("Number of turns:"),
            exchanges: numbered("Number of exchanges:"),
            slots: slots.unwrap_or_default(),
        }
    }
}

/// The passage's sentences, as they stand there; at least one, if only an empty one.
pub(super) fn sentences(passage: &str) -> Vec<&str> {
    const LONGEST: usize = 400;
    let all: Vec<&str> = passage.lines().flat_map(line_sentences).collect();
    let whole: Vec<&str> =
        all.iter().copied().filter(|text| text.split_whitespace().nth(3).is_some()).collect();
    let mut kept = if whole.is_empty() { all } else { whole };
    if kept.is_empty() {
        kept.push(passage.trim());
    }
    kept.into_iter().map(|text| &text[..text.floor_char_boundary(LONGEST)]).map(str::trim).collect()
}

fn line_sentences(line: &str) -> impl Iterator<Item = &str> {
    let mut previous = None;
    line.split_inclusive(move |char: char| {
        let ends = matches!(char, '。' | '！' | '？')
            || char.is_whitespace() && matches!(previous, Some('.' | '!' | '?'));
        previous = Some(char);
        ends
    })
    .map(str::trim)
    .filter(|text| text.chars().any(char::is_alphanumeric))
}

fn delimited(content: &str) -> Option<&str> {
    let (_, after) = content.rsplit_once("<passage")?;
    let (_, inside) = after.split_once('>')?;
    let (passage, _) = inside.split_once("</passage>")?;
    Some(passage.trim())
}

fn longest_paragraph(content: &str) -> &str {
    content.split("\n\n").map(str::trim).max_by_key(|paragraph| paragraph.len()).unwrap_or_default()
}

/// `1 easy factual, 2 hard how-to` behind `Pairs:` at the start of a line.
fn slots(content: &str) -> Option<Vec<Vec<&str>>> {
    let line = content.lines().find_map(|line| line.strip_prefix("Pairs: "))?;
    Some(line.split(',').map(|slot| slot.split_whitespace().skip(1).collect()).collect())
}

fn number_after(content: &str, label: &str) -> Option<usize> {
    let (_, after) = content.split_once(label)?;
    let after = after.trim_start();
    let digits = after.find(|char: char| !char.is_ascii_digit()).unwrap_or(after.len());
    bounded(&after[..digits])
}

/// N of the first `N pairs`, or `N question-answer pairs` and the like.
fn number_of_pairs(content: &str) -> Option<usize> {
    content
        .match_indices("pairs")
        .find_map(|(at, _)| content[..at].split_whitespace().rev().take(3).find_map(bounded))
}

fn bounded(digits: &str) -> Option<usize> {
    digits.parse().ok().filter(|number| (1..=50).contains(number))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_passage_is_found_before_a_repair() {
        let messages = [
            json!({"role": "system", "content": "Write 9 pairs."}),
            json!({"role": "user", "content": "Number of pairs: 4\n<passage lang=\"en\">\nIt is so.\n</passage>"}),
            json!({"role": "assistant", "content": "no"}),
            json!({"role": "user", "content": "That was no JSON. Answer again."}),
        ];
        let task = Task::read(&messages);
        assert_eq!(task.passage, "It is so.");
        assert_eq!(task.pairs, Some(4));
        assert_eq!(task.messages.len(), 2);
    }

    #[rstest]
    #[case("Write 3 pairs about it.", Some(3))]
    #[case("Write 12 question-answer pairs.", Some(12))]
    #[case("Write 7000 pairs.", None)]
    #[case("Write something.", None)]
    fn the_number_of_pairs_is_read(#[case] prompt: &str, #[case] pairs: Option<usize>) {
        let content =
            format!("{prompt}\n\nA passage that is longer than what stands before it: 5 pairs of socks.");
        let messages = [json!({"role": "user", "content": content})];
        assert_eq!(Task::read(&messages).pairs, pairs);
    }

    #[rstest]
    #[case("", &[""])]
    #[case("Title\n\nThe unit weighs 3.5 kg in all. Does it float on water? No.", &["The unit weighs 3.5 kg in all.", "Does it float on water?"])]
    #[case("Yes. No.", &["Yes.", "No."])]
    fn sentences_stand_in_the_passage(#[case] passage: &str, #[case] expected: &[&str]) {
        assert_eq!(sentences(passage), expected);
    }
}
