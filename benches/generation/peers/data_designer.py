"""data_designer.py FOLDER CONCURRENCY URL: a text for each passage, resumed if the folder holds a part of them."""

import json
import sys
from pathlib import Path

# Not this file, which has the library's name.
sys.path.pop(0)

import data_designer.config as dd
from data_designer.interface import DataDesigner, ResumeMode


def main() -> None:
    folder, concurrency, url = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    passages = (folder / "passages.txt").read_text().splitlines()
    seeds = folder / "seeds.jsonl"
    seeds.write_text("".join(json.dumps({"passage": passage}) + "\n" for passage in passages))
    model = dd.ModelConfig(
        alias="teacher",
        model="simulated",
        provider="gateway",
        inference_parameters=dd.ChatCompletionInferenceParams(max_parallel_requests=concurrency),
        skip_health_check=True,
    )
    config = dd.DataDesignerConfigBuilder(model_configs=[model])
    config.with_seed_dataset(dd.LocalFileSeedSource(path=str(seeds)))
    config.add_column(dd.LLMTextColumnConfig(name="text", model_alias="teacher", prompt="Ask one question about this and answer it.\n{{ passage }}"))
    gateway = dd.ModelProvider(name="gateway", endpoint=url, provider_type="openai", api_key="none")
    designer = DataDesigner(artifact_path=folder / "artifacts", model_providers=[gateway])
    designer.create(config, num_records=len(passages), dataset_name="passages", resume=ResumeMode.IF_POSSIBLE)


if __name__ == "__main__":
    main()
