"""Reading the CSV tables of `data/`: every cell is text, an empty cell is None."""

import csv
from collections.abc import Iterable

import frappe


def read(table: str) -> list[dict[str, str | None]]:
    """The rows of `data/<table>.csv`; codes keep their leading zeros."""
    with open(
        frappe.get_app_path("ansinh_app", "data", f"{table}.csv"), encoding="utf-8", newline=""
    ) as file:
        return [{key: value.strip() or None for key, value in row.items()} for row in csv.DictReader(file)]


def insert(values: dict):
    """Insert one reference document as the system, whoever installs."""
    doc = frappe.get_doc(values)
    doc.flags.ignore_permissions = True
    return doc.insert(ignore_permissions=True)


def existing(doctype: str) -> set[str]:
    """Names already on the site."""
    return set(frappe.get_all(doctype, pluck="name"))


def insert_missing(doctype: str, documents: Iterable[tuple[str, dict]]) -> dict[str, int]:
    """Insert those of (name, values) the site does not have yet, in their order; how many, by DocType."""
    known, made = existing(doctype), 0
    for name, values in documents:
        if name not in known:
            insert({"doctype": doctype, **values})
            made += 1
    return {doctype: made}
