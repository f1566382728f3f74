"""Fine-tunes a model on this dataset with TRL: pip install trl datasets."""

from datasets import load_dataset
from trl import SFTConfig, SFTTrainer

MODEL = "Qwen/Qwen3-0.6B"  # any causal language model with a chat template

dataset = load_dataset("{loader}", data_files={files})
{prepare}
trainer = SFTTrainer(
    model=MODEL,
    args=SFTConfig(output_dir="output", num_train_epochs=3),
    train_dataset=dataset["train"],
    eval_dataset=dataset.get("validation"),
)
trainer.train()
