//! Code as its author wrote it, where what typeset it left marks of its own.

use crate::pdf::script::is_cjk;

/// The arrow at the end of a line of code that was too long for the page.
const WRAPPED: &str = "↩";
/// How much further than its line a continuation is indented, in columns; one more is a blank.
const CONTINUATION: usize = 4;

/// Code without the traces of its typesetting: lines that were too long become whole again, and letters
/// that a known fault wrote as Python's bytes become letters.
pub(super) fn mended(code: String) -> String {
    let code = if code.contains(WRAPPED) { unwrapped(&code) } else { code };
    if code.contains("b''") || code.contains("b’’") { without_bytes(&code) } else { code }
}

/// Lines that end in an arrow, joined with those that they go on in.
fn unwrapped(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    // The indent of the line that goes on, and whether a blank stood before the arrow.
    let mut open: Option<(usize, bool)> = None;
    for line in code.split('\n') {
        let (indent, content) = (indent(line), line.trim_start());
        match open {
            Some((first, blank)) => {
                if (blank || indent > first + CONTINUATION) && !out.ends_with(' ') {
                    out.push(' ');
                }
                out.push_str(content);
            }
            None => {
                if !out.is_empty() {
                    out.push('\n');
                }
                out.push_str(line);
            }
        }
        let first = open.map_or(indent, |(first, _)| first);
        open = before_arrow(&out).map(|(end, blank)| {
            out.truncate(end);
            (first, blank)
        });
    }
    out
}

/// Where a text ends before the arrow at its end, and whether in a blank: one more parts the arrow from it.
fn before_arrow(text: &str) -> Option<(usize, bool)> {
    let kept = text.strip_suffix(WRAPPED)?;
    let kept = kept.strip_suffix('←').unwrap_or(kept);
    let end = kept.trim_end_matches(' ').len();
    Some((end, kept.len() > end + 1))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Code without the `b''` on both sides of each letter beyond ASCII, which dblatex prints under Python 3.
fn without_bytes(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find('b') {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        match letter_in_bytes(found) {
            Some((letter, gap, after)) => {
                out.push(letter);
                out.push_str(gap);
                rest = after;
            }
            None => {
                out.push('b');
                rest = &found[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The letter in `b''…b''` at the start of a text, the break of the line behind it if there is one, and what
/// comes after it.
fn letter_in_bytes(text: &str) -> Option<(char, &str, &str)> {
    let mark = ["b''", "b’’"].into_iter().find(|mark| text.starts_with(mark))?;
    let inside = &text[mark.len()..];
    let mut characters = inside.trim_start_matches(' ').chars();
    let letter = characters.next().filter(|letter| !letter.is_ascii() && *letter != '’')?;
    let behind = characters.as_str();
    if let Some(after) = behind.strip_prefix(mark).filter(|_| inside.starts_with(letter)) {
        return Some((letter, "", after));
    }
    // Letters as wide as these stand off the marks, and lines break between them.
    let after = behind.trim_start_matches([' ', '\n']);
    let gap = &behind[..behind.len() - after.len()];
    is_cjk(letter).then_some(())?;
    Some((letter, if gap.contains('\n') { gap } else { "" }, after.strip_prefix(mark)?))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::within_a_word(
        "tasksel/first=web- ←↩\n    server ---\nnext",
        "tasksel/first=web-server ---\nnext"
    )]
    #[case::at_a_blank("language=fr  ←↩\n    country=FR", "language=fr country=FR")]
    #[case::before_a_blank("une version ←↩\n     ultérieure", "une version ultérieure")]
    #[case::indented("  a  ↩\n      b", "  a b")]
    #[case::twice("a  ←↩\n    b  ←↩\n    c\n\nd", "a b c\n\nd")]
    #[case::at_the_end("a ←↩", "a")]
    #[case::empty_lines("a\n\n\nb ↩ c", "a\n\n\nb ↩ c")]
    fn long_lines_become_whole(#[case] code: &str, #[case] expected: &str) {
        assert_eq!(mended(code.to_owned()), expected);
    }

    #[rstest]
    #[case("b''├b''b''─b'' debian", "├─ debian")]
    #[case("# b’’нb’’b’’уb’’ b ←↩\n    ’’жb’’", "# ну ж")]
    #[case("b’’ 要 b’’b’’ 指 b’’b’’，\n   b’’b’’ 定 b’’:", "要指，\n   定:")]
    #[case("b’’ é b’’", "b’’ é b’’")]
    #[case("x = b'' + b'a'", "x = b'' + b'a'")]
    #[case("b''éb'", "b''éb'")]
    fn letters_in_bytes_become_letters(#[case] code: &str, #[case] expected: &str) {
        assert_eq!(mended(code.to_owned()), expected);
    }
}
