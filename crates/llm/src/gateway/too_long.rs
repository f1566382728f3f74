//! Refusals that mean: prompt and reply together are more than the model can hold.

/// The codes and types that say so by themselves.
const CODES: [&str; 5] = [
    "context_length_exceeded",
    "string_above_max_length",
    // llama.cpp
    "exceed_context_size_error",
    // Anthropic
    "request_too_large",
    "context_window_exceeded",
];

/// What the messages of gateways without a code for it say, in lower case.
const WORDINGS: [&str; 31] = [
    // OpenAI, vLLM, SGLang, DeepSeek, Mistral, OpenRouter
    "maximum context length",
    "model's context length",
    "context length is only",
    "context length exceeded",
    "maximum model length",
    "reduce the length of the",
    "exceeds the context window",
    "exceeds model context window",
    "string too long",
    // llama.cpp and its Python server
    "available context size",
    "context size has been exceeded",
    "exceed context window",
    // Ollama and LM Studio
    "exceeds the context length",
    "max context length",
    "greater than the context length",
    "context length of only",
    // Anthropic and what speaks for it
    "prompt is too long",
    "prompt too long",
    "exceed context limit",
    "extra usage is required for long context",
    "input is too long",
    "input too long",
    // Gemini
    "input token count",
    // xAI, Poolside, MiniMax, Moonshot, Alibaba
    "maximum prompt length",
    "maximum allowed input length",
    "context window exceeds",
    "exceeded model token limit",
    "range of input length",
    // Text Generation Inference
    "max_new_tokens` must be",
    "must have less than",
    // Groq and OpenAI, of a single request that is more than a minute's tokens
    "request too large for",
];

/// Whether a refusal with these codes and this message is one.
pub(super) fn says_so<'a>(status: u16, codes: impl IntoIterator<Item = &'a str>, message: &str) -> bool {
    if status == 413 || codes.into_iter().any(|code| CODES.contains(&code)) {
        return true;
    }
    // Who is told to slow down is told of tokens too, but not that no wait will help.
    let wordings = if status == 429 { &WORDINGS[WORDINGS.len() - 1..] } else { &WORDINGS[..] };
    let message = message.to_lowercase();
    wordings.iter().any(|wording| message.contains(wording))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::open_ai(
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 8545 tokens."
    )]
    #[case::open_ai_responses(
        "Your input exceeds the context window of this model. Please adjust your input and try again."
    )]
    #[case::vllm(
        "You passed 1015 input tokens and requested 10 output tokens. However, the model's context length is only 1024 tokens"
    )]
    #[case::vllm_engine("The decoder prompt (length 9000) is longer than the maximum model length of 4096.")]
    #[case::sglang("The input (9001 tokens) is longer than the model's context length (8192 tokens).")]
    #[case::mistral("Prompt contains 65673 tokens, too large for model with 32768 maximum context length")]
    #[case::llama_cpp(
        "request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it"
    )]
    #[case::llama_cpp_late("Context size has been exceeded.")]
    #[case::llama_cpp_python("Requested tokens (2285) exceed context window of 2048")]
    #[case::ollama("prompt too long; exceeded max context length by 12 tokens")]
    #[case::ollama_embedding("the input length exceeds the context length")]
    #[case::lm_studio(
        "The number of tokens to keep from the initial prompt is greater than the context length."
    )]
    #[case::anthropic("prompt is too long: 250000 tokens > 200000 maximum")]
    #[case::anthropic_reply("input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000")]
    #[case::gemini("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).")]
    #[case::xai("This model's maximum prompt length is 131072 but the request contains 537812 tokens.")]
    #[case::groq("Please reduce the length of the messages or completion.")]
    #[case::tgi("Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000")]
    #[case::openrouter(
        "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens"
    )]
    fn wordings_are_known(#[case] message: &str) {
        assert!(says_so(400, [], message));
    }

    #[rstest]
    #[case(400, "string_above_max_length", "", true)]
    #[case(500, "exceed_context_size_error", "", true)]
    #[case(413, "", "", true)]
    #[case(
        429,
        "rate_limit_exceeded",
        "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 36000.",
        true
    )]
    #[case(
        429,
        "rate_limit_exceeded",
        "Rate limit reached: reduce the length of the messages or wait.",
        false
    )]
    #[case(
        400,
        "",
        "max_tokens is too large: 9000. This model supports at most 4096 completion tokens.",
        false
    )]
    #[case(400, "invalid_request_error", "'temperature' does not support 0.7 with this model", false)]
    fn codes_and_states_are_known(
        #[case] status: u16,
        #[case] code: &str,
        #[case] message: &str,
        #[case] long: bool,
    ) {
        assert_eq!(says_so(status, [code], message), long);
    }
}
