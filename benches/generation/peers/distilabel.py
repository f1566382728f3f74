"""distilabel.py FOLDER CONCURRENCY URL: a text for each passage, with the pipeline's cache in the folder."""

import sys
from pathlib import Path

# Not this file, which has the library's name.
sys.path.pop(0)

from distilabel.models import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import TextGeneration


def main() -> None:
    folder, concurrency, url = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    rows = [{"instruction": passage} for passage in (folder / "passages.txt").read_text().splitlines()]
    with Pipeline(name="passages", cache_dir=folder / "cache") as pipeline:
        load = LoadDataFromDicts(data=rows, batch_size=concurrency)
        # Its requests at once are those of a batch.
        llm = OpenAILLM(model="simulated", base_url=url, api_key="none")
        load >> TextGeneration(llm=llm, input_batch_size=concurrency)
    print(len(pipeline.run(use_cache=True)["default"]["train"]))


if __name__ == "__main__":
    main()
