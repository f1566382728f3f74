use std::net::{Ipv4Addr, SocketAddr};

use rstest::rstest;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

/// A server that gives each connection the same answer, in these parts; then it keeps silent or closes.
async fn server(answer: &'static [&'static [u8]], keeps_silent: bool) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut silent = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                asked.push(stream.read_u8().await.unwrap());
            }
            for part in answer {
                stream.write_all(part).await.unwrap();
            }
            if keeps_silent {
                silent.push(stream);
            }
        }
    });
    address
}

fn here() -> FetchPolicy {
    FetchPolicy { reach: Reach::PublicAndLoopback, ..FetchPolicy::default() }
}

#[rstest]
#[case("ftp://example.com/a", "only http and https")]
#[case("file:///etc/passwd", "only http and https")]
#[case("data:text/plain,x", "only http and https")]
#[case("http://ada:secret@example.com/", "user name or password")]
#[case("http://ada@example.com/", "user name or password")]
#[case("http://example.com:0/", "port 0")]
#[case("http://", "no URL")]
#[case("http://./", "no host")]
#[case("example.com/a.pdf", "no URL")]
#[case("", "no URL")]
fn what_is_never_fetched_is_told_from_its_words(#[case] url: &str, #[case] reason: &str) {
    let error = check_url(url).unwrap_err().to_string();
    assert!(error.contains(reason), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn a_long_address_is_refused() {
    let url = format!("http://example.com/{}", "a".repeat(LONGEST));
    assert!(matches!(check_url(&url), Err(FetchError::Url(_))));
}

#[rstest]
#[case("https://example.com/docs/guide.pdf?x=1#part", "guide.pdf")]
#[case("https://example.com/docs/", "docs")]
#[case("https://example.com", "example.com")]
fn documents_are_named_after_their_address(#[case] url: &str, #[case] name: &str) {
    assert_eq!(filename(&check_url(url).unwrap()), name);
}

#[rstest]
#[case("http://127.0.0.1/")]
#[case("http://localhost/")]
#[case("http://0x7f.1/")]
#[case("http://2130706433/")]
#[case("http://[::1]/")]
#[case("http://[::ffff:169.254.169.254]/latest/meta-data")]
#[case("http://169.254.169.254/latest/meta-data")]
#[case("http://10.0.0.1:8080/")]
#[tokio::test]
async fn other_networks_are_not_reached(#[case] url: &str) {
    let refused = fetch(url, &FetchPolicy::default()).await;
    assert!(matches!(refused, Err(FetchError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn a_document_is_fetched_by_address_and_by_name() {
    let address = server(
        &[
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n<p>",
            b"Hello</p>",
        ],
        false,
    )
    .await;
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{}/page", address.port());
        let fetched = fetch(&url, &here()).await.unwrap();
        assert_eq!(fetched.bytes, b"<p>Hello</p>");
        assert_eq!(fetched.filename, "page.html");
    }
}

#[rstest]
#[case(
    b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
    "169.254.169.254 is not a public address"
)]
#[case(
    b"HTTP/1.1 301 Moved\r\nLocation: http://[fd00::1]/\r\nContent-Length: 0\r\n\r\n",
    "is not a public address"
)]
#[case(
    b"HTTP/1.1 307 Moved\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
    "only http and https"
)]
#[case(
    b"HTTP/1.1 307 Moved\r\nLocation: http://ada:secret@1.1.1.1/\r\nContent-Length: 0\r\n\r\n",
    "user name or password"
)]
#[case(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "redirected to no URL")]
#[case(
    b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n",
    "redirected more than 5 times"
)]
#[case(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "answered 404")]
#[case(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "larger than 50 MiB")]
#[case(b"nonsense\r\n\r\n", "could not be read from")]
#[tokio::test]
async fn answers_that_are_no_document_are_named(#[case] answer: &'static [u8], #[case] reason: &str) {
    let address = server(Box::leak(Box::new([answer])), false).await;
    let error = fetch(&format!("http://{address}/"), &here()).await.unwrap_err().to_string();
    assert!(error.contains(reason), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_large_document_is_not_read_to_its_end() {
    let address = server(&[b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", &[b'x'; 4096]], true).await;
    let mut policy = here();
    policy.limits.bytes = 1000;
    assert_eq!(fetch(&format!("http://{address}/"), &policy).await, Err(FetchError::TooLarge(1000)));
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up() {
    let address = server(&[b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"], true).await;
    let mut policy = here();
    policy.limits.total = Duration::from_millis(200);
    let slow = fetch(&format!("http://{address}/"), &policy).await;
    assert_eq!(slow, Err(FetchError::TooSlow(policy.limits.total)));
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_named() {
    let error = fetch("http://no-such-host.invalid/", &FetchPolicy::default()).await.unwrap_err();
    assert!(
        matches!(&error, FetchError::Network { host, .. } if host == "no-such-host.invalid"),
        "{error:?}"
    );
}
