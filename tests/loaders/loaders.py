"""Exports every format of every type, and has each read by what its users read it with. Argument: the program."""

from __future__ import annotations

import ast
import json
import os
import sys
import tempfile
import types
from pathlib import Path

# Nothing is looked up on a hub.
os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")

import datasets  # noqa: E402
import yaml  # noqa: E402

import factory  # noqa: E402
from program import Server  # noqa: E402

TYPES = ("qa", "instruction", "conversation", "summary", "classification")
SPLITS = {"validation": 0.25, "seed": 1}
datasets.disable_progress_bars()


def load(file: Path):
    """A data file as Hugging Face's datasets has it."""
    kind = "parquet" if file.suffix == ".parquet" else "json"
    return datasets.load_dataset(kind, data_files=str(file), split="train", cache_dir=str(file.parent / ".cache"))


def messages_of(row: dict) -> list[dict]:
    """A row of any format but preferences as messages."""
    if "messages" in row:
        return row["messages"]
    if "conversations" in row:
        roles = {"system": "system", "human": "user", "gpt": "assistant"}
        return [{"role": roles[said["from"]], "content": said["value"]} for said in row["conversations"]]
    exchanges = [*(row.get("history") or [])]
    question = "\n\n".join(part for part in (row["instruction"], row["input"]) if part)
    exchanges.append([question, row["output"]])
    return [{"role": role, "content": text} for one in exchanges for role, text in zip(("user", "assistant"), one)]


def check_openai(rows: list[dict]) -> None:
    """The rules of OpenAI's fine-tuning: at least ten examples, each of messages with a role and a content, the last of them the assistant's."""
    assert len(rows) >= 10, len(rows)
    for row in rows:
        assert set(row) == {"messages"}, row
        for at, message in enumerate(row["messages"]):
            assert set(message) == {"role", "content"}, message
            assert message["role"] in ("system", "user", "assistant"), message
            assert message["role"] != "system" or at == 0, row
            assert isinstance(message["content"], str) and message["content"].strip(), row
        assert row["messages"][-1]["role"] == "assistant", row


def check_factory(folder: Path, part: str, data, expected: list[list[dict]]) -> None:
    read = factory.read(folder, part, data)
    for row, messages in zip(read, expected, strict=True):
        system = [said["content"] for said in messages if said["role"] == "system"]
        said = [said for said in messages if said["role"] != "system"]
        assert row["_prompt"] and row["_response"], f"{part}: skipped as abnormal: {messages}"
        assert row["_system"] == (system[0] if system else ""), row
        assert row["_response"] == said[-1:], (row, said)
        # It puts a single line end between an instruction and its input.
        flat = lambda messages: [{**one, "content": one["content"].replace("\n\n", "\n")} for one in messages]  # noqa: E731
        assert flat(row["_prompt"]) == flat(said[:-1]), (row, said)


def check_axolotl(folder: Path, export: dict) -> None:
    config = yaml.safe_load((folder / "axolotl.yaml").read_text())
    parts = [config["datasets"][0], *config.get("test_datasets", [])]
    assert len(parts) == max(1, len(export["splits"])), config
    for part in parts:
        row = load(folder / part["path"])[0]
        if part["type"] == "alpaca":
            assert {"instruction", "input", "output"} <= set(row), row
            continue
        said = row[part["field_messages"]][0]
        assert set(part["message_property_mappings"].values()) == set(said), (part, said)


class Stopped(Exception):
    """Where a script would begin to train."""


def check_script(folder: Path, name: str) -> None:
    """Runs a script up to the training: its data is what the trainer would have."""
    given = {}

    def trainer(**arguments):
        given.update(arguments)
        raise Stopped

    anything = lambda *_, **__: types.SimpleNamespace()  # noqa: E731
    tokenizer = types.SimpleNamespace(apply_chat_template=lambda messages, **_: json.dumps(messages))
    model = types.SimpleNamespace(
        from_pretrained=lambda *_, **__: (None, tokenizer), get_peft_model=lambda model, **_: model
    )
    trl = dict(SFTConfig=anything, DPOConfig=anything, SFTTrainer=trainer, DPOTrainer=trainer)
    sys.modules["trl"] = types.SimpleNamespace(**trl)
    sys.modules["unsloth"] = types.SimpleNamespace(FastLanguageModel=model, PatchDPOTrainer=anything)
    text = (folder / name).read_text()
    ast.parse(text)
    before = os.getcwd()
    os.chdir(folder)
    try:
        exec(compile(text, name, "exec"), {})  # noqa: S102
    except Stopped:
        pass
    finally:
        os.chdir(before)
    row = given["train_dataset"][0]
    wanted = {"prompt", "chosen", "rejected"} if "DPO" in text else {"text"} if name == "unsloth.py" else {"messages"}
    assert set(row) == wanted, (name, row)


def check_card(folder: Path, export: dict) -> None:
    """The hub's loader reads the parts that the card's metadata names."""
    card = (folder / "README.md").read_text()
    metadata = yaml.safe_load(card.split("---\n")[1])
    assert metadata["size_categories"] == ["n<1K"] and metadata["task_categories"], metadata
    for part in metadata["configs"][0]["data_files"]:
        rows = load(folder / part["path"]).num_rows
        split = next((split for split in export["splits"] if split["name"] == part["split"]), None)
        assert rows == (split["pairs"] if split else export["pairs"]), part


def check_preferences(server: Server, project: str, kind: str) -> None:
    export, folder = server.export(project, format="dpo")
    rows = load(folder / "dataset.jsonl").to_list()
    assert len(rows) == export["pairs"] > 0, kind
    for row in rows:
        assert row["prompt"][-1]["role"] == "user", row
        assert [said["role"] for said in row["chosen"] + row["rejected"]] == ["assistant"] * 2, row
        assert row["chosen"] != row["rejected"], row
    for script in ("trl.py", "unsloth.py"):
        check_script(folder, script)


def main(program: str) -> None:
    with tempfile.TemporaryDirectory() as home, Server(program, home) as server:
        for kind in TYPES:
            project = server.project(kind)
            reference = None
            for form in ("chatml", "alpaca", "sharegpt", "parquet"):
                for splits in (None, SPLITS):
                    export, folder = server.export(project, format=form, splits=splits, include_system_prompts=form != "alpaca")
                    ending = "parquet" if form == "parquet" else "jsonl"
                    parts = ["train", "validation"] if splits else ["dataset"]
                    loaded = {part: load(folder / f"{part}.{ending}") for part in parts}
                    rows = [row for data in loaded.values() for row in data.to_list()]
                    assert len(rows) == export["pairs"], (kind, form)
                    said = sorted(json.dumps([one for one in messages_of(row) if one["role"] != "system"]) for row in rows)
                    reference = reference or said
                    assert said == reference, f"{kind} as {form} says something else than as chatml"
                    for part, data in loaded.items():
                        name = "train" if part == "dataset" else part
                        check_factory(folder, name, data, [messages_of(row) for row in data])
                    check_axolotl(folder, export)
                    check_card(folder, export)
                    for script in ("trl.py", "unsloth.py"):
                        check_script(folder, script)
                    if form == "chatml" and not splits:
                        check_openai(rows)
            check_preferences(server, project, kind)
            print(f"{kind}: {len(reference)} pairs, the same in every format and to every reader")


main(sys.argv[1])
