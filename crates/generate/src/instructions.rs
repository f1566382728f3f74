//! Instructions that are not written by the teacher, in the language of the text that they go with.

/// One language's words.
struct Words {
    language: &'static str,
    classify: &'static str,
    summarise: &'static str,
    key_points: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    classify: "Which of these labels fits the following text best?",
    summarise: "Summarise the following text in a few sentences.",
    key_points: "Give the key points of the following text as a list.",
};

const OTHERS: [Words; 10] = [
    Words {
        language: "de",
        classify: "Welches dieser Labels passt am besten zum folgenden Text?",
        summarise: "Fasse den folgenden Text in wenigen Sätzen zusammen.",
        key_points: "Nenne die wichtigsten Punkte des folgenden Textes als Liste.",
    },
    Words {
        language: "fr",
        classify: "Laquelle de ces étiquettes convient le mieux au texte suivant ?",
        summarise: "Résume le texte suivant en quelques phrases.",
        key_points: "Donne les points clés du texte suivant sous forme de liste.",
    },
    Words {
        language: "es",
        classify: "¿Cuál de estas etiquetas corresponde mejor al siguiente texto?",
        summarise: "Resume el siguiente texto en pocas frases.",
        key_points: "Enumera los puntos clave del siguiente texto.",
    },
    Words {
        language: "it",
        classify: "Quale di queste etichette si adatta meglio al testo seguente?",
        summarise: "Riassumi il testo seguente in poche frasi.",
        key_points: "Elenca i punti chiave del testo seguente.",
    },
    Words {
        language: "pt",
        classify: "Qual destas etiquetas se adequa melhor ao texto seguinte?",
        summarise: "Resume o texto seguinte em poucas frases.",
        key_points: "Enumera os pontos principais do texto seguinte.",
    },
    Words {
        language: "nl",
        classify: "Welk van deze labels past het best bij de volgende tekst?",
        summarise: "Vat de volgende tekst in enkele zinnen samen.",
        key_points: "Geef de kernpunten van de volgende tekst als lijst.",
    },
    Words {
        language: "pl",
        classify: "Która z tych etykiet najlepiej pasuje do poniższego tekstu?",
        summarise: "Streść poniższy tekst w kilku zdaniach.",
        key_points: "Wypisz najważniejsze punkty poniższego tekstu.",
    },
    Words {
        language: "ru",
        classify: "Какая из этих меток лучше всего подходит к следующему тексту?",
        summarise: "Кратко изложи следующий текст в нескольких предложениях.",
        key_points: "Перечисли основные положения следующего текста.",
    },
    Words {
        language: "zh",
        classify: "以下哪个标签最适合下面的文本？",
        summarise: "用几句话概括下面的文本。",
        key_points: "以列表形式列出下面文本的要点。",
    },
    Words {
        language: "ja",
        classify: "次のラベルのうち、以下の文章に最も合うものはどれですか。",
        summarise: "以下の文章を数文で要約してください。",
        key_points: "以下の文章の要点を箇条書きで挙げてください。",
    },
];

/// English where the language is not among those that there are words for.
fn words(language: Option<&str>) -> &'static Words {
    let code: String = language.unwrap_or_default().chars().take_while(|char| char.is_alphabetic()).collect();
    OTHERS.iter().find(|words| words.language.eq_ignore_ascii_case(&code)).unwrap_or(&ENGLISH)
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
    words(language).summarise
}

/// The instruction to list a text's key points.
pub(crate) fn key_points(language: Option<&str>) -> &'static str {
    words(language).key_points
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
        assert_eq!(summarise(Some("eo")), ENGLISH.summarise);
        assert_eq!(key_points(None), ENGLISH.key_points);
    }
}
