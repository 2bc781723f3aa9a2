"""Payment accounts: a history nobody rewrites, names that differ with their reason, and accounts that came back closed."""

import frappe
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import preflight, prepare_period
from ansinh_app.core import vietqr
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import AccountError, SelfApprovalError
from ansinh_app.payee_accounts import closing
from ansinh_app.payee_accounts.doctype.payment_account.payment_account import pay_in_cash, show_payees
from ansinh_app.payouts import hand_payments
from ansinh_app.tests import payout_world as world


class TestPaymentAccounts(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        self.office = world.make_office("PAC-" + frappe.generate_hash(length=6).upper()).name
        world.make_contracts(self.office)

    def paid_in_may(self, *people, outcomes=None):
        period = world.make_period(self.office, "2024-05", "2024-04-24").name
        with world.as_user(world.OFFICER):
            prepare_period(period)
        lines = {line.beneficiary: line for line in world.lines_of(period)}
        world.pay(period, {lines[person.name].name: said for person, said in (outcomes or {}).items()})
        return period

    def june(self):
        period = world.make_period(self.office, "2024-06", "2024-05-24").name
        with world.as_user(world.OFFICER):
            summary = prepare_period(period)
        return period, summary, {line.beneficiary: line for line in world.lines_of(period)}

    def requests_of(self, person) -> list[tuple]:
        rows = frappe.get_all(
            "Account Request",
            filters={"beneficiary": person.name},
            fields=["status", "provider"],
            as_list=True,
        )
        return [tuple(row) for row in rows]

    def test_an_account_that_came_back_closed_is_out_of_the_next_list_by_itself(self):
        closed, other = (world.make_person(self.office, f"Lý Thị {name}") for name in ("Đóng", "Khác"))
        held = [world.make_entitlement(person) for person in (closed, other)]
        self.paid_in_may(
            outcomes={
                closed: ("Không thành công", "account closed"),
                other: ("Không thành công", "Mã lỗi 68"),
            }
        )
        account = frappe.get_doc("Payment Account", closed.payment_account)
        self.assertEqual((account.status, account.closed_reason), ("Closed", "account closed"))
        (told,) = account.history
        self.assertEqual((told.status, told.reason), ("Closed", "account closed"))
        self.assertTrue(told.changed_on and told.changed_by and told.source.startswith("RES-"))
        self.assertEqual(frappe.db.get_value("Payment Account", other.payment_account, "status"), "Active")
        entitlement = held[0].reload()
        self.assertEqual(
            (entitlement.payment_method, entitlement.payment_account, entitlement.cash_reason),
            ("Cash", None, closing.CASH_REASON),
        )
        self.assertEqual(closed.reload().payment_method, "Cash")
        self.assertEqual(self.requests_of(closed), [("Draft", "STB")])
        self.assertFalse(self.requests_of(other))
        period, summary, lines = self.june()
        self.assertEqual(summary["held_back"], 0)
        line = lines[closed.name]
        self.assertEqual((line.channel, line.provider, line.account_no or ""), ("Cash", "VNPOST", ""))
        self.assertEqual((as_dong(line.carried_over), as_dong(line.total)), (540_000, 1_080_000))
        self.assertEqual(lines[other.name].channel, "Bank Transfer")
        # the same result again finds the account dealt with
        closing.close_returned({account.name: "account closed"}, "again")
        self.assertEqual(len(account.reload().history), 1)
        world.pay(period)
        self.assertEqual(
            frappe.get_all("Payout Line", {"period": period, "beneficiary": closed.name}, pluck="status"),
            ["Paid"],
        )

    def test_without_a_contract_that_pays_cash_the_person_waits_for_a_new_account(self):
        person = world.make_person(self.office, "Lý Văn Công", provider="BID")
        world.make_entitlement(person, "NCC-03A")
        frappe.db.set_value("Bank Contract", {"office": self.office, "provider": "VNPOST"}, "status", "Ended")
        self.paid_in_may(outcomes={person: ("Không thành công", "Tài khoản đã đóng")})
        _period, summary, lines = self.june()
        self.assertEqual((summary["held_back"], lines), (1, {}))
        self.assertEqual({item["code"] for item in summary["held"]}, {"account_closed"})
        self.assertEqual(self.requests_of(person), [("Draft", "BID")])
        account = world.make_account(person, "BID")
        held = frappe.get_doc("Entitlement", {"beneficiary": person.name})
        held.update({"payment_method": "Bank Account", "payment_account": account.name, "cash_reason": None})
        held.save()
        self.assertEqual(self.june_again()[person.name].account_no, account.account_no)

    def test_a_guardians_account_closes_for_all_its_wards(self):
        unit = frappe.db.get_value("Paying Office", self.office, "administrative_unit")
        guardian = frappe.get_doc(
            {"doctype": "Representative", "full_name": "Vi Thị Giám Hộ", "administrative_unit": unit}
        ).insert()
        wards = []
        account = None
        for number, name in enumerate(("Lý Văn Con", "Lý Thị Em"), start=1):
            ward = world.make_person(self.office, name, cash=True, date_of_birth=f"201{number}-05-01")
            ward.append("representatives", {"representative": guardian.name, "capacity": "Guardian"})
            ward.save()
            account = account or world.make_account(
                ward, account_name=guardian.full_name, holder_type="Guardian", beneficiary=None,
                representative=guardian.name,
            )  # fmt: skip
            wards.append(ward)
            world.make_entitlement(
                ward, "BTXH-01B", payment_method="Bank Account", payment_account=account.name, cash_reason=None,
                payee_type="Guardian", representative=guardian.name,
            )  # fmt: skip
        self.assertEqual(
            [row["full_name"] for row in closing.payees(account.name)], ["Lý Thị Em", "Lý Văn Con"]
        )
        show_payees(account.as_json())
        said = frappe.get_message_log()[-1]["message"]
        self.assertIn("Lý Văn Con", said)
        period = world.make_period(self.office, "2024-05", "2024-04-24").name
        prepare_period(period)
        first = world.lines_of(period)[0]
        world.pay(period, {first.name: ("Không thành công", "TK đã tất toán")})
        self.assertEqual(account.reload().status, "Closed")
        self.assertFalse(closing.payees(account.name))
        _period, summary, lines = self.june()
        self.assertEqual(summary["held_back"], 0)
        self.assertEqual({lines[ward.name].channel for ward in wards}, {"Cash"})
        self.assertEqual({lines[ward.name].payee_name for ward in wards}, {"Vi Thị Giám Hộ"})
        for ward in wards:
            self.assertEqual(
                frappe.db.count("Account Request", {"beneficiary": ward.name, "status": "Draft"}), 1
            )

    def test_an_account_blocked_by_hand_is_held_back_until_somebody_decides(self):
        person = world.make_person(self.office, "Lý Thị Khóa")
        world.make_entitlement(person)
        account = frappe.get_doc("Payment Account", person.payment_account)
        with self.assertRaises(AccountError):
            pay_in_cash(account.as_json())
        with world.as_user(world.OFFICER):
            account.update({"status": "Dormant", "closed_reason": "Ngân hàng báo ngủ đông"})
            account.save()
        # a history sent by a client is not the history
        account.history[0].reason = "x"
        account.append("history", {"status": "Active", "reason": "y"})
        account.save()
        (told,) = account.reload().history
        self.assertEqual(
            (told.status, told.reason, told.changed_by), ("Dormant", "Ngân hàng báo ngủ đông", world.OFFICER)
        )
        _period, summary, lines = self.june()
        self.assertEqual((summary["held_back"], lines), (1, {}))
        pay_in_cash(account.as_json())
        self.assertEqual(self.june_again()[person.name].channel, "Cash")
        account.reload().update({"status": "Active"})
        account.save()
        self.assertEqual([row.status for row in account.history], ["Dormant", "Active"])
        self.assertFalse(account.closed_reason)

    def june_again(self) -> dict:
        period = f"{self.office}-2024-06"
        prepare_period(period)
        return {line.beneficiary: line for line in world.lines_of(period)}

    def test_a_name_that_differs_blocks_only_the_own_account_and_says_what_differs(self):
        said = {}
        for number, (name, on_account) in enumerate(
            (
                ("Nguyễn Thị Đức", "NGUYEN THI DUC"),
                ("Nguyễn Thị Đức", "DUC NGUYEN THI"),
                ("Nguyễn Thị Đức", "NGUYEN DUC"),
                ("Nguyễn Thị Đức", "NGUYEN THY DUC"),
                ("Nguyễn Thị Đức", "TRAN VAN AN"),
            )
        ):
            person = world.make_person(self.office, name, cash=True, date_of_birth=f"1970-0{number + 1}-01")
            account = world.make_account(person, account_name=on_account)
            world.make_entitlement(
                person, payment_method="Bank Account", payment_account=account.name, cash_reason=None
            )
            said[account.name_match] = (account.name_match_reason, person.name)
        self.assertEqual(said["Exact"][0], "")
        self.assertIn("THI", said["Missing Middle Name"][0])
        self.assertIn("THY", said["One Letter"][0])
        self.assertIn("TRAN VAN AN", said["Different"][0])
        self.assertTrue(said["Order"][0])
        period = world.make_period(self.office, "2024-05", "2024-04-24").name
        found = preflight(period)
        blocked = {row["code"]: [item["beneficiary"] for item in row["items"]] for row in found["blocks"]}
        warned = {
            row["code"]: {item.get("beneficiary") for item in row["items"]} for row in found["warnings"]
        }
        self.assertEqual(blocked["account_name_mismatch"], [said["Different"][1]])
        self.assertEqual(
            warned["account_name_check"],
            {said[kind][1] for kind in ("Order", "Missing Middle Name", "One Letter")},
        )
        self.assertEqual(found["lines"], 4)

    def test_the_number_is_one_however_it_is_typed(self):
        person = world.make_person(self.office, "Lý Thị Số", cash=True)
        world.make_account(person, provider="BID", account_no="abc-600 778899")
        for typed in ("ABC600778899", " abc600.778899 "):
            self.assertRaises(AccountError, world.make_account, person, "BID", account_no=typed)

    def test_a_change_of_account_goes_through_a_request_and_two_people(self):
        person = world.make_person(self.office, "Lý Thị Đổi", personal_id=None)
        held = world.make_entitlement(person)
        old = held.payment_account
        with world.as_user(world.OFFICER):
            request = frappe.get_doc(
                {
                    "doctype": "Account Request", "beneficiary": person.name, "provider": "BID", "consent": 1,
                    "request_kind": "Change of Account", "has_id_card": 1, "has_birth_certificate": 1,
                }
            ).insert()  # fmt: skip
            with self.assertRaises(SelfApprovalError):
                apply_workflow(request, "Confirm")
        self.assertEqual(held.reload().payment_account, old)
        with world.as_user(world.MANAGER):
            request = apply_workflow(request.reload(), "Confirm")
            request = apply_workflow(request.reload(), "Send to Provider").reload()
            request.update({"account_no": "35110000099001", "account_name": "LY THI DOI"})
            request.save()
            request = apply_workflow(request, "Mark as Opened").reload()
            self.assertEqual(held.reload().payment_account, old)
            request.safe_use_told = 1
            request.save()
            apply_workflow(request, "Hand Over")
        self.assertEqual(held.reload().payment_account, request.payment_account)
        self.assertEqual(frappe.db.get_value("Payment Account", request.payment_account, "provider"), "BID")

    def test_a_returned_payment_can_be_paid_by_hand_by_its_code(self):
        person, healthy = (world.make_person(self.office, f"Lý Thị {name}") for name in ("Mã", "Thường"))
        for one in (person, healthy):
            world.make_entitlement(one)
        period = self.paid_in_may(outcomes={person: ("Không thành công", "Lỗi hệ thống")})
        lines = {line.beneficiary: frappe.get_doc("Payout Line", line.name) for line in world.lines_of(period)}
        returned = lines[person.name]
        found = hand_payments.transfer(returned)
        account_no = frappe.db.get_value("Payment Account", person.payment_account, "account_no")
        self.assertEqual(
            found["payload"],
            vietqr.payload("970403", account_no, 540_000, f"TC BTXH T05/2024 {returned.line_no}"),
        )
        hand_payments.show_code(returned.as_json())
        said = frappe.get_message_log()[-1]["message"]
        self.assertIn("data:image/png;base64,", said)
        self.assertIn(account_no, said)
        paper = hand_payments.transfer_paper(returned)
        self.assertTrue(paper["qr"].startswith("<svg"))
        self.assertIn("Năm trăm bốn mươi nghìn đồng", paper["words"])
        # paid, or standing on the next list: no code, so that nothing is paid twice
        self.assertTrue(hand_payments.transfer(lines[healthy.name])["problem"])
        june, _summary, _lines = self.june()
        found = hand_payments.transfer(returned)
        self.assertEqual(found["payload"], "")
        self.assertIn(f"PB-{june}", found["problem"])

    def test_no_code_leads_into_an_account_that_does_not_work(self):
        closed, at_the_post = (world.make_person(self.office, f"Lý Thị {name}") for name in ("Tắt", "Bưu Điện"))
        for one in (closed, at_the_post):
            world.make_entitlement(one)
        period = self.paid_in_may(
            outcomes={
                closed: ("Không thành công", "Tài khoản đã đóng"),
                at_the_post: ("Không thành công", "Mã lỗi 68"),
            }
        )
        lines = {line.beneficiary: frappe.get_doc("Payout Line", line.name) for line in world.lines_of(period)}
        found = hand_payments.transfer(lines[closed.name])
        self.assertEqual((found["payload"], found["account_no"]), ("", ""))
        self.assertTrue(found["problem"])
        frappe.db.set_value("Payment Account", at_the_post.payment_account, "provider", "VNPOST")
        found = hand_payments.transfer(lines[at_the_post.name])
        self.assertEqual(found["payload"], "")
        self.assertTrue(found["account_no"] and found["problem"])
