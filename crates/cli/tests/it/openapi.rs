//! The committed OpenAPI document: what clients are generated from.

use std::{fs, path::Path};

use crate::forge::Forge;

/// `UPDATE_OPENAPI=1 cargo test -p cli openapi` writes it anew.
#[test]
fn the_committed_document_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let ran = Forge::new().run(&["openapi"]);
    let document = &ran.expect(0).stdout;
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(&path, document).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == *document, "openapi.json is not fresh: UPDATE_OPENAPI=1 cargo test -p cli openapi");
}
