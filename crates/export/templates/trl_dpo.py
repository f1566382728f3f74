"""Aligns a model with the preferences of this dataset, with TRL: pip install trl datasets."""

from datasets import load_dataset
from trl import DPOConfig, DPOTrainer

MODEL = "Qwen/Qwen3-0.6B"  # any causal language model with a chat template

dataset = load_dataset("{loader}", data_files={files})
trainer = DPOTrainer(
    model=MODEL,
    args=DPOConfig(output_dir="output", num_train_epochs=1),
    train_dataset=dataset["train"],
    eval_dataset=dataset.get("validation"),
)
trainer.train()
