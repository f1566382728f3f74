//! Markdown: CommonMark with tables, task lists, footnotes and front matter, as plain text.

use model::Format;
use pulldown_cmark::{CodeBlockKind, Event, MetadataBlockKind, Options, Parser, Tag, TagEnd};

use crate::lists::Lists;
use crate::{Draft, encoding, html};

/// Parses a Markdown document.
pub(crate) fn parse(bytes: &[u8]) -> Draft {
    let decoded = encoding::decode_lines(bytes, None);
    let mut draft = Draft::new(Format::Markdown);
    draft.warnings.extend(decoded.warning);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_MATH
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut reader = Reader::new(draft);
    for event in Parser::new_ext(&decoded.text, options) {
        reader.event(event);
    }
    reader.finish()
}

/// Reads events into blocks. Inline text gathers in `text` until the block around it ends.
struct Reader {
    draft: Draft,
    text: String,
    first_heading: Option<String>,
    lists: Lists,
    rows: Vec<Vec<String>>,
    code_language: Option<String>,
    html: String,
    in_footnote: bool,
    in_table: bool,
    in_metadata: bool,
}

impl Reader {
    fn new(draft: Draft) -> Self {
        Self {
            draft,
            text: String::new(),
            first_heading: None,
            lists: Lists::default(),
            rows: Vec::new(),
            code_language: None,
            html: String::new(),
            in_footnote: false,
            in_table: false,
            in_metadata: false,
        }
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.text.push_str(&text),
            // The signs stay: two prices in a line look like math as well.
            Event::InlineMath(text) => self.between("$", &text),
            Event::DisplayMath(text) => self.between("$$", &text),
            Event::Html(html) => self.html.push_str(&html),
            Event::InlineHtml(tag) => {
                if is_line_break(&tag) {
                    self.text.push(if self.in_table { ' ' } else { '\n' });
                }
            }
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.text.push('\n'),
            Event::TaskListMarker(done) => self.text.push_str(if done { "[x] " } else { "[ ] " }),
            Event::FootnoteReference(_) | Event::Rule => {}
        }
    }

    fn between(&mut self, sign: &str, text: &str) {
        self.text.push_str(sign);
        self.text.push_str(text);
        self.text.push_str(sign);
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            // Text right before a nested block is that of a tight list item.
            Tag::Paragraph | Tag::Heading { .. } | Tag::BlockQuote(_) => self.end_text(),
            Tag::List(first) => {
                self.end_text();
                self.lists.start(first.map(|first| u32::try_from(first).unwrap_or(1)));
            }
            Tag::Item => {
                self.end_text();
                self.lists.item(None);
            }
            // Terms are items, and what they mean is nested in them: as in HTML.
            Tag::DefinitionList | Tag::DefinitionListDefinition => {
                self.end_text();
                self.lists.start(None);
                if tag == Tag::DefinitionListDefinition {
                    self.lists.item(None);
                }
            }
            Tag::DefinitionListTitle => {
                self.end_text();
                self.lists.item(None);
            }
            Tag::CodeBlock(kind) => {
                self.end_text();
                self.lists.interrupt(&mut self.draft);
                self.code_language = match kind {
                    CodeBlockKind::Fenced(info) => language(&info),
                    CodeBlockKind::Indented => None,
                };
            }
            Tag::Table(_) => {
                self.end_text();
                self.lists.interrupt(&mut self.draft);
                self.in_table = true;
            }
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            Tag::HtmlBlock => {
                self.end_text();
                self.html.clear();
            }
            Tag::FootnoteDefinition(_) => {
                self.end_text();
                self.in_footnote = true;
            }
            Tag::MetadataBlock(_) => self.in_metadata = true,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::DefinitionListTitle => {
                self.end_text();
            }
            TagEnd::Heading(level) => {
                let text = std::mem::take(&mut self.text);
                self.lists.interrupt(&mut self.draft);
                self.first_heading.get_or_insert_with(|| text.clone());
                self.draft.heading(level as u8, &text, None);
            }
            TagEnd::List(_) | TagEnd::DefinitionList | TagEnd::DefinitionListDefinition => {
                self.end_text();
                self.lists.end(&mut self.draft);
            }
            TagEnd::CodeBlock => {
                let code = std::mem::take(&mut self.text);
                let language = self.code_language.take();
                self.draft.code(language, &code, None);
            }
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                self.in_table = false;
                self.draft.table(true, rows, None);
            }
            TagEnd::TableCell => {
                let text = std::mem::take(&mut self.text);
                if let Some(row) = self.rows.last_mut() {
                    row.push(text);
                }
            }
            TagEnd::HtmlBlock => {
                let source = std::mem::take(&mut self.html);
                self.lists.interrupt(&mut self.draft);
                html::fragment(&source, &mut self.draft);
            }
            TagEnd::FootnoteDefinition => {
                self.end_text();
                self.in_footnote = false;
            }
            TagEnd::MetadataBlock(kind) => {
                let text = std::mem::take(&mut self.text);
                self.in_metadata = false;
                self.draft.title = self.draft.title.take().or_else(|| front_matter_title(&text, kind));
            }
            _ => {}
        }
    }

    /// Ends a run of text: as an item, a note or a paragraph, by what is open.
    fn end_text(&mut self) {
        if self.in_metadata || self.in_table {
            return;
        }
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return;
        }
        if self.lists.is_open() {
            self.lists.text(&text, &mut self.draft);
        } else if self.in_footnote {
            self.draft.footnote(&text, None);
        } else {
            self.draft.paragraph(&text, None);
        }
    }

    fn finish(mut self) -> Draft {
        self.end_text();
        self.lists.interrupt(&mut self.draft);
        self.draft.title = self.draft.title.take().or(self.first_heading);
        self.draft
    }
}

/// The first word of a fence's info string: `rust,ignore` and `{.python}` are about Rust and Python.
fn language(info: &str) -> Option<String> {
    let word = info.split([',', ' ', '\t', '{', '}']).find(|word| !word.is_empty())?;
    let word = word.trim_start_matches('.');
    (!word.is_empty() && word.chars().count() <= 40).then(|| word.to_owned())
}

fn is_line_break(tag: &str) -> bool {
    let name = tag.trim_start_matches('<').trim_end_matches(['>', '/', ' ']);
    name.eq_ignore_ascii_case("br")
}

/// The `title` of a front matter in YAML or TOML.
fn front_matter_title(text: &str, kind: MetadataBlockKind) -> Option<String> {
    let sign = match kind {
        MetadataBlockKind::YamlStyle => ':',
        MetadataBlockKind::PlusesStyle => '=',
    };
    text.lines().find_map(|line| {
        let value = line.strip_prefix("title")?.trim_start().strip_prefix(sign)?.trim();
        let quoted = |quote| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
        let value = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
        (!value.is_empty()).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render;

    #[test]
    fn marks_are_dropped_and_structure_is_kept() {
        let document = parse(
            b"---\ntitle: \"The Book\"\n---\n\n# Intro\n\nSome *marked* [link](http://x.y) and `code`.[^1]\n\n\
              - a\n  - b\n\n    more of b\n- [x] done\n\n| A | B |\n|---|---|\n| 1 \\| 2 | `x` |\n\n\
              ```rust,ignore\nfn main() {}\n```\n\n<div><p>From HTML</p></div>\n\n[^1]: A note.\n",
        )
        .finish()
        .unwrap();
        assert_eq!(document.title.as_deref(), Some("The Book"));
        insta::assert_snapshot!(render::markdown(&document), @r"
        # Intro

        Some marked link and code.

        - a
          - b more of b
        - [x] done

        | A | B |
        | --- | --- |
        | 1 \| 2 | x |

        ```rust
        fn main() {}
        ```

        From HTML

        A note.
        ");
    }

    #[test]
    fn numbering_goes_on_behind_what_stands_in_an_item() {
        let document = parse(
            b"3. Stop it:\n\n   ```sh\n   stop\n   ```\n\n   Wait.\n4. Look:\n   - a\n   - b\n5. Start it.\n",
        )
        .finish()
        .unwrap();
        insta::assert_snapshot!(render::markdown(&document), @r"
        3. Stop it:

        ```sh
        stop
        ```

        Wait.

        4. Look:
           - a
           - b
        5. Start it.
        ");
    }

    #[test]
    fn math_alerts_and_definitions_are_read() {
        let document = parse(
            b"> [!NOTE]\n> Energy is $E_0 = m_0 c^2$, not $5.\n\nTerm\n: Its meaning.\n: Another.\n\nOther\n: More.\n",
        )
        .finish()
        .unwrap();
        insta::assert_snapshot!(render::markdown(&document), @r"
        Energy is $E_0 = m_0 c^2$, not $5.

        - Term
          - Its meaning.
          - Another.
        - Other
          - More.
        ");
    }

    #[test]
    fn deep_nesting_is_read_in_bounds() {
        for mark in [">", "- ", "*", "[", "1. "] {
            let text = mark.repeat(20_000) + " deep down";
            let document =
                crate::parse(text.as_bytes(), Format::Markdown, &crate::Options::default()).unwrap();
            assert!(document.text.contains("deep down"), "{mark}");
        }
    }
}
