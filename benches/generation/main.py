"""Ours and each peer make the same calls against the same simulated gateway; see `run`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from engines import Engine, Ours, engines
from gateway import ideal
from measured import killed, to_the_end
from report import Report

ROOT = Path(__file__).resolve().parents[2]

CALLS, CONCURRENCY = 1_000, 32
FEW = 2 * CONCURRENCY


def peers(chosen: argparse.Namespace) -> Report:
    report = Report(f"{CALLS} calls of 50 ms, {CONCURRENCY} at once", ["× ideal", "CPU ms a call", "calls paid", "paid after a kill"])
    there, missing = engines(chosen.program, chosen.venvs)
    for engine in there:
        few = to_the_end(engine, chosen.gateway, FEW, CONCURRENCY)
        full = to_the_end(engine, chosen.gateway, CALLS, CONCURRENCY)
        again = killed(engine, chosen.gateway, CALLS, CONCURRENCY)
        # What it takes to start is in both.
        cpu = (full.usage.cpu - few.usage.cpu) / (CALLS - FEW) * 1000
        times = full.seconds / ideal(CALLS, CONCURRENCY)
        report.row(engine.name, times, cpu, full.stats["answered"], again.stats["answered"])
        for what, run in (("", full), (" after the kill", again)):
            if run.failed:
                report.note(f"{engine.name}{what} {run.failed}.")
        if isinstance(engine, Ours):
            report.at_most("ours: × ideal", times, 1.10)
            report.at_most("ours: CPU ms a call", cpu, 1.0)
            report.at_most("ours: calls paid after a kill", again.stats["answered"], CALLS + CONCURRENCY)
            report.at_most("ours: answered requests asked again", again.stats["repeats"], CONCURRENCY)
    for name in missing:
        report.note(f"{name} is left out: it cannot be installed here.")
    return report


def scale(chosen: argparse.Namespace) -> Report:
    """Ours alone: more calls at once, and memory that does not grow with the run."""
    report = Report("Ours, larger", ["calls", "at once", "× ideal", "CPU ms a call", "peak MB"], first="run")
    ours = Ours("ours", chosen.program)
    peaks = []
    for calls, concurrency in [(1_000, 256), (10_000, 256)] + ([(100_000, 256)] if chosen.large else []):
        run = to_the_end(ours, chosen.gateway, calls, concurrency)
        times, peak = run.seconds / ideal(calls, concurrency), run.usage.peak / 1e6
        peaks.append(peak)
        report.row(f"{calls}", calls, concurrency, times, run.usage.cpu / calls * 1000, peak)
        if calls == 10_000:
            report.at_most("10,000 calls, 256 at once: × ideal", times, 1.25)
        if run.failed:
            report.note(f"{calls} calls: {run.failed}.")
    report.at_most("peak memory of the largest run by that of the smallest", peaks[-1] / peaks[0], 1.25)
    return report


FAULTS = {"429": 0.05, "500": 0.02, "reset": 0.01, "hang": 0.01, "truncated": 0.03, "prose": 0.03, "empty": 0.01}


def faults(chosen: argparse.Namespace) -> Report:
    """Ours alone, against a gateway where everything goes wrong that does."""
    report = Report("Ours, with faults and room for 64", ["× ideal", "requests", "refusals beyond the injected", "repeats"], first="run")
    calls, concurrency = 1_000, 128
    options = [word for name, rate in FAULTS.items() for word in (f"--fault-{name}", str(rate))]
    engine = Hasty("ours", chosen.program)
    run = to_the_end(engine, chosen.gateway, calls, concurrency, [*options, "--concurrency-limit", "64"])
    stats = run.stats
    # The first round trip finds out about the limit.
    refused = stats["by_status"].get("429", 0) - stats["faults"].get("rate_limited", 0) - (concurrency - 64)
    report.row("faults", run.seconds / ideal(calls, 64), stats["requests"], max(refused, 0), stats["repeats"])
    report.at_most("refusals beyond the injected ones after the first round trip, of all requests", max(refused, 0) / stats["requests"], 0.03)
    report.at_most("answered requests asked again", stats["repeats"], 0)
    report.at_most("exit code: all done (0) or the rest named (3)", 0 if run.usage.code in (0, 3) else 1, 0)
    return report


class Hasty(Ours):
    """Takes what hangs for lost after 5 seconds."""

    def command(self, *about) -> list:
        return [*super().command(*about), "--request-timeout", 5]


SETS: dict[str, Callable[[argparse.Namespace], Report]] = {"peers": peers, "scale": scale, "faults": faults}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches/generation/run", description="Ours and each peer against the same simulated gateway in the same run.")
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; without any, all")
    parser.add_argument("--program", type=Path, help="a built data-forge; without it, one is built with `cargo build --release`")
    parser.add_argument("--gateway", type=Path, help="the simulated gateway; without it, it is built as well")
    parser.add_argument("--large", action="store_true", help="also 100,000 calls, for the memory: minutes")
    parser.add_argument("--venvs", type=Path, required=True, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if unknown := set(chosen.sets) - set(SETS):
        parser.error(f"no set named {', '.join(sorted(unknown))}")
    chosen.program = (chosen.program or built("cli", "data-forge")).resolve()
    chosen.gateway = (chosen.gateway or built("testkit", "gateway")).resolve()
    # Not resolved further: an environment's Python knows its packages by the link to it.
    chosen.venvs = chosen.venvs.absolute()
    return chosen


def built(package: str, name: str) -> Path:
    subprocess.run(["cargo", "build", "--release", "--locked", "-p", package, "--bin", name], cwd=ROOT, check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / name


def main() -> int:
    chosen = arguments()
    met = True
    for name in chosen.sets or SETS:
        met &= SETS[name](chosen).print()
    print("All targets are met." if met else "Targets are missed: see NO above.")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
