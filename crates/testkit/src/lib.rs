//! What the program talks to, simulated; for tests alone.
//!
//! [`Gateway`] speaks the OpenAI-compatible API on loopback, in the test's own process or as the
//! program `gateway`. What it answers depends on the request alone; what goes wrong is seeded.
//! [`S3`] is a store of objects that checks signatures, in the test's own process or as the program `s3`.

mod gateway;
mod s3;

pub use gateway::{FaultRates, Gateway, GatewayConfig, JudgeManner, ModelSpec, ModelSpecError, Stats};
pub use s3::{S3, S3Config};
