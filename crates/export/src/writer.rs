//! Pairs to data files and their lineage, as they come.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use model::{ChunkId, DocumentId, EditMark, ExportFormat, FlagCode, Pair, PairOrigin};

use crate::{
    FileInfo, Histogram, LineForm, Lineage, Rejected,
    account::{Account, LineWriter},
    line::{json_line, line},
    messages::messages,
    parquet::MessagesWriter,
};

/// Why an export could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A line could not be written to a data file.
    #[error("the data file cannot be written")]
    Data(#[source] io::Error),
    /// A row could not be written to a Parquet file.
    #[error("the Parquet file cannot be written")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// A line could not be written to the lineage file.
    #[error("the lineage file cannot be written")]
    Lineage(#[source] io::Error),
}

/// What a [`DatasetWriter`] has written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The data files by their names, in the order in which they were given.
    pub data: Vec<(&'static str, FileInfo)>,
    /// The lineage file.
    pub lineage: FileInfo,
    /// Documents that the pairs are from.
    pub documents: u64,
    /// Chunks that the pairs are from.
    pub chunks: u64,
    /// Pairs that are flagged as repeating an item of a benchmark.
    pub contaminated: u64,
    /// The models that wrote the pairs.
    pub teachers: BTreeSet<String>,
    /// The mean of the quality scores that were measured; `None` where none was.
    pub average_quality: Option<f64>,
    /// The mean of the grounding scores that were measured; `None` where none was.
    pub average_grounding: Option<f64>,
    /// The quality scores that were measured.
    pub quality_histogram: Histogram,
}

impl Written {
    /// The lines of all data files.
    pub fn lines(&self) -> u64 {
        self.data.iter().map(|(_, info)| info.lines).sum()
    }

    /// The size of all data files.
    pub fn bytes(&self) -> u64 {
        self.data.iter().map(|(_, info)| info.bytes).sum()
    }
}

/// A pair on its way to a line.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// The pair.
    pub pair: &'a Pair,
    /// Where it comes from.
    pub origin: &'a PairOrigin,
    /// When a person changed its text.
    pub edits: &'a [EditMark],
    /// What it is preferred to, in a file of preferences.
    pub rejected: Option<&'a Rejected>,
}

/// Writes pairs to data files and their lineage to another, each line as it comes.
///
/// Pairs have to come document by document and chunk by chunk: that is how documents and chunks are
/// counted without remembering them. Every line is one write, so the files should be buffered.
#[derive(Debug)]
pub struct DatasetWriter<D: Write + Send, L> {
    form: LineForm,
    data: Vec<(&'static str, DataWriter<D>)>,
    lineage: LineWriter<L>,
    documents: Changes<DocumentId>,
    chunks: Changes<ChunkId>,
    contaminated: u64,
    teachers: BTreeSet<String>,
    quality: Mean,
    grounding: Mean,
    quality_histogram: Histogram,
}

impl<D: Write + Send, L: Write> DatasetWriter<D, L> {
    /// A writer of lines in a form to data files, each by its name, and to a lineage file.
    ///
    /// # Errors
    /// Why a Parquet file cannot be begun.
    pub fn new(form: LineForm, data: Vec<(&'static str, D)>, lineage: L) -> Result<Self, ExportError> {
        let data = data.into_iter().map(|(name, out)| Ok((name, DataWriter::new(form.format, out)?)));
        Ok(Self {
            form,
            data: data.collect::<Result<_, ExportError>>()?,
            lineage: LineWriter::new(lineage),
            documents: Changes::default(),
            chunks: Changes::default(),
            contaminated: 0,
            teachers: BTreeSet::new(),
            quality: Mean::default(),
            grounding: Mean::default(),
            quality_histogram: Histogram::default(),
        })
    }

    /// Writes a pair to the data file of that number, from 0.
    ///
    /// # Errors
    /// Which file cannot be written, and why; the files are of no use then.
    ///
    /// # Panics
    /// Where there is no data file of that number.
    pub fn push(&mut self, example: Example<'_>, file: usize) -> Result<(), ExportError> {
        let (name, data) = &mut self.data[file];
        let line = data.write(self.form, example)?;
        let lineage = json_line(&Lineage::new(name, line, example));
        self.lineage.write_line(lineage).map_err(ExportError::Lineage)?;
        self.count(example.pair);
        Ok(())
    }

    /// Flushes the files and says what is in them.
    ///
    /// # Errors
    /// Which file cannot be flushed, and why.
    pub fn finish(self) -> Result<Written, ExportError> {
        let data = self.data.into_iter().map(|(name, data)| Ok((name, data.finish()?)));
        Ok(Written {
            data: data.collect::<Result<_, ExportError>>()?,
            lineage: self.lineage.finish().map_err(ExportError::Lineage)?,
            documents: self.documents.count,
            chunks: self.chunks.count,
            contaminated: self.contaminated,
            teachers: self.teachers,
            average_quality: self.quality.value(),
            average_grounding: self.grounding.value(),
            quality_histogram: self.quality_histogram,
        })
    }

    fn count(&mut self, pair: &Pair) {
        self.documents.see(pair.document_id);
        self.chunks.see(pair.chunk_id);
        self.contaminated += u64::from(pair.flags.iter().any(|flag| flag.code == FlagCode::Contaminated));
        if !self.teachers.contains(&pair.provenance.teacher_model) {
            self.teachers.insert(pair.provenance.teacher_model.clone());
        }
        if let Some(score) = pair.quality_score {
            self.quality.add(score);
            self.quality_histogram.add(score);
        }
        if let Some(score) = pair.grounding_score {
            self.grounding.add(score);
        }
    }
}

/// A data file: of lines, or of columns.
#[derive(Debug)]
enum DataWriter<W: Write + Send> {
    Lines(LineWriter<W>),
    Rows(Box<MessagesWriter<Account<W>>>),
}

impl<W: Write + Send> DataWriter<W> {
    fn new(format: ExportFormat, out: W) -> Result<Self, ExportError> {
        Ok(match format {
            ExportFormat::Parquet => Self::Rows(Box::new(MessagesWriter::new(Account::new(out))?)),
            ExportFormat::Chatml | ExportFormat::Alpaca | ExportFormat::Sharegpt | ExportFormat::Dpo => {
                Self::Lines(LineWriter::new(out))
            }
        })
    }

    /// Writes a pair; gives back the number of its line or row, from 1.
    fn write(&mut self, form: LineForm, example: Example<'_>) -> Result<u64, ExportError> {
        match self {
            Self::Lines(out) => {
                let line = line(form, example.pair, example.rejected);
                out.write_line(line).map_err(ExportError::Data)?;
                Ok(out.lines())
            }
            Self::Rows(out) => {
                out.write(&messages(example.pair, form.include_system_prompts))?;
                Ok(out.rows())
            }
        }
    }

    fn finish(self) -> Result<FileInfo, ExportError> {
        match self {
            Self::Lines(out) => out.finish().map_err(ExportError::Data),
            Self::Rows(out) => {
                let (account, rows) = out.finish()?;
                account.finish(rows).map_err(ExportError::Data)
            }
        }
    }
}

/// Counts the runs of equal ids.
#[derive(Debug)]
struct Changes<T> {
    last: Option<T>,
    count: u64,
}

impl<T> Default for Changes<T> {
    fn default() -> Self {
        Self { last: None, count: 0 }
    }
}

impl<T: Copy + PartialEq> Changes<T> {
    fn see(&mut self, id: T) {
        if self.last != Some(id) {
            self.last = Some(id);
            self.count += 1;
        }
    }
}

#[derive(Debug, Default)]
struct Mean {
    sum: f64,
    count: u64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn value(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

#[cfg(test)]
mod tests {
    use model::sha256_hex;
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{document, origin, pair};

    fn form(format: ExportFormat) -> LineForm {
        LineForm { format, include_system_prompts: true, history: false }
    }

    fn example<'a>(pair: &'a Pair, origin: &'a PairOrigin) -> Example<'a> {
        Example { pair, origin, edits: &[], rejected: None }
    }

    fn write(pairs: &[Pair]) -> (Vec<u8>, Vec<u8>, Written) {
        let (mut data, mut lineage) = (Vec::new(), Vec::new());
        let files = vec![("dataset.jsonl", &mut data)];
        let mut writer = DatasetWriter::new(form(ExportFormat::Chatml), files, &mut lineage).unwrap();
        for pair in pairs {
            writer.push(example(pair, &origin()), 0).unwrap();
        }
        let written = writer.finish().unwrap();
        (data, lineage, written)
    }

    #[test]
    fn counts_documents_chunks_and_scores() {
        let chunk = |n: u8| ChunkId::derive([[n].as_slice()]);
        let measured = |slot, chunk_id, quality_score, grounding_score| Pair {
            chunk_id,
            quality_score,
            grounding_score,
            ..pair(slot)
        };
        let pairs = [
            measured(0, chunk(1), Some(0.5), Some(1.0)),
            measured(1, chunk(1), None, None),
            measured(0, chunk(2), Some(1.0), None),
            Pair { document_id: document(2), ..measured(0, chunk(3), Some(0.75), Some(0.5)) },
        ];
        let (_, _, written) = write(&pairs);
        assert_eq!((written.documents, written.chunks), (2, 3));
        assert_eq!((written.average_quality, written.average_grounding), (Some(0.75), Some(0.75)));
        let bins = written.quality_histogram.bins();
        assert_eq!(bins.iter().map(|bin| bin.count).sum::<u64>(), 3);
        assert_eq!((bins[10].count, bins[15].count, bins[19].count), (1, 1, 1));
        assert_eq!(written.teachers, BTreeSet::from(["teacher".to_owned()]));
    }

    #[test]
    fn nothing_is_an_empty_file() {
        let (data, lineage, written) = write(&[]);
        assert!(data.is_empty() && lineage.is_empty());
        assert_eq!(written.data[0].1, FileInfo { bytes: 0, sha256: sha256_hex(""), lines: 0 });
        assert_eq!((written.average_quality, written.average_grounding), (None, None));
    }

    #[test]
    fn lineage_numbers_the_lines_of_the_data() {
        let (data, lineage, _) = write(&[pair(0), pair(1), pair(2)]);
        let rows: Vec<Lineage> =
            serde_json::Deserializer::from_slice(&lineage).into_iter().collect::<Result<_, _>>().unwrap();
        assert_eq!(rows.iter().map(|row| (row.line, row.slot)).collect::<Vec<_>>(), [(1, 0), (2, 1), (3, 2)]);
        assert_eq!(String::from_utf8(data).unwrap().lines().count(), 3);
    }

    #[test]
    fn an_error_names_the_file() {
        /// A device that is full after so many bytes.
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let taken = bytes.len().min(self.0);
                self.0 -= taken;
                Ok(taken)
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::StorageFull.into())
            }
        }
        let (pair, origin) = (pair(0), origin());
        let full = |room| vec![("dataset.jsonl", Full(room))];
        let alpaca = form(ExportFormat::Alpaca);
        let mut data = DatasetWriter::new(alpaca, full(10), Vec::new()).unwrap();
        assert!(matches!(data.push(example(&pair, &origin), 0), Err(ExportError::Data(_))));
        let mut lineage = DatasetWriter::new(alpaca, full(10_000), Full(10)).unwrap();
        assert!(matches!(lineage.push(example(&pair, &origin), 0), Err(ExportError::Lineage(_))));
        let flush = DatasetWriter::new(alpaca, full(10), Vec::new()).unwrap();
        assert!(matches!(flush.finish(), Err(ExportError::Data(_))));
        let mut rows = DatasetWriter::new(form(ExportFormat::Parquet), full(10), Vec::new()).unwrap();
        rows.push(example(&pair, &origin), 0).unwrap();
        assert!(matches!(rows.finish(), Err(ExportError::Parquet(_))));
    }

    #[test]
    fn parts_are_files_of_their_own_with_lines_of_their_own() {
        let (mut train, mut validation, mut lineage) = (Vec::new(), Vec::new(), Vec::new());
        let files = vec![("train.jsonl", &mut train), ("validation.jsonl", &mut validation)];
        let mut writer = DatasetWriter::new(form(ExportFormat::Chatml), files, &mut lineage).unwrap();
        for (slot, file) in [(0, 0), (1, 1), (2, 0)] {
            writer.push(example(&pair(slot), &origin()), file).unwrap();
        }
        let written = writer.finish().unwrap();
        assert_eq!((written.lines(), written.bytes()), (3, (train.len() + validation.len()) as u64));
        let rows: Vec<Lineage> =
            serde_json::Deserializer::from_slice(&lineage).into_iter().collect::<Result<_, _>>().unwrap();
        let places: Vec<_> = rows.iter().map(|row| (row.file.as_str(), row.line, row.slot)).collect();
        assert_eq!(places, [("train.jsonl", 1, 0), ("validation.jsonl", 1, 1), ("train.jsonl", 2, 2)]);
    }

    proptest! {
        #[test]
        fn account_is_of_the_bytes_that_were_written(answers in prop::collection::vec(any::<String>(), 0..8)) {
            let pairs: Vec<_> = answers.into_iter().map(|answer| Pair { answer, ..pair(0) }).collect();
            let (data, lineage, written) = write(&pairs);
            for (bytes, info) in [(data, written.data[0].1.clone()), (lineage, written.lineage)] {
                prop_assert_eq!(&info.sha256, &sha256_hex(&bytes));
                prop_assert_eq!(info.bytes, bytes.len() as u64);
                prop_assert_eq!(info.lines, pairs.len() as u64);
                prop_assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), pairs.len());
                prop_assert!(bytes.is_empty() || bytes.ends_with(b"\n"));
            }
        }
    }
}
