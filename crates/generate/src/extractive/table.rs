//! Tables: the cell of a row and a column.

use std::collections::HashSet;

use model::{Difficulty, Passage, QuestionType};

use super::{
    candidate::Candidate,
    section::{Part, Section},
    wording::{Wording, lower_first},
};

/// The most questions that are made of one table; few are chosen.
const MAX_QUESTIONS: usize = 24;

/// Cells that say nothing by themselves.
const MUTE: [&str; 16] =
    ["yes", "no", "n/a", "na", "none", "-", "–", "—", "x", "✓", "✔", "✗", "✘", "?", "true", "false"];

/// Questions about the cells of the tables of a section. `turn` decides which rows and columns come
/// first, so that not every table is asked for its first row.
pub(super) fn find(
    section: &Section<'_>,
    passage: &Passage,
    wording: &Wording<'_>,
    turn: usize,
) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut first = true;
    for part in &section.parts {
        let Part::Table(lines) = part else { continue };
        let continued = first && !passage.table_header.is_empty();
        first = false;
        let mut rows = lines.iter().map(|line| (*line, cells(line))).filter(|(_, row)| !is_rule(row));
        let header: Vec<&str> = if continued {
            passage.table_header.iter().map(|name| name.trim()).collect()
        } else {
            rows.next().map(|(_, row)| row).unwrap_or_default()
        };
        let rows: Vec<_> = rows.filter(|(_, row)| row.len() == header.len() && *row != header).collect();
        if is_header(&header) && !rows.is_empty() {
            found.extend(questions(section, wording, &header, &rows, turn));
        }
    }
    found
}

fn questions(
    section: &Section<'_>,
    wording: &Wording<'_>,
    header: &[&str],
    rows: &[(&str, Vec<&str>)],
    turn: usize,
) -> Vec<Candidate> {
    let mut names = HashSet::new();
    let repeated: HashSet<&str> =
        rows.iter().map(|(_, row)| row[0]).filter(|name| !names.insert(*name)).collect();
    let columns = header.len() - 1;
    let mut found = Vec::new();
    // Each row once with a column of its own before any row comes again.
    for round in 0..columns {
        for index in 0..rows.len() {
            if found.len() == MAX_QUESTIONS {
                return found;
            }
            let (line, row) = &rows[(index + turn) % rows.len()];
            let column = 1 + (index + round + turn) % columns;
            let (name, cell) = (row[0], row[column]);
            if repeated.contains(name)
                || !is_name(name)
                || !is_telling(cell)
                || header[column].is_empty()
                || cell == name
            {
                continue;
            }
            let subject = subject(header[0], name);
            let question = if wording.english {
                english(&lower_first(header[column]), &subject)
            } else {
                Some(format!("{subject} – {}?", header[column]))
            };
            let Some(question) = question else { continue };
            found.push(Candidate {
                question: wording.stand_alone_or_bare(&question, name, section),
                answer: cell.to_owned(),
                quote: (*line).to_owned(),
                question_type: QuestionType::Factual,
                difficulty: Difficulty::Easy,
                score: if cell.chars().count() > 3 { 82 } else { 70 } - 4 * round.min(5) as u32,
            });
        }
    }
    found
}

fn english(column: &str, subject: &str) -> Option<String> {
    let words = column.split_whitespace().count();
    let last = column.rsplit(' ').next().unwrap_or_default();
    Some(match column {
        "description" | "definition" | "explanation" | "details" => format!("What is {subject}?"),
        "meaning" => format!("What does {subject} mean?"),
        "use" | "usage" | "used for" | "purpose" => format!("What is {subject} used for?"),
        "notes" | "note" | "comment" | "comments" | "remarks" | "yes/no" => return None,
        "result" | "effect" | "what it does" | "action" if words == 1 => {
            format!("What is the {column} of {subject}?")
        }
        _ if words > 6 || column.ends_with('?') => return None,
        _ if last.ends_with('s') && !["ss", "us", "is"].iter().any(|end| last.ends_with(end)) => {
            format!("What are the {column} of {subject}?")
        }
        _ => format!("What is the {column} of {subject}?"),
    })
}

/// What a row is about: with its column's name where its own is a mere number or letter.
fn subject(column: &str, name: &str) -> String {
    let bare = name.chars().filter(|char| char.is_alphabetic()).count() < 3;
    if bare && !column.is_empty() { format!("{} {name}", lower_first(column)) } else { name.to_owned() }
}

fn cells(line: &str) -> Vec<&str> {
    let inner = line.trim().trim_start_matches('|');
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner.split('|').map(str::trim).collect()
}

/// Whether a row is the line that Markdown draws under a header.
fn is_rule(row: &[&str]) -> bool {
    row.iter().all(|cell| cell.contains('-') && cell.chars().all(|char| "-: ".contains(char)))
}

/// Whether cells name columns: two or more, each with a letter, short, no two the same. The first may
/// be empty.
fn is_header(header: &[&str]) -> bool {
    let named: Vec<_> = header.iter().filter(|name| !name.is_empty()).collect();
    let distinct: HashSet<_> = named.iter().collect();
    header.len() >= 2
        && named.len() + 1 >= header.len()
        && header[1..].iter().all(|name| !name.is_empty())
        && distinct.len() == named.len()
        && named.iter().all(|name| name.chars().any(char::is_alphabetic) && name.chars().count() <= 50)
        && named.iter().filter(|name| name.chars().any(|char| char.is_ascii_digit())).count() * 2
            <= named.len()
}

fn is_name(name: &str) -> bool {
    name.chars().any(char::is_alphanumeric) && name.chars().count() <= 80 && !name.ends_with(':')
}

fn is_telling(cell: &str) -> bool {
    cell.chars().any(char::is_alphanumeric) && !MUTE.contains(&cell.to_lowercase().as_str())
}
