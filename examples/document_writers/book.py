"""A source as the pages of a PDF: title, contents, columns, footnotes, running heads."""

from . import layout, markup, pdf

SIZE = (595.28, 841.89)
"""A4, in points."""
MARGIN = 68
TOP = SIZE[1] - 82
BOTTOM = 72
WIDTH = SIZE[0] - 2 * MARGIN
GUTTER = 24
NOTE_SIZE, NOTE_LEADING = 8.5, 10.5


def render(source):
    """The bytes of the PDF of a source."""
    # The first pass finds the pages of the headings, which the contents of the second one name.
    first = _Book(source, {})
    first.set()
    book = _Book(source, {title: page for _, title, page, _ in first.bookmarks})
    book.set()
    book.running_heads()
    day = source.meta["date"].replace("-", "")
    info = {
        "Title": source.meta["title"],
        "Author": source.meta["author"],
        "Subject": source.meta["subject"],
        "CreationDate": f"D:{day}090000Z",
        "ModDate": f"D:{day}090000Z",
    }
    return pdf.document(book.pages, SIZE, book.bookmarks, info, "en")


class _Book:
    def __init__(self, source, page_of):
        self.source = source
        self.page_of = page_of
        self.bookmarks = []
        self.pages = []
        self.new_page()

    def new_page(self):
        self.page = pdf.Page()
        self.pages.append(self.page)
        self.y = TOP
        self.notes = []

    def set(self):
        self.title()
        for block in self.source.blocks:
            match block:
                case markup.Contents():
                    self.contents(block)
                case markup.Columns():
                    self.columns(layout.items(block.blocks, (WIDTH - GUTTER) / 2))
                case _:
                    self.waiting += layout.items([block], WIDTH)
        self.flush()
        self.close_notes()

    def title(self):
        self.waiting = []
        self.y -= 96
        self.page.text("sans-bold", 26, MARGIN, self.y, self.source.meta["title"])
        self.page.text("sans", 13, MARGIN, self.y - 26, self.source.meta["subtitle"])
        imprint = f"{self.source.meta['author']}, {self.source.meta['date']}"
        self.page.text("sans", 9, MARGIN, self.y - 44, imprint)
        self.y -= 92

    def contents(self, block):
        headings = [b for b in _walk(self.source.blocks) if isinstance(b, markup.Heading)]
        self.page.text("sans-bold", 15, MARGIN, self.y, block.title)
        self.y -= 24
        for heading in headings:
            font = "bold" if heading.level == 1 else "body"
            x = MARGIN + 16 * (heading.level - 1)
            number = str(self.page_of.get(heading.text, 0) + 1)
            self.y -= 5 if heading.level == 1 else 0
            self.page.text(font, 10.5, x, self.y, heading.text)
            start = x + pdf.text_width(font, 10.5, heading.text) + 4
            end = MARGIN + WIDTH - pdf.text_width(font, 10.5, number)
            dot = pdf.text_width("body", 10.5, " .")
            dots = int((end - 4 - start) / dot)
            self.page.text("body", 10.5, end - 4 - dots * dot, self.y, " ." * dots)
            self.page.text(font, 10.5, end, self.y, number)
            self.y -= 15
        self.new_page()

    def flush(self):
        """Sets what waits for the full width, chain by chain of what has to stay together."""
        for chain in _chains(self.waiting):
            notes = [note for item in chain for note in item.notes]
            if _height(chain, self.y == TOP) > self.room(notes):
                self.next_page()
            self.notes += notes
            self.y = self.draw(chain, MARGIN, self.y, self.y == TOP)
        self.waiting = []

    def columns(self, items):
        """Sets items in two columns of equal height, or as much of them as the page holds."""
        heading = []
        while self.waiting and self.waiting[-1].keep:
            heading.insert(0, self.waiting.pop())
        self.flush()
        chains = _chains(items)
        if _height(heading, False) + 4 * layout.LEADING > self.room([]):
            self.next_page()
        self.y = self.draw(heading, MARGIN, self.y, self.y == TOP)
        while chains:
            room = self.room([])
            height = next((h for h in range(20, int(room)) if len(_fill(chains, h)[2]) == 0), room)
            left, right, chains = _fill(chains, height)
            ends = [
                self.draw([item for chain in column for item in chain], x, self.y, True)
                for column, x in ((left, MARGIN), (right, MARGIN + (WIDTH + GUTTER) / 2))
                if column
            ]
            self.y = min(ends)
            if chains:
                self.next_page()

    def draw(self, items, x, y, at_top):
        for number, item in enumerate(items):
            if not (at_top and number == 0):
                y -= item.before
            if item.heading:
                self.bookmarks.append((item.heading.level, item.heading.text, len(self.pages) - 1, y + 6))
            item.draw(self.page, x, y)
            y -= item.height
        return y

    def room(self, more_notes):
        return self.y - BOTTOM - self.notes_height(self.notes + more_notes)

    def notes_height(self, numbers):
        lines = sum(len(self.note_lines(number)) for number in numbers)
        return lines * NOTE_LEADING + 14 if lines else 0

    def note_lines(self, number):
        text = f"{number} {self.source.notes[number]}"
        return [pieces for pieces, _ in layout.text_lines(text, WIDTH, NOTE_SIZE)]

    def next_page(self):
        self.close_notes()
        self.new_page()

    def close_notes(self):
        if not self.notes:
            return
        y = BOTTOM + self.notes_height(self.notes) - 10
        self.page.rule(MARGIN, y, 120)
        for number in self.notes:
            for pieces in self.note_lines(number):
                y -= NOTE_LEADING
                layout.draw_pieces(self.page, pieces, MARGIN, y)

    def running_heads(self):
        """A head from the second page on, a page number on every page."""
        chapter = ""
        for index, page in enumerate(self.pages):
            starting = [title for level, title, at, _ in self.bookmarks if level == 1 and at == index]
            chapter = chapter or (starting[0] if starting else "")
            if index > 0:
                shown = starting[0] if starting else chapter
                y = SIZE[1] - 52
                page.text("sans", 8.5, MARGIN, y, self.source.meta["running"])
                x = MARGIN + WIDTH - pdf.text_width("sans", 8.5, shown)
                page.text("sans", 8.5, x, y, shown)
                page.rule(MARGIN, y - 6, WIDTH)
            chapter = starting[-1] if starting else chapter
            number = str(index + 1)
            page.text("sans", 9, SIZE[0] / 2 - pdf.text_width("sans", 9, number) / 2, 40, number)


def _walk(blocks):
    for block in blocks:
        yield block
        if isinstance(block, markup.Columns):
            yield from _walk(block.blocks)


def _chains(items):
    """Runs of items that have to stay together."""
    chains, open_chain = [], False
    for item in items:
        if open_chain:
            chains[-1].append(item)
        else:
            chains.append([item])
        open_chain = item.keep
    return chains


def _height(items, at_top):
    total = sum(item.before + item.height for item in items)
    return total - items[0].before if items and at_top else total


def _fill(chains, height):
    """Two columns of at most a height, and the chains that do not fit."""
    columns, rest = [], list(chains)
    for _ in range(2):
        column, used = [], 0
        while rest and used + _height(rest[0], not column) <= height:
            used += _height(rest[0], not column)
            column.append(rest.pop(0))
        columns.append(column)
    return columns[0], columns[1], rest
