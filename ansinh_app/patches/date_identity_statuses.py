"""People registered before an identity's status had a day: it counts from their registration."""

import frappe
from frappe.query_builder.functions import Substring


def execute():
    """One write for each kind of person."""
    for doctype in ("Beneficiary", "Representative"):
        table = frappe.qb.DocType(doctype)
        (
            frappe.qb.update(table)
            .set(table.verification_since, Substring(table.creation, 1, 10))
            .where(table.verification_since.isnull())
        ).run()
        (
            frappe.qb.update(table)
            .set(table.verification_status, "Unverified")
            .where(table.verification_status.isnull() | (table.verification_status == ""))
        ).run()
