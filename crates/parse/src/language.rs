//! The language of a text.

/// How much of a text is looked at, in bytes: enough to be sure, little enough to be free.
const SAMPLE: usize = 8 * 1024;

/// The ISO 639-1 code of the language of most of a text, where that can be told with confidence.
pub fn detect(text: &str) -> Option<String> {
    let mut end = text.len().min(SAMPLE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let info = whatlang::detect(&text[..end])?;
    let code = two_letters(info.lang().code())?;
    info.is_reliable().then(|| code.to_owned())
}

/// ISO 639-3 to 639-1 for the languages that the detector knows.
fn two_letters(code: &str) -> Option<&'static str> {
    Some(match code {
        "eng" => "en",
        "deu" => "de",
        "fra" => "fr",
        "spa" => "es",
        "por" => "pt",
        "ita" => "it",
        "nld" => "nl",
        "rus" => "ru",
        "ukr" => "uk",
        "pol" => "pl",
        "ces" => "cs",
        "cmn" => "zh",
        "jpn" => "ja",
        "kor" => "ko",
        "ara" => "ar",
        "heb" => "he",
        "tur" => "tr",
        "swe" => "sv",
        "dan" => "da",
        "nob" => "no",
        "fin" => "fi",
        "hun" => "hu",
        "ron" => "ro",
        "ell" => "el",
        "bul" => "bg",
        "hin" => "hi",
        "vie" => "vi",
        "ind" => "id",
        "tha" => "th",
        "cat" => "ca",
        _ => return None,
    })
}
