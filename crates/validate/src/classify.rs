//! What kind of question it is, by rules over its words.
//!
//! The kinds are tried from the most telling words on: what compares, what is about code, what went
//! wrong, what asks for steps, what asks for a judgement, what asks for an explanation; the rest asks
//! for a fact.

mod cues;

use model::QuestionType;

use crate::phrases::Phrases;

/// The kind of a question. Deterministic; the languages are English first, with the telling words of
/// a few others.
pub fn question_type(question: &str) -> QuestionType {
    let question = Phrases::new(question);
    if compares(&question) {
        QuestionType::Comparative
    } else if is_about_code(&question) {
        QuestionType::ApiCode
    } else if is_about_failure(&question) {
        QuestionType::Troubleshooting
    } else if asks_for_steps(&question) {
        QuestionType::HowTo
    } else if asks_for_judgement(&question) {
        QuestionType::Analytical
    } else if asks_for_explanation(&question) {
        QuestionType::Conceptual
    } else {
        QuestionType::Factual
    }
}

fn compares(question: &Phrases) -> bool {
    // Which side is right is a judgement, what is compared on the way to a quantity a fact, and how to
    // tell two apart a matter of steps.
    if question.has(&["should", "who would win", "who will win"])
        || question.starts(&["compared", "in comparison", "how many", "how much", "how to", "how good"])
    {
        return false;
    }
    if is_closed(question) && !question.starts(&["can you", "could you"]) {
        return question.has(&["difference between", "differences between"]);
    }
    if question.starts(&[
        "how different is",
        "how different are",
        "how is",
        "how are",
        "in what way",
        "in which way",
    ]) && question.has(&["different", "differ", "similar"])
    {
        return true;
    }
    question.has(&cues::COMPARING)
        || question.contains(&["区别", "區別", "差异", "違い", "比较", "차이"])
        || (question.has(&["or"])
            && question.starts(&[
                "which is better",
                "which is a better",
                "what is better",
                "what's better",
                "who is better",
                "which one is better",
            ]))
}

fn is_about_code(question: &Phrases) -> bool {
    let names_code = question.contains(&["`", "()", "::", "->", "=>", "</"]);
    let asks_for_code = question.has(&cues::ASKING_FOR_CODE);
    names_code || asks_for_code
}

fn is_about_failure(question: &Phrases) -> bool {
    question.has(&cues::FAILING)
        && !question.starts(&[
            "who",
            "when",
            "where",
            "how many",
            "how much",
            "how often",
            "is",
            "are",
            "was",
            "what year",
        ])
        || question.contains(&["エラー", "错误", "报错", "故障"])
        || (question.has(&["fix", "repair", "resolve", "solve"])
            && question.starts(&["how do i", "how can i", "how to", "how do you", "what should"])
            && question
                .has(&["problem", "issue", "error", "broken", "leak", "bug", "failure", "warning", "crash"]))
        || question.starts(&[
            "what should i check",
            "what should you check",
            "what should be checked",
            "what to do if",
            "what to do when",
        ])
        || (question.starts(&[
            "what should i do",
            "what should you do",
            "what should be done",
            "what can be done",
        ]) && question.has(&["if", "when"]))
}

fn asks_for_steps(question: &Phrases) -> bool {
    const DOERS: [&str; 10] =
        ["i", "you", "we", "one", "u", "someone", "users", "user", "people", "somebody"];
    let how = question.words().position(|word| word == "how").filter(|at| {
        matches!(
            question.word(at + 1),
            "do" | "can" | "could" | "would" | "should" | "does" | "must" | "may" | "might"
        ) && (DOERS.contains(&question.word(at + 2)) || DOERS.contains(&question.word(at + 3)))
    });
    let opinion = question.has(&[
        "how do you feel",
        "how do you like",
        "how do you think",
        "how would you rate",
        "how would you feel",
    ]);
    let knows = question.has(&["how do we know", "how do you know", "how can we know"]);
    let bare = question.word(0) == "how"
        && matches!(question.word(1), "i" | "i'll" | "will" | "you" | "we" | "start" | "exactly" | "best")
        && (question.word(1) != "will" || DOERS.contains(&question.word(2)));
    let way = question.has(&[
        "is there a way to",
        "is there any way to",
        "is there anyway to",
        "is it possible to",
    ]);
    (how.is_some() && !opinion && !knows && !question.has(&["how come"]))
        || bare
        || way
        || question.has(&cues::ASKING_FOR_STEPS) && !question.has(&["should"])
        || (question.starts(&["how is", "how are", "how was", "how were"]) && is_made(question))
        || question.contains(&["如何", "怎么", "怎麼", "怎样", "方法", "どのように", "どうやって", "어떻게"])
}

/// Whether a passive question asks how something is done: "how is cheese made".
fn is_made(question: &Phrases) -> bool {
    question.words().last().is_some_and(|last| {
        (last.ends_with("ed") && last.len() > 4)
            || matches!(
                last,
                "made" | "built" | "done" | "set" | "grown" | "written" | "run" | "cut" | "drawn"
            )
    })
}

fn asks_for_judgement(question: &Phrases) -> bool {
    let closed = is_closed(question);
    question.has(&cues::JUDGING)
        || (question.has(&["should"])
            && !question.starts(&["when", "how much", "how many", "how often", "how long", "where", "why"]))
        || question.contains(&["应该", "べき"])
        || (closed && question.has_word(&cues::VERDICTS))
        || (closed && question.has_word(&cues::MATTERS))
        || (question.starts(&["would", "could", "if"]) && closed)
        || question.starts(&["how is it", "how good", "how did you", "how was your", "any", "what if"])
}

/// Whether a question can be answered with yes or no.
fn is_closed(question: &Phrases) -> bool {
    let open = ["what", "who", "whom", "whose", "when", "where", "which", "why", "how"];
    const AUXILIARIES: [&str; 24] = [
        "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should", "has",
        "have", "had", "may", "might", "must", "am", "isn't", "aren't", "doesn't", "don't", "shall",
    ];
    // German "was" asks what.
    if question.starts(&["was ist", "was sind", "was war", "was bedeutet", "was macht", "was passiert"]) {
        return false;
    }
    AUXILIARIES.contains(&question.word(0))
        || (!open.contains(&question.word(0))
            && question
                .lower
                .split([':', ',', '.', '-', ']'])
                .skip(1)
                .any(|part| AUXILIARIES.contains(&part.split_whitespace().next().unwrap_or(""))))
}

fn asks_for_explanation(question: &Phrases) -> bool {
    if is_closed(question) {
        return question.starts(&["can you explain", "could you explain"]);
    }
    question.has(&cues::EXPLAINING) && !question.starts(&cues::OF_A_FACT)
        || question.contains(&["为什么", "為什麼", "なぜ", "什么是", "什麼是", "とは", "원인", "왜"])
        || (question.has(&["mean", "means"]) && question.has(&["what", "whats", "what's"]))
        || is_definition(question)
        || (question.word(0) == "how"
            && matches!(
                question.word(1),
                "is" | "are"
                    | "was"
                    | "were"
                    | "would"
                    | "could"
                    | "has"
                    | "have"
                    | "can"
                    | "a"
                    | "an"
                    | "the"
            ))
}

/// "What is X?": a bare thing is explained, a quality of a thing ("the capital of") is a fact.
fn is_definition(question: &Phrases) -> bool {
    let rest = match (question.word(0), question.word(1)) {
        ("what", "is" | "are" | "does" | "do" | "exactly" | "s") => 2,
        ("what's" | "whats", _) => 1,
        _ => return false,
    };
    if matches!(question.word(1), "does" | "do") {
        return true;
    }
    match question.word(rest) {
        "a" | "an" => true,
        "the" => false,
        _ => {
            (1..=4).contains(&(question.len() - rest.min(question.len()))) && !question.has(&cues::REFERRING)
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use QuestionType::{Analytical, ApiCode, Comparative, Conceptual, Factual, HowTo, Troubleshooting};

    #[rstest]
    #[case("When was the bridge built?", Factual)]
    #[case("How many pumps does the ship have?", Factual)]
    #[case("Who wrote the report?", Factual)]
    #[case("What is the capital of France?", Factual)]
    #[case("How do I replace the filter?", HowTo)]
    #[case("How can you reset the password?", HowTo)]
    #[case("What are the steps to calibrate the sensor?", HowTo)]
    #[case("如何更换过滤器？", HowTo)]
    #[case("What should I do if the pump does not start?", Troubleshooting)]
    #[case("How do I resolve the error E42?", Troubleshooting)]
    #[case("Why does ice float on water?", Conceptual)]
    #[case("What is photosynthesis?", Conceptual)]
    #[case("What does idempotent mean?", Conceptual)]
    #[case("Warum schwimmt Eis?", Conceptual)]
    #[case("为什么冰会浮在水上？", Conceptual)]
    #[case("What does `parse()` return?", ApiCode)]
    #[case("Should voting be mandatory?", Analytical)]
    #[case("Is it ethical to keep whales?", Analytical)]
    #[case("What is the difference between TCP and UDP?", Comparative)]
    #[case("How does Rust compare to Go?", Comparative)]
    #[case("Was ist der Unterschied zwischen TCP und UDP?", Comparative)]
    #[case("", Factual)]
    fn questions_are(#[case] question: &str, #[case] expected: QuestionType) {
        assert_eq!(question_type(question), expected);
    }
}
