"""Fine-tunes a model on this dataset with Unsloth: pip install unsloth."""

from unsloth import FastLanguageModel  # before trl
from datasets import load_dataset
from trl import SFTConfig, SFTTrainer

model, tokenizer = FastLanguageModel.from_pretrained("unsloth/Qwen3-0.6B", max_seq_length=4096, load_in_4bit=True)
model = FastLanguageModel.get_peft_model(model, r=16, lora_alpha=16)

dataset = load_dataset("{loader}", data_files={files})
{prepare}

def as_text(row):
    return {"text": tokenizer.apply_chat_template(row["messages"], tokenize=False)}


dataset = dataset.map(as_text, remove_columns=dataset["train"].column_names)
trainer = SFTTrainer(
    model=model,
    processing_class=tokenizer,
    args=SFTConfig(output_dir="output", num_train_epochs=3, dataset_text_field="text"),
    train_dataset=dataset["train"],
    eval_dataset=dataset.get("validation"),
)
trainer.train()
