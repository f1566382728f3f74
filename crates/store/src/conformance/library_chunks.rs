//! Chunks as people find, change and leave out.

use std::{collections::BTreeMap, sync::Arc};

use model::{Chunk, ChunkId, ContentType, ExcludeCode, ExcludeReason, Phase, UndoId};

use super::{
    Outcome, checks, ensure, ensure_eq, ensure_err,
    sample::{World, ada, at, bob, chunk, into_chunks, passage, project},
};
use crate::{
    BulkOutcome, ChunkAction, ChunkChange, ChunkFilter, ChunkMark, Metadata, PageRequest, Selection,
    StoreError, Undone,
};

checks!(dyn Metadata:
    are_paged_by_file_document_and_position,
    are_found_by_words_of_any_script,
    are_counted_by_their_filters,
    an_edit_is_what_the_next_run_is_shown,
    what_a_person_changed_outlives_a_new_parse,
    many_are_left_out_and_taken_back,
    marks_yield_to_what_a_person_decided,
    are_added_once_and_to_ones_own_documents,
);

async fn list(world: &World, filter: &ChunkFilter) -> Result<Vec<ChunkId>, super::Error> {
    let mut found = Vec::new();
    let mut request = PageRequest { after: None, limit: 2 };
    loop {
        let page =
            world.store.page_chunks(&ada(), world.project, filter, &request).await?.ok_or("no project")?;
        found.extend(page.items.iter().map(|chunk| chunk.id));
        request.after = page.next;
        if request.after.is_none() {
            return if page.total == found.len() as u64 { Ok(found) } else { Err("another total".into()) };
        }
    }
}

fn undo(number: u8) -> UndoId {
    UndoId::new(at(50), [number; 10])
}

async fn edit(world: &World, id: ChunkId, text: &str) -> Result<Chunk, super::Error> {
    let change = ChunkChange { text: Some((text.into(), 3)), ..ChunkChange::default() };
    let edited = world.store.update_chunk(&ada(), world.project, id, &change, at(40)).await?;
    Ok(edited.ok_or("no chunk")?)
}

async fn are_paged_by_file_document_and_position(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let documents =
        [world.document(3, "b").await?, world.document(2, "a").await?, world.document(1, "b").await?];
    let made = world.parsed(4, &documents.iter().collect::<Vec<_>>(), 3).await?;
    let expected: Vec<_> =
        [&made[3..6], &made[6..9], &made[0..3]].concat().iter().map(|chunk| chunk.id).collect();
    ensure_eq!(list(&world, &ChunkFilter::default()).await?, expected);
    let of = ChunkFilter { documents: vec![documents[1].id, documents[0].id], ..ChunkFilter::default() };
    ensure_eq!(list(&world, &of).await?, [&expected[0..3], &expected[6..9]].concat());
    let request = PageRequest { after: None, limit: 9 };
    ensure_eq!(world.store.page_chunks(&bob(), world.project, &of, &request).await?, None);
    Ok(())
}

async fn are_found_by_words_of_any_script(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let made = world.parsed(2, &[&document], 3).await?;
    edit(&world, made[0].id, "Straßen in 日本語の文章").await?;
    edit(&world, made[1].id, "Strassenbahn, 東京").await?;
    for (q, expected) in [
        ("STRASSE", &[0, 1][..]),
        ("strassen in", &[0]),
        ("in strassen", &[0, 1]),
        ("日本語", &[0]),
        ("章", &[0]),
        ("京", &[1]),
        ("日語", &[]),
        ("heading", &[0, 1, 2]),
        ("...", &[]),
        ("\"", &[]),
        ("chunk* OR", &[]),
    ] {
        let filter = ChunkFilter { q: Some(q.into()), ..ChunkFilter::default() };
        let expected: Vec<_> = expected.iter().map(|index: &usize| made[*index].id).collect();
        // The words before the last one are whole.
        if q == "in strassen" {
            ensure_eq!(list(&world, &filter).await?, expected[..1]);
            continue;
        }
        ensure_eq!((q, list(&world, &filter).await?), (q, expected));
    }
    Ok(())
}

async fn are_counted_by_their_filters(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let documents = [world.document(1, "a").await?, world.document(2, "b").await?];
    let made = world.parsed(3, &[&documents[0], &documents[1]], 2).await?;
    let leave_out = ChunkChange { excluded: Some(true), ..ChunkChange::default() };
    world.store.update_chunk(&ada(), world.project, made[0].id, &leave_out, at(9)).await?;
    let filter = ChunkFilter {
        excluded: Some(true),
        content_types: vec![ContentType::Prose],
        ..ChunkFilter::default()
    };
    let facets = world.store.chunk_facets(&ada(), world.project, &filter).await?;
    let counts = |values: &[(&str, u64)]| -> BTreeMap<String, u64> {
        values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
    };
    ensure_eq!(facets["excluded"], counts(&[("false", 3), ("true", 1)]));
    ensure_eq!(facets["content_type"], counts(&[("prose", 1)]));
    ensure_eq!(facets["document_id"], counts(&[(&documents[0].id.to_string(), 1)]));
    Ok(())
}

async fn an_edit_is_what_the_next_run_is_shown(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let made = world.parsed(2, &[&document], 1).await?;
    let (before, units) = world.generate(3, &made).await?;
    let change = ChunkChange {
        text: Some(("New text.".into(), 3)),
        excluded: Some(true),
        heading_path: Some(vec!["New".into()]),
    };
    ensure_eq!(world.store.update_chunk(&bob(), world.project, made[0].id, &change, at(9)).await?, None);
    let edited = world.store.update_chunk(&ada(), world.project, made[0].id, &change, at(9)).await?;
    let edited = edited.ok_or("no chunk")?;
    ensure_eq!((&*edited.text, edited.token_count, edited.edited), ("New text.", 3, true));
    ensure_eq!(edited.exclude_reason.as_ref().map(|reason| reason.code), Some(ExcludeCode::User));
    ensure_eq!(world.store.chunk(&ada(), made[0].id).await?.as_ref(), Some(&edited));
    // The run that is under way goes on with what it was started with.
    let shown = world.store.work_passage(before.id, &units[0]).await?.ok_or("no passage")?.1;
    ensure_eq!(shown, passage(&made[0]));

    let include = ChunkChange { excluded: Some(false), ..ChunkChange::default() };
    let included = world.store.update_chunk(&ada(), world.project, made[0].id, &include, at(10)).await?;
    ensure_eq!(included.ok_or("no chunk")?.exclude_reason, None);
    let left = world.store.chunks_to_generate(&ada(), world.project, &[document.id], &[]).await?;
    ensure_eq!(left, [(made[0].id, passage(&edited).sha256())]);
    let (after, units) = world.generate(4, std::slice::from_ref(&edited)).await?;
    ensure_eq!(
        world.store.work_passage(after.id, &units[0]).await?.map(|found| found.1),
        Some(passage(&edited))
    );
    Ok(())
}

async fn what_a_person_changed_outlives_a_new_parse(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let made = world.parsed(2, &[&document], 4).await?;
    edit(&world, made[0].id, "Edited.").await?;
    edit(&world, made[3].id, "Gone.").await?;
    let which = Selection::Ids(vec![made[1].id]);
    world.store.change_chunks(&ada(), world.project, ChunkAction::Exclude, &which, undo(1), at(41)).await?;

    // One chunk more stands before the others, and the last one is not there any more.
    let (generation, units) = world.parse(3, &[&document]).await?;
    world.claim(&generation, Phase::Parse, 1, 1).await?;
    let mut moved: Vec<Chunk> = (0..4).map(|position| chunk(&document, position)).collect();
    moved[0].text = "A preface.".into();
    for (chunk, old) in moved[1..].iter_mut().zip(&made) {
        chunk.text.clone_from(&old.text);
    }
    world.finish(&generation, 1, units[0].id, into_chunks(&document, &moved)).await?;
    let now = world.store.chunks(&ada(), document.id, 0, 9).await?;
    ensure_eq!((&*now[1].text, now[1].edited, now[1].position), ("Edited.", true, 1));
    ensure_eq!(now.iter().map(|chunk| chunk.excluded).collect::<Vec<_>>(), [false, false, true, false]);
    let warnings = world.store.document(&ada(), document.id).await?.ok_or("no document")?.warnings;
    ensure_eq!(
        warnings,
        ["unsure", "the edit of chunk 3 was dropped: its text is not in the document any more"]
    );
    let left = world.store.chunks_to_generate(&ada(), world.project, &[document.id], &[]).await?;
    ensure_eq!(
        left.iter().find(|(id, _)| *id == now[1].id).map(|found| &*found.1),
        Some(&*passage(&now[1]).sha256())
    );
    Ok(())
}

async fn many_are_left_out_and_taken_back(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let made = world.parsed(2, &[&document], 3).await?;
    let (store, project) = (&world.store, world.project);
    let all = Selection::Filter(ChunkFilter::default());
    let change =
        async |action, number| store.change_chunks(&ada(), project, action, &all, undo(number), at(50)).await;
    let done = change(ChunkAction::Exclude, 1).await?;
    ensure_eq!(done, Some(BulkOutcome { matched: 3, changed: 3 }));
    ensure_eq!(change(ChunkAction::Exclude, 2).await?, Some(BulkOutcome { matched: 3, changed: 0 }));
    let excluded = ChunkFilter { excluded: Some(true), ..ChunkFilter::default() };
    ensure_eq!(list(&world, &excluded).await?.len(), 3);
    edit(&world, made[1].id, "Edited since.").await?;
    ensure_eq!(store.undo_chunks(&bob(), project, undo(1), at(51)).await?, None);
    let undone = store.undo_chunks(&ada(), project, undo(1), at(51)).await?;
    ensure_eq!(undone, Some(Undone { changed: 2, kept: vec![made[1].id.to_string()] }));
    ensure_eq!(store.undo_chunks(&ada(), project, undo(1), at(51)).await?, None);
    ensure_eq!(list(&world, &excluded).await?, [made[1].id]);
    ensure_eq!(store.chunk(&ada(), made[0].id).await?.as_ref(), Some(&made[0]));
    ensure!(store.undo_pairs(&ada(), project, undo(2), at(51)).await?.is_none());
    Ok(())
}

async fn marks_yield_to_what_a_person_decided(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let made = world.parsed(2, &[&world.document(1, "a").await?], 4).await?;
    for excluded in [true, false] {
        let change = ChunkChange { excluded: Some(excluded), ..ChunkChange::default() };
        world.store.update_chunk(&ada(), world.project, made[1].id, &change, at(9)).await?;
    }
    edit(&world, made[2].id, "Edited.").await?;
    let reason = ExcludeReason { code: ExcludeCode::Duplicate, detail: "says what b says".into() };
    let mark = |chunk: &Chunk, exclude: &Option<ExcludeReason>| ChunkMark {
        chunk: chunk.id,
        topic: Some("birds".into()),
        exclude: exclude.clone(),
    };
    let marks: Vec<_> = made[..3].iter().map(|chunk| mark(chunk, &Some(reason.clone()))).collect();
    ensure_eq!(world.store.mark_chunks(&ada(), world.project, &marks).await?, 3);
    let now = world.store.chunks(&ada(), made[0].document_id, 0, 9).await?;
    ensure_eq!(now.iter().map(|chunk| chunk.excluded).collect::<Vec<_>>(), [true, false, false, false]);
    ensure_eq!(now[0].exclude_reason.as_ref(), Some(&reason));
    ensure_eq!(now[1].exclude_reason, None);
    ensure_eq!(now.iter().filter(|chunk| chunk.topic.as_deref() == Some("birds")).count(), 3);
    let excluded = ChunkFilter { excluded: Some(true), ..ChunkFilter::default() };
    ensure_eq!(list(&world, &excluded).await?, [made[0].id]);

    let documents = [made[0].document_id];
    let counted = world.store.excluded_chunks(&ada(), &documents).await?;
    ensure_eq!(counted.into_iter().collect::<Vec<_>>(), [(ExcludeCode::Duplicate, 1)]);
    ensure!(world.store.excluded_chunks(&bob(), &documents).await?.is_empty());

    // What the mark was made for may go again.
    ensure_eq!(world.store.mark_chunks(&ada(), world.project, &[mark(&made[0], &None)]).await?, 1);
    ensure_eq!(list(&world, &excluded).await?, []);
    let now = world.store.chunk(&ada(), made[0].id).await?.ok_or("no chunk")?;
    ensure_eq!((now.excluded, now.exclude_reason), (false, None));

    // What is another project's is passed over.
    let other = project(7);
    world.store.create_project(&other).await?;
    ensure_eq!(world.store.mark_chunks(&ada(), other.id, &[mark(&made[0], &Some(reason))]).await?, 0);
    let not_bobs = world.store.mark_chunks(&bob(), world.project, &[]).await;
    ensure_err!(not_bobs, StoreError::NotFound("project"));
    Ok(())
}

async fn are_added_once_and_to_ones_own_documents(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let document = world.document(1, "a").await?;
    let made = [0, 1, 2].map(|position| chunk(&document, position));
    let with_passages =
        |of: &[Chunk]| of.iter().map(|chunk| (chunk.clone(), passage(chunk))).collect::<Vec<_>>();
    world.store.add_chunks(&ada(), with_passages(&made[..2])).await?;
    let edited = edit(&world, made[1].id, "Edited.").await?;
    world.store.add_chunks(&ada(), with_passages(&made)).await?;
    let found = world.store.chunks(&ada(), document.id, 0, 9).await?;
    ensure_eq!(found, [made[0].clone(), edited, made[2].clone()]);
    let filter = ChunkFilter { q: Some("chunk 2".into()), ..ChunkFilter::default() };
    ensure_eq!(list(&world, &filter).await?, [made[2].id]);

    let more = chunk(&document, 3);
    let by_another = world.store.add_chunks(&bob(), with_passages(std::slice::from_ref(&more))).await;
    ensure!(matches!(by_another, Err(StoreError::Conflict(_))));
    let elsewhere = Chunk { project_id: project(2).id, ..more.clone() };
    let mixed = world.store.add_chunks(&ada(), with_passages(&[more, elsewhere])).await;
    ensure!(matches!(mixed, Err(StoreError::Conflict(_))));
    ensure_eq!(world.store.chunks(&ada(), document.id, 0, 9).await?.len(), 3);
    world.store.add_chunks(&ada(), Vec::new()).await?;
    Ok(())
}
