use std::str::FromStr;

use clap::{Args, ValueEnum};

/// How the simulated gateway behaves. By default it answers at once, and nothing goes wrong.
#[derive(Debug, Clone, PartialEq, Args)]
pub struct GatewayConfig {
    /// The port on loopback; 0 takes any that is free.
    #[arg(long, default_value_t = Self::default().port)]
    pub port: u16,
    /// The seed of latencies and faults.
    #[arg(long, default_value_t = Self::default().seed)]
    pub seed: u64,
    /// A model: ID, ID,CONTEXT_LENGTH or ID,CONTEXT_LENGTH,PROMPT,COMPLETION with the prices in
    /// USD per token. May be given several times; without it there are `simulated` (priced) and
    /// `simulated-small` (neither price nor context length).
    #[arg(long = "model", value_name = "SPEC")]
    pub models: Vec<ModelSpec>,
    /// The key that each request has to bear; without it any or none will do.
    #[arg(long)]
    pub api_key: Option<String>,
    /// The latency of an answer in milliseconds; with a sigma, the median of the latencies.
    #[arg(long, default_value_t = Self::default().latency_ms)]
    pub latency_ms: u64,
    /// The sigma of log-normal latencies; 0 makes them all the same.
    #[arg(long, default_value_t = Self::default().latency_sigma)]
    pub latency_sigma: f64,
    /// The most requests at once; one more is answered with 429.
    #[arg(long)]
    pub concurrency_limit: Option<u64>,
    /// The most requests in any 60 seconds; one more is answered with 429.
    #[arg(long)]
    pub requests_per_minute: Option<u64>,
    /// The most answers; after them every request is refused with `insufficient_quota`.
    #[arg(long)]
    pub quota: Option<u64>,
    /// What `Retry-After` says, in seconds.
    #[arg(long, default_value_t = Self::default().retry_after_seconds)]
    pub retry_after_seconds: u64,
    /// Refuses a `response_format` of type `json_schema` with 400.
    #[arg(long)]
    pub refuse_schema: bool,
    /// Refuses a `response_format` of type `json_object` with 400.
    #[arg(long)]
    pub refuse_json_mode: bool,
    /// Refuses `tools` with 400.
    #[arg(long)]
    pub refuse_tools: bool,
    /// Obeys what it takes for an instruction to itself, as careless models do: orders outside of the tags that mark
    /// data off, and whatever breaks out of these.
    #[arg(long)]
    pub obedient: bool,
    /// Repeats the rules of its system prompt in its answers.
    #[arg(long)]
    pub leaky: bool,
    /// How it judges pairs where it is asked to.
    #[arg(long, value_enum, default_value_t = Self::default().judge)]
    pub judge: JudgeManner,
    /// How often what goes wrong.
    #[command(flatten)]
    pub faults: FaultRates,
    /// The most faults for one request body, so that it succeeds at last; without it only the
    /// rates decide.
    #[arg(long)]
    pub max_faults_per_body: Option<u32>,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            port: 0,
            seed: 0,
            models: Vec::new(),
            api_key: None,
            latency_ms: 0,
            latency_sigma: 0.0,
            concurrency_limit: None,
            requests_per_minute: None,
            quota: None,
            retry_after_seconds: 1,
            refuse_schema: false,
            refuse_json_mode: false,
            refuse_tools: false,
            obedient: false,
            leaky: false,
            judge: JudgeManner::Honest,
            faults: FaultRates::default(),
            max_faults_per_body: None,
        }
    }
}

/// How a simulated judge judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum JudgeManner {
    /// By what stands in the passage.
    Honest,
    /// All is supported, and the passage's first sentence is the quote for it.
    Agrees,
    /// All is supported, by quotes that stand nowhere.
    MakesUpQuotes,
    /// By what stands in the passage, and half of its replies are garbled.
    Garbles,
    /// It says 0.9 of everything.
    Number,
}

/// The share of attempts, 0 to 1, that meet each fault. An attempt meets at most one, so the rates
/// should not add up to more than 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Args)]
pub struct FaultRates {
    /// 429 with `Retry-After`, as seconds or as a date, and `x-ratelimit-*`.
    #[arg(long = "fault-429", default_value_t, value_name = "RATE")]
    pub rate_limited: f64,
    /// 500.
    #[arg(long = "fault-500", default_value_t, value_name = "RATE")]
    pub internal_error: f64,
    /// 502 with a page of HTML.
    #[arg(long = "fault-502", default_value_t, value_name = "RATE")]
    pub bad_gateway: f64,
    /// 503.
    #[arg(long = "fault-503", default_value_t, value_name = "RATE")]
    pub unavailable: f64,
    /// The connection breaks in the middle of the reply.
    #[arg(long = "fault-reset", default_value_t, value_name = "RATE")]
    pub reset: f64,
    /// No reply ever, until the client gives up.
    #[arg(long = "fault-hang", default_value_t, value_name = "RATE")]
    pub hang: f64,
    /// The JSON is cut, with the finish reason `length`.
    #[arg(long = "fault-truncated", default_value_t, value_name = "RATE")]
    pub truncated: f64,
    /// Prose stands around the JSON.
    #[arg(long = "fault-prose", default_value_t, value_name = "RATE")]
    pub prose: f64,
    /// A code fence stands around the JSON.
    #[arg(long = "fault-fences", default_value_t, value_name = "RATE")]
    pub fences: f64,
    /// The content is empty.
    #[arg(long = "fault-empty", default_value_t, value_name = "RATE")]
    pub empty: f64,
    /// The JSON has nothing to do with the schema.
    #[arg(long = "fault-off-schema", default_value_t, value_name = "RATE")]
    pub off_schema: f64,
    /// The JSON has a comma before every closing bracket.
    #[arg(long = "fault-trailing-commas", default_value_t, value_name = "RATE")]
    pub trailing_commas: f64,
}

/// A model that the gateway offers.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSpec {
    /// Its id.
    pub id: String,
    /// How many tokens prompt and reply may have together, where the list says so; more are refused.
    pub context_length: Option<u64>,
    /// USD per prompt and per completion token as decimal numbers, where the list says so.
    pub pricing: Option<(String, String)>,
}

impl ModelSpec {
    /// The models of a gateway that is told of none.
    pub(super) fn defaults() -> Vec<Self> {
        vec![
            Self {
                id: "simulated".into(),
                context_length: Some(32_768),
                pricing: Some(("0.0000005".into(), "0.0000015".into())),
            },
            Self { id: "simulated-small".into(), context_length: None, pricing: None },
        ]
    }
}

/// Why a text names no model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelSpecError;

impl std::fmt::Display for ModelSpecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("expected ID, ID,CONTEXT_LENGTH or ID,CONTEXT_LENGTH,PROMPT,COMPLETION")
    }
}

impl std::error::Error for ModelSpecError {}

impl FromStr for ModelSpec {
    type Err = ModelSpecError;

    fn from_str(text: &str) -> Result<Self, ModelSpecError> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let context = |length: &str| length.parse().map(Some).map_err(|_| ModelSpecError);
        let price = |price: &str| price.parse::<f64>().map(|_| price.to_owned()).map_err(|_| ModelSpecError);
        let (id, context_length, pricing) = match *parts.as_slice() {
            [id] => (id, None, None),
            [id, length] => (id, context(length)?, None),
            [id, length, prompt, completion] => {
                (id, context(length)?, Some((price(prompt)?, price(completion)?)))
            }
            _ => return Err(ModelSpecError),
        };
        if id.is_empty() {
            return Err(ModelSpecError);
        }
        Ok(Self { id: id.into(), context_length, pricing })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_read_from_its_parts() {
        let spec: ModelSpec = "m, 4096, 0.1, 0.2".parse().unwrap();
        assert_eq!(spec.context_length, Some(4096));
        assert_eq!(spec.pricing, Some(("0.1".into(), "0.2".into())));
        assert_eq!("m".parse::<ModelSpec>().unwrap().pricing, None);
        for wrong in ["", ",1", "m,x", "m,1,2", "m,1,a,b"] {
            assert_eq!(wrong.parse::<ModelSpec>(), Err(ModelSpecError), "{wrong}");
        }
    }
}
