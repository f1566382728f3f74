//! Projects, documents, generations, exports and the numbers, as people list them.

use std::sync::Arc;

use model::{DocumentStatus, GenerationKind, GenerationStatus, Project};

use super::{
    Outcome, checks, ensure, ensure_eq, ensure_err,
    sample::{World, ada, at, bob, pair, project},
};
use crate::{Holdings, Metadata, Page, PageRequest, ProjectChange, StoreError};

checks!(dyn Metadata:
    are_paged_newest_first_and_found_by_their_words,
    a_change_is_there_at_once,
    counts_keep_up_with_what_is_there,
    documents_are_paged_oldest_first,
    a_deleted_document_takes_its_chunks_and_leaves_its_pairs,
    generations_are_paged_newest_first,
    show_nothing_to_another_user,
    a_cursor_is_good_for_its_own_list_alone,
    numbers_count_what_is_there,
);

fn first(limit: u32) -> PageRequest {
    PageRequest { after: None, limit }
}

/// All items of a list, read page by page.
macro_rules! walk {
    ($limit:expr, |$page:ident| $call:expr) => {{
        let mut items = Vec::new();
        let mut request = first($limit);
        loop {
            let $page = &request;
            let found: Page<_> = $call;
            ensure!(found.items.len() <= $limit as usize);
            items.extend(found.items);
            ensure!(items.len() as u64 <= found.total);
            match found.next {
                Some(next) => request.after = Some(next),
                None => break ensure_eq!(items.len() as u64, found.total),
            }
        }
        items
    }};
}

async fn are_paged_newest_first_and_found_by_their_words(store: Arc<dyn Metadata>) -> Outcome {
    let mut all: Vec<Project> = (1..8).map(project).collect();
    all[2].name = "GRÖẞE und Farbe".into();
    all[4].description = "die größe".into();
    for project in &all {
        store.create_project(project).await?;
    }
    all.reverse();
    for limit in 1..9 {
        ensure_eq!(walk!(limit, |page| store.page_projects(&ada(), None, page).await?), all);
    }
    let found = walk!(1, |page| store.page_projects(&ada(), Some("GRÖSSE"), page).await?);
    ensure_eq!(found, [all[2].clone(), all[4].clone()]);
    ensure_eq!(store.page_projects(&ada(), Some("100%"), &first(9)).await?.items, []);
    Ok(())
}

async fn a_change_is_there_at_once(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let store = &world.store;
    let config = serde_json::Map::from_iter([("seed".into(), 7.into())]);
    let change =
        ProjectChange { name: Some("other".into()), config: Some(config.clone()), ..Default::default() };
    let changed = store.update_project(&ada(), world.project, &change, at(9)).await?;
    let expected = Project { name: "other".into(), config, updated_at: at(9), ..project(1) };
    ensure_eq!(changed.as_ref(), Some(&expected));
    ensure_eq!(store.project(&ada(), world.project).await?.as_ref(), Some(&expected));
    ensure_eq!(store.project_by_name(&ada(), "other").await?, Some(expected.clone()));
    ensure_eq!(store.page_projects(&ada(), Some("OTH"), &first(9)).await?.items, [expected]);
    ensure_eq!(store.update_project(&bob(), world.project, &change, at(9)).await?, None);
    Ok(())
}

async fn counts_keep_up_with_what_is_there(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let documents = [world.document(1, "a").await?, world.document(2, "b").await?];
    let chunks = world.parsed(3, &[&documents[0], &documents[1]], 3).await?;
    world.generated(4, &chunks, "a", 2, |_| [1; 16]).await?;
    let held = Holdings { projects: 1, document_bytes: 2 << 33, running: 1 };
    ensure_eq!(world.store.holdings(&ada()).await?, held);
    ensure_eq!(world.store.holdings(&bob()).await?, Holdings::default());
    let stats = world.store.project(&ada(), world.project).await?.ok_or("no project")?.stats;
    ensure_eq!((stats.total_documents, stats.total_chunks, stats.total_pairs), (2, 6, 12));
    ensure_eq!(stats.avg_quality_score, Some(0.5));
    world.store.delete_document(&ada(), world.project, documents[0].id).await?;
    let stats = world.store.project(&ada(), world.project).await?.ok_or("no project")?.stats;
    ensure_eq!((stats.total_documents, stats.total_chunks, stats.pending_pairs), (1, 3, 12));
    ensure_eq!(world.store.holdings(&ada()).await?.document_bytes, 1 << 33);
    world.store.delete_project(&ada(), world.project).await?;
    ensure_eq!(world.store.holdings(&ada()).await?, Holdings::default());
    Ok(())
}

async fn documents_are_paged_oldest_first(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    for number in [5, 1, 3, 2, 4] {
        world.document(number, &format!("{}.pdf", 9 - number)).await?;
    }
    let page = async |statuses: &[DocumentStatus], page: &PageRequest| -> Result<_, super::Error> {
        let page = world.store.page_documents(&ada(), world.project, statuses, page).await?;
        Ok(page.ok_or("no project")?)
    };
    for limit in 1..7 {
        let found = walk!(limit, |at| page(&[], at).await?);
        let names: Vec<_> = found.iter().map(|document| &*document.filename).collect();
        ensure_eq!(names, ["8.pdf", "7.pdf", "6.pdf", "5.pdf", "4.pdf"]);
    }
    // What is added behind comes, what is added before does not move the rest.
    let start = page(&[], &first(2)).await?;
    world.document(0, "before.pdf").await?;
    let rest = page(&[], &PageRequest { after: start.next, limit: 9 }).await?;
    ensure_eq!((rest.items.len(), rest.total), (3, 6));
    ensure_eq!(page(&[DocumentStatus::Failed], &first(9)).await?.total, 0);
    ensure_eq!(page(&[DocumentStatus::Failed, DocumentStatus::Uploaded], &first(1)).await?.total, 6);
    Ok(())
}

async fn a_deleted_document_takes_its_chunks_and_leaves_its_pairs(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let chunks = world.parsed(3, &[&document], 1).await?;
    let made = world.generated(4, &chunks, "a", 1, |_| [1; 16]).await?;
    let store = &world.store;
    ensure_eq!(store.delete_document(&bob(), world.project, document.id).await?, None);
    ensure_eq!(store.delete_document(&ada(), project(2).id, document.id).await?, None);
    let deleted = store.delete_document(&ada(), world.project, document.id).await?;
    ensure_eq!(deleted.map(|document| document.id), Some(document.id));
    ensure_eq!(store.delete_document(&ada(), world.project, document.id).await?, None);
    ensure_eq!(store.chunk(&ada(), chunks[0].id).await?, None);
    let left = pair(made.id, &chunks[0], "a", 0).0.id;
    let source = store.pair_source(&ada(), left).await?.ok_or("the pair has gone")?;
    ensure_eq!((source.passage.text, source.chunk), (chunks[0].text.clone(), None));
    Ok(())
}

async fn generations_are_paged_newest_first(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    for number in [5, 2, 4] {
        world.generate(number, &[]).await?;
    }
    let (parse, _) = world.parse(3, &[]).await?;
    ensure_err!(world.parse(6, &[]).await, StoreError::Busy("parse"));
    let page = async |kinds: &[GenerationKind], statuses: &[GenerationStatus], page: &PageRequest| {
        let page = world.store.page_generations(&ada(), world.project, kinds, statuses, page).await?;
        Ok::<_, super::Error>(page.ok_or("no project")?)
    };
    for limit in 1..6 {
        let found = walk!(limit, |at| page(&[], &[], at).await?);
        ensure_eq!(found.len(), 4);
        ensure!(found.is_sorted_by(|a, b| (a.created_at, a.id) > (b.created_at, b.id)));
    }
    ensure_eq!(page(&[GenerationKind::Parse], &[], &first(9)).await?.items, std::slice::from_ref(&parse));
    world.stop(&parse).await?;
    let ended = page(&[], &[GenerationStatus::Cancelled], &first(9)).await?;
    ensure_eq!((ended.total, ended.items[0].id), (1, parse.id));
    world.parse(6, &[]).await?;
    Ok(())
}

async fn show_nothing_to_another_user(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let (store, project) = (&world.store, world.project);
    world.document(1, "a").await?;
    ensure_eq!(store.page_projects(&bob(), None, &first(9)).await?.items, []);
    ensure_eq!(store.page_documents(&bob(), project, &[], &first(9)).await?, None);
    ensure_eq!(store.page_generations(&bob(), project, &[], &[], &first(9)).await?, None);
    ensure_eq!(store.page_exports(&bob(), project, &first(9)).await?, None);
    ensure_eq!(store.export(&bob(), project, 1).await?, None);
    ensure_eq!(store.analytics(&bob(), project, None).await?, None);
    ensure_eq!(store.chunk_facets(&bob(), project, &Default::default()).await?.len(), 0);
    Ok(())
}

async fn a_cursor_is_good_for_its_own_list_alone(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    world.document(1, "a").await?;
    world.document(2, "b").await?;
    let page = world.store.page_documents(&ada(), world.project, &[], &first(1)).await?;
    let next = page.and_then(|page| page.next);
    for after in [next, Some("?".into()), Some("[]".into()), Some(String::new())] {
        let request = PageRequest { after, limit: 1 };
        ensure_err!(world.store.page_projects(&ada(), None, &request).await, StoreError::Cursor);
    }
    Ok(())
}

async fn numbers_count_what_is_there(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let documents = [world.document(1, "b").await?, world.document(2, "a").await?];
    let chunks = world.parsed(3, &[&documents[0], &documents[1]], 2).await?;
    let one = world.generated(4, &chunks[..3], "b", 2, |_| [1; 16]).await?;
    world.generated(5, &chunks[..1], "b", 1, |pair| *pair.id.as_uuid().as_bytes()).await?;
    world.store.mark_duplicates(one.id).await?;
    let all = world.store.analytics(&ada(), world.project, None).await?.ok_or("no project")?;
    ensure_eq!((all.coverage.documents_parsed, all.coverage.chunks_total), (2, 4));
    ensure_eq!((all.coverage.chunks_with_pairs, all.duplicates, all.review.pending), (3, 5, 7));
    let per_document: Vec<_> =
        all.coverage.per_document.iter().map(|of| (&*of.filename, of.chunks, of.pairs)).collect();
    ensure_eq!(per_document, [("a", 2, 2), ("b", 2, 5)]);
    ensure_eq!((all.quality_histogram.len(), all.quality_histogram[10].count), (20, 7));
    ensure_eq!(all.grounding_histogram[5].count, 7);
    ensure_eq!(all.difficulties.values().sum::<u64>(), 7);
    let of_one = world.store.analytics(&ada(), world.project, Some(one.id)).await?.ok_or("no project")?;
    ensure_eq!((of_one.review.pending, of_one.duplicates, of_one.coverage.chunks_total), (6, 5, 4));
    Ok(())
}
