//! Jobs in a cluster: the program as server and as worker in pods, which are killed, evicted, and refused.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testcluster::{Cluster, ClusterConfig};
use testkit::{Gateway, GatewayConfig};

use super::{PATIENCE, Server, User, text};
use crate::forge::{Forge, manual};

/// A cluster that runs this program as its workers, and what a server needs to use it.
struct Ground {
    cluster: Cluster,
    forge: Forge,
    _gateway: Gateway,
}

impl Ground {
    async fn new(latency_ms: u64, parallelism: u16) -> Self {
        let gateway = Gateway::start(GatewayConfig { latency_ms, ..GatewayConfig::default() }).await.unwrap();
        let forge = Forge::with_gateway(&gateway.url());
        let database = format!("sqlite:{}", forge.path("shared.db").display());
        let storage = forge.path("shared").display().to_string();
        let forge = forge
            .set("DATA_FORGE_DATABASE_URL", &database)
            .set("DATA_FORGE_STORAGE_URL", &storage)
            .set("DATA_FORGE_MAX_CONCURRENCY", "2");
        let (cluster, forge) = in_cluster(forge, parallelism).await;
        Self { cluster, forge, _gateway: gateway }
    }

    async fn until<T>(&self, what: &str, mut found: impl AsyncFnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = found().await {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "there is no {what}; jobs: {:?}", self.cluster.jobs());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The pods at work, once they are so many.
    async fn pods(&self, least: usize) -> Vec<String> {
        let running = async || Some(self.cluster.running_pods()).filter(|pods| pods.len() >= least);
        self.until("running pod", running).await
    }
}

/// A cluster that runs this program as its workers, with the settings of a server by reference; and that server's.
pub(crate) async fn in_cluster(forge: Forge, parallelism: u16) -> (Cluster, Forge) {
    const IMAGE: &str = "registry.example/data-forge:1";
    let config = ClusterConfig::default().image(IMAGE, env!("CARGO_BIN_EXE_data-forge"));
    let config = forge.environment().iter().fold(config, |config, (name, value)| {
        let secret = name == "DATA_FORGE_DATABASE_URL" || name.starts_with("AWS_");
        config.variable(if secret { "secrets" } else { "settings" }, name, value)
    });
    let cluster = Cluster::start(config).await.unwrap();
    let kubeconfig = forge.path("kubeconfig");
    cluster.kubeconfig(&kubeconfig).unwrap();
    let forge = forge
        .set("KUBECONFIG", &kubeconfig.to_string_lossy())
        .set("DATA_FORGE_LAUNCHER", "kubernetes")
        .set("DATA_FORGE_WORKER_IMAGE", IMAGE)
        .set("DATA_FORGE_WORKER_PARALLELISM", &parallelism.to_string())
        .set("DATA_FORGE_WORKER_CONFIG_MAP", "settings")
        .set("DATA_FORGE_WORKER_SECRET", "secrets");
    (cluster, forge)
}

async fn begun(user: &User, project: &str) -> Value {
    let config = json!({"judge_model": "none"});
    let body = json!({"teacher_model": "simulated", "generation_type": "qa", "config": config});
    user.post(&format!("{project}/generate"), body).await.expect(202)
}

async fn said(user: &User, generation: &Value) -> String {
    let logs =
        user.get(&format!("/generations/{}/logs?limit=500", text(&generation["id"]))).await.expect(200);
    let entries = logs["items"].as_array().unwrap();
    entries.iter().map(|entry| format!("{} {}\n", text(&entry["message"]), entry["fields"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_outlives_its_pods_and_its_server() {
    let ground = Ground::new(200, 2).await;
    let server = Server::start(&ground.forge);
    let user = server.anyone();
    let project = user.project("Manuals").await;
    user.upload(&project, "pump.md", manual("pump", 40).into_bytes()).await;
    let parse = user.post(&format!("{project}/parse"), json!({})).await.expect(202);
    let parse = user.ended(text(&parse["id"])).await;
    assert_eq!(parse["status"], "completed", "{parse}");

    let run = begun(&user, &project).await;
    let name = format!("df-generate-{}", text(&run["id"]));
    let pods = ground.pods(2).await;
    assert!(pods.iter().all(|pod| pod.starts_with(&name)), "{pods:?}");
    // A pod that is killed is replaced, and so is one that is evicted; the history that a watch needs is forgotten.
    ground.cluster.kill_pod(&pods[0], true);
    ground.cluster.evict_pod(&pods[1]);
    ground.cluster.forget_history();
    server.kill();
    let server = Server::start(&ground.forge);
    let user = server.anyone();
    let ended = user.ended(text(&run["id"])).await;
    assert_eq!((&ended["status"], &ended["chunks_failed"]), (&json!("completed"), &json!(0)), "{ended}");
    let pairs = user.all(&format!("{project}/pairs")).await;
    assert_eq!(Some(pairs.len() as u64), ended["pairs_generated"].as_u64());
    assert!(pairs.iter().all(|pair| pair["quality_score"].is_f64()), "a pair was not scored");
    let gone = async || ground.cluster.jobs().is_empty().then_some(());
    ground.until("end of the last job", gone).await;

    // What is cancelled is gone with its pods.
    let run = begun(&user, &project).await;
    ground.pods(1).await;
    user.post(&format!("/generations/{}/cancel", text(&run["id"])), json!({})).await.expect(202);
    let none =
        async || (ground.cluster.jobs().is_empty() && ground.cluster.running_pods().is_empty()).then_some(());
    ground.until("end of what was cancelled", none).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cluster_refuses_is_said_in_the_log() {
    let ground = Ground::new(0, 1).await;
    let server = Server::start(&ground.forge);
    let user = server.anyone();
    let project = user.project("Manuals").await;
    user.upload(&project, "pump.md", manual("pump", 3).into_bytes()).await;

    ground.cluster.set_denial(Some("every pod needs a team"));
    let parse = user.post(&format!("{project}/parse"), json!({})).await.expect(202);
    let parse = user.ended(text(&parse["id"])).await;
    assert_eq!(parse["status"], "failed", "{parse}");
    assert!(text(&parse["error"]).contains("every pod needs a team"), "{parse}");
    ground.cluster.set_denial(None);

    // A cluster that is away is waited for.
    ground.cluster.go_away(Duration::from_secs(3));
    let parse = user.post(&format!("{project}/parse"), json!({})).await.expect(202);
    let ended = user.ended(text(&parse["id"])).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    let said = said(&user, &parse).await;
    assert!(said.contains("it does not get on; it is tried again") && said.contains("503"), "{said}");
    assert!(said.contains("it gets on again"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_goes_on_where_one_dies() {
    let ground = Ground::new(200, 1).await;
    let first = Server::start(&ground.forge);
    // The first looks after the generations by then, so that the second does not.
    let project = first.anyone().project("Manuals").await;
    let second = Server::start(&ground.forge);
    let user = second.anyone();
    user.upload(&project, "pump.md", manual("pump", 40).into_bytes()).await;
    let parse = user.parse(&project).await;
    assert_eq!(parse["status"], "completed", "{parse}");

    let run = begun(&user, &project).await;
    ground.pods(1).await;
    first.kill();
    let ended = user.ended(text(&run["id"])).await;
    assert_eq!((&ended["status"], &ended["chunks_failed"]), (&json!("completed"), &json!(0)), "{ended}");
    let said = said(&user, &run).await;
    assert_eq!(said.matches("a job is started").count(), 2, "one for each phase: {said}");
}
