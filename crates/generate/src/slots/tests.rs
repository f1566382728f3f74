use model::{DifficultyWeights, GenerateConfig};
use proptest::prelude::*;

use super::*;

fn settings(weights: [f64; 3], style: Style, pairs: u32, seed: u64) -> GenerateSettings {
    let [easy, medium, hard] = weights;
    GenerateSettings {
        teacher_model: "teacher".into(),
        generation_type: GenerationType::Qa,
        temperature: 0.0,
        system_prompt: None,
        config: GenerateConfig {
            pairs_per_chunk: pairs,
            difficulty_distribution: DifficultyWeights { easy, medium, hard },
            style_template: style,
            seed,
            ..GenerateConfig::default()
        },
    }
}

fn run(settings: &GenerateSettings, passages: u64) -> Vec<Slot> {
    (0..passages).flat_map(|passage| slots(settings, Place { passage, passages })).collect()
}

fn counted(slots: &[Slot]) -> Quotas {
    let mut counted = Quotas::default();
    for slot in slots {
        *counted.difficulties.entry(slot.difficulty).or_default() += 1;
        if let Some(kind) = slot.question_type {
            *counted.question_types.entry(kind).or_default() += 1;
        }
    }
    counted
}

fn weights() -> impl Strategy<Value = [f64; 3]> {
    let weight = || prop_oneof![Just(0.0), Just(1.0), 0.01_f64..100.0];
    [weight(), weight(), weight()].prop_filter("one has to count", |all| all.iter().sum::<f64>() > 0.0)
}

proptest! {
    #[test]
    fn a_run_meets_its_shares_within_one_pair(
        weights in weights(), pairs in 1_u32..=20, passages in 1_u64..120, seed: u64
    ) {
        let settings = settings(weights, Style::Mixed, pairs, seed);
        let slots = run(&settings, passages);
        let total = passages * u64::from(pairs);
        prop_assert_eq!(slots.len() as u64, total);
        let counted = counted(&slots);
        let sum: f64 = weights.iter().sum();
        for (class, weight) in [Difficulty::Easy, Difficulty::Medium, Difficulty::Hard].into_iter().zip(weights) {
            let share = total as f64 * weight / sum;
            let count = counted.difficulties.get(&class).copied().unwrap_or_default() as f64;
            prop_assert!((count - share).abs() < 1.0 + 1e-6, "{class:?}: {count} of {share}");
        }
        let mut asked = quotas(&settings, passages);
        asked.difficulties.retain(|_, count| *count > 0);
        asked.question_types.retain(|_, count| *count > 0);
        prop_assert_eq!(counted, asked);
    }

    #[test]
    fn a_passage_has_its_share_of_each_difficulty_rounded_down_or_up(
        weights in weights(), pairs in 1_u32..=20, passages in 1_u64..60, seed: u64
    ) {
        let settings = settings(weights, Style::Mixed, pairs, seed);
        let sum: f64 = weights.iter().sum();
        for passage in 0..passages {
            let slots = slots(&settings, Place { passage, passages });
            prop_assert!(slots.is_sorted_by_key(|slot| slot.difficulty));
            for (class, weight) in [Difficulty::Easy, Difficulty::Medium, Difficulty::Hard].into_iter().zip(weights) {
                let share = f64::from(pairs) * weight / sum;
                let count = slots.iter().filter(|slot| slot.difficulty == class).count() as f64;
                // The run's own rounding may move a boundary by one slot.
                prop_assert!((count - share).abs() < 2.0, "{class:?}: {count} of {share}");
            }
        }
    }

    #[test]
    fn scattering_is_a_permutation(count in 1_u64..300, seed: u64) {
        let mut places: Vec<_> = (0..count).map(|at| scatter(at, count, GOLDEN, seed)).collect();
        places.sort_unstable();
        prop_assert_eq!(places, (0..count).collect::<Vec<_>>());
    }
}

#[test]
fn a_stretch_of_a_run_comes_close_to_the_shares() {
    let settings = settings([2.0, 1.0, 1.0], Style::Mixed, 1, 7);
    let slots: Vec<_> =
        (0..200).flat_map(|passage| super::slots(&settings, Place { passage, passages: 10_000 })).collect();
    let easy = slots.iter().filter(|slot| slot.difficulty == Difficulty::Easy).count();
    assert!((95..=105).contains(&easy), "{easy}");
}

#[test]
fn difficulty_and_type_do_not_go_together() {
    let slots = run(&settings([1.0, 1.0, 1.0], Style::Mixed, 3, 1), 400);
    let factual = |class| {
        slots
            .iter()
            .filter(|slot| slot.difficulty == class && slot.question_type == Some(QuestionType::Factual))
            .count()
    };
    for class in [Difficulty::Easy, Difficulty::Medium, Difficulty::Hard] {
        assert!((70..=130).contains(&factual(class)), "{class:?}: {}", factual(class));
    }
}

#[test]
fn a_style_asks_for_its_own_type_and_a_summary_for_none() {
    let mut settings = settings([1.0, 1.0, 1.0], Style::ApiCode, 4, 0);
    assert!(run(&settings, 5).iter().all(|slot| slot.question_type == Some(QuestionType::ApiCode)));
    settings.generation_type = GenerationType::Summary;
    assert!(run(&settings, 5).iter().all(|slot| slot.question_type.is_none()));
}

#[test]
fn the_seed_deals_anew() {
    let of = |seed| run(&settings([1.0, 1.0, 1.0], Style::Mixed, 1, seed), 50);
    assert_eq!(of(3), of(3));
    assert!((0..5).any(|seed| of(seed) != of(9)));
}
