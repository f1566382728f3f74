//! Pages that are pictures of text: which they are, and the text that OCR reads in them.

use std::sync::atomic::{AtomicBool, Ordering};

use hayro_syntax::page::Page;

use super::{
    fonts::FontStyle,
    geometry::Direction,
    layout::{Line, PageLines, Word},
    picture,
    script::is_cjk,
    tags::Tag,
};
use crate::{Ocr, OcrError, OcrLine, OcrWord, ParseError, threads};

/// A page is a picture where one covers this share of it, and there is little text beside it.
const PICTURE: f32 = 0.5;
/// What a stamp, a running head or the mark of an archive on a scanned page has.
const FEW_CHARACTERS: usize = 100;
/// A page whose characters cannot be read by a larger share is read as a picture.
const UNMAPPED: f64 = 0.5;
/// Lines that are less sure are what OCR makes of drawings and dirt.
const LEAST_CONFIDENCE: f32 = 0.35;
/// The height of a font's letters, tall and low, as a share of its size.
const LETTERS: f32 = 0.93;
/// So many pages are painted at once at the most: each picture takes tens of megabytes.
const MAX_PICTURES: usize = 4;
/// Lines whose sizes differ by less than this share are set in one size: OCR measures them one by one.
const SAME_SIZE: f32 = 0.2;

/// What the page's own content says of itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// The characters that it shows.
    pub(super) shown: u64,
    /// Those of them whose meaning no map tells.
    pub(super) unmapped: u64,
    /// The share of the page that its largest picture covers.
    pub(super) picture: f32,
}

/// What came of OCR, by the numbers of the pages, from 1.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Pages with text that was read by it.
    pub(super) read: Vec<usize>,
    /// Pages that it failed on, and why it did first.
    pub(super) failed: Vec<usize>,
    pub(super) reason: Option<OcrError>,
    /// Lines that it was too unsure of.
    pub(super) illegible: usize,
}

/// Reads those pages that need it, on as many threads as there may be; what they are seen to hold is changed
/// accordingly.
///
/// # Errors
/// [`ParseError::Bug`] where a thread panics.
pub(super) fn read<'a>(
    ocr: &dyn Ocr,
    pages: &'a [Page<'a>],
    seen: &mut [Seen],
    read: &mut [PageLines],
    threads: usize,
) -> Result<Outcome, ParseError> {
    let wanted: Vec<(usize, How)> = seen
        .iter()
        .zip(&*read)
        .enumerate()
        .filter_map(|(at, (seen, page))| Some((at, how(seen, page)?)))
        .collect();
    let is_over = AtomicBool::new(false);
    let look = |(): &mut (), at: usize| {
        let found =
            if is_over.load(Ordering::Relaxed) { Err(OcrError::OutOfTime) } else { look(ocr, &pages[at]) };
        is_over.fetch_or(found.as_ref().is_err_and(|error| *error == OcrError::OutOfTime), Ordering::Relaxed);
        Some(found)
    };
    let parts = wanted.iter().map(|(at, _)| *at);
    let looks = threads::map(parts, threads.min(MAX_PICTURES), 1, || (), look)?;
    let mut outcome = Outcome::default();
    for ((at, how), found) in wanted.into_iter().zip(looks) {
        let (number, seen, lines) = (at + 1, &mut seen[at], &mut read[at]);
        let (found, scale) = match found {
            Ok(found) => found,
            Err(error) => {
                if outcome.reason.is_none() || error == OcrError::OutOfTime {
                    outcome.reason = Some(error);
                }
                outcome.failed.push(number);
                continue;
            }
        };
        let (legible, illegible): (Vec<_>, Vec<_>) = found.into_iter().partition(is_legible);
        outcome.illegible += illegible.len();
        let mut found: Vec<Line> = legible.into_iter().filter_map(|line| place(line, scale)).collect();
        if found.is_empty() {
            continue;
        }
        even_sizes(&mut found);
        match how {
            How::Instead => {
                lines.lines = found;
                *seen = Seen::default();
            }
            How::Beside => add(&mut lines.lines, found),
        }
        outcome.read.push(number);
    }
    Ok(outcome)
}

/// What OCR finds on a page, and the pixels a point of its positions; nothing on a blank page.
fn look<'a>(ocr: &dyn Ocr, page: &'a Page<'a>) -> Result<(Vec<OcrLine>, f32), OcrError> {
    let Some(image) = picture::paint(page)? else { return Ok((Vec::new(), 1.0)) };
    Ok((ocr.read(&image)?, image.dpi as f32 / 72.0))
}

/// What the text of OCR is to a page's own.
enum How {
    Instead,
    Beside,
}

fn how(seen: &Seen, page: &PageLines) -> Option<How> {
    let characters: usize = page.lines.iter().map(Line::characters).sum();
    if characters == 0 || seen.unmapped as f64 > UNMAPPED * seen.shown as f64 {
        return Some(How::Instead);
    }
    (seen.picture >= PICTURE && characters < FEW_CHARACTERS).then_some(How::Beside)
}

fn is_legible(line: &OcrLine) -> bool {
    let characters: usize = line.words.iter().map(|word| word.text.chars().count()).sum();
    let sum: f32 = line.words.iter().map(|word| word.confidence * word.text.chars().count() as f32).sum();
    sum >= LEAST_CONFIDENCE * characters as f32
}

/// A line of a picture with `scale` pixels a point as one of the page.
fn place(line: OcrLine, scale: f32) -> Option<Line> {
    let direction =
        [Direction::Right, Direction::Down, Direction::Left, Direction::Up][usize::from(line.turns % 4)];
    let framed = |word: &OcrWord| -> [f32; 4] {
        let [x0, y0, x1, y1] = word.bounds.map(|edge| f64::from(edge / scale));
        let (a, b) = (direction.frame(x0, y0), direction.frame(x1, y1));
        [a.0.min(b.0), a.1.min(b.1), a.0.max(b.0), a.1.max(b.1)].map(|edge| edge as f32)
    };
    let boxes: Vec<[f32; 4]> = line.words.iter().map(framed).collect();
    let least = |at: usize| boxes.iter().map(|edges| edges[at]).fold(f32::INFINITY, f32::min);
    let most = |at: usize| boxes.iter().map(|edges| edges[at]).fold(f32::NEG_INFINITY, f32::max);
    let (u0, top, u1, bottom) = (least(0), least(1), most(2), most(3));
    let height = line.height.map_or(bottom - top, |height| height / scale);
    let size = height / LETTERS;
    let v = line.baseline.map_or(bottom - 0.2 * height, |baseline| baseline / scale);
    if ![u0, u1, v, size].iter().all(|value| value.is_finite()) || size < 1.0 {
        return None;
    }
    let mut words: Vec<Word> = Vec::with_capacity(boxes.len());
    for (word, [u0, _, u1, _]) in line.words.into_iter().zip(boxes) {
        let text = word.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some(first) = text.chars().next() else { continue };
        match words.last_mut() {
            // Such languages part no words, but OCR does.
            Some(last) if is_cjk(first) && last.text.ends_with(is_cjk) && u0 - last.u1 < 0.7 * size => {
                last.text.push_str(&text);
                last.u1 = last.u1.max(u1);
            }
            _ => words.push(Word { text: text.into(), u0, u1, size, tag: Tag::NONE }),
        }
    }
    let says_something = words.iter().any(|word| word.text.contains(char::is_alphanumeric));
    says_something.then_some(Line { words, u0, u1, v, size, direction, style: FontStyle::default() })
}

/// Gives lines of about one size that size: that of most text near to them.
fn even_sizes(lines: &mut [Line]) {
    let mut sizes: Vec<(f32, usize)> = lines.iter().map(|line| (line.size, line.characters())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut groups: Vec<(f32, f32)> = Vec::new();
    let mut rest = &sizes[..];
    while let Some((smallest, _)) = rest.first() {
        let end = rest.partition_point(|(size, _)| *size <= smallest * (1.0 + SAME_SIZE));
        let (group, more) = rest.split_at(end);
        let half = group.iter().map(|(_, weight)| weight).sum::<usize>() / 2;
        let mut passed = 0;
        let median = group.iter().find(|(_, weight)| {
            passed += weight;
            passed > half
        });
        groups.push((group[end - 1].0, median.map_or(*smallest, |(size, _)| *size)));
        rest = more;
    }
    for line in lines {
        let at = groups.partition_point(|(largest, _)| *largest < line.size);
        let Some((_, size)) = groups.get(at) else { continue };
        line.size = (size * 2.0).round() / 2.0;
        for word in &mut line.words {
            word.size = line.size;
        }
    }
}

/// Adds the lines that a page does not say itself: below those of its own that stand above all of them, above
/// the others.
fn add(own: &mut Vec<Line>, found: Vec<Line>) {
    let is_new = |line: &Line| {
        !own.iter().any(|own| {
            own.direction == line.direction
                && (own.v - line.v).abs() < 0.6 * own.size.max(line.size)
                && own.u0 < line.u1
                && line.u0 < own.u1
        })
    };
    let new: Vec<Line> = found.into_iter().filter(is_new).collect();
    let top = new.iter().map(|line| line.v).fold(f32::INFINITY, f32::min);
    let (mut lines, below): (Vec<Line>, Vec<Line>) = own.drain(..).partition(|line| line.v < top);
    lines.extend(new);
    lines.extend(below);
    *own = lines;
}
