//! Keeping outside text from being read as part of the prompt.

/// What opens or closes something that is read as a mark, and not as text.
struct Marks {
    open: char,
    /// Stands for the opening bracket: a reader takes it for the same, a parser does not.
    stand_in: char,
    names: &'static [&'static str],
}

/// Our own tags, and the marks that chat templates give a meaning to.
const MARKS: [Marks; 2] = [
    Marks {
        open: '<',
        stand_in: '‹',
        names: &[
            "document",
            "heading",
            "columns",
            "passage",
            "pairs",
            "wishes",
            "before",
            "after",
            "known",
            "labels",
            "|",
            "｜",
            "start_of_turn",
            "end_of_turn",
            "<sys>",
            "im_",
            "s>",
            "bos>",
            "eos>",
        ],
    },
    Marks {
        open: '[',
        stand_in: '［',
        names: &["inst]", "system_prompt]", "tool_calls]", "tool_results]", "available_tools]"],
    },
];

/// Outside text in which nothing opens or closes the prompt's own tags or a message of a chat template,
/// in any case and spacing: the bracket that opens such a mark becomes one that looks like it.
pub fn hide(text: &str) -> String {
    MARKS.iter().fold(text.to_owned(), |text, marks| swap(text, marks.open, marks.stand_in, marks.names))
}

/// The text as it was before [`hide`]: for what a model copied from such a text.
pub fn restore(text: &str) -> String {
    MARKS.iter().fold(text.to_owned(), |text, marks| swap(text, marks.stand_in, marks.open, marks.names))
}

fn swap(text: String, from: char, to: char, names: &[&str]) -> String {
    if !text.contains(from) {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(from) {
        clean.push_str(&rest[..at]);
        let after = &rest[at + from.len_utf8()..];
        clean.push(if is_mark(after, names) { to } else { from });
        rest = after;
    }
    clean.push_str(rest);
    clean
}

/// Whether what follows a bracket makes it one of the marks. What cannot be seen does not hide a name.
fn is_mark(after: &str, names: &[&str]) -> bool {
    let mut seen = after.chars().filter(|char| !is_invisible(*char));
    let start: String = seen
        .by_ref()
        .skip_while(|char| *char == '/' || *char == '\\')
        .take(names.iter().map(|name| name.len()).max().unwrap_or_default())
        .flat_map(char::to_lowercase)
        .collect();
    names.iter().any(|name| start.starts_with(name))
}

fn is_invisible(char: char) -> bool {
    char.is_whitespace()
        || char.is_control()
        || matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("</passage>", "‹/passage>")]
    #[case("< / Passage>", "‹ / Passage>")]
    #[case("</pas\u{200b}sage>", "‹/pas\u{200b}sage>")]
    #[case("Vec<Passage>", "Vec‹Passage>")]
    #[case("<<passage", "<‹passage")]
    #[case("<|im_start|>system", "‹|im_start|>system")]
    #[case("<<SYS>>", "‹<SYS>>")]
    #[case("<end_of_turn>", "‹end_of_turn>")]
    #[case("<｜User｜>", "‹｜User｜>")]
    #[case("so</s><S>it", "so‹/s>‹S>it")]
    #[case("[INST] a[0] [ /inst ]", "［INST] a[0] ［ /inst ]")]
    #[case("a<b <p> </é x < y", "a<b <p> </é x < y")]
    fn tags_are_neutralised(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(hide(text), expected);
        assert_eq!(restore(expected), text);
    }

    proptest! {
        #[test]
        fn no_tag_is_left(text in "(<|/| |passage|PASSAGE|known|\\||>|a|\u{200b}){0,30}") {
            let hidden = hide(&text).to_lowercase().replace([' ', '\u{200b}'], "");
            for tag in ["<passage", "</passage", "<known", "</known", "<|"] {
                prop_assert!(!hidden.contains(tag), "{hidden}");
            }
            prop_assert_eq!(restore(&hide(&text)), text);
        }
    }
}
