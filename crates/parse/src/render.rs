//! A parsed document as Markdown.

use model::{BlockKind, ListItem, ParsedDocument};

use crate::draft::one_line;

/// The whole document as Markdown: headings with `#`, lists, tables in the GitHub manner, code in
/// fences, notes as paragraphs.
pub fn markdown(document: &ParsedDocument) -> String {
    let mut text = String::new();
    for block in &document.blocks {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        match &block.kind {
            BlockKind::Heading { level } => {
                text.push_str(&"#".repeat(usize::from((*level).clamp(1, 6))));
                text.push(' ');
                text.push_str(&block.text);
            }
            BlockKind::Paragraph | BlockKind::Footnote => text.push_str(&block.text),
            BlockKind::List { items, .. } => list(items, &mut text),
            BlockKind::Table { rows, header } => table(rows, *header, &mut text),
            BlockKind::Code { language } => code(language.as_deref(), &block.text, &mut text),
        }
    }
    text.push('\n');
    text
}

fn list(items: &[ListItem], text: &mut String) {
    // Nested items stand under the text of their parent, so as far in as its marker is wide.
    let mut markers: Vec<usize> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        let marker = item.number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. "));
        markers.truncate(usize::from(item.level));
        text.push_str(&" ".repeat(markers.iter().sum()));
        text.push_str(&marker);
        text.push_str(&item.text);
        markers.resize(usize::from(item.level), 2);
        markers.push(marker.len());
    }
}

fn table(rows: &[Vec<String>], header: bool, text: &mut String) {
    let width = rows.first().map_or(0, Vec::len);
    let mut line = |cells: &mut dyn Iterator<Item = String>| {
        text.push('|');
        for cell in cells {
            text.push(' ');
            text.push_str(&cell);
            text.push_str(" |");
        }
        text.push('\n');
    };
    let cell = |cell: &String| one_line(cell).replace('\\', "\\\\").replace('|', "\\|");
    // The syntax has no table without a header row: one that names nothing is left empty.
    let (head, body) = if header { rows.split_at(1.min(rows.len())) } else { (&[][..], rows) };
    match head {
        [head] => line(&mut head.iter().map(cell)),
        _ => line(&mut (0..width).map(|_| String::new())),
    }
    line(&mut (0..width).map(|_| "---".to_owned()));
    for row in body {
        line(&mut row.iter().map(cell));
    }
    text.truncate(text.trim_end_matches('\n').len());
}

fn code(language: Option<&str>, code: &str, text: &mut String) {
    // A fence is longer than any within.
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    text.push_str(&fence);
    text.push_str(language.unwrap_or_default());
    text.push('\n');
    text.push_str(code);
    text.push('\n');
    text.push_str(&fence);
}

#[cfg(test)]
mod tests {
    use model::Format;

    use super::*;
    use crate::Draft;

    #[test]
    fn every_kind_of_block_is_written() {
        let mut draft = Draft::new(Format::Docx);
        draft.heading(2, "A title", None);
        draft.paragraph("Some text.", None);
        let item = |level, text: &str| ListItem { level, text: text.to_owned(), ..ListItem::default() };
        draft.list(true, vec![item(0, "one"), item(1, "nested"), item(0, "two")], None);
        draft.table(true, vec![vec!["a|b".into(), "c".into()], vec!["1".into()]], None);
        draft.table(false, vec![vec!["x".into(), "y".into()]], None);
        draft.code(Some("md".into()), "```\nfenced\n```", None);
        draft.footnote("A note.", None);
        insta::assert_snapshot!(markdown(&draft.finish().unwrap()), @r"
        ## A title

        Some text.

        1. one
           1. nested
        2. two

        | a\|b | c |
        | --- | --- |
        | 1 |  |

        |  |  |
        | --- | --- |
        | x | y |

        ````md
        ```
        fenced
        ```
        ````

        A note.
        ");
    }
}
