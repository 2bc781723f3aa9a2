"""The check before paying: how many, whose task, where to mend it, and what a manager may let pass."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import preflight, prepare_period
from ansinh_app.exceptions import ChangeNotAllowedError
from ansinh_app.payouts import findings_page
from ansinh_app.tests import payout_world as world


class TestPreflight(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        self.office = world.make_office("PRE-" + frappe.generate_hash(length=6).upper()).name
        world.make_contract(self.office, "STB")
        self.people = [world.make_person(self.office, f"Lý Thị {name}") for name in ("Một", "Hai")]
        for person in self.people:
            world.make_entitlement(person)
        self.period = world.make_period(self.office, "2024-05", "2024-04-24").name

    def found(self, code: str, period: str | None = None) -> dict | None:
        answer = preflight(period or self.period)
        rows = [row for row in answer["blocks"] + answer["warnings"] if row["code"] == code]
        return rows[0] if rows else None

    def rename_account(self, name: str) -> str:
        account = frappe.db.get_value("Payment Account", {"beneficiary": self.people[0].name}, "name")
        document = frappe.get_doc("Payment Account", account)
        document.account_name = name
        document.save()
        return account

    def let_pass(self, code: str, beneficiary: str | None = None, user: str = world.MANAGER, **values):
        with world.as_user(user):
            return frappe.get_doc(
                {
                    "doctype": "Preflight Override",
                    "period": self.period,
                    "code": code,
                    "beneficiary": beneficiary,
                    "reason": "Ngân hàng xác nhận bằng văn bản",
                    **values,
                }
            ).insert()

    def paid(self, period: str) -> set[str]:
        prepare_period(period)
        return {line.full_name for line in world.lines_of(period)}

    def test_each_finding_says_how_many_whose_and_where_it_is_mended(self):
        self.rename_account("TRAN VAN KHAC")
        row = self.found("account_name_mismatch")
        self.assertEqual((row["severity"], row["count"], row["owner"]), ("block", 1, "Commune Officer"))
        listed = frappe.get_all(row["place"]["doctype"], filters=row["place"]["filters"], pluck="account_name")
        self.assertEqual(listed, ["TRAN VAN KHAC"])
        frappe.db.set_value("Bank Contract", {"office": self.office}, "valid_to", "2024-03-31")
        row = self.found("no_contract")
        self.assertEqual((row["place"]["doctype"], row["can_be_let_pass"]), ("Bank Contract", False))
        page = findings_page.as_html(preflight(self.period))
        for part in ("/app/bank-contract", "/app/payment-account?", "preflight-override/new?", self.period):
            self.assertIn(part, page)

    def test_a_name_the_bank_confirms_is_let_pass_until_it_changes_or_is_withdrawn(self):
        self.rename_account("TRAN VAN KHAC")
        self.assertEqual(self.paid(self.period), {"Lý Thị Hai"})
        override = self.let_pass("account_name_mismatch", self.people[0].name)
        self.assertEqual((override.overridden_by, override.detail), (world.MANAGER, "TRAN VAN KHAC"))
        self.assertEqual(self.paid(self.period), {"Lý Thị Một", "Lý Thị Hai"})
        told = preflight(self.period)["let_pass"]
        self.assertEqual([(row["code"], row["overridden_by"]) for row in told], [(override.code, world.MANAGER)])
        june = world.make_period(self.office, "2024-06", "2024-05-24").name
        self.assertIsNone(self.found("account_name_mismatch", june))
        self.rename_account("LE VAN NUA")
        self.assertEqual(self.paid(self.period), {"Lý Thị Hai"})
        self.rename_account("TRAN VAN KHAC")
        with world.as_user(world.MANAGER):
            override.reload()
            override.status = "Withdrawn"
            override.save()
        self.assertEqual(override.withdrawn_by, world.MANAGER)
        self.assertEqual(self.paid(self.period), {"Lý Thị Hai"})

    def test_a_warning_is_let_pass_for_its_month_only(self):
        self.assertEqual(self.found("identity_unverified")["count"], 2)
        self.let_pass("identity_unverified", self.people[0].name)
        self.assertEqual(self.found("identity_unverified")["count"], 1)
        self.let_pass("identity_unverified")
        self.assertIsNone(self.found("identity_unverified"))
        june = world.make_period(self.office, "2024-06", "2024-05-24").name
        self.assertEqual(self.found("identity_unverified", june)["count"], 2)

    def test_only_a_manager_with_a_reason_and_nothing_the_law_asks_for(self):
        self.rename_account("TRAN VAN KHAC")
        person = self.people[0].name
        with self.assertRaises(frappe.PermissionError):
            self.let_pass("account_name_mismatch", person, user=world.OFFICER)
        for values in ({"reason": " "}, {"beneficiary": None}, {"beneficiary": self.people[1].name}):
            with self.assertRaises((ChangeNotAllowedError, frappe.MandatoryError)):
                self.let_pass("account_name_mismatch", **{"beneficiary": person, **values})
        for code in ("no_contract", "mandate_expired", "estimated_rate"):
            with self.assertRaises(frappe.ValidationError):
                self.let_pass(code, person)

    def test_what_was_let_pass_stays_on_record(self):
        override = self.let_pass("identity_unverified")
        self.assertRaises(ChangeNotAllowedError, override.delete)
        override.reload()
        override.reason = "Khác"
        self.assertRaises(ChangeNotAllowedError, override.save)
        override.reload()
        override.overridden_by = world.OFFICER
        override.save()
        self.assertEqual(frappe.db.get_value(override.doctype, override.name, "overridden_by"), world.MANAGER)
