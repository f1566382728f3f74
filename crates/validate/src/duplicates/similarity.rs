//! How much two texts share, compared word by word.

use std::cmp::Ordering;

use super::sketch::{Kind, Sketch, letters};

/// The share of the content words of two texts that both have, 0 to 1; 1 for texts that are the same
/// after normalisation. 0 where they differ in a number, a name, a denial or what they ask for: they
/// are two, however much they share.
pub fn similarity(one: &Sketch, other: &Sketch) -> f64 {
    compare((one.exact, one.facts, &one.words), (other.exact, other.facts, &other.words))
}

/// The same of what an index keeps: exact key, facts and words.
pub(super) fn compare(one: (u64, u64, &[u64]), other: (u64, u64, &[u64])) -> f64 {
    if one.0 == other.0 {
        return 1.0;
    }
    if one.1 != other.1 {
        return 0.0;
    }
    let (one, other) = (one.2, other.2);
    let mut shared = 0_usize;
    let mut alone = [Alone::default(), Alone::default()];
    let (mut left, mut right) = (0, 0);
    loop {
        let (a, b) = (one.get(left), other.get(right));
        let order = match (a, b) {
            (Some(a), Some(b)) => letters(*a).cmp(&letters(*b)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        match (order, a, b) {
            (Ordering::Equal, ..) => (left, right, shared) = (left + 1, right + 1, shared + 1),
            (Ordering::Less, Some(a), _) => {
                alone[0].add(*a);
                left += 1;
            }
            (_, _, Some(b)) => {
                alone[1].add(*b);
                right += 1;
            }
            _ => break,
        }
    }
    let [a, b] = alone;
    if a.differs_from(&b) {
        return 0.0;
    }
    let all = shared + a.all + b.all;
    // What is the same but for marks and small words is nearly so.
    if all == 0 { 0.0 } else { (shared as f64 / all as f64).min(0.99) }
}

/// What one text has and the other has not.
#[derive(Debug, Clone, Copy, Default)]
struct Alone {
    all: usize,
    names: usize,
    openings: usize,
    caseless: usize,
    characters: usize,
    asking: usize,
    polar: usize,
}

impl Alone {
    fn add(&mut self, code: u64) {
        self.all += 1;
        match Kind::of(code) {
            Kind::Plain => {}
            Kind::Opening => self.openings += 1,
            Kind::Name => self.names += 1,
            Kind::Caseless => self.caseless += 1,
            Kind::Characters => self.characters += 1,
            Kind::Asking => self.asking += 1,
            Kind::Polar => self.polar += 1,
        }
    }

    fn differs_from(&self, other: &Self) -> bool {
        let both = |of: fn(&Self) -> usize| of(self) > 0 && of(other) > 0;
        let capitals = |of: &Self| of.openings + of.caseless;
        // One character put in parts one pair into two; one changed changes two, or one at an end.
        let pairs = (self.characters.min(other.characters), self.characters.max(other.characters));
        self.names > 0
            || other.names > 0
            || (capitals(self) > 0 && capitals(other) > 0)
            || both(|of| of.asking)
            || both(|of| of.polar)
            || pairs.0 > 1
            || pairs == (1, 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn similar(one: &str, other: &str) -> f64 {
        let both = (Sketch::new(one), Sketch::new(other));
        assert_eq!(similarity(&both.0, &both.1), similarity(&both.1, &both.0));
        similarity(&both.0, &both.1)
    }

    #[rstest]
    #[case::case_and_marks("When was Oslo founded?", "when was oslo founded", 1.0)]
    #[case::small_words(
        "Where is the head office of the bank of Oslo?",
        "Where is head office of bank of Oslo",
        0.9
    )]
    #[case::framed("Please explain: how does the feed pump start?", "How does the feed pump start?", 0.9)]
    #[case::slip("Which valves does the engineer open?", "Which vavles does the enigneer open?", 0.9)]
    #[case::unit("The beam is 5 kg and 3 metres long", "The beam is 5kg and 3 m long", 0.9)]
    #[case::number_word("Which two pumps are tested in Bergen?", "Which 2 pumps are tested in Bergen?", 0.9)]
    #[case::one_word(
        "What company in Oslo built and tested the first feed pump?",
        "What firm in Oslo built and tested the first feed pump?",
        0.7
    )]
    #[case::chinese("水泵在哪里制造和测试的", "请问水泵在哪里制造和测试的", 0.7)]
    fn the_same(#[case] one: &str, #[case] other: &str, #[case] least: f64) {
        assert!(similar(one, other) >= least, "{}", similar(one, other));
    }

    #[rstest]
    #[case::number("Is the pump of Oslo built for 12 bar?", "Is the pump of Oslo built for 13 bar?")]
    #[case::unit("It weighs 5 kg and stands in the hall", "It weighs 5 g and stands in the hall")]
    #[case::currency("It costs $5 in the shop by the sea", "It costs €5 in the shop by the sea")]
    #[case::name("What did Anna test in the old hall?", "What did Anne test in the old hall?")]
    #[case::name_left_out("What did the engineer Berg test?", "What did the engineer test?")]
    #[case::answer("Where was the old pump built? Africa", "Where was the old pump built? Europe")]
    #[case::denial("The valve does open when it is cold", "The valve does not open when it is cold")]
    #[case::contraction("Pumps that do start in winter", "Pumps that don't start in winter")]
    #[case::asked("When was the pump of Northwind tested?", "Where was the pump of Northwind tested?")]
    #[case::opposite("How do I enable the log of the server?", "How do I disable the log of the server?")]
    #[case::chinese("北京的人口有多少人呢", "南京的人口有多少人呢")]
    #[case::chinese_denial("阀门会在冷的时候打开", "阀门不会在冷的时候打开")]
    #[case::version("How is version v1.2 of it set up?", "How is version v1.3 of it set up?")]
    #[case::language("What is C++ good for in the lab?", "What is C# good for in the lab?")]
    fn two(#[case] one: &str, #[case] other: &str) {
        assert!(similar(one, other) < 0.5, "{}", similar(one, other));
    }

    proptest! {
        #[test]
        fn another_number_is_never_the_same(text in "([a-z]{2,9} ){1,20}", one in 0_u32..9999, other in 0_u32..9999) {
            prop_assume!(one != other);
            prop_assert_eq!(similar(&format!("{text}{one}"), &format!("{text}{other}")), 0.0);
        }

        #[test]
        fn a_text_is_the_same_as_itself(text in "\\PC{0,80}") {
            prop_assert_eq!(similar(&text, &text), 1.0);
        }
    }
}
