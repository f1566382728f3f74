//! `data-forge parse FILE…`.

use std::{fs, path::Path};

use ::parse::{ChunkDraft, Help, Ocr, Password};
use anyhow::Context;
use jobs::Tesseract;
use model::{ParsedDocument, Parsing};
use serde::Serialize;

use crate::{
    args::{ParseArgs, TextFormat},
    failure::{Exit, Outcome},
    printer::Printer,
    settings::Settings,
    wiring,
};

/// A document as parsed, on one line.
#[derive(Serialize)]
struct Line<'a> {
    path: &'a Path,
    #[serde(flatten)]
    document: &'a ParsedDocument,
    chunks: &'a [ChunkDraft],
}

/// Prints documents as parsed. One that fails is named, and the rest goes on.
pub(crate) fn run(args: &ParseArgs, printer: &Printer) -> Outcome<Exit> {
    let parsing = args.parsing.parsing()?;
    let passwords = Settings::load_pdf_passwords()?;
    wiring::check_ocr(parsing.options)?;
    let mut failed = 0;
    for path in &args.files {
        match one(path, args.format, &parsing, &passwords) {
            Ok(text) => printer.data(text)?,
            Err(error) => {
                failed += 1;
                printer.note(format!("error: {}: {error:#}", path.display()));
            }
        }
    }
    Ok(match failed {
        0 => Exit::Done,
        all if all == args.files.len() => Exit::Failed,
        _ => Exit::Partial,
    })
}

fn one(
    path: &Path,
    format: Option<TextFormat>,
    parsing: &Parsing,
    passwords: &[Password],
) -> anyhow::Result<String> {
    let bytes = fs::read(path).context("it cannot be read")?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let format_of_file = ::parse::detect(&bytes, &name)?;
    // Each document has its own time for it.
    let ocr = parsing.options.ocr.then(Tesseract::find).transpose()?;
    let help = Help { passwords, ocr: ocr.as_ref().map(|ocr| ocr as &dyn Ocr) };
    let document = ::parse::parse_with(&bytes, format_of_file, &parsing.options.into(), help)?;
    Ok(match format {
        Some(TextFormat::Text) => document.text,
        Some(TextFormat::Markdown) => ::parse::render::markdown(&document),
        None => {
            let chunks = ::parse::chunk(&document, &parsing.chunking);
            serde_json::to_string(&Line { path, document: &document, chunks: &chunks })?
        }
    })
}
