//! Types of examples, the shares of a run, and labels that are fixed once.

use std::sync::atomic::{AtomicU64, Ordering};

use jobs::{ClassCount, Launch, Pick, class_counts, create_generate};
use llm::{ChatError, ChatRequest};
use model::{
    DifficultyWeights, GenerateConfig, GenerateSettings, Generation, GenerationStatus, GenerationType,
};

use crate::workshop::{Workshop, section, settings};

/// Makes what it is asked for, each pair about the section and its slot.
fn as_asked(request: &ChatRequest) -> Result<String, ChatError> {
    let number = section(request);
    let user = &request.messages[1].content;
    let asked = user.lines().find_map(|line| line.strip_prefix("Pairs: ")).unwrap();
    let pair = |slot: &str| {
        let words: Vec<_> = slot.split(' ').collect();
        format!(
            r#"{{"question": "Question {slot} on valve {number}?", "answer": "Valve {number} opens at {} bar.",
                "quote": "Valve {number} opens", "difficulty": "{}", "question_type": "{}"}}"#,
            100 + number,
            words[1],
            words[2]
        )
    };
    let pairs: Vec<_> = asked.split(", ").map(pair).collect();
    Ok(format!(r#"{{"pairs": [{}], "nothing_to_teach": null}}"#, pairs.join(",")))
}

async fn driven(shop: &Workshop, settings: GenerateSettings) -> Generation {
    let all = Pick::Selected(store::ChunkSelection::default());
    let created = create_generate(&shop.environment, &shop.user, shop.project, settings, &all, Launch::Here)
        .await
        .unwrap();
    shop.drive(created.id).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_meets_its_distribution() {
    let shop = Workshop::new(0, as_asked).await;
    shop.parsed(11).await;
    let weights = DifficultyWeights { easy: 2.0, medium: 1.0, hard: 1.0 };
    let config = GenerateConfig { pairs_per_chunk: 2, difficulty_distribution: weights, ..settings().config };
    let ended = driven(&shop, GenerateSettings { config, ..settings() }).await;
    assert_eq!((ended.status, shop.calls()), (GenerationStatus::Completed, 11));
    let counts = class_counts(&shop.environment, &shop.user, &ended).await.unwrap().unwrap();
    let made: Vec<u64> = counts.difficulties.values().map(|count| count.made).collect();
    assert_eq!(made[0], 11);
    assert!(made == [11, 5, 6] || made == [11, 6, 5], "{made:?}");
    for ClassCount { asked, made } in counts.difficulties.values().chain(counts.question_types.values()) {
        assert_eq!(asked, made, "{counts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_are_proposed_once_for_a_project() {
    let proposals = AtomicU64::new(0);
    let shop = Workshop::new(0, move |request| {
        if request.schema.as_ref().unwrap().name == "labels" {
            let number = proposals.fetch_add(1, Ordering::SeqCst);
            return Ok(format!(r#"{{"labels": ["Pressure {number}", "Care"]}}"#));
        }
        let number = section(request);
        Ok(format!(
            r#"{{"pairs": [
                {{"text": "Valve {number} opens at {} bar.", "label": "pressure 0", "quote": "opens", "difficulty": "easy"}},
                {{"text": "The seat of valve {number} is ground", "label": "Seats", "quote": "seat", "difficulty": "easy"}}
            ], "nothing_to_teach": "no more"}}"#,
            100 + number
        ))
    })
    .await;
    shop.parsed(4).await;
    let kind = GenerationType::Classification;
    let first = driven(&shop, GenerateSettings { generation_type: kind, ..settings() }).await;
    assert_eq!((first.status, first.pairs_generated), (GenerationStatus::Completed, 4));
    assert_eq!(first.labels, ["Pressure 0", "Care"]);
    assert_eq!((shop.calls(), first.usage.requests), (5, 5));
    for row in shop.pairs().await {
        assert_eq!(row.pair.answer, "Pressure 0");
        assert!(row.pair.context.starts_with("Valve ") && row.pair.duplicate_of.is_none());
        assert!(row.pair.grounding_score.is_none() && row.pair.quality_score.is_some());
    }
    let again =
        driven(&shop, GenerateSettings { generation_type: kind, temperature: 0.1, ..settings() }).await;
    assert_eq!((again.labels, shop.calls()), (first.labels, 9));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_stored_with_the_quote_of_each_answer() {
    let shop = Workshop::new(0, |request| {
        let number = section(request);
        Ok(format!(
            r#"{{"pairs": [{{"exchanges": [
                {{"question": "At which pressure does valve {number} open?", "answer": "At {} bar.", "quote": "opens at {} bar"}},
                {{"question": "And its seat?", "answer": "It is ground and lapped.", "quote": "ground and lapped"}}
            ], "question_type": "factual", "difficulty": "easy"}}], "nothing_to_teach": null}}"#,
            100 + number,
            100 + number
        ))
    })
    .await;
    shop.parsed(2).await;
    let ended =
        driven(&shop, GenerateSettings { generation_type: GenerationType::Conversation, ..settings() }).await;
    assert_eq!((ended.pairs_generated, shop.calls()), (2, 2));
    for row in shop.pairs().await {
        assert_eq!((row.pair.turns.len(), row.pair.provenance.turn_quotes.len()), (4, 2));
        assert_eq!(row.pair.provenance.turn_quotes[1].as_deref(), Some("ground and lapped"));
        assert_eq!(row.pair.turns[1].content, row.pair.answer);
    }
}
