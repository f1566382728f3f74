//! Ctrl-C, and two runs at once.

use std::{process::Child, time::Duration};

use testkit::{Gateway, GatewayConfig};

use crate::forge::{Forge, Ran, manual};

const ARGUMENTS: [&str; 6] = ["run", "docs", "--model", "simulated", "--max-concurrency", "2"];

async fn slow_gateway() -> Gateway {
    Gateway::start(GatewayConfig { latency_ms: 100, ..GatewayConfig::default() }).await.unwrap()
}

/// Starts a run and waits until it has asked the gateway something.
async fn under_way(forge: &Forge, gateway: &Gateway) -> Child {
    let child = forge.command(&ARGUMENTS).spawn().unwrap();
    while gateway.stats().requests < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child
}

fn interrupt(child: &Child) {
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_cleanly_and_says_how_to_go_on() {
    let gateway = slow_gateway().await;
    let forge = Forge::with_gateway(&gateway.url());
    forge.write("docs/pump.md", manual("pump", 60));
    let child = under_way(&forge, &gateway).await;
    interrupt(&child);
    let ran = Ran::from(child.wait_with_output().unwrap());
    ran.expect(130);
    assert!(ran.stderr.contains("what was done is kept"), "{}", ran.stderr);
    assert!(ran.stderr.contains("run docs --model simulated"), "{}", ran.stderr);
    let asked = gateway.stats().requests;
    assert!(asked < 60, "the run ended before it was interrupted");

    forge.run(&ARGUMENTS).expect(0);
    let stats = gateway.stats();
    assert_eq!(stats.repeats, 0, "calls under way at Ctrl-C are waited for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_on_the_same_project_is_refused() {
    let gateway = slow_gateway().await;
    let forge = Forge::with_gateway(&gateway.url());
    forge.write("docs/pump.md", manual("pump", 60));
    let mut first = under_way(&forge, &gateway).await;
    let second = forge.run(&ARGUMENTS);
    second.expect(1);
    assert!(second.stderr.contains(&format!("process {}", first.id())), "{}", second.stderr);
    assert!(second.stderr.contains("--project"), "{}", second.stderr);
    first.kill().unwrap();
    first.wait().unwrap();
    forge.run(&ARGUMENTS).expect(0);
}
