"""PDFs that a browser printed from known Markdown: what the source says is there has to come back."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

import measure
import score
from engines import ROOT, Bench, Ours
from report import Report

_BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
# As many of the book as can be printed in half a minute; what has tables is all printed.
_CHAPTERS = 16
_STYLE = (
    "body{font-family:serif;font-size:11pt}pre,code{font-family:monospace;font-size:9pt}pre,pre code{white-space:pre-wrap;font-size:7pt}"
    "table{border-collapse:collapse}td,th{border:1px solid;padding:2px 6px}"
)


@dataclass
class Parts:
    """What a document is made of, each part as one comparable value."""

    headings: Counter = field(default_factory=Counter)
    items: Counter = field(default_factory=Counter)
    cells: Counter = field(default_factory=Counter)
    code: Counter = field(default_factory=Counter)

    def add_code(self, text: str) -> None:
        self.code.update(line for line in map(score.plain, text.splitlines()) if line)

    def words_of_headings(self) -> Counter:
        return Counter(words for _, words in self.headings.elements())

    def ranked_headings(self) -> Counter:
        """Levels by rank: a page that starts at the second level looks like one that starts at the first."""
        ranks = {level: rank for rank, level in enumerate(sorted({level for level, _ in self.headings}))}
        return Counter((ranks[level], words) for level, words in self.headings.elements())


# What is compared, and what its F1 has to be at least.
_MEASURES = [
    ("headings with their levels", lambda parts: parts.headings, 0.95),
    ("headings with the ranks of their levels", Parts.ranked_headings, None),
    ("headings by their words", Parts.words_of_headings, None),
    ("list items", lambda parts: parts.items, None),
    ("table cells", lambda parts: parts.cells, 0.90),
    ("code lines", lambda parts: parts.code, None),
]


def reports(bench: Bench):
    report = Report("PDF: printed from Markdown, what comes back", ["in the sources", "found", "F1"], first="part")
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        report.note("Not measured: there is no chromium here.")
        yield report
        return
    sources = [*bench.files("md/rustbook/*.md")[:_CHAPTERS], *bench.files("md/docling/*.md"), *sorted((ROOT / "examples/documents").glob("*.md"))]
    printed = [(path, _print(browser, path, bench.scratch() / "printed.pdf")) for path in sources]
    printed = [(path, pdf) for path, pdf in printed if pdf.exists()]
    documents = Ours(bench, None).documents([pdf for _, pdf in printed])
    pairs = [(_wanted(path.read_text(encoding="utf8")), _found(document)) for (path, _), document in zip(printed, documents)]
    # Each document is compared with its own source: the same heading of two documents is two headings.
    for what, of, target in _MEASURES:
        wanted = _all(of(one) for one, _ in pairs)
        found = _all(of(one) for _, one in pairs)
        f1 = score.multiset_f1(wanted, found)
        report.row(what, str(wanted.total()), str(found.total()), f1)
        if target:
            report.at_least(f"{what}: F1", f1, target)
    report.note(f"{len(printed)} documents of {len(sources)} printed.")
    yield report


def _all(counters) -> Counter:
    return Counter({(number, part): count for number, one in enumerate(counters) for part, count in one.items()})


def _print(browser: str, source: Path, pdf: Path) -> Path:
    page = pdf.with_suffix(".html")
    body = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).render(source.read_text(encoding="utf8"))
    page.write_text(f"<!doctype html><html><head><meta charset=utf-8><style>{_STYLE}</style></head><body>{body}</body></html>", encoding="utf8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={pdf.parent}/profile"]
    measure.run([browser, *flags, f"--print-to-pdf={pdf}", page.as_uri()], timeout=60)
    return pdf


def _wanted(markdown: str) -> Parts:
    parts = Parts()
    tree = SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).parse(markdown))
    for node in tree.walk():
        if node.type == "heading":
            parts.headings[(int(node.tag[1]), score.plain(_words(node)))] += 1
        elif node.type in ("th", "td"):
            parts.cells[score.plain(_words(node))] += 1
        elif node.type == "list_item":
            own = [child for child in node.children if child.type == "paragraph"]
            if own:
                parts.items[score.plain(" ".join(map(_words, own)))] += 1
        elif node.type in ("fence", "code_block"):
            parts.add_code(node.content)
    return parts


def _words(node: SyntaxTreeNode) -> str:
    """What a reader of the printed page sees of it: the picture of an image has no words."""
    pieces = []
    for one in node.walk():
        if one.type in ("text", "code_inline") and (one.parent is None or one.parent.type != "image"):
            pieces.append(one.content)
        elif one.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
    return "".join(pieces)


def _found(document: dict) -> Parts:
    parts = Parts()
    for block in document["blocks"]:
        if block["kind"] == "heading":
            parts.headings[(block["level"], score.plain(block["text"]))] += 1
        elif block["kind"] == "list":
            parts.items.update(score.plain(item["text"]) for item in block["items"])
        elif block["kind"] == "table":
            parts.cells.update(score.plain(cell) for row in block["rows"] for cell in row)
        elif block["kind"] == "code":
            parts.add_code(block["text"])
    return parts
