//! DOCX: Office Open XML text documents, transitional and strict.

mod body;
mod chart;
mod figures;
mod inline;
mod math;
mod numbering;
mod package;
mod relationships;
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
pub(crate) fn parse(bytes: &[u8], options: &Options) -> Result<Draft, ParseError> {
    let mut package = Package::open(bytes)?;
    let document = package.document_part()?;
    let related = package.relationships(&document)?;
    let mut draft = Draft::new(Format::Docx);
    draft.title = package.core_title();
    let mut part = |kind| package.optional(related.first(kind), kind, &mut draft);
    let styles = part("styles")?.map(|xml| Styles::read(&xml)).unwrap_or_default();
    let numbering = part("numbering")?.map(|xml| Numbering::read(&xml)).unwrap_or_default();
    let footnotes = part("footnotes")?;
    let endnotes = part("endnotes")?;
    let comments = if options.comments { part("comments")? } else { None };
    let mut furniture = |kind| {
        let kept = related.of_kind(kind).take(if options.page_furniture { MAX_FURNITURE } else { 0 });
        kept.map(|(_, name)| package.optional(Some(name), kind, &mut draft)).collect::<Result<Vec<_>, _>>()
    };
    let headers = furniture("header")?;
    let footers = furniture("footer")?;
    let figures = figures::read(&mut package, &related, &mut draft)?;
    let text = package.read(&document)?.ok_or_else(|| broken(format!("its part {document} is missing")))?;

    let mut body = Body::new(draft, &styles, numbering);
    body.furniture(headers.iter().flatten());
    body.notes(footnotes.as_deref(), endnotes.as_deref(), comments.as_deref());
    body.figures(figures);
    xml::each_child_of(&text, "body", |element| body.block(&element)).map_err(broken)?;
    body.furniture(footers.iter().flatten());
    Ok(body.finish())
}

/// More headers or footers than any document has: three for each of its sections.
const MAX_FURNITURE: usize = 1_000;

fn broken(reason: impl Into<String>) -> ParseError {
    ParseError::Broken { format: "DOCX", reason: reason.into() }
}

#[cfg(test)]
mod tests;
