//! A bucket as object store, on the command line: what `doctor` says of it, and the rule that pages need.

use reqwest::Method;
use testkit::{S3, S3Config};

use crate::{forge::Forge, serve::client};

/// A new one, with a bucket.
pub(crate) fn on(s3: &S3) -> Forge {
    with_bucket(Forge::new(), s3)
}

/// With a bucket.
pub(crate) fn with_bucket(forge: Forge, s3: &S3) -> Forge {
    let forge = forge.set("DATA_FORGE_STORAGE_URL", &s3.storage_url());
    s3.variables().iter().fold(forge, |forge, (name, value)| forge.set(name, value))
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_may_upload_when_the_rule_is_set() {
    let s3 = S3::start(S3Config::default()).await.unwrap();
    let forge = on(&s3).set("DATA_FORGE_PUBLIC_URL", "https://forge.example/");
    let ran = forge.run(&["doctor"]);
    ran.expect(1);
    assert!(
        ran.stdout.contains("ok    object store: s3://forge, written, read and deleted"),
        "{}",
        ran.stdout
    );
    let wrong = "wrong uploads by pages: the bucket takes none from pages of https://forge.example";
    assert!(ran.stdout.contains(wrong), "{}", ran.stdout);
    assert!(ran.stdout.contains("data-forge storage cors"), "{}", ran.stdout);
    let rule = ran.stdout.split("CORS rule: ").nth(1).unwrap().lines().next().unwrap();
    let rule: serde_json::Value = serde_json::from_str(rule).unwrap();
    assert_eq!(rule["CORSRules"][0]["AllowedOrigins"], serde_json::json!(["https://forge.example"]));
    assert_eq!(s3.keys().unwrap(), [""; 0]);

    forge.run(&["storage", "cors", "--origin", "https://other.example/page"]).expect(0);
    assert_eq!(forge.run(&["doctor"]).code, Some(1));
    forge.run(&["storage", "cors"]).expect(0);
    let ran = forge.run(&["doctor"]);
    assert!(
        ran.expect(0).stdout.contains("ok    uploads by pages: from https://forge.example"),
        "{}",
        ran.stdout
    );
    for (origin, method, may) in [
        ("https://forge.example", "PUT", true),
        ("https://forge.example", "DELETE", false),
        ("https://evil.example", "PUT", false),
    ] {
        let asked = client().request(Method::OPTIONS, format!("{}/forge/data-forge/x", s3.endpoint()));
        let asked = asked.header("origin", origin).header("access-control-request-method", method);
        assert_eq!(asked.send().await.unwrap().status().is_success(), may, "{origin} {method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_what_is_wrong_with_a_bucket_and_tells_no_key() {
    let s3 = S3::start(S3Config::default()).await.unwrap();
    let ran = on(&s3).set("AWS_SECRET_ACCESS_KEY", "very-secret").run(&["doctor"]);
    ran.expect(1);
    assert!(ran.stdout.contains("wrong object store: ") && ran.stdout.contains("AWS_SECRET_ACCESS_KEY"));
    assert!(!(ran.stdout + &ran.stderr).contains("very-secret"));
    let ran = on(&s3).set("DATA_FORGE_STORAGE_URL", "s3://elsewhere").run(&["doctor"]);
    assert!(ran.expect(1).stdout.contains("NoSuchBucket"), "{}", ran.stdout);
}
