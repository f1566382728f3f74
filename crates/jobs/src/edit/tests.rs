use model::Role;
use rstest::rstest;

use super::*;

fn turn(role: Role, content: &str) -> Turn {
    Turn { role, content: content.into() }
}

fn pair(turns: Vec<Turn>) -> Pair {
    let time = model::Time::UNIX_EPOCH;
    let (project, generation) = (ProjectId::new(time, [0; 10]), model::GenerationId::new(time, [0; 10]));
    let chunk = ChunkId::derive([]);
    Pair {
        id: PairId::derive([]),
        project_id: project,
        generation_id: generation,
        document_id: model::DocumentId::new(time, [0; 10]),
        chunk_id: chunk,
        chunk_ids: vec![chunk],
        slot: 0,
        generation_type: model::GenerationType::Qa,
        question: "Q".into(),
        answer: "A".into(),
        context: String::new(),
        reasoning: None,
        turns,
        system_prompt: None,
        question_type: None,
        difficulty: None,
        topic: None,
        quality_score: None,
        quality: model::Quality::default(),
        grounding_score: None,
        evidence: Vec::new(),
        unsupported: Vec::new(),
        flags: Vec::new(),
        judgement: None,
        duplicate_of: None,
        review_status: ReviewStatus::Pending,
        reviewed_by: None,
        reviewed_at: None,
        edited: false,
        original: None,
        revision: 1,
        token_count: 0,
        provenance: model::PairProvenance::default(),
        created_at: time,
        updated_at: time,
    }
}

fn texts(question: Option<&str>, answer: Option<&str>) -> PairTextChange {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    PairTextChange { question: owned(question), answer: owned(answer), ..PairTextChange::default() }
}

#[rstest]
#[case::nothing(texts(None, None))]
#[case::the_same(texts(Some("Q"), Some("A")))]
fn what_changes_nothing_is_no_change(#[case] change: PairTextChange) {
    assert_eq!(change.apply_to(&pair(Vec::new())), None);
}

#[test]
fn the_rest_stays() {
    let text = texts(None, Some("B")).apply_to(&pair(Vec::new())).unwrap();
    assert_eq!((text.question.as_str(), text.answer.as_str()), ("Q", "B"));
}

#[test]
fn an_exchange_begins_with_its_question_and_answer() {
    let exchange = pair(vec![turn(Role::User, "Q"), turn(Role::Assistant, "A"), turn(Role::User, "Q2")]);
    let text = texts(None, Some("B")).apply_to(&exchange).unwrap();
    assert_eq!(text.turns[1].content, "B");
    assert_eq!(text.turns[2].content, "Q2");

    let turns = Some(vec![turn(Role::User, "New"), turn(Role::Assistant, "Newer")]);
    let text = PairTextChange { turns, ..PairTextChange::default() }.apply_to(&exchange).unwrap();
    assert_eq!((text.question.as_str(), text.answer.as_str()), ("New", "Newer"));
    assert_eq!(text.turns.len(), 2);
}

#[tokio::test]
async fn an_edited_text_is_scored_over_its_passage() {
    let passage = Passage {
        document: "Valves".into(),
        heading_path: Vec::new(),
        content_type: model::ContentType::Prose,
        text: "Valve 3 opens at 103 bar.".into(),
        table_header: Vec::new(),
        language: None,
        before: String::new(),
        after: String::new(),
        imported: None,
    };
    let pair = pair(Vec::new());
    let score = async |answer: &str| {
        let question = "At which pressure does valve 3 open?".into();
        let text = PairText { question, answer: answer.into(), ..PairText::default() };
        rescore(passage.clone(), &pair, text).await
    };
    let good = score("Valve 3 opens at 103 bar.").await;
    let bad = score("Valve 3 opens at 999 bar.").await;
    assert!(good.scores.grounding_score > bad.scores.grounding_score, "{good:?} {bad:?}");
    assert_eq!(good.scores.evidence[0].chunk_id, Some(pair.chunk_id));
    assert!(good.token_count > 10 && good.key != bad.key);
}
