//! What a single line of plain text is.

/// Longer lines are no headings.
const MAX_HEADING_CHARS: usize = 80;

/// Hard-wrapped text has lines of at least this many characters, but for the last.
const WRAPPED_FROM: usize = 45;

/// The start of a list item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marker<'t> {
    /// Its indent in columns.
    pub(super) indent: usize,
    /// The text behind the marker.
    pub(super) text: &'t str,
    /// What the marker is.
    pub(super) sign: Sign,
}

/// What stands before a list item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// A bullet.
    Bullet,
    /// A letter: it counts as one more than the item before.
    Letter,
    /// A number.
    Number(u32),
}

impl Marker<'_> {
    /// Whether a list may start with it right below running text: a bullet may, while a number may
    /// just have come to stand at the start of a line.
    pub(super) fn starts_list(self) -> bool {
        self.sign == Sign::Bullet
    }
}

/// Columns before the text; a tab goes to the next multiple of 4.
pub(super) fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).fold(0, |column, c| match c {
        '\t' => column / 4 * 4 + 4,
        _ => column + 1,
    })
}

/// The line without so many columns of indent.
pub(super) fn without_indent(line: &str, columns: usize) -> String {
    " ".repeat(indent(line).saturating_sub(columns)) + line.trim_start()
}

/// The level of a heading that is underlined with `=` (1) or `-`, `~`, `^` (2).
pub(super) fn underline(line: &str, below: &str) -> Option<u8> {
    let (text, rule) = (line.trim(), below.trim());
    let sign = rule.chars().next()?;
    let level = match sign {
        '=' | '#' => 1,
        '-' | '~' | '^' | '*' => 2,
        _ => return None,
    };
    let (wide, long) = (text.chars().count(), rule.chars().count());
    let fits = long >= 3 && rule.chars().all(|c| c == sign) && wide <= MAX_HEADING_CHARS && long + 3 >= wide;
    (fits
        && text.chars().any(char::is_alphanumeric)
        && marker(line).is_none_or(|marker| !marker.starts_list()))
    .then_some(level)
}

/// A line that only draws.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.chars().count() >= 3
        && !line.chars().any(|c| c.is_alphanumeric())
        && line.chars().all(|c| "-=_*~#+. ·—–─═".contains(c))
}

/// The level of a heading that stands alone between empty lines: numbered, named or in capitals.
pub(super) fn heading_level(line: &str) -> Option<u8> {
    let text = line.trim();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 2
        || text.chars().count() > MAX_HEADING_CHARS
        || text.ends_with(['.', ',', ';', ':', '!', '?'])
    {
        return None;
    }
    if let Some(level) = numbered(text) {
        return Some(level);
    }
    let first_word = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let named = [
        "chapter",
        "part",
        "book",
        "section",
        "appendix",
        "kapitel",
        "teil",
        "chapitre",
        "capítulo",
        "глава",
        "часть",
    ];
    if named.contains(&first_word.as_str()) && text.split_whitespace().count() <= 8 {
        let outer = ["part", "book", "teil", "часть"].contains(&first_word.as_str());
        return Some(if outer { 1 } else { 2 });
    }
    let has_case = text.chars().any(char::is_uppercase);
    (has_case && letters >= 3 && letters * 2 > text.chars().count() && !text.chars().any(char::is_lowercase))
        .then_some(2)
}

/// `2.1 Name`: the level is the number of its parts. A single `1.` is more often a list item, and
/// counts only where it is followed by a capitalised short name without a full stop.
fn numbered(text: &str) -> Option<u8> {
    let (number, name) = text.split_once(char::is_whitespace)?;
    let parts: Vec<_> = number.trim_end_matches('.').split('.').collect();
    let is_number = parts.len() <= 6
        && parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let name = name.trim_start();
    let is_name = name.starts_with(char::is_uppercase) && name.split_whitespace().count() <= 10;
    (is_number && is_name).then(|| u8::try_from(parts.len()).unwrap_or(6))
}

/// The marker at the start of a line.
pub(super) fn marker(line: &str) -> Option<Marker<'_>> {
    let text = line.trim_start();
    let indent = indent(line);
    let mut chars = text.chars();
    let first = chars.next()?;
    if matches!(first, '-' | '*' | '+' | '•' | '◦' | '▪' | '‣' | '·' | '–' | '●' | '○' | '■' | '\u{F0B7}')
    {
        let rest = chars.as_str();
        let spaced = rest.starts_with(char::is_whitespace)
            || (matches!(first, '•' | '●' | '▪' | '■') && !rest.is_empty());
        let text = rest.trim_start();
        return (spaced && !text.is_empty()).then_some(Marker { indent, text, sign: Sign::Bullet });
    }
    let open = text.strip_prefix('(').unwrap_or(text);
    let digits = open.len() - open.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let letters = usize::from(open.len() < text.len() && open.starts_with(|c: char| c.is_ascii_alphabetic()));
    let length = if (1..=3).contains(&digits) { digits } else { letters };
    if length == 0 {
        return None;
    }
    let rest = open.get(length..)?;
    let behind =
        rest.strip_prefix([')', '.']).filter(|_| open.len() == text.len() || rest.starts_with(')'))?;
    let text = behind.trim_start();
    (behind.starts_with(char::is_whitespace) && !text.is_empty()).then_some(Marker {
        indent,
        text,
        sign: open[..digits].parse().map_or(Sign::Letter, Sign::Number),
    })
}

/// Whether indented lines are code rather than a quotation: they have the signs that code has.
pub(super) fn looks_like_code(lines: &[&str]) -> bool {
    let signs = |line: &&&str| {
        let line = line.trim();
        line.ends_with([';', '{', '}', ')', ':', '\\', '>'])
            || line.starts_with(['$', '#', '<', '{', '/', '>', '%'])
            || [" = ", "==", "->", "=>", "::", "()", " --", "();", "&&", "||", "+="]
                .iter()
                .any(|sign| line.contains(sign))
    };
    lines.iter().filter(signs).count() * 2 >= lines.len()
}

/// Lines as one paragraph: joined where they were wrapped, apart where each was meant to be one.
pub(super) fn join(lines: &[&str]) -> String {
    let wide = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let wrapped = wide >= WRAPPED_FROM || flows(lines);
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(if wrapped { " " } else { "\n" })
}

/// Whether short lines still are one text: most go on in lower case and without a mark at the end.
fn flows(lines: &[&str]) -> bool {
    let seams = lines.windows(2);
    let flowing = lines
        .windows(2)
        .filter(|pair| {
            pair[1].trim_start().starts_with(char::is_lowercase)
                && !pair[0].ends_with(['.', ';', ':', '!', '?'])
        })
        .count();
    flowing * 2 > seams.len()
}
