"""DOCX: another engine's Markdown as reference."""

from __future__ import annotations

from collections import Counter

import measure
import score
from engines import Bench, Ours, Peer, present
from report import Report


def reports(bench: Bench):
    report = Report("DOCX, by docling's Markdown", ["token F1", "bigram F1", "order", "headings", "headings F1", "CPU ×"])
    pairs = [(path, bench.corpus / "docx/docling-gt" / f"{path.name}.md") for path in bench.files("docx/docling/*.docx")]
    files = [path for path, truth in pairs if truth.exists()]
    truths = [truth.read_text(encoding="utf8") for _, truth in pairs if truth.exists()]
    ours = Ours(bench, "markdown")
    peers = present([Peer(bench, "python_docx", "python-docx with tables"), Peer(bench, "markitdown"), Peer(bench, "undoc")], report)
    # More than one file says how much: both are timed over all that there is.
    timed = [*bench.files("docx/pythondocx/*.docx"), *files]
    seconds = measure.seconds({one.name: one.contestant(timed) for one in (ours, *peers)}, bench.rounds)
    wanted = [_headings(truth) for truth in truths]
    for one in (ours, *peers):
        texts = one.texts(timed)[len(timed) - len(files) :]
        found = score.mean([score.text(a, b) for a, b in zip(truths, texts)])
        headings = [_headings(text) for text in texts]
        hits = sum((a & b).total() for a, b in zip(wanted, headings))
        every = sum(a.total() for a in wanted)
        f1 = 2 * hits / (every + sum(b.total() for b in headings))
        reference = seconds.get("python-docx with tables")
        ratio = seconds[one.name] / reference if reference else None
        report.row(one.name, found.token_f1, found.bigram_f1, found.order, f"{hits} of {every}", f1, ratio)
        if one is ours:
            report.at_least("token F1", found.token_f1, 0.96)
            report.at_least("headings found", hits, every)
    yield report


def _headings(markdown: str) -> Counter:
    """By words: how an engine numbers its levels is its own choice."""
    return Counter(words for _, words in score.headings(markdown) if words)
