//! Bytes of a text file to text: byte order marks, encodings, line ends, control characters.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a file is looked at to tell an encoding without a mark.
const SAMPLE: usize = 64 * 1024;

/// A text as decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The text, without byte order mark and control characters other than tab and line ends.
    pub(crate) text: String,
    /// Says which encoding was taken and how many characters could not be read, if any.
    pub(crate) warning: Option<String>,
}

/// Decodes a text with its line ends as they are. `declared` is the label that the document itself
/// gives its encoding.
pub(crate) fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    let (text, name, replaced) = read(bytes, declared);
    let warning = (replaced > 0).then(|| {
        let characters =
            if replaced == 1 { "1 character".to_owned() } else { format!("{replaced} characters") };
        format!("{characters} could not be read as {name}")
    });
    let drop = |c: char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0C')) || c == '\u{FEFF}';
    let text = if text.contains(drop) { text.replace(drop, "") } else { text };
    Decoded { text, warning }
}

/// Decodes a text and ends every line with a line feed.
pub(crate) fn decode_lines(bytes: &[u8], declared: Option<&str>) -> Decoded {
    let Decoded { text, warning } = decode(bytes, declared);
    let text = text.replace("\r\n", "\n").replace(['\r', '\x0C', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    Decoded { text, warning }
}

/// Whether the bytes start like UTF-16 or UTF-32, where NULs are part of the text.
pub(crate) fn is_wide(bytes: &[u8]) -> bool {
    utf32(bytes).is_some()
        || matches!(Encoding::for_bom(bytes), Some((encoding, _)) if encoding != UTF_8)
        || utf16_by_zeros(bytes).is_some()
}

/// The text, the encoding's name and the number of characters that could not be read.
fn read(bytes: &[u8], declared: Option<&str>) -> (String, &'static str, usize) {
    if let Some((rest, read_unit, name)) = utf32(bytes) {
        return decode_utf32(rest, read_unit, name);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_with(encoding, &bytes[mark..]);
    }
    if let Some(encoding) = utf16_by_zeros(bytes) {
        return decode_with(encoding, bytes);
    }
    // Japanese mail is ASCII to the eye; its escapes are in no other text.
    if bytes.is_ascii() && ["\x1B$B", "\x1B$@"].iter().any(|escape| holds(bytes, escape.as_bytes())) {
        let read = decode_with(ISO_2022_JP, bytes);
        if read.2 == 0 {
            return read;
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), "UTF-8", 0);
    }
    // A page that was converted often still declares its old encoding, so what it says is tried
    // only after UTF-8.
    if let Some(encoding) = declared.and_then(|label| Encoding::for_label(label.as_bytes()))
        && encoding != UTF_8
        && encoding.is_ascii_compatible()
    {
        return decode_with(encoding, bytes);
    }
    let (text, _, replaced) = decode_with(UTF_8, bytes);
    // A few broken sequences in a text that is full of good ones: still UTF-8, damaged.
    let good = text.chars().filter(|c| !c.is_ascii() && *c != '\u{FFFD}').count();
    if good > replaced.saturating_mul(10) {
        return (text, "UTF-8", replaced);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let sample = &bytes[first_high_byte(bytes)..];
    detector.feed(&sample[..sample.len().min(SAMPLE)], true);
    decode_with(detector.guess(None, Utf8Detection::Deny), bytes)
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Where a sample has to start to hold something that tells encodings apart.
fn first_high_byte(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0).saturating_sub(SAMPLE / 4)
}

fn decode_with(encoding: &'static Encoding, bytes: &[u8]) -> (String, &'static str, usize) {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    let replaced = if broken { text.matches('\u{FFFD}').count() } else { 0 };
    (text.into_owned(), encoding.name(), replaced)
}

type ReadUnit = fn([u8; 4]) -> u32;

/// UTF-32 by its mark, or by three zeros in every four bytes.
fn utf32(bytes: &[u8]) -> Option<(&[u8], ReadUnit, &'static str)> {
    const LE: (ReadUnit, &str) = (u32::from_le_bytes, "UTF-32LE");
    const BE: (ReadUnit, &str) = (u32::from_be_bytes, "UTF-32BE");
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE, 0, 0]) {
        return Some((rest, LE.0, LE.1));
    }
    if let Some(rest) = bytes.strip_prefix(&[0, 0, 0xFE, 0xFF]) {
        return Some((rest, BE.0, BE.1));
    }
    let units = &bytes[..bytes.len().min(SAMPLE) / 4 * 4];
    if units.len() < 8 {
        return None;
    }
    let all = |like: fn(&[u8]) -> bool| units.chunks_exact(4).all(like);
    if all(|unit| unit[3] == 0 && unit[2] <= 0x10 && (unit[0], unit[1]) != (0, 0)) && units[1..].contains(&0)
    {
        return Some((bytes, LE.0, LE.1));
    }
    if all(|unit| unit[0] == 0 && unit[1] <= 0x10 && (unit[2], unit[3]) != (0, 0)) {
        return Some((bytes, BE.0, BE.1));
    }
    None
}

fn decode_utf32(bytes: &[u8], read_unit: ReadUnit, name: &'static str) -> (String, &'static str, usize) {
    let mut replaced = usize::from(!bytes.len().is_multiple_of(4));
    let mut text = String::with_capacity(bytes.len() / 4);
    for unit in bytes.chunks_exact(4) {
        let char = char::from_u32(read_unit([unit[0], unit[1], unit[2], unit[3]]));
        replaced += usize::from(char.is_none());
        text.push(char.unwrap_or('\u{FFFD}'));
    }
    (text, name, replaced)
}

/// UTF-16 without a mark: half of the bytes of most scripts' blanks and of all Latin text are zero,
/// always on the same side.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE) / 2 * 2];
    let pairs = sample.len() / 2;
    let zeros = |side: usize| sample.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let enough = (pairs / 10).max(2);
    match () {
        () if second >= enough && first == 0 => Some(UTF_16LE),
        () if first >= enough && second == 0 => Some(UTF_16BE),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    fn utf32_bytes(text: &str, unit: fn(u32) -> [u8; 4]) -> Vec<u8> {
        text.chars().flat_map(|c| unit(u32::from(c))).collect()
    }

    const TEXT: &str = "Grüße, 東京!\nA second line.";

    #[rstest]
    #[case::utf8(TEXT.into())]
    #[case::utf8_mark(format!("\u{FEFF}{TEXT}").into_bytes())]
    #[case::utf16le_mark(utf16(&format!("\u{FEFF}{TEXT}"), u16::to_le_bytes))]
    #[case::utf16be_mark(utf16(&format!("\u{FEFF}{TEXT}"), u16::to_be_bytes))]
    #[case::utf16le(utf16(TEXT, u16::to_le_bytes))]
    #[case::utf16be(utf16(TEXT, u16::to_be_bytes))]
    #[case::utf32le_mark(utf32_bytes(&format!("\u{FEFF}{TEXT}"), u32::to_le_bytes))]
    #[case::utf32be_mark(utf32_bytes(&format!("\u{FEFF}{TEXT}"), u32::to_be_bytes))]
    #[case::utf32le(utf32_bytes(TEXT, u32::to_le_bytes))]
    #[case::utf32be(utf32_bytes(TEXT, u32::to_be_bytes))]
    fn unicode_is_read_with_and_without_mark(#[case] bytes: Vec<u8>) {
        assert_eq!(decode(&bytes, None), Decoded { text: TEXT.into(), warning: None });
    }

    #[rstest]
    #[case::western(
        b"Stra\xDFe und K\xF6nig, sch\xF6n und gut: \xFCber alle Ma\xDFen gro\xDF",
        None,
        "Straße und König, schön und gut: über alle Maßen groß"
    )]
    #[case::declared(b"\xC4\xE5\xED\xFC", Some("windows-1251"), "День")]
    #[case::declared_wrongly("День".as_bytes(), Some("iso-8859-1"), "День")]
    fn legacy_encodings_are_told(#[case] bytes: &[u8], #[case] declared: Option<&str>, #[case] text: &str) {
        assert_eq!(decode(bytes, declared).text, text);
    }

    #[test]
    fn damage_is_counted() {
        let mut bytes = "ünïcödé tèxt çà et là, déjà vû: éèêë".as_bytes().to_vec();
        bytes.push(0xFF);
        let decoded = decode(&bytes, None);
        assert_eq!(decoded.warning.as_deref(), Some("1 character could not be read as UTF-8"));
    }

    #[test]
    fn line_ends_are_one_and_control_characters_none() {
        assert_eq!(decode_lines(b"a\r\nb\rc\x0Cd\x00\x07\te", None).text, "a\nb\nc\nd\te");
    }

    /// A sentence in each language, long enough to tell an encoding by.
    const RUSSIAN: &str = "Вчера вечером мы долго гуляли по старому городу и говорили о новых книгах.";
    const POLISH: &str = "Wczoraj wieczorem długo chodziliśmy po starym mieście i mówiliśmy o książkach.";
    const GREEK: &str = "Χθες το βράδυ περπατήσαμε πολύ στην παλιά πόλη και μιλήσαμε για νέα βιβλία.";
    const TURKISH: &str =
        "Dün akşam eski şehirde uzun süre yürüdük ve yeni kitaplar hakkında konuştuk, ığüşöç.";
    const FRENCH: &str =
        "Hier soir, nous avons marché dans la vieille ville où l'été déjà s'achève, très loin.";
    const HEBREW: &str = "אתמול בערב הלכנו הרבה זמן בעיר העתיקה ודיברנו על ספרים חדשים.";
    const ARABIC: &str = "مشينا مساء أمس طويلا في المدينة القديمة وتحدثنا عن كتب جديدة.";
    const JAPANESE: &str = "昨日の夜、私たちは古い町を長い間歩いて、新しい本について話しました。";
    const CHINESE: &str = "昨天晚上我们在古老的城市里走了很久，谈论了新的书和我们的生活。";
    const TAIWANESE: &str = "昨天晚上我們在古老的城市裡走了很久，談論了新的書和我們的生活。";
    const KOREAN: &str = "어제 저녁 우리는 오래된 도시를 오랫동안 걸으며 새로운 책에 대해 이야기했습니다.";

    #[rstest]
    #[case("windows-1250", POLISH)]
    #[case("iso-8859-2", POLISH)]
    #[case("windows-1251", RUSSIAN)]
    #[case("koi8-r", RUSSIAN)]
    #[case("iso-8859-5", RUSSIAN)]
    #[case("ibm866", RUSSIAN)]
    #[case("windows-1252", FRENCH)]
    #[case("windows-1253", GREEK)]
    #[case("iso-8859-7", GREEK)]
    #[case("windows-1254", TURKISH)]
    #[case("windows-1255", HEBREW)]
    #[case("iso-8859-8", HEBREW)]
    #[case("windows-1256", ARABIC)]
    #[case("iso-8859-6", ARABIC)]
    #[case("shift_jis", JAPANESE)]
    #[case("euc-jp", JAPANESE)]
    #[case("iso-2022-jp", JAPANESE)]
    #[case("gbk", CHINESE)]
    #[case("gb18030", CHINESE)]
    #[case("big5", TAIWANESE)]
    #[case("euc-kr", KOREAN)]
    fn a_text_comes_back_from_each_encoding(#[case] label: &str, #[case] text: &str) {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let (bytes, _, lossy) = encoding.encode(text);
        assert!(!lossy);
        assert_eq!(decode(&bytes, None), Decoded { text: text.into(), warning: None });
    }
}
