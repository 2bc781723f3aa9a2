"""Comma separated values: read what people send, write what they can open."""

import csv
from io import StringIO

import frappe
from frappe import _


def read_csv_content(fcontent) -> list:
    """Rows of a CSV; empty cells are None. Bytes are tried as UTF-8, windows-1258 (Vietnamese), -1252."""
    if not isinstance(fcontent, str):
        for encoding in ("utf-8-sig", "windows-1258", "windows-1252"):
            try:
                fcontent = str(fcontent, encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            frappe.throw(_("Unknown file encoding. Save the file as UTF-8 and try again."))
    try:
        return [[cell.strip() or None for cell in row] for row in csv.reader(StringIO(fcontent, newline=""))]
    except csv.Error:
        frappe.msgprint(_("Not a valid Comma Separated Value (CSV File)"))
        raise


def to_csv(data, quoting=csv.QUOTE_NONNUMERIC, delimiter=",") -> str:
    """Rows as CSV text."""
    writer = UnicodeWriter(quoting=quoting, delimiter=delimiter)
    for row in data:
        writer.writerow(row)
    return writer.getvalue()


class UnicodeWriter:
    """A CSV writer into memory."""

    def __init__(self, encoding="utf-8", quoting=csv.QUOTE_NONNUMERIC, delimiter=","):
        self.encoding = encoding
        self.queue = StringIO()
        self.writer = csv.writer(self.queue, quoting=quoting, delimiter=delimiter)

    def writerow(self, row):
        self.writer.writerow(row)

    def getvalue(self) -> str:
        return self.queue.getvalue()
