//! Sentences of the answer to places of the source.

use std::{cell::RefCell, ops::Range};

use super::{Ratio, weighted};
use crate::{
    sentences::Text,
    source::Source,
    tokens::{Kind, Role, Token, is_unspaced},
};

/// What a word that the question already has counts, to one that the answer adds.
const ASKED: f64 = 0.5;

/// What a pair of characters counts of which the source has both and not in a row.
const REORDERED: f64 = 0.6;

/// A neighbouring sentence joins the best one if it covers this much more.
const JOINS: f64 = 0.12;

/// So many places of an answer that stands in the source as it is are compared.
const MAX_VERBATIM: usize = 32;

/// How well the source holds one sentence of an answer.
#[derive(Debug, Clone)]
pub(crate) struct Alignment {
    /// What there is to cover: the summed weight of the sentence's words.
    pub(crate) weight: f64,
    /// How much of that the best place covers, 0 to 1.
    pub(crate) coverage: f64,
    /// Pairs of words that the source has in a row, of how many.
    pub(crate) bigrams: (usize, usize),
    /// Triples, the same.
    pub(crate) trigrams: (usize, usize),
    /// The best place, as tokens of the source.
    pub(crate) span: Option<Range<usize>>,
    /// The sentences of the source that it lies in.
    pub(crate) sentences: Range<usize>,
}

impl Alignment {
    /// The soft score of the sentence alone.
    pub(crate) fn support(&self) -> f64 {
        let (bigrams, trigrams) = (Ratio::new(self.bigrams), Ratio::new(self.trigrams));
        weighted([
            (0.5, Some(self.coverage)),
            (0.25 * bigrams.trust(), bigrams.value()),
            (0.25 * trigrams.trust(), trigrams.value()),
        ])
    }
}

/// Finds places in one source for the answer to one question.
pub(crate) struct Aligner<'a> {
    pub(crate) source: &'a Source<'a>,
    asked: Vec<u64>,
    /// The characters of scripts without spaces in the question.
    asked_characters: Vec<char>,
    /// Summed weight by sentence of the source; zero between two calls.
    covered: RefCell<Vec<f64>>,
}

impl<'a> Aligner<'a> {
    pub(crate) fn new(source: &'a Source<'a>, question: &Text<'_>) -> Self {
        let mut asked: Vec<_> = question.tokens.iter().flat_map(|token| [token.key, token.alias]).collect();
        asked.sort_unstable();
        Self {
            source,
            asked,
            asked_characters: question.raw.chars().filter(|char| is_unspaced(*char)).collect(),
            covered: RefCell::new(vec![0.0; source.text.sentences.len()]),
        }
    }

    /// Whether a character stands in the source or in the question.
    pub(crate) fn knows_character(&self, char: char) -> bool {
        self.source.characters.binary_search(&char).is_ok() || self.asked_characters.contains(&char)
    }

    /// Whether a pair of characters is not in the source and both of them are: words in another order.
    fn is_reordered(&self, token: &Token, raw: &str) -> bool {
        token.kind == Kind::Characters
            && !self.source.holds(token)
            && raw[token.start..token.end]
                .chars()
                .all(|char| self.source.characters.binary_search(&char).is_ok())
    }

    /// Whether the question has the token.
    pub(crate) fn asked(&self, token: &Token) -> bool {
        [token.key, token.alias].iter().any(|key| self.asked.binary_search(key).is_ok())
    }

    /// Whether the token stands in the source, around it, or in the question.
    pub(crate) fn knows(&self, token: &Token) -> bool {
        self.source.holds(token) || self.source.surrounds(token) || self.asked(token)
    }

    /// The best place for a sentence of a text; `None` where the sentence says nothing.
    pub(crate) fn align(&self, raw: &str, held: &[Token]) -> Option<Alignment> {
        let words = self.weigh(held);
        let weight: f64 = words.iter().map(|(_, weight)| weight).sum();
        if weight <= 0.0 {
            return None;
        }
        let best = self.best_sentence(&words);
        let (sentences, covered) = best.map_or((0..0, 0.0), |best| self.widen(best, &words));
        let around: f64 = words
            .iter()
            .filter(|(token, _)| !self.lies_in(token, &sentences))
            .map(|(token, weight)| match self.source.surrounds(token) {
                true => *weight,
                false if self.is_reordered(token, raw) => REORDERED * weight,
                false => 0.0,
            })
            .sum();
        let bigrams = held.windows(2);
        let trigrams = held.windows(3);
        Some(Alignment {
            weight,
            coverage: ((covered + around) / weight).min(1.0),
            bigrams: (bigrams.clone().filter(|pair| self.source.holds_bigram(pair)).count(), bigrams.len()),
            trigrams: (
                trigrams.clone().filter(|three| self.source.holds_trigram(three)).count(),
                trigrams.len(),
            ),
            span: self.span(&sentences, &words),
            sentences,
        })
    }

    /// Each word of the sentence once, with what it counts.
    fn weigh<'t>(&self, held: &'t [Token]) -> Vec<(&'t Token, f64)> {
        let mut words: Vec<&Token> = held.iter().collect();
        words.sort_by_key(|token| token.key);
        words.dedup_by_key(|token| token.key);
        words
            .into_iter()
            .map(|token| {
                let role = match token.role {
                    Role::Content => 1.0,
                    Role::Negation => 0.5,
                    Role::Function => 0.15,
                };
                let asked = if self.asked(token) { ASKED } else { 1.0 };
                (token, role * asked * self.rarity(token))
            })
            .collect()
    }

    /// More for words that fewer sentences of the source have.
    fn rarity(&self, token: &Token) -> f64 {
        let all = self.source.text.sentences.len() as f64;
        let with = self.source.sentences_with(token.key).count() as f64;
        1.0 + ((all + 1.0) / (with + 1.0)).ln()
    }

    /// How much of the question's content the sentences at a place of the source say, 0 to 1.
    fn says(&self, question: &Text<'_>, range: &Range<usize>) -> f64 {
        let sentences = &self.source.text.sentences;
        let first = sentences.partition_point(|sentence| sentence.end <= range.start);
        let last = sentences.partition_point(|sentence| sentence.start < range.end).max(first);
        let place = first..last;
        let content = question.tokens.iter().filter(|token| token.is_content()).take(64);
        let said = content.clone().filter(|token| self.lies_in(token, &place)).count();
        said as f64 / content.count().max(1) as f64
    }

    fn best_sentence(&self, words: &[(&Token, f64)]) -> Option<usize> {
        let mut covered = self.covered.borrow_mut();
        let mut touched = Vec::new();
        for (token, weight) in words {
            let aliased = (token.alias != token.key).then_some(token.alias);
            for sentence in self
                .source
                .sentences_with(token.key)
                .chain(aliased.into_iter().flat_map(|alias| self.source.sentences_with(alias)))
            {
                covered[sentence] += weight;
                touched.push(sentence);
            }
        }
        // The first of the best, so that ties fall the same way each time.
        let best = touched.iter().copied().max_by(|a, b| covered[*a].total_cmp(&covered[*b]).then(b.cmp(a)));
        for sentence in touched {
            covered[sentence] = 0.0;
        }
        best
    }

    /// The sentence, and its neighbours where they hold much of the rest; with the weight covered.
    fn widen(&self, best: usize, words: &[(&Token, f64)]) -> (Range<usize>, f64) {
        let total: f64 = words.iter().map(|(_, weight)| weight).sum();
        let cover = |range: &Range<usize>| -> f64 {
            words.iter().filter(|(token, _)| self.lies_in(token, range)).map(|(_, weight)| weight).sum()
        };
        let mut range = best..best + 1;
        let mut covered = cover(&range);
        let mut wider = Vec::with_capacity(2);
        if best > 0 {
            wider.push(best - 1..best + 1);
        }
        if best + 1 < self.source.text.sentences.len() {
            wider.push(best..best + 2);
        }
        for candidate in wider {
            let more = cover(&candidate);
            if more - covered > JOINS * total {
                (range, covered) = (candidate, more);
            }
        }
        (range, covered)
    }

    fn lies_in(&self, token: &Token, sentences: &Range<usize>) -> bool {
        self.places_in(token, sentences).next().is_some()
    }

    /// The places of a token within some sentences of the source.
    pub(crate) fn places_in(&self, token: &Token, sentences: &Range<usize>) -> impl Iterator<Item = usize> {
        let tokens = self.tokens_of(sentences);
        let alias = (token.alias != token.key).then_some(token.alias);
        let end = tokens.end;
        [Some(token.key), alias].into_iter().flatten().flat_map(move |key| {
            self.source.places_from(key, tokens.start).take_while(move |place| *place < end)
        })
    }

    /// The tokens of some sentences of the source.
    pub(crate) fn tokens_of(&self, sentences: &Range<usize>) -> Range<usize> {
        if sentences.is_empty() {
            return 0..0;
        }
        let all = &self.source.text.sentences;
        all[sentences.start].tokens.start..all[sentences.end - 1].tokens.end
    }

    /// From the first to the last word that the sentence shares with the place.
    fn span(&self, sentences: &Range<usize>, words: &[(&Token, f64)]) -> Option<Range<usize>> {
        let content = words.iter().filter(|(token, _)| token.is_content());
        let places = |token: &Token| self.places_in(token, sentences).collect::<Vec<_>>();
        let mut all: Vec<usize> = content.flat_map(|(token, _)| places(token)).collect();
        if all.is_empty() {
            all = words.iter().flat_map(|(token, _)| places(token)).collect();
        }
        let first = all.iter().min()?;
        let last = all.iter().max()?;
        Some(*first..last + 1)
    }
}

/// Where the source holds the answer as it is: letter by letter, or word by word with other marks and
/// spaces between. Of several places the one whose sentence says most of what the question does. In
/// bytes of the source, with how much of the question it says, 0 to 1.
pub(crate) fn verbatim(
    aligner: &Aligner<'_>,
    question: &Text<'_>,
    answer: &Text<'_>,
) -> Option<(Range<usize>, f64)> {
    let wanted = answer.raw.trim();
    let context = aligner.source.text.raw;
    let as_written = context
        .match_indices(wanted)
        .take(MAX_VERBATIM)
        .map(|(start, _)| start..start + wanted.len())
        .filter(|range| is_whole(context, range));
    let mut best: Option<(Range<usize>, f64)> = None;
    let mut offer = |range: Range<usize>| {
        let says = aligner.says(question, &range);
        if best.as_ref().is_none_or(|(_, most)| says > *most) {
            best = Some((range, says));
        }
    };
    as_written.for_each(&mut offer);
    word_by_word(aligner.source, answer).take(MAX_VERBATIM).for_each(&mut offer);
    best
}

fn word_by_word<'a>(source: &'a Source<'_>, answer: &'a Text<'_>) -> impl Iterator<Item = Range<usize>> + 'a {
    let held = &answer.tokens;
    let tokens = &source.text.tokens;
    let rarest = (0..held.len()).min_by_key(|at| source.places(held[*at].key).count());
    rarest.into_iter().flat_map(move |rarest| {
        source.places(held[rarest].key).filter_map(move |place| {
            let start = place.checked_sub(rarest)?;
            let found = tokens.get(start..start + held.len())?;
            let same = found.iter().zip(held).all(|(a, b)| a.key == b.key);
            same.then(|| found[0].start..found[held.len() - 1].end)
        })
    })
}

/// Whether words start and end where the match does.
fn is_whole(context: &str, range: &Range<usize>) -> bool {
    let Range { start, end } = *range;
    let wanted = &context[start..end];
    let joins = |left: Option<char>, right: Option<char>| match (left, right) {
        (Some(left), Some(right)) => {
            left.is_alphanumeric() && right.is_alphanumeric() && !is_unspaced(left) && !is_unspaced(right)
        }
        _ => false,
    };
    let after = context[end..].chars().next();
    let decimal = wanted.ends_with(|char: char| char.is_ascii_digit())
        && context[end..]
            .strip_prefix(['.', ','])
            .is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit()));
    let before = &context[..start];
    let within = wanted.starts_with(|char: char| char.is_ascii_digit())
        && before.strip_suffix(['.', ',', '-', '−']).is_some_and(|rest| {
            rest.ends_with(|char: char| char.is_ascii_digit()) || before.ends_with(['-', '−'])
        });
    !joins(before.chars().next_back(), wanted.chars().next())
        && !joins(wanted.chars().next_back(), after)
        && !decimal
        && !within
}

/// How many tokens of a sentence only say that it is an answer: "According to the text, …".
pub(crate) fn lead_in(text: &str, held: &[Token]) -> usize {
    const OPENINGS: [&str; 9] = [
        "according to the ",
        "based on the ",
        "in short,",
        "in summary,",
        "as described",
        "as stated",
        "as mentioned",
        "the passage ",
        "the text ",
    ];
    let Some(first) = held.first() else { return 0 };
    let opening: String = text[first.start..].chars().take(24).collect::<String>().to_lowercase();
    if !OPENINGS.iter().any(|known| opening.starts_with(known)) {
        return 0;
    }
    held.windows(2)
        .take(8)
        .position(|pair| {
            text[pair[0].end..pair[1].start].contains([',', ':'])
                || text[pair[0].start..pair[0].end].eq_ignore_ascii_case("that")
        })
        .map_or(0, |at| at + 1)
}
