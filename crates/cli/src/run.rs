//! The steps of `data-forge run`, in the order they happen: discover, ingest, parse, generate, export.

pub(crate) mod discover;
pub(crate) mod export;
pub(crate) mod generate;
pub(crate) mod ingest;
pub(crate) mod interrupt;
pub(crate) mod parse;
pub(crate) mod project;
mod session;
pub(crate) mod settings_of;
pub(crate) mod summary;

pub(crate) use session::Session;
