//! DOCX: Office Open XML text documents, transitional and strict.

mod body;
mod inline;
mod math;
mod numbering;
mod package;
mod styles;
mod table;
mod xml;

use model::Format;

pub(crate) use package::{Inside, inside};

use crate::{Draft, Options, ParseError};
use body::Body;
use numbering::Numbering;
use package::Package;
use styles::Styles;

/// Parses a DOCX.
///
/// # Errors
/// Where the archive or its main part is damaged, or unpacks to more than the bounds allow.
pub(crate) fn parse(bytes: &[u8], _options: &Options) -> Result<Draft, ParseError> {
    let mut package = Package::open(bytes)?;
    let document = package.document_part()?;
    let mut draft = Draft::new(Format::Docx);
    let styles =
        package.related(&document, "styles", &mut draft)?.map(|xml| Styles::read(&xml)).unwrap_or_default();
    let numbering = package
        .related(&document, "numbering", &mut draft)?
        .map(|xml| Numbering::read(&xml))
        .unwrap_or_default();
    let footnotes = package.related(&document, "footnotes", &mut draft)?;
    let endnotes = package.related(&document, "endnotes", &mut draft)?;
    draft.title = package.core_title();
    let text = package.read(&document)?.ok_or_else(|| broken(format!("its part {document} is missing")))?;

    let mut body = Body::new(draft, &styles, numbering);
    body.notes(footnotes.as_deref(), endnotes.as_deref());
    xml::each_child_of(&text, "body", |element| body.block(&element)).map_err(broken)?;
    Ok(body.finish())
}

fn broken(reason: impl Into<String>) -> ParseError {
    ParseError::Broken { format: "DOCX", reason: reason.into() }
}

#[cfg(test)]
mod tests;
