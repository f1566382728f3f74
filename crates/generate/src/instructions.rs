//! Instructions that are not written by the teacher, in the language of the text that they go with.

use crate::languages::{self, Language};

/// English where the language is not among those that there are words for.
fn words(language: Option<&str>) -> &'static Language {
    languages::find(language).unwrap_or_else(languages::english)
}

/// The instruction to choose one of the labels, which it names.
pub(crate) fn classify(language: Option<&str>, labels: &[String]) -> String {
    format!(
        "{}\n\n{}",
        words(language).classify,
        labels.iter().map(|label| format!("- {label}\n")).collect::<String>().trim_end()
    )
}

/// The instruction to sum a text up in sentences.
pub(crate) fn summarise(language: Option<&str>) -> &'static str {
    &words(language).summarise
}

/// The instruction to list a text's key points.
pub(crate) fn key_points(language: Option<&str>) -> &'static str {
    &words(language).key_points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_decides() {
        let labels = ["Preis".to_owned(), "Versand".to_owned()];
        assert_eq!(
            classify(Some("de-AT"), &labels),
            "Welches dieser Labels passt am besten zum folgenden Text?\n\n- Preis\n- Versand"
        );
        assert_eq!(summarise(Some("eo")), languages::english().summarise);
        assert_eq!(key_points(None), languages::english().key_points);
    }
}
