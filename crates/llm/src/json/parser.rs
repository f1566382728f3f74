//! A parser of JSON that goes on where the standard says to stop.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value};

use super::Repair;
use super::strings::{StringKind, read_string};

/// Deeper than any schema of ours.
const DEEPEST: usize = 64;

/// A value that could not be read to its end.
#[derive(Debug)]
pub(super) struct Cut {
    /// What was whole of it, where it is an object or an array with something whole in it.
    pub(super) kept: Option<Value>,
    /// What was met there.
    pub(super) stop: Stop,
}

/// What a value can be cut by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The text's end.
    End,
    /// Something that is no JSON.
    Damage,
    /// More brackets than are read.
    TooDeep,
}

/// Reads one value of a text.
pub(super) struct Parser<'a> {
    text: &'a str,
    at: usize,
    repairs: BTreeSet<Repair>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, repairs: BTreeSet::new() }
    }

    /// How far the text has been read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn into_repairs(self) -> BTreeSet<Repair> {
        self.repairs
    }

    /// Reads the value that begins here, `depth` brackets deep.
    pub(super) fn value(&mut self, depth: usize) -> Result<Value, Cut> {
        match self.peek() {
            _ if depth >= DEEPEST => Err(Cut { kept: None, stop: Stop::TooDeep }),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string(StringKind::Item).map(Value::String),
            _ => self.word(),
        }
    }

    /// An array's item that is cut is dropped: half an item is none.
    fn array(&mut self, depth: usize) -> Result<Value, Cut> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            if self.peek() == Some(b']') {
                return Ok(self.close(Value::Array(items), true));
            }
            match self.value(depth + 1) {
                Ok(item) => items.push(item),
                Err(cut) => return Err(Cut { kept: whole_items(items), ..cut }),
            }
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => return Ok(self.close(Value::Array(items), false)),
                Some(b'{' | b'[' | b'"') => {
                    self.repairs.insert(Repair::MissingComma);
                }
                _ => return self.cut(whole_items(items)),
            }
        }
    }

    /// An object's member that is cut is dropped, unless whole items are in it.
    fn object(&mut self, depth: usize) -> Result<Value, Cut> {
        self.at += 1;
        let mut members = Map::new();
        loop {
            match self.peek() {
                Some(b'}') => return Ok(self.close(Value::Object(members), true)),
                Some(b'"') => {}
                _ => return self.cut(whole_members(members)),
            }
            let name = match self.string(StringKind::Name) {
                Ok(name) => name,
                Err(cut) => return Err(Cut { kept: whole_members(members), ..cut }),
            };
            if self.peek() != Some(b':') {
                return self.cut(whole_members(members));
            }
            self.at += 1;
            let value = if self.peek() == Some(b'"') {
                self.string(StringKind::Member).map(Value::String)
            } else {
                self.value(depth + 1)
            };
            match value {
                Ok(value) => members.insert(name, value),
                Err(Cut { kept, stop }) => {
                    members.extend(kept.map(|kept| (name, kept)));
                    return Err(Cut { kept: whole_members(members), stop });
                }
            };
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => return Ok(self.close(Value::Object(members), false)),
                Some(b'"') => {
                    self.repairs.insert(Repair::MissingComma);
                }
                _ => return self.cut(whole_members(members)),
            }
        }
    }

    fn string(&mut self, kind: StringKind) -> Result<String, Cut> {
        match read_string(self.text, &mut self.at, kind, &mut self.repairs) {
            Some(string) => Ok(string),
            None => self.cut(None),
        }
    }

    /// A number, or one of the words.
    fn word(&mut self) -> Result<Value, Cut> {
        const LONGEST: usize = 400;
        let rest = &self.text[self.at..];
        let length = rest
            .bytes()
            .take(LONGEST)
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
        let length = length.count();
        // What comes next may belong to it.
        if length == rest.len() {
            self.at = self.text.len();
            return self.cut(None);
        }
        let word = &rest[..length];
        let value = match word {
            "true" | "True" => Value::Bool(true),
            "false" | "False" => Value::Bool(false),
            "null" | "None" => Value::Null,
            number => match number.parse::<Number>() {
                Ok(number) => Value::Number(number),
                Err(_) => return self.cut(None),
            },
        };
        if matches!(word, "True" | "False" | "None") {
            self.repairs.insert(Repair::PythonWord);
        }
        self.at += length;
        Ok(value)
    }

    /// Passes the closing bracket of a value that is whole.
    fn close(&mut self, value: Value, after_comma: bool) -> Value {
        let empty =
            value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
        if after_comma && !empty {
            self.repairs.insert(Repair::TrailingComma);
        }
        self.at += 1;
        value
    }

    fn cut<T>(&self, kept: Option<Value>) -> Result<T, Cut> {
        let stop = if self.at >= self.text.len() { Stop::End } else { Stop::Damage };
        Err(Cut { kept, stop })
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.at += blanks;
        rest.get(blanks).copied()
    }
}

/// An array that was cut before its first item is not an empty one.
fn whole_items(items: Vec<Value>) -> Option<Value> {
    (!items.is_empty()).then_some(Value::Array(items))
}

fn whole_members(members: Map<String, Value>) -> Option<Value> {
    (!members.is_empty()).then_some(Value::Object(members))
}
