//! What kinds of scripts characters belong to.

/// Whether a text holds a letter of a script that is written from right to left.
pub(super) fn is_rtl(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'))
        && !text.chars().all(is_arabic_digit)
}

/// Whether a character is a digit of the Arabic or Persian script, which run from left to right.
pub(super) fn is_arabic_digit(character: char) -> bool {
    matches!(character, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

/// Whether a character is written without blanks between words.
pub(super) fn is_cjk(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{30ff}' | '\u{3100}'..='\u{312f}' | '\u{31a0}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3fffd}')
}
