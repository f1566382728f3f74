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
    let language = match passage.language {
        _ if wording.english => Language::English,
        Some(_) => Language::Other,
        None => Language::Unknown,
    };
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
            found.extend(questions(section, wording, language, &header, &rows, turn));
        }
    }
    found
}

/// What is known of a table's language.
#[derive(Clone, Copy)]
enum Language {
    English,
    Other,
    Unknown,
}

fn questions(
    section: &Section<'_>,
    wording: &Wording<'_>,
    language: Language,
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
            let question = question(header[column], &subject, language);
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

/// Columns that name a property of whatever stands in a row, by the last word of their name.
const PROPERTIES: &[&str] = &[
    "address",
    "age",
    "amount",
    "area",
    "capacity",
    "capital",
    "category",
    "code",
    "color",
    "colour",
    "command",
    "cost",
    "count",
    "country",
    "currency",
    "date",
    "default",
    "depth",
    "diameter",
    "duration",
    "email",
    "extension",
    "format",
    "frequency",
    "height",
    "id",
    "interval",
    "key",
    "language",
    "length",
    "level",
    "licence",
    "license",
    "limit",
    "location",
    "manufacturer",
    "mass",
    "maximum",
    "minimum",
    "model",
    "name",
    "number",
    "output",
    "owner",
    "path",
    "percentage",
    "port",
    "power",
    "precision",
    "pressure",
    "price",
    "priority",
    "range",
    "rate",
    "ratio",
    "role",
    "score",
    "shortcut",
    "size",
    "speed",
    "status",
    "symbol",
    "syntax",
    "temperature",
    "time",
    "title",
    "total",
    "type",
    "unit",
    "value",
    "version",
    "voltage",
    "volume",
    "weight",
    "width",
    "year",
];

/// What the column of a row is asked for with. A table of unknown language is asked in English where
/// its column has an English name.
fn question(header: &str, subject: &str, language: Language) -> Option<String> {
    match language {
        Language::Other => Some(format!("{subject} – {header}?")),
        Language::Unknown if !is_known(header) => Some(format!("{subject} – {header}?")),
        Language::English | Language::Unknown => english(header, subject),
    }
}

fn is_known(header: &str) -> bool {
    let column = header.to_lowercase();
    let bare = column.split(" (").next().unwrap_or(&column);
    ["description", "definition", "meaning", "example", "purpose", "usage"].contains(&bare)
        || PROPERTIES.contains(&bare.rsplit(' ').next().unwrap_or_default())
}

fn english(header: &str, subject: &str) -> Option<String> {
    let column = lower_first(header);
    let column = column.as_str();
    let bare = column.split(" (").next().unwrap_or(column);
    let last = bare.rsplit(' ').next().unwrap_or_default();
    Some(match column {
        "description" | "definition" | "explanation" => format!("What is {subject}?"),
        "meaning" => format!("What does {subject} mean?"),
        "example" => format!("What is an example of {subject}?"),
        "use" | "usage" | "used for" | "purpose" => format!("What is {subject} used for?"),
        "notes" | "note" | "comment" | "comments" | "remarks" | "details" => return None,
        _ if column.split_whitespace().count() > 6 || column.ends_with('?') => return None,
        _ if PROPERTIES.contains(&last) => format!("What is the {column} of {subject}?"),
        // Of other names it is not known how they go into a sentence.
        _ => format!("What is the value of “{header}” for {subject}?"),
    })
}

/// What a row is about: with its column's name where its own is a mere number or letter.
fn subject(column: &str, name: &str) -> String {
    const PLAIN: [&str; 8] = ["name", "item", "term", "word", "keyword", "command", "option", "function"];
    let column = lower_first(column);
    let letters = name.chars().filter(|char| char.is_alphabetic()).count();
    if column.is_empty() || PLAIN.contains(&column.as_str()) {
        name.to_owned()
    } else if letters < 3 || name.starts_with(|char: char| char.is_ascii_digit()) {
        format!("{column} {name}")
    } else if name.chars().all(|char| char.is_ascii_lowercase()) {
        format!("{column} “{name}”")
    } else {
        name.to_owned()
    }
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
