"""One run of an import: read the workbook, judge and write each row, return what could not be taken."""

from dataclasses import dataclass, field

import frappe
from frappe import _
from frappe.utils import cint, getdate, nowdate

from ansinh_app.core.errors import BadTable
from ansinh_app.core.months import Month
from ansinh_app.core.sheets import Record, find_table, read_records
from ansinh_app.exceptions import WorkbookError
from ansinh_app.registry.imports import writer
from ansinh_app.registry.imports.lookups import read_lookups
from ansinh_app.registry.imports.rows import Row, Terms, judge
from ansinh_app.registry.imports.title import stated_month
from ansinh_app.registry.offices import next_month
from ansinh_app.registry.people import known_provinces
from ansinh_app.utils.workbooks import Grid, Sheet, annotate_workbook, read_workbook

_PROGRESS_EVERY = 25
_SHOWN = 5


@dataclass(slots=True)
class Outcome:
    """What became of the rows."""

    rows: list[Row] = field(default_factory=list)
    counts: dict[str, int] = field(
        default_factory=lambda: {
            "rows_total": 0,
            "rows_created": 0,
            "rows_updated": 0,
            "rows_unchanged": 0,
            "rows_rejected": 0,
            "rows_repaired": 0,
        }
    )

    @property
    def rejected(self) -> list[Row]:
        return [row for row in self.rows if row.errors]


def run(doc) -> dict:
    """Run the import of a Registry Import document and store its result; returns the counts."""
    file = _file_of(doc)
    content = file.get_content()
    content = content.encode() if isinstance(content, str) else content
    grids = read_workbook(content, file.file_name)
    tables, records = _records(grids, file.file_name)
    if not doc.effective_month:
        doc.db_set("effective_month", _first_month(doc.office, grids).first_day)
    outcome = _write(doc, records)
    error_file = _return_workbook(doc, file, content, grids, tables, outcome)
    status = "Completed with Errors" if outcome.counts["rows_rejected"] else "Completed"
    doc.db_set(
        {**outcome.counts, "status": status, "error_file": error_file, "error_message": _summary(outcome)}
    )
    _progress(doc, 100)
    return {**outcome.counts, "status": status, "error_file": error_file}


def run_in_background(registry_import: str) -> None:
    """The queued run: whatever happens, the document says how it ended."""
    try:
        doc = frappe.get_doc("Registry Import", registry_import)
        doc.check_permission("write")
        run(doc)
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
            {"status": "Failed", "error_message": frappe.utils.strip_html(message)},
        )
        frappe.db.commit()


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


def _records(grids: list[tuple[str, Grid]], file_name: str) -> tuple[dict[str, int], list[Record]]:
    """The rows of every sheet that holds a list, and where each list's header stands (row from 1)."""
    tables, records = {}, []
    for name, grid in grids:
        try:
            table = find_table(grid)
            records += read_records(grid, name, known_provinces())
        except BadTable:
            # A cover sheet, a sheet of codes: only sheets with a list of people are read.
            continue
        tables[name] = table.header_row + table.header_rows
    if not records:
        frappe.throw(
            _(
                "No list of people was found in {0}. A header row with “Họ và tên” and at least one more "
                "known column is needed, with the people below it."
            ).format(frappe.bold(file_name)),
            WorkbookError,
            title=_("Workbook"),
        )
    return tables, records


def _first_month(office: str, grids: list[tuple[str, Grid]]) -> Month:
    """The month the list's title names, never one the office has prepared already; else the next one."""
    stated = next(filter(None, (stated_month(grid) for _name, grid in grids)), None)
    months = [month for month in (stated, next_month(office)) if month]
    return max(months, default=Month.of(getdate(nowdate())))


def _terms(doc) -> Terms:
    return Terms(
        unit=doc.administrative_unit,
        unit_title=frappe.db.get_value("Administrative Unit", doc.administrative_unit, "unit_name") or "",
        office=doc.office,
        programme=doc.programme or None,
        effective_month=Month.of(getdate(doc.effective_month)),
        decision_date=getdate(doc.decision_date) if doc.decision_date else None,
        reference=doc.name,
    )


def _write(doc, records: list[Record]) -> Outcome:
    terms, known, outcome = _terms(doc), read_lookups(records, doc.administrative_unit), Outcome()
    counts = outcome.counts
    counts["rows_total"] = len(records)
    for number, record in enumerate(records):
        if number % _PROGRESS_EVERY == 0:
            _progress(doc, int(number * 95 / len(records)))
        row = judge(record, terms, known)
        if not row.errors and not _write_one(row, terms, known, doc.name, counts):
            # What was undone in the database must be undone in memory too.
            known = read_lookups(records, terms.unit, known.rows)
        if row.errors:
            counts["rows_rejected"] += 1
        elif row.repairs:
            counts["rows_repaired"] += 1
        outcome.rows.append(row)
    return outcome


def _write_one(row: Row, terms: Terms, known, source: str, counts: dict[str, int]) -> bool:
    """Write the row; a document's own rule may still refuse it, and then nothing of the row stays."""
    frappe.db.savepoint("import_row")
    beneficiary, entitlement = row.beneficiary, row.entitlement
    try:
        result = writer.write(row, terms, known, source)
    except frappe.ValidationError as error:
        frappe.db.rollback(save_point="import_row")
        frappe.clear_last_message()
        row.beneficiary, row.entitlement = beneficiary, entitlement
        row.errors.append(frappe.utils.strip_html(str(error)))
        return False
    counts[f"rows_{result}"] += 1
    return True


def _progress(doc, percent: int) -> None:
    frappe.publish_progress(
        percent, title=_("Import"), doctype="Registry Import", docname=doc.name, description=doc.title
    )


def _summary(outcome: Outcome) -> str:
    """The first reasons in words; all of them stand in the error workbook."""
    lines = [f"{row.place}: {' '.join(row.errors)}" for row in outcome.rejected[:_SHOWN]]
    left = cint(outcome.counts["rows_rejected"]) - len(lines)
    if left > 0:
        lines.append(_("and {0} more rows: see the error workbook").format(left))
    return "\n".join(lines)


def _return_workbook(
    doc, file, content: bytes, grids, tables: dict[str, int], outcome: Outcome
) -> str | None:
    """The sender's workbook with the reasons; nothing goes back when there is nothing to say."""
    remarks: dict[str, dict[int, str]] = {}
    for row in outcome.rejected:
        remarks.setdefault(row.record.sheet, {})[row.record.row] = " ".join(row.errors)
    notes = [
        (row.record.sheet, row.record.row, row.get("full_name") or "", kind, text)
        for row in outcome.rows
        for kind, texts in (
            (_("Please check"), row.doubts),
            (_("Repaired"), row.repairs if not row.errors else ()),
        )
        for text in texts
    ]
    _remove_old(doc)
    if not remarks and not any(row.doubts for row in outcome.rows):
        return None
    extra = Sheet(
        name=_("Remarks"),
        headers=(_("Sheet"), _("Row"), _("Who"), _("Kind"), _("Remark")),
        rows=notes,
        widths=(18, 8, 28, 16, 90),
    )
    stem = (file.file_name or doc.name).rsplit(".", 1)[0]
    written = frappe.get_doc(
        {
            "doctype": "File",
            "file_name": f"{doc.name} - {stem} - {_('returned')}.xlsx",
            "attached_to_doctype": "Registry Import",
            "attached_to_name": doc.name,
            "attached_to_field": "error_file",
            "is_private": 1,
            "content": annotate_workbook(content, grids, remarks, _("Result of the check"), tables, extra),
        }
    )
    written.flags.ignore_permissions = True
    written.save(ignore_permissions=True)
    return written.file_url


def _remove_old(doc) -> None:
    filters = {
        "attached_to_doctype": "Registry Import",
        "attached_to_name": doc.name,
        "attached_to_field": "error_file",
    }
    for name in frappe.get_all("File", filters=filters, pluck="name"):
        frappe.delete_doc("File", name, ignore_permissions=True)
