use std::net::SocketAddr;

use serde_json::json;
use store::ObjectKey;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinHandle,
};

use super::*;
use crate::testing::{TestApp, key_of};

/// A server on a local port.
struct Running {
    app: TestApp,
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<io::Result<()>>,
}

impl Running {
    async fn start(app: TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let task = tokio::spawn(serve(app.app.clone(), listener, stop.clone()));
        Self { app, address, stop, task }
    }

    /// Sends a request after which the connection ends; gives back all that is answered.
    async fn exchange(&self, sent: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        read_all(stream).await
    }

    /// Sends the beginning of a request, and goes away.
    async fn cut_off(&self, sent: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        read_all(stream).await
    }
    /// The path of a link to put five bytes, and the key that they get.
    async fn link(&self) -> (String, ObjectKey) {
        let project = self.app.post("/projects", &json!({"name": "a"})).await.expect(201);
        let path = format!("/projects/{}/upload-url", project["id"].as_str().unwrap());
        let body = json!({"filename": "a.txt", "size_bytes": 5, "content_type": "text/plain"});
        let upload = self.app.post(&path, &body).await.expect(201);
        let path = upload["upload_url"].as_str().unwrap().strip_prefix("http://forge.test").unwrap();
        let key = upload["document_key"].as_str().unwrap();
        (path.to_owned(), ObjectKey::from_stored(key).unwrap())
    }
}

async fn read_all(mut stream: TcpStream) -> String {
    let mut answered = Vec::new();
    // A server that closes early may reset what it did not read.
    let _ = stream.read_to_end(&mut answered).await;
    String::from_utf8(answered).unwrap()
}

fn upload(path: &str, headers: &str, body: &str) -> String {
    format!(
        "PUT {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: text/plain\r\n{headers}\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn uploads_that_are_cut_off_leave_nothing() {
    let server = Running::start(TestApp::new().await).await;
    let (path, key) = server.link().await;
    for (headers, body) in [
        ("content-length: 5", "byt"),
        ("content-length: 5", ""),
        ("transfer-encoding: chunked", "3\r\nbyt\r\n"),
    ] {
        let answer = server.cut_off(&upload(&path, headers, body)).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{headers} {body:?}: {answer}");
    }
    for (status, headers, body) in [
        (400, "transfer-encoding: chunked", "3\r\nbyt\r\n0\r\n\r\n"),
        (400, "content-length: 4", "byte"),
        (413, "content-length: 6", "bytes!"),
        (413, "transfer-encoding: chunked", "3\r\nbyt\r\n3\r\nes!\r\n0\r\n\r\n"),
    ] {
        let answer = server.exchange(&upload(&path, headers, body)).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{headers} {body:?}: {answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
    assert_eq!(server.app.app.environment.objects.size(&key).await.unwrap(), None);
    let answer =
        server.exchange(&upload(&path, "transfer-encoding: chunked", "5\r\nbytes\r\n0\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let answer = server.exchange(&upload(&path, "content-length: 5", "bytes")).await;
    assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
    assert_eq!(
        server.app.app.environment.objects.get(&key).await.unwrap().as_deref(),
        Some(b"bytes".as_slice())
    );
}

#[tokio::test]
async fn one_of_many_uploads_wins() {
    let server = Running::start(TestApp::new().await).await;
    let (path, _) = server.link().await;
    let sent = upload(&path, "content-length: 5", "bytes");
    let all = futures::future::join_all((0..8).map(|_| server.exchange(&sent))).await;
    let with = |status: &str| all.iter().filter(|answer| answer.starts_with(status)).count();
    assert_eq!((with("HTTP/1.1 201"), with("HTTP/1.1 409")), (1, 7), "{all:?}");
}

#[tokio::test]
async fn what_is_under_way_ends_before_the_server_does() {
    let server = Running::start(TestApp::new().await).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let body = json!({"name": "a"}).to_string();
    let head = format!(
        "POST /api/v1/data-forge/projects HTTP/1.1\r\nhost: x\r\nx-api-key: {}\r\nexpect: 100-continue\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        key_of("ada"),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // That the server asks for the body shows that it works on the request.
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    server.stop.cancel();
    server.app.app.stopping.cancelled().await;
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answered = String::new();
    stream.read_to_string(&mut answered).await.unwrap();
    assert!(answered.starts_with("HTTP/1.1 201"), "{answered}");
    server.task.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn connections_that_are_idle_do_not_keep_the_server() {
    let server = Running::start(TestApp::new().await).await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answered = [0; 15];
    idle.read_exact(&mut answered).await.unwrap();
    assert_eq!(&answered, b"HTTP/1.1 200 OK");
    server.stop.cancel();
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn connections_are_bounded() {
    let server = Running::start(TestApp::with(|parts| parts.config.max_connections = 1).await).await;
    let get = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut first = TcpStream::connect(server.address).await.unwrap();
    first.write_all(get.as_bytes()).await.unwrap();
    let mut answered = [0; 15];
    first.read_exact(&mut answered).await.unwrap();
    // The second waits until the first has gone.
    let mut second = TcpStream::connect(server.address).await.unwrap();
    second.write_all(get.as_bytes()).await.unwrap();
    let mut byte = [0];
    let waits = timeout(Duration::from_millis(50), second.read(&mut byte)).await;
    assert!(waits.is_err(), "{waits:?}");
    drop(first);
    second.read_exact(&mut byte).await.unwrap();
}
