//! OCR by the system's `tesseract`, a process for each page.

mod hocr;
mod process;

use std::{
    process::Command,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use parse::{Ocr, OcrError, OcrLine, PageImage};

use self::process::{Bounds, Said};

/// The program.
const PROGRAM: &str = "tesseract";
/// What of the environment it is told: where programs, its languages and temporary files are.
const KEPT: [&str; 5] = ["PATH", "TESSDATA_PREFIX", "TMPDIR", "TEMP", "SystemRoot"];
/// How long a page may take.
const PAGE_TIME: Duration = Duration::from_secs(120);
/// How long the pages of a document may take together.
pub(crate) const DOCUMENT_TIME: Duration = Duration::from_secs(60 * 60);
/// The most bytes that it may say of a page.
const MOST_OUTPUT: u64 = 32 << 20;
/// With more languages than these it is slow and takes one for another.
const MOST_LANGUAGES: usize = 4;

/// The system's `tesseract`, for the pages of one document.
#[derive(Debug)]
pub struct Tesseract {
    version: String,
    languages: Vec<String>,
    /// Whether it can tell how a page is turned.
    tells_turns: bool,
    /// What is left of the time for the document.
    left: Mutex<Duration>,
}

/// Why there is no OCR.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoOcr {
    /// There is no `tesseract`.
    #[error(
        "OCR needs tesseract, which is not found: install it (Debian, Ubuntu: apt-get install tesseract-ocr; \
         Fedora: dnf install tesseract; macOS: brew install tesseract; others: https://tesseract-ocr.github.io)"
    )]
    Missing,
    /// It has nothing to read with.
    #[error("tesseract has no language: install one, such as tesseract-ocr-eng")]
    NoLanguage,
    /// It does not work.
    #[error("tesseract does not work: {0}")]
    Broken(String),
}

impl Tesseract {
    /// Looks for it, and for what it can read.
    ///
    /// # Errors
    /// Where it is not there, has no language or does not work.
    pub fn find() -> Result<Self, NoOcr> {
        let version = ask("--version")?;
        let version = version.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let listed = ask("--list-langs")?;
        // The first line is a heading.
        let installed: Vec<&str> = listed.lines().skip(1).map(str::trim).collect();
        let languages = languages(&installed);
        if languages.is_empty() {
            return Err(NoOcr::NoLanguage);
        }
        let tells_turns = installed.contains(&"osd");
        Ok(Self { version, languages, tells_turns, left: Mutex::new(DOCUMENT_TIME) })
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The languages that it reads, as it calls them, the first one first.
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    fn left(&self) -> Duration {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spend(&self, time: Duration) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.saturating_sub(time);
    }

    fn command(&self, image: &PageImage) -> Command {
        let mut command = command();
        // Pages turned by quarters are seen where it has learnt how they look.
        let layout = if self.tells_turns { "1" } else { "3" };
        command.args(["-", "-", "--dpi", &image.dpi.to_string(), "--psm", layout]);
        command.args(["-l", &self.languages.join("+"), "-c", "tessedit_create_hocr=1"]);
        command
    }
}

impl Ocr for Tesseract {
    fn read(&self, image: &PageImage) -> Result<Vec<OcrLine>, OcrError> {
        let time = PAGE_TIME.min(self.left());
        if time.is_zero() {
            return Err(OcrError::OutOfTime);
        }
        let begun = Instant::now();
        let header = format!("P5\n{} {}\n255\n", image.width, image.height).into_bytes();
        let bounds = Bounds { time, output: MOST_OUTPUT };
        let said = process::run(&mut self.command(image), &[&header, &image.pixels], bounds);
        self.spend(begun.elapsed());
        let Said { out, .. } = said.map_err(|error| OcrError::Page(error.to_string()))?;
        hocr::lines(&out).map_err(OcrError::Page)
    }
}

/// Those of the installed languages that are read: all of a few, of many the usual one.
fn languages(installed: &[&str]) -> Vec<String> {
    const USUAL: &str = "eng";
    // These are no languages, but what else it has learnt.
    let is_language =
        |name: &&&str| !name.is_empty() && !name.contains('/') && !["osd", "equ", "snum"].contains(*name);
    let mut languages: Vec<String> =
        installed.iter().filter(is_language).map(|name| (*name).to_owned()).collect();
    languages.sort_by_key(|name| (name != USUAL, name.clone()));
    if languages.len() > MOST_LANGUAGES {
        languages.truncate(1);
    }
    languages
}

fn command() -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    // As many documents are read at once as there are cores.
    command.env("OMP_THREAD_LIMIT", "1");
    command
}

/// What it says of itself.
fn ask(question: &str) -> Result<String, NoOcr> {
    let bounds = Bounds { time: Duration::from_secs(20), output: 1 << 20 };
    match process::run(command().arg(question), &[], bounds) {
        // Older ones say it as an error.
        Ok(Said { out, err }) => {
            Ok(String::from_utf8_lossy(if out.is_empty() { &err } else { &out }).into_owned())
        }
        Err(process::Error::NoProgram) => Err(NoOcr::Missing),
        Err(error) => Err(NoOcr::Broken(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_languages_are_all_read_and_many_are_not() {
        assert_eq!(languages(&["deu", "eng", "osd", "script/Latin", ""]), ["eng", "deu"]);
        assert_eq!(languages(&["osd", "equ"]), [""; 0]);
        assert_eq!(languages(&["afr", "amh", "ara", "deu", "eng", "fra"]), ["eng"]);
    }
}
