#!/usr/bin/env python3
"""Writes the example documents that are not written by hand.

    python3 examples/make_documents.py           writes documents/user-guide.pdf and admin-handbook.docx
    python3 examples/make_documents.py --check   exits 1 if one of them is not what its source says

The files are the same for every run: dates and ids are fixed. Needs nothing but Python 3.10.
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True

from document_writers import book, docx, markup, pdf  # noqa: E402

HERE = Path(__file__).resolve().parent
MADE = {
    "user-guide.pdf": ("user-guide.txt", book.render, pdf.comparable),
    "admin-handbook.docx": ("admin-handbook.txt", docx.render, docx.comparable),
}


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = []
    for name, (source, render, comparable) in MADE.items():
        path = HERE / "documents" / name
        data = render(markup.parse((HERE / "source" / source).read_text(encoding="utf-8")))
        if not arguments:
            path.write_bytes(data)
        elif not path.exists() or comparable(path.read_bytes()) != comparable(data):
            stale.append(name)
    for name in stale:
        print(f"documents/{name} is not what its source says; run {Path(__file__).name}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
