//! The flow of a document: paragraphs become headings, lists, code and running text.

use std::collections::{HashMap, HashSet};

use model::ListItem;

use super::figures::Figures;
use super::inline::{Anchored, Inline, NoteId};
use super::numbering::{Label, Numbering, NumberingRef};
use super::styles::{self, Role, Styles};
use super::table::Grid;
use super::xml::{self, Element};
use crate::Draft;
use crate::draft::one_line;

/// How deep text boxes and one-cell tables may hold one another.
const MAX_NESTING: usize = 16;

/// A document being read.
pub(super) struct Body<'s> {
    draft: Draft,
    styles: &'s Styles,
    numbering: Numbering,
    notes: HashMap<NoteId, String>,
    figures: Figures,
    /// The running heads and footers so far: sections repeat them.
    furniture: HashSet<String>,
    /// The list that goes on as long as its items follow one another.
    list: Option<OpenList>,
    /// The lines of code that follow one another.
    code: Vec<String>,
    /// Notes referred to since the last block; they follow it.
    due_notes: Vec<NoteId>,
    /// Figures in the cells of a table; they follow it.
    due_figures: Vec<String>,
    /// The text of paragraphs whose end was deleted: it runs on into the next one.
    runs_on: String,
    nesting: usize,
}

struct OpenList {
    /// The numbering of its first item, and whether that item is numbered.
    kind: (String, bool),
    items: Vec<ListItem>,
}

impl<'s> Body<'s> {
    /// Starts with what the draft holds.
    pub(super) fn new(draft: Draft, styles: &'s Styles, numbering: Numbering) -> Self {
        Self {
            draft,
            styles,
            numbering,
            notes: HashMap::new(),
            figures: Figures::new(),
            furniture: HashSet::new(),
            list: None,
            code: Vec::new(),
            due_notes: Vec::new(),
            due_figures: Vec::new(),
            runs_on: String::new(),
            nesting: 0,
        }
    }

    /// Adds running heads or footers, each a part of its own; what they repeat is added once.
    pub(super) fn furniture<'p>(&mut self, parts: impl Iterator<Item = &'p String>) {
        self.end_all();
        for part in parts {
            match xml::tree(part) {
                Ok(root) => {
                    let text = self.flat(&root);
                    if self.furniture.insert(text.clone()) {
                        self.draft.paragraph(&text, None);
                    }
                }
                Err(reason) => self.draft.warnings.push(format!("a header or footer is left out: {reason}")),
            }
        }
    }

    /// Takes in the parts of notes and comments.
    pub(super) fn notes(&mut self, footnotes: Option<&str>, endnotes: Option<&str>, comments: Option<&str>) {
        self.notes_part(footnotes, "footnotes", NoteId::Foot);
        self.notes_part(endnotes, "endnotes", NoteId::End);
        self.notes_part(comments, "comments", NoteId::Comment);
    }

    /// Takes in the figures that the text refers to.
    pub(super) fn figures(&mut self, figures: Figures) {
        self.figures = figures;
    }

    fn notes_part(&mut self, part: Option<&str>, name: &str, id: fn(String) -> NoteId) {
        let Some(part) = part else { return };
        let read = xml::each_child_of(part, name, |note| {
            let is_line = note.attribute("type").is_some_and(|kind| kind != "normal");
            if let (false, Some(number)) = (is_line, note.attribute("id")) {
                let mut text = self.flat(&note);
                if note.name == "comment" {
                    let author = note.attribute("author").unwrap_or_default();
                    text = format!("Comment by {author}: {text}");
                }
                self.notes.insert(id(number.to_owned()), text);
            }
        });
        if let Err(reason) = read {
            self.draft.warnings.push(format!("some {name} are left out: {reason}"));
        }
    }

    /// Adds one element of the flow.
    pub(super) fn block(&mut self, element: &Element) {
        match element.name.as_str() {
            "p" => self.paragraph(element),
            "tbl" => self.table(element),
            "AlternateContent" => {
                if let Some(branch) = element.child("Choice").or_else(|| element.child("Fallback")) {
                    self.each_block(branch);
                }
            }
            "oMathPara" | "oMath" => {
                self.end_runs();
                self.draft.paragraph(&super::math::text(element), None);
            }
            "sdt" | "sdtContent" | "ins" | "moveTo" | "customXml" | "smartTag" | "body" => {
                self.each_block(element)
            }
            _ => {}
        }
    }

    /// The finished document.
    pub(super) fn finish(mut self) -> Draft {
        self.end_all();
        self.draft
    }

    fn end_all(&mut self) {
        let rest = std::mem::take(&mut self.runs_on);
        self.end_runs();
        self.draft.paragraph(&rest, None);
        self.end_notes();
    }

    fn each_block(&mut self, element: &Element) {
        for child in element.children() {
            self.block(child);
        }
    }

    fn paragraph(&mut self, element: &Element) {
        let inline = Inline::read(element, self.styles);
        let properties = element.child("pPr");
        let text = std::mem::take(&mut self.runs_on) + &inline.text;
        let mark_deleted = properties
            .and_then(|properties| properties.child("rPr"))
            .is_some_and(|mark| mark.child("del").is_some() || mark.child("moveFrom").is_some());
        if mark_deleted {
            self.runs_on = text;
        } else if !text.trim().is_empty() {
            self.text(&text, properties, inline.is_monospace());
        }
        self.due_notes.extend(inline.notes);
        if self.nesting < MAX_NESTING {
            self.nesting += 1;
            for anchored in inline.anchored {
                self.end_runs();
                match anchored {
                    Anchored::Box(content) => self.each_block(content),
                    Anchored::Figure(id) => self.figure(id),
                }
                self.end_runs();
            }
            self.nesting -= 1;
        }
    }

    fn figure(&mut self, id: &str) {
        // A part that is referred to twice is written once: references are small, charts are not.
        if let Some(figure) = self.figures.remove(id) {
            figure.write(&mut self.draft);
        }
    }

    fn text(&mut self, text: &str, properties: Option<&Element>, is_monospace: bool) {
        let style = properties.and_then(|properties| properties.value_of("pStyle"));
        let role = self.styles.role(style, properties.and_then(styles::outline_level));
        if role == Role::Code || (is_monospace && role == Role::Body) {
            self.end_list();
            self.end_notes();
            self.code.push(text.trim_end().to_owned());
            return;
        }
        let label = self.label(style, properties);
        match (role, label) {
            (Role::Title, _) => {
                self.end_runs();
                self.draft.title.get_or_insert_with(|| text.to_owned());
                self.draft.heading(1, text, None);
            }
            (Role::Heading(level), label) => {
                self.end_runs();
                let number = label.map(|(_, _, label)| label.text).unwrap_or_default();
                self.draft.heading(level, &format!("{number} {text}"), None);
            }
            (_, Some((numbering, level, label))) => self.item(numbering, level, &label, text),
            (_, None) => {
                self.end_runs();
                self.draft.paragraph(text, None);
            }
        }
    }

    /// The paragraph's numbering, its level in it, and its label.
    fn label(&mut self, style: Option<&str>, properties: Option<&Element>) -> Option<(String, u8, Label)> {
        let own = properties.map(NumberingRef::read).unwrap_or_default();
        let reference = own.or(&self.styles.numbering(style));
        let id = reference.id.filter(|id| id != "0")?;
        let level = reference
            .level
            .or_else(|| self.numbering.level_by_style(&id, self.styles.ids(style)))
            .unwrap_or(0);
        let label = self.numbering.count(&id, level)?;
        Some((id, level, label))
    }

    fn item(&mut self, numbering: String, level: u8, label: &Label, text: &str) {
        self.end_code();
        // A number of several levels, or one with words, is what other places refer to.
        let (number, text) = match label.number {
            Some(_) if label.is_worded => (None, format!("{} {text}", label.text)),
            number => (number, text.to_owned()),
        };
        let kind = (numbering, number.is_some());
        // Deeper items of another kind belong to the item above them.
        let goes_on = self.list.as_ref().is_some_and(|list| level > 0 || list.kind == kind);
        if !goes_on {
            self.end_list();
            self.end_notes();
        }
        let list = self.list.get_or_insert_with(|| OpenList { kind, items: Vec::new() });
        list.items.push(ListItem { level, text, number });
    }

    fn end_list(&mut self) {
        if let Some(list) = self.list.take() {
            let outermost = list.items.iter().min_by_key(|item| item.level);
            let ordered = outermost.is_some_and(|item| item.number.is_some());
            self.draft.list(ordered, list.items, None);
        }
    }

    fn end_code(&mut self) {
        if !self.code.is_empty() {
            let code = std::mem::take(&mut self.code).join("\n");
            self.draft.code(None, &code, None);
        }
    }

    fn end_notes(&mut self) {
        for id in std::mem::take(&mut self.due_notes) {
            // A note that is referred to twice is printed once.
            if let Some(text) = self.notes.remove(&id) {
                self.draft.footnote(&text, None);
            }
        }
    }

    /// Ends what goes on over several paragraphs, then puts the notes that are due.
    fn end_runs(&mut self) {
        self.end_list();
        self.end_code();
        self.end_notes();
    }

    fn table(&mut self, element: &Element) {
        let grid = Grid::read(element);
        self.end_runs();
        if let Some(cell) = grid.only_cell()
            && self.nesting < MAX_NESTING
        {
            self.nesting += 1;
            self.each_block(cell);
            self.nesting -= 1;
            self.end_runs();
            return;
        }
        let texts: Vec<_> = grid.cells.iter().map(|cell| self.flat(cell)).collect();
        let mut seen = vec![false; texts.len()];
        let mut text_of = |cell: &Option<usize>| match *cell {
            Some(cell) if !std::mem::replace(&mut seen[cell], true) => Some(texts[cell].clone()),
            Some(cell) => self.draft.repeated(&texts[cell]),
            None => Some(String::new()),
        };
        let rows = grid.rows.iter().map(|row| row.iter().filter_map(&mut text_of).collect()).collect();
        self.draft.table(grid.header, rows, None);
        for id in std::mem::take(&mut self.due_figures) {
            self.figure(&id);
        }
        self.end_notes();
    }

    /// All text in an element on one line: what a cell or a note holds.
    fn flat(&mut self, element: &Element) -> String {
        let mut parts = Vec::new();
        self.flatten(element, &mut parts);
        parts.retain(|part| !part.is_empty());
        parts.join(" ")
    }

    fn flatten(&mut self, element: &Element, parts: &mut Vec<String>) {
        for child in element.children() {
            match child.name.as_str() {
                "p" => {
                    let inline = Inline::read(child, self.styles);
                    let text = one_line(&inline.text);
                    let properties = child.child("pPr");
                    let style = properties.and_then(|properties| properties.value_of("pStyle"));
                    let label = if text.is_empty() { None } else { self.label(style, properties) };
                    parts.extend(label.map(|(_, _, label)| label.text));
                    parts.push(text);
                    self.due_notes.extend(inline.notes);
                    for anchored in inline.anchored {
                        match anchored {
                            Anchored::Box(content) => self.flatten(content, parts),
                            Anchored::Figure(id) => self.due_figures.push(id.to_owned()),
                        }
                    }
                }
                "tcPr" | "tblPr" | "trPr" | "sdtPr" | "del" | "moveFrom" => {}
                _ => self.flatten(child, parts),
            }
        }
    }
}
