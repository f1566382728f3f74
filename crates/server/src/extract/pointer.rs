//! Where in a request something is, as a JSON pointer.

use serde_path_to_error::{Path, Segment};

use crate::problem::Invalid;

/// What serde says of a value, with the place that it says it of. Of a field that is not known, the
/// place is that field's.
pub(crate) fn invalid(path: &Path, error: &impl ToString) -> Invalid {
    let detail = error.to_string();
    let mut pointer: String = path.iter().filter_map(segment).collect();
    if let Some(field) = unknown_field(&detail)
        && !pointer.ends_with(&format!("/{}", escape(field)))
    {
        pointer.push('/');
        pointer += &escape(field);
    }
    // Where in the text it stands says nothing that the pointer does not.
    let detail = detail.split(" at line ").next().unwrap_or_default().chars().take(500).collect();
    Invalid { pointer, detail }
}

fn segment(segment: &Segment) -> Option<String> {
    match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", escape(key))),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

fn unknown_field(detail: &str) -> Option<&str> {
    detail.strip_prefix("unknown field `")?.split('`').next()
}

fn escape(key: &str) -> String {
    key.chars().take(200).collect::<String>().replace('~', "~0").replace('/', "~1")
}
