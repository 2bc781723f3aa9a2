"""The city the permission tests look into, made by `run-script world.py`; prints what they need to know."""

import json

import frappe

from ansinh_app import api
from ansinh_app.tests import payout_world as world

PASSWORD = "lantern-orchid-74"
HIV_ADULT = "BTXH-08"
GIVEN_NAMES = {"hiv": "Sáng", "adult": "Tỏ", "cash": "Mai", "merit": "Công", "neighbour": "Láng"}
PERSONAS = {
    "officer": ("Social Affairs Officer", {}),
    "manager": ("Social Affairs Manager", {}),
    "other_office": ("Social Affairs Officer", {"Paying Office": "SEC-B"}),
    "commune": ("Commune Officer", {"Administrative Unit": "unit_a"}),
    "neighbour": ("Commune Officer", {"Administrative Unit": "unit_b"}),
    "above": ("Commune Officer", {"Administrative Unit": "province"}),
    "homeless": ("Commune Officer", {}),
    "bank": ("Bank Officer", {"Payment Service Provider": "STB"}),
    "other_bank": ("Bank Officer", {"Payment Service Provider": "BID"}),
    "homeless_bank": ("Bank Officer", {}),
    "post": ("Post Office Clerk", {"Payment Service Provider": "VNPOST"}),
    "police": ("Police Officer", {"Administrative Unit": "unit_a"}),
    "treasury": ("Treasury Officer", {}),
    "province": ("Province Viewer", {}),
    "auditor": ("Auditor", {}),
}


def build() -> dict:
    world.make_users()
    names = {}
    for letter in "ab":
        office = world.make_office(f"SEC-{letter.upper()}")
        world.make_contracts(office.name)
        names[f"unit_{letter}"] = office.administrative_unit
    names["province"] = frappe.db.get_value("Administrative Unit", names["unit_a"], "parent_administrative_unit")
    for name, (role, areas) in PERSONAS.items():
        _user(name, role, {doctype: names.get(value, value) for doctype, value in areas.items()})
    people = {}
    for key, office, values in (
        ("hiv", "SEC-A", {}),
        ("adult", "SEC-A", {}),
        ("cash", "SEC-A", {"cash": True}),
        ("merit", "SEC-A", {"provider": "BID"}),
        ("neighbour", "SEC-B", {}),
    ):
        people[key] = world.make_person(office, f"Lý Thị {GIVEN_NAMES[key]}", **values)
    world.make_entitlement(people["hiv"], HIV_ADULT)
    for key in ("adult", "cash", "neighbour"):
        world.make_entitlement(people[key], "BTXH-06B1")
    world.make_entitlement(people["merit"], "NCC-03A")
    names["periods"] = {}
    for office in ("SEC-A", "SEC-B"):
        period = world.make_period(office, "2024-05", "2024-04-24").name
        with world.as_user("officer@example.com"):
            api.prepare_period(period)
        names["periods"][office] = period
    names["batches"] = {
        f"{row.office} {row.provider}": row.name
        for row in frappe.get_all("Payout Batch", fields=["name", "office", "provider"])
    }
    sealed = names["batches"]["SEC-A STB"]
    world.approve(sealed)
    names["file"] = api.provider_file(sealed)["file_url"]
    names["people"] = {key: person.name for key, person in people.items()}
    names["lines"] = {
        row.beneficiary: row.name for row in frappe.get_all("Payout Line", fields=["name", "beneficiary"])
    }
    names["maker_batch"] = names["batches"]["SEC-B STB"]
    frappe.db.commit()
    return names


def _user(name: str, role: str, areas: dict[str, str]) -> None:
    email = f"{name}@example.com"
    frappe.get_doc(
        {
            "doctype": "User",
            "email": email,
            "first_name": name,
            "language": "vi",
            "send_welcome_email": 0,
            "new_password": PASSWORD,
            "roles": [{"role": role}],
        }
    ).insert(ignore_permissions=True)
    for doctype, value in areas.items():
        frappe.get_doc(
            {"doctype": "User Permission", "user": email, "allow": doctype, "for_value": value}
        ).insert(ignore_permissions=True)


if __name__ == "__main__":
    print(json.dumps(build()))
