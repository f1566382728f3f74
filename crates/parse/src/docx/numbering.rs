//! Numbering: which paragraphs are list items, how deep, and what number they bear.

use std::collections::HashMap;

use super::xml::{self, Element};

/// The reference of a paragraph or style to a numbering.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NumberingRef {
    /// The numbering; `"0"` takes a numbering away.
    pub(super) id: Option<String>,
    /// The level in it, from 0.
    pub(super) level: Option<u8>,
}

impl NumberingRef {
    /// Reads it from paragraph properties.
    pub(super) fn read(properties: &Element) -> Self {
        let Some(element) = properties.child("numPr") else { return Self::default() };
        Self {
            id: element.value_of("numId").map(str::to_owned),
            level: element
                .value_of("ilvl")
                .and_then(|level| level.parse().ok())
                .map(|level: u8| level.min(8)),
        }
    }

    /// This one, filled up with what the other has.
    pub(super) fn or(self, other: &Self) -> Self {
        Self { id: self.id.or_else(|| other.id.clone()), level: self.level.or(other.level) }
    }
}

#[derive(Debug, Clone, Default)]
struct Level {
    format: String,
    text: String,
    start: u32,
    style: Option<String>,
}

/// The numberings of a document, and how far each has counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    abstracts: HashMap<String, [Level; 9]>,
    /// Which abstract numbering each numbering is made from.
    made_from: HashMap<String, String>,
    /// First numbers that a numbering sets anew.
    restarts: HashMap<(String, u8), u32>,
    counters: HashMap<String, [u32; 9]>,
    started: HashMap<String, [bool; 9]>,
    restarted: std::collections::HashSet<String>,
}

/// What a numbering says of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    /// The number on its level; `None`: a bullet.
    pub(super) number: Option<u32>,
    /// The number as it is shown, `"2.1"`; empty for bullets.
    pub(super) text: String,
    /// Whether it says more than the number on its level: `"2.1"`, `"Article 2"`.
    pub(super) is_worded: bool,
}

impl Numbering {
    /// Reads the numbering part; a damaged one gives what was read before the damage.
    pub(super) fn read(text: &str) -> Self {
        let mut numbering = Self::default();
        let _ = xml::each_child_of(text, "numbering", |element| numbering.add(&element));
        numbering
    }

    fn add(&mut self, element: &Element) {
        match element.name.as_str() {
            "abstractNum" => {
                let Some(id) = element.attribute("abstractNumId") else { return };
                let mut levels: [Level; 9] = Default::default();
                for child in element.children().filter(|child| child.name == "lvl") {
                    if let Some(level) = level_of(child).and_then(|level| levels.get_mut(usize::from(level)))
                    {
                        *level = Level {
                            format: child.value_of("numFmt").unwrap_or("decimal").to_owned(),
                            text: child.value_of("lvlText").unwrap_or_default().to_owned(),
                            start: child.value_of("start").and_then(|start| start.parse().ok()).unwrap_or(0),
                            style: child.value_of("pStyle").map(str::to_owned),
                        };
                    }
                }
                self.abstracts.insert(id.to_owned(), levels);
            }
            "num" => {
                let (Some(id), Some(from)) = (element.attribute("numId"), element.value_of("abstractNumId"))
                else {
                    return;
                };
                self.made_from.insert(id.to_owned(), from.to_owned());
                for change in element.children().filter(|child| child.name == "lvlOverride") {
                    let start = change.value_of("startOverride").and_then(|start| start.parse().ok());
                    if let (Some(level), Some(start)) = (level_of(change), start) {
                        self.restarts.insert((id.to_owned(), level), start);
                    }
                }
            }
            _ => {}
        }
    }

    /// The level that a numbering gives to one of the styles, where the paragraph does not say it.
    pub(super) fn level_by_style<'s>(
        &self,
        id: &str,
        mut styles: impl Iterator<Item = &'s str>,
    ) -> Option<u8> {
        let levels = self.abstracts.get(self.made_from.get(id)?)?;
        styles.find_map(|style| {
            (0..9).find(|level| levels[usize::from(*level)].style.as_deref() == Some(style))
        })
    }

    /// Counts one paragraph of the numbering.
    pub(super) fn count(&mut self, id: &str, level: u8) -> Option<Label> {
        let from = self.made_from.get(id)?.clone();
        let levels = self.abstracts.get(&from)?;
        let at = usize::from(level.min(8));
        if matches!(levels[at].format.as_str(), "bullet" | "none" | "") {
            return Some(Label { number: None, text: String::new(), is_worded: false });
        }
        // Numberings made from the same abstract one go on counting where the other stopped.
        let counters = self.counters.entry(from.clone()).or_default();
        let started = self.started.entry(from).or_default();
        if self.restarted.insert(id.to_owned()) {
            for restart in 0..9u8 {
                if let Some(start) = self.restarts.get(&(id.to_owned(), restart)) {
                    counters[usize::from(restart)] = start.saturating_sub(1);
                    started[usize::from(restart)] = true;
                }
            }
        }
        for upper in 0..=at {
            if !started[upper] {
                started[upper] = true;
                // An upper level that was passed over shows its first number.
                counters[upper] = if upper == at {
                    levels[upper].start.saturating_sub(1)
                } else {
                    levels[upper].start.max(1)
                };
            }
        }
        counters[at] = counters[at].saturating_add(1);
        started[at + 1..].fill(false);
        let mut text = levels[at].text.clone();
        let around = text.replace(&format!("%{}", at + 1), "");
        let is_worded = around.contains(|c: char| c.is_alphanumeric() || matches!(c, '%' | '§'));
        for upper in 0..=at {
            let place = format!("%{}", upper + 1);
            if text.contains(&place) {
                text = text.replace(&place, &written(counters[upper], &levels[upper].format));
            }
        }
        Some(Label { number: Some(counters[at]), text: text.trim().to_owned(), is_worded })
    }
}

fn level_of(element: &Element) -> Option<u8> {
    element.attribute("ilvl")?.parse().ok().filter(|level| *level < 9)
}

/// A number in one of the formats that lists use most; the rest are written in digits.
fn written(number: u32, format: &str) -> String {
    match format {
        "lowerLetter" => letters(number, b'a'),
        "upperLetter" => letters(number, b'A'),
        "lowerRoman" => roman(number).to_lowercase(),
        "upperRoman" => roman(number),
        "decimalZero" => format!("{number:02}"),
        _ => number.to_string(),
    }
}

/// Word counts a … z, aa, bb …
fn letters(number: u32, first: u8) -> String {
    let Some(number) = number.checked_sub(1) else { return String::new() };
    let letter = char::from(first + (number % 26) as u8);
    letter.to_string().repeat((number / 26 + 1).min(16) as usize)
}

fn roman(mut number: u32) -> String {
    const DIGITS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number >= 4000 {
        return number.to_string();
    }
    let mut text = String::new();
    for (value, digits) in DIGITS {
        while number >= value {
            text.push_str(digits);
            number -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERING: &str = r#"<w:numbering xmlns:w="w">
        <w:abstractNum w:abstractNumId="1">
            <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
            <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
            <w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>
        </w:abstractNum>
        <w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num>
        <w:num w:numId="6"><w:abstractNumId w:val="1"/>
            <w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
    </w:numbering>"#;

    #[test]
    fn numbers_count_by_level() {
        let mut numbering = Numbering::read(NUMBERING);
        let labels: Vec<_> = [("5", 0), ("5", 1), ("5", 1), ("5", 2), ("5", 0), ("5", 1), ("6", 0), ("6", 0)]
            .into_iter()
            .map(|(id, level)| numbering.count(id, level).unwrap().text)
            .collect();
        assert_eq!(labels, ["1.", "1.a)", "1.b)", "", "2.", "2.a)", "7.", "8."]);
        assert_eq!(numbering.count("99", 0), None);
    }

    #[test]
    fn numbers_are_written_in_their_format() {
        assert_eq!(roman(1994), "MCMXCIV");
        assert_eq!(letters(28, b'a'), "bb");
        assert_eq!(letters(0, b'a'), "");
    }
}
