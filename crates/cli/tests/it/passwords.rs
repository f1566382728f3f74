//! Encrypted PDFs open with the passwords that are set, which are kept nowhere.

use std::{fs, path::Path};

use crate::forge::{Forge, manual};

const LOCKED: &[u8] = include_bytes!("../../../parse/tests/pdf/encrypted/aes-256.pdf");
const RUN: [&str; 4] = ["run", "docs", "--model", "builtin/extractive"];

#[test]
fn a_run_opens_what_it_is_given_the_password_of() {
    let forge = Forge::new();
    forge.write("docs/pump.md", manual("pump", 3));
    forge.write("docs/valve.pdf", LOCKED);
    let ran = forge.run(&RUN);
    ran.expect(3);
    assert!(ran.stderr.contains("the PDF needs a password: set DATA_FORGE_PDF_PASSWORD"), "{}", ran.stderr);
    let forge = forge.set("DATA_FORGE_PDF_PASSWORD", "guess-of-a-password");
    let ran = forge.run(&RUN);
    ran.expect(3);
    assert!(ran.stderr.contains("needs another password than the one that is set"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("guess"), "{}", ran.stderr);

    forge.write("passwords", "open\nsesame\n");
    let forge = forge.set("DATA_FORGE_PDF_PASSWORD_FILE", "passwords");
    let ran = forge.run(&RUN);
    assert!(ran.expect(0).stderr.contains("documents  2 parsed"), "{}", ran.stderr);
    assert!(forge.run(&["doctor"]).stdout.contains("ok    passwords of PDFs: 3\n"));
    assert_holds_none(&forge.path("data"), &["sesame", "guess-of-a-password"]);
}

#[test]
fn parse_opens_it_too() {
    let forge = Forge::new().set("DATA_FORGE_PDF_PASSWORD", "sesame");
    forge.write("valve.pdf", LOCKED);
    let ran = forge.run(&["parse", "--format", "text", "valve.pdf"]);
    assert_eq!(ran.expect(0).stdout, "The valve opens at seven bar.\n");
    let forge = forge.set("DATA_FORGE_PDF_PASSWORD_FILE", "nowhere");
    let ran = forge.run(&["parse", "valve.pdf"]);
    assert!(ran.expect(2).stderr.contains("the passwords in nowhere cannot be read"), "{}", ran.stderr);
}

fn assert_holds_none(folder: &Path, words: &[&str]) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_holds_none(&path, words);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for word in words {
            let held = bytes.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!held, "{} holds {word}", path.display());
        }
    }
}
