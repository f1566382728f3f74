//! What a generation would come to, told from its prompts and from what an earlier one came to.

use generate::BUILTIN;
use model::{
    Estimate, GenerateSettings, Generation, GenerationKind, GenerationType, Price, ProjectId, Usage, UserId,
};
use store::{ChunkSelection, ChunkTotals};

use crate::{
    Environment, JobsError,
    ledger::{cost, prompt_tokens},
};

/// How many prompts are made to see what goes around a chunk.
const SAMPLED: usize = 20;

/// From that many calls on an earlier generation tells more than what is usual.
const ENOUGH_CALLS: u64 = 5;

/// How long models commonly think before they write, and how many tokens a second they write.
const FIRST_TOKEN_SECONDS: f64 = 0.7;
const TOKENS_PER_SECOND: f64 = 60.0;

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
    price: Option<Price>,
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
    if settings.teacher_model == BUILTIN {
        let cores = environment.limits.cores.max(1) as f64;
        estimate.cost_usd = Some(0.0);
        estimate.seconds = totals.chunks as f64 * BUILTIN_SECONDS / cores;
        return Ok(estimate);
    }
    let around = around_a_chunk(environment, user, project, settings, which).await?;
    let earlier = earlier(environment, user, project, settings).await?;
    let rates = match &earlier {
        Some((generation, made_from)) => {
            learnt(generation, *made_from, around, environment.limits.max_concurrency)
        }
        None => usual(settings),
    };
    let asked = config.max_concurrency.map_or(usize::MAX, |most| most as usize);
    let at_once = environment.limits.max_concurrency.min(asked).max(1) as f64;
    let calls = totals.chunks as f64 * rates.calls;
    let prompts = (totals.chunks as f64 * around + totals.tokens as f64) * rates.calls * rates.tokens;
    estimate.requests = whole(calls);
    estimate.prompt_tokens = whole(prompts);
    estimate.completion_tokens = whole(pairs as f64 * rates.calls * rates.reply);
    estimate.seconds = (calls / at_once).max(1.0) * rates.seconds;
    estimate.from_history = earlier.is_some();
    estimate.cost_usd = price.map(|price| {
        let Estimate { requests, prompt_tokens, completion_tokens, .. } = estimate;
        cost(price, Usage { requests, prompt_tokens, completion_tokens, cost_usd: None })
    });
    Ok(estimate)
}

/// The tokens of a prompt beside its chunk's own, on average over some of the chunks.
async fn around_a_chunk(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    settings: &GenerateSettings,
    which: &ChunkSelection,
) -> Result<f64, JobsError> {
    let chunks = environment.metadata.select_chunks(user, project, which).await?;
    let step = chunks.len().div_ceil(SAMPLED).max(1);
    let (mut tokens, mut prompts) = (0.0, 0.0);
    for (chunk, _) in chunks.iter().step_by(step) {
        // What was deleted since is not counted.
        if let Some((chunk, passage, _)) = environment.metadata.chunk_passage(user, *chunk).await? {
            let request = generate::request(&passage, settings);
            tokens += prompt_tokens(&request) as f64 - f64::from(chunk.token_count);
            prompts += 1.0;
        }
    }
    Ok(tokens / f64::max(prompts, 1.0))
}

/// The newest generation of the project by the same model that made the same type, and the chunks it asked about.
async fn earlier(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    settings: &GenerateSettings,
) -> Result<Option<(Generation, ChunkTotals)>, JobsError> {
    let generations = environment.metadata.generations(user, project, GenerationKind::Generate).await?;
    for generation in generations {
        let Some(of) = &generation.settings else { continue };
        let same =
            (&of.teacher_model, of.generation_type) == (&settings.teacher_model, settings.generation_type);
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
