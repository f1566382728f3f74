//! `kill -9` of server and workers, again and again: everything ends, nothing is lost, nothing is made twice.

use std::{collections::HashSet, time::Duration};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, Signal, System, UpdateKind};
use testkit::{Gateway, GatewayConfig};

use super::{Server, User, text};
use crate::forge::{Forge, manual};

const KILLS: usize = 20;
const CONCURRENCY: u64 = 4;
/// 160 chunks and more, four at once, take far longer than all lives together, even where starting a server is slow.
const LATENCY_MS: u64 = 700;
/// The time between two kills, at the most.
const LONGEST_LIFE_MS: u64 = 900;

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_of_server_and_workers_lose_and_double_nothing() {
    kills_lose_and_double_nothing(Forge::new()).await;
}

/// Runs a forge, but for its gateway, through twenty kills.
pub(crate) async fn kills_lose_and_double_nothing(forge: Forge) {
    let slow = GatewayConfig { latency_ms: LATENCY_MS, ..GatewayConfig::default() };
    let gateway = Gateway::start(slow).await.unwrap();
    let forge = forge.set("DATA_FORGE_GATEWAY_URL", &gateway.url()).set("DATA_FORGE_MAX_CONCURRENCY", "4");
    let mut server = Server::start(&forge);
    let mut chance = StdRng::seed_from_u64(3);
    let project = server.anyone().project("Manuals").await;
    for name in ["compressor", "fan", "pump", "turbine"] {
        let document = manual(name, 40).into_bytes();
        server.anyone().upload(&project, &format!("{name}.md"), document).await;
    }

    let mut kills = 0;
    let parse = server.anyone().post(&format!("{project}/parse"), json!({})).await.expect(202);
    for _ in 0..4 {
        server = disturb(&forge, server, &mut chance, &mut kills).await;
    }
    let parse = server.anyone().ended(text(&parse["id"])).await;
    assert_eq!((&parse["status"], &parse["chunks_failed"]), (&json!("completed"), &json!(0)), "{parse}");

    let config = json!({"judge_model": "none"});
    let body = json!({"teacher_model": "simulated", "generation_type": "qa", "config": config});
    let begun = server.anyone().post(&format!("{project}/generate"), body).await.expect(202);
    while kills < KILLS {
        server = disturb(&forge, server, &mut chance, &mut kills).await;
        let now = server.anyone().get(&format!("/generations/{}", text(&begun["id"]))).await.expect(200);
        assert_ne!(now["status"], "completed", "too few chunks for {KILLS} kills: {kills}");
    }
    let ended = server.anyone().ended(text(&begun["id"])).await;
    assert_eq!((&ended["status"], &ended["chunks_failed"]), (&json!("completed"), &json!(0)), "{ended}");
    assert_eq!(ended["chunks_processed"], ended["chunks_total"]);
    whole(&server.anyone(), &project, &ended).await;

    let stats = gateway.stats();
    assert!(
        stats.repeats <= CONCURRENCY * kills as u64,
        "{} repeats after {kills} kills with {CONCURRENCY} calls at once",
        stats.repeats
    );
    // What is repeated was in flight at a kill.
    assert_eq!(Some(stats.distinct), ended["chunks_total"].as_u64());
}

/// Every pair once, scored, and as many as are counted.
async fn whole(user: &User, project: &str, generation: &Value) {
    let pairs = user.all(&format!("{project}/pairs")).await;
    let ids: HashSet<&str> = pairs.iter().map(|pair| text(&pair["id"])).collect();
    assert_eq!(ids.len(), pairs.len());
    assert_eq!(Some(pairs.len() as u64), generation["pairs_generated"].as_u64());
    assert!(pairs.iter().all(|pair| pair["quality_score"].is_f64()), "a pair was not scored");
}

/// After some time kills the server, its workers, or both; gives back a server that runs.
async fn disturb(forge: &Forge, server: Server, chance: &mut StdRng, kills: &mut usize) -> Server {
    tokio::time::sleep(Duration::from_millis(chance.random_range(20..LONGEST_LIFE_MS))).await;
    *kills += 1;
    match chance.random_range(0..3) {
        0 => {
            kill_workers(forge);
            server
        }
        1 => {
            server.kill();
            Server::start(forge)
        }
        _ => {
            server.kill();
            kill_workers(forge);
            Server::start(forge)
        }
    }
}

/// Kills all workers of this test's data directory.
fn kill_workers(forge: &Forge) {
    let mut system = System::new().unwrap();
    let how = ProcessRefreshKind::nothing().with_cmd(UpdateKind::Always).with_environ(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, how);
    let mine = format!("DATA_FORGE_DATA_DIR={}", forge.path("data").display());
    for (pid, process) in system.processes() {
        let worker = process.cmd().iter().any(|word| word == "worker");
        if worker && process.environ().iter().any(|variable| *variable == *mine) && *pid != Pid::from(0) {
            process.kill_with(Signal::Kill);
        }
    }
}
