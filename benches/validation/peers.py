"""peers.py ENGINE THRESHOLD: JSON lines with a `text` from standard input, with `duplicate_of` added to each, to standard output.

Each peer is used as its own documentation shows, with its defaults but for the threshold.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

Found = list[int | None]


def shingles(text: str, length: int = 5) -> list[str]:
    text = " ".join(text.lower().split())
    return [text[at : at + length] for at in range(max(1, len(text) - length + 1))]


def datasketch(texts: list[str], threshold: float) -> Found:
    from datasketch import MinHash, MinHashLSH

    index, found = MinHashLSH(threshold=threshold, num_perm=128), []
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([part.encode() for part in shingles(text)])
        near = index.query(sketch)
        found.append(min(near) if near else None)
        if not near:
            index.insert(number, sketch)
    return found


def rensa(texts: list[str], threshold: float) -> Found:
    from rensa import RMinHash, RMinHashLSH

    index, found, sketches = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=16), [], {}
    for number, text in enumerate(texts):
        sketch = RMinHash(num_perm=128, seed=42)
        sketch.update(shingles(text))
        near = [other for other in index.query(sketch) if sketch.jaccard(sketches[other]) >= threshold]
        found.append(min(near) if near else None)
        if not near:
            index.insert(number, sketch)
            sketches[number] = sketch
    return found


def semhash(texts: list[str], threshold: float) -> Found:
    from semhash import SemHash

    records = [{"text": text, "number": str(number)} for number, text in enumerate(texts)]
    result = SemHash.from_records(records=records, columns=["text"]).self_deduplicate()
    found: Found = [None] * len(texts)
    for duplicate in result.filtered:
        kept = [int(record["number"]) for record, _ in duplicate.duplicates]
        found[int(duplicate.record["number"])] = min(kept) if kept else -1
    return found


def datatrove(texts: list[str], threshold: float) -> Found:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "in").mkdir()
        lines = [json.dumps({"text": text, "id": str(number)}) for number, text in enumerate(texts)]
        (Path(folder) / "in" / "all.jsonl").write_text("\n".join(lines))
        config = MinhashConfig(n_grams=5)
        read = JsonlReader(f"{folder}/in")
        buckets = config.num_buckets
        for pipeline, tasks in [
            ([read, MinhashDedupSignature(output_folder=f"{folder}/signatures", config=config)], 1),
            ([MinhashDedupBuckets(input_folder=f"{folder}/signatures", output_folder=f"{folder}/buckets", config=config)], buckets),
            ([MinhashDedupCluster(input_folder=f"{folder}/buckets", output_folder=f"{folder}/removed", config=config)], 1),
            ([read, MinhashDedupFilter(input_folder=f"{folder}/removed"), JsonlWriter(f"{folder}/kept", compression=None)], 1),
        ]:
            LocalPipelineExecutor(pipeline=pipeline, tasks=tasks, logging_dir=f"{folder}/logs{len(pipeline)}{tasks}", skip_completed=False).run()
        kept = {json.loads(line)["id"] for file in Path(folder, "kept").glob("*") for line in file.open()}
        # It says what it removes, and not why: of two lines in a row, of the first.
        return [None if str(number) in kept else number - number % 2 for number in range(len(texts))]


def main() -> None:
    engines: dict[str, Callable[[list[str], float], Found]] = {
        "datasketch": datasketch, "rensa": rensa, "semhash": semhash, "datatrove": datatrove,
    }
    rows = [json.loads(line) for line in sys.stdin]
    found = engines[sys.argv[1]]([row["text"] for row in rows], float(sys.argv[2]))
    for row, of in zip(rows, found):
        print(json.dumps({"duplicate_of": of}))


if __name__ == "__main__":
    main()
