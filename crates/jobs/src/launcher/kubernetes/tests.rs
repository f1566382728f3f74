//! The launcher against a cluster that really runs what it is asked to, and in which things go wrong.

use std::{fs, os::unix::fs::PermissionsExt as _, time::Duration};

use kube::config::{KubeConfigOptions, Kubeconfig};
use model::{GenerationId, Phase, ProjectId, Time, UserId};
use tempfile::TempDir;
use testcluster::{Cluster, ClusterConfig};

use super::*;

const IMAGE: &str = "data-forge-worker";
/// How long anything that is waited for may take: far longer than it does.
const PATIENCE: Duration = Duration::from_secs(60);

struct Ground {
    folder: TempDir,
    cluster: Cluster,
    launcher: KubernetesLauncher,
}

impl Ground {
    /// A cluster whose worker is this script.
    async fn new(script: &str) -> Self {
        Self::with_config(script, |config| config, config()).await
    }

    async fn with_config(
        script: &str,
        cluster: impl FnOnce(ClusterConfig) -> ClusterConfig,
        config: KubernetesConfig,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("worker.sh");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let cluster = Cluster::start(cluster(ClusterConfig::default().image(IMAGE, program))).await.unwrap();
        let launcher = launcher(&cluster, &folder, config).await;
        Self { folder, cluster, launcher }
    }

    async fn until(&self, name: &str, mut wanted: impl FnMut(&JobState) -> bool) -> JobState {
        let end = Instant::now() + PATIENCE;
        loop {
            let state = self.launcher.state(name).await.unwrap();
            if wanted(&state) {
                return state;
            }
            assert!(Instant::now() < end, "{name} is {state:?}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    async fn until_running(&self, pods: usize) -> Vec<String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let running = self.cluster.running_pods();
            if running.len() == pods {
                return running;
            }
            assert!(Instant::now() < end, "{running:?} run, and not {pods}");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Ground {
    async fn until_gone(&self, pod: &str) {
        let end = Instant::now() + PATIENCE;
        while self.cluster.running_pods().iter().any(|running| running == pod) {
            assert!(Instant::now() < end, "{pod} goes on");
            sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn launcher(cluster: &Cluster, folder: &TempDir, config: KubernetesConfig) -> KubernetesLauncher {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let path = folder.path().join("kubeconfig");
    cluster.kubeconfig(&path).unwrap();
    let kubeconfig = Kubeconfig::read_from(path).unwrap();
    let found =
        kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    let mut launcher = KubernetesLauncher::new(&client(found).unwrap(), config);
    launcher.pods.look = Duration::from_millis(50);
    launcher
}

fn config() -> KubernetesConfig {
    KubernetesConfig {
        namespace: "default".into(),
        image: IMAGE.into(),
        parallelism: 1,
        config_map: None,
        secret: None,
        cpu: "500m".into(),
        memory: "2Gi".into(),
    }
}

fn job(number: u8) -> Job {
    let generation = GenerationId::new(Time::UNIX_EPOCH, [number; 10]);
    let (name, deadline) = (Phase::Generate.job_name(generation), Duration::from_secs(7200));
    let (project, user) = (ProjectId::new(Time::UNIX_EPOCH, [number; 10]), UserId::new("ada@example.com"));
    Job { name, phase: Phase::Generate, generation, project, user, deadline }
}

fn has_ended(state: &JobState) -> bool {
    matches!(state, JobState::Ended { .. })
}

const WORKS_ON: &str = "trap 'exit 130' TERM; while true; do sleep 0.05; done";

#[tokio::test]
async fn a_job_of_several_workers_runs_to_its_end() {
    let parallel = KubernetesConfig { parallelism: 3, ..config() };
    let script = r#"touch "$DONE/$JOB_COMPLETION_INDEX-$1-$2-$3"; test "$TMPDIR" = /tmp"#;
    let done = tempfile::tempdir().unwrap();
    let settings =
        |cluster: ClusterConfig| cluster.variable("settings", "DONE", &done.path().to_string_lossy());
    let parallel = KubernetesConfig { config_map: Some("settings".into()), ..parallel };
    let ground = Ground::with_config(script, settings, parallel).await;
    let job = job(1);
    assert_eq!(ground.launcher.state(&job.name).await.unwrap(), JobState::Absent);
    ground.launcher.launch(&job).await.unwrap();
    assert!(matches!(ground.launcher.state(&job.name).await.unwrap(), JobState::Running { .. }));
    let end = ground.until(&job.name, has_ended).await;
    assert!(matches!(end, JobState::Ended { ok: true, .. }), "{end:?}");
    let mut ran: Vec<String> = fs::read_dir(done.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    ran.sort();
    assert_eq!(ran, [0, 1, 2].map(|index| format!("{index}-worker-generate---generation")));

    // Its name is free at once when it is removed.
    ground.launcher.remove(&job.name).await.unwrap();
    assert_eq!(ground.launcher.state(&job.name).await.unwrap(), JobState::Absent);
    ground.launcher.launch(&job).await.unwrap();
    ground.until(&job.name, has_ended).await;
}

#[tokio::test]
async fn a_job_that_fails_says_its_last_words() {
    let ground = Ground::new("echo 'the gateway is on fire' >&2; exit 3").await;
    let job = job(1);
    ground.launcher.launch(&job).await.unwrap();
    let JobState::Ended { ok: false, detail } = ground.until(&job.name, has_ended).await else {
        panic!("it ended well")
    };
    assert!(detail.starts_with("BackoffLimitExceeded: "), "{detail}");
    assert!(detail.ends_with("ended with exit code 3, having said: the gateway is on fire"), "{detail}");
    assert!(matches!(ground.launcher.launch(&job).await, Err(LaunchError::Exists(_))));
}

#[tokio::test]
async fn a_worker_that_takes_too_much_memory_is_named() {
    let ground = Ground::new(WORKS_ON).await;
    let job = job(1);
    ground.launcher.launch(&job).await.unwrap();
    for _ in 0..3 {
        let running = ground.until_running(1).await;
        ground.cluster.kill_pod(&running[0], true);
        ground.until_gone(&running[0]).await;
    }
    let JobState::Ended { ok: false, detail } = ground.until(&job.name, has_ended).await else {
        panic!("it ended well")
    };
    assert!(detail.contains("exit code 137 (OOMKilled)"), "{detail}");
}

#[tokio::test]
async fn evictions_do_not_count() {
    let ground = Ground::new(WORKS_ON).await;
    let job = job(1);
    ground.launcher.launch(&job).await.unwrap();
    for _ in 0..5 {
        let running = ground.until_running(1).await;
        ground.cluster.evict_pod(&running[0]);
        ground.until_gone(&running[0]).await;
    }
    ground.until_running(1).await;
    assert!(matches!(ground.launcher.state(&job.name).await.unwrap(), JobState::Running { .. }));
}

#[tokio::test]
async fn a_stopped_job_is_gone_with_its_pods() {
    let ground = Ground::new(WORKS_ON).await;
    let job = job(1);
    ground.launcher.launch(&job).await.unwrap();
    ground.until_running(1).await;
    ground.launcher.remove(&job.name).await.unwrap();
    assert_eq!(ground.cluster.jobs(), std::slice::from_ref(&job.name), "one at work is not removed");
    ground.launcher.stop(&job.name, Duration::from_secs(1)).await.unwrap();
    assert!(ground.cluster.jobs().is_empty() && ground.cluster.running_pods().is_empty());
    assert_eq!(ground.launcher.state(&job.name).await.unwrap(), JobState::Absent);
    ground.launcher.stop(&job.name, Duration::from_secs(1)).await.unwrap();
}

#[tokio::test]
async fn what_is_refused_is_told_as_it_is() {
    let ground = Ground::new(WORKS_ON).await;
    // The watch has its list by then, and takes no answer away that is meant for others.
    ground.launcher.state(&job(1).name).await.unwrap();
    let refused = async |number| ground.launcher.launch(&job(number)).await.unwrap_err();

    ground.cluster.set_denial(Some("images have to come from registry.example"));
    let error = refused(1).await;
    assert!(matches!(error, LaunchError::Refused { .. }), "{error}");
    assert!(error.to_string().contains("images have to come from registry.example"), "{error}");
    let checked = ground.launcher.check().await.unwrap_err();
    assert!(checked.contains("images have to come from registry.example"), "{checked}");
    ground.cluster.set_denial(None);
    ground.launcher.check().await.unwrap();
    assert!(ground.cluster.jobs().is_empty());

    // What passes is none.
    for (status, reason) in [(429, "TooManyRequests"), (500, "InternalError"), (401, "Unauthorized")] {
        ground.cluster.answer_next(status, reason);
        let error = refused(1).await;
        assert!(matches!(error, LaunchError::Unavailable { .. }), "{error}");
        assert!(error.to_string().contains(&status.to_string()), "{error}");
    }

    let trouble = |wanted: &'static str| move |state: &JobState| matches!(state, JobState::Running { trouble: Some(trouble), .. } if trouble.contains(wanted));
    ground.cluster.set_quota(Some(0));
    ground.launcher.launch(&job(1)).await.unwrap();
    ground.until(&job(1).name, trouble("no pod can be made: Error creating")).await;
    ground.cluster.set_quota(None);
    ground.until(&job(1).name, |state| matches!(state, JobState::Running { trouble: None, .. })).await;
}

#[tokio::test]
async fn an_image_or_settings_that_are_not_there_are_named() {
    let no_image = KubernetesConfig { image: "nowhere/worker".into(), ..config() };
    let no_secret = KubernetesConfig { secret: Some("keys".into()), ..config() };
    for (config, wanted) in
        [(no_image, "ImagePullBackOff"), (no_secret, "CreateContainerConfigError: \"keys\"")]
    {
        let ground = Ground::with_config(WORKS_ON, |cluster| cluster, config).await;
        ground.launcher.launch(&job(1)).await.unwrap();
        ground
            .until(&job(1).name, |state| {
                matches!(state, JobState::Running { trouble: Some(trouble), .. } if trouble.contains(wanted))
            })
            .await;
        ground.launcher.stop(&job(1).name, Duration::ZERO).await.unwrap();
    }
}

#[tokio::test]
async fn a_watch_that_missed_something_catches_up() {
    let folder = tempfile::tempdir().unwrap();
    let flag = folder.path().join("flag");
    let settings = |cluster: ClusterConfig| cluster.variable("settings", "FLAG", &flag.to_string_lossy());
    let with_settings = KubernetesConfig { config_map: Some("settings".into()), ..config() };
    let script = "while test ! -e \"$FLAG\"; do sleep 0.02; done";
    let ground = Ground::with_config(script, settings, with_settings).await;
    ground.launcher.launch(&job(1)).await.unwrap();
    ground.until_running(1).await;
    ground.launcher.state(&job(1).name).await.unwrap();
    ground.cluster.forget_history();
    fs::write(&flag, "").unwrap();
    let end = ground.until(&job(1).name, has_ended).await;
    assert!(matches!(end, JobState::Ended { ok: true, .. }), "{end:?}");
}

#[tokio::test]
async fn a_cluster_that_is_away_keeps_its_jobs() {
    let ground = Ground::new(WORKS_ON).await;
    ground.launcher.launch(&job(1)).await.unwrap();
    ground.until_running(1).await;
    ground.launcher.state(&job(1).name).await.unwrap();
    ground.cluster.go_away(Duration::from_millis(700));
    assert!(matches!(ground.launcher.state(&job(1).name).await.unwrap(), JobState::Running { .. }));
    assert!(matches!(ground.launcher.launch(&job(2)).await, Err(LaunchError::Unavailable { .. })));
    let end = Instant::now() + PATIENCE;
    while ground.launcher.launch(&job(2)).await.is_err() {
        assert!(Instant::now() < end, "it never came back");
        sleep(Duration::from_millis(50)).await;
    }
    ground.until_running(2).await;
}

#[tokio::test]
async fn two_servers_share_a_job_and_take_away_only_what_they_know() {
    let ground = Ground::new(WORKS_ON).await;
    let other = launcher(&ground.cluster, &ground.folder, config()).await;
    let job = job(1);
    ground.launcher.launch(&job).await.unwrap();
    other.launch(&job).await.unwrap();
    assert_eq!(ground.cluster.jobs().len(), 1);
    // The other sees the job of this name end, and this one has made the next by then.
    for _ in 0..3 {
        let running = ground.until_running(1).await;
        ground.cluster.kill_pod(&running[0], false);
        ground.until_gone(&running[0]).await;
    }
    ground.until(&job.name, has_ended).await;
    let ended = other.jobs.get(&job.name).await.unwrap();
    ground.launcher.remove(&job.name).await.unwrap();
    ground.launcher.launch(&job).await.unwrap();
    assert!(!other.delete(&job.name, ended.uid(), DeleteParams::background()).await.unwrap());
    ground.until_running(1).await;
    assert_eq!(ground.cluster.jobs(), [job.name]);
}

#[tokio::test]
async fn looking_at_jobs_asks_nobody() {
    let ground = Ground::new(WORKS_ON).await;
    ground.launcher.launch(&job(1)).await.unwrap();
    ground.until_running(1).await;
    let ready = |state: &JobState| matches!(state, JobState::Running { trouble: None, .. });
    ground.until(&job(1).name, ready).await;
    // By now the watch tells of a worker that is ready.
    sleep(Duration::from_millis(300)).await;
    let before = ground.cluster.requests();
    for _ in 0..100 {
        ground.launcher.state(&job(1).name).await.unwrap();
    }
    assert_eq!(ground.cluster.requests(), before);
}

#[test]
fn the_manifest_is_that_of_the_contract() {
    let config = KubernetesConfig {
        parallelism: 4,
        config_map: Some("data-forge".into()),
        secret: Some("data-forge-secrets".into()),
        ..config()
    };
    let manifest = serde_json::to_value(manifest::manifest(&job(1), &config)).unwrap();
    let wanted: serde_json::Value = serde_json::from_str(include_str!("manifest.json")).unwrap();
    assert_eq!(manifest, wanted, "{manifest:#}");
}

/// The Pod Security Standard `restricted`, as Kubernetes documents it.
#[test]
fn the_pods_are_restricted() {
    let manifest = manifest::manifest(&job(1), &config());
    let pod = manifest.spec.unwrap().template.spec.unwrap();
    let security = pod.security_context.unwrap();
    assert_eq!((security.run_as_non_root, security.run_as_user), (Some(true), Some(65532)));
    assert_eq!(security.seccomp_profile.unwrap().type_, "RuntimeDefault");
    assert!(pod.host_network.is_none() && pod.host_pid.is_none() && pod.host_ipc.is_none());
    assert!(pod.volumes.unwrap().iter().all(|volume| volume.empty_dir.is_some()));
    let container = &pod.containers[0];
    let security = container.security_context.as_ref().unwrap();
    assert_eq!(security.allow_privilege_escalation, Some(false));
    assert_eq!(security.read_only_root_filesystem, Some(true));
    assert!(security.privileged.is_none());
    let capabilities = security.capabilities.as_ref().unwrap();
    assert_eq!(capabilities.drop.as_deref(), Some(&["ALL".to_owned()][..]));
    assert!(capabilities.add.is_none() && container.ports.is_none());
}
