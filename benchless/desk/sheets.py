"""Tables as files: XLSX, and CSV that a spreadsheet opens without running what people typed."""

import csv
import io

from frappe.utils import cstr

from benchless.rest.responses import download

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL_LIMIT = 32_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def table_file(title: str, header: list, rows: list[list], kind: str):
    """The answer that brings the table as `xlsx` or `csv`."""
    if kind == "csv":
        return download(csv_text(header, rows), f"{title}.csv", "text/csv; charset=utf-8", "attachment")
    return download(workbook(title, header, rows), f"{title}.xlsx", XLSX_TYPE, "attachment")


def csv_text(header: list, rows: list[list]) -> str:
    """CSV with the mark by which Excel knows UTF-8; text that begins like a formula gets an apostrophe."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow([harmless(label) for label in header])
    for row in rows:
        writer.writerow([harmless(value) for value in row])
    return "\ufeff" + output.getvalue()


def harmless(value):
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    text = cstr(value)
    return "'" + text if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS[:4]) else text


def workbook(title: str, header: list, rows: list[list]) -> bytes:
    """One sheet with a bold header; numbers stay numbers, text is never a formula."""
    import xlsxwriter  # takes long to load

    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("".join(c for c in title if c not in "[]:*?/\\'")[:31] or "Sheet")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    number = book.add_format({"num_format": "#,##0.##"})
    whole = book.add_format({"num_format": "#,##0"})
    widths = [len(cstr(label)) for label in header]
    for column, label in enumerate(header):
        sheet.write_string(0, column, cstr(label), bold)
    for index, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, bool) or value is None:
                sheet.write_string(index, column, "" if value is None else cstr(int(value)))
            elif isinstance(value, (int, float)):
                sheet.write_number(index, column, value, whole if value == int(value) else number)
            else:
                sheet.write_string(index, column, cstr(value)[:CELL_LIMIT])
            if column < len(widths):
                widths[column] = max(widths[column], min(50, len(cstr(value))))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(50, width + 2))
    sheet.freeze_panes(1, 0)
    if header:
        sheet.autofilter(0, 0, max(1, len(rows)), len(header) - 1)
    book.close()
    return output.getvalue()
