//! Documents of bytes, of uploaded objects, of text and of addresses.

mod object;

use model::{Document, DocumentId, DocumentStatus, Format, ProjectId, Sha256Hex, UserId, sha256_hex};
use parse::ParseError;
use store::{Keys, StoreError};

pub use self::object::from_object;
use crate::{
    Environment,
    fetch::{self, FetchError},
    random_bytes,
};

/// Where documents are added.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// The stores and the clock.
    pub environment: &'a Environment,
    /// Whose project it is.
    pub user: &'a UserId,
    /// The project.
    pub project: ProjectId,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// It is none of our formats, or cannot be told to be one.
    #[error(transparent)]
    Unsupported(ParseError),
    /// Nothing was uploaded under that key.
    #[error("nothing was uploaded there: PUT the file to its upload_url first")]
    Missing,
    /// It has no content.
    #[error("there is no text in it, nothing but white space")]
    Empty,
    /// The address is none that may be fetched.
    #[error(transparent)]
    Url(#[from] FetchError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A document of bytes: the same name and content is the same document. What has the name of a format
/// and cannot be read as such is a document all the same, so that it fails by name and with its reason.
///
/// # Errors
/// [`IngestError::Unsupported`]; where a store fails.
pub async fn from_bytes(target: &Target<'_>, filename: &str, bytes: &[u8]) -> Result<Document, IngestError> {
    let format = recognise(bytes, filename).map_err(IngestError::Unsupported)?;
    let Target { environment, user, project } = *target;
    let sha256 = sha256_hex(bytes);
    if let Some(known) = environment.metadata.find_document(user, project, filename, &sha256).await? {
        return Ok(known);
    }
    let mut document = target.document(filename, format);
    document.sha256 = sha256;
    document.size_bytes = bytes.len() as u64;
    environment.objects.put(&Keys::new(user, project).source(document.id), bytes).await?;
    environment.metadata.add_document(user, &document).await?;
    Ok(document)
}

/// A document of a text: of the format that its name or its content says. As [`from_bytes`].
///
/// # Errors
/// [`IngestError::Empty`], [`IngestError::Unsupported`] where the text is a file of another kind; where a
/// store fails.
pub async fn from_text(target: &Target<'_>, filename: &str, text: &str) -> Result<Document, IngestError> {
    if text.trim().is_empty() {
        return Err(IngestError::Empty);
    }
    from_bytes(target, filename, text.as_bytes()).await
}

/// A document that its parse will fetch; nothing is fetched yet. It is named after the end of the
/// address where it has no name, and taken for HTML where that says nothing else.
///
/// # Errors
/// [`IngestError::Url`] for an address that is never fetched; where the store fails.
pub async fn from_url(
    target: &Target<'_>,
    url: &str,
    filename: Option<&str>,
) -> Result<Document, IngestError> {
    let url = fetch::check_url(url)?;
    let filename = filename.map_or_else(|| fetch::filename(&url), str::to_owned);
    let format =
        parse::by_extension(&filename).or_else(|| parse::by_extension(url.path())).unwrap_or(Format::Html);
    let document = Document { source_url: Some(url.into()), ..target.document(&filename, format) };
    target.environment.metadata.add_document(target.user, &document).await?;
    Ok(document)
}

impl Target<'_> {
    /// A document without bytes.
    fn document(&self, filename: &str, format: Format) -> Document {
        let now = self.environment.now();
        let id = DocumentId::new(now, random_bytes());
        Document {
            id,
            project_id: self.project,
            filename: filename.to_owned(),
            format,
            size_bytes: 0,
            sha256: Sha256Hex::new(),
            storage_key: Keys::new(self.user, self.project).source(id).to_string(),
            source_url: None,
            status: DocumentStatus::Uploaded,
            error: None,
            pages: None,
            chunk_count: 0,
            warnings: Vec::new(),
            parsing: None,
            created_at: now,
            parsed_at: None,
        }
    }
}

/// The format by content, else by name; a kind of file that is none of ours has none.
fn recognise(bytes: &[u8], filename: &str) -> Result<Format, ParseError> {
    parse::detect(bytes, filename).or_else(|error| match error {
        ParseError::Unsupported { .. } => Err(error),
        error => parse::by_extension(filename).ok_or(error),
    })
}

#[cfg(test)]
mod tests;
