"""Plain text in every encoding, and Markdown by another engine's."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import score
from engines import Bench, Ours
from report import Report

_CODECS = {"utf-16-be": "utf-16-be", "utf-16-le": "utf-16-le", "utf-16": "utf-16", "utf-32": "utf-32"}


def reports(bench: Bench):
    yield _encodings(bench)
    yield _markdown(bench)


def _encodings(bench: Bench) -> Report:
    report = Report("TXT: encodings", ["token F1"], first="file")
    files = [path for path in bench.files("txt/*.txt") if path.read_bytes().strip()]
    right = 0
    for path, text in zip(files, Ours(bench).texts(files)):
        found = score.multiset_f1(score.tokens(_decoded(path)), score.tokens(text))
        right += found >= 0.99
        report.row(path.name, found)
    report.at_least("files with all words (token F1 ≥ .99)", right, len(files))
    return report


def _decoded(path: Path) -> str:
    """A file by the encoding that its name tells, else UTF-8; control characters are no part of words."""
    codec = next((codec for name, codec in _CODECS.items() if path.stem.endswith(name)), "utf-8")
    text = path.read_bytes().decode(codec).removeprefix("\ufeff")
    return "".join(char for char in text if char.isspace() or unicodedata.category(char) != "Cc")


def _markdown(bench: Bench) -> Report:
    report = Report("Markdown, by docling's", ["token F1", "bigram F1", "order"])
    pairs = [(path, bench.corpus / "md/docling-gt" / f"{path.name}.md") for path in bench.files("md/docling/*.md")]
    files = [path for path, truth in pairs if truth.exists()]
    truths = [truth.read_text(encoding="utf8") for _, truth in pairs if truth.exists()]
    found = score.mean([score.text(a, b) for a, b in zip(truths, Ours(bench, "markdown").texts(files))])
    report.row(Ours.name, found.token_f1, found.bigram_f1, found.order)
    return report
