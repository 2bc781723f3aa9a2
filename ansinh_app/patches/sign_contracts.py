"""Contracts of before the legal check: what was Checked is in Legal Check, what begins later is Signed."""

import frappe
from frappe.utils import nowdate


def execute():
    table = frappe.qb.DocType("Bank Contract")
    frappe.qb.update(table).set(table.status, "Legal Check").where(table.status == "Checked").where(
        table.docstatus == 0
    ).run()
    frappe.qb.update(table).set(table.status, "Signed").where(table.status == "Active").where(
        table.docstatus == 1
    ).where(table.valid_from > nowdate()).run()
