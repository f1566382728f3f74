//! Named leases.

use std::{sync::Arc, time::Duration};

use super::{
    Outcome, checks, ensure_eq,
    sample::{LEASE, at, owner},
};
use crate::Metadata;

checks!(dyn Metadata:
    have_one_holder,
    run_out,
    are_given_back_by_the_holder_alone,
    go_to_one_of_many,
);

async fn have_one_holder(store: Arc<dyn Metadata>) -> Outcome {
    ensure_eq!(store.lock("a", &owner(1), at(0), LEASE).await?, None);
    ensure_eq!(store.lock("a", &owner(2), at(1), LEASE).await?, Some(owner(1)));
    ensure_eq!(store.lock("b", &owner(2), at(1), LEASE).await?, None);
    ensure_eq!(store.lock("a", &owner(1), at(2), Duration::MAX).await?, None);
    ensure_eq!(store.lock("a", &owner(2), at(1 << 32), LEASE).await?, Some(owner(1)));
    Ok(())
}

async fn run_out(store: Arc<dyn Metadata>) -> Outcome {
    ensure_eq!(store.lock("a", &owner(1), at(0), LEASE).await?, None);
    ensure_eq!(store.lock("a", &owner(1), at(30), LEASE).await?, None);
    ensure_eq!(store.lock("a", &owner(2), at(89), LEASE).await?, Some(owner(1)));
    ensure_eq!(store.lock("a", &owner(2), at(90), LEASE).await?, None);
    ensure_eq!(store.lock("a", &owner(1), at(91), LEASE).await?, Some(owner(2)));
    Ok(())
}

async fn are_given_back_by_the_holder_alone(store: Arc<dyn Metadata>) -> Outcome {
    store.unlock("a", &owner(1)).await?;
    ensure_eq!(store.lock("a", &owner(1), at(0), LEASE).await?, None);
    store.unlock("a", &owner(2)).await?;
    ensure_eq!(store.lock("a", &owner(2), at(1), LEASE).await?, Some(owner(1)));
    store.unlock("a", &owner(1)).await?;
    ensure_eq!(store.lock("a", &owner(2), at(1), LEASE).await?, None);
    Ok(())
}

async fn go_to_one_of_many(store: Arc<dyn Metadata>) -> Outcome {
    let tasks: Vec<_> = (0..8)
        .map(|by| {
            let store = store.clone();
            tokio::spawn(async move { store.lock("a", &owner(by), at(0), LEASE).await })
        })
        .collect();
    let mut refused = Vec::new();
    for task in tasks {
        refused.extend(task.await??);
    }
    ensure_eq!(refused.len(), 7);
    refused.dedup();
    ensure_eq!(refused.len(), 1);
    Ok(())
}
