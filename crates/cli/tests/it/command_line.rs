//! Help, settings, exit codes: what a person meets first.

use crate::forge::{Forge, manual};

#[test]
fn help_says_what_there_is() {
    let forge = Forge::new();
    insta::assert_snapshot!("help", forge.run(&["--help"]).expect(0).stdout);
    insta::assert_snapshot!("help_run", forge.run(&["run", "--help"]).expect(0).stdout);
}

#[test]
fn wrong_usage_exits_with_2_and_says_what_is_right() {
    let forge = Forge::new();
    forge.write("docs/pump.md", manual("pump", 1));
    for (arguments, said) in [
        (vec!["run"], "<PATH>"),
        (vec!["run", "nowhere"], "nowhere: "),
        (vec!["run", "docs", "--temperature", "3"], "temperature is 3; it has to be from 0 to 2"),
        (vec!["run", "docs", "--pairs-per-chunk", "0"], "pairs_per_chunk is 0"),
        (vec!["run", "docs", "--difficulty", "tough=1"], "`tough` is none of easy, medium, hard"),
        (vec!["run", "docs", "--difficulty", "easy=0"], "one of them more than 0"),
        (vec!["run", "docs", "--min-quality", "7"], "--min-quality is 7"),
        (vec!["run", "docs", "-o", "docs"], "docs is a folder"),
        (vec!["run", "docs", "-o", "no/such/place.jsonl"], "there is no folder no/such"),
        (vec!["run", "docs", "-o", "-", "--json"], "both write to standard output"),
        (vec!["run", "docs", "--max-concurrency", "0"], "max_concurrency is 0"),
        (vec!["run", "docs", "--model", "x", "--system-prompt", "@nowhere"], "nowhere cannot be read"),
        (vec!["run", "docs", "--model", "some/model"], "needs a gateway"),
        (vec!["run", "docs", "--database-url", "postgres://db/forge"], "`mongodb://"),
        (vec!["run", "docs", "--storage-url", "gs://bucket"], "buckets, `s3://name`"),
        (vec!["run", "docs", "--storage-url", "s3://bucket?colour=green"], "no option `colour`"),
        (vec!["storage", "cors"], "the object store is no bucket"),
        (vec!["run", "docs", "--gateway-url", "not a url", "--model", "x"], "gateway"),
    ] {
        let ran = forge.run(&arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}\n{}", ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments:?}: `{said}` is not in\n{}", ran.stderr);
    }
}

#[test]
fn flag_goes_before_environment_goes_before_file() {
    let forge = Forge::new().set("DATA_FORGE_MAX_CONCURRENCY", "0");
    forge.write("data-forge.toml", "max_concurrency = 5\nrequest_timeout = 0\n");
    assert!(forge.run(&["doctor"]).expect(2).stderr.contains("max_concurrency is 0"));
    let ran = forge.run(&["doctor", "--max-concurrency", "3"]);
    assert!(ran.expect(2).stderr.contains("request_timeout is 0"), "{}", ran.stderr);
    forge.run(&["doctor", "--max-concurrency", "3", "--request-timeout", "9"]).expect(0);
}

#[test]
fn a_setting_that_is_none_is_named() {
    let forge = Forge::new();
    forge.write("data-forge.toml", "colour = \"green\"\n");
    let ran = forge.run(&["doctor"]);
    ran.expect(2);
    assert!(ran.stderr.contains("there is no setting `colour`"), "{}", ran.stderr);
}

#[test]
fn doctor_says_what_is_wrong_and_what_to_do() {
    let forge = Forge::new();
    let ran = forge.run(&["doctor"]);
    ran.expect(0);
    assert!(ran.stdout.lines().all(|line| line.starts_with("ok ")), "{}", ran.stdout);
    let forge = Forge::with_gateway("http://127.0.0.1:9/v1").set("DATA_FORGE_GATEWAY_API_KEY", "very-secret");
    let ran = forge.run(&["doctor"]);
    ran.expect(1);
    assert!(
        ran.stdout.contains("wrong gateway: ") && ran.stdout.contains("DATA_FORGE_GATEWAY_URL"),
        "{}",
        ran.stdout
    );
    assert!(!(ran.stdout + &ran.stderr).contains("very-secret"));
}

#[test]
fn completions_are_printed_for_each_shell() {
    let forge = Forge::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(forge.run(&["completions", shell]).expect(0).stdout.contains("data-forge"), "{shell}");
    }
}
