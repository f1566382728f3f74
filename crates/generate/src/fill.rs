//! Drafts put to the slots that they were asked for.

use crate::{
    Draft,
    slots::{Slot, types_matter},
};
use model::{GenerateSettings, GenerationType};

/// The slots of a passage with what fills them.
pub(crate) struct Filled {
    slots: Vec<(Slot, Option<Draft>)>,
    /// What is not what was asked for.
    spare: Vec<Draft>,
    types_matter: bool,
    kind: GenerationType,
}

impl Filled {
    pub(crate) fn new(slots: &[Slot], settings: &GenerateSettings) -> Self {
        Self {
            slots: slots.iter().map(|slot| (*slot, None)).collect(),
            spare: Vec::new(),
            types_matter: types_matter(settings),
            kind: settings.generation_type,
        }
    }

    /// Puts drafts where they fit: first those that are all that a slot asks for, then those whose
    /// question type is another where that does not matter, then those that do not say what they are.
    pub(crate) fn add(&mut self, drafts: Vec<Draft>) {
        let mut left: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
        for fit in [Fit::Whole, Fit::Difficulty, Fit::Unsaid] {
            for place in &mut left {
                let Some(draft) = place else { continue };
                let types_matter = self.types_matter;
                let fits = |slot: &Slot| how(draft, slot, types_matter).is_some_and(|found| found <= fit);
                if let Some((slot, open)) =
                    self.slots.iter_mut().find(|(slot, filled)| filled.is_none() && fits(slot))
                {
                    *open = place.take().map(|draft| Draft {
                        difficulty: draft.difficulty.or(Some(slot.difficulty)),
                        question_type: draft.question_type.or(slot.question_type),
                        ..draft
                    });
                }
            }
        }
        self.spare.extend(left.into_iter().flatten());
    }

    /// The slots that nothing fills yet.
    pub(crate) fn open(&self) -> Vec<Slot> {
        self.slots.iter().filter(|(_, filled)| filled.is_none()).map(|(slot, _)| *slot).collect()
    }

    /// What tells the drafts that there are from others.
    pub(crate) fn known(&self) -> Vec<String> {
        let drafts = self.slots.iter().filter_map(|(_, filled)| filled.as_ref()).chain(&self.spare);
        drafts.map(|draft| draft.tells_apart(self.kind).to_owned()).collect()
    }

    /// The drafts by slot. What is not what was asked for is paid for, and takes the slots that stay
    /// open; what is left over then is counted.
    pub(crate) fn end(self) -> (Vec<Draft>, usize) {
        let mut spare = self.spare.into_iter();
        let drafts =
            self.slots.into_iter().filter_map(|(_, filled)| filled.or_else(|| spare.next())).collect();
        (drafts, spare.count())
    }
}

/// How well a draft fits a slot, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Whole,
    Difficulty,
    Unsaid,
}

fn how(draft: &Draft, slot: &Slot, types_matter: bool) -> Option<Fit> {
    let difficulty = draft.difficulty.map(|said| said == slot.difficulty);
    // Where no type is asked for, none is wrong.
    let kind = match (draft.question_type, slot.question_type) {
        (Some(said), Some(asked)) => Some(said == asked),
        (None, Some(_)) => None,
        (_, None) => Some(true),
    };
    match (difficulty, kind) {
        (Some(false), _) => None,
        (_, Some(false)) if types_matter => None,
        (None, _) | (_, None) => Some(Fit::Unsaid),
        (Some(true), Some(true)) => Some(Fit::Whole),
        (Some(true), Some(false)) => Some(Fit::Difficulty),
    }
}

#[cfg(test)]
mod tests {
    use model::{
        Difficulty::{self, Easy, Hard, Medium},
        QuestionType::{self, Conceptual, Factual, HowTo},
        Style,
    };

    use super::*;
    use crate::testing::settings;

    fn slot(difficulty: Difficulty, kind: QuestionType) -> Slot {
        Slot { difficulty, question_type: Some(kind) }
    }

    fn draft(question: &str, difficulty: Option<Difficulty>, kind: Option<QuestionType>) -> Draft {
        Draft { question: question.into(), difficulty, question_type: kind, ..Draft::default() }
    }

    fn filled(style: Style, drafts: Vec<Draft>) -> Filled {
        let mut settings = settings(GenerationType::Qa);
        settings.config.style_template = style;
        let slots = [slot(Easy, HowTo), slot(Easy, Factual), slot(Hard, HowTo)];
        let mut filled = Filled::new(&slots, &settings);
        filled.add(drafts);
        filled
    }

    fn questions(drafts: &[Draft]) -> Vec<&str> {
        drafts.iter().map(|draft| draft.question.as_str()).collect()
    }

    #[test]
    fn drafts_fill_the_slots_that_they_fit_best() {
        let drafts = vec![
            draft("unsaid", None, None),
            draft("a", Some(Easy), Some(Factual)),
            draft("b", Some(Easy), Some(Conceptual)),
            draft("c", Some(Medium), Some(HowTo)),
        ];
        let filled = filled(Style::Mixed, drafts);
        assert_eq!(filled.open(), []);
        let (drafts, left) = filled.end();
        assert_eq!((questions(&drafts), left), (vec!["b", "a", "unsaid"], 1));
        assert_eq!((drafts[2].difficulty, drafts[2].question_type), (Some(Hard), Some(HowTo)));
    }

    #[test]
    fn a_style_wants_its_own_types() {
        let drafts = vec![draft("a", Some(Easy), Some(Conceptual)), draft("b", Some(Hard), Some(HowTo))];
        let mut filled = filled(Style::HowTo, drafts);
        assert_eq!(filled.open(), [slot(Easy, HowTo), slot(Easy, Factual)]);
        assert_eq!(filled.known(), ["b", "a"]);
        filled.add(vec![draft("c", Some(Easy), Some(Factual))]);
        let (drafts, left) = filled.end();
        assert_eq!((questions(&drafts), left), (vec!["a", "c", "b"], 0));
    }
}
