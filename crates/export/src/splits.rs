//! A dataset in two parts that share no source: which pair goes where.
//!
//! Whole documents stay together, and so do documents that hold pairs which repeat each other. Where that comes to no share near
//! the one that was asked for, as with a few large documents, passages stay together instead. Two walks over the same pairs:
//! [`SplitSurvey`] sees them all, [`SplitPlan`] then says of each where it goes.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use model::{
    ChunkId, Difficulty, DocumentId, GenerationType, Pair, PairId, PairOrigin, QuestionType, Split, Splitting,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A share this much off the one that was asked for, as a part of it, is not near.
const TOLERANCE: f64 = 0.25;

/// What stays together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupedBy {
    /// All pairs of a document, and of documents with pairs that repeat each other.
    Document,
    /// All pairs of a passage, and of passages with pairs that repeat each other: parts share documents.
    Passage,
}

/// What pairs are alike in as far as both parts should have their share of them.
type Stratum = (GenerationType, Option<QuestionType>, Option<Difficulty>);

/// Sees all pairs, in the order in which they are written.
#[derive(Debug)]
pub struct SplitSurvey {
    splitting: Splitting,
    passages: Vec<Passage>,
    documents: Vec<Document>,
    last: Option<(DocumentId, ChunkId)>,
    strata: HashMap<Stratum, u32>,
    /// For each cluster of pairs that repeat each other, a passage that has one of them.
    clusters: HashMap<PairId, u32>,
    /// Passages that have to stay together.
    joined: Vec<(u32, u32)>,
    /// Clusters with pairs of several passages.
    shared: HashSet<PairId>,
}

#[derive(Debug)]
struct Passage {
    chunk: ChunkId,
    document: u32,
    position: u32,
    /// Pairs by the number of their stratum.
    pairs: Vec<(u32, u32)>,
}

#[derive(Debug)]
struct Document {
    id: DocumentId,
    filename: String,
}

/// Says of each pair where it goes.
#[derive(Debug, Clone)]
pub struct SplitPlan {
    splitting: Splitting,
    grouped_by: GroupedBy,
    /// Passages that are kept for validation.
    passages: HashSet<ChunkId>,
    /// Documents that are, where documents stay together.
    documents: HashSet<DocumentId>,
    leakage: Leakage,
    counts: [u64; 2],
}

/// How a dataset was split, and whether its parts are apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitReport {
    /// What was asked for.
    #[serde(flatten)]
    pub splitting: Splitting,
    /// What stays together.
    pub grouped_by: GroupedBy,
    /// The pairs of each part.
    pub pairs: BTreeMap<Split, u64>,
    /// What both parts have, counted in what was written.
    pub leakage: LeakageReport,
}

/// What both parts of a dataset have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LeakageReport {
    /// Documents with pairs in both.
    pub documents: u64,
    /// Passages with pairs in both.
    pub passages: u64,
    /// Clusters of pairs that repeat each other, with pairs in both.
    pub duplicates: u64,
    /// Questions, whatever their case and marks, with their contexts, that are asked in both; of whatever source.
    pub questions: u64,
}

/// Which parts things were seen in, a bit each.
#[derive(Debug, Clone, Default)]
struct Leakage {
    documents: HashMap<DocumentId, u8>,
    passages: HashMap<ChunkId, u8>,
    /// Clusters with pairs of several passages: what is of one passage goes to one part.
    shared: HashSet<PairId>,
    clusters: HashMap<PairId, u8>,
    questions: HashMap<u64, u8>,
}

impl SplitSurvey {
    /// Begins to look at pairs that are to be split like this.
    pub fn new(splitting: Splitting) -> Self {
        Self {
            splitting,
            passages: Vec::new(),
            documents: Vec::new(),
            last: None,
            strata: HashMap::new(),
            clusters: HashMap::new(),
            joined: Vec::new(),
            shared: HashSet::new(),
        }
    }

    /// Sees a pair.
    pub fn see(&mut self, pair: &Pair, origin: &PairOrigin) {
        if self.documents.last().is_none_or(|document| document.id != pair.document_id) {
            self.documents.push(Document { id: pair.document_id, filename: origin.filename.clone() });
        }
        let place = (pair.document_id, pair.chunk_id);
        if self.last != Some(place) {
            self.last = Some(place);
            let document = number(self.documents.len() - 1);
            let (chunk, position) = (pair.chunk_id, origin.position);
            self.passages.push(Passage { chunk, document, position, pairs: Vec::new() });
        }
        let passage = number(self.passages.len() - 1);
        let next = number(self.strata.len());
        let stratum = (pair.generation_type, pair.question_type, pair.difficulty);
        let stratum = *self.strata.entry(stratum).or_insert(next);
        if let Some(here) = self.passages.last_mut() {
            match here.pairs.iter_mut().find(|(known, _)| *known == stratum) {
                Some((_, count)) => *count += 1,
                None => here.pairs.push((stratum, 1)),
            }
        }
        let cluster = pair.duplicate_of.unwrap_or(pair.id);
        let first = *self.clusters.entry(cluster).or_insert(passage);
        if first != passage {
            self.joined.push((first, passage));
            self.shared.insert(cluster);
        }
    }

    /// Whether it has seen no pair.
    pub fn is_empty(&self) -> bool {
        self.passages.is_empty()
    }

    /// Decides. `None` where all pairs have to stay together, so that nothing is left to validate by.
    pub fn plan(self) -> Option<SplitPlan> {
        let by_document = self.groups(GroupedBy::Document);
        let by_passage = || self.groups(GroupedBy::Passage);
        let total: u32 = self.passages.iter().map(Passage::size).sum();
        let wanted = f64::from(total) * self.splitting.validation;
        let near =
            |chosen: &Chosen| (f64::from(chosen.pairs) - wanted).abs() <= (wanted * TOLERANCE).max(1.0);
        let chosen = self.choose(&by_document, wanted);
        let (grouped_by, chosen) = if chosen.pairs > 0 && near(&chosen) {
            (GroupedBy::Document, chosen)
        } else {
            (GroupedBy::Passage, self.choose(&by_passage(), wanted))
        };
        (chosen.pairs > 0 && chosen.pairs < total).then(|| self.kept(grouped_by, &chosen))
    }

    fn kept(self, grouped_by: GroupedBy, chosen: &Chosen) -> SplitPlan {
        let kept = || self.passages.iter().zip(&chosen.passages).filter(|(_, kept)| **kept);
        let documents = match grouped_by {
            GroupedBy::Document => {
                kept().map(|(passage, _)| self.documents[passage.document as usize].id).collect()
            }
            GroupedBy::Passage => HashSet::new(),
        };
        SplitPlan {
            splitting: self.splitting,
            grouped_by,
            passages: kept().map(|(passage, _)| passage.chunk).collect(),
            documents,
            leakage: Leakage { shared: self.shared, ..Leakage::default() },
            counts: [0; 2],
        }
    }

    /// The passages that stay together, each group with a name that is the same in another data directory.
    fn groups(&self, by: GroupedBy) -> Vec<Group> {
        let mut sets = DisjointSets::new(self.passages.len());
        for (a, b) in &self.joined {
            sets.join(*a, *b);
        }
        if by == GroupedBy::Document {
            for (at, pair) in self.passages.windows(2).enumerate() {
                if pair[0].document == pair[1].document {
                    sets.join(number(at), number(at + 1));
                }
            }
        }
        let mut groups: BTreeMap<u32, Group> = BTreeMap::new();
        for (at, passage) in self.passages.iter().enumerate() {
            // A set's root is its first passage.
            let root = sets.root(number(at));
            let group = groups.entry(root).or_insert_with(|| Group::new(self.rank(by, passage)));
            group.passages.push(number(at));
            for (stratum, count) in &passage.pairs {
                *group.strata.entry(*stratum).or_default() += count;
            }
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort_by(|a, b| (a.rank, a.passages[0]).cmp(&(b.rank, b.passages[0])));
        groups
    }

    /// A chance place among the groups, from the seed and where the group begins.
    fn rank(&self, by: GroupedBy, passage: &Passage) -> [u8; 8] {
        let filename = &self.documents[passage.document as usize].filename;
        let mut hash = Sha256::new();
        hash.update(self.splitting.seed.to_be_bytes());
        hash.update(filename);
        if by == GroupedBy::Passage {
            hash.update(passage.position.to_be_bytes());
        }
        let mut rank = [0; 8];
        rank.copy_from_slice(&hash.finalize()[..8]);
        rank
    }

    /// Takes groups, in their chance order, that bring the share of the whole and of the strata nearer to what is wanted.
    fn choose(&self, groups: &[Group], wanted: f64) -> Chosen {
        let mut chosen = Chosen { pairs: 0, passages: vec![false; self.passages.len()] };
        let mut missing = vec![0.0; self.strata.len()];
        for (stratum, count) in self.passages.iter().flat_map(|passage| &passage.pairs) {
            missing[*stratum as usize] += f64::from(*count) * self.splitting.validation;
        }
        let mut taken = vec![false; groups.len()];
        // First what brings strata nearer too, then whatever brings the whole nearer.
        for of_strata in [true, false] {
            for (group, taken) in groups.iter().zip(&mut taken).filter(|(_, taken)| !**taken) {
                let left = wanted - f64::from(chosen.pairs);
                let nearer = (left - f64::from(group.size())).abs() < left.abs();
                if left < 0.5 || !nearer || (of_strata && !group.brings_nearer(&missing)) {
                    continue;
                }
                *taken = true;
                chosen.pairs += group.size();
                for passage in &group.passages {
                    chosen.passages[*passage as usize] = true;
                }
                for (stratum, count) in &group.strata {
                    missing[*stratum as usize] -= f64::from(*count);
                }
            }
        }
        chosen
    }
}

impl Passage {
    fn size(&self) -> u32 {
        self.pairs.iter().map(|(_, count)| count).sum()
    }
}

/// Passages that stay together.
struct Group {
    rank: [u8; 8],
    passages: Vec<u32>,
    strata: BTreeMap<u32, u32>,
}

impl Group {
    fn new(rank: [u8; 8]) -> Self {
        Self { rank, passages: Vec::new(), strata: BTreeMap::new() }
    }

    fn size(&self) -> u32 {
        self.strata.values().sum()
    }

    fn brings_nearer(&self, missing: &[f64]) -> bool {
        let gain = self.strata.iter().map(|(stratum, count)| {
            let missing = missing[*stratum as usize];
            missing.abs() - (missing - f64::from(*count)).abs()
        });
        gain.sum::<f64>() > 0.0
    }
}

/// What is kept for validation.
struct Chosen {
    pairs: u32,
    passages: Vec<bool>,
}

/// Sets of numbers that are joined; a set's root is its least number.
struct DisjointSets(Vec<u32>);

impl DisjointSets {
    fn new(length: usize) -> Self {
        Self((0..number(length)).collect())
    }

    fn root(&mut self, mut at: u32) -> u32 {
        while self.0[at as usize] != at {
            let above = self.0[at as usize];
            self.0[at as usize] = self.0[above as usize];
            at = above;
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

impl SplitPlan {
    /// Where a pair goes. One that the survey did not see goes where its passage or document does, else to train on.
    pub fn place(&mut self, pair: &Pair) -> Split {
        let kept = self.passages.contains(&pair.chunk_id) || self.documents.contains(&pair.document_id);
        let split = if kept { Split::Validation } else { Split::Train };
        self.counts[split as usize] += 1;
        self.leakage.see(pair, 1 << split as u8);
        split
    }

    /// How the pairs were split that were placed.
    pub fn report(&self) -> SplitReport {
        let count = |split: Split| (split, self.counts[split as usize]);
        SplitReport {
            splitting: self.splitting,
            grouped_by: self.grouped_by,
            pairs: BTreeMap::from([count(Split::Train), count(Split::Validation)]),
            leakage: self.leakage.report(),
        }
    }
}

impl Leakage {
    fn see(&mut self, pair: &Pair, part: u8) {
        *self.documents.entry(pair.document_id).or_default() |= part;
        *self.passages.entry(pair.chunk_id).or_default() |= part;
        let cluster = pair.duplicate_of.unwrap_or(pair.id);
        if pair.duplicate_of.is_some() || self.shared.contains(&cluster) {
            *self.clusters.entry(cluster).or_default() |= part;
        }
        *self.questions.entry(question_key(pair)).or_default() |= part;
    }

    fn report(&self) -> LeakageReport {
        LeakageReport {
            documents: in_both(self.documents.values()),
            passages: in_both(self.passages.values()),
            duplicates: in_both(self.clusters.values()),
            questions: in_both(self.questions.values()),
        }
    }
}

fn in_both<'a>(parts: impl Iterator<Item = &'a u8>) -> u64 {
    parts.filter(|parts| **parts == 0b11).count() as u64
}

/// A question and its context, whatever their case and marks.
fn question_key(pair: &Pair) -> u64 {
    let mut hasher = DefaultHasher::new();
    for text in [&pair.question, &pair.context] {
        for char in text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase) {
            char.hash(&mut hasher);
        }
        0xff_u8.hash(&mut hasher);
    }
    hasher.finish()
}

fn number(at: usize) -> u32 {
    u32::try_from(at).expect("an export has fewer than 2^32 passages")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{document, origin, pair};

    fn at(document_number: u8, position: u32, slot: u32) -> (Pair, PairOrigin) {
        let chunk_id = ChunkId::derive([[document_number].as_slice(), &position.to_be_bytes()]);
        let id = PairId::derive([chunk_id.as_uuid().as_bytes().as_slice(), &slot.to_be_bytes()]);
        let question = format!("Question {slot} of {position} in {document_number}?");
        let pair = Pair { id, document_id: document(document_number), chunk_id, slot, question, ..pair(0) };
        (pair, PairOrigin { filename: format!("{document_number:03}.md"), position, ..origin() })
    }

    fn split(pairs: &[(Pair, PairOrigin)], validation: f64, seed: u64) -> Option<(Vec<Split>, SplitReport)> {
        let mut survey = SplitSurvey::new(Splitting { validation, seed });
        pairs.iter().for_each(|(pair, origin)| survey.see(pair, origin));
        let mut plan = survey.plan()?;
        let places = pairs.iter().map(|(pair, _)| plan.place(pair)).collect();
        Some((places, plan.report()))
    }

    fn library(documents: u8, passages: u32, slots: u32) -> Vec<(Pair, PairOrigin)> {
        let slots = |document, position| (0..slots).map(move |slot| at(document, position, slot));
        (0..documents)
            .flat_map(|document| (0..passages).flat_map(move |position| slots(document, position)))
            .collect()
    }

    #[test]
    fn documents_stay_together_and_the_share_is_met() {
        let pairs = library(50, 4, 3);
        let (_, report) = split(&pairs, 0.1, 7).unwrap();
        assert_eq!(report.grouped_by, GroupedBy::Document);
        assert_eq!(report.pairs[&Split::Validation], 60);
        assert_eq!(report.leakage, LeakageReport::default());
    }

    #[test]
    fn a_few_large_documents_are_split_by_passage_and_it_is_told() {
        let (_, report) = split(&library(2, 30, 3), 0.1, 0).unwrap();
        assert_eq!((report.grouped_by, report.pairs[&Split::Validation]), (GroupedBy::Passage, 18));
        assert_eq!((report.leakage.documents > 0, report.leakage.passages), (true, 0));
    }

    #[test]
    fn what_is_all_of_one_passage_is_not_split() {
        assert_eq!(split(&library(1, 1, 9), 0.2, 0), None);
        assert_eq!(split(&[], 0.2, 0), None);
    }

    #[test]
    fn documents_with_pairs_that_repeat_each_other_stay_together() {
        let mut pairs = library(40, 2, 2);
        for repeated in (4..pairs.len()).step_by(8) {
            pairs[repeated].0.duplicate_of = Some(pairs[repeated - 4].0.id);
        }
        for seed in 0..20 {
            let (_, report) = split(&pairs, 0.3, seed).unwrap();
            assert_eq!(report.grouped_by, GroupedBy::Document);
            assert_eq!((report.leakage.duplicates, report.leakage.documents), (0, 0));
        }
    }

    #[test]
    fn both_parts_have_their_share_of_each_kind() {
        let mut pairs = library(100, 1, 2);
        for (at, (pair, _)) in pairs.iter_mut().enumerate() {
            // One document in ten is hard.
            pair.difficulty = Some(if at / 2 % 10 == 0 { Difficulty::Hard } else { Difficulty::Easy });
        }
        for seed in 0..10 {
            let (places, _) = split(&pairs, 0.2, seed).unwrap();
            let hard = |(pair, place): &(&(Pair, PairOrigin), &Split)| {
                pair.0.difficulty == Some(Difficulty::Hard) && **place == Split::Validation
            };
            assert_eq!(pairs.iter().zip(&places).filter(hard).count(), 4, "seed {seed}");
        }
    }

    #[test]
    fn another_seed_chooses_others_and_the_same_the_same() {
        let pairs = library(60, 2, 2);
        let by = |seed| split(&pairs, 0.2, seed).unwrap().0;
        assert_eq!(by(1), by(1));
        assert_ne!(by(1), by(2));
    }

    proptest! {
        #[test]
        fn nothing_that_stays_together_is_parted(
            sizes in prop::collection::vec((1_u32..5, 1_u32..4), 1..25),
            repeats in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..6),
            validation in 0.01_f64..0.5,
            seed: u64,
        ) {
            let mut pairs: Vec<_> = sizes.iter().zip(0_u8..).flat_map(|((passages, slots), document)| {
                let slots = *slots;
                (0..*passages).flat_map(move |position| (0..slots).map(move |slot| at(document, position, slot)))
            }).collect();
            for (one, other) in repeats {
                let (one, other) = (one.index(pairs.len()), other.index(pairs.len()));
                if one != other {
                    pairs[one].0.duplicate_of = Some(pairs[other].0.duplicate_of.unwrap_or(pairs[other].0.id));
                }
            }
            if let Some((places, report)) = split(&pairs, validation, seed) {
                prop_assert_eq!((report.leakage.passages, report.leakage.duplicates), (0, 0));
                prop_assert!(report.grouped_by == GroupedBy::Passage || report.leakage.documents == 0);
                prop_assert_eq!(places.len() as u64, report.pairs.values().sum::<u64>());
                prop_assert!(report.pairs.values().all(|count| *count > 0));
            }
        }
    }
}
