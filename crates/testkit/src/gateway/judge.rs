//! A simulated judge: what it says of the pairs in a prompt.

use serde_json::{Value, json};

use super::chance::{BodyHash, fraction, number};
use super::config::JudgeManner;
use super::passage::sentences;

/// What it says of each item of a pair, that of the last one aside.
const ITEMS: [&str; 11] = [
    "answers",
    "complete",
    "accurate",
    "to_the_point",
    "stands_alone",
    "specific",
    "natural",
    "understandable",
    "form",
    "well_written",
    "useful",
];

/// The reply to a request that asks for a judgement; `None` for any other.
pub(super) fn reply(request: &Value, manner: JudgeManner, body: &BodyHash) -> Option<String> {
    let messages = request["messages"].as_array()?;
    let content = messages.iter().find(|message| message["role"] == "user")?["content"].as_str()?;
    let pairs = between(content, "<pairs>", "</pairs>")?;
    let passage = between(content, "<passage>", "</passage>")?;
    let judge = Judge { passage, folded: folded(passage), manner };
    let doubts = pairs.lines().filter(|line| line.starts_with("Doubt ")).count();
    let reply = if doubts > 0 {
        json!({"doubts": (1..=doubts).map(|number| judge.doubt(number)).collect::<Vec<_>>()})
    } else {
        let pairs = blocks(pairs).into_iter().zip(1..).map(|(block, number)| judge.pair(number, &block));
        json!({"pairs": pairs.collect::<Vec<_>>()})
    };
    let reply = reply.to_string();
    Some(match manner {
        JudgeManner::Number => "0.9".into(),
        JudgeManner::Garbles if fraction(number(&[b"garbled", body])) < 0.5 => reply.replace(['{', '['], "~"),
        _ => reply,
    })
}

struct Judge<'a> {
    passage: &'a str,
    folded: String,
    manner: JudgeManner,
}

impl Judge<'_> {
    fn pair(&self, number: usize, said: &[String]) -> Value {
        let verdicts: Vec<_> = said.iter().map(|sentence| self.sentence(sentence)).collect();
        let verbatim = verdicts.iter().any(|(_, _, verbatim)| *verbatim);
        let sentences: Vec<_> = (1..)
            .zip(&verdicts)
            .map(|(at, (verdict, quote, _))| json!({"sentence": at, "quote": quote, "verdict": verdict}))
            .collect();
        let mut items: serde_json::Map<String, Value> =
            ITEMS.iter().map(|item| ((*item).to_owned(), json!("yes"))).collect();
        let thought = if verbatim && self.manner == JudgeManner::Honest { "no" } else { "yes" };
        items.insert("takes_thought".into(), json!(thought));
        json!({"pair": number, "sentences": sentences, "items": items})
    }

    /// The verdict on a sentence, the quote for it, and whether the passage holds it as it is.
    fn sentence(&self, said: &str) -> (&'static str, String, bool) {
        let first = || sentences(self.passage).first().copied().unwrap_or_default().to_owned();
        match self.manner {
            JudgeManner::Agrees => ("supported", first(), false),
            JudgeManner::MakesUpQuotes => ("supported", format!("As it is written: {said} Indeed."), false),
            JudgeManner::Honest | JudgeManner::Garbles | JudgeManner::Number => self.look(said),
        }
    }

    fn look(&self, said: &str) -> (&'static str, String, bool) {
        let own = folded(said);
        if self.folded.contains(own.trim_end_matches('.')) {
            return ("supported", said.trim_end_matches('.').to_owned(), true);
        }
        let words: Vec<&str> = own.split_whitespace().collect();
        let held = |sentence: &str| {
            let sentence = folded(sentence);
            let held = words.iter().filter(|word| sentence.contains(**word)).count();
            held as f64 / words.len().max(1) as f64
        };
        let all = sentences(self.passage);
        let best = all.iter().map(|sentence| (held(sentence), *sentence)).max_by(|a, b| a.0.total_cmp(&b.0));
        let (share, quote) = best.unwrap_or_default();
        let numbers = words.iter().filter(|word| word.chars().any(|char| char.is_ascii_digit()));
        let known = numbers.clone().all(|number| self.folded.contains(number.trim_matches(['.', ','])));
        match share {
            0.95.. if known => ("supported", quote.to_owned(), false),
            0.6.. if known => ("partial", quote.to_owned(), false),
            _ => ("unsupported", String::new(), false),
        }
    }

    fn doubt(&self, number: usize) -> Value {
        let quote = sentences(self.passage).first().copied().unwrap_or_default();
        match self.manner {
            JudgeManner::Agrees => json!({"doubt": number, "quote": quote, "verdict": "cleared"}),
            JudgeManner::MakesUpQuotes => {
                json!({"doubt": number, "quote": "as I have read it there", "verdict": "cleared"})
            }
            _ => json!({"doubt": number, "quote": "", "verdict": "stands"}),
        }
    }
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    Some(text.split_once(open)?.1.split_once(close)?.0.trim())
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The numbered sentences of each pair.
fn blocks(pairs: &str) -> Vec<Vec<String>> {
    let mut blocks: Vec<Vec<String>> = Vec::new();
    let mut open = false;
    for line in pairs.lines() {
        if line.strip_prefix("Pair ").is_some_and(|number| number.parse::<usize>().is_ok()) {
            blocks.push(Vec::new());
            open = false;
            continue;
        }
        let Some(block) = blocks.last_mut() else { continue };
        let next = format!("{}. ", block.len() + 1);
        if line == "Answer, sentence by sentence:" {
            open = true;
        } else if line.starts_with("Question: ") {
            open = false;
        } else if let Some(said) = line.strip_prefix(&next).filter(|_| open) {
            block.push(said.to_owned());
        } else if let Some(last) = block.last_mut().filter(|_| open) {
            last.push('\n');
            last.push_str(line);
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str = "<passage>\nThe tank holds 12 litres. It is blue and made of steel.\n</passage>\n<pairs>\n\
        Pair 1\nQuestion: How much?\nAnswer, sentence by sentence:\n1. The tank holds 12 litres.\n2. The tank holds 13 litres.\n\n\
        Pair 2\nQuestion: What?\nAnswer, sentence by sentence:\n1. Penguins walk\nover ice.\n</pairs>";

    fn said(content: &str, manner: JudgeManner) -> String {
        let request =
            json!({"messages": [{"role": "system", "content": ""}, {"role": "user", "content": content}]});
        reply(&request, manner, &[0; 32]).unwrap()
    }

    fn verdicts(manner: JudgeManner) -> Vec<Vec<String>> {
        let reply: Value = serde_json::from_str(&said(PROMPT, manner)).unwrap();
        let verdict = |sentence: &Value| sentence["verdict"].as_str().unwrap().to_owned();
        let of_pair = |pair: &Value| pair["sentences"].as_array().unwrap().iter().map(verdict).collect();
        reply["pairs"].as_array().unwrap().iter().map(of_pair).collect()
    }

    #[test]
    fn an_honest_judge_looks_and_another_does_not() {
        assert_eq!(verdicts(JudgeManner::Honest), [vec!["supported", "unsupported"], vec!["unsupported"]]);
        assert_eq!(verdicts(JudgeManner::Agrees), [vec!["supported", "supported"], vec!["supported"]]);
        assert!(
            !said(PROMPT, JudgeManner::MakesUpQuotes).contains("\"quote\":\"The tank holds 12 litres.\"")
        );
        assert_eq!(said(PROMPT, JudgeManner::Number), "0.9");
    }

    #[test]
    fn doubts_are_answered_and_other_requests_are_not() {
        let doubts =
            "<passage>\nIt is so.\n</passage>\n<pairs>\nDoubt 1\nQuestion: q\nAnswer: a\nFound: f\n</pairs>";
        assert!(said(doubts, JudgeManner::Agrees).contains("cleared"));
        assert!(said(doubts, JudgeManner::Honest).contains("stands"));
        let other = json!({"messages": [{"role": "user", "content": "<passage>x</passage>"}]});
        assert_eq!(reply(&other, JudgeManner::Honest, &[0; 32]), None);
    }
}
