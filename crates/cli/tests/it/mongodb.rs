//! The program with its metadata in MongoDB: a server of the tests is named by `DATA_FORGE_TEST_MONGODB_URL`, which
//! `tests/mongodb/run` sets for a command.

use testkit::{S3, S3Config};

use crate::{
    forge::Forge,
    kill,
    serve::{cluster::in_cluster, journey, kills, users},
    storage::with_bucket,
};

/// A data directory whose metadata is in a database of its own.
fn forge(name: &str) -> Forge {
    let server = std::env::var("DATA_FORGE_TEST_MONGODB_URL").unwrap();
    let (hosts, options) = server.split_once('?').unwrap_or((&server, ""));
    let database = format!("{}/{name}_{}", hosts.trim_end_matches('/'), std::process::id());
    Forge::new().set("DATA_FORGE_DATABASE_URL", &format!("{database}?{options}"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB server: tests/mongodb/run starts one"]
async fn the_whole_way_of_a_dataset() {
    journey::journey(&forge("journey")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB server: tests/mongodb/run starts one"]
async fn the_whole_way_on_all_engines() {
    let s3 = S3::start(S3Config::default()).await.unwrap();
    let (_cluster, forge) = in_cluster(with_bucket(forge("engines"), &s3), 1).await;
    journey::journey(&forge).await;
    assert_eq!(s3.keys().unwrap(), [""; 0]);
    assert_eq!(s3.unfinished_uploads().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB server: tests/mongodb/run starts one"]
async fn what_is_anothers_is_not_there() {
    users::nothing_of_anothers_is_there(forge("users")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB server: tests/mongodb/run starts one"]
async fn twenty_kills_of_a_run_leave_the_same_dataset() {
    kill::kills_leave_the_dataset_of_an_undisturbed_run(forge("run")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB server: tests/mongodb/run starts one"]
async fn twenty_kills_of_server_and_workers_lose_and_double_nothing() {
    kills::kills_lose_and_double_nothing(forge("kills")).await;
}

#[test]
#[ignore = "needs a MongoDB server: tests/mongodb/run starts one"]
fn the_doctor_finds_it_and_says_where_none_is() {
    let found = forge("doctor").run(&["doctor"]);
    assert!(found.stdout.contains("ok    metadata store: mongodb://127.0.0.1"), "{}", found.stdout);
    let nowhere = "mongodb://ada:secret@127.0.0.1:1/none?serverSelectionTimeoutMS=500";
    let missing = Forge::new().set("DATA_FORGE_DATABASE_URL", nowhere).run(&["doctor"]);
    assert!(missing.stdout.contains("wrong metadata store: "), "{}", missing.stdout);
    assert!(!missing.stdout.contains("secret"), "{}", missing.stdout);
}
