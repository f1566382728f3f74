"""The simulated gateway as a process, and what it has seen."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from pathlib import Path

LATENCY_MS = 50


class Gateway:
    """A gateway that answers each call after 50 ms, until the block ends."""

    def __init__(self, program: Path, *options: str):
        self.command = [str(program), "--latency-ms", str(LATENCY_MS), *options]

    def __enter__(self) -> Gateway:
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().removeprefix("listening on ").strip()
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()

    def stats(self) -> dict:
        with urllib.request.urlopen(self.url.replace("/v1", "/stats"), timeout=10) as reply:
            return json.load(reply)


def ideal(calls: int, concurrency: int) -> float:
    """The seconds that nobody can beat: full rounds of calls, one after the other."""
    return -(-calls // concurrency) * LATENCY_MS / 1000
