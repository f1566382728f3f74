//! Pairs to a data file and its lineage, as they come.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use model::{ChunkId, DocumentId, ExportFormat, Pair, PairOrigin, Sha256Hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Histogram, Lineage, line::json_line};

/// Why an export could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A line could not be written to the data file.
    #[error("the data file cannot be written")]
    Data(#[source] io::Error),
    /// A line could not be written to the lineage file.
    #[error("the lineage file cannot be written")]
    Lineage(#[source] io::Error),
}

/// What a written file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileInfo {
    /// Its size.
    pub bytes: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256Hex,
    /// The number of its lines.
    pub lines: u64,
}

/// What a [`DatasetWriter`] has written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The data file.
    pub data: FileInfo,
    /// The lineage file.
    pub lineage: FileInfo,
    /// Documents that the pairs are from.
    pub documents: u64,
    /// Chunks that the pairs are from.
    pub chunks: u64,
    /// The models that wrote the pairs.
    pub teachers: BTreeSet<String>,
    /// The mean of the quality scores that were measured; `None` where none was.
    pub average_quality: Option<f64>,
    /// The mean of the grounding scores that were measured; `None` where none was.
    pub average_grounding: Option<f64>,
    /// The quality scores that were measured.
    pub quality_histogram: Histogram,
}

/// Writes pairs to a data file and their lineage to another, each line as it comes.
///
/// Pairs have to come document by document and chunk by chunk: that is how documents and chunks are
/// counted without remembering them. Every line is one write, so the files should be buffered.
#[derive(Debug)]
pub struct DatasetWriter<D, L> {
    format: ExportFormat,
    include_system_prompts: bool,
    data: LineWriter<D>,
    lineage: LineWriter<L>,
    documents: Changes<DocumentId>,
    chunks: Changes<ChunkId>,
    teachers: BTreeSet<String>,
    quality: Mean,
    grounding: Mean,
    quality_histogram: Histogram,
}

impl<D: Write, L: Write> DatasetWriter<D, L> {
    /// A writer of that format to a data and a lineage file.
    pub fn new(format: ExportFormat, include_system_prompts: bool, data: D, lineage: L) -> Self {
        Self {
            format,
            include_system_prompts,
            data: LineWriter::new(data),
            lineage: LineWriter::new(lineage),
            documents: Changes::default(),
            chunks: Changes::default(),
            teachers: BTreeSet::new(),
            quality: Mean::default(),
            grounding: Mean::default(),
            quality_histogram: Histogram::default(),
        }
    }

    /// Writes a pair.
    ///
    /// # Errors
    /// Which file cannot be written, and why; the files are of no use then.
    pub fn push(&mut self, pair: &Pair, origin: &PairOrigin) -> Result<(), ExportError> {
        let line = crate::line(self.format, pair, self.include_system_prompts);
        self.data.write_line(line).map_err(ExportError::Data)?;
        let lineage = json_line(&Lineage::new(self.data.lines, pair, origin));
        self.lineage.write_line(lineage).map_err(ExportError::Lineage)?;
        self.count(pair);
        Ok(())
    }

    /// Flushes the files and says what is in them.
    ///
    /// # Errors
    /// Which file cannot be flushed, and why.
    pub fn finish(self) -> Result<Written, ExportError> {
        Ok(Written {
            data: self.data.finish().map_err(ExportError::Data)?,
            lineage: self.lineage.finish().map_err(ExportError::Lineage)?,
            documents: self.documents.count,
            chunks: self.chunks.count,
            teachers: self.teachers,
            average_quality: self.quality.value(),
            average_grounding: self.grounding.value(),
            quality_histogram: self.quality_histogram,
        })
    }

    fn count(&mut self, pair: &Pair) {
        self.documents.see(pair.document_id);
        self.chunks.see(pair.chunk_id);
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

/// Writes lines and keeps account of them.
#[derive(Debug)]
struct LineWriter<W> {
    out: W,
    hash: Sha256,
    bytes: u64,
    lines: u64,
}

impl<W: Write> LineWriter<W> {
    fn new(out: W) -> Self {
        Self { out, hash: Sha256::new(), bytes: 0, lines: 0 }
    }

    fn write_line(&mut self, mut line: String) -> io::Result<()> {
        line.push('\n');
        self.out.write_all(line.as_bytes())?;
        self.hash.update(&line);
        self.bytes += line.len() as u64;
        self.lines += 1;
        Ok(())
    }

    fn finish(mut self) -> io::Result<FileInfo> {
        self.out.flush()?;
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(FileInfo { bytes: self.bytes, sha256, lines: self.lines })
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

    fn write(pairs: &[Pair]) -> (Vec<u8>, Vec<u8>, Written) {
        let (mut data, mut lineage) = (Vec::new(), Vec::new());
        let mut writer = DatasetWriter::new(ExportFormat::Chatml, true, &mut data, &mut lineage);
        for pair in pairs {
            writer.push(pair, &origin()).unwrap();
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
        assert_eq!(written.data, FileInfo { bytes: 0, sha256: sha256_hex(""), lines: 0 });
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
        let mut data = DatasetWriter::new(ExportFormat::Alpaca, false, Full(10), Vec::new());
        assert!(matches!(data.push(&pair(0), &origin()), Err(ExportError::Data(_))));
        let mut lineage = DatasetWriter::new(ExportFormat::Alpaca, false, Vec::new(), Full(10));
        assert!(matches!(lineage.push(&pair(0), &origin()), Err(ExportError::Lineage(_))));
        let flush = DatasetWriter::new(ExportFormat::Alpaca, false, Full(10), Vec::new());
        assert!(matches!(flush.finish(), Err(ExportError::Data(_))));
    }

    proptest! {
        #[test]
        fn account_is_of_the_bytes_that_were_written(answers in prop::collection::vec(any::<String>(), 0..8)) {
            let pairs: Vec<_> = answers.into_iter().map(|answer| Pair { answer, ..pair(0) }).collect();
            let (data, lineage, written) = write(&pairs);
            for (bytes, info) in [(data, written.data), (lineage, written.lineage)] {
                prop_assert_eq!(&info.sha256, &sha256_hex(&bytes));
                prop_assert_eq!(info.bytes, bytes.len() as u64);
                prop_assert_eq!(info.lines, pairs.len() as u64);
                prop_assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), pairs.len());
                prop_assert!(bytes.is_empty() || bytes.ends_with(b"\n"));
            }
        }
    }
}
