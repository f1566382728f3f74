//! Whether a part of a text is code. The text has no fences any more where a parser took them off, so
//! this goes by what the lines look like.

use super::{section::item_text, sentences};

/// Words that say that what comes next is typed in.
const TYPED: [&str; 8] = ["run", "command", "type", "enter", "execute", "code", "call", "terminal"];

/// Whether a block without empty lines is code; `lead` is the prose right before it.
pub(super) fn is_code(block: &str, lead: Option<&str>) -> bool {
    let first = block.lines().next().unwrap_or_default();
    if first.trim_start().starts_with("```") || first.starts_with("$ ") || first.starts_with("#!") {
        return true;
    }
    if item_text(first).is_some() || first.starts_with('|') {
        return false;
    }
    let lines: Vec<_> = block.lines().filter(|line| !line.trim().is_empty()).collect();
    let signs = lines.iter().filter(|line| is_code_line(line)).count();
    if signs * 2 > lines.len() || (signs > 0 && signs * 3 >= lines.len() && lines.len() > 2) {
        return true;
    }
    lines.len() == 1 && lead.is_some_and(announces_code) && is_command(first)
}

fn is_code_line(line: &str) -> bool {
    const STARTS: [&str; 16] = [
        "$ ", "// ", "/*", "#include", "#[", "fn ", "let ", "use ", "pub ", "impl ", "import ", "def ",
        "class ", "const ", "var ", "SELECT ",
    ];
    let text = line.trim();
    line.starts_with("  ")
        || line.starts_with('\t')
        || text.ends_with(['{', '}', ';', '['])
        || text.ends_with("();")
        || text.ends_with("})")
        || (text.starts_with('[') && text.ends_with(']') && !text.contains(' '))
        || (STARTS.iter().any(|start| text.starts_with(start)) && !text.ends_with(['.', ':']))
        || (text.contains(" = ") && !text.ends_with('.'))
}

fn announces_code(lead: &str) -> bool {
    let lead = lead.trim_end();
    let last = sentences::sentences(lead).last().copied().unwrap_or_default().to_lowercase();
    lead.ends_with(':')
        && TYPED.iter().any(|word| last.split(|char: char| !char.is_alphanumeric()).any(|said| said == *word))
}

fn is_command(line: &str) -> bool {
    let starts_small = line.starts_with(|char: char| char.is_ascii_lowercase() || "./~<".contains(char));
    starts_small && !line.ends_with(['.', ':', '?', '!']) && line.split_whitespace().count() <= 12
}
