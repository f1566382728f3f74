//! Finding a teacher's quote in the passage it is said to be from.

/// The most characters of a quote that is looked for.
const MAX_QUOTE: usize = 5_000;

/// The passage's own words that a quote stands for: the quote itself where the passage holds it, else
/// the place that differs from it in white space, case, or the form of quotation marks and dashes
/// alone. `None` where there is none, or the quote is empty or longer than any sensible one.
pub fn locate<'a>(passage: &'a str, quote: &str) -> Option<&'a str> {
    let quote = quote.trim();
    if quote.is_empty() || quote.chars().nth(MAX_QUOTE).is_some() {
        return None;
    }
    find(passage, quote).or_else(|| {
        // Models put quotation marks around a quote, and dots where they cut it.
        let bare = quote.trim_matches(|char: char| "\"'“”„«»‘’…. \n".contains(char));
        find(passage, bare)
    })
}

fn find<'a>(passage: &'a str, quote: &str) -> Option<&'a str> {
    if let Some(at) = passage.find(quote).filter(|_| !quote.is_empty()) {
        return Some(&passage[at..at + quote.len()]);
    }
    let needle: String = Folded::new(quote).text;
    if needle.is_empty() {
        return None;
    }
    let folded = Folded::new(passage);
    let at = folded.text.find(&needle)?;
    Some(&passage[folded.source(at)..folded.source_end(at + needle.len())])
}

/// A text with runs of white space as one blank, lower-cased, marks unified; and where it came from.
struct Folded {
    text: String,
    /// For each byte of `text` the start and end of the character it came from.
    from: Vec<(usize, usize)>,
}

impl Folded {
    fn new(source: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(source.len()), from: Vec::new() };
        for (at, char) in source.char_indices() {
            let from = (at, at + char.len_utf8());
            match char {
                _ if char.is_whitespace() => {
                    if !folded.text.is_empty() && !folded.text.ends_with(' ') {
                        folded.push(' ', from);
                    }
                }
                '“' | '”' | '„' | '«' | '»' => folded.push('"', from),
                '‘' | '’' | '‚' => folded.push('\'', from),
                '–' | '—' | '‐' | '‑' => folded.push('-', from),
                '‹' => folded.push('<', from),
                _ => char.to_lowercase().for_each(|lower| folded.push(lower, from)),
            }
        }
        if folded.text.ends_with(' ') {
            folded.text.pop();
            folded.from.pop();
        }
        folded
    }

    fn push(&mut self, char: char, from: (usize, usize)) {
        self.text.push(char);
        self.from.resize(self.text.len(), from);
    }

    fn source(&self, at: usize) -> usize {
        self.from.get(at).map_or(0, |from| from.0)
    }

    fn source_end(&self, end: usize) -> usize {
        end.checked_sub(1).and_then(|last| self.from.get(last)).map_or(0, |from| from.1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const PASSAGE: &str = "The tank holds\n1.2 litres. Don’t fill it – ever – above “MAX”. ẞtraße İs 水。";

    #[rstest]
    #[case::exact("1.2 litres", Some("1.2 litres"))]
    #[case::white_space("the  tank holds 1.2 litres.", Some("The tank holds\n1.2 litres."))]
    #[case::marks("don't fill it - ever - above \"max\"", Some("Don’t fill it – ever – above “MAX”"))]
    #[case::marks_around("“The tank holds 1.2 litres…”", Some("The tank holds\n1.2 litres"))]
    #[case::lower_case_of_other_length("straße i\u{307}s", None)]
    #[case::lower_case("İS 水。", Some("İs 水。"))]
    #[case::made_up("The tank holds 1.3 litres", None)]
    #[case::empty(" … ", None)]
    fn quotes_are_found_by_their_words(#[case] quote: &str, #[case] expected: Option<&str>) {
        assert_eq!(locate(PASSAGE, quote), expected);
    }

    proptest! {
        #[test]
        fn every_slice_is_found_whatever_its_case(text in "\\PC{1,80}", from in 0_usize..80, len in 1_usize..40) {
            let slice: String = text.chars().skip(from).take(len).collect();
            if !slice.trim().is_empty() {
                prop_assert!(locate(&text, &slice).is_some());
            }
        }

        #[test]
        fn what_is_found_is_of_the_passage(text in "\\PC{0,80}", quote in "\\PC{0,20}") {
            if let Some(found) = locate(&text, &quote) {
                prop_assert!(text.contains(found));
            }
        }
    }
}
