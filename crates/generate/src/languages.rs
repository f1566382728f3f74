//! The words of each language that our own sentences are made of: a file a language under `languages`.

use std::sync::LazyLock;

use model::QuestionType;
use regex::Regex;
use serde::Deserialize;

/// What is said in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Language {
    /// The instruction to choose a label.
    pub(crate) classify: String,
    /// The instruction to sum up in sentences.
    pub(crate) summarise: String,
    /// The instruction to sum up in points.
    pub(crate) key_points: String,
    /// What the built-in teacher asks by; English has rules of its own.
    pub(crate) questions: Option<Questions>,
}

/// How the built-in teacher asks in a language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Questions {
    /// What is asked about a numbered list under a `{{heading}}`.
    pub(crate) steps: String,
    /// How a `{{question}}` is put that does not say of itself what `{{place}}` it is about.
    pub(crate) about: String,
    /// Words, or where no blanks stand between words any part of a text, that point out of a sentence.
    pub(crate) pointing: Vec<String>,
    /// Whether the first word of a sentence, which may be anything, is written small within a question.
    #[serde(default)]
    pub(crate) small_first: bool,
    /// Words that are written small within a sentence.
    #[serde(default)]
    pub(crate) articles: Vec<String>,
    pub(crate) forms: Vec<Form>,
}

/// Sentences of a plain form, and what they answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    /// A sentence of the form: what a test asks for.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "it shows readers of the file what is meant, and is tested")
    )]
    pub(crate) example: String,
    /// The sentence without its full stop.
    #[serde(deserialize_with = "whole")]
    pub(crate) sentence: Regex,
    /// The question, with `{{thing}}`, `{{verb}}` and `{{clause}}` as the sentence has them.
    pub(crate) question: String,
    pub(crate) kind: QuestionType,
    /// Whether it asks for the meaning of a word, so that it is about nothing else.
    #[serde(default)]
    pub(crate) defines: bool,
}

fn whole<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    let pattern = String::deserialize(deserializer)?;
    Regex::new(&format!("^(?:{pattern})$")).map_err(serde::de::Error::custom)
}

macro_rules! languages {
    ($($code:literal),*) => {
        static LANGUAGES: LazyLock<Vec<(&str, Language)>> =
            LazyLock::new(|| vec![$(($code, read($code, include_str!(concat!("../languages/", $code, ".toml"))))),*]);
    };
}

languages!("en", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "zh");

fn read(code: &str, file: &str) -> Language {
    // The files are part of the program, and a test reads them all.
    toml::from_str(file).unwrap_or_else(|error| panic!("languages/{code}.toml: {error}"))
}

/// The words of a language by its tag, such as `de` or `pt-BR`.
pub(crate) fn find(tag: Option<&str>) -> Option<&'static Language> {
    let code: String = tag.unwrap_or_default().chars().take_while(|char| char.is_alphabetic()).collect();
    LANGUAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(&code)).map(|(_, language)| language)
}

/// English, which is written where there are no words for a language.
pub(crate) fn english() -> &'static Language {
    &LANGUAGES[0].1
}

#[cfg(test)]
pub(crate) fn with_questions() -> impl Iterator<Item = (&'static str, &'static Questions)> {
    LANGUAGES.iter().filter_map(|(code, language)| Some((*code, language.questions.as_ref()?)))
}
