"""A list of changes: checked row by row, proposed all at once, approved by somebody else, taken back."""

import frappe
from frappe import _
from frappe.model.workflow import apply_workflow
from frappe.utils import cint, now, now_datetime

from ansinh_app.core.sheets import Record
from ansinh_app.exceptions import ImportStateError
from ansinh_app.gate.plain_text import plain, plain_rows
from ansinh_app.registry.change_lists import rows as rows_of
from ansinh_app.registry.imports import columns
from ansinh_app.registry.imports.lookups import Lookups, learn, learn_people, read_lookups
from ansinh_app.registry.imports.reading import Reading, open_attached
from ansinh_app.utils.sealed_numbers import without_numbers
from ansinh_app.utils.workbooks import annotate_workbook

_COLUMNS = (
    "name creation modified owner modified_by docstatus idx change_list sheet row_no verdict full_name "
    "personal_id beneficiary change_type effective_month entitlement registry_change reasons doubts"
).split()
_SHOWN = 5


def check(doc) -> dict[str, int]:
    """Say what each row would become; nothing is proposed. Returns the counts."""
    reading, rows = _read(doc)
    _keep(doc, reading, rows)
    doc.db_set("status", "Checked")
    return _counts(rows)


def propose(doc) -> dict[str, int]:
    """Make one proposed change of every row that is ready, all of them or none. Returns the counts."""
    reading, rows = _read(doc)
    ready = [row for row in rows if row.verdict == "Ready"]
    made: dict[int, str] = {}
    for done, row in enumerate(ready, start=1):
        change = frappe.get_doc({**row.values, "change_list": doc.name}).insert()
        made[id(row)] = apply_workflow(change, "Propose").name
        if done % 50 == 0:
            _progress(doc, done, len(ready))
    _keep(doc, reading, rows, made)
    doc.db_set(
        {
            "status": "Proposed",
            "confirmed_by": doc.confirmed_by or frappe.session.user,
            "confirmed_on": now(),
        }
    )
    return _counts(rows)


def approve_in_background(change_list: str) -> None:
    """The queued approval of a long list; what was refused, and why, stands on the list."""
    doc = frappe.get_doc("Registry Change List", change_list)
    result = approve(doc)
    refused = "\n".join(f"{name}: {reason}" for name, reason in result["refused"])
    said = _("{0} changes were approved.").format(len(result["approved"]))
    doc.add_comment("Info", said)
    doc.db_set("error_message", plain(without_numbers("\n".join(filter(None, (said, refused))))))
    frappe.db.commit()


def in_background(change_list: str) -> None:
    """The queued proposal: whatever happens, the document says how it ended."""
    doc = frappe.get_doc("Registry Change List", change_list)
    try:
        propose(doc)
        frappe.db.commit()
    except Exception as error:
        frappe.db.rollback()
        expected = isinstance(error, frappe.ValidationError)
        if not expected:
            frappe.log_error(title=f"Registry Change List {change_list}")
        said = str(error) if expected else _("It stopped by an error of the system; it has been recorded.")
        doc.db_set({"status": "Failed", "error_message": without_numbers(frappe.utils.strip_html(said))})
        frappe.db.commit()


def approve(doc) -> dict[str, list]:
    """Approve every change of the list that waits; what its own rules refuse stays, with the reason.

    Maker and checker are kept apart for each change, as if it were approved alone.
    """
    done, refused = [], []
    for name in _changes(doc, status="Proposed"):
        frappe.db.savepoint("change_of_list")
        try:
            apply_workflow(frappe.get_doc("Registry Change", name), "Approve")
        except frappe.ValidationError as error:
            frappe.db.rollback(save_point="change_of_list")
            frappe.clear_last_message()
            refused.append((name, frappe.utils.strip_html(str(error))))
        else:
            done.append(name)
    return {"approved": done, "refused": refused}


def undo(doc) -> dict[str, int]:
    """Take the whole list back: what waits is rejected, what was approved is cancelled; all of it or nothing.

    Raises what stands in the way of one change; approved changes need the right to cancel them.
    """
    if doc.status != "Proposed":
        frappe.throw(_("{0} has proposed nothing yet").format(frappe.bold(doc.name)), ImportStateError)
    approved = _changes(doc, docstatus=1)
    if approved and not frappe.has_permission("Registry Change", "cancel"):
        frappe.throw(
            _("{0} of the changes were approved: the manager takes them back").format(len(approved)),
            ImportStateError,
        )
    for name in reversed(approved):
        frappe.get_doc("Registry Change", name).cancel()
    left = _changes(doc, docstatus=0)
    for name in left:
        change = frappe.get_doc("Registry Change", name)
        if change.status != "Rejected":
            change.db_set("status", "Rejected")
            change.add_comment("Info", _("Taken back with list {0}").format(doc.name))
    frappe.db.set_value(
        "Registry Change List Row", {"change_list": doc.name, "verdict": "Proposed"}, "verdict", "Undone"
    )
    doc.db_set("status", "Undone")
    return {"rejected": len(left), "cancelled": len(approved)}


def waiting(doc) -> int:
    """How many changes of the list wait for approval."""
    return len(_changes(doc, status="Proposed"))


def _changes(doc, **filters) -> list[str]:
    filters = {"change_list": doc.name, **filters}
    return frappe.get_all("Registry Change", filters=filters, pluck="name", order_by="name")


def _read(doc) -> tuple[Reading | None, list[rows_of.Row]]:
    known = _lookups(doc)
    reading = open_attached(doc) if doc.file else None
    once = rows_of.said_once(doc, reading)
    if reading:
        for reader in reading.readers:
            learn(known, (line for line in reader if isinstance(line, Record)))
        rows = list(rows_of.of_workbook(reading, once, known))
    else:
        rows = list(rows_of.of_people(doc.people, once, known))
    rows_of.mark_known(rows)
    return reading, rows


def _lookups(doc) -> Lookups:
    unit = doc.administrative_unit or frappe.db.get_value("Paying Office", doc.office, "administrative_unit")
    known = read_lookups(unit or "")
    missing = [row.beneficiary for row in doc.people if row.beneficiary not in known.people]
    if missing:
        learn_people(known, missing)
    return known


def _counts(rows: list[rows_of.Row]) -> dict[str, int]:
    verdicts = [row.verdict for row in rows]
    return {
        "rows_total": len(rows),
        "rows_ready": verdicts.count("Ready"),
        "rows_known": verdicts.count("Known"),
        "rows_rejected": verdicts.count("Returned"),
    }


def _keep(doc, reading: Reading | None, rows: list[rows_of.Row], made: dict[int, str] | None = None) -> None:
    """Show every row, and send the workbook back with the reasons."""
    frappe.db.delete("Registry Change List Row", {"change_list": doc.name})
    stamp, user = now(), frappe.session.user
    kept = []
    for number, row in enumerate(rows, start=1):
        change = (made or {}).get(id(row)) or (row.known_as if _is_change(row.known_as) else None)
        said = list(row.errors)
        if row.known_as and not row.errors:
            said.append(_("Proposed or decided already: {0}").format(row.known_as))
        known = {
            "name": f"{doc.name}-{number:06d}",
            "creation": stamp,
            "modified": stamp,
            "owner": user,
            "modified_by": user,
            "docstatus": 0,
            "idx": 0,
            "change_list": doc.name,
            "sheet": row.sheet[:140],
            "row_no": row.row_no,
            "verdict": "Proposed" if (made or {}).get(id(row)) else row.verdict,
            "full_name": row.full_name[:140],
            "personal_id": row.personal_id,
            "beneficiary": row.beneficiary,
            "change_type": row.change_type if row.change_type in _kinds() else None,
            "effective_month": row.values.get("effective_month"),
            "entitlement": row.values.get("entitlement"),
            "registry_change": change,
            "reasons": without_numbers("\n".join(said)),
            "doubts": without_numbers("\n".join(row.doubts)),
        }
        kept.append(tuple(known.get(column) for column in _COLUMNS))
    if kept:
        frappe.db.bulk_insert("Registry Change List Row", _COLUMNS, plain_rows(kept))
    returned = [row for row in rows if row.errors]
    doc.db_set(
        {
            **_counts(rows),
            "error_file": _returned(doc, reading, returned) if reading else None,
            "error_message": without_numbers(_summary(returned)),
            "read_as": reading.read_as if reading else None,
        }
    )
    if reading and made is None:
        _show_columns(doc, reading)


def _is_change(name: str | None) -> bool:
    return bool(name) and bool(frappe.db.exists("Registry Change", name))


def _kinds() -> tuple[str, ...]:
    return tuple(
        filter(None, frappe.get_meta("Registry Change List").get_field("change_type").options.split("\n"))
    )


def _summary(returned: list[rows_of.Row]) -> str:
    shown = [f"{row.sheet} {row.row_no}: {' '.join(row.errors)}".strip() for row in returned[:_SHOWN]]
    left = len(returned) - len(shown)
    more = [_("and {0} more rows: see the error workbook").format(left)] if left > 0 else []
    return plain("\n".join(shown + more))


def _returned(doc, reading: Reading, returned: list[rows_of.Row]) -> str | None:
    """The sender's own workbook with the reasons in a new column."""
    place = {
        "attached_to_doctype": doc.doctype,
        "attached_to_name": doc.name,
        "attached_to_field": "error_file",
    }
    for name in frappe.get_all("File", filters=place, pluck="name"):
        frappe.delete_doc("File", name, ignore_permissions=True)
    if not returned:
        return None
    remarks: dict[str, dict[int, str]] = {}
    for row in returned:
        remarks.setdefault(row.sheet, {})[row.row_no] = " ".join(row.errors)
    content = annotate_workbook(
        reading.content, reading.grids, remarks, _("Result of the check"), reading.header_rows
    )
    stem = (reading.file_name or doc.name).rsplit(".", 1)[0]
    written = frappe.get_doc(
        {
            "doctype": "File",
            "file_name": f"{doc.name} - {stem} - {_('returned')}.xlsx",
            "is_private": 1,
            "content": content,
            **place,
        }
    )
    return written.insert(ignore_permissions=True).file_url


def _show_columns(doc, reading: Reading) -> None:
    """What each column was taken for, to be corrected on the document."""
    doc.reload()
    found = [
        row for reader in reading.readers for row in columns.grid_rows(reader, reading.sure[reader.sheet])
    ]
    same = len(found) == len(doc.columns) and all(
        row.get(key) == new[key] for row, new in zip(doc.columns, found, strict=True) for key in new
    )
    if not same:
        doc.set("columns", found)
        doc.flags.by_list = True
        doc.save(ignore_permissions=True)


def _progress(doc, done: int, total: int) -> None:
    frappe.publish_progress(
        100 * done // max(total, 1),
        title=_("Proposing changes"),
        doctype=doc.doctype,
        docname=doc.name,
        description=doc.title,
    )


def refuse_while_running(doc) -> None:
    """One run at a time: the list is locked, and who comes second is told."""
    status = frappe.db.get_value(doc.doctype, doc.name, "status", for_update=True)
    modified = frappe.db.get_value(doc.doctype, doc.name, "modified")
    alive = frappe.utils.add_to_date(now_datetime(), seconds=-3600)
    if status == "Running" and frappe.utils.get_datetime(modified) > alive:
        frappe.throw(
            _("{0} is running already. Wait for its result.").format(frappe.bold(doc.name)), ImportStateError
        )
    if cint(doc.docstatus) or status != doc.status:
        frappe.throw(
            _("{0} has just been run or changed by somebody else. Open it again.").format(
                frappe.bold(doc.name)
            ),
            ImportStateError,
        )
