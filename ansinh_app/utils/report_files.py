"""A report as a file: the workbook behind the Export button and in the mail, and the PDF, as an office writes them."""

import html
import io
from datetime import date, datetime

import frappe
import xlsxwriter
from frappe import _
from frappe.desk import query_report
from frappe.desk.query_report import run
from frappe.utils import cint, getdate, strip_html, today
from frappe.utils.pdf import get_pdf

from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.gate.exports import harmless_answer
from ansinh_app.utils import report_frame
from ansinh_app.utils.ours import is_ours
from ansinh_app.utils.printing import office_paper
from ansinh_app.utils.reports import own_office

_NUMBERS = ("Int", "Float", "Currency", "Percent")
_PATTERNS = {
    "Int": "#,##0",
    "Currency": "#,##0",
    "Date": "dd/mm/yyyy",
    "Datetime": "dd/mm/yyyy hh:mm",
    "text": "@",
}
_WIDEST = 60
_NARROW = 6  # columns that a sheet holds upright


def run_report(name: str, filters: dict, custom_columns=None) -> dict:
    """Columns and rows of a report under the session user's own rights. Raises frappe.PermissionError."""
    result = run(
        name,
        filters=filters,
        ignore_prepared_report=True,
        are_default_filters=False,
        custom_columns=custom_columns,
    )
    columns = [frappe._dict(column) for column in result["columns"] if not column.get("hidden")]
    return {"columns": columns, "rows": result["result"] or [], "message": result.get("message") or ""}


@frappe.whitelist()
def export_query():
    """Stands in for `frappe.desk.query_report.export_query`: as Excel, a report of this app is the office's workbook.

    Takes its arguments (report_name, filters, file_format_type, visible_idx) and asks for the same rights; CSV and
    the reports of others stay the host's own.
    """
    asked = frappe.form_dict
    report = frappe.db.get_value("Report", asked.get("report_name"), ["name", "ref_doctype", "module"], as_dict=True)
    if not report or not is_ours(report.module) or asked.get("file_format_type") not in ("Excel", "XLSX"):
        return harmless_answer(query_report.export_query)
    frappe.has_permission(report.ref_doctype, "export", throw=True)
    filters = frappe._dict(frappe.parse_json(asked.get("filters") or "{}") or {})
    result = run_report(report.name, filters, frappe.parse_json(asked.get("custom_columns") or "[]"))
    result["rows"] = _visible(result["rows"], frappe.parse_json(asked.get("visible_idx") or "[]"))
    name = own_office(filters)
    office = frappe.get_cached_doc("Paying Office", name) if name else None
    content = report_xlsx(office, _(report.name), getdate(today()), result)
    frappe.response["filename"] = f"{_(report.name)}.xlsx"
    frappe.response["filecontent"] = content
    frappe.response["type"] = "binary"


def _visible(rows: list, shown: list) -> list:
    """The rows the reader left on the page by filtering its columns; all of them where he filtered none."""
    shown = {cint(index) for index in shown or ()}
    return [row for index, row in enumerate(rows) if index in shown] if 0 < len(shown) < len(rows) else rows


def report_xlsx(office, title: str, day: date, result: dict) -> bytes:
    """The report as a workbook: header block, title, table, total in bold; a text is never a formula.

    `office` (a Paying Office, or None) gives the header block and the signatures. The heads stay in sight and are
    repeated on each page; the print area is the whole, one page wide.
    """
    columns, rows = result["columns"], result["rows"]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_date_format": "dd/mm/yyyy",
        },
    )
    book.formats[0].set_font_name("Times New Roman")
    book.set_properties({"title": title, "author": office.office_name if office else ""})
    font = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}

    def style(**more):
        return book.add_format({**font, **more})

    sheet = book.add_worksheet(_sheet_name(title))
    last = max(1, len(columns) - 1)
    paper = office_paper(office, day) if office else None
    top = _write_head(sheet, paper, title, _plain(result["message"]), last, style)
    head = style(bold=True, border=1, align="center", text_wrap=True, bg_color="#EDEDED")
    for index, column in enumerate(columns):
        sheet.write_string(top, index, str(column.label or ""), head)
        sheet.set_column(index, index, min(_WIDEST, max(8, cint(column.width or 100) / 7)))
    formats: dict = {}
    for offset, row in enumerate(rows, start=1):
        strong = bool(_of(row, "bold"))
        for index, column in enumerate(columns):
            value = row.get(column.fieldname) if isinstance(row, dict) else row[index]
            kind, pattern = _kind(column, value)
            if (kind, pattern, strong) not in formats:
                formats[kind, pattern, strong] = style(
                    border=1, bold=strong, num_format=pattern, text_wrap=kind == "text",
                    **({"align": "right"} if kind == "text" and _is_number(column) else {}),
                )  # fmt: skip
            _write(sheet, top + offset, index, column, kind, value, formats[kind, pattern, strong])
    end = top + len(rows)
    if paper:
        end = _sign(sheet, paper["signatures"], end + 2, last, style)
    plain = [not _of(row, "bold") for row in rows]
    if plain and all(plain[:-1]):  # groups with heads of their own would be torn apart
        sheet.autofilter(top, 0, top + len(rows) - (not plain[-1]), last)
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    sheet.print_area(0, 0, end, last)
    sheet.fit_to_pages(1, 0)
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.6, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer(f"&L&9{_plain(title).replace('&', '&&')}&R&9&P/&N")
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    if len(columns) > _NARROW:
        sheet.set_landscape()
    book.close()
    return out.getvalue()


def _write_head(sheet, paper: dict | None, title: str, message: str, last: int, style) -> int:
    """The header block where an office speaks, then title and message; returns the row of the table's heads."""
    row = 0
    if paper:
        half = max(1, last // 2)
        middle, bold = style(align="center"), style(align="center", bold=True)
        for row, left, right, form in (
            (0, paper["parent_body"], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", middle),
            (1, paper["office_name"], "Độc lập - Tự do - Hạnh phúc", bold),
            (2, paper["number"], paper["dated"], middle),
        ):
            _merge(sheet, row, 0, half, left, form)
            _merge(sheet, row, half + 1, last, right, style(align="center", italic=True) if row == 2 else bold)
        row = 4
    _merge(sheet, row, 0, last, title.upper(), style(align="center", bold=True, font_size=14, text_wrap=True))
    _merge(sheet, row + 1, 0, last, message, style(align="center", italic=True, text_wrap=True))
    # A merged cell does not grow by itself: some hundred letters stand in a line.
    sheet.set_row(row + 1, 16 * (1 + len(message) // 100))
    return row + 3


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31].strip() or "Sheet"


def _plain(message: str) -> str:
    return html.unescape(strip_html(message or ""))


def _of(row, key: str):
    return row.get(key) if isinstance(row, dict) else None


def _kind(column, value) -> tuple[str, str]:
    """How a cell is written, and its number format. A dash in a column of numbers stays a dash."""
    if column.get("holds") and isinstance(value, str) and value not in ("", report_frame.UNKNOWN):
        return "said", _decimals(column)
    if column.fieldtype in _NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
        if column.fieldtype in ("Float", "Percent"):
            return "number", _decimals(column)
        return "number", _PATTERNS[column.fieldtype]
    if column.fieldtype in ("Date", "Datetime") and value:
        return column.fieldtype, _PATTERNS[column.fieldtype]
    return "text", _PATTERNS["text"]


def _is_number(column) -> bool:
    return column.fieldtype in _NUMBERS or bool(column.get("holds"))


def _decimals(column) -> str:
    digits = cint(column.precision if column.precision is not None else 2)
    return "#,##0." + "0" * digits if digits else "#,##0"


def _write(sheet, row: int, index: int, column, kind: str, value, form) -> None:
    if kind == "number":
        sheet.write_number(row, index, as_dong(value) if column.fieldtype == "Currency" else value, form)
    elif kind == "said":
        sheet.write_number(row, index, report_frame.read_back(value), form)
    elif kind == "text":
        sheet.write_string(row, index, _plain(str(value)) if value not in (None, "") else "", form)
    elif kind == "Date":
        sheet.write_datetime(row, index, datetime.combine(getdate(value), datetime.min.time()), form)
    else:
        sheet.write_datetime(row, index, frappe.utils.get_datetime(value).replace(tzinfo=None), form)


def report_pdf(office, title: str, day: date, result: dict) -> bytes:
    """The report as a PDF with the header block and signatures of the office."""
    columns = [column for column in result["columns"] if not column.get("hidden")]
    paper = office_paper(office, day)
    paper.update(
        title=title.upper(),
        message=result["message"],
        columns=columns,
        rows=[
            {
                "bold": bool(row.get("bold")),
                "cells": [cell(row.get(column.fieldname), column) for column in columns],
            }
            for row in result["rows"]
        ],
        landscape=len(columns) > 8,
    )
    return get_pdf(frappe.render_template("ansinh_app/templates/papers/report.html", {"paper": paper}))


def cell(value, column) -> dict:
    """A value as a paper shows it: its text, and whether it stands on the right."""
    number = _is_number(column)
    if value in (None, ""):
        text = ""
    elif number and not isinstance(value, int | float):
        text = str(value)
    elif column.fieldtype == "Currency":
        text = format_dong(as_dong(value))
    elif column.fieldtype in ("Float", "Percent"):
        digits = cint(column.precision if column.get("precision") is not None else 2)
        text = f"{value:.{digits}f}".replace(".", ",")
    elif column.fieldtype == "Int":
        text = format_dong(int(value))
    elif column.fieldtype == "Date":
        text = f"{getdate(value):%d/%m/%Y}"
    else:
        text = str(value)
    return {"text": text, "number": number}


def _merge(sheet, row: int, first: int, last: int, text: str, form) -> None:
    if last > first:
        sheet.merge_range(row, first, row, last, "", form)
    sheet.write_string(row, first, text or "", form)


def _sign(sheet, blocks: list, row: int, last: int, style) -> int:
    """The preparer on the left, the head on the right; each also where the table is narrow. Returns the last row."""
    pairs = [(0, max(1, last // 2 - 1), blocks[0]), (last // 2 + 1, last, blocks[-1])]
    for first, end, block in pairs:
        _merge(sheet, row, first, end, block.authority, style(bold=True, align="center"))
        _merge(sheet, row + 1, first, end, block.title, style(bold=True, align="center"))
        _merge(sheet, row + 2, first, end, block.hint, style(italic=True, align="center"))
        _merge(sheet, row + 6, first, end, block.name, style(bold=True, align="center"))
    return row + 6
