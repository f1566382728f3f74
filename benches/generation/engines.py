"""Ours and the peers: how each is given passages, and the command that makes a call for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


def passages(calls: int) -> list[str]:
    """Texts of three sentences: enough for a chunk of its own everywhere, and none like another."""
    return [
        f"Valve {at} of the pump opens at {100 + at} bar when channel {at % 7} is idle and the pressure before the seat has been stable for {at % 50 + 3} "
        f"seconds. It closes after {at % 90 + 2} seconds or when the sensor of line {at % 13} reports more than {at + 40} degrees for longer than the filter "
        f"allows. Its seat is part number {7000 + at} and is changed every {at % 40 + 10} weeks together with the ring, the spring and the filter of line "
        f"{at % 13}."
        for at in range(calls)
    ]


@dataclass(frozen=True)
class Engine:
    """One contestant."""

    name: str
    program: Path

    def command(self, folder: Path, calls: int, concurrency: int, url: str) -> list:
        """Writes the passages to a folder and gives back the command over them; run again there, it goes on as far as it can."""
        raise NotImplementedError

    def env(self, folder: Path) -> dict:
        return {}


class Ours(Engine):
    def command(self, folder: Path, calls: int, concurrency: int, url: str) -> list:
        sections = [f"## Valve {at}\n\n{text}\n\n" for at, text in enumerate(passages(calls))]
        # Documents of a size that people have.
        for first in range(0, calls, 500):
            path = folder / f"docs/pump-{first}.md"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"# The pump, part {first}\n\n{''.join(sections[first : first + 500])}")
        output = folder / "dataset.jsonl"
        flags = ["--model", "simulated", "--max-concurrency", concurrency, "--pairs-per-chunk", 1, "--judge", "none",
                 "--gateway-url", url]
        return [self.program, "run", folder / "docs", "-o", output, "--data-dir", folder / "data", *flags]


class SyntheticDataKit(Engine):
    def command(self, folder: Path, calls: int, concurrency: int, url: str) -> list:
        texts = passages(calls)
        (folder / "pump.txt").write_text("\n\n".join(texts))
        endpoint = f"api-endpoint:\n  api_base: {url}\n  api_key: none\n  model: simulated\n  max_retries: 3\n  retry_delay: 1.0\n"
        size = max(map(len, texts))
        limits = f"generation:\n  chunk_size: {size}\n  overlap: 0\n  batch_size: {concurrency}\n  single_call_max_size: 1\n"
        (folder / "config.yaml").write_text(
            f"llm:\n  provider: api-endpoint\n{endpoint}{limits}prompts:\n  summary: Summarize.\n"
            '  qa_generation: "Create one question and its answer from this text, as JSON.\\n\\n{text}"\n'
        )
        # More pairs than there can be, so that it does not stop before the last chunk.
        flags = ["--type", "qa", "-n", 1_000_000, "-o", folder / "out"]
        return [self.program, "-c", folder / "config.yaml", "create", folder / "pump.txt", *flags]


class Script(Engine):
    """A peer that is a library: a script of ours uses it as its documentation does."""

    def command(self, folder: Path, calls: int, concurrency: int, url: str) -> list:
        (folder / "passages.txt").write_text("\n".join(passages(calls)))
        script = HERE / "peers" / f"{self.name.replace('-', '_')}.py"
        return [self.program, "-B", script, folder, concurrency, url]

    def env(self, folder: Path) -> dict:
        return {"HOME": str(folder), "HF_HUB_OFFLINE": "1", "OPENAI_API_KEY": "none", "NEMO_TELEMETRY_ENABLED": "false"}


def engines(ours: Path, venvs: Path) -> tuple[list[Engine], list[str]]:
    """Those that are there, and the names of those that are not."""
    peers = [
        SyntheticDataKit("synthetic-data-kit", venvs / "synthetic-data-kit/bin/synthetic-data-kit"),
        Script("data-designer", venvs / "data-designer/bin/python"),
        Script("distilabel", venvs / "distilabel/bin/python"),
    ]
    there = [peer for peer in peers if (venvs / peer.name / "installed").exists()]
    return [Ours("ours", ours), *there], [peer.name for peer in peers if peer not in there]
