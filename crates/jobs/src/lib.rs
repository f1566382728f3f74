//! Units of work, leases, and the three phases of a generation.
//!
//! This is the only room where the steps (parse, generate, validate) meet the store. Whoever runs
//! them (the one-shot `run`, a child process, a pod) goes through [`drive()`] or [`run_phase`].

mod clock;
mod create;
mod drive;
mod environment;
mod error;
mod ledger;
mod lock;
mod owner;
mod phase;

pub use clock::{Clock, SystemClock, random_bytes};
pub use create::{Created, create_generate, create_parse, generations_like};
pub use drive::drive;
pub use environment::{Environment, Limits};
pub use error::JobsError;
pub use lock::ProjectLock;
pub use phase::{PhaseEnd, run_phase};
