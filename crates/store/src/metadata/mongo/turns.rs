//! Turns: those of one process who write to the same generation wait for each other, where the database would let all but one
//! fail and begin anew.

use std::sync::Arc;

use model::GenerationId;
use tokio::sync::{Mutex, MutexGuard};

/// Generations are told apart by their last bytes, which are random; that two may share a turn does no harm.
const QUEUES: usize = 64;

/// The turns of a process.
#[derive(Clone)]
pub(super) struct Turns(Arc<[Mutex<()>]>);

impl Turns {
    pub(super) fn new() -> Self {
        Self((0..QUEUES).map(|_| Mutex::new(())).collect())
    }

    /// Waits for a turn at a generation, and has it until what comes back is dropped.
    pub(super) async fn at(&self, generation: GenerationId) -> MutexGuard<'_, ()> {
        let [.., last] = *generation.as_uuid().as_bytes();
        self.0[usize::from(last) % QUEUES].lock().await
    }
}
