"""One engine's runs: to the end, and killed in the middle and run again."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "documents"))

from engines import Engine
from gateway import Gateway
from measure import Usage, finish, start

LIMIT = 240
"""Seconds after which a run counts as hanging."""


@dataclass(frozen=True)
class Run:
    """What a run took, and what the gateway saw of it."""

    usage: Usage
    stats: dict

    @property
    def seconds(self) -> float:
        """From the first request to the last reply: what it takes to start is not of interest here."""
        return self.stats["span_ms"] / 1000

    @property
    def failed(self) -> str | None:
        if self.usage.code is None:
            return f"hangs: ended after {LIMIT} s"
        return f"ends with {self.usage.code}" if self.usage.code else None


def started(engine: Engine, folder: Path, calls: int, concurrency: int, url: str):
    command = engine.command(folder, calls, concurrency, url)
    log = folder / "log"
    # A group of its own, so that whatever it starts can be killed with it.
    return start(command, output=log, errors=folder / "errors", env=engine.env(folder), group=True), time.monotonic()


def to_the_end(engine: Engine, program: Path, calls: int, concurrency: int, options: list[str] = []) -> Run:
    with tempfile.TemporaryDirectory() as folder, Gateway(program, *options) as gateway:
        process, begun = started(engine, Path(folder), calls, concurrency, gateway.url)
        usage = finish(process, begun, LIMIT)
        return Run(usage, gateway.stats())


def killed(engine: Engine, program: Path, calls: int, concurrency: int) -> Run:
    """Killed as soon as half of its calls are answered, and run again in the same place."""
    with tempfile.TemporaryDirectory() as folder, Gateway(program) as gateway:
        process, begun = started(engine, Path(folder), calls, concurrency, gateway.url)
        while gateway.stats()["answered"] < calls // 2 and process.poll() is None and time.monotonic() - begun < LIMIT:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process, begun = started(engine, Path(folder), calls, concurrency, gateway.url)
        usage = finish(process, begun, LIMIT)
        try:
            # A run that was ended for hanging has children.
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return Run(usage, gateway.stats())
