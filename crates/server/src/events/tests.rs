use std::time::Duration;

use model::UserId;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{sample::Sample, testing::TestApp};

async fn feed(app: &TestApp, user: &str) -> Feed {
    let subscription = app.app.events().subscribe(&UserId::new(user)).await.unwrap().unwrap();
    Feed::new(subscription, None, None, CancellationToken::new()).await.unwrap()
}

/// The next update; a test that waits in vain ends.
async fn next(feed: &mut Feed) -> Update {
    tokio::time::timeout(Duration::from_secs(60), feed.next()).await.unwrap().unwrap()
}

#[tokio::test]
async fn changes_reach_all_streams_of_their_user_alone() {
    let app = TestApp::new().await;
    let (mut one, mut other) = (feed(&app, "ada").await, feed(&app, "ada").await);
    let mut bobs = feed(&app, "bob").await;
    let sample = Sample::new(&app).await;
    let bobs_sample = Sample::of(&app.as_user("bob"), "bob").await;
    for feed in [&mut one, &mut other] {
        loop {
            let Update::Changed(event) = next(feed).await else { panic!("it lagged") };
            assert_eq!(event.project, sample.project);
            if event.kind == "generation"
                && event.data.contains(r#""status":"completed","#)
                && event.data.contains(&sample.generation.to_string())
            {
                break;
            }
        }
    }
    let Update::Changed(event) = next(&mut bobs).await else { panic!("it lagged") };
    assert_eq!(event.project, bobs_sample.project);
}

#[tokio::test]
async fn what_is_deleted_is_said() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let mut feed = feed(&app, "ada").await;
    app.delete(&sample.path("")).await.expect(204);
    let change = Change {
        seq: u64::MAX,
        user: UserId::new("ada"),
        project: sample.project,
        subject: ChangedSubject::Generation(sample.generation),
    };
    app.app.events().tell(&change).await;
    loop {
        let Update::Changed(event) = next(&mut feed).await else { panic!("it lagged") };
        if event.kind == "deleted" && event.data.contains(&sample.generation.to_string()) {
            break;
        }
    }
}

#[tokio::test]
async fn who_falls_behind_is_told() {
    let app = TestApp::new().await;
    let sample = Sample::new(&app).await;
    let mut feed = feed(&app, "ada").await;
    for seq in 0..=BACKLOG as u64 {
        let change = Change {
            seq: u64::MAX - seq,
            user: UserId::new("ada"),
            project: sample.project,
            subject: ChangedSubject::Generation(sample.generation),
        };
        app.app.events().tell(&change).await;
    }
    assert_eq!(next(&mut feed).await, Update::Lagged);
    assert!(matches!(next(&mut feed).await, Update::Changed(_)));
}

#[tokio::test]
async fn streams_are_bounded_and_places_given_back() {
    let app = TestApp::new().await;
    let hub = app.app.events();
    let ada = UserId::new("ada");
    let mut held = Vec::new();
    for _ in 0..MAX_STREAMS {
        held.push(hub.subscribe(&ada).await.unwrap().unwrap());
    }
    assert!(hub.subscribe(&ada).await.unwrap().is_err());
    app.get("/events").await.expect_problem(429, "limit_reached");
    assert!(hub.subscribe(&UserId::new("bob")).await.unwrap().is_ok());
    held.pop();
    held.push(hub.subscribe(&ada).await.unwrap().unwrap());
    drop(held);
    assert!(hub.users().is_empty());
}

#[test]
fn of_many_changes_of_a_thing_the_last_is_told() {
    let project = ProjectId::new(model::Time::UNIX_EPOCH, [0; 10]);
    let change = |seq, version| Change {
        seq,
        user: UserId::new("ada"),
        project,
        subject: ChangedSubject::Export(version),
    };
    let told = newest_of_each(vec![change(1, 1), change(2, 2), change(3, 1), change(5, 3)]);
    assert_eq!(told, [change(2, 2), change(3, 1), change(5, 3)]);
}
