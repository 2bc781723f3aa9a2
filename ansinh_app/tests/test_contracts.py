"""Bank contracts: watched to their end, renewed, printed, and nothing sent without one in force."""

from unittest.mock import patch

import frappe
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period
from ansinh_app.exceptions import ContractError
from ansinh_app.patches import sign_contracts
from ansinh_app.payee_accounts import contracts, papers
from ansinh_app.payee_accounts.doctype.bank_contract.bank_contract import renew, show_fees
from ansinh_app.payouts import settlements
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import MAI_PHA, VINH_TRAI, as_user, make_office, make_user
from ansinh_app.tests.test_account_requests import BANK, make_contract


class TestContracts(FrappeTestCase):
    def setUp(self):
        frappe.set_user("Administrator")
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        self.contract = make_contract(
            valid_to="2024-12-31",
            fee_percent=0.55,
            commitments=[
                {"commitment": "Miễn phí quản lý tài khoản", "promised": 1},
                {"commitment": "Miễn phí rút tiền tại ATM Napas", "promised": 0, "note": "đang thương lượng"},
            ],
            signatories=[{"side": "Provider", "full_name": "Trần Mẫu", "job_title": "Giám đốc"}],
        )

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

    def test_from_legal_check_to_its_first_day(self):
        """Signed before it counts: nothing is paid under it until the day has come (issue 6)."""
        tomorrow = frappe.utils.add_days(frappe.utils.nowdate(), 1)
        draft = frappe.get_doc("Bank Contract", renew(self.contract.as_dict()))
        draft.update({"valid_from": tomorrow, "valid_to": None, "legal_checker": "Phòng Tư pháp"})
        draft = apply_workflow(draft.save(), "Send to Legal Check")
        self.assertEqual((draft.status, draft.docstatus), ("Legal Check", 0))
        with self.assertRaises(ContractError):
            apply_workflow(draft, "Sign")
        draft.reload().update({"signed_on": frappe.utils.nowdate()})
        signed = apply_workflow(draft.save(), "Sign")
        self.assertEqual((signed.status, signed.docstatus), ("Signed", 1))
        self.assertFalse(contracts.is_in_force(signed.name))
        with self.assertRaises(ContractError):
            apply_workflow(signed.reload(), "Activate")
        self.assertNotIn(signed.name, contracts.watch_terms())
        self.assertIn(signed.name, contracts.watch_terms(tomorrow))
        self.assertEqual(frappe.db.get_value("Bank Contract", signed.name, "status"), "Active")
        self.assertTrue(contracts.is_in_force(signed.name, tomorrow))

    def test_sites_of_before_the_legal_check(self):
        old = frappe.get_doc("Bank Contract", renew(self.contract.as_dict())).name
        frappe.db.set_value("Bank Contract", old, "status", "Checked")
        frappe.db.set_value("Bank Contract", self.contract.name, {"status": "Active", "valid_from": "2999-01-01"})
        sign_contracts.execute()
        self.assertEqual(frappe.db.get_value("Bank Contract", old, "status"), "Legal Check")
        self.assertEqual(self.status(), "Signed")

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
        html = frappe.get_print("Bank Contract", self.contract.name, "Payout Contract")
        for part in (
            "HỢP ĐỒNG",
            self.contract.contract_no,
            "0,55",
            "31/12/2024",
            "Miễn phí quản lý tài khoản",
            "Trần Mẫu",
        ):
            self.assertIn(part, html)

    def test_annexes(self):
        point = {"doctype": "Pay Point", "point_name": "ATM Vĩnh Trại", "kind": "ATM", "provider": BANK}
        frappe.get_doc({**point, "administrative_unit": VINH_TRAI}).insert()
        frappe.get_doc({**point, "point_name": "ATM đóng", "status": "Closed", "administrative_unit": MAI_PHA}).insert()
        html = frappe.get_print("Bank Contract", self.contract.name, "Contract Annexes")
        for part in ("PHỤ LỤC", "ATM Napas", "đang thương lượng", "☐", "ATM Vĩnh Trại", "Xã Mai Pha", "0,55 %",
                     "Sacombank - mở tài khoản", "Mã tham chiếu"):  # fmt: skip
            self.assertIn(part, html)
        self.assertNotIn("ATM đóng", html)
        with as_user(make_user("annex-bid@example.com", "Bank Officer", providers=["BID"])):
            self.assertRaises(frappe.PermissionError, papers.annexes_paper, self.contract)


class TestFees(FrappeTestCase):
    def test_the_fee_of_a_contract_is_that_of_the_settlement_month_by_month(self):
        world.make_users()
        office = world.make_office("FEE-" + frappe.generate_hash(length=6).upper()).name
        world.make_contracts(office)
        people = [world.make_person(office, f"Lý Thị {name}") for name in ("Phí", "Lỗi")]
        for person in people:
            world.make_entitlement(person)
        contract = frappe.get_doc("Bank Contract", {"office": office, "provider": "STB"})
        frappe.clear_messages()
        show_fees(contract.as_json())
        self.assertNotIn("<table", frappe.get_message_log()[-1]["message"])
        period = world.make_period(office, "2024-05", "2024-04-24").name
        prepare_period(period)
        lines = {line.beneficiary: line.name for line in world.lines_of(period)}
        world.pay(period, {lines[people[1].name]: ("Không thành công", "Mã lỗi 68")})
        (row,) = contracts.fees_by_month(contract.name)
        self.assertEqual((str(row["month"]), row["paid"], row["fee"]), ("2024-05-01", 540_000, 2_700))
        self.assertEqual(settlements.reconcile(office, period, "STB").fee_amount, row["fee"])
        show_fees(contract.as_json())
        self.assertIn("2.700", frappe.get_message_log()[-1]["message"])
