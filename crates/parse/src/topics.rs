//! What the chunks of a project are about: each gets the phrase that tells it best from the others.
//!
//! No model: phrases are counted over all chunks, those that stand in a good many and not in most
//! become topics, and a chunk has the topic that weighs most in it. Headings say more than text.

mod phrases;

use std::collections::{HashMap, HashSet};

use self::phrases::{Phrase, StopWords, phrases};

/// Candidates kept while counting; what is rare goes first when there are more.
const CANDIDATES: usize = 200_000;

/// The most topics of a project.
const TOPICS: usize = 300;

/// A topic stands in at most one of so many chunks: what is everywhere tells nothing apart.
const COMMON: u64 = 4;

/// How much more a phrase weighs that stands in a heading.
const HEADING: u64 = 3;

/// The longest topic, in characters.
const LONGEST: usize = 60;

/// Counts phrases, chunk by chunk, in a memory that does not grow with them.
#[derive(Default)]
pub struct TopicsBuilder {
    stop_words: HashMap<Option<String>, StopWords>,
    counts: HashMap<String, Count>,
    chunks: u64,
    /// What is under this was dropped before, so that its count is too low.
    floor: u64,
}

struct Count {
    /// In how many chunks it stands, headings counting more.
    weight: u64,
    /// In how many chunks it stands.
    chunks: u64,
    /// How it is shown.
    shown: String,
}

/// The topics of a project.
pub struct Topics {
    stop_words: HashMap<Option<String>, StopWords>,
    topics: HashMap<String, Topic>,
}

struct Topic {
    shown: String,
    /// How much it tells: more where fewer chunks have it.
    rarity: f64,
}

/// What a topic is found in.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The headings above it, outermost first.
    pub heading_path: &'a [String],
    /// Its text.
    pub text: &'a str,
    /// Its language, as ISO 639-1.
    pub language: Option<&'a str>,
}

impl TopicsBuilder {
    /// Counts the phrases of a chunk.
    pub fn add(&mut self, subject: Subject<'_>) {
        self.chunks += 1;
        let language = subject.language.map(str::to_owned);
        let stop_words =
            self.stop_words.entry(language).or_insert_with_key(|language| StopWords::of(language.as_deref()));
        let mut seen = HashSet::new();
        let in_headings = subject.heading_path.iter().flat_map(|heading| phrases(heading, stop_words));
        let in_text = phrases(subject.text, stop_words);
        let weighted = in_headings.map(|phrase| (phrase, HEADING)).chain(in_text.into_iter().map(|p| (p, 1)));
        for (Phrase { key, shown }, weight) in weighted {
            if !seen.insert(key.clone()) || key.chars().count() > LONGEST {
                continue;
            }
            let count = self.counts.entry(key).or_insert_with(|| Count {
                weight: 0,
                chunks: 0,
                shown: shown.clone(),
            });
            count.weight += weight;
            count.chunks += 1;
            // What is ever written small is no name.
            if capitals(&shown) < capitals(&count.shown) {
                count.shown = shown;
            }
        }
        while self.counts.len() > CANDIDATES {
            self.floor += 1;
            let floor = self.floor;
            self.counts.retain(|_, count| count.chunks > floor);
        }
    }

    /// Chooses the topics.
    pub fn finish(self) -> Topics {
        let most = (self.chunks / COMMON).max(2);
        let mut found: Vec<(&String, &Count)> =
            self.counts.iter().filter(|(_, count)| (2..=most).contains(&count.chunks)).collect();
        let rarity = |count: &Count| (self.chunks as f64 / count.chunks as f64).ln().max(0.1);
        let worth = |key: &str, count: &Count| {
            let words = key.split(' ').count() as f64;
            count.weight as f64 * rarity(count) * (1.0 + 0.5 * (words - 1.0))
        };
        // By worth, then by name, so that the same chunks have the same topics.
        found.sort_by(|a, b| worth(b.0, b.1).total_cmp(&worth(a.0, a.1)).then_with(|| a.0.cmp(b.0)));
        let wanted = ((self.chunks as f64).sqrt() * 4.0) as usize;
        let chosen = choose(&found, wanted.clamp(8, TOPICS));
        let topics = chosen
            .into_iter()
            .map(|(key, count)| (key.clone(), Topic { shown: count.shown.clone(), rarity: rarity(count) }))
            .collect();
        Topics { stop_words: self.stop_words, topics }
    }
}

/// The best that say different things: a phrase within a better one that stands in much the same
/// chunks says nothing more.
fn choose<'a>(found: &[(&'a String, &'a Count)], wanted: usize) -> Vec<(&'a String, &'a Count)> {
    let mut chosen: Vec<(&String, &Count)> = Vec::new();
    for (key, count) in found {
        let same = |(other, than): &(&String, &Count)| {
            let (inner, outer) = if key.len() < other.len() { (*key, *other) } else { (*other, *key) };
            within(inner, outer) && count.chunks.min(than.chunks) * 10 >= count.chunks.max(than.chunks) * 6
        };
        if !chosen.iter().any(same) {
            chosen.push((key, count));
            if chosen.len() == wanted {
                break;
            }
        }
    }
    chosen
}

/// Whether a phrase is a run of words of another.
fn within(inner: &str, outer: &str) -> bool {
    outer.match_indices(inner).any(|(at, _)| {
        let (before, after) = (&outer[..at], &outer[at + inner.len()..]);
        let border = |c: Option<char>| c.is_none_or(|c| c == ' ' || !c.is_ascii());
        border(before.chars().next_back()) && border(after.chars().next())
    })
}

fn capitals(text: &str) -> usize {
    text.chars().filter(|c| c.is_uppercase()).count()
}

impl Topics {
    /// What a chunk is about, if it is about any of the topics.
    pub fn of(&self, subject: Subject<'_>) -> Option<&str> {
        let stop_words = self.stop_words.get(&subject.language.map(str::to_owned))?;
        let mut weights: HashMap<&str, f64> = HashMap::new();
        // The innermost heading says most, the outermost what all of the document is about.
        for (above, heading) in subject.heading_path.iter().rev().enumerate() {
            for phrase in phrases(heading, stop_words) {
                if let Some((key, topic)) = self.topics.get_key_value(&phrase.key) {
                    *weights.entry(key).or_default() += 4.0 * topic.rarity / (1 + above) as f64;
                }
            }
        }
        for phrase in phrases(subject.text, stop_words) {
            if let Some((key, topic)) = self.topics.get_key_value(&phrase.key) {
                *weights.entry(key).or_default() += topic.rarity;
            }
        }
        let best = weights.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(a.0)))?;
        self.topics.get(best.0).map(|topic| &*topic.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject<'a>(heading_path: &'a [String], text: &'a str) -> Subject<'a> {
        Subject { heading_path, text, language: Some("en") }
    }

    fn manual() -> Vec<(Vec<String>, String)> {
        let about = [
            (
                "Battery replacement",
                "Open the lid. Battery replacement takes a minute, then charge the battery.",
            ),
            ("Lens cleaning", "Lens cleaning needs a dry cloth. Never clean the lens with water."),
            ("Memory card", "Push the memory card in until it clicks. A memory card may be full."),
        ];
        let mut chunks = Vec::new();
        for round in 0..6 {
            for (heading, text) in about {
                chunks.push((
                    vec!["Camera manual".to_owned(), heading.to_owned()],
                    format!("{text} Step {round}."),
                ));
            }
        }
        chunks
    }

    #[test]
    fn chunks_are_told_apart() {
        let chunks = manual();
        let mut builder = TopicsBuilder::default();
        for (path, text) in &chunks {
            builder.add(subject(path, text));
        }
        // A third of the chunks is more than a topic has in a large project; there are others too.
        for number in 0..12 {
            builder.add(subject(&[], &format!("Nothing number{number} else.")));
        }
        let topics = builder.finish();
        for (path, text) in &chunks {
            let topic = topics.of(subject(path, text)).unwrap();
            assert!(path[1].eq_ignore_ascii_case(topic), "{topic} for {path:?}");
        }
        assert_eq!(topics.of(subject(&[], "Of something else.")), None);
    }

    #[test]
    fn memory_is_bounded_and_what_is_frequent_stays() {
        let mut builder = TopicsBuilder::default();
        for number in 0..60_000 {
            let common = if number % 10 == 0 { "valve timing" } else { "" };
            builder.add(subject(&[], &format!("word{number} other{number} third{number}. {common}")));
        }
        assert!(builder.counts.len() <= CANDIDATES);
        let topics = builder.finish();
        assert_eq!(topics.of(subject(&[], "About valve timing.")), Some("valve timing"));
    }

    #[test]
    fn phrases_lie_within_others_by_words() {
        assert!(within("memory", "memory card"));
        assert!(within("card", "memory card"));
        assert!(!within("mem", "memory card"));
        assert!(within("電池", "電池交換"));
    }
}
