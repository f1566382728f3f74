//! What a server is told.

use model::Prices;

use crate::AuthMode;

/// What a server is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Where the server is reached from outside, without a slash at the end; `None`: where the request
    /// says that it was sent to.
    pub public_url: Option<String>,
    /// The most bytes of a document.
    pub max_upload_bytes: u64,
    /// The most bytes of a request's body; documents do not go through the API.
    pub max_body_bytes: usize,
    /// The most connections at once; more wait to be accepted.
    pub max_connections: usize,
    /// Origins whose pages may use the API from a browser, such as `https://forge.example.com`. The
    /// server's own pages need no entry.
    pub allowed_origins: Vec<String>,
    /// What each user may have and do.
    pub limits: UserLimits,
    /// What models cost, in place of what the gateway says.
    pub prices: Prices,
}

/// What one user may have and do; `None` is without a limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserLimits {
    /// Requests to the API a second, over time; twice as many at once.
    pub requests_per_second: Option<u32>,
    /// Projects.
    pub max_projects: Option<u64>,
    /// The bytes of all documents.
    pub max_document_bytes: Option<u64>,
}

impl UserLimits {
    /// The limits where nothing else is said: 100 requests a second where users are told apart.
    pub fn default_for(mode: AuthMode) -> Self {
        let requests_per_second = (mode != AuthMode::None).then_some(100);
        Self { requests_per_second, ..Self::default() }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: None,
            max_upload_bytes: 2 << 30,
            max_body_bytes: 4 << 20,
            max_connections: 1024,
            allowed_origins: Vec::new(),
            limits: UserLimits::default(),
            prices: Prices::new(),
        }
    }
}
