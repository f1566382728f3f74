//! Reading a completion.

use model::Usage;
use serde_json::Value;

use crate::{ChatReply, FinishReason};

/// The reply in a response's body, or why it holds none.
pub(super) fn read(body: &[u8]) -> Result<ChatReply, String> {
    let json: Value =
        serde_json::from_slice(body).map_err(|error| format!("the reply is no JSON: {error}"))?;
    // Some gateways report what went wrong behind them with status 200.
    if let Some(error) = json.get("error").filter(|error| !error.is_null()) {
        let message = error["message"].as_str().or(error.as_str());
        return Err(format!("the reply is an error: {}", message.unwrap_or("without a message")));
    }
    let choice = json["choices"].get(0).ok_or("the reply has no choices")?;
    let message = choice.get("message").filter(|message| message.is_object());
    let message = message.ok_or("the reply has no message")?;
    let finish_reason = match choice["finish_reason"].as_str() {
        Some("error") => return Err("the model stopped with an error".into()),
        Some("stop" | "tool_calls" | "function_call" | "tool_use") | None => FinishReason::Stop,
        Some("length" | "max_tokens") => FinishReason::Length,
        Some("content_filter") => FinishReason::ContentFilter,
        Some(other) => FinishReason::Other(other.chars().take(100).collect()),
    };
    let count = |name: &str| json["usage"][name].as_u64().unwrap_or_default();
    let usage = Usage {
        requests: 1,
        prompt_tokens: count("prompt_tokens"),
        completion_tokens: count("completion_tokens"),
        cost_usd: None,
    };
    Ok(ChatReply { content: content(message), finish_reason, usage })
}

/// The words of a message, which come as a call of a tool, as a text, in parts, or as a refusal.
fn content(message: &Value) -> String {
    match &message["tool_calls"][0]["function"]["arguments"] {
        Value::String(arguments) if !arguments.trim().is_empty() => return arguments.clone(),
        // Some servers write them out as they are.
        arguments @ Value::Object(_) => return arguments.to_string(),
        _ => {}
    }
    match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            parts.iter().filter_map(|part| part["text"].as_str().or(part.as_str())).collect()
        }
        _ => message["refusal"].as_str().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#""content":"a""#, "a")]
    #[case(r#""content":null"#, "")]
    #[case(r#""content":null,"refusal":"I will not""#, "I will not")]
    #[case(r#""content":[{"type":"text","text":"a"},{"type":"image"},{"type":"text","text":"b"}]"#, "ab")]
    #[case(r#""role":"assistant""#, "")]
    #[case(
        r#""content":null,"tool_calls":[{"function":{"name":"f","arguments":"{\"a\":1}"}}]"#,
        r#"{"a":1}"#
    )]
    #[case(r#""content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]"#, r#"{"a":1}"#)]
    #[case(r#""content":"a","tool_calls":[{"function":{"name":"f","arguments":""}}]"#, "a")]
    #[case(r#""content":"a","tool_calls":[]"#, "a")]
    fn content_comes_in_many_shapes(#[case] message: &str, #[case] expected: &str) {
        let body = format!(r#"{{"choices":[{{"message":{{{message}}},"finish_reason":"stop"}}]}}"#);
        assert_eq!(read(body.as_bytes()).unwrap().content, expected);
    }

    #[rstest]
    #[case(r#""stop""#, FinishReason::Stop)]
    #[case("null", FinishReason::Stop)]
    #[case(r#""length""#, FinishReason::Length)]
    #[case(r#""content_filter""#, FinishReason::ContentFilter)]
    #[case(r#""tired""#, FinishReason::Other("tired".into()))]
    fn finish_reasons_are_known(#[case] reason: &str, #[case] expected: FinishReason) {
        let body = format!(r#"{{"choices":[{{"message":{{"content":""}},"finish_reason":{reason}}}]}}"#);
        assert_eq!(read(body.as_bytes()).unwrap().finish_reason, expected);
    }

    #[rstest]
    #[case("")]
    #[case("[]")]
    #[case("{}")]
    #[case(r#"{"choices":[]}"#)]
    #[case(r#"{"choices":[{"message":"x"}]}"#)]
    #[case(r#"{"choices":[{"message":{},"finish_reason":"error"}]}"#)]
    #[case(r#"{"error":{"message":"overloaded"}}"#)]
    fn what_is_no_completion_is_told(#[case] body: &str) {
        read(body.as_bytes()).unwrap_err();
    }

    #[test]
    fn usage_is_counted_where_it_is_given() {
        let usage = |usage: &str| {
            read(format!(r#"{{"choices":[{{"message":{{}}}}],"usage":{usage}}}"#).as_bytes()).unwrap().usage
        };
        let given = usage(r#"{"prompt_tokens":7,"completion_tokens":2}"#);
        assert_eq!((given.requests, given.prompt_tokens, given.completion_tokens), (1, 7, 2));
        assert_eq!(usage(r#"{"prompt_tokens":-7}"#), Usage { requests: 1, ..Usage::default() });
        assert_eq!(usage("null"), Usage { requests: 1, ..Usage::default() });
    }
}
