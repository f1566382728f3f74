//! `run` on the example documents, with the offline teacher.

use std::fs;

use crate::forge::{Forge, assert_chatml, examples, manual};

const BUILTIN: [&str; 2] = ["--model", "builtin/extractive"];

#[test]
fn a_folder_becomes_a_dataset_with_manifest_and_lineage() {
    let forge = Forge::new();
    let examples = examples();
    let folder = examples.to_str().unwrap();
    let ran = forge.run(&["run", folder, BUILTIN[0], BUILTIN[1]]);
    ran.expect(0);
    assert!(ran.stdout.is_empty(), "{}", ran.stdout);
    for word in ["documents  6 parsed", "chunks", "pairs", "quality", "grounding", "time", "dataset.jsonl"] {
        assert!(ran.stderr.contains(word), "{word} is not in\n{}", ran.stderr);
    }
    assert!(ran.stderr.contains("not for training"), "{}", ran.stderr);

    let lines = forge.json_lines("dataset.jsonl");
    assert!(lines.len() >= 30, "{} pairs", lines.len());
    lines.iter().for_each(assert_chatml);
    let lineage = forge.json_lines("dataset.jsonl.lineage.jsonl");
    assert_eq!(lineage.len(), lines.len());
    let manifest: serde_json::Value =
        serde_json::from_str(&forge.read("dataset.jsonl.manifest.json")).unwrap();
    assert_eq!(manifest["counts"]["pairs"], lines.len());
    assert_eq!(manifest["reviewed"], false);
    assert_eq!(manifest["files"][0]["sha256"], model::sha256_hex(forge.read("dataset.jsonl")));
    let formats: std::collections::BTreeSet<_> =
        lineage.iter().map(|line| line["filename"].as_str().unwrap().rsplit('.').next().unwrap()).collect();
    assert_eq!(formats.into_iter().collect::<Vec<_>>(), ["csv", "docx", "html", "md", "pdf", "txt"]);
}

#[test]
fn run_again_gives_the_same_bytes_and_does_nothing_twice() {
    let forge = Forge::new();
    let examples = examples();
    let arguments = ["run", examples.to_str().unwrap(), BUILTIN[0], BUILTIN[1], "--json"];
    let first = forge.run(&arguments).summary(0);
    let bytes = forge.read("dataset.jsonl");
    fs::remove_file(forge.path("dataset.jsonl")).unwrap();
    let second = forge.run(&arguments).summary(0);
    assert_eq!(forge.read("dataset.jsonl"), bytes);
    assert!(first["chunks"]["generated_now"].as_u64().unwrap() > 0);
    assert_eq!(second["chunks"]["generated_now"], 0);
    assert_eq!((&first["version"], &second["version"]), (&1.into(), &1.into()));
    assert_eq!(first["pairs"]["exported"], second["pairs"]["exported"]);

    let elsewhere = Forge::new();
    elsewhere.run(&arguments).expect(0);
    assert_eq!(elsewhere.read("dataset.jsonl"), bytes, "another machine gives other bytes");
}

#[test]
fn an_added_file_costs_its_own_work_alone() {
    let forge = Forge::new();
    forge.write("docs/pump.md", manual("pump", 3));
    let arguments = ["run", "docs", BUILTIN[0], BUILTIN[1], "--json"];
    let first = forge.run(&arguments).summary(0);
    assert_eq!(first["chunks"]["generated_now"], first["chunks"]["total"]);
    forge.write("docs/a-fan.md", manual("fan", 2));
    let second = forge.run(&arguments).summary(0);
    let added = second["chunks"]["total"].as_u64().unwrap() - first["chunks"]["total"].as_u64().unwrap();
    assert_eq!(second["chunks"]["generated_now"].as_u64().unwrap(), added);
    assert_eq!(second["version"], 2);
    let first_line = &forge.json_lines("dataset.jsonl.lineage.jsonl")[0];
    assert_eq!(first_line["filename"], "a-fan.md", "lines are in the order of file names");
}

#[test]
fn alpaca_min_quality_and_standard_output() {
    let forge = Forge::new();
    forge.write("docs/pump.md", manual("pump", 3));
    let ran = forge.run(&["run", "docs", BUILTIN[0], BUILTIN[1], "--format", "alpaca", "-o", "-"]);
    ran.expect(0);
    let lines: Vec<serde_json::Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!lines.is_empty());
    for line in lines {
        let keys: Vec<_> = line.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["input", "instruction", "output"], "{line}");
    }
    let ran = forge.run(&["run", "docs", BUILTIN[0], BUILTIN[1], "--min-quality", "1"]);
    ran.expect(1);
    assert!(ran.stderr.contains("every pair was left out"), "{}", ran.stderr);
}

#[test]
fn files_that_fail_do_so_by_name_and_the_rest_goes_on() {
    let forge = Forge::new();
    forge.write("docs/good.md", manual("pump", 2));
    forge.write("docs/empty.txt", "");
    forge.write("docs/broken.pdf", "%PDF-1.7\nno more than that");
    forge.write("docs/broken.docx", b"PK\x03\x04 and then nothing");
    forge.write("docs/picture.png", b"\x89PNG\r\n\x1a\n");
    let ran = forge.run(&["run", "docs", BUILTIN[0], BUILTIN[1], "--json"]);
    let summary = ran.summary(3);
    let failed: Vec<_> = summary["documents"]["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    assert_eq!(failed, ["broken.docx", "broken.pdf", "empty.txt"]);
    assert_eq!(summary["documents"]["skipped"], 1);
    assert_eq!(summary["documents"]["parsed"], 1);
    assert!(summary["pairs"]["exported"].as_u64().unwrap() > 0);
    let again = forge.run(&["run", "docs", BUILTIN[0], BUILTIN[1], "--json"]).summary(3);
    assert_eq!(again["documents"]["failed"], summary["documents"]["failed"]);
}

#[test]
fn nothing_but_broken_files_is_a_failure() {
    let forge = Forge::new();
    forge.write("docs/empty.txt", " \n ");
    let ran = forge.run(&["run", "docs", BUILTIN[0], BUILTIN[1]]);
    ran.expect(1);
    assert!(ran.stderr.contains("empty.txt: the file is empty"), "{}", ran.stderr);
}

#[test]
fn repeated_passages_give_their_pairs_once() {
    let forge = Forge::new();
    forge.write("docs/one.md", manual("pump", 2));
    let alone = forge.run(&["run", "docs", BUILTIN[0], BUILTIN[1], "--json"]).summary(0);
    forge.write("docs/two.md", manual("pump", 2));
    let both = forge.run(&["run", "docs", BUILTIN[0], BUILTIN[1], "--json"]).summary(0);
    assert_eq!(both["pairs"]["exported"], alone["pairs"]["exported"]);
    assert_eq!(both["chunks"]["excluded"]["duplicate"], alone["chunks"]["total"]);
    assert_eq!(both["chunks"]["generated_now"], 0, "what is said already is paid for again");
}

#[test]
fn a_renamed_file_stays_in_the_dataset() {
    let forge = Forge::new();
    forge.write("docs/old-name.md", manual("pump", 2));
    let arguments = ["run", "docs", BUILTIN[0], BUILTIN[1], "--json"];
    let first = forge.run(&arguments).summary(0);
    fs::rename(forge.path("docs/old-name.md"), forge.path("docs/new-name.md")).unwrap();
    let second = forge.run(&arguments).summary(0);
    assert_eq!(second["chunks"]["excluded"], serde_json::json!({}));
    assert_eq!(second["pairs"]["exported"], first["pairs"]["exported"]);
}

#[test]
fn other_ways_to_cut_cut_anew() {
    let forge = Forge::new();
    forge.write("docs/pump.md", manual("pump", 3));
    let run = |more: &[&str]| {
        let arguments = [&["run", "docs", BUILTIN[0], BUILTIN[1], "--json"], more].concat();
        forge.run(&arguments).summary(0)["chunks"]["total"].as_u64().unwrap()
    };
    let usual = run(&[]);
    let small = run(&["--strategy", "paragraphs", "--max-tokens", "64"]);
    assert!(small > usual, "{small} chunks instead of {usual}");
    assert_eq!(run(&[]), usual);
    let wrong = forge.run(&["run", "docs", BUILTIN[0], BUILTIN[1], "--overlap-tokens", "9"]);
    wrong.expect(2);
    assert!(wrong.stderr.contains("--strategy sliding-window"), "{}", wrong.stderr);
}
