//! A text to what it is compared by.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::key::normalised;
use crate::{
    numbers,
    tokens::{chain, is_unspaced, key},
    units, words,
};

/// How many bands a sketch has: two texts that share one are compared.
pub const BANDS: usize = 16;

/// Rows of a band: texts that share a half of their words have a band in common with probability .64,
/// three quarters .998, a tenth .002.
const ROWS: usize = 4;

/// More words than these are left out of the comparison: a bound on memory, for books given as one text.
const MAX_WORDS: usize = 4096;

/// So many characters of small words lie between two others at the most.
const FAR: usize = 256;

/// Ways in which people and models ask for an answer, which are no part of the question.
const FRAMES: [&str; 14] = [
    "please explain ",
    "please tell me ",
    "please describe ",
    "please ",
    "can you tell me ",
    "can you explain ",
    "could you tell me ",
    "could you explain ",
    "tell me ",
    "according to the text ",
    "according to the passage ",
    "according to the document ",
    "i would like to know ",
    "do you know ",
];

/// What a text is compared by: a few numbers a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// Equal for texts that are the same after normalisation.
    pub exact: u64,
    /// Equal for texts with the same numbers and as many denials: others never are the same.
    pub facts: u64,
    /// The content words, each once, in order of their codes.
    pub words: Vec<u64>,
}

/// What a word is, in the lowest bits of its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Kind {
    /// A word in small letters.
    Plain = 0,
    /// A word with a capital where every word has one: at the start of a sentence.
    Opening = 1,
    /// A name.
    Name = 2,
    /// A word of a script without capitals.
    Caseless = 3,
    /// Two characters of a script without spaces.
    Characters = 4,
    /// What is asked for: who, when, where.
    Asking = 5,
    /// One end of a scale, or one of two ways: first, last, enable, disable.
    Polar = 6,
}

const KIND_BITS: u64 = 7;

impl Kind {
    pub(super) fn of(code: u64) -> Self {
        match code & KIND_BITS {
            1 => Self::Opening,
            2 => Self::Name,
            3 => Self::Caseless,
            4 => Self::Characters,
            5 => Self::Asking,
            6 => Self::Polar,
            _ => Self::Plain,
        }
    }
}

/// A word's code without its kind: equal for the same letters with the same first one.
pub(super) fn letters(code: u64) -> u64 {
    code & !KIND_BITS
}

impl Sketch {
    /// Reads a text.
    pub fn new(text: &str) -> Self {
        let normal = normalised(text);
        let mut reader = Reader::default();
        reader.read(text, &normal);
        reader.numbers.sort_unstable();
        reader.numbers.dedup();
        let facts = reader.numbers.iter().fold(reader.denials, |facts, number| chain(facts, *number));
        let mut words = reader.words;
        words.truncate(MAX_WORDS);
        words.sort_unstable();
        // Of one word said in several ways, the surest name stays.
        words.reverse();
        words.dedup_by_key(|word| letters(*word));
        words.reverse();
        Self { exact: key(&normal), facts, words }
    }

    /// Reads a question and its answer as one text.
    pub fn of_pair(question: &str, answer: &str) -> Self {
        Self::new(&format!("{question}\n{answer}"))
    }

    /// The sketch as bytes, to be kept: 16, and 8 for each word.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.exact, self.facts].iter().chain(&self.words).flat_map(|number| number.to_le_bytes()).collect()
    }

    /// A sketch that was kept; `None` for bytes that are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, rest) = bytes.as_chunks::<8>();
        let mut numbers = numbers.iter().map(|number| u64::from_le_bytes(*number));
        let (exact, facts) = (numbers.next()?, numbers.next()?);
        rest.is_empty().then(|| Self { exact, facts, words: numbers.collect() })
    }

    /// Numbers of which nearly equal texts have at least one in common, and texts with other numbers or
    /// denials none; nothing where there are no words.
    pub fn bands(&self) -> Option<[u32; BANDS]> {
        if self.words.is_empty() {
            return None;
        }
        let mut least = [u32::MAX; BANDS * ROWS];
        for word in &self.words {
            let word = mixed(letters(*word));
            // Multiply and add by two halves of one hash: as good as as many hashes.
            let (step, mut at) = ((word >> 32) as u32 | 1, word as u32);
            for (number, least) in (0_u32..).zip(&mut least) {
                at = at.wrapping_add(step);
                let permuted = (at ^ (at >> 15)).wrapping_mul(0x2c1b_3c6d ^ number.wrapping_mul(0x9e37_79b8));
                *least = (*least).min(permuted ^ (permuted >> 12));
            }
        }
        let mut bands = [0; BANDS];
        for ((number, band), rows) in (0_u64..).zip(&mut bands).zip(least.chunks_exact(ROWS)) {
            let all = rows.iter().fold(chain(self.facts, number), |all, row| chain(all, u64::from(*row)));
            *band = (mixed(all) >> 32) as u32;
        }
        Some(bands)
    }
}

fn mixed(mut hash: u64) -> u64 {
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

#[derive(Default)]
struct Reader {
    words: Vec<u64>,
    numbers: Vec<u64>,
    denials: u64,
    /// Whether a number without a unit comes just before.
    bare: bool,
    letters: Vec<char>,
}

impl Reader {
    /// Reads the normalised text word by word, beside the text as it was written for its capitals.
    fn read(&mut self, raw: &str, normal: &str) {
        let frame = FRAMES.iter().find(|frame| normal.starts_with(**frame)).map_or(0, |frame| frame.len());
        let normal = &normal[frame..];
        let mut written = Written::new(raw);
        self.words.reserve(normal.len() / 8 + 1);
        for word in normal.split(' ') {
            if word.is_ascii() {
                self.part(word, &mut written);
            } else {
                runs(word).for_each(|part| self.part(part, &mut written));
            }
        }
    }

    fn part(&mut self, word: &str, written: &mut Written<'_>) {
        let unit_of = std::mem::take(&mut self.bare);
        if let Some(number) = numbers::read(word) {
            let rest = &word[number.length..];
            let value = chain(2, key(&number.value));
            self.bare = rest.is_empty();
            let ends = rest.is_empty() || numbers::is_ending(rest);
            self.numbers.push(if ends {
                value
            } else {
                chain(value, key(units::unit(rest).unwrap_or(rest)))
            });
        } else if word.starts_with(is_unspaced) {
            self.characters(word);
        } else {
            self.word(word, unit_of, written);
        }
    }

    fn word(&mut self, word: &str, behind_number: bool, written: &mut Written<'_>) {
        let mut spelt = word;
        let kind = match class(word) {
            Some(Class::Unit(unit)) => {
                if behind_number && let Some(number) = self.numbers.last_mut() {
                    *number = chain(*number, key(unit));
                    return;
                }
                spelt = unit;
                written.kind(word)
            }
            Some(Class::Asking) => Kind::Asking,
            Some(Class::Polar) => Kind::Polar,
            Some(Class::Small) => return,
            Some(Class::Denial) => {
                self.denials += 1;
                return;
            }
            Some(Class::Number(digits)) => {
                self.numbers.push(chain(2, key(digits)));
                return;
            }
            // A price, a version, the name of a part.
            None if word.contains(char::is_numeric) => {
                self.numbers.push(chain(3, key(word)));
                return;
            }
            None => match word.chars().next() {
                None => return,
                Some(first) if first.is_lowercase() => written.kind(word),
                Some(first) if first.is_alphabetic() => Kind::Caseless,
                // A sign: `+`, `<`.
                Some(_) => Kind::Polar,
            },
        };
        let code = self.anagram(words::stem(spelt));
        self.words.push(letters(code) | kind as u64);
    }

    /// Equal for words of the same letters that start with the same one: swapped letters are slips.
    fn anagram(&mut self, word: &str) -> u64 {
        self.letters.clear();
        self.letters.extend(word.chars());
        if self.letters.len() > 3 {
            self.letters[1..].sort_unstable();
        }
        mixed(self.letters.iter().fold(0xcbf2_9ce4_8422_2325, |hash, letter| {
            (hash ^ u64::from(u32::from(*letter))).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    fn characters(&mut self, run: &str) {
        let mut before = None;
        let code = |pair: &[char]| {
            let both = pair.iter().fold(7, |both, char| chain(both, u64::from(u32::from(*char))));
            letters(mixed(both)) | Kind::Characters as u64
        };
        for char in run.chars() {
            if let Some(before) = before.replace(char) {
                self.words.push(code(&[before, char]));
            }
        }
        if run.chars().nth(1).is_none() {
            self.words.extend(before.map(|char| code(&[char])));
        }
        let denying = ["不", "没", "沒", "無", "无", "非", "ない", "ません"];
        self.denials += denying.iter().map(|part| run.matches(part).count() as u64).sum::<u64>();
    }
}

/// The words of a text as they were written, one after the other.
struct Written<'a> {
    raw: &'a str,
    /// Whether the next word starts a sentence.
    opens: bool,
}

impl<'a> Written<'a> {
    fn new(raw: &'a str) -> Self {
        Self { raw, opens: true }
    }

    /// How the next such word is written.
    fn kind(&mut self, word: &str) -> Kind {
        let Some(first) = word.chars().next() else { return Kind::Plain };
        // Forward to the next place where a word begins like this one.
        let mut opens = self.opens;
        let mut within = false;
        for (at, char) in self.raw.char_indices().take(FAR) {
            let alphanumeric = char.is_alphanumeric();
            if alphanumeric && !within {
                let rest = &self.raw[at..];
                if begins_with(rest, word, first) {
                    let end = at + rest.find(|char: char| !char.is_alphanumeric()).unwrap_or(rest.len());
                    let capital = char.is_uppercase();
                    let inner = rest[..end - at].chars().skip(1).any(char::is_uppercase);
                    self.raw = &self.raw[end..];
                    self.opens = false;
                    return match (capital, opens) {
                        (true, false) => Kind::Name,
                        (true, true) if inner || starts_capital(self.raw) => Kind::Name,
                        (true, true) => Kind::Opening,
                        (false, _) => Kind::Plain,
                    };
                }
                opens = false;
            } else if matches!(char, '.' | '?' | '!' | '\n' | ':') {
                opens = true;
            }
            within = alphanumeric || within && matches!(char, '\'' | '’' | '.' | '-');
        }
        Kind::Plain
    }
}

/// A word cut where a script without spaces starts and ends: `API是什么`.
fn runs(mut word: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let unspaced = is_unspaced(word.chars().next()?);
        let (run, rest) =
            word.split_at(word.find(|char| is_unspaced(char) != unspaced).unwrap_or(word.len()));
        word = rest;
        Some(run)
    })
}

/// Whether a text starts with a word, whatever its case.
fn begins_with(text: &str, word: &str, first: char) -> bool {
    if text.as_bytes().get(..word.len()).is_some_and(|same| same.eq_ignore_ascii_case(word.as_bytes())) {
        return true;
    }
    let straight = |char| if char == '’' { '\'' } else { char };
    let mut chars = text.chars().map(straight).flat_map(char::to_lowercase);
    chars.next() == Some(first) && word.chars().skip(1).all(|char| chars.next() == Some(char))
}

/// Whether the next word is written with a capital.
fn starts_capital(rest: &str) -> bool {
    rest.strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_uppercase))
}

/// What a word of a closed list does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Asking,
    Polar,
    Small,
    Denial,
    Number(&'static str),
    Unit(&'static str),
}

fn class(word: &str) -> Option<Class> {
    static CLASSES: LazyLock<FxHashMap<&str, Class>> = LazyLock::new(|| {
        let small = words::FUNCTION.iter().map(|word| (*word, Class::Small));
        let numbers = words::DIGITS.iter().map(|(word, digits)| (*word, Class::Number(digits)));
        let denials = words::NEGATION.iter().map(|word| (*word, Class::Denial));
        let asking = ASKING.iter().map(|word| (*word, Class::Asking));
        let polar = POLAR.iter().map(|word| (*word, Class::Polar));
        let units = units::forms().map(|(word, unit)| (word, Class::Unit(unit)));
        // Of two classes a word is in the later one.
        units.chain(small).chain(numbers).chain(denials).chain(asking).chain(polar).collect()
    });
    CLASSES.get(word).copied().or_else(|| word.ends_with("n't").then_some(Class::Denial))
}

/// What is asked for; not `which` and `what`, which stand for each other.
const ASKING: [&str; 7] = ["who", "whom", "whose", "when", "where", "why", "how"];

/// Words of which another of the same kind says the opposite, or something else.
#[rustfmt::skip]
const POLAR: [&str; 88] = [
    "above", "add", "advantages", "after", "all", "always", "ascending", "before", "below", "best",
    "bottom", "client", "close", "closed", "cold", "connect", "create", "decrease", "decreased", "delete",
    "descending", "disable", "disabled", "disadvantages", "disconnect", "down", "east", "eastern", "enable",
    "enabled", "export", "false", "female", "fewer", "fewest", "final", "first", "fourth", "high", "higher",
    "highest", "hot", "import", "increase", "increased", "input", "inside", "install", "largest", "last",
    "least", "left", "less", "lock", "longest", "low", "lower", "lowest", "male", "max", "maximum", "min",
    "minimum", "more", "most", "never", "north", "northern", "off", "open", "output", "outside", "read",
    "remove", "right", "second", "server", "shortest", "smallest", "south", "southern", "start", "stop",
    "third", "top", "uninstall", "unlock", "west",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> usize {
        Sketch::new(text).words.iter().filter(|word| Kind::of(**word) == Kind::Name).count()
    }

    #[test]
    fn names_are_told_by_their_capitals() {
        assert_eq!(names("When did Anna Lund meet Berg? In Oslo"), 4);
        assert_eq!(names("when did she meet him? yesterday"), 0);
        assert_eq!(names("Valves open. Pumps run. Engines stop."), 0);
        assert_eq!(names("Denver’s team met NASA"), 1);
    }

    #[test]
    fn lists_are_whole() {
        assert!(POLAR.is_sorted());
        assert_eq!(class("when"), Some(Class::Asking));
        assert_eq!(class("isn't"), Some(Class::Denial));
        assert_eq!(class("in"), Some(Class::Small));
        assert_eq!(class("kilograms"), Some(Class::Unit("kg")));
    }

    #[test]
    fn bytes_are_read_as_they_were_written() {
        let sketch = Sketch::new("When was the pump of Northwind tested? In 1998.");
        assert_eq!(Sketch::from_bytes(&sketch.to_bytes()), Some(sketch));
        assert_eq!(Sketch::from_bytes(&[0; 17]), None);
        assert_eq!(Sketch::from_bytes(&[]), None);
    }

    #[test]
    fn a_sketch_is_the_same_in_every_version() {
        let sketch = Sketch::new("When was the 35 kg pump of Northwind not tested?");
        insta::assert_debug_snapshot!((sketch.bands().map(|bands| bands[0]), &sketch), @r"
        (
            Some(
                207144342,
            ),
            Sketch {
                exact: 12111276183439421175,
                facts: 7889907391495496812,
                words: [
                    3616972505269764469,
                    10617277202033886864,
                    14236870728717996218,
                    17381297197563775304,
                ],
            },
        )
        ");
    }
}
