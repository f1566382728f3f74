//! Pairs of a few chunks to look at before a generation is paid for: scored, and stored nowhere.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use ::generate::{BUILTIN, Lesson, Place, TeachError, Teacher, propose_labels, teach};
use async_trait::async_trait;
use futures::future::join_all;
use llm::{ChatError, ChatModel, ChatReply, ChatRequest};
use model::{
    Chunk, ChunkId, GenerateSettings, GenerationId, GenerationType, Pair, Passage, Price, Scores, Usage,
    UserId,
};
use tokio::time::timeout;
use validate::judge::{Case, Judge, combine};

use crate::{
    Environment, JobsError, ModelPrices,
    ledger::{cost, count_what_is_not_told},
    pairs, random_bytes,
    scoring::{Scorer, put_in},
};

/// How long a chunk may take: whoever looks at a preview waits for it.
const PATIENCE: Duration = Duration::from_secs(50);

/// What a generation would make of a few chunks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Preview {
    /// The pairs, scored, in the order of the chunks.
    pub pairs: Vec<Pair>,
    /// Chunks whose teaching failed, or whose pairs have local scores alone since judging them failed.
    pub failures: Vec<PreviewFailure>,
    /// What the calls came to.
    pub usage: Usage,
}

/// A chunk whose teaching or judging failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewFailure {
    /// The chunk.
    pub chunk: ChunkId,
    /// Why.
    pub reason: String,
    /// What the model replied, where that is the reason.
    pub raw_reply: Option<String>,
}

/// Teaches chunks as a generation of these settings would, all at once, scores what comes of it and has it judged. What
/// is not the user's is passed over.
///
/// # Errors
/// [`JobsError::Settings`] for settings outside their bounds, [`JobsError::NoGateway`] where teacher or judge need one;
/// where the store fails. What happens to calls ends up in the preview.
pub async fn preview(
    environment: &Environment,
    user: &UserId,
    settings: &GenerateSettings,
    chunks: &[ChunkId],
    model: Option<&dyn ChatModel>,
    prices: ModelPrices,
) -> Result<Preview, JobsError> {
    ::generate::check(settings)?;
    let mut found = Vec::with_capacity(chunks.len());
    for id in chunks {
        found.extend(environment.metadata.chunk_passage(user, *id).await?);
    }
    let counted = |price| model.map(|model| Counted { model, price, usage: Mutex::default() });
    let (counted, judging) = (counted(prices.teacher), counted(prices.judge));
    let teacher = match &counted {
        _ if settings.teacher_model == BUILTIN => Teacher::Builtin,
        Some(model) => Teacher::Model(model),
        None => return Err(JobsError::NoGateway(settings.teacher_model.clone())),
    };
    let judge = match (settings.judge(), &judging) {
        (None, _) => None,
        (Some(model), Some(chat)) => Some(Judge { chat, model, seed: settings.config.seed, attempt: 1 }),
        (Some(model), None) => return Err(JobsError::NoGateway(model.to_owned())),
    };
    let taught = teach_all(teacher, settings, &found);
    let id = GenerationId::new(environment.now(), random_bytes());
    let mut preview = Preview::default();
    for ((chunk, passage, _), lesson) in found.iter().zip(taught.await) {
        match lesson {
            Ok(lesson) => {
                let passage_hash = passage.sha256();
                let mut made =
                    pairs::of_lesson(id, settings, chunk, &passage_hash, lesson, environment.now());
                let scorer = Scorer::new(passage);
                made.iter_mut().for_each(|pair| pair.put_scores(scorer.score_pair(pair).0));
                preview.pairs.extend(made);
            }
            Err((reason, raw_reply)) => {
                preview.failures.push(PreviewFailure { chunk: chunk.id, reason, raw_reply });
            }
        }
    }
    if let Some(judge) = judge {
        judge_all(judge, &found, &mut preview).await;
    }
    for counted in [counted, judging].into_iter().flatten() {
        preview.usage += counted.spent();
    }
    Ok(preview)
}

/// Has the pairs of each chunk judged. They keep their local scores where that fails.
async fn judge_all(judge: Judge<'_>, found: &[(Chunk, Passage, String)], preview: &mut Preview) {
    let groups = preview.pairs.chunk_by(|a, b| a.chunk_id == b.chunk_id);
    let judged = groups.filter_map(|pairs| {
        let (_, passage, _) = found.iter().find(|(chunk, ..)| chunk.id == pairs[0].chunk_id)?;
        Some(judge_chunk(judge, passage, pairs))
    });
    let judged = join_all(judged).await;
    let mut failures = Vec::new();
    let groups = preview.pairs.chunk_by_mut(|a, b| a.chunk_id == b.chunk_id);
    for (pairs, (scores, failure)) in groups.zip(judged) {
        let failed = |(reason, raw_reply)| PreviewFailure { chunk: pairs[0].chunk_id, reason, raw_reply };
        failures.extend(failure.map(failed));
        pairs.iter_mut().zip(scores).for_each(|(pair, scores)| pair.put_scores(scores));
    }
    preview.failures.extend(failures);
}

/// The scores of a chunk's pairs, and why they are not all judged.
async fn judge_chunk(
    judge: Judge<'_>,
    passage: &Passage,
    pairs: &[Pair],
) -> (Vec<Scores>, Option<(String, Option<String>)>) {
    let locals: Vec<Scores> = pairs.iter().map(Pair::scores).collect();
    let cases: Vec<_> = pairs.iter().zip(&locals).map(|(pair, local)| Case::of_pair(pair, local)).collect();
    match timeout(PATIENCE, judge.judge(passage, &cases)).await {
        Ok(Ok(verdicts)) => {
            let judged = pairs.iter().zip(locals.iter().zip(verdicts.judgements));
            let scores =
                judged.map(|(pair, (local, said))| put_in(pair.chunk_id, combine(local.clone(), said)));
            (scores.collect(), verdicts.failure)
        }
        Ok(Err(error)) => (Vec::new(), Some((format!("its pairs could not be judged: {error}"), None))),
        Err(_) => (Vec::new(), Some((format!("the judge takes longer than {} s", PATIENCE.as_secs()), None))),
    }
}

type Taught = Result<Lesson, (String, Option<String>)>;

/// What comes of each chunk, in order.
async fn teach_all(
    teacher: Teacher<'_>,
    settings: &GenerateSettings,
    found: &[(Chunk, Passage, String)],
) -> Vec<Taught> {
    let settings = match with_labels(teacher, settings, found).await {
        Ok(settings) => settings,
        Err(error) => return found.iter().map(|_| Err(why(error.clone()))).collect(),
    };
    let (settings, passages) = (&settings, found.len() as u64);
    let lessons = (0..).zip(found).map(async |(passage, (_, text, _))| {
        match timeout(PATIENCE, teach(teacher, text, settings, Place { passage, passages })).await {
            Ok(lesson) => lesson.map_err(why),
            Err(_) => Err((format!("the teacher takes longer than {} s", PATIENCE.as_secs()), None)),
        }
    });
    join_all(lessons).await
}

/// The labels of a classification that names none, as they would be proposed by what is shown.
async fn with_labels(
    teacher: Teacher<'_>,
    settings: &GenerateSettings,
    found: &[(Chunk, Passage, String)],
) -> Result<GenerateSettings, TeachError> {
    let mut settings = settings.clone();
    if let Teacher::Model(model) = teacher
        && settings.generation_type == GenerationType::Classification
        && settings.config.labels.is_empty()
    {
        let samples: Vec<Passage> = found.iter().map(|(_, passage, _)| passage.clone()).collect();
        settings.config.labels = propose_labels(model, &settings, &samples).await?;
    }
    Ok(settings)
}

fn why(error: TeachError) -> (String, Option<String>) {
    match error {
        TeachError::Unreadable { reason, raw_reply } => {
            (format!("the model's reply could not be read: {reason}"), Some(raw_reply))
        }
        other => (other.to_string(), None),
    }
}

/// A model whose calls are counted.
struct Counted<'a> {
    model: &'a dyn ChatModel,
    price: Option<Price>,
    usage: Mutex<Usage>,
}

impl Counted<'_> {
    fn spent(self) -> Usage {
        self.usage.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ChatModel for Counted<'_> {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, ChatError> {
        let mut reply = self.model.chat(request).await?;
        count_what_is_not_told(request, &mut reply);
        reply.usage.cost_usd = self.price.map(|price| cost(price, reply.usage));
        *self.usage.lock().unwrap_or_else(PoisonError::into_inner) += reply.usage;
        Ok(reply)
    }
}
