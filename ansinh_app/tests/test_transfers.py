"""Moves: the old office pays through the month of the decision, the new one from the month after, once each."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import explain, prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.tests import payout_world as world


class TestTransfers(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def offices(self, number: int) -> tuple[str, str]:
        codes = f"MOVE-{number}A", f"MOVE-{number}B"
        for code in codes:
            world.make_office(code)
            world.make_contracts(code)
        return codes

    def move(self, person, known_on: str, office: str | None = None, unit: str | None = None, **values):
        unit = unit or frappe.db.get_value("Paying Office", office, "administrative_unit")
        return world.change(person, "Transfer", known_on, new_unit=unit, new_office=office, **values)

    def paid(self, office: str, month: str, as_of: str, person) -> list[int]:
        period = world.make_period(office, month, as_of).name
        prepare_period(period)
        lines = world.lines_of(period, beneficiary=person.name)
        world.pay(period)
        return [as_dong(line.total) for line in lines]

    def test_another_office_pays_from_the_month_after_the_decision(self):
        old, new = self.offices(1)
        person = world.make_person(old)
        world.make_entitlement(person, start="2024-08", known_on="2024-07-20")
        self.assertEqual(self.paid(old, "2024-08", "2024-07-24", person), [750_000])
        self.move(person, "2024-09-03", new)
        self.assertEqual(frappe.db.get_value("Beneficiary", person.name, "office"), new)
        # The new office makes its list first, and still does not take over September.
        self.assertEqual(self.paid(new, "2024-09", "2024-09-04", person), [])
        self.assertEqual(self.paid(old, "2024-09", "2024-09-05", person), [750_000])
        self.assertEqual(self.paid(old, "2024-10", "2024-09-24", person), [])
        self.assertEqual(self.paid(new, "2024-10", "2024-09-24", person), [750_000])
        self.assertEqual(sum(row["balance"] for row in explain(person.name, "2024-10")["ledger"]), 0)

    def test_there_and_back_is_paid_by_the_office_of_each_month(self):
        old, new = self.offices(2)
        person = world.make_person(old)
        world.make_entitlement(person, start="2024-08", known_on="2024-07-20")
        self.move(person, "2024-08-05", new)
        self.move(person, "2024-09-05", old)
        self.assertEqual(self.paid(new, "2024-08", "2024-08-06", person), [])
        self.assertEqual(self.paid(old, "2024-08", "2024-08-06", person), [750_000])
        self.assertEqual(self.paid(old, "2024-09", "2024-09-06", person), [])
        self.assertEqual(self.paid(new, "2024-09", "2024-09-06", person), [750_000])
        self.assertEqual(self.paid(new, "2024-10", "2024-09-24", person), [])
        self.assertEqual(self.paid(old, "2024-10", "2024-09-24", person), [750_000])

    def test_within_the_office_there_is_no_gap(self):
        old, _new = self.offices(3)
        person = world.make_person(old)
        world.make_entitlement(person, start="2024-08", known_on="2024-07-20")
        self.move(person, "2024-08-05", unit=world.make_unit("MOVE-3C", "Xã Mẫu Ba").name)
        self.assertEqual(self.paid(old, "2024-08", "2024-08-06", person), [750_000])

    def test_a_province_s_level_counts_from_the_move(self):
        old, _new = self.offices(4)
        province = world.make_unit("PMOVE", "Tỉnh Mức Cao", level="Province", is_group=1).name
        unit = world.make_unit("MOVE-4P", "Xã Mức Cao", parent=province).name
        frappe.get_doc(
            {
                "doctype": "Rate Version",
                "programme": "BTXH",
                "effective_from": "2024-07-01",
                "in_force_on": "2024-07-01",
                "base_amount": 600000,
                "legal_instrument": "20/2021/NĐ-CP",
                "administrative_unit": province,
                "lines": [{"category": "BTXH-06B1", "coefficient": 1.5, "law_article": "HĐND"}],
            }
        ).insert().submit()
        person = world.make_person(old)
        world.make_entitlement(person, start="2024-08", known_on="2024-07-20")
        self.assertEqual(self.paid(old, "2024-08", "2024-07-24", person), [750_000])
        self.move(person, "2024-08-20", unit=unit)
        self.assertEqual(self.paid(old, "2024-09", "2024-08-23", person), [900_000])
        self.assertEqual(self.paid(old, "2024-10", "2024-09-24", person), [900_000])
        self.assertFalse(frappe.get_all("Recovery Case", {"beneficiary": person.name}))
