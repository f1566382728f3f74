"""peers.py ENGINE FOLDER FILE…: reads each file with a peer and writes its text to FOLDER/0.txt, FOLDER/1.txt and so on.

With ENGINE alone nothing is read: it tells whether the peer is there, and what starting it takes.
"""

import sys
from collections.abc import Callable
from pathlib import Path


def pymupdf() -> Callable[[str], str]:
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)

    def read(path: str) -> str:
        with pymupdf.open(path) as document:
            return "\n".join(page.get_text() for page in document)

    return read


def pymupdf4llm() -> Callable[[str], str]:
    import pymupdf4llm

    return lambda path: pymupdf4llm.to_markdown(path, show_progress=False)


def pypdfium2() -> Callable[[str], str]:
    import pypdfium2

    def read(path: str) -> str:
        with pypdfium2.PdfDocument(path) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document)

    return read


def liteparse() -> Callable[[str], str]:
    from liteparse import LiteParse

    parser = LiteParse(output_format="markdown", ocr_enabled=False, num_workers=1, quiet=True)
    return lambda path: parser.parse(path).text


def python_docx() -> Callable[[str], str]:
    import docx
    from docx.table import Table

    def lines(container) -> list[str]:
        found = []
        for item in container.iter_inner_content():
            if isinstance(item, Table):
                for row in item.rows:
                    found.append(" | ".join(cell.text for cell in row.cells))
            else:
                found.append(item.text)
        return found

    return lambda path: "\n".join(lines(docx.Document(path)))


def markitdown() -> Callable[[str], str]:
    from markitdown import MarkItDown

    reader = MarkItDown(enable_plugins=False)
    return lambda path: reader.convert(path).text_content


def undoc() -> Callable[[str], str]:
    import undoc

    def read(path: str) -> str:
        with undoc.parse_file(path) as document:
            return document.to_markdown()

    return read


def trafilatura() -> Callable[[str], str]:
    import trafilatura

    return lambda path: trafilatura.extract(Path(path).read_bytes(), include_comments=False) or ""


def beautifulsoup() -> Callable[[str], str]:
    from bs4 import BeautifulSoup

    def read(path: str) -> str:
        page = BeautifulSoup(Path(path).read_bytes(), "lxml")
        for unseen in page(["script", "style", "noscript", "template"]):
            unseen.decompose()
        return page.get_text("\n")

    return read


def clevercsv() -> Callable[[str], str]:
    import json

    import clevercsv

    return lambda path: json.dumps(clevercsv.read_table(path))


# Peers cut by characters, about what 512 tokens are: their tokenizers would fetch vocabularies.
CHUNK_CHARACTERS = 2000


def _cut(split: Callable[[str], list]) -> Callable[[str], str]:
    return lambda path: f"{len(split(Path(path).read_text(encoding='utf8')))} chunks"


def text_splitter() -> Callable[[str], str]:
    from semantic_text_splitter import TextSplitter

    return _cut(TextSplitter(CHUNK_CHARACTERS).chunks)


def text_splitter_markdown() -> Callable[[str], str]:
    from semantic_text_splitter import MarkdownSplitter

    return _cut(MarkdownSplitter(CHUNK_CHARACTERS).chunks)


def semchunk() -> Callable[[str], str]:
    import semchunk

    return _cut(semchunk.chunkerify(len, CHUNK_CHARACTERS))


def chonkie_recursive() -> Callable[[str], str]:
    from chonkie import RecursiveChunker

    return _cut(RecursiveChunker(tokenizer="character", chunk_size=CHUNK_CHARACTERS).chunk)


def chonkie_fast() -> Callable[[str], str]:
    from chonkie import FastChunker

    return _cut(FastChunker(chunk_size=CHUNK_CHARACTERS).chunk)


def main() -> None:
    engine, *rest = sys.argv[1:]
    read = globals()[engine]()
    for number, path in enumerate(rest[1:]):
        try:
            found = read(path)
        except Exception as error:  # A peer may fail in any way: it then has no text.
            print(f"{engine}: {path}: {error}", file=sys.stderr)
            found = ""
        Path(rest[0], f"{number}.txt").write_text(found, encoding="utf8", errors="replace")


if __name__ == "__main__":
    main()
