"""Nasty PDFs, each alone: an answer or a named error, within ten seconds and a gigabyte."""

from __future__ import annotations

import measure
import score
from engines import Bench, Ours, Peer, present
from report import Report

_SECONDS = 10.0
# Fewer may be a number on a drawing.
_WORDS = 5
_BYTES = 1 << 30
# Address space is more than memory in use, which is what counts: this bound is only to protect the machine.
_ADDRESSES = 4 << 30


def reports(bench: Bench):
    report = Report("PDF: the nastiest, each alone", ["files", "answers", "named errors", "slowest, s", "largest, MB"])
    files = bench.files("pdf/pdfjs/*.pdf")
    ours, output, errors = Ours(bench), bench.work / "output", bench.work / "errors"
    answers = named = 0
    unread = []
    slowest, largest, violations = 0.0, 0, []
    for path in files:
        # CPU time at one thread is no more than the time it takes where nothing else runs.
        used = measure.run(ours.command([path]), timeout=_SECONDS * 3, output=output, errors=errors, env=measure.ONE_THREAD, limit=_ADDRESSES)
        said = errors.read_text(encoding="utf8", errors="replace")
        slowest, largest = max(slowest, used.cpu), max(largest, used.peak)
        is_named = used.code == 1 and said.startswith(f"error: {path}: ") and "a bug in Data Forge" not in said and "panicked" not in said
        answers += used.code == 0
        named += is_named
        if is_named:
            unread.append(path)
        if not (used.code == 0 or is_named) or used.cpu > _SECONDS or used.peak > _BYTES:
            violations.append(f"{path.name} (exit {used.code}, {used.cpu:.1f} s, {used.peak >> 20} MB) {said.strip()[:200]}")
    report.row(Ours.name, len(files), answers, named, slowest, largest >> 20)
    report.at_most("files above 10 s or 1 GB, or without an answer or a named error", len(violations), 0)
    for violation in violations:
        report.note(violation)
    for reference in present([Peer(bench, "pymupdf")], report):
        reference.contestant(unread).over_files()
        worded = [path.name for path, text in zip(unread, reference.texts(unread)) if len(score.tokens(text)) >= _WORDS]
        report.note(f"Named errors where PyMuPDF has {_WORDS} words or more: {', '.join(worded) or 'none'}.")
    yield report
