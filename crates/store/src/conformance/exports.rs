//! Published exports.

use std::sync::Arc;

use model::{Export, ExportFilters, ExportFormat, ExportSplit, ProjectId, Split, Splitting, sha256_hex};

use super::{
    Outcome, checks, ensure_eq, ensure_err,
    sample::{World, ada, at, bob, project},
};
use crate::{Metadata, StoreError};

checks!(dyn Metadata:
    list_newest_first,
    have_a_version_of_their_own,
    make_the_current_version,
    show_nothing_to_another_user,
);

async fn list_newest_first(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let all: Vec<Export> = (1..=11).map(|version| export(world.project, version)).collect();
    for export in &all {
        world.store.add_export(&ada(), export).await?;
    }
    let newest_first: Vec<Export> = all.into_iter().rev().collect();
    ensure_eq!(world.store.exports(&ada(), world.project).await?, newest_first);
    Ok(())
}

async fn have_a_version_of_their_own(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let other = project(2);
    world.store.create_project(&other).await?;
    let first = export(world.project, 1);
    world.store.add_export(&ada(), &first).await?;
    let second = Export { pairs: 1, ..first.clone() };
    ensure_err!(world.store.add_export(&ada(), &second).await, StoreError::Exists("export"));
    ensure_eq!(world.store.exports(&ada(), world.project).await?, [first]);
    world.store.add_export(&ada(), &export(other.id, 1)).await?;
    Ok(())
}

async fn make_the_current_version(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    for version in 1..3 {
        world.store.add_export(&ada(), &export(world.project, version)).await?;
        let project = world.store.project(&ada(), world.project).await?;
        ensure_eq!(project.map(|project| project.current_version), Some(version));
    }
    Ok(())
}

async fn show_nothing_to_another_user(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    world.store.add_export(&ada(), &export(world.project, 1)).await?;
    ensure_eq!(world.store.exports(&bob(), world.project).await?, []);
    let foreign = export(world.project, 2);
    ensure_err!(world.store.add_export(&bob(), &foreign).await, StoreError::NotFound("project"));
    let nowhere = export(project(2).id, 1);
    ensure_err!(world.store.add_export(&ada(), &nowhere).await, StoreError::NotFound("project"));
    ensure_eq!(world.store.exports(&ada(), world.project).await?.len(), 1);
    Ok(())
}

pub(super) fn export(project: ProjectId, version: u32) -> Export {
    Export {
        version,
        project_id: project,
        format: ExportFormat::Alpaca,
        filters: ExportFilters { min_quality_score: Some(0.1), ..ExportFilters::default() },
        include_system_prompts: true,
        splitting: Some(Splitting { validation: 0.1, seed: 7 }),
        pairs: 3,
        bytes: 1 << 33,
        sha256: sha256_hex([1]),
        storage_key: format!("data-forge/ada/{project}/exports/{version}/dataset.jsonl"),
        splits: vec![ExportSplit {
            name: Split::Train,
            file: "train.jsonl".into(),
            pairs: 3,
            bytes: 1 << 33,
            sha256: sha256_hex([1]),
        }],
        created_at: at(8),
    }
}
