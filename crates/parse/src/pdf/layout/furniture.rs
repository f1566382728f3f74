//! Running heads, footers and page numbers: lines that repeat at the same place of many pages.

use std::collections::{HashMap, HashSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Line, PageLines};
use crate::pdf::geometry::Direction;

/// Only lines within this share of a page's height from its top or bottom can be furniture.
const ZONE: f32 = 0.12;
/// On how many pages a line has to repeat.
const MIN_REPEATS: usize = 3;
/// Lines of a place count as furniture together once this share of them repeats.
const REPEATING_SHARE: f32 = 0.4;
/// The part of a line that names the book repeats on this share of the pages.
const REPEATING_PART: f32 = 0.4;
/// Parts of a line stand at least this many font sizes apart.
const PART_GAP: f32 = 1.6;
/// A longer line is text.
const MAX_CHARACTERS: usize = 120;

/// A place on the pages: which edge, and the baseline in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Place {
    top: bool,
    v: i32,
}

/// A line that may be furniture.
struct Candidate {
    page: usize,
    line: usize,
    place: Place,
    text: String,
    /// Its parts with wide gaps between them, where it is the first or last line of its page and
    /// has several.
    parts: Vec<String>,
}

/// Takes the furniture out of the pages; the texts that were taken, each once, in order.
pub(in crate::pdf) fn remove_furniture(pages: &mut [PageLines]) -> Vec<String> {
    let candidates = candidates(pages);
    let mut repeats: HashMap<(Place, &str), usize> = HashMap::new();
    let mut occupied: FxHashMap<Place, usize> = FxHashMap::default();
    for candidate in &candidates {
        *repeats.entry((candidate.place, &candidate.text)).or_default() += 1;
        *occupied.entry(candidate.place).or_default() += 1;
    }
    let count = |candidate: &Candidate| {
        near(candidate.place)
            .filter_map(|place| repeats.get(&(place, candidate.text.as_str())))
            .sum::<usize>()
    };
    // Others name the chapter beside the book or a section: one part of the line changes, one does not.
    let mut part_repeats: HashMap<(Place, &str), usize> = HashMap::new();
    for candidate in &candidates {
        for part in &candidate.parts {
            *part_repeats.entry((candidate.place, part)).or_default() += 1;
        }
    }
    let has_part_repeated = |candidate: &Candidate, times: usize| {
        candidate.parts.iter().any(|part| {
            let count = |place| part_repeats.get(&(place, part.as_str()));
            near(candidate.place).filter_map(count).sum::<usize>() >= times
        })
    };
    let mut repeating: FxHashMap<Place, usize> = FxHashMap::default();
    for candidate in &candidates {
        if count(candidate) >= MIN_REPEATS || has_part_repeated(candidate, MIN_REPEATS) {
            *repeating.entry(candidate.place).or_default() += 1;
        }
    }
    // Heads that name a short chapter repeat too seldom by themselves, but stand where others repeat.
    let half = pages.len() / 2;
    let is_place_of_furniture = |place: Place| {
        let sum = |counts: &FxHashMap<Place, usize>| {
            near(place).filter_map(|near| counts.get(&near)).sum::<usize>()
        };
        let (lines, repeating) = (sum(&occupied), sum(&repeating));
        pages.len() > 2 * MIN_REPEATS
            && lines > half / 2
            && repeating as f32 >= REPEATING_SHARE * lines as f32
    };
    let enough = MIN_REPEATS.max((pages.len() as f32 * REPEATING_PART).ceil() as usize);
    let mut taken: FxHashSet<(usize, usize)> = candidates
        .iter()
        .filter(|candidate| {
            count(candidate) >= MIN_REPEATS
                || has_part_repeated(candidate, enough)
                || is_place_of_furniture(candidate.place)
        })
        .map(|candidate| (candidate.page, candidate.line))
        .collect();

    let text = texts_of_pages(pages, &candidates, &taken);
    taken.retain(|(page, line)| !text.contains(&pages[*page].lines[*line].text()));

    let mut texts = Vec::new();
    let mut seen = HashSet::new();
    for (number, page) in pages.iter_mut().enumerate() {
        let mut at = 0;
        page.lines.retain(|line| {
            let keep = !taken.contains(&(number, at));
            at += 1;
            if !keep {
                let text = line.text();
                if seen.insert(pattern(&text)) {
                    texts.push(text);
                }
            }
            keep
        });
    }
    texts
}

/// The texts of lines that would be taken and stand, word for word, away from the edges of pages too: those of
/// forms and contracts say the same again and again, and by chance at the same place.
fn texts_of_pages(
    pages: &[PageLines],
    candidates: &[Candidate],
    taken: &FxHashSet<(usize, usize)>,
) -> HashSet<String> {
    let extent =
        |line: &Line| (line.words.len(), line.words.iter().map(|word| word.text.len()).sum::<usize>());
    let lines = taken.iter().map(|(page, line)| &pages[*page].lines[*line]);
    let extents: FxHashSet<(usize, usize)> = lines.clone().map(extent).collect();
    let mut counts: HashMap<String, usize> = lines
        .map(Line::text)
        .filter(|text| text.contains(char::is_alphabetic))
        .map(|text| (text, 0))
        .collect();
    let at_edges: FxHashSet<(usize, usize)> =
        candidates.iter().map(|candidate| (candidate.page, candidate.line)).collect();
    for (number, page) in pages.iter().enumerate() {
        for (at, line) in page.lines.iter().enumerate() {
            if extents.contains(&extent(line))
                && !at_edges.contains(&(number, at))
                && let Some(count) = counts.get_mut(&line.text())
            {
                *count += 1;
            }
        }
    }
    counts.into_iter().filter(|(_, count)| *count >= MIN_REPEATS).map(|(text, _)| text).collect()
}

fn candidates(pages: &[PageLines]) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        let (first, last) = ends(page);
        for (at, line) in page.lines.iter().enumerate() {
            if let Some(place) = place(page, line)
                && line.characters() <= MAX_CHARACTERS
            {
                let outermost = line.v <= first + 1.0 || line.v >= last - 1.0;
                let parts = if outermost { parts(line) } else { Vec::new() };
                let text = pattern(&line.text());
                candidates.push(Candidate { page: number, line: at, place, text, parts });
            }
        }
    }
    candidates
}

/// The baselines of the first and last line of a page by their height, page numbers left out: those
/// may stand in a row of their own beyond the running head.
fn ends(page: &PageLines) -> (f32, f32) {
    page.lines
        .iter()
        .filter(|line| line.direction == Direction::Right && !is_number(line))
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(first, last), line| (first.min(line.v), last.max(line.v)))
}

/// Whether a line is a page number and nothing else.
fn is_number(line: &Line) -> bool {
    matches!(line.words.as_slice(), [word] if pattern(&word.text) == "#")
}

/// The texts in a line with wide gaps between them, numbers made equal; none if there is only one.
fn parts(line: &Line) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut end = f32::NEG_INFINITY;
    for word in &line.words {
        match parts.last_mut() {
            Some(part) if word.u0 - end < PART_GAP * line.size => {
                part.push(' ');
                part.push_str(&word.text);
            }
            _ => parts.push(word.text.to_string()),
        }
        end = word.u1;
    }
    if parts.len() < 2 {
        return Vec::new();
    }
    parts.iter().map(|part| pattern(part)).filter(|part| part.contains(char::is_alphabetic)).collect()
}

fn place(page: &PageLines, line: &Line) -> Option<Place> {
    if line.direction != Direction::Right {
        return None;
    }
    let top = line.v < page.height * ZONE;
    let bottom = line.v > page.height * (1.0 - ZONE);
    // From the nearer edge, so that pages of several sizes compare.
    let v = if top { line.v } else { page.height - line.v };
    (top || bottom).then_some(Place { top, v: v.round() as i32 })
}

/// A place and its neighbours: baselines are off by a point where fonts differ.
fn near(place: Place) -> impl Iterator<Item = Place> {
    (-1..=1).map(move |by| Place { v: place.v + by, ..place })
}

/// A text with its numbers, roman ones included, made equal.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !pattern.is_empty() {
            pattern.push(' ');
        }
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        let roman = !core.is_empty() && core.len() <= 7 && core.bytes().all(|byte| b"ivxlc".contains(&byte));
        if roman {
            pattern.push('#');
            continue;
        }
        let start = pattern.len();
        for character in word.chars() {
            if !character.is_numeric() {
                pattern.push(character);
            } else if !pattern[start..].ends_with('#') {
                pattern.push('#');
            }
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Page 12 of 80", "Page # of #")]
    #[case("xiv", "#")]
    #[case("Chapter 3. Setting up", "Chapter #. Setting up")]
    fn numbers_are_equal(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(pattern(text), expected);
    }
}
