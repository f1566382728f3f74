"""The file format PDF: objects, compressed page contents, bookmarks, cross-reference table."""

import hashlib
import re
import zlib

from .font_widths import FIRST, WIDTHS

FONTS = {
    "body": "Times-Roman",
    "bold": "Times-Bold",
    "italic": "Times-Italic",
    "code": "Courier",
    "sans": "Helvetica",
    "sans-bold": "Helvetica-Bold",
}
RESOURCE = {name: f"F{number}" for number, name in enumerate(FONTS, 1)}


def text_width(font, size, text):
    """The width of a text in points."""
    widths = WIDTHS[FONTS[font]]
    return sum(widths[code - FIRST] for code in text.encode("cp1252")) * size / 1000


class Page:
    """The contents of one page; coordinates are in points from the lower left corner."""

    def __init__(self):
        self.operators = []

    def text(self, font, size, x, y, text):
        escaped = re.sub(r"([\\()])", r"\\\1", text)
        self.operators.append(f"BT /{RESOURCE[font]} {size:g} Tf {x:.2f} {y:.2f} Td ({escaped}) Tj ET")

    def rule(self, x, y, width, thickness=0.5, grey=0.5):
        self.operators.append(f"{grey:g} G {thickness:g} w {x:.2f} {y:.2f} m {x + width:.2f} {y:.2f} l S")

    def box(self, x, y, width, height, grey=0.94):
        self.operators.append(f"{grey:g} g {x:.2f} {y:.2f} {width:.2f} {height:.2f} re f 0 g")

    def contents(self):
        return "\n".join(self.operators).encode("cp1252")


def document(pages, size, bookmarks, info, language):
    """The bytes of a PDF.

    `bookmarks` are (level, title, page index, y) in reading order, levels from 1; `info` is the
    information dictionary without the slashes.
    """
    objects = _Objects()
    catalog, tree = objects.reserve(), objects.reserve()
    fonts = " ".join(
        f"/{RESOURCE[name]} "
        + objects.add(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{base} /Encoding /WinAnsiEncoding >>".encode()
        )
        for name, base in FONTS.items()
    )
    page_refs = []
    for page in pages:
        contents = objects.add_stream(page.contents())
        page_refs.append(
            objects.add(
                f"<< /Type /Page /Parent {tree} /MediaBox [0 0 {size[0]:g} {size[1]:g}]"
                f" /Resources << /Font << {fonts} >> >> /Contents {contents} >>".encode()
            )
        )
    objects.set(tree, f"<< /Type /Pages /Kids [{' '.join(page_refs)}] /Count {len(pages)} >>".encode())
    outline = _outline(objects, bookmarks, page_refs)
    objects.set(
        catalog,
        (
            f"<< /Type /Catalog /Pages {tree} /Outlines {outline} /PageMode /UseOutlines"
            f" /ViewerPreferences << /DisplayDocTitle true >> /Lang ({language}) >>"
        ).encode(),
    )
    fields = b" ".join(b"/" + key.encode() + b" " + _string(value) for key, value in info.items())
    return objects.file(catalog, objects.add(b"<< " + fields + b" >>"))


def comparable(data):
    """What must be equal for two files to say the same, however their streams were compressed."""
    parts = re.split(rb"stream\n(.*?)\nendstream", data.partition(b"\nxref\n")[0], flags=re.DOTALL)
    parts[1::2] = [zlib.decompress(part) for part in parts[1::2]]
    return re.sub(rb"/Length \d+", b"", b"\n".join(parts))


def _string(text):
    try:
        raw = text.encode("ascii")
    except UnicodeEncodeError:
        return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"
    return b"(" + re.sub(rb"([\\()])", rb"\\\1", raw) + b")"


def _outline(objects, bookmarks, page_refs):
    root = objects.reserve()
    refs = [objects.reserve() for _ in bookmarks]
    parents, open_items = [], []
    for number, (level, *_) in enumerate(bookmarks):
        while open_items and bookmarks[open_items[-1]][0] >= level:
            open_items.pop()
        parents.append(open_items[-1] if open_items else None)
        open_items.append(number)
    children = {parent: [n for n, p in enumerate(parents) if p == parent] for parent in {None, *parents}}
    for number, (_, title, page, y) in enumerate(bookmarks):
        siblings = children[parents[number]]
        place = siblings.index(number)
        parent = root if parents[number] is None else refs[parents[number]]
        entry = f"/Parent {parent} /Dest [{page_refs[page]} /XYZ 0 {y:.0f} 0]"
        if place > 0:
            entry += f" /Prev {refs[siblings[place - 1]]}"
        if place + 1 < len(siblings):
            entry += f" /Next {refs[siblings[place + 1]]}"
        if mine := children.get(number):
            entry += f" /First {refs[mine[0]]} /Last {refs[mine[-1]]} /Count {len(mine)}"
        objects.set(refs[number], b"<< /Title " + _string(title) + b" " + entry.encode() + b" >>")
    top = children[None]
    objects.set(
        root,
        (
            f"<< /Type /Outlines /First {refs[top[0]]} /Last {refs[top[-1]]} /Count {len(bookmarks)} >>"
        ).encode(),
    )
    return root


class _Objects:
    """The numbered objects of a file; a reference is a string such as `3 0 R`."""

    def __init__(self):
        self.bodies = []

    def reserve(self):
        self.bodies.append(b"null")
        return f"{len(self.bodies)} 0 R"

    def set(self, reference, body):
        self.bodies[int(reference.split()[0]) - 1] = body

    def add(self, body):
        reference = self.reserve()
        self.set(reference, body)
        return reference

    def add_stream(self, contents):
        packed = zlib.compress(contents, 9)
        return self.add(
            f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream"
        )

    def file(self, catalog, info):
        out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        offsets = []
        for number, body in enumerate(self.bodies, 1):
            offsets.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        start = len(out)
        identity = hashlib.md5(bytes(out), usedforsecurity=False).hexdigest().upper()
        out += f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
        out += (
            f"trailer\n<< /Size {len(offsets) + 1} /Root {catalog} /Info {info}"
            f" /ID [<{identity}> <{identity}>] >>\nstartxref\n{start}\n%%EOF\n"
        ).encode()
        return bytes(out)
