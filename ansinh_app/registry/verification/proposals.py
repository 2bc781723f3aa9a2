"""Differences as proposals: what the commune accepts goes to the office as a change, what it rejects keeps its reason."""

import frappe
from frappe import _

from ansinh_app.core import names
from ansinh_app.core.identity import verification
from ansinh_app.core.masking import PERSONAL_ID
from ansinh_app.exceptions import VerificationError
from ansinh_app.registry.people import birth, day
from ansinh_app.registry.verification import standing
from ansinh_app.utils.sealed_numbers import sought

_ATTRIBUTE = {"full_name": "full_name", "sex": "sex", "personal_id": "personal_id"}


def rows_of(request) -> list[dict]:
    """The rows of `differences` on an answered Identity Verification, both values in words."""
    asked, found = standing.identity_of(request), standing.found_of(request)
    right = verification.confirmed(asked, found)
    rows = []
    for difference in verification.differences(asked, found):
        name = difference.field
        if name == "date_of_birth":
            values = birth(asked.born, asked.precision), birth(right.born, right.precision)
        elif name == "death":
            values = _("alive", lang="vi"), day(found.died_on)
        elif name == "residence":
            values = _unit(request.administrative_unit), _moved(request)
        elif name == "sex":
            values = _(asked.sex or "", lang="vi"), _(right.sex or "", lang="vi")
        else:
            values = getattr(asked, name) or "", getattr(right, name) or ""
        rows.append({"field": name, "registry_value": values[0], "police_value": values[1]})
    return rows


def carry_out(request) -> None:
    """Each accepted difference as a proposed Registry Change; a representative's is written on the record.

    A representative is paid nothing himself and his record is the commune's, so no change of the payroll is needed;
    his death ends his mandates. Raises VerificationError where a change would not fit.
    """
    accepted = [row for row in request.differences if row.decision == "Accepted" and not row.registry_change]
    if request.representative:
        _write_representative(request, accepted)
        return
    for row in accepted:
        row.registry_change = _propose(request, row)


def propose_change(beneficiary: str, **values) -> str:
    """A Registry Change of a person, proposed to the office; returns its name.

    The police may not read changes, yet what they enter is proposed in their name: somebody else approves.
    """
    change = frappe.get_doc(
        {"doctype": "Registry Change", "beneficiary": beneficiary, "status": "Draft", **values}
    )
    change.flags.ignore_permissions = True
    change.insert()
    # The step from draft to proposed is the system's here, as for the proposals of a run.
    change.db_set({"status": "Proposed", "proposed_by": frappe.session.user})
    return change.name


def refuse_taken_number(doctype: str, person: str, number: str) -> None:
    """A number another record of its kind holds is no correction: the two may be one person twice."""
    other = frappe.db.get_value(
        doctype,
        {"personal_id": sought(PERSONAL_ID, number), "name": ["!=", person]},
        ["name", "full_name"],
        as_dict=True,
    )
    if other:
        frappe.throw(
            _("Personal ID {0} is registered for {1} ({2}): find out first whether the two are one person.").format(
                frappe.bold(number), frappe.bold(other.full_name), other.name
            ),
            VerificationError,
            title=_("Registered Already"),
        )


def _propose(request, row) -> str:
    reason = _("Verified by the police: {0}", lang="vi").format(request.name)
    if row.field == "death":
        return propose_change(
            request.beneficiary, change_type="Death", occurred_on=request.died_on, reason=reason
        )
    if row.field == "residence":
        request.moved_to_unit = request.moved_to_unit or _unit_named(request.moved_to)
        if not request.moved_to_unit:
            request.refuse(
                _("choose the commune moved to ({0}); where it is not in this system, reject and stop the benefit")
                .format(frappe.bold(request.moved_to or "-"))
            )  # fmt: skip
        return propose_change(
            request.beneficiary,
            change_type="Transfer",
            new_unit=request.moved_to_unit,
            occurred_on=request.moved_on,
            reason=reason,
        )
    value = row.police_value
    if row.field == "personal_id":
        refuse_taken_number("Beneficiary", request.beneficiary, value)
    if row.field == "sex":
        value = request.found_sex
    return propose_change(
        request.beneficiary,
        change_type="Correct",
        corrected_field=row.field,
        corrected_value=value,
        reason=reason,
    )


def _write_representative(request, accepted: list) -> None:
    if not accepted:
        return
    person = frappe.get_doc("Representative", request.representative)
    found = standing.found_of(request)
    for row in accepted:
        if row.field == "date_of_birth":
            person.date_of_birth, person.dob_precision = found.born, found.precision
        elif row.field in _ATTRIBUTE:
            if row.field == "personal_id":
                refuse_taken_number("Representative", person.name, found.personal_id)
            person.set(row.field, getattr(found, _ATTRIBUTE[row.field]))
        elif row.field == "residence":
            person.address = _moved(request)
        elif row.field == "death":
            _end_mandates(person.name, found.died_on)
    person.save()


def _end_mandates(representative: str, died_on) -> None:
    """From the day after the death on nobody is paid into the hands of the dead."""
    row = frappe.qb.DocType("Beneficiary Representative")
    (
        frappe.qb.update(row)
        .set(row.valid_to, died_on)
        .where(row.representative == representative)
        .where(row.valid_to.isnull() | (row.valid_to > died_on))
    ).run()


def _unit(name: str | None) -> str:
    return (name and frappe.db.get_value("Administrative Unit", name, "unit_name")) or ""


def _moved(request) -> str:
    where = request.moved_to or _unit(request.moved_to_unit)
    return f"{where} ({day(request.moved_on)})" if request.moved_on else where


def _unit_named(text: str | None) -> str | None:
    """The commune of this name that stands today, where there is only one."""
    if not text:
        return None
    wanted = names.search_key(text)
    found = [
        row.name
        for row in frappe.get_all(
            "Administrative Unit",
            filters={"level": "Commune", "valid_to": ["is", "not set"]},
            fields=["name", "unit_name"],
        )
        if names.search_key(row.unit_name) == wanted
    ]
    return found[0] if len(found) == 1 else None
