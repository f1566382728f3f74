//! Uploads by presigned URL: what is not as it was signed is refused, and memory stays small.

use std::time::Duration;

use reqwest::{Body, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Answer, Server, User, text};
use crate::forge::Forge;

async fn ticket(user: &User, project: &str, size: usize) -> Value {
    let body = json!({"filename": "notes.txt", "size_bytes": size});
    user.post(&format!("{project}/upload-url"), body).await.expect(201)
}

async fn put(user: &User, ticket: &Value, url: &str, body: impl Into<Body>) -> Answer {
    let mut request = user.client.request(Method::PUT, url).body(body);
    for (name, value) in ticket["headers"].as_object().unwrap() {
        if !name.eq_ignore_ascii_case("content-length") {
            request = request.header(name, text(value));
        }
    }
    Answer::read(request.send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_as_it_was_signed_is_refused() {
    let forge = Forge::new();
    let server = Server::start(&forge);
    let user = server.anyone();
    let project = user.project("Notes").await;
    let bytes = b"The lid opens at 42 degrees.".to_vec();
    let good = ticket(&user, &project, bytes.len()).await;
    let url = text(&good["upload_url"]);

    let other = ticket(&user, &project, bytes.len()).await;
    let query = url.split_once('?').unwrap().1;
    let resigned = format!("{}?{query}", text(&other["upload_url"]).split_once('?').unwrap().0);
    put(&user, &good, &resigned, bytes.clone()).await.expect(403);
    let last = url.chars().last().unwrap();
    let forged = format!("{}{}", &url[..url.len() - 1], if last == '0' { '1' } else { '0' });
    put(&user, &good, &forged, bytes.clone()).await.expect(403);
    let oversized = [bytes.as_slice(), b"!"].concat();
    let status = put(&user, &good, url, oversized).await.status;
    assert!([400, 403, 413].contains(&status.as_u16()), "{status}");
    let status = put(&user, &good, url, bytes[1..].to_vec()).await.status;
    assert!([400, 403].contains(&status.as_u16()), "{status}");
    truncated(&server, &good, url, &bytes).await;

    // Nothing of all that is there.
    let body = json!({"document_key": good["document_key"], "filename": "notes.txt"});
    user.post(&format!("{project}/documents"), body.clone()).await.expect(409);
    let stored = put(&user, &good, url, bytes.clone()).await;
    assert!(stored.status.is_success(), "{stored:?}");
    user.post(&format!("{project}/documents"), body).await.expect(201);
    let replayed = put(&user, &good, url, b"Something else, as long..... ".to_vec()).await.status;
    assert!(replayed.is_client_error(), "{replayed}");
    put(&user, &good, url, bytes).await.expect(409);
}

/// Sends half of it and hangs up.
async fn truncated(server: &Server, ticket: &Value, url: &str, bytes: &[u8]) {
    let address = server.url.trim_start_matches("http://");
    let path = url.trim_start_matches(&server.url);
    let mut head = format!("PUT {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n", bytes.len());
    for (name, value) in ticket["headers"].as_object().unwrap() {
        if !name.eq_ignore_ascii_case("content-length") {
            head += &format!("{name}: {}\r\n", text(value));
        }
    }
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    stream.write_all(&bytes[..bytes.len() / 2]).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await;
    drop(read.unwrap());
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
}

/// A document of that size is uploaded and taken in with the server's memory under 100 MB.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_large_upload_takes_little_memory() {
    let size =
        std::env::var("DATA_FORGE_UPLOAD_MIB").ok().and_then(|text| text.parse().ok()).unwrap_or(256_usize)
            << 20;
    const MOST_KIB: u64 = 100_000;
    let forge = Forge::new();
    let server = Server::start(&forge);
    let user = server.anyone();
    let project = user.project("Large").await;
    let ticket = ticket(&user, &project, size).await;
    let block: Vec<u8> =
        b"A line of a long text about pumps and valves.\n".iter().copied().cycle().take(1 << 20).collect();
    let blocks = futures::stream::iter((0..size >> 20).map(move |_| Ok::<_, std::io::Error>(block.clone())));
    let mut request = user
        .client
        .request(Method::PUT, text(&ticket["upload_url"]))
        .header("content-length", size)
        .body(Body::wrap_stream(blocks));
    for (name, value) in ticket["headers"].as_object().unwrap() {
        if !name.eq_ignore_ascii_case("content-length") {
            request = request.header(name, text(value));
        }
    }
    let response = request.send().await.unwrap();
    assert!(response.status().is_success(), "{response:?}");
    let body = json!({"document_key": ticket["document_key"], "filename": "long.txt"});
    let document = user.post(&format!("{project}/documents"), body).await.expect(201);
    assert_eq!(document["size_bytes"], size);
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let peak: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|value| value.trim().split(' ').next()?.parse().ok())
        .unwrap();
    assert!(peak < MOST_KIB, "{peak} KiB at the most");
}
