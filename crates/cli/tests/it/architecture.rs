//! Who may import whom: the map of docs/ARCHITECTURE.md, held against the workspace.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Each crate, and the crates of the workspace that it imports.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("parse", &["model"]),
    ("llm", &["model"]),
    ("export", &["model"]),
    ("store", &["model"]),
    ("generate", &["model", "llm"]),
    ("validate", &["model", "llm"]),
    ("jobs", &["model", "parse", "llm", "generate", "validate", "store"]),
    ("server", &["model", "llm", "generate", "validate", "store", "jobs", "export"]),
    ("cli", &["model", "parse", "llm", "generate", "validate", "store", "jobs", "export", "server"]),
    ("testcluster", &[]),
    ("testkit", &[]),
    ("benches", &["model", "store"]),
];

#[test]
fn crates_import_only_whom_they_may() {
    let metadata = MetadataCommand::new().no_deps().other_options(["--offline".into()]).exec().unwrap();
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ROOMS.iter().map(|(room, imports)| (*room, imports.iter().copied().collect())).collect();
    let mut seen = BTreeSet::new();
    for package in &metadata.packages {
        let room = package.name.as_str();
        let may = allowed
            .get(room)
            .unwrap_or_else(|| panic!("`{room}` is on no map: add it to ROOMS and to the docs"));
        seen.insert(room);
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            match dependency.kind {
                DependencyKind::Normal if allowed.contains_key(name) => {
                    assert!(may.contains(name), "`{room}` imports `{name}`, which it may not");
                }
                // Tests may use what is there for tests, and nothing else of the workspace that the crate itself may not.
                DependencyKind::Development if allowed.contains_key(name) => {
                    let for_tests = ["testcluster", "testkit"].contains(&name);
                    assert!(may.contains(name) || for_tests, "tests of `{room}` import `{name}`");
                }
                _ => {}
            }
        }
    }
    assert_eq!(seen, allowed.keys().copied().collect(), "crates on the map that are not there");
}
