//! What kind of question it is, by rules over its words.
//!
//! The kinds are tried from the most telling words on: what compares, what is about code, what went
//! wrong, what asks for steps, what asks for a judgement, what asks for an explanation; the rest asks
//! for a fact.

use model::QuestionType;

/// A question in lower case and its words: letters, digits and apostrophes.
struct Question {
    text: String,
    /// The words with one space around each, so that phrases are found whole.
    padded: String,
    words: Vec<String>,
}

impl Question {
    fn new(question: &str) -> Self {
        let text = question.trim().to_lowercase().replace('’', "'");
        let words: Vec<String> = text
            .split(|char: char| !char.is_alphanumeric() && char != '\'')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        let padded = format!(" {} ", words.join(" "));
        Self { text, padded, words }
    }

    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    fn has(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| {
            self.padded.match_indices(phrase).any(|(at, _)| {
                self.padded[..at].ends_with(' ') && self.padded[at + phrase.len()..].starts_with(' ')
            })
        })
    }

    fn starts(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| {
            self.padded[1..].strip_prefix(phrase).is_some_and(|rest| rest.starts_with(' '))
        })
    }

    /// For scripts without spaces, and for marks.
    fn contains(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.text.contains(part))
    }
}

/// The kind of a question. Deterministic; the languages are English first, with the telling words of
/// a few others.
pub fn question_type(question: &str) -> QuestionType {
    let question = Question::new(question);
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

fn compares(question: &Question) -> bool {
    if question.starts(&["is there", "are there"]) {
        return false;
    }
    question.has(&[
        "difference between", "differences between", "difference in", "differences in", "the difference", "the differences",
        "difference of", "differ from", "differ", "different from", "compare", "compares", "compared to", "compared with",
        "comparison", "versus", "vs", "pros and cons", "advantages and disadvantages", "similarities", "distinguishes",
        "distinguish between", "unterschied", "unterschiede", "unterscheiden", "vergleiche", "différence", "différences",
        "diferencia", "diferencias", "diferença", "differenza", "разница", "отличается",
    ]) || question.contains(&["区别", "區別", "差异", "違い", "比较", "차이"])
        || (question.has(&["or"]) && question.starts(&["which is better", "which is best", "which one is", "what is better", "what's better"]))
}

fn is_about_code(question: &Question) -> bool {
    let names_code = question.contains(&["`", "()", "::", "->", "=>", "</"]);
    let asks_for_code = question.has(&[
        "write a function", "write a program", "write a script", "write code", "write a query", "code snippet", "code example",
        "api call", "api endpoint", "api request", "rest api", "http method", "return type", "return value", "command line option",
        "command line flag", "sql query", "code sample", "method signature", "function signature", "which function", "which method",
        "which command", "which endpoint", "what command", "what function", "what method call", "in python", "in rust", "in javascript",
        "in typescript", "in java", "in golang", "in sql", "in bash",
    ]);
    names_code || asks_for_code
}

fn is_about_failure(question: &Question) -> bool {
    question.has(&[
        "error", "errors", "troubleshoot", "not working", "doesn't work", "does not work", "stopped working", "won't start",
        "won't open", "will not start", "fails to", "fail to", "failed to", "crashes", "crashing", "debug", "fehler", "erreur",
        "fehlermeldung", "reagiert nicht", "ne fonctionne pas", "no funciona", "ошибка", "not responding", "malfunction", "malfunctions",
    ]) && !question.starts(&["who", "when", "where", "how many", "how much", "how often", "is", "are", "was", "what year"])
        || question.contains(&["エラー", "错误", "报错", "故障"])
        || (question.has(&["fix", "repair", "resolve", "solve"]) && question.starts(&["how do i", "how can i", "how to", "how do you", "what should"])
            && question.has(&["problem", "issue", "error", "broken", "leak", "bug", "failure", "warning", "crash"]))
        || question.starts(&["what should i check", "what should you check", "what should be checked", "what to do if", "what to do when"])
        || (question.starts(&["what should i do", "what should you do", "what should be done", "what can be done"]) && question.has(&["if", "when"]))
}

fn asks_for_steps(question: &Question) -> bool {
    const DOERS: [&str; 10] = ["i", "you", "we", "one", "u", "someone", "users", "user", "people", "somebody"];
    let how = question.words.iter().position(|word| word == "how").filter(|at| {
        matches!(question.word(at + 1), "do" | "can" | "could" | "would" | "should" | "does" | "must" | "may" | "might")
            && (DOERS.contains(&question.word(at + 2)) || DOERS.contains(&question.word(at + 3)))
    });
    let opinion = question.has(&["how do you feel", "how do you like", "how do you think", "how would you rate", "how would you feel"]);
    let knows = question.has(&["how do we know", "how do you know", "how can we know"]);
    (how.is_some() && !opinion && !knows)
        || question.has(&[
            "how to", "steps", "step by step", "procedure for", "instructions", "tips", "what is the best way to", "what's the best way to",
            "way to", "ways to", "how i can", "how we can", "how i could", "i want to", "i would like to", "i need to",
            "what is the process", "what is the procedure", "what is needed to", "what do i need to do",
            "wie kann ich", "wie kann man", "wie man", "wie wird", "wie lässt sich", "wie stelle ich", "comment faire", "comment puis",
            "comment peut", "comment installer", "cómo puedo", "cómo se", "como fazer", "come si", "как сделать", "как",
        ]) && !question.has(&["should"])
        || (question.starts(&["how is", "how are", "how was", "how were"]) && is_made(question))
        || question.contains(&["如何", "怎么", "怎麼", "怎样", "方法", "どのように", "どうやって", "어떻게"])
}

/// Whether a passive question asks how something is done: "how is cheese made".
fn is_made(question: &Question) -> bool {
    question.words.last().is_some_and(|last| {
        (last.ends_with("ed") && last.len() > 4)
            || matches!(last.as_str(), "made" | "built" | "done" | "set" | "grown" | "written" | "run" | "cut" | "drawn")
    })
}

fn asks_for_judgement(question: &Question) -> bool {
    const VERDICTS: [&str; 96] = [
        "acceptable", "appropriate", "bad", "banned", "beautiful", "beneficial", "best", "better", "biased", "boring", "compatible",
        "cool", "corrupt", "dangerous", "dead", "desirable", "detrimental", "easier", "effective", "efficient", "enough", "ethical", "evil",
        "exploitative", "fair", "favorite", "favourite", "feasible", "flawed", "free", "fun", "good", "great", "greater", "greatest",
        "harmful", "hypocritical", "ideal", "immoral", "important", "inevitable", "inherently", "inhumane", "justifiable",
        "justified", "just", "libertarian", "moral", "morally", "natural", "necessary", "obsolete", "okay", "ok", "outdated", "overrated",
        "preferable", "productive", "racist", "rational", "realistic", "reasonable", "reliable", "responsible", "right", "safe", "sexist", "significant",
        "socialist", "stronger", "successful", "suitable", "superior", "sustainable", "threat", "too", "trustworthy", "truly", "unethical", "unfair",
        "unjust", "useful", "useless", "valid", "valuable", "viable", "worse", "worst", "worth", "worthwhile", "worthy", "wrong", "sense", "really", "harm", "problem",
    ];
    const MATTERS: [&str; 22] = [
        "society", "democracy", "capitalism", "socialism", "religion", "god", "feminism", "morality", "humanity", "economy",
        "politics", "political", "rights", "freedom", "justice", "abortion", "government", "governments", "humans", "media", "racism", "gender",
    ];
    let closed = is_closed(question);
    question.has(&[
        "do you think", "what do you think", "your opinion", "your thoughts", "in your view", "do you believe", "do you agree", "do you like",
        "do you prefer", "would you rather", "your favorite", "your favourite", "how do you feel", "how would you rate", "would you",
        "evaluate", "assess", "critically", "argue", "justify", "recommend", "recommendations", "implications", "to what extent", "trade off",
        "trade offs", "tradeoffs", "analyze", "analyse", "what can be inferred", "what conclusion", "what can be concluded", "how effective", "how good",
        "how important", "how well", "how significant", "sollte", "sollten", "devrait", "faut il", "debería",
        "the best", "the worst", "how should", "what should", "makes sense",
    ]) || (question.has(&["should"]) && !question.starts(&["when", "how much", "how many", "how often", "how long", "where", "why"]))
        || question.contains(&["应该", "べき"])
        || (closed && question.words.iter().any(|word| VERDICTS.contains(&word.as_str())))
        || (closed && question.words.iter().any(|word| MATTERS.contains(&word.as_str())))
        || (question.starts(&["would", "could", "if"]) && closed)
        || question.starts(&["how is it", "how good", "how did you", "how was your", "any", "what if"])
}

/// Whether a question can be answered with yes or no.
fn is_closed(question: &Question) -> bool {
    let open = ["what", "who", "whom", "whose", "when", "where", "which", "why", "how"];
    const AUXILIARIES: [&str; 24] = [
        "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should", "has", "have", "had", "may", "might",
        "must", "am", "isn't", "aren't", "doesn't", "don't", "shall",
    ];
    AUXILIARIES.contains(&question.word(0))
        || (!open.contains(&question.word(0))
            && question.text.split([':', ',', '.', '-', ']']).skip(1).any(|part| {
                AUXILIARIES.contains(&part.split_whitespace().next().unwrap_or(""))
            }))
}

fn asks_for_explanation(question: &Question) -> bool {
    if is_closed(question) {
        return question.starts(&["can you explain", "could you explain"]);
    }
    question.has(&[
        "why", "how come", "meaning", "meanings", "definition", "definitions", "define", "defined as", "explain", "what causes", "what caused",
        "what cause", "cause of", "causes of", "reason for", "reasons for", "the reason", "purpose of", "purpose", "what happens", "what happened when", "what happened to",
        "what is meant", "meant by", "concept of", "role of", "describe", "significance", "principle", "effect of", "effects of", "affect",
        "impact", "symptoms", "benefits of", "advantages of", "examples of", "example of", "characteristics", "what does it mean", "stand for", "how does",
        "how do", "how did", "what are some", "what are the", "origin", "refer to", "used for", "known about", "warum", "wieso", "weshalb", "bedeutet", "pourquoi",
        "signifie", "por qué", "significa", "perché", "почему", "зачем", "что такое", "was ist", "was sind", "qu'est", "qué es", "alike", "work",
    ]) && !question.starts(&["how many", "how much", "how long", "how old", "how far", "how often", "who", "when", "where", "what year", "in what", "which", "what was the name"])
        || question.contains(&["为什么", "為什麼", "なぜ", "什么是", "什麼是", "とは", "원인", "왜"])
        || (question.has(&["mean", "means"]) && question.has(&["what", "whats", "what's"]))
        || is_definition(question)
        || (question.word(0) == "how" && matches!(question.word(1), "is" | "are" | "was" | "were" | "would" | "could" | "has" | "have" | "can"))
}

/// "What is X?": a bare thing is explained, a quality of a thing ("the capital of") is a fact.
fn is_definition(question: &Question) -> bool {
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
            (1..=4).contains(&(question.words.len() - rest.min(question.words.len())))
                && !question.has(&["his", "her", "my", "your", "their", "its", "this", "being", "he", "she", "called"])
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
