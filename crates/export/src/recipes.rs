//! What training programs want beside a dataset, so that it loads at once.

use model::{ExportFormat, Split};
use serde_json::{Map, Value, json};

use crate::DataFile;

/// LLaMA-Factory's list of datasets.
pub const DATASET_INFO_FILE: &str = "dataset_info.json";
/// The part of an Axolotl configuration that names the data.
pub const AXOLOTL_FILE: &str = "axolotl.yaml";
/// A script for TRL.
pub const TRL_FILE: &str = "trl.py";
/// A script for Unsloth.
pub const UNSLOTH_FILE: &str = "unsloth.py";

/// The names of all configurations that an export may have.
pub(crate) const RECIPE_FILES: [&str; 4] = [DATASET_INFO_FILE, AXOLOTL_FILE, TRL_FILE, UNSLOTH_FILE];

/// The names of the configurations that an export in a format has: a file of preferences has none for Axolotl and
/// LLaMA-Factory, which want these in forms of their own.
pub fn recipe_files(format: ExportFormat) -> &'static [&'static str] {
    match format {
        ExportFormat::Dpo => &RECIPE_FILES[2..],
        ExportFormat::Chatml | ExportFormat::Alpaca | ExportFormat::Sharegpt | ExportFormat::Parquet => {
            &RECIPE_FILES
        }
    }
}

/// Configurations of training programs for an export's data files, by their names; `history`: whether lines of Alpaca
/// have one.
pub fn recipes(format: ExportFormat, history: bool, files: &[DataFile]) -> Vec<(&'static str, String)> {
    let recipe = |name: &'static str| {
        let text = match name {
            DATASET_INFO_FILE => dataset_info(format, history, files),
            AXOLOTL_FILE => axolotl(format, files),
            TRL_FILE => trl(format, files),
            _ => unsloth(format, files),
        };
        (name, text)
    };
    recipe_files(format).iter().copied().map(recipe).collect()
}

/// The name of a data file's part, as training programs have it: data that is not split is to train on.
pub(crate) fn part(split: Option<Split>) -> &'static str {
    split.unwrap_or(Split::Train).as_str()
}

fn dataset_info(format: ExportFormat, history: bool, files: &[DataFile]) -> String {
    let datasets: Map<String, Value> = files
        .iter()
        .map(|(split, file)| {
            let mut info = shape(format, history);
            info["file_name"] = json!(file);
            (part(*split).to_owned(), info)
        })
        .collect();
    format!("{:#}\n", Value::Object(datasets))
}

fn shape(format: ExportFormat, history: bool) -> Value {
    let conversation = |messages, role, content, user, assistant| {
        json!({
            "formatting": "sharegpt",
            "columns": {"messages": messages},
            "tags": {
                "role_tag": role, "content_tag": content,
                "user_tag": user, "assistant_tag": assistant, "system_tag": "system",
            },
        })
    };
    match format {
        ExportFormat::Alpaca => {
            let mut columns = json!({"prompt": "instruction", "query": "input", "response": "output"});
            if history {
                columns["history"] = json!("history");
            }
            json!({"formatting": "alpaca", "columns": columns})
        }
        ExportFormat::Sharegpt => conversation("conversations", "from", "value", "human", "gpt"),
        ExportFormat::Chatml | ExportFormat::Parquet | ExportFormat::Dpo => {
            conversation("messages", "role", "content", "user", "assistant")
        }
    }
}

fn axolotl(format: ExportFormat, files: &[DataFile]) -> String {
    let mut yaml =
        String::from("# The data of an Axolotl configuration: add the base model and how to train it.\n");
    for (split, file) in files {
        let key = if *split == Some(Split::Validation) { "test_datasets" } else { "datasets" };
        let kind = if format == ExportFormat::Alpaca { "alpaca" } else { "chat_template" };
        yaml += &format!(
            "{key}:\n  - path: {file}\n    ds_type: {}\n    split: train\n    type: {kind}\n",
            loader(format)
        );
        let (messages, role, content) = match format {
            ExportFormat::Alpaca => continue,
            ExportFormat::Sharegpt => ("conversations", "from", "value"),
            ExportFormat::Chatml | ExportFormat::Parquet | ExportFormat::Dpo => {
                ("messages", "role", "content")
            }
        };
        yaml += &format!(
            "    field_messages: {messages}\n    message_property_mappings:\n      role: {role}\n      content: {content}\n"
        );
    }
    yaml
}

fn trl(format: ExportFormat, files: &[DataFile]) -> String {
    let template = match format {
        ExportFormat::Dpo => include_str!("../templates/trl_dpo.py"),
        _ => include_str!("../templates/trl.py"),
    };
    fill(template, format, files)
}

fn unsloth(format: ExportFormat, files: &[DataFile]) -> String {
    let template = match format {
        ExportFormat::Dpo => include_str!("../templates/unsloth_dpo.py"),
        _ => include_str!("../templates/unsloth.py"),
    };
    fill(template, format, files)
}

fn fill(template: &str, format: ExportFormat, files: &[DataFile]) -> String {
    let names: Map<String, Value> =
        files.iter().map(|(split, file)| (part(*split).to_owned(), json!(file))).collect();
    let prepare = match format {
        ExportFormat::Alpaca => include_str!("../templates/messages_of_alpaca.py"),
        ExportFormat::Sharegpt => include_str!("../templates/messages_of_sharegpt.py"),
        ExportFormat::Chatml | ExportFormat::Parquet | ExportFormat::Dpo => "",
    };
    template
        .replace("{loader}", loader(format))
        // JSON's strings and objects are Python's too.
        .replace("{files}", &Value::Object(names).to_string())
        .replace("{prepare}", prepare)
}

/// The name of the loader of Hugging Face's `datasets` for a format's files.
fn loader(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Parquet => "parquet",
        ExportFormat::Chatml | ExportFormat::Alpaca | ExportFormat::Sharegpt | ExportFormat::Dpo => "json",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_file;

    #[test]
    fn each_format_has_its_recipes() {
        let mut all = String::new();
        for format in ExportFormat::ALL {
            let parts = [Some(Split::Train), Some(Split::Validation)];
            let files: Vec<_> = parts.into_iter().map(|split| (split, data_file(format, split))).collect();
            for (name, text) in recipes(format, true, &files) {
                assert!(RECIPE_FILES.contains(&name));
                // The scripts differ in few lines: of each pair one is looked at whole.
                if name != UNSLOTH_FILE || format == ExportFormat::Alpaca {
                    all += &format!("--- {} {name}\n{text}", format.as_str());
                }
            }
        }
        insta::assert_snapshot!(all);
    }

    #[test]
    fn what_is_not_split_is_to_train_on() {
        let files = [(None, data_file(ExportFormat::Chatml, None))];
        let recipes = recipes(ExportFormat::Chatml, false, &files);
        assert!(recipes[0].1.starts_with("{\n  \"train\": {"), "{}", recipes[0].1);
        assert!(recipes[2].1.contains(r#"data_files={"train":"dataset.jsonl"}"#), "{}", recipes[2].1);
    }
}
