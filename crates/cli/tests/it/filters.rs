//! `score` and `dedup`: JSON lines from standard input to standard output.

use std::{fs::File, process::Stdio};

use serde_json::{Value, json};

use crate::forge::{Forge, Ran};

const PUMP: &str = "The feed pump was built in 1998 by Northwind in Oslo. It weighs 35 kg.";

fn filtered(forge: &Forge, arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
    let input = File::open(forge.write("input.jsonl", input)).unwrap();
    Ran::from(forge.command(arguments).stdin(Stdio::from(input)).output().unwrap())
}

fn lines(ran: &Ran) -> Vec<Value> {
    ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn example(answer: &str) -> Value {
    json!({"context": PUMP, "question": "When was the feed pump built?", "answer": answer})
}

#[test]
fn score_adds_its_fields_and_keeps_the_others_and_the_order() {
    let mut input = String::new();
    for number in 0..5000 {
        let year = if number % 2 == 0 { 1998 } else { 2004 };
        let mut line = example(&format!("The feed pump was built in {year}."));
        line["id"] = json!(number);
        line["score"] = json!({"theirs": 1.50});
        input.push_str(&format!("{line}\n"));
    }
    let ran = filtered(&Forge::new(), &["score"], input);
    let lines = lines(ran.expect(0));
    assert_eq!(lines.len(), 5000);
    for (number, line) in lines.iter().enumerate() {
        assert_eq!((&line["id"], &line["score"]), (&json!(number), &json!({"theirs": 1.50})));
        let grounding = line["grounding_score"].as_f64().unwrap();
        assert_eq!(number % 2 == 0, grounding >= 0.9, "{line}");
        for field in ["quality_score", "quality", "evidence", "question_type", "difficulty"] {
            assert!(!line[field].is_null(), "no {field} in {line}");
        }
    }
}

#[test]
fn one_bad_line_is_named_and_the_rest_goes_on() {
    let good = example("In 1998.");
    let input = format!(
        "{good}\n\nnonsense\n{{\"context\":\"a\",\"question\":\"b\"}}\n{{\"context\":1,\"question\":\"b\",\"answer\":\"c\"}}\n{good}"
    );
    let mut input = input.into_bytes();
    input.extend(b"\n\"\xff\"\n");
    let ran = filtered(&Forge::new(), &["score"], input);
    assert_eq!(lines(ran.expect(3)).len(), 2);
    insta::assert_snapshot!(ran.stderr, @r"
    error: line 2 (counted from 0): expected ident at column 2
    error: line 3 (counted from 0): it has no field `answer`
    error: line 4 (counted from 0): its field `context` is no text
    error: line 6 (counted from 0): it is not UTF-8: invalid utf-8 sequence of 1 bytes from index 1
    ");
    filtered(&Forge::new(), &["score"], "[]\n").expect(1);
    filtered(&Forge::new(), &["score"], "").expect(0);
}

#[test]
fn what_was_scored_can_be_scored_again() {
    let forge = Forge::new();
    let once = filtered(&forge, &["score"], example("In 1998.").to_string());
    let twice = filtered(&forge, &["score"], &once.expect(0).stdout);
    assert_eq!(once.stdout, twice.expect(0).stdout);
}

#[test]
fn score_flags_what_it_is_asked_to_look_for() {
    let forge = Forge::new();
    forge.write(
        "bench.jsonl",
        json!({"id": 7, "prompt": "The feed pump was built in 1998 by Northwind in the city of Oslo"})
            .to_string(),
    );
    forge.write("words.txt", "# ours\nblasted\n");
    let answer =
        "The blasted feed pump was built in 1998 by Northwind in the city of Oslo, says ada@example.com.";
    let flags = |arguments: &[&str]| {
        let ran = filtered(&forge, arguments, example(answer).to_string());
        let flags = lines(ran.expect(0))[0]["flags"].clone();
        let looked_for = ["personal_data", "contaminated", "toxic"];
        let flags = flags
            .as_array()
            .unwrap()
            .iter()
            .filter(|flag| looked_for.iter().any(|code| flag["code"] == *code));
        flags.map(|flag| flag["detail"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(flags(&["score"]).is_empty());
    insta::assert_snapshot!(
        flags(&["score", "--personal-data", "--benchmark", "bench.jsonl", "--toxic-words", "words.txt"]).join("\n"), @r"
    It seems to hold a mail address (ad…om).
    “feed pump was built in 1998 by Northwind” stands in the benchmark bench.jsonl.
    It has “blasted” of the list of toxic words.
    "
    );
    let ran = filtered(&forge, &["score", "--benchmark", "nowhere.jsonl"], "");
    assert!(ran.expect(2).stderr.contains("nowhere.jsonl"), "{}", ran.stderr);
}

#[test]
fn dedup_names_the_line_that_another_repeats() {
    let input = [
        json!({"question": "When was the feed pump by Northwind built?", "answer": "1998", "id": 1}),
        json!({"question": "When was the feed pump by Northwind built?", "answer": "1999"}),
        json!({"question": "Please explain: when was feed pump by Northwind built", "answer": "1998"}),
        json!({"question": "WHEN was the feed pump, by Northwind, built?", "answer": "1998."}),
        json!({"text": "Water boils at a hundred degrees in the mountains of Peru."}),
        json!({"messages": [{"role": "system", "content": "Be brief."},
            {"role": "user", "content": "When was the feed pump by Northwind built?"}, {"role": "assistant", "content": "1999"}]}),
        json!({"instruction": "When was the feed pump by Southwind built?", "input": "", "output": "1998"}),
    ];
    let input: String = input.iter().map(|line| format!("{line}\n")).collect();
    let forge = Forge::new();
    let ran = filtered(&forge, &["dedup"], &input);
    let of: Vec<_> = lines(ran.expect(0)).iter().map(|line| line["duplicate_of"].clone()).collect();
    assert_eq!(of, [json!(null), json!(null), json!(0), json!(0), json!(null), json!(1), json!(null)]);
    let found = lines(&ran);
    assert_eq!(
        (&found[0]["id"], &found[3]["similarity"], &found[0]["similarity"]),
        (&json!(1), &json!(1.0), &json!(null))
    );
    // By marks and case alone.
    let ran = filtered(&forge, &["dedup", "--threshold", "1"], &input);
    assert_eq!(lines(&ran).iter().filter(|line| !line["duplicate_of"].is_null()).count(), 2);
    filtered(&forge, &["dedup", "--threshold", "0"], "").expect(2);
}

#[test]
fn lines_keep_their_numbers_where_some_are_bad() {
    let ran = filtered(
        &Forge::new(),
        &["dedup"],
        "{\"text\":\"the same pump\"}\n{}\n\n{\"text\":\"The same pump!\"}\n",
    );
    assert_eq!(lines(ran.expect(3))[1]["duplicate_of"], json!(0));
    assert!(
        ran.stderr.starts_with("error: line 1 (counted from 0): it has none of the fields"),
        "{}",
        ran.stderr
    );
}
