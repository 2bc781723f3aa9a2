"""Bank contracts: watched to their end, renewed, printed, and nothing sent without one in force."""

from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.exceptions import ContractError
from ansinh_app.payee_accounts import contracts
from ansinh_app.payee_accounts.doctype.bank_contract.bank_contract import renew
from ansinh_app.tests.factories import make_office, make_user
from ansinh_app.tests.test_account_requests import BANK, make_contract


class TestContracts(FrappeTestCase):
    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        self.contract = make_contract(valid_to="2024-12-31", fee_percent=0.55)

    def status(self):
        return frappe.db.get_value("Bank Contract", self.contract.name, "status")

    def watch(self, day):
        return self.contract.name in contracts.watch_terms(day)

    def test_the_office_is_told_twice_and_then_it_ends(self):
        manager = make_user("con-manager@example.com", "Social Affairs Manager")
        with patch.object(contracts.frappe, "sendmail") as sendmail:
            self.assertFalse(self.watch("2024-10-31"))
            self.assertEqual((self.status(), sendmail.call_count), ("Active", 0))
            self.assertTrue(self.watch("2024-11-01"))
            self.assertEqual((self.status(), sendmail.call_count), ("Expiring", 1))
            self.assertIn(manager, sendmail.call_args.kwargs["recipients"])
            self.assertFalse(self.watch("2024-11-02"))
            self.assertTrue(self.watch("2024-12-01"))
            self.assertFalse(self.watch("2024-12-31"))
            self.assertEqual(sendmail.call_count, 2)
        self.assertEqual(contracts.in_force(make_office(), BANK, "2024-12-31"), self.contract.name)
        self.assertTrue(self.watch("2025-01-01"))
        self.assertEqual(self.status(), "Ended")
        self.assertIsNone(contracts.in_force(make_office(), BANK, "2024-12-31"))

    def test_a_site_that_sends_no_mail_still_shows_it(self):
        make_user("con-manager@example.com", "Social Affairs Manager")
        with patch.object(contracts.frappe, "sendmail", side_effect=AttributeError("no account")):
            self.assertTrue(self.watch("2024-11-01"))
        self.assertEqual(self.status(), "Expiring")
        comments = {"reference_doctype": "Bank Contract", "reference_name": self.contract.name}
        self.assertTrue(frappe.get_all("Comment", {**comments, "content": ["like", "%31/12/2024%"]}))

    def test_renewal_copies_the_terms_and_follows_on(self):
        draft = frappe.get_doc("Bank Contract", renew(self.contract.as_dict()))
        self.assertEqual(
            (str(draft.valid_from), str(draft.valid_to), draft.fee_percent, draft.status, draft.docstatus),
            ("2025-01-01", "2026-01-01", 0.55, "Draft", 0),
        )
        with self.assertRaises(ContractError):
            renew(self.contract.as_dict())
        self.contract.db_set("valid_to", None)
        draft.delete()
        with self.assertRaises(ContractError):
            renew(self.contract.as_dict())

    def test_paper(self):
        self.contract.append("commitments", {"commitment": "Miễn phí quản lý tài khoản", "promised": 1})
        self.contract.append(
            "signatories", {"side": "Provider", "full_name": "Trần Mẫu", "job_title": "Giám đốc"}
        )
        html = frappe.get_print("Bank Contract", self.contract.name, "Payout Contract", doc=self.contract)
        for part in (
            "HỢP ĐỒNG",
            self.contract.contract_no,
            "0,55",
            "31/12/2024",
            "Miễn phí quản lý tài khoản",
            "Trần Mẫu",
        ):
            self.assertIn(part, html)
