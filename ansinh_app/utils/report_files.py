"""A report as a file: the workbook and the PDF that are mailed, laid out as an office would write it."""

import io
from datetime import date

import frappe
import xlsxwriter
from frappe.desk.query_report import run
from frappe.utils.pdf import get_pdf

from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.utils.printing import office_paper

_NUMBERS = ("Int", "Float", "Currency", "Percent")


def run_report(name: str, filters: dict) -> dict:
    """Columns and rows of a report under the session user's own rights. Raises frappe.PermissionError."""
    result = run(name, filters=filters, ignore_prepared_report=True, are_default_filters=False)
    columns = [frappe._dict(column) for column in result["columns"]]
    return {"columns": columns, "rows": result["result"] or [], "message": result.get("message") or ""}


def report_xlsx(office, title: str, day: date, result: dict) -> bytes:
    """The report as a workbook: header block, title, table, total in bold; a text is never a formula."""
    paper = office_paper(office, day)
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
    font = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}

    def style(**more):
        return book.add_format({**font, **more})

    sheet = book.add_worksheet("data")
    last = len(columns) - 1
    half = max(1, last // 2)
    middle, bold = style(align="center"), style(align="center", bold=True)
    for row, left, right, form in (
        (0, paper["parent_body"], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", middle),
        (1, paper["office_name"], "Độc lập - Tự do - Hạnh phúc", bold),
        (2, paper["number"], paper["dated"], middle),
    ):
        _merge(sheet, row, 0, half, left, form)
        _merge(sheet, row, half + 1, last, right, style(align="center", italic=True) if row == 2 else bold)
    _merge(sheet, 4, 0, last, title.upper(), style(align="center", bold=True, font_size=14))
    _merge(sheet, 5, 0, last, result["message"], style(align="center", italic=True))
    head = style(bold=True, border=1, align="center", text_wrap=True)
    top = 7
    for index, column in enumerate(columns):
        sheet.write_string(top, index, str(column.label or ""), head)
        sheet.set_column(index, index, max(8, int(column.width or 100) / 7))
    formats = {
        (kind, strong): style(
            border=1, bold=strong, num_format=pattern, **({"text_wrap": True} if kind == "text" else {})
        )
        for kind, pattern in (("Int", "#,##0"), ("Currency", "#,##0"), ("Float", "0.00"), ("text", "@"))
        for strong in (False, True)
    }
    for offset, row in enumerate(rows, start=1):
        strong = bool(row.get("bold"))
        for index, column in enumerate(columns):
            value = row.get(column.fieldname)
            kind = {"Percent": "Float"}.get(column.fieldtype, column.fieldtype)
            if kind in _NUMBERS and value not in (None, ""):
                number = as_dong(value) if kind == "Currency" else value
                sheet.write_number(top + offset, index, number, formats[(kind, strong)])
            else:
                sheet.write_string(top + offset, index, str(value or ""), formats[("text", strong)])
    _sign(sheet, paper["signatures"], top + len(rows) + 2, last, style)
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()


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
                "cells": [_cell(row.get(column.fieldname), column) for column in columns],
            }
            for row in result["rows"]
        ],
        landscape=len(columns) > 8,
    )
    return get_pdf(frappe.render_template("ansinh_app/templates/papers/report.html", {"paper": paper}))


def _cell(value, column) -> dict:
    number = column.fieldtype in _NUMBERS
    if value in (None, ""):
        text = ""
    elif column.fieldtype == "Currency":
        text = format_dong(as_dong(value))
    elif column.fieldtype in ("Float", "Percent"):
        text = f"{value:.2f}".replace(".", ",")
    elif column.fieldtype == "Int":
        text = format_dong(int(value))
    else:
        text = str(value)
    return {"text": text, "number": number}


def _merge(sheet, row: int, first: int, last: int, text: str, form) -> None:
    if last > first:
        sheet.merge_range(row, first, row, last, "", form)
    sheet.write_string(row, first, text or "", form)


def _sign(sheet, blocks: list, row: int, last: int, style) -> None:
    """The preparer on the left, the head on the right; each also where the table is narrow."""
    pairs = [(0, max(1, last // 2 - 1), blocks[0]), (last // 2 + 1, last, blocks[-1])]
    for first, end, block in pairs:
        _merge(sheet, row, first, end, block.authority, style(bold=True, align="center"))
        _merge(sheet, row + 1, first, end, block.title, style(bold=True, align="center"))
        _merge(sheet, row + 2, first, end, block.hint, style(italic=True, align="center"))
        _merge(sheet, row + 6, first, end, block.name, style(bold=True, align="center"))
