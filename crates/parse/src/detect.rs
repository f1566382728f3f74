//! What a file is written in: by its content first, by its name second.

mod binary;
mod text;

use std::path::Path;

use model::Format;

use crate::{ParseError, docx, encoding};

/// How much of a text is looked at.
const SAMPLE: usize = 64 * 1024;

/// The format of a document, by its content first and its name second.
///
/// # Errors
/// [`ParseError::Empty`] where there is nothing but white space, [`ParseError::Encrypted`] for a DOCX
/// behind a password, [`ParseError::Unsupported`] for what is none of our formats.
pub fn detect(bytes: &[u8], filename: &str) -> Result<Format, ParseError> {
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(ParseError::Empty);
    }
    if binary::is_pdf(bytes) {
        return Ok(Format::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return zip(bytes, filename);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Err(binary::compound_file(bytes));
    }
    if let Some(found) = binary::kind(bytes) {
        return Err(unsupported(found));
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    if !encoding::is_wide(sample) && binary::is_rubbish(sample) {
        return Err(match by_extension(filename) {
            Some(Format::Pdf) => broken("PDF", "it has no PDF header"),
            Some(Format::Docx) => broken("DOCX", "it is not a ZIP archive"),
            _ => unsupported("a binary file of an unknown kind"),
        });
    }
    let text = encoding::decode_lines(sample, None).text;
    if text.trim().is_empty() && bytes.len() <= SAMPLE {
        return Err(ParseError::Empty);
    }
    if text::is_html(&text) {
        return Ok(Format::Html);
    }
    Ok(match by_extension(filename) {
        Some(format) if !matches!(format, Format::Pdf | Format::Docx) => format,
        _ => text::guess(&text),
    })
}

/// Whether a file of this name is worth opening: the walk over a folder skips the rest.
pub fn supported_extension(filename: &str) -> bool {
    by_extension(filename).is_some()
}

/// The format that a file's name stands for.
pub fn by_extension(filename: &str) -> Option<Format> {
    let extension = Path::new(filename).extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "pdf" => Format::Pdf,
        "docx" | "docm" => Format::Docx,
        "md" | "markdown" => Format::Markdown,
        "txt" | "text" => Format::Txt,
        "html" | "htm" | "xhtml" => Format::Html,
        "csv" | "tsv" => Format::Csv,
        _ => return None,
    })
}

fn zip(bytes: &[u8], filename: &str) -> Result<Format, ParseError> {
    match docx::inside(bytes) {
        Ok(docx::Inside::Word) => Ok(Format::Docx),
        Ok(docx::Inside::Other(found)) => Err(unsupported(found)),
        Err(reason) if by_extension(filename) == Some(Format::Docx) => Err(broken("DOCX", &reason)),
        Err(_) => Err(unsupported("a damaged ZIP archive")),
    }
}

fn unsupported(found: &str) -> ParseError {
    ParseError::Unsupported { found: found.to_owned() }
}

fn broken(format: &'static str, reason: &str) -> ParseError {
    ParseError::Broken { format, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(b"%PDF-1.7\n1 0 obj", "a.pdf", Format::Pdf)]
    #[case(b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n1 0 obj\n", "download", Format::Pdf)]
    #[case(b"A PDF starts with %PDF-1.7, always.", "notes.txt", Format::Txt)]
    #[case(b"\xEF\xBB\xBF  <!-- old --><!DOCTYPE html><p>x", "page.txt", Format::Html)]
    #[case(
        b"<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><p>x</p></html>",
        "x",
        Format::Html
    )]
    #[case(b"# Title\n\n- a\n", "README.MD", Format::Markdown)]
    #[case(b"plain", "a.html", Format::Html)]
    #[case(b"a\tb\n1\t2\n", "t.tsv", Format::Csv)]
    #[case(b"name,age,city\nAda,36,London\nAlan,41,Manchester\nGrace,85,Arlington\n", "people", Format::Csv)]
    #[case(b"# Guide\n\nSee [the manual](manual.html).\n\n```sh\nmake\n```\n", "guide", Format::Markdown)]
    #[case(b"<div><p>One</p><p>Two</p><p>Three</p></div>", "fragment", Format::Html)]
    #[case(b"Just a letter, with commas, and more,\nover lines, too.\n", "letter", Format::Txt)]
    #[case(b"T\0h\0i\0s\0 \0i\0s\0 \0t\0e\0x\0t\0", "wide.txt", Format::Txt)]
    #[case(b"not a pdf at all", "fake.pdf", Format::Txt)]
    fn formats_are_told(#[case] bytes: &[u8], #[case] name: &str, #[case] format: Format) {
        assert_eq!(detect(bytes, name), Ok(format));
    }

    #[rstest]
    #[case(b"", "a.txt", "the file is empty")]
    #[case(b" \r\n\t\n", "a.md", "the file is empty")]
    #[case(b"\xEF\xBB\xBF\n", "a.txt", "the file is empty")]
    #[case(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "a.txt", "a PNG image")]
    #[case(b"\x7FELF\x02\x01\x01\0\0\0\0\0", "tool", "a program")]
    #[case(b"{\\rtf1\\ansi Hello}", "a.doc", "an RTF document; save it as DOCX")]
    #[case(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "a.zip", "a ZIP archive")]
    #[case(b"PK\x03\x04 cut off", "a.docx", "the DOCX cannot be read")]
    #[case(b"\x01\x02\x03\x04\x05\x06\x07\x08\xFF\xFE\x00\x10", "a.txt", "a binary file")]
    fn the_rest_is_named(#[case] bytes: &[u8], #[case] name: &str, #[case] reason: &str) {
        let error = detect(bytes, name).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }

    #[rstest]
    #[case("WordDocument", "save it as DOCX")]
    #[case("EncryptedPackage", "the DOCX needs a password")]
    #[case("Workbook", "Excel")]
    fn compound_files_are_named(#[case] entry: &str, #[case] reason: &str) {
        let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        bytes.resize(1024, 0);
        bytes.extend(entry.encode_utf16().flat_map(u16::to_le_bytes));
        let error = detect(&bytes, "a.docx").unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }

    #[test]
    fn names_are_sorted_out() {
        assert!(["a.PDF", "b/c.markdown", "d.e.tsv", "x.docx"].into_iter().all(supported_extension));
        assert!(!["a", ".md/", "b.rs", "pdf", "a.doc"].into_iter().any(supported_extension));
    }
}
