//! Exchanges as a Parquet file with the column `messages`.

use std::{io::Write, sync::Arc};

use parquet::{
    basic::Compression,
    data_type::{ByteArray, ByteArrayType},
    errors::ParquetError,
    file::{
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};

use crate::messages::Message;

/// As Hugging Face's datasets have them: a list of structures of two strings.
const SCHEMA: &str = "
message dataset {
    REQUIRED GROUP messages (LIST) {
        REPEATED GROUP list {
            REQUIRED GROUP element {
                REQUIRED BYTE_ARRAY role (STRING);
                REQUIRED BYTE_ARRAY content (STRING);
            }
        }
    }
}";

/// Rows that are held in memory until they are written as a group; a group also ends at so many bytes.
const GROUP_ROWS: u64 = 10_000;
const GROUP_BYTES: usize = 16 << 20;

/// Writes exchanges, each as a row.
pub(crate) struct MessagesWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    group: Group,
    rows: u64,
}

/// The rows that are not written yet. Every one has at least one message.
#[derive(Default)]
struct Group {
    roles: Vec<ByteArray>,
    contents: Vec<ByteArray>,
    /// 1: there is a message. There always is.
    definition: Vec<i16>,
    /// 0 where a row begins, 1 where it goes on.
    repetition: Vec<i16>,
    rows: u64,
    bytes: usize,
}

impl<W: Write + Send> MessagesWriter<W> {
    /// Begins a file.
    pub(crate) fn new(out: W) -> Result<Self, ParquetError> {
        let schema = Arc::new(parse_message_type(SCHEMA)?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            // Not the library's version: the same pairs are the same bytes.
            .set_created_by("data-forge".into())
            .build();
        let file = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
        Ok(Self { file, group: Group::default(), rows: 0 })
    }

    /// Writes an exchange as a row.
    pub(crate) fn write(&mut self, messages: &[Message<'_>]) -> Result<(), ParquetError> {
        self.group.add(messages);
        self.rows += 1;
        if self.group.rows >= GROUP_ROWS || self.group.bytes >= GROUP_BYTES {
            self.end_group()?;
        }
        Ok(())
    }

    /// The rows so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends the file; gives back what it was written to, and its rows.
    pub(crate) fn finish(mut self) -> Result<(W, u64), ParquetError> {
        self.end_group()?;
        Ok((self.file.into_inner()?, self.rows))
    }

    fn end_group(&mut self) -> Result<(), ParquetError> {
        let group = std::mem::take(&mut self.group);
        if group.rows == 0 {
            return Ok(());
        }
        let mut out = self.file.next_row_group()?;
        group.put(&group.roles, &mut out)?;
        group.put(&group.contents, &mut out)?;
        out.close()?;
        Ok(())
    }
}

impl Group {
    fn add(&mut self, messages: &[Message<'_>]) {
        for (at, Message { role, content }) in messages.iter().enumerate() {
            self.roles.push(ByteArray::from(*role));
            self.contents.push(ByteArray::from(&**content));
            self.definition.push(1);
            self.repetition.push(i16::from(at > 0));
            self.bytes += content.len();
        }
        self.rows += 1;
    }

    fn put<W: Write + Send>(
        &self,
        values: &[ByteArray],
        out: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        let column = out.next_column()?;
        let mut column = column
            .ok_or_else(|| ParquetError::General("the schema has fewer columns than are written".into()))?;
        column.typed::<ByteArrayType>().write_batch(
            values,
            Some(&self.definition),
            Some(&self.repetition),
        )?;
        column.close()
    }
}

impl<W: Write + Send> std::fmt::Debug for MessagesWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessagesWriter").field("rows", &self.rows).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use parquet::{
        file::reader::{FileReader, SerializedFileReader},
        record::RowAccessor,
    };

    use super::*;
    use crate::{messages::messages, testing::pair};

    #[test]
    fn rows_read_back_across_groups() {
        let mut writer = MessagesWriter::new(Vec::new()).unwrap();
        let rows = GROUP_ROWS + 3;
        for at in 0..rows {
            let pair = model::Pair { answer: format!("Answer {at}, ß漢🦀\u{2028}"), ..pair(0) };
            writer.write(&messages(&pair, at % 2 == 0)).unwrap();
        }
        let (bytes, written) = writer.finish().unwrap();
        assert_eq!(written, rows);
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        assert_eq!(reader.num_row_groups(), 2);
        let mut read = 0;
        for (at, row) in reader.get_row_iter(None).unwrap().enumerate() {
            let row = row.unwrap();
            let list = row.get_list(0).unwrap();
            assert_eq!(list.len(), if at % 2 == 0 { 3 } else { 2 });
            read += 1;
        }
        assert_eq!(read, rows);
    }

    #[test]
    fn no_rows_are_a_file_too() {
        let (bytes, rows) = MessagesWriter::new(Vec::new()).unwrap().finish().unwrap();
        assert_eq!(rows, 0);
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
    }
}
