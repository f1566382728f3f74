//! Tables of contents: useful to readers, worthless for questions.

use model::{Block, BlockKind};

/// What such a heading says, in lower case, in the languages it is most often met in.
const NAMES: &[&str] = &[
    "contents",
    "table of contents",
    "table of content",
    "toc",
    "list of figures",
    "list of tables",
    "inhalt",
    "inhaltsverzeichnis",
    "inhaltsübersicht",
    "abbildungsverzeichnis",
    "tabellenverzeichnis",
    "sommaire",
    "table des matières",
    "índice",
    "índice general",
    "contenido",
    "tabla de contenido",
    "tabla de contenidos",
    "sommario",
    "indice",
    "sumário",
    "conteúdo",
    "inhoud",
    "inhoudsopgave",
    "innehåll",
    "innehållsförteckning",
    "indhold",
    "innhold",
    "sisällys",
    "sisällysluettelo",
    "spis treści",
    "obsah",
    "tartalomjegyzék",
    "cuprins",
    "содержание",
    "оглавление",
    "зміст",
    "içindekiler",
    "目录",
    "目錄",
    "目次",
    "차례",
    "목차",
];

/// How many lines in a row make a table of contents that has no heading.
const FEWEST_LINES: usize = 3;

/// Which blocks belong to a table of contents.
pub(super) fn toc_blocks(blocks: &[Block]) -> Vec<bool> {
    let mut marks = vec![false; blocks.len()];
    mark_named(blocks, &mut marks);
    mark_runs(blocks, &mut marks);
    marks
}

/// What follows a heading that says so, as long as it looks like entries.
fn mark_named(blocks: &[Block], marks: &mut [bool]) {
    let mut inside = false;
    let mut heading = 0;
    for (at, block) in blocks.iter().enumerate() {
        if is_named(&block.text) && !matches!(block.kind, BlockKind::List { .. } | BlockKind::Code { .. }) {
            (inside, heading) = (true, at);
        } else if matches!(block.kind, BlockKind::Heading { .. }) {
            inside = false;
        } else if inside && looks_like_entries(block) {
            marks[heading] = true;
            marks[at] = true;
        } else {
            inside = false;
        }
    }
}

/// Runs of lines with dot leaders.
fn mark_runs(blocks: &[Block], marks: &mut [bool]) {
    let mut start = 0;
    while start < blocks.len() {
        let run = blocks[start..].iter().take_while(|block| has_leaders(block)).count();
        let lines: usize = blocks[start..start + run].iter().map(|block| block.text.lines().count()).sum();
        if lines >= FEWEST_LINES {
            marks[start..start + run].fill(true);
        }
        start += run.max(1);
    }
}

fn is_named(text: &str) -> bool {
    // The longest name is shorter than this; a long paragraph is not worth lower-casing.
    text.len() <= 80 && NAMES.contains(&text.trim_end_matches([':', '.']).trim().to_lowercase().as_str())
}

/// Entries are short, end in no full stop, and most often in a page number.
fn looks_like_entries(block: &Block) -> bool {
    if matches!(block.kind, BlockKind::Code { .. } | BlockKind::Footnote) {
        return false;
    }
    let (mut entries, mut lines) = (0, 0);
    for line in block.text.lines() {
        lines += 1;
        entries += usize::from(is_entry(line));
    }
    entries * 5 >= lines * 4
}

fn is_entry(line: &str) -> bool {
    let line = line.trim().trim_end_matches('|').trim_end();
    has_leader(line)
        || line.chars().last().is_some_and(|c| c.is_ascii_digit())
        || (line.chars().count() <= 100 && !line.ends_with(['.', '!', '?', '。', ';', ':', ',']))
}

fn has_leaders(block: &Block) -> bool {
    if matches!(block.kind, BlockKind::Code { .. }) {
        return false;
    }
    let lines = block.text.lines().count();
    lines > 0 && block.text.lines().filter(|line| has_leader(line)).count() * 5 >= lines * 4
}

/// Dots that lead to a page number.
fn has_leader(line: &str) -> bool {
    let line = line.trim().trim_end_matches('|').trim_end();
    let head = line.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, 'i' | 'v' | 'x' | 'l'));
    let leader = head.trim_end_matches(['.', '…', '·', '_', ' ', '|']);
    let dots = head[leader.len()..].chars().map(|c| match c {
        '.' | '·' | '_' => 1,
        '…' => 3,
        _ => 0,
    });
    head.len() < line.len() && !leader.is_empty() && dots.sum::<usize>() >= 3
}

#[cfg(test)]
mod tests {
    use model::{Format, ListItem};
    use rstest::rstest;

    use super::*;
    use crate::Draft;

    #[rstest]
    #[case("Introduction ........ 5", true)]
    #[case("2.1 Setup . . . . . . 12", true)]
    #[case("Preface … ix", true)]
    #[case("| 3 | Use ..... | 14 |", true)]
    #[case("It costs 5", false)]
    #[case("And so on...", false)]
    #[case("...... 5", false)]
    fn leaders_are_told(#[case] line: &str, #[case] expected: bool) {
        assert_eq!(has_leader(line), expected);
    }

    #[test]
    fn named_and_led_entries_are_marked() {
        let mut draft = Draft::new(Format::Markdown);
        draft.heading(2, "Table of Contents", None);
        draft.list(
            false,
            ["Start", "End"].map(|text| ListItem { text: text.into(), ..ListItem::default() }).into(),
            None,
        );
        draft.heading(2, "Start", None);
        draft.paragraph("Text that says something.", None);
        draft.paragraph("One ...... 1\nTwo ...... 2\nThree .... 3", None);
        draft.heading(2, "Contents", None);
        draft.paragraph("The box holds a cable. It also holds a manual.", None);
        let document = draft.finish().unwrap();
        assert_eq!(toc_blocks(&document.blocks), [true, true, false, false, true, false, false]);
    }
}
