"""Each type of pairs by a real small model: every pair that is stored is valid, and whatever failed shows the model's reply; see `run`."""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path

from api import Server

TYPES = ["qa", "instruction", "conversation", "summary", "classification"]
LABELS = ["Operation", "Care", "Trouble"]

SECTIONS = [
    ("Filling the tank", "Open the lid and fill the tank of the Aurora kettle with cold water. The tank holds 1.2 litres. Never fill it above the red mark, since boiling water runs over. Close the lid until it clicks. The kettle starts only when the lid is closed."),
    ("Descaling", "Descale the Aurora kettle once a month. Mix 200 ml of white vinegar with 800 ml of water, pour it into the tank and boil it twice. Let it stand for 30 minutes, then rinse the tank three times with clear water. Limescale makes the kettle slow and loud."),
    ("The lamp blinks", "If the lamp blinks red, the kettle has been switched on without water. Switch it off, let it cool down for ten minutes and fill the tank. If the lamp still blinks, the thermostat is broken and has to be replaced by a workshop."),
    ("Temperature", "Turn the wheel to choose the temperature. Green tea is made with water of 70 degrees, black tea with water of 95 degrees. The kettle keeps the temperature for 20 minutes. It beeps twice when the water is ready."),
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/llm/run")
    parser.add_argument("types", nargs="*", metavar="TYPE", help=f"of {', '.join(TYPES)}; without any, all")
    parser.add_argument("--program", type=Path, help="a built data-forge; without it, one is built")
    parser.add_argument("--sections", type=int, default=len(SECTIONS), help="so many chunks a type")
    parser.add_argument("--model", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--log", type=Path, required=True, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if unknown := set(chosen.types) - set(TYPES):
        parser.error(f"no type named {', '.join(sorted(unknown))}")
    chosen.log.mkdir(parents=True, exist_ok=True)
    faults, made = [], 0
    with tempfile.TemporaryDirectory() as folder, Model(chosen.model, chosen.log) as model, Server(chosen.program.resolve(), Path(folder), model.url) as server:
        project = "/projects/" + server.post("/projects", {"name": "Aurora"})["id"]
        # Sections far apart enough in size that each is a chunk of its own.
        text = "# Aurora kettle\n\n" + "".join(f"## {title}\n\n{body} {body.replace('Aurora', 'Aurora 2')}\n\n" for title, body in SECTIONS[: chosen.sections])
        server.post(f"{project}/documents", {"filename": "aurora.md", "text": text})
        server.ended(server.post(f"{project}/parse", {})["id"])
        chunks = {chunk["id"]: chunk for chunk in server.all(f"{project}/chunks")}
        for kind in chosen.types or TYPES:
            begun = time.monotonic()
            config = {"pairs_per_chunk": 1, "max_concurrency": 2} | ({"labels": LABELS} if kind == "classification" else {})
            body = {"teacher_model": "small", "generation_type": kind, "temperature": 0.2, "config": config}
            generation = server.ended(server.post(f"{project}/generate", body)["id"])
            pairs = [pair for pair in server.all(f"{project}/pairs") if pair["generation_id"] == generation["id"]]
            failures = server.all(f"/generations/{generation['id']}/failures")
            log = {"generation": generation, "pairs": pairs, "failures": failures}
            (chosen.log / f"{kind}.json").write_text(json.dumps(log, indent=1, ensure_ascii=False))
            found = [f"{kind}: {fault}" for fault in [*of_run(generation, chunks, pairs, failures), *(fault for pair in pairs for fault in of_pair(kind, pair, chunks))]]
            faults += found
            made += len(pairs)
            usage = generation["usage"]
            flags = Counter(flag["code"] for pair in pairs for flag in pair["flags"])
            print(
                f"{kind}: {len(pairs)} pairs and {len(failures)} failures from {len(chunks)} chunks, {usage['requests']} calls, {usage['completion_tokens']} tokens, "
                f"{time.monotonic() - begun:.0f} s; {dict(flags) or 'no flags'}; {len(found)} faults",
                flush=True,
            )
            for failure in failures:
                print(f"  failed: {failure['reason']}: {failure['raw_reply']!r:.200}", flush=True)
    for fault in faults:
        print(f"FAULT {fault}")
    if made == 0:
        print("FAULT the model made no pair at all, so that nothing is shown")
    return 1 if faults or not made else 0


def of_run(generation: dict, chunks: dict, pairs: list[dict], failures: list[dict]):
    """What a run lacks: each chunk is done or failed, and what failed on a reply shows it."""
    if generation["status"] not in ("completed", "failed") or generation["status"] == "failed" and pairs:
        yield f"it is {generation['status']}: {generation['error']}"
    if generation["chunks_processed"] != len(chunks) or generation["chunks_failed"] != len(failures):
        yield f"{generation['chunks_processed']} of {len(chunks)} chunks, {generation['chunks_failed']} failed and {len(failures)} shown"
    if generation["usage"]["requests"] < len(chunks) or not generation["usage"]["prompt_tokens"]:
        yield f"its usage is {generation['usage']}"
    for failure in failures:
        if not failure["reason"] or "reply" in failure["reason"] and failure["raw_reply"] is None:
            yield f"a failure without its reply: {failure}"


def of_pair(kind: str, pair: dict, chunks: dict):
    """What a pair lacks."""
    chunk = chunks[pair["chunk_id"]]["text"]
    if not pair["question"].strip() or not pair["answer"].strip() or pair["question"] == pair["answer"]:
        yield f"no question or answer: {pair['id']}"
    if pair["generation_type"] != kind or pair["quality_score"] is None:
        yield f"not scored: {pair['id']}"
    # JSON, tags of the prompt and marks of a chat have no place in a pair.
    said = [pair["question"], pair["answer"], *(turn["content"] for turn in pair["turns"])]
    for text in said:
        if any(mark in text for mark in ("<passage", "<|", '{"pairs"', '"question":')):
            yield f"words of the prompt in {pair['id']}: {text[:200]}"
    if kind == "conversation":
        roles = [turn["role"] for turn in pair["turns"]]
        if not roles or roles != ["user", "assistant"] * (len(roles) // 2):
            yield f"turns out of order: {roles}"
        if [pair["question"], pair["answer"]] != [turn["content"] for turn in pair["turns"][:2]]:
            yield "question and answer are not the first turns"
    if kind == "summary" and pair["context"] != chunk:
        yield "a summary without its passage"
    if kind == "classification" and (pair["answer"] not in LABELS or pair["context"] not in chunk):
        yield f"label {pair['answer']!r} of {pair['context'][:100]!r}"
    for evidence in pair["evidence"]:
        if not 0 <= evidence["chunk_start"] < evidence["chunk_end"] <= len(chunk) or evidence["answer_end"] > len(pair["answer"]):
            yield f"evidence outside of its text: {evidence}"


class Model:
    """The model's server, until the block ends."""

    def __init__(self, path: Path, log: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self.path, self.log = path, log / "server.log"

    def __enter__(self) -> Model:
        script = Path(__file__).with_name("model_server.py")
        with self.log.open("w") as log:
            self.process = subprocess.Popen([sys.executable, "-B", script, self.path, str(self.port)], stdout=log, stderr=log)
        until = time.monotonic() + 120
        while time.monotonic() < until and self.process.poll() is None:
            try:
                # 503 while the model is loaded.
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5).close()
                return self
            except OSError:
                time.sleep(0.2)
        raise SystemExit(f"the model's server did not start: see {self.log}")

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()


if __name__ == "__main__":
    sys.exit(main())
