//! The words of Data Forge as types: ids, documents, blocks, chunks, pairs, generations, exports.
//!
//! Nothing here reads a file, waits, or knows the time: times and randomness are passed in.
//! The JSON shapes of the public types are those of the REST API.

mod analytics;
mod block;
mod chunk;
mod chunking;
mod digest;
mod document;
mod estimate;
mod export;
mod fine_tune;
mod generation;
mod id;
mod import;
mod judgement;
mod log;
mod pair;
mod parsing;
mod passage;
mod project;
mod readiness;
mod scores;
mod settings;
mod text;
mod unit;
mod validation;

pub use analytics::{
    Analytics, Coverage, DocumentCoverage, HISTOGRAM_BINS, HistogramBin, ReviewCounts, TokenCounts,
    TopicCount,
};
pub use block::{Block, BlockKind, ListItem, OutlineEntry, ParsedDocument};
pub use chunk::{Chunk, ChunkSource, ContentType, ExcludeCode, ExcludeReason};
pub use chunking::{Chunking, ChunkingStrategy};
pub use digest::{Sha256Hex, canonical_json, sha256_hex};
pub use document::{Document, DocumentStatus, Format};
pub use estimate::Estimate;
pub use export::{Export, ExportFilters, ExportFormat, ExportSplit, Split, Splitting};
pub use fine_tune::{FineTuneJob, FineTuneProvider, FineTuneStatus};
pub use generation::{Generation, GenerationKind, GenerationStatus, TransitionError, Usage};
pub use id::{ChunkId, DocumentId, GenerationId, IdError, PairId, ProjectId, UndoId, UnitId, UserId};
pub use import::ImportFormat;
pub use judgement::{Doubt, ItemAnswer, JudgedSentence, Judgement, QualityItem, Verdict};
pub use log::{LogEntry, LogLevel, LogLine};
pub use pair::{
    Difficulty, EditMark, Edition, GenerationType, Pair, PairOrigin, PairProvenance, PairText, QuestionType,
    ReviewStatus, Role, Turn,
};
pub use parsing::{ParseOptions, Parsing};
pub use passage::Passage;
pub use project::{Project, ProjectStats, SourceType};
pub use readiness::{
    Accepted, Assessment, NextStep, NextStepCode, Readiness, TARGET_PAIRS, TrainingAssumptions,
};
pub use scores::{Evidence, Flag, FlagCode, Quality, Scores, Unsupported};
pub use settings::{
    BUILTIN_TEACHER, DifficultyWeights, GenerateConfig, GenerateSettings, Price, Prices, SettingsError,
    Style, check_labels,
};
pub use text::{CharIndex, scalar_count};
pub use unit::{Phase, Unit, UnitStatus};
pub use validation::{
    Alarm, AlarmCode, Canary, CanaryOperator, CanaryReport, HIGH_SCORE, JudgeReport, Recall, Retest, Spread,
    ValidationReport,
};

/// A time in UTC; serialised as RFC 3339.
pub type Time = jiff::Timestamp;
