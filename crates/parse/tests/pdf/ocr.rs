//! Pages that are pictures, read by what stands in for OCR.

use std::{
    sync::{Condvar, Mutex},
    time::Duration,
};

use model::ParsedDocument;
use parse::{Help, Ocr, OcrError, OcrLine, OcrWord, Options, PageImage, ParseError, pdf};

use crate::{
    PROSE,
    builder::{Builder, line, lines},
};

/// A black square, which is no text.
const DRAWING: &str = "100 500 100 100 re f";

/// Gives the same answer for each page, and remembers the pages that it has seen.
struct Reader {
    answer: Result<Vec<OcrLine>, OcrError>,
    seen: Mutex<Vec<PageImage>>,
}

impl Reader {
    fn of(answer: Result<Vec<OcrLine>, OcrError>) -> Self {
        Self { answer, seen: Mutex::default() }
    }

    fn seen(&self) -> usize {
        self.seen.lock().expect("no thread panics").len()
    }

    fn parse(&self, pdf: Builder) -> Result<ParsedDocument, ParseError> {
        let help = Help { ocr: Some(self), ..Help::default() };
        pdf::parse(&pdf.build(), &Options::default(), help).and_then(parse::Draft::finish)
    }
}

impl Ocr for Reader {
    fn read(&self, image: &PageImage) -> Result<Vec<OcrLine>, OcrError> {
        self.seen.lock().expect("no thread panics").push(image.clone());
        self.answer.clone()
    }
}

/// A line whose letters are `height` pixels high in all, its words 20 pixels a letter.
fn read(text: &str, x: f32, baseline: f32, height: f32) -> OcrLine {
    let mut x = x;
    let word = |text: &str| {
        let x0 = x;
        x += 20.0 * (text.chars().count() + 1) as f32;
        let bounds = [x0, baseline - 0.8 * height, x - 20.0, baseline + 0.2 * height];
        OcrWord { text: text.into(), bounds, confidence: 0.9 }
    };
    let words = text.split(' ').map(word).collect();
    OcrLine { words, turns: 0, baseline: Some(baseline), height: Some(height) }
}

/// A page of prose under a heading; OCR measures its lines a little differently each.
fn prose() -> Vec<OcrLine> {
    let heading = read("Of foxes", 300.0, 300.0, 90.0);
    let prose = PROSE.iter().zip([44.0, 46.0, 43.0, 45.0]).enumerate();
    let prose = prose.map(|(at, (text, height))| read(text, 300.0, 500.0 + 58.0 * at as f32, height));
    [heading].into_iter().chain(prose).collect()
}

#[test]
fn a_picture_of_text_is_read_like_text() {
    let reader = Reader::of(Ok(prose()));
    let document = reader.parse(Builder::new().page(DRAWING)).unwrap();
    assert_eq!(document.text, format!("Of foxes\n\n{}", PROSE.join(" ")));
    assert_eq!(crate::kinds(&document), ["h1", "p"]);
    assert_eq!(document.warnings, ["page 1 was read by OCR, which may misread"]);
    let seen = reader.seen.lock().unwrap();
    let PageImage { width, height, pixels, dpi } = &seen[0];
    assert_eq!((*width, *height, *dpi, pixels.len()), (2550, 3300, 300, 2550 * 3300));
    let at = |x: f32, y: f32| pixels[(y * 300.0 / 72.0) as usize * 2550 + (x * 300.0 / 72.0) as usize];
    assert_eq!((at(150.0, 792.0 - 550.0), at(50.0, 50.0)), (0, 255));
}

#[test]
fn only_what_needs_it_is_read() {
    let text = lines(72.0, 700.0, &PROSE);
    let reader = Reader::of(Ok(prose()));
    let pdf = Builder::new().page(&text).page(DRAWING).page("").page(DRAWING);
    let document = reader.parse(pdf).unwrap();
    assert_eq!(reader.seen(), 2, "a page with text and a blank one are left alone");
    let warnings =
        ["pages 2, 4 were read by OCR, which may misread", "page 3 has no text, and OCR finds none in it"];
    assert_eq!(document.warnings, warnings);
    let pages: Vec<_> = document.blocks.iter().filter_map(|block| block.page).collect();
    assert_eq!(pages, [1, 2, 2, 4, 4]);
}

#[test]
fn what_ocr_is_unsure_of_is_left_out_and_told() {
    let mut found = prose();
    let mut dirt = read("iiii .;~ lI", 300.0, 900.0, 45.0);
    for word in &mut dirt.words {
        word.confidence = 0.2;
    }
    found.extend([dirt, read("~ -- .", 300.0, 1000.0, 45.0)]);
    let document = Reader::of(Ok(found)).parse(Builder::new().page(DRAWING)).unwrap();
    assert!(document.text.ends_with(PROSE[3]), "{}", document.text);
    assert_eq!(document.warnings[1], "1 line was left out that OCR could hardly read");
}

/// Reads a page once another is being read too.
#[derive(Default)]
struct Pair {
    begun: Mutex<usize>,
    changed: Condvar,
}

impl Ocr for Pair {
    fn read(&self, image: &PageImage) -> Result<Vec<OcrLine>, OcrError> {
        let mut begun = self.begun.lock().expect("no thread panics");
        *begun += 1;
        self.changed.notify_all();
        let alone = |begun: &mut usize| *begun < 2;
        let (begun, waited) =
            self.changed.wait_timeout_while(begun, Duration::from_secs(60), alone).expect("no thread panics");
        drop(begun);
        if waited.timed_out() {
            return Err(OcrError::Page("it is read alone".into()));
        }
        Ok(vec![read(if image.width > image.height { "Wide page" } else { "High page" }, 300.0, 300.0, 45.0)])
    }
}

#[test]
fn pages_are_read_side_by_side_and_stay_in_order() {
    let pair = Pair::default();
    let help = Help { ocr: Some(&pair), ..Help::default() };
    let options = Options { threads: 2, ..Options::default() };
    let pdf = Builder::new().page(DRAWING).page_with(DRAWING, "/Rotate 90").page(DRAWING);
    let document = pdf::parse(&pdf.build(), &options, help).and_then(parse::Draft::finish).unwrap();
    assert_eq!(document.text, "High page\n\nWide page\n\nHigh page");
}

#[test]
fn a_page_that_fails_is_named_with_its_reason() {
    let text = lines(72.0, 700.0, &PROSE);
    let reader = Reader::of(Err(OcrError::Page("it has no eyes".into())));
    let document = reader.parse(Builder::new().page(&text).page(DRAWING).page(DRAWING)).unwrap();
    assert_eq!(reader.seen(), 2);
    assert_eq!(document.warnings, ["pages 2–3 were not read by OCR: it has no eyes"]);
    let error = reader.parse(Builder::new().page(DRAWING)).unwrap_err();
    assert_eq!(error.to_string(), "OCR failed on its pages: it has no eyes");

    let reader = Reader::of(Err(OcrError::OutOfTime));
    let document = reader.parse(Builder::new().page(&text).page(DRAWING).page(DRAWING)).unwrap();
    assert_eq!(reader.seen(), 1, "there is no time for another");
    assert_eq!(document.warnings, ["pages 2–3 were not read by OCR: reading all of them takes too long"]);

    let nothing = Reader::of(Ok(Vec::new())).parse(Builder::new().page(DRAWING)).unwrap_err();
    assert!(nothing.to_string().ends_with("in which OCR finds no text"), "{nothing}");
}

#[test]
fn a_scan_under_a_stamp_is_read_beside_it() {
    let mut builder = Builder::new();
    let entries =
        "/Type /XObject /Subtype /Image /Width 2 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray";
    let image = builder.stream(entries, "az");
    let stamp = line("F1", 11.0, 72.0, 750.0, "Archive 0815") + &line("F1", 11.0, 300.0, 30.0, "Copy 4");
    let resources = format!("/Resources << FONTS /XObject << /X {image} 0 R >> >>");
    let page = |size: u32| format!("q {size} 0 0 792 0 0 cm /X Do Q {stamp}");
    let scan = builder.page_with(&page(600), &resources);
    // The stamp is on the picture too.
    let found: Vec<OcrLine> = [read("Archlve 08l5", 300.0, 175.0, 45.0)].into_iter().chain(prose()).collect();
    let document = Reader::of(Ok(found.clone())).parse(scan).unwrap();
    assert_eq!(document.text, format!("Archive 0815\n\nOf foxes\n\n{}\n\nCopy 4", PROSE.join(" ")));

    let mut builder = Builder::new();
    let image = builder.stream(entries, "az");
    let resources = format!("/Resources << FONTS /XObject << /X {image} 0 R >> >>");
    let reader = Reader::of(Ok(found));
    reader.parse(builder.page_with(&page(200), &resources)).unwrap();
    assert_eq!(reader.seen(), 0, "a picture on a page does not make it a scan");
}

#[test]
fn a_page_whose_fonts_tell_nothing_is_read_as_a_picture() {
    let mut builder = Builder::new();
    let descendant = builder.object(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X \
         /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
    );
    let font = format!(
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [{descendant} 0 R] >>"
    );
    let unknown = "BT /X 11 Tf 72 700 Td <00410042004300440045004600470048> Tj ET";
    let content = format!("{unknown} {} {DRAWING}", line("F1", 11.0, 72.0, 650.0, "Known"));
    let pdf = builder.font("X", &font).page(&content);
    let document = Reader::of(Ok(prose())).parse(pdf).unwrap();
    assert_eq!(document.text, format!("Of foxes\n\n{}", PROSE.join(" ")));
    assert_eq!(document.warnings, ["page 1 was read by OCR, which may misread"]);
}

#[test]
fn languages_without_blanks_get_none() {
    let word = |text: &str, x: f32| OcrWord {
        text: text.into(),
        bounds: [x, 300.0, x + 40.0, 345.0],
        confidence: 0.9,
    };
    let words = vec![word("东", 300.0), word("西", 345.0), word("南", 390.0), word("Nord", 435.0)];
    let line = OcrLine { words, turns: 0, baseline: None, height: None };
    let document = Reader::of(Ok(vec![line])).parse(Builder::new().page(DRAWING)).unwrap();
    assert_eq!(document.text, "东西南 Nord");
}

#[test]
fn turned_text_is_read_along_its_own_lines() {
    let turned = |line: OcrLine| {
        let turn = |[x0, y0, x1, y1]: [f32; 4]| [2550.0 - y1, x0, 2550.0 - y0, x1];
        let words =
            line.words.into_iter().map(|word| OcrWord { bounds: turn(word.bounds), ..word }).collect();
        OcrLine { words, turns: 1, baseline: None, ..line }
    };
    let found = prose().into_iter().map(turned).collect();
    let document = Reader::of(Ok(found)).parse(Builder::new().page(DRAWING)).unwrap();
    assert_eq!(document.text, format!("Of foxes\n\n{}", PROSE.join(" ")));
}
