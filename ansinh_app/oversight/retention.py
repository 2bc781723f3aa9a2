"""What may go: rules find it, one person proposes it, another confirms, and accounting keeps what it needs.

A rule's years are data (Retention Rule); what it means is code here, one finder and one eraser each. Vouchers and
their sums stay for good: after ten years only the people behind them are made unknown.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.query_builder.functions import Max
from frappe.utils import add_to_date, cint, getdate, now_datetime

from ansinh_app.core.masking import ACCOUNT
from ansinh_app.exceptions import PersonalDataError, SelfApprovalError
from ansinh_app.oversight import personal_data
from ansinh_app.permissions import check_office
from ansinh_app.utils import actions, many, steps
from ansinh_app.utils.sealed_numbers import sealed

NOBODY = "Đã ẩn danh"
_CHUNK = 500
_MAY_CONFIRM = {"Social Affairs Manager", "System Manager"}


@dataclass(frozen=True, slots=True)
class Due:
    """One record that has been kept long enough: counted from a day, due since another."""

    rule: str
    doctype: str
    name: str
    counted_from: date
    due_since: date


def due(office: str, as_of: date) -> Iterator[Due]:
    """Everything of an office that its rules in use let go on a day; the strongest rule of a record counts."""
    rules = frappe.get_all("Retention Rule", filters={"enabled": 1}, fields=["name", "years"])
    years = {row.name: cint(row.years) for row in rules}
    taken: set[tuple[str, str]] = set()
    for rule in ("NEVER-GRANTED", "PAID-PEOPLE", "CONTACT", "REJECTED-REQUESTS", "IMPORT-FILES"):
        if rule not in years:
            continue
        doctype, find, _erase = _RULES[rule]
        for name, since in find(office):
            end = getdate(add_to_date(since, years=years[rule]))
            if end <= as_of and (doctype, name) not in taken:
                taken.add((doctype, name))
                yield Due(rule, doctype, name, since, end)


# Steps of a run


@frappe.whitelist(methods=["POST"])
def find_due(doc: str | dict) -> dict:
    """Action: proposes what is due; pressed again while it is open, the list is made anew."""
    run = _own(doc, "Draft", "Proposed")
    frappe.db.delete("Retention Item", {"retention_run": run.name})
    items = list(due(run.office, getdate(run.as_of)))
    stamp, user = now_datetime(), frappe.session.user
    frappe.db.bulk_insert(
        "Retention Item",
        "name creation modified owner modified_by docstatus idx retention_run rule reference_doctype "
        "reference_name counted_from due_since status".split(),
        [
            (frappe.generate_hash(length=12), stamp, stamp, user, user, 0, number)
            + (run.name, item.rule, item.doctype, item.name, item.counted_from, item.due_since, "Due")
            for number, item in enumerate(items, start=1)
        ],
        chunk_size=_CHUNK,
    )
    status = "Proposed" if items else "Draft"
    frappe.msgprint(_("{0} records are due.").format(len(items)), alert=True)
    return _step(run, status=status, due_count=len(items), proposed_by=user, proposed_at=stamp)


@frappe.whitelist(methods=["POST"])
def confirm(doc: str | dict) -> dict:
    """Action of another person: erases what is still due; nothing comes back after it."""
    run = _own(doc, "Proposed")
    if not _MAY_CONFIRM & set(frappe.get_roles()):
        frappe.throw(_("A manager confirms what is erased."), frappe.PermissionError)
    if frappe.session.user == run.proposed_by:
        frappe.throw(_("Who proposed it cannot confirm it. Ask a colleague."), SelfApprovalError)
    still = {(item.rule, item.name) for item in due(run.office, getdate(run.as_of))}
    erased: list[str] = []
    kept = 0
    for item in _items(run.name):
        if (item.rule, item.reference_name) in still and _erase(item):
            erased.append(item.name)
        else:
            frappe.db.set_value("Retention Item", item.name, "status", "Kept")
            kept += 1
    for start in range(0, len(erased), _CHUNK):
        names = erased[start : start + _CHUNK]
        frappe.db.set_value("Retention Item", {"name": ["in", names]}, "status", "Erased")
    personal_data.record(
        "Erasure", run.doctype, run.name, _("Confirm and Erase"), len(erased), office=run.office
    )
    return _step(
        run,
        status="Done",
        done_count=len(erased),
        kept_count=kept,
        confirmed_by=frappe.session.user,
        confirmed_at=now_datetime(),
    )


@frappe.whitelist(methods=["POST"])
def withdraw(doc: str | dict) -> dict:
    """Action: nothing is erased."""
    return _step(_own(doc, "Draft", "Proposed"), status="Withdrawn")


def _own(doc, *statuses: str):
    run = actions.stored(doc, "Retention Run")
    check_office(run.office)
    if run.status not in statuses:
        frappe.throw(
            _("{0} is {1}: this cannot be done now.").format(frappe.bold(run.name), _(run.status)),
            PersonalDataError,
        )
    return run


def _step(run, **values) -> dict:
    return steps.take(run, **values).as_dict()


def _items(run: str) -> list[dict]:
    return frappe.get_all(
        "Retention Item",
        filters={"retention_run": run, "status": "Due"},
        fields=["name", "rule", "reference_doctype", "reference_name"],
        order_by="idx",
        limit_page_length=0,
    )


def _erase(item) -> bool:
    """One record by its rule; False where something holds it back after all."""
    savepoint = "retention"
    frappe.db.savepoint(savepoint)
    try:
        _RULES[item.rule][2](item.reference_name)
    except (frappe.LinkExistsError, frappe.ValidationError):
        frappe.db.rollback(save_point=savepoint)
        return False
    frappe.db.release_savepoint(savepoint)
    return True


# What a rule finds: (name, day the years run from)


def _last_payments(office: str) -> list[tuple[str, date, date | None]]:
    """People all of whose benefits have ended: last month entitled, last month on a list."""
    entitlement, line, period = (
        frappe.qb.DocType(name) for name in ("Entitlement", "Payout Line", "Payout Period")
    )
    person = frappe.qb.DocType("Beneficiary")
    open_ones = (
        frappe.qb.from_(entitlement)
        .select(entitlement.beneficiary)
        .where(entitlement.docstatus < 2)
        .where(entitlement.effective_to.isnull() | (entitlement.docstatus == 0))
    )
    ended = (
        frappe.qb.from_(entitlement)
        .join(person)
        .on(person.name == entitlement.beneficiary)
        .select(entitlement.beneficiary, Max(entitlement.effective_to).as_("ended"))
        .where(person.office == office)
        .where(entitlement.docstatus == 1)
        .where(entitlement.beneficiary.notin(open_ones))
        .groupby(entitlement.beneficiary)
        .run()
    )
    paid = {}
    # Only their lines are read: everybody's are a million.
    for some in many.chunks([name for name, _end in ended]):
        paid.update(
            frappe.qb.from_(line)
            .join(period)
            .on(period.name == line.period)
            .select(line.beneficiary, Max(period.month))
            .where(line.beneficiary.isin(some))
            .groupby(line.beneficiary)
            .run()
        )
    return [(name, getdate(end), getdate(paid[name]) if paid.get(name) else None) for name, end in ended]


def _paid_people(office: str):
    known = _unknown(office)
    for name, ended, paid in _last_payments(office):
        if name not in known:
            last = max(ended, paid) if paid else ended
            yield name, date(last.year, 12, 31)


def _contacts(office: str):
    filters = {"office": office, "phone": ["is", "set"]}
    with_phone = set(frappe.get_all("Beneficiary", filters=filters, pluck="name", limit_page_length=0))
    filters = {"office": office, "note": ["is", "set"]}
    with_phone |= set(frappe.get_all("Beneficiary", filters=filters, pluck="name", limit_page_length=0))
    for name, ended, paid in _last_payments(office):
        if name in with_phone:
            yield name, max(ended, paid) if paid else ended


def _unknown(office: str) -> set[str]:
    filters = {"office": office, "full_name": NOBODY}
    return set(frappe.get_all("Beneficiary", filters=filters, pluck="name", limit_page_length=0))


def _never_granted(office: str):
    person, entitlement, line = (
        frappe.qb.DocType(name) for name in ("Beneficiary", "Entitlement", "Payout Line")
    )
    rows = (
        frappe.qb.from_(person)
        .select(person.name, person.creation)
        .where(person.office == office)
        .where(person.name.notin(frappe.qb.from_(entitlement).select(entitlement.beneficiary)))
        .where(person.name.notin(frappe.qb.from_(line).select(line.beneficiary)))
        .run()
    )
    return ((name, getdate(created)) for name, created in rows)


def _rejected_requests(office: str):
    return _changed("Account Request", {"office": office, "status": ["in", ["Rejected", "Withdrawn"]]})


def _imports(office: str):
    done = ["Completed", "Completed with Errors", "Failed", "Undone"]
    return _changed("Registry Import", {"office": office, "status": ["in", done], "file": ["is", "set"]})


def _changed(doctype: str, filters: dict):
    rows = frappe.get_all(doctype, filters=filters, fields=["name", "modified"], limit_page_length=0)
    return ((row.name, getdate(row.modified)) for row in rows)


# What a rule does


def _forget_contact(name: str) -> None:
    frappe.db.set_value("Beneficiary", name, {"phone": None, "phone_shown": None, "note": None})
    _drop_histories("Beneficiary", [name])


def _make_unknown(name: str) -> None:
    """The person behind decisions and vouchers is unknown; numbers, months and sums of money stay."""
    person = frappe.get_doc("Beneficiary", name)
    blank = (
        "personal_id old_id birth_certificate_no phone personal_id_shown old_id_shown phone_shown ethnicity"
    ).split()
    blank += ["address", "village", "note", "search_name", "birth_shown"]
    values = dict.fromkeys(blank)
    year = getdate(person.date_of_birth).replace(month=1, day=1)
    values |= {
        "full_name": NOBODY,
        "date_of_birth": year,
        "dob_precision": "Year",
        "birth_shown": str(year.year),
    }
    frappe.db.set_value("Beneficiary", name, values)
    frappe.db.delete("Beneficiary Representative", {"parent": name, "parenttype": "Beneficiary"})
    of_person = {"beneficiary": name}
    for doctype in ("Entitlement", "Registry Change", "One-off Grant", "Recovery Case"):
        frappe.db.set_value(doctype, of_person, "full_name", NOBODY)
    corrections = {"corrected_value": None, "corrected_value_shown": None, "undo": None}
    frappe.db.set_value("Registry Change", of_person, corrections)
    line = {"full_name": NOBODY, "payee_name": NOBODY, "village": None}
    frappe.db.set_value("Payout Line", of_person, {**line, "account_no": None, "account_no_shown": None})
    for account in frappe.get_all("Payment Account", filters=of_person, pluck="name"):
        gone = {"account_no": sealed(ACCOUNT, account), "account_no_shown": None, "account_name": "DA AN DANH"}
        frappe.db.set_value("Payment Account", account, {**gone, "status": "Closed"})
    for doctype in ("Account Request", "Identity Verification", "ID Card Request"):
        frappe.db.delete(doctype, of_person)
    for doctype in ("Beneficiary", "Entitlement", "Registry Change", "Payment Account"):
        names = (
            [name] if doctype == "Beneficiary" else frappe.get_all(doctype, filters=of_person, pluck="name")
        )
        _drop_histories(doctype, names)
    _drop_files("Beneficiary", name)


def _delete_person(name: str) -> None:
    frappe.delete_doc("Beneficiary", name, ignore_permissions=True)
    _drop_histories("Beneficiary", [name])
    frappe.db.delete("Deleted Document", {"deleted_doctype": "Beneficiary", "deleted_name": name})


def _delete_request(name: str) -> None:
    frappe.delete_doc("Account Request", name, ignore_permissions=True)
    _drop_histories("Account Request", [name])
    frappe.db.delete("Deleted Document", {"deleted_doctype": "Account Request", "deleted_name": name})


def _drop_import(name: str) -> None:
    """The workbooks and rows go, the counts of the import stay."""
    _drop_files("Registry Import", name)
    urls = [url for url in frappe.db.get_value("Registry Import", name, ["file", "error_file"]) if url]
    for file in frappe.get_all("File", filters={"file_url": ["in", urls or [""]]}, pluck="name"):
        frappe.delete_doc("File", file, ignore_permissions=True, force=True)
    frappe.db.set_value("Registry Import", name, {"file": "", "error_file": None})
    frappe.db.delete("Registry Import Row", {"registry_import": name})


def _drop_files(doctype: str, name: str) -> None:
    filters = {"attached_to_doctype": doctype, "attached_to_name": name}
    for file in frappe.get_all("File", filters=filters, pluck="name"):
        frappe.delete_doc("File", file, ignore_permissions=True, force=True)


def _drop_histories(doctype: str, names: list[str]) -> None:
    frappe.db.delete("Version", {"ref_doctype": doctype, "docname": ["in", names or [""]]})


_RULES: dict[str, tuple[str, Callable, Callable]] = {
    "NEVER-GRANTED": ("Beneficiary", _never_granted, _delete_person),
    "PAID-PEOPLE": ("Beneficiary", _paid_people, _make_unknown),
    "CONTACT": ("Beneficiary", _contacts, _forget_contact),
    "REJECTED-REQUESTS": ("Account Request", _rejected_requests, _delete_request),
    "IMPORT-FILES": ("Registry Import", _imports, _drop_import),
}
