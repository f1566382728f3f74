//! A launcher for tests that have no workers.

use std::time::Duration;

use async_trait::async_trait;
use jobs::{Job, JobState, LaunchError, Launcher};

/// Starts nothing: what is to be done is done by the test itself.
pub(super) struct Idle;

#[async_trait]
impl Launcher for Idle {
    async fn launch(&self, _job: &Job) -> Result<(), LaunchError> {
        Ok(())
    }

    async fn state(&self, _name: &str) -> Result<JobState, LaunchError> {
        Ok(JobState::Absent)
    }

    async fn stop(&self, _name: &str, _grace: Duration) -> Result<(), LaunchError> {
        Ok(())
    }

    async fn remove(&self, _name: &str) -> Result<(), LaunchError> {
        Ok(())
    }

    async fn shut_down(&self) {}
}
