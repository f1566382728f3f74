//! A judge's quotes, held against the source.

use llm::prompt::quote;
use model::{CharIndex, JudgedSentence, Passage, Verdict};

use super::{Case, MEAN, read::Said};
use crate::tokens::is_unspaced;

/// A quote of fewer letters and digits would be found anywhere; those of scripts without spaces count threefold.
const LEAST_QUOTE: usize = 8;

/// A passage in which quotes are looked for.
pub(super) struct Source<'a> {
    text: &'a str,
    index: CharIndex<'a>,
    /// Headings, title and column names: they hold an answer up too, but no offset points there.
    around: Vec<&'a str>,
}

/// Where a quote stands.
pub(super) struct Found<'a> {
    /// The source's own words.
    pub(super) words: &'a str,
    /// Its place in the chunk's text, in Unicode scalar values.
    pub(super) place: Option<(usize, usize)>,
}

impl<'a> Source<'a> {
    pub(super) fn new(passage: &'a Passage) -> Self {
        let around = passage.heading_path.iter().chain(&passage.table_header).chain([&passage.document]);
        Self {
            text: &passage.text,
            index: CharIndex::new(&passage.text),
            around: around.map(String::as_str).collect(),
        }
    }

    /// The place of a quote, if the source holds it and it says something.
    pub(super) fn find(&self, quote: &str) -> Option<Found<'a>> {
        let letters = quote.chars().filter(|char| char.is_alphanumeric());
        let says: usize = letters.map(|char| if is_unspaced(char) { 3 } else { 1 }).sum();
        if says < LEAST_QUOTE {
            return None;
        }
        if let Some(words) = quote::locate(self.text, quote) {
            let start = words.as_ptr() as usize - self.text.as_ptr() as usize;
            let place = (self.index.scalar(start), self.index.scalar(start + words.len()));
            return Some(Found { words, place: Some(place) });
        }
        let words = self.around.iter().find_map(|text| quote::locate(text, quote))?;
        Some(Found { words, place: None })
    }

    /// The sentences of a case with the verdicts that hold of them; `None` where nothing could be read.
    pub(super) fn hold(&self, case: &Case<'_>, said: Option<&[Said]>) -> Vec<JudgedSentence> {
        let indexes: Vec<_> = case.exchanges.iter().map(|(_, answer)| CharIndex::new(answer)).collect();
        let parts = case.parts().iter().enumerate();
        let sentences = parts.map(|(at, part)| {
            let index = &indexes[part.exchange];
            let (answer_start, answer_end) = (index.scalar(part.start), index.scalar(part.end));
            let said = said.and_then(|said| said.get(at));
            let found = said.and_then(|said| self.find(&said.quote));
            let capped = said.is_some_and(|said| said.verdict == Verdict::Supported) && found.is_none();
            let quoted = said.map(|said| said.quote.trim()).filter(|quote| !quote.is_empty());
            let (chunk_start, chunk_end) = found.as_ref().and_then(|found| found.place).unzip();
            JudgedSentence {
                exchange: u32::try_from(part.exchange + 1).unwrap_or(u32::MAX),
                answer_start,
                answer_end,
                verdict: said.map(|said| if capped { Verdict::Partial } else { said.verdict }),
                quote: found.map(|found| found.words.to_owned()).or_else(|| quoted.map(bounded)),
                chunk_start,
                chunk_end,
                capped,
            }
        });
        sentences.collect()
    }
}

/// A made-up quote may be as long as it likes.
fn bounded(quote: &str) -> String {
    const MOST: usize = 1_000;
    llm::prompt::bounded(quote, MOST)
}

/// The score of an answer from the verdicts on its sentences: `None` where there is none, or one could not be read.
pub(super) fn score(sentences: &[JudgedSentence]) -> Option<f64> {
    let values: Option<Vec<f64>> = sentences.iter().map(|sentence| sentence.verdict.map(value)).collect();
    let values = values.filter(|values| !values.is_empty())?;
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let least = values.iter().copied().fold(1.0, f64::min);
    Some(crate::quality::rounded(MEAN * mean + (1.0 - MEAN) * least))
}

fn value(verdict: Verdict) -> f64 {
    match verdict {
        Verdict::Supported => 1.0,
        Verdict::Partial => 0.5,
        Verdict::Unsupported => 0.0,
    }
}
