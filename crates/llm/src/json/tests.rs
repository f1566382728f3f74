use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

use super::*;

#[rstest]
#[case::plain(r#" {"a":[1,"x",null]} "#, json!({"a": [1, "x", null]}), &[])]
#[case::byte_order_mark("\u{feff}[1]", json!([1]), &[])]
#[case::fence("```json\n{\"a\":1}\n```", json!({"a": 1}), &[Repair::CodeFence])]
#[case::prose_and_fence("Sure!\n```\n[1, 2]\n```\nDone.", json!([1, 2]), &[Repair::CodeFence])]
#[case::prose("Here it is: {\"a\":1}. Enjoy!", json!({"a": 1}), &[Repair::Prose])]
#[case::citation("As in [1] and {x}: {\"a\":1, \"b\": 2}", json!({"a": 1, "b": 2}), &[Repair::Prose])]
#[case::thoughts("<think>{\"draft\":\"long long long\"}</think>{\"a\":1}", json!({"a": 1}), &[Repair::Prose])]
#[case::trailing_commas("{\"a\":[1,2,],}", json!({"a": [1, 2]}), &[Repair::TrailingComma])]
#[case::missing_commas("[{\"a\":1} {\"a\":2}]", json!([{"a": 1}, {"a": 2}]), &[Repair::MissingComma])]
#[case::raw_newline("{\"a\":\"x\ny\tz\"}", json!({"a": "x\ny\tz"}), &[Repair::RawControl])]
#[case::inner_quote(r#"{"a":"he said "yes", and left","b":1}"#, json!({"a": "he said \"yes\", and left", "b": 1}), &[Repair::InnerQuote])]
#[case::inner_quote_in_item(r#"["a "b" c", "d"]"#, json!(["a \"b\" c", "d"]), &[Repair::InnerQuote])]
#[case::formula(r#"{"a":"\(x\) it\'s"}"#, json!({"a": r"\(x\) it's"}), &[Repair::BadEscape])]
#[case::lone_surrogate(r#"{"a":"\ud800x \u12"}"#, json!({"a": "\u{fffd}x \\u12"}), &[Repair::BadEscape])]
#[case::surrogates(r#"{"a":"\ud83d\ude00\u00e9",}"#, json!({"a": "😀é"}), &[Repair::TrailingComma])]
#[case::python("{\"a\": True, \"b\": None}", json!({"a": true, "b": null}), &[Repair::PythonWord])]
#[case::loose("{\"a\":1}\n{\"a\":2},\n{\"a\":3}", json!([{"a": 1}, {"a": 2}, {"a": 3}]), &[Repair::LooseObjects])]
#[case::loose_and_cut("{\"a\":1}\n{\"a\":2}\n{\"a\":3,\"b\":\"x", json!([{"a": 1}, {"a": 2}]), &[Repair::LooseObjects, Repair::Truncated])]
#[case::smart_quotes("{“a”: “b”}", json!({"a": "b"}), &[Repair::SmartQuotes])]
#[case::smart_quotes_in_a_string("{\"a\": \"“b”\",}", json!({"a": "“b”"}), &[Repair::TrailingComma])]
#[case::cut_item("{\"pairs\":[{\"q\":\"a\",\"t\":[1]},{\"q\":\"b\",\"t\":[1", json!({"pairs": [{"q": "a", "t": [1]}]}), &[Repair::Truncated])]
#[case::cut_member("{\"a\":\"whole\",\"b\":\"cu", json!({"a": "whole"}), &[Repair::Truncated])]
#[case::cut_before_the_first_item("{\"reason\":\"none\",\"pairs\":[{\"q\":\"a", json!({"reason": "none"}), &[Repair::Truncated])]
#[case::cut_number("[1, 2", json!([1]), &[Repair::Truncated])]
#[case::cut_before_the_end("[{\"a\":1}, {\"a\":2}", json!([{"a": 1}, {"a": 2}]), &[Repair::Truncated])]
#[case::cut_in_a_fence("```json\n[\"a\", \"b", json!(["a"]), &[Repair::CodeFence, Repair::Truncated])]
#[case::damaged("{\"pairs\":[{\"a\":1},{\"a\":oops}]}", json!({"pairs": [{"a": 1}]}), &[Repair::Prose, Repair::Damaged])]
fn replies_are_read(#[case] reply: &str, #[case] value: Value, #[case] repairs: &[Repair]) {
    assert_eq!(read_json(reply), Ok(Reading { value, repairs: repairs.to_vec() }));
}

#[rstest]
#[case("", ReadError::Empty)]
#[case(" \n ", ReadError::Empty)]
#[case("I cannot do that.", ReadError::NoJson)]
#[case("\"a string\"", ReadError::NoJson)]
#[case("[see the passage]", ReadError::NoJson)]
#[case("{\"pairs\":[{\"q\":\"a", ReadError::Truncated)]
#[case("```json\n[", ReadError::Truncated)]
fn what_holds_no_json_is_told(#[case] reply: &str, #[case] error: ReadError) {
    assert_eq!(read_json(reply), Err(error));
}

#[test]
fn nesting_is_bounded() {
    for reply in ["[".repeat(100_000), "{\"a\":".repeat(100_000), "[".repeat(200) + &"]".repeat(200)] {
        assert_eq!(read_json(&reply), Err(ReadError::TooDeep));
    }
}

/// Each of these would take hours if every bracket were read to the end.
#[rstest]
#[case("[\"a ")]
#[case("[1,")]
#[case("{\"a\":[")]
#[case("{\"a\":\"b\" ")]
#[case("[\\u")]
#[case("{\"a")]
#[case("[\"a\",x")]
fn hostile_replies_are_read_in_linear_time(#[case] part: &str) {
    let _ = read_json(&part.repeat(200_000));
}

fn value() -> impl Strategy<Value = Value> {
    let text = "[a-z {}\\[\\],:\"\\\\\n“”`é😀]{0,12}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn item() -> impl Strategy<Value = Value> {
    ("[ -~é\n]{0,20}", value()).prop_map(|(question, rest)| json!({"question": question, "rest": rest}))
}

proptest! {
    #[test]
    fn nothing_panics(reply in "(\\PC|[\"\\\\{}\\[\\]:,\n]){0,200}") {
        let _ = read_json(&reply);
    }

    #[test]
    fn what_is_wrapped_is_read_as_it_is(items in prop::collection::vec(item(), 1..4)) {
        let value = json!({"pairs": items});
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            for reply in [format!("```json\n{text}\n```"), format!("Here you are: {text}\nBye."), text.clone()] {
                prop_assert_eq!(&read_json(&reply).unwrap().value, &value);
            }
        }
    }

    #[test]
    fn what_is_cut_keeps_its_whole_items(items in prop::collection::vec(item(), 1..4), share in 0.0..1.0) {
        let text = json!({"pairs": items}).to_string();
        let cut = text.floor_char_boundary((text.len() as f64 * share) as usize);
        if let Ok(reading) = read_json(&text[..cut]) {
            let kept = reading.value["pairs"].as_array().unwrap();
            prop_assert!(items.starts_with(kept), "{} of {}", reading.value, text);
            prop_assert!(reading.repairs.contains(&Repair::Truncated));
        }
    }
}
