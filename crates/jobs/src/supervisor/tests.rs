use std::sync::MutexGuard;

use async_trait::async_trait;
use model::{GenerationKind, GenerationStatus, Project, ProjectId, Unit};

use super::*;
use crate::{Launch, LaunchError, random_bytes, testing::Shop};

/// Jobs that are at work until they are stopped.
#[derive(Default)]
struct Idle {
    running: Mutex<Vec<String>>,
    /// The job of which nobody can say where it stands.
    stuck: Mutex<Option<String>>,
}

impl Idle {
    fn running(&self) -> MutexGuard<'_, Vec<String>> {
        self.running.lock().unwrap()
    }
}

#[async_trait]
impl Launcher for Idle {
    async fn launch(&self, job: &Job) -> Result<(), LaunchError> {
        self.running().push(job.name.clone());
        Ok(())
    }

    async fn state(&self, name: &str) -> Result<JobState, LaunchError> {
        if self.stuck.lock().unwrap().as_deref() == Some(name) {
            std::future::pending::<()>().await;
        }
        let runs = self.running().iter().any(|running| running == name);
        Ok(if runs { JobState::Running { since: model::Time::MAX, trouble: None } } else { JobState::Absent })
    }

    async fn stop(&self, name: &str, _grace: Duration) -> Result<(), LaunchError> {
        self.running().retain(|running| running != name);
        Ok(())
    }

    async fn remove(&self, _name: &str) -> Result<(), LaunchError> {
        Ok(())
    }

    async fn shut_down(&self) {
        self.running().clear();
    }
}

struct Office {
    shop: Shop,
    launcher: Arc<Idle>,
    supervisor: Supervisor,
}

impl Office {
    async fn new(max_running: usize, max_running_per_user: Option<usize>) -> Self {
        let shop = Shop::new().await;
        let launcher = Arc::new(Idle::default());
        let config = SupervisorConfig { max_running, max_running_per_user, ..SupervisorConfig::default() };
        let environment = Arc::clone(&shop.environment);
        let supervisor = Supervisor::new(environment, Arc::clone(&launcher) as Arc<dyn Launcher>, config);
        Self { shop, launcher, supervisor }
    }

    /// A generation by jobs that has one unit, of a user's own project.
    async fn generation(&self, user: &str) -> GenerationId {
        let environment = &self.shop.environment;
        let (user, now) = (UserId::new(user), environment.now());
        let own = environment.metadata.project(&self.shop.user, self.shop.project).await.unwrap().unwrap();
        let project = Project { id: ProjectId::new(now, random_bytes()), user_id: user.clone(), ..own };
        environment.metadata.create_project(&project).await.unwrap();
        let id = GenerationId::new(now, random_bytes());
        let mut generation = Generation::new(id, project.id, GenerationKind::Generate, None, now);
        generation.job_names = Launch::Jobs.job_names(GenerationKind::Generate, id);
        let unit = Unit::new(id, Phase::Generate, model::ChunkId::derive([]), 0, Some("0".repeat(64)));
        environment.metadata.create_generation(&user, &generation, &[unit]).await.unwrap();
        id
    }

    /// Looks after all generations once.
    async fn go_round(&self) {
        for round in self.supervisor.due(&UnderWay::default()).await.unwrap() {
            self.supervisor.go_round(round).await;
        }
    }

    async fn status(&self, id: GenerationId) -> GenerationStatus {
        let context = self.shop.environment.metadata.generation_context(id).await.unwrap();
        context.unwrap().generation.status
    }
}

#[tokio::test]
async fn generations_are_started_in_turn_while_there_is_room() {
    let office = Office::new(2, Some(1)).await;
    let first = office.generation("ada").await;
    let second = office.generation("ada").await;
    let third = office.generation("alan").await;
    let fourth = office.generation("grace").await;
    for _ in 0..2 {
        office.go_round().await;
        let names = [first, third].map(|id| Phase::Generate.job_name(id));
        assert_eq!(*office.launcher.running(), names);
    }
    assert_eq!(office.status(second).await, GenerationStatus::Pending);

    office.supervisor.cancel(&UserId::new("ada"), first).await.unwrap();
    assert_eq!(*office.launcher.running(), [Phase::Generate.job_name(third)]);
    office.go_round().await;
    let names = [third, second].map(|id| Phase::Generate.job_name(id));
    assert_eq!(*office.launcher.running(), names);
    assert_eq!(office.status(fourth).await, GenerationStatus::Pending);
}

#[tokio::test]
async fn the_job_of_a_generation_that_another_ended_is_stopped() {
    let office = Office::new(2, None).await;
    let id = office.generation("ada").await;
    office.go_round().await;
    assert_eq!(office.launcher.running().len(), 1);
    crate::fail(&office.shop.environment, id, Phase::Generate, "why").await.unwrap();
    office.go_round().await;
    assert_eq!(*office.launcher.running(), [""; 0]);
    assert_eq!(office.status(id).await, GenerationStatus::Failed);
}

#[tokio::test]
async fn nobody_cancels_for_another() {
    let office = Office::new(2, None).await;
    let id = office.generation("ada").await;
    let eve = office.supervisor.cancel(&UserId::new("eve"), id).await;
    assert!(matches!(eve, Err(JobsError::NoGeneration)), "{eve:?}");
}

#[tokio::test]
async fn told_to_stop_it_leaves_no_job_and_generations_as_they_are() {
    let office = Office::new(2, None).await;
    let id = office.generation("ada").await;
    let stop = CancellationToken::new();
    let told = async {
        while office.launcher.running().is_empty() {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    tokio::join!(office.supervisor.run(&stop), told);
    assert_eq!(*office.launcher.running(), [""; 0]);
    assert_eq!(office.status(id).await, GenerationStatus::Generating);
}

#[tokio::test]
async fn what_takes_long_in_one_project_keeps_no_other_waiting() {
    let office = Office::new(2, None).await;
    let first = office.generation("ada").await;
    *office.launcher.stuck.lock().unwrap() = Some(Phase::Generate.job_name(first));
    let stop = CancellationToken::new();
    let begun = async {
        while office.status(first).await == GenerationStatus::Pending {
            tokio::task::yield_now().await;
        }
        let second = office.generation("alan").await;
        let third = office.generation("grace").await;
        office.supervisor.wake();
        while office.launcher.running().is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(*office.launcher.running(), [Phase::Generate.job_name(second)]);
        // The place of what takes long is taken all the same.
        assert_eq!(office.status(third).await, GenerationStatus::Pending);
    };
    let begun = tokio::time::timeout(Duration::from_secs(60), begun);
    tokio::select! {
        () = office.supervisor.run(&stop) => {}
        begun = begun => begun.unwrap(),
    }
}
