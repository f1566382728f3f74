use std::path::Path;

use model::{GenerationId, Phase};

use super::*;
use crate::testing::Shop;

/// A launcher whose jobs run a script, with a job for it.
async fn launcher(script: &str) -> (Shop, ProcessLauncher, Job) {
    let shop = Shop::new().await;
    let command = WorkerCommand {
        program: "sh".into(),
        arguments: ["-c", script].map(OsString::from).to_vec(),
        variables: Vec::new(),
    };
    let launcher = ProcessLauncher::new(Arc::clone(&shop.environment), command);
    let generation = GenerationId::new(shop.environment.now(), [7; 10]);
    let name = Phase::Parse.job_name(generation);
    let (project, user, deadline) = (shop.project, shop.user.clone(), Duration::from_secs(60));
    let job = Job { name, phase: Phase::Parse, generation, project, user, deadline };
    (shop, launcher, job)
}

async fn ended(launcher: &ProcessLauncher, job: &Job) -> JobState {
    loop {
        match launcher.state(&job.name).await.unwrap() {
            JobState::Running { .. } => tokio::time::sleep(Duration::from_millis(5)).await,
            state => return state,
        }
    }
}

#[tokio::test]
async fn a_job_is_known_by_its_name_from_its_launch_to_its_removal() {
    let (_shop, launcher, job) = launcher("exit 0").await;
    assert_eq!(launcher.state(&job.name).await.unwrap(), JobState::Absent);
    launcher.launch(&job).await.unwrap();
    assert!(matches!(ended(&launcher, &job).await, JobState::Ended { ok: true, .. }));
    let again = launcher.launch(&job).await;
    assert!(matches!(again, Err(LaunchError::Exists(_))), "{again:?}");
    launcher.remove(&job.name).await.unwrap();
    assert_eq!(launcher.state(&job.name).await.unwrap(), JobState::Absent);
    launcher.launch(&job).await.unwrap();
}

#[tokio::test]
async fn how_a_job_ended_is_said() {
    let (_shop, launcher, job) = launcher("exit 3").await;
    launcher.launch(&job).await.unwrap();
    let JobState::Ended { ok: false, detail } = ended(&launcher, &job).await else { panic!() };
    assert!(detail.contains('3'), "{detail}");
}

#[tokio::test]
async fn it_is_told_its_phase_and_generation() {
    let (shop, launcher, job) =
        launcher(r#"test "$0 $1 $2" = "worker parse --generation" && test -n "$3""#).await;
    launcher.launch(&job).await.unwrap();
    assert!(matches!(ended(&launcher, &job).await, JobState::Ended { ok: true, .. }));
    drop(shop);
}

#[tokio::test]
async fn a_stopped_job_takes_its_children_with_it_even_if_it_does_not_want_to() {
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("child");
    let script =
        format!("trap '' TERM; sleep 600 & echo $! > {0}.new; mv {0}.new {0}; wait", written.display());
    let (_shop, launcher, job) = launcher(&script).await;
    launcher.launch(&job).await.unwrap();
    while !written.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let child = std::fs::read_to_string(&written).unwrap();
    launcher.stop(&job.name, Duration::from_millis(50)).await.unwrap();
    let JobState::Ended { ok: false, detail } = launcher.state(&job.name).await.unwrap() else { panic!() };
    assert!(detail.contains('9'), "{detail}");
    // Nobody may have asked after the child yet: then it is there, and dead.
    let state = Path::new("/proc").join(child.trim()).join("stat");
    let lives = || std::fs::read_to_string(&state).is_ok_and(|stat| !stat.contains(") Z "));
    while lives() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let (shop, _, job) = launcher("").await;
    let command =
        WorkerCommand { program: "/no/such/program".into(), arguments: Vec::new(), variables: Vec::new() };
    let launcher = ProcessLauncher::new(Arc::clone(&shop.environment), command);
    let error = launcher.launch(&job).await.unwrap_err().to_string();
    assert!(error.contains("/no/such/program") && error.contains(&job.name), "{error}");
}

#[tokio::test]
async fn what_is_not_there_is_stopped_already() {
    let (_shop, launcher, job) = launcher("").await;
    launcher.stop(&job.name, Duration::from_secs(60)).await.unwrap();
}
