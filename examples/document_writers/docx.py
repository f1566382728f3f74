"""A source as an Office Open XML text document."""

import io
import zipfile
from xml.sax.saxutils import escape

from . import docx_parts, markup

TEXT_WIDTH = 9070
"""Of an A4 page between its margins, in twentieths of a point."""


def render(source):
    """The bytes of the DOCX of a source."""
    body = _Body(source)
    parts = docx_parts.fixed(source.meta) | {
        "word/document.xml": docx_parts.document(body.xml()),
        "word/numbering.xml": docx_parts.numbering(body.numbered_lists),
        "word/footnotes.xml": docx_parts.footnotes(
            {number: _runs(text) for number, text in source.notes.items()}
        ),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, xml in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(2026, 4, 14, 9, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, xml)
    return out.getvalue()


def comparable(data):
    """What must be equal for two files to say the same, however they were compressed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


class _Body:
    def __init__(self, source):
        self.source = source
        self.numbered_lists = 0

    def xml(self):
        meta = self.source.meta
        parts = [
            _paragraph("Title", _run(meta["title"])),
            _paragraph("Subtitle", _run(meta["subtitle"])),
        ]
        for block in self.source.blocks:
            parts += self.block(block)
        return "".join(parts)

    def block(self, block):
        match block:
            case markup.Heading(level, text):
                return [_paragraph(f"Heading{level}", _runs(text))]
            case markup.Paragraph(text):
                return [_paragraph(None, _runs(text))]
            case markup.Code(_, lines):
                return [_paragraph("Code", _run(line)) for line in lines]
            case markup.Table(rows):
                return [_table(rows), _paragraph(None, "")]
            case markup.List(items):
                return [self.item(item) for item in items]
        raise ValueError(f"a text document has no {type(block).__name__}")

    def item(self, item):
        # A list goes on where it was broken off by code, and starts again at its first number.
        if item.number == 1 and item.level == 0:
            self.numbered_lists += 1
        kind = 1 if item.number is None else 1 + self.numbered_lists
        properties = f'<w:numPr><w:ilvl w:val="{item.level}"/><w:numId w:val="{kind}"/></w:numPr>'
        return _paragraph("ListParagraph", _runs(item.text), properties)


def _run(text, properties=""):
    properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


STYLES = {"plain": "", "bold": "<w:b/>", "italic": "<w:i/>", "code": '<w:rStyle w:val="InlineCode"/>'}


def _runs(text):
    runs = []
    for span in markup.spans(text):
        if span.style == "note":
            runs.append(
                '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
                f'<w:footnoteReference w:id="{span.text}"/></w:r>'
            )
        else:
            runs.append(_run(span.text, STYLES[span.style]))
    return "".join(runs)


def _paragraph(style, runs, properties=""):
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties = f"<w:pPr>{style}{properties}</w:pPr>" if style or properties else ""
    return f"<w:p>{properties}{runs}</w:p>"


def _table(rows):
    columns = len(rows[0])
    width = TEXT_WIDTH // columns
    grid = f'<w:gridCol w:w="{width}"/>' * columns
    lines = []
    for number in range(len(rows)):
        header = (
            "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
            if number == 0
            else "<w:trPr><w:cantSplit/></w:trPr>"
        )
        cells = "".join(_cell(rows, number, column, width) for column in range(columns))
        lines.append(f"<w:tr>{header}{cells}</w:tr>")
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/>'
        f'<w:tblLook w:firstRow="1" w:noVBand="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(lines)}</w:tbl>'
    )


def _cell(rows, row, column, width):
    text = rows[row][column]
    if text == "<<":
        return ""
    span = 1
    while column + span < len(rows[row]) and rows[row][column + span] == "<<":
        span += 1
    properties = f'<w:tcW w:w="{width * span}" w:type="dxa"/>'
    if span > 1:
        properties += f'<w:gridSpan w:val="{span}"/>'
    if text == "^^":
        properties += "<w:vMerge/>"
        text = ""
    elif row + 1 < len(rows) and rows[row + 1][column] == "^^":
        properties += '<w:vMerge w:val="restart"/>'
    runs = _run(text, "<w:b/>") if row == 0 else _runs(text)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{_paragraph(None, runs)}</w:tc>"
