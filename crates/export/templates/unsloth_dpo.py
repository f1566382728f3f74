"""Aligns a model with the preferences of this dataset, with Unsloth: pip install unsloth."""

from unsloth import FastLanguageModel, PatchDPOTrainer  # before trl

PatchDPOTrainer()

from datasets import load_dataset
from trl import DPOConfig, DPOTrainer

model, tokenizer = FastLanguageModel.from_pretrained("unsloth/Qwen3-0.6B", max_seq_length=4096, load_in_4bit=True)
model = FastLanguageModel.get_peft_model(model, r=16, lora_alpha=16)

dataset = load_dataset("{loader}", data_files={files})
trainer = DPOTrainer(
    model=model,
    processing_class=tokenizer,
    args=DPOConfig(output_dir="output", num_train_epochs=1),
    train_dataset=dataset["train"],
    eval_dataset=dataset.get("validation"),
)
trainer.train()
