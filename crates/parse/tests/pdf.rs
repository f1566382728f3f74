//! The PDF parser on documents written for each case.

#[path = "pdf/builder.rs"]
mod builder;
#[path = "pdf/layout.rs"]
mod layout;
#[path = "pdf/ocr.rs"]
mod ocr;
#[path = "pdf/tags.rs"]
mod tags;

use builder::{Builder, line, lines};
use model::{Block, BlockKind, ParsedDocument};
use parse::{Help, Options, ParseError, Password, pdf};
use proptest::prelude::*;
use rstest::rstest;

fn parse(pdf: Builder) -> ParsedDocument {
    pdf::parse(&pdf.build(), &Options::default(), Help::default())
        .and_then(parse::Draft::finish)
        .expect("the document is well formed and has text")
}

fn text_of(content: &str) -> String {
    parse(Builder::new().page(content)).text
}

fn kinds(document: &ParsedDocument) -> Vec<&'static str> {
    let kind = |block: &Block| match block.kind {
        BlockKind::Heading { level: 1 } => "h1",
        BlockKind::Heading { level: 2 } => "h2",
        BlockKind::Heading { .. } => "h3+",
        BlockKind::Paragraph => "p",
        BlockKind::List { ordered: true, .. } => "ol",
        BlockKind::List { .. } => "ul",
        BlockKind::Table { .. } => "table",
        BlockKind::Code { .. } => "code",
        BlockKind::Footnote => "note",
    };
    document.blocks.iter().map(kind).collect()
}

const PROSE: [&str; 4] = [
    "The quick brown fox jumps over the lazy dog and then it goes on",
    "to the river, where it drinks some of the water that runs there",
    "from the hills down to the sea, as all the rivers of this land do",
    "in spring.",
];

#[test]
fn headings_and_paragraphs() {
    let content = line("F2", 24.0, 72.0, 700.0, "Of foxes")
        + &lines(72.0, 660.0, &PROSE)
        + &lines(72.0, 590.0, &PROSE)
        + &line("F2", 16.0, 72.0, 510.0, "And of dogs")
        + &lines(72.0, 480.0, &PROSE);
    let document = parse(Builder::new().page(&content));
    assert_eq!(kinds(&document), ["h1", "p", "p", "h2", "p"]);
    assert_eq!(document.blocks[0].text, "Of foxes");
    assert_eq!(document.blocks[1].text, PROSE.join(" "));
    assert_eq!(document.pages, Some(1));
    assert!(document.blocks.iter().all(|block| block.page == Some(1)));
}

#[test]
fn an_indent_starts_a_paragraph() {
    let content = lines(90.0, 700.0, &PROSE[..1])
        + &lines(72.0, 686.0, &PROSE[1..])
        + &lines(90.0, 644.0, &PROSE[..1])
        + &lines(72.0, 630.0, &PROSE[1..]);
    assert_eq!(text_of(&content), format!("{0}\n\n{0}", PROSE.join(" ")));
}

#[rstest]
#[case::kerning("[(H) 40 (ell) -10 (o)] TJ", "Hello")]
#[case::a_gap_is_a_blank("[(Hello) -400 (world)] TJ", "Hello world")]
#[case::word_by_word("(Hello) Tj 40 0 Td (world) Tj", "Hello world")]
#[case::next_line("14 TL (Hello) Tj (world) '", "Hello world")]
#[case::next_line_with_spacing("14 TL (Hello) Tj 0 0 (world) \"", "Hello world")]
#[case::spaced_out("3 Tc (Hello there) Tj", "Hello there")]
#[case::note_reference("(water.) Tj /F1 6 Tf 5 Ts (2) Tj", "water.[2]")]
#[case::note_references("(water) Tj /F1 6 Tf 5 Ts (2,13) Tj /F1 12 Tf 0 Ts ( runs) Tj", "water[2,13] runs")]
#[case::note_in_parenthesis("(water) Tj /F1 6 Tf 5 Ts (2\\)) Tj", "water[2]")]
#[case::exponent("(5 cm) Tj /F1 6 Tf 5 Ts (2) Tj", "5 cm2")]
#[case::power("(10) Tj /F1 6 Tf 5 Ts (23) Tj", "1023")]
#[case::subscript("(CO) Tj /F1 6 Tf -3 Ts (2) Tj", "CO2")]
#[case::bold_by_printing_twice("(Bold) Tj 0.3 0 Td (Bold) Tj", "Bold")]
#[case::replacement_text("/Span << /ActualText (Hi there) >> BDC (xyz) Tj EMC", "Hi there")]
#[case::pagination("/Artifact << /Type /Pagination >> BDC (Page 1) Tj EMC 0 -14 Td (Text) Tj", "Text")]
#[case::hexadecimal("<48656C6C6F> Tj", "Hello")]
#[case::scaled("1 0 0 1 100 100 Tm 50 Tz (Hello) Tj", "Hello")]
#[case::upside_down("-1 0 0 -1 300 300 Tm (Hello world) Tj 0 -14 Td (again) Tj", "Hello world again")]
fn text_operators(#[case] operators: &str, #[case] expected: &str) {
    assert_eq!(text_of(&format!("BT /F1 12 Tf 72 700 Td {operators} ET")), expected);
}

#[test]
fn two_columns_are_read_one_after_the_other() {
    let left = ["In the left column there are", "lines that go on and on, and", "the last of them ends with"];
    let right = ["the first of the right column,", "which comes after it here."];
    let document = parse(Builder::new().page(&(lines(72.0, 700.0, &left) + &lines(320.0, 700.0, &right))));
    assert_eq!(document.text, format!("{} {}", left.join(" "), right.join(" ")));
}

#[test]
fn a_stream_without_order_is_put_in_order() {
    let left: Vec<String> = (0..8).map(|at| format!("line {at} of the left column here")).collect();
    let right: Vec<String> = (0..8).map(|at| format!("line {at} of the right column here")).collect();
    let mut content = String::new();
    // From the bottom to the top, the columns by turns.
    for at in (0..8).rev() {
        let y = 700.0 - 14.0 * at as f32;
        content += &(line("F1", 11.0, 320.0, y, &right[at]) + &line("F1", 11.0, 72.0, y, &left[at]));
    }
    let text = text_of(&content).replace('\n', " ").replace("  ", " ");
    assert_eq!(text, [left, right].concat().join(" "));
}

#[test]
fn a_paragraph_goes_on_over_pages() {
    let document =
        parse(
            Builder::new()
                .page(&lines(72.0, 300.0, &["A sentence that starts on one page and"]))
                .page(&lines(72.0, 700.0, &["ends on the next one."])),
        );
    assert_eq!(document.text, "A sentence that starts on one page and ends on the next one.");
    assert_eq!(document.blocks[0].page, Some(1));
}

#[test]
fn words_broken_at_line_ends_are_mended() {
    let broken = ["Every docu-", "ment has a well-", "known end. A well-known one."];
    assert_eq!(
        text_of(&lines(72.0, 700.0, &broken)),
        "Every document has a well-known end. A well-known one."
    );
}

#[test]
fn running_heads_and_page_numbers_go_with_a_warning() {
    let topics = ["foxes", "dogs", "cats", "hens", "cows"];
    let mut builder = Builder::new();
    for (number, topic) in (1..).zip(topics) {
        let content = line("F1", 9.0, 72.0, 760.0, "The Big Book of Animals")
            + &line("F1", 11.0, 72.0, 700.0, &format!("This page tells of {topic}."))
            + &line("F1", 9.0, 300.0, 30.0, &format!("{number}"));
        builder = builder.page(&content);
    }
    let document = parse(builder);
    let expected: Vec<_> = topics.iter().map(|topic| format!("This page tells of {topic}.")).collect();
    assert_eq!(document.text, expected.join("\n\n"));
    assert_eq!(
        document.warnings,
        ["left out as running heads, footers or page numbers: “The Big Book of Animals”, “1”"]
    );
}

#[test]
fn lists_have_items_and_levels() {
    let content = lines(72.0, 700.0, &["These things are here:"])
        + &lines(82.0, 680.0, &["\\225 first of the things", "\\225 second of them"])
        + &lines(102.0, 652.0, &["- a part of the second"])
        + &lines(82.0, 638.0, &["\\225 third"])
        + &lines(72.0, 600.0, &["1. get up", "2. lie down"]);
    let document = parse(Builder::new().page(&content.replace("\\\\225", "\\225")));
    assert_eq!(kinds(&document), ["p", "ul", "ol"]);
    assert_eq!(
        document.blocks[1].text,
        "- first of the things\n- second of them\n  - a part of the second\n- third"
    );
    assert_eq!(document.blocks[2].text, "1. get up\n2. lie down");
}

#[test]
fn code_keeps_lines_and_indents() {
    let row = |y: f32, x: f32, text: &str| line("F3", 10.0, x, y, text);
    let content = lines(72.0, 700.0, &["Like this:"])
        + &row(670.0, 72.0, "fn main() {")
        + &row(658.0, 96.0, "let x = 1;")
        + &row(634.0, 72.0, "}");
    let document = parse(Builder::new().page(&content));
    assert_eq!(kinds(&document), ["p", "code"]);
    assert_eq!(document.blocks[1].text, "fn main() {\n    let x = 1;\n\n}");
}

#[test]
fn tables_in_ruled_lines() {
    let mut content = String::from("1 w\n");
    for y in [700, 680, 660, 640] {
        content.push_str(&format!("72 {y} m 372 {y} l S\n"));
    }
    for x in [72, 172, 272, 372] {
        content.push_str(&format!("{x} 640 m {x} 700 l S\n"));
    }
    let cells = [["Name", "Legs", "Sound"], ["Dog", "4", "bow wow"], ["Hen", "2", "cluck"]];
    for (row, cells) in cells.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            content += &line("F1", 11.0, 77.0 + 100.0 * column as f32, 686.0 - 20.0 * row as f32, cell);
        }
    }
    let document = parse(Builder::new().page(&content));
    let BlockKind::Table { rows, .. } = &document.blocks[0].kind else { panic!("{document:?}") };
    assert_eq!(*rows, cells.map(|row| row.map(str::to_owned).to_vec()));
}

#[test]
fn tables_by_alignment_alone() {
    let mut content = lines(72.0, 720.0, &PROSE[..1]);
    let cells =
        [["Name", "Legs", "Sound"], ["Dog", "4", "bow wow"], ["Hen", "2", "cluck"], ["Cow", "4", "moo"]];
    for (row, cells) in cells.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            content += &line("F1", 11.0, 77.0 + 100.0 * column as f32, 680.0 - 16.0 * row as f32, cell);
        }
    }
    let document = parse(Builder::new().page(&content));
    assert_eq!(kinds(&document), ["p", "table"]);
    assert!(document.text.ends_with("| Cow | 4 | moo |"), "{}", document.text);
}

#[test]
fn the_outline_gives_levels() {
    let mut builder = Builder::new();
    // The first page's outline: "Animals" with "Foxes" below it.
    let (root, top, below) = (6, 7, 8);
    assert_eq!(builder.object(&format!("<< /Type /Outlines /First {top} 0 R /Last {top} 0 R >>")), root);
    builder
        .object(&format!("<< /Title (Animals) /Parent {root} 0 R /First {below} 0 R /Last {below} 0 R >>"));
    builder.object(&format!("<< /Title <FEFF0046006F007800650073> /Parent {top} 0 R >>"));
    // Both are set alike, so that only the outline tells their levels.
    let content = line("F2", 14.0, 72.0, 700.0, "1 Animals")
        + &lines(72.0, 670.0, &PROSE)
        + &line("F2", 14.0, 72.0, 590.0, "1.1 Foxes")
        + &lines(72.0, 560.0, &PROSE);
    let document = parse(builder.catalog(&format!("/Outlines {root} 0 R")).page(&content));
    assert_eq!(kinds(&document), ["h1", "p", "h2", "p"]);
}

#[test]
fn to_unicode_maps_codes() {
    let mut builder = Builder::new();
    let map = builder.stream(
        "",
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n\
         1 begincodespacerange <00> <FF> endcodespacerange\n\
         2 beginbfchar <41> <0416> <42> <00660069> endbfchar\n\
         1 beginbfrange <43> <45> <FB01> endbfrange\n\
         endcmap end end",
    );
    let font = format!("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode {map} 0 R >>");
    let document = parse(builder.font("F9", &font).page("BT /F9 12 Tf 72 700 Td (ABC) Tj ET"));
    // The last is the ligature U+FB01, which is opened.
    assert_eq!(document.text, "Жfifi");
}

#[rstest]
#[case::differences(
    "/Encoding << /Differences [65 /eacute /Omega /f_f_i 70 /uni0416] >>",
    "(ABCF) Tj",
    "éΩffiЖ"
)]
#[case::mac("/Encoding /MacRomanEncoding", "<8E> Tj", "é")]
#[case::win("/Encoding /WinAnsiEncoding", "<E9> Tj", "é")]
fn encodings(#[case] entry: &str, #[case] operators: &str, #[case] expected: &str) {
    let font = format!("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica {entry} >>");
    let document =
        parse(Builder::new().font("F9", &font).page(&format!("BT /F9 12 Tf 72 700 Td {operators} ET")));
    assert_eq!(document.text, expected);
}

#[test]
fn predefined_cmaps_reach_unicode() {
    let mut builder = Builder::new();
    let descendant = builder.object(
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light \
         /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>",
    );
    let font = format!(
        "<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light /Encoding /90ms-RKSJ-H /DescendantFonts [{descendant} 0 R] >>"
    );
    let document = parse(builder.font("F9", &font).page("BT /F9 12 Tf 72 700 Td <93FA967B> Tj ET"));
    assert_eq!(document.text, "日本");
}

#[test]
fn forms_are_painted_once_each_time_and_never_within_themselves() {
    let mut builder = Builder::new();
    // The form names itself among its resources, by the number that it gets.
    let form = 6;
    let entries = format!(
        "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Matrix [1 0 0 1 0 -20] \
         /Resources << /Font << /F1 3 0 R >> /XObject << /X {form} 0 R >> >>"
    );
    assert_eq!(builder.stream(&entries, "BT /F1 12 Tf 72 700 Td (In a form) Tj ET /X Do"), form);
    let page = format!("/Resources << FONTS /XObject << /X {form} 0 R >> >>");
    let document = parse(builder.page_with("/X Do", &page));
    assert!(document.text.starts_with("In a form"), "{}", document.text);
    assert!(document.text.matches("In a form").count() < 20);
}

#[test]
fn turned_pages_read_upright() {
    let content = "BT /F1 12 Tf 0 1 -1 0 100 100 Tm (Hello world) Tj 0 -14 Td (and more) Tj ET";
    let document = parse(Builder::new().page_with(content, "/Rotate 90"));
    assert_eq!(document.text, "Hello world and more");
}

#[test]
fn a_password_is_asked_for() {
    let key = "00".repeat(32);
    let encrypt = format!(
        "/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <{key}> /U <{key}> >> /ID [<00> <00>]"
    );
    let pdf = Builder::new().page(&lines(72.0, 700.0, &PROSE)).trailer(&encrypt).build();
    assert_eq!(pdf::parse(&pdf, &Options::default(), Help::default()), Err(ParseError::Locked { tried: 0 }));
}

#[rstest]
#[case::rc4_40(include_bytes!("pdf/encrypted/rc4-40.pdf"))]
#[case::rc4_128(include_bytes!("pdf/encrypted/rc4-128.pdf"))]
#[case::aes_128(include_bytes!("pdf/encrypted/aes-128.pdf"))]
#[case::aes_256(include_bytes!("pdf/encrypted/aes-256.pdf"))]
fn the_password_that_fits_opens(#[case] bytes: &[u8]) {
    let parsed = |passwords: &[&str]| {
        let passwords: Vec<Password> = passwords.iter().copied().map(Password::new).collect();
        let help = Help { passwords: &passwords, ..Help::default() };
        pdf::parse(bytes, &Options::default(), help)
            .and_then(parse::Draft::finish)
            .map(|document| document.text)
    };
    assert_eq!(parsed(&["open", "", "sesame"]).as_deref(), Ok("The valve opens at seven bar."));
    assert_eq!(parsed(&[]), Err(ParseError::Locked { tried: 0 }));
    let error = parsed(&["Sesame", "sesame "]).unwrap_err();
    assert_eq!(error, ParseError::Locked { tried: 2 });
    assert!(
        error.to_string().starts_with("the PDF needs another password than the 2 that are set"),
        "{error}"
    );
}

#[test]
fn a_cut_file_is_repaired_or_refused() {
    let whole = Builder::new().page(&lines(72.0, 700.0, &PROSE)).build();
    let without_table = whole.windows(4).position(|bytes| bytes == b"xref").unwrap();
    let document =
        pdf::parse(&whole[..without_table], &Options::default(), Help::default()).unwrap().finish().unwrap();
    assert_eq!(document.text, PROSE.join(" "));
    assert!(matches!(
        pdf::parse(&whole[..40], &Options::default(), Help::default()),
        Err(ParseError::Broken { format: "PDF", .. })
    ));
    assert!(matches!(
        pdf::parse(b"no PDF at all", &Options::default(), Help::default()),
        Err(ParseError::Broken { format: "PDF", .. })
    ));
}

#[test]
fn without_ocr_pages_without_text_are_named() {
    let Err(ParseError::NoText { hint, .. }) =
        pdf::parse(&Builder::new().page("0 0 100 100 re f").build(), &Options::default(), Help::default())
    else {
        panic!("there is no text to find")
    };
    assert!(hint.contains("--ocr"));

    let text = lines(72.0, 700.0, &PROSE);
    let document = parse(Builder::new().page(&text).page("").page(&text).page("").page(""));
    assert_eq!(document.pages, Some(5));
    let warning =
        "pages 2, 4–5 have no text; if they are pictures of text, --ocr (`ocr` in the API) reads them";
    assert_eq!(document.warnings, [warning]);
}

#[rstest]
#[case::widths("/W [0 4294967295 500]")]
#[case::vertical_widths("/W2 [0 2147483647 1 2 3]")]
fn claims_of_endless_tables_are_not_believed(#[case] widths: &str) {
    let mut builder = Builder::new();
    let descendant = builder.object(&format!(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) >> {widths} >>"
    ));
    let font = format!(
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [{descendant} 0 R] >>"
    );
    let content = format!("BT /F9 12 Tf 72 700 Td <0022> Tj ET {}", lines(72.0, 600.0, &PROSE));
    assert_eq!(parse(builder.font("F9", &font).page(&content)).text, PROSE.join(" "));
}

#[test]
fn the_title_is_taken_unless_a_program_made_it() {
    let with = |title: &str| {
        let mut builder = Builder::new();
        let info = builder.object(&format!("<< /Title ({title}) >>"));
        parse(builder.trailer(&format!("/Info {info} 0 R")).page(&lines(72.0, 700.0, &PROSE))).title
    };
    assert_eq!(with("Of Foxes").as_deref(), Some("Of Foxes"));
    assert_eq!(with("Microsoft Word - foxes.doc"), None);
}

fn sample() -> Vec<u8> {
    let mut builder = Builder::new();
    let map =
        builder.stream("", "1 beginbfchar <41> <0416> endbfchar 1 beginbfrange <43> <45> <FB01> endbfrange");
    let font = format!("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode {map} 0 R >>");
    let content = line("F2", 20.0, 72.0, 720.0, "A title")
        + &lines(72.0, 690.0, &PROSE)
        + "BT /F9 12 Tf 14 TL 72 600 Td [(AB) -300 (C)] TJ (D) ' ET 72 500 m 300 500 l S /Span << /ActualText (x) >> BDC EMC";
    builder.font("F9", &font).page(&content).page(&lines(72.0, 700.0, &PROSE)).build()
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = pdf::parse(&bytes, &Options::default(), Help::default());
    }

    #[test]
    fn random_content_never_panics(content in "[ -~\n]{0,300}") {
        let _ = pdf::parse(&Builder::new().page(&content).build(), &Options::default(), Help::default());
    }

    #[test]
    fn mutated_pdfs_never_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        keep_whole in any::<bool>(),
    ) {
        let mut bytes = sample();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if !keep_whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(draft) = pdf::parse(&bytes, &Options::default(), Help::default()) {
            prop_assert!(!draft.is_empty());
        }
    }
}
