//! Documents that their parse fetches.

use std::sync::Arc;

use jobs::{
    Environment, Launch, create_parse, drive,
    fetch::Reach,
    ingest::{Target, from_url},
};
use model::{Document, Format, sha256_hex};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_util::sync::CancellationToken;

use crate::workshop::{Workshop, good};

/// A server that gives out one page, once.
async fn serve_once(page: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/guide", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            asked.push(stream.read_u8().await.unwrap());
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/markdown\r\nConnection: close\r\n\r\n";
        stream.write_all(format!("{head}{page}").as_bytes()).await.unwrap();
    });
    url
}

async fn parsed(environment: &Environment, shop: &Workshop, url: &str) -> Document {
    let target = Target { environment, user: &shop.user, project: shop.project };
    let document = from_url(&target, url, None).await.unwrap();
    reparsed(environment, shop, &document).await
}

async fn reparsed(environment: &Environment, shop: &Workshop, document: &Document) -> Document {
    let created = create_parse(
        environment,
        &shop.user,
        shop.project,
        &[document.id],
        model::Parsing::default(),
        Launch::Here,
    )
    .await
    .unwrap();
    let shared = Arc::new(environment.clone());
    drive(&shared, &shop.user, created.id, &CancellationToken::new()).await.unwrap();
    environment.metadata.document(&shop.user, document.id).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_fetched_once_and_parsed_as_what_it_is() {
    const PAGE: &str = "# Valves\n\nValve 3 opens at 103 bar.\n";
    let shop = Workshop::new(0, good).await;
    let mut environment = (*shop.environment).clone();
    environment.fetch.reach = Reach::PublicAndLoopback;
    let document = parsed(&environment, &shop, &serve_once(PAGE).await).await;
    assert_eq!((document.status.as_str(), document.error.as_deref()), ("parsed", None));
    assert_eq!((document.format, document.size_bytes), (Format::Markdown, PAGE.len() as u64));
    assert_eq!(document.sha256, sha256_hex(PAGE));
    assert_eq!(document.chunk_count, 1);
    assert_eq!(reparsed(&environment, &shop, &document).await.status.as_str(), "parsed", "it is stored now");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_fetched_fails_with_its_reason() {
    let shop = Workshop::new(0, good).await;
    let url = serve_once("# Secrets").await;
    let document = parsed(&shop.environment, &shop, &url).await;
    assert_eq!(document.status.as_str(), "failed");
    let error = document.error.unwrap();
    assert_eq!(error, "127.0.0.1 is not a public address; upload the file instead");
}
