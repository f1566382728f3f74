//! `parse`, on every example document.

use serde_json::Value;

use crate::forge::{Forge, examples};

#[test]
fn every_format_gives_text_blocks_and_chunks_that_reproduce_it() {
    let forge = Forge::new();
    let mut files: Vec<_> =
        std::fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 6);
    let mut arguments = vec!["parse"];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    let ran = forge.run(&arguments);
    ran.expect(0);
    let documents: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(documents.len(), files.len());
    let mut kinds = std::collections::BTreeSet::new();
    for document in &documents {
        let text: Vec<char> = document["text"].as_str().unwrap().chars().collect();
        let slice = |item: &Value| -> String {
            let (start, end) = (item["char_start"].as_u64().unwrap(), item["char_end"].as_u64().unwrap());
            text[start as usize..end as usize].iter().collect()
        };
        for block in document["blocks"].as_array().unwrap() {
            assert_eq!(slice(block), block["text"].as_str().unwrap(), "{}", document["path"]);
            kinds.insert(block["kind"].as_str().unwrap().to_owned());
        }
        let chunks = document["chunks"].as_array().unwrap();
        assert!(!chunks.is_empty(), "{}", document["path"]);
        for (position, chunk) in chunks.iter().enumerate() {
            assert_eq!(chunk["position"], position);
            assert_eq!(slice(&chunk["source"]), chunk["text"].as_str().unwrap(), "{}", document["path"]);
            assert!(chunk["token_count"].as_u64().unwrap() <= 512, "{chunk}");
        }
    }
    let kinds: Vec<_> = kinds.into_iter().collect();
    assert_eq!(kinds, ["code", "footnote", "heading", "list", "paragraph", "table"]);
}

#[test]
fn a_file_that_fails_is_named_and_the_rest_is_printed() {
    let forge = Forge::new();
    forge.write("good.txt", "Some words.");
    forge.write("empty.csv", "");
    let ran = forge.run(&["parse", "--format", "text", "empty.csv", "good.txt"]);
    ran.expect(3);
    assert_eq!(ran.stdout, "Some words.\n");
    assert_eq!(ran.stderr, "error: empty.csv: the file is empty\n");
}
