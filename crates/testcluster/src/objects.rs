//! What is stored: objects by kind and name, and what changed in which order.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use tokio::sync::watch;

/// The kinds that are there, as their lists are called in paths.
pub(crate) const JOBS: &str = "jobs";
pub(crate) const PODS: &str = "pods";
pub(crate) const EVENTS: &str = "events";

/// A change, as watches tell of it.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) version: u64,
    pub(crate) kind: &'static str,
    pub(crate) what: &'static str,
    pub(crate) object: Value,
}

/// All objects.
pub(crate) struct Objects {
    stored: BTreeMap<(&'static str, String), Value>,
    pub(crate) version: u64,
    pub(crate) changes: VecDeque<Change>,
    /// Watches from before this version are told that it is gone.
    pub(crate) forgotten: u64,
    /// Tells of each new version.
    pub(crate) news: watch::Sender<u64>,
}

impl Default for Objects {
    fn default() -> Self {
        // A real server's versions do not begin with 1 either.
        Self {
            stored: BTreeMap::new(),
            version: 1000,
            changes: VecDeque::new(),
            forgotten: 0,
            news: watch::Sender::new(1000),
        }
    }
}

impl Objects {
    pub(crate) fn get(&self, kind: &'static str, name: &str) -> Option<&Value> {
        self.stored.get(&(kind, name.to_owned()))
    }

    pub(crate) fn all(&self, kind: &'static str) -> impl Iterator<Item = &Value> {
        self.stored
            .range((kind, String::new())..)
            .take_while(move |((of, _), _)| *of == kind)
            .map(|(_, object)| object)
    }

    /// Stores an object, new or changed.
    pub(crate) fn put(&mut self, kind: &'static str, mut object: Value) -> Value {
        let key = (kind, name(&object).to_owned());
        let mut unchanged = object.clone();
        if let Some(before) = self.stored.get(&key) {
            unchanged["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"].clone();
            if unchanged == *before {
                return unchanged;
            }
        }
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        let what = if self.stored.insert(key, object.clone()).is_some() { "MODIFIED" } else { "ADDED" };
        self.tell(kind, what, object.clone());
        object
    }

    /// Changes an object, if it is there.
    pub(crate) fn change(&mut self, kind: &'static str, name: &str, change: impl FnOnce(&mut Value)) {
        if let Some(mut object) = self.get(kind, name).cloned() {
            change(&mut object);
            self.put(kind, object);
        }
    }

    pub(crate) fn remove(&mut self, kind: &'static str, name: &str) {
        if let Some(mut object) = self.stored.remove(&(kind, name.to_owned())) {
            self.version += 1;
            object["metadata"]["resourceVersion"] = json!(self.version.to_string());
            self.tell(kind, "DELETED", object);
        }
    }

    fn tell(&mut self, kind: &'static str, what: &'static str, object: Value) {
        self.changes.push_back(Change { version: self.version, kind, what, object });
        self.news.send_replace(self.version);
    }
}

pub(crate) fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

pub(crate) fn uid(object: &Value) -> &str {
    object["metadata"]["uid"].as_str().unwrap_or_default()
}

/// The time as metadata has it: whole seconds.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Whether labels or fields match a selector of `name=value` parts.
pub(crate) fn matches(object: &Value, labels: Option<&str>, fields: Option<&str>) -> bool {
    let parts = |selector: Option<&str>| -> Vec<(String, String)> {
        let parts = selector.unwrap_or_default().split(',').filter_map(|part| part.split_once('='));
        parts.map(|(name, value)| (name.to_owned(), value.trim_start_matches('=').to_owned())).collect()
    };
    let label = |name: &str| object["metadata"]["labels"][name].as_str();
    let field = |path: &str| path.split('.').fold(object, |object, part| &object[part]).as_str();
    parts(labels).iter().all(|(name, value)| label(name) == Some(value))
        && parts(fields).iter().all(|(path, value)| field(path) == Some(value))
}
