//! Pairs of a generation's project that nearly repeat another: found a batch at a time, by what the store
//! keeps of those that were compared before.

use std::time::Duration;

use model::{GenerationId, GenerationType, LogLevel, Pair, PairId};
use serde_json::json;
use store::{Compared, Sketched};
use tokio::time::Instant;
use validate::{Duplicates, Repeats, Sketch};

use crate::{Environment, JobsError, log};

/// So many pairs are compared at once.
const BATCH: u32 = 500;

/// How often it is said in the generation's log how many are.
const PACE: Duration = Duration::from_secs(5);

/// Marks the duplicates among a generation's pairs: those that are the same, then those that nearly are.
pub(crate) async fn mark_duplicates(
    environment: &Environment,
    generation: GenerationId,
    threshold: f64,
) -> Result<(), JobsError> {
    let store = &environment.metadata;
    store.mark_duplicates(generation).await?;
    let (mut compared, mut said) = (0, Instant::now());
    loop {
        let pairs = store.pairs_to_compare(generation, BATCH).await?;
        if pairs.is_empty() {
            break;
        }
        // Some milliseconds of work: a thread that waits is held up no longer.
        let sketches = sketched(&pairs);
        let bands: Vec<u32> = sketches.iter().flat_map(|(.., bands)| bands.iter().copied()).collect();
        let known = store.near_candidates(generation, &bands).await?;
        store.put_compared(generation, &compare(&known, sketches, threshold)).await?;
        compared += pairs.len();
        if said.elapsed() >= PACE {
            said = Instant::now();
            let fields = json!({"phase": "duplicates", "done": compared});
            log(
                environment,
                generation,
                LogLevel::Info,
                "pairs are compared with the project's others",
                fields,
            )
            .await;
        }
    }
    if compared > 0 {
        store.mark_duplicates(generation).await?;
    }
    Ok(())
}

type New = (PairId, u32, Sketch, Vec<u32>);

fn sketched(pairs: &[Pair]) -> Vec<New> {
    let one = |pair: &Pair| {
        let sketch = sketch(pair);
        let bands = sketch.bands().map(Vec::from).unwrap_or_default();
        (pair.id, pair.revision, sketch, bands)
    };
    pairs.iter().map(one).collect()
}

/// Of all that a pair says: the turns of a conversation, the text that an instruction is about. What all
/// classifications of a run are asked is left out.
fn sketch(pair: &Pair) -> Sketch {
    if pair.generation_type == GenerationType::Classification {
        Sketch::of_pair(&pair.context, &pair.answer)
    } else if pair.turns.is_empty() {
        Sketch::of_pair(&format!("{}\n{}", pair.question, pair.context), &pair.answer)
    } else {
        let said: Vec<_> = pair.turns.iter().map(|turn| &*turn.content).collect();
        Sketch::new(&said.join("\n"))
    }
}

/// Compares new pairs with known ones, and among themselves.
fn compare(known: &[Sketched], new: Vec<New>, threshold: f64) -> Vec<Compared> {
    let mut duplicates = Duplicates::new(threshold);
    let mut ids = Vec::with_capacity(known.len() + new.len());
    for Sketched { pair, sketch } in known {
        if let Some(sketch) = Sketch::from_bytes(sketch) {
            duplicates.add(ids.len(), &sketch, sketch.bands());
            ids.push(*pair);
        }
    }
    new.into_iter()
        .map(|(pair, revision, sketch, bands)| {
            let repeats = duplicates.add(ids.len(), &sketch, sketch.bands());
            ids.push(pair);
            let near = repeats.map(|Repeats { of, similarity }| (ids[of], similarity));
            let first = near.is_none();
            Compared {
                pair,
                revision,
                near,
                sketch: if first { sketch.to_bytes() } else { Vec::new() },
                bands: if first { bands } else { Vec::new() },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(number: u8, text: &str) -> New {
        let sketch = Sketch::new(text);
        let bands = sketch.bands().map(Vec::from).unwrap_or_default();
        (id(number), 1, sketch, bands)
    }

    fn id(number: u8) -> PairId {
        PairId::derive([[number].as_slice()])
    }

    #[test]
    fn pairs_are_compared_with_known_ones_and_among_themselves() {
        let known = new(1, "How does the feed pump of Northwind start?");
        let known = [Sketched { pair: known.0, sketch: known.2.to_bytes() }];
        let pairs = vec![
            new(2, "Please explain: how does feed pump of Northwind start"),
            new(3, "Which valve stands in the hall of Bergen?"),
            new(4, "Which valve stands in hall of Bergen, exactly?"),
            new(5, "Which valve stands in the hall of Oslo?"),
        ];
        let found = compare(&known, pairs, validate::DUPLICATE_SIMILARITY);
        let near: Vec<_> = found.iter().map(|pair| pair.near.map(|(of, _)| of)).collect();
        assert_eq!(near, [Some(id(1)), None, Some(id(3)), None]);
        for pair in found {
            assert_eq!(pair.near.is_none(), !pair.bands.is_empty() && !pair.sketch.is_empty());
        }
    }
}
