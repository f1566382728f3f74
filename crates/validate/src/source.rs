//! A source, read once for all the answers that rest on it.

use model::{CharIndex, Flag, FlagCode, Quality, Scores};

use crate::{
    classify::question_type,
    effort, grounding,
    language::Language,
    quality::{self, Rated},
    sentences::Text,
    tokens::{Kind, Token, chain, tokens},
};

/// So many places of one word are looked at, from the first on: a bound on time, which only very
/// common words of very long sources reach.
const MAX_PLACES: usize = 256;

/// A source text with what scoring needs to know of it: make it once, score many answers.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    pub(crate) text: Text<'a>,
    pub(crate) index: CharIndex<'a>,
    language: Option<Language>,
    /// The characters of scripts without spaces, each once, in order.
    pub(crate) characters: Vec<char>,
    /// Each key with the places of its tokens, in order.
    places: Vec<(u64, u32)>,
    /// The sentence of each token.
    sentence_of: Vec<u32>,
    bigrams: Vec<u64>,
    trigrams: Vec<u64>,
    surroundings: Vec<u64>,
}

impl<'a> Source<'a> {
    /// Reads a source. See [`crate::Example`] for the arguments.
    pub fn new(context: &'a str, surroundings: &[String]) -> Self {
        let language = Language::of(context);
        let text = Text::new(context, language.as_ref());
        let mut places = Vec::with_capacity(text.tokens.len());
        for (token, place) in text.tokens.iter().zip(0_u32..) {
            places.push((token.key, place));
            if token.alias != token.key {
                places.push((token.alias, place));
            }
        }
        places.sort_unstable();
        let mut sentence_of = vec![0; text.tokens.len()];
        for (sentence, number) in text.sentences.iter().zip(0_u32..) {
            sentence_of[sentence.tokens.clone()].fill(number);
        }
        let sorted = |mut keys: Vec<u64>| {
            keys.sort_unstable();
            keys
        };
        Self {
            bigrams: sorted(text.tokens.windows(2).map(bigram).collect()),
            trigrams: sorted(text.tokens.windows(3).map(trigram).collect()),
            surroundings: sorted(
                surroundings
                    .iter()
                    .flat_map(|text| tokens(text, language.as_ref()))
                    .flat_map(|token| [token.key, token.alias])
                    .collect(),
            ),
            index: CharIndex::new(context),
            characters: characters(&text),
            text,
            language,
            places,
            sentence_of,
        }
    }

    /// Scores one question and answer against the source.
    pub fn score(&self, question: &str, answer: &str) -> Scores {
        let question = Text::new(question, self.language.as_ref());
        let answer = Text::new(answer, self.language.as_ref());
        let kind = question_type(question.raw);
        let found = grounding::ground(self, &question, &answer);
        let effort = effort::effort(&question, &answer, kind, &found);
        let goes_on = found.verbatim.then(|| found.evidence.last()).flatten();
        let goes_on = goes_on.map(|evidence| &self.text.raw[self.index.byte(evidence.chunk_end)..]);
        let pair = Rated { question: &question, answer: &answer, kind, grounding: &found, goes_on, effort };
        let (quality, quality_score, quality_flags) = quality::rate(&pair);
        let mut flags = found.flags;
        flags.extend(quality_flags);
        Scores {
            quality_score: Some(quality_score),
            quality,
            grounding_score: found.score,
            evidence: found.evidence,
            unsupported: found.unsupported,
            flags,
            question_type: Some(kind),
            difficulty: Some(effort::level(effort)),
            judgement: None,
        }
    }

    /// Scores a conversation's questions and answers, in order, against the source: as well grounded as
    /// its weakest answer, as good as its exchanges on average. Evidence and what is unsupported are of
    /// its first answer, since offsets count in that; flags are of all, later ones with their exchange's
    /// number. Questions behind the first may go on from what was said.
    pub fn score_conversation(&self, exchanges: &[(&str, &str)]) -> Scores {
        let mut exchanges = exchanges.iter().map(|(question, answer)| self.score(question, answer));
        let Some(mut whole) = exchanges.next() else { return Scores::default() };
        let mut quality = vec![whole.quality_score];
        let mut dimensions = vec![whole.quality];
        for (scores, number) in exchanges.zip(2..) {
            quality.push(scores.quality_score);
            dimensions.push(scores.quality);
            whole.grounding_score = match (whole.grounding_score, scores.grounding_score) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            for flag in scores.flags.into_iter().filter(|flag| flag.code != FlagCode::NotStandalone) {
                if whole.flags.iter().all(|known| known.code != flag.code) {
                    whole.flags.push(Flag { detail: format!("Exchange {number}: {}", flag.detail), ..flag });
                }
            }
        }
        whole.quality_score = mean(quality);
        whole.quality = Quality {
            completeness: mean(dimensions.iter().map(|of| of.completeness)),
            clarity: mean(dimensions.iter().map(|of| of.clarity)),
            formatting: mean(dimensions.iter().map(|of| of.formatting)),
            difficulty: mean(dimensions.iter().map(|of| of.difficulty)),
            judged: false,
        };
        whole
    }

    /// Scores a labelled text. A label is no statement of the source: its grounding is not measured, and
    /// nothing points at evidence. What can be told of the example is whether its text is the source's.
    pub fn score_label(&self, text: &str) -> Scores {
        let scores = self.score("", text);
        Scores {
            quality_score: scores.grounding_score,
            quality: Quality { completeness: scores.grounding_score, ..Quality::default() },
            flags: scores.flags.into_iter().filter(|flag| flag.code == FlagCode::LowGrounding).collect(),
            ..Scores::default()
        }
    }

    /// The places of a key's tokens in the text, in order.
    pub(crate) fn places(&self, key: u64) -> impl Iterator<Item = usize> {
        let first = self.places.partition_point(|(other, _)| *other < key);
        self.places[first..]
            .iter()
            .take(MAX_PLACES)
            .take_while(move |(other, _)| *other == key)
            .map(|(_, at)| *at as usize)
    }

    /// The places of a key's tokens from one place on, in order.
    pub(crate) fn places_from(&self, key: u64, place: usize) -> impl Iterator<Item = usize> {
        let from = u32::try_from(place).unwrap_or(u32::MAX);
        let first = self.places.partition_point(|known| *known < (key, from));
        self.places[first..]
            .iter()
            .take(MAX_PLACES)
            .take_while(move |(other, _)| *other == key)
            .map(|(_, at)| *at as usize)
    }

    /// The sentences that hold a key, in order, each once.
    pub(crate) fn sentences_with(&self, key: u64) -> impl Iterator<Item = usize> {
        let mut last = usize::MAX;
        self.places(key).filter_map(move |place| {
            let sentence = self.sentence_of[place] as usize;
            (std::mem::replace(&mut last, sentence) != sentence).then_some(sentence)
        })
    }

    /// Whether the text holds the token.
    pub(crate) fn holds(&self, token: &Token) -> bool {
        self.places(token.key).next().is_some() || self.places(token.alias).next().is_some()
    }

    /// Whether the headings or column names hold the token.
    pub(crate) fn surrounds(&self, token: &Token) -> bool {
        [token.key, token.alias].iter().any(|key| self.surroundings.binary_search(key).is_ok())
    }

    /// Whether the text holds these two tokens in a row.
    pub(crate) fn holds_bigram(&self, pair: &[Token]) -> bool {
        self.bigrams.binary_search(&bigram(pair)).is_ok()
    }

    /// Whether the text holds these three tokens in a row.
    pub(crate) fn holds_trigram(&self, three: &[Token]) -> bool {
        self.trigrams.binary_search(&trigram(three)).is_ok()
    }
}

fn characters(text: &Text<'_>) -> Vec<char> {
    let pairs = text.tokens.iter().filter(|token| token.kind == Kind::Characters);
    let mut all: Vec<char> = pairs.flat_map(|token| text.raw[token.start..token.end].chars()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn bigram(pair: &[Token]) -> u64 {
    chain(pair[0].key, pair[1].key)
}

fn trigram(three: &[Token]) -> u64 {
    chain(bigram(three), three[2].key)
}

/// The mean of what was measured.
fn mean(values: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let (sum, count) =
        values.into_iter().flatten().fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| quality::rounded(sum / count))
}
