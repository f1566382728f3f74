//! `kill -9` at any moment: the run goes on where it was, and pays for no finished call again.

use std::time::Duration;

use rand::{RngExt, SeedableRng, rngs::StdRng};
use testkit::{Gateway, GatewayConfig};

use crate::forge::{Forge, manual};

const KILLS: usize = 20;
const CONCURRENCY: u64 = 4;

/// 160 chunks and more, four at once, each answered after [`LATENCY_MS`], take longer than twenty lives of this length
/// on average: on any machine the run is still going at the last kill.
const LONGEST_LIFE_MS: u64 = 600;
const LATENCY_MS: u64 = 200;

fn write_documents(forge: &Forge) {
    for name in ["compressor", "fan", "pump", "turbine"] {
        forge.write(&format!("docs/{name}.md"), manual(name, 40));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_leave_the_dataset_of_an_undisturbed_run() {
    kills_leave_the_dataset_of_an_undisturbed_run(Forge::new()).await;
}

/// Runs a forge, but for its gateway, through twenty kills.
pub(crate) async fn kills_leave_the_dataset_of_an_undisturbed_run(forge: Forge) {
    let arguments = ["run", "docs", "--model", "simulated", "--max-concurrency", "4", "--json"];
    let calm = Gateway::start(GatewayConfig::default()).await.unwrap();
    let undisturbed = Forge::with_gateway(&calm.url());
    write_documents(&undisturbed);
    let expected = undisturbed.run(&arguments).summary(0);

    let slow = GatewayConfig { latency_ms: LATENCY_MS, ..GatewayConfig::default() };
    let gateway = Gateway::start(slow).await.unwrap();
    let forge = forge.set("DATA_FORGE_GATEWAY_URL", &gateway.url());
    write_documents(&forge);
    let mut chance = StdRng::seed_from_u64(2);
    let mut kills = 0;
    while kills < KILLS {
        let mut child = forge.command(&arguments).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(chance.random_range(5..LONGEST_LIFE_MS))).await;
        let ended = child.try_wait().unwrap();
        assert!(
            ended.is_none(),
            "the run ended ({ended:?}) after {kills} kills: too few chunks for this test"
        );
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    let summary = forge.run(&arguments).summary(0);
    assert_eq!(forge.read("dataset.jsonl"), undisturbed.read("dataset.jsonl"));
    assert_eq!(summary["pairs"]["exported"], expected["pairs"]["exported"]);
    let stats = gateway.stats();
    assert!(
        stats.repeats <= CONCURRENCY * kills as u64,
        "{} repeats after {kills} kills with {CONCURRENCY} calls at once",
        stats.repeats
    );
    // What is repeated was in flight at a kill, of the teacher's calls and of the judge's.
    assert!(stats.distinct > 2 * summary["chunks"]["total"].as_u64().unwrap());
    assert_eq!(stats.distinct, calm.stats().distinct);
}
