//! Pictures of text are read where `tesseract` is, and where it is not, that is said.

use jobs::{NoOcr, Tesseract};
use serde_json::Value;

use crate::forge::{Forge, manual};

const SCAN: &[u8] = include_bytes!("scanned/valve.pdf");
const RUN: [&str; 5] = ["run", "docs", "--model", "builtin/extractive", "--json"];
const WITH_OCR: [&str; 6] = ["run", "docs", "--model", "builtin/extractive", "--json", "--ocr"];

/// A scan, and a program that finds what this machine has.
fn forge() -> Forge {
    let forge = Forge::new().set("PATH", &std::env::var("PATH").unwrap_or_default());
    forge.write("valve.pdf", SCAN);
    forge
}

#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
fn is_here() -> bool {
    match Tesseract::find(&[]) {
        Ok(_) => true,
        Err(NoOcr::Missing | NoOcr::NoLanguage) => {
            eprintln!("not tested: there is no tesseract, or no language for it");
            false
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_scan_is_read() {
    if !is_here() {
        return;
    }
    let forge = forge();
    let ran = forge.run(&["parse", "--ocr", "valve.pdf"]);
    let document: Value = serde_json::from_str(&ran.expect(0).stdout).unwrap();
    let said = "The valve opens at seven bar and closes again when the pressure has fallen below five bar. Replace \
                the seal after two years of operation.";
    assert_eq!(document["text"], format!("The pressure valve\n\n{said}"));
    assert_eq!(document["blocks"][0]["kind"], "heading");
    assert_eq!(document["warnings"][0], "page 1 was read by OCR, which may misread");
    assert!(forge.run(&["doctor"]).stdout.contains("ok    OCR: tesseract "));
}

#[test]
fn a_run_reads_it_once_it_is_told_to() {
    if !is_here() {
        return;
    }
    let forge = forge();
    forge.write("docs/pump.md", manual("pump", 3));
    forge.write("docs/valve.pdf", SCAN);
    let ran = forge.run(&RUN);
    ran.expect(3);
    assert!(ran.stdout.contains("--ocr"), "{}", ran.stdout);
    let ran = forge.run(&WITH_OCR);
    assert_eq!(ran.summary(0)["documents"]["parsed"], 2);
    assert!(ran.stdout.contains("page 1 was read by OCR"), "{}", ran.stdout);
}

#[test]
fn without_tesseract_it_says_at_once_what_to_install() {
    let forge = forge().set("PATH", "/no/programs");
    for arguments in [&WITH_OCR[..], &["parse", "--ocr", "valve.pdf"]] {
        let ran = forge.run(arguments);
        ran.expect(2);
        assert!(ran.stderr.contains("apt-get install tesseract-ocr"), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    let ran = forge.run(&["doctor"]);
    assert!(ran.expect(0).stdout.contains("ok    OCR: none for --ocr: "), "{}", ran.stdout);
}
