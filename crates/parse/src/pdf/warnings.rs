//! What a reader of a PDF is told that was not sure or not done.

use super::scan::{Outcome, Seen};

/// Of pages without text, by their numbers, and of those that OCR was to read.
pub(super) fn of_pages(empty: &[usize], scanned: Option<Outcome>) -> Vec<String> {
    let Some(Outcome { read, failed, reason, illegible }) = scanned else {
        let warning = about(
            empty,
            "has no text; if it is a picture of text, --ocr (`ocr` in the API) reads it",
            "have no text; if they are pictures of text, --ocr (`ocr` in the API) reads them",
        );
        return warning.into_iter().collect();
    };
    let silent: Vec<usize> = empty.iter().copied().filter(|page| !failed.contains(page)).collect();
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let lines = if illegible == 1 { "1 line was" } else { &format!("{illegible} lines were") };
    let warnings = [
        about(&read, "was read by OCR, which may misread", "were read by OCR, which may misread"),
        about(&silent, "has no text, and OCR finds none in it", "have no text, and OCR finds none in them"),
        about(&failed, &format!("was not read by OCR{reason}"), &format!("were not read by OCR{reason}")),
        (illegible > 0).then(|| format!("{lines} left out that OCR could hardly read")),
    ];
    warnings.into_iter().flatten().collect()
}

/// A sentence on pages, if there are any: on one, or on several.
fn about(pages: &[usize], one: &str, several: &str) -> Option<String> {
    match pages {
        [] => None,
        [page] => Some(format!("page {page} {one}")),
        _ => Some(format!("pages {} {several}", ranges(pages))),
    }
}

/// Ascending numbers as people write them: `1–3, 7`; a long list is cut.
fn ranges(numbers: &[usize]) -> String {
    const SHOWN: usize = 20;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == *number => *end = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let mut shown: Vec<String> = runs
        .iter()
        .take(SHOWN)
        .map(|(start, end)| if start == end { start.to_string() } else { format!("{start}–{end}") })
        .collect();
    if runs.len() > SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// Of characters that fonts do not tell the meaning of.
pub(super) fn of_unmapped(seen: &[Seen]) -> Option<String> {
    let sum = |count: fn(&Seen) -> u64| seen.iter().map(count).sum::<u64>();
    let share = sum(|page| page.unmapped) as f64 / sum(|page| page.shown).max(1) as f64;
    (share > 0.02).then(|| {
        format!(
            "{:.0}% of the characters cannot be read, because their fonts do not tell what they mean; --ocr (`ocr` in the API) reads pages that are mostly so",
            share * 100.0
        )
    })
}

/// Of what was left out as furniture of pages.
pub(super) fn of_furniture(texts: &[String]) -> Option<String> {
    const SHOWN: usize = 5;
    if texts.is_empty() {
        return None;
    }
    let mut shown: Vec<String> = texts.iter().take(SHOWN).map(|text| format!("“{text}”")).collect();
    if texts.len() > SHOWN {
        shown.push(format!("{} more", texts.len() - SHOWN));
    }
    Some(format!("left out as running heads, footers or page numbers: {}", shown.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_short() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1–3, 7, 9–10");
    }
}
