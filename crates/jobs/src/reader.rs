//! Documents are read apart: a document that takes all memory, all time or the whole process with it
//! is an error of its own, and the rest goes on.

mod child;
mod process;
mod wire;

use std::{
    ffi::OsString,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use model::{Format, Parsing};
use parse::{ChunkDraft, Help, Ocr, ParseError, Password};
use serde::{Deserialize, Serialize};

pub use self::child::read_documents;
use self::{process::Process, wire::Ask};
use crate::{Tesseract, ocr};

/// What a document is to be read as.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// What it is written in.
    pub format: Format,
    /// How it is read and cut.
    pub parsing: Parsing,
}

/// How many threads reading may take in all: as many as there are cores, or what `RAYON_NUM_THREADS` says,
/// as it does to many programs.
pub fn threads() -> usize {
    let told = std::env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.parse().ok());
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    told.filter(|number| *number > 0).unwrap_or_else(cores)
}

/// A document that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// What is known of it.
    pub about: About,
    /// The document, as JSON.
    pub json: Vec<u8>,
    /// Its chunks.
    pub chunks: Vec<ChunkDraft>,
}

/// What is known of a document beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its title, if it has one.
    pub title: Option<String>,
    /// Its language, if it can be told.
    pub language: Option<String>,
    /// The number of its pages, where the format has pages.
    pub pages: Option<u32>,
    /// What the parser was not sure of.
    pub warnings: Vec<String>,
}

/// How a reader process is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderCommand {
    /// The program: this one.
    pub program: PathBuf,
    /// What makes it call [`read_documents`].
    pub arguments: Vec<OsString>,
}

/// What a document may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// How long it may be read.
    pub time: Duration,
    /// How much memory reading it may take, in bytes.
    pub memory: u64,
}

impl ReadLimits {
    /// For a document of that size: large ones take their time, and stand in memory several times.
    pub fn of(size: usize) -> Self {
        const MIB: u64 = 1024 * 1024;
        let size = size as u64;
        Self { time: Duration::from_secs(60 + size / MIB), memory: 1024 * MIB + 12 * size }
    }
}

/// Reads documents, as many at once as are asked for.
pub struct Readers {
    /// How processes are started; `None`: documents are read in this one.
    command: Option<ReaderCommand>,
    limits: fn(usize) -> ReadLimits,
    /// What encrypted documents may open with.
    passwords: Vec<Password>,
    /// The languages that OCR reads; none: those that it has.
    ocr_languages: Vec<String>,
    /// Processes that wait for a document.
    idle: Mutex<Vec<Process>>,
    /// How many documents are being read.
    busy: AtomicUsize,
}

/// A document that is being read.
struct Busy<'r>(&'r AtomicUsize);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Readers {
    /// Reads in this process, where nothing bounds memory: for tests.
    pub fn here() -> Self {
        let (idle, busy) = (Mutex::default(), AtomicUsize::new(0));
        let (passwords, ocr_languages) = (Vec::new(), Vec::new());
        Self { command: None, limits: ReadLimits::of, passwords, ocr_languages, idle, busy }
    }

    /// Reads in processes of their own, each of which goes on to further documents.
    pub fn apart(command: ReaderCommand) -> Self {
        Self { command: Some(command), ..Self::here() }
    }

    /// The same, with other limits by a document's size in bytes.
    pub fn with_limits(self, limits: fn(usize) -> ReadLimits) -> Self {
        Self { limits, ..self }
    }

    /// The same, with passwords that encrypted documents may open with.
    pub fn with_passwords(self, passwords: Vec<Password>) -> Self {
        Self { passwords, ..self }
    }

    /// The same, with the languages that OCR reads instead of those that it has.
    pub fn with_ocr_languages(self, ocr_languages: Vec<String>) -> Self {
        Self { ocr_languages, ..self }
    }

    /// Reads a document; or says why it cannot be read, in words for the user.
    pub async fn read(&self, bytes: Vec<u8>, reading: Reading) -> Result<Read, String> {
        // A document alone has all cores; those that are read at once share them.
        let others = self.busy.fetch_add(1, Ordering::Relaxed);
        let _busy = Busy(&self.busy);
        let threads = (threads() / (others + 1)).max(1);
        let mut limits = (self.limits)(bytes.len());
        if wants_ocr(reading) {
            limits.time += ocr::DOCUMENT_TIME;
        }
        let (passwords, ocr_languages) = (self.passwords.clone(), self.ocr_languages.clone());
        let ask = Ask { reading, memory: limits.memory, passwords, ocr_languages, threads };
        let Some(command) = &self.command else {
            let read = move || read(&bytes, &ask);
            let read = tokio::task::spawn_blocking(read).await;
            return read.unwrap_or_else(|error| Err(ParseError::Bug(error.to_string()).to_string()));
        };
        let idle = self.with_idle(Vec::pop);
        let mut process = match idle {
            Some(process) => process,
            None => Process::start(command)?,
        };
        let (read, process_is_well) = process.read(&bytes, ask, limits).await;
        if process_is_well {
            self.with_idle(|idle| idle.push(process));
        }
        read
    }

    fn with_idle<T>(&self, act: impl FnOnce(&mut Vec<Process>) -> T) -> T {
        act(&mut self.idle.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether OCR may be needed: only a PDF has pages that are pictures.
fn wants_ocr(reading: Reading) -> bool {
    reading.parsing.options.ocr && reading.format == Format::Pdf
}

fn read(bytes: &[u8], ask: &Ask) -> Result<Read, String> {
    let Ask { reading, passwords, ocr_languages, threads, .. } = ask;
    let Parsing { chunking, options } = reading.parsing;
    let ocr = wants_ocr(*reading).then(|| Tesseract::find(ocr_languages)).transpose();
    let ocr = ocr.map_err(|error| error.to_string())?;
    let help = Help { passwords, ocr: ocr.as_ref().map(|ocr| ocr as &dyn Ocr) };
    let options = parse::Options { threads: *threads, ..options.into() };
    let document =
        parse::parse_with(bytes, reading.format, &options, help).map_err(|error| error.to_string())?;
    let chunks = parse::chunk(&document, &chunking);
    let json =
        serde_json::to_vec(&document).map_err(|error| ParseError::Bug(error.to_string()).to_string())?;
    let model::ParsedDocument { title, language, pages, warnings, .. } = document;
    Ok(Read { about: About { title, language, pages, warnings }, json, chunks })
}

#[cfg(all(test, unix))]
mod tests {
    use rstest::rstest;

    use super::*;

    fn reading() -> Reading {
        Reading { format: Format::Txt, parsing: Parsing::default() }
    }

    fn script(text: &str) -> Readers {
        let arguments = vec!["-c".into(), text.into()];
        Readers::apart(ReaderCommand { program: "/bin/sh".into(), arguments })
    }

    #[rstest]
    #[case::out_of_memory(
        "echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$",
        "takes more than 1024 MiB of memory"
    )]
    #[case::crash("echo 'stack overflow' >&2; exit 3", "exit status: 3; stack overflow")]
    #[case::nonsense("printf '\\002\\0\\0\\0\\0\\0\\0\\0{}'", "the reader ended")]
    #[tokio::test]
    async fn how_a_reader_ends_is_told(#[case] text: &str, #[case] reason: &str) {
        let error = script(text).read(b"text".to_vec(), reading()).await.unwrap_err();
        assert!(error.contains(reason), "{error}");
    }

    #[tokio::test]
    async fn a_reader_that_takes_too_long_is_given_up() {
        let limits = |_| ReadLimits { time: Duration::from_millis(50), memory: 1 << 30 };
        let readers = script("exec sleep 600").with_limits(limits);
        let error = readers.read(b"text".to_vec(), reading()).await.unwrap_err();
        assert!(error.contains("took longer than 0 s"), "{error}");
        assert!(readers.with_idle(|idle| idle.is_empty()));
    }

    #[tokio::test]
    async fn no_program_no_reading() {
        let readers = Readers::apart(ReaderCommand { program: "/no/program".into(), arguments: Vec::new() });
        let error = readers.read(Vec::new(), reading()).await.unwrap_err();
        assert!(error.starts_with("no process to read it with"), "{error}");
    }

    #[test]
    fn questions_are_answered_until_none_comes() {
        let ask = Ask {
            reading: reading(),
            memory: 1 << 40,
            passwords: Vec::new(),
            ocr_languages: Vec::new(),
            threads: 1,
        };
        let mut asked = Vec::new();
        for document in ["Some text.", ""] {
            wire::write_frame(&mut asked, &serde_json::to_vec(&ask).unwrap()).unwrap();
            wire::write_frame(&mut asked, document.as_bytes()).unwrap();
        }
        let mut told = Vec::new();
        read_documents(&*asked, &mut told).unwrap();
        let mut told = &*told;
        let mut frame = || wire::read_frame(&mut told).unwrap().unwrap();
        let about: wire::Answer = serde_json::from_slice(&frame()).unwrap();
        assert_eq!(about.unwrap().warnings, [""; 0]);
        let document: model::ParsedDocument = serde_json::from_slice(&frame()).unwrap();
        assert_eq!(document.text, "Some text.");
        let chunks: Vec<ChunkDraft> = serde_json::from_slice(&frame()).unwrap();
        assert_eq!(chunks.len(), 1);
        let about: wire::Answer = serde_json::from_slice(&frame()).unwrap();
        assert_eq!(about.unwrap_err(), ParseError::Empty.to_string());
    }
}
