"""CSV: every file equal to its JSON."""

from __future__ import annotations

import json
from pathlib import Path

from engines import Bench, Ours, Peer, present
from report import Report


def reports(bench: Bench):
    report = Report("CSV, cell by cell by its JSON", ["files equal"])
    files = bench.files("csv/spectrum/*.csv")
    truths = {path: _wanted(bench.corpus / "csv/spectrum-gt" / f"{path.stem}.json") for path in files}
    for path in [path for path in files if _contradicts(path, truths[path])]:
        files.remove(path)
        report.note(f"Left out, its JSON has values that the file has not: {path.name}.")
    wanted = [truths[path] for path in files]
    documents = Ours(bench, None).documents(files)
    tables = [[row for block in document["blocks"] if block["kind"] == "table" for row in block["rows"]] for document in documents]
    equal = [_newlines(a) == _newlines(b) for a, b in zip(wanted, tables)]
    report.row(Ours.name, f"{sum(equal)} of {len(files)}")
    report.at_least("files equal", sum(equal), len(files))
    for peer in present([Peer(bench, "clevercsv")], report):
        peer.contestant(files).over_files()
        read = [json.loads(text) if text else [] for text in peer.texts(files)]
        report.row(peer.name, f"{sum(_newlines(a) == _newlines(b) for a, b in zip(wanted, read))} of {len(files)}")
    different = [path.name for path, same in zip(files, equal) if not same]
    if different:
        report.note(f"Not equal: {', '.join(different)}.")
    yield report


def _wanted(path: Path) -> list[list[str]]:
    records = json.loads(path.read_text(encoding="utf8"))
    records = records if isinstance(records, list) else [records]
    return [list(records[0]), *(list(record.values()) for record in records)]


def _contradicts(path: Path, rows: list[list[str]]) -> bool:
    """Whether a value of the truth is nowhere in the file: then it is the truth of another file."""
    content = path.read_bytes().decode().replace('""', '"').replace("\r\n", "\n")
    return any(cell not in content for row in _newlines(rows) for cell in row)


def _newlines(rows: list[list[str]]) -> list[list[str]]:
    """A line break within a cell is one, however it is written."""
    return [[cell.replace("\r\n", "\n") for cell in row] for row in rows]
