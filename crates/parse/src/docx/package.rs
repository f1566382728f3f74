//! The archive: parts by name, found through their relationships, each unpacked within bounds.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{broken, xml};
use crate::{Draft, ParseError, encoding};

/// How much one part may unpack to.
const MAX_PART_BYTES: u64 = 256 * 1024 * 1024;

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
}

impl<'a> Package<'a> {
    /// Opens the archive.
    ///
    /// # Errors
    /// Where it is damaged.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(error.to_string()))?;
        Ok(Self { archive })
    }

    /// The name of the main part.
    ///
    /// # Errors
    /// Where there is none.
    pub(super) fn document_part(&mut self) -> Result<String, ParseError> {
        if let Some(target) = self.target("", "officeDocument") {
            return Ok(target);
        }
        let usual = "word/document.xml";
        match self.archive.index_for_name(usual) {
            Some(_) => Ok(usual.to_owned()),
            None => Err(broken("it has no main document part")),
        }
    }

    /// The text of the part that `part` has the given relationship to. One that is damaged is left
    /// out with a warning: the main text does not depend on it.
    ///
    /// # Errors
    /// Where it goes over a bound.
    pub(super) fn related(
        &mut self,
        part: &str,
        kind: &str,
        draft: &mut Draft,
    ) -> Result<Option<String>, ParseError> {
        let Some(target) = self.target(part, kind) else { return Ok(None) };
        match self.read(&target) {
            Err(ParseError::Broken { reason, .. }) => {
                draft.warnings.push(format!("{kind} are left out: {reason}"));
                Ok(None)
            }
            other => other,
        }
    }

    /// The title of the document's core properties.
    pub(super) fn core_title(&mut self) -> Option<String> {
        let target = self.target("", "core-properties").or_else(|| self.target("", "coreProperties"))?;
        let properties = xml::tree(&self.read(&target).ok()??).ok()?;
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
        let Some(index) = self.archive.index_for_name(name) else { return Ok(None) };
        let part = self.archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => {
                ParseError::Encrypted { format: "DOCX" }
            }
            error => broken(error.to_string()),
        })?;
        let bound = part.compressed_size().saturating_mul(MAX_RATIO).clamp(RATIO_FROM_BYTES, MAX_PART_BYTES);
        let mut bytes = Vec::new();
        part.take(bound + 1).read_to_end(&mut bytes).map_err(|error| broken(format!("{name}: {error}")))?;
        if bytes.len() as u64 > bound {
            return Err(ParseError::TooLarge(format!(
                "{name} unpacks to more than {} MiB",
                bound / 1024 / 1024
            )));
        }
        Ok(Some(encoding::decode(&bytes, None).text))
    }

    /// The part that `part` (or the package, for `""`) has a relationship of the kind to. The kind is
    /// the last piece of the relationship's type, which transitional and strict files share.
    fn target(&mut self, part: &str, kind: &str) -> Option<String> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let relationships = if folder.is_empty() {
            format!("_rels/{file}.rels")
        } else {
            format!("{folder}/_rels/{file}.rels")
        };
        let tree = xml::tree(&self.read(&relationships).ok()??).ok()?;
        let target = tree.children().find(|relationship| {
            relationship.attribute("Type").is_some_and(|name| name.rsplit('/').next() == Some(kind))
                && relationship.attribute("TargetMode") != Some("External")
        })?;
        Some(resolve(folder, target.attribute("Target")?))
    }
}

/// A target is relative to the folder of the part it belongs to.
fn resolve(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.retain(|step| !step.is_empty());
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_relative_to_their_part() {
        assert_eq!(resolve("word", "styles.xml"), "word/styles.xml");
        assert_eq!(resolve("word", "../docProps/core.xml"), "docProps/core.xml");
        assert_eq!(resolve("word", "/word/notes.xml"), "word/notes.xml");
        assert_eq!(resolve("", "word/document.xml"), "word/document.xml");
        assert_eq!(resolve("word", "../../x.xml"), "x.xml");
    }
}
