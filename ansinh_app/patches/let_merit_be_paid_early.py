"""Programmes that the law lets be paid a month early say so; a value somebody has entered stays."""

import frappe

from ansinh_app.setup.law import EARLY


def execute():
    for programme, values in EARLY.items():
        if frappe.db.exists("Benefit Programme", {"name": programme, "early_basis": ["is", "not set"]}):
            frappe.db.set_value("Benefit Programme", programme, values)
