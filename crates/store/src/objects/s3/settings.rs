//! How a bucket is reached, by a URL and by the variables that the tools of AWS read.

use std::{str::FromStr, time::Duration};

use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
};
use url::Url;

use super::encryption::Encryption;
use crate::{Result, StoreError, metadata::without_credentials};

/// Until a connection is given up.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the other side may be silent: a part has to be sent and answered within it.
pub(super) const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a request is tried again, where the server cannot be reached or has too much to do. Who can
/// wait longer asks again.
pub(super) const RETRY_TIMEOUT: Duration = Duration::from_secs(5);

/// The options that the query of a bucket's URL takes.
const OPTIONS: &str = "`endpoint`, `public_endpoint`, `region`, `style` (`path` or `virtual`) and \
     `bulk_delete` (`on` or `off`)";

/// How a bucket is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    /// The bucket's name.
    pub(super) bucket: String,
    /// Its region.
    pub(super) region: String,
    /// Where the bucket is reached: keys follow behind a slash.
    pub(super) base: Url,
    /// Where browsers reach it.
    pub(super) public_base: Url,
    /// Whether many objects may be removed by one request (`DeleteObjects`).
    pub(super) bulk_delete: bool,
    /// How what is stored is encrypted, where that is not the bucket's own choice.
    pub(super) encryption: Option<Encryption>,
}

/// How a bucket is named in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// In the path.
    Path,
    /// Before the host.
    Virtual,
}

impl Settings {
    /// Reads `s3://bucket?option=value`, and what it does not say from the variables.
    ///
    /// # Errors
    /// [`StoreError::Settings`] where that names no bucket, or an option is none or has no such value.
    pub(super) fn read(url: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let wrong = |reason: String| StoreError::Settings { url: without_credentials(url), reason };
        let parsed = Url::parse(url).map_err(|error| wrong(error.to_string()))?;
        let bucket = parsed.host_str().unwrap_or_default().to_owned();
        if !is_bucket(&bucket) {
            return Err(wrong("a bucket is `s3://name`, of lower-case letters, digits, `-` and `.`".into()));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(wrong(
                "keys have no place in it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".into(),
            ));
        }
        if !matches!(parsed.path(), "" | "/") || parsed.port().is_some() {
            return Err(wrong(
                "nothing may follow the bucket but options: give each deployment its own".into(),
            ));
        }
        let mut options = Options::default();
        for (name, value) in parsed.query_pairs() {
            options.set(&name, &value).map_err(wrong)?;
        }
        let endpoint = match options.endpoint {
            Some(endpoint) => Some(endpoint),
            None => ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"]
                .iter()
                .find_map(|name| variable(name).map(|value| (name, value)))
                .map(|(name, value)| address(name, &value))
                .transpose()
                .map_err(wrong)?,
        };
        let region = options
            .region
            .or_else(|| variable("AWS_REGION"))
            .or_else(|| variable("AWS_DEFAULT_REGION"))
            .unwrap_or_else(|| "us-east-1".into());
        let style = match (options.style, variable("AWS_VIRTUAL_HOSTED_STYLE_REQUEST")) {
            (Some(style), _) => style,
            (None, Some(value)) if value.eq_ignore_ascii_case("true") => Style::Virtual,
            // The certificate of AWS is good for one label before its host.
            (None, None) if endpoint.is_none() && !bucket.contains('.') => Style::Virtual,
            (None, _) => Style::Path,
        };
        let own = aws_endpoint(&region).map_err(wrong)?;
        let base = base(endpoint.as_ref().unwrap_or(&own), &bucket, style).map_err(wrong)?;
        let public_base = match &options.public_endpoint {
            Some(endpoint) => self::base(endpoint, &bucket, style).map_err(wrong)?,
            None => base.clone(),
        };
        let bulk_delete = options.bulk_delete.unwrap_or_else(|| {
            !variable("AWS_DISABLE_BULK_DELETE").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        });
        let encryption = Encryption::read(variable).map_err(wrong)?;
        Ok(Self { bucket, region, base, public_base, bulk_delete, encryption })
    }

    /// A client's builder: these settings, and the keys that the variables name.
    pub(super) fn builder(&self, variables: impl IntoIterator<Item = (String, String)>) -> AmazonS3Builder {
        let variables: Vec<_> = variables.into_iter().collect();
        let asks_sts = variables.iter().any(|(name, _)| name == "AWS_WEB_IDENTITY_TOKEN_FILE");
        let encrypted = self.base.scheme() == "https";
        let options = ClientOptions::new()
            .with_allow_http(!encrypted)
            // A store that is not encrypted has to work on systems without certificates.
            .with_no_system_certificates(!encrypted && !asks_sts)
            .with_timeout_disabled()
            .with_connect_timeout(CONNECT_TIMEOUT)
            .with_read_timeout(READ_TIMEOUT);
        let mut builder = AmazonS3Builder::new().with_client_options(options);
        for (name, value) in variables {
            // Payloads are part of what is signed: a further checksum says nothing more.
            if !name.starts_with("AWS_") || value.is_empty() || name == "AWS_CHECKSUM_ALGORITHM" {
                continue;
            }
            if let Ok(key) = AmazonS3ConfigKey::from_str(&name.to_ascii_lowercase()) {
                builder = builder.with_config(key, value);
            }
        }
        let backoff = BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(3),
            base: 2.0,
        };
        builder
            .with_bucket_name(&self.bucket)
            .with_region(&self.region)
            .with_config(AmazonS3ConfigKey::S3Endpoint, self.base_text())
            .with_virtual_hosted_style_request(true)
            .with_config(AmazonS3ConfigKey::S3Express, "false")
            .with_config(AmazonS3ConfigKey::DisableBulkDelete, (!self.bulk_delete).to_string())
            .with_retry(RetryConfig { backoff, max_retries: 20, retry_timeout: RETRY_TIMEOUT })
    }

    /// Where the bucket is reached, without a slash at the end.
    pub(super) fn base_text(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }
}

#[derive(Default)]
struct Options {
    endpoint: Option<Url>,
    public_endpoint: Option<Url>,
    region: Option<String>,
    style: Option<Style>,
    bulk_delete: Option<bool>,
}

impl Options {
    fn set(&mut self, name: &str, value: &str) -> std::result::Result<(), String> {
        match (name, value) {
            ("endpoint", url) => self.endpoint = Some(address(name, url)?),
            ("public_endpoint", url) => self.public_endpoint = Some(address(name, url)?),
            ("region", region) if is_region(region) => self.region = Some(region.into()),
            ("style", "path") => self.style = Some(Style::Path),
            ("style", "virtual") => self.style = Some(Style::Virtual),
            ("bulk_delete", "on") => self.bulk_delete = Some(true),
            ("bulk_delete", "off") => self.bulk_delete = Some(false),
            ("region" | "style" | "bulk_delete", _) => {
                return Err(format!("`{name}` has no such value; the options are {OPTIONS}"));
            }
            _ => return Err(format!("there is no option `{name}`; they are {OPTIONS}")),
        }
        Ok(())
    }
}

/// An address of a server: scheme, host, port and perhaps a path.
fn address(name: &str, value: &str) -> std::result::Result<Url, String> {
    let wrong = || format!("`{name}` has to be like `https://s3.example.com`, without keys or a query");
    let url = Url::parse(value).map_err(|_| wrong())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if plain { Ok(url) } else { Err(wrong()) }
}

fn aws_endpoint(region: &str) -> std::result::Result<Url, String> {
    if !is_region(region) {
        return Err("the region has to be like `eu-central-1`: see AWS_REGION".into());
    }
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    Url::parse(&format!("https://s3.{region}.{domain}")).map_err(|error| error.to_string())
}

/// Where a bucket is reached on a server.
fn base(endpoint: &Url, bucket: &str, style: Style) -> std::result::Result<Url, String> {
    let mut base = endpoint.clone();
    let host = endpoint.host_str().unwrap_or_default();
    match style {
        Style::Path => {
            let path = format!("{}/{bucket}", endpoint.path().trim_end_matches('/'));
            base.set_path(&path);
        }
        // Some name the bucket in the endpoint already.
        Style::Virtual if host.starts_with(&format!("{bucket}.")) => {}
        Style::Virtual => {
            let host = format!("{bucket}.{host}");
            base.set_host(Some(&host)).map_err(|_| {
                format!("`{host}` is no host: use `style=path` where the endpoint is a number")
            })?;
        }
    }
    Ok(base)
}

fn is_bucket(name: &str) -> bool {
    let byte = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    (3..=63).contains(&name.len()) && name.bytes().all(byte) && !name.contains("..")
}

fn is_region(name: &str) -> bool {
    (1..=63).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(url: &str, variables: &[(&str, &str)]) -> Result<Settings> {
        Settings::read(url, |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[rstest]
    #[case("s3://docs", &[], "https://docs.s3.us-east-1.amazonaws.com/")]
    #[case("s3://docs", &[("AWS_REGION", "eu-west-1")], "https://docs.s3.eu-west-1.amazonaws.com/")]
    #[case("s3://docs", &[("AWS_DEFAULT_REGION", "cn-north-1")], "https://docs.s3.cn-north-1.amazonaws.com.cn/")]
    #[case("s3://my.docs", &[], "https://s3.us-east-1.amazonaws.com/my.docs")]
    #[case("s3://docs?style=path&region=eu-west-1", &[("AWS_REGION", "x")], "https://s3.eu-west-1.amazonaws.com/docs")]
    #[case("s3://docs", &[("AWS_ENDPOINT_URL", "http://minio:9000")], "http://minio:9000/docs")]
    #[case(
        "s3://docs",
        &[("AWS_ENDPOINT_URL", "http://other"), ("AWS_ENDPOINT_URL_S3", "http://minio:9000/")],
        "http://minio:9000/docs"
    )]
    #[case("s3://docs?endpoint=https://cloud.example/s3", &[], "https://cloud.example/s3/docs")]
    #[case("s3://docs?endpoint=https://cloud.example&style=virtual", &[], "https://docs.cloud.example/")]
    #[case("s3://docs?endpoint=https://docs.cloud.example&style=virtual", &[], "https://docs.cloud.example/")]
    #[case(
        "s3://docs",
        &[("AWS_ENDPOINT_URL", "https://cloud.example"), ("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true")],
        "https://docs.cloud.example/"
    )]
    fn a_bucket_has_its_address(
        #[case] url: &str,
        #[case] variables: &[(&str, &str)],
        #[case] expected: &str,
    ) {
        let settings = read(url, variables).unwrap();
        assert_eq!(settings.base.as_str(), expected);
        assert_eq!(settings.public_base, settings.base);
    }

    #[test]
    fn browsers_may_know_it_by_another_name() {
        let url =
            "s3://docs?endpoint=http://minio:9000&public_endpoint=https://files.example&bulk_delete=off";
        let settings = read(url, &[]).unwrap();
        assert_eq!(settings.base.as_str(), "http://minio:9000/docs");
        assert_eq!(settings.public_base.as_str(), "https://files.example/docs");
        assert!(!settings.bulk_delete);
    }

    #[rstest]
    #[case("s3://", "a bucket is `s3://name`")]
    #[case("s3://Under_score", "a bucket is `s3://name`")]
    #[case("s3://key:very-secret@docs", "set AWS_ACCESS_KEY_ID")]
    #[case("s3://docs/folder", "nothing may follow the bucket")]
    #[case("s3://docs?secret_access_key=very-secret", "there is no option `secret_access_key`")]
    #[case("s3://docs?style=very-secret", "`path` or `virtual`")]
    #[case("s3://docs?endpoint=minio:9000", "https://s3.example.com")]
    #[case("s3://docs?endpoint=http://key:very-secret@minio", "without keys")]
    #[case("s3://docs?region=a/b", "`region` has no such value")]
    #[case("s3://docs?endpoint=http://127.0.0.1:1&style=virtual", "style=path")]
    fn what_is_wrong_is_said_without_secrets(#[case] url: &str, #[case] said: &str) {
        let error = read(url, &[]).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        assert!(!error.contains("very-secret"), "{error}");
    }
}
