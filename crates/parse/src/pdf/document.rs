//! A PDF as a whole: opening it, its title and its outline.

use std::{borrow::Cow, collections::HashSet};

use hayro_syntax::{
    DecryptionError, LoadPdfError, Pdf, PdfData,
    object::{self, Dict, ObjectIdentifier},
};

use crate::{ParseError, Password};

/// The most entries that are read of an outline.
const MAX_OUTLINE: usize = 20_000;

/// An entry of the outline ("bookmarks").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OutlineItem {
    /// 1 for the outermost.
    pub(super) level: u8,
    pub(super) title: String,
}

/// Opens a PDF, an encrypted one with the empty password or the first of these that fits; damaged ones are
/// repaired as far as that goes.
///
/// # Errors
/// Where none of the passwords opens it, or it holds no page.
pub(super) fn open(bytes: &[u8], passwords: &[Password]) -> Result<Pdf, ParseError> {
    const LOCKED: LoadPdfError = LoadPdfError::Decryption(DecryptionError::PasswordProtected);
    let data = PdfData::from(bytes.to_vec());
    let mut opened = Pdf::new(data.clone());
    for password in passwords {
        if opened.as_ref().err() != Some(&LOCKED) {
            break;
        }
        opened = Pdf::new_with_password(data.clone(), password.expose());
    }
    let pdf = opened.map_err(|error| match error {
        LOCKED => ParseError::Locked { tried: passwords.len() },
        LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm) => {
            broken("it is encrypted in a way that is not supported")
        }
        LoadPdfError::Decryption(_) => broken("its encryption is damaged"),
        LoadPdfError::Invalid => broken("no page can be found in it; it is cut off, damaged or no PDF"),
    })?;
    if pdf.pages().is_empty() {
        return Err(broken("it has no pages"));
    }
    Ok(pdf)
}

/// The error of a PDF that is damaged beyond repair.
pub(super) fn broken(reason: impl Into<String>) -> ParseError {
    ParseError::Broken { format: "PDF", reason: reason.into() }
}

/// The title that the document gives itself, unless it is what a program put there by default.
pub(super) fn title(pdf: &Pdf) -> Option<String> {
    let title = text_string(pdf.metadata().title.as_deref()?);
    let title = title.trim();
    let lower = title.to_lowercase();
    let by_default = lower.starts_with("microsoft word")
        || lower.starts_with("microsoft powerpoint")
        || lower.starts_with("untitled")
        || [".doc", ".docx", ".dvi", ".tex", ".indd", ".pdf", ".ppt", ".pptx", ".odt", ".qxd"]
            .iter()
            .any(|ending| lower.ends_with(ending));
    (!title.is_empty() && !by_default).then(|| title.to_owned())
}

/// The outline, in reading order; empty where there is none.
pub(super) fn outline(pdf: &Pdf) -> Vec<OutlineItem> {
    let first = pdf
        .xref()
        .get::<Dict<'_>>(pdf.xref().root_id())
        .and_then(|root| root.get::<Dict<'_>>("Outlines"))
        .and_then(|outlines| outlines.get::<Dict<'_>>("First"));
    let mut items = Vec::new();
    let mut seen: HashSet<ObjectIdentifier> = HashSet::new();
    // Entries still to read, the next one last.
    let mut waiting: Vec<(Dict<'_>, u8)> = first.map(|dict| (dict, 1)).into_iter().collect();
    while let Some((entry, level)) = waiting.pop()
        && items.len() < MAX_OUTLINE
    {
        if entry.obj_id().is_some_and(|id| !seen.insert(id)) {
            continue;
        }
        if let Some(title) = entry.get::<object::String<'_>>("Title") {
            items.push(OutlineItem { level, title: text_string(&title).into_owned() });
        }
        if let Some(next) = entry.get::<Dict<'_>>("Next") {
            waiting.push((next, level));
        }
        if let Some(child) = entry.get::<Dict<'_>>("First") {
            waiting.push((child, level.saturating_add(1)));
        }
    }
    items
}

/// A text string (ISO 32000-2, 7.9.2.2): UTF-16 or UTF-8 behind a byte order mark, else
/// PDFDocEncoding, of which all but a few characters are Latin-1.
pub(super) fn text_string(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned().into()
        }
        [0xff, 0xfe, rest @ ..] => {
            encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned().into()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        _ => bytes.iter().map(|byte| pdf_doc_character(*byte)).collect::<String>().into(),
    }
}

fn pdf_doc_character(byte: u8) -> char {
    const HIGH: [char; 31] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ',
        'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž',
    ];
    const LOW: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    match byte {
        0x18..=0x1f => LOW[usize::from(byte - 0x18)],
        0x80..=0x9e => HIGH[usize::from(byte - 0x80)],
        0xa0 => '€',
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(b"Plain", "Plain")]
    #[case(b"na\xefve \x84 \xa05", "na\u{ef}ve — €5")]
    #[case(b"\xfe\xff\x04\x10\x00b", "Аb")]
    #[case(b"\xef\xbb\xbf\xc3\xa9", "é")]
    fn text_strings_are_read_in_their_encodings(#[case] bytes: &[u8], #[case] expected: &str) {
        assert_eq!(text_string(bytes), expected);
    }
}
