//! What benchmarks share.

mod fill;
mod server;

pub use fill::{Filled, fill};
pub use server::Server;
