"""Workbooks: write rows as XLSX, read the first sheet of one."""

import re
from html import unescape
from io import BytesIO

import frappe
import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook.child import INVALID_TITLE_REGEX

ILLEGAL_CHARACTERS_RE = re.compile(r"[\000-\010]|[\013-\014]|[\016-\037]")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def make_xlsx(data, sheet_name, wb=None, column_widths=None) -> BytesIO:
    """Rows as a workbook in memory; the first row is bold.

    A text that begins like a formula stays text: what people typed must not run in the reader's
    spreadsheet.
    """
    wb = wb or openpyxl.Workbook(write_only=True)
    sheet = wb.create_sheet(INVALID_TITLE_REGEX.sub(" ", sheet_name)[:31], 0)
    for number, width in enumerate(column_widths or [], 1):
        if width:
            sheet.column_dimensions[get_column_letter(number)].width = width
    bold = Font(name="Calibri", bold=True)
    for row_number, row in enumerate(data):
        cells = []
        for item in row:
            value = ILLEGAL_CHARACTERS_RE.sub("", handle_html(item)) if isinstance(item, str) else item
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            if row_number == 0:
                cell.font = bold
            cells.append(cell)
        sheet.append(cells)
    buffer = BytesIO()
    wb.save(buffer)
    buffer.seek(0)
    return buffer


def handle_html(data: str) -> str:
    """The text of a formatted cell: tags gone, one line."""
    if "<" not in data or ">" not in data or not TAG.search(data):
        return data
    text = re.sub(r"(?i)<br\s*/?>|</p>|</div>|</li>", ", ", data)
    return " ".join(unescape(TAG.sub("", text)).split()).strip(", ")


def read_xlsx_file_from_attached_file(file_url=None, fcontent=None, filepath=None) -> list | None:
    """Rows (lists of values) of the active sheet of a File, of bytes, or of a path."""
    if file_url:
        source = frappe.get_doc("File", {"file_url": file_url}).get_full_path()
    elif fcontent:
        source = BytesIO(fcontent)
    elif filepath:
        source = filepath
    else:
        return None
    sheet = openpyxl.load_workbook(filename=source, data_only=True).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]
