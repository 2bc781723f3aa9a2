"""The attached workbook as people's rows: which sheets hold a list, and which are left aside, and why."""

import hashlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core import cells
from ansinh_app.core.errors import BadTable
from ansinh_app.core.sheets import LeftOut, Record, SheetReader
from ansinh_app.exceptions import WorkbookError
from ansinh_app.registry.imports import columns
from ansinh_app.registry.people import known_provinces
from ansinh_app.utils.workbooks import Grid, open_workbook

_FOOT_ROWS = 15


@dataclass(slots=True)
class Reading:
    """A workbook opened: its bytes, its readers, and what is to be said of every sheet."""

    content: bytes
    file_name: str
    read_as: str
    grids: list[tuple[str, Grid]]
    readers: list[SheetReader] = field(default_factory=list)
    sure: dict[str, dict[str, str]] = field(default_factory=dict)
    without_list: dict[str, str] = field(default_factory=dict)

    @property
    def file_hash(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def header_rows(self) -> dict[str, int]:
        """Sheet -> its lowest header row, from 1."""
        return {reader.sheet: reader.table.first_row for reader in self.readers}

    def texts_around(self) -> list[str]:
        """The texts of the first and last rows of each list: its title and signatures stand there."""
        found = []
        for reader in self.readers:
            around = [
                *islice(iter(reader.grid), reader.table.header_row),
                *deque(iter(reader.grid), _FOOT_ROWS),
            ]
            found += [cells.text(value) for row in around for value in row if isinstance(value, str)]
        return [text for text in found if text]

    def rows(self) -> Iterator[Record | LeftOut]:
        for reader in self.readers:
            yield from reader


def open_attached(doc) -> Reading:
    """Open the document's workbook and find its lists. Raises WorkbookError when there is none."""
    file = _file_of(doc)
    content = file.get_content()
    content = content.encode() if isinstance(content, str) else content
    book = open_workbook(content, file.file_name)
    found = Reading(content, file.file_name, book.read_as, book.sheets)
    for name, grid in book.sheets:
        try:
            reader = SheetReader(grid, name, known_provinces(), latest_year=getdate(nowdate()).year)
        except BadTable:
            # A cover sheet, a sheet of codes: only sheets with a list of people are read.
            found.without_list[name] = _nothing_found(grid)
            continue
        chosen, sure = columns.choose(doc, reader)
        reader.use(chosen)
        found.readers.append(reader)
        found.sure[name] = sure
    if not any(isinstance(row, Record) for row in found.rows()):
        frappe.throw(
            _(
                "No list of people was found in {0}. A header row with “Họ và tên” and at least one more "
                "known column is needed, with the people below it."
            ).format(frappe.bold(file.file_name)),
            WorkbookError,
            title=_("Workbook"),
        )
    return found


def _nothing_found(grid: Grid) -> str:
    if not any(cells.text(value) for row in grid for value in row):
        return _("Skipped: the sheet is empty")
    return _("Skipped: no header with names and one more known column was found")


def _file_of(doc):
    """The attached workbook, which the runner must be allowed to read."""
    names = frappe.get_all("File", filters={"file_url": doc.file}, fields=["name", "attached_to_name"])
    if not names:
        frappe.throw(_("Attach the commune's workbook first"), WorkbookError)
    own = [row.name for row in names if row.attached_to_name == doc.name]
    file = frappe.get_doc("File", (own or [names[0].name])[0])
    if not own:
        file.check_permission("read")
    return file
