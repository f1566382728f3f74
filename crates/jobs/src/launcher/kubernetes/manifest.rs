//! The manifest of a Job: what Kubernetes is asked to run.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::{
        batch::v1::{
            Job as Manifest, JobSpec, PodFailurePolicy, PodFailurePolicyOnPodConditionsPattern,
            PodFailurePolicyRule,
        },
        core::v1::{
            Capabilities, ConfigMapEnvSource, Container, EmptyDirVolumeSource, EnvFromSource, EnvVar,
            PodSecurityContext, PodSpec, PodTemplateSpec, ResourceRequirements, SeccompProfile,
            SecretEnvSource, SecurityContext, Volume, VolumeMount,
        },
    },
    apimachinery::pkg::{api::resource::Quantity, apis::meta::v1::ObjectMeta},
};

use super::KubernetesConfig;
use crate::Job;

/// The label that every Job of ours has, and what it says.
pub(super) const OURS: (&str, &str) = ("app.kubernetes.io/managed-by", "data-forge");
/// The label that says which generation a Job works on.
const GENERATION: &str = "data-forge/generation";
/// The label that says which project that is of.
const PROJECT: &str = "data-forge/project";
/// The annotation that says whose project that is: a name may hold what a label may not.
const USER: &str = "data-forge/user";
/// The user and group that workers run as: nobody's.
const NOBODY: i64 = 65532;
/// A pod that fails so often makes its Job fail.
const BACKOFF_LIMIT: i32 = 2;
/// How long a Job that has ended stays to be looked at, in seconds.
const TTL: i32 = 600;
/// How long a worker may take to hand back what it holds, in seconds: calls under way end within two.
const GRACE: i64 = 5;
/// Where a worker may write.
const SCRATCH: &str = "/tmp";

/// What is run for a job, by the contract of Data Forge: restricted pod security, settings by reference.
pub(super) fn manifest(job: &Job, config: &KubernetesConfig) -> Manifest {
    let labels: BTreeMap<String, String> = [
        ("app.kubernetes.io/name", "data-forge-worker"),
        ("app.kubernetes.io/component", job.phase.as_str()),
        OURS,
        (GENERATION, &job.generation.to_string()),
        (PROJECT, &job.project.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let pods = i32::from(config.parallelism);
    Manifest {
        metadata: ObjectMeta {
            annotations: Some([(USER.to_owned(), job.user.to_string())].into()),
            name: Some(job.name.clone()),
            labels: Some(labels.clone()),
            ..ObjectMeta::default()
        },
        spec: Some(JobSpec {
            active_deadline_seconds: Some(i64::try_from(job.deadline.as_secs()).unwrap_or(i64::MAX)),
            backoff_limit: Some(BACKOFF_LIMIT),
            // Each worker goes on until its phase has no unit left, whichever of them did it.
            completion_mode: Some("Indexed".into()),
            completions: Some(pods),
            parallelism: Some(pods),
            pod_failure_policy: Some(evictions_do_not_count()),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta { labels: Some(labels), ..ObjectMeta::default() }),
                spec: Some(pod(job, config)),
            },
            ttl_seconds_after_finished: Some(TTL),
            ..JobSpec::default()
        }),
        status: None,
    }
}

/// A pod that is evicted, preempted or lost with its node did nothing wrong: it is replaced, and counted by nobody.
fn evictions_do_not_count() -> PodFailurePolicy {
    let disrupted = PodFailurePolicyOnPodConditionsPattern {
        status: Some("True".into()),
        type_: "DisruptionTarget".into(),
    };
    let rule = PodFailurePolicyRule {
        action: "Ignore".into(),
        on_pod_conditions: Some(vec![disrupted]),
        ..PodFailurePolicyRule::default()
    };
    PodFailurePolicy { rules: vec![rule] }
}

fn pod(job: &Job, config: &KubernetesConfig) -> PodSpec {
    PodSpec {
        automount_service_account_token: Some(false),
        containers: vec![container(job, config)],
        enable_service_links: Some(false),
        node_selector: Some([("workload-type".to_owned(), "general".to_owned())].into()),
        restart_policy: Some("Never".into()),
        security_context: Some(PodSecurityContext {
            fs_group: Some(NOBODY),
            run_as_group: Some(NOBODY),
            run_as_non_root: Some(true),
            run_as_user: Some(NOBODY),
            seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".into(), localhost_profile: None }),
            ..PodSecurityContext::default()
        }),
        service_account_name: Some("operator-service-account".into()),
        termination_grace_period_seconds: Some(GRACE),
        volumes: Some(vec![Volume {
            name: "scratch".into(),
            empty_dir: Some(EmptyDirVolumeSource::default()),
            ..Volume::default()
        }]),
        ..PodSpec::default()
    }
}

fn container(job: &Job, config: &KubernetesConfig) -> Container {
    let variable =
        |name: &str, value: &str| EnvVar { name: name.into(), value: Some(value.into()), value_from: None };
    let arguments =
        ["worker", job.phase.as_str(), "--generation", &job.generation.to_string()].map(str::to_owned);
    Container {
        name: "worker".into(),
        image: Some(config.image.clone()),
        args: Some(arguments.into()),
        env: Some(vec![
            variable("DATA_FORGE_DATA_DIR", SCRATCH),
            variable("DATA_FORGE_LOG_FORMAT", "json"),
            variable("TMPDIR", SCRATCH),
        ]),
        env_from: Some(settings(config)),
        resources: Some(ResourceRequirements {
            requests: Some(quantities(&[("cpu", &config.cpu), ("memory", &config.memory)])),
            // A worker that is short of CPU is slow; one that takes more memory than was planned is stopped.
            limits: Some(quantities(&[("memory", &config.memory)])),
            claims: None,
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities { add: None, drop: Some(vec!["ALL".into()]) }),
            read_only_root_filesystem: Some(true),
            ..SecurityContext::default()
        }),
        // What it said last stands in the pod's status where it died before it could write its log.
        termination_message_policy: Some("FallbackToLogsOnError".into()),
        volume_mounts: Some(vec![VolumeMount {
            name: "scratch".into(),
            mount_path: SCRATCH.into(),
            ..VolumeMount::default()
        }]),
        ..Container::default()
    }
}

/// The settings of workers by the names of what holds them: a value in a manifest is one that everybody reads who may read Jobs.
fn settings(config: &KubernetesConfig) -> Vec<EnvFromSource> {
    let map = config.config_map.iter().map(|name| EnvFromSource {
        config_map_ref: Some(ConfigMapEnvSource { name: name.clone(), optional: None }),
        ..EnvFromSource::default()
    });
    let secret = config.secret.iter().map(|name| EnvFromSource {
        secret_ref: Some(SecretEnvSource { name: name.clone(), optional: None }),
        ..EnvFromSource::default()
    });
    map.chain(secret).collect()
}

fn quantities(of: &[(&str, &str)]) -> BTreeMap<String, Quantity> {
    of.iter().map(|(name, value)| ((*name).to_owned(), Quantity((*value).to_owned()))).collect()
}
