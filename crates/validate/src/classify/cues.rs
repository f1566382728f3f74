//! The words and phrases that tell kinds of questions apart: English first, and a few of other languages.

/// What a judgement comes out as.
#[rustfmt::skip]
pub(super) const VERDICTS: [&str; 114] = [
    "acceptable", "appropriate", "bad", "banned", "beautiful", "beneficial", "best", "better", "biased",
    "boring", "compatible", "cool", "corrupt", "dangerous", "dead", "desirable", "detrimental", "easier",
    "effective", "efficient", "ethical", "evil", "exploitative", "fair", "favorite", "favourite",
    "feasible", "flawed", "fun", "good", "harmful", "hypocritical", "ideal", "immoral", "important",
    "inevitable", "inherently", "inhumane", "justifiable", "justified", "libertarian", "moral", "morally",
    "necessary", "obsolete", "okay", "ok", "outdated", "overrated", "preferable", "productive", "racist",
    "rational", "realistic", "reasonable", "reliable", "responsible", "right", "safe", "sexist",
    "significant", "socialist", "stronger", "successful", "suitable", "superior", "sustainable", "threat",
    "too", "trustworthy", "truly", "unethical", "unfair", "unjust", "useful", "useless", "valid",
    "valuable", "viable", "worse", "worst", "worth", "worthwhile", "worthy", "wrong", "sense", "harm",
    "problem", "true", "healthy", "unhealthy", "mandatory", "compulsory", "fraud", "frauds", "unnecessary",
    "regrettable", "plausible", "impossible", "irrational", "satisfied", "unconstitutional", "future",
    "solution", "help", "improve", "oppose", "promote", "benefit", "benefits", "destroy", "undermine",
    "accurate", "normal",
];

/// What opinions are divided on.
#[rustfmt::skip]
pub(super) const MATTERS: [&str; 31] = [
    "society", "democracy", "capitalism", "socialism", "religion", "god", "feminism", "morality",
    "humanity", "economy", "politics", "political", "rights", "freedom", "justice", "abortion", "racism",
    "gender", "everyone", "everybody", "peace", "war", "moral", "truth", "consciousness", "climate",
    "inequality", "poverty", "liberal", "liberals", "conservatives",
];

/// Setting two things beside each other.
#[rustfmt::skip]
pub(super) const COMPARING: [&str; 34] = [
    "difference between", "differences between", "difference in", "differences in", "the difference",
    "the differences", "difference of", "differ from", "differ", "different from", "compare", "compares",
    "compared to", "compared with", "comparison", "versus", "vs", "pros and cons",
    "advantages and disadvantages", "similarities", "distinguishes", "distinguish between", "unterschied",
    "unterschiede", "unterscheiden", "vergleiche", "différence", "différences", "diferencia", "diferencias",
    "diferença", "differenza", "разница", "отличается",
];

/// Asking for code, or for how an interface is called.
#[rustfmt::skip]
pub(super) const ASKING_FOR_CODE: [&str; 35] = [
    "write a function", "write a program", "write a script", "write code", "write a query", "code snippet",
    "code example", "api call", "api endpoint", "api request", "rest api", "http method", "return type",
    "return value", "command line option", "command line flag", "sql query", "code sample",
    "method signature", "function signature", "which function", "which method", "which command",
    "which endpoint", "what command", "what function", "what method call", "in python", "in rust",
    "in javascript", "in typescript", "in java", "in golang", "in sql", "in bash",
];

/// Something that goes wrong.
#[rustfmt::skip]
pub(super) const FAILING: [&str; 26] = [
    "error", "errors", "troubleshoot", "not working", "doesn't work", "does not work", "stopped working",
    "won't start", "won't open", "will not start", "fails to", "fail to", "failed to", "crashes",
    "crashing", "debug", "fehler", "erreur", "fehlermeldung", "reagiert nicht", "ne fonctionne pas",
    "no funciona", "ошибка", "not responding", "malfunction", "malfunctions",
];

/// Asking how to do something.
#[rustfmt::skip]
pub(super) const ASKING_FOR_STEPS: [&str; 43] = [
    "how to", "steps", "step by step", "procedure for", "instructions", "tips", "what is the best way to",
    "what's the best way to", "way to", "ways to", "how i can", "how we can", "how i could", "i want to",
    "i would like to", "i need to", "what is the process", "anyway of", "what can i do", "what can we do",
    "what do i do", "get rid of", "safest method", "best method", "what is the procedure",
    "what is needed to", "what do i need to do", "wie kann ich", "wie kann man", "wie man", "wie wird",
    "wie lässt sich", "wie stelle ich", "comment faire", "comment puis", "comment peut",
    "comment installer", "cómo puedo", "cómo se", "como fazer", "come si", "как сделать", "как",
];

/// Asking for an opinion or an assessment.
#[rustfmt::skip]
pub(super) const JUDGING: [&str; 47] = [
    "do you think", "what do you think", "your opinion", "your thoughts", "in your view", "do you believe",
    "do you agree", "do you like", "do you prefer", "would you rather", "your favorite", "your favourite",
    "how do you feel", "how would you rate", "would you", "evaluate", "assess", "critically", "argue",
    "justify", "recommend", "recommendations", "implications", "to what extent", "trade off", "trade offs",
    "tradeoffs", "analyze", "analyse", "what can be inferred", "what conclusion", "what can be concluded",
    "how effective", "how good", "how important", "how well", "how significant", "sollte", "sollten",
    "devrait", "faut il", "debería", "the best", "the worst", "how should", "what should", "makes sense",
];

/// Asking what something is, or why.
#[rustfmt::skip]
pub(super) const EXPLAINING: [&str; 71] = [
    "why", "how come", "meaning", "meanings", "definition", "definitions", "define", "defined as",
    "explain", "what causes", "what caused", "what cause", "cause of", "causes of", "reason for",
    "reasons for", "the reason", "purpose of", "purpose", "what happens", "what happened when",
    "what happened to", "what is meant", "meant by", "concept of", "role of", "describe", "significance",
    "principle", "effect of", "effects of", "affect", "impact", "symptoms", "benefits of", "advantages of",
    "examples of", "example of", "characteristics", "what does it mean", "stand for", "how does", "how do",
    "how did", "what are some", "what are the", "origin", "refer to", "used for", "known about", "warum",
    "wieso", "weshalb", "bedeutet", "pourquoi", "signifie", "por qué", "significa", "perché", "почему",
    "зачем", "что такое", "was ist", "was sind", "qu'est", "qué es", "alike", "work", "what effect",
    "what exactly", "in common",
];

/// Openings that ask for a fact, whatever follows.
#[rustfmt::skip]
pub(super) const OF_A_FACT: [&str; 13] = [
    "how many", "how much", "how long", "how old", "how far", "how often", "who", "when", "where",
    "what year", "in what", "which", "what was the name",
];

/// Speaking of one certain thing, not of a kind of thing.
#[rustfmt::skip]
pub(super) const REFERRING: [&str; 11] = [
    "his", "her", "my", "your", "their", "its", "this", "being", "he", "she", "called",
];
