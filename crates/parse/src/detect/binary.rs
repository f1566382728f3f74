//! What is no text, by the bytes that mark it.

use crate::ParseError;

/// Whether it is a PDF. Readers look for the header in the first 1024 bytes; what has it further in
/// must also have an object, or it is a text about PDF.
pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    const HEADER: &[u8] = b"%PDF-";
    let start = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes).trim_ascii_start();
    if start.starts_with(HEADER) {
        return true;
    }
    let window = &bytes[..bytes.len().min(1024 + HEADER.len())];
    window
        .windows(HEADER.len())
        .position(|part| part == HEADER)
        .is_some_and(|at| bytes[at..].windows(6).any(|part| part.starts_with(b" 0 obj")))
}

/// A name for formats that people may well try, and some that end up among documents.
pub(super) fn kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1A\n", "a PNG image"),
        (b"\xFF\xD8\xFF", "a JPEG image"),
        (b"GIF87a", "a GIF image"),
        (b"GIF89a", "a GIF image"),
        (b"II*\0", "a TIFF image"),
        (b"MM\0*", "a TIFF image"),
        (b"\x7FELF", "a program"),
        (b"\xCF\xFA\xED\xFE", "a program"),
        (b"\xCA\xFE\xBA\xBE", "a program"),
        (b"\0asm", "a program"),
        (b"{\\rtf", "an RTF document; save it as DOCX"),
        (b"%!PS", "a PostScript file; convert it to PDF"),
        (b"\x1F\x8B", "a gzip archive; unpack it"),
        (b"BZh", "a bzip2 archive; unpack it"),
        (b"\xFD7zXZ\0", "an xz archive; unpack it"),
        (b"\x28\xB5\x2F\xFD", "a Zstandard archive; unpack it"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive; unpack it"),
        (b"Rar!\x1A\x07", "a RAR archive; unpack it"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"OggS\0", "an Ogg file"),
        (b"fLaC", "a FLAC audio file"),
        (b"ID3\x03", "an MP3 audio file"),
        (b"ID3\x04", "an MP3 audio file"),
        (b"PAR1", "a Parquet file"),
    ];
    if let Some((_, name)) = KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(name);
    }
    // These marks are words or too short to stand alone.
    let has_nul = bytes.iter().take(512).any(|byte| *byte == 0);
    match bytes {
        [b'M', b'Z', ..] if has_nul => Some("a program"),
        [b'B', b'M', ..] if has_nul => Some("a BMP image"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("a WebP image"),
        [b'R', b'I', b'F', b'F', ..] if has_nul => Some("an audio or video file"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("an audio, video or HEIF file"),
        _ if bytes.get(257..262) == Some(b"ustar") => Some("a tar archive; unpack it"),
        _ => None,
    }
}

/// What a compound file (the container of Office before 2007, and of encrypted files since) is.
pub(super) fn compound_file(bytes: &[u8]) -> ParseError {
    let holds = |entry: &str| {
        let name: Vec<u8> = entry.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|part| part == name)
    };
    if holds("EncryptedPackage") {
        return ParseError::Encrypted { format: "DOCX" };
    }
    let found = if holds("WordDocument") {
        "a legacy Word file (.doc); save it as DOCX"
    } else if holds("Workbook") {
        "a legacy Excel file (.xls); save it as CSV"
    } else if holds("PowerPoint Document") {
        "a legacy PowerPoint file (.ppt); save it as PDF"
    } else {
        "an old Office or mail file; save it as DOCX or PDF"
    };
    ParseError::Unsupported { found: found.to_owned() }
}

/// Whether a sample that is not UTF-16 or UTF-32 is no text in any encoding: NULs, or more control
/// characters than stray ones.
pub(super) fn is_rubbish(sample: &[u8]) -> bool {
    let nuls = sample.iter().filter(|byte| **byte == 0).count();
    let control =
        sample.iter().filter(|byte| matches!(byte, 1..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F)).count();
    nuls * 100 > sample.len() || control * 20 > sample.len()
}
