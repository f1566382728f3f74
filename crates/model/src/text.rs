//! Positions in text: the outside counts Unicode scalar values, Rust counts bytes.

/// The number of Unicode scalar values in a text.
pub fn scalar_count(text: &str) -> usize {
    text.chars().count()
}

/// Translates between byte offsets and Unicode scalar offsets of one text, each in O(1)
/// (plus at most 64 steps), after one pass over the text.
#[derive(Debug, Clone)]
pub struct CharIndex<'a> {
    text: &'a str,
    /// Byte offset of every `STRIDE`-th scalar value.
    anchors: Vec<usize>,
    scalars: usize,
}

const STRIDE: usize = 64;

impl<'a> CharIndex<'a> {
    /// Indexes a text.
    pub fn new(text: &'a str) -> Self {
        let mut anchors = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut scalars = 0;
        for (byte, _) in text.char_indices() {
            if scalars % STRIDE == 0 {
                anchors.push(byte);
            }
            scalars += 1;
        }
        Self { text, anchors, scalars }
    }

    /// The text's length in Unicode scalar values.
    pub fn len(&self) -> usize {
        self.scalars
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.scalars == 0
    }

    /// The scalar offset of a byte offset; one inside a character counts as that character's start,
    /// one past the end as the end.
    pub fn scalar(&self, byte: usize) -> usize {
        if byte >= self.text.len() {
            return self.scalars;
        }
        let anchor = self.anchors.partition_point(|&start| start <= byte).saturating_sub(1);
        let start = self.anchors[anchor];
        let inside = self.text[start..].char_indices().take_while(|(at, _)| start + at <= byte).count();
        anchor * STRIDE + inside - 1
    }

    /// The byte offset of a scalar offset; one past the end gives the end.
    pub fn byte(&self, scalar: usize) -> usize {
        if scalar >= self.scalars {
            return self.text.len();
        }
        let start = self.anchors[scalar / STRIDE];
        self.text[start..].char_indices().nth(scalar % STRIDE).map_or(self.text.len(), |(at, _)| start + at)
    }

    /// The part of the text between two scalar offsets.
    pub fn slice(&self, start: usize, end: usize) -> &'a str {
        &self.text[self.byte(start)..self.byte(end.max(start))]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn offsets_go_there_and_back(text in "\\PC{0,300}") {
            let index = CharIndex::new(&text);
            prop_assert_eq!(index.len(), text.chars().count());
            for (scalar, (byte, char)) in text.char_indices().enumerate() {
                prop_assert_eq!(index.scalar(byte), scalar);
                prop_assert_eq!(index.byte(scalar), byte);
                prop_assert_eq!(index.slice(scalar, scalar + 1), char.to_string());
            }
            prop_assert_eq!(index.byte(index.len()), text.len());
            prop_assert_eq!(index.scalar(text.len()), index.len());
        }
    }
}
