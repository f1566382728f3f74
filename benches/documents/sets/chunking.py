"""Chunking: bytes a CPU-second, and whether every offset is exact."""

from __future__ import annotations

from pathlib import Path

import measure
from engines import Bench, Ours, Peer, present
from report import Report

# Small sets are read more than once: less would be within the noise of starting up.
_LEAST_BYTES = 3_000_000
_PLAIN = [("semchunk", "semchunk"), ("chonkie_recursive", "chonkie, recursive"), ("chonkie_fast", "chonkie, fast")]


def reports(bench: Bench):
    yield _set(bench, "Chunking: plain text", bench.files("txt/book-*.txt"), [("text_splitter", "text-splitter"), *_PLAIN])
    yield _set(bench, "Chunking: Markdown", bench.files("md/rustbook/*.md"), [("text_splitter_markdown", "text-splitter"), *_PLAIN])


def _set(bench: Bench, title: str, files: list[Path], engines: list[tuple[str, str]]) -> Report:
    report = Report(title, ["MB a CPU-second", "× text-splitter"])
    size = sum(path.stat().st_size for path in files)
    timed = files * -(-_LEAST_BYTES // size)
    megabytes = size * len(timed) / len(files) / 1e6
    parsed, chunked = Ours(bench, "text"), Ours(bench, None)
    peers = present([Peer(bench, engine, name) for engine, name in engines], report)
    contestants = {"parsed": parsed.contestant(timed), "chunked": chunked.contestant(timed)}
    seconds = measure.seconds(contestants | {peer.name: peer.contestant(timed) for peer in peers}, bench.rounds)
    # What comes on top of parsing: cutting, counting with o200k_base, and printing the chunks as JSON.
    seconds[Ours.name] = max(seconds["chunked"] - seconds["parsed"], 0.001)
    reference = seconds.get("text-splitter")
    for name in (Ours.name, *(peer.name for peer in peers)):
        speed = megabytes / seconds[name]
        label = f"{name}, with exact token counts and JSON" if name == Ours.name else f"{name}, by characters"
        report.row(label, speed, reference / seconds[name] if reference else None)
    documents = chunked.documents(files)
    wrong = sum(_wrong_offsets(document) for document in documents)
    report.at_least("MB a CPU-second with exact counts", megabytes / seconds[Ours.name], 10)
    report.at_most("chunks that are not the slice of the text that they say", wrong, 0)
    chunks = sum(len(document["chunks"]) for document in documents)
    report.note(f"{chunks} chunks. Cutting without counting cannot be told apart through the program.")
    return report


def _wrong_offsets(document: dict) -> int:
    slices = ((chunk["text"], document["text"][chunk["source"]["char_start"] : chunk["source"]["char_end"]]) for chunk in document["chunks"])
    return sum(text != slice_ for text, slice_ in slices)
