"""Where a person's identity stands: what the police last confirmed, followed through every later change."""

from collections import defaultdict
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core.identity import cccd, verification
from ansinh_app.core.identity.verification import Found, Identity, Record
from ansinh_app.exceptions import VerificationError
from ansinh_app.utils.sealed_numbers import opened

FIELDS = ("full_name", "date_of_birth", "dob_precision", "sex", "personal_id")
STANDING = ("verification_status", "verified_on", "verified_by", "verification_since")
ANSWERED = ("Verified", "To Decide", "Settled")
OPEN = ("Draft", "Requested", "To Decide")
# DocType of a person -> the field of Identity Verification that names one.
LINKS = {"Beneficiary": "beneficiary", "Representative": "representative"}
_CHUNK = 500
_OFFICE = {"Social Affairs Officer", "Social Affairs Manager", "System Manager"}


def identity_of(row) -> Identity:
    """The identity on a document or row with the registry's field names."""
    return Identity(
        full_name=row.full_name or "",
        born=getdate(row.date_of_birth) if row.date_of_birth else None,
        precision=row.dob_precision or "Day",
        sex=row.sex or None,
        personal_id=row.personal_id or None,
    )


def found_of(row) -> Found:
    """The police's answer on an Identity Verification or a row of one."""
    return Found(
        result=row.result or "",
        full_name=row.found_full_name or None,
        born=getdate(row.found_date_of_birth) if row.found_date_of_birth else None,
        precision=row.found_dob_precision or "Day",
        sex=row.found_sex or None,
        personal_id=row.found_personal_id or None,
        died_on=getdate(row.died_on) if row.died_on else None,
        moved_to=row.moved_to or row.moved_to_unit or None,
        moved_on=getdate(row.moved_on) if row.moved_on else None,
    )


def keep_answers(doc) -> None:
    """Who is verified is the police's answer; of all who may write a person only the office may say it by hand."""
    if doc.flags.ignore_permissions or doc.flags.checked_by_import or frappe.session.user == "Administrator":
        return
    before = doc.get_doc_before_save()
    own = STANDING[1:] if _OFFICE & set(frappe.get_roles()) else STANDING
    for field in own:
        doc.set(field, before.get(field) if before else doc.meta.get_field(field).default)


def follow(doc) -> None:
    """In a person's validate: a changed identity stands as the police know it, else it is not verified.

    A status that is said in the same save stands (a change that is undone gives back what it took).
    """
    before = doc.get_doc_before_save()
    if not before:
        doc.verification_since = doc.verification_since or nowdate()
        return
    if (before.verification_status or "Unverified") != (doc.verification_status or "Unverified"):
        _said(doc, before)
        return
    if identity_of(before) != identity_of(doc):
        records = _records(doc.doctype, [doc.name]).get(doc.name, [])
        values = _values(*verification.standing(identity_of(doc), [record for record, _row in records]), records)
        if values["verification_status"] != doc.verification_status:
            doc.verification_since = nowdate()
        doc.update(values)


def _said(doc, before) -> None:
    doc.verification_since = nowdate()
    if doc.verification_status == "Verified" and not doc.flags.ignore_permissions:
        _refuse_contradiction(doc)
    if doc.verification_status != "Verified":
        doc.verified_on = doc.verified_by = None
    elif str(doc.verified_on or "") == str(before.verified_on or ""):
        doc.verified_on = doc.verified_on or nowdate()
        doc.verified_by = doc.verified_by or frappe.utils.get_fullname()


def _refuse_contradiction(doc) -> None:
    """A number that contradicts sex or birth year may be kept (DOMAIN §4.1), and only the police say it is right."""
    if frappe.session.user == "Administrator" or not doc.personal_id:
        return
    identity = identity_of(doc)
    if cccd.validate(doc.personal_id, identity.sex, identity.born):
        frappe.throw(
            _("{0} cannot be marked as verified by hand: the personal ID contradicts sex or birth year. "
              "Correct it, or put the person on a list for the police.").format(frappe.bold(doc.full_name)),
            VerificationError,
        )  # fmt: skip


def refresh(doctype: str, names: Iterable[str]) -> None:
    """Set the standing of many people anew from their requests and answers; set-based, past the controllers."""
    names = sorted({name for name in names if name})
    table = frappe.qb.DocType(doctype)
    groups: dict[tuple, list[str]] = defaultdict(list)
    for start in range(0, len(names), _CHUNK):
        chunk = names[start : start + _CHUNK]
        known = _records(doctype, chunk)
        people = frappe.get_all(doctype, filters={"name": ["in", chunk]}, fields=["name", *FIELDS, *STANDING])
        for person in opened(people):
            records = known.get(person.name, [])
            found = verification.standing(identity_of(person), [record for record, _row in records])
            values = _values(*found, records)
            if any(str(person.get(key) or "") != str(value or "") for key, value in values.items()):
                moved = values["verification_status"] != (person.verification_status or "Unverified")
                groups[(*values.values(), moved)].append(person.name)
    for (status, day, by, moved), members in groups.items():
        for start in range(0, len(members), _CHUNK):
            query = (
                frappe.qb.update(table)
                .set(table.verification_status, status)
                .set(table.verified_on, day)
                .set(table.verified_by, by)
                .where(table.name.isin(members[start : start + _CHUNK]))
            )
            (query.set(table.verification_since, nowdate()) if moved else query).run()


def _values(status: str, record: Record | None, records: list) -> dict:
    row = next((row for one, row in records if one is record), None) if status == "Verified" else None
    return {
        "verification_status": status,
        "verified_on": getdate(row.answered_on) if row and row.answered_on else None,
        "verified_by": row.verified_by if row else None,
    }


def _records(doctype: str, names: list[str]) -> dict[str, list[tuple[Record, frappe._dict]]]:
    """Person -> (what was asked and answered, its row), newest first."""
    link = LINKS[doctype]
    rows = frappe.get_all(
        "Identity Verification",
        filters={link: ["in", names], "status": ["in", ["Requested", *ANSWERED]]},
        fields=[
            link, *FIELDS, "status", "result", "found_full_name", "found_date_of_birth", "found_dob_precision",
            "found_sex", "found_personal_id", "died_on", "moved_to", "moved_to_unit", "moved_on", "answered_on",
            "verified_by",
        ],
        order_by="creation desc, name desc",
    )  # fmt: skip
    found: dict[str, list] = defaultdict(list)
    for row in opened(rows):
        answer = None if row.status == "Requested" else found_of(row)
        found[row[link]].append((Record(identity_of(row), answer, row.status == "Settled"), row))
    return found
