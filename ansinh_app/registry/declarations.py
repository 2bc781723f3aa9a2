"""The application forms F1 (Mẫu 1a–1đ NĐ 20/2021) and F2 (Mẫu 01 NĐ 176/2025): what is known is filled in.

They are papers of the person's own file. Mẫu 1b by its number alone tells of HIV, so these formats are printed by those
only who may see the true category (who may print an Entitlement or a Registry Change), and never sent: nothing mails
them and no list is made of them. What the registry does not hold is left to the pen, as on the paper form.
"""

import frappe
from frappe.utils import getdate

from ansinh_app.core.months import Month
from ansinh_app.registry.people import birth
from ansinh_app.utils.masking import for_reader
from ansinh_app.utils.printing import day, may_print, say, say_value

# Form -> the clauses of Điều 5 it serves, and its numbered points in their order (DOMAIN §3.2 F1).
FORMS = {
    "1a": ("khoản 1, khoản 2 và khoản 7", "school card benefits poor disability parents"),
    "1b": ("khoản 3 và khoản 8", "school card benefits poor disability hiv"),
    "1c": ("khoản 4", "card poor marriage children"),
    "1d": ("khoản 5", "card pension poor disability marriage supporters"),
    "1đ": ("khoản 6", "school card benefits poor disability marriage young work care"),
}
PENSION = "01"
# The print formats that may name the true form: for the inside only, whoever prints them.
INSIDE = ("Declaration of an Entitlement", "Declaration of a Change")


def declaration_paper(doc) -> dict:
    """F1 or F2 of an Entitlement or of a Registry Change that grants something.

    `form` is "" where the category asks for a form whose layout is not held (Mẫu 2a, 2b, 03, forms of merit).
    """
    may_print(doc)
    category = frappe.db.get_value(
        "Benefit Category", doc.category, ["form_no", "law_article", "programme"], as_dict=True
    ) or frappe._dict(form_no="")
    person = frappe.get_doc("Beneficiary", doc.beneficiary)
    asked = (category.form_no or "").split(";")[0].strip()
    form = asked if asked in FORMS or (asked == PENSION and category.programme == "HTXH") else ""
    clauses, points = FORMS.get(form, ("", ""))
    unit = frappe.db.get_value("Administrative Unit", person.administrative_unit, "unit_name") or ""
    return {
        "say": say,
        "form": form,
        "asked": asked,
        "clauses": clauses,
        "points": points.split(),
        "person": person,
        "birth": birth(person.date_of_birth, person.dob_precision),
        "sex": say_value(person.sex),
        "id_number": for_reader("Beneficiary", "id", person.personal_id) if person.personal_id else "",
        "birth_certificate": person.birth_certificate_no or "",
        "phone": for_reader("Beneficiary", "phone", person.phone) if person.phone else "",
        "unit": unit,
        "place": ", ".join(filter(None, (person.address, person.village, unit))),
        "children": int(doc.quantity or 0) if form == "1c" else 0,
        "married": _married(person),
        "others": _other_benefits(person.name, doc),
        "proxy": _proxy(person, doc),
    }


def _married(person) -> str:
    """The spouse on record today, or nothing: an empty record does not say that somebody is single."""
    running = [row for row in person.get("spouses") or [] if not row.ended_on]
    return running[0].spouse_name or "" if running else ""


def _other_benefits(beneficiary: str, doc) -> list[dict]:
    """What else the person draws by the month: programme and since when; point "đang hưởng chế độ"."""
    own = {doc.name, doc.get("entitlement"), doc.get("result_entitlement")}
    rows = frappe.get_all(
        "Entitlement",
        filters={"beneficiary": beneficiary, "docstatus": 1, "effective_to": ["is", "not set"]},
        fields=["name", "programme", "effective_from"],
        order_by="effective_from, name",
    )
    return [
        {"programme": row.programme, "since": Month.of(getdate(row.effective_from)).label}
        for row in rows
        if row.name not in own
    ]


def _proxy(person, doc) -> dict:
    """Who declares in the person's stead: the representative of the decision, else the first who is running."""
    rows = [row for row in person.representatives if not row.revoked_on]
    named = [row for row in rows if row.representative == doc.get("representative")] or rows
    if not named:
        return {}
    other = frappe.get_doc("Representative", named[0].representative)
    return {
        "name": other.full_name,
        "id_number": for_reader("Representative", "id", other.personal_id) if other.personal_id else "",
        "relation": named[0].relation or say_value(named[0].capacity),
        "address": other.address or "",
        "born": birth(other.date_of_birth, other.dob_precision),
        "phone": for_reader("Representative", "phone", other.phone) if other.phone else "",
        "on": day(named[0].valid_from) if named[0].valid_from else "",
    }
