//! Whether a text repeats an item of a benchmark: words in a row.

use model::{Flag, FlagCode};
use rustc_hash::FxHashMap;

use crate::tokens::{Kind, Token, chain, tokens};

/// A run of so many words (of scripts without spaces: twice as many characters) is no coincidence.
const RUN: usize = 8;

/// Items of fewer words are not looked for: anybody may ask for the capital of France.
const LEAST: usize = 5;

/// The items of benchmarks, by hashes of the runs of words in them.
#[derive(Debug, Default)]
pub struct Benchmarks {
    names: Vec<String>,
    runs: FxHashMap<u64, u32>,
    /// How many words items have that are shorter than a run: each such length is looked for.
    short: [bool; RUN],
}

impl Benchmarks {
    /// Adds the items of one benchmark, which reasons call by this name.
    pub fn add(&mut self, name: &str, items: impl IntoIterator<Item = String>) {
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        for item in items {
            let tokens = tokens(&item, None);
            let length = length(&tokens);
            if (LEAST * 2..RUN * 2).contains(&length) {
                self.short[length.div_ceil(2) - 1] = true;
                self.runs.entry(chained(&tokens)).or_insert(number);
            }
            for run in runs(&tokens, RUN * 2) {
                self.runs.entry(chained(run)).or_insert(number);
            }
        }
    }

    /// A flag for a text that has a run of words of an item, or all words of a short one in a row.
    pub fn check(&self, text: &str) -> Option<Flag> {
        let tokens = tokens(text, None);
        let lengths = (LEAST..RUN).filter(|length| self.short[length - 1]).chain([RUN]);
        let lengths = lengths.flat_map(|length| [length * 2 - 1, length * 2]);
        lengths.rev().find_map(|length| {
            runs(&tokens, length).find_map(|run| {
                let name = &self.names[*self.runs.get(&chained(run))? as usize];
                let (first, last) = (run.first()?, run.last()?);
                let quoted = &text[first.start..last.end];
                let detail = format!("“{quoted}” stands in the benchmark {name}.");
                Some(Flag { code: FlagCode::Contaminated, detail })
            })
        })
    }
}

/// Each run of tokens that is so long, in halves of words.
fn runs(tokens: &[Token], wanted: usize) -> impl Iterator<Item = &[Token]> {
    let mut end = 0;
    let mut held = 0;
    (0..tokens.len()).map_while(move |start| {
        if start > 0 {
            held -= halves(&tokens[start - 1]);
        }
        while held < wanted {
            held += halves(tokens.get(end)?);
            end += 1;
        }
        Some(&tokens[start..end])
    })
}

fn length(tokens: &[Token]) -> usize {
    tokens.iter().map(halves).sum()
}

/// A pair of characters of a script without spaces overlaps with the next one: it is half a word.
fn halves(token: &Token) -> usize {
    if token.kind == Kind::Characters { 1 } else { 2 }
}

fn chained(tokens: &[Token]) -> u64 {
    tokens.iter().fold(0, |all, token| chain(all, token.key))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn benchmarks() -> Benchmarks {
        let mut benchmarks = Benchmarks::default();
        benchmarks.add(
            "quiz",
            [
                "Which of the following gases makes up most of the atmosphere of Mars?".to_owned(),
                "Who painted the Mona Lisa?".to_owned(),
                "Why?".to_owned(),
                "下列哪一种气体构成了火星大气的大部分成分，请选择".to_owned(),
            ],
        );
        benchmarks
    }

    #[rstest]
    #[case("Tell me which of the following gases makes up most of the air.")]
    #[case("WHO painted the Mona Lisa? A. Raphael")]
    #[case("请问下列哪一种气体构成了火星大气的大部分成分呢")]
    fn items_are_found(#[case] text: &str) {
        let flag = benchmarks().check(text).unwrap();
        assert!(flag.detail.ends_with("stands in the benchmark quiz."), "{}", flag.detail);
    }

    #[rstest]
    #[case("Which gases are there in the atmosphere of Mars?")]
    #[case("Why? Who painted it?")]
    #[case("火星大气的成分是什么")]
    #[case("")]
    fn others_are_not(#[case] text: &str) {
        assert_eq!(benchmarks().check(text), None);
    }
}
