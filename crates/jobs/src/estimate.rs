//! What a generation would come to, told from its prompts and from what an earlier one came to.

use generate::BUILTIN;
use model::{
    Estimate, GenerateSettings, Generation, GenerationKind, GenerationType, Price, ProjectId, Usage, UserId,
};
use store::{ChunkSelection, ChunkTotals};

use crate::{
    Environment, JobsError, ModelPrices,
    ledger::{cost, prompt_tokens},
};

/// How many prompts are made to see what goes around a chunk.
const SAMPLED: usize = 20;

/// From that many calls on an earlier generation tells more than what is usual.
const ENOUGH_CALLS: u64 = 5;

/// How long models commonly think before they write, and how many tokens a second they write.
const FIRST_TOKEN_SECONDS: f64 = 0.7;
const TOKENS_PER_SECOND: f64 = 60.0;

/// Of the judge: the share of units it is asked about once more, and of pairs made wrong on purpose; the tokens of its
/// reply, a pair; and those that stand around a pair in its prompt.
const JUDGED_AGAIN: f64 = 0.05;
const JUDGED_PAIR: f64 = 190.0;
const AROUND_A_PAIR: f64 = 20.0;

/// Of the offline teacher: seconds a chunk, on one core.
const BUILTIN_SECONDS: f64 = 0.002;

/// How one call on average goes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rates {
    /// Calls a chunk: more than one where replies had to be asked for again.
    calls: f64,
    /// The model's tokens to those of `o200k_base`.
    tokens: f64,
    /// Tokens of a reply, a pair asked for.
    reply: f64,
    /// Seconds.
    seconds: f64,
}

/// What a generation of these settings from these chunks would come to.
///
/// # Errors
/// [`JobsError::Settings`] for settings outside their bounds; where the store fails.
pub async fn estimate(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    settings: &GenerateSettings,
    which: &ChunkSelection,
    prices: ModelPrices,
) -> Result<Estimate, JobsError> {
    settings.check()?;
    let metadata = &environment.metadata;
    let totals = metadata.chunk_totals(user, project, which).await?;
    let config = &settings.config;
    let pairs = totals.chunks * u64::from(config.pairs_per_chunk);
    let mut estimate = Estimate { chunks: totals.chunks, pairs, ..Estimate::default() };
    if totals.chunks == 0 {
        return Ok(estimate);
    }
    let asked = config.max_concurrency.map_or(usize::MAX, |most| most as usize);
    let at_once = environment.limits.max_concurrency.min(asked).max(1) as f64;
    let around = around_a_chunk(environment, user, project, settings, which).await?;
    if settings.teacher_model == BUILTIN {
        let cores = environment.limits.cores.max(1) as f64;
        estimate.cost_usd = Some(0.0);
        estimate.seconds = totals.chunks as f64 * BUILTIN_SECONDS / cores;
        judging(&mut estimate, settings, totals, around.judge, at_once, prices.judge);
        return Ok(estimate);
    }
    let around_teaching = around.teacher;
    let earlier = earlier(environment, user, project, settings).await?;
    let rates = match &earlier {
        Some((generation, made_from)) => {
            learnt(generation, *made_from, around_teaching, environment.limits.max_concurrency)
        }
        None => usual(settings),
    };
    let calls = totals.chunks as f64 * rates.calls;
    let prompts =
        (totals.chunks as f64 * around_teaching + totals.tokens as f64) * rates.calls * rates.tokens;
    estimate.requests = whole(calls);
    estimate.prompt_tokens = whole(prompts);
    estimate.completion_tokens = whole(pairs as f64 * rates.calls * rates.reply);
    estimate.seconds = (calls / at_once).max(1.0) * rates.seconds;
    estimate.from_history = earlier.is_some();
    estimate.cost_usd = prices.teacher.map(|price| cost(price, usage_of(&estimate)));
    match &earlier {
        // What it came to holds the judge's calls too.
        Some((generation, _)) if settings.judge().is_some() => {
            estimate.judge_requests = whole(judge_calls(settings, totals)).min(estimate.requests);
            if prices.judge != prices.teacher {
                estimate.cost_usd = generation.usage.cost_usd.map(|cost| {
                    let tokens = |usage: Usage| (usage.prompt_tokens + usage.completion_tokens) as f64;
                    cost * tokens(usage_of(&estimate)) / tokens(generation.usage).max(1.0)
                });
            }
        }
        Some(_) => {}
        None => judging(&mut estimate, settings, totals, around.judge, at_once, prices.judge),
    }
    Ok(estimate)
}

fn usage_of(estimate: &Estimate) -> Usage {
    let Estimate { requests, prompt_tokens, completion_tokens, .. } = *estimate;
    Usage { requests, prompt_tokens, completion_tokens, cost_usd: None }
}

/// How often the judge is asked: about the pairs of each chunk at once, about some once more, and about those that are
/// made wrong on purpose.
fn judge_calls(settings: &GenerateSettings, totals: ChunkTotals) -> f64 {
    let pairs = totals.chunks as f64 * f64::from(settings.config.pairs_per_chunk);
    totals.chunks as f64 * (1.0 + JUDGED_AGAIN) + pairs * JUDGED_AGAIN
}

/// Adds what is usual for judging.
fn judging(
    estimate: &mut Estimate,
    settings: &GenerateSettings,
    totals: ChunkTotals,
    around: f64,
    at_once: f64,
    price: Option<Price>,
) {
    if settings.judge().is_none() {
        return;
    }
    let calls = judge_calls(settings, totals);
    let pairs = estimate.pairs as f64 * (1.0 + 2.0 * JUDGED_AGAIN);
    let Rates { reply, .. } = usual(settings);
    let a_chunk = around + totals.tokens as f64 / totals.chunks.max(1) as f64;
    let added = Usage {
        requests: whole(calls),
        prompt_tokens: whole(calls * a_chunk + pairs * (reply + AROUND_A_PAIR)),
        completion_tokens: whole(pairs * JUDGED_PAIR),
        cost_usd: None,
    };
    estimate.judge_requests = added.requests;
    estimate.requests += added.requests;
    estimate.prompt_tokens += added.prompt_tokens;
    estimate.completion_tokens += added.completion_tokens;
    let seconds = FIRST_TOKEN_SECONDS + pairs / calls * JUDGED_PAIR / TOKENS_PER_SECOND;
    estimate.seconds += (calls / at_once).max(1.0) * seconds;
    estimate.cost_usd = estimate.cost_usd.zip(price).map(|(so_far, price)| so_far + cost(price, added));
}

/// The tokens of a prompt beside its chunk's own.
struct Around {
    teacher: f64,
    judge: f64,
}

/// The same on average over some of the chunks; of the judge's without any pair.
async fn around_a_chunk(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    settings: &GenerateSettings,
    which: &ChunkSelection,
) -> Result<Around, JobsError> {
    let chunks = environment.metadata.select_chunks(user, project, which).await?;
    let step = chunks.len().div_ceil(SAMPLED).max(1);
    let (mut around, mut prompts) = (Around { teacher: 0.0, judge: 0.0 }, 0.0);
    for (chunk, _) in chunks.iter().step_by(step) {
        // What was deleted since is not counted.
        if let Some((chunk, passage, _)) = environment.metadata.chunk_passage(user, *chunk).await? {
            let beside = |request| prompt_tokens(&request) as f64 - f64::from(chunk.token_count);
            around.teacher += beside(generate::request(&passage, settings));
            if let Some(judge) = settings.judge() {
                around.judge += beside(validate::judge::request(judge, 0, &passage, &[]));
            }
            prompts += 1.0;
        }
    }
    let prompts = f64::max(prompts, 1.0);
    Ok(Around { teacher: around.teacher / prompts, judge: around.judge / prompts })
}

/// The newest generation of the project by the same models that made the same type, and the chunks it asked about.
async fn earlier(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    settings: &GenerateSettings,
) -> Result<Option<(Generation, ChunkTotals)>, JobsError> {
    let generations = environment.metadata.generations(user, project, GenerationKind::Generate).await?;
    for generation in generations {
        let Some(of) = &generation.settings else { continue };
        let same = (&of.teacher_model, of.generation_type, of.judge())
            == (&settings.teacher_model, settings.generation_type, settings.judge());
        if same && generation.usage.requests >= ENOUGH_CALLS {
            let made_from = environment.metadata.taught_chunks(generation.id).await?;
            if made_from.chunks > 0 && generation.duration_seconds.is_some() {
                return Ok(Some((generation, made_from)));
            }
        }
    }
    Ok(None)
}

fn learnt(generation: &Generation, made_from: ChunkTotals, around: f64, most_at_once: usize) -> Rates {
    let usage = generation.usage;
    let chunks = made_from.chunks as f64;
    let requests = usage.requests as f64;
    let config = generation.settings.as_ref().map(|settings| &settings.config);
    let pairs = config.map_or(1.0, |config| f64::from(config.pairs_per_chunk));
    let asked = config.and_then(|config| config.max_concurrency).map_or(usize::MAX, |most| most as usize);
    let at_once = most_at_once.min(asked).max(1) as f64;
    let calls = (requests / chunks).max(1.0);
    let rounds = (requests / at_once).max(1.0);
    Rates {
        calls,
        tokens: usage.prompt_tokens as f64 / ((chunks * around + made_from.tokens as f64) * calls).max(1.0),
        reply: usage.completion_tokens as f64 / (requests * pairs),
        seconds: generation.duration_seconds.unwrap_or_default() / rounds,
    }
}

/// What is usual: no call is made twice, tokens are those of `o200k_base`.
fn usual(settings: &GenerateSettings) -> Rates {
    let reply = match settings.generation_type {
        GenerationType::Qa => 100.0,
        GenerationType::Instruction => 100.0,
        GenerationType::Conversation => 170.0,
        GenerationType::Summary => 95.0,
        GenerationType::Classification => 57.0,
    };
    let tokens = reply * f64::from(settings.config.pairs_per_chunk);
    Rates { calls: 1.0, tokens: 1.0, reply, seconds: FIRST_TOKEN_SECONDS + tokens / TOKENS_PER_SECOND }
}

fn whole(count: f64) -> u64 {
    // A cast saturates, and makes 0 of what is not a number.
    count.round() as u64
}
