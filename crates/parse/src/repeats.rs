//! Chunks of a project that say again what stands elsewhere: notices that are in many documents, and
//! passages that nearly repeat an earlier one.

mod signature;

use std::collections::HashMap;

use model::{ExcludeCode, ExcludeReason};

use self::signature::{BANDS, Near, Signature, hash};

/// Paragraphs that are kept while counting; what is rare goes first when there are more.
const PARAGRAPHS: usize = 1_000_000;

/// A paragraph that stands in so many documents, and in at least one of [`SHARE`], is boilerplate.
const DOCUMENTS: u32 = 3;

/// See [`DOCUMENTS`].
const SHARE: u32 = 5;

/// The least length of a paragraph that counts, in bytes: short ones recur by chance.
const PARAGRAPH: usize = 24;

/// The share of a chunk's bytes that makes it boilerplate, in per cent.
const MOST: usize = 80;

/// The share of shingles that makes a chunk a repetition.
const SIMILAR: f64 = 0.9;

/// The most chunks that one is compared with: where more are near, one of the first tells it too.
const COMPARED: usize = 8;

/// First look at all chunks: which paragraphs stand in how many documents.
#[derive(Default)]
pub struct Paragraphs {
    counts: HashMap<u64, Count>,
    documents: u32,
    floor: u32,
}

struct Count {
    documents: u32,
    last: u32,
}

/// Second look, at the chunks in the same order: which say again what stands elsewhere.
pub struct Repeats {
    paragraphs: Paragraphs,
    exact: HashMap<u64, u32>,
    bands: HashMap<(usize, u64), Vec<u32>>,
    /// Those that repeat nothing, by number.
    first: Vec<First>,
}

struct First {
    document: String,
    position: u32,
    near: Option<Near>,
}

impl Paragraphs {
    /// Begins a document: what is added from now on is its.
    pub fn document(&mut self) {
        self.documents += 1;
    }

    /// Counts the paragraphs of a chunk.
    pub fn add(&mut self, text: &str) {
        for paragraph in paragraphs(text) {
            let count = self.counts.entry(key(paragraph)).or_insert(Count { documents: 0, last: 0 });
            if count.last != self.documents {
                (count.documents, count.last) = (count.documents + 1, self.documents);
            }
        }
        while self.counts.len() > PARAGRAPHS {
            self.floor += 1;
            let (floor, now) = (self.floor, self.documents);
            self.counts.retain(|_, count| count.documents > floor || count.last == now && floor < 2);
        }
    }

    /// Goes on to the second look.
    pub fn finish(mut self) -> Repeats {
        let least = DOCUMENTS.max(self.documents.div_ceil(SHARE));
        self.counts.retain(|_, count| count.documents >= least);
        Repeats { paragraphs: self, exact: HashMap::new(), bands: HashMap::new(), first: Vec::new() }
    }
}

impl Repeats {
    /// Why a chunk is left out, if it is. `document` is the name of its document, `position` its place
    /// there; later chunks that repeat it are told so.
    pub fn judge(&mut self, document: &str, position: u32, text: &str) -> Option<ExcludeReason> {
        self.boilerplate(text).or_else(|| self.repetition(document, position, text))
    }

    fn boilerplate(&self, text: &str) -> Option<ExcludeReason> {
        let known = paragraphs(text).filter_map(|paragraph| {
            self.paragraphs.counts.get(&key(paragraph)).map(|count| (paragraph.len(), count.documents))
        });
        let (bytes, least) =
            known.fold((0, u32::MAX), |(sum, least), (bytes, documents)| (sum + bytes, least.min(documents)));
        (bytes > 0 && bytes * 100 >= text.trim().len() * MOST).then(|| ExcludeReason {
            code: ExcludeCode::Boilerplate,
            detail: format!("the same words stand in {least} of {} documents", self.paragraphs.documents),
        })
    }

    fn repetition(&mut self, document: &str, position: u32, text: &str) -> Option<ExcludeReason> {
        let Signature { exact, near } = Signature::of(text);
        if let Some(first) = self.exact.get(&exact) {
            return self.says(*first, "repeats");
        }
        if let Some(near) = &near
            && let Some(first) = self.nearest(near)
        {
            return self.says(first, "nearly repeats");
        }
        let number = u32::try_from(self.first.len()).ok()?;
        self.exact.insert(exact, number);
        for band in near.iter().flat_map(|near| near.bands.iter().enumerate()) {
            let same = self.bands.entry((band.0, *band.1)).or_default();
            if same.len() < COMPARED {
                same.push(number);
            }
        }
        self.first.push(First { document: document.to_owned(), position, near });
        None
    }

    /// The first of those that are similar enough.
    fn nearest(&self, near: &Near) -> Option<u32> {
        let candidates = (0..BANDS).filter_map(|band| self.bands.get(&(band, near.bands[band]))).flatten();
        candidates
            .copied()
            .filter(|number| {
                let other = self.first.get(*number as usize).and_then(|first| first.near.as_ref());
                other.is_some_and(|other| other.similarity(near) >= SIMILAR)
            })
            .min()
    }

    fn says(&self, first: u32, how: &str) -> Option<ExcludeReason> {
        let First { document, position, .. } = self.first.get(first as usize)?;
        let detail = format!("it {how} chunk {position} of {document}");
        Some(ExcludeReason { code: ExcludeCode::Duplicate, detail })
    }
}

fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim).filter(|paragraph| paragraph.len() >= PARAGRAPH)
}

/// A paragraph, whatever its white space and its letters' case.
fn key(paragraph: &str) -> u64 {
    let words: Vec<String> = paragraph.split_whitespace().map(str::to_lowercase).collect();
    hash(words.iter().map(String::as_bytes))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const NOTICE: &str = "This manual may be copied as long as this notice is kept with it.";

    fn judged(documents: &[&[&str]]) -> Vec<Vec<Option<ExcludeReason>>> {
        let mut paragraphs = Paragraphs::default();
        for document in documents {
            paragraphs.document();
            document.iter().for_each(|text| paragraphs.add(text));
        }
        let mut repeats = paragraphs.finish();
        let documents = documents.iter().enumerate().map(|(number, document)| {
            let chunks = (0..).zip(*document);
            chunks.map(|(position, text)| repeats.judge(&format!("{number}.md"), position, text)).collect()
        });
        documents.collect()
    }

    #[test]
    fn what_most_documents_say_is_boilerplate() {
        let with_text =
            format!("{NOTICE}\n\nThe valve opens at five bar and closes at four, as the diagram shows.");
        let found = judged(&[&[NOTICE, "One."], &[NOTICE, "Two."], &[&with_text, "Three."], &["Four."]]);
        let reason = found[0][0].clone().unwrap();
        assert_eq!(reason.code, ExcludeCode::Boilerplate);
        assert_eq!(reason.detail, "the same words stand in 3 of 4 documents");
        assert_eq!(found[1][0].as_ref().map(|reason| reason.code), Some(ExcludeCode::Boilerplate));
        // What says more than the notice stays.
        assert_eq!(found[2][0], None);
    }

    #[rstest]
    #[case::in_one_of_two(1, 1, None)]
    #[case::in_two_of_four(2, 2, Some(ExcludeCode::Duplicate))]
    #[case::in_three_of_seventeen(3, 14, Some(ExcludeCode::Duplicate))]
    #[case::in_four_of_seventeen(4, 13, Some(ExcludeCode::Boilerplate))]
    fn a_few_documents_are_not_most(
        #[case] notices: usize,
        #[case] others: usize,
        #[case] last: Option<ExcludeCode>,
    ) {
        let texts: Vec<String> = (0..others).map(|number| format!("Other {number}.")).collect();
        let others = texts.iter().map(|text| vec![text.as_str()]);
        let documents: Vec<Vec<&str>> = others.chain(std::iter::repeat_n(vec![NOTICE], notices)).collect();
        let documents: Vec<&[&str]> = documents.iter().map(Vec::as_slice).collect();
        let found = judged(&documents);
        assert_eq!(found.last().unwrap()[0].as_ref().map(|reason| reason.code), last);
    }

    #[test]
    fn what_nearly_repeats_names_what_it_repeats() {
        let text: String =
            (0..80).map(|number| format!("word{} ", char::from_u32(0x4e00 + number).unwrap())).collect();
        let nearly = format!("{text}indeed");
        let other = format!("{text}within 5 days, {text}");
        let found = judged(&[&["Another thing.", &text], &[&nearly, &text, &other]]);
        assert_eq!(found[0], [None, None]);
        let details: Vec<_> =
            found[1].iter().map(|reason| reason.as_ref().map(|reason| &*reason.detail)).collect();
        assert_eq!(
            details,
            [Some("it nearly repeats chunk 1 of 0.md"), Some("it repeats chunk 1 of 0.md"), None]
        );
    }
}
