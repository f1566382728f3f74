//! What each request comes through before a handler and after it.

mod headers;
mod panics;
mod request_id;
mod time;
mod trace;

pub(crate) use self::{
    headers::security_headers, panics::panics, request_id::request_id, time::time_out, trace::trace,
};
