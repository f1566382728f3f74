//! Generations driven to their end over a real store, with a scripted model.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod drive;
mod fetched;
mod judge;
mod types;
mod workshop;
