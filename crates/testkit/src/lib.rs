//! The simulated gateway; for tests alone.
//!
//! [`Gateway`] speaks the OpenAI-compatible API on loopback, in the test's own process or as the
//! program `gateway`. What it answers depends on the request alone; what goes wrong is seeded.

mod gateway;

pub use gateway::{FaultRates, Gateway, GatewayConfig, JudgeManner, ModelSpec, ModelSpecError, Stats};
