"""LLaMA-Factory's own reader of dataset_info.json and of lines. It takes a few constants and switches of modules that import
torch and transformers, which nothing here needs: those are stood in for, and the reader itself is as it is installed."""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path

FOLDER = Path(importlib.util.find_spec("llamafactory").origin).parent


def package(name: str) -> None:
    module = types.ModuleType(name)
    module.__path__ = [str(FOLDER.joinpath(*name.split(".")[1:]))]
    sys.modules[name] = module


def stand_in(name: str, **values: object) -> None:
    module = types.ModuleType(name)
    module.__dict__.update(values)
    sys.modules[name] = module


for name in ("llamafactory", "llamafactory.extras", "llamafactory.data"):
    package(name)
stand_in("llamafactory.extras.constants", DATA_CONFIG="dataset_info.json", RUNNING_LOG="running_log.txt")
stand_in("llamafactory.extras.misc", use_modelscope=lambda: False, use_openmind=lambda: False)

from llamafactory.data.converter import get_dataset_converter  # noqa: E402
from llamafactory.data.parser import get_dataset_list  # noqa: E402


def read(folder: Path, part: str, rows) -> list[dict]:
    """The rows of a part as LLaMA-Factory has them: `_prompt`, `_response`, `_system`."""
    [attributes] = get_dataset_list([part], str(folder))
    assert (folder / attributes.dataset_name).exists(), attributes.dataset_name
    convert = get_dataset_converter(attributes.formatting, attributes, types.SimpleNamespace(media_dir=""))
    return [convert(row) for row in rows]
