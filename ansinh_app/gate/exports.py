"""What the host writes when people export lists: what somebody typed stays text in whoever's spreadsheet opens it.

A bench writes a cell that begins with = as a formula into XLSX, and as it is into CSV.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable

import frappe
from frappe.desk import reportview
from frappe.utils import cint

from ansinh_app.core.bankfile import safe_text

_MARK = b"\xef\xbb\xbf"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# The cell of a formula, with its place, its format and what it computes.
_FORMULA = re.compile(rb'<c r="([A-Z]+\d+)"((?: s="\d+")?)[^>]*><f>(.*?)</f><v\s*(?:/>|>[^<]*</v>)</c>', re.DOTALL)


@frappe.whitelist()
def export_list():
    """Stands in for `frappe.desk.reportview.export_query`, the export of lists and of the report builder."""
    return harmless_answer(reportview.export_query)


def harmless_answer(export: Callable):
    """Let the host export, then look through the file it answers with."""
    separator = str(frappe.form_dict.get("csv_delimiter") or ",")[:1]
    answer = export()
    name, content = str(frappe.response.get("filename") or ""), frappe.response.get("filecontent")
    if content and name.endswith(".csv"):
        frappe.response["filecontent"] = harmless_csv(content, separator)
    elif content and name.endswith(".xlsx"):
        frappe.response["filecontent"] = harmless_xlsx(content)
    return answer


def harmless_csv(content: bytes | str, separator: str = ",") -> bytes:
    """The same rows in which no cell but a number begins as a formula does."""
    content = content.encode() if isinstance(content, str) else content
    text, out = content.removeprefix(_MARK).decode(), io.StringIO()
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    quoting = cint(frappe.form_dict.get("csv_quoting")) if frappe.form_dict.get("csv_quoting") else csv.QUOTE_ALL
    written = csv.writer(out, delimiter=separator, quoting=quoting if quoting in (0, 1) else csv.QUOTE_ALL)
    written.writerows([cell if _NUMBER.fullmatch(cell) else safe_text(cell) for cell in row] for row in rows)
    return (_MARK if content.startswith(_MARK) else b"") + out.getvalue().encode()


def harmless_xlsx(content: bytes) -> bytes:
    """The same workbook with texts where the host wrote formulas; an export has none of its own."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {part.filename: book.read(part) for part in book.infolist()}
    found = {name for name, part in parts.items() if name.startswith("xl/worksheets/") and b"<f>" in part}
    if not found:
        return content
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(name, _FORMULA.sub(_as_text, part) if name in found else part)
    return target.getvalue()


def _as_text(cell: re.Match[bytes]) -> bytes:
    said = b"=" + cell[3]
    return b'<c r="%s"%s t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>' % (cell[1], cell[2], said)
