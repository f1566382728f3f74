//! `data-forge models`.

use ::generate::BUILTIN;
use serde_json::json;

use crate::{
    args::{Common, ModelsArgs},
    failure::{Exit, Outcome},
    printer::Printer,
    settings::Settings,
    wiring,
};

/// Prints what the gateway offers, and the built-in teacher.
pub(crate) async fn run(args: &ModelsArgs, common: &Common, printer: &Printer) -> Outcome<Exit> {
    let settings = Settings::load(common)?;
    let models = match wiring::gateway(&settings).await? {
        Some(gateway) => gateway.models().await?,
        None => {
            printer.note("no gateway is set and no Ollama answers: there is the built-in teacher alone");
            Vec::new()
        }
    };
    if args.json {
        let builtin = json!({"id": BUILTIN, "owned_by": "data-forge", "source": "builtin"});
        let items = models.iter().map(|model| json!(model)).chain([builtin]);
        printer.data(json!({ "items": items.collect::<Vec<_>>() }).to_string())?;
        return Ok(Exit::Done);
    }
    for model in &models {
        let price = match model.price {
            Some(price) => format!("  {} / {} USD per million tokens", price.prompt, price.completion),
            None => String::new(),
        };
        let context = model.context_length.map_or(String::new(), |tokens| format!("  {tokens} tokens"));
        printer.data(format!("{}{context}{price}", model.id))?;
    }
    printer.data(format!("{BUILTIN}  offline, for trying out and CI, not for training"))?;
    Ok(Exit::Done)
}
