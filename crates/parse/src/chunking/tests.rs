use model::{Format, ListItem, ParsedDocument};
use proptest::prelude::*;

use super::*;
use crate::Draft;

fn document(build: impl FnOnce(&mut Draft)) -> ParsedDocument {
    let mut draft = Draft::new(Format::Markdown);
    build(&mut draft);
    draft.finish().unwrap()
}

fn chunks(document: &ParsedDocument, max_tokens: u32) -> Vec<ChunkDraft> {
    chunk(document, &Chunking { max_tokens, ..Chunking::default() })
}

const LONG: &str = "The pump moves water from the well to the tank, and stops when the float in the tank is up. \
    A valve keeps the water from running back. If the pump runs dry, it has to be switched off at once, \
    since its bearings are cooled by the water that it moves and by nothing else at all in the whole house.";

#[test]
fn sections_start_at_their_headings_and_know_their_path() {
    let document = document(|draft| {
        draft.heading(1, "Manual", None);
        draft.heading(2, "Pump", None);
        draft.paragraph(LONG, None);
        draft.heading(2, "Valve", None);
        draft.paragraph(LONG, None);
    });
    let chunks = chunks(&document, 512);
    let found: Vec<_> =
        chunks.iter().map(|c| (c.heading_path.join("/"), c.text.lines().next().unwrap())).collect();
    assert_eq!(found, [("Manual/Pump".to_owned(), "Manual"), ("Manual/Valve".to_owned(), "Valve")]);
}

#[test]
fn small_siblings_share_a_chunk() {
    let document = document(|draft| {
        draft.heading(1, "Glossary", None);
        for term in ["Float", "Pump", "Valve"] {
            draft.heading(2, term, None);
            draft.paragraph("A part of the house.", None);
        }
    });
    let chunks = chunks(&document, 512);
    assert_eq!(chunks.len(), 1);
    assert_eq!(chunks[0].heading_path, ["Glossary"]);
    assert_eq!(chunks[0].text, document.text);
}

#[test]
fn a_table_that_goes_on_names_its_columns() {
    let rows = (0..60).map(|n| vec![format!("part {n}"), format!("{n} kg")]);
    let document = document(|draft| {
        draft.table(true, [vec!["Part".into(), "Weight".into()]].into_iter().chain(rows).collect(), None);
    });
    let chunks = chunks(&document, 128);
    assert!(chunks.len() > 2);
    assert!(chunks[0].table_header.is_empty());
    for chunk in &chunks[1..] {
        assert_eq!(chunk.table_header, ["Part", "Weight"]);
        assert!(chunk.text.starts_with("| part ") && chunk.text.ends_with(" kg |"), "{}", chunk.text);
        assert_eq!(chunk.content_type, ContentType::Table);
    }
}

#[test]
fn long_text_is_cut_at_sentences() {
    let document = document(|draft| draft.paragraph(&[LONG; 6].join(" "), None));
    let chunks = chunks(&document, 100);
    assert!(chunks.len() > 3);
    assert!(chunks.iter().all(|chunk| chunk.text.ends_with('.') && chunk.token_count <= 100));
}

#[test]
fn tables_of_contents_are_left_out() {
    let document = document(|draft| {
        draft.heading(1, "Contents", Some(1));
        draft.list(
            true,
            ["Pump", "Valve"].map(|text| ListItem { text: text.into(), ..ListItem::default() }).into(),
            Some(1),
        );
        draft.heading(1, "Pump", Some(2));
        draft.paragraph(LONG, Some(3));
    });
    let chunks = chunks(&document, 512);
    assert_eq!(chunks[0].exclude_reason.as_ref().map(|reason| reason.code), Some(ExcludeCode::Toc));
    assert_eq!(chunks[1].exclude_reason, None);
    assert_eq!((chunks[1].source.page_start, chunks[1].source.page_end), (Some(2), Some(3)));
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z,. ]{1,400}",
        "\\PC{1,60}",
        "[。、東京は晴れ]{1,80}",
        "[a-z]{150,200}",
        "[/\\n.;) 0-9]{1,60}",
        Just(LONG.to_owned()),
    ]
}

use proptest::strategy::Strategy;

fn any_document() -> impl Strategy<Value = Option<ParsedDocument>> {
    prop::collection::vec((0..6u8, 1..4u8, any_text()), 1..14).prop_map(|blocks| {
        let mut draft = Draft::new(Format::Txt);
        for (kind, level, text) in blocks {
            match kind {
                0 | 1 => draft.heading(level, &text, None),
                2 => draft.list(
                    true,
                    text.split(' ')
                        .map(|part| ListItem { level, text: part.into(), ..ListItem::default() })
                        .collect(),
                    None,
                ),
                3 => draft.table(
                    true,
                    text.split('.').map(|part| vec![part.into(), text.chars().take(20).collect()]).collect(),
                    None,
                ),
                4 => draft.code(None, &text.replace(' ', "\n"), None),
                _ => draft.paragraph(&text, None),
            }
        }
        draft.finish().ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chunks_tile_the_document(document in any_document(), max_tokens in 16..200u32) {
        let Some(document) = document else { return Ok(()) };
        let chunks = chunks(&document, max_tokens);
        prop_assert_eq!(&chunks, &self::chunks(&document, max_tokens));
        let index = CharIndex::new(&document.text);
        let mut end = 0;
        for (position, chunk) in chunks.iter().enumerate() {
            prop_assert_eq!(chunk.position as usize, position);
            let source = chunk.source;
            prop_assert!(source.char_start >= end && source.char_end > source.char_start);
            prop_assert!(index.slice(end, source.char_start).trim().is_empty());
            prop_assert_eq!(index.slice(source.char_start, source.char_end), &chunk.text);
            prop_assert_eq!(chunk.token_count as usize, bpe_openai::o200k_base().count(&chunk.text));
            prop_assert!(chunk.token_count <= max_tokens, "{} > {max_tokens}: {:?}", chunk.token_count, chunk.text);
            end = source.char_end;
        }
        prop_assert!(index.slice(end, index.len()).trim().is_empty());
    }

    #[test]
    fn headings_stay_with_what_follows(document in any_document(), max_tokens in 100..200u32) {
        let Some(document) = document else { return Ok(()) };
        let chunks = chunks(&document, max_tokens);
        for chunk in chunks.iter().take(chunks.len() - 1) {
            let last = document.blocks.iter().rposition(|block| block.char_start < chunk.source.char_end).unwrap();
            let next = document.blocks.get(last + 1);
            if next.is_none_or(|next| matches!(next.kind, BlockKind::Heading { .. })) {
                continue;
            }
            let last = &document.blocks[last];
            let is_whole_heading = matches!(last.kind, BlockKind::Heading { .. })
                && last.char_end == chunk.source.char_end
                && last.text.len() < 60;
            // A chunk full of headings has no room for more.
            prop_assert!(!is_whole_heading || chunk.token_count > max_tokens / 2, "{:?}", chunk.text);
        }
    }
}

fn cut(document: &ParsedDocument, strategy: ChunkingStrategy, max_tokens: u32) -> Vec<ChunkDraft> {
    chunk(document, &Chunking { strategy, max_tokens, overlap_tokens: max_tokens / 4 })
}

#[test]
fn paragraphs_are_chunks_and_short_ones_share_one() {
    let document = document(|draft| {
        draft.heading(1, "Pump", None);
        draft.paragraph(LONG, None);
        draft.paragraph(LONG, None);
        draft.paragraph("A note.", None);
        draft.paragraph("Another.", None);
    });
    let chunks = cut(&document, ChunkingStrategy::Paragraphs, 512);
    let starts: Vec<_> = chunks.iter().map(|chunk| chunk.text.lines().next().unwrap()).collect();
    assert_eq!(starts, ["Pump", LONG, "A note."]);
    assert!(chunks[2].text.ends_with("Another."));
    assert!(chunks.iter().all(|chunk| chunk.heading_path == ["Pump"]));
}

#[test]
fn windows_share_sentences_and_know_where_they_start() {
    let sentences =
        |about: &str| (0..12).map(|n| format!("The {about} has part number {n} on it. ")).collect::<String>();
    let document = document(|draft| {
        draft.heading(1, "Pump", None);
        draft.paragraph(&sentences("pump"), None);
        draft.heading(1, "Valve", None);
        draft.paragraph(&sentences("valve"), None);
    });
    let chunks = cut(&document, ChunkingStrategy::SlidingWindow, 64);
    assert!(chunks.len() > 4);
    for (one, next) in chunks.iter().zip(&chunks[1..]) {
        assert!(next.source.char_start < one.source.char_end, "nothing is shared: {one:?}, {next:?}");
        let shared =
            CharIndex::new(&document.text).slice(next.source.char_start, one.source.char_end).to_owned();
        assert!(shared.starts_with("The ") || shared.starts_with("Valve"), "{shared}");
        assert!(count_tokens(&shared) <= 16);
    }
    assert_eq!(chunks[0].heading_path, ["Pump"]);
    assert_eq!(chunks.last().unwrap().heading_path, ["Valve"]);
}

#[test]
fn chunks_in_another_language_are_told() {
    const GERMAN: &str = "Die Pumpe fördert das Wasser aus dem Brunnen in den Behälter und hält an, sobald der \
        Schwimmer oben ist. Ein Ventil verhindert, dass das Wasser zurückläuft, und das ist auch gut so.";
    let document = document(|draft| {
        draft.heading(1, "Pump", None);
        draft.paragraph(&[LONG; 50].join(" "), None);
        draft.heading(1, "Pumpe", None);
        draft.paragraph(&[GERMAN; 60].join(" "), None);
    });
    let chunks = chunks(&document, 512);
    assert_eq!(chunks[0].language.as_deref(), Some("en"));
    assert_eq!(chunks.last().unwrap().language.as_deref(), Some("de"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_strategy_holds_all_of_the_text(document in any_document(), max_tokens in 32..200u32) {
        let Some(document) = document else { return Ok(()) };
        let index = CharIndex::new(&document.text);
        for strategy in [ChunkingStrategy::Headings, ChunkingStrategy::Paragraphs, ChunkingStrategy::SlidingWindow] {
            let (mut start, mut end) = (0, 0);
            for chunk in cut(&document, strategy, max_tokens) {
                let source = chunk.source;
                prop_assert_eq!(index.slice(source.char_start, source.char_end), &chunk.text);
                prop_assert!(chunk.token_count <= max_tokens);
                prop_assert_eq!(chunk.token_count, count_tokens(&chunk.text));
                prop_assert!(source.char_start >= start && source.char_end > end, "{strategy:?} goes back");
                let apart = source.char_start >= end;
                prop_assert!(apart || strategy == ChunkingStrategy::SlidingWindow);
                prop_assert!(!apart || index.slice(end, source.char_start).trim().is_empty());
                (start, end) = (source.char_start, source.char_end);
            }
            prop_assert!(index.slice(end, index.len()).trim().is_empty());
        }
    }
}
