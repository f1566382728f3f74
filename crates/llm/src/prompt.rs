//! What prompts are made with, whoever asks: templates, outside text kept apart from them, and quotes that are
//! found again in what they were taken from.

pub mod quote;
pub mod tags;
pub mod template;

/// A text cut behind so many characters.
pub fn bounded(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Outside text as one line of at most so many characters, in which nothing opens or closes a tag.
pub fn line(text: &str, most: usize) -> String {
    bounded(&tags::hide(&text.split_whitespace().collect::<Vec<_>>().join(" ")), most)
}
