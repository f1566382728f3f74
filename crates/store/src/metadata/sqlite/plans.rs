//! That the queries which run again and again find their rows by index: one that walks a table
//! makes a run quadratic.

use model::{ProjectId, ReviewStatus, Time, UserId};
use rstest::rstest;
use sqlx::{AssertSqlSafe, Row as _};

use super::{
    Sqlite, chunks, documents, duplicates, finish, ledger, library, marks, pairs, probes, projects, recorder,
    select, units, work,
};
use crate::{ChunkFilter, PairCursor, PairFilter, PairOrder, PairSelection, PairSort};

async fn plan(sql: &str) -> Vec<String> {
    let db = Sqlite::in_memory().await.unwrap();
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let rows = sqlx::query(AssertSqlSafe(explain)).fetch_all(&db.reader).await.unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

/// Names that do not stand for a table of ours.
const IN_MEMORY: [&str; 6] = ["json_each", "j VIRTUAL", "(subquery", "keys", "firsts", "found"];

fn walks(step: &str) -> bool {
    // Of all generations, few have not ended.
    !step.ends_with("generations_unended")
        && step.strip_prefix("SCAN ").is_some_and(|what| !IN_MEMORY.iter().any(|name| what.starts_with(name)))
}

#[rstest]
#[case::claim(units::CLAIM)]
#[case::heartbeat(units::HEARTBEAT)]
#[case::unit_counts(units::COUNT)]
#[case::failures(library::PAGE_OF_FAILURES)]
#[case::count_failures(library::COUNT_FAILURES)]
#[case::held(finish::HELD)]
#[case::taught(select::TAUGHT)]
#[case::taught_passage(work::TAUGHT_PASSAGE)]
#[case::reserved(ledger::RESERVED)]
#[case::unreserve(ledger::UNRESERVE)]
#[case::replace(pairs::DELETE_OF_CHUNKS)]
#[case::known(recorder::KNOWN)]
#[case::done(finish::DONE)]
#[case::work_pairs(pairs::OF_CHUNK)]
#[case::mark_duplicates(&duplicates::mark_sql(duplicates::OF_GENERATION))]
#[case::to_compare(duplicates::near::TO_COMPARE)]
#[case::near_candidates(duplicates::near::CANDIDATES)]
#[case::mark_chunks(marks::MARK)]
#[case::count_duplicates(duplicates::COUNT)]
#[case::chunks_to_generate(chunks::TO_GENERATE)]
#[case::excluded_chunks(chunks::EXCLUDED)]
#[case::known_chunks(chunks::KNOWN)]
#[case::foreign_chunks(chunks::FOREIGN)]
#[case::documents(documents::LIST)]
#[case::holdings(library::HOLDINGS)]
#[case::analytics(library::GROUPS)]
#[case::scored(pairs::SCORED)]
#[case::quality(probes::QUALITY)]
#[case::judged(probes::JUDGED)]
#[case::retests(probes::RETESTS)]
#[case::canaries(probes::CANARIES)]
#[case::decide(library::DECIDE)]
#[case::derive(library::DERIVE)]
#[case::rebase(library::REBASE)]
#[case::edits(library::NOTE_MANY)]
#[case::edit_marks(library::MARKS)]
#[tokio::test]
async fn no_table_is_walked(#[case] sql: &str) {
    let plan = plan(sql).await;
    assert!(plan.iter().any(|step| step.starts_with("SEARCH ")), "{plan:#?}");
    assert!(!plan.iter().any(|step| walks(step)), "{plan:#?}");
}

#[tokio::test]
async fn export_totals_are_counted_in_an_index() {
    let project = *ProjectId::new(Time::UNIX_EPOCH, [0; 10]).as_uuid();
    let generations = vec![model::GenerationId::new(Time::UNIX_EPOCH, [1; 10])];
    let which = PairSelection { generations, ..PairSelection::default() };
    let query = library::export_totals_by_status(project, &which, Some(0.5));
    let plan = plan(query.sql().as_str()).await;
    assert!(plan.iter().any(|step| step.contains("COVERING INDEX pairs_by_age (project_id=?)")), "{plan:#?}");
}

#[tokio::test]
async fn stats_are_not_counted_when_they_are_read() {
    let plan = plan(&format!("{} WHERE p.user_id = ? AND p.id = ?", projects::SELECT)).await;
    assert!(!plan.iter().any(|step| walks(step)), "{plan:#?}");
    for table in ["documents", "chunks", "pairs"] {
        assert!(!plan.iter().any(|step| step.contains(&format!(" {table} "))), "{plan:#?}");
    }
}

#[tokio::test]
async fn pages_of_pairs_go_on_in_their_index() {
    let (user, project) = (UserId::local(), ProjectId::new(Time::UNIX_EPOCH, [0; 10]));
    let cursor = PairCursor {
        filename: String::new(),
        document: model::DocumentId::new(Time::UNIX_EPOCH, [0; 10]),
        position: 0,
        generation: model::GenerationId::new(Time::UNIX_EPOCH, [0; 10]),
        slot: 0,
    };
    let selection = PairSelection {
        generations: vec![cursor.generation],
        documents: vec![cursor.document],
        min_quality: Some(0.5),
        without_rejected: true,
        reviewed_only: true,
    };
    let query = pairs::in_order_query(&user, project, &selection, Some(&cursor), 10).unwrap();
    let plan = plan(query.sql().as_str()).await;
    assert!(!plan.iter().any(|step| walks(step)), "{plan:#?}");
    let goes_on =
        |step: &String| step.starts_with("SEARCH pairs USING INDEX pairs_in_order (project_id=? AND (");
    assert!(plan.iter().any(goes_on), "{plan:#?}");
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY")), "{plan:#?}");
}

fn cursor_id() -> uuid::Uuid {
    uuid::Uuid::nil()
}

fn project() -> ProjectId {
    ProjectId::new(Time::UNIX_EPOCH, [0; 10])
}

/// All filters that a list of pairs is read along its order with.
fn pair_filter() -> PairFilter {
    let time = Time::UNIX_EPOCH;
    PairFilter {
        review_statuses: vec![ReviewStatus::Accepted, ReviewStatus::Rejected],
        min_quality: Some(0.1),
        max_quality: Some(0.9),
        min_grounding: Some(0.1),
        max_grounding: Some(0.9),
        flagged: Some(true),
        generations: vec![model::GenerationId::new(time, [0; 10])],
        documents: [0, 1].map(|one| model::DocumentId::new(time, [one; 10])).to_vec(),
        chunks: Vec::new(),
        question_types: vec![model::QuestionType::Factual],
        difficulties: vec![model::Difficulty::Easy],
        q: None,
    }
}

#[rstest]
#[case::by_age(PairSort::CreatedAt, "pairs_by_age")]
#[case::by_quality(PairSort::Quality, "pairs_by_quality")]
#[case::by_grounding(PairSort::Grounding, "pairs_by_grounding")]
#[tokio::test]
async fn pages_of_pairs_are_read_along_their_order(
    #[case] by: PairSort,
    #[case] index: &str,
    #[values(false, true)] descending: bool,
    #[values(false, true)] filtered: bool,
) {
    let filter = if filtered { pair_filter() } else { PairFilter::default() };
    let matching = library::PairMatching::new(project(), 1, &filter);
    let key = match by {
        PairSort::CreatedAt => library::PairKey::Time(1),
        PairSort::Quality | PairSort::Grounding => library::PairKey::Rank(0.5),
    };
    let order = PairOrder { by, descending };
    let query = library::page_of_pairs(&matching, order, Some((key, cursor_id())), 50).unwrap();
    let plan = plan(query.sql().as_str()).await;
    assert!(!plan.iter().any(|step| walks(step) || step.contains("TEMP B-TREE")), "{plan:#?}");
    let search = format!("SEARCH p USING INDEX {index} (project_id=? AND ");
    let goes_on = |step: &String| step.starts_with(&search) && step.contains(",id)");
    assert!(plan.iter().any(goes_on), "{plan:#?}");
}

#[rstest]
#[tokio::test]
async fn the_pairs_of_one_document_are_read_along_their_age(#[values(false, true)] descending: bool) {
    let all = pair_filter();
    let filter = PairFilter { documents: all.documents[..1].to_vec(), ..all };
    let matching = library::PairMatching::new(project(), 1, &filter);
    let order = PairOrder { by: PairSort::CreatedAt, descending };
    let after = Some((library::PairKey::Time(1), cursor_id()));
    let query = library::page_of_pairs(&matching, order, after, 50).unwrap();
    let plan = plan(query.sql().as_str()).await;
    let search = "SEARCH p USING INDEX pairs_by_document (project_id=? AND document_id=? AND (created_at,id)";
    assert!(plan.iter().any(|step| step.starts_with(search)), "{plan:#?}");
    assert!(!plan.iter().any(|step| walks(step) || step.contains("TEMP B-TREE")), "{plan:#?}");
}

#[tokio::test]
async fn the_few_pairs_of_documents_are_found_first() {
    let filter = pair_filter();
    let order = PairOrder { by: PairSort::Quality, descending: true };
    for (total, index) in [(10, "pairs_by_document"), (1_000_000, "pairs_by_quality")] {
        let matching = library::PairMatching::new(project(), 1, &filter).counted(total);
        let query = library::page_of_pairs(&matching, order, None, 50).unwrap();
        let plan = plan(query.sql().as_str()).await;
        let found = format!("SEARCH p USING INDEX {index} (project_id=? AND ");
        assert!(plan.iter().any(|step| step.starts_with(&found)), "{plan:#?}");
        assert!(!plan.iter().any(|step| walks(step)), "{plan:#?}");
    }
}

#[tokio::test]
async fn pairs_are_counted_in_an_index() {
    let filter = pair_filter();
    for filter in [filter.clone(), PairFilter { min_quality: None, max_quality: None, ..filter }] {
        let matching = library::PairMatching::new(project(), 1, &filter);
        let plan = plan(library::count_of_pairs(&matching).unwrap().sql().as_str()).await;
        assert!(!plan.iter().any(|step| walks(step)), "{plan:#?}");
        assert!(plan.iter().any(|step| step.starts_with("SEARCH p USING COVERING INDEX")), "{plan:#?}");
    }
}

#[tokio::test]
async fn pages_of_chunks_and_others_are_read_along_their_order() {
    let filter = ChunkFilter { excluded: Some(true), ..ChunkFilter::default() };
    let matching = library::ChunkMatching::new(project(), 1, &filter);
    let place = (String::new(), cursor_id(), 1);
    let mut chunks = library::page_of_chunks(&matching, Some(place), 50).unwrap();
    let after = Some((1, cursor_id()));
    let mut documents = library::page_of_documents(project(), Some("[]"), after, 50);
    let kinds = [model::GenerationKind::Parse];
    let mut generations = library::page_of_generations(project(), &kinds, &[], after, 50).unwrap();
    for query in [&mut chunks, &mut documents, &mut generations] {
        let plan = plan(query.sql().as_str()).await;
        assert!(!plan.iter().any(|step| walks(step) || step.contains("TEMP B-TREE")), "{plan:#?}");
    }
}

#[tokio::test]
async fn pairs_are_scored_by_their_ids() {
    let scored =
        || pairs::Scored::new(model::PairId::derive([]), model::Scores::default(), [0; 16], Time::UNIX_EPOCH);
    // Of many at once SQLite would rather walk all pairs of the generation, if it could.
    for length in [2, 100, 2000] {
        let batch: Vec<_> = (0..length).map(|_| scored().unwrap()).collect();
        let query = pairs::score_query(model::GenerationId::new(Time::UNIX_EPOCH, [0; 10]), &batch);
        let plan = plan(query.sql().as_str()).await;
        let by_id = "SEARCH pairs USING INDEX sqlite_autoindex_pairs_1 (id=?)";
        assert!(plan.iter().any(|step| step == by_id), "{length}: {plan:#?}");
    }
}

#[tokio::test]
async fn failures_come_sorted() {
    let plan = plan(library::PAGE_OF_FAILURES).await;
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:#?}");
}
