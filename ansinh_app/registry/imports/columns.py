"""What each column of a list means: guessed, remembered per commune and layout, corrected by the user."""

import hashlib
import json
from datetime import date

import frappe
from frappe import _
from openpyxl.utils import get_column_letter

from ansinh_app.core import cells
from ansinh_app.core.names import search_key
from ansinh_app.core.sheets import SheetReader, has_name
from ansinh_app.exceptions import WorkbookError
from ansinh_app.utils.sealed_numbers import without_numbers

# The words of the choice in the grid -> the field of core.sheets.
MEANINGS = {
    "Full Name": "full_name",
    "Family and Middle Name": "family_name",
    "Middle Name": "middle_name",
    "Given Name": "given_name",
    "Running Number": "stt",
    "Date of Birth": "date_of_birth",
    "Day of Birth": "birth_day",
    "Month of Birth": "birth_month",
    "Year of Birth": "birth_year",
    "Born, if Male": "birth_male",
    "Born, if Female": "birth_female",
    "Sex": "sex",
    "Male": "sex_male",
    "Female": "sex_female",
    "Personal ID": "personal_id",
    "Old ID (CMND)": "old_id",
    "Birth Certificate": "birth_certificate_no",
    "Phone": "phone",
    "Ethnicity": "ethnicity",
    "Commune": "unit",
    "Village": "village",
    "Address": "address",
    "Category": "category",
    "Degree of Disability": "degree",
    "Quantity": "quantity",
    "Amount": "amount",
    "Decision No": "decision_no",
    "Decision Date": "decision_date",
    "Entitled From Month": "effective_from",
    "Payment Method": "payment_method",
    "Cash Reason": "cash_reason",
    "Payee": "payee_type",
    "Account No": "account_no",
    "Account Name": "account_name",
    "Bank": "bank",
    "Representative": "representative_name",
    "Personal ID of the Representative": "representative_id",
    "Relation": "relation",
    "Note": "note",
}
_WORD_OF = {field: word for word, field in MEANINGS.items()}
_SAMPLES = 2


def fingerprint(headers) -> str:
    """What a layout is known by: its headers in order, whatever their spelling and marks."""
    keys = "|".join(search_key(header) for header in headers)
    return hashlib.sha256(keys.encode()).hexdigest()[:32]


def choose(doc, reader: SheetReader) -> tuple[dict[str, int], dict[str, str]]:
    """The columns of a sheet and how sure each is: the user's choice, else the remembered layout, else the guess."""
    chosen = [row for row in doc.columns if row.sheet == reader.sheet]
    headers = list(reader.table.headers)
    if chosen and [row.header or "" for row in chosen] == [_header(header) for header in headers]:
        return _of_grid(chosen, reader)
    remembered = _remembered(doc.administrative_unit, fingerprint(headers))
    if remembered is not None:
        return remembered, dict.fromkeys(remembered, "Remembered")
    return dict(reader.table.columns), dict(reader.table.confidence)


def _header(text: str) -> str:
    return text[:500]


def _of_grid(rows, reader: SheetReader) -> tuple[dict[str, int], dict[str, str]]:
    """The grid as the user left it; what differs from the guess is his choice."""
    columns: dict[str, int] = {}
    sure: dict[str, str] = {}
    for column, row in enumerate(rows):
        field = MEANINGS.get(row.meaning or "")
        if not field:
            continue
        if field in columns:
            frappe.throw(
                _("Sheet {0}: two columns are said to be “{1}”. Choose one.").format(
                    frappe.bold(row.sheet), _(row.meaning)
                ),
                WorkbookError,
            )
        columns[field] = column
        same = reader.table.columns.get(field) == column
        sure[field] = (row.confidence or "Chosen") if same or row.confidence == "Remembered" else "Chosen"
    if not has_name(columns):
        frappe.throw(
            _("Sheet {0}: say which column holds the names.").format(frappe.bold(rows[0].sheet)),
            WorkbookError,
        )
    return columns, sure


def _remembered(unit: str, mark: str) -> dict[str, int] | None:
    stored = frappe.db.get_value(
        "Registry Import Layout", {"administrative_unit": unit, "fingerprint": mark}, "mapping"
    )
    return json.loads(stored) if stored else None


def remember(doc, reader: SheetReader) -> str:
    """Keep how this layout was read, for the commune's next list; returns the layout's name."""
    mark = fingerprint(reader.table.headers)
    known = {"administrative_unit": doc.administrative_unit, "fingerprint": mark}
    values = {"mapping": json.dumps(reader.fields), "last_import": doc.name}
    name = frappe.db.get_value("Registry Import Layout", known, "name")
    if name:
        frappe.db.set_value("Registry Import Layout", name, values)
        return name
    headers = " | ".join(filter(None, reader.table.headers))[:1000]
    layout = frappe.get_doc({"doctype": "Registry Import Layout", **known, **values, "headers": headers})
    return layout.insert(ignore_permissions=True).name


def grid_rows(reader: SheetReader, sure: dict[str, str]) -> list[dict]:
    """The rows of the document's grid for a sheet: header, examples, meaning, how sure."""
    meaning = {column: field for field, column in reader.fields.items()}
    samples = _samples(reader)
    rows = []
    for column, header in enumerate(reader.table.headers):
        field = meaning.get(column)
        rows.append(
            {
                "sheet": reader.sheet,
                "place": get_column_letter(column + 1),
                "header": _header(header),
                "sample": without_numbers("; ".join(samples.get(column, ()))[:500]),
                "meaning": _WORD_OF.get(field or "", ""),
                "confidence": sure.get(field, "Guess") if field else "",
            }
        )
    return rows


def _samples(reader: SheetReader) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    people = 0
    for row in reader.people():
        for column, value in enumerate(row):
            text = f"{value:%d/%m/%Y}" if isinstance(value, date) else cells.text(value)
            texts = found.setdefault(column, [])
            if text and text not in texts and len(texts) < _SAMPLES:
                texts.append(text[:60])
        people += 1
        if people >= 2 * _SAMPLES:
            break
    return found
