"""Our program and the peers, as commands over files: what each reads, and what it takes."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import measure

ROOT = Path(__file__).resolve().parents[2]
_PEERS = Path(__file__).with_name("peers.py")


@dataclass(frozen=True)
class Bench:
    """What all of a run has in common."""

    program: Path
    corpus: Path
    rounds: int
    work: Path

    def files(self, pattern: str) -> list[Path]:
        """The corpus's files of a pattern, in order."""
        return sorted(path for path in self.corpus.glob(pattern) if path.is_file())

    def scratch(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.work))


class Ours:
    """Data Forge, through its command line."""

    name = "Data Forge"

    def __init__(self, bench: Bench, form: str | None = "text"):
        self._bench = bench
        self._command = [bench.program, "parse", *(["--format", form] if form else [])]
        # One word: what is loaded once, such as a tokenizer's vocabulary, is loaded for it too.
        self._nothing = bench.work / "nothing.txt"
        self._nothing.write_text("Word\n", encoding="utf8")

    def command(self, files: list[Path]) -> list:
        return [*self._command, *files]

    def contestant(self, files: list[Path]) -> measure.Contestant:
        output = self._bench.work / "output"
        return measure.Contestant(
            lambda: measure.one_core(self.command(files), output=output), lambda: measure.one_core(self.command([self._nothing]))
        )

    def texts(self, files: list[Path]) -> list[str]:
        """What it prints for each file, each run alone; of one that it cannot read, nothing."""
        found, output = [], self._bench.work / "output"
        for path in files:
            measure.run(self.command([path]), output=output)
            found.append(output.read_text(encoding="utf8").removesuffix("\n"))
        return found

    def documents(self, files: list[Path]) -> list[dict]:
        """The documents as JSON; of one that it cannot read, an empty one."""
        return [json.loads(text) if text else {"text": "", "blocks": [], "chunks": []} for text in self.texts(files)]


class Peer:
    """A package from PyPI, run by peers.py."""

    def __init__(self, bench: Bench, engine: str, name: str | None = None, rounds: int | None = None):
        self.name = name or engine
        self._bench, self._engine, self._rounds = bench, engine, rounds
        self._output = bench.scratch()
        self.present = measure.run([sys.executable, _PEERS, engine]).code == 0

    def _cpu(self, files: list[Path]) -> float:
        return measure.one_core([sys.executable, _PEERS, self._engine, *([self._output, *files] if files else [])])

    def contestant(self, files: list[Path]) -> measure.Contestant:
        return measure.Contestant(lambda: self._cpu(files), lambda: self._cpu([]), self._rounds)

    def texts(self, files: list[Path]) -> list[str]:
        """What it wrote in its last timed run over these files."""
        written = [self._output / f"{number}.txt" for number in range(len(files))]
        return [path.read_text(encoding="utf8") if path.exists() else "" for path in written]


def present(peers: list[Peer], report) -> list[Peer]:
    """Those that are installed; the others are named in the report."""
    for peer in peers:
        if not peer.present:
            report.note(f"Left out, not installed here: {peer.name}.")
    return [peer for peer in peers if peer.present]
