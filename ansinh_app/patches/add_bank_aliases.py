"""Providers of an earlier release: the further names communes call them by, from banks.csv."""

import frappe

from ansinh_app.setup.tables import read


def execute():
    """Add what is missing; names somebody has added stay."""
    held = dict(frappe.get_all("Payment Service Provider", fields=["name", "aliases"], as_list=True))
    for row in read("banks"):
        if row["code"] not in held:
            continue
        known = [text for text in (held[row["code"]] or "").split(";") if text]
        missing = [text for text in (row["aliases"] or "").split(";") if text and text not in known]
        if missing:
            frappe.db.set_value(
                "Payment Service Provider",
                row["code"],
                "aliases",
                ";".join(known + missing),
                update_modified=False,
            )
