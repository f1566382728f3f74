//! `data-forge storage`.

use anyhow::anyhow;
use store::Bucket;
use url::Url;

use crate::{
    args::{Common, StorageArgs, StorageCommand},
    failure::{Exit, Failure, Outcome},
    printer::Printer,
    settings::Settings,
};

/// Looks after the object store.
pub(crate) async fn run(args: &StorageArgs, common: &Common, printer: &Printer) -> Outcome<Exit> {
    let (settings, server) = Settings::load_with_server(common, None)?;
    let StorageCommand::Cors { origins } = &args.command;
    let bucket = bucket(&settings)?.ok_or_else(|| {
        Failure::usage(anyhow!("the object store is no bucket: pages upload to the server itself"))
            .hint("set DATA_FORGE_STORAGE_URL to s3://name, or S3_BUCKET")
    })?;
    let origins = match &**origins {
        [] => server.page_origins(),
        given => given.iter().map(|origin| origin_of(origin)).collect::<Outcome<_>>()?,
    };
    bucket.let_pages_upload(&origins).await.map_err(|error| {
        let rule = Bucket::upload_rule(&origins);
        Failure::failed(error).hint(format!(
            "it takes s3:GetBucketCORS and s3:PutBucketCORS; whoever may can set it by hand: {rule}"
        ))
    })?;
    printer.note(format!("pages of {} may upload to it", origins.join(", ")));
    Ok(Exit::Done)
}

/// The bucket of the settings, if they name one.
pub(super) fn bucket(settings: &Settings) -> Outcome<Option<Bucket>> {
    let url = &settings.storage_url;
    let bucket = url.starts_with("s3://").then(|| Bucket::open(url, store::environment_variables()));
    bucket.transpose().map_err(Failure::usage)
}

fn origin_of(given: &str) -> Outcome<String> {
    let url = Url::parse(given).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let origin = url.filter(|url| url.has_host()).map(|url| url.origin().ascii_serialization());
    origin.ok_or_else(|| {
        Failure::usage(anyhow!("`{given}` is no origin of pages")).hint("like https://forge.example.com")
    })
}
