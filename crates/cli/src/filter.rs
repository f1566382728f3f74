//! JSON lines from standard input to standard output: in order, side by side, a batch at a time, so that
//! memory does not grow with their number.

mod record;

use std::{
    io::{self, BufRead, Read, Write},
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use anyhow::{Context, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::{
    failure::{Exit, Outcome},
    printer::Printer,
};

pub(crate) use record::Record;

/// Lines of a batch at the most.
const BATCH_LINES: usize = 2048;

/// Bytes of a batch from which on no further line is read into it.
const BATCH_BYTES: usize = 8 << 20;

/// Longer lines are refused: they would not fit into memory for long.
const MAX_LINE: usize = 64 << 20;

/// A line that could not be taken, and why.
type Taken<T> = anyhow::Result<T>;

/// Filters standard input in three steps a batch: `read` takes lines apart side by side, `decide` sees
/// them one after the other, with their numbers from 0, and `write` makes the new lines side by side.
///
/// A line that cannot be taken is named, by its number, and the rest goes on.
pub(crate) fn filter<T: Send, D: Send>(
    printer: &Printer,
    read: impl Fn(&str) -> Taken<T> + Sync,
    mut decide: impl FnMut(usize, T) -> D,
    write: impl Fn(&str, D) -> Taken<String> + Sync,
) -> Outcome<Exit> {
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let bar = progress(printer);
    let (mut number, mut good, mut bad) = (0, 0_u64, 0_u64);
    loop {
        let lines = batch(&mut input).context("standard input cannot be read")?;
        if lines.is_empty() {
            break;
        }
        let read: Vec<Option<Taken<T>>> = lines
            .par_iter()
            .map(|line| line.as_ref().map_or_else(|| Some(Err(too_long())), |line| take(line, &read)))
            .collect();
        let decided: Vec<_> = (number..)
            .zip(read)
            .map(|(number, taken)| taken.map(|taken| taken.map(|taken| decide(number, taken))))
            .collect();
        let written: Vec<Option<Taken<String>>> = lines
            .par_iter()
            .zip(decided)
            .map(|(line, decided)| {
                let decide = |decided: Taken<D>| decided.and_then(|decided| write(text(line)?, decided));
                decided.map(decide)
            })
            .collect();
        for written in written {
            match written {
                None => {}
                Some(Ok(line)) => {
                    good += 1;
                    match writeln!(output, "{line}") {
                        // Whoever reads has read enough.
                        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
                        other => other?,
                    }
                }
                Some(Err(error)) => {
                    bad += 1;
                    printer.note(format!("error: line {number} (counted from 0): {error:#}"));
                }
            }
            number += 1;
        }
        bar.set_position(number as u64);
    }
    bar.finish_and_clear();
    output.flush()?;
    Ok(match (good, bad) {
        (_, 0) => Exit::Done,
        (0, _) => Exit::Failed,
        _ => Exit::Partial,
    })
}

fn progress(printer: &Printer) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {human_pos} lines, {per_sec}");
    let bar = printer.bars().add(ProgressBar::no_length());
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

fn too_long() -> anyhow::Error {
    anyhow!("it is longer than {} MiB", MAX_LINE >> 20)
}

/// Some next lines without their ends; `None` for one that is too long, of which no more is kept.
fn batch(input: &mut impl BufRead) -> io::Result<Vec<Option<Vec<u8>>>> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    while lines.len() < BATCH_LINES && bytes < BATCH_BYTES {
        let mut line = Vec::new();
        if input.by_ref().take(MAX_LINE as u64 + 1).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        bytes += line.len();
        if line.len() > MAX_LINE && !line.ends_with(b"\n") {
            input.skip_until(b'\n')?;
            lines.push(None);
        } else {
            lines.push(Some(line));
        }
    }
    Ok(lines)
}

/// Reads a line; nothing for an empty one.
fn take<T>(line: &[u8], read: &impl Fn(&str) -> Taken<T>) -> Option<Taken<T>> {
    if line.trim_ascii().is_empty() {
        return None;
    }
    let read = || std::str::from_utf8(line).context("it is not UTF-8").and_then(|text| read(text.trim()));
    // Whatever a line holds, it is that line alone that fails.
    let read = panic::catch_unwind(AssertUnwindSafe(read));
    Some(read.unwrap_or_else(|_| Err(anyhow!("it made the program panic"))))
}

fn text(line: &Option<Vec<u8>>) -> Taken<&str> {
    Ok(std::str::from_utf8(line.as_deref().unwrap_or_default())?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_into_batches() {
        let text = format!("a\n\nb\n{}", "x\n".repeat(BATCH_LINES));
        let mut input = text.as_bytes();
        let first = batch(&mut input).unwrap();
        assert_eq!(first.len(), BATCH_LINES);
        assert_eq!(first[..3], [Some(b"a\n".to_vec()), Some(b"\n".to_vec()), Some(b"b\n".to_vec())]);
        assert_eq!(batch(&mut input).unwrap().len(), 3);
        assert!(batch(&mut input).unwrap().is_empty());
    }

    #[test]
    fn a_line_without_end_is_read_no_further_than_it_may() {
        let mut text = vec![b'x'; MAX_LINE + 10];
        text.extend(b"\nok");
        assert_eq!(batch(&mut text.as_slice()).unwrap(), [None]);
        let mut input = text.as_slice();
        batch(&mut input).unwrap();
        assert_eq!(batch(&mut input).unwrap(), [Some(b"ok".to_vec())]);
    }
}
