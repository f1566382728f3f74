"""PDF: manuals with their own text versions, and a paper in two columns with the same text in one."""

from __future__ import annotations

import os
import time
from pathlib import Path

import measure
import score
from engines import Bench, Ours, Peer, present
from report import Report

_COLUMNS = ["token F1", "bigram F1", "order", "CPU ×"]


def reports(bench: Bench):
    yield _manuals(bench)
    yield _columns(bench)


def _manuals(bench: Bench) -> Report:
    report = Report("PDF: manuals", _COLUMNS)
    pairs = [(path, bench.corpus / "pdf/debian-gt" / f"{path.stem}.txt") for path in bench.files("pdf/debian/*.pdf")]
    files = [path for path, truth in pairs if truth.exists()]
    truths = [truth.read_text(encoding="utf8") for _, truth in pairs if truth.exists()]
    ours = Ours(bench)
    peers = present([Peer(bench, name) for name in ("pymupdf", "pypdfium2", "liteparse")], report)
    seconds = measure.seconds({one.name: one.contestant(files) for one in (ours, *peers)}, bench.rounds)
    scores = {}
    for one in (ours, *peers):
        scores[one.name] = score.mean([score.text(a, b) for a, b in zip(truths, one.texts(files))])
        ratio = seconds[one.name] / seconds["pymupdf"] if "pymupdf" in seconds else None
        report.row(one.name, scores[one.name].token_f1, scores[one.name].bigram_f1, scores[one.name].order, ratio)
    if "pymupdf" in scores:
        mine, reference = scores[ours.name], scores["pymupdf"]
        report.at_least("token F1 above PyMuPDF's", mine.token_f1 - reference.token_f1, 0.008)
        report.at_least("bigram F1 above PyMuPDF's", mine.bigram_f1 - reference.bigram_f1, 0.012)
        report.at_least("order above PyMuPDF's", mine.order - reference.order, 0.010)
        report.at_most("CPU by PyMuPDF's, one thread", seconds[ours.name] / seconds["pymupdf"], 0.35)
    if (os.cpu_count() or 1) >= 2:
        report.at_least("throughput on two threads by that of two processes", _two_cores(ours, files, bench.rounds), 0.85)
    return report


def _two_cores(ours: Ours, files: list[Path], rounds: int) -> float:
    """What one process with two threads does in a time, to what two with one thread each do."""
    one, two = [], []
    for _ in range(rounds):
        started = time.monotonic()
        measure.run(ours.command(files), env={"RAYON_NUM_THREADS": "2"})
        one.append(time.monotonic() - started)
        started = time.monotonic()
        for process in [measure.start(ours.command(files), env=measure.ONE_THREAD) for _ in range(2)]:
            measure.finish(process, started)
        two.append(time.monotonic() - started)
    # The two processes do the work twice.
    return sorted(two)[rounds // 2] / 2 / sorted(one)[rounds // 2]


def _columns(bench: Bench) -> Report:
    report = Report("PDF: two columns, by PyMuPDF's text of the same paper in one", _COLUMNS)
    [one_column, two_columns] = bench.files("pdf/texlive/*.pdf")
    ours = Ours(bench)
    # A page a second: one round is enough to tell.
    peers = present([*(Peer(bench, name) for name in ("pymupdf", "pypdfium2", "liteparse")), Peer(bench, "pymupdf4llm", rounds=1)], report)
    reference = next((peer for peer in peers if peer.name == "pymupdf"), None)
    if reference is None:
        return report
    reference.contestant([one_column]).over_files()
    [truth] = reference.texts([one_column])
    seconds = measure.seconds({one.name: one.contestant([two_columns]) for one in (ours, *peers)}, bench.rounds)
    scores = {}
    for one in (ours, *peers):
        [text] = one.texts([two_columns])
        scores[one.name] = found = score.text(truth, text, order_tokens=60_000)
        report.row(one.name, found.token_f1, found.bigram_f1, found.order, seconds[one.name] / seconds["pymupdf"])
    report.at_least("order by PyMuPDF's", scores[ours.name].order - scores["pymupdf"].order, 0.0)
    return report
