//! Where things are kept: metadata behind [`Metadata`], bytes behind [`Objects`].
//!
//! Which backend is used is decided once, from a URL, in [`open_metadata`] and [`open_objects`].
//! Each trait has one conformance suite, as library code in [`conformance`], that every backend passes.

pub mod conformance;
mod error;
mod key;
mod library;
mod metadata;
mod objects;
pub mod search;

pub use error::{Result, StoreError};
pub use key::{Keys, ObjectKey};
pub use library::{
    BulkOutcome, ChunkAction, ChunkChange, ChunkFilter, ExportTotals, Facets, Holdings, KnownRequest,
    Library, Page, PageRequest, PairAction, PairChange, PairEdit, PairFilter, PairOrder, PairSort,
    PairSource, ProjectChange, RescoredText, Selection, StoredReply, Undone,
};
pub use metadata::{
    Advance, Budget, Change, ChangedSubject, ChunkMark, ChunkScope, ChunkSelection, ChunkTotals, Compared,
    ExportRow, FailedUnit, Finished, GenerationContext, LedgerEntry, Metadata, OpenMode, Outcome, Owner,
    PairCursor, PairSelection, Probes, Reservation, Reserved, Sketched, UnitCounts, UnitFailure, UnitResult,
    open_metadata, open_metadata_with, without_credentials,
};
pub use objects::{
    Bucket, ObjectLink, Objects, PutNew, environment_variables, open_objects, open_objects_with,
};
