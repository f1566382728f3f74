//! XML as small trees, one at a time, so that a long document is never a tree as a whole.
//! Names are local names: transitional, strict and oddly prefixed files look alike.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};

/// How deep elements may be nested; Word itself stays far below.
const MAX_DEPTH: usize = 512;

/// An element with all that is in it.
#[derive(Debug)]
pub(super) struct Element {
    /// Its local name.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    nodes: Vec<Node>,
}

#[derive(Debug)]
enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    fn new(start: &BytesStart<'_>) -> Self {
        let attributes = start
            .attributes()
            .with_checks(false)
            .flatten()
            .filter(|attribute| !attribute.key.as_ref().starts_with("xmlns"))
            .map(|attribute| {
                let key = attribute.key.local_name().as_ref().to_owned();
                let value = quick_xml::escape::unescape(&attribute.value)
                    .map_or_else(|_| attribute.value.to_string(), std::borrow::Cow::into_owned);
                (key, value)
            })
            .collect();
        Self { name: start.local_name().as_ref().to_owned(), attributes, nodes: Vec::new() }
    }

    /// An attribute by its local name.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The elements right in it.
    pub(super) fn children(&self) -> impl Iterator<Item = &Element> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element right in it that has the name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children().find(|element| element.name == name)
    }

    /// The `val` of a child, as most properties are written.
    pub(super) fn value_of(&self, name: &str) -> Option<&str> {
        self.child(name)?.attribute("val")
    }

    /// Whether an on/off property is on: there, and not `false`.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.child(name).is_some_and(|child| {
            !child.attribute("val").is_some_and(|value| matches!(value, "0" | "false" | "off" | "none"))
        })
    }

    /// The text right in it.
    pub(super) fn text(&self) -> String {
        self.nodes
            .iter()
            .filter_map(|node| match node {
                Node::Text(text) => Some(text.as_str()),
                Node::Element(_) => None,
            })
            .collect()
    }
}

/// The whole of a (small) part as one tree.
///
/// # Errors
/// Where it is no XML or nested too deep.
pub(super) fn tree(xml: &str) -> Result<Element, String> {
    let mut reader = reader(xml);
    loop {
        match next(&mut reader)? {
            Event::Start(start) => return read_element(&mut reader, &start),
            Event::Empty(start) => return Ok(Element::new(&start)),
            Event::Eof => return Err("it holds no XML element".to_owned()),
            _ => {}
        }
    }
}

/// Calls `each` with every child of the first element of the name, one after the other.
///
/// # Errors
/// Where it is no XML or nested too deep, or the element is missing.
pub(super) fn each_child_of(xml: &str, name: &str, mut each: impl FnMut(Element)) -> Result<(), String> {
    let mut reader = reader(xml);
    let mut inside = false;
    loop {
        match next(&mut reader)? {
            Event::Start(start) if inside => each(read_element(&mut reader, &start)?),
            Event::Empty(start) if inside => each(Element::new(&start)),
            Event::Start(start) if start.local_name().as_ref() == name => inside = true,
            Event::Empty(start) if start.local_name().as_ref() == name => return Ok(()),
            Event::End(_) if inside => return Ok(()),
            Event::Eof if inside => return Err("it ends in the middle".to_owned()),
            Event::Eof => return Err(format!("its main part has no {name}")),
            _ => {}
        }
    }
}

fn reader(xml: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    reader
}

fn next<'a>(reader: &mut Reader<&'a [u8]>) -> Result<Event<'a>, String> {
    reader.read_event().map_err(|error| format!("its XML is damaged: {error}"))
}

fn read_element(reader: &mut Reader<&[u8]>, start: &BytesStart<'_>) -> Result<Element, String> {
    let mut open = vec![Element::new(start)];
    loop {
        let event = next(reader)?;
        let depth = open.len();
        let Some(innermost) = open.last_mut() else { return Err("its XML is damaged".to_owned()) };
        match event {
            Event::Start(start) if depth >= MAX_DEPTH => {
                return Err(format!(
                    "its XML is nested more than {MAX_DEPTH} deep at {}",
                    start.local_name().as_ref()
                ));
            }
            Event::Start(start) => open.push(Element::new(&start)),
            Event::Empty(start) => innermost.nodes.push(Node::Element(Element::new(&start))),
            Event::Text(text) => push_text(innermost, &text),
            Event::CData(text) => push_text(innermost, &text),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(char)) => push_text(innermost, char.encode_utf8(&mut [0; 4])),
                Ok(None) => push_text(innermost, resolve_xml_entity(&reference).unwrap_or_default()),
                Err(_) => {}
            },
            Event::End(_) => {
                let Some(done) = open.pop() else { return Err("its XML is damaged".to_owned()) };
                match open.last_mut() {
                    Some(parent) => parent.nodes.push(Node::Element(done)),
                    None => return Ok(done),
                }
            }
            Event::Eof => return Err("it ends in the middle".to_owned()),
            _ => {}
        }
    }
}

fn push_text(element: &mut Element, text: &str) {
    match element.nodes.last_mut() {
        Some(Node::Text(last)) => last.push_str(text),
        _ => element.nodes.push(Node::Text(text.to_owned())),
    }
}
