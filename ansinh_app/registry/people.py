"""What beneficiaries and representatives share: names, identity numbers, births, and a person's status."""

from datetime import date
from functools import cache

import frappe
from frappe import _
from frappe.utils import cint, get_first_day, getdate, nowdate

from ansinh_app.core import names
from ansinh_app.core.errors import BadIdentifier
from ansinh_app.core.identity import cccd, certificate, cmnd, phone
from ansinh_app.core.masking import PERSONAL_ID
from ansinh_app.exceptions import DuplicatePersonError, InvalidDateError, InvalidIdentifierError
from ansinh_app.setup.tables import read
from ansinh_app.utils.masking import set_shown
from ansinh_app.utils.sealed_numbers import sought

OLDEST = 125


@cache
def known_provinces() -> frozenset[str]:
    """The prefixes of personal IDs given in a province; other ones may be right (born abroad, after 2025)."""
    return frozenset(row["cccd_prefix"] for row in read("cccd_provinces"))


def clean_person(doc) -> None:
    """Normalise and check one person's document: name, birth date, identity numbers, phone.

    A number of the wrong shape is refused; one that contradicts sex or birth date is said and kept,
    for data-entry mistakes are the norm and rejecting a valid number is worse.
    """
    doc.full_name = names.normalise(doc.full_name or "")
    doc.search_name = names.search_key(doc.full_name)
    if doc.full_name and not doc.search_name:
        frappe.throw(_("{0} is not a name").format(frappe.bold(doc.full_name)), InvalidIdentifierError)
    _clean_birth(doc)
    _clean_personal_id(doc)
    if doc.get("old_id"):
        doc.old_id = _checked(cmnd, doc.old_id, _("Old ID (CMND)"), _("9 digits"))
    if doc.get("phone"):
        doc.phone = _checked(phone, doc.phone, _("Phone"), _("a Vietnamese number such as 0912 345 678"))
    if doc.get("birth_certificate_no"):
        doc.birth_certificate_no = certificate.compact(doc.birth_certificate_no)
    _say_doubts(doc)
    set_shown(doc)


def _clean_birth(doc) -> None:
    if doc.meta.has_field("birth_shown"):
        doc.birth_shown = None
    if not doc.date_of_birth:
        return
    born = getdate(doc.date_of_birth)
    if doc.dob_precision == "Year":
        born = date(born.year, 1, 1)
    elif doc.dob_precision == "Month":
        born = born.replace(day=1)
    doc.date_of_birth = born
    if doc.meta.has_field("birth_shown"):
        doc.birth_shown = birth(born, doc.dob_precision)
    today = getdate(nowdate())
    if born > today:
        frappe.throw(
            _("{0}: the date of birth {1} lies in the future").format(frappe.bold(doc.full_name), day(born)),
            InvalidDateError,
        )
    if today.year - born.year > OLDEST:
        frappe.throw(
            _("{0}: the date of birth {1} is more than {2} years ago").format(
                frappe.bold(doc.full_name), day(born), OLDEST
            ),
            InvalidDateError,
        )


def _clean_personal_id(doc) -> None:
    if not (doc.personal_id or "").strip():
        doc.personal_id = None
        return
    doc.personal_id = _checked(cccd, doc.personal_id, _("Personal ID"), _("12 digits"))


def _say_doubts(doc) -> None:
    """Keep on the document what its numbers contradict, and tell who typed them; the police look at it."""
    doubts = doubts_about(doc)
    if doc.meta.has_field("identity_doubt"):
        doc.identity_doubt = "\n".join(doubts) or None
    if doubts and not doc.flags.checked_by_import and _identity_changed(doc):
        frappe.msgprint(
            "<br>".join(map(frappe.utils.escape_html, doubts)),
            title=_("Please Check the Personal ID"),
            indicator="orange",
        )


def doubts_about(doc) -> list[str]:
    """What contradicts itself in a person's numbers, in words that name the field (DOMAIN §4.1, §4.2)."""
    born = getdate(doc.date_of_birth) if doc.date_of_birth else None
    found = []
    if doc.personal_id:
        found += cccd.validate(doc.personal_id, doc.sex or None, born, known_provinces())
    found += certificate.validate(doc.get("birth_certificate_no"), born)
    return [say_doubt(doubt.code, doubt.params) for doubt in found]


def _identity_changed(doc) -> bool:
    before = doc.get_doc_before_save()
    return not before or any(
        str(before.get(field) or "") != str(doc.get(field) or "")
        for field in ("personal_id", "sex", "date_of_birth", "birth_certificate_no")
    )


def say_doubt(code: str, params: dict[str, str]) -> str:
    """A finding about a personal ID in words."""
    if code == "sex_differs":
        return _("The personal ID was given to a {0} person, the registry says {1}").format(
            _(params["stated"]), _(params["given"])
        )
    if code == "birth_year_differs":
        return _("The personal ID says born in {0}, the registry says {1}").format(
            params["stated"], params["given"]
        )
    if code == "certificate_shape":
        return _("Birth certificate {0}: a number and a year are expected, such as 12/2019").format(
            params["number"]
        )
    if code == "certificate_before_birth":
        return _("The birth certificate is of {0}, the registry says born in {1}").format(
            params["stated"], params["given"]
        )
    return _("Province code {0} of the personal ID is not on the list").format(params["prefix"])


def _checked(kind, value, label: str, accepted: str) -> str:
    try:
        kind.validate(value)
    except BadIdentifier:
        frappe.throw(
            _("{0} {1} cannot be right: {2} are expected").format(label, frappe.bold(value), accepted),
            InvalidIdentifierError,
        )
    return kind.compact(value)


def refuse_second_registration(doc) -> None:
    """One personal ID, one document of its kind; the other one is named, with its commune, to who may read it."""
    if not doc.personal_id or doc.flags.checked_by_import:
        return
    other = frappe.db.get_value(
        doc.doctype,
        {"personal_id": sought(PERSONAL_ID, doc.personal_id), "name": ["!=", doc.name or ""]},
        ["name", "administrative_unit"],
        as_dict=True,
    )
    if not other:
        return
    if not frappe.has_permission(doc.doctype, "read", doc=other.name):
        frappe.throw(
            _("Personal ID {0} is registered already, outside your area. Ask the paying office, or correct the number.").format(
                frappe.bold(frappe.utils.escape_html(doc.personal_id))
            ),
            DuplicatePersonError,
            title=_("Registered Already"),
        )
    unit = other.administrative_unit and frappe.db.get_value(
        "Administrative Unit", other.administrative_unit, "unit_name"
    )
    frappe.throw(
        _("Personal ID {0} is registered already: {1}, {2}. Open that record, or correct the number.").format(
            frappe.bold(doc.personal_id), frappe.bold(other.name), unit or "-"
        ),
        DuplicatePersonError,
        title=_("Registered Already"),
    )


def day(value) -> str:
    """A date as it is read here: 05/02/2026."""
    return f"{getdate(value):%d/%m/%Y}"


def birth(born, precision: str | None) -> str:
    """A birth date as far as it is known: 05/02/1950, 02/1950 or 1950; a year alone is never a 1 January.

    >>> birth("1950-01-01", "Year")
    '1950'
    """
    if not born:
        return ""
    shape = {"Year": "%Y", "Month": "%m/%Y"}.get(precision or "Day", "%d/%m/%Y")
    return getdate(born).strftime(shape)


def first_of_month(value):
    """The first day of the month a date lies in: how months are stored."""
    return get_first_day(getdate(value)) if value else None


def refresh_status(beneficiary: str) -> None:
    """Set a person's status from what is known of him: deceased, or what his entitlements say today."""
    person = frappe.db.get_value("Beneficiary", beneficiary, ["status", "deceased_on"], as_dict=True)
    if not person:
        return
    status = "Deceased" if person.deceased_on else _status_by_entitlements(beneficiary)
    if status and status != person.status:
        frappe.db.set_value("Beneficiary", beneficiary, "status", status)


def _status_by_entitlements(beneficiary: str) -> str | None:
    held = frappe.get_all(
        "Entitlement", filters={"beneficiary": beneficiary, "docstatus": 1}, fields=["name", "effective_to"]
    )
    if not held:
        return None
    this_month = get_first_day(nowdate())
    running = [row.name for row in held if not row.effective_to or getdate(row.effective_to) >= this_month]
    if not running:
        return "Stopped"
    return "Active" if any(is_active(name, this_month) for name in running) else "Suspended"


def is_active(entitlement: str, month: date) -> bool:
    """Whether the latest decision that counts for the month leaves the entitlement paid."""
    rows = frappe.get_all(
        "Entitlement Change",
        filters={"parent": entitlement, "parenttype": "Entitlement", "effective_month": ["<=", month]},
        fields=["active"],
        order_by="decided_on desc, idx desc",
        limit=1,
    )
    return bool(cint(rows[0].active)) if rows else True
