//! Tables: rows and cells, with merged cells repeated so that every cell of the grid has its text.

use scraper::{ElementRef, Node};

use super::walk::{is_hidden, is_inline};
use crate::Draft;

/// More columns than any real cell spans.
const MAX_COLUMN_SPAN: usize = 64;

/// Whether a table only arranges a page: it holds another table or page headings, says so itself, is
/// one cell, or one row with code in it.
pub(super) fn is_layout(table: ElementRef<'_>) -> bool {
    if table.value().attr("role").is_some_and(|role| matches!(role, "presentation" | "none")) {
        return true;
    }
    let (mut cells, mut rows, mut codes) = (0, 0, 0);
    for element in table.descendants().skip(1).filter_map(ElementRef::wrap) {
        match element.value().name() {
            "table" | "h1" | "h2" => return true,
            "td" | "th" => cells += 1,
            "tr" => rows += 1,
            "pre" => codes += 1,
            _ => {}
        }
    }
    cells <= 1 || (rows == 1 && codes > 0)
}

/// Adds a table, its caption before it.
pub(super) fn read(table: ElementRef<'_>, draft: &mut Draft) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut header = false;
    // Cells from above that reach down: the rows left, and the text, by column.
    let mut reaching: Vec<Option<(usize, String)>> = Vec::new();
    for element in table.descendants().filter_map(ElementRef::wrap) {
        match element.value().name() {
            "caption" => draft.paragraph(&blank_separated(element), None),
            "tr" => {
                let (cells, names_columns) = row(element, &mut reaching, draft);
                if !cells.is_empty() {
                    header |= rows.is_empty() && names_columns;
                    rows.push(cells);
                }
            }
            _ => {}
        }
    }
    draft.table(header && rows.len() > 1, rows, None);
}

/// The cells of a row, and whether it names the columns.
fn row(
    element: ElementRef<'_>,
    reaching: &mut Vec<Option<(usize, String)>>,
    draft: &mut Draft,
) -> (Vec<String>, bool) {
    let mut row: Vec<String> = Vec::new();
    let in_head =
        element.parent().and_then(ElementRef::wrap).is_some_and(|parent| parent.value().name() == "thead");
    let mut only_names = true;
    for cell in element.child_elements().filter(|cell| matches!(cell.value().name(), "td" | "th")) {
        take_reaching(&mut row, reaching, draft);
        let text = blank_separated(cell);
        only_names &= cell.value().name() == "th";
        let span = |name: &str| cell.attr(name).and_then(|span| span.trim().parse().ok()).unwrap_or(1).max(1);
        let (columns, rows): (usize, usize) = (span("colspan"), span("rowspan"));
        for at in 0..columns.min(MAX_COLUMN_SPAN) {
            let column = row.len();
            let Some(text) = (if at == 0 { Some(text.clone()) } else { draft.repeated(&text) }) else {
                break;
            };
            if rows > 1 {
                reaching.resize(reaching.len().max(column + 1), None);
                reaching[column] = Some((rows - 1, text.clone()));
            }
            row.push(text);
        }
    }
    if !row.is_empty() {
        take_reaching(&mut row, reaching, draft);
    }
    (row, in_head || only_names)
}

/// Fills the next columns with the cells that reach down into them.
fn take_reaching(row: &mut Vec<String>, reaching: &mut [Option<(usize, String)>], draft: &mut Draft) {
    while let Some(slot) = reaching.get_mut(row.len())
        && let Some((left, text)) = slot
        && let Some(text) = draft.repeated(text)
    {
        row.push(text);
        *left -= 1;
        if *left == 0 {
            *slot = None;
        }
    }
}

/// All text in an element, with blanks between blocks.
pub(super) fn blank_separated(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    // An own stack, as cells can be nested as deep as everything else.
    let mut open = vec![(element.children(), false)];
    while let Some((children, is_block)) = open.last_mut() {
        let Some(child) = children.next() else {
            if *is_block {
                text.push(' ');
            }
            open.pop();
            continue;
        };
        match child.value() {
            Node::Text(part) => text.push_str(part),
            Node::Element(value) => {
                let Some(child) = ElementRef::wrap(child).filter(|child| !is_hidden(*child)) else {
                    continue;
                };
                let is_block = !is_inline(value.name());
                if is_block {
                    text.push(' ');
                }
                open.push((child.children(), is_block));
            }
            _ => {}
        }
    }
    text
}
