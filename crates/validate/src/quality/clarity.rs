//! Whether question and answer can be understood by themselves.

use model::FlagCode;

use super::{Item, Rated};
use crate::{phrases::Phrases, tokens::is_unspaced};

pub(super) fn items(pair: &Rated<'_>) -> Vec<Item> {
    let question = Phrases::new(pair.question.raw);
    vec![
        stands_alone(&question),
        form(&question),
        singleness(&question),
        length(pair),
        language(pair),
        answer_stands_alone(pair),
    ]
}

/// Ways of pointing at a source that the reader of the pair does not have.
const POINTERS: [&str; 43] = [
    "the passage",
    "this passage",
    "the excerpt",
    "this excerpt",
    "the given text",
    "the provided text",
    "the above text",
    "the text above",
    "according to the text",
    "according to the document",
    "according to the article",
    "according to the section",
    "according to the context",
    "according to the author",
    "according to the paragraph",
    "according to the table",
    "according to the source",
    "according to this",
    "based on the text",
    "based on the document",
    "based on the context",
    "based on the article",
    "based on the information",
    "based on the table",
    "in this text",
    "in this document",
    "in this section",
    "in this article",
    "in this chapter",
    "mentioned in the",
    "described in the text",
    "described in the document",
    "mentioned above",
    "described above",
    "the above",
    "as mentioned",
    "this document",
    "laut dem text",
    "im text",
    "laut dem abschnitt",
    "selon le texte",
    "dans le texte",
    "según el texto",
];

const POINTERS_AT_THE_END: [&str; 3] = [" in the text?", " in the context?", " in this context?"];

const POINTERS_UNSPACED: [&str; 10] =
    ["上文", "文中", "本文", "上述", "文章中", "根据文本", "この文章", "上記", "本文によ", "文章によ"];

/// Whether the question points at something that only its source shows.
fn stands_alone(question: &Phrases) -> Item {
    let failed = |detail| Item::failed(0.25, FlagCode::NotStandalone, detail);
    if question.has(&POINTERS)
        || question.contains(&POINTERS_UNSPACED)
        || POINTERS_AT_THE_END.iter().any(|pointer| question.lower.ends_with(pointer))
    {
        return failed("The question points at a text that its reader does not have.");
    }
    if dangles(question) {
        return failed("The question does not say what it is about.");
    }
    let pointing = question.has_word(&["this", "these", "those"]);
    Item::graded(if pointing { 0.8 } else { 1.0 })
}

/// Whether a pronoun comes before anything that it could stand for.
fn dangles(question: &Phrases) -> bool {
    const BEFORE: [&str; 38] = [
        "what", "why", "how", "when", "where", "who", "which", "does", "do", "did", "is", "are", "was",
        "were", "can", "could", "will", "would", "should", "has", "have", "had", "must", "may", "might",
        "much", "many", "long", "often", "and", "or", "if", "so", "for", "in", "of", "exactly", "happens",
    ];
    // What follows an `it` that stands for nothing: "is it possible to".
    const EMPTY: [&str; 30] = [
        "take",
        "takes",
        "took",
        "cost",
        "costs",
        "mean",
        "means",
        "called",
        "possible",
        "necessary",
        "important",
        "useful",
        "better",
        "best",
        "safe",
        "recommended",
        "legal",
        "okay",
        "make",
        "that",
        "to",
        "worth",
        "helpful",
        "essential",
        "likely",
        "hard",
        "easy",
        "difficult",
        "common",
        "raining",
    ];
    let Some(at) = question.words().position(|word| !BEFORE.contains(&word)) else { return false };
    let next = question.word(at + 1);
    match question.word(at) {
        "it" => !EMPTY.contains(&next),
        "they" | "he" | "she" | "its" | "their" | "his" | "them" => true,
        "this" | "that" | "these" | "those" => {
            next.is_empty()
                || matches!(
                    next,
                    "is" | "are"
                        | "was"
                        | "were"
                        | "does"
                        | "mean"
                        | "means"
                        | "happen"
                        | "work"
                        | "be"
                        | "do"
                )
        }
        _ => false,
    }
}

/// Whether it is a question or an instruction in form.
fn form(question: &Phrases) -> Item {
    const OPENINGS: [&str; 62] = [
        "what",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "which",
        "why",
        "how",
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "should",
        "has",
        "have",
        "had",
        "may",
        "explain",
        "describe",
        "list",
        "compare",
        "summarize",
        "summarise",
        "write",
        "name",
        "give",
        "identify",
        "define",
        "discuss",
        "outline",
        "show",
        "classify",
        "translate",
        "create",
        "state",
        "analyze",
        "analyse",
        "evaluate",
        "provide",
        "calculate",
        "convert",
        "extract",
        "generate",
        "implement",
        "tell",
        "find",
        "rewrite",
        "suggest",
        "design",
        "in",
        "under",
        "at",
        "by",
        "for",
    ];
    let marked = question.lower.ends_with(['?', '？', '؟', ';', '吗', '呢', 'か', '까']);
    let opens = OPENINGS.contains(&question.word(0));
    let foreign = !question.lower.is_ascii();
    Item::graded(match (marked, opens) {
        (true, _) => 1.0,
        (false, true) => 0.92,
        (false, false) if foreign => 0.85,
        (false, false) => 0.6,
    })
}

/// Whether it asks one thing.
fn singleness(question: &Phrases) -> Item {
    let marks = question.lower.matches(['?', '？']).count();
    let joined =
        question.has(&["and how", "and why", "and what", "and when", "and who", "and where", "and which"]);
    Item::graded(match (marks, joined) {
        (0 | 1, false) => 1.0,
        (0 | 1, true) => 0.85,
        (2, _) => 0.75,
        _ => 0.55,
    })
}

/// Neither cryptic nor endless.
fn length(pair: &Rated<'_>) -> Item {
    let words = crate::effort::words(pair.question);
    let content = pair.question.tokens.iter().filter(|token| token.is_content()).count();
    let length = match words {
        0 => 0.05,
        1 | 2 => 0.6,
        3 => 0.75,
        4 => 0.85,
        5 | 6 => 0.93,
        7..=30 => 1.0,
        31..=60 => 0.9,
        _ => 0.7,
    };
    let specific = match content {
        0 => 0.5,
        1 => 0.85,
        2 => 0.95,
        _ => 1.0,
    };
    Item::graded(length * specific)
}

/// Whether question and answer are written in one script, by their letters.
fn language(pair: &Rated<'_>) -> Item {
    let (asked, answered) = (script(pair.question.raw), script(pair.answer.raw));
    match (asked, answered) {
        (Some(asked), Some(answered)) if asked != answered && pair.answer.tokens.len() > 3 => {
            Item::failed(0.3, FlagCode::Language, "Question and answer are in different languages.")
        }
        _ => Item::graded(1.0),
    }
}

/// The script that most letters of a text are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Arabic,
    Hebrew,
    Indic,
    Hangul,
    Unspaced,
}

fn script(text: &str) -> Option<Script> {
    let mut counts = [0_usize; 8];
    for char in text.chars().filter(|char| char.is_alphabetic()) {
        let script = match u32::from(char) {
            0x41..=0x24F | 0x1E00..=0x1EFF => Script::Latin,
            0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Greek,
            0x400..=0x52F => Script::Cyrillic,
            0x590..=0x5FF => Script::Hebrew,
            0x600..=0x77F => Script::Arabic,
            0x900..=0xDFF => Script::Indic,
            0x1100..=0x11FF | 0xAC00..=0xD7AF => Script::Hangul,
            _ if is_unspaced(char) => Script::Unspaced,
            _ => continue,
        };
        // A character of an unspaced script says about as much as three letters.
        counts[script as usize] += if script == Script::Unspaced { 3 } else { 1 };
    }
    let all = [
        Script::Latin,
        Script::Cyrillic,
        Script::Greek,
        Script::Arabic,
        Script::Hebrew,
        Script::Indic,
        Script::Hangul,
        Script::Unspaced,
    ];
    let total: usize = counts.iter().sum();
    // Terms in Latin letters stand in every language: only a clear majority tells.
    all.into_iter().find(|script| total >= 4 && counts[*script as usize] * 4 > total * 3)
}

/// Whether the answer starts with something that only its source explains.
fn answer_stands_alone(pair: &Rated<'_>) -> Item {
    let opening: String = pair.answer.raw.trim_start().chars().take(40).collect::<String>().to_lowercase();
    const VAGUE: [&str; 14] = [
        "it ",
        "this ",
        "these ",
        "they ",
        "he ",
        "she ",
        "such ",
        "the passage",
        "the text",
        "according to the text",
        "according to the passage",
        "as mentioned",
        "however",
        "therefore",
    ];
    Item::graded(if pair.words() > 5 && VAGUE.iter().any(|vague| opening.starts_with(vague)) {
        0.88
    } else {
        1.0
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("according to the passage, what is a pump?", false)]
    #[case("what does the text above say?", false)]
    #[case("what pumps are mentioned in the manual?", false)]
    #[case("how does it work?", false)]
    #[case("why is this?", false)]
    #[case("what do they eat?", false)]
    #[case("根据上文，水是什么？", false)]
    #[case("how long does it take to start the pump?", true)]
    #[case("is it possible to start the pump twice?", true)]
    #[case("how does the pump work when it is cold?", true)]
    #[case("what is a passageway?", true)]
    #[case("how do i select a word in the textbox?", true)]
    fn questions_stand_alone(#[case] question: &str, #[case] alone: bool) {
        assert_eq!(stands_alone(&Phrases::new(question)).flag.is_none(), alone);
    }

    #[rstest]
    #[case("What is it?", Some(Script::Latin))]
    #[case("Что это такое?", Some(Script::Cyrillic))]
    #[case("这是什么？", Some(Script::Unspaced))]
    #[case("API 是什么意思 for Rust programmers", None)]
    #[case("42", None)]
    fn scripts_are_told(#[case] text: &str, #[case] expected: Option<Script>) {
        assert_eq!(script(text), expected);
    }
}
