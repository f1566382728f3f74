//! What handlers are given of a request: each part is read here, or refused here.

mod base_url;
mod body;
mod caller;
mod one_or_many;
mod path;
mod pointer;
mod query;

pub(crate) use base_url::BaseUrl;
pub(crate) use body::Body;
pub(crate) use caller::Caller;
pub(crate) use one_or_many::one_or_many;
pub(crate) use path::Path;
pub(crate) use pointer::invalid;
pub(crate) use query::Query;
