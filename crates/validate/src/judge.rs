//! A model that says how far answers rest on their source and how good the examples are, shows where, and is held to
//! that.
//!
//! Pairs of one passage go into one call. Each sentence of an answer gets a verdict with a quote: what is called
//! supported and is quoted from nowhere counts as partial. What cannot be read is asked for once more, and is not
//! measured if that does not help either. Where the local measure has found a number, a name or a denial that the
//! source does not hold, and the judge has seen nothing wrong, it is asked for that very thing.

mod ask;
mod case;
mod combine;
mod doubts;
mod hold;
mod read;

use std::collections::BTreeMap;

use llm::{ChatError, ChatModel, ChatReply, ChatRequest, FinishReason};
use model::{ItemAnswer, Judgement, Passage, QualityItem};

pub use ask::request;
pub use case::{Case, exchanges};
pub use combine::{DISAGREEMENT, combine, compare};
use hold::Source;
use read::{Said, SaidOfPair};

/// The most sentences and pairs, a pair counted as two sentences, of one call.
const MOST_AT_ONCE: usize = 40;

/// How far the seeds of further attempts lie apart.
const SEEDS_APART: u64 = 1_000;

/// How much a judge's score is the mean of its sentences'; the rest is the least of them.
const MEAN: f64 = 0.7;

/// Who judges.
#[derive(Clone, Copy)]
pub struct Judge<'a> {
    /// What answers.
    pub chat: &'a dyn ChatModel,
    /// The model's id.
    pub model: &'a str,
    /// The seed of its sampling.
    pub seed: u64,
    /// How often all this was begun, from 1: what could not be read before is asked for in other words of chance.
    pub attempt: u32,
}

/// What a judge says of some pairs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Verdicts {
    /// Of each pair, in their order.
    pub judgements: Vec<Judgement>,
    /// Why something is missing, with the last reply that could not be used, where there was one.
    pub failure: Option<(String, Option<String>)>,
}

impl Judge<'_> {
    /// Judges pairs that were made from one passage.
    ///
    /// # Errors
    /// What keeps any call from being answered ([`ChatError::stops_the_run`]). What goes wrong with these pairs alone
    /// is told in their judgements.
    pub async fn judge(&self, passage: &Passage, cases: &[Case<'_>]) -> Result<Verdicts, ChatError> {
        let source = Source::new(passage);
        let mut verdicts = Verdicts::default();
        let mut from = 0;
        while from < cases.len() {
            let batch = &cases[from..from + at_once(&cases[from..])];
            let (said, failure) = self.ask(passage, batch).await?;
            let failure_reason = failure.as_ref().map(|(reason, _)| reason.clone());
            let mut judgements: Vec<_> = batch
                .iter()
                .zip(&said)
                .map(|(case, said)| self.judgement(&source, case, said, failure_reason.as_deref()))
                .collect();
            doubts::settle(self, passage, &source, batch, &mut judgements).await?;
            verdicts.judgements.extend(judgements);
            verdicts.failure = failure.or(verdicts.failure);
            from += batch.len();
        }
        Ok(verdicts)
    }

    /// What is said of each pair of a batch, and why something is missing.
    async fn ask(
        &self,
        passage: &Passage,
        batch: &[Case<'_>],
    ) -> Result<(Vec<SaidOfPair>, Option<(String, Option<String>)>), ChatError> {
        let mut said = vec![SaidOfPair::default(); batch.len()];
        let mut failure = None;
        let first = ask::request(self.model, self.seed, passage, batch);
        let mut request = first.clone();
        for again in 0..=self.attempt {
            let reply = match self.call(&request).await? {
                Ok(reply) => reply,
                Err(reason) => return Ok((said, Some((reason, None)))),
            };
            let reason = match read::pairs(&reply.content, batch) {
                Ok(read) => {
                    said.iter_mut().zip(read).for_each(|(said, read)| said.add(read));
                    let Some(reason) = read::missing(&said) else { return Ok((said, None)) };
                    reason
                }
                Err(reason) => reason,
            };
            tracing::debug!(reason, "the judge's reply could not be used");
            failure =
                Some((format!("the judge's reply could not be used: {reason}"), Some(reply.content.clone())));
            request = match again {
                0 => ask::repair(&first, &reply.content, &reason),
                // The same body would be answered by the stored reply.
                _ => ChatRequest {
                    seed: Some(self.seed.wrapping_add(u64::from(again) * SEEDS_APART)),
                    ..first.clone()
                },
            };
        }
        Ok((said, failure))
    }

    /// One call: a reply, or why there is none where that is about this request alone.
    async fn call(&self, request: &ChatRequest) -> Result<Result<ChatReply, String>, ChatError> {
        match self.chat.chat(request).await {
            Ok(reply) if reply.finish_reason == FinishReason::ContentFilter => {
                Ok(Err("the gateway's content filter stopped the judge's reply".into()))
            }
            Ok(reply) => Ok(Ok(reply)),
            Err(error) if error.stops_the_run() => Err(error),
            Err(error) => Ok(Err(format!("the judge did not answer: {error}"))),
        }
    }

    fn judgement(
        &self,
        source: &Source<'_>,
        case: &Case<'_>,
        said: &SaidOfPair,
        failure: Option<&str>,
    ) -> Judgement {
        let sentences = source.hold(case, said.sentences.as_deref());
        let grounding_score = hold::score(&sentences);
        let items = said.items.clone().unwrap_or_default();
        let missing = said.sentences.is_none() || said.items.is_none();
        Judgement {
            model: self.model.to_owned(),
            grounding_score,
            local_grounding_score: case.local.grounding_score,
            local_quality_score: case.local.quality_score,
            sentences,
            items,
            doubts: Vec::new(),
            error: failure.filter(|_| missing).map(str::to_owned),
        }
    }
}

/// How many of the cases go into one call.
fn at_once(cases: &[Case<'_>]) -> usize {
    let mut sum = 0;
    let fit = cases.iter().take_while(|case| {
        sum += case.parts().len() + 2;
        sum <= MOST_AT_ONCE
    });
    fit.count().max(1)
}

/// The answers to a pair's items.
type Items = BTreeMap<QualityItem, ItemAnswer>;

/// What is said of a sentence.
type Sentences = Vec<Said>;

#[cfg(test)]
mod tests;
