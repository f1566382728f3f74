//! The lines of an object, read as a stream.

use model::Sha256Hex;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// A line that holds more than white space.
pub(super) struct Line {
    /// Its number in the file, from 1.
    pub(super) number: u64,
    /// What it says, without its end; of one that is too long its beginning, one byte longer than a line may be.
    pub(super) text: String,
}

/// The lines of an object, in order.
pub(super) struct Lines {
    reader: BufReader<Box<dyn AsyncRead + Send + Unpin>>,
    most: usize,
    number: u64,
    bytes: u64,
    hash: Sha256,
}

impl Lines {
    /// Lines of at most so many bytes.
    pub(super) fn new(object: Box<dyn AsyncRead + Send + Unpin>, most: usize) -> Self {
        let reader = BufReader::with_capacity(256 * 1024, object);
        Self { reader, most, number: 0, bytes: 0, hash: Sha256::new() }
    }

    /// The next line that holds more than white space.
    ///
    /// # Errors
    /// Where the object cannot be read.
    pub(super) async fn next(&mut self) -> std::io::Result<Option<Line>> {
        loop {
            let Some(bytes) = self.line().await? else { return Ok(None) };
            self.number += 1;
            let bytes =
                bytes.strip_prefix(b"\xEF\xBB\xBF".as_slice()).filter(|_| self.number == 1).unwrap_or(&bytes);
            let text = String::from_utf8_lossy(bytes);
            let text = if bytes.len() > self.most { &*text } else { text.trim() };
            if !text.is_empty() {
                return Ok(Some(Line { number: self.number, text: text.to_owned() }));
            }
        }
    }

    /// How many bytes were read, and their SHA-256.
    pub(super) fn read(self) -> (u64, Sha256Hex) {
        (self.bytes, self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The bytes of a line as far as they are kept; `None` behind the last one.
    async fn line(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let (mut line, mut is_there) = (Vec::new(), false);
        loop {
            let read = self.reader.fill_buf().await?;
            if read.is_empty() {
                return Ok(is_there.then_some(line));
            }
            is_there = true;
            let end = read.iter().position(|byte| *byte == b'\n');
            let part = &read[..end.unwrap_or(read.len())];
            line.extend_from_slice(&part[..part.len().min((self.most + 1).saturating_sub(line.len()))]);
            let taken = end.map_or(read.len(), |end| end + 1);
            self.hash.update(&read[..taken]);
            self.bytes += taken as u64;
            self.reader.consume(taken);
            if end.is_some() {
                return Ok(Some(line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_numbered_and_bounded_and_blank_ones_passed_over() {
        let bytes = b"\xEF\xBB\xBFone\r\n\n  \ntwelve bytes and more\n\xFFx\nlast";
        let mut lines = Lines::new(Box::new(&bytes[..]), 12);
        let mut found = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            found.push((line.number, line.text));
        }
        let expected = [(1, "one"), (4, "twelve bytes "), (5, "\u{FFFD}x"), (6, "last")];
        assert_eq!(found, expected.map(|(number, text)| (number, text.to_owned())));
        assert_eq!(lines.read(), (bytes.len() as u64, model::sha256_hex(bytes)));
    }
}
