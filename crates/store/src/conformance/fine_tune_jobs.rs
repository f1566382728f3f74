//! Fine-tuning jobs made from versions.

use std::{collections::BTreeMap, sync::Arc};

use model::{FineTuneJob, FineTuneProvider, FineTuneStatus};

use super::{
    Outcome, checks, ensure_eq, ensure_err,
    sample::{World, ada, at, bob, project},
};
use crate::{Metadata, PageRequest, StoreError};

checks!(dyn Metadata:
    one_is_kept_under_a_key,
    are_listed_newest_first_by_version,
    show_nothing_to_another_user,
);

fn job(version: u32, seconds: u64) -> FineTuneJob {
    FineTuneJob {
        job_id: None,
        status: FineTuneStatus::Creating,
        provider: FineTuneProvider::Openai,
        model: "small".into(),
        name: Some("dunnock".into()),
        hyperparameters: BTreeMap::from([("n_epochs".into(), 3.into())]),
        fine_tuned_model: None,
        error: None,
        version,
        created_at: at(seconds),
        updated_at: at(seconds),
    }
}

async fn one_is_kept_under_a_key(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let first = job(1, 1);
    ensure_eq!(world.store.add_fine_tune_job(&ada(), world.project, "a", &first).await?, first);
    let made = FineTuneJob { job_id: Some("job-1".into()), status: FineTuneStatus::Queued, ..first.clone() };
    world.store.update_fine_tune_job(&ada(), world.project, "a", &made).await?;
    ensure_eq!(world.store.add_fine_tune_job(&ada(), world.project, "a", &job(1, 9)).await?, made);
    ensure_eq!(world.store.fine_tune_job(&ada(), world.project, 1, "a").await?, Some(made));
    ensure_eq!(world.store.fine_tune_job(&ada(), world.project, 2, "a").await?, None);
    ensure_eq!(world.store.fine_tune_job(&ada(), world.project, 1, "b").await?, None);
    Ok(())
}

async fn are_listed_newest_first_by_version(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    // Two were asked for at the same time.
    for (key, job) in [("a", job(1, 1)), ("b", job(1, 2)), ("c", job(1, 2)), ("d", job(2, 3))] {
        world.store.add_fine_tune_job(&ada(), world.project, key, &job).await?;
    }
    let mut request = PageRequest { after: None, limit: 1 };
    let mut keys = Vec::new();
    loop {
        let page = world.store.page_fine_tune_jobs(&ada(), world.project, 1, &request).await?;
        let page = page.ok_or("no project")?;
        ensure_eq!(page.total, 3);
        keys.extend(page.items.into_iter().map(|(key, _)| key));
        request.after = page.next;
        if request.after.is_none() {
            break;
        }
    }
    ensure_eq!(keys, ["c", "b", "a"]);
    Ok(())
}

async fn show_nothing_to_another_user(store: Arc<dyn Metadata>) -> Outcome {
    let world = World::new(store).await?;
    let mine = job(1, 1);
    world.store.add_fine_tune_job(&ada(), world.project, "a", &mine).await?;
    let page = PageRequest { after: None, limit: 9 };
    ensure_eq!(world.store.page_fine_tune_jobs(&bob(), world.project, 1, &page).await?, None);
    ensure_eq!(world.store.fine_tune_job(&bob(), world.project, 1, "a").await?, None);
    let theirs = FineTuneJob { status: FineTuneStatus::Failed, ..mine.clone() };
    world.store.update_fine_tune_job(&bob(), world.project, "a", &theirs).await?;
    ensure_eq!(world.store.fine_tune_job(&ada(), world.project, 1, "a").await?, Some(mine.clone()));
    let foreign = world.store.add_fine_tune_job(&bob(), world.project, "b", &mine).await;
    ensure_err!(foreign, StoreError::NotFound("project"));
    let nowhere = world.store.add_fine_tune_job(&ada(), project(2).id, "b", &mine).await;
    ensure_err!(nowhere, StoreError::NotFound("project"));
    world.store.delete_project(&ada(), world.project).await?;
    ensure_eq!(world.store.fine_tune_job(&ada(), world.project, 1, "a").await?, None);
    Ok(())
}
