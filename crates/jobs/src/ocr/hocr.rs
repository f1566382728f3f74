//! Reads hOCR, the HTML that `tesseract` writes (kba.github.io/hocr-spec): lines and words are spans whose
//! titles hold their properties.

use parse::{OcrLine, OcrWord};
use quick_xml::{
    Reader,
    escape::resolve_xml_entity,
    events::{BytesStart, Event},
};

/// The most words of a page: a page of a newspaper has some 10,000.
const MOST_WORDS: usize = 100_000;
/// The classes of elements that are lines.
const LINES: [&str; 4] = ["ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"];

/// The lines of a page, those without words left out; or what is wrong with it.
pub(super) fn lines(hocr: &[u8]) -> Result<Vec<OcrLine>, String> {
    let hocr = String::from_utf8_lossy(hocr);
    let damaged = |error: &dyn std::fmt::Display| format!("what tesseract says is damaged: {error}");
    let mut reader = Reader::from_str(&hocr);
    let mut lines: Vec<OcrLine> = Vec::new();
    let mut words = 0;
    // How many elements are open within the word that is read.
    let mut within: Option<usize> = None;
    loop {
        let event = reader.read_event().map_err(|error| damaged(&error))?;
        let text = |lines: &mut Vec<OcrLine>, text: &str| {
            if within.is_some()
                && let Some(word) = lines.last_mut().and_then(|line| line.words.last_mut())
            {
                word.text.push_str(text);
            }
        };
        match event {
            Event::Start(start) => {
                if let Some(depth) = &mut within {
                    *depth += 1;
                    continue;
                }
                let (class, title) = (attribute(&start, "class"), attribute(&start, "title"));
                if LINES.contains(&class.as_str()) {
                    lines.push(line(&title));
                } else if class == "ocrx_word"
                    && words < MOST_WORDS
                    && let Some(line) = lines.last_mut()
                    && let Some(word) = word(&title)
                {
                    line.words.push(word);
                    words += 1;
                    within = Some(0);
                }
            }
            Event::End(_) => within = within.and_then(|depth| depth.checked_sub(1)),
            Event::Text(part) => text(&mut lines, &part),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => text(&mut lines, character.encode_utf8(&mut [0; 4])),
                _ => text(&mut lines, resolve_xml_entity(&reference).unwrap_or_default()),
            },
            Event::Eof => break,
            _ => {}
        }
    }
    for line in &mut lines {
        line.words.retain(|word| !word.text.trim().is_empty());
    }
    lines.retain(|line| !line.words.is_empty());
    Ok(lines)
}

fn attribute(start: &BytesStart<'_>, name: &str) -> String {
    let value = start.try_get_attribute(name).ok().flatten();
    value.map(|value| value.value.into_owned()).unwrap_or_default()
}

/// The numbers of a property in a title: `bbox 36 92 96 116; x_wconf 95`.
fn numbers(title: &str, property: &str) -> Option<Vec<f32>> {
    title.split(';').find_map(|part| {
        let numbers = part.trim().strip_prefix(property)?.strip_prefix(' ')?;
        numbers.split_whitespace().map(|number| number.parse().ok()).collect()
    })
}

fn line(title: &str) -> OcrLine {
    let number = |property| numbers(title, property).and_then(|numbers| numbers.first().copied());
    // Degrees against the clock.
    let angle = number("textangle").unwrap_or_default();
    let turns = ((360.0 - angle) / 90.0).round().rem_euclid(4.0) as u8;
    // From the lower left corner of the line's box.
    let baseline = match (numbers(title, "bbox").as_deref(), numbers(title, "baseline").as_deref()) {
        (Some([x0, _, x1, y1]), Some([slope, offset])) if turns == 0 => {
            Some(y1 + offset + slope * (x1 - x0) / 2.0)
        }
        _ => None,
    };
    OcrLine { words: Vec::new(), turns, baseline, height: number("x_size") }
}

fn word(title: &str) -> Option<OcrWord> {
    let bounds = numbers(title, "bbox")?.try_into().ok()?;
    let percent = numbers(title, "x_wconf").and_then(|numbers| numbers.first().copied());
    Some(OcrWord { text: String::new(), bounds, confidence: percent.map_or(1.0, |percent| percent / 100.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html><head><title></title><meta name='ocr-system' content='tesseract 5.3.0' /></head><body>
  <div class='ocr_page' id='page_1' title='image "-"; bbox 0 0 2550 3300; ppageno 0; scan_res 300 300'>
   <div class='ocr_photo' title="bbox 1 2 3 4"></div>
   <p class='ocr_par' lang='eng' title="bbox 130 146 1355 238">
    <span class='ocr_line' id='line_1_1' title="bbox 130 146 330 238; baseline 0.01 -21; x_size 91; x_descenders 20">
     <span class='ocrx_word' id='word_1_1' title='bbox 130 147 563 238; x_wconf 96'>Nuts &amp;</span>
     <span class='ocrx_word' id='word_1_2' title='bbox 590 146 720 217; x_wconf 50'><strong>bolts</strong>&#39;</span>
     <span class='ocrx_word' id='word_1_3' title='bbox 730 146 740 217; x_wconf 5'> </span>
    </span>
    <span class='ocr_header' title="bbox 2319 130 2410 1355; textangle 270; x_size 90">
     <span class='ocrx_word' title='bbox 2319 130 2410 563; x_wconf 96'>Down</span>
    </span>
    <span class='ocr_line' title="bbox 1 2 3 4"></span>
   </p>
  </div></body></html>"#;

    #[test]
    fn lines_and_words_are_read_with_their_places() {
        let read = lines(PAGE.as_bytes()).unwrap();
        let word = |text: &str, bounds, confidence| OcrWord { text: text.into(), bounds, confidence };
        let first = OcrLine {
            words: vec![
                word("Nuts &", [130.0, 147.0, 563.0, 238.0], 0.96),
                word("bolts'", [590.0, 146.0, 720.0, 217.0], 0.5),
            ],
            turns: 0,
            baseline: Some(218.0),
            height: Some(91.0),
        };
        let second = OcrLine {
            words: vec![word("Down", [2319.0, 130.0, 2410.0, 563.0], 0.96)],
            turns: 1,
            baseline: None,
            height: Some(90.0),
        };
        assert_eq!(read, [first, second]);
    }

    #[test]
    fn what_is_damaged_is_an_error_or_less_text() {
        assert_eq!(lines(b""), Ok(Vec::new()));
        assert!(lines(b"<html><span class='ocr_line'></p>").unwrap_err().contains("damaged"));
        let no_numbers = PAGE.replace("bbox 130", "bbox x");
        assert_eq!(lines(no_numbers.as_bytes()).unwrap().len(), 2);
        let outside = "<span class='ocrx_word' title='bbox 1 2 3 4'>word</span>";
        assert_eq!(lines(outside.as_bytes()), Ok(Vec::new()));
    }
}
