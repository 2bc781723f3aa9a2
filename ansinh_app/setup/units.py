"""Loading the administrative units: the key is (code, valid_from), parents and successors are dated."""

from datetime import date, timedelta

import frappe

from ansinh_app.setup.tables import existing, insert_missing, read

LEVELS = {"province": "Province", "district": "District", "commune": "Commune"}


def load_units() -> dict[str, int]:
    """Units from administrative_units.csv, parents first; then who succeeded whom."""
    rows = read("administrative_units")
    order = list(LEVELS)
    rows.sort(key=lambda row: order.index(row["level"]))
    known = existing("Administrative Unit")
    made = insert_missing("Administrative Unit", ((_name(row), _unit(rows, row)) for row in rows))
    for row in rows:
        if row["succeeded_by"] and _name(row) not in known:
            day = date.fromisoformat(row["valid_to"]) + timedelta(days=1)
            successor = _on(rows, row["succeeded_by"], day.isoformat())
            frappe.db.set_value("Administrative Unit", _name(row), "succeeded_by", successor)
    return made


def _name(row: dict) -> str:
    return unit_name(row["code"], row["valid_from"])


def _unit(rows: list[dict], row: dict) -> dict:
    return {
        "code": row["code"],
        "unit_name": row["name_vi"],
        "level": LEVELS[row["level"]],
        "parent_administrative_unit": _on(rows, row["parent_code"], row["valid_from"]),
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"],
        "is_group": 0 if row["level"] == "commune" else 1,
    }


def unit_name(code: str, valid_from: str | date) -> str:
    """The document name of a unit: codes were reused with other names, so the day belongs to it.

    >>> unit_name("05977", "2025-07-01")
    '05977-20250701'
    """
    return f"{code}-{str(valid_from)[:10].replace('-', '')}"


def _on(rows: list[dict], code: str | None, day: str) -> str | None:
    """The name of the unit that bore this code on the day."""
    for row in rows:
        if row["code"] == code and row["valid_from"] <= day <= (row["valid_to"] or "9999"):
            return unit_name(code, row["valid_from"])
    return None
