//! Keys of stored objects: built from ids and fixed words, never from what a user typed.

use std::fmt;

use model::{DocumentId, ProjectId, UserId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The place of one object: `/`-separated segments of letters, digits, `-`, `_`, `.`, `%`; none of
/// them empty, `.` or `..`. Made by [`Keys`] alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// The key as the contract writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a key that was stored.
    ///
    /// Returns `None` where it is no key of ours: such a one could point outside the store.
    pub fn from_stored(key: &str) -> Option<Self> {
        let safe = |segment: &str| {
            !segment.is_empty()
                && segment != "."
                && segment != ".."
                && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.%".contains(&byte))
        };
        key.split('/').all(safe).then(|| Self(key.to_owned()))
    }

    /// Whose object it is, and of which project; `None` where it belongs to no project.
    pub fn owner(&self) -> Option<(UserId, ProjectId)> {
        let mut segments = self.0.strip_prefix("data-forge/")?.split('/');
        let user = percent_decode_str(segments.next()?).decode_utf8().ok()?;
        let project = segments.next()?.parse().ok()?;
        Some((UserId::new(user), project))
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The most bytes of a segment: no file system takes longer names.
const MAX_SEGMENT: usize = 255;

/// The keys of one project.
#[derive(Debug, Clone)]
pub struct Keys {
    prefix: String,
}

/// All but letters, digits, `-` and `_` of a user's id: a dot is encoded too, so that no id is `..`.
const USER: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

impl Keys {
    /// The keys of a user's project.
    pub fn new(user: &UserId, project: ProjectId) -> Self {
        Self { prefix: format!("data-forge/{}/{project}", utf8_percent_encode(user.as_str(), USER)) }
    }

    /// Whether a user's id, encoded, is not too long for the name of a folder.
    pub fn has_room_for(user: &UserId) -> bool {
        let length: usize = utf8_percent_encode(user.as_str(), USER).map(str::len).sum();
        length <= MAX_SEGMENT
    }

    /// The folder of all that the project owns.
    pub fn prefix(&self) -> ObjectKey {
        ObjectKey(self.prefix.clone())
    }

    /// The bytes of a document.
    pub fn source(&self, document: DocumentId) -> ObjectKey {
        ObjectKey(format!("{}/sources/{document}", self.prefix))
    }

    /// A document as parsed, as JSON.
    pub fn parsed(&self, document: DocumentId) -> ObjectKey {
        ObjectKey(format!("{}/parsed/{document}.json", self.prefix))
    }

    /// A file of an export; `name` is one of the fixed names of the contract.
    pub fn export_file(&self, version: u32, name: &'static str) -> ObjectKey {
        ObjectKey(format!("{}/exports/{version}/{name}", self.prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_cannot_leave_its_folder() {
        let project = ProjectId::new(model::Time::UNIX_EPOCH, [0; 10]);
        let key = Keys::new(&UserId::new("../../etc"), project).prefix();
        assert!(key.as_str().starts_with("data-forge/%2E%2E%2F%2E%2E%2Fetc/"), "{key}");
        assert_eq!(ObjectKey::from_stored(key.as_str()), Some(key));
    }

    #[test]
    fn a_key_says_whose_it_is() {
        let project = ProjectId::new(model::Time::UNIX_EPOCH, [7; 10]);
        for user in ["ada", "../../etc", "a%2Fb", "\u{e9}"].map(UserId::new) {
            let keys = Keys::new(&user, project);
            let source = keys.source(DocumentId::new(model::Time::UNIX_EPOCH, [1; 10]));
            for key in [keys.prefix(), source] {
                assert_eq!(key.owner(), Some((user.clone(), project)));
            }
        }
        for key in ["data-forge", "data-forge/ada", "data-forge/ada/x/sources", "other/ada"] {
            assert_eq!(ObjectKey::from_stored(key).and_then(|key| key.owner()), None, "{key}");
        }
    }

    #[test]
    fn long_names_have_no_room() {
        assert!(Keys::has_room_for(&UserId::new("x".repeat(255))));
        assert!(!Keys::has_room_for(&UserId::new("x".repeat(256))));
        assert!(!Keys::has_room_for(&UserId::new(".".repeat(86))));
    }

    #[test]
    fn foreign_keys_are_refused() {
        for key in ["", "/a", "a//b", "a/../b", "a/./b", "a/b\\c", "a b", "a/"] {
            assert_eq!(ObjectKey::from_stored(key), None, "{key:?}");
        }
    }
}
