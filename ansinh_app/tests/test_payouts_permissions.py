"""Who may run, approve, see and answer what: two offices, two banks, a commune, and nobody."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import explain, preflight, prepare_period, provider_file, verify_seal
from ansinh_app.core.money import as_dong
from ansinh_app.tests import payout_world as world

_PERSONAS = {
    "po.bank@example.com": "Bank Officer",
    "po.otherbank@example.com": "Bank Officer",
    "po.homeless.bank@example.com": "Bank Officer",
    "po.otheroffice@example.com": "Social Affairs Officer",
    "po.commune@example.com": "Commune Officer",
    "po.province@example.com": "Province Viewer",
}
BANK, OTHER_BANK, NO_AREA, OTHER_OFFICE, COMMUNE, PROVINCE = _PERSONAS


class TestPayoutPermissions(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        for user, role in _PERSONAS.items():
            world.make_user(user, role)
        cls.office = world.make_office("PERM-" + frappe.generate_hash(length=6).upper())
        other = world.make_office("PERM-" + frappe.generate_hash(length=6).upper())
        world.make_contracts(cls.office.name)
        for user, doctype, value in (
            (BANK, "Payment Service Provider", "STB"),
            (OTHER_BANK, "Payment Service Provider", "BID"),
            (OTHER_OFFICE, "Paying Office", other.name),
            (COMMUNE, "Administrative Unit", cls.office.administrative_unit),
        ):
            frappe.get_doc(
                {"doctype": "User Permission", "user": user, "allow": doctype, "for_value": value}
            ).insert(ignore_permissions=True)
        cls.person = world.make_person(cls.office.name)
        world.make_entitlement(cls.person)
        cls.period = world.make_period(cls.office.name, "2024-05", "2024-04-24").name
        with world.as_user(world.OFFICER):
            prepare_period(cls.period)
        cls.batch = world.batches_of(cls.period)[0]
        world.approve(cls.batch)
        world.send(cls.batch)

    def test_only_the_offices_own_officers_run_a_period(self):
        for user in (BANK, OTHER_BANK, NO_AREA, OTHER_OFFICE, COMMUNE, PROVINCE, "Guest"):
            with world.as_user(user):
                for method in (preflight, prepare_period):
                    with self.assertRaises(frappe.PermissionError, msg=f"{user} {method.__name__}"):
                        method(self.period)
                with self.assertRaises(frappe.PermissionError, msg=user):
                    provider_file(self.batch)

    def test_a_bank_sees_its_own_batches_and_lines_and_nothing_of_the_reasons(self):
        with world.as_user(BANK):
            self.assertTrue(verify_seal(self.batch)["valid"])
            rows = frappe.get_list("Payout Line", filters={"batch": self.batch}, fields=["*"])
            self.assertEqual([as_dong(row.total) for row in rows], [540_000])
            self.assertFalse({"explanation", "entitlement", "benefit", "line_key"} & set(rows[0]))
        for user in (OTHER_BANK, NO_AREA, OTHER_OFFICE):
            with world.as_user(user):
                self.assertEqual(frappe.get_list("Payout Line", filters={"batch": self.batch}), [])
                self.assertRaises(frappe.PermissionError, verify_seal, self.batch)

    def test_why_is_told_to_those_who_hold_the_persons_file(self):
        for user in (world.OFFICER, COMMUNE):
            with world.as_user(user):
                self.assertEqual(explain(self.person.name, "2024-05")["entitled"][0]["amount"], 540_000)
        for user in (BANK, OTHER_OFFICE, PROVINCE, NO_AREA):
            with world.as_user(user), self.assertRaises(frappe.PermissionError, msg=user):
                explain(self.person.name, "2024-05")

    def test_a_bank_answers_for_its_own_batches_only(self):
        answer = world.answer(self.batch)
        for user in (OTHER_BANK, NO_AREA, OTHER_OFFICE, COMMUNE):
            with world.as_user(user), self.assertRaises(frappe.PermissionError, msg=user):
                world.import_result(self.batch, answer)
        self.assertEqual({line.status for line in world.lines_of(self.period)}, {"Sent"})
        with world.as_user(BANK):
            result = world.import_result(self.batch, answer)
        self.assertEqual((result.paid, result.unmatched), (1, 0))
