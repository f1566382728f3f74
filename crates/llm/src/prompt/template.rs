//! Prompt templates: sections under `# name`, placeholders as `{{name}}`.

/// The text under `# name`, without the empty lines around it; empty where there is no such section.
pub fn section<'a>(template: &'a str, name: &str) -> &'a str {
    let mut start = None;
    let mut at = 0;
    for line in template.split_inclusive('\n') {
        if let Some(title) = line.strip_prefix("# ") {
            match start {
                Some(start) => return template[start..at].trim(),
                None if title.trim() == name => start = Some(at + line.len()),
                None => {}
            }
        }
        at += line.len();
    }
    start.map_or("", |start| template[start..].trim())
}

/// Fills in the placeholders. A line that holds a placeholder without a value is left out; values
/// are never searched for placeholders themselves.
pub fn fill(template: &str, values: &[(&str, Option<&str>)]) -> String {
    let lines: Vec<_> = template.lines().filter_map(|line| fill_line(line, values)).collect();
    lines.join("\n")
}

fn fill_line(line: &str, values: &[(&str, Option<&str>)]) -> Option<String> {
    let mut filled = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, opened)) = rest.split_once("{{") {
        let Some((name, after)) = opened.split_once("}}") else { break };
        filled.push_str(before);
        filled.push_str(values.iter().find(|(known, _)| *known == name)?.1?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_cut_at_the_next_heading() {
        let template = "# one\n\na\nb\n\n# two\nc\n";
        assert_eq!(section(template, "one"), "a\nb");
        assert_eq!(section(template, "two"), "c");
        assert_eq!(section(template, "three"), "");
    }

    #[test]
    fn values_are_not_templates() {
        let filled = fill("x: {{x}}\ny: {{y}}\nz: {{x}}{{z}}", &[("x", Some("{{y}}")), ("y", Some("1"))]);
        assert_eq!(filled, "x: {{y}}\ny: 1");
    }
}
