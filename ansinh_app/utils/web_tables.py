"""Tables that web systems and old Excel hand out under the name .xls: HTML pages and XML Spreadsheet 2003."""

import re
from collections.abc import Callable
from datetime import date, datetime
from html.parser import HTMLParser
from xml.parsers import expat

Rows = list[list[object]]
TooLarge = Callable[[], None]  # called when a file holds more cells than allowed; raises

_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_BLOCKS = frozenset("p div h1 h2 h3 h4 h5 h6 li caption center title".split())
_SKIPPED = frozenset(("script", "style", "head"))
_SCIENTIFIC = re.compile(r"\d[.,]?\d*E\+\d+", re.IGNORECASE)
_LONGEST_SPAN, _DEEPEST = 10_000, 50


class BrokenTableError(ValueError):
    """The file is no table of its kind, or is cut off."""


def read_html(text: str, most: int, too_large: TooLarge) -> list[tuple[str, Rows]]:
    """The tables of a page, each as a sheet under the text before it; a cell over several rows counts for each.

    `most`: cells allowed in all; `too_large` is called beyond that.
    """
    reader = _Page(most, too_large)
    reader.feed(text)
    reader.close()
    reader.end_all()
    return [(f"Sheet{number}", rows) for number, rows in enumerate(reader.tables, start=1)]


class _Page(HTMLParser):
    """Collects cells as tags come by; what people leave unclosed is closed by what follows."""

    def __init__(self, most: int, too_large: TooLarge) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Rows] = []
        self._left, self._too_large = most, too_large
        self._open: list[_Table] = []
        self._before: list[list[object]] = []
        self._text: list[str] = []
        self._skipping = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skipping = self._skipping or tag
        elif tag == "table":
            self._end_text()
            if len(self._open) >= _DEEPEST:
                raise BrokenTableError("tables within tables")
            self._open.append(_Table(self._before if not self._open else []))
            self._before = []
        elif tag == "tr" and self._open:
            self._open[-1].end_row(self._count)
        elif tag in ("td", "th") and self._open:
            self._open[-1].start_cell({name: value or "" for name, value in attrs}, self._count)
        elif tag == "br":
            self.handle_data("\n")
        elif tag in _BLOCKS:
            self._end_text()

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipping:
            self._skipping = ""
        elif tag == "table" and self._open:
            table = self._open.pop()
            table.end_row(self._count)
            self.tables.append(table.rows)
        elif tag == "tr" and self._open:
            self._open[-1].end_row(self._count)
        elif tag in ("td", "th") and self._open:
            self._open[-1].end_cell(self._count)
        elif tag in _BLOCKS:
            self._end_text()

    def handle_data(self, data: str) -> None:
        if self._skipping:
            return
        if self._open:
            self._open[-1].add(data)
        else:
            self._text.append(data)

    def end_all(self) -> None:
        """Close what the page left open."""
        while self._open:
            self.handle_endtag("table")

    def _end_text(self) -> None:
        """A line of text outside of any table is a title of the next one."""
        line = " ".join("".join(self._text).split())
        self._text.clear()
        if line and not self._open:
            self._before.append([line])

    def _count(self, cells: int) -> None:
        self._left -= cells
        if self._left < 0:
            self._too_large()


class _Table:
    """One table while it is read."""

    def __init__(self, before: Rows) -> None:
        self.rows: Rows = list(before)
        self._row: list[object] | None = None
        self._cell: list[str] | None = None
        self._spans, self._number = (1, 1), ""
        # Column -> the value of a cell from above and how many rows it still covers.
        self._above: dict[int, tuple[object, int]] = {}

    def add(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def start_cell(self, attributes: dict[str, str], count: Callable[[int], None]) -> None:
        self.end_cell(count)
        self._row = [] if self._row is None else self._row
        self._cell = []
        self._spans = _span(attributes, "rowspan"), _span(attributes, "colspan")
        self._number = attributes.get("x:num", "")

    def end_cell(self, count: Callable[[int], None]) -> None:
        if self._cell is None or self._row is None:
            return
        lines = (" ".join(line.split()) for line in "".join(self._cell).split("\n"))
        text = "\n".join(filter(None, lines))
        if self._number and _SCIENTIFIC.fullmatch(text):
            # What the page shows is rounded; the number itself stands in the attribute.
            text = self._number
        rows, columns = self._spans
        self._take_from_above(count)
        count(columns)
        for place in range(len(self._row), len(self._row) + columns):
            value = text if place == len(self._row) else ""
            if rows > 1:
                self._above[place] = (text if place == len(self._row) else "", rows - 1)
            self._row.append(value)
            text = "" if columns > 1 else text
        self._cell = None

    def _take_from_above(self, count: Callable[[int], None]) -> None:
        while (found := self._above.get(len(self._row))) is not None:
            value, left = found
            if left == 1:
                del self._above[len(self._row)]
            else:
                self._above[len(self._row)] = (value, left - 1)
            count(1)
            self._row.append(value)

    def end_row(self, count: Callable[[int], None]) -> None:
        self.end_cell(count)
        if self._row is not None:
            self._take_from_above(count)
            self.rows.append(self._row)
            self._row = None


def _span(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "").strip()
    if not text.isascii() or not text.isdigit():
        return 1
    return min(max(int(text[:9]), 1), _LONGEST_SPAN)


def is_spreadsheet_xml(content: bytes) -> bool:
    """Whether the bytes are an XML Spreadsheet of Excel 2002 and 2003."""
    return _SPREADSHEET.encode() in content[:4000]


def read_spreadsheet_xml(content: bytes, most: int, too_large: TooLarge) -> list[tuple[str, Rows]]:
    """The visible sheets of an XML Spreadsheet. Raises BrokenTableError; `too_large` is called beyond `most` cells."""
    reader = _SpreadsheetXml(most, too_large)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = reader.refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise BrokenTableError(str(error)) from error
    return reader.sheets


class _SpreadsheetXml:
    def __init__(self, most: int, too_large: TooLarge) -> None:
        self.sheets: list[tuple[str, Rows]] = []
        self._left, self._too_large = most, too_large
        self._name, self._rows, self._row = "", [], []
        self._column, self._kind, self._text = 0, "", None
        self._across, self._down, self._hidden = 0, 0, False
        self._above: dict[int, tuple[object, int]] = {}

    def refuse(self, *_declaration) -> None:
        """A spreadsheet declares no entities; a bomb of them does."""
        raise BrokenTableError("entities are declared")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        found = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
        tag = tag.rpartition(" ")[2]
        if tag == "Worksheet":
            self._name, self._rows, self._hidden, self._above = found.get("Name", ""), [], False, {}
        elif tag == "Row":
            gap = int(found.get("Index", 0)) - 1 - len(self._rows)
            self._count(max(gap, 0))
            self._rows.extend([[]] * gap)
            self._row = []
        elif tag == "Cell":
            self._from_above()
            self._column = int(found.get("Index", 0)) - 1 if "Index" in found else len(self._row)
            self._count(max(self._column - len(self._row), 0) + 1)
            while len(self._row) < self._column:
                self._row.append("")
                self._from_above(self._column)
            self._across, self._down = int(found.get("MergeAcross", 0)), int(found.get("MergeDown", 0))
            self._kind, self._text = "", None
        elif tag in ("Data", "Visible"):
            self._kind, self._text = found.get("Type", "String"), []

    def text(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def end(self, tag: str) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "Cell":
            value = _typed("".join(self._text or ()), self._kind)
            if self._down:
                self._above[len(self._row)] = (value, self._down)
            self._count(self._across)
            self._row += [value, *[""] * self._across]
            self._text = None
        elif tag == "Row":
            self._from_above()
            self._rows.append(self._row)
        elif tag == "Visible":
            self._hidden = "".join(self._text or ()) != "SheetVisible"
            self._text = None
        elif tag == "Worksheet" and not self._hidden:
            self.sheets.append((self._name, self._rows))

    def _from_above(self, until: int | None = None) -> None:
        while (until is None or len(self._row) < until) and (found := self._above.pop(len(self._row), None)):
            value, left = found
            if left > 1:
                self._above[len(self._row)] = (value, left - 1)
            self._count(1)
            self._row.append(value)

    def _count(self, cells: int) -> None:
        self._left -= cells
        if self._left < 0:
            self._too_large()


def _typed(text: str, kind: str) -> object:
    if kind == "Number":
        number = float(text)
        return int(number) if number.is_integer() and abs(number) < 10**15 else number
    if kind == "DateTime":
        found = datetime.fromisoformat(text.removesuffix("Z")[:19])
        return date(found.year, found.month, found.day)
    return text
