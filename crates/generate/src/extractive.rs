//! The built-in offline teacher: questions by template, answers that are spans of the passage.
//!
//! It reads the passage's own structure (headings, lists, tables, code, sentences of a plain form)
//! and asks only where a template is safe: few good questions rather than many bad ones. English has
//! rules of its own, other languages a file each with sentences of plain forms; of a passage in any other
//! it takes what needs no wording.

mod candidate;
mod code;
mod code_like;
mod definition;
mod faq;
mod form;
mod glossary;
mod heading;
mod kinds;
mod list;
mod section;
mod sentence;
mod sentences;
mod table;
mod verbs;
mod wording;

#[cfg(test)]
mod tests;

use model::{GenerateSettings, GenerationType, Passage, sha256_hex};

use crate::{Lesson, languages, prompt};
use candidate::Candidate;
use wording::Wording;

/// Changes with every change of what the teacher makes of a passage.
const VERSION: &str = "builtin/extractive 2";

/// The most bytes of a passage that are read: far more than a chunk has.
const MAX_TEXT: usize = 256 * 1024;

/// Makes pairs from a passage; the same ones every time.
pub(crate) fn teach(passage: &Passage, settings: &GenerateSettings) -> Lesson {
    let text = &passage.text[..passage.text.floor_char_boundary(MAX_TEXT)];
    let sections = section::sections(passage, text);
    let wording = Wording::new(passage, text, &sections);
    let turn = sha256_hex(format!("{}:{}", settings.config.seed, passage.sha256()));
    let turn = turn.get(..8).and_then(|digits| usize::from_str_radix(digits, 16).ok()).unwrap_or_default();

    let questions =
        languages::find(passage.language.as_deref()).and_then(|language| language.questions.as_ref());

    let mut candidates: Vec<Candidate> = Vec::new();
    for section in &sections {
        candidates.extend(faq::find(section));
        candidates.extend(table::find(section, passage, &wording, turn));
        if wording.english {
            candidates.extend(heading::find(section, &wording));
            candidates.extend(list::find(section, &wording));
            candidates.extend(code::find(section, &wording));
            candidates.extend(definition::find(section, &wording));
            candidates.extend(glossary::find(section, &wording));
            candidates.extend(sentence::find(section, &wording));
        } else if let Some(questions) = questions {
            candidates.extend(form::find(section, questions, &wording));
        }
    }
    let config = &settings.config;
    let count = config.pairs_per_chunk as usize;
    let best = |count| candidate::select(candidates, count, config.style_template);
    let mut drafts = match settings.generation_type {
        GenerationType::Qa => best(count),
        GenerationType::Instruction => {
            best(count).into_iter().map(|draft| kinds::instruction(draft, &wording)).collect()
        }
        GenerationType::Conversation => {
            let exchanges = prompt::exchanges(settings) as usize;
            kinds::conversations(best(count * exchanges), exchanges)
        }
        GenerationType::Summary => kinds::summaries(&sections, passage, settings),
        GenerationType::Classification => kinds::labelled(passage, text, settings).into_iter().collect(),
    };
    drafts.truncate(count);
    let nothing_to_teach = drafts.is_empty().then(|| {
        if text.trim().is_empty() {
            "the passage is empty".to_owned()
        } else if settings.generation_type == GenerationType::Summary {
            "the passage has too little prose to be summed up".to_owned()
        } else if settings.generation_type == GenerationType::Classification {
            "it has the words of none of the labels, or of several as often".to_owned()
        } else if wording.english || questions.is_some() {
            "the built-in teacher found no heading, list, table or sentence in it that it has a safe question for"
                .to_owned()
        } else {
            "the built-in teacher has no questions in the language of the passage, and found no table and no \
             question with its answer in it"
                .to_owned()
        }
    });
    Lesson { drafts, nothing_to_teach, remarks: Vec::new(), prompt_hash: sha256_hex(VERSION) }
}
