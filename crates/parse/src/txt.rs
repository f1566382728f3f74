//! Plain text: paragraphs by empty lines, headings and lists by what people type for them.

mod lines;

use model::{Format, ListItem};

use crate::{Draft, encoding};
use lines::{Marker, Sign, heading_level, is_rule, marker, underline};

/// Columns of indent that make code.
const CODE_INDENT: usize = 4;

/// Parses a plain text.
pub(crate) fn parse(bytes: &[u8]) -> Draft {
    let decoded = encoding::decode_lines(bytes, None);
    let mut draft = Draft::new(Format::Txt);
    draft.warnings.extend(decoded.warning);
    let lines: Vec<&str> = decoded.text.lines().map(str::trim_end).collect();
    for group in lines.split(|line| line.is_empty()).filter(|group| !group.is_empty()) {
        read_group(group, &mut draft);
    }
    draft.title = first_heading(&decoded.text);
    draft
}

/// Reads lines without an empty one between them.
fn read_group(group: &[&str], draft: &mut Draft) {
    let mut rest = group;
    while let [first, after @ ..] = rest {
        if let [below, after @ ..] = after
            && let Some(level) = underline(first, below)
        {
            draft.heading(level, first, None);
            rest = after;
        } else if is_rule(first) {
            rest = after;
        } else if marker(first).is_some() && (group.len() == 1 || marker_lines(rest) > 0) {
            if group.len() == 1
                && let Some(level) = heading_level(first)
            {
                draft.heading(level, first, None);
                return;
            }
            rest = read_list(rest, draft);
        } else if group.len() == 1
            && let Some(level) = heading_level(first)
        {
            draft.heading(level, first, None);
            rest = after;
        } else {
            let end = rest[1..]
                .iter()
                .position(|line| marker(line).is_some_and(|marker| marker.starts_list()) || is_rule(line))
                .map_or(rest.len(), |at| at + 1);
            // The line above an underline is a heading, not the end of this paragraph.
            let end = (1..end)
                .find(|at| rest.get(at + 1).is_some_and(|below| underline(rest[*at], below).is_some()))
                .unwrap_or(end);
            paragraph(&rest[..end], draft);
            rest = &rest[end..];
        }
    }
}

fn marker_lines(lines: &[&str]) -> usize {
    lines.iter().filter(|line| marker(line).is_some()).count()
}

fn paragraph(lines: &[&str], draft: &mut Draft) {
    if lines.iter().all(|line| lines::indent(line) >= CODE_INDENT) && lines::looks_like_code(lines) {
        let least = lines.iter().map(|line| lines::indent(line)).min().unwrap_or(0);
        let code: Vec<_> = lines.iter().map(|line| lines::without_indent(line, least)).collect();
        draft.code(None, &code.join("\n"), None);
    } else {
        draft.paragraph(&lines::join(lines), None);
    }
}

/// Reads the items of a list and the lines that go on with them; gives back what comes after.
fn read_list<'l, 't>(lines: &'l [&'t str], draft: &mut Draft) -> &'l [&'t str] {
    let mut items: Vec<ListItem> = Vec::new();
    // The open levels: their indents, and the numbers of their last items.
    let mut levels: Vec<(usize, u32)> = Vec::new();
    let mut ordered = false;
    let mut read = 0;
    for line in lines {
        match (marker(line), items.last_mut()) {
            (Some(Marker { indent, text, sign }), last) => {
                if last.is_none() {
                    ordered = sign != Sign::Bullet;
                }
                while levels.last().is_some_and(|(above, _)| *above > indent) {
                    levels.pop();
                }
                if levels.last().is_none_or(|(above, _)| *above < indent) {
                    levels.push((indent, 0));
                }
                let level = u8::try_from((levels.len() - 1).min(15)).unwrap_or(0);
                let number = levels.last_mut().and_then(|(_, last)| {
                    *last = match sign {
                        Sign::Bullet => return None,
                        Sign::Letter => *last + 1,
                        Sign::Number(number) => number,
                    };
                    Some(*last)
                });
                items.push(ListItem { level, text: text.to_owned(), number });
            }
            (None, Some(item)) if !is_rule(line) => {
                item.text.push(' ');
                item.text.push_str(line.trim_start());
            }
            _ => break,
        }
        read += 1;
    }
    draft.list(ordered, items, None);
    &lines[read..]
}

/// A heading on the first line is the title.
fn first_heading(text: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim_end).skip_while(|line| line.is_empty() || is_rule(line));
    let first = lines.next()?;
    let below = lines.next().unwrap_or_default();
    let is_heading =
        underline(first, below).is_some() || (below.is_empty() && heading_level(first).is_some());
    is_heading.then(|| first.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render;

    fn markdown(text: &str) -> String {
        render::markdown(&parse(text.as_bytes()).finish().unwrap())
    }

    #[test]
    fn structure_is_read_from_what_people_type() {
        insta::assert_snapshot!(markdown(
            "User Guide\n==========\n\nThis text was wrapped\nby hand at some\ncolumn.\n\n1.2 Installing\n\nYou need:\n- a computer\n  with a disk\n- time\n    * much of it\n\nSAFETY NOTES\n\n    $ make install\n    $ make test --all\n\n4. First\n   (a) nested\n   (b) too\n5. Second\n\nThe end.\n"
        ), @r"
        # User Guide

        This text was wrapped by hand at some column.

        ## 1.2 Installing

        You need:

        - a computer with a disk
        - time
          - much of it

        ## SAFETY NOTES

        ```
        $ make install
        $ make test --all
        ```

        4. First
           1. nested
           2. too
        5. Second

        The end.
        ");
    }

    #[test]
    fn lines_that_were_not_wrapped_stay_lines() {
        assert_eq!(
            markdown("Roses are red,\nViolets are blue,\nSugar is sweet.\n"),
            "Roses are red,\nViolets are blue,\nSugar is sweet.\n"
        );
    }
}
