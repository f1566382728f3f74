//! Which kind of text a text is.

use model::Format;

use crate::csv;

/// Whether a text says that it is HTML: a doctype or the first tags of a page, after comments and
/// an XML declaration.
pub(super) fn is_html(text: &str) -> bool {
    let mut rest = text.trim_start();
    loop {
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if rest.starts_with("<?xml") {
            rest.find("?>").map(|at| at + 2)
        } else {
            break;
        };
        let Some(end) = end else { return false };
        rest = rest[end..].trim_start();
    }
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| {
        rest.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
            && !rest[tag.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-')
    })
}

/// The format of a text that neither says what it is nor has a name that does: plain, unless it
/// clearly is something else.
pub(super) fn guess(text: &str) -> Format {
    let text = text.trim_start();
    if text.starts_with('<') && html_tags(text) >= 4 {
        return Format::Html;
    }
    if markdown_marks(text) >= 2 {
        return Format::Markdown;
    }
    if csv::looks_like(text) {
        return Format::Csv;
    }
    Format::Txt
}

fn html_tags(text: &str) -> usize {
    const TAGS: [&str; 14] =
        ["div", "p", "span", "table", "tr", "td", "ul", "ol", "li", "a", "h1", "h2", "section", "article"];
    text.split('<')
        .filter(|part| {
            let part = part.strip_prefix('/').unwrap_or(part);
            let name = part.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            part.contains('>') && TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name))
        })
        .count()
}

/// How many kinds of marks that only Markdown has.
fn markdown_marks(text: &str) -> usize {
    let heading = |line: &str| {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        (1..=6).contains(&level) && line[level..].starts_with(' ')
    };
    let link =
        |line: &str| line.find("](").is_some_and(|at| line[..at].contains('[') && line[at..].contains(')'));
    let kinds: [&dyn Fn(&str) -> bool; 4] = [&heading, &|line| line.starts_with("```"), &link, &|line| {
        line.starts_with('|') && line.contains("---") && line.ends_with('|')
    }];
    kinds.iter().filter(|kind| text.lines().any(kind)).count()
}
