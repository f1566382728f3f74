//! Words that a user does not want in a dataset.

use model::{Flag, FlagCode};

use crate::phrases::Phrases;

/// A list of words and phrases.
#[derive(Debug, Default)]
pub struct ToxicWords {
    phrases: Vec<String>,
}

impl ToxicWords {
    /// Adds a list: a word or phrase a line, `#` before a remark.
    pub fn add(&mut self, list: &str) {
        let lines = list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        self.phrases.extend(lines.map(|line| Phrases::new(line).words().collect::<Vec<_>>().join(" ")));
        self.phrases.retain(|phrase| !phrase.is_empty());
        self.phrases.sort_unstable();
        self.phrases.dedup();
    }

    /// A flag for a text that has one of the words, whole and in whatever case. In scripts without spaces a
    /// word is found anywhere.
    pub fn check(&self, text: &str) -> Option<Flag> {
        let text = Phrases::new(text);
        let found = self.phrases.iter().find(|phrase| {
            text.has(&[phrase]) || phrase.chars().any(crate::tokens::is_unspaced) && text.contains(&[phrase])
        })?;
        Some(Flag {
            code: FlagCode::Toxic, detail: format!("It has “{found}” of the list of toxic words.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole() {
        let mut words = ToxicWords::default();
        words.add("# ours\nDamn fool\n\nass\n笨蛋\n");
        assert_eq!(
            words.check("You Damn, fool!").unwrap().detail,
            "It has “damn fool” of the list of toxic words."
        );
        assert!(words.check("你是笨蛋吗").is_some());
        assert_eq!(words.check("A class of fools, damn."), None);
    }
}
