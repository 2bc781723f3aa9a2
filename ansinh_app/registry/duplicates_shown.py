"""One side of a finding as its reader may see it: in full in his area, else masked with the commune."""

import frappe
from frappe import _
from frappe.utils import escape_html, get_first_day, getdate, nowdate

from ansinh_app.core import masking
from ansinh_app.registry.duplicates_keeping import initials
from ansinh_app.registry.people import birth
from ansinh_app.utils.masking import for_reader
from ansinh_app.utils.sealed_numbers import opened


def side(beneficiary: str | None) -> str:
    """A small HTML table; "" for a record that is gone."""
    person = beneficiary and opened(frappe.db.get_value("Beneficiary", beneficiary, "*", as_dict=True))
    if not person:
        return ""
    if frappe.has_permission("Beneficiary", "read", doc=beneficiary):
        return _table(_in_full(person))
    return _table(_masked(person))


def named(beneficiary: str) -> str:
    """HTML: a link with the name for who may open the person, initials for others."""
    full_name = frappe.db.get_value("Beneficiary", beneficiary, "full_name") or ""
    if not frappe.has_permission("Beneficiary", "read", doc=beneficiary):
        return escape_html(initials(full_name))
    return f'<a href="/app/beneficiary/{escape_html(beneficiary)}">{escape_html(full_name)}</a>'


def _in_full(person) -> list[tuple[str, str]]:
    number = for_reader("Beneficiary", masking.PERSONAL_ID, person.personal_id)
    old = for_reader("Beneficiary", masking.PERSONAL_ID, person.old_id)
    return [
        (_("Record No"), f'<a href="/app/beneficiary/{escape_html(person.name)}">{escape_html(person.name)}</a>'),
        (_("Full Name"), f"<b>{escape_html(person.full_name)}</b>"),
        (_("Born"), escape_html(birth(person.date_of_birth, person.dob_precision))),
        (_("Sex"), _(person.sex or "")),
        (_("Personal ID"), escape_html(number)),
        (_("Old ID (CMND)"), escape_html(old)),
        (_("Identity"), _(person.verification_status or "")),
        (_("Commune"), escape_html(_place(person))),
        (_("Status"), _(person.status or "")),
        (_("Draws"), "<br>".join(escape_html(text) for text in _benefits(person.name))),
        (_("Representatives"), "<br>".join(escape_html(text) for text in _representatives(person.name))),
    ]


def _masked(person) -> list[tuple[str, str]]:
    return [
        (_("Full Name"), escape_html(initials(person.full_name))),
        (_("Born"), escape_html(birth(person.date_of_birth, "Year"))),
        (_("Personal ID"), escape_html(masking.mask(masking.PERSONAL_ID, person.personal_id) or "")),
        (_("Commune"), escape_html(_unit(person.administrative_unit))),
        (_("Status"), _(person.status or "")),
    ]


def _place(person) -> str:
    return ", ".join(filter(None, (person.village, _unit(person.administrative_unit))))


def _unit(name: str | None) -> str:
    return (name and frappe.db.get_value("Administrative Unit", name, "unit_name")) or ""


def _benefits(beneficiary: str) -> list[str]:
    """By programme: which of its categories a person draws is nobody's business here."""
    held = frappe.get_all(
        "Entitlement",
        filters={"beneficiary": beneficiary, "docstatus": 1},
        fields=["programme", "effective_from", "effective_to", "decision_no"],
        order_by="effective_from",
    )
    found = []
    for row in held:
        title = frappe.get_cached_value("Benefit Programme", row.programme, "title") if row.programme else "-"
        ended = row.effective_to and getdate(row.effective_to) < get_first_day(nowdate())
        span = f"{getdate(row.effective_from):%m/%Y}" + (f" - {getdate(row.effective_to):%m/%Y}" if ended else "")
        found.append(f"{title}: {span} ({row.decision_no})")
    return found


def _representatives(beneficiary: str) -> list[str]:
    rows = frappe.get_all(
        "Beneficiary Representative",
        filters={"parent": beneficiary, "parenttype": "Beneficiary"},
        fields=["representative_name", "capacity"],
        order_by="idx",
    )
    return [f"{row.representative_name} ({_(row.capacity)})" for row in rows]


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><td>{escape_html(label)}</td><td>{value}</td></tr>" for label, value in rows if value)
    return f'<table class="table table-bordered"><tbody>{cells}</tbody></table>'
