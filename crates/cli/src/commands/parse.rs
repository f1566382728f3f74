//! `data-forge parse FILE…`.

use std::{
    collections::BTreeMap,
    fs, io,
    panic::{self, AssertUnwindSafe},
    path::Path,
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use ::parse::{ChunkDraft, Help, Ocr, Options};
use anyhow::Context;
use jobs::Tesseract;
use model::{ParsedDocument, Parsing};
use serde::Serialize;

use crate::{
    args::{ParseArgs, TextFormat},
    failure::{Exit, Outcome},
    printer::Printer,
    settings::{ReadingSettings, Settings},
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

/// Prints documents as parsed, in the order they are named. One that fails is named, and the rest goes on.
pub(crate) fn run(args: &ParseArgs, printer: &Printer) -> Outcome<Exit> {
    let parsing = args.parsing.parsing()?;
    let settings = Settings::load_reading()?;
    wiring::check_ocr(parsing.options, &settings.ocr_languages)?;
    let (files, threads) = (&args.files, jobs::threads());
    let read = |at: usize| {
        // Many documents are read side by side; the last ones, by several threads each.
        let options = Options { threads: (threads / (files.len() - at)).max(1), ..parsing.options.into() };
        one(&files[at], args.format, &options, &parsing, &settings)
    };
    let mut failed = 0;
    in_order(files.len(), threads, read, |at, read| match read {
        Ok(text) => printer.data(text),
        Err(error) => {
            failed += 1;
            printer.note(format!("error: {}: {error:#}", files[at].display()));
            Ok(())
        }
    })?;
    Ok(match failed {
        0 => Exit::Done,
        all if all == files.len() => Exit::Failed,
        _ => Exit::Partial,
    })
}

fn one(
    path: &Path,
    format: Option<TextFormat>,
    options: &Options,
    parsing: &Parsing,
    settings: &ReadingSettings,
) -> anyhow::Result<String> {
    let bytes = fs::read(path).context("it cannot be read")?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let format_of_file = ::parse::detect(&bytes, &name)?;
    // Each document has its own time for it.
    let ocr = parsing.options.ocr.then(|| Tesseract::find(&settings.ocr_languages)).transpose()?;
    let help = Help { passwords: &settings.pdf_passwords, ocr: ocr.as_ref().map(|ocr| ocr as &dyn Ocr) };
    let document = ::parse::parse_with(&bytes, format_of_file, options, help)?;
    Ok(match format {
        Some(TextFormat::Text) => document.text,
        Some(TextFormat::Markdown) => ::parse::render::markdown(&document),
        None => {
            let chunks = ::parse::chunk(&document, &parsing.chunking);
            serde_json::to_string(&Line { path, document: &document, chunks: &chunks })?
        }
    })
}

/// Works at `0..count` on several threads, and takes the results in order as they come, up to the first
/// that cannot be taken. No more than two results a thread wait to be taken.
fn in_order<T: Send>(
    count: usize,
    threads: usize,
    work: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(usize, T) -> io::Result<()>,
) -> anyhow::Result<()> {
    let threads = threads.min(count);
    let ahead = 2 * threads;
    let (claims, claimed) = mpsc::sync_channel(ahead);
    let (results, done) = mpsc::sync_channel(ahead);
    let claimed = Mutex::new(claimed);
    thread::scope(|scope| {
        // Dropped at the end, which ends the threads.
        let claims = claims;
        for _ in 0..threads {
            let (results, claimed, work) = (results.clone(), &claimed, &work);
            let claim = move || claimed.lock().unwrap_or_else(PoisonError::into_inner).recv();
            scope.spawn(move || {
                while let Ok(at) = claim() {
                    // Nobody would wait for the end of a thread that panics.
                    let result = panic::catch_unwind(AssertUnwindSafe(|| work(at)));
                    if results.send((at, result)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(results);
        for at in 0..ahead.min(count) {
            claims.send(at)?;
        }
        let mut waiting = BTreeMap::new();
        for at in 0..count {
            let result = loop {
                match waiting.remove(&at) {
                    Some(result) => break result,
                    None => waiting.extend([done.recv()?]),
                }
            };
            take(at, result.unwrap_or_else(|payload| panic::resume_unwind(payload)))?;
            if at + ahead < count {
                claims.send(at + ahead)?;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_taken_in_order() {
        for threads in [1, 3, 200] {
            let mut taken = Vec::new();
            let take = |at, result| {
                taken.push((at, result));
                Ok(())
            };
            in_order(100, threads, |at| at * at, take).unwrap();
            assert_eq!(taken, (0..100).map(|at| (at, at * at)).collect::<Vec<_>>());
        }
        in_order(0, 2, |at| at, |_, _| Ok(())).unwrap();
    }

    #[test]
    fn what_cannot_be_taken_ends_the_work() {
        let mut taken = 0;
        let take = |_, _| {
            taken += 1;
            if taken < 3 { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
        };
        assert!(in_order(100, 2, |at| at, take).is_err());
        assert_eq!(taken, 3);
    }
}
