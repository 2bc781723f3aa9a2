"""One round over a workbook: checking tells what would become of each row, running writes it."""

from itertools import islice

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core.months import Month
from ansinh_app.core.sheets import LeftOut, Record, SheetReader
from ansinh_app.registry import duplicates
from ansinh_app.registry.imports import columns
from ansinh_app.registry.imports.lookups import learn, read_lookups
from ansinh_app.registry.imports.reading import Reading, open_attached
from ansinh_app.registry.imports.results import Results, return_workbook
from ansinh_app.registry.imports.rows import Row, Terms, judge
from ansinh_app.registry.imports.store import Store
from ansinh_app.registry.imports.title import stated_day, stated_decision, stated_month
from ansinh_app.registry.imports.writer import Writer
from ansinh_app.registry.offices import next_month
from ansinh_app.utils.sealed_numbers import without_numbers

_AT_ONCE = 500
_CHOICES = ("Same Person", "Another Person", "Leave Out")


def check(doc) -> dict:
    """Read the workbook and say what would become of every row; the registry stays as it is."""
    reading, results = _go_through(doc, keep=False)
    error_file = return_workbook(doc, reading, results)
    _show(doc, reading, results)
    status = {"status": "Checked", "error_file": error_file, "error_message": results.summary()}
    doc.db_set({**results.counts, **status})
    _progress(doc, 100)
    return {**results.counts, **status}


def run(doc) -> dict:
    """Write what can be taken, all of it or nothing; returns the counts."""
    reading, results = _go_through(doc, keep=True)
    error_file = return_workbook(doc, reading, results)
    _show(doc, reading, results)
    duplicates.after_import(doc.name)
    layouts = [columns.remember(doc, reader) for reader in reading.readers]
    status = {
        "status": "Completed with Errors" if results.counts["rows_rejected"] else "Completed",
        "error_file": error_file,
    }
    doc.db_set(
        {
            **results.counts,
            **status,
            "error_message": results.summary(),
            "layout": layouts[0],
            "confirmed_by": doc.confirmed_by or frappe.session.user,
            "confirmed_on": frappe.utils.now(),
        }
    )
    _progress(doc, 100)
    return {**results.counts, **status}


def in_background(registry_import: str, work: str) -> None:
    """The queued work, "check" or "run": whatever happens, the document says how it ended."""
    try:
        doc = frappe.get_doc("Registry Import", registry_import)
        doc.check_permission("write")
        {"check": check, "run": run}[work](doc)
        frappe.db.commit()
    except Exception as error:
        frappe.db.rollback()
        expected = isinstance(error, frappe.ValidationError)
        if not expected:
            frappe.log_error(title=f"Registry Import {registry_import}")
        message = (
            str(error)
            if expected
            else _("The import stopped by an error of the system; it has been recorded.")
        )
        frappe.db.set_value(
            "Registry Import",
            registry_import,
            {"status": "Failed", "error_message": without_numbers(frappe.utils.strip_html(message))},
        )
        frappe.db.commit()


def run_in_background(registry_import: str) -> None:
    """The queued run of an import."""
    in_background(registry_import, "run")


def _go_through(doc, keep: bool) -> tuple[Reading, Results]:
    reading = open_attached(doc)
    if not doc.effective_month:
        doc.db_set("effective_month", _first_month(doc.office, reading.grids).first_day)
    choices = _choices(doc.name)
    terms = _terms(doc, choices, reading)
    known, store = read_lookups(doc.administrative_unit), Store(keep)
    results = Results(doc, choices, known)
    writer = Writer(terms, known, store)
    expected, done = sum(reader.row_count for reader in reading.readers), 0
    rows = reading.rows()
    while some := list(islice(rows, _AT_ONCE)):
        learn(known, (row for row in some if isinstance(row, Record)))
        for row in some:
            if isinstance(row, LeftOut):
                results.left_out(row)
            else:
                _take(judge(row, terms, known), writer, results)
        done += len(some)
        _progress(doc, int(done * 95 / max(expected, 1)))
    store.finish()
    results.finish()
    return reading, results


def _take(row: Row, writer: Writer, results: Results) -> None:
    """Write one judged row; a document's own rule may still refuse it, and then nothing of the row stays."""
    if row.errors:
        results.person(row, None, None)
        return
    try:
        outcome, trace = writer.write(row)
    except frappe.ValidationError as error:
        frappe.clear_last_message()
        row.errors.append(frappe.utils.strip_html(str(error)))
        results.person(row, None, None)
        return
    results.person(row, outcome, trace)


def _choices(registry_import: str) -> dict[tuple[str, int], tuple[str, str | None]]:
    """What was decided about rows of an earlier check."""
    rows = frappe.get_all(
        "Registry Import Row",
        filters={"registry_import": registry_import, "choice": ["in", list(_CHOICES)]},
        fields=["sheet", "row_no", "choice", "candidate"],
    )
    return {(row.sheet, row.row_no): (row.choice, row.candidate) for row in rows}


def _show(doc, reading: Reading, results: Results) -> None:
    """Tell on the document which sheets and columns were understood, and how."""
    doc.reload()
    sheets = [_sheet_row(reader, results) for reader in reading.readers]
    sheets += [{"sheet": name, "result": said} for name, said in reading.without_list.items()]
    meanings = [
        row for reader in reading.readers for row in columns.grid_rows(reader, reading.sure[reader.sheet])
    ]
    for field, rows in (("sheets", sheets), ("columns", meanings)):
        # The same again is no news for the document's history.
        if [
            {key: row.get(key) for key in new} for row, new in zip(doc.get(field), rows, strict=False)
        ] != rows:
            doc.set(field, rows)
    doc.read_as, doc.file_hash = reading.read_as, reading.file_hash
    doc.flags.update({"ignore_permissions": True, "by_import": True})
    doc.save(ignore_permissions=True)


def _sheet_row(reader: SheetReader, results: Results) -> dict:
    people, left_out = results.per_sheet.get(reader.sheet, (0, 0))
    first, last = reader.table.header_row + 1, reader.table.first_row
    said = _("List of people")
    if reader.font:
        said += "; " + _("typed in an old font ({0}), put into Unicode").format(reader.font)
    return {
        "sheet": reader.sheet,
        "header_rows": f"{first}–{last}" if last > first else str(first),
        "people": people,
        "left_out": left_out,
        "result": said,
    }


def _first_month(office: str, grids: list) -> Month:
    """The month the list's title names, never one the office has prepared already; else the next one."""
    stated = next(filter(None, (stated_month(grid) for _name, grid in grids)), None)
    months = [month for month in (stated, next_month(office)) if month]
    return max(months, default=Month.of(getdate(nowdate())))


def _terms(doc, choices: dict, reading: Reading) -> Terms:
    around = reading.texts_around()
    return Terms(
        unit=doc.administrative_unit,
        unit_title=frappe.db.get_value("Administrative Unit", doc.administrative_unit, "unit_name") or "",
        office=doc.office,
        programme=doc.programme or None,
        effective_month=Month.of(getdate(doc.effective_month)),
        decision_date=getdate(doc.decision_date) if doc.decision_date else None,
        reference=doc.name,
        list_decision=stated_decision(around),
        list_day=stated_day(around),
        choices=choices,
    )


def _progress(doc, percent: int) -> None:
    frappe.publish_progress(
        percent, title=_("Import"), doctype="Registry Import", docname=doc.name, description=doc.title
    )
