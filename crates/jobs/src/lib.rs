//! Units of work, leases, and the three phases of a generation.
//!
//! This is the only room where the steps (parse, generate, validate) meet the store. Whoever runs
//! them (the one-shot `run`, a child process, a pod) goes through [`drive()`] or [`work`]; a
//! [`Supervisor`] keeps the jobs of a server going through a [`Launcher`].

mod classes;
mod clock;
mod create;
mod drive;
mod edit;
mod environment;
mod error;
mod estimate;
pub mod fetch;
mod import;
pub mod ingest;
mod labels;
mod launcher;
mod ledger;
mod lock;
mod logs;
mod near;
mod ocr;
mod owner;
mod pairs;
mod phase;
mod preview;
mod reader;
mod replay;
mod resume;
mod scoring;
mod step;
mod supervisor;
mod survey;
#[cfg(test)]
mod testing;
mod worker;

pub use classes::{ClassCount, ClassCounts, class_counts, in_words};
pub use clock::{Clock, SystemClock, random_bytes};
pub use create::{Created, Launch, Pick, create_generate, create_parse, generations_like};
pub use drive::drive;
pub use edit::{ChunkEdit, PairTextChange, edit_chunk, edit_pair};
pub use environment::{Environment, Limits, ModelPrices};
pub use error::JobsError;
pub use estimate::estimate;
pub use import::{ImportError, create_import};
pub use launcher::{Job, JobState, KubernetesConfig, KubernetesLauncher, LaunchError, Launcher};
#[cfg(unix)]
pub use launcher::{ProcessLauncher, WorkerCommand};
pub use lock::NamedLock;
pub use logs::{LOG_TARGET, LogWriter, StoreLogs, WritingLogs, log, store_logs};
pub use ocr::{NoOcr, Tesseract};
pub use parse::language::detect as language;
pub use phase::{PhaseEnd, run_phase};
pub use preview::{Preview, PreviewFailure, preview};
pub use reader::{ReadLimits, ReaderCommand, Readers, Reading, read_documents, threads};
pub use replay::{Made, Missing, replay};
pub use resume::{BudgetChange, resume, retry_failed};
pub use step::fail;
pub use supervisor::{Supervisor, SupervisorConfig};
pub use survey::survey;
pub use worker::{WorkEnd, work};
