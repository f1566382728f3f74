//! Many clients at once, who read and write: none of them sees a fault of the server.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Server, User, text};
use crate::forge::{Forge, manual};

const CLIENTS: usize = 200;
/// `DATA_FORGE_CROWD_SECONDS` makes it longer.
const SECONDS: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_clients_see_no_fault() {
    let seconds = std::env::var("DATA_FORGE_CROWD_SECONDS").ok().and_then(|text| text.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(SECONDS));
    let forge = Forge::new();
    let server = Server::start(&forge);
    let user = server.anyone();
    let project = user.project("Shared").await;
    user.upload(&project, "pump.md", manual("pump", 60).into_bytes()).await;
    user.parse(&project).await;
    user.generate(&project).await;
    let pairs: Vec<String> =
        user.all(&format!("{project}/pairs")).await.iter().map(|pair| text(&pair["id"]).to_owned()).collect();

    let clients = (0..CLIENTS).map(|number| {
        let (user, project, pairs) = (user.clone(), project.clone(), pairs.clone());
        tokio::spawn(async move {
            let mut asked = 0;
            while Instant::now() < until {
                ask(&user, &project, &pairs, number + asked).await;
                asked += 1;
            }
            asked
        })
    });
    let mut asked = 0;
    for client in clients.collect::<Vec<_>>() {
        asked += client.await.unwrap();
    }
    assert!(asked >= CLIENTS, "{asked} requests");
    // What was written is whole: every pair has been decided on or edited, or is as it was.
    let stats = user.get(&project).await.expect(200)["stats"].clone();
    let sum: u64 = ["accepted_pairs", "rejected_pairs", "pending_pairs"]
        .map(|k| stats[k].as_u64().unwrap())
        .iter()
        .sum();
    assert_eq!(sum, pairs.len() as u64, "{stats}");
}

/// One request of a mix: two thirds read, one third writes.
async fn ask(user: &User, project: &str, pairs: &[String], turn: usize) {
    let pair = format!("/pairs/{}", pairs[turn * 7 % pairs.len()]);
    let answer = match turn % 9 {
        0 => user.get(&format!("{project}/pairs?sort=-quality_score&limit=20")).await,
        1 => user.get(&pair).await,
        2 => user.put(&pair, json!({"review_status": "accepted"})).await,
        3 => user.get(&format!("{project}/pairs?q=valve&review_status=pending")).await,
        4 => user.get(project).await,
        5 => user.put(&pair, json!({"answer": format!("Answer number {turn}.")})).await,
        6 => user.get(&format!("{project}/chunks?limit=5&facets=true")).await,
        7 => {
            let body = json!({"action": "reset", "pair_ids": [pairs[turn % pairs.len()]]});
            user.post(&format!("{project}/pairs/bulk-action"), body).await
        }
        _ => user.get(&format!("{project}/analytics")).await,
    };
    assert!(answer.status.is_success(), "{turn}: {} {}", answer.status, answer.body);
}
