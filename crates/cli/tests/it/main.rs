//! The real binary, driven from outside.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod command_line;
mod documents;
mod filters;
mod forge;
mod gateway;
mod injection;
mod interruption;
mod judge;
mod kill;
mod mongodb;
mod ocr;
mod openapi;
mod passwords;
mod readers;
mod run;
mod serve;
mod server_side;
mod storage;
mod versions;
mod worker;
