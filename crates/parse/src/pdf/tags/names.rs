//! The names of structure types (ISO 32000-1, 14.8.4) and the maps of a document's own names to them.

use hayro_syntax::object::{Dict, Name};

/// How often a name may be mapped to another one.
const MAX_MAPPED: usize = 8;

/// A structure type, as far as they are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    /// A heading with its level.
    Heading(u8),
    /// A heading whose level is that of the section.
    SectionHeading,
    List,
    Item,
    Label,
    Table,
    Row,
    Cell,
    /// Text of its own that ends what it stands in: a caption, a figure, a note.
    Apart,
    Paragraph,
    /// A part of a line, or what only groups others.
    Other,
}

/// The type of an element by its name; `roles` maps the document's own names.
pub(super) fn type_of(name: &[u8], roles: Option<&Dict<'_>>) -> Type {
    // Its own name tells a title, which some map to a paragraph.
    if name == b"Title" {
        return Type::Heading(1);
    }
    let mut name = Name::new_unescaped(name);
    for _ in 0..MAX_MAPPED {
        let Some(next) = roles.and_then(|roles| roles.get::<Name<'_>>(name.as_ref())) else { break };
        if next.as_ref() == name.as_ref() {
            break;
        }
        name = next;
    }
    standard(name.as_ref())
}

fn standard(name: &[u8]) -> Type {
    match name {
        b"H" => Type::SectionHeading,
        b"Title" => Type::Heading(1),
        b"L" => Type::List,
        b"LI" => Type::Item,
        b"Lbl" => Type::Label,
        b"Table" => Type::Table,
        b"TR" => Type::Row,
        b"TH" | b"TD" => Type::Cell,
        b"Caption" | b"Figure" | b"Formula" | b"Form" | b"Note" | b"FENote" | b"Aside" | b"TOC" => {
            Type::Apart
        }
        b"P" => Type::Paragraph,
        [b'H', level @ b'1'..=b'9'] => Type::Heading((level - b'0').min(6)),
        [b'H', b'1'..=b'9', b'0'..=b'9'] => Type::Heading(6),
        _ => Type::Other,
    }
}
