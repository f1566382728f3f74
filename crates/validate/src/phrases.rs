//! A text in lower case, in which words and phrases are looked up whole.

/// Letters, digits and apostrophes make words; all between them counts as one space.
pub(crate) struct Phrases {
    /// The text with nothing but its case folded.
    pub(crate) lower: String,
    /// The words with one space after each.
    joined: String,
    /// Where each word starts in `joined`.
    starts: Vec<usize>,
}

impl Phrases {
    pub(crate) fn new(text: &str) -> Self {
        let lower = text.trim().to_lowercase().replace('’', "'");
        let mut joined = String::with_capacity(lower.len() + 1);
        let mut starts = Vec::new();
        for word in
            lower.split(|char: char| !char.is_alphanumeric() && char != '\'').filter(|word| !word.is_empty())
        {
            starts.push(joined.len());
            joined.push_str(word);
            joined.push(' ');
        }
        Self { lower, joined, starts }
    }

    /// The number of words.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The word at this place; empty past the end.
    pub(crate) fn word(&self, at: usize) -> &str {
        let Some(start) = self.starts.get(at) else { return "" };
        let end = self.starts.get(at + 1).map_or(self.joined.len(), |next| *next);
        &self.joined[*start..end - 1]
    }

    /// All words, in order.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.word(at))
    }

    /// Whether one of the phrases stands in the text.
    pub(crate) fn has(&self, phrases: &[&str]) -> bool {
        self.starts.iter().any(|start| begins(&self.joined[*start..], phrases))
    }

    /// Whether one of the words is one of these.
    pub(crate) fn has_word(&self, words: &[&str]) -> bool {
        self.words().any(|word| words.contains(&word))
    }

    /// Whether the text starts with one of the phrases.
    pub(crate) fn starts(&self, phrases: &[&str]) -> bool {
        begins(&self.joined, phrases)
    }

    /// Whether one of the parts stands in the text, whole words or not.
    pub(crate) fn contains(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.lower.contains(part))
    }
}

fn begins(rest: &str, phrases: &[&str]) -> bool {
    let rest = rest.as_bytes();
    phrases.iter().any(|phrase| rest.starts_with(phrase.as_bytes()) && rest.get(phrase.len()) == Some(&b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_whole() {
        let text = Phrases::new("What’s the text-book, here?");
        assert!(text.has(&["the text book"]));
        assert!(text.has(&["nothing", "here"]));
        assert!(!text.has(&["the tex", "ext book", "book here now"]));
        assert!(text.starts(&["what's"]));
        assert!(!text.starts(&["the"]));
        assert_eq!(text.words().collect::<Vec<_>>(), ["what's", "the", "text", "book", "here"]);
        assert_eq!(text.word(9), "");
    }

    #[test]
    fn nothing_is_in_nothing() {
        let text = Phrases::new(" ?! ");
        assert!(!text.has(&["a"]) && !text.starts(&["a"]) && text.len() == 0);
    }
}
