"""Blocks to items of known height: lines of text, rows of tables, lines of code."""

from dataclasses import dataclass, field

from . import markup
from .pdf import text_width

BODY = 10.5
LEADING = 13.5
HEADINGS = {1: (17, 24, 8), 2: (12.5, 14, 5)}
"""Font size, space above and space below, by level."""
FONT = {"plain": "body", "bold": "bold", "italic": "italic", "code": "code"}
INDENT = 16


@dataclass
class Item:
    """Something of a fixed height; `draw(page, x, y)` gets its left upper corner."""

    height: float
    draw: object
    before: float = 0
    keep: bool = False
    """Whether it has to stand on the same page as the next one."""
    notes: list[int] = field(default_factory=list)
    heading: markup.Heading | None = None


@dataclass
class Piece:
    """Text in one font on a line, `x` points from the line's start."""

    x: float
    font: str
    size: float
    text: str
    rise: float = 0


def items(blocks, width):
    """The items of some blocks, set to a width."""
    out = []
    for block in blocks:
        out += _LAYOUT[type(block)](block, width)
    return out


def text_lines(text, width, size=BODY, fonts=FONT):
    """Breaks a text into lines: for each the list of its pieces and the notes it refers to."""
    lines, line, at, notes = [], [], 0, []
    for word, word_notes in _words(text, size, fonts, width):
        length = sum(_width(piece) for piece in word)
        space = _space(line[-1], word[0], fonts, size) if line else 0
        if line and at + space + length > width:
            lines.append((_merge(line), notes))
            line, at, notes, space = [], 0, [], 0
        at += space
        for piece in word:
            line.append(Piece(at, piece.font, piece.size, piece.text, piece.rise))
            at += _width(piece)
        notes = notes + word_notes
    if line:
        lines.append((_merge(line), notes))
    return lines


def draw_pieces(page, pieces, x, baseline):
    for piece in pieces:
        page.text(piece.font, piece.size, x + piece.x, baseline + piece.rise, piece.text)


def _words(text, size, fonts, width):
    """The words of a text, each a list of pieces without a place yet, and its notes."""
    word, notes = [], []
    for span in markup.spans(text):
        if span.style == "note":
            word.append(Piece(0, fonts["plain"], size * 0.65, span.text, size * 0.35))
            notes.append(int(span.text))
            continue
        font = fonts[span.style]
        font_size = size * 0.9 if font == "code" else size
        for number, part in enumerate(span.text.split(" ")):
            if number > 0 and word:
                yield word, notes
                word, notes = [], []
            for fitting in _fit(part, font, font_size, width):
                if word and word[-1].text and _width(Piece(0, font, font_size, fitting)) >= width * 0.9:
                    yield word, notes
                    word, notes = [], []
                word.append(Piece(0, font, font_size, fitting))
    if word:
        yield word, notes


def _fit(part, font, size, width):
    """Cuts what is too wide for a line, such as an address."""
    while part and text_width(font, size, part) > width:
        end = next(n for n in range(len(part), 0, -1) if text_width(font, size, part[:n]) <= width)
        yield part[:end]
        part = part[end:]
    if part:
        yield part


def _space(before, after, fonts, size):
    """Between words of the same font the space is of that font, else of the text around them."""
    same = (before.font, before.size) == (after.font, after.size)
    return text_width(before.font, before.size, " ") if same else text_width(fonts["plain"], size, " ")


def _width(piece):
    return text_width(piece.font, piece.size, piece.text)


def _merge(line):
    """Joins neighbours in the same font, with the space between them."""
    merged = []
    for piece in line:
        last = merged[-1] if merged else None
        if last and (last.font, last.size, last.rise) == (piece.font, piece.size, piece.rise):
            last.text += (" " if piece.x - last.x > _width(last) + 0.1 else "") + piece.text
        else:
            merged.append(piece)
    return merged


def _heading(block, width):
    size, before, after = HEADINGS[block.level]
    lines = text_lines(block.text, width, size, {"plain": "sans-bold", "code": "code"})
    out = []
    for number, (pieces, _) in enumerate(lines):
        last = number == len(lines) - 1
        height = size * 1.2 + (after if last else 0)

        def draw(page, x, y, pieces=pieces):
            draw_pieces(page, pieces, x, y - size)

        out.append(Item(height, draw, before if number == 0 else 0, True))
    out[0].heading = block
    return out


def _paragraph(block, width):
    return _text_items(block.text, width, 0, 7)


def _text_items(text, width, indent, before, label=None):
    lines = text_lines(text, width - indent)
    out = []
    for number, (pieces, notes) in enumerate(lines):

        def draw(page, x, y, pieces=pieces, first=number == 0):
            if first and label:
                page.text("body", BODY, x + indent - INDENT + 3, y - BODY, label)
            draw_pieces(page, pieces, x + indent, y - BODY)

        # No line of a paragraph stands alone at the foot or the head of a page.
        keep = len(lines) > 1 and number in (0, len(lines) - 2)
        out.append(Item(LEADING, draw, before if number == 0 else 0, keep, notes))
    return out


def _list(block, width):
    out = []
    for number, item in enumerate(block.items):
        label = "\u2022" if item.number is None else f"{item.number}."
        if item.level > 0 and item.number is None:
            label = "\u2013"
        indent = INDENT * (item.level + 1)
        out += _text_items(item.text, width, indent, 7 if number == 0 else 2.5, label)
    return out


TABLE_SIZE, TABLE_LEADING, PADDING = 9, 11.5, 4
TABLE_FONTS = {"plain": "sans", "bold": "sans-bold", "italic": "sans", "code": "code"}
HEADER_FONTS = dict.fromkeys(TABLE_FONTS, "sans-bold")


def _table(block, width):
    widths = _column_widths(block.rows, width)
    out = []
    for number, row in enumerate(block.rows):
        fonts = HEADER_FONTS if number == 0 else TABLE_FONTS
        cells = [
            [pieces for pieces, _ in text_lines(cell, column - 2 * PADDING, TABLE_SIZE, fonts)]
            for cell, column in zip(row, widths, strict=True)
        ]
        height = max(len(cell) for cell in cells) * TABLE_LEADING + 2 * PADDING

        def draw(page, x, y, cells=cells, height=height, header=number == 0):
            if header:
                page.box(x, y - height, width, height)
                page.rule(x, y, width)
            page.rule(x, y - height, width)
            for cell, column in zip(cells, widths, strict=True):
                for line, pieces in enumerate(cell):
                    draw_pieces(page, pieces, x + PADDING, y - PADDING - TABLE_SIZE - line * TABLE_LEADING)
                x += column

        out.append(Item(height, draw, 9 if number == 0 else 0, number < len(block.rows) - 1))
    return out + [Item(4, lambda page, x, y: None)]


def _column_widths(rows, width):
    """Every column gets what its longest cell needs, up to a fair share; the widest take the rest."""
    need = [
        max(text_width("sans-bold", TABLE_SIZE, row[n]) for row in rows) + 2 * PADDING + 1
        for n in range(len(rows[0]))
    ]
    if sum(need) <= width:
        spare = (width - sum(need)) / len(need)
        return [column + spare for column in need]
    share = width / len(need)
    fixed = sum(column for column in need if column <= share)
    wide = sum(column for column in need if column > share)
    return [column if column <= share else (width - fixed) * column / wide for column in need]


CODE_SIZE, CODE_LEADING = 9, 11.5


def _code(block, width):
    out = []
    for number, line in enumerate(block.lines):

        def draw(page, x, y, line=line):
            page.box(x, y - CODE_LEADING, width, CODE_LEADING)
            page.text("code", CODE_SIZE, x + 6, y - CODE_SIZE, line)

        out.append(Item(CODE_LEADING, draw, 8 if number == 0 else 0, number < len(block.lines) - 1))
    return out


_LAYOUT = {
    markup.Heading: _heading,
    markup.Paragraph: _paragraph,
    markup.List: _list,
    markup.Table: _table,
    markup.Code: _code,
}
