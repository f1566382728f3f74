//! How far an answer rests on its source, sentence by sentence, and on what in it.
//!
//! `score = soft × (1 − HARDNESS × hard)`. *Soft* is what can be counted: how much of each sentence
//! of the answer the best place of the source covers, words weighted by rarity, and how many of its
//! pairs and triples of words stand there in a row. *Hard* is what one word can make wrong: a number,
//! a name, a denial ([`facts`], [`negation`]).

mod alignment;
mod facts;
mod negation;

use std::ops::Range;

use model::{CharIndex, Evidence, Flag, FlagCode, Scores, Unsupported, scalar_count};

use crate::{
    quality::rounded,
    sentences::Text,
    source::Source,
    tokens::{Kind, Token},
};
use alignment::{Aligner, Alignment};
use facts::Problem;

/// Answers with a lower grounding score are flagged.
pub const LOW_GROUNDING: f64 = 0.5;

/// A sentence covered at least this much has evidence; one covered less is unsupported.
const SUPPORTED: f64 = 0.5;

/// How much of the soft score the surest of hard signs takes away.
const HARDNESS: f64 = 0.9;

/// The least score of an answer that the source holds as it is; the rest is for standing where the
/// source speaks of what is asked.
const VERBATIM: f64 = 0.97;

/// Answers with fewer tokens are too short to measure well, unless the source holds them as they are.
const SHORT: usize = 3;

/// What was found out about one answer.
#[derive(Debug, Default)]
pub(crate) struct Grounding {
    pub(crate) score: Option<f64>,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) unsupported: Vec<Unsupported>,
    pub(crate) flags: Vec<Flag>,
    /// How many sentences of the source the answer rests on.
    pub(crate) hops: usize,
    /// Whether the source holds the answer as it is.
    pub(crate) verbatim: bool,
}

/// Measures an answer against its source.
pub(crate) fn ground(source: &Source<'_>, question: &Text<'_>, answer: &Text<'_>) -> Grounding {
    if source.text.tokens.is_empty() || !measurable(source, question, answer) {
        return Grounding { flags: unmeasured(answer).into_iter().collect(), ..Grounding::default() };
    }
    let aligner = Aligner::new(source, question);
    if let Some((span, says)) = alignment::verbatim(&aligner, question, answer) {
        return whole(source, answer, span, says);
    }
    let mut sums = Sums::default();
    let mut found = Grounding::default();
    let mut used = Vec::new();
    let to_scalar = CharIndex::new(answer.raw);
    let mut problems = Vec::new();
    for sentence in &answer.sentences {
        let held = &answer.tokens[sentence.tokens.clone()];
        let held = &held[alignment::lead_in(answer.raw, held)..];
        let Some(aligned) = aligner.align(answer.raw, held) else { continue };
        let from = problems.len();
        facts::check(&aligner, answer, held, &aligned, &mut problems);
        negation::check(&aligner, held, &aligned, &mut problems);
        let hard = hardness(&problems[from..]);
        let support = aligned.support() * (1.0 - HARDNESS * hard);
        sums.add(&aligned);
        let (start, end) = (to_scalar.scalar(sentence.start), to_scalar.scalar(sentence.end));
        match aligned.span.clone().filter(|_| aligned.coverage >= SUPPORTED) {
            Some(span) => {
                used.extend(aligned.sentences.clone());
                found.evidence.push(Evidence {
                    answer_start: start,
                    answer_end: end,
                    chunk_id: None,
                    chunk_start: source.index.scalar(source.text.tokens[span.start].start),
                    chunk_end: source.index.scalar(source.text.tokens[span.end - 1].end),
                    score: rounded(support),
                });
            }
            None => found.unsupported.push(Unsupported {
                answer_start: start,
                answer_end: end,
                reason: "The source says nothing like this.".to_owned(),
            }),
        }
    }
    let Some(soft) = sums.soft() else { return Grounding::default() };
    used.sort_unstable();
    used.dedup();
    found.hops = used.len();
    let hard = hardness(&problems);
    let score = rounded(soft * (1.0 - HARDNESS * hard));
    found.score = Some(score);
    for problem in problems {
        found.unsupported.push(Unsupported {
            answer_start: to_scalar.scalar(problem.start),
            answer_end: to_scalar.scalar(problem.end),
            reason: problem.reason.clone(),
        });
        if found.flags.iter().all(|flag| flag.code != problem.code) {
            found.flags.push(Flag { code: problem.code, detail: problem.reason });
        }
    }
    found.unsupported.sort_by_key(|part| (part.answer_start, part.answer_end));
    found.flags.extend(low(score, LOW_GROUNDING));
    if answer.tokens.len() < SHORT {
        found.flags.push(short());
    }
    found
}

/// Flags an answer for its grounding by another limit than [`LOW_GROUNDING`].
pub fn flag_low_grounding(scores: &mut Scores, limit: f64) {
    scores.flags.retain(|flag| flag.code != FlagCode::LowGrounding);
    scores.flags.extend(scores.grounding_score.and_then(|score| low(score, limit)));
}

fn low(score: f64, limit: f64) -> Option<Flag> {
    (score < limit).then(|| Flag {
        code: FlagCode::LowGrounding,
        detail: format!("The source holds little of the answer: {score:.2} of 1."),
    })
}

fn short() -> Flag {
    Flag { code: FlagCode::ShortAnswer, detail: "The answer is too short to measure well.".to_owned() }
}

/// Says of a yes or no that it was not measured.
fn unmeasured(answer: &Text<'_>) -> Option<Flag> {
    let first = answer.tokens.first()?;
    is_yes_or_no(&answer.raw[first.start..first.end]).then(|| Flag {
        code: FlagCode::ShortAnswer,
        detail: "The answer says yes or no: how far the source holds that is not measured.".to_owned(),
    })
}

/// What is said of an answer that the source holds as it is.
fn whole(source: &Source<'_>, answer: &Text<'_>, span: Range<usize>, says: f64) -> Grounding {
    let score = rounded(VERBATIM + (1.0 - VERBATIM) * says);
    let lead = answer.raw.len() - answer.raw.trim_start().len();
    let start = scalar_count(&answer.raw[..lead]);
    Grounding {
        score: Some(score),
        evidence: vec![Evidence {
            answer_start: start,
            answer_end: start + scalar_count(answer.raw.trim()),
            chunk_id: None,
            chunk_start: source.index.scalar(span.start),
            chunk_end: source.index.scalar(span.end),
            score,
        }],
        hops: answer.sentences.len().max(1),
        verbatim: true,
        ..Grounding::default()
    }
}

/// Whether there is anything in the answer that could stand in the source: not in a bare yes or no,
/// not in one that only repeats the question, and not in another script than the source's.
fn measurable(source: &Source<'_>, question: &Text<'_>, answer: &Text<'_>) -> bool {
    let Some(first) = answer.tokens.first() else { return false };
    if is_yes_or_no(&answer.raw[first.start..first.end]) || is_yes_or_no(answer.raw.trim()) {
        let asked = |token: &Token| question.tokens.iter().any(|other| other.key == token.key);
        return answer.tokens[1..].iter().any(|token| token.is_content() && !asked(token));
    }
    let unspaced = |tokens: &[Token]| {
        tokens.iter().filter(|token| token.kind == Kind::Characters).count() * 2 > tokens.len()
    };
    unspaced(&answer.tokens) == unspaced(&source.text.tokens)
        || answer.tokens.iter().any(|token| source.holds(token) || source.surrounds(token))
}

/// Whether a text says yes or no and nothing else.
pub(crate) fn is_yes_or_no(text: &str) -> bool {
    matches!(
        text.trim().trim_end_matches(['.', '!', '。', ',']).to_lowercase().as_str(),
        "yes"
            | "no"
            | "true"
            | "false"
            | "ja"
            | "nein"
            | "oui"
            | "non"
            | "sí"
            | "si"
            | "sim"
            | "não"
            | "да"
            | "нет"
            | "nej"
            | "nee"
            | "tak"
            | "nie"
            | "はい"
            | "いいえ"
            | "是"
            | "不是"
            | "否"
            | "对"
            | "예"
            | "네"
            | "아니요"
            | "نعم"
            | "لا"
            | "ใช่"
            | "ไม่"
    )
}

fn hardness(problems: &[Problem]) -> f64 {
    let mut codes: Vec<_> = problems.iter().map(|problem| (problem.code, problem.weight)).collect();
    codes.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    codes.dedup_by_key(|(code, _)| *code);
    codes.iter().map(|(_, weight)| weight).sum::<f64>().min(1.0)
}

/// The soft score of an answer from those of its sentences.
#[derive(Default)]
struct Sums {
    weight: f64,
    coverage: f64,
    least: Option<f64>,
    bigrams: Ratio,
    trigrams: Ratio,
}

#[derive(Default)]
struct Ratio {
    held: usize,
    all: usize,
}

impl Ratio {
    fn new((held, all): (usize, usize)) -> Self {
        Self { held, all }
    }

    fn value(&self) -> Option<f64> {
        (self.all > 0).then(|| self.held as f64 / self.all as f64)
    }

    /// Few pairs or triples say little: a short answer put into a sentence breaks most of them.
    fn trust(&self) -> f64 {
        self.all as f64 / (self.all as f64 + 4.0)
    }
}

impl Sums {
    fn add(&mut self, aligned: &Alignment) {
        self.weight += aligned.weight;
        self.coverage += aligned.coverage * aligned.weight;
        self.least = Some(self.least.map_or(aligned.coverage, |least| least.min(aligned.coverage)));
        for (ratio, (held, all)) in
            [(&mut self.bigrams, aligned.bigrams), (&mut self.trigrams, aligned.trigrams)]
        {
            ratio.held += held;
            ratio.all += all;
        }
    }

    fn soft(&self) -> Option<f64> {
        let least = self.least?;
        let mean = self.coverage / self.weight.max(f64::MIN_POSITIVE);
        Some(weighted([
            (0.35, Some(mean)),
            (0.15, Some(least)),
            (0.25 * self.bigrams.trust(), self.bigrams.value()),
            (0.25 * self.trigrams.trust(), self.trigrams.value()),
        ]))
    }
}

/// The weighted mean of what was measured; 0 where nothing was.
fn weighted<const N: usize>(parts: [(f64, Option<f64>); N]) -> f64 {
    let (sum, weight) = parts
        .into_iter()
        .filter_map(|(weight, value)| Some((weight, value?)))
        .fold((0.0, 0.0), |(sum, all), (weight, value)| (sum + weight * value, all + weight));
    if weight > 0.0 { sum / weight } else { 0.0 }
}
