"""Who looked at, printed or took away people's data: one row in the Personal Data Log, written where it happens.

Forms and papers come through document events, lists that leave through the host's Access Log, reports and files
made for providers and police through a call. One insert a time, whatever the number of people.
"""

import ast
import re

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification
from frappe.utils import cint, now_datetime

from ansinh_app.gate.plain_text import keep_plain
from ansinh_app.utils.sealed_numbers import sealed_filters, without_numbers

# DocTypes about one person, with the field that names him; None where it is no beneficiary.
PEOPLE = {
    "Beneficiary": "name",
    "Representative": None,
    "Entitlement": "beneficiary",
    "Registry Change": "beneficiary",
    "Registry Import Row": "beneficiary",
    "Identity Verification": "beneficiary",
    "ID Card Request": "beneficiary",
    "Payment Account": "beneficiary",
    "Account Request": "beneficiary",
    "Provider Inquiry": None,
    "Payout Line": "beneficiary",
    "One-off Grant": "beneficiary",
    "Recovery Case": "beneficiary",
    "Personal Data Consent": "beneficiary",
    "Data Subject Request": "beneficiary",
    "Support Case": "beneficiary",
}
# Documents that carry lists of people on their paper or in their files, with the field that counts them.
LISTS = {
    "Payout Batch": "line_count",
    "Treasury Drawdown": None,
    "Provider Result": "matched",
    "Signed Cash List": "line_count",
    "Settlement": "unpaid_count",
    "Registry Import": "rows_total",
    "Registry Change List": "rows_total",
    "Account Request List": "request_count",
    "Account Campaign": "target",
    "Identity Verification List": "row_count",
    "ID Card List": "row_count",
}
# What the office sends out as its work is written down too, but tells nobody.
_TAKEN_AWAY = ("Export", "Report", "Print", "File")
_DOCUMENT_ADDRESS = re.compile(r"/api/(?:v1/)?resource/[^/]+/.+|/api/v2/document/[^/]+/[^/]+/?")
_MANY = 200  # where the settings say nothing


def record(
    action: str,
    doctype: str | None = None,
    name: str | None = None,
    what: str = "",
    people: int = 1,
    **values,
) -> None:
    """Write one row; `values`: beneficiary, office, reason, detail. Nobody is written down for no people."""
    if people < 1 or frappe.flags.in_install or frappe.flags.in_patch or frappe.flags.in_migrate:
        return
    log = frappe.get_doc(
        {
            "doctype": "Personal Data Log",
            "logged_at": now_datetime(),
            "action": action,
            "user": frappe.session.user,
            "roles": _roles(),
            "ip_address": getattr(frappe.local, "request_ip", None),
            "people": people,
            "what": (what or "")[:255],
            "reference_doctype": doctype,
            "reference_name": name,
            "office": values.get("office") or _office_of_user(),
            "beneficiary": values.get("beneficiary"),
            "reason": values.get("reason"),
            "detail": without_numbers((values.get("detail") or "")[:1000]) or None,
        }
    )
    # Straight into the table: no life cycle, no rights, and nobody's hook in between.
    keep_plain(log)
    log.db_insert()
    if action in _TAKEN_AWAY:
        _tell_of_bulk(log)
    if frappe.request and frappe.request.method == "GET":
        # What a GET writes is rolled back; that somebody looked stays true.
        frappe.db.commit()


def _roles() -> str | None:
    """The user's roles in this app, by which he sees what he sees."""
    from ansinh_app.permissions import KIND_OF_ROLE  # which asks this module to write down reads

    if frappe.session.user == "Administrator":
        return None
    return ", ".join(sorted(set(frappe.get_roles()) & set(KIND_OF_ROLE))) or None


def _office_of_user() -> str | None:
    """Where the data name no office (a list, a report), whose manager is told: the one the user works for."""
    from ansinh_app.permissions import scope

    who = scope()
    offices = who.offices if who.offices and not who.unrestricted else None
    if not offices and who.kinds == {"commune"} and who.units:
        offices = frappe.get_all(
            "Beneficiary",
            filters={"administrative_unit": ["in", sorted(who.units)]},
            pluck="office",
            distinct=True,
            order_by=None,
        )
    offices = sorted(offices or frappe.get_all("Paying Office", pluck="name", limit=2))
    return offices[0] if len(offices) == 1 else None


def _tell_of_bulk(log) -> None:
    least = cint(frappe.db.get_single_value("An Sinh Settings", "bulk_export_alert")) or _MANY
    if log.people < least:
        return
    subject = _("{0} took data of {1} people: {2}").format(
        log.user, log.people, _(log.what or log.reference_doctype)
    )
    tell_managers(subject, "Personal Data Log", log.name, log.office)


def tell_managers(subject: str, doctype: str, name: str, office: str | None = None) -> None:
    """The managers of an office (of all without one) find it on their desk, but for who did it himself; where
    that was the only manager, the auditors."""
    told = _holders("Social Affairs Manager", office) - {frappe.session.user}
    told = told or _holders("Auditor", office) - {frappe.session.user}
    if told:
        values = {"type": "Alert", "subject": subject, "document_type": doctype, "document_name": name}
        enqueue_create_notification(sorted(told), values)


def _holders(role: str, office: str | None) -> set[str]:
    """Enabled users of a role for an office: those named for it and those named for none."""
    holders = frappe.get_all("Has Role", filters={"role": role, "parenttype": "User"}, pluck="parent")
    users = frappe.get_all("User", filters={"name": ["in", holders or [""]], "enabled": 1}, pluck="name")
    named: dict[str, set[str]] = {}
    for row in frappe.get_all(
        "User Permission",
        filters={"user": ["in", users or [""]], "allow": "Paying Office"},
        fields=["user", "for_value"],
    ):
        named.setdefault(row.user, set()).add(row.for_value)
    return {user for user in users if not office or user not in named or office in named[user]}


# What the hosts tell


def on_form(doc, event=None) -> None:
    """doc_event `onload`: a person's form is opened; the host also runs it after a save, which is no look."""
    if not _asked("cmd").endswith("savedocs"):
        _seen(doc)


def on_read(doc) -> None:
    """A document read by a program: `/api/resource/<DocType>/<name>` and `frappe.client.get`."""
    request = frappe.request
    if not request or doc.doctype not in PEOPLE:
        return
    by_address = request.method == "GET" and _DOCUMENT_ADDRESS.fullmatch(request.path or "")
    if by_address or str(frappe.form_dict.get("cmd") or request.path or "").endswith("frappe.client.get"):
        _seen(doc)


def _seen(doc) -> None:
    """One row per document and request, however often the host asks."""
    if doc.is_new():
        return
    seen = frappe.flags.setdefault("personal_data_seen", set())
    if (doc.doctype, doc.name) not in seen:
        seen.add((doc.doctype, doc.name))
        record("View", doc.doctype, doc.name, **belongs(doc))


def on_print(doc, event=None, settings=None) -> None:
    """doc_event `before_print`: a paper is shown or made."""
    layout = _asked("format") or _asked("print_format") or doc.meta.default_print_format or ""
    record("Print", doc.doctype, doc.name, layout, people_on(doc), **belongs(doc))


def on_list_written(file, event=None) -> None:
    """doc_event `after_insert` of File: a list made for a provider, the police or a mobile team."""
    doctype = file.attached_to_doctype
    if doctype == "Payout Batch" or (doctype in LISTS and file.attached_to_field == "list_file"):
        doc = frappe.get_doc(doctype, file.attached_to_name)
        record("Sent List", doctype, doc.name, file.file_name, people_on(doc), **belongs(doc))


def on_list_sent(doc, event=None) -> None:
    """doc_event `on_update` of Account Request List, which counts its people when it is sent."""
    if doc.sent_on and doc.has_value_changed("sent_on"):
        record("Sent List", doc.doctype, doc.name, "", people_on(doc), **belongs(doc))


def on_access(log) -> None:
    """An Access Log of the host: a list taken away, or a private file."""
    if log.export_from == "File":
        _on_file(log.reference_document)
    elif log.export_from in PEOPLE and log.method != "Print":
        people = _count(log.export_from, log.filters)
        what = log.report_name or ""
        record("Export", log.export_from, what=what, people=people, detail=log.filters)


def _on_file(name: str) -> None:
    file = frappe.db.get_value(
        "File", name, ["file_name", "attached_to_doctype", "attached_to_name"], as_dict=True
    )
    if not file or file.attached_to_doctype not in {**PEOPLE, **LISTS} or not file.attached_to_name:
        return
    doc = frappe.get_doc(file.attached_to_doctype, file.attached_to_name)
    record("File", doc.doctype, doc.name, file.file_name, people_on(doc), **belongs(doc))


def on_report(report: str, rows: list) -> None:
    """A script report was run or exported in a request: how many people it names, if any."""
    if not frappe.request or report == "Personal Data Log":
        return
    named = [row for row in rows if isinstance(row, dict)]
    people = {row.get(key) for row in named for key in ("beneficiary", "representative")} - {None, ""}
    count = len(people) or sum(bool(row.get("full_name")) for row in named)
    exported = _asked("cmd").endswith("export_query") or bool(_asked("_export"))
    asked = _asked("filters")
    record("Export" if exported else "Report", "Report", report, report, count, detail=asked)


def _asked(key: str) -> str:
    """An argument of the request; a host's own pages have theirs in the address only."""
    address = getattr(frappe.request, "args", None) if frappe.request else None
    return str(frappe.form_dict.get(key) or (address or {}).get(key) or "")


def people_on(doc) -> int:
    """How many people a document tells of."""
    if doc.doctype == "Treasury Drawdown":
        return sum(cint(row.line_count) for row in doc.batches)
    counter = LISTS.get(doc.doctype)
    return cint(doc.get(counter)) if counter else 1


def _count(doctype: str, filters: str | None) -> int:
    """How many documents an export holds: the chosen ones, else those the filters admit. One query."""
    asked = sealed_filters(doctype, _said(filters))
    if isinstance(asked, dict) and not all(
        frappe.get_meta(doctype).has_field(key) or key == "name" for key in asked
    ):
        asked = None
    return frappe.get_list(
        doctype, filters=asked, fields=["count(name) as total"], order_by=None, limit_page_length=1
    )[0].total


def _said(filters: str | None):
    """The filters of an Access Log; a bench keeps those of its lists as Python writes them, others as JSON."""
    if not filters or filters[:1] not in "[{":
        return None
    for read in (frappe.parse_json, ast.literal_eval):
        try:
            return read(filters)
        except (ValueError, SyntaxError):
            continue
    return None


def belongs(doc) -> dict:
    """Whose it is: beneficiary and office as far as the document says."""
    field = PEOPLE.get(doc.doctype)
    beneficiary = doc.name if field == "name" else doc.get(field) if field else None
    office = doc.get("office")
    if beneficiary and not office:
        office = frappe.db.get_value("Beneficiary", beneficiary, "office")
    return {"beneficiary": beneficiary, "office": office}
