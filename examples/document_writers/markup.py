"""The markup of the files in `source/`: a small part of Markdown, read into blocks.

A file starts with `key: value` lines up to the first empty line. Beyond Markdown it knows
`::: columns` … `:::` (two columns), `::: toc TITLE` (a table of contents), and in table cells `<<`
(part of the cell to the left) and `^^` (part of the cell above).
"""

import re
from dataclasses import dataclass, field


@dataclass
class Heading:
    level: int
    text: str


@dataclass
class Paragraph:
    text: str


@dataclass
class Item:
    """One item of a list; `number` is None for a bullet."""

    level: int
    number: int | None
    text: str


@dataclass
class List:
    items: list[Item]


@dataclass
class Table:
    """The first row names the columns."""

    rows: list[list[str]]


@dataclass
class Code:
    language: str
    lines: list[str]


@dataclass
class Columns:
    blocks: list


@dataclass
class Contents:
    title: str


@dataclass
class Source:
    meta: dict[str, str]
    blocks: list
    notes: dict[int, str] = field(default_factory=dict)


@dataclass
class Span:
    """A stretch of text in one style: `plain`, `bold`, `italic`, `code`, or `note` (a reference)."""

    style: str
    text: str


ITEM = re.compile(r"( *)(?:-|(\d+)\.) (.+)")
SPANS = re.compile(r"\*\*(?P<bold>.+?)\*\*|\*(?P<italic>.+?)\*|`(?P<code>.+?)`|\[\^(?P<note>\d+)\]")


def spans(text):
    """The text of a block as a list of spans."""
    found, at = [], 0
    for match in SPANS.finditer(text):
        if match.start() > at:
            found.append(Span("plain", text[at : match.start()]))
        found.append(Span(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    if at < len(text):
        found.append(Span("plain", text[at:]))
    return found


def parse(text):
    """Reads a source file."""
    head, _, body = text.partition("\n\n")
    meta = dict(line.split(": ", 1) for line in head.splitlines())
    source = Source(meta, [])
    lines = body.splitlines()
    source.blocks, rest = _blocks(lines, 0, source.notes)
    if rest != len(lines):
        raise ValueError(f"line {rest + 1} of the body closes what is not open")
    return source


def _blocks(lines, at, notes):
    blocks = []
    while at < len(lines) and lines[at] != ":::":
        line = lines[at]
        if not line:
            at += 1
        elif line == "::: columns":
            inner, at = _blocks(lines, at + 1, notes)
            blocks.append(Columns(inner))
            at += 1
        elif line.startswith("::: toc "):
            blocks.append(Contents(line.removeprefix("::: toc ")))
            at += 1
        elif line.startswith("#"):
            marks, title = line.split(" ", 1)
            blocks.append(Heading(len(marks), title))
            at += 1
        elif line.startswith("```"):
            end = lines.index("```", at + 1)
            blocks.append(Code(line[3:], lines[at + 1 : end]))
            at = end + 1
        else:
            end = next((n for n in range(at, len(lines)) if not lines[n]), len(lines))
            _text_block(lines[at:end], blocks, notes)
            at = end
    return blocks, at


def _text_block(lines, blocks, notes):
    if note := re.fullmatch(r"\[\^(\d+)\]: (.+)", lines[0]):
        notes[int(note[1])] = note[2]
    elif lines[0].startswith("|"):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
        blocks.append(Table([rows[0], *rows[2:]]))
    elif ITEM.fullmatch(lines[0]):
        items = []
        for line in lines:
            indent, number, text = ITEM.fullmatch(line).groups()
            items.append(Item(min(len(indent), 1), int(number) if number else None, text))
        blocks.append(List(items))
    else:
        blocks.append(Paragraph(" ".join(lines)))
