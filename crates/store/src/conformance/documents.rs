//! Documents and chunks: how they are found, and the states that a parse moves them through.

use std::sync::Arc;

use model::{Chunk, Document, DocumentStatus, Phase};

use super::{
    Outcome, checks, ensure, ensure_eq, ensure_err,
    sample::{World, ada, bob, chunk, document, failed, into_chunks, passage, project, validation},
};
use crate::{Finished, Metadata, StoreError};

checks!(dyn Metadata:
    reads_back_what_was_added,
    an_id_is_taken_once,
    is_found_by_name_and_content,
    pages_by_name_then_id,
    shows_nothing_to_another_user,
    is_added_to_no_project_of_another,
    a_parse_moves_it_to_parsed,
    a_failed_parse_says_why,
    parsing_again_replaces_chunks_and_keeps_passages,
    refuses_a_state_that_no_arrow_leads_to,
    a_deleted_project_does_not_come_back_with_a_result,
);

async fn reads_back_what_was_added(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "ä/b.pdf").await?;
    ensure_eq!(world.store.document(&ada(), document.id).await?, Some(document));
    Ok(())
}

async fn an_id_is_taken_once(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    world.document(1, "a.pdf").await?;
    ensure_err!(world.document(1, "b.pdf").await, StoreError::Exists("document"));
    Ok(())
}

async fn is_found_by_name_and_content(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let (one, two) = (world.document(1, "a.pdf").await?, world.document(2, "a.pdf").await?);
    let find = async |name, sha256| world.store.find_document(&ada(), world.project, name, sha256).await;
    ensure_eq!(find("a.pdf", &one.sha256).await?, Some(one.clone()));
    ensure_eq!(find("a.pdf", &two.sha256).await?, Some(two.clone()));
    ensure_eq!(find("b.pdf", &one.sha256).await?, None);
    ensure_eq!(find("a.pdf", "other").await?, None);
    let elsewhere = world.store.find_document(&ada(), project(2).id, "a.pdf", &one.sha256).await?;
    ensure_eq!(elsewhere, None);
    Ok(())
}

async fn pages_by_name_then_id(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let mut all = Vec::new();
    for (number, name) in [(4, "b"), (2, "b"), (1, "é"), (3, "a/b"), (5, "B")] {
        all.push(world.document(number, name).await?);
    }
    all.sort_by(|a, b| (&a.filename, a.id).cmp(&(&b.filename, b.id)));
    for limit in 1..=6 {
        let mut seen: Vec<Document> = Vec::new();
        loop {
            let after = seen.last().map(|last| (last.filename.clone(), last.id));
            let page = world.store.documents(&ada(), world.project, after, limit).await?;
            ensure!(page.len() <= limit as usize);
            if page.is_empty() {
                break;
            }
            seen.extend(page);
            // A page that does not go on would be read for ever.
            ensure!(seen.len() <= all.len());
        }
        ensure_eq!(seen, all);
    }
    Ok(())
}

async fn shows_nothing_to_another_user(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let chunks = world.parsed(2, &[&document], 1).await?;
    let store = &world.store;
    ensure_eq!(store.document(&bob(), document.id).await?, None);
    ensure_eq!(store.find_document(&bob(), world.project, "a.pdf", &document.sha256).await?, None);
    ensure_eq!(store.documents(&bob(), world.project, None, 10).await?, []);
    ensure_eq!(store.chunks(&bob(), document.id, 0, 10).await?, []);
    ensure_eq!(store.chunk(&bob(), chunks[0].id).await?, None);
    Ok(())
}

async fn is_added_to_no_project_of_another(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let foreign = document(world.project, 1, "a.pdf");
    ensure_err!(world.store.add_document(&bob(), &foreign).await, StoreError::NotFound("project"));
    let nowhere = document(project(2).id, 1, "a.pdf");
    ensure_err!(world.store.add_document(&ada(), &nowhere).await, StoreError::NotFound("project"));
    ensure_eq!(world.store.documents(&ada(), world.project, None, 10).await?, []);
    Ok(())
}

async fn a_parse_moves_it_to_parsed(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let store = &world.store;
    let document = world.document(1, "a.pdf").await?;
    let (generation, units) = world.parse(2, &[&document]).await?;
    ensure_eq!(status(&world, &document).await?, Some(DocumentStatus::Uploaded));
    ensure_eq!(world.claim(&generation, Phase::Parse, 1, 1).await?.len(), 1);
    ensure_eq!(status(&world, &document).await?, Some(DocumentStatus::Parsing));
    let working = store.work_document(generation.id, &units[0]).await?;
    ensure_eq!(working.map(|document| document.id), Some(document.id));

    let chunks: Vec<Chunk> = (0..300).map(|position| chunk(&document, position)).collect();
    let outcome = into_chunks(&document, &chunks);
    world.finish(&generation, 1, units[0].id, outcome.clone()).await?;
    let crate::Outcome::Parsed { document: parsed, .. } = outcome else { return Err("not parsed".into()) };
    ensure_eq!(store.document(&ada(), document.id).await?, Some(*parsed));
    ensure_eq!(store.chunks(&ada(), document.id, 0, 1000).await?, chunks);
    ensure_eq!(store.chunks(&ada(), document.id, 297, 2).await?, chunks[297..299]);
    ensure_eq!(store.chunk(&ada(), chunks[299].id).await?.as_ref(), Some(&chunks[299]));
    Ok(())
}

async fn a_failed_parse_says_why(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let (generation, units) = world.parse(2, &[&document]).await?;
    world.claim(&generation, Phase::Parse, 1, 1).await?;
    world.finish(&generation, 1, units[0].id, failed("it is encrypted")).await?;
    let read = world.store.document(&ada(), document.id).await?;
    let expected = Document {
        status: DocumentStatus::Failed,
        error: Some("it is encrypted".into()),
        ..document.clone()
    };
    ensure_eq!(read, Some(expected));

    // A new parse takes the error away.
    world.stop(&generation).await?;
    let (again, _) = world.parse(3, &[&document]).await?;
    world.claim(&again, Phase::Parse, 1, 1).await?;
    let read = world.store.document(&ada(), document.id).await?;
    ensure_eq!(read, Some(Document { status: DocumentStatus::Parsing, ..document }));
    Ok(())
}

async fn parsing_again_replaces_chunks_and_keeps_passages(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let old = world.parsed(2, &[&document], 3).await?;
    let (generation, units) = world.generate(3, &old).await?;
    let expected = (old[2].clone(), passage(&old[2]), "a.pdf".to_owned());
    ensure_eq!(world.store.work_passage(generation.id, &units[2]).await?, Some(expected));

    let new = world.parsed(4, &[&document], 1).await?;
    ensure_eq!(world.store.chunks(&ada(), document.id, 0, 10).await?, new);
    ensure_eq!(world.store.work_passage(generation.id, &units[2]).await?, None);
    // What was taught stays to be looked up, for its own user.
    let taught = world.store.taught_passage(&ada(), generation.id, old[2].id).await?;
    ensure_eq!(taught, Some((units[2].clone(), passage(&old[2]))));
    ensure_eq!(world.store.taught_passage(&bob(), generation.id, old[2].id).await?, None);
    let nothing = model::ChunkId::derive([b"nothing".as_slice()]);
    ensure_eq!(world.store.taught_passage(&ada(), generation.id, nothing).await?, None);
    let kept = world.store.work_pairs(generation.id, &validation(&units[2])).await?;
    ensure_eq!(kept, Some((passage(&old[2]), Vec::new())));
    Ok(())
}

async fn refuses_a_state_that_no_arrow_leads_to(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let (one, one_units) = world.parse(2, &[&document]).await?;
    world.stop(&one).await?;
    let (two, two_units) = world.parse(3, &[&document]).await?;
    world.claim(&one, Phase::Parse, 1, 1).await?;
    world.claim(&two, Phase::Parse, 2, 1).await?;
    let chunks = [chunk(&document, 0)];
    world.finish(&one, 1, one_units[0].id, into_chunks(&document, &chunks)).await?;

    // Parsed already: neither parsed nor failed may follow, and nothing of the result is written.
    let late = world.finish(&two, 2, two_units[0].id, into_chunks(&document, &[])).await;
    ensure_err!(late, StoreError::Conflict(_));
    ensure_err!(world.finish(&two, 2, two_units[0].id, failed("late")).await, StoreError::Conflict(_));
    ensure_eq!(status(&world, &document).await?, Some(DocumentStatus::Parsed));
    ensure_eq!(world.store.chunks(&ada(), document.id, 0, 10).await?, chunks);
    ensure_eq!(world.store.unit_counts(two.id, Phase::Parse).await?.leased, 1);
    ensure_eq!(world.now(&two).await?.chunks_processed, 0);
    Ok(())
}

async fn a_deleted_project_does_not_come_back_with_a_result(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a.pdf").await?;
    let (generation, units) = world.parse(2, &[&document]).await?;
    world.claim(&generation, Phase::Parse, 1, 1).await?;
    world.store.delete_project(&ada(), world.project).await?;
    let late = world.finish(&generation, 1, units[0].id, into_chunks(&document, &[])).await?;
    ensure_eq!(late, Finished { written: 0, lost: 1 });
    ensure_eq!(world.store.work_document(generation.id, &units[0]).await?, None);
    Ok(())
}

async fn status(world: &World, document: &Document) -> crate::Result<Option<DocumentStatus>> {
    Ok(world.store.document(&ada(), document.id).await?.map(|document| document.status))
}
