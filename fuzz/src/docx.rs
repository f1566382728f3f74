//! DOCX packages made of readable input. A zip's checksums and compression would turn away nearly all that a fuzzer makes up, before
//! the first byte of XML is read.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Starts a part within an input; its name stands on the rest of the line.
const PART: &[u8] = b"== ";

const CONTENT_TYPES: &[u8] = br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;

const RELATIONSHIPS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

/// A package of the parts of an input: `== NAME` on a line, then the part's bytes. A package's own bytes stay as they are; the parts
/// that name the document are added where they are missing.
pub fn package(input: &[u8]) -> Vec<u8> {
    if input.starts_with(b"PK") {
        return input.to_vec();
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut parts = parts(input);
    for (name, content) in [("[Content_Types].xml", CONTENT_TYPES), ("_rels/.rels", RELATIONSHIPS)] {
        if parts.iter().all(|(other, _)| other != name) {
            parts.push((name.to_owned(), content));
        }
    }
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in parts {
        // A name that a zip cannot hold, such as one given twice, is left out.
        if writer.start_file(name, stored).is_ok() {
            writer.write_all(content).expect("memory takes what is written to it");
        }
    }
    writer.finish().expect("memory takes what is written to it").into_inner()
}

fn parts(input: &[u8]) -> Vec<(String, &[u8])> {
    let mut parts: Vec<(String, usize, usize)> = Vec::new();
    let mut at = 0;
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        if let Some(name) = line.strip_prefix(PART) {
            if let Some(last) = parts.last_mut() {
                last.2 = at;
            }
            parts.push((
                String::from_utf8_lossy(name.trim_ascii()).into_owned(),
                at + line.len(),
                input.len(),
            ));
        }
        at += line.len();
    }
    parts.into_iter().map(|(name, start, end)| (name, &input[start..end])).collect()
}
