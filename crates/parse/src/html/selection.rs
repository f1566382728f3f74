//! What an extraction found of a page, taken from our own reading of it: the extraction tells content
//! from frame, but loses code, captions and the blanks around inline elements on the way.

use std::collections::HashMap;

use model::BlockKind;

use crate::Draft;
use crate::draft::Piece;

/// Pieces are looked up by so many bytes of their start.
const HEAD_BYTES: usize = 8;

/// How many pieces with the same start are tried, before and behind the last that matched.
const MAX_TRIES: usize = 8;

/// How many pieces are looked through for parts, in the whole page.
const MAX_PARTS_TRIED: usize = 10_000;

/// Longer pieces are not looked through.
const MAX_SEARCHED_BYTES: usize = 16 * 1024;

/// Shorter texts may stand anywhere.
const MIN_PART_BYTES: usize = 8;

/// How many pieces may make up what is one piece in the other reading.
const MAX_MERGED: usize = 32;

/// Longer paragraphs before a table are no captions.
const MAX_CAPTION_BYTES: usize = 200;

/// Brings `whole` down to what `extracted` has as well. `None` where a tenth of it or more is not
/// found again: the two readings differ too much.
pub(super) fn keep_extracted(mut whole: Draft, extracted: &Draft) -> Option<Draft> {
    let pieces: Vec<_> = whole.pieces().collect();
    let mut kept = find(&squeezed(&pieces), &squeezed(&extracted.pieces().collect::<Vec<_>>()))?;
    for at in 1..pieces.len().saturating_sub(1) {
        kept[at] |= kept[at - 1] && kept[at + 1] && belongs_between(pieces[at], pieces[at + 1]);
    }
    whole.retain(kept);
    Some(whole)
}

/// Code is never part of a frame; a short text before a table is its caption.
fn belongs_between(piece: Piece<'_>, next: Piece<'_>) -> bool {
    match piece.kind {
        BlockKind::Code { .. } => true,
        BlockKind::Paragraph => {
            piece.text.len() <= MAX_CAPTION_BYTES && matches!(next.kind, BlockKind::Table { .. })
        }
        _ => false,
    }
}

/// Which pieces of `whole` are in `extracted`, in about the same order.
fn find(whole: &[String], extracted: &[String]) -> Option<Vec<bool>> {
    let mut by_head: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (at, text) in whole.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        by_head.entry(head(text)).or_default().push(at);
    }
    let mut kept = vec![false; whole.len()];
    let (mut at, mut next, mut missed) = (0, 0, 0);
    let mut tries_left = MAX_PARTS_TRIED;
    while let Some(text) = extracted.get(at) {
        let places = by_head.get(head(text)).map_or(&[][..], Vec::as_slice);
        let (before, behind) = places.split_at(places.partition_point(|place| *place < next));
        let tries = behind.iter().take(MAX_TRIES).chain(before.iter().rev().take(MAX_TRIES));
        let found = std::iter::once(&next).chain(tries).find_map(|&place| {
            matching(&extracted[at..], whole.get(place..)?).map(|(here, there)| (place, here, there))
        });
        match found {
            Some((place, here, there)) => {
                kept[place..place + there].fill(true);
                at += here;
                next = place + there;
            }
            // The extraction may have lost what stands before or behind a link; what it has is still
            // a part of the paragraph.
            None => {
                // Where nothing was found yet, nearby is the frame above the content.
                let nearby = whole.get(next..).filter(|_| next > 0).unwrap_or_default().iter();
                match nearby.take(MAX_TRIES.min(tries_left)).position(|piece| is_part(text, piece)) {
                    Some(behind) => {
                        next += behind;
                        kept[next] = true;
                    }
                    None => missed += text.len(),
                }
                tries_left = tries_left.saturating_sub(MAX_TRIES);
                at += 1;
            }
        }
    }
    let all: usize = extracted.iter().map(String::len).sum();
    (missed * 10 < all).then_some(kept)
}

/// How many pieces at the start of each side make up the same text.
fn matching(one: &[String], other: &[String]) -> Option<(usize, usize)> {
    let (mut left, mut right) = (one.first()?.as_bytes(), other.first()?.as_bytes());
    let (mut lefts, mut rights) = (1, 1);
    while lefts + rights <= MAX_MERGED {
        let shared = left.len().min(right.len());
        if shared == 0 || left[..shared] != right[..shared] {
            return None;
        }
        (left, right) = (&left[shared..], &right[shared..]);
        match (left.is_empty(), right.is_empty()) {
            (true, true) => return Some((lefts, rights)),
            (true, false) => {
                left = one.get(lefts)?.as_bytes();
                lefts += 1;
            }
            _ => {
                right = other.get(rights)?.as_bytes();
                rights += 1;
            }
        }
    }
    None
}

fn is_part(text: &str, piece: &str) -> bool {
    text.len() >= MIN_PART_BYTES && piece.len() <= MAX_SEARCHED_BYTES && piece.contains(text)
}

fn head(text: &str) -> &[u8] {
    &text.as_bytes()[..text.len().min(HEAD_BYTES)]
}

/// The letters and digits of each piece, as an extraction may have lost or added white space.
fn squeezed(pieces: &[Piece<'_>]) -> Vec<String> {
    pieces.iter().map(|piece| piece.text.chars().filter(|c| c.is_alphanumeric()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use model::Format;

    use super::*;

    fn draft(paragraphs: &[&str]) -> Draft {
        let mut draft = Draft::new(Format::Html);
        for text in paragraphs {
            draft.paragraph(text, None);
        }
        draft
    }

    fn kept(whole: &[&str], extracted: &[&str]) -> Option<String> {
        Some(keep_extracted(draft(whole), &draft(extracted))?.finish().unwrap().text)
    }

    #[test]
    fn what_was_cut_or_joined_elsewhere_is_found() {
        let whole = ["Home", "A first part,", "and a second.", "One whole. And more.", "Imprint"];
        let extracted = ["A first part ,and a second.", "One whole.", "And more."];
        assert_eq!(
            kept(&whole, &extracted).as_deref(),
            Some("A first part,\n\nand a second.\n\nOne whole. And more.")
        );
    }

    #[test]
    fn texts_that_are_there_twice_are_told_by_their_place() {
        let whole = ["Tea", "Milk", "What to drink in the morning", "Tea", "is good"];
        assert_eq!(
            kept(&whole, &["What to drink in the morning", "Tea", "is good"]).as_deref(),
            Some("What to drink in the morning\n\nTea\n\nis good")
        );
    }

    #[test]
    fn paragraphs_are_kept_whole_where_a_part_was_lost() {
        let whole = [
            "Home",
            "On keyboards",
            "A report of DigiTimes, to be taken with salt, tells us so.",
            "Share",
            "More to come.",
        ];
        assert_eq!(
            kept(&whole, &["On keyboards", "DigiTimes", "tells us so.", "More to come."]).as_deref(),
            Some(
                "On keyboards\n\nA report of DigiTimes, to be taken with salt, tells us so.\n\nMore to come."
            )
        );
    }

    #[test]
    fn readings_that_differ_are_not_reconciled() {
        assert_eq!(kept(&["Something else"], &["What the extraction says"]), None);
    }
}
