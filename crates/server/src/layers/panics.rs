//! A handler that panics answers like one that fails.

use std::any::Any;

use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// 500; what the panic said goes to the log alone.
pub(crate) fn panics(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it said nothing");
    Problem::internal(&format_args!("a handler panicked: {said}")).into_response()
}
