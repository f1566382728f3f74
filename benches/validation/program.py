"""A filter over JSON lines: what comes out, and what it takes."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "documents"))

from measure import Usage, run


@dataclass(frozen=True)
class Filtered:
    """The lines that came out, and what that took."""

    lines: list[dict]
    usage: Usage


class Failed(Exception):
    """A filter that did not end well."""


def filtered(command: list, rows: list[dict] | Path, timeout: float = 1800) -> Filtered:
    """What a command makes of rows on its standard input."""
    with tempfile.TemporaryDirectory() as folder:
        source, output, errors = (Path(folder) / name for name in ("source", "output", "errors"))
        if isinstance(rows, Path):
            source = rows
        else:
            source.write_text("".join(json.dumps(row) + "\n" for row in rows))
        usage = run(command, timeout, source=source, output=output, errors=errors)
        if usage.code != 0:
            said = errors.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing"]
            raise Failed(f"ended with {usage.code} and said: {said[0][:300]}")
        with output.open() as lines:
            return Filtered([json.loads(line) for line in lines], usage)
