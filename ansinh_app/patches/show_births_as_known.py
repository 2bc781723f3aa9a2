"""People registered before lists showed a birth as far as it is known: fill what the list shows."""

import frappe

from ansinh_app.registry.people import birth


def execute():
    """One write for all people born on a day as it is known; a site of a province has tens of thousands."""
    person = frappe.qb.DocType("Beneficiary")
    days = (
        frappe.qb.from_(person)
        .select(person.date_of_birth, person.dob_precision)
        .distinct()
        .where(person.date_of_birth.isnotnull())
        .where(person.birth_shown.isnull() | (person.birth_shown == ""))
        .run()
    )
    for day, precision in days:
        query = (
            frappe.qb.update(person)
            .set(person.birth_shown, birth(day, precision))
            .where(person.date_of_birth == day)
        )
        if precision:
            query = query.where(person.dob_precision == precision)
        else:
            query = query.where(person.dob_precision.isnull() | (person.dob_precision == ""))
        query.run()
