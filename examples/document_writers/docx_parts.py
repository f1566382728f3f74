"""The parts of a DOCX package around its text: styles, numbering, notes, head and foot, properties."""

from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml"

PARTS = {
    "document": "document.main",
    "styles": "styles",
    "numbering": "numbering",
    "footnotes": "footnotes",
    "settings": "settings",
    "header1": "header",
    "footer1": "footer",
}
"""The parts in `word/` and their content types."""


def fixed(meta):
    """The parts that do not depend on the text, in the order of the package."""
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _package_relationships(),
        "docProps/core.xml": _core_properties(meta),
        "docProps/app.xml": _app_properties(),
        "word/_rels/document.xml.rels": _document_relationships(),
        "word/styles.xml": _styles(),
        "word/settings.xml": _settings(),
        "word/header1.xml": f"{HEAD}<w:hdr {W}>{_edge('Header', _text(meta['running']))}</w:hdr>",
        "word/footer1.xml": f"{HEAD}<w:ftr {W}>{_edge('Footer', _text('Page ') + _page_number())}</w:ftr>",
    }


def document(body):
    return (
        f"{HEAD}<w:document {W} {R}><w:body>{body}<w:sectPr>"
        '<w:headerReference w:type="default" r:id="rId5"/><w:footerReference w:type="default" r:id="rId6"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1418" w:bottom="1418" w:left="1418"'
        ' w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def numbering(numbered_lists):
    """Number 1 is the bullets; every numbered list has a number of its own, so that it starts at 1."""
    bullets = _levels("bullet", ["\u2022", "\u2013", "\u2022"])
    decimals = _levels("decimal", ["%1.", "%1.%2.", "%1.%2.%3."])
    restart = "".join(
        f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="1"/></w:lvlOverride>' for level in range(3)
    )
    lists = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="1"/>{restart}</w:num>'
        for number in range(2, numbered_lists + 2)
    )
    return (
        f'{HEAD}<w:numbering {W}><w:abstractNum w:abstractNumId="0">{bullets}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="1">{decimals}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{lists}</w:numbering>'
    )


def footnotes(runs_of):
    """The notes by number; two more that the format asks for draw the rule above them."""
    rules = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{mark}/></w:r></w:p></w:footnote>'
        for kind, number, mark in (
            ("separator", -1, "separator"),
            ("continuationSeparator", 0, "continuationSeparator"),
        )
    )
    notes = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr><w:r><w:rPr>'
        f'<w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>{_text(" ")}{runs}</w:p></w:footnote>'
        for number, runs in runs_of.items()
    )
    return f"{HEAD}<w:footnotes {W}>{rules}{notes}</w:footnotes>"


def _levels(kind, texts):
    return "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{425 * (level + 1)}" w:hanging="425"/></w:pPr></w:lvl>'
        for level, text in enumerate(texts)
    )


def _text(text):
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _edge(style, runs):
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def _page_number():
    return '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _content_types():
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{MIME}.{kind}+xml"/>'
        for name, kind in PARTS.items()
    )
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        '<Override PartName="/docProps/app.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>'
    )


def _package_relationships():
    return (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        f'<Relationship Id="rId3" Type="{OFFICE}/extended-properties" Target="docProps/app.xml"/></Relationships>'
    )


def _document_relationships():
    targets = [(name, kind) for name, kind in PARTS.items() if name != "document"]
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{name}.xml"/>'
        for number, (name, kind) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _core_properties(meta):
    when = f"{meta['date']}T09:00:00Z"
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(meta['title'])}</dc:title><dc:subject>{escape(meta['subject'])}</dc:subject>"
        f"<dc:creator>{escape(meta['author'])}</dc:creator><dc:language>en</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{when}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{when}</dcterms:modified></cp:coreProperties>'
    )


def _app_properties():
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return f'{HEAD}<Properties xmlns="{namespace}"><Application>make_documents.py</Application></Properties>'


def _settings():
    return (
        f'{HEAD}<w:settings {W}><w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'
        "</w:settings>"
    )


def _styles():
    body = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/>'
    code = '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/><w:sz w:val="18"/>'
    grid = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    headings = "".join(
        _style(
            "paragraph",
            f"Heading{level}",
            f"heading {level}",
            f'<w:keepNext/><w:spacing w:before="{before}" w:after="80"/><w:outlineLvl w:val="{level - 1}"/>',
            f'<w:b/><w:sz w:val="{size}"/>',
        )
        for level, before, size in ((1, 360, 32), (2, 240, 26), (3, 200, 22))
    )
    return (
        f'{HEAD}<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>{body}<w:sz w:val="22"/><w:lang w:val="en-GB"/>'
        '</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr>'
        "</w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/></w:style>'
        + _style("paragraph", "Title", "Title", "", '<w:b/><w:sz w:val="48"/>')
        + _style(
            "paragraph",
            "Subtitle",
            "Subtitle",
            '<w:spacing w:after="360"/>',
            '<w:color w:val="606060"/><w:sz w:val="26"/>',
        )
        + headings
        + _style("paragraph", "ListParagraph", "List Paragraph", '<w:spacing w:after="60"/>', "")
        + _style(
            "paragraph",
            "Code",
            "Code",
            '<w:shd w:val="clear" w:color="auto" w:fill="F0F0F0"/><w:spacing w:after="0" w:line="240" w:lineRule="auto"/>',
            code,
        )
        + _style("character", "InlineCode", "Inline Code", "", code)
        + _style(
            "paragraph", "FootnoteText", "footnote text", '<w:spacing w:after="0"/>', '<w:sz w:val="18"/>'
        )
        + _style(
            "character", "FootnoteReference", "footnote reference", "", '<w:vertAlign w:val="superscript"/>'
        )
        + _style("paragraph", "Header", "header", "", '<w:sz w:val="18"/>')
        + _style("paragraph", "Footer", "footer", '<w:jc w:val="center"/>', '<w:sz w:val="18"/>')
        + f'<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/>'
        f'<w:pPr><w:spacing w:after="0"/></w:pPr><w:tblPr><w:tblBorders>{grid}</w:tblBorders><w:tblCellMar>'
        '<w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>'
    )


def _style(kind, style, name, paragraph, run):
    based = '<w:basedOn w:val="Normal"/>' if kind == "paragraph" else ""
    paragraph = f"<w:pPr>{paragraph}</w:pPr>" if paragraph else ""
    run = f"<w:rPr>{run}</w:rPr>" if run else ""
    return f'<w:style w:type="{kind}" w:styleId="{style}"><w:name w:val="{name}"/>{based}{paragraph}{run}</w:style>'
