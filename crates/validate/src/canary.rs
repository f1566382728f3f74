//! Answers made wrong on purpose, to see whether the scoring finds out.
//!
//! Six kinds of mistakes, each made of what the run's own passages hold. An answer that does not bear a kind (a number
//! in it is to be changed, and it has none) is not made wrong by that.

mod denial;

use std::collections::BTreeSet;

use model::{CanaryOperator, FlagCode, Judgement, Passage, Scores, Verdict};

use crate::{
    grounding::LOW_GROUNDING,
    sentences::Text,
    tokens::{Kind, Token},
};

/// So much of other passages is kept to make mistakes of.
const MOST_KEPT: usize = 300;

/// A sentence of fewer words says too little to be foreign, and a longer one is no sentence.
const FEWEST_WORDS: usize = 6;
const MOST_CHARACTERS: usize = 400;

/// Sentences and names of the passages of a run.
#[derive(Debug, Clone, Default)]
pub struct Foreign {
    sentences: Vec<String>,
    names: Vec<String>,
}

impl Foreign {
    /// Reads some passages.
    pub fn new(passages: &[Passage]) -> Self {
        let (mut sentences, mut kept) = (Vec::new(), BTreeSet::new());
        let share = MOST_KEPT.div_ceil(passages.len().max(1));
        for passage in passages {
            let text = Text::new(&passage.text, None);
            let whole = text.sentences.iter().filter(|sentence| sentence.tokens.len() >= FEWEST_WORDS);
            let whole = whole.map(|sentence| &text.raw[sentence.start..sentence.end]);
            let whole =
                whole.filter(|said| said.len() <= MOST_CHARACTERS && said.ends_with(['.', '!', '。', '！']));
            sentences.extend(whole.take(share).map(str::to_owned));
            kept.extend(names(&text).into_iter().take(share).map(str::to_owned));
        }
        Self { sentences, names: kept.into_iter().collect() }
    }

    fn sentence(&self, passage: &str, draw: u64) -> Option<&str> {
        pick(self.sentences.iter().map(String::as_str).filter(|said| !passage.contains(said)), draw)
    }
}

/// Makes an answer wrong; `None` where it does not bear this kind of mistake. `draw` chooses among the places where it
/// could be made.
pub fn make_wrong(
    operator: CanaryOperator,
    passage: &Passage,
    question: &str,
    answer: &str,
    foreign: &Foreign,
    draw: u64,
) -> Option<String> {
    let source = &passage.text;
    let wrong = match operator {
        CanaryOperator::Appended => {
            let gap = if answer.trim_end().ends_with("```") { "\n" } else { " " };
            format!("{}{gap}{}", answer.trim_end(), foreign.sentence(source, draw)?)
        }
        CanaryOperator::Irrelevant => foreign.sentence(source, draw)?.to_owned(),
        CanaryOperator::EntityExtrinsic => {
            let lower = source.to_lowercase();
            let others = foreign.names.iter().map(String::as_str);
            swap_name(question, answer, others.filter(|name| !lower.contains(&name.to_lowercase())), draw)?
        }
        CanaryOperator::EntityIntrinsic => {
            let text = Text::new(source, None);
            swap_name(question, answer, names(&text).into_iter(), draw)?
        }
        CanaryOperator::Negation => denial::deny(answer, passage.language.as_deref())?,
        CanaryOperator::Number => change_number(source, answer, draw)?,
    };
    (wrong != answer).then_some(wrong)
}

/// Whether scores send a pair to review for what its answer says.
pub fn is_flagged(scores: &Scores) -> bool {
    let codes = [
        FlagCode::LowGrounding,
        FlagCode::UnsupportedNumber,
        FlagCode::UnsupportedName,
        FlagCode::Negation,
        FlagCode::JudgeDisagrees,
    ];
    scores.grounding_score.is_some_and(|score| score < LOW_GROUNDING)
        || scores.flags.iter().any(|flag| codes.contains(&flag.code))
}

/// Whether a judge says that something in an answer is not in the source; `None` where it said nothing.
pub fn is_doubted(judgement: &Judgement) -> Option<bool> {
    let score = judgement.grounding_score?;
    let unsupported =
        judgement.sentences.iter().any(|sentence| sentence.verdict == Some(Verdict::Unsupported));
    Some(unsupported || score < LOW_GROUNDING)
}

fn pick<T>(from: impl Iterator<Item = T>, draw: u64) -> Option<T> {
    let mut all: Vec<T> = from.collect();
    if all.is_empty() {
        return None;
    }
    let at = usize::try_from(draw % all.len() as u64).unwrap_or_default();
    Some(all.swap_remove(at))
}

/// Another name in the place of one of the answer's, of one that the question does not hold if there is such a one.
fn swap_name<'n>(
    question: &str,
    answer: &str,
    others: impl Iterator<Item = &'n str>,
    draw: u64,
) -> Option<String> {
    let text = Text::new(answer, None);
    let own = names(&text);
    let told: Vec<_> = own.iter().copied().filter(|name| !question.contains(name)).collect();
    let old = pick(if told.is_empty() { own } else { told }.into_iter(), draw)?;
    let (known, asked) = (answer.to_lowercase(), question.to_lowercase());
    let is_new = |name: &&str| {
        let name = name.to_lowercase();
        !known.contains(&name) && !asked.contains(&name) && !name.contains(&old.to_lowercase())
    };
    let new = pick(others.filter(is_new), draw / 7)?;
    Some(answer.replace(old, new))
}

/// The names of a text: capitalised words in a row, but for those that only begin a sentence; each once.
fn names<'a>(text: &Text<'a>) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    let mut run: Option<(usize, usize)> = None;
    let is_part = |token: &Token| token.capital && token.is_content() && token.kind == Kind::Word;
    for (at, token) in text.tokens.iter().enumerate() {
        let joins = run.is_some_and(|(_, last)| {
            text.raw[text.tokens[last].end..token.start].trim_matches('-').trim().is_empty()
                && !text.is_first(at)
        });
        match (is_part(token), run) {
            (true, Some((first, _))) if joins => run = Some((first, at)),
            (true, _) => {
                end(text, run, &mut found);
                run = Some((at, at));
            }
            (false, _) => {
                end(text, run.take(), &mut found);
            }
        }
    }
    end(text, run, &mut found);
    found
}

fn end<'a>(text: &Text<'a>, run: Option<(usize, usize)>, found: &mut Vec<&'a str>) {
    let Some((first, last)) = run else { return };
    let name = &text.raw[text.tokens[first].start..text.tokens[last].end];
    if (first < last || !text.is_first(first)) && !found.contains(&name) {
        found.push(name);
    }
}

/// Another number in the place of one of the answer's, that the source does not hold.
fn change_number(source: &str, answer: &str, draw: u64) -> Option<String> {
    let text = Text::new(answer, None);
    // What numbers an item of a list tells nothing.
    let is_mark = |token: &Token| {
        let rest = &answer[token.end..];
        let starts = answer[..token.start].trim_end_matches([' ', '\t', '#', '*']).ends_with('\n');
        (starts || token.start == 0) && rest.starts_with(['.', ')'])
    };
    let numbers = text.tokens.iter().filter(|token| token.kind == Kind::Number && !is_mark(token));
    let token = pick(numbers, draw)?;
    let old = &answer[token.start..token.end];
    let at = old.find(|char: char| char.is_ascii_digit())?;
    let digit = old[at..].chars().next()?.to_digit(10)?;
    let new = (1..9).map(|step| {
        let digit = (digit + step) % 10;
        format!("{}{digit}{}", &old[..at], &old[at + 1..])
    });
    let mut new = new.filter(|new| !source.contains(&**new) && !new.starts_with('0'));
    Some(format!("{}{}{}", &answer[..token.start], new.next()?, &answer[token.end..]))
}

#[cfg(test)]
mod tests;
