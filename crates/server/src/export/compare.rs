//! Two versions of a dataset beside each other, in one walk over their lineages, which are in the same order.

use std::{cmp::Ordering, collections::HashMap, io};

use ::export::{LINEAGE_FILE, file_named};
use model::{DocumentId, GenerationId, PairId, ProjectId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Keys, Objects, StoreError};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use utoipa::ToSchema;

/// Read at once.
const BUFFER: usize = 1 << 20;

/// Why versions cannot be compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompareError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of a version cannot be read.
    #[error("a file of the version cannot be read")]
    Read(#[from] io::Error),
    /// A file of a version is not there, or holds what was not written by this program.
    #[error("{0} of version {1} is not as it was written")]
    Spoilt(String, u32),
}

/// What has become of a pair from one version to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// It is in this version alone.
    Added,
    /// It is in the other alone.
    Removed,
    /// It says something else.
    Changed,
}

/// A pair that is not the same in both versions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Difference {
    /// What has become of it.
    change: Change,
    /// The pair.
    pair_id: PairId,
    /// Its document.
    document_id: DocumentId,
    /// That document's file name.
    filename: String,
    /// The first page it is from, where the format has pages.
    page_start: Option<u32>,
    /// Its chunk's place in the document.
    position: u32,
    /// Its place among the pairs of its chunk.
    slot: u32,
    /// Its line in the other version; null where there is none, or the format has no lines.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// Its line in this version; likewise.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
}

/// How many pairs are not the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct Differences {
    /// In this version alone.
    pub(crate) added: u64,
    /// In the other alone.
    pub(crate) removed: u64,
    /// That say something else.
    pub(crate) changed: u64,
}

/// A page of what is not the same in two versions.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// How many there are in all.
    pub(crate) counts: Differences,
    /// Those of the page.
    pub(crate) items: Vec<Difference>,
    /// Where the next page begins; `None` behind the last.
    pub(crate) next: Option<Place>,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    counts: Differences,
    this: Offsets,
    other: Offsets,
}

/// How far the files of a version have been read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Offsets {
    /// Bytes of the lineage.
    lineage: u64,
    /// Lines and bytes of data files, by their names.
    data: HashMap<String, (u64, u64)>,
}

/// Compares a version with another, a page at a time.
///
/// # Errors
/// Why they cannot be compared.
pub(crate) async fn compare(
    objects: &dyn Objects,
    user: &UserId,
    project: ProjectId,
    versions: (u32, u32),
    from: Option<Place>,
    limit: usize,
) -> Result<Comparison, CompareError> {
    let keys = Keys::new(user, project);
    let begin = from.as_ref();
    let mut this = Version::open(objects, &keys, versions.0, begin.map(|place| &place.this)).await?;
    let mut other = Version::open(objects, &keys, versions.1, begin.map(|place| &place.other)).await?;
    let mut counts = Differences::default();
    let mut items = Vec::new();
    let mut next = None;
    while let Some(step) = Step::of(this.row.as_ref(), other.row.as_ref()) {
        let change = step.change();
        if change.is_some() && items.len() == limit && next.is_none() {
            next = Some((this.offsets.clone(), other.offsets.clone()));
            // How many there are is known since the first page.
            if from.is_some() {
                break;
            }
        }
        let wanted = change.is_some() && next.is_none();
        let after = if step == Step::Other { None } else { this.take(wanted).await? };
        let before = if step == Step::This { None } else { other.take(wanted).await? };
        let Some(change) = change else { continue };
        counts.count(change);
        if let (true, Some(row)) = (wanted, after.as_ref().or(before.as_ref())) {
            items.push(Difference::new(change, &row.row, before.as_ref(), after.as_ref()));
        }
    }
    let counts = from.map_or(counts, |place| place.counts);
    Ok(Comparison { counts, items, next: next.map(|(this, other)| Place { counts, this, other }) })
}

impl Differences {
    fn count(&mut self, change: Change) {
        *match change {
            Change::Added => &mut self.added,
            Change::Removed => &mut self.removed,
            Change::Changed => &mut self.changed,
        } += 1;
    }

    /// All of them.
    pub(crate) fn total(self) -> u64 {
        self.added + self.removed + self.changed
    }
}

impl Difference {
    fn new(change: Change, row: &Row, before: Option<&Taken>, after: Option<&Taken>) -> Self {
        let line = |taken: Option<&Taken>| taken.and_then(|taken| taken.line.clone());
        Self {
            change,
            pair_id: row.pair_id,
            document_id: row.document_id,
            filename: row.filename.clone(),
            page_start: row.page_start,
            position: row.position,
            slot: row.slot,
            before: line(before),
            after: line(after),
        }
    }
}

/// Which of two versions is read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    This,
    Other,
    /// Both: they have the pair, and it says the same.
    Same,
    /// Both: they have the pair, and it says something else.
    Changed,
}

impl Step {
    /// `None` where both are at their end.
    fn of(this: Option<&Row>, other: Option<&Row>) -> Option<Self> {
        Some(match (this, other) {
            (None, None) => return None,
            (Some(_), None) => Self::This,
            (None, Some(_)) => Self::Other,
            (Some(this), Some(other)) => match this.place().cmp(&other.place()) {
                Ordering::Less => Self::This,
                Ordering::Greater => Self::Other,
                Ordering::Equal if this.content == other.content => Self::Same,
                Ordering::Equal => Self::Changed,
            },
        })
    }

    fn change(self) -> Option<Change> {
        match self {
            Self::This => Some(Change::Added),
            Self::Other => Some(Change::Removed),
            Self::Changed => Some(Change::Changed),
            Self::Same => None,
        }
    }
}

/// What is compared of a line of lineage.
#[derive(Debug, Deserialize)]
struct Row {
    file: String,
    line: u64,
    content: String,
    pair_id: PairId,
    document_id: DocumentId,
    filename: String,
    position: u32,
    page_start: Option<u32>,
    generation_id: GenerationId,
    slot: u32,
    #[serde(default)]
    rejected_pair: Option<PairId>,
}

impl Row {
    /// What lines are ordered by.
    fn place(&self) -> (&str, DocumentId, u32, GenerationId, u32, Option<PairId>) {
        let Self { filename, document_id, position, generation_id, slot, rejected_pair, .. } = self;
        (filename, *document_id, *position, *generation_id, *slot, *rejected_pair)
    }
}

/// A line of lineage that was read past, and its line of data if that was wanted.
struct Taken {
    row: Row,
    line: Option<Value>,
}

/// A version that is being read.
struct Version<'a> {
    objects: &'a dyn Objects,
    keys: &'a Keys,
    number: u32,
    lineage: Lines,
    /// The next line of lineage.
    row: Option<Row>,
    /// Where that begins.
    offsets: Offsets,
    data: HashMap<String, Lines>,
}

impl<'a> Version<'a> {
    async fn open(
        objects: &'a dyn Objects,
        keys: &'a Keys,
        number: u32,
        offsets: Option<&Offsets>,
    ) -> Result<Self, CompareError> {
        let offsets = offsets.cloned().unwrap_or_default();
        let key = keys.export_file(number, LINEAGE_FILE);
        let reader = objects.open_at(&key, offsets.lineage).await?;
        let reader = reader.ok_or_else(|| CompareError::Spoilt(LINEAGE_FILE.into(), number))?;
        let lineage = Lines::new(reader, 0);
        let data = HashMap::new();
        let mut version = Self { objects, keys, number, lineage, row: None, offsets, data };
        version.advance().await?;
        Ok(version)
    }

    /// Reads past the next line of lineage, and its line of data if that is wanted.
    async fn take(&mut self, wanted: bool) -> Result<Option<Taken>, CompareError> {
        let Some(row) = self.row.take() else { return Ok(None) };
        let line = if wanted && row.file.ends_with(".jsonl") {
            Some(self.line(&row.file, row.line).await?)
        } else {
            None
        };
        self.offsets.lineage += self.lineage.last;
        self.advance().await?;
        Ok(Some(Taken { row, line }))
    }

    async fn advance(&mut self) -> Result<(), CompareError> {
        let row = self.lineage.next().await?.map(serde_json::from_str).transpose();
        self.row = row.map_err(|_| CompareError::Spoilt(LINEAGE_FILE.into(), self.number))?;
        Ok(())
    }

    /// The line (from 1) of a data file. Lines have to be asked for in their order.
    async fn line(&mut self, file: &str, number: u64) -> Result<Value, CompareError> {
        let spoilt = || CompareError::Spoilt(file.to_owned(), self.number);
        if !self.data.contains_key(file) {
            let (lines, offset) = self.offsets.data.get(file).copied().unwrap_or_default();
            let key = self.keys.export_file(self.number, file_named(file).ok_or_else(spoilt)?);
            let reader = self.objects.open_at(&key, offset).await?;
            self.data.insert(file.to_owned(), Lines::new(reader.ok_or_else(spoilt)?, lines));
        }
        let data = self.data.get_mut(file).ok_or_else(spoilt)?;
        let place = self.offsets.data.entry(file.to_owned()).or_default();
        loop {
            let line = data.next().await?.ok_or_else(spoilt)?;
            let found = serde_json::from_str(line);
            *place = (data.read, place.1 + data.last);
            if data.read == number {
                return found.map_err(|_| CompareError::Spoilt(file.to_owned(), self.number));
            }
        }
    }
}

/// Lines of a file, with account of how far it was read.
struct Lines {
    reader: BufReader<Box<dyn AsyncRead + Send + Unpin>>,
    line: String,
    /// How many lines were read.
    read: u64,
    /// The bytes of the last of them, its end included.
    last: u64,
}

impl Lines {
    fn new(reader: Box<dyn AsyncRead + Send + Unpin>, read: u64) -> Self {
        Self { reader: BufReader::with_capacity(BUFFER, reader), line: String::new(), read, last: 0 }
    }

    async fn next(&mut self) -> io::Result<Option<&str>> {
        self.line.clear();
        self.last = self.reader.read_line(&mut self.line).await? as u64;
        if self.last == 0 {
            return Ok(None);
        }
        self.read += 1;
        Ok(Some(&self.line))
    }
}
