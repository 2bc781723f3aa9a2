"""An approved change is taken back while nothing was paid on it; otherwise the refusal says what to enter."""

import frappe
from frappe.utils import getdate

from ansinh_app.exceptions import ChangeNotAllowedError
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.office_case import OfficeCase
from ansinh_app.tests.test_bad_input import told


class TestUndoing(OfficeCase):
    def setUp(self):
        super().setUp()
        self.person = world.make_person(self.office, village="Khối 1")
        self.entitlement = world.make_entitlement(self.person)

    def cancel(self, change):
        with world.as_user(world.MANAGER):
            frappe.get_doc("Registry Change", change.name).cancel()
        self.assertEqual(
            frappe.db.get_value("Registry Change", change.name, ["docstatus", "status"]), (2, "Cancelled")
        )

    def state(self) -> tuple:
        held = frappe.get_doc("Entitlement", self.entitlement.name)
        person = frappe.get_doc("Beneficiary", self.person.name)
        return (
            [(row.active, str(row.effective_month)) for row in held.changes],
            held.effective_to and str(held.effective_to),
            held.stop_reason or None,
            held.office,
            person.status,
            person.administrative_unit,
            person.village,
            person.office,
            person.deceased_on,
            str(person.date_of_birth),
            person.birth_shown,
        )

    def test_each_kind_of_change_is_taken_back(self):
        other = self.make_office()
        unit = frappe.db.get_value("Paying Office", other, "administrative_unit")
        held = {"entitlement": self.entitlement.name, "effective_month": "2024-07-01"}
        for kind, values in (
            ("Stop", held),
            ("Suspend", held),
            ("Adjust", {**held, "category": "BTXH-06A1"}),
            ("Death", {"occurred_on": "2024-05-10"}),
            ("Transfer", {"new_unit": unit, "new_office": other}),
            ("Correct", {"corrected_field": "date_of_birth", "corrected_value": "1972"}),
            ("New", {"category": "CS-06H", "effective_month": "2024-07-01"}),
        ):
            with self.subTest(kind):
                before = self.state()
                change = world.change(self.person, kind, "2024-05-20", **values)
                if kind != "New":
                    self.assertNotEqual(self.state(), before)
                self.cancel(change)
                self.assertEqual(self.state(), before)
                if change.result_entitlement:
                    granted = frappe.db.get_value("Entitlement", change.result_entitlement, "docstatus")
                    self.assertEqual(granted, 2)

    def test_the_months_come_out_as_if_it_had_not_been(self):
        self.paid("2024-05", "2024-04-24")
        death = world.change(self.person, "Death", "2024-05-20", occurred_on="2024-05-10")
        self.assertEqual(self.paid("2024-06", "2024-05-24"), {})
        self.cancel(death)
        self.assertEqual(self.paid("2024-07", "2024-06-24"), {self.person.name: 540_000 * 2})
        self.assertSettled(self.person, "2024-07")

    def test_what_was_paid_on_stays_and_the_refusal_says_what_to_enter(self):
        adjust = world.change(
            self.person,
            "Adjust",
            "2024-04-20",
            entitlement=self.entitlement.name,
            effective_month="2024-05-01",
            category="BTXH-06A1",
        )
        period, _summary = self.prepare("2024-05", "2024-04-24")
        world.pay(period)
        text = told(frappe.get_doc("Registry Change", adjust.name).cancel, ChangeNotAllowedError)
        self.assertIn(period, text)
        self.assertIn("Điều chỉnh", text)

    def test_a_list_not_yet_approved_does_not_stand_in_the_way(self):
        resumed = self.suspend_and_resume()
        period, _summary = self.prepare("2024-05", "2024-04-24")
        self.assertEqual(len(world.lines_of(period)), 1)
        self.cancel(resumed)

    def test_a_later_change_is_cancelled_first(self):
        resumed = self.suspend_and_resume()
        suspended = frappe.db.get_value(
            "Registry Change", {"beneficiary": self.person.name, "change_type": "Suspend"}, "name"
        )
        text = told(frappe.get_doc("Registry Change", suspended).cancel, ChangeNotAllowedError)
        self.assertIn(resumed.name, text)
        self.cancel(resumed)
        self.cancel(frappe.get_doc("Registry Change", suspended))
        self.assertEqual(frappe.get_doc("Entitlement", self.entitlement.name).changes, [])

    def suspend_and_resume(self):
        for kind in ("Suspend", "Resume"):
            change = world.change(
                self.person,
                kind,
                "2024-04-20",
                entitlement=self.entitlement.name,
                effective_month="2024-05-01",
            )
        return change

    def test_money_recovered_on_it_stands_in_the_way(self):
        self.paid("2024-05", "2024-04-24")
        stop = world.change(
            self.person, "Stop", "2024-05-20", entitlement=self.entitlement.name, effective_month="2024-05-01"
        )
        self.prepare("2024-06", "2024-05-24")
        case = frappe.get_doc("Recovery Case", {"beneficiary": self.person.name})
        case.submit()
        text = told(frappe.get_doc("Registry Change", stop.name).cancel, ChangeNotAllowedError)
        self.assertIn(case.name, text)
        case.cancel()
        self.cancel(stop)
        self.assertEqual(self.paid("2024-07", "2024-06-24"), {self.person.name: 540_000 * 2})

    def test_a_new_grant_that_was_paid_is_stopped_instead(self):
        change = world.change(
            self.person, "New", "2024-04-20", category="CS-06H", effective_month="2024-05-01"
        )
        self.paid("2024-05", "2024-04-24")
        text = told(frappe.get_doc("Registry Change", change.name).cancel, ChangeNotAllowedError)
        self.assertIn("Thôi hưởng", text)
        self.assertEqual(getdate(change.effective_month), getdate("2024-05-01"))

    def test_an_officer_who_may_not_cancel_does_not(self):
        change = world.change(
            self.person,
            "Suspend",
            "2024-04-20",
            entitlement=self.entitlement.name,
            effective_month="2024-05-01",
        )
        with world.as_user(world.OFFICER), self.assertRaises(frappe.PermissionError):
            frappe.get_doc("Registry Change", change.name).cancel()
