//! OCR by the system's `tesseract`, a process for each page.

mod hocr;
mod process;

use std::{
    process::Command,
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
    /// When the document has had its time.
    deadline: Instant,
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
    /// It cannot read what it is told to.
    #[error(
        "tesseract has no language `{asked}`; it has {}: install it, or change DATA_FORGE_OCR_LANGUAGES",
        .installed.join(", ")
    )]
    Language {
        /// The language that is set.
        asked: String,
        /// Those that there are.
        installed: Vec<String>,
    },
    /// It does not work.
    #[error("tesseract does not work: {0}")]
    Broken(String),
}

impl Tesseract {
    /// Looks for it, and for what it can read: these languages, as it calls them, the first one first. Without
    /// any, all of a few that are installed, of many English.
    ///
    /// # Errors
    /// Where it is not there, lacks a language or does not work.
    pub fn find(languages: &[String]) -> Result<Self, NoOcr> {
        let version = ask("--version")?;
        let version = version.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let listed = ask("--list-langs")?;
        // The first line is a heading.
        let installed: Vec<&str> = listed.lines().skip(1).map(str::trim).collect();
        let languages = chosen(languages, &installed)?;
        let tells_turns = installed.contains(&"osd");
        Ok(Self { version, languages, tells_turns, deadline: Instant::now() + DOCUMENT_TIME })
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The languages that it reads, as it calls them, the first one first.
    pub fn languages(&self) -> &[String] {
        &self.languages
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
        let time = PAGE_TIME.min(self.deadline.saturating_duration_since(Instant::now()));
        if time.is_zero() {
            return Err(OcrError::OutOfTime);
        }
        let header = format!("P5\n{} {}\n255\n", image.width, image.height).into_bytes();
        let bounds = Bounds { time, output: MOST_OUTPUT };
        let said = process::run(&mut self.command(image), &[&header, &image.pixels], bounds);
        let Said { out, .. } = said.map_err(|error| OcrError::Page(error.to_string()))?;
        hocr::lines(&out).map_err(OcrError::Page)
    }
}

/// The languages that are read: those asked for, or of the installed ones all of a few, of many the usual one.
fn chosen(asked: &[String], installed: &[&str]) -> Result<Vec<String>, NoOcr> {
    const USUAL: &str = "eng";
    // These are no languages, but what else it has learnt.
    let is_usable = |name: &&str| !name.is_empty() && !["osd", "equ", "snum"].contains(name);
    let usable = installed.iter().copied().filter(is_usable);
    if let Some(asked) = asked.iter().find(|asked| !usable.clone().any(|name| name == asked.as_str())) {
        let (asked, installed) = (asked.clone(), usable.map(str::to_owned).collect());
        return Err(NoOcr::Language { asked, installed });
    }
    if !asked.is_empty() {
        return Ok(asked.to_vec());
    }
    // Models of whole scripts would be read beside those of their languages.
    let mut languages: Vec<String> = usable.filter(|name| !name.contains('/')).map(str::to_owned).collect();
    languages.sort_by_key(|name| (name != USUAL, name.clone()));
    if languages.is_empty() {
        return Err(NoOcr::NoLanguage);
    }
    if languages.len() > MOST_LANGUAGES {
        languages.truncate(1);
    }
    Ok(languages)
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
        assert_eq!(chosen(&[], &["deu", "eng", "osd", "script/Latin", ""]).unwrap(), ["eng", "deu"]);
        assert_eq!(chosen(&[], &["osd", "equ"]), Err(NoOcr::NoLanguage));
        assert_eq!(chosen(&[], &["afr", "amh", "ara", "deu", "eng", "fra"]).unwrap(), ["eng"]);
    }

    #[test]
    fn languages_that_are_asked_for_are_read_in_their_order_or_missed() {
        let asked = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let installed = ["afr", "amh", "ara", "deu", "eng", "osd", "script/Latin"];
        let names = asked(&["script/Latin", "deu"]);
        assert_eq!(chosen(&names, &installed).unwrap(), names);
        let error = chosen(&asked(&["eng", "osd"]), &["eng", "osd"]).unwrap_err();
        assert!(error.to_string().starts_with("tesseract has no language `osd`; it has eng: "), "{error}");
    }
}
