//! Texts one after the other: whether each repeats an earlier one.

use rustc_hash::FxHashMap;

use super::{
    similarity::compare,
    sketch::{BANDS, Sketch},
};

/// So many earlier texts of one band are compared, the newest first: a bound on time, where very many
/// texts share most of their words and differ in a name.
const MAX_CANDIDATES: usize = 64;

const NONE: u32 = u32::MAX;

/// Which earlier text another repeats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repeats {
    /// Its number, as [`Duplicates::add`] was told; never itself a duplicate.
    pub of: usize,
    /// How much they share, 0 to 1; see [`super::similarity()`].
    pub similarity: f64,
}

/// The texts that were there, by what they are compared by; about 300 bytes for each that repeats none.
///
/// A text is compared with those that repeat none themselves, so that a row of small changes never makes
/// two of very different texts.
#[derive(Debug)]
pub struct Duplicates {
    threshold: f64,
    /// The number, exact key and facts of each first text.
    firsts: Vec<(usize, u64, u64)>,
    words: Vec<u64>,
    /// Where the words of each first text end.
    ends: Vec<usize>,
    exact: FxHashMap<u64, u32>,
    bands: Bands,
}

impl Duplicates {
    /// None so far. Texts count as the same from this similarity on, 0 to 1.
    pub fn new(threshold: f64) -> Self {
        Self {
            threshold,
            firsts: Vec::new(),
            words: Vec::new(),
            ends: Vec::new(),
            exact: FxHashMap::default(),
            bands: Bands::new(),
        }
    }

    /// Takes a text under a number of the caller's, and says which earlier one it repeats: the most
    /// similar, of equals the first. `bands` are those of the sketch, which another thread may make.
    ///
    /// # Panics
    /// Behind 268,435,454 texts that repeat none.
    pub fn add(&mut self, number: usize, sketch: &Sketch, bands: Option<[u32; BANDS]>) -> Option<Repeats> {
        if let Some(first) = self.exact.get(&sketch.exact) {
            return Some(Repeats { of: self.firsts[*first as usize].0, similarity: 1.0 });
        }
        let mut candidates: Vec<u32> = bands.iter().flat_map(|bands| self.bands.sharing(bands)).collect();
        candidates.sort_unstable();
        candidates.dedup();
        let mut best: Option<(u32, f64)> = None;
        for first in candidates {
            let similarity = self.compare(first as usize, sketch);
            if similarity >= self.threshold && best.is_none_or(|(_, most)| similarity > most) {
                best = Some((first, similarity));
            }
        }
        if let Some((first, similarity)) = best {
            return Some(Repeats { of: self.firsts[first as usize].0, similarity });
        }
        let first = u32::try_from(self.firsts.len()).ok().filter(|first| *first < NONE / BANDS as u32 - 1);
        let first = first.expect("an index holds no more than 268,435,454 texts");
        self.firsts.push((number, sketch.exact, sketch.facts));
        self.words.extend(&sketch.words);
        self.ends.push(self.words.len());
        self.exact.insert(sketch.exact, first);
        // One without words takes its place too, though nothing but the same text can repeat it.
        self.bands.push(bands);
        None
    }

    fn compare(&self, first: usize, sketch: &Sketch) -> f64 {
        let (_, exact, facts) = self.firsts[first];
        let start = first.checked_sub(1).map_or(0, |before| self.ends[before]);
        let words = &self.words[start..self.ends[first]];
        compare((exact, facts, words), (sketch.exact, sketch.facts, &sketch.words))
    }
}

/// Chains of the texts that share a band: eight bytes a band and text, and a table of their newest.
#[derive(Debug)]
struct Bands {
    /// The newest entry by the lowest bits of its tag.
    heads: Vec<u32>,
    /// `BANDS` entries for each text, in the order of the texts.
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: u32,
    /// The entry before it in its chain.
    next: u32,
}

impl Bands {
    fn new() -> Self {
        Self { heads: vec![NONE; 1 << 12], entries: Vec::new() }
    }

    /// The texts that share a band with these, those of each band newest first.
    fn sharing<'a>(&'a self, bands: &'a [u32; BANDS]) -> impl Iterator<Item = u32> + 'a {
        bands.iter().flat_map(move |tag| {
            let mut at = self.heads[*tag as usize & (self.heads.len() - 1)];
            std::iter::from_fn(move || {
                let entry = self.entries.get(at as usize)?;
                let text = at / BANDS as u32;
                at = entry.next;
                Some((entry.tag == *tag).then_some(text))
            })
            .take(4 * MAX_CANDIDATES)
            .flatten()
            .take(MAX_CANDIDATES)
        })
    }

    fn push(&mut self, bands: Option<[u32; BANDS]>) {
        if self.entries.len() + BANDS > self.heads.len() {
            self.grow();
        }
        for tag in bands.unwrap_or_default() {
            self.entries.push(Entry { tag, next: NONE });
            self.link(self.entries.len() - 1);
        }
    }

    fn link(&mut self, at: usize) {
        let head = self.entries[at].tag as usize & (self.heads.len() - 1);
        self.entries[at].next = std::mem::replace(&mut self.heads[head], at as u32);
    }

    fn grow(&mut self) {
        self.heads = vec![NONE; self.heads.len() * 2];
        for at in 0..self.entries.len() {
            self.link(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeats(texts: &[&str]) -> Vec<Option<usize>> {
        let mut known = Duplicates::new(super::super::DUPLICATE_SIMILARITY);
        let add = |(number, text): (usize, &&str)| {
            let sketch = Sketch::new(text);
            known.add(number * 10, &sketch, sketch.bands()).map(|repeats| repeats.of)
        };
        texts.iter().enumerate().map(add).collect()
    }

    #[test]
    fn the_first_stands_for_all() {
        let texts = [
            "How does the pump start?",
            "A valve",
            "Please explain: how does the pump start",
            "how does pump start",
        ];
        assert_eq!(repeats(&texts), [None, None, Some(0), Some(0)]);
        assert_eq!(
            repeats(&["", "?", "!", "12", "12.", "13"]),
            [None, Some(0), Some(0), None, Some(30), None]
        );
    }

    #[test]
    fn the_most_similar_is_named() {
        let texts = [
            "grey engines lift heavy crates over stone walls near rivers",
            "grey engines lift heavy crates over stone walls near harbours beside mountains and villages",
            "grey engines lift heavy crates over stone walls near harbours beside mountains",
        ];
        assert_eq!(repeats(&texts)[2], Some(10));
    }

    #[test]
    fn many_texts_that_differ_in_a_name_alone_take_time_near_linear() {
        let mut known = Duplicates::new(0.6);
        for number in 0..20_000 {
            // No two of them have the same letters: those would be slips of each other.
            let letters: String = ["a", "e", "i", "o", "u"]
                .iter()
                .zip([1, 8, 64, 512, 4096])
                .map(|(letter, place)| letter.repeat(number / place % 8))
                .collect();
            let text = format!("What is the purpose of the part called Q{letters} in the machine hall?");
            let sketch = Sketch::new(&text);
            known.add(number, &sketch, sketch.bands());
        }
        assert!(known.bands.entries.len() <= 20_000 * BANDS && known.firsts.len() > 15_000);
    }

    #[test]
    fn similar_texts_share_a_band() {
        let words: Vec<String> = (0..4000)
            .map(|number| {
                format!(
                    "w{}x",
                    ["a", "e", "i", "o"]
                        .map(|v| format!("{v}{}", (b'a' + (number % 26) as u8) as char))
                        .concat()
                        + &"z".repeat(number / 26)
                )
            })
            .collect();
        let shares = |from: usize, one: usize| {
            let text = |skip: usize| {
                words[from..from + 20].iter().skip(skip).map(String::as_str).collect::<Vec<_>>().join(" ")
            };
            let [a, b] = [text(0), text(one)].map(|text| Sketch::new(&text).bands().unwrap());
            a.iter().zip(&b).any(|(a, b)| a == b)
        };
        let found = (0..100).filter(|round| shares(round * 30, 5)).count();
        assert!(found >= 97, "{found} of 100 texts that share three quarters of their words");
    }
}
