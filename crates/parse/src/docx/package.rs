//! The archive: parts by name, found through their relationships, each unpacked within bounds.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::relationships::Relationships;
use super::{broken, xml};
use crate::{Draft, ParseError, encoding};

/// How much one part may unpack to.
const MAX_PART_BYTES: u64 = 256 * 1024 * 1024;

/// How much all parts that are read may unpack to.
const MAX_TOTAL_BYTES: u64 = 512 * 1024 * 1024;

/// How much larger than its packed size a part may be, once it is over [`RATIO_FROM_BYTES`]: text
/// shrinks to a tenth, repeated table markup to a hundredth, bombs to a thousandth.
const MAX_RATIO: u64 = 500;
const RATIO_FROM_BYTES: u64 = 16 * 1024 * 1024;

const MAX_CONTENT_TYPES_BYTES: u64 = 4 * 1024 * 1024;

/// What a ZIP archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inside {
    /// A Word document.
    Word,
    /// Something else, in words for the user.
    Other(&'static str),
}

/// What a ZIP archive is, by its table of content types.
///
/// # Errors
/// Why it cannot be opened.
pub(crate) fn inside(bytes: &[u8]) -> Result<Inside, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut text = |name: &str| {
        let mut text = String::new();
        let part = archive.by_name(name).ok()?;
        part.take(MAX_CONTENT_TYPES_BYTES).read_to_string(&mut text).ok()?;
        Some(text)
    };
    if let Some(types) = text("[Content_Types].xml") {
        let kinds = [
            ("wordprocessingml.document.main", Inside::Word),
            ("wordprocessingml.template.main", Inside::Word),
            ("ms-word.document.macroEnabled.main", Inside::Word),
            ("ms-word.template.macroEnabledTemplate.main", Inside::Word),
            ("spreadsheetml", Inside::Other("an Excel workbook (.xlsx); save it as CSV")),
            ("ms-excel", Inside::Other("an Excel workbook; save it as CSV")),
            ("presentationml", Inside::Other("a PowerPoint presentation (.pptx); save it as PDF")),
        ];
        let found = kinds.iter().find(|(mark, _)| types.contains(mark));
        return Ok(found.map_or(Inside::Other("an Office file of an unknown kind"), |(_, inside)| *inside));
    }
    Ok(Inside::Other(match text("mimetype").as_deref().map(str::trim) {
        Some("application/epub+zip") => "an EPUB book; convert it to HTML or PDF",
        Some(kind) if kind.starts_with("application/vnd.oasis.opendocument.text") => {
            "an OpenDocument text (.odt); save it as DOCX"
        }
        Some(kind) if kind.starts_with("application/vnd.oasis.opendocument") => {
            "an OpenDocument file; save it as PDF or CSV"
        }
        _ => "a ZIP archive; unpack it and add the documents in it",
    }))
}

/// An opened document.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    unpacked_bytes: u64,
}

impl<'a> Package<'a> {
    /// Opens the archive.
    ///
    /// # Errors
    /// Where it is damaged.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(error.to_string()))?;
        Ok(Self { archive, unpacked_bytes: 0 })
    }

    /// The name of the main part.
    ///
    /// # Errors
    /// Where there is none, or its relationships go over a bound.
    pub(super) fn document_part(&mut self) -> Result<String, ParseError> {
        if let Some(target) = self.relationships("")?.first("officeDocument") {
            return Ok(target.to_owned());
        }
        let usual = "word/document.xml";
        match self.index(usual) {
            Some(_) => Ok(usual.to_owned()),
            None => Err(broken("it has no main document part")),
        }
    }

    /// The relationships of a part, or of the package for `""`. Damaged ones are none.
    ///
    /// # Errors
    /// Where they go over a bound.
    pub(super) fn relationships(&mut self, part: &str) -> Result<Relationships, ParseError> {
        match self.read(&Relationships::name(part)) {
            Ok(Some(text)) => Ok(Relationships::read(part, &text)),
            Ok(None) | Err(ParseError::Broken { .. }) => Ok(Relationships::default()),
            Err(error) => Err(error),
        }
    }

    /// The text of a part that the main text does not depend on: a damaged one, of the `kind`, is
    /// left out with a warning.
    ///
    /// # Errors
    /// Where it goes over a bound.
    pub(super) fn optional(
        &mut self,
        name: Option<&str>,
        kind: &str,
        draft: &mut Draft,
    ) -> Result<Option<String>, ParseError> {
        let Some(name) = name else { return Ok(None) };
        match self.read(name) {
            Err(ParseError::Broken { reason, .. }) => {
                draft.warnings.push(format!("{kind} are left out: {reason}"));
                Ok(None)
            }
            other => other,
        }
    }

    /// The title of the document's core properties.
    pub(super) fn core_title(&mut self) -> Option<String> {
        let relationships = self.relationships("").ok()?;
        let target = relationships.first("core-properties").or(relationships.first("coreProperties"))?;
        let properties = xml::tree(&self.read(target).ok()??).ok()?;
        let title = properties.child("title")?.text();
        // What print drivers fill in is the name of some file.
        let is_a_title = !title.trim().is_empty() && !title.starts_with("Microsoft Word - ");
        is_a_title.then_some(title)
    }

    /// The text of a part, `None` where there is no such part.
    ///
    /// # Errors
    /// Where it is damaged or goes over a bound.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<String>, ParseError> {
        let Some(index) = self.index(name) else { return Ok(None) };
        let part = self.archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => {
                ParseError::Encrypted { format: "DOCX" }
            }
            error => broken(error.to_string()),
        })?;
        let bound = part.compressed_size().saturating_mul(MAX_RATIO).clamp(RATIO_FROM_BYTES, MAX_PART_BYTES);
        // Parts may be small each, and referred to without end.
        let bound = bound.min(MAX_TOTAL_BYTES.saturating_sub(self.unpacked_bytes));
        let mut bytes = Vec::new();
        part.take(bound + 1).read_to_end(&mut bytes).map_err(|error| broken(format!("{name}: {error}")))?;
        self.unpacked_bytes += bytes.len() as u64;
        if bytes.len() as u64 > bound {
            return Err(ParseError::TooLarge(format!(
                "{name} unpacks to more than {} MiB",
                bound / 1024 / 1024
            )));
        }
        Ok(Some(encoding::decode(&bytes, None).text))
    }

    /// Where a part lies. Names of parts are the same in whatever case they are written, and some
    /// writers put a slash before them or take backslashes.
    fn index(&self, name: &str) -> Option<usize> {
        let is_same = |stored: &str| {
            let stored = stored.trim_start_matches(['/', '\\']);
            let bytes =
                stored.bytes().map(|byte| if byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() });
            stored.len() == name.len() && bytes.eq(name.bytes().map(|byte| byte.to_ascii_lowercase()))
        };
        self.archive.index_for_name(name).or_else(|| {
            self.archive.file_names().position(|stored| stored.is_ok_and(|stored| is_same(&stored)))
        })
    }
}
