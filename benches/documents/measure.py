"""Runs a command and measures it: CPU time rather than wall time, so that other work on the machine counts less."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ONE_THREAD = {"RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_ONE_CORE = ["taskset", "-c", "0"] if shutil.which("taskset") else []


@dataclass(frozen=True)
class Usage:
    """What one run of a process took."""

    code: int | None
    """Its exit code, negative for a signal; None where it was ended for taking too long."""
    cpu: float
    """Seconds of user and system time."""
    wall: float
    """Seconds from start to end."""
    peak: int
    """Bytes of resident memory at most."""


def start(
    command: list,
    output: Path | None = None,
    errors: Path | None = None,
    env: dict | None = None,
    limit: int | None = None,
    group: bool = False,
    source: Path | None = None,
) -> subprocess.Popen:
    """Starts a command with its output in a file, or nowhere, and its input from the file `source`, or nothing; `limit` bounds its address space in bytes, `group` makes it lead a process group."""
    bounded = (lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))) if limit else None
    with (
        open(source or os.devnull, "rb") as into,
        open(output or os.devnull, "wb") as out,
        open(errors or os.devnull, "wb") as err,
    ):
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=into,
            stdout=out,
            stderr=err,
            env=os.environ | (env or {}),
            preexec_fn=bounded,
            start_new_session=group,
        )


def finish(process: subprocess.Popen, started: float, timeout: float | None = None) -> Usage:
    """Waits for a started process, and ends it after `timeout` seconds."""
    ended = False
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG if timeout and not ended else 0)
        if pid:
            break
        if time.monotonic() - started > timeout:
            process.send_signal(signal.SIGKILL)
            ended = True
        time.sleep(0.005)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Usage(
        code=None if ended else process.returncode,
        cpu=used.ru_utime + used.ru_stime,
        wall=time.monotonic() - started,
        peak=used.ru_maxrss * 1024,
    )


def run(command: list, timeout: float | None = None, **where) -> Usage:
    """Runs a command to its end."""
    started = time.monotonic()
    return finish(start(command, **where), started, timeout)


def one_core(command: list, **where) -> float:
    """The CPU seconds of a command on one core with one thread."""
    return run([*_ONE_CORE, *command], env=ONE_THREAD, **where).cpu


@dataclass(frozen=True)
class Contestant:
    """A command as measured: over the files, and over nothing, which tells what starting it takes."""

    over_files: Callable[[], float]
    over_nothing: Callable[[], float]
    rounds: int | None = None
    """For those that are too slow for as many rounds as the others."""


def seconds(contestants: dict[str, Contestant], rounds: int) -> dict[str, float]:
    """The CPU seconds of each, without what starting it takes: the median of rounds that take turns."""
    full: dict[str, list[float]] = {name: [] for name in contestants}
    idle: dict[str, list[float]] = {name: [] for name in contestants}
    for round_ in range(rounds):
        for name, one in contestants.items():
            if round_ < (one.rounds or rounds):
                idle[name].append(one.over_nothing())
                full[name].append(one.over_files())
    # Nothing takes less than the clock can tell.
    return {name: max(statistics.median(full[name]) - statistics.median(idle[name]), 0.001) for name in contestants}
