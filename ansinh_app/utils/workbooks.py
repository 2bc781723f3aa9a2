"""Strangers' workbooks in, our own out: any readable sheet becomes a grid; what we write holds no formula."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from xml.parsers import expat

import xlsxwriter
from frappe import _, bold, throw

from ansinh_app.exceptions import WorkbookError
from ansinh_app.utils import packed_sheets
from ansinh_app.utils.annotated import Remarks, UnusualPackageError, annotate
from ansinh_app.utils.packed_sheets import MAX_CELLS
from ansinh_app.utils.tame_packages import column_number, is_tame
from ansinh_app.utils.text_tables import TooManyCellsError, UnknownEncodingError, decode, read_table
from ansinh_app.utils.web_tables import (
    BrokenTableError,
    is_spreadsheet_xml,
    read_html,
    read_spreadsheet_xml,
)

Grid = Iterable[Sequence[object]]  # rows that can be gone through more than once

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
# Web pages are read in Python: what Excel itself would struggle with is refused.
_MOST_WEB_CELLS, _OPEN_TAGS = 1_000_000, 100
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|meta|table|\?xml)", re.IGNORECASE)
# What an XLS says of a sheet's size: first and last row, first and last column.
_DIMENSIONS = re.compile(rb"\x00\x02\x0e\x00(.{12})\x00\x00", re.DOTALL)
_MOST_PARTS = 10_000
_MACROS = b"xl/vbaProject.bin", "_VBA_PROJECT".encode("utf-16-le")
# Only cells that hold something: whole columns may be formatted down to the last row.
_REFERENCE = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>\s*<[vfi]')
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_LATE_EPOCH = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904=[\"'](?:1|true)")


@dataclass(slots=True)
class Sheet:
    """One sheet to write. Text stays text, whole numbers are grouped, dates are dd/mm/yyyy."""

    name: str
    rows: Iterable[Sequence[object]]
    headers: Sequence[str] = ()
    widths: Sequence[int] = ()
    titles: Sequence[str] = field(default_factory=tuple)


@dataclass(slots=True)
class Workbook:
    """A workbook opened for reading: its visible sheets, and how the file was understood."""

    sheets: list[tuple[str, Grid]]
    read_as: str


class SheetGrid:
    """One sheet's rows, unpacked when they are gone through. `late_epoch`: days without a format count from 1904."""

    def __init__(self, length: int, packed: Sequence[bytes], late_epoch: bool = False) -> None:
        self._length, self._packed, self.late_epoch = length, packed, late_epoch

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[list[object]]:
        for packed in self._packed:
            yield from packed_sheets.unpack(packed)


def read_workbook(content: bytes, file_name: str = "") -> list[tuple[str, list[list[object]]]]:
    """Every visible sheet as (name, rows). Raises WorkbookError: broken, protected, too large, with macros."""
    return [(name, list(grid)) for name, grid in open_workbook(content, file_name).sheets]


def open_workbook(content: bytes, file_name: str = "") -> Workbook:
    """The workbook with its rows converted only when they are gone through. Raises WorkbookError."""
    if not content:
        _refuse(file_name, _("the file is empty"))
    if len(content) > MAX_BYTES:
        _refuse(file_name, _("it is larger than {0} MB").format(MAX_BYTES // 1024 // 1024))
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            _refuse(file_name, _("it is protected by a password: save it without one"))
        if _MACROS[1] in content:
            _refuse(file_name, _("it holds macros: save it as XLSX without them"))
        _guard_old_excel(content, file_name)
    if content.startswith(_ZIP):
        _guard_package(content, file_name)
    elif _WEB_PAGE.match(content) or is_spreadsheet_xml(content):
        return _read_web(content, file_name)
    elif b"MIME-Version:" in content[:300]:
        _refuse(file_name, _("it is a web page under an Excel name: open it in Excel and save it as XLSX"))
    elif content.startswith(b"PK"):
        _refuse(file_name, _("it is damaged: open it, save it again and send it anew"))
    elif not content.startswith(_OLE):
        rows, read_as = _read_text(content, file_name)
        return Workbook([("CSV", rows)], f"CSV, {read_as}")
    kind = "XLS" if not content.startswith(_ZIP) else "ODS" if _ODS in content[:200] else "XLSX"
    return Workbook(_read_by_calamine(content, file_name), kind)


def is_workbook(content: bytes) -> bool:
    """Whether the bytes are an XLSX package, which can be annotated in its own layout."""
    return content.startswith(_ZIP) and _ODS not in content[:200]


def _read_web(content: bytes, file_name: str) -> Workbook:
    """A table of a web system, which Excel opens and whose makers call it .xls."""

    def too_large() -> None:
        _refuse(file_name, _("a sheet holds more than {0} cells").format(f"{_MOST_WEB_CELLS:,}"))

    if sum(map(content.count, (b"<td", b"<TD", b"<th", b"<TH", b"<Cell"))) > _MOST_WEB_CELLS:
        too_large()
    if content.count(b"<") > content.count(b">") + _OPEN_TAGS:
        # A page cut off or made up: a reader would look for the end of each tag to the end of the file.
        _refuse(file_name, _("it is damaged: open it, save it again and send it anew"))
    try:
        if is_spreadsheet_xml(content) and b"<html" not in content[:4000].lower():
            return Workbook(read_spreadsheet_xml(content, _MOST_WEB_CELLS, too_large), "XML 2003")
        sheets = read_html(decode(content)[0], _MOST_WEB_CELLS, too_large)
    except (BrokenTableError, UnknownEncodingError):
        _refuse(file_name, _("it is damaged: open it, save it again and send it anew"))
    if not sheets:
        _refuse(file_name, _("it is a web page without a table: open it in Excel and save it as XLSX"))
    return Workbook(sheets, "HTML")


def write_workbook(sheets: Iterable[Sheet], created: datetime | None = None) -> bytes:
    """An XLSX of the sheets: headers bold and frozen, digits that matter as text, no cell a formula.

    With `created` the same sheets give the same bytes whenever they are written.
    """
    target = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        if created:
            book.set_properties({"created": created})
        styles = {
            "head": book.add_format(
                {"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter", "align": "center"}
            ),
            "title": book.add_format({"bold": True}),
            "text": book.add_format({"num_format": "@"}),
            "number": book.add_format({"num_format": "#,##0"}),
            "day": book.add_format({"num_format": "dd/mm/yyyy"}),
        }
        for sheet in sheets:
            _write_sheet(book.add_worksheet(_sheet_name(sheet.name)), sheet, styles)
    return target.getvalue()


def annotate_workbook(
    content: bytes,
    grids: Sequence[tuple[str, Grid]],
    remarks: dict[str, dict[int, str]],
    header: str,
    header_rows: dict[str, int],
    extra: Sheet | None = None,
) -> bytes:
    """The sender's workbook with one more column: what is wrong with which row.

    `remarks`: sheet -> row (from 1) -> text; `header_rows`: sheet -> row of the column's heading. An XLSX
    stays as it is otherwise; older formats and CSV come back as an XLSX of the same cells.
    """
    columns = {name: _free_column(grid) for name, grid in grids if name in remarks}
    if is_workbook(content):
        said = {
            name: Remarks(columns[name], header, header_rows.get(name, 1), rows)
            for name, rows in remarks.items()
        }
        extra = extra or Sheet(_("Remarks"), ())
        name = _free_name(extra.name, [name for name, _grid in grids])
        with suppress(UnusualPackageError, ValueError):
            return annotate(content, said, name, chain([extra.headers], extra.rows), extra.widths)
    return _plain_copy(grids, remarks, header, header_rows, columns, extra)


def _plain_copy(grids, remarks, header, header_rows, columns, extra: Sheet | None) -> bytes:
    """The cells of all sheets and the remarks, written row by row."""
    target = io.BytesIO()
    options = {
        "constant_memory": True,
        "nan_inf_to_errors": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        bold_red = book.add_format({"bold": True, "font_color": "#9C0006"})
        styles = {
            "text": None,
            "number": None,
            "day": book.add_format({"num_format": "dd/mm/yyyy"}),
            "bad": book.add_format({"bg_color": "#FFC7CE"}),
        }
        used: list[str] = []
        for name, grid in grids:
            used.append(_free_name(name, used))
            page = book.add_worksheet(used[-1])
            said, column = remarks.get(name, {}), columns.get(name, 1) - 1
            if said:
                page.set_column(column, column, 70)
            for index, row in enumerate(grid):
                for place, value in enumerate(row):
                    _write_cell(page, index, place, value, styles)
                if said and index + 1 == header_rows.get(name, 1):
                    page.write_string(index, column, header, bold_red)
                elif index + 1 in said:
                    page.write_string(index, column, said[index + 1], styles["bad"])
        if extra:
            page = book.add_worksheet(_free_name(extra.name, used))
            for column, width in enumerate(extra.widths):
                page.set_column(column, column, width)
            for index, row in enumerate([extra.headers, *extra.rows]):
                for place, value in enumerate(row):
                    _write_cell(page, index, place, value, styles)
    return target.getvalue()


def _refuse(file_name: str, problem: str):
    throw(
        _("The workbook {0} cannot be read: {1}.").format(bold(file_name or _("(without a name)")), problem),
        WorkbookError,
        title=_("Workbook"),
    )


def _guard_package(content: bytes, file_name: str) -> None:
    """Refuse a package that would grow without bounds before anything unpacks it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
            if len(names) > _MOST_PARTS:
                _refuse(file_name, _("it is damaged: open it, save it again and send it anew"))
            if sum(part.file_size for part in package.infolist()) > MAX_UNPACKED:
                _refuse(
                    file_name, _("unpacked it is larger than {0} MB").format(MAX_UNPACKED // 1024 // 1024)
                )
            if any(part.flag_bits & 1 for part in package.infolist()):
                _refuse(file_name, _("it is protected by a password: save it without one"))
            if not all(_inflates_as_said(content, part) for part in package.infolist()):
                _refuse(file_name, _("it is damaged: open it, save it again and send it anew"))
            if _ODS in content[:200] and "content.xml" in names:
                _guard_open_document(package, file_name)
                return
            if "xl/workbook.xml" not in names:
                _refuse(file_name, _("it is not an Excel workbook: save it as XLSX"))
            if _MACROS[0].decode() in names:
                _refuse(file_name, _("it holds macros: save it as XLSX without them"))
            for name in names:
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    _guard_sheet(package, name, file_name)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, expat.ExpatError, struct.error, zlib.error):
        _refuse(file_name, _("it is damaged: open it, save it again and send it anew"))


def _guard_open_document(package: zipfile.ZipFile, file_name: str) -> None:
    """Refuse an ODS whose repeated cells and rows would fill the memory; it says in few bytes how often."""
    cells = across = 0
    filled: list[int] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal across
        if tag == "table:table-row":
            filled.clear()
            across = 0
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            across += int(attributes.get("table:number-columns-repeated", 1))
            if any(name.startswith("office:") for name in attributes):
                filled.append(across)
        rows.append(int(attributes.get("table:number-rows-repeated", 1)) if tag == "table:table-row" else 0)

    def end(tag: str) -> None:
        nonlocal cells
        repeated = rows.pop()
        if tag == "table:table-row":
            cells += repeated * (filled[-1] if filled else 0)
            if cells > MAX_CELLS:
                _refuse(file_name, _("a sheet holds more than {0} cells").format(f"{MAX_CELLS:,}"))

    rows: list[int] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    read = 0
    with package.open("content.xml") as part:
        while chunk := part.read(1 << 20):
            read += len(chunk)
            if read > MAX_UNPACKED:
                _refuse(
                    file_name, _("unpacked it is larger than {0} MB").format(MAX_UNPACKED // 1024 // 1024)
                )
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _guard_sheet(package: zipfile.ZipFile, name: str, file_name: str) -> None:
    columns = rows = read = cells = 0
    tail = b""
    with package.open(name) as part:
        while chunk := part.read(1 << 20):
            read += len(chunk)
            if read > MAX_UNPACKED:
                # The size a package states of itself need not be true.
                _refuse(
                    file_name, _("unpacked it is larger than {0} MB").format(MAX_UNPACKED // 1024 // 1024)
                )
            for letters, number in _REFERENCE.findall(tail + chunk):
                columns = max(columns, column_number(letters))
                rows = max(rows, int(number))
            # A cell need not name its place; what only has a format holds nothing.
            cells += chunk.count(b"<v>") + chunk.count(b"<is>") + chunk.count(b"<c>")
            if cells > MAX_CELLS:
                _refuse(file_name, _("a sheet holds more than {0} cells").format(f"{MAX_CELLS:,}"))
            tail = chunk[-200:]
    if columns * rows > MAX_CELLS:
        _refuse_corner(file_name, rows, columns)


def _refuse_corner(file_name: str, rows: int, columns: int) -> None:
    _refuse(file_name, _("a sheet reaches to row {0}, column {1}: delete the empty rest").format(rows, columns))


def _guard_old_excel(content: bytes, file_name: str) -> None:
    """Refuse an XLS that says of a sheet that it is too large; the reader allots all of it at once."""
    for found in _DIMENSIONS.finditer(content):
        _first, rows, _left, columns = struct.unpack("<IIHH", found[1])
        if rows <= 65_536 and columns <= 256 and rows * columns > MAX_CELLS:
            _refuse_corner(file_name, rows, columns)


def _inflates_as_said(content: bytes, part: zipfile.ZipInfo) -> bool:
    """Whether a part of a package is as large as its directory says: other readers do not stop there."""
    names, extra = struct.unpack_from("<HH", content, part.header_offset + 26)
    start = part.header_offset + 30 + names + extra
    packed = memoryview(content)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        return len(packed) == part.file_size
    inflater, left = zlib.decompressobj(-zlib.MAX_WBITS), part.file_size
    while left >= 0 and not inflater.eof:
        got = inflater.decompress(packed, min(left + 1, 1 << 20))
        if not got and not inflater.unconsumed_tail:
            break
        left -= len(got)
        packed = inflater.unconsumed_tail
    return inflater.eof and left == 0


def _read_by_calamine(content: bytes, file_name: str) -> list[tuple[str, Grid]]:
    try:
        if is_workbook(content) and _is_tame(content):
            sheets = packed_sheets.read(content)
        else:
            sheets = packed_sheets.read_apart(content)
    except packed_sheets.ProtectedError:
        _refuse(file_name, _("it is protected by a password: save it without one"))
    except packed_sheets.TooLargeError as error:
        if error.rows:
            _refuse_corner(file_name, error.rows, error.columns)
        _refuse(file_name, _("unpacked it is larger than {0} MB").format(packed_sheets.MOST_MEMORY // 1024 // 1024))
    except packed_sheets.UnreadableError:
        _refuse(file_name, _("it is damaged: open it, save it again and send it anew"))
    late = _is_late_epoch(content)
    return [(name, SheetGrid(length, packed, late)) for name, length, packed in sheets]


def _is_tame(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return is_tame(package)


def _is_late_epoch(content: bytes) -> bool:
    """Whether the workbook counts its days from 1904, as those of an old Macintosh do."""
    if not is_workbook(content):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return bool(_LATE_EPOCH.search(package.read("xl/workbook.xml")))


def _read_text(content: bytes, file_name: str) -> tuple[list[list[str]], str]:
    try:
        rows, read_as = read_table(content, MAX_CELLS)
    except TooManyCellsError:
        _refuse(file_name, _("a sheet holds more than {0} cells").format(f"{MAX_CELLS:,}"))
    except UnknownEncodingError:
        if b"\x00" in content:
            _refuse(file_name, _("it is damaged: open it, save it again and send it anew"))
        _refuse(
            file_name,
            _("it is neither XLSX nor XLS nor text whose encoding can be told: save it as CSV in UTF-8"),
        )
    if not any(cell.strip() for row in rows for cell in row):
        _refuse(file_name, _("the file is empty"))
    return rows, read_as


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31].strip() or "Sheet"


def _write_sheet(target, sheet: Sheet, styles: dict) -> None:
    row = 0
    for title in sheet.titles:
        target.write_string(row, 0, str(title), styles["title"])
        row += 1
    if sheet.headers:
        for column, header in enumerate(sheet.headers):
            target.write_string(row, column, str(header), styles["head"])
        row += 1
        target.freeze_panes(row, 0)
    for values in sheet.rows:
        for column, value in enumerate(values):
            _write_cell(target, row, column, value, styles)
        row += 1
    for column, width in enumerate(sheet.widths):
        target.set_column(column, column, width)


def _write_cell(target, row: int, column: int, value: object, styles: dict) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (datetime, date)) and value.year >= 1900:
        target.write_datetime(row, column, value, styles["day"])
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        target.write_number(row, column, value, styles["number"])
    else:
        target.write_string(row, column, str(value), styles["text"])


def _free_name(name: str, used: Sequence[str]) -> str:
    """A sheet name that is allowed and not used yet."""
    name, taken, number = _sheet_name(name), {one.lower() for one in used}, 2
    free = name
    while free.lower() in taken:
        free, number = f"{name[:27]} {number}", number + 1
    return free


def _free_column(grid: Grid) -> int:
    """The column right of everything filled."""
    return (
        max((i for row in grid for i, value in enumerate(row, start=1) if value not in (None, "")), default=0)
        + 1
    )
