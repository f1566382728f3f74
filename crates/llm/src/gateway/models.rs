//! Reading the list of models.

use model::Price;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A model that can be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// Its id.
    pub id: String,
    /// Whose it is, where the gateway says so.
    pub owned_by: Option<String>,
    /// How many tokens prompt and reply may have together, where the gateway says so.
    pub context_length: Option<u64>,
    /// What its tokens cost, where the gateway says so.
    pub price: Option<Price>,
    /// Where the model was found: `gateway`.
    pub source: String,
}

/// The models in a response's body, or why there are none.
pub(super) fn read(body: &[u8]) -> Result<Vec<ModelInfo>, String> {
    let json: Value =
        serde_json::from_slice(body).map_err(|error| format!("the list of models is no JSON: {error}"))?;
    let models = json["data"].as_array().or(json.as_array()).ok_or("the reply is no list of models")?;
    Ok(models.iter().filter_map(info).collect())
}

fn info(listed: &Value) -> Option<ModelInfo> {
    let text = |name: &str| listed[name].as_str().map(str::to_owned);
    // Each server has its own name for it.
    let context_length = ["/context_length", "/context_window", "/max_model_len", "/meta/n_ctx"]
        .iter()
        .find_map(|pointer| listed.pointer(pointer)?.as_u64());
    Some(ModelInfo {
        id: text("id")?,
        owned_by: text("owned_by"),
        context_length,
        price: price(&listed["pricing"]),
        source: "gateway".into(),
    })
}

/// USD per million tokens out of USD per token; a negative price stands for an unknown one.
fn price(pricing: &Value) -> Option<Price> {
    let per_million = |name: &str| {
        let per_token = match &pricing[name] {
            Value::String(text) => text.trim().parse().ok()?,
            number => number.as_f64()?,
        };
        // Rounding takes away what the multiplication leaves behind the last digit.
        let price: f64 = (per_token * 1e12_f64).round() / 1e6;
        (price.is_finite() && price >= 0.0).then_some(price)
    };
    Some(Price { prompt: per_million("prompt")?, completion: per_million("completion")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_read_as_far_as_they_are_told_of() {
        let body = br#"{"data":[
            {"id":"a","owned_by":"x","context_length":4096,"pricing":{"prompt":"0.0000003","completion":0.0000012}},
            {"id":"b","meta":{"n_ctx":2048,"n_ctx_train":8192},"pricing":{"prompt":"-1","completion":"-1"}},
            {"name":"no id"},
            7
        ]}"#;
        let models = read(body).unwrap();
        assert_eq!(models.len(), 2);
        assert_eq!(models[0].price, Some(Price { prompt: 0.3, completion: 1.2 }));
        assert_eq!((models[0].context_length, models[1].context_length), (Some(4096), Some(2048)));
        assert_eq!(models[0].owned_by.as_deref(), Some("x"));
        assert_eq!(models[1].price, None);
        read(b"{}").unwrap_err();
        read(b"<html>").unwrap_err();
    }
}
